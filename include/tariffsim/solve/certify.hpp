// The certificate's own computation of every condition. It uses nothing of the solver: neither its system nor kernels.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

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
    double relative = scale > 0 ? std::abs(difference) / scale : std::abs(difference);
    if (std::isnan(relative)) relative = std::numeric_limits<double>::infinity();
    if (relative <= r.value) return;
    r.value = relative;
    r.region = world_.regions().code(n);
    r.sector = j < 0 ? std::string() : world_.sectors().code(j);
  }

  const World& world_;
};

// The deficits that the closure asks for at the value added of the result; N.
inline Vector closure_deficits(const Equilibrium& eq) {
  const Vector& now = eq.counterfactual.value_added;
  const Vector& before = eq.base->value_added;
  const Vector start = eq.shock->deficits ? *eq.shock->deficits : eq.base->deficit;
  switch (eq.closure.deficits) {
    case Deficits::balanced: return Vector::Zero(now.size());
    case Deficits::fixed_world_share: return start / before.sum() * now.sum();
    case Deficits::fixed_income_share: {
      const Vector uncorrected = start / before * now;
      return uncorrected - uncorrected.sum() / now.sum() * now;
    }
  }
  return start;
}

// What wedges and tastes do to the shares of sector j: taste_hat kappa_hat^-theta, N x N; empty where all is 1.
inline Eigen::ArrayXXd wedge_effect(const State& before, const State& after, const Shock& shock, double theta,
                                    Index j) {
  const auto t0 = before.tariffs().slice(j).array(), t1 = after.tariffs().slice(j).array();
  const auto e0 = before.export_taxes().slice(j).array(), e1 = after.export_taxes().slice(j).array();
  const bool tariffs = &before.tariffs() != &after.tariffs() && (t0 != t1).any();
  const bool export_taxes = &before.export_taxes() != &after.export_taxes() && (e0 != e1).any();
  if (!tariffs && !export_taxes && !shock.trade_cost_hat && !shock.taste_hat) return {};
  Eigen::ArrayXXd effect = Eigen::ArrayXXd::Ones(t0.rows(), t0.cols());
  for (Index n = 0; n < effect.cols(); ++n) {
    const bool rates = (t0.col(n) != t1.col(n)).any() || (e0.col(n) != e1.col(n)).any();
    if (!rates && !shock.trade_cost_hat && !shock.taste_hat) continue;
    for (Index i = 0; i < effect.rows(); ++i) {
      double wedge = 1.0;
      if (tariffs && t0(i, n) != t1(i, n)) wedge *= (1.0 + t1(i, n)) / (1.0 + t0(i, n));
      if (export_taxes && e0(i, n) != e1(i, n)) wedge *= (1.0 + e1(i, n)) / (1.0 + e0(i, n));
      if (shock.trade_cost_hat) wedge *= (*shock.trade_cost_hat)(i, n, j);
      if (wedge != 1.0) effect(i, n) = std::pow(wedge, -theta);
      if (shock.taste_hat) effect(i, n) *= (*shock.taste_hat)(i, n, j);
    }
  }
  return effect;
}

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
  const Eigen::ArrayXXd log_price = eq.price_hat.log().transpose();  // J x N
  const Vector log_wage = eq.wage_hat.log();
  for (Index i = 0; i < N; ++i) {
    const Eigen::ArrayXd inputs = (world.input_shares().slice(i).transpose() * log_price.col(i).matrix()).array();
    for (Index j = 0; j < J; ++j) {
      if (!(before.output(i, j) > 0)) continue;
      double log_cost = beta(i, j) * log_wage[i] + (1.0 - beta(i, j)) * inputs[j];
      if (shock.productivity_hat) log_cost -= std::log((*shock.productivity_hat)(i, j));
      const double expected = std::exp(log_cost);
      worst.cell(c.zero_profit, i, j, eq.cost_hat(i, j) - expected, expected);
    }
  }

  // Equations 2 and 3: price indices, and the value of every flow at those prices; sums for equations 4 to 6.
  RegionSector output(N, J), bought(N, J);
  Vector revenue = Vector::Zero(N), export_revenue = Vector::Zero(N), imbalance = Vector::Zero(N);
  for (Index j = 0; j < J; ++j) {
    const Eigen::ArrayXd pull = (-theta[j] * eq.cost_hat.col(j).log()).exp();
    const auto f0 = before.flows.slice(j).array(), f1 = after.flows.slice(j).array();
    const auto t0 = before.tariffs().slice(j).array(), t1 = after.tariffs().slice(j).array();
    const auto e1 = after.export_taxes().slice(j).array();
    const Vector sold = f1.rowwise().sum();
    output.col(j) = sold;
    if ((e1 != 0.0).any()) output.col(j) = (f1 / (1.0 + e1)).rowwise().sum();
    export_revenue += sold - output.col(j);
    imbalance -= sold;
    const Eigen::ArrayXXd effect = detail::wedge_effect(before, after, shock, theta[j], j);
    for (Index n = 0; n < N; ++n) {
      const double at_border = f1.col(n).sum(), duties = (f1.col(n) * t1.col(n)).sum();
      bought(n, j) = at_border + duties;
      revenue[n] += duties;
      imbalance[n] += at_border;
      const double spent = before.expenditure(n, j), spent_now = after.expenditure(n, j);
      if (!(spent > 0)) continue;
      Eigen::ArrayXd share = f0.col(n) * (1.0 + t0.col(n)) / spent * pull;
      if (effect.size() != 0) share *= effect.col(n);
      const double expected = std::pow(share.sum(), -1.0 / theta[j]);
      worst.cell(c.zero_profit, n, j, eq.price_hat(n, j) - expected, expected);
      const double index = std::pow(eq.price_hat(n, j), theta[j]);
      const double gap = (f1.col(n) * (1.0 + t1.col(n)) - share * (index * spent_now)).abs().maxCoeff();
      worst.cell(c.expenditure_shares, n, j, gap, spent_now);
    }
  }

  // Equation 4: every good bought is used, every good sold is made.
  const RegionSector materials = materials_demand(world.input_shares(), beta, output);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      const double demand = materials(n, j) + after.final_demand_share(n, j) * after.income[n];
      worst.cell(c.goods_market, n, j, bought(n, j) - demand, std::max(bought(n, j), demand));
      worst.cell(c.goods_market, n, j, after.expenditure(n, j) - bought(n, j), bought(n, j));
      worst.cell(c.goods_market, n, j, after.output(n, j) - output(n, j), output(n, j));
    }
  }

  // Equations 5 and 6, and the balance of payments that they imply.
  const Vector labour = value_added(beta, output);
  const Vector deficit = detail::closure_deficits(eq);
  double excess = 0;
  for (Index n = 0; n < N; ++n) {
    const double earned = eq.wage_hat[n] * before.value_added[n];
    worst.region(c.budget_balance, n,
                 after.income[n] - (earned + revenue[n] + export_revenue[n] + after.deficit[n]), after.income[n]);
    worst.region(c.budget_balance, n, after.tariff_revenue[n] - revenue[n], after.income[n]);
    worst.region(c.market_clearing, n, earned - labour[n], earned);
    worst.region(c.trade_balance, n, imbalance[n] - after.deficit[n], after.income[n]);
    worst.region(c.trade_balance, n, after.deficit[n] - deficit[n], after.income[n]);
    excess += labour[n] - earned;
  }
  c.walras = std::abs(excess) / labour.sum();
  return c;
}

}  // namespace tariffsim
