// Every law over the embedded worlds and the reference data.
#include "laws/law_table.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/io/world_package.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

void check_shared(const std::string& package) {
  if (!has_shared_data(package)) SKIP("no reference data in " << shared_data(package));
  check_column(package, {read_world(shared_data(package))});
}

}  // namespace

TEST_CASE("laws on the embedded world of 27 regions and 12 sectors") {
  check_column("world-2022-27x12", {read_world(embedded_world("world-2022-27x12"))});
}
TEST_CASE("laws on the embedded world of 44 regions and 21 sectors") {
  check_column("world-2022", {read_world(embedded_world("world-2022"))});
}
TEST_CASE("laws on the world of 81 regions and 28 sectors") { check_shared("world2022-81x28"); }
TEST_CASE("laws on the world of Caliendo and Parro") { check_shared("cp2015"); }
TEST_CASE("laws on the world of 194 regions and one sector") { check_shared("liberation2023"); }
TEST_CASE("laws on the sample of gegravity") { check_shared("gegravity2006"); }
TEST_CASE("laws on a world of 7 regions and 44 sectors") { check_shared("hkbu2017"); }
