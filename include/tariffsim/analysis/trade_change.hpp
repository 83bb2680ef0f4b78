// How much a region's trade with others changes.
#pragma once

#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Change in the value of trade with other regions at border prices over world value added; N, percent.
struct TradeChange {
  Vector imports_pct, exports_pct;
};

/// @throws NotConverged
[[nodiscard]] inline TradeChange trade_change(const Equilibrium& eq) {
  eq.require_converged();
  const Index N = eq.observed.regions().size();
  const auto totals = [&](const State& state, bool imports) {
    Vector total = Vector::Zero(N);
    for (Index j = 0; j < state.flows.slices(); ++j) {
      for (Index n = 0; n < N; ++n) {
        for (Index i = 0; i < N; ++i) {
          if (!eq.observed.is_domestic(i, n)) total[imports ? n : i] += state.flows(i, n, j);
        }
      }
    }
    return Vector(total / state.value_added.sum());
  };
  const auto change = [&](bool imports) {
    const Vector before = totals(*eq.base, imports);
    return Vector((before > 0.0).select(100.0 * (totals(eq.counterfactual, imports) / before - 1.0), 0.0));
  };
  return {change(true), change(false)};
}

}  // namespace tariffsim
