// How much a region's trade with others changes.
#pragma once

#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// The value of trade with other territories at border prices, by importer or by exporter; N, the world's currency.
[[nodiscard]] inline Vector foreign_trade(const State& state, const World& world, bool imports) {
  Vector total = Vector::Zero(state.flows.rows());
  for (Index j = 0; j < state.flows.slices(); ++j) {
    for (Index n = 0; n < state.flows.cols(); ++n) {
      for (Index i = 0; i < state.flows.rows(); ++i) {
        if (!world.is_domestic(i, n)) total[imports ? n : i] += state.flows(i, n, j);
      }
    }
  }
  return total;
}

/// Change in the value of trade with other regions at border prices over world value added; N, percent.
struct TradeChange {
  Vector imports_pct, exports_pct;
};

/// @throws NotConverged
[[nodiscard]] inline TradeChange trade_change(const Equilibrium& eq) {
  eq.require_converged();
  const auto totals = [&](const State& state, bool imports) {
    return Vector(foreign_trade(state, eq.observed, imports) / state.value_added.sum());
  };
  const auto change = [&](bool imports) {
    const Vector before = totals(*eq.base, imports);
    return Vector((before > 0.0).select(100.0 * (totals(eq.counterfactual, imports) / before - 1.0), 0.0));
  };
  return {change(true), change(false)};
}

}  // namespace tariffsim
