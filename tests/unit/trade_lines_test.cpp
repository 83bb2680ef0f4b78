#include "tariffsim/policy/trade_lines.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "tariffsim/policy/bound_lines.hpp"
#include "tariffsim/policy/product_rate.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;

namespace {

const Date kDay(2025, 6, 1);

Measure act(const std::string& id, double rate, std::vector<std::string> products = {}) {
  Measure m;
  m.id = id;
  m.importer = "B";
  m.group = id;
  m.authority = "Act " + id;
  m.rate = rate;
  m.products = std::move(products);
  m.legal = {Date(2025, 1, 1), std::nullopt};
  return m;
}

// 10 percent on metals, 20 more on cars.
Policy acts() {
  Policy p;
  p.measures = {act("metals", 0.10, {"metals"}), act("cars", 0.20, {"8703"})};
  p.products["metals"] = {"7208", "760611", "76061290"};
  return p;
}

TradeLine line(const std::string& exporter, const std::string& code, double value,
               std::optional<double> normal = std::nullopt) {
  TradeLine l;
  l.exporter = exporter;
  l.importer = "B";
  l.code = code;
  l.value = value;
  l.normal_duty = normal;
  return l;
}

// Regions A and B, and W of the countries C and D; steel, cars and services. B levies 4 percent on all goods.
World three_regions() {
  WorldData d;
  d.regions = Labels("region", {"A", "B", "W"});
  d.sectors = Labels("sector", {"STL", "CAR", "SVC"});
  d.sector_kinds = {"goods", "goods", "services"};
  d.trade_elasticity = Vector::Constant(3, 4.0);
  d.flows = Cube(3, 3, 3, 10.0);
  d.tariffs = Cube(3, 3, 3);
  for (Index j = 0; j < 2; ++j) d.tariffs(0, 1, j) = d.tariffs(2, 1, j) = 0.04;
  d.members["W"] = {"C", "D"};
  return World(std::move(d));
}

Concordance concordance() {
  return Concordance(std::vector<CodeRow>{{"72", "STL"}, {"76", "STL"}, {"8703", "CAR"}, {"8704", "CAR"}});
}

BoundLines bound(std::vector<TradeLine> lines, const Policy& policy = acts(), bool strict = false) {
  return BoundLines(std::make_shared<const Policy>(policy), three_regions(),
                    std::make_shared<const TradeLines>(std::move(lines)), concordance(), strict);
}

std::string refusal(std::vector<TradeLine> lines) {
  try {
    const TradeLines checked(std::move(lines));
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("an index of codes finds headings above and codes below") {
  const std::vector<std::string> codes = {"8703", "72", "76061290", "760611"};
  const CodeIndex index({codes.begin(), codes.end()});
  CHECK(index.cover("87032310") == Cover::whole);
  CHECK(index.cover("8703") == Cover::whole);
  CHECK(index.cover("87") == Cover::part);
  CHECK(index.cover("7606") == Cover::part);
  CHECK(index.cover("760612") == Cover::part);
  CHECK(index.cover("760613") == Cover::none);
  CHECK(index.cover("7") == Cover::part);
  CHECK(index.cover("99") == Cover::none);
  CHECK(CodeIndex().cover("72") == Cover::none);
  CHECK(index.longest_prefix("7606123") == CodeIndex::npos);
  CHECK(index.codes()[index.longest_prefix("7606110")] == "760611");
}

TEST_CASE("a concordance takes the longest heading, and short codes where all below agree") {
  const Concordance c(
      std::vector<CodeRow>{{"84", "MAC"}, {"84.71", "ELE"}, {"8501", "EEQ"}, {"8502", "EEQ"}, {"720810", "STL"}});
  using Sectors = std::vector<std::string>;
  CHECK(c.sectors_of("841000") == Sectors{"MAC"});
  CHECK(c.sectors_of("84713010") == Sectors{"ELE"});
  CHECK(c.sectors_of("84") == Sectors{"MAC"});  // the row of the code itself
  CHECK(c.sectors_of("847") == Sectors{"ELE", "MAC"});
  CHECK(c.sectors_of("85") == Sectors{"EEQ"});
  CHECK(c.sectors_of("7208") == Sectors{"STL"});
  CHECK(c.sectors_of("99").empty());
  CHECK(c.sectors_of(std::vector<std::string>{"8501", "8471"}) == Sectors{"EEQ", "ELE"});
}

TEST_CASE("tables of codes are refused with the row") {
  using Rows = std::vector<CodeRow>;
  CHECK_THROWS_WITH(Concordance(Rows{{"84", "MAC", 2}, {"84", "ELE", 9}}, {}, "mine.csv"),
                    ContainsSubstring("mine.csv:9: code 84 is listed twice"));
  CHECK_THROWS_WITH(Concordance(Rows{{"8x", "MAC"}}), ContainsSubstring("concordance, row 1: '8x' is not"));
  CHECK_THROWS_WITH(Concordance(Rows{{"84", ""}}), ContainsSubstring("code 84 maps to nothing"));
  CHECK_THROWS_WITH(Renumbering(Rows{{"8541", "x", 3}}, "hs.csv"), ContainsSubstring("hs.csv:3: 'x' is not"));
  CHECK_THROWS_WITH(Renumbering(Rows{{"8541", "", 4}}, "hs.csv"), ContainsSubstring("hs.csv:4: code 8541 maps to"));
}

TEST_CASE("a renumbered code goes by all codes that stand for it") {
  const Renumbering r(
      std::vector<CodeRow>{{"854140", "854142"}, {"854140", "854141"}, {"854150", "854151"}, {"0101", "0101"}});
  using Codes = std::vector<std::string>;
  CHECK(r.codes_of("854140") == Codes{"854142", "854141"});
  CHECK(r.codes_of("8541509090") == Codes{"854151"});  // national digits do not carry over
  CHECK(r.codes_of("010121") == Codes{"010121"});
  CHECK(r.codes_of("8541") == Codes{"8541"});
}

TEST_CASE("lines are refused with their place") {
  CHECK_THAT(refusal({line("A", "72", 1), line("", "72", 1)}), ContainsSubstring("lines, row 2: no exporter"));
  CHECK_THAT(refusal({line("A", "steel", 1)}), ContainsSubstring("'steel' is not a product code"));
  CHECK_THAT(refusal({line("A", "10121", 1)}),
             ContainsSubstring("code 10121 has 5 digits") && ContainsSubstring("zero"));
  CHECK_THAT(refusal({line("A", "72", -1)}), ContainsSubstring("the value is -1"));
  CHECK_THAT(refusal({line("A", "72", std::nan(""))}), ContainsSubstring("the value is"));
  CHECK_THAT(refusal({line("A", "72", 1, 25.0)}), ContainsSubstring("the normal duty is 25"));
  TradeLine l = line("A", "72", 1);
  l.qualifying = 1.5;
  l.line = 7;
  CHECK_THAT(refusal({l}), ContainsSubstring("lines:7: qualifying is 1.5"));
  CHECK_THAT(refusal({line("A", "72", 1.5e308), line("A", "72", 1.5e308)}), ContainsSubstring("the values sum to"));
  CHECK(refusal({line("A", "7208.10.00", 1)}) == "accepted");
}

TEST_CASE("every line has the rate of its product") {
  const TradeLines lines(
      {line("A", "7208.10", 5, 0.02), line("A", "870323", 3), line("A", "7606", 1), line("A", "99", 1)});
  const auto rates = line_rates(acts(), lines, kDay);
  CHECK_THAT(rates[0].total, WithinAbs(0.12, 1e-15));
  CHECK(rates[1].total == 0.20);
  CHECK(rates[2].total == 0.10);
  REQUIRE(rates[2].duties.size() == 1);
  CHECK(rates[2].duties[0].partly);  // the list names only codes below
  CHECK(rates[3].total == 0.0);
  CHECK(line_rates(acts(), lines, Date(2024, 12, 31))[0].total == 0.02);
}

TEST_CASE("a line is a flow: shares of the policy count where it has none of its own") {
  Policy p = acts();
  p.measures[0].qualifying = "origin";
  p.qualifying = {{"origin", "B", "A", "goods", std::nullopt, 0.25}};
  TradeLine own = line("A", "7208", 1);
  own.qualifying = 1.0;
  const auto rates = line_rates(p, TradeLines({line("A", "7208", 1), own, line("C", "7208", 1)}), kDay);
  CHECK_THAT(rates[0].total, WithinAbs(0.075, 1e-15));
  CHECK(rates[1].total == 0.0);
  CHECK(rates[2].total == 0.10);
  CHECK(product_rate(p, {"B", "A", "7208", 0, kDay}).total == 0.10);

  Policy agreed;
  agreed.measures = {act("agreement", 0.0)};
  agreed.measures[0].base = DutyBase::preference;
  agreed.measures[0].claim.utilisation = 0.5;
  CHECK_THAT(line_rates(agreed, TradeLines({line("A", "72", 1, 0.08)}), kDay)[0].total, WithinAbs(0.04, 1e-15));
}

TEST_CASE("sector rates are means with the values as weights") {
  const BoundLines lines =
      bound({line("A", "7208", 30, 0.01), line("A", "7209", 10, 0.03), line("C", "8703", 2), line("D", "8704", 6)});
  const auto cells = lines.by_sector(kDay);
  REQUIRE(cells.size() == 2);
  CHECK(cells[0].sector == 0);
  CHECK(cells[0].exporter == 0);
  CHECK(cells[0].weight == 40);
  CHECK_THAT(cells[0].normal_duty, WithinAbs((30 * 0.01 + 10 * 0.03) / 40, 1e-15));
  CHECK_THAT(cells[0].rate, WithinAbs((30 * 0.11 + 10 * 0.03) / 40, 1e-15));
  CHECK_THAT(cells[0].due, WithinAbs(0.75, 1e-15));
  CHECK_THAT(cells[0].in_world, WithinAbs(0.04 + 0.075, 1e-15));  // the world's own rate, and the measures
  CHECK(cells[1].exporter == 2);                                  // C and D are members of W
  CHECK(cells[1].pairs == 2);
  CHECK(cells[1].lines == 2);
  CHECK_THAT(cells[1].rate, WithinAbs(0.04 + 0.20 * 2 / 8, 1e-15));
  CHECK(lines.remainders().empty());
  CHECK(lines.mapped_value() == 48);
}

TEST_CASE("what the world's tariffs contain is not counted twice") {
  const World dated = three_regions().edited([](WorldData& d) { d.info.tariffs_dates.emplace("*", Date(2025, 3, 1)); });
  Policy p = acts();
  p.measures.push_back(act("more", 0.05));
  p.measures.back().legal.from = Date(2025, 5, 1);
  p.measures[0].rate = 0.02;  // in the world's 4 percent on half of the steel
  const auto lines = std::make_shared<const TradeLines>(std::vector{line("A", "7208", 1), line("A", "7209", 1)});
  const BoundLines in_world(std::make_shared<const Policy>(p), dated, lines, concordance());
  const auto before = in_world.by_sector(Date(2025, 3, 1)).at(0), after = in_world.by_sector(kDay).at(0);
  CHECK(before.in_world == 0.04);
  CHECK_THAT(before.contained, WithinAbs(0.01, 1e-15));
  CHECK_THAT(before.normal_duty, WithinAbs(0.03, 1e-15));
  CHECK_THAT(before.rate, WithinAbs(0.04, 1e-15));
  CHECK_THAT(after.in_world, WithinAbs(0.09, 1e-15));
  CHECK_THAT(in_world.by_sector(Date(2024, 1, 1)).at(0).in_world, WithinAbs(0.03, 1e-15));

  // Lines without value have no mean, and a normal duty all the same.
  const auto empty = std::make_shared<const TradeLines>(std::vector{line("A", "7208", 0), line("A", "7209", 0)});
  const BoundLines no_value(std::make_shared<const Policy>(p), dated, empty, concordance());
  CHECK(no_value.by_sector(kDay).empty());
  CHECK_THAT(no_value.normal_duty(0), WithinAbs(0.03, 1e-15));

  // A floor stands on both days on the same normal duty.
  p.measures = {act("floor", 0.15)};
  p.measures[0].base = DutyBase::floor;
  const BoundLines floored(std::make_shared<const Policy>(p), dated, lines, concordance());
  CHECK(floored.by_sector(Date(2025, 3, 1)).at(0).in_world == 0.04);
}

TEST_CASE("what maps nowhere is listed with its reason, and refused where that is asked for") {
  TradeLine inner = line("B", "7208", 3);
  const std::vector<TradeLine> given = {line("A", "7208", 1), line("A", "9999", 2), inner, line("X", "7208", 4),
                                        line("A", "87", 5)};
  const BoundLines lines = bound(given);
  REQUIRE(lines.remainders().size() == 3);
  CHECK(lines.remainders()[0].line == 1);
  CHECK(lines.remainders()[0].reason == "the concordance does not know the code");
  CHECK(lines.remainders()[1].reason == "stays within one customs territory");
  CHECK(lines.remainders()[2].reason == "exporter X is in no region of the world");
  CHECK(lines.mapped_value() == 6);
  CHECK(lines.remainder_value() == 9);
  CHECK(lines.mapped_value() + lines.remainder_value() == lines.lines().total_value());
  CHECK(lines.rates(kDay).size() == given.size());
  CHECK_THROWS_WITH(bound(given, acts(), true),
                    ContainsSubstring("lines, row 2: code 9999") && ContainsSubstring("and 2 more lines map nowhere"));
}

TEST_CASE("a code that falls in several sectors, and a sector that is several of the world, are remainders") {
  const auto lines =
      std::make_shared<const TradeLines>(std::vector{line("A", "72", 1), line("A", "84", 1), line("A", "99", 1)});
  const Concordance wide({{"7201", "STL"}, {"7202", "CAR"}, {"84", "ALL"}, {"99", "ELSE"}},
                         {{"STL", {"STL"}}, {"ALL", {"STL", "CAR"}}, {"ELSE", {"X"}}});
  const BoundLines in_world(std::make_shared<const Policy>(acts()), three_regions(), lines, wide);
  REQUIRE(in_world.remainders().size() == 3);
  CHECK(in_world.remainders()[0].reason == "the code falls in several sectors: CAR, STL");
  CHECK(in_world.remainders()[1].reason == "sector ALL is several of the world: STL, CAR");
  CHECK(in_world.remainders()[2].reason == "sector ELSE is in no sector of the world");
}

TEST_CASE("codes of lists that no line meets are reported, since so renumbering shows") {
  const TradeLines lines({line("A", "720810", 1), line("A", "7606", 1)});
  const auto unmet = unmet_codes(acts(), lines, kDay);
  REQUIRE(unmet.size() == 1);  // 7208 by a code below it, both codes of 7606 by their heading
  CHECK(unmet[0].list == "8703");
  CHECK(unmet[0].codes == std::vector<std::string>{"8703"});
  CHECK(unmet_codes(acts(), lines, Date(2024, 1, 1)).empty());

  Policy old = acts();
  old.products["metals"] = {"720710"};
  const auto missed = unmet_codes(old, TradeLines({line("A", "720810", 1)}), kDay);
  CHECK(missed.size() == 2);
  const Renumbering back(std::vector<CodeRow>{{"720810", "720710"}});
  const TradeLines renumbered({line("A", "720810", 1)}, back);
  CHECK(unmet_codes(old, renumbered, kDay).size() == 1);
  CHECK(line_rates(old, renumbered, kDay)[0].total == 0.10);
}

TEST_CASE("a renumbered code that a list has in part is marked so") {
  Policy old = acts();
  old.products["metals"] = {"720710"};
  const Renumbering split(std::vector<CodeRow>{{"7208", "720710"}, {"7208", "720720"}});
  const auto rate = line_rates(old, TradeLines({line("A", "7208", 1)}, split), kDay)[0];
  REQUIRE(rate.duties.size() == 1);
  CHECK(rate.duties[0].partly);
}

TEST_CASE("a code too short for a list of exceptions is marked, and counted in the mean") {
  Policy p = acts();
  p.measures[0].except_products = {"72081010"};
  const BoundLines lines = bound({line("A", "720810", 1), line("A", "720820", 3)}, p);
  const auto rates = lines.rates(kDay);
  CHECK(is_partial(rates[0]));
  CHECK(rates[0].duties.at(0).spared);
  CHECK_FALSE(is_partial(rates[1]));
  CHECK(lines.by_sector(kDay).at(0).in_part == 0.25);
  CHECK(line_rates(p, TradeLines({line("A", "7208101000", 1)}), kDay)[0].duties.empty());
}

TEST_CASE("measures that single products cannot take up are listed") {
  Policy p = acts();
  p.measures[0].detail = Detail::sector;
  p.measures[1].use = "taxi";
  Measure table = act("table", 0);
  table.rate.reset();
  table.rate_table = "rates";
  p.measures.push_back(table);
  p.measures.push_back(act("other", 0.1));
  p.measures.back().importer = "A";
  const auto left = left_out(p, TradeLines({line("A", "8703", 1)}), kDay);
  REQUIRE(left.size() == 3);
  CHECK(left[0].what == "counts for sectors alone");
  CHECK(left[1].what == "is due where the good is for 'taxi', which no line says");
  CHECK(left[2].what == "its rates are by sector");
  TradeLine taxi = line("A", "8703", 1);
  taxi.uses = {"taxi"};
  CHECK(left_out(p, TradeLines({taxi}), kDay).size() == 2);
}
