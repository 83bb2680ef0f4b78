// The certificate's own computation of every condition. It uses nothing of the solver: neither its system nor kernels.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "tariffsim/data/accounts.hpp"
#include "tariffsim/solve/certify_production.hpp"
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

// The deficits that the closure asks for at the incomes of the result; N.
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
    case Deficits::fixed_expenditure_share:
    case Deficits::endogenous: {
      const State& after = eq.counterfactual;
      const Vector earned = after.value_added + after.tariff_revenue + after.export_tax_revenue;
      const Vector earned_before = eq.base->income - eq.base->deficit;
      const Vector spent =
          earned * (earned_before + start) / earned_before * eq.consumer_price_hat.pow(-eq.closure.saving_response);
      return spent / spent.sum() * earned.sum() - earned;
    }
  }
  return start;
}

// Finite, and none below `least`; a sum carries every infinity and NaN with it.
template <class Array>
bool sound(const Array& values, double least) {
  return values.size() == 0 || (std::isfinite(values.sum()) && values.minCoeff() >= least);
}

// True where every number is zero: the first is, and each equals the next.
inline bool all_zero(const double* values, Index size) {
  return size == 0 ||
         (values[0] == 0 && std::memcmp(values, values + 1, static_cast<std::size_t>(size - 1) * sizeof(double)) == 0);
}

// Multiplies the weights of one importer's purchases by what wedges and tastes do to them: taste_hat kappa_hat^-theta,
// tariffs to the power of the pass-through.
inline void apply_wedges(const State& before, const State& after, const Shock& shock, double theta, double pass_through,
                         Index n, Index j, Eigen::ArrayXd& weight) {
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
    if (t0[i] != t1[i]) wedge *= std::pow((1.0 + t1[i]) / (1.0 + t0[i]), pass_through);
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
  const TheoryValues& theory = *eq.values;
  const Index N = world.regions().size(), J = world.sectors().size();
  const Vector& theta = theory.trade_elasticity;
  const detail::Worst worst(world);
  Certificate c;

  const double above_zero = std::numeric_limits<double>::denorm_min();
  c.positive = detail::sound(after.expenditure, 0.0) && detail::sound(eq.price_hat, above_zero) &&
               detail::sound(eq.cost_hat, above_zero) && detail::sound(eq.factor_price_hat, above_zero) &&
               detail::sound(eq.factor_supply_hat, above_zero) && detail::sound(after.income, above_zero);

  // Equation 1: unit costs, where the sector produced.
  const detail::CertifiedProduction production = detail::certified_production(eq);
  for (Index i = 0; i < N; ++i) {
    for (Index j = 0; j < J; ++j) {
      if (!(before.output(i, j) > 0)) continue;
      worst.cell(c.zero_profit, i, j, eq.cost_hat(i, j) - production.unit_cost(i, j), production.unit_cost(i, j));
    }
  }

  // Equations 2 and 3: price indices, and the value of every flow at those prices; sums for equations 4 to 6.
  RegionSector output(N, J), bought(N, J);
  Vector revenue = Vector::Zero(N), export_revenue = Vector::Zero(N), imbalance = Vector::Zero(N);
  Eigen::ArrayXd weight(N);
  std::vector<Eigen::ArrayXd> home(static_cast<std::size_t>(N));
  for (Index n = 0; n < N && theory.two_tiers(); ++n)
    home[static_cast<std::size_t>(n)] = detail::domestic_mask(world, n);
  for (Index j = 0; j < J; ++j) {
    const Eigen::ArrayXd pull = (-theta[j] * eq.cost_hat.col(j).log()).exp();
    const auto f0 = before.flows.slice(j).array(), f1 = after.flows.slice(j).array();
    const auto t0 = before.tariffs().slice(j).array(), t1 = after.tariffs().slice(j).array();
    const auto e1 = after.export_taxes().slice(j).array();
    const bool taxed = !detail::all_zero(e1.data(), e1.size());
    Vector sold = Vector::Zero(N);
    RegionSector received = RegionSector::Zero(N, 1);
    for (Index n = 0; n < N; ++n) {
      sold += f1.col(n);
      const double at_border = f1.col(n).sum(), duties = (f1.col(n) * t1.col(n)).sum();
      c.positive = c.positive && std::isfinite(at_border) && f1.col(n).minCoeff() >= 0.0;
      bought(n, j) = at_border + duties;
      revenue[n] += duties;
      imbalance[n] += at_border;
      if (!(before.expenditure(n, j) > 0)) continue;
      const double phi = theory.pass_through.size() != 0 ? theory.pass_through(n, j) : 1.0;
      weight = f0.col(n) * (1.0 + t0.col(n)) * (1.0 / before.expenditure(n, j)) * pull;
      detail::apply_wedges(before, after, shock, theta[j], phi, n, j, weight);
      double price =
          detail::certified_price(theory, f0.col(n) * (1.0 + t0.col(n)), home[static_cast<std::size_t>(n)], j, weight);
      const double gap = (f1.col(n) * (1.0 + t1.col(n)) - weight * after.expenditure(n, j)).abs().maxCoeff();
      worst.cell(c.expenditure_shares, n, j, gap, after.expenditure(n, j));
      if (phi != 1.0 && after.expenditure(n, j) > 0) {
        price *= std::pow(after.expenditure(n, j) / before.expenditure(n, j) / production.bundle_cost(n, j), 1.0 - phi);
      }
      worst.cell(c.zero_profit, n, j, eq.price_hat(n, j) - price, price);
    }
    if (theory.distributes()) {
      output.col(j).setZero();
      for (Index n = 0; n < N; ++n) {
        const double nu = theory.distribution_margin(n, j);
        const Eigen::ArrayXd net = taxed ? Eigen::ArrayXd(f1.col(n) / (1.0 + e1.col(n))) : Eigen::ArrayXd(f1.col(n));
        output.col(j) += (1.0 - nu) * net;
        output(n, j) += nu * net.sum();
      }
    } else {
      output.col(j) = taxed ? Vector((f1 / (1.0 + e1)).rowwise().sum()) : sold;
    }
    const Vector taxes = taxed ? Vector((f1 * e1 / (1.0 + e1)).rowwise().sum()) : Vector(Vector::Zero(N));
    imbalance -= output.col(j) + taxes;
    export_revenue += taxes;
  }

  // Equation 4: every good bought is used, every good sold is made.
  const RegionSector materials = materials_demand(production.input_shares(), production.value_added_share, output);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      const double share = production.final_demand_share(n, j);
      const double demand = materials(n, j) + share * after.income[n];
      worst.cell(c.goods_market, n, j, bought(n, j) - demand, std::max(bought(n, j), demand));
      worst.cell(c.goods_market, n, j, after.expenditure(n, j) - bought(n, j), bought(n, j));
      worst.cell(c.goods_market, n, j, after.output(n, j) - output(n, j), output(n, j));
      worst.cell(c.goods_market, n, j, after.final_demand_share(n, j) - share, 1.0);
      worst.cell(c.goods_market, n, j, after.value_added_share(n, j) - production.value_added_share(n, j), 1.0);
    }
  }

  // Equations 5 and 6, and the balance of payments that they imply.
  const RegionSector made = production.value_added_share * output;
  const Eigen::ArrayXXd supply = detail::certified_supply(eq);
  const Vector deficit = detail::closure_deficits(eq);
  double excess = 0;
  for (Index n = 0; n < N; ++n) {
    double earned = 0;
    for (Index f = 0; f < eq.factor_price_hat.cols(); ++f) {
      const double paid = (made.row(n) * theory.factors[static_cast<std::size_t>(f)].share.row(n)).sum();
      const double own = eq.factor_price_hat(n, f) * eq.factor_supply_hat(n, f) * before.factor_income(n, f);
      earned += own;
      excess += paid - own;
      worst.region(c.market_clearing, n, own - paid, own);
      worst.region(c.market_clearing, n, after.factor_income(n, f) - own, own);
      worst.region(c.market_clearing, n, eq.factor_price_hat(n, f) - supply(n, f), supply(n, f));
    }
    for (Index j = 0; j < J; ++j) {
      if (!(before.output(n, j) > 0) || !(before.value_added_share(n, j) > 0)) continue;
      const double size = made(n, j) / (before.value_added_share(n, j) * before.output(n, j));
      worst.cell(c.market_clearing, n, j, eq.value_added_hat(n, j) - size, std::max(size, 1e-9));
    }
    worst.region(c.budget_balance, n, after.income[n] - (earned + revenue[n] + export_revenue[n] + after.deficit[n]),
                 after.income[n]);
    worst.region(c.budget_balance, n, after.value_added[n] - earned, earned);
    worst.region(c.budget_balance, n, after.tariff_revenue[n] - revenue[n], after.income[n]);
    worst.region(c.budget_balance, n, eq.consumer_price_hat[n] - production.consumer_price[n],
                 production.consumer_price[n]);
    worst.region(c.trade_balance, n, imbalance[n] - after.deficit[n], after.income[n]);
    worst.region(c.trade_balance, n, after.deficit[n] - deficit[n], after.income[n]);
  }
  c.walras = std::abs(excess) / after.value_added.sum();
  return c;
}

}  // namespace tariffsim
