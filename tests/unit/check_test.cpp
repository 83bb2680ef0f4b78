#include "tariffsim/data/check.hpp"

#include <algorithm>
#include <functional>
#include <string>

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/data/aggregate.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

namespace {

// Three regions and two sectors without anything to remark on.
World plain_world() {
  return seeded_world(3, 2, 1, {.zeros = false}).edited([](WorldData& d) {
    d.info.unit = "million USD";
    d.info.currency = "EUR";
    d.tariffs.values().setZero();
    for (Index j = 0; j < 2; ++j) {
      const Eigen::MatrixXd symmetric = d.flows.slice(j) + d.flows.slice(j).transpose();
      d.flows.slice(j) = symmetric;
    }
  });
}

const Finding* find(const std::vector<Finding>& findings, const std::string& topic) {
  const auto hit = std::find_if(findings.begin(), findings.end(), [&](const Finding& f) { return f.topic == topic; });
  return hit == findings.end() ? nullptr : &*hit;
}

struct Suspicion {
  std::string topic, where;
  double value;
  std::function<void(WorldData&)> edit;
};

}  // namespace

TEST_CASE("a plain world has nothing to remark on") {
  for (const auto& finding : check(plain_world())) FAIL_CHECK(finding.topic << ": " << finding.message);
}

TEST_CASE("each suspicion is found, alone, with its place and figure") {
  const World plain = plain_world();
  const std::vector<Suspicion> suspicions = {
      {"tariff_above_one", "tariffs(exporter=R1, importer=R2, sector=S1)", 1.5,
       [](WorldData& d) {
         d.tariffs.values() = 0.1;
         for (Index n = 0; n < 3; ++n)
           for (Index j = 0; j < 2; ++j) d.tariffs(n, n, j) = 0;
         d.tariffs(0, 1, 0) = 1.5;
       }},
      {"tariff_negative", "tariffs(exporter=R1, importer=R3, sector=S2)", -0.2,
       [](WorldData& d) {
         d.tariffs.values() = 0.1;
         for (Index n = 0; n < 3; ++n)
           for (Index j = 0; j < 2; ++j) d.tariffs(n, n, j) = 0;
         d.tariffs(0, 2, 1) = -0.2;
       }},
      {"no_tariffs", "R3", 2, [](WorldData& d) { d.tariffs(0, 1, 0) = 0.1; }},
      {"elasticity_high", "sectors(sector=S2)", 64.85, [](WorldData& d) { d.trade_elasticity[1] = 64.85; }},
      {"elasticity_low", "sectors(sector=S1)", 0.76, [](WorldData& d) { d.trade_elasticity[0] = 0.76; }},
      {"unit", "datapackage.json", plain.accounts().value_added.sum(), [](WorldData& d) { d.info.unit = ""; }},
      {"unit", "datapackage.json", 1e3 * plain.accounts().value_added.sum(),
       [](WorldData& d) {
         d.info.unit = "thousand USD";
         d.info.currency = "USD";
       }},
      {"value_added_one", "value_added(region=R2, sector=S2)", 1,
       [](WorldData& d) {
         d.value_added_share(1, 1) = 1;
         d.input_shares.slice(1).col(1).setZero();
       }},
      {"domestic_tariff", "tariffs(exporter=R2, importer=R2, sector=S1)", 1,
       [](WorldData& d) { d.tariffs(1, 1, 0) = 0.01; }},
      {"rescaled_shares", "inputs, final_demand", 2e-7,
       [](WorldData& d) { d.input_shares.slice(2).col(0) *= 1 + 2e-7; }},
      {"known_defects", "datapackage.json", 2,
       [](WorldData& d) {
         d.info.known_defects = {"one", "two"};
       }},
  };
  for (const auto& suspicion : suspicions) {
    INFO(suspicion.topic);
    const auto findings = check(plain.edited(suspicion.edit));
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].topic == suspicion.topic);
    CHECK(findings[0].where == suspicion.where);
    CHECK(findings[0].value == Approx(suspicion.value).epsilon(1e-9));
    CHECK_FALSE(findings[0].message.empty());
  }
}

TEST_CASE("suspicions about single region-sectors") {
  const World plain = plain_world();
  SECTION("no output") {
    const auto findings = check(plain.edited([](WorldData& d) {
      d.flows.slice(0).row(0) += d.flows.slice(0).row(1);
      d.flows.slice(0).row(1).setZero();
    }));
    REQUIRE(find(findings, "no_output"));
    CHECK(find(findings, "no_output")->where == "flows(region=R2, sector=S1)");
    REQUIRE(find(findings, "zero_flows"));
    CHECK(find(findings, "zero_flows")->value == Approx(2.0 / 12));
  }
  SECTION("all of the output is exported") {
    const World world =
        seeded_world(3, 2, 1, {.materials = false, .zeros = false}).edited([](WorldData& d) { d.flows(1, 1, 0) = 0; });
    const auto findings = check(world);
    REQUIRE(find(findings, "no_domestic_sales"));
    CHECK(find(findings, "no_domestic_sales")->where == "flows(region=R2, sector=S1)");
    CHECK_FALSE(find(findings, "exports_near_output"));
  }
  SECTION("nearly all of it is exported") {
    const World world = seeded_world(3, 2, 1, {.materials = false, .zeros = false}).edited([](WorldData& d) {
      d.flows(1, 1, 0) = 0.02 * (d.flows.slice(0).row(1).sum() - d.flows(1, 1, 0));
    });
    const auto findings = check(world);
    REQUIRE(find(findings, "exports_near_output"));
    CHECK(find(findings, "exports_near_output")->value == Approx(1 / 1.02));
  }
  SECTION("value added next to nothing") {
    const World world = plain.edited([](WorldData& d) {
      d.value_added_share(0, 0) = 0.04;
      d.flows.slice(0).col(0) *= 3;
      d.flows.slice(1).col(0) *= 3;
    });
    const auto findings = check(world);
    REQUIRE(find(findings, "value_added_low"));
    CHECK(find(findings, "value_added_low")->value == 0.04);
  }
}

TEST_CASE("deficits above a fifth of value added, and regions of no weight") {
  Eigen::MatrixXd flows(3, 3);
  flows << 100, 40, 0, 10, 100, 0, 0, 0, 1e-5;
  const auto findings = check(World::from_flows(flows, 4.0, {"A", "B", "C"}));
  REQUIRE(find(findings, "deficit"));
  CHECK(find(findings, "deficit")->where == "B");
  CHECK(find(findings, "deficit")->value == Approx(30.0 / 110));
  REQUIRE(find(findings, "tiny_region"));
  CHECK(find(findings, "tiny_region")->where == "C");
}

TEST_CASE("final demand next to nothing, implied") {
  Eigen::MatrixXd flows(1, 1);
  flows << 100;
  WorldData d;
  d.regions = Labels("region", {"A"});
  d.sectors = Labels("sector", {"ORE", "CAR"});
  d.trade_elasticity = Vector::Constant(2, 4.0);
  d.flows = Cube(1, 1, 2);
  d.flows(0, 0, 0) = 50;
  d.flows(0, 0, 1) = 100;
  d.value_added_share = RegionSector(1, 2);
  d.value_added_share << 1, 0.50001;
  d.input_shares = Cube(2, 2, 1);
  d.input_shares(0, 1, 0) = 1;
  const auto findings = check(World(d));
  REQUIRE(find(findings, "small_final_demand"));
  CHECK(find(findings, "small_final_demand")->where == "final_demand(region=A, sector=ORE)");
  CHECK(find(findings, "small_final_demand")->value == Approx(2e-5));
}

TEST_CASE("given final demand: distance from equilibrium, negative implied cells, and they come first") {
  const World world = plain_world().edited([](WorldData& d) {
    d.flows.slice(0).col(0) *= 0.01;  // the first region buys less of S1 than its materials need
    d.final_demand_share = RegionSector::Constant(3, 2, 0.5);
  });
  const Accounts& a = world.accounts();
  const auto findings = check(world);
  REQUIRE(findings.size() >= 2);
  CHECK(findings[0].topic == "equilibrium_distance");
  RegionSector gap = a.final_demand_share.colwise() * a.income;
  gap = ((gap - a.expenditure + a.materials).colwise() / a.income).abs();
  CHECK(findings[0].value == Approx(gap.maxCoeff()));
  CHECK(findings[1].topic == "negative_implied_demand");
  CHECK(findings[1].where == "final_demand(region=R1, sector=S1)");
  CHECK(findings[1].value == 1);
  CHECK_THAT(findings[1].message, ContainsSubstring("1 cell "));
}

TEST_CASE("a thousand cells are one finding") {
  const World world = seeded_world(12, 5, 3).edited([](WorldData& d) {
    for (Index j = 0; j < 5; ++j)
      for (Index n = 0; n < 12; ++n)
        for (Index i = 0; i < 12; ++i)
          if (i != n) d.tariffs(i, n, j) = 2.0 + static_cast<double>(i + n);
  });
  const auto findings = check(world);
  CHECK(std::count_if(findings.begin(), findings.end(),
                      [](const Finding& f) { return f.topic == "tariff_above_one"; }) == 1);
  CHECK_THAT(find(findings, "tariff_above_one")->message, ContainsSubstring("660 rates"));
}

TEST_CASE("merging regions that tax each other is remarked on") {
  const World world = seeded_world(4, 2, 2, {.zeros = false});
  const World small = aggregate(world, {{"R1", "X"}, {"R2", "X"}});
  REQUIRE(find(check(small), "domestic_tariff"));
  const double inside =
      small.tariffs()(0, 0, 0) * small.flows()(0, 0, 0) + small.tariffs()(0, 0, 1) * small.flows()(0, 0, 1);
  CHECK(find(check(small), "domestic_tariff")->value == Approx(inside / small.accounts().tariff_revenue.sum()));
}
