// One barrier, many instruments: what each does to the flow, to the rate that is paid, and to both sides.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/tariffsim.hpp"

int main() {
  using namespace tariffsim;
  const World world = load_world("world-2022-27x12");
  const Solver solver(world);
  const Selector usa("USA"), chn("CHN"), ele("ELE");
  const Scenario none("instruments");
  const std::vector<std::pair<std::string, Scenario>> cases = {
      {"ad valorem tariff, 30 percent", none.tariff({usa, chn, ele, 0.30})},
      {"the same per unit", none.specific_tariff({usa, chn, ele, 0.30})},
      {"half of it a rent of the exporter",
       none.non_tariff_measure({usa, chn, ele, 0.30, {.resource_share = 0.5, .rent = RentOwner::exporter}})},
      {"quota, 0.4 times the base", none.quota({.importer = usa, .exporter = chn, .sector = ele, .level = 0.4})},
      {"the same, licences to exporters",
       none.quota({.importer = usa, .exporter = chn, .sector = ele, .level = 0.4, .rent = RentOwner::exporter})},
      {"30 percent, some through Vietnam",
       none.tariff({usa, chn, ele, 0.30})
           .transshipment({usa, chn, ele, {.via = "VNM", .uptake = {0.2, 0.1}, .detection = 0.1, .penalty = 0.4}})},
      {"subsidy of 5 percent on output", none.production_subsidy({chn, ele, 0.05})},
  };
  const Index n = world.regions().at("USA"), i = world.regions().at("CHN"), j = world.sectors().at("ELE");
  std::printf("%-36s%8s%8s%9s%9s\n", "", "paid %", "flow %", "USA %", "CHN %");
  for (const auto& [name, scenario] : cases) {
    const Equilibrium eq = solver.solve(scenario);
    eq.require_converged();
    const Vector income = real_income_pct(eq);
    const double flow = eq.counterfactual.flows(i, n, j) / eq.base->flows(i, n, j);
    std::printf("%-36s%8.2f%8.2f%9.4f%9.4f\n", name.c_str(), 100 * eq.counterfactual.tariffs()(i, n, j),
                100 * (flow - 1), income[n], income[i]);
  }
}
