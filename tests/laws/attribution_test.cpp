// Laws of Shapley values: they sum, do not depend on the order, give a dummy nothing and equals the same.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/analysis/shapley.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/io.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

const Date kBefore(2024, 7, 1), kDay(2025, 6, 1);
const SolveOptions kTight{.tolerance = 1e-13};

World dated_world() {
  return seeded_world(4, 3, 5, {.zeros = false}).edited([](WorldData& d) { d.info.tariffs_dates = {{"*", kBefore}}; });
}

Measure act(const std::string& id, const std::string& importer, const std::string& exporter, double rate,
            Date from = Date(2025, 1, 1)) {
  Measure m;
  m.id = m.group = id;
  m.authority = "Act " + id;
  m.importer = importer;
  m.exporters = {exporter};
  m.rate = rate;
  m.legal.from = from;
  return m;
}

StackingRule excludes(const std::string& group, const std::string& other) {
  StackingRule r;
  r.group = group;
  r.relation = Relation::excludes;
  r.other = other;
  return r;
}

/// Two acts on the same flow of which one excludes the other, and one of another country.
Policy three_acts() {
  Policy p;
  p.measures = {act("a", "R1", "R2", 0.40), act("b", "R1", "*", 0.25), act("c", "R2", "R1", 0.30)};
  p.rules = {excludes("a", "b")};
  return p;
}

struct Shared {
  explicit Shared(const Policy& policy, const World& world = dated_world(), PlayerKey by = PlayerKey::authority,
                  const std::vector<std::string>& named = {})
      : scenario(Scenario("acts").with(policy).on(kDay)),
        bound(scenario.shared_policy(), world),
        coalitions(scenario, bound, by, named),
        solver(world, {}, kTight),
        result(attribute_outcome(solver, coalitions, real_income_pct)) {}

  [[nodiscard]] Eigen::VectorXd of(const std::string& player) const {
    const auto at = std::find(result.players.begin(), result.players.end(), player);
    REQUIRE(at != result.players.end());
    return result.parts.col(at - result.players.begin());
  }

  Scenario scenario;
  BoundPolicy bound;
  Coalitions coalitions;
  Solver solver;
  OutcomeAttribution result;
};

double largest(const Eigen::MatrixXd& m) { return m.cwiseAbs().maxCoeff(); }

}  // namespace

TEST_CASE("Shapley values of a game worked by hand") {
  // A glove market: player 0 has a left glove, players 1 and 2 a right one each; a pair is worth 1.
  Eigen::MatrixXd worth(1, 8);
  worth << 0, 0, 0, 1, 0, 1, 0, 1;
  const Eigen::MatrixXd values = shapley_values(worth);
  CHECK(std::abs(values(0, 0) - 2.0 / 3) < 1e-15);
  CHECK(std::abs(values(0, 1) - 1.0 / 6) < 1e-15);
  CHECK(std::abs(values(0, 2) - 1.0 / 6) < 1e-15);
  CHECK(shapley_values(Eigen::MatrixXd::Ones(2, 1)).cols() == 0);
  CHECK_THROWS_WITH(shapley_values(Eigen::MatrixXd::Ones(1, 6)), ContainsSubstring("2^k"));
}

TEST_CASE("parts of real income sum to the change between base and day") {
  const Shared shared(three_acts());
  const OutcomeAttribution& r = shared.result;
  REQUIRE(r.players == std::vector<std::string>{"Act a", "Act b", "Act c"});
  CHECK(r.base.abs().maxCoeff() < 1e-10);  // nobody is the base
  CHECK(largest(r.parts.rowwise().sum() - (r.day - r.base).matrix()) < 1e-12);
  const Equilibrium day = shared.solver.solve(shared.scenario);
  CHECK((r.day - real_income_pct(day)).abs().maxCoeff() < 1e-9);
  CHECK(shared.coalitions.shock(7).tariffs->values().isApprox(day.shock->tariffs->values(), 0));
  CHECK(shared.coalitions.shock(0).tariffs->values().isApprox(shared.bound.world().tariffs().values(), 0));
}

TEST_CASE("Shapley values are means over all orders of joining") {
  const Shared shared(three_acts());
  std::map<unsigned, Vector> worth;
  for (unsigned s = 0; s < 8; ++s) worth[s] = real_income_pct(shared.solver.solve(shared.coalitions.shock(s)));
  Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(4, 3);
  std::vector<unsigned> order = {0, 1, 2};
  do {
    unsigned present = 0;
    for (const unsigned player : order) {
      mean.col(player) += (worth[present | 1U << player] - worth[present]).matrix() / 6;
      present |= 1U << player;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  CHECK(largest(mean - shared.result.parts) < 1e-9);  // these solves start from the base, those from a neighbour
}

TEST_CASE("the order of the measures and the names of the players change nothing") {
  Policy turned = three_acts();
  std::reverse(turned.measures.begin(), turned.measures.end());
  for (auto& m : turned.measures) m.authority = m.id == "a" ? "Z" : m.authority;
  const Shared one(three_acts()), other(turned);
  CHECK(largest(one.of("Act a") - other.of("Z")) < 1e-9);
  CHECK(largest(one.of("Act b") - other.of("Act b")) < 1e-9);
  CHECK(largest(one.of("Act c") - other.of("Act c")) < 1e-9);
}

TEST_CASE("a player whose measures change nothing has no value") {
  Policy p = three_acts();
  // In force before and after: contained in the world's own tariffs, and left out.
  p.measures.push_back(act("old", "R3", "R1", 0.10, Date(2020, 1, 1)));
  CHECK(Shared(p).result.players == Shared(three_acts()).result.players);
  // New, but excluded by the old one whoever else plays: a player, worth nothing.
  p.measures.push_back(act("nil", "R3", "R1", 0.30));
  p.rules.push_back(excludes("old", "nil"));
  const Shared with_nil(p);
  REQUIRE(with_nil.result.players.size() == 4);
  CHECK(largest(with_nil.of("Act nil")) < 1e-9);
  CHECK(largest(with_nil.of("Act a") - Shared(three_acts()).of("Act a")) < 1e-9);
}

TEST_CASE("players who do the same share equally") {
  Policy p = three_acts();
  // The larger of two equal duties is due: each alone does what both do.
  p.measures.push_back(act("a2", "R1", "R2", 0.40));
  p.rules.push_back(excludes("a2", "b"));
  StackingRule larger;
  larger.group = "twins";
  larger.relation = Relation::larger;
  p.measures[0].group = "twins/a";
  p.measures[3].group = "twins/a2";
  p.rules = {excludes("twins", "b"), larger};
  const Shared twins(p), one(three_acts());
  CHECK(largest(twins.of("Act a") - twins.of("Act a2")) < 1e-9);
  CHECK(largest(twins.result.parts.rowwise().sum() - one.result.parts.rowwise().sum()) < 1e-9);
}

TEST_CASE("players by importer, by stacking group, by measure, and some by name") {
  CHECK(Shared(three_acts(), dated_world(), PlayerKey::importer).result.players ==
        std::vector<std::string>{"R1", "R2"});
  CHECK(Shared(three_acts(), dated_world(), PlayerKey::measure).result.players.size() == 3);
  Policy p = three_acts();
  p.measures[0].group = "s/a";
  p.measures[1].group = "s/b";
  p.measures[2].group = "t";
  p.rules.clear();
  const World world = dated_world();
  using Names = std::vector<std::string>;
  CHECK(Shared(p, world, PlayerKey::group).result.players == Names{"s", "t"});
  CHECK(Shared(p, world, PlayerKey::group, {"s/b"}).result.players == Names{"s/b", Coalitions::kOthers});
  const Shared named(three_acts(), world, PlayerKey::authority, {"Act c"}), all(three_acts());
  CHECK(named.result.players == Names{"Act c", Coalitions::kOthers});
  CHECK(largest(named.result.parts.rowwise().sum() - all.result.parts.rowwise().sum()) < 1e-9);
  CHECK_THROWS_WITH(Shared(three_acts(), world, PlayerKey::authority, {"Act d"}),
                    ContainsSubstring("unknown law code 'Act d'"));
  CHECK_THROWS_WITH(Shared(three_acts(), world, PlayerKey::authority, {"Act c", "Act c"}), ContainsSubstring("twice"));
}

TEST_CASE("undated changes are a player of their own") {
  const World world = dated_world();
  const Scenario scenario = Scenario("both").with(three_acts()).productivity({.region = "R4", .factor = 1.05}).on(kDay);
  const BoundPolicy bound(scenario.shared_policy(), world);
  const Coalitions coalitions(scenario, bound);
  REQUIRE(coalitions.players().back() == Coalitions::kUndated);
  const Solver solver(world, {}, kTight);
  const OutcomeAttribution shared = attribute_outcome(solver, coalitions, real_income_pct);
  CHECK(shared.base.abs().maxCoeff() < 1e-10);
  CHECK((shared.day - real_income_pct(solver.solve(scenario))).abs().maxCoeff() < 1e-9);
  CHECK(shared.parts(3, 3) > 1);  // R4 gains from its productivity
}

TEST_CASE("what is in the base and ended since is taken out by its player") {
  Policy p = three_acts();
  p.measures.push_back(act("old", "R3", "R1", 0.10, Date(2020, 1, 1)));
  p.measures.back().legal.until = Date(2025, 2, 1);
  const Shared shared(p);
  const BoundPolicy& bound = shared.bound;
  const std::vector<bool> old_alone = {false, false, false, true};
  const Cube rates = bound.rates(kDay, Basis::legal, old_alone).total;
  const World world = dated_world();
  for (Index j = 0; j < 2; ++j) {  // goods
    CHECK(std::abs(rates(0, 2, j) - std::max(0.0, world.tariffs()(0, 2, j) - 0.10)) < 1e-15);
    CHECK(rates(1, 0, j) == world.tariffs()(1, 0, j));
  }
  CHECK(std::find(shared.result.players.begin(), shared.result.players.end(), "Act old") !=
        shared.result.players.end());
}

TEST_CASE("measures meet under the rules of the day where one of them is in the coalition") {
  // Both in force before and after; the rule that one excludes the other came in between.
  Policy p;
  p.measures = {act("a", "R1", "R2", 0.40, Date(2020, 1, 1)), act("b", "R1", "R2", 0.25, Date(2020, 1, 1))};
  p.rules = {excludes("a", "b")};
  p.rules[0].days.from = Date(2025, 1, 1);
  const Shared shared(p);
  REQUIRE(shared.result.players.size() == 2);
  const auto rate = [&](bool a, bool b) { return shared.bound.rates(kDay, Basis::legal, {a, b}).total(1, 0, 0); };
  const double base = dated_world().tariffs()(1, 0, 0);
  CHECK(rate(false, false) == base);
  const double without_b = std::max(0.0, base - 0.25);
  CHECK(std::abs(rate(true, false) - without_b) < 1e-15);
  CHECK(std::abs(rate(false, true) - without_b) < 1e-15);
  CHECK(std::abs(rate(true, true) - without_b) < 1e-15);
  CHECK(largest(shared.of("Act a") - shared.of("Act b")) < 1e-9);
}

TEST_CASE("a cap of the base holds where all that it caps are as in the base") {
  Policy p;
  p.measures = {act("a", "R1", "R2", 0.30, Date(2020, 1, 1)), act("b", "R1", "R2", 0.20, Date(2020, 1, 1))};
  StackingRule cap;
  cap.group = "*";
  cap.relation = Relation::cap;
  cap.value = 0.25;
  cap.days.until = Date(2025, 1, 1);
  p.rules = {cap};
  const World world = dated_world().edited([](WorldData& d) { d.tariffs(1, 0, 0) = 0.40; });
  const BoundPolicy bound(std::make_shared<const Policy>(p), world);
  const auto rate = [&](bool a, bool b) { return bound.rates(kDay, Basis::legal, {a, b}).total(1, 0, 0); };
  CHECK(rate(false, false) == 0.40);
  CHECK(std::abs(rate(true, false) - 0.65) < 1e-15);
  CHECK(std::abs(rate(false, true) - 0.65) < 1e-15);
  CHECK(std::abs(rate(true, true) - 0.65) < 1e-15);
  // And a cap of the day where anything is as on the day.
  p.rules[0].days = {Date(2025, 1, 1), std::nullopt};
  const BoundPolicy later(std::make_shared<const Policy>(p), world);
  CHECK(later.rates(kDay, Basis::legal, {false, false}).total(1, 0, 0) == 0.40);
  CHECK(std::abs(later.rates(kDay, Basis::legal, {true, false}).total(1, 0, 0) - 0.15) < 1e-15);
}

TEST_CASE("the world's own day stays the world's own under floors and preferences") {
  Policy p;
  Measure floor = act("floor", "R1", "*", 0.28, Date(2020, 1, 1));
  floor.base = DutyBase::floor;
  p.measures = {floor, act("b", "R1", "*", 0.05, Date(2020, 1, 1))};
  const World world = dated_world();
  const BoundPolicy bound(std::make_shared<const Policy>(p), world);
  CHECK((bound.rates(kBefore).total.values() - world.tariffs().values()).abs().maxCoeff() == 0);
}

TEST_CASE("attributions that cannot be made say why") {
  const World world = dated_world();
  Policy many;
  for (int k = 0; k < 11; ++k) many.measures.push_back(act("m" + std::to_string(k), "R1", "R2", 0.01));
  const Scenario scenario = Scenario("many").with(many);
  const BoundPolicy bound(scenario.shared_policy(), world);
  CHECK_THROWS_WITH(Coalitions(scenario, bound), ContainsSubstring("no day"));
  CHECK_THROWS_WITH(Coalitions(scenario.on(kDay), bound),
                    ContainsSubstring("11 players by law are too many") && ContainsSubstring("name at most 9"));
  CHECK(Coalitions(scenario.on(kDay), bound, PlayerKey::authority, {"Act m3"}).count() == 4);

  const Scenario acts = Scenario("acts").with(three_acts()).on(kDay);
  const BoundPolicy three(acts.shared_policy(), world);
  const Coalitions coalitions(acts, three);
  const Solver solver(world), lazy(world, {}, {.max_evaluations = 2});
  CHECK_THROWS_WITH(attribute_outcome(lazy, coalitions, real_income_pct),
                    ContainsSubstring("coalition of 'Act a'") && ContainsSubstring("stalled"));
  CHECK_THROWS_WITH(attribute_outcome(solver, coalitions, real_income_pct, [](int done, int) { return done < 3; }),
                    ContainsSubstring("stopped by the caller after 3 of 8"));
  CHECK_THROWS_WITH(attribute_outcome(solver, coalitions,
                                      [](const Equilibrium& eq) {
                                        return Vector(Vector::Ones(eq.wage_hat.maxCoeff() > 1.0001 ? 2 : 1));
                                      }),
                    ContainsSubstring("1 numbers in the base and 2"));
  CHECK_THROWS_WITH(
      attribute_outcome(solver, coalitions, [](const Equilibrium& eq) { return Vector((eq.wage_hat - 1.0).log()); }),
      ContainsSubstring("not finite"));
}

TEST_CASE("the war of 2025 by importer: nobody is the base, everybody the day, to the bit") {
  const World world = read_world(embedded_world("world-2022-27x12"));
  const Scenario war = load_case("us-world-2025").scenario.on(Date(2025, 6, 1));
  const BoundPolicy bound(war.shared_policy(), world);
  const Coalitions coalitions(war, bound, PlayerKey::importer);
  REQUIRE(coalitions.players() == std::vector<std::string>{"CAN", "CHN", "USA"});
  CHECK((coalitions.shock(0).tariffs->values() - world.tariffs().values()).abs().maxCoeff() == 0);
  CHECK((coalitions.shock(7).tariffs->values() - war.compile(bound).tariffs->values()).abs().maxCoeff() == 0);
  const Solver solver(world);
  const OutcomeAttribution shared = attribute_outcome(solver, coalitions, real_income_pct);
  CHECK(largest(shared.parts.rowwise().sum() - (shared.day - shared.base).matrix()) < 1e-12);
  CHECK((shared.day - real_income_pct(solver.solve(war))).abs().maxCoeff() < 1e-7);
}
