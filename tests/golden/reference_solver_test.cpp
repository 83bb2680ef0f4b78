// The library against an independent solver in levels, on random small worlds with every kind of shock.
#include "support/reference_solver.hpp"

#include "support/catch.hpp"
#include "support/random_shock.hpp"
#include "support/random_world.hpp"
#include "support/results.hpp"
#include "support/validation.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

struct Size {
  Index regions, sectors;
  int worlds;
};

}  // namespace

TEST_CASE("an independent solver in levels finds the same equilibria") {
  KnownNumbers known("reference-solver",
                     "An independent solver in levels, Newton's method (tests/support/reference_solver.hpp)");
  for (const Size size : {Size{2, 1, 8}, Size{3, 1, 8}, Size{4, 3, 8}, Size{7, 5, 4}, Size{12, 8, 1}})
    for (const auto deficits : {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share}) {
      CAPTURE(size.regions, size.sectors, name(deficits));
      for (int k = 1; k <= size.worlds; ++k) {
        const auto seed = static_cast<std::uint64_t>(k);
        CAPTURE(k);
        const World world = random_world({.regions = size.regions,
                                          .sectors = size.sectors,
                                          .seed = seed,
                                          .wedges = k % 2 == 0,
                                          .materials = k % 4 != 1,
                                          .gaps = k % 3 != 0,
                                          .given_final_demand = k % 4 == 0});
        const Shock shock = random_shock(
            world, {.seed = seed, .deficits = deficits != Deficits::balanced && k % 2 == 1, .bans = k % 3 == 1});
        const Solver solver(world, {.deficits = deficits}, {.tolerance = 1e-13});
        const Equilibrium eq = solver.solve(shock);
        INFO(name(eq.status) << ": " << eq.diagnosis);
        REQUIRE(eq.converged());
        const ReferenceSolver reference(world, deficits);
        const ReferenceLevels& before = reference.base();
        const ReferenceLevels after = reference.solve(shock);
        REQUIRE(before.residual < 1e-11);
        REQUIRE(after.residual < 1e-11);
        const State& found = eq.counterfactual;
        const double miss = std::max({relative_difference(eq.wage_hat, after.wage / before.wage),
                                      relative_difference(eq.price_hat, after.price / before.price),
                                      relative_difference(eq.cost_hat, after.cost / before.cost),
                                      relative_difference(found.income, after.income),
                                      relative_difference(found.expenditure, after.expenditure),
                                      relative_difference(found.output, after.output),
                                      flow_difference(solver.base().flows, before.flows, before.expenditure),
                                      flow_difference(found.flows, after.flows, after.expenditure)});
        CHECK(known.within(miss, 1e-9,
                           "random worlds of " + std::to_string(size.regions) + " x " + std::to_string(size.sectors) +
                               ", all levels and hats"));
      }
    }
}
