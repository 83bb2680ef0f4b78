#include "tariffsim/policy/bound_policy.hpp"

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/data/aggregate.hpp"
#include "tariffsim/policy/product_rate.hpp"
#include "tariffsim/policy/reciprocal_formula.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/policy/timeline.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

Measure act(const std::string& id, const std::string& group, double rate, Date from = Date(2025, 1, 1)) {
  Measure m;
  m.id = m.family = id;
  m.importer = "B";
  m.group = group;
  m.authority = "Act " + group;
  m.rate = rate;
  m.legal = {from, std::nullopt};
  return m;
}

StackingRule rule(const std::string& group, Relation relation, const std::string& other, double value = 0) {
  StackingRule r;
  r.group = group;
  r.relation = relation;
  r.other = other;
  r.value = value;
  return r;
}

Policy policy_of(std::vector<Measure> measures, std::vector<StackingRule> rules = {}) {
  Policy p;
  p.measures = std::move(measures);
  p.rules = std::move(rules);
  return p;
}

/// The rate of B on goods from A, whose normal duty is 10 percent.
double rate_on(const Policy& policy, Date day = Date(2025, 6, 1), Basis basis = Basis::legal) {
  return BoundPolicy(std::make_shared<const Policy>(policy), two_regions()).rates(day, basis).total(0, 1, 0);
}

std::string refusal(const Policy& policy) {
  try {
    validate(policy);
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("days are read, ordered and written") {
  CHECK(Date::parse("2025-04-09") == Date(2025, 4, 9));
  CHECK(Date(2025, 4, 9).iso() == "2025-04-09");
  CHECK(Date(2025, 4, 9) < Date(2025, 4, 10));
  for (const char* wrong : {"", "2025-4-9", "2025-02-30", "09.04.2025", "2025-13-01", "2025-04-09T00:00"}) {
    CHECK_THROWS_WITH(Date::parse(wrong), ContainsSubstring("not a day of the calendar"));
  }
}

TEST_CASE("a measure is in force from its first day to the day before it ended") {
  Measure m = act("m", "g", 0.2, Date(2025, 3, 1));
  m.legal.until = Date(2025, 4, 1);
  const Policy p = policy_of({m});
  CHECK(rate_on(p, Date(2025, 2, 28)) == 0.10);
  CHECK_THAT(rate_on(p, Date(2025, 3, 1)), Catch::Matchers::WithinAbs(0.30, 1e-15));
  CHECK_THAT(rate_on(p, Date(2025, 3, 31)), Catch::Matchers::WithinAbs(0.30, 1e-15));
  CHECK(rate_on(p, Date(2025, 4, 1)) == 0.10);
  Measure never = m;
  never.legal.from.reset();
  CHECK(rate_on(policy_of({never}), Date(2025, 3, 15)) == 0.10);
}

TEST_CASE("what is unverified counts only where it is asked for, an unknown rate never") {
  Measure m = act("m", "g", 0.2);
  m.confidence = Confidence::unverified;
  Policy p = policy_of({m});
  CHECK(rate_on(p) == 0.10);
  p.unverified = true;
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.30, 1e-15));
  p.measures[0].rate.reset();
  CHECK(rate_on(p) == 0.10);
}

TEST_CASE("collection has days of its own") {
  Measure m = act("m", "g", 0.2, Date(2025, 3, 1));
  m.collected.from = Date(2025, 3, 10);
  CHECK_THAT(rate_on(policy_of({m}), Date(2025, 3, 5)), Catch::Matchers::WithinAbs(0.30, 1e-15));
  CHECK(rate_on(policy_of({m}), Date(2025, 3, 5), Basis::collected) == 0.10);
  CHECK_THAT(rate_on(policy_of({m}), Date(2025, 3, 10), Basis::collected), Catch::Matchers::WithinAbs(0.30, 1e-15));
}

TEST_CASE("groups add, exclude, take the larger, are capped") {
  const std::vector<Measure> two = {act("a", "x", 0.25), act("b", "y", 0.10)};
  const auto expect = [&](const std::vector<StackingRule>& rules, double added) {
    CHECK_THAT(rate_on(policy_of(two, rules)), Catch::Matchers::WithinAbs(0.10 + added, 1e-15));
  };
  expect({}, 0.35);
  expect({rule("x", Relation::adds, "y")}, 0.35);
  expect({rule("x", Relation::excludes, "y")}, 0.25);
  expect({rule("y", Relation::excludes, "x")}, 0.10);
  expect({rule("*", Relation::larger, "*")}, 0.25);
  expect({rule("*", Relation::cap, "*", 0.3)}, 0.30);
  StackingRule later = rule("x", Relation::excludes, "y");
  later.days.from = Date(2025, 7, 1);
  expect({later}, 0.35);  // rules have days too
}

TEST_CASE("a part of a group belongs to it") {
  CHECK(belongs("s232/autos", "s232"));
  CHECK(belongs("s232", "s232"));
  CHECK(belongs("anything", "*"));
  CHECK_FALSE(belongs("s2320", "s232"));
  CHECK_FALSE(belongs("s232", "s232/autos"));
}

TEST_CASE("bases: content, floor, preference") {
  Measure m = act("m", "g", 0.50);
  m.base = DutyBase::content;
  m.base_share = 0.4;
  CHECK_THAT(rate_on(policy_of({m})), Catch::Matchers::WithinAbs(0.30, 1e-15));
  // What is not metal still pays the duty that the metal is free of.
  CHECK_THAT(rate_on(policy_of({m, act("r", "r", 0.10)}, {rule("g", Relation::excludes, "r")})),
             Catch::Matchers::WithinAbs(0.10 + 0.20 + 0.06, 1e-15));
  m = act("m", "g", 0.15);
  m.base = DutyBase::floor;
  CHECK_THAT(rate_on(policy_of({m})), Catch::Matchers::WithinAbs(0.15, 1e-15));
  m.rate = 0.05;
  CHECK(rate_on(policy_of({m})) == 0.10);
  m = act("m", "g", 0.0);
  m.base = DutyBase::preference;
  CHECK_THAT(rate_on(policy_of({m})), Catch::Matchers::WithinAbs(0.0, 1e-15));
  m.claim.utilisation = 0.6;
  CHECK_THAT(rate_on(policy_of({m})), Catch::Matchers::WithinAbs(0.04, 1e-15));
}

TEST_CASE("of a family the measure that names the partner most closely counts") {
  Measure all = act("all", "g", 0.10), group = act("group", "g", 0.20), own = act("own", "g", 0.30);
  all.family = group.family = own.family = "f";
  group.exporters = {"FRIENDS"};
  own.exporters = {"A"};
  Policy p = policy_of({all, group});
  p.groups["FRIENDS"] = {"A", "C"};
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.30, 1e-15));
  p.measures.push_back(own);
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.40, 1e-15));
  p.measures = {all};
  p.measures[0].except_exporters = {"FRIENDS"};
  CHECK(rate_on(p) == 0.10);
}

TEST_CASE("a measure without a family stands by itself") {
  Measure a = act("a", "x", 0.25), b = act("b", "y", 0.10);
  a.family.clear();
  b.family.clear();
  b.exporters = {"A"};  // closer, which would matter within one family
  const Policy p = policy_of({a, b});
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.45, 1e-15));
  CHECK_THAT(product_rate(p, {"B", "A", "8507", 0.10, Date(2025, 6, 1), Basis::legal, false, -1, {}}).total,
             Catch::Matchers::WithinAbs(0.45, 1e-15));
}

TEST_CASE("lists of goods weigh by what they cover, and lists that exclude each other share no good") {
  Measure steel = act("steel", "s232", 0.50), all = act("all", "recip", 0.10);
  steel.products = {"steel"};
  Policy p = policy_of({steel, all}, {rule("s232", Relation::excludes, "recip")});
  p.products["steel"] = {"72", "73"};
  p.coverage = {{"steel", "B", "*", "ALL", 30, 100}};
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.10 + 0.3 * 0.5 + 0.7 * 0.1, 1e-15));
  // An exemption takes its goods from the second.
  Exemption spared;
  spared.id = "e";
  spared.importer = "B";
  spared.families = {"all"};
  spared.products = {"books"};
  spared.legal.from = Date(2025, 1, 1);
  p.exemptions = {spared};
  p.products["books"] = {"49"};
  p.coverage.push_back({"books", "B", "*", "ALL", 20, 100});
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.10 + 0.3 * 0.5 + 0.5 * 0.1, 1e-15));
}

TEST_CASE("rules and exemptions that are unverified count only where they are asked for") {
  StackingRule excludes = rule("x", Relation::excludes, "y");
  excludes.confidence = Confidence::unverified;
  excludes.days.from = Date(2025, 2, 1);
  Policy p = policy_of({act("a", "x", 0.25), act("b", "y", 0.10)}, {excludes});
  p.products["books"] = {"49"};
  p.coverage = {{"books", "B", "*", "ALL", 20, 100}};
  Exemption spared;
  spared.id = "e";
  spared.importer = "B";
  spared.families = {"a"};
  spared.products = {"books"};
  spared.legal.from = Date(2025, 3, 1);
  spared.confidence = Confidence::unverified;
  p.exemptions = {spared};
  const auto on_books = [&] {
    return product_rate(p, {"B", "A", "4901", 0.10, Date(2025, 6, 1), Basis::legal, false, -1, {}}).total;
  };
  const auto days = [&] { return change_days(p, Date(2025, 1, 1), Date(2025, 12, 31)).size(); };
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.45, 1e-15));
  CHECK_THAT(on_books(), Catch::Matchers::WithinAbs(0.45, 1e-15));
  CHECK(days() == 1);
  p.unverified = true;
  // Books are free of a and pay b; what is not a book pays a, which excludes b.
  CHECK_THAT(rate_on(p), Catch::Matchers::WithinAbs(0.10 + 0.8 * 0.25 + 0.2 * 0.10, 1e-15));
  CHECK_THAT(on_books(), Catch::Matchers::WithinAbs(0.20, 1e-15));
  CHECK(days() == 3);
}

TEST_CASE("a row of a table of rates is for its exporter and importer alone") {
  const World world = seeded_world(4, 2, 1, {.zeros = false});
  const Date day(2025, 6, 1);
  Measure m = act("m", "g", 0);
  m.importer = "HOME";
  m.rate.reset();
  m.rate_table = "t";
  Policy p = policy_of({m});
  p.groups["HOME"] = {"R1", "R2"};
  p.groups["FRIENDS"] = {"R2", "R3"};
  p.rate_tables["t"] = {{"R3", "*", "S1", 0.30, 0},
                        {"FRIENDS", "R1", "S1", 0.20, 0},
                        {"", "R1", "S1", 0.10, 0},
                        {"*", "R2", "S1", 0.05, 0}};
  const auto bound = [&] { return std::make_unique<BoundPolicy>(std::make_shared<const Policy>(p), world); };
  const auto added = [&](Index exporter, Index importer, Index sector = 0) {
    return bound()->rates(day).total(exporter, importer, sector) - world.tariffs()(exporter, importer, sector);
  };
  CHECK(bound()->remainders().empty());
  CHECK(std::abs(added(2, 0) - 0.30) < 1e-15);  // itself before its group
  CHECK(std::abs(added(1, 0) - 0.20) < 1e-15);  // a group before everybody
  CHECK(std::abs(added(3, 0) - 0.10) < 1e-15);
  CHECK(std::abs(added(0, 1) - 0.05) < 1e-15);  // another importer, another row
  CHECK(std::abs(added(2, 1) - 0.30) < 1e-15);
  CHECK(added(2, 0, 1) == 0);  // no row, no rate

  p.rate_tables["t"].push_back({"R4", "R3", "S1", 0.9, 0});
  REQUIRE(bound()->remainders().size() == 1);
  CHECK(bound()->remainders()[0].measure == "m");
  CHECK(bound()->remainders()[0].what == "rows of its table from R4 to R3 meet none of its flows");
  CHECK(std::abs(added(3, 0) - 0.10) < 1e-15);
  p.rate_tables["t"].back() = {"ZZZ", "", "S1", 0.9, 0};  // a country that the world does not have
  REQUIRE(bound()->remainders().size() == 1);
  CHECK(bound()->remainders()[0].what == "rows of its table from ZZZ to * meet none of its flows");
  p.rate_tables["t"].back() = {"R4", "Freinds", "S1", 0.9, 0};
  CHECK_THROWS_WITH(bound(),
                    ContainsSubstring("rates(table=t, sector=S1)") && ContainsSubstring("unknown partner 'Freinds'"));
}

TEST_CASE("what a world cannot take up is listed, not dropped") {
  Measure listed = act("listed", "g", 0.5), far = act("far", "g", 0.5);
  listed.products = {"8507"};
  far.exporters = {"ZZZ"};
  const BoundPolicy bound(std::make_shared<const Policy>(policy_of({listed, far})), two_regions());
  REQUIRE(bound.remainders().size() == 2);
  CHECK(bound.remainders()[0].measure == "listed");
  CHECK_THAT(bound.remainders()[0].what, ContainsSubstring("8507"));
  CHECK_THAT(bound.remainders()[1].what, ContainsSubstring("ZZZ is in no region"));
  CHECK(bound.rates(Date(2025, 6, 1)).total(0, 1, 0) == 0.10);
}

TEST_CASE("tariffs of the world contain the measures of their day") {
  const World world = two_regions().edited([](WorldData& d) { d.info.tariffs_dates = {{"*", Date(2024, 7, 1)}}; });
  Measure old = act("old", "g", 0.06, Date(2018, 1, 1));
  old.legal.until = Date(2025, 3, 1);
  const BoundPolicy bound(std::make_shared<const Policy>(policy_of({old, act("new", "h", 0.2)})), world);
  CHECK(bound.rates(Date(2024, 7, 1)).total(0, 1, 0) == 0.10);
  CHECK_THAT(bound.rates(Date(2025, 2, 1)).total(0, 1, 0), Catch::Matchers::WithinAbs(0.30, 1e-15));
  CHECK_THAT(bound.rates(Date(2025, 6, 1)).total(0, 1, 0), Catch::Matchers::WithinAbs(0.24, 1e-15));
  CHECK_THAT(bound.rates(Date(2017, 1, 1)).total(0, 1, 0), Catch::Matchers::WithinAbs(0.04, 1e-15));
}

TEST_CASE("a member of a region counts by its weight") {
  Eigen::MatrixXd flows(3, 3);
  flows << 80, 6, 9, 8, 150, 12, 7, 14, 60;
  const World fine = World::from_flows(flows, 4.0, {"AAA", "BBB", "CCC"});
  const World coarse = aggregate(fine, {{"AAA", "XXX"}, {"CCC", "XXX"}});
  REQUIRE(coarse.data().member_weights.size() == 2);
  Measure m = act("m", "g", 0.5);
  m.importer = "BBB";
  m.exporters = {"CCC"};
  const auto policy = std::make_shared<const Policy>(policy_of({m}));
  const BoundPolicy whole(policy, fine), merged(policy, coarse);
  const Date day(2025, 6, 1);
  CHECK(whole.rates(day).total(2, 1, 0) == 0.5);
  // The mean rate of the merged region pays the same duty.
  CHECK_THAT(merged.rates(day).total(0, 1, 0), Catch::Matchers::WithinAbs(0.5 * 14 / (6 + 14), 1e-15));
}

TEST_CASE("codes of goods: headings cover what is below them") {
  CHECK(cover_of("8507", "85076000") == Cover::whole);
  CHECK(cover_of("85076000", "8507") == Cover::part);
  CHECK(cover_of("8508", "85076000") == Cover::none);
  CHECK(code_digits("8507.60.00") == "85076000");
  CHECK_FALSE(is_code("goods"));
}

TEST_CASE("the formula of 2 April 2025") {
  const ReciprocalRate china = reciprocal_formula(143.5, 438.9);
  CHECK_THAT(china.displayed, Catch::Matchers::WithinAbs(0.673, 5e-4));
  CHECK(china.announced == 0.34);
  CHECK(reciprocal_formula(100, 80).announced == 0.10);  // a surplus pays the least
  CHECK_THAT(reciprocal_formula(143.5, 438.9, 4, 0.945).displayed, Catch::Matchers::WithinAbs(0.673 / 3.78, 1e-3));
  CHECK_THROWS_AS(reciprocal_formula(1, 0), InvalidInput);
}

TEST_CASE("a policy that contradicts itself is refused, with the remedy") {
  Measure a = act("a", "g", 0.1), b = act("b", "g", 0.2);
  a.family = b.family = "f";
  CHECK_THAT(refusal(policy_of({a, b})), ContainsSubstring("'b' overlaps 'a' of the same family 'f'"));
  b.legal.from = Date(2025, 6, 1);
  a.legal.until = Date(2025, 6, 1);
  CHECK(refusal(policy_of({a, b})) == "accepted");
  CHECK_THAT(refusal(policy_of({a, a})), ContainsSubstring("the id 'a' is taken"));
  CHECK_THAT(refusal(policy_of({act("a", "s232", 0.1)}, {rule("s233", Relation::excludes, "*")})),
             ContainsSubstring("refers to a group that no measure has: 's233'"));
  CHECK_THAT(refusal(policy_of({act("a", "x", 0.1), act("b", "y", 0.1)},
                               {rule("x", Relation::excludes, "y"), rule("y", Relation::excludes, "x")})),
             ContainsSubstring("exclude each other"));
  Measure backwards = act("a", "g", 0.1);
  backwards.legal.until = Date(2024, 1, 1);
  CHECK_THAT(refusal(policy_of({backwards})), ContainsSubstring("ends before it begins"));
  Measure nowhere = act("a", "g", 0.1);
  nowhere.importer = "";
  CHECK_THAT(refusal(policy_of({nowhere})), ContainsSubstring("names no importer"));
  Measure lost = act("a", "g", 0.1);
  lost.products = {"steel"};
  CHECK_THAT(refusal(policy_of({lost})), ContainsSubstring("unknown list of goods 'steel'"));
  Measure stranger = act("a", "g", 0.1);
  stranger.exporters = {"Atlantis"};
  const auto bind = [&] { return BoundPolicy(std::make_shared<const Policy>(policy_of({stranger})), two_regions()); };
  CHECK_THROWS_WITH(static_cast<void>(bind()), ContainsSubstring("unknown partner 'Atlantis'"));
}

TEST_CASE("a dated scenario is compiled for a day, and undated changes come on top") {
  const World world = two_regions();
  const Scenario war = Scenario("war").with(policy_of({act("m", "g", 0.2, Date(2025, 3, 1))}));
  CHECK_THROWS_WITH(war.compile(world), ContainsSubstring("no day to solve"));
  CHECK_THAT((*war.on(Date(2025, 3, 1)).compile(world).tariffs)(0, 1, 0), Catch::Matchers::WithinAbs(0.30, 1e-15));
  const Scenario more = war.tariff({.importer = "B", .rate = 0.05, .operation = Operation::add});
  CHECK_THAT((*more.on(Date(2025, 3, 1)).compile(world).tariffs)(0, 1, 0), Catch::Matchers::WithinAbs(0.35, 1e-15));
  CHECK((*war.on(Date(2025, 3, 1)).compile(world).tariffs)(1, 1, 0) == 0);  // domestic cells are never touched
}

TEST_CASE("days of change, events and differences") {
  Measure m = act("m", "g", 0.2, Date(2025, 3, 1));
  m.legal.until = Date(2025, 5, 1);
  Policy p = policy_of({m, act("n", "h", 0.1, Date(2025, 4, 1))});
  p.events = {{"truce", "A truce", Date(2025, 5, 1)}};
  CHECK(change_days(p, Date(2025, 3, 1), Date(2025, 5, 1)) ==
        std::vector<Date>{Date(2025, 3, 1), Date(2025, 4, 1), Date(2025, 5, 1)});
  CHECK(day_of(p, "truce") == Date(2025, 5, 1));
  CHECK(day_of(p, "2025-05-02") == Date(2025, 5, 2));
  CHECK_THROWS_WITH(day_of(p, "truse"), ContainsSubstring("use 'truce'"));
  const PolicyChange change = changes_between(p, Date(2025, 3, 15), Date(2025, 5, 1));
  CHECK(change.started == std::vector<std::size_t>{1});
  CHECK(change.ended == std::vector<std::size_t>{0});
}

TEST_CASE("members of a region may qualify or be exempt by themselves") {
  Eigen::MatrixXd flows(3, 3);
  flows << 80, 6, 9, 8, 150, 12, 7, 14, 60;
  const World coarse =
      aggregate(World::from_flows(flows, 4.0, {"AAA", "BBB", "CCC"}), {{"AAA", "XXX"}, {"CCC", "XXX"}});
  Measure m = act("m", "g", 0.5);
  m.importer = "BBB";
  m.qualifying = "agreement";
  Policy p = policy_of({m});
  p.qualifying = {{"agreement", "BBB", "CCC", "*", std::nullopt, 0.8}};
  const auto rate = [&](const Policy& policy) {
    return BoundPolicy(std::make_shared<const Policy>(policy), coarse).rates(Date(2025, 6, 1)).total(0, 1, 0);
  };
  CHECK_THAT(rate(p), Catch::Matchers::WithinAbs((6 * 0.5 + 14 * 0.5 * 0.2) / 20, 1e-15));
  p.measures[0].qualifying.clear();
  Exemption e;
  e.id = "e";
  e.importer = "BBB";
  e.exporters = {"AAA"};
  e.families = {"m"};
  e.products = {"all"};
  e.legal.from = Date(2025, 1, 1);
  p.exemptions = {e};
  p.products["all"] = {"10"};
  p.coverage = {{"all", "BBB", "*", "ALL", 1, 1}};
  CHECK_THAT(rate(p), Catch::Matchers::WithinAbs(14 * 0.5 / 20, 1e-15));
}

TEST_CASE("a sector that is a part of the world's is a remainder, and the world's own codes are known") {
  const World world = seeded_world(3, 3, 1).edited([](WorldData& d) { d.sector_members = {{"S1", {"I1", "I2"}}}; });
  Measure part = act("part", "g", 0.5), own = act("own", "h", 0.5);
  part.importer = own.importer = "R1";
  part.sectors = {"FINE"};
  own.sectors = {"S1"};
  Policy p = policy_of({part});
  p.sectors = {{"FINE", {"I1"}}};
  const BoundPolicy fine(std::make_shared<const Policy>(p), world);
  REQUIRE(fine.remainders().size() == 1);
  CHECK_THAT(fine.remainders()[0].what, ContainsSubstring("FINE is only a part of sector S1"));
  CHECK((fine.rates(Date(2025, 6, 1)).total.values() == world.tariffs().values()).all());
  const BoundPolicy whole(std::make_shared<const Policy>(policy_of({own})), world);
  CHECK(whole.rates(Date(2025, 6, 1)).total(1, 0, 0) == world.tariffs()(1, 0, 0) + 0.5);
}

TEST_CASE("what countries with weights leave of a region is an origin too") {
  Eigen::MatrixXd flows(3, 3);
  flows << 80, 6, 9, 8, 150, 12, 7, 14, 60;
  const World some = World::from_flows(flows, 4.0, {"XXX", "BBB", "CCC"}).edited([](WorldData& d) {
    d.members = {{"XXX", {"AAA", "DDD"}}};
    d.member_weights = {{"AAA", "BBB", "ALL", 0.25}, {"AAA", "CCC", "ALL", 0.5}};
  });
  Measure all = act("all", "g", 0.1), one = act("one", "h", 0.4);
  all.importer = one.importer = "BBB";
  one.exporters = {"AAA"};
  const BoundPolicy bound(std::make_shared<const Policy>(policy_of({all, one})), some);
  CHECK_THAT(bound.rates(Date(2025, 6, 1)).total(0, 1, 0), Catch::Matchers::WithinAbs(0.1 + 0.25 * 0.4, 1e-15));
  CHECK(bound.remainders().empty());
}
