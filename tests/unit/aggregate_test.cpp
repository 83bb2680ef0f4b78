#include "tariffsim/data/aggregate.hpp"

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

namespace {

// Three regions, one sector, rates that differ inside the future pair A + B.
World three_regions() {
  Eigen::MatrixXd flows(3, 3);
  flows << 80, 6, 9, 8, 150, 12, 7, 14, 60;
  return World::from_flows(flows, 4.0, {"A", "B", "C"}).edited([](WorldData& d) {
    d.tariffs(0, 1, 0) = 0.5;
    d.tariffs(0, 2, 0) = 0.1;
    d.tariffs(1, 2, 0) = 0.2;
    d.tariffs(2, 0, 0) = 0.3;
    d.export_taxes(0, 2, 0) = 0.25;
  });
}

// Sums the rows of an array by region and its columns by sector.
RegionSector merged(const RegionSector& array, const std::vector<Index>& region, const std::vector<Index>& sector) {
  RegionSector sum = RegionSector::Zero(1 + *std::max_element(region.begin(), region.end()),
                                        1 + *std::max_element(sector.begin(), sector.end()));
  for (Index n = 0; n < array.rows(); ++n)
    for (Index j = 0; j < array.cols(); ++j)
      sum(region[static_cast<std::size_t>(n)], sector[static_cast<std::size_t>(j)]) += array(n, j);
  return sum;
}

}  // namespace

TEST_CASE("an aggregate written out by hand: revenue over flow, on the new domestic cell too") {
  const World world = aggregate(three_regions(), {{"A", "AB"}, {"B", "AB"}});
  CHECK(world.regions().codes() == std::vector<std::string>{"AB", "C"});
  CHECK(world.regions().name(0) == "A, B");
  CHECK(world.flows()(0, 0, 0) == 80 + 6 + 8 + 150);
  CHECK(world.tariffs()(0, 0, 0) == Approx(3.0 / 244).epsilon(1e-15));
  CHECK(world.tariffs()(0, 1, 0) == Approx((0.9 + 2.4) / 21).epsilon(1e-15));
  CHECK(world.tariffs()(1, 0, 0) == Approx(2.1 / 21).epsilon(1e-15));
  // Export-tax revenue 9 * 0.25 / 1.25 = 1.8 on 21 at the border.
  CHECK(world.export_taxes()(0, 1, 0) == Approx(1.8 / (21 - 1.8)).epsilon(1e-15));
  CHECK(world.accounts().export_tax_revenue[0] == Approx(1.8).epsilon(1e-15));
}

TEST_CASE("an empty map changes nothing") {
  const World world = seeded_world(4, 3, 1, {.export_taxes = true, .given_final_demand = true});
  const World same = aggregate(world, {});
  CHECK(same.regions() == world.regions());
  CHECK(same.info() == world.info());
  CHECK((same.flows().values() == world.flows().values()).all());
  CHECK((same.tariffs().values() == world.tariffs().values()).all());
  CHECK((same.export_taxes().values() == world.export_taxes().values()).all());
  CHECK((same.value_added_share() == world.value_added_share()).all());
  CHECK((same.input_shares().values() == world.input_shares().values()).all());
  CHECK((*same.data().final_demand_share == *world.data().final_demand_share).all());
}

TEST_CASE("all accounts are exact under aggregation") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const bool given = GENERATE(false, true);
  const World world = seeded_world(6, 4, seed, {.export_taxes = true, .given_final_demand = given});
  const World small =
      aggregate(world, {{"R2", "X"}, {"R5", "X"}, {"R3", "Y"}, {"R6", "Y"}}, {{"S1", "T"}, {"S4", "T"}});
  const std::vector<Index> r = {0, 1, 2, 3, 1, 2}, s = {0, 1, 2, 0}, one = {0, 0, 0, 0, 0, 0};
  REQUIRE(small.regions().codes() == std::vector<std::string>{"R1", "X", "Y", "R4"});
  REQUIRE(small.sectors().codes() == std::vector<std::string>{"T", "S2", "S3"});

  const Accounts &a = world.accounts(), &b = small.accounts();
  const double tight = 1e-12;
  CHECK(largest_relative_difference(b.output, merged(a.output, r, s)) <= tight);
  CHECK(largest_relative_difference(b.expenditure, merged(a.expenditure, r, s)) <= tight);
  CHECK(largest_relative_difference(b.materials, merged(a.materials, r, s)) <= tight);
  const auto by_region = [&](const Vector& v) { return merged(v, r, one); };
  CHECK(largest_relative_difference(b.value_added, by_region(a.value_added)) <= tight);
  CHECK(largest_relative_difference(b.tariff_revenue, by_region(a.tariff_revenue)) <= tight);
  CHECK(largest_relative_difference(b.export_tax_revenue, by_region(a.export_tax_revenue)) <= tight);
  CHECK(largest_relative_difference(b.income, by_region(a.income)) <= tight);
  CHECK(((b.deficit - by_region(a.deficit).col(0)).abs() <= tight * b.value_added).all());
  const RegionSector final_demand = a.final_demand_share.colwise() * a.income;
  const RegionSector small_demand = b.final_demand_share.colwise() * b.income;
  CHECK(largest_relative_difference(small_demand, merged(final_demand, r, s)) <= tight);
  CHECK(small.data().final_demand_share.has_value() == given);
}

TEST_CASE("merging in two steps is merging at once") {
  const World world = seeded_world(5, 3, 7, {.export_taxes = true});
  const World at_once = aggregate(world, {{"R1", "X"}, {"R2", "X"}, {"R3", "X"}});
  const World in_steps = aggregate(aggregate(world, {{"R1", "X"}, {"R2", "X"}}), {{"R3", "X"}});
  CHECK(in_steps.regions() == at_once.regions());
  CHECK(largest_relative_difference(in_steps.flows().values(), at_once.flows().values()) <= 1e-14);
  CHECK(largest_relative_difference(in_steps.tariffs().values(), at_once.tariffs().values()) <= 1e-13);
  CHECK(largest_relative_difference(in_steps.export_taxes().values(), at_once.export_taxes().values()) <= 1e-12);
  CHECK(largest_relative_difference(in_steps.value_added_share(), at_once.value_added_share()) <= 1e-14);
  CHECK(largest_relative_difference(in_steps.input_shares().values(), at_once.input_shares().values()) <= 1e-13);
}

TEST_CASE("elasticities are weighted with trade between territories") {
  const World world = seeded_world(3, 2, 4, {.zeros = false});
  const Vector& theta = world.trade_elasticity();
  double trade[2] = {0, 0};
  for (Index j = 0; j < 2; ++j) trade[j] = world.flows().slice(j).sum() - world.flows().slice(j).trace();
  const World small = aggregate(world, {}, {{"S1", "ALL"}, {"S2", "ALL"}});
  CHECK(small.trade_elasticity()[0] ==
        Approx((theta[0] * trade[0] + theta[1] * trade[1]) / (trade[0] + trade[1])).epsilon(1e-14));
  CHECK(small.data().sector_kinds[0] == "goods");

  // Without any trade, all flows are the weights.
  const World closed = world.edited([](WorldData& d) {
    for (Index j = 0; j < 2; ++j) {
      const Eigen::VectorXd own = d.flows.slice(j).diagonal();
      d.flows.slice(j) = Eigen::MatrixXd(own.asDiagonal());
    }
  });
  const double first = closed.flows().slice(0).sum(), second = closed.flows().slice(1).sum();
  CHECK(aggregate(closed, {}, {{"S1", "ALL"}, {"S2", "ALL"}}).trade_elasticity()[0] ==
        Approx((theta[0] * first + theta[1] * second) / (first + second)).epsilon(1e-14));
}

TEST_CASE("a region-sector without output takes the world's technology where its members disagree") {
  const auto silent = [](WorldData& d) {
    d.flows.slice(0).row(2) += d.flows.slice(0).row(0) + d.flows.slice(0).row(1);
    d.flows.slice(0).row(0).setZero();
    d.flows.slice(0).row(1).setZero();
  };
  const World world = seeded_world(4, 2, 5, {.zeros = false}).edited(silent);
  REQUIRE(world.value_added_share()(0, 0) != world.value_added_share()(1, 0));
  const World small = aggregate(world, {{"R1", "X"}, {"R2", "X"}});
  const Accounts& a = world.accounts();
  const Vector made = a.output.col(0), beta = world.value_added_share().col(0);
  CHECK(small.value_added_share()(0, 0) == Approx((beta * made).sum() / made.sum()).epsilon(1e-14));
  const Vector materials = (1 - beta) * made;
  double spent = 0;
  for (Index n = 0; n < 4; ++n) spent += world.input_shares()(1, 0, n) * materials[n];
  CHECK(small.input_shares()(1, 0, 0) == Approx(spent / materials.sum()).epsilon(1e-14));
  // A single region keeps what it has, and so do regions that agree.
  CHECK(aggregate(world, {{"R3", "X"}, {"R4", "X"}}).value_added_share()(0, 0) == world.value_added_share()(0, 0));
}

TEST_CASE("a world where nobody makes a good still aggregates") {
  const World world = seeded_world(3, 3, 2, {.materials = false, .zeros = false}).edited([](WorldData& d) {
    d.flows.slice(1).setZero();
  });
  const World small = aggregate(world, {{"R1", "X"}, {"R2", "X"}});
  CHECK(small.value_added_share()(0, 1) == 1);
  CHECK((small.accounts().output.col(1) == 0).all());
}

TEST_CASE("a value-added share that rounds to 1 leaves no input shares behind") {
  const World world =
      World::from_flows(Eigen::MatrixXd(Eigen::Vector2d(1e20, 1).asDiagonal()), 4.0).edited([](WorldData& d) {
        d.value_added_share = RegionSector::Ones(2, 1);
        d.value_added_share(1, 0) = 0.5;
        d.input_shares = Cube(1, 1, 2);
        d.input_shares(0, 0, 1) = 1;
      });
  const World small = aggregate(world, {{"R1", "X"}, {"R2", "X"}});
  CHECK(small.value_added_share()(0, 0) == 1);
  CHECK(small.input_shares()(0, 0, 0) == 0);
}

TEST_CASE("codes: order of first appearance, unmapped codes stay, a map may lead to one of them") {
  const World world = seeded_world(5, 2, 1);
  const World small =
      aggregate(world, {{"R4", "R2"}, {"R1", "LAST"}, {"R5", "LAST"}}, {}, {{"LAST", "First and last"}});
  CHECK(small.regions().codes() == std::vector<std::string>{"LAST", "R2", "R3"});
  CHECK(small.regions().name(0) == "First and last");
  CHECK(small.regions().name(1) == "R2, R4");
  CHECK(small.data().members.at("R2") == std::vector<std::string>{"R2", "R4"});
  CHECK(small.data().members.count("R3") == 0);
  const World all = aggregate(world, {{"R1", "W"}, {"R2", "W"}, {"R3", "W"}, {"R4", "W"}, {"R5", "W"}});
  CHECK(all.regions().name(0) == "W");
}

TEST_CASE("groups of whole new regions stay, others go") {
  const World world = seeded_world(5, 2, 1).edited([](WorldData& d) {
    d.groups["WHOLE"] = {"R1", "R2", "R5"};
    d.groups["CUT"] = {"R1", "R3"};
    d.groups["X"] = {"R1", "R2"};  // becomes the region of that code
  });
  const World small = aggregate(world, {{"R1", "X"}, {"R2", "X"}});
  REQUIRE(small.data().groups.size() == 1);
  CHECK(small.data().groups.at("WHOLE") == std::vector<std::string>{"X", "R5"});
}

TEST_CASE("territories: common ones stay, whole ones unite, parts of one may not join outsiders") {
  const World world = seeded_world(5, 2, 1).edited([](WorldData& d) { d.territories = {"U", "U", "U", "V", "W"}; });
  const World part = aggregate(world, {{"R1", "X"}, {"R2", "X"}});
  CHECK(part.is_domestic(0, 1));  // the two merged and the third of U
  CHECK_FALSE(part.is_domestic(0, 2));
  const World united = aggregate(world, {{"R4", "U"}, {"R5", "U"}});
  REQUIRE(united.regions().codes() == std::vector<std::string>{"R1", "R2", "R3", "U"});
  CHECK_FALSE(united.is_domestic(0, 3));  // the new territory must not take the name of the old U
  CHECK_THROWS_WITH(
      aggregate(world, {{"R1", "X"}, {"R4", "X"}}),
      ContainsSubstring("a part of the customs territory 'U'") && ContainsSubstring("every region of 'U'"));
}

TEST_CASE("aggregate refuses unknown codes") {
  const World world = seeded_world(3, 2, 1);
  CHECK_THROWS_WITH(aggregate(world, {{"R9", "X"}}), ContainsSubstring("region map") && ContainsSubstring("'R9'"));
  CHECK_THROWS_WITH(aggregate(world, {}, {{"S9", "X"}}), ContainsSubstring("sector map") && ContainsSubstring("'S9'"));
  CHECK_THROWS_WITH(aggregate(world, {{"R1", ""}}), ContainsSubstring("empty code"));
  CHECK_THROWS_WITH(aggregate(world, {{"R1", "X"}}, {}, {{"Y", "name"}}), ContainsSubstring("not among the new codes"));
}

TEST_CASE("a sector of goods and services counts as goods, and the world says so") {
  World world = seeded_world(3, 3, 1).edited([](WorldData& d) { d.sector_kinds = {"goods", "services", "services"}; });
  const World mixed = aggregate(world, {}, {{"S1", "ALL"}, {"S2", "ALL"}});
  CHECK(mixed.data().sector_kinds == std::vector<std::string>{"goods", "services"});
  REQUIRE(mixed.info().known_defects.size() == world.info().known_defects.size() + 1);
  CHECK_THAT(mixed.info().known_defects.back(), ContainsSubstring("sector ALL joins goods and services"));
  CHECK(aggregate(world, {}, {{"S2", "SRV"}, {"S3", "SRV"}}).info().known_defects == world.info().known_defects);
}
