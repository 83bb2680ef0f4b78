// The border price of a flow: what the importer's tariff is levied on.
#pragma once

#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Delivered price before the importer's tariff over its base, p_hat = d_hat (1 + e') / (1 + e) c_hat, at the
/// numeraire; infinite where the flow is banned.
[[nodiscard]] inline double border_price_hat(const Equilibrium& eq, Index i, Index n, Index j) {
  const double before = eq.base->export_taxes()(i, n, j), now = eq.counterfactual.export_taxes()(i, n, j);
  return trade_cost_hat(*eq.shock, i, n, j) * (1.0 + now) / (1.0 + before) * eq.cost_hat(i, j);
}

}  // namespace tariffsim
