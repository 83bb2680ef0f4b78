// A user's program on the headers alone: reference case 4.2, tariffs of 60 and 30 percent among three regions.
#include <tariffsim/tariffsim.hpp>

#include <Eigen/Core>

#include <cmath>
#include <cstdio>

int main() {
  Eigen::Matrix3d flows;
  flows << 80, 6, 9, 8, 150, 12, 7, 14, 60;
  const auto world = tariffsim::World::from_flows(flows, 4.0);
  const auto war = tariffsim::Scenario("war")
                       .tariff({.importer = "R1", .exporter = "R2", .rate = 0.60})
                       .tariff({.importer = "R2", .exporter = "R1", .rate = 0.30});
  const auto equilibrium = tariffsim::solve(world, war);
  equilibrium.require_converged();

  const double expected_pct[] = {-0.948157, -0.588806, 0.125752};
  double worst = 0;
  for (tariffsim::Index n = 0; n < 3; ++n) {
    const double income_hat = equilibrium.counterfactual.income[n] / equilibrium.base->income[n];
    const double real_income_pct = 100 * (income_hat / equilibrium.consumer_price_hat[n] - 1);
    std::printf("%s %+.6f percent\n", world.regions().code(n).c_str(), real_income_pct);
    worst = std::max(worst, std::abs(real_income_pct - expected_pct[n]));
  }
  return worst < 1e-6 ? 0 : 1;
}
