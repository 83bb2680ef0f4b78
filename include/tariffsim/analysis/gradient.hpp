// Outcomes as weighted sums of levels, to first order: their gradients and directional derivatives.
#pragma once

#include <cmath>
#include <cstddef>
#include <stdexcept>

#include "tariffsim/analysis/outcome.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/derivatives.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {
namespace detail {

// Adds weights to levels of an equilibrium and, for quantities relative to it, of the base.
class WeightBuilder {
 public:
  explicit WeightBuilder(const Equilibrium& eq)
      : eq_(eq), N_(eq.observed.regions().size()), J_(eq.observed.sectors().size()) {}

  [[nodiscard]] LevelPair take() { return std::move(weights_); }

  void now(LevelKind kind, Index row, Index col, double weight) { add(weights_.now, kind, row, col, weight); }
  void base(LevelKind kind, Index row, Index col, double weight) { add(weights_.base, kind, row, col, weight); }

  /// The log of what the household spends, over that of its base.
  void log_household_income(Index n, double weight) {
    household(n, weight / household_income(eq_.counterfactual, eq_.closure)[n], true);
    household(n, -weight / household_income(*eq_.base, eq_.closure)[n], false);
  }

  /// Levels of what the household spends, in the equilibrium or in the base.
  void household(Index n, double weight, bool now) {
    LevelValues& to = now ? weights_.now : weights_.base;
    add(to, LevelKind::income, n, 0, weight);
    if (eq_.closure.revenue != Revenue::wasted) return;
    add(to, LevelKind::tariff_revenue, n, 0, -weight);
    add(to, LevelKind::export_tax_revenue, n, 0, -weight);
  }

  /// The log of a price or cost over that of the base.
  void log_hat(LevelKind kind, Index row, Index col, double weight) {
    now(kind, row, col, weight);
    base(kind, row, col, -weight);
  }

 private:
  void add(LevelValues& to, LevelKind kind, Index row, Index col, double weight) {
    Eigen::ArrayXXd& values = to[kind];
    if (values.size() == 0) values = Eigen::ArrayXXd::Zero(N_, columns(kind));
    values(row, col) += weight;
  }

  [[nodiscard]] Index columns(LevelKind kind) const {
    switch (kind) {
      case LevelKind::flows: return N_ * J_;
      case LevelKind::expenditure:
      case LevelKind::output:
      case LevelKind::log_cost:
      case LevelKind::log_price: return J_;
      case LevelKind::log_factor_price:
      case LevelKind::factor_income: return eq_.factor_price_hat.cols();
      default: return 1;
    }
  }

  const Equilibrium& eq_;
  Index N_, J_;
  LevelPair weights_;
};

// Welfare of a state over the consumer price, in logs: I - sum kappa / (1 + kappa) V / (1 - s).
inline void weigh_welfare(WeightBuilder& to, const Equilibrium& eq, Index n, double weight, bool now) {
  const State& state = now ? eq.counterfactual : *eq.base;
  const bool relieves = eq.closure.revenue == Revenue::income_tax;
  const double tax = relieves ? 1.0 - state.tariff_revenue[n] / state.value_added[n] : 1.0;
  double left = household_income(state, eq.closure)[n], work = 0;
  std::vector<double> cost;
  for (std::size_t f = 0; f < eq.values->factors.size(); ++f) {
    cost.push_back(cost_of_work(eq.values->factors[f])[n]);
    work += cost[f] * state.factor_income(n, static_cast<Index>(f));
  }
  left -= work / tax;
  const double each = weight / left;
  const auto add = [&](LevelKind kind, Index col, double w) {
    now ? to.now(kind, n, col, w) : to.base(kind, n, col, w);
  };
  to.household(n, each, now);
  for (std::size_t f = 0; f < cost.size(); ++f) {
    if (cost[f] != 0) add(LevelKind::factor_income, static_cast<Index>(f), -each * cost[f] / tax);
  }
  if (!relieves || work == 0) return;
  const double by_tax = each * work / (tax * tax) / state.value_added[n];  // d(-work / tax), tax = 1 - R / VA
  add(LevelKind::tariff_revenue, 0, -by_tax);
  add(LevelKind::value_added, 0, by_tax * state.tariff_revenue[n] / state.value_added[n]);
}

inline void weigh_region(WeightBuilder& to, const Equilibrium& eq, Quantity quantity, Index n, double weight) {
  const auto ratio = [&](double percent) { return weight * (100.0 + percent); };
  switch (quantity) {
    case Quantity::real_income_pct: {
      const double w = ratio(real_income_pct(eq)[n]);
      to.log_household_income(n, w);
      to.log_hat(LevelKind::log_consumer_price, n, 0, -w);
      return;
    }
    case Quantity::welfare_pct: {
      const double w = ratio(welfare_pct(eq)[n]);
      weigh_welfare(to, eq, n, w, true);
      weigh_welfare(to, eq, n, -w, false);
      to.log_hat(LevelKind::log_consumer_price, n, 0, -w);
      return;
    }
    case Quantity::equivalent_variation: {
      const double base = household_income(*eq.base, eq.closure)[n];
      const double change = equivalent_variation(eq)[n], w = weight * (base + change);
      to.log_household_income(n, w);
      to.log_hat(LevelKind::log_consumer_price, n, 0, -w);
      to.household(n, weight * change / base, false);
      return;
    }
    case Quantity::real_wage_pct: {
      const double w = ratio(real_wage_pct(eq)[n]);
      to.log_hat(LevelKind::log_factor_price, n, 0, w);
      to.log_hat(LevelKind::log_consumer_price, n, 0, -w);
      return;
    }
    case Quantity::wage_hat: return to.log_hat(LevelKind::log_factor_price, n, 0, weight * eq.wage_hat[n]);
    case Quantity::consumer_price_hat:
      return to.log_hat(LevelKind::log_consumer_price, n, 0, weight * eq.consumer_price_hat[n]);
    case Quantity::income: return to.now(LevelKind::income, n, 0, weight);
    case Quantity::value_added: return to.now(LevelKind::value_added, n, 0, weight);
    case Quantity::tariff_revenue: return to.now(LevelKind::tariff_revenue, n, 0, weight);
    case Quantity::export_tax_revenue: return to.now(LevelKind::export_tax_revenue, n, 0, weight);
    case Quantity::deficit: return to.now(LevelKind::deficit, n, 0, weight);
    case Quantity::imports:
    case Quantity::exports: {
      const Index N = eq.counterfactual.flows.rows(), J = eq.counterfactual.flows.slices();
      for (Index j = 0; j < J; ++j) {
        for (Index k = 0; k < N; ++k) {
          const Index i = quantity == Quantity::imports ? k : n, m = quantity == Quantity::imports ? n : k;
          if (!eq.observed.is_domestic(i, m)) to.now(LevelKind::flows, i, m + N * j, weight);
        }
      }
      return;
    }
    default: throw std::logic_error("not a quantity by region");
  }
}

inline void weigh_cell(WeightBuilder& to, const Equilibrium& eq, Quantity quantity, Index n, Index j, double weight) {
  switch (quantity) {
    case Quantity::output: return to.now(LevelKind::output, n, j, weight);
    case Quantity::expenditure: return to.now(LevelKind::expenditure, n, j, weight);
    case Quantity::cost_hat: return to.log_hat(LevelKind::log_cost, n, j, weight * eq.cost_hat(n, j));
    case Quantity::price_hat: return to.log_hat(LevelKind::log_price, n, j, weight * eq.price_hat(n, j));
    default: throw std::logic_error("not a quantity by region and sector");
  }
}

}  // namespace detail

/// One number of an equilibrium as weights of levels to first order, times a factor.
/// @throws InvalidInput where the outcome is not one number. @throws NotConverged
inline LevelPair weights_of(const Outcome& outcome, const Equilibrium& eq, double factor = 1.0) {
  eq.require_converged();
  if (!outcome.scalar()) {
    throw InvalidInput("outcome '" + outcome.text() + "'", "is more than one number",
                       "name one, as real_income_pct[REGION] or flows[EXPORTER->IMPORTER]");
  }
  detail::WeightBuilder to(eq);
  switch (outcome.shape()) {
    case OutcomeShape::region: detail::weigh_region(to, eq, outcome.quantity(), outcome.region(), factor); break;
    case OutcomeShape::region_sector:
      detail::weigh_cell(to, eq, outcome.quantity(), outcome.region(), *outcome.sector(), factor);
      break;
    case OutcomeShape::pair: {
      const Index N = eq.observed.regions().size(), J = eq.observed.sectors().size();
      for (Index j = 0; j < J; ++j) {
        if (outcome.sector() && *outcome.sector() != j) continue;
        to.now(LevelKind::flows, outcome.exporter(), outcome.region() + N * j, factor);
      }
    }
  }
  return to.take();
}

/// How an outcome moves where levels do; as many numbers as the outcome has, the last dimension fastest.
[[nodiscard]] inline Vector outcome_tangent(const Outcome& outcome, const Equilibrium& eq, const LevelPair& moved) {
  const auto of = [&](const LevelPair& weights) {
    return product(weights.now, moved.now) + product(weights.base, moved.base);
  };
  Vector out(outcome.size());
  if (outcome.scalar()) {
    out[0] = of(weights_of(outcome, eq));
    return out;
  }
  const Index N = eq.observed.regions().size(), J = eq.observed.sectors().size();
  Index at = 0;
  if (outcome.shape() == OutcomeShape::pair) {
    const Eigen::ArrayXXd& flows = moved.now[LevelKind::flows];
    for (Index i = 0; i < N; ++i) {
      for (Index n = 0; n < N; ++n) {
        for (Index j = 0; j < J; ++j) out[at++] = flows(i, n + N * j);
      }
    }
    return out;
  }
  for (Index n = 0; n < N; ++n) {
    for (Index j = 0; j < (outcome.shape() == OutcomeShape::region ? 1 : J); ++j) {
      detail::WeightBuilder to(eq);
      if (outcome.shape() == OutcomeShape::region) {
        detail::weigh_region(to, eq, outcome.quantity(), n, 1.0);
      } else {
        detail::weigh_cell(to, eq, outcome.quantity(), n, j, 1.0);
      }
      out[at++] = of(to.take());
    }
  }
  return out;
}

/// The derivative of one number of an equilibrium by every parameter.
/// Welfare with an elastic supply is not differentiated by the elasticity of that supply, which is part of its measure.
/// @throws InvalidInput as Derivatives do, or where the outcome is not one number. @throws NotConverged
[[nodiscard]] inline ParameterValues gradient(const Equilibrium& eq, const Outcome& outcome,
                                              const std::vector<ParameterKind>& wanted = {}) {
  ParameterValues out = Derivatives(eq, wanted).gradient(weights_of(outcome, eq));
  if (outcome.quantity() == Quantity::welfare_pct) out[ParameterKind::supply] = {};
  return out;
}

}  // namespace tariffsim
