// A thousand random extreme shocks on real worlds: each converges with its certificate or says why not; none returns a
// bad number. And the shocks that the solver must reach by itself.
#include <algorithm>
#include <limits>
#include <set>
#include <string>

#include "support/catch.hpp"
#include "support/draw.hpp"
#include "support/shared_data.hpp"
#include "support/validation.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/certify.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const Deficits kClosures[] = {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share};

/// A random scenario of one to four extreme changes: rates of -50 to 1000 percent, bans, factors of up to three.
class ExtremeScenario {
 public:
  ExtremeScenario(const World& world, std::uint64_t seed) : world_(world), draw_(seed) {}

  [[nodiscard]] Scenario draw(bool with_deficits) {
    Scenario scenario("extreme");
    const Index changes = 1 + draw_.index(4);
    for (Index k = 0; k < changes; ++k) {
      const Scenario more = one_more(scenario, with_deficits);
      if (!at_home(more.changes().back())) scenario = more;
    }
    return scenario;
  }

 private:
  // A measure at the border of one region with itself, which has no effect and is refused.
  static bool at_home(const Change& change) {
    if (!is_bilateral(change.instrument) || change.instrument == Instrument::taste) return false;
    const std::string& code = change.importer.terms.front();
    const auto same = [&](const std::string& term) { return code != "*" && term == code; };
    return std::all_of(change.importer.terms.begin(), change.importer.terms.end(), same) &&
           std::all_of(change.exporter.terms.begin(), change.exporter.terms.end(), same);
  }

  Scenario one_more(const Scenario& so_far, bool with_deficits) {
    switch (draw_.index(with_deficits ? 8 : 7)) {
      case 0:
      case 1: return so_far.tariff({.importer = regions(), .exporter = regions(), .sector = sectors(), .rate = rate()});
      case 2:
        return so_far.export_tax(
            {.importer = regions(), .exporter = regions(), .sector = sectors(), .rate = draw_.uniform(-0.5, 2.0)});
      case 3:
        return so_far.trade_cost(
            {.importer = regions(), .exporter = regions(), .sector = sectors(), .factor = draw_.factor(1 / 3.0, 3)});
      case 4: return so_far.ban({.importer = regions(), .exporter = regions(), .sector = sectors()});
      case 5:
        return so_far.productivity({.region = regions(), .sector = sectors(), .factor = draw_.factor(1 / 3.0, 3)});
      case 6:
        return draw_.chance(0.5) ? so_far.taste({.importer = regions(),
                                                 .exporter = regions(),
                                                 .sector = sectors(),
                                                 .factor = draw_.chance(0.1) ? 0.0 : draw_.factor(1 / 3.0, 3)})
                                 : so_far.final_demand(
                                       {.region = regions(), .sector = sectors(), .factor = draw_.factor(1 / 3.0, 3)});
      default: {
        // A transfer of up to a fifth of the smaller region's value added.
        const Index a = draw_.index(world_.regions().size());
        const Index b = (a + 1 + draw_.index(world_.regions().size() - 1)) % world_.regions().size();
        const Vector& earned = world_.accounts().value_added;
        const double amount = draw_.uniform(-0.2, 0.2) * std::min(earned[a], earned[b]);
        return so_far.deficit({.region = world_.regions().code(a), .value = amount, .operation = Operation::add})
            .deficit({.region = world_.regions().code(b), .value = -amount, .operation = Operation::add});
      }
    }
  }

  // Between a subsidy of half the price and a prohibitive duty.
  double rate() { return draw_.chance(0.2) ? draw_.uniform(-0.5, 0.0) : draw_.factor(0.05, 10.0); }

  Selector regions() {
    if (draw_.chance(0.25)) return "*";
    return some(world_.regions(), 1 + draw_.index(5));
  }

  Selector sectors() {
    if (draw_.chance(0.5)) return draw_.chance(0.5) ? "*" : "goods";
    return some(world_.sectors(), 1 + draw_.index(4));
  }

  Selector some(const Labels& labels, Index count) {
    std::vector<std::string> codes;
    for (Index k = 0; k < count; ++k) codes.push_back(labels.code(draw_.index(labels.size())));
    return codes;
  }

  const World& world_;
  Draw draw_;
};

/// What became of a set of shocks.
struct Tally {
  int converged = 0, infeasible = 0, stalled = 0, paths = 0;
  [[nodiscard]] int all() const { return converged + infeasible + stalled; }
};

/// A converged result holds sound numbers and a certificate within tolerance; any other says why and holds none.
void check_result(const Equilibrium& eq, const Solver& solver, Tally& tally) {
  if (!eq.converged()) {
    ++(eq.status == Status::infeasible ? tally.infeasible : tally.stalled);
    CHECK_FALSE(eq.diagnosis.empty());
    const bool no_numbers = eq.wage_hat.size() == 0 && eq.price_hat.size() == 0 && eq.cost_hat.size() == 0 &&
                            eq.consumer_price_hat.size() == 0 && eq.counterfactual.flows.empty() &&
                            eq.counterfactual.income.size() == 0;
    CHECK(no_numbers);
    CHECK_THROWS_AS(real_income_pct(eq), NotConverged);
    return;
  }
  ++tally.converged;
  if (eq.path_steps > 1) ++tally.paths;
  const Certificate again = certify(eq);
  CHECK(again.worst() <= eq.tolerance);
  const State& after = eq.counterfactual;
  const bool finite = after.flows.values().isFinite().all() && after.expenditure.isFinite().all() &&
                      after.output.isFinite().all() && after.income.isFinite().all() &&
                      after.tariff_revenue.isFinite().all() && after.export_tax_revenue.isFinite().all() &&
                      eq.price_hat.isFinite().all() && eq.cost_hat.isFinite().all() && eq.wage_hat.isFinite().all() &&
                      real_income_pct(eq).isFinite().all();
  CHECK(finite);
  const bool positive = (after.flows.values() >= 0).all() && (eq.wage_hat > 0).all() && (eq.price_hat > 0).all() &&
                        (after.income > 0).all();
  CHECK(positive);
  if (!eq.shock->trade_cost_hat) return;
  const Vector& cost = eq.shock->trade_cost_hat->values();
  const bool bans_hold = (cost.isFinite() || after.flows.values() == 0.0).all();
  CHECK(bans_hold);
  CHECK(solver.base().flows.same_shape(after.flows));
}

/// Shocks under all three closures in turn.
Tally run(const World& world, int shocks, std::uint64_t first_seed) {
  Tally tally;
  for (int c = 0; c < 3; ++c) {
    const Solver solver(world, {.deficits = kClosures[c]});
    for (int k = c; k < shocks; k += 3) {
      const std::uint64_t seed = first_seed + static_cast<std::uint64_t>(k);
      const Scenario scenario = ExtremeScenario(world, seed).draw(kClosures[c] != Deficits::balanced);
      INFO("seed " << seed << ", closure " << name(kClosures[c]));
      const Equilibrium eq = solver.solve(scenario);
      INFO(name(eq.status) << ": " << eq.diagnosis);
      check_result(eq, solver, tally);
    }
  }
  return tally;
}

void check_share(const std::string& world, const Tally& tally, int shocks, double least) {
  std::ofstream csv(validation_folder() / ("extreme-" + world + ".csv"));
  csv << "world,shocks,converged,along_a_path,infeasible,stalled\n"
      << world << ',' << tally.all() << ',' << tally.converged << ',' << tally.paths << ',' << tally.infeasible << ','
      << tally.stalled << '\n';
  CAPTURE(tally.converged, tally.infeasible, tally.stalled, tally.paths);
  CHECK(tally.all() == shocks);
  CHECK(tally.converged >= least * shocks);
}

Equilibrium required(const World& world, const Scenario& scenario, Deficits deficits) {
  const Solver solver(world, {.deficits = deficits});
  Equilibrium eq = solver.solve(scenario);
  INFO(name(deficits) << ": " << eq.diagnosis);
  Tally tally;
  check_result(eq, solver, tally);
  REQUIRE(eq.converged());
  return eq;
}

World embedded() { return read_world(embedded_world("world-2022-27x12")); }

}  // namespace

TEST_CASE("600 extreme shocks on the world of 27 regions and 12 sectors") {
  check_share("world-2022-27x12", run(embedded(), 600, 1), 600, 0.9);
}

TEST_CASE("250 extreme shocks on the world of 44 regions and 21 sectors") {
  check_share("world-2022", run(read_world(embedded_world("world-2022")), 250, 10001), 250, 0.9);
}

TEST_CASE("150 extreme shocks on the world of Caliendo and Parro, with an elasticity of 65") {
  if (!has_shared_data("cp2015")) SKIP("no reference data in " << shared_data("cp2015"));
  check_share("cp2015", run(read_world(shared_data("cp2015")), 150, 20001), 150, 0.9);
}

TEST_CASE("the solver reaches by itself: 145 and 125 percent, both ways, on top of what is in force") {
  const World world = embedded();
  const Scenario peak =
      Scenario("peak")
          .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 1.45, .operation = Operation::add})
          .tariff({.importer = "CHN", .exporter = "USA", .sector = "goods", .rate = 1.25, .operation = Operation::add});
  for (const Deficits deficits : kClosures) required(world, peak, deficits);
}

TEST_CASE("the solver reaches by itself: a ban between two regions, in which nothing else breaks") {
  const World world = embedded();
  const Scenario ban =
      Scenario("decoupling").ban({.importer = "USA", .exporter = "CHN"}).ban({.importer = "CHN", .exporter = "USA"});
  for (const Deficits deficits : kClosures) {
    const Equilibrium eq = required(world, ban, deficits);
    const Index usa = world.regions().at("USA"), chn = world.regions().at("CHN");
    for (Index j = 0; j < world.sectors().size(); ++j) {
      CHECK(eq.counterfactual.flows(usa, chn, j) == 0.0);
      CHECK(eq.counterfactual.flows(chn, usa, j) == 0.0);
      CHECK(eq.counterfactual.flows(chn, chn, j) > 0.0);
    }
  }
}

TEST_CASE("the solver reaches by itself: a tariff of 1000 percent on everything, which is near autarky") {
  const World world = embedded();
  const Equilibrium eq = required(world, Scenario("near autarky").tariff({.rate = 10.0}), Deficits::balanced);
  double before = 0, after = 0;
  for (Index j = 0; j < world.sectors().size(); ++j) {
    before += eq.base->flows.slice(j).sum() - eq.base->flows.slice(j).trace();
    after += eq.counterfactual.flows.slice(j).sum() - eq.counterfactual.flows.slice(j).trace();
  }
  CHECK(after < 0.01 * before);
  // Past it, with no trade at all.
  required(world, Scenario("autarky").ban({}), Deficits::balanced);
}

TEST_CASE("the solver reaches by itself: elasticities of 1.2 and of 65 in one world") {
  const World world = embedded().edited([](WorldData& d) {
    d.trade_elasticity[0] = 1.2;
    d.trade_elasticity[1] = 65.0;
  });
  const Scenario war = Scenario("war")
                           .tariff({.importer = "USA", .rate = 0.25, .operation = Operation::add})
                           .tariff({.importer = "*", .exporter = "USA", .rate = 0.25, .operation = Operation::add});
  for (const Deficits deficits : kClosures) required(world, war, deficits);
}

TEST_CASE("the solver reaches by itself: a tariff of minus 50 percent") {
  const World world = embedded();
  const Scenario subsidy =
      Scenario("subsidy").tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = -0.5});
  for (const Deficits deficits : kClosures) {
    const Equilibrium eq = required(world, subsidy, deficits);
    CHECK(eq.counterfactual.tariff_revenue[world.regions().at("USA")] < 0);
  }
}

TEST_CASE("prohibitive tariffs have one verdict, whatever their size") {
  const World world = embedded();
  const Solver kept(world, {.deficits = Deficits::fixed_world_share});
  const Solver moving(world, {.deficits = Deficits::fixed_income_share});
  for (const double rate : {10.0, 30.0, 100.0, 1e3, 1e4, 1e8, 1e30, 1e300}) {
    CAPTURE(rate);
    const Scenario everyone = Scenario("prohibitive").tariff({.rate = rate});
    const Equilibrium eq = kept.solve(everyone);
    CHECK(eq.status == Status::infeasible);
    CHECK_THAT(eq.diagnosis, Catch::Matchers::ContainsSubstring("region "));
    required(world, everyone, Deficits::balanced);
    // Deficits that shrink with incomes can be financed as long as numbers hold any trade at all.
    CHECK(moving.solve(everyone).status == (rate < 1e100 ? Status::converged : Status::infeasible));
  }
}

TEST_CASE("a solve that gives up says where the equations hold least, and what to try") {
  SolveOptions few;
  few.max_evaluations = 3;
  const Equilibrium eq = Solver(embedded(), {}, few).solve(Scenario("war").tariff({.importer = "USA", .rate = 0.5}));
  CHECK(eq.status == Status::stalled);
  CHECK_THAT(eq.diagnosis,
             Catch::Matchers::Matches(".*\\((price index|goods market|labour market) of region [A-Z]{3}.*"));
  CHECK_THAT(eq.diagnosis, Catch::Matchers::ContainsSubstring("try a smaller shock or another closure"));
}

TEST_CASE("with deficits, no trade is infeasible and the diagnosis names a region") {
  const World world = embedded();
  for (const Deficits deficits : {Deficits::fixed_world_share, Deficits::fixed_income_share}) {
    const Solver solver(world, {.deficits = deficits});
    const Equilibrium eq = solver.solve(Scenario("autarky").ban({}));
    CHECK(eq.status == Status::infeasible);
    CHECK_THAT(eq.diagnosis, Catch::Matchers::ContainsSubstring("region "));
    Tally tally;
    check_result(eq, solver, tally);
  }
}
