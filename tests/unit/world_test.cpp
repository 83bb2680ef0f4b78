#include "tariffsim/data/world.hpp"

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"

using namespace tariffsim;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
using tariffsim::testing::seeded_world;
using tariffsim::testing::two_regions;

TEST_CASE("a matrix of flows and one elasticity make a world") {
  Eigen::MatrixXd flows(2, 2);
  flows << 80, 20, 25, 150;
  const World world = World::from_flows(flows, 4.0);
  CHECK(world.regions().codes() == std::vector<std::string>{"R1", "R2"});
  CHECK(world.sectors().size() == 1);
  CHECK(world.accounts().value_added[0] == 100);
  CHECK(world.accounts().deficit[0] == 5);
  CHECK(world.accounts().final_demand_share(0, 0) == 1);
  CHECK_THROWS_WITH(World::from_flows(Eigen::MatrixXd::Ones(2, 3), 4.0), ContainsSubstring("2 x 3"));
}

TEST_CASE("the accounts of a world written out by hand") {
  const World world = two_regions();
  const Accounts& a = world.accounts();
  CHECK(a.output(0, 0) == 100);
  CHECK(a.output(1, 0) == 175);
  CHECK(a.expenditure(0, 0) == 105);
  CHECK(a.expenditure(1, 0) == Approx(172).epsilon(1e-15));
  CHECK(a.tariff_revenue[1] == Approx(2).epsilon(1e-15));
  CHECK(a.income[1] == Approx(175 + 2 - 5).epsilon(1e-15));
}

TEST_CASE("an export tax lowers the producer's receipts and is the exporter's revenue") {
  const World world = two_regions().edited([](WorldData& d) { d.export_taxes(0, 1, 0) = 0.25; });
  CHECK(world.accounts().output(0, 0) == Approx(80 + 20 / 1.25).epsilon(1e-15));
  CHECK(world.accounts().export_tax_revenue[0] == Approx(4).epsilon(1e-15));
  CHECK(world.accounts().income[0] == Approx(80 + 16 + 4 + 5).epsilon(1e-15));
}

TEST_CASE("accounts of a world close") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const World world = seeded_world(5, 4, seed, {.export_taxes = true});
  const Accounts& a = world.accounts();
  CHECK(std::abs(a.deficit.sum()) <= 1e-12 * a.value_added.sum());
  // Final demand is what is left of expenditure, and it is all of income.
  const RegionSector final_demand = a.expenditure - a.materials;
  CHECK(((final_demand.rowwise().sum() - a.income).abs() <= 1e-12 * a.income).all());
  CHECK(((a.final_demand_share.rowwise().sum() - 1).abs() <= 1e-12).all());
}

TEST_CASE("regions of one territory are domestic to each other") {
  const World world = seeded_world(3, 2, 1).edited([](WorldData& d) { d.territories = {"X", "Y", "X"}; });
  CHECK(world.is_domestic(0, 0));
  CHECK(world.is_domestic(0, 2));
  CHECK_FALSE(world.is_domestic(0, 1));
}

TEST_CASE("edited() leaves the old world as it was") {
  const World before = two_regions();
  const World after = before.edited([](WorldData& d) { d.tariffs(0, 1, 0) = 0.5; });
  CHECK(before.tariffs()(0, 1, 0) == 0.10);
  CHECK(after.tariffs()(0, 1, 0) == 0.5);
}

TEST_CASE("shares within the tolerance are rescaled, and the world says by how much") {
  const World world = seeded_world(3, 2, 1);
  CHECK(world.share_distance() < 1e-12);
  const World near_one = world.edited([](WorldData& d) { d.input_shares.slice(0).col(0) *= 1.0 + 5e-7; });
  CHECK(near_one.share_distance() == Approx(5e-7).epsilon(1e-6));
  CHECK(near_one.input_shares().slice(0).col(0).sum() == Approx(1).epsilon(1e-15));
}

namespace {
struct Refusal {
  const char* what;
  std::function<void(WorldData&)> edit;
  std::string where, remedy;
};
}  // namespace

TEST_CASE("a world refuses bad data and names the cell and the remedy") {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<Refusal> refusals = {
      {"negative flow", [](WorldData& d) { d.flows(0, 1, 1) = -1; }, "flows(exporter=R1, importer=R2, sector=S2)",
       "clip"},
      {"infinite flow", [=](WorldData& d) { d.flows(2, 0, 0) = infinity; }, "flows(exporter=R3, importer=R1", "finite"},
      {"flow that is no number", [=](WorldData& d) { d.flows(2, 0, 0) = nan; }, "flows(exporter=R3", "finite"},
      {"tariff of -100 percent", [](WorldData& d) { d.tariffs(0, 1, 0) = -1; }, "tariffs(exporter=R1, importer=R2",
       "above -1"},
      {"export tax below -1", [](WorldData& d) { d.export_taxes(0, 1, 0) = -2; }, "export_taxes(exporter=R1",
       "above -1"},
      {"elasticity of zero", [](WorldData& d) { d.trade_elasticity[1] = 0; }, "sectors(sector=S2)", "sigma - 1"},
      {"value-added share above one", [](WorldData& d) { d.value_added_share(0, 1) = 1.2; },
       "value_added(region=R1, sector=S2)", "between 0 and 1"},
      {"negative input share", [](WorldData& d) { d.input_shares(1, 0, 2) = -0.1; },
       "inputs(region=R3, input=S2, sector=S1)", "zero"},
      {"input shares far from one", [](WorldData& d) { d.input_shares.slice(0).col(1) *= 0.9; },
       "inputs(region=R1, sector=S2)", "complete the missing rows"},
      {"inputs without materials", [](WorldData& d) { d.value_added_share(0, 1) = 1; }, "inputs(region=R1, sector=S2)",
       "delete the rows"},
      {"materials without inputs", [](WorldData& d) { d.input_shares.slice(0).col(1).setZero(); },
       "inputs(region=R1, sector=S2)", "value_added.csv"},
      {"region that sells nothing",
       [](WorldData& d) {
         for (Index j = 0; j < 2; ++j) d.flows.slice(j).row(2).setZero();
       },
       "flows(region=R3)", "drop the region"},
      {"region that buys nothing",
       [](WorldData& d) {
         for (Index j = 0; j < 2; ++j) d.flows.slice(j).col(2).setZero();
       },
       "flows(region=R3)", "drop the region"},
      {"region without value added", [](WorldData& d) { d.value_added_share.row(1).setZero(); },
       "value_added(region=R2)", "above zero"},
      {"implied final demand below zero",
       [](WorldData& d) {
         d.flows.slice(0).col(0) *= 0.01;
         d.tariffs.slice(0).col(0).setZero();
       },
       "final_demand(region=R1, sector=S1)", "final_demand.csv"},
      {"territories for too few regions", [](WorldData& d) { d.territories.pop_back(); }, "regions", "territory"},
      {"unknown kind", [](WorldData& d) { d.sector_kinds[0] = "good"; }, "sectors(sector=S1)", "'goods'"},
      {"group with an unknown region", [](WorldData& d) { d.groups["G"] = {"R9"}; }, "group=G", "nearest known"},
      {"group with the name of a region", [](WorldData& d) { d.groups["R1"] = {"R2"}; }, "groups", "rename"},
      {"flows of a wrong shape", [](WorldData& d) { d.flows = Cube(3, 3, 1, 1.0); }, "flows", "one value per label"},
      {"final demand below zero",
       [](WorldData& d) {
         d.final_demand_share = RegionSector::Constant(3, 2, 0.5);
         (*d.final_demand_share)(1, 0) = -0.5;
       },
       "final_demand(region=R2, sector=S1)", "rescale"},
      {"final demand far from one", [](WorldData& d) { d.final_demand_share = RegionSector::Constant(3, 2, 0.4); },
       "final_demand(region=R1)", "complete"},
      {"no region", [](WorldData& d) { d.regions = Labels(); }, "regions", "at least one"},
  };
  const World good = seeded_world(3, 2, 1, {.zeros = false});
  for (const auto& refusal : refusals) {
    INFO(refusal.what);
    try {
      static_cast<void>(good.edited(refusal.edit));
      FAIL_CHECK("it was accepted");
    } catch (const InvalidInput& error) {
      CHECK_THAT(error.where(), ContainsSubstring(refusal.where));
      CHECK_THAT(error.remedy(), ContainsSubstring(refusal.remedy));
    }
  }
}

TEST_CASE("a world accepts what the data's author may legitimately have") {
  const World good = seeded_world(3, 2, 1, {.zeros = false});
  CHECK_NOTHROW(good.edited([](WorldData& d) { d.flows(0, 1, 1) = 0; }));
  CHECK_NOTHROW(good.edited([](WorldData& d) {  // a cell without output
    d.flows.slice(0).row(2) += d.flows.slice(0).row(1);
    d.flows.slice(0).row(1).setZero();
  }));
  CHECK_NOTHROW(good.edited([](WorldData& d) { d.trade_elasticity[0] = 65; }));
  CHECK_NOTHROW(good.edited([](WorldData& d) { d.tariffs(0, 1, 0) = -0.5; }));
  CHECK_NOTHROW(good.edited([](WorldData& d) {
    d.value_added_share(0, 1) = 1;
    d.input_shares.slice(0).col(1).setZero();
  }));
}
