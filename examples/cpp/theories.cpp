// How much of an answer is theory: one tariff war under six theories.
#include <cstdio>
#include <utility>
#include <vector>

#include "tariffsim/analysis/labour_welfare.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/tariffsim.hpp"

int main() {
  using namespace tariffsim;
  const World world = load_world("world-2022-27x12");
  const Scenario war = Scenario("60 percent, both ways")
                           .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.60})
                           .tariff({.importer = "CHN", .exporter = "USA", .sector = "goods", .rate = 0.60});
  Theory leontief;
  leontief.value_added_materials = leontief.materials = 0;
  const std::vector<std::pair<const char*, Theory>> theories = {{"Caliendo-Parro", Theory{}},
                                                                {"two tiers", Theory::two_tier(2.0)},
                                                                {"specific factors", Theory::specific_factors()},
                                                                {"Leontief inputs", leontief},
                                                                {"scale 0.03", Theory::external_economies(0.03)},
                                                                {"elastic labour", Theory::elastic_labour(0.5)}};
  for (const auto& [name, theory] : theories) {
    const Equilibrium eq = solve(world, war, theory);
    const Vector welfare = welfare_pct(eq);
    std::printf("%-18s", name);
    for (const char* code : {"USA", "CHN", "VNM", "MEX"}) {
      std::printf(" %s %+.3f ", code, welfare[world.regions().at(code)]);
    }
    std::printf("\n");
  }
}
