// Many shocks on one world: a Solver prepares the base once, then each rate costs a few milliseconds.
#include <cstdio>

#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/worlds.hpp"
#include "tariffsim/tariffsim.hpp"

int main() {
  const auto world = tariffsim::load_world("world-2022-27x12");
  const tariffsim::Solver solver(world, {.deficits = tariffsim::Deficits::fixed_world_share});
  const auto usa = world.regions().at("USA"), china = world.regions().at("CHN");

  std::printf("  rate  USA real income %%  CHN real income %%  evaluations\n");
  for (const double rate : {0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0}) {
    const auto eq = solver.solve(tariffsim::Scenario("a rate, both ways")
                                     .tariff({.importer = "USA",
                                              .exporter = "CHN",
                                              .sector = "goods",
                                              .rate = rate,
                                              .operation = tariffsim::Operation::add})
                                     .tariff({.importer = "CHN",
                                              .exporter = "USA",
                                              .sector = "goods",
                                              .rate = rate,
                                              .operation = tariffsim::Operation::add}));
    eq.require_converged();
    const auto income = tariffsim::real_income_pct(eq);
    std::printf("%6.2f  %17.4f  %17.4f  %11d\n", rate, income[usa], income[china], eq.evaluations);
  }
}
