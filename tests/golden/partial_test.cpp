// Partial equilibria against closed forms: pass-through, revenue-maximising and optimal tariffs, SMART's examples,
// surplus areas by quadrature, and GSIM as the limit of small shocks.
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hand_markets.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// A sells 100 to B, which has no other source.
Market one_flow(double demand, double supply) {
  Eigen::MatrixXd flows = Eigen::MatrixXd::Zero(2, 2);
  flows(0, 1) = 100;
  return hand_market({{flows, {}, {demand, supply, 5}}});
}

Scenario duty(double rate) { return Scenario().tariff({.importer = "B", .exporter = "A", .rate = rate}); }

double welfare_of_b(const PartialEquilibrium& eq) {
  return eq.consumer_surplus[0] + eq.tariff_revenue[0] - eq.tariff_revenue_base[0];
}

double argmax(const std::function<double(double)>& f, double low, double high) {
  const double golden = (std::sqrt(5.0) - 1) / 2;
  while (high - low > 1e-9) {
    const double a = high - golden * (high - low), b = low + golden * (high - low);
    (f(a) < f(b) ? low : high) = f(a) < f(b) ? a : b;
  }
  return (low + high) / 2;
}

// Three regions that trade with each other and at home, under tariffs.
HandProduct three_regions(double supply = 1.5) {
  Eigen::MatrixXd flows(3, 3), tariffs(3, 3);
  flows << 80, 30, 25, 20, 120, 10, 45, 5, 60;
  tariffs << 0, 0.1, 0.05, 0.2, 0, 0.15, 0.08, 0.3, 0;
  return {flows, tariffs, {-1.25, supply, 5}};
}

}  // namespace

TEST_CASE("Partial equilibrium: one exporter, in closed form") {
  for (const double e : {0.0, 0.7, 1.5, 40.0}) {
    for (const double demand : {-0.4, -1.0, -3.0}) {
      CAPTURE(e, demand);
      const PartialEquilibrium eq = solve(one_flow(demand, e), duty(0.3));
      REQUIRE(eq.converged());
      // Supply p^e = demand (1.3 p)^E.
      const double price = std::pow(1.3, demand / (e - demand));
      CHECK(eq.world_price_hat[0] == Catch::Approx(price).epsilon(1e-12));
      CHECK(eq.price_hat[0] == Catch::Approx(1.3 * price).epsilon(1e-12));
      CHECK(eq.quantity_hat[0] == Catch::Approx(std::pow(price, e)).epsilon(1e-11));
      CHECK(eq.certificate.worst() < 1e-11);
    }
  }
}

TEST_CASE("Partial equilibrium: with given world prices the tariff passes through in full") {
  const PartialEquilibrium eq = solve(one_flow(-2, kInfinite), duty(0.25));
  REQUIRE(eq.converged());
  CHECK(eq.world_price_hat[0] == 1.0);
  CHECK(eq.price_hat[0] == Catch::Approx(1.25).epsilon(1e-14));
  CHECK(eq.quantity_hat[0] == Catch::Approx(1 / 1.5625).epsilon(1e-14));
  CHECK(eq.producer_surplus[0] == 0.0);
  // -100 (1 - 1 / P) at E = -2.
  CHECK(eq.consumer_surplus[0] == Catch::Approx(-20).epsilon(1e-13));
  CHECK(eq.tariff_revenue[0] == Catch::Approx(0.25 * 64).epsilon(1e-13));
}

TEST_CASE("Partial equilibrium: pass-through by supply elasticity") {
  // Share that importers bear, e / (e + |E|), and the supply elasticities that give it, as printed.
  struct Row {
    double share, demand, supply;
  };
  for (const Row& row : {Row{0.94, -4, 62.7},
                         {0.94, -1.25, 19.6},
                         {0.92, -4, 46.0},
                         {0.92, -1.25, 14.4},
                         {0.86, -4, 24.6},
                         {0.86, -1.25, 7.7}}) {
    CAPTURE(row.share, row.demand);
    const double step = 1e-6;
    const PartialEquilibrium eq = solve(one_flow(row.demand, row.supply), duty(step));
    const double found = std::log(eq.price_hat[0]) / std::log1p(step);
    CHECK(found == Catch::Approx(row.supply / (row.supply - row.demand)).epsilon(1e-7));
    CHECK(std::abs(found - row.share) < 6e-4);
    const PartialEquilibrium linear = solve(one_flow(row.demand, row.supply), duty(step), Gsim{});
    CHECK(std::log(linear.price_hat[0]) / std::log1p(step) == Catch::Approx(found).epsilon(1e-5));
  }
}

TEST_CASE("Partial equilibrium: the tariff that maximises revenue at given world prices is 1 / (|E| - 1)") {
  for (const double demand : {-2.0, -3.0, -4.0, -5.0}) {
    CAPTURE(demand);
    const Market market = one_flow(demand, kInfinite);
    const double best = argmax([&](double rate) { return solve(market, duty(rate)).tariff_revenue[0]; }, 0.01, 3.0);
    CHECK(std::abs(best - 1 / (-demand - 1)) < 1e-6);
  }
}

TEST_CASE("Partial equilibrium: the optimal tariff is 1 / e, whatever the demand elasticity") {
  for (const double e : {1.5, 99.0}) {
    for (const double demand : {-1.25, -4.0}) {
      CAPTURE(e, demand);
      const Market market = one_flow(demand, e);
      const double best = argmax([&](double rate) { return welfare_of_b(solve(market, duty(rate))); }, 0.0, 2.0);
      CHECK(std::abs(best - 1 / e) < 2e-6);
    }
  }
}

TEST_CASE("Partial equilibrium: surpluses are the areas under the curves") {
  const Market market = hand_market({three_regions()});
  const PartialEquilibrium eq =
      solve(market, Scenario().tariff({.importer = "A", .rate = 0.6}).tariff({.importer = "B", .rate = 0.0}));
  REQUIRE(eq.converged());
  // Simpson's rule.
  const auto area = [](const std::function<double(double)>& f, double to) {
    constexpr int kParts = 400;
    const double h = (to - 1) / kParts;
    double sum = f(1) + f(to);
    for (int k = 1; k < kParts; ++k) sum += (k % 2 == 1 ? 4 : 2) * f(1 + k * h);
    return sum * h / 3;
  };
  const std::vector<double> sales = {135, 150, 110};
  for (std::size_t s = 0; s < 3; ++s) {
    CHECK(std::abs(eq.world_price_hat[s] - 1) > 1e-3);
    CHECK(eq.producer_surplus[s] ==
          Catch::Approx(area([&](double p) { return sales[s] * std::pow(p, 1.5); }, eq.world_price_hat[s]))
              .epsilon(1e-9));
  }
  const std::vector<double> spent = {80 + 20 * 1.2 + 45 * 1.08, 30 * 1.1 + 120 + 5 * 1.3, 25 * 1.05 + 10 * 1.15 + 60};
  for (std::size_t b = 0; b < 3; ++b) {
    CHECK(eq.consumer_surplus[b] ==
          Catch::Approx(-area([&](double p) { return spent[b] * std::pow(p, -1.25); }, eq.price_hat[b])).epsilon(1e-9));
  }
}

TEST_CASE("GSIM is the limit of small shocks: its error falls with the square of the shock") {
  const Market market = hand_market({three_regions()});
  std::vector<double> errors;
  for (const double step : {0.04, 0.02, 0.01, 0.005}) {
    const Scenario rise = Scenario().tariff({.importer = "A", .rate = step, .operation = Operation::add});
    const PartialEquilibrium exact = solve(market, rise), linear = solve(market, rise, Gsim{});
    REQUIRE(exact.converged());
    double error = 0;
    for (std::size_t s = 0; s < 3; ++s) {
      error = std::max(error, std::abs(exact.world_price_hat[s] - linear.world_price_hat[s]));
    }
    errors.push_back(error);
  }
  for (std::size_t k = 1; k < errors.size(); ++k) {
    CAPTURE(k, errors[k]);
    CHECK(errors[k - 1] / errors[k] > 3.5);
    CHECK(errors[k - 1] / errors[k] < 4.5);
  }
}

TEST_CASE("SMART: trade creation and diversion of the worked example") {
  struct Row {
    double supply, creation, digits;
  };
  // A loses its tariff of 10 percent, B keeps it; C imports 100 from A and 50 from B.
  for (const Row& row : {Row{kInfinite, 10.9091, 5e-5}, {99, 10.7784, 5e-5}, {10, 9.7403, 5e-5}}) {
    CAPTURE(row.supply);
    Eigen::MatrixXd flows = Eigen::MatrixXd::Zero(3, 3), tariffs = flows;
    flows(0, 2) = 100;
    flows(1, 2) = 50;
    flows(0, 1) = 30;
    flows(2, 2) = 500;
    tariffs(0, 2) = tariffs(1, 2) = 0.1;
    const Market market = hand_market({{flows, tariffs, {-1.2, row.supply, 1.5}}});
    const PartialEquilibrium eq =
        solve(market, Scenario().tariff({.importer = "C", .exporter = "A", .rate = 0.0}), Smart{"C"});
    REQUIRE(eq.converged());
    CHECK(eq.certificate.worst() < 1e-13);
    REQUIRE(eq.quantity_hat.size() == 2);  // C's imports, without what it sells at home
    CHECK(std::abs(eq.trade_creation[0] - row.creation) <= row.digits);
    CHECK(eq.trade_creation[1] == 0.0);
    CHECK(std::abs(eq.trade_diversion[0] - 4.5455) <= 5e-5);
    CHECK(eq.trade_diversion[1] == Catch::Approx(-eq.trade_diversion[0]).epsilon(1e-14));
    const double price = std::isinf(row.supply) ? 0 : eq.trade_creation[0] / 100 / row.supply;
    CHECK(eq.world_price_hat[0] == Catch::Approx(1 + price).epsilon(1e-14));
    CHECK(eq.tariff_revenue_base[0] == Catch::Approx(15));
    CHECK(eq.tariff_revenue[0] == Catch::Approx(0.1 * (50 - eq.trade_diversion[0])));
    if (std::isinf(row.supply)) {
      // Average tariff times creation, less the duty on what is diverted.
      CHECK(welfare_of_b(eq) == Catch::Approx(0.05 * eq.trade_creation[0] - 0.1 * eq.trade_diversion[0]));
    }
  }
}

TEST_CASE("SMART: no source loses more than it sells") {
  Eigen::MatrixXd flows = Eigen::MatrixXd::Zero(3, 3), tariffs = flows;
  flows(0, 2) = 100;
  flows(1, 2) = 1;
  tariffs(0, 2) = 1.0;
  const Market market = hand_market({{flows, tariffs, {-1.2, kInfinite, 20}}});
  const PartialEquilibrium eq =
      solve(market, Scenario().tariff({.importer = "C", .exporter = "A", .rate = 0.0}), Smart{"C"});
  CHECK(eq.trade_diversion[1] == -1.0);
  CHECK(eq.trade_diversion[0] == Catch::Approx(1.0).epsilon(1e-14));
}
