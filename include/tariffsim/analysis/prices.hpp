// Import prices at the border and with duties.
#pragma once

#include "tariffsim/analysis/flows.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Change in import prices with base weights, domestic and banned cells left out; ratios at the numeraire.
/// 1 where nothing is imported.
struct ImportPrices {
  Vector border, duty_inclusive;                            ///< N, by importer
  RegionSector border_by_sector, duty_inclusive_by_sector;  ///< N x J, by importer and sector
};

/// Laspeyres indices of import prices, weights F at the border and F (1 + t) with duties:
///
///   border_n = sum F_in p_hat_in / sum F_in,   duty-inclusive_n = sum F_in (1 + t'_in) p_hat_in / sum F_in (1 + t_in)
/// @throws NotConverged
[[nodiscard]] inline ImportPrices import_price_hat(const Equilibrium& eq) {
  const Cube price = flow_price_hat(eq);
  const State& base = *eq.base;
  const Cube& new_rates = eq.counterfactual.tariffs();
  const Index N = price.rows(), J = price.slices();
  RegionSector border = RegionSector::Zero(N, J), weight = border, paid = border, paid_weight = border;
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        if (eq.observed.is_domestic(i, n) || price(i, n, j) == 0.0) continue;
        const double flow = base.flows(i, n, j);
        weight(n, j) += flow;
        border(n, j) += flow * price(i, n, j);
        paid_weight(n, j) += flow * (1.0 + base.tariffs()(i, n, j));
        paid(n, j) += flow * (1.0 + new_rates(i, n, j)) * price(i, n, j);
      }
    }
  }
  const auto by_importer = [](const RegionSector& array) { return Vector(array.rowwise().sum()); };
  return {detail::ratio_or(by_importer(border), by_importer(weight), 1.0),
          detail::ratio_or(by_importer(paid), by_importer(paid_weight), 1.0), detail::ratio_or(border, weight, 1.0),
          detail::ratio_or(paid, paid_weight, 1.0)};
}

}  // namespace tariffsim
