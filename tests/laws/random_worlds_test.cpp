// Every law over seeded random worlds of several sizes.
#include "laws/law_table.hpp"
#include "support/random_world.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

// Eight worlds that between them have, and have not: wedges, materials, gaps, final demand as given.
std::vector<World> random_worlds(Index regions, Index sectors) {
  std::vector<World> worlds;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    worlds.push_back(random_world({.regions = regions,
                                   .sectors = sectors,
                                   .seed = seed,
                                   .wedges = seed % 2 == 0,
                                   .materials = seed > 3,
                                   .gaps = seed > 1 && seed % 3 != 0,
                                   .given_final_demand = seed >= 7}));
  }
  return worlds;
}

}  // namespace

TEST_CASE("the list of laws is written down") {
  std::ofstream csv(validation_folder() / "laws.csv");
  csv << "law,statement,tolerance\n";
  for (const Law& law : laws()) csv << law.name << ",\"" << law.statement << "\"," << law.tolerance << '\n';
  CHECK(laws().size() >= 20);
}

TEST_CASE("laws on random worlds of 2 regions and 1 sector") { check_column("random 2 x 1", random_worlds(2, 1)); }
TEST_CASE("laws on random worlds of 3 regions and 1 sector") { check_column("random 3 x 1", random_worlds(3, 1)); }
TEST_CASE("laws on random worlds of 4 regions and 3 sectors") { check_column("random 4 x 3", random_worlds(4, 3)); }
TEST_CASE("laws on random worlds of 7 regions and 5 sectors") { check_column("random 7 x 5", random_worlds(7, 5)); }
TEST_CASE("laws on random worlds of 12 regions and 8 sectors") { check_column("random 12 x 8", random_worlds(12, 8)); }
