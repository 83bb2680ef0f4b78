// Exact, first-order and domestic-share welfare on equilibria written out by hand.
#include <cmath>

#include "support/catch.hpp"
#include "support/hand_equilibrium.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/analysis/analysis.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

namespace {

// Region A (domestic 80) exports 20 to B (domestic 150) and buys 25; B levies 10 percent, then 30.
Equilibrium higher_tariff() {
  const World world = two_regions();
  Shock shock;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(0, 1, 0) = 0.30;
  Cube flows = world.flows();
  flows(0, 1, 0) = 12;
  flows(1, 0, 0) = 17;
  flows(0, 0, 0) = 86;
  flows(1, 1, 0) = 160;
  RegionSector cost(2, 1);
  cost << 0.97, 1.02;
  Vector wage(2);
  wage << 0.97, 1.02;
  return hand_equilibrium(world, std::move(shock), std::move(flows), cost, wage);
}

}  // namespace

TEST_CASE("exact welfare by hand") {
  const Equilibrium eq = higher_tariff();
  // B: income 175 + 2 - 5 = 172 before; 177 + 3.6 - 5 = 175.6 after; its consumer price rose by 2 percent.
  const double real = 175.6 / 172 / 1.02 - 1;
  CHECK(income_hat(eq)[1] == Approx(175.6 / 172).epsilon(1e-14));
  CHECK(real_income_pct(eq)[1] == Approx(100 * real).epsilon(1e-12));
  CHECK(equivalent_variation(eq)[1] == Approx(172 * real).epsilon(1e-12));
  CHECK(std::abs(real_wage_pct(eq)[1]) < 1e-13);
  CHECK(welfare_comparable(eq));
}

TEST_CASE("real income is not comparable where tastes change") {
  Equilibrium eq = higher_tariff();
  Shock taste = *eq.shock;
  taste.taste_hat = Cube(2, 2, 1, 1.0);
  eq.shock = std::make_shared<const Shock>(taste);
  CHECK_FALSE(welfare_comparable(eq));
  CHECK_FALSE(first_order_welfare(eq).applies);
  CHECK_FALSE(acr_applies(eq));
  Shock demand;
  demand.final_demand_share = eq.base->final_demand_share;
  eq.shock = std::make_shared<const Shock>(demand);
  CHECK_FALSE(welfare_comparable(eq));
}

TEST_CASE("first-order welfare by hand") {
  const Equilibrium eq = higher_tariff();
  const FirstOrderWelfare w = first_order_welfare(eq);
  CHECK(w.applies);
  // World value added moved from 275 to 275: (86 + 12) + (17 + 160).
  CHECK(w.terms_of_trade_pct[0] == Approx(100.0 / 105 * (20 * -0.03 - 25 * 0.02)).epsilon(1e-12));
  CHECK(w.terms_of_trade_pct[1] == Approx(100.0 / 172 * (25 * 0.02 - 20 * -0.03)).epsilon(1e-12));
  CHECK(w.volume_of_trade_pct[0] == 0);
  CHECK(w.volume_of_trade_pct[1] == Approx(100.0 / 172 * 0.10 * 20 * ((12.0 / 20 - 1) - (0.97 - 1))).epsilon(1e-12));
  CHECK(w.total_pct[1] == Approx(w.terms_of_trade_pct[1] + w.volume_of_trade_pct[1]).epsilon(1e-15));
  CHECK(w.terms_of_trade_by_partner(0, 0) == 0);
  CHECK(w.terms_of_trade_by_partner(0, 1) == Approx(w.terms_of_trade_pct[0]).epsilon(1e-15));
  CHECK(std::abs(w.transfer_pct[0]) < 1e-12);
}

TEST_CASE("the world's terms of trade sum to zero, and parts sum to totals") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const World world = seeded_world(5, 3, seed, {.export_taxes = true});
  std::mt19937 engine(seed);
  const auto around_one = [&] { return 0.8 + 0.4 * static_cast<double>(engine()) / 4294967296.0; };
  RegionSector cost(5, 3);
  for (double& c : cost.reshaped()) c = around_one();
  Cube flows = world.flows();
  for (double& f : flows.values()) f *= around_one();
  const Equilibrium eq = hand_equilibrium(world, {}, flows, cost, Vector::Ones(5));
  const FirstOrderWelfare w = first_order_welfare(eq);
  const double scale = eq.base->income.sum();
  CHECK(std::abs((w.terms_of_trade_pct * eq.base->income).sum()) <= 1e-12 * scale);
  CHECK(((w.terms_of_trade_by_sector.rowwise().sum() - w.terms_of_trade_pct).abs() <= 1e-12).all());
  CHECK(((w.volume_of_trade_by_sector.rowwise().sum() - w.volume_of_trade_pct).abs() <= 1e-12).all());
  CHECK(((w.volume_of_trade_by_partner.rowwise().sum() - w.volume_of_trade_pct).abs() <= 1e-12).all());
}

TEST_CASE("first-order welfare does not depend on the numeraire") {
  const Equilibrium eq = higher_tariff();
  Equilibrium scaled = eq;
  scaled.counterfactual = state_of(
      eq.observed,
      [&] {
        Cube flows = eq.counterfactual.flows;
        flows.values() *= 1.7;
        return flows;
      }(),
      eq.shock->tariffs);
  scaled.cost_hat *= 1.7;
  CHECK((first_order_welfare(scaled).total_pct - first_order_welfare(eq).total_pct).abs().maxCoeff() <= 1e-12);
}

TEST_CASE("zero flows and domestic rates in first-order welfare") {
  const World world = two_regions().edited([](WorldData& d) {
    d.flows(1, 0, 0) = 0;
    d.tariffs(1, 0, 0) = 0.5;   // on nothing
    d.tariffs(0, 0, 0) = 0.02;  // between merged regions
  });
  Cube flows = world.flows();
  flows(0, 0, 0) = 90;
  RegionSector cost(2, 1);
  cost << 1.1, 1.0;
  const Equilibrium eq = hand_equilibrium(world, {}, flows, cost, Vector::Ones(2));
  const FirstOrderWelfare w = first_order_welfare(eq);
  const double world_hat = (90 + 20 + 150.0) / 250;
  CHECK(w.volume_of_trade_pct[0] ==
        Approx(100 / eq.base->income[0] * 0.02 * (90 / world_hat - 80 * 1.1 / world_hat)).epsilon(1e-12));
  CHECK(w.volume_of_trade_by_partner(0, 1) == 0);
}

TEST_CASE("domestic-share welfare: autarky by the formula") {
  // Two equal regions that import 20 percent of what they buy, closed off: 100 (0.8^(1/4) - 1).
  Eigen::MatrixXd matrix(2, 2);
  matrix << 80, 20, 20, 80;
  const World world = World::from_flows(matrix, 4.0);
  Shock shock;
  Cube flows(2, 2, 1);
  flows(0, 0, 0) = flows(1, 1, 0) = 100;
  const Equilibrium eq = hand_equilibrium(world, shock, flows, RegionSector::Ones(2, 1), Vector::Ones(2));
  CHECK(acr_applies(eq));
  CHECK(acr_welfare_pct(eq)[0] == Approx(-5.4258).epsilon(1e-5));
  CHECK(acr_welfare_pct(eq)[0] == Approx(100 * (std::pow(0.8, 0.25) - 1)).epsilon(1e-12));
}

TEST_CASE("domestic-share welfare: a symmetric tariff war, exact") {
  // Imports of a share s = 0.2 at sigma = 5: both levy t; closed form in the domestic share and the multiplier.
  const double t = GENERATE(0.01, 0.10, 0.25, 0.50, 1.00, 1.45), s = 0.2, theta = 4;
  const double share = (1 - s) / ((1 - s) + s * std::pow(1 + t, -theta)), mu = 1 / (1 - (1 - share) * t / (1 + t));
  Eigen::MatrixXd matrix(2, 2);
  matrix << 80, 20, 20, 80;
  const World world = World::from_flows(matrix, theta);
  Shock shock;
  shock.tariffs = Cube(2, 2, 1);
  (*shock.tariffs)(0, 1, 0) = (*shock.tariffs)(1, 0, 0) = t;
  Cube flows(2, 2, 1);
  for (Index n = 0; n < 2; ++n) {
    for (Index i = 0; i < 2; ++i) flows(i, n, 0) = 100 * mu * (i == n ? share : (1 - share) / (1 + t));
  }
  const Equilibrium eq = hand_equilibrium(world, shock, flows, RegionSector::Ones(2, 1), Vector::Ones(2));
  CHECK(acr_welfare_pct(eq)[0] == Approx(100 * (mu * std::pow(share / (1 - s), -1 / theta) - 1)).epsilon(1e-11));
}

TEST_CASE("domestic-share welfare says why it does not hold") {
  CHECK_THROWS_WITH(acr_welfare_pct(higher_tariff()), ContainsSubstring("trade of A is not balanced"));
  Eigen::MatrixXd matrix(2, 2);
  matrix << 80, 20, 20, 80;
  const World world = World::from_flows(matrix, 4.0);
  const auto reason = [](const World& w, const Shock& shock) {
    const Index N = w.regions().size(), J = w.sectors().size();
    const Equilibrium eq = hand_equilibrium(w, shock, w.flows(), RegionSector::Ones(N, J), Vector::Ones(N));
    CHECK_FALSE(acr_applies(eq));
    try {
      static_cast<void>(acr_welfare_pct(eq));
    } catch (const InvalidInput& error) {
      return error.problem();
    }
    return std::string("none");
  };
  Shock tax;
  tax.export_taxes = Cube(2, 2, 1);
  (*tax.export_taxes)(0, 1, 0) = 0.1;
  CHECK_THAT(reason(world, tax), ContainsSubstring("export taxes"));
  const World materials = world.edited([](WorldData& d) {
    d.value_added_share = RegionSector::Constant(2, 1, 0.5);
    d.input_shares = Cube(1, 1, 2, 1.0);
  });
  CHECK_THAT(reason(materials, {}), ContainsSubstring("materials (R1, ALL)"));
  matrix << 0, 20, 20, 80;
  CHECK_THAT(reason(World::from_flows(matrix, 4.0), {}), ContainsSubstring("no domestic purchases (R1, ALL)"));
}
