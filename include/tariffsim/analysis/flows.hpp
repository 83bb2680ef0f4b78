// Prices and quantities of single flows, and the price and quantity parts of each change.
#pragma once

#include <cmath>

#include "tariffsim/analysis/pairs.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/border_price.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {
/// Delivered price before the importer's tariff, d_hat (1+e')/(1+e) c_hat_i; N x N x J, ratio at the numeraire.
/// A banned cell has no price: 0, which no price can be.
/// @throws NotConverged
[[nodiscard]] inline Cube flow_price_hat(const Equilibrium& eq) {
  eq.require_converged();
  const Cube& flows = eq.base->flows;
  Cube price(flows.rows(), flows.cols(), flows.slices());
  for (Index j = 0; j < price.slices(); ++j) {
    for (Index n = 0; n < price.cols(); ++n) {
      for (Index i = 0; i < price.rows(); ++i) {
        if (!is_banned(*eq.shock, i, n, j)) price(i, n, j) = border_price_hat(eq, i, n, j);
      }
    }
  }
  return price;
}

/// Delivered quantity F_hat / price_hat; N x N x J, ratio.
/// A flow that is zero in the base stays zero, which is no change: 1. A banned one ends: 0.
/// @throws NotConverged
[[nodiscard]] inline Cube flow_quantity_hat(const Equilibrium& eq) {
  Cube quantity = flow_price_hat(eq);
  const Vector &before = eq.base->flows.values(), &after = eq.counterfactual.flows.values();
  for (Index k = 0; k < quantity.size(); ++k) {
    double& value = quantity.values()[k];
    value = before[k] == 0.0 ? 1.0 : value == 0.0 ? 0.0 : after[k] / before[k] / value;
  }
  return quantity;
}

/// The two parts of each change in a flow; N x N x J, the world's currency at the numeraire.
struct FlowChange {
  Cube price;     ///< F (1 + q_hat) / 2 (p_hat - 1)
  Cube quantity;  ///< F (1 + p_hat) / 2 (q_hat - 1)
};

/// Price and quantity parts that sum to F' - F in every cell.
///
/// The indicator of Bennet (1920): each change at the mean of the other before and after. It is additive over any set
/// of cells and needs no logarithm, so it holds for flows that vanish. The end of a banned flow is all quantity.
/// @throws NotConverged
[[nodiscard]] inline FlowChange flow_change_parts(const Equilibrium& eq) {
  const Cube price = flow_price_hat(eq), quantity = flow_quantity_hat(eq);
  FlowChange parts{Cube(price.rows(), price.cols(), price.slices()), eq.base->flows};
  for (Index k = 0; k < price.size(); ++k) {
    const double p = price.values()[k], q = quantity.values()[k], flow = eq.base->flows.values()[k];
    parts.price.values()[k] = p == 0.0 ? 0.0 : flow * 0.5 * (1.0 + q) * (p - 1.0);
    parts.quantity.values()[k] = p == 0.0 ? -flow : flow * 0.5 * (1.0 + p) * (q - 1.0);
  }
  return parts;
}

}  // namespace tariffsim
