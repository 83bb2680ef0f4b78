// Exact welfare: real income, real wages and the equivalent variation. One function per measure.
#pragma once

#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// What the household has to spend: income, less revenue where the closure wastes that; N, the world's currency.
[[nodiscard]] inline Vector household_income(const State& state, const Closure& closure) {
  if (closure.revenue != Revenue::wasted) return state.income;
  return state.income - state.tariff_revenue - state.export_tax_revenue;
}

/// Change in the household's nominal income I'/I; N, ratio, at the numeraire.
/// @throws NotConverged
[[nodiscard]] inline Vector income_hat(const Equilibrium& eq) {
  eq.require_converged();
  return household_income(eq.counterfactual, eq.closure) / household_income(*eq.base, eq.closure);
}

/// Exact change in real income 100 ((I'/I) / P_hat - 1), P_hat the consumer price; N, percent.
/// @throws NotConverged
[[nodiscard]] inline Vector real_income_pct(const Equilibrium& eq) {
  return 100.0 * (income_hat(eq) / eq.consumer_price_hat - 1.0);
}

/// Change in the real wage 100 (w_hat / P_hat - 1); N, percent. It leaves out revenue and transfers.
/// @throws NotConverged
[[nodiscard]] inline Vector real_wage_pct(const Equilibrium& eq) {
  eq.require_converged();
  return 100.0 * (eq.wage_hat / eq.consumer_price_hat - 1.0);
}

/// Equivalent variation I ((I'/I) / P_hat - 1): what the change is worth at base prices; N, the world's currency.
/// @throws NotConverged
[[nodiscard]] inline Vector equivalent_variation(const Equilibrium& eq) {
  return household_income(*eq.base, eq.closure) * (income_hat(eq) / eq.consumer_price_hat - 1.0);
}

/// False under taste or final-demand shocks: the yardstick moved, so real income before and after is not comparable.
/// @throws NotConverged
[[nodiscard]] inline bool welfare_comparable(const Equilibrium& eq) {
  eq.require_converged();
  return !eq.shock->changes_tastes();
}

}  // namespace tariffsim
