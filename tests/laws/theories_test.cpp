// Every law under every theory and closure, on small random worlds and on an embedded one.
#include <string>
#include <utility>
#include <vector>

#include "laws/law_table.hpp"
#include "support/random_world.hpp"
#include "support/shared_data.hpp"
#include "support/theories.hpp"
#include "tariffsim/io/world_package.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

void check_theories(const std::string& column, const std::vector<World>& worlds) {
  std::ofstream csv(validation_folder() / ("theories-" + column + ".csv"));
  csv << "theory,law,closure,worlds,cases,applicable,holding,worst_error,reason\n";
  for (const Theory& theory : theories()) {
    for (const auto& [name, closure] : closures()) {
      for (const Law& law : laws()) {
        const Cell cell = check_cell(law, closure, worlds, theory);
        csv << theory.name << ',' << law.name << ',' << name << ',' << column << ',' << cell.cases << ','
            << cell.applicable << ',' << cell.holding << ',' << cell.worst << ",\"" << cell.reason << "\"\n";
      }
    }
  }
}

std::vector<World> random_worlds(Index regions, Index sectors) {
  std::vector<World> worlds;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    worlds.push_back(random_world({.regions = regions,
                                   .sectors = sectors,
                                   .seed = seed,
                                   .wedges = seed == 2,
                                   .materials = true,
                                   .gaps = seed == 2}));
  }
  return worlds;
}

}  // namespace

TEST_CASE("laws of all theories on random worlds of 3 regions and 1 sector") {
  check_theories("random 3 x 1", random_worlds(3, 1));
}
TEST_CASE("laws of all theories on random worlds of 5 regions and 4 sectors") {
  check_theories("random 5 x 4", random_worlds(5, 4));
}
