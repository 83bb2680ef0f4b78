// The shortest start: a matrix of flows, one elasticity, one tariff. Needs the headers and Eigen alone.
#include <cstdio>

#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/tariffsim.hpp"

int main() {
  // Rows export, columns import, the diagonal is sold at home.
  Eigen::MatrixXd flows(3, 3);
  flows << 80, 6, 9,  //
      8, 150, 12,     //
      7, 14, 60;
  const auto world = tariffsim::World::from_flows(flows, 4.0, {"A", "B", "C"});

  const auto quarrel = tariffsim::Scenario("A and B fall out")
                           .tariff({.importer = "A", .exporter = "B", .rate = 0.60})
                           .tariff({.importer = "B", .exporter = "A", .rate = 0.30});
  const auto eq = tariffsim::solve(world, quarrel);
  eq.require_converged();  // throws, with the reason, where there is no equilibrium

  const auto income = tariffsim::real_income_pct(eq);
  for (tariffsim::Index n = 0; n < income.size(); ++n) {
    std::printf("%s  %+.6f percent of real income\n", world.regions().code(n).c_str(), income[n]);
  }
  std::printf("largest relative residual %.1e\n", eq.certificate.worst());
}
