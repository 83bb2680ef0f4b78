// The certificate's own computation of every condition. It uses nothing of the solver: neither its system nor kernels.
#pragma once

#include <algorithm>
#include <cmath>

#include "tariffsim/data/accounts.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {
namespace detail {

// Keeps the largest relative difference and where it is.
class Worst {
 public:
  explicit Worst(const World& world) : world_(world) {}

  void region(Residual& r, Index n, double difference, double scale) const { update(r, n, -1, difference, scale); }
  void cell(Residual& r, Index n, Index j, double difference, double scale) const {
    update(r, n, j, difference, scale);
  }

 private:
  void update(Residual& r, Index n, Index j, double difference, double scale) const {
    const double relative = scale > 0 ? std::abs(difference) / scale : std::abs(difference);
    if (relative <= r.value) return;  // also where NaN; positivity reports that
    r.value = relative;
    r.region = world_.regions().code(n);
    r.sector = j < 0 ? std::string() : world_.sectors().code(j);
  }

  const World& world_;
};

}  // namespace detail

/// Recomputes equations 1 to 6 from the arrays of a result and its base.
[[nodiscard]] inline Certificate certify(const Equilibrium& eq) {
  const World& world = eq.observed;
  const State& before = *eq.base;
  const State& after = eq.counterfactual;
  const Shock& shock = *eq.shock;
  const Index N = world.regions().size(), J = world.sectors().size();
  const Vector& theta = world.trade_elasticity();
  const RegionSector& beta = world.value_added_share();
  const detail::Worst worst(world);
  Certificate c;

  c.positive = after.flows.values().isFinite().all() && (after.flows.values() >= 0).all() &&
               eq.price_hat.isFinite().all() && (eq.price_hat > 0).all() && eq.cost_hat.isFinite().all() &&
               (eq.cost_hat > 0).all() && eq.wage_hat.isFinite().all() && (eq.wage_hat > 0).all() &&
               after.income.isFinite().all() && (after.income > 0).all() && after.expenditure.isFinite().all() &&
               (after.expenditure >= 0).all();

  // Equation 1: unit costs, where the sector produced.
  const RegionSector log_price = eq.price_hat.log();
  const Vector log_wage = eq.wage_hat.log();
  for (Index i = 0; i < N; ++i) {
    const auto gamma = world.input_shares().slice(i);
    for (Index j = 0; j < J; ++j) {
      if (!(before.output(i, j) > 0)) continue;
      double log_cost = beta(i, j) * log_wage[i];
      for (Index k = 0; k < J; ++k) log_cost += (1.0 - beta(i, j)) * gamma(k, j) * log_price(i, k);
      if (shock.productivity_hat) log_cost -= std::log((*shock.productivity_hat)(i, j));
      const double expected = std::exp(log_cost);
      worst.cell(c.zero_profit, i, j, eq.cost_hat(i, j) - expected, expected);
    }
  }

  // Equations 2 and 3: price indices, and the value of every flow at those prices.
  for (Index j = 0; j < J; ++j) {
    const Eigen::ArrayXd pull = (-theta[j] * eq.cost_hat.col(j).log()).exp();
    for (Index n = 0; n < N; ++n) {
      const double spent = before.expenditure(n, j);
      if (!(spent > 0)) continue;
      const double index = std::pow(eq.price_hat(n, j), theta[j]);
      double sum = 0;
      for (Index i = 0; i < N; ++i) {
        const double flow = before.flows(i, n, j);
        double share = 0;
        if (flow > 0) {
          const double t0 = before.tariffs()(i, n, j), t1 = after.tariffs()(i, n, j);
          const double e0 = before.export_taxes()(i, n, j), e1 = after.export_taxes()(i, n, j);
          double wedge = 1.0;
          if (t1 != t0) wedge *= (1.0 + t1) / (1.0 + t0);
          if (e1 != e0) wedge *= (1.0 + e1) / (1.0 + e0);
          if (shock.trade_cost_hat) wedge *= (*shock.trade_cost_hat)(i, n, j);
          share = flow * (1.0 + t0) / spent * pull[i];
          if (wedge != 1.0) share *= std::pow(wedge, -theta[j]);
          if (shock.taste_hat) share *= (*shock.taste_hat)(i, n, j);
          sum += share;
        }
        const double value = after.flows(i, n, j) * (1.0 + after.tariffs()(i, n, j));
        worst.cell(c.expenditure_shares, n, j, value - share * index * after.expenditure(n, j),
                   after.expenditure(n, j));
      }
      const double expected = std::pow(sum, -1.0 / theta[j]);
      worst.cell(c.zero_profit, n, j, eq.price_hat(n, j) - expected, expected);
    }
  }

  // Equation 4: every good bought is used, every good sold is made.
  const RegionSector output = gross_output(after.flows, after.export_taxes());
  const RegionSector spent = expenditure(after.flows, after.tariffs());
  const RegionSector materials = materials_demand(world.input_shares(), beta, output);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      const double demand = materials(n, j) + after.final_demand_share(n, j) * after.income[n];
      worst.cell(c.goods_market, n, j, spent(n, j) - demand, std::max(spent(n, j), demand));
      worst.cell(c.goods_market, n, j, after.expenditure(n, j) - spent(n, j), spent(n, j));
      worst.cell(c.goods_market, n, j, after.output(n, j) - output(n, j), output(n, j));
    }
  }

  // Equations 5 and 6, and the balance of payments that they imply.
  const Vector revenue = tariff_revenue(after.flows, after.tariffs());
  const Vector export_revenue = export_tax_revenue(after.flows, after.export_taxes());
  const Vector labour = value_added(beta, output);
  const Vector imbalance = trade_deficit(after.flows);
  double excess = 0;
  for (Index n = 0; n < N; ++n) {
    const double earned = eq.wage_hat[n] * before.value_added[n];
    worst.region(c.budget_balance, n,
                 after.income[n] - (earned + revenue[n] + export_revenue[n] + after.deficit[n]), after.income[n]);
    worst.region(c.budget_balance, n, after.tariff_revenue[n] - revenue[n], after.income[n]);
    worst.region(c.market_clearing, n, earned - labour[n], earned);
    worst.region(c.trade_balance, n, imbalance[n] - after.deficit[n], after.income[n]);
    excess += labour[n] - earned;
  }
  c.walras = std::abs(excess) / labour.sum();
  return c;
}

}  // namespace tariffsim
