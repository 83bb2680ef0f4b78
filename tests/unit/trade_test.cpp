// Flows, prices, effective tariffs, balances, creation and partners, on equilibria written out by hand.
#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/hand_equilibrium.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/analysis/analysis.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

namespace {

// A buys 40 from B, 60 from C and 200 at home; it levies 5 percent on both. The sectors are one good and one service.
World market() {
  WorldData d;
  d.regions = Labels("region", {"A", "B", "C"});
  d.sectors = Labels("sector", {"CAR", "BANK"});
  d.sector_kinds = {"goods", "services"};
  d.trade_elasticity = Vector::Constant(2, 4.0);
  d.flows = Cube(3, 3, 2);
  d.flows.slice(0) << 200, 30, 70, 40, 100, 0, 60, 10, 300;
  d.flows.slice(1) << 500, 5, 5, 10, 90, 1, 0, 4, 100;
  d.tariffs = Cube(3, 3, 2);
  d.tariffs(1, 0, 0) = d.tariffs(2, 0, 0) = 0.05;
  d.groups["BC"] = {"B", "C"};
  return World(std::move(d));
}

// A raises the tariff on B's cars to 26 percent: 40 becomes 18 at 0.9 times the price, C's 60 becomes 66 at the old
// one.
Equilibrium tariff_on_b() {
  const World world = market();
  Shock shock;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(1, 0, 0) = 0.26;
  Cube flows = world.flows();
  flows(1, 0, 0) = 18;
  flows(2, 0, 0) = 66;
  flows(0, 0, 0) = 220;
  flows(1, 1, 0) = 110;
  RegionSector cost = RegionSector::Ones(3, 2);
  cost.row(1) = 0.9;
  Vector wage(3);
  wage << 1.02, 0.9, 1.0;
  return hand_equilibrium(world, std::move(shock), std::move(flows), cost, wage);
}

// The same with a ban instead of the tariff.
Equilibrium ban_on_b() {
  const World world = market();
  Shock shock;
  shock.trade_cost_hat = Cube(3, 3, 2, 1.0);
  (*shock.trade_cost_hat)(1, 0, 0) = std::numeric_limits<double>::infinity();
  Cube flows = world.flows();
  flows(1, 0, 0) = 0;
  flows(2, 0, 0) = 75;
  return hand_equilibrium(world, std::move(shock), std::move(flows), RegionSector::Ones(3, 2), Vector::Ones(3));
}

bool all_finite(const Cube& cube) { return cube.values().isFinite().all(); }

}  // namespace

TEST_CASE("price and quantity of a flow multiply to its value") {
  const Equilibrium eq = tariff_on_b();
  const Cube price = flow_price_hat(eq), quantity = flow_quantity_hat(eq);
  CHECK(price(1, 0, 0) == 0.9);
  CHECK(price(2, 0, 0) == 1.0);
  CHECK(quantity(1, 0, 0) == Approx(18.0 / 40 / 0.9).epsilon(1e-15));
  for (Index k = 0; k < price.size(); ++k) {
    CHECK(eq.base->flows.values()[k] * price.values()[k] * quantity.values()[k] ==
          Approx(eq.counterfactual.flows.values()[k]).epsilon(1e-14));
  }
}

TEST_CASE("the delivered price holds the change in trade cost and in the export tax, not the tariff") {
  const World world = market();
  Shock shock;
  shock.trade_cost_hat = Cube(3, 3, 2, 1.0);
  (*shock.trade_cost_hat)(1, 0, 0) = 1.5;
  shock.export_taxes = world.export_taxes();
  (*shock.export_taxes)(1, 0, 0) = 0.2;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(1, 0, 0) = 0.5;
  const Equilibrium eq =
      hand_equilibrium(world, shock, world.flows(), RegionSector::Constant(3, 2, 0.8), Vector::Ones(3));
  CHECK(flow_price_hat(eq)(1, 0, 0) == Approx(1.5 * 1.2 * 0.8).epsilon(1e-15));
  CHECK(flow_price_hat(eq)(2, 0, 0) == Approx(0.8).epsilon(1e-15));
}

TEST_CASE("a flow that never was and a flow that is banned have no quotient to fail on") {
  const Equilibrium eq = ban_on_b();
  const Cube price = flow_price_hat(eq), quantity = flow_quantity_hat(eq);
  CHECK(is_banned(*eq.shock, 1, 0, 0));
  CHECK(price(1, 0, 0) == 0);
  CHECK(quantity(1, 0, 0) == 0);
  CHECK(quantity(1, 2, 0) == 1);  // no base flow
  CHECK(all_finite(price));
  CHECK(all_finite(quantity));
  const FlowChange parts = flow_change_parts(eq);
  CHECK(parts.price(1, 0, 0) == 0);
  CHECK(parts.quantity(1, 0, 0) == -40);
  CHECK(parts.quantity(1, 2, 0) == 0);
}

TEST_CASE("price and quantity parts sum to the change of every flow") {
  const Equilibrium eq = GENERATE(tariff_on_b(), ban_on_b());
  const FlowChange parts = flow_change_parts(eq);
  const Vector change = eq.counterfactual.flows.values() - eq.base->flows.values();
  CHECK(((parts.price.values() + parts.quantity.values() - change).abs() <= 1e-13 * eq.base->flows.values()).all());
}

TEST_CASE("price and quantity parts by hand") {
  const FlowChange parts = flow_change_parts(tariff_on_b());
  // p: 1 to 0.9 at a mean quantity of (40 + 20) / 2; q: 40 to 20 at a mean price of 0.95.
  CHECK(parts.price(1, 0, 0) == Approx(-3).epsilon(1e-13));
  CHECK(parts.quantity(1, 0, 0) == Approx(-19).epsilon(1e-13));
}

TEST_CASE("effective tariffs before and after substitution") {
  const EffectiveTariff rates = effective_tariff(tariff_on_b());
  CHECK(rates.base.by_sector(0, 0) == Approx(0.05).epsilon(1e-15));
  CHECK(rates.before_substitution.by_sector(0, 0) == Approx((40 * 0.26 + 60 * 0.05) / 100).epsilon(1e-15));
  CHECK(rates.after_substitution.by_sector(0, 0) == Approx((18 * 0.26 + 66 * 0.05) / 84).epsilon(1e-15));
  CHECK(rates.base.by_importer[0] == Approx(5.0 / 110).epsilon(1e-15));
  CHECK(rates.after_substitution.by_importer[0] == Approx((18 * 0.26 + 66 * 0.05) / 94).epsilon(1e-15));
  CHECK(rates.before_substitution.by_pair(1, 0) == Approx(40 * 0.26 / 50).epsilon(1e-15));
  CHECK(rates.before_substitution.by_pair(0, 0) == 0);
  CHECK(rates.base.by_importer[1] == 0);
}

TEST_CASE("regions of one territory and domestic rates are no imports") {
  const World world = market().edited([](WorldData& d) {
    d.territories = {"X", "X", "C"};
    d.tariffs(0, 0, 0) = 0.01;
  });
  const AverageTariff rates = average_tariff(world, world.tariffs(), world.flows());
  CHECK(rates.by_importer[0] == Approx(0.05).epsilon(1e-15));  // of C's 60 alone
  CHECK(rates.by_pair(1, 0) == 0);
  CHECK(rates.by_pair(0, 0) == 0);
}

TEST_CASE("a banned flow counts before substitution and not after") {
  const EffectiveTariff rates = effective_tariff(ban_on_b());
  CHECK(rates.before_substitution.by_pair(1, 0) == Approx(2.0 / 50).epsilon(1e-15));
  CHECK(rates.after_substitution.by_pair(1, 0) == 0);
}

TEST_CASE("import prices at the border and with duties, base weights") {
  const ImportPrices prices = import_price_hat(tariff_on_b());
  CHECK(prices.border_by_sector(0, 0) == Approx((40 * 0.9 + 60) / 100).epsilon(1e-15));
  CHECK(prices.duty_inclusive_by_sector(0, 0) == Approx((40 * 0.9 * 1.26 + 60 * 1.05) / 105).epsilon(1e-15));
  CHECK(prices.border[0] == Approx((36 + 60 + 9) / 110.0).epsilon(1e-15));
  // A banned flow leaves the basket, and who imports nothing has no change.
  const ImportPrices banned = import_price_hat(ban_on_b());
  CHECK(banned.border_by_sector(0, 0) == 1);
  CHECK(banned.duty_inclusive_by_sector(0, 0) == Approx(1).epsilon(1e-15));
  const World closed = World::from_flows(Eigen::MatrixXd(Eigen::Vector2d(3, 4).asDiagonal()), 4.0);
  const Equilibrium eq = hand_equilibrium(closed, {}, closed.flows(), RegionSector::Ones(2, 1), Vector::Ones(2));
  CHECK((import_price_hat(eq).border == 1).all());
  CHECK((effective_tariff(eq).base.by_importer == 0).all());
}

TEST_CASE("pass-through: the exporter's price gave way by a tenth of a fifth") {
  const PassThrough result = pass_through(tariff_on_b());
  REQUIRE(result.cells.size() == 1);
  const PassThroughCell& cell = result.cells[0];
  CHECK((cell.exporter == 1 && cell.importer == 0 && cell.sector == 0));
  CHECK(cell.tariff_base == 0.05);
  CHECK(cell.tariff == 0.26);
  CHECK(cell.log_tariff_change == Approx(std::log(1.2)).epsilon(1e-14));
  CHECK(cell.in_numeraire == Approx(1 + std::log(0.9) / std::log(1.2)).epsilon(1e-14));
  CHECK(cell.relative_to_wage == Approx(1 + std::log(0.9 / 1.02) / std::log(1.2)).epsilon(1e-14));
  CHECK(result.changed_imports[0] == 40);
  CHECK(result.in_numeraire[0] == Approx(cell.in_numeraire).epsilon(1e-14));
  CHECK(result.changed_imports[1] == 0);
  CHECK(result.in_numeraire[1] == 0);
  CHECK(result.changed_imports_by_sector(0, 0) == 40);
  CHECK(result.in_numeraire_by_sector(0, 0) == Approx(cell.in_numeraire).epsilon(1e-14));
  CHECK(result.relative_to_wage_by_sector(0, 0) == Approx(cell.relative_to_wage).epsilon(1e-14));
  CHECK((result.changed_imports_by_sector.col(1) == 0).all());
  CHECK((result.in_numeraire_by_sector.col(1) == 0).all());
  CHECK(pass_through(ban_on_b()).cells.empty());
}

TEST_CASE("pass-through by importer is a mean weighted with flows and the size of the change") {
  const World world = market();
  Shock shock;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(1, 0, 0) = 0.26;  // up
  (*shock.tariffs)(2, 0, 0) = 0.00;  // down
  RegionSector cost = RegionSector::Ones(3, 2);
  cost(1, 0) = 0.9;
  cost(2, 0) = 1.01;
  const PassThrough result = pass_through(hand_equilibrium(world, shock, world.flows(), cost, Vector::Ones(3)));
  REQUIRE(result.cells.size() == 2);
  const double up = std::log(1.26 / 1.05), down = std::log(1.05);
  const double expected =
      (40 * up * (1 + std::log(0.9) / up) + 60 * down * (1 - std::log(1.01) / down)) / (40 * up + 60 * down);
  CHECK(result.in_numeraire[0] == Approx(expected).epsilon(1e-13));
}

TEST_CASE("balances of goods and services, and their sum is minus the deficit") {
  const Equilibrium eq = tariff_on_b();
  const TradeBalances trade = trade_balances(eq);
  CHECK(trade.base.goods.exports[0] == 100);
  CHECK(trade.base.goods.imports[0] == 100);
  CHECK(trade.base.services.balance[0] == 0);
  CHECK(trade.counterfactual.goods.balance[0] == 100 - 84);
  CHECK(((trade.base.all.balance + eq.base->deficit).abs() <= 1e-12).all());
  CHECK(((trade.counterfactual.all.balance + eq.counterfactual.deficit).abs() <= 1e-12).all());
  CHECK(((trade.base.goods.balance + trade.base.services.balance - trade.base.all.balance).abs() <= 1e-12).all());
  const BilateralTrade pairs = bilateral_trade(eq);
  CHECK(pairs.base(1, 0) == 50);
  CHECK(pairs.counterfactual(1, 0) == 28);
  CHECK(pairs.base(0, 0) == 700);
}

TEST_CASE("a tariff on one partner diverts to the other and destroys the rest") {
  const TradeCreation effect = trade_creation(tariff_on_b());
  // At base prices B's 40 becomes 20, C's 60 becomes 66.
  CHECK(effect.disfavoured_by_sector(0, 0) == Approx(-20).epsilon(1e-14));
  CHECK(effect.favoured_by_sector(0, 0) == Approx(6).epsilon(1e-14));
  CHECK(effect.diversion_by_sector(0, 0) == Approx(6).epsilon(1e-14));
  CHECK(effect.creation_by_sector(0, 0) == Approx(-14).epsilon(1e-14));
  // In services no wedge moved; B's price fell and its value did not, so there is more of it.
  CHECK(effect.creation_by_sector(0, 1) == Approx(10 / 0.9 - 10).epsilon(1e-12));
  CHECK(effect.diversion_by_sector(0, 1) == 0);
  CHECK(effect.creation[0] == Approx(effect.creation_by_sector.row(0).sum()).epsilon(1e-15));
  CHECK(effect.diversion[0] == Approx(6).epsilon(1e-14));
  CHECK(trade_creation(tariff_on_b(), Valuation::current_prices).disfavoured_by_sector(0, 0) == -22);
}

TEST_CASE("a preference creates and diverts, the textbook way") {
  const World world = market();
  Shock shock;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(1, 0, 0) = 0;
  Cube flows = world.flows();
  flows(1, 0, 0) = 140;
  flows(2, 0, 0) = 30;
  const Equilibrium eq = hand_equilibrium(world, shock, flows, RegionSector::Ones(3, 2), Vector::Ones(3));
  const TradeCreation effect = trade_creation(eq);
  CHECK(effect.diversion[0] == Approx(30));
  CHECK(effect.creation[0] == Approx(70));
}

TEST_CASE("a tariff alike on all partners diverts nothing") {
  const World world = market();
  Shock shock;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(1, 0, 0) = (*shock.tariffs)(2, 0, 0) = 0.3;
  Cube flows = world.flows();
  flows(1, 0, 0) = 20;
  flows(2, 0, 0) = 70;
  const TradeCreation effect =
      trade_creation(hand_equilibrium(world, shock, flows, RegionSector::Ones(3, 2), Vector::Ones(3)));
  CHECK(effect.diversion[0] == 0);
  CHECK(effect.favoured_by_sector(0, 0) == 0);
  CHECK(effect.creation[0] == Approx(-10));
}

TEST_CASE("a higher rate on one of two taxed partners still diverts") {
  const World world = market();
  Shock shock;
  shock.tariffs = world.tariffs();
  (*shock.tariffs)(1, 0, 0) = 1.45;
  (*shock.tariffs)(2, 0, 0) = 0.15;
  Cube flows = world.flows();
  flows(1, 0, 0) = 10;
  flows(2, 0, 0) = 75;
  const TradeCreation effect =
      trade_creation(hand_equilibrium(world, shock, flows, RegionSector::Ones(3, 2), Vector::Ones(3)));
  CHECK(effect.diversion[0] == Approx(15));
  CHECK(effect.creation[0] == Approx(-15));
}

TEST_CASE("under a ban the others are favoured") {
  const TradeCreation effect = trade_creation(ban_on_b());
  CHECK(effect.disfavoured_by_sector(0, 0) == -40);
  CHECK(effect.diversion[0] == Approx(15));
  CHECK(effect.creation[0] == Approx(-25));
  CHECK(effect.creation_by_sector.isFinite().all());
}

TEST_CASE("who replaces whom") {
  const Equilibrium eq = tariff_on_b();
  const PartnerTrade cars = import_sources(eq, "A", "goods");
  CHECK(cars.base[1] == 40);
  CHECK(cars.counterfactual[2] == 66);
  CHECK(cars.change[0] == 20);
  CHECK(cars.base_share[1] == Approx(40.0 / 300));
  CHECK(cars.share.sum() == Approx(1));
  CHECK(import_sources(eq, "A").base[1] == 50);
  CHECK(import_sources(eq, "BC", "CAR").base[0] == 100);
  const PartnerTrade sales = export_destinations(eq, "B", "CAR");
  CHECK(sales.base[0] == 40);
  CHECK(sales.change[1] == 10);
  CHECK(sales.base[2] == 0);
  CHECK_THROWS_WITH(import_sources(eq, "Z"), ContainsSubstring("'Z'"));
  CHECK_THROWS_WITH(export_destinations(eq, "A", "cars"), ContainsSubstring("'cars'"));
}

TEST_CASE("no analysis of what did not converge") {
  Equilibrium eq = tariff_on_b();
  eq.status = Status::stalled;
  eq.diagnosis = "worst in A, CAR";
  CHECK_THROWS_AS(flow_price_hat(eq), NotConverged);
  CHECK_THROWS_AS(flow_quantity_hat(eq), NotConverged);
  CHECK_THROWS_AS(flow_change_parts(eq), NotConverged);
  CHECK_THROWS_AS(effective_tariff(eq), NotConverged);
  CHECK_THROWS_AS(import_price_hat(eq), NotConverged);
  CHECK_THROWS_AS(pass_through(eq), NotConverged);
  CHECK_THROWS_AS(trade_balances(eq), NotConverged);
  CHECK_THROWS_AS(bilateral_trade(eq), NotConverged);
  CHECK_THROWS_AS(trade_creation(eq), NotConverged);
  CHECK_THROWS_AS(import_sources(eq, "A"), NotConverged);
  CHECK_THROWS_AS(export_destinations(eq, "A"), NotConverged);
  CHECK_THROWS_WITH(real_income_pct(eq), ContainsSubstring("worst in A, CAR"));
  CHECK_THROWS_AS(income_hat(eq), NotConverged);
  CHECK_THROWS_AS(real_wage_pct(eq), NotConverged);
  CHECK_THROWS_AS(equivalent_variation(eq), NotConverged);
  CHECK_THROWS_AS(welfare_comparable(eq), NotConverged);
  CHECK_THROWS_AS(first_order_welfare(eq), NotConverged);
  CHECK_THROWS_AS(acr_applies(eq), NotConverged);
  CHECK_THROWS_AS(acr_welfare_pct(eq), NotConverged);
}
