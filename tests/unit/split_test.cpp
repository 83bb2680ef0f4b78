#include "tariffsim/data/split.hpp"

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/data/aggregate.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("splitting divides flows and copies the rest, in the region's place") {
  const World world = two_regions();
  const World parts = split(world, "A", {{"A1", 0.25}, {"A2", 0.75}});
  CHECK(parts.regions().codes() == std::vector<std::string>{"A1", "A2", "B"});
  CHECK(parts.regions().name(0) == "A (A1)");
  CHECK(parts.flows()(0, 0, 0) == Approx(80 * 0.25 * 0.25));
  CHECK(parts.flows()(0, 1, 0) == Approx(80 * 0.25 * 0.75));
  CHECK(parts.flows()(1, 2, 0) == Approx(15));
  CHECK(parts.flows()(2, 0, 0) == Approx(6.25));
  CHECK(parts.tariffs()(0, 2, 0) == 0.10);
  CHECK(parts.tariffs()(1, 2, 0) == 0.10);
  CHECK(parts.accounts().value_added[1] == Approx(75));
  CHECK(parts.accounts().deficit[1] == Approx(3.75));
}

TEST_CASE("parts share the customs territory unless they get their own") {
  const World world = two_regions();
  const World one = split(world, "A", {{"A1", 0.5}, {"A2", 0.5}});
  CHECK(one.is_domestic(0, 1));
  CHECK_FALSE(one.is_domestic(0, 2));
  const World apart = split(world, "A", {{"A", 0.5}, {"ZONE", 0.5}}, true);
  CHECK_FALSE(apart.is_domestic(0, 1));
  CHECK_FALSE(apart.is_domestic(1, 2));
  CHECK(apart.data().territories == std::vector<std::string>{"A", "ZONE", "B"});
  // A territory of another region may already have the part's name.
  const World odd = split(world.edited([](WorldData& d) {
    d.territories = {"A", "Z"};
  }),
                          "A", {{"Z", 0.5}, {"Y", 0.5}}, true);
  CHECK_FALSE(odd.is_domestic(0, 2));
}

TEST_CASE("groups and members follow the parts") {
  const World world = seeded_world(3, 2, 1).edited([](WorldData& d) {
    d.groups["PAIR"] = {"R1", "R3"};
    d.members["R3"] = {"AUT", "BEL"};
  });
  const World parts = split(split(world, "R1", {{"N", 0.5}, {"S", 0.5}}), "R3", {{"E", 0.5}, {"W", 0.5}});
  CHECK(parts.data().groups.at("PAIR") == std::vector<std::string>{"N", "S", "E", "W"});
  CHECK(parts.data().members.at("S") == std::vector<std::string>{"R1"});
  CHECK(parts.data().members.at("E") == std::vector<std::string>{"AUT", "BEL"});
}

TEST_CASE("split, then aggregate, is the original world") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const WorldFeatures features =
      GENERATE(WorldFeatures{}, WorldFeatures{.export_taxes = true, .given_final_demand = true});
  const World world = seeded_world(4, 3, seed, features).edited([](WorldData& d) {
    d.groups["G"] = {"R2", "R4"};
    d.tariffs(1, 1, 0) = 0.03;  // a domestic rate survives too
  });
  const bool separate = GENERATE(false, true);
  const World parts = split(world, "R2", {{"X", 0.2}, {"Y", 0.3}, {"R2", 0.5}}, separate);
  const World back = aggregate(parts, {{"X", "R2"}, {"Y", "R2"}}, {}, {{"R2", "R2"}});

  CHECK(back.regions() == world.regions());
  CHECK(back.data().groups == world.data().groups);
  CHECK(back.data().members == world.data().members);
  CHECK(back.data().territories == world.data().territories);
  CHECK(largest_relative_difference(back.flows().values(), world.flows().values()) <= 1e-15);
  CHECK((back.tariffs().values() == world.tariffs().values()).all());
  CHECK((back.export_taxes().values() == world.export_taxes().values()).all());
  CHECK((back.value_added_share() == world.value_added_share()).all());
  CHECK((back.input_shares().values() == world.input_shares().values()).all());
  CHECK((back.trade_elasticity() == world.trade_elasticity()).all());
  REQUIRE(back.data().final_demand_share.has_value() == world.data().final_demand_share.has_value());
  CHECK(largest_relative_difference(back.accounts().final_demand_share, world.accounts().final_demand_share) <= 1e-12);
}

TEST_CASE("split refuses what is no division of a region") {
  const World world = two_regions();
  CHECK_THROWS_WITH(split(world, "C", {{"C1", 1.0}}), ContainsSubstring("unknown region code 'C'"));
  CHECK_THROWS_WITH(split(world, "A", {}), ContainsSubstring("no part"));
  CHECK_THROWS_WITH(split(world, "A", {{"X", 0.5}, {"Y", 0.4}}), ContainsSubstring("0.9"));
  CHECK_THROWS_WITH(split(world, "A", {{"X", 1.5}, {"Y", -0.5}}), ContainsSubstring("'X' is 1.5"));
  CHECK_THROWS_WITH(split(world, "A", {{"X", 0.5}, {"Y", 0.5}, {"Z", 0.0}}), ContainsSubstring("'Z' is 0"));
  CHECK_THROWS_WITH(split(world, "A", {{"B", 0.5}, {"Y", 0.5}}), ContainsSubstring("'B' appears twice"));
  // One over three, written with seven digits, is accepted and rescaled.
  const World thirds = split(world, "A", {{"X", 0.3333333}, {"Y", 0.3333333}, {"Z", 0.3333333}});
  CHECK(thirds.accounts().value_added.head(3).sum() == Approx(100).epsilon(1e-14));
}
