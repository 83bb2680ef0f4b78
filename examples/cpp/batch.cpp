// A thousand scenarios on one world: solve_batch prepares the base once and solves panels of shocks on all threads.
#include <cstdio>
#include <vector>

#include "tariffsim/analysis/design.hpp"
#include "tariffsim/analysis/outcome.hpp"
#include "tariffsim/io/worlds.hpp"
#include "tariffsim/solve/batch.hpp"
#include "tariffsim/tariffsim.hpp"

int main() {
  const auto world = tariffsim::load_world("world-2022-27x12");
  const tariffsim::Solver solver(world, {.deficits = tariffsim::Deficits::fixed_world_share});

  // What both sides will charge is uncertain, and so is whether they move together.
  Eigen::MatrixXd correlation(2, 2);
  correlation << 1, 0.7, 0.7, 1;
  const auto rates = tariffsim::draws({tariffsim::Distribution::triangular(0, 0.3, 1.5),  // of the USA on China
                                       tariffsim::Distribution::beta(2, 3)},              // of China on the USA
                                      tariffsim::sobol_points(2, 1024, 1), correlation);
  const auto shock_of = [&](std::size_t k) {
    const auto row = static_cast<tariffsim::Index>(k);
    return tariffsim::Scenario("a draw")
        .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = rates(row, 0)})
        .tariff({.importer = "CHN", .exporter = "USA", .sector = "goods", .rate = rates(row, 1)})
        .compile(world);
  };

  // Only what is asked for is kept; each number has a place of its own, so threads do not meet.
  const tariffsim::Outcome usa("real_income_pct[USA]", world), china("real_income_pct[CHN]", world);
  std::vector<double> of_usa(1024), of_china(1024);
  const bool all = tariffsim::solve_batch(solver, 1024, shock_of, [&](std::size_t k, const tariffsim::Equilibrium& eq) {
    eq.require_converged();
    usa.read(eq, &of_usa[k]);
    china.read(eq, &of_china[k]);
  });
  if (!all) return 1;

  std::printf("real income, percent     5%%   median      95%%\n");
  for (const auto& [name, draws] : {std::pair("USA", of_usa), std::pair("CHN", of_china)}) {
    const auto spread = tariffsim::Distribution::empirical(draws);
    std::printf("%-18s %8.4f %8.4f %8.4f\n", name, spread.quantile(0.05), spread.quantile(0.5), spread.quantile(0.95));
  }
}
