// The certificate's own computation of every condition. It uses nothing of the solver: neither its system nor kernels.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
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
  Vector start = eq.shock->deficits ? *eq.shock->deficits : eq.base->deficit;
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

// Finite, and none below `least`; a sum carries every infinity and NaN with it.
template <class Array>
bool sound(const Array& values, double least) {
  return values.size() == 0 || (std::isfinite(values.sum()) && values.minCoeff() >= least);
}

// Multiplies the weights of one importer's purchases by what wedges and tastes do to them: taste_hat kappa_hat^-theta.
inline void apply_wedges(const State& before, const State& after, const Shock& shock, double theta, Index n, Index j,
                         Eigen::ArrayXd& weight) {
  const Index N = weight.size();
  const auto column = [&](const Cube& cube) { return cube.data() + N * (n + N * j); };
  const auto differ = [&](const Cube& a, const Cube& b) {
    return &a != &b && std::memcmp(column(a), column(b), static_cast<std::size_t>(N) * sizeof(double)) != 0;
  };
  const bool tariffs = differ(before.tariffs(), after.tariffs());
  const bool export_taxes = differ(before.export_taxes(), after.export_taxes());
  if (!tariffs && !export_taxes && !shock.trade_cost_hat && !shock.taste_hat) return;
  const double *t0 = column(before.tariffs()), *t1 = column(after.tariffs());
  const double *e0 = column(before.export_taxes()), *e1 = column(after.export_taxes());
  for (Index i = 0; i < N; ++i) {
    double wedge = 1.0;
    if (t0[i] != t1[i]) wedge *= (1.0 + t1[i]) / (1.0 + t0[i]);
    if (e0[i] != e1[i]) wedge *= (1.0 + e1[i]) / (1.0 + e0[i]);
    if (shock.trade_cost_hat) wedge *= (*shock.trade_cost_hat)(i, n, j);
    if (wedge != 1.0) weight[i] *= std::pow(wedge, -theta);
    if (shock.taste_hat) weight[i] *= (*shock.taste_hat)(i, n, j);
  }
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

  const double above_zero = std::numeric_limits<double>::denorm_min();
  c.positive = detail::sound(after.flows.values(), 0.0) && detail::sound(after.expenditure, 0.0) &&
               detail::sound(eq.price_hat, above_zero) && detail::sound(eq.cost_hat, above_zero) &&
               detail::sound(eq.wage_hat, above_zero) && detail::sound(after.income, above_zero);

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
  Eigen::ArrayXd weight(N), price_sum(N);
  for (Index j = 0; j < J; ++j) {
    const Eigen::ArrayXd pull = (-theta[j] * eq.cost_hat.col(j).log()).exp();
    const auto f0 = before.flows.slice(j).array(), f1 = after.flows.slice(j).array();
    const auto t0 = before.tariffs().slice(j).array(), t1 = after.tariffs().slice(j).array();
    const auto e1 = after.export_taxes().slice(j).array();
    // What the flows of one importer have in common: P_hat^theta X' / X, relative to their weights.
    const Eigen::ArrayXd value =
        (theta[j] * log_price.row(j).transpose()).exp() * after.expenditure.col(j) / before.expenditure.col(j);
    price_sum = 1.0;
    Vector sold = Vector::Zero(N);
    for (Index n = 0; n < N; ++n) {
      sold += f1.col(n);
      const double at_border = f1.col(n).sum(), duties = (f1.col(n) * t1.col(n)).sum();
      bought(n, j) = at_border + duties;
      revenue[n] += duties;
      imbalance[n] += at_border;
      if (!(before.expenditure(n, j) > 0)) continue;
      weight = f0.col(n) * (1.0 + t0.col(n)) * pull;
      detail::apply_wedges(before, after, shock, theta[j], n, j, weight);
      price_sum[n] = weight.sum() / before.expenditure(n, j);
      const double gap = (f1.col(n) * (1.0 + t1.col(n)) - weight * value[n]).abs().maxCoeff();
      worst.cell(c.expenditure_shares, n, j, gap, after.expenditure(n, j));
    }
    const Eigen::ArrayXd expected = (-1.0 / theta[j] * price_sum.log()).exp();
    for (Index n = 0; n < N; ++n) {
      if (!(before.expenditure(n, j) > 0)) continue;
      worst.cell(c.zero_profit, n, j, eq.price_hat(n, j) - expected[n], expected[n]);
    }
    imbalance -= sold;
    const bool taxed = e1.abs().sum() != 0.0;
    output.col(j) = taxed ? Vector((f1 / (1.0 + e1)).rowwise().sum()) : sold;
    export_revenue += sold - output.col(j);
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
    worst.region(c.budget_balance, n, after.income[n] - (earned + revenue[n] + export_revenue[n] + after.deficit[n]),
                 after.income[n]);
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
