// Welfare where labour supply answers to the wage: real income less what work costs.
#pragma once

#include <cstddef>

#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {
namespace detail {

// kappa / (1 + kappa) of a factor whose supply is chosen: its cost in utility over what it earns after tax. A rigid
// price is not a choice.
inline Vector cost_of_work(const FactorValues& factor) {
  if (factor.anchor != WageAnchor::real) return Vector::Zero(factor.response.size());
  return (factor.response < 1.0).select(factor.response, 0.0);
}

}  // namespace detail

/// Exact change in welfare, percent of base; N. With utility C - L^(1 + 1/kappa) / (1 + 1/kappa) (Greenwood, Hercowitz
/// and Huffman 1988), whose labour supply is that of the theory, welfare is
///
///   I / P - kappa / (1 + kappa) w L / (P (1 - s)),
///
/// s tariff revenue over value added where revenue cuts the income tax and 0 elsewhere. Real income where every supply
/// is fixed or its price rigid.
/// @throws NotConverged
[[nodiscard]] inline Vector welfare_pct(const Equilibrium& eq) {
  eq.require_converged();
  const auto welfare = [&](const State& state) {
    Vector tax = Vector::Ones(state.income.size());
    if (eq.closure.revenue == Revenue::income_tax) tax -= state.tariff_revenue / state.value_added;
    Vector left = household_income(state, eq.closure);
    for (std::size_t f = 0; f < eq.values->factors.size(); ++f) {
      left -= detail::cost_of_work(eq.values->factors[f]) * state.factor_income.col(static_cast<Index>(f)) / tax;
    }
    return left;
  };
  return 100.0 * (welfare(eq.counterfactual) / eq.consumer_price_hat / welfare(*eq.base) - 1.0);
}

/// Welfare by the formula of Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), percent; N:
///
///   d I_hat / P_hat + (1 - d) w_hat L_hat / P_hat,   d = I / (I - kappa (1 - s') w L / (1 + kappa)).
///
/// It is welfare_pct() where revenue is a lump sum. Where it cuts a tax the formula takes the tax after the change for
/// that before it, and so shows more.
/// @throws NotConverged
[[nodiscard]] inline Vector welfare_as_published_pct(const Equilibrium& eq) {
  eq.require_converged();
  const State &base = *eq.base, &after = eq.counterfactual;
  Vector tax = Vector::Ones(base.income.size());
  if (eq.closure.revenue == Revenue::income_tax) tax -= after.tariff_revenue / after.value_added;
  Vector work = Vector::Zero(base.income.size()), work_now = work;
  for (std::size_t f = 0; f < eq.values->factors.size(); ++f) {
    const Vector cost = detail::cost_of_work(eq.values->factors[f]) * tax;
    work += cost * base.factor_income.col(static_cast<Index>(f));
    work_now += cost * after.factor_income.col(static_cast<Index>(f));
  }
  const Vector before = household_income(base, eq.closure) - work;
  const Vector now = (household_income(after, eq.closure) - work_now) / eq.consumer_price_hat;
  return 100.0 * (now / before - 1.0);
}

}  // namespace tariffsim
