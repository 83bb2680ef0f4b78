// Trade creation and trade diversion by importer.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include "tariffsim/analysis/flows.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// How changes in imports are valued.
enum class Valuation {
  base_prices,     ///< F (q_hat - 1): quantities at base border prices, so that terms of trade do not count as trade
  current_prices,  ///< F' - F: values as customs would record them, at the numeraire
};

/// Creation and diversion in the world's currency; foreign cells only.
struct TradeCreation {
  Vector creation;   ///< N, change in all imports; negative where trade is destroyed
  Vector diversion;  ///< N, imports that moved from disfavoured to favoured partners; zero or more
  RegionSector creation_by_sector, diversion_by_sector;  ///< N x J; rows sum to the vectors above
  RegionSector favoured_by_sector;     ///< N x J, change in imports from partners whose relative cost fell
  RegionSector disfavoured_by_sector;  ///< N x J, change in imports from partners whose relative cost rose
};

/// The part of the delivered price that policy changed: d_hat (1+e')(1+t') / ((1+e)(1+t)); infinite where banned.
[[nodiscard]] inline double wedge_hat(const Equilibrium& eq, Index exporter, Index importer, Index sector) {
  const State &base = *eq.base, &after = eq.counterfactual;
  return trade_cost_hat(*eq.shock, exporter, importer, sector) *
         (1.0 + after.export_taxes()(exporter, importer, sector)) /
         (1.0 + base.export_taxes()(exporter, importer, sector)) * (1.0 + after.tariffs()(exporter, importer, sector)) /
         (1.0 + base.tariffs()(exporter, importer, sector));
}

/// Creation and diversion as measured after the fact, by importer and sector.
///
/// In each market (importer, sector) a foreign partner is favoured or disfavoured as its wedge changed by less or more
/// than the mean of all foreign partners, weighted with base imports. Where all wedges change alike nobody is either.
///
///   creation  = change in imports from all foreign partners
///   diversion = what the favoured gained or the disfavoured lost, whichever is less (zero where both moved alike)
///
/// So a preference for one partner that raises its sales by 100 while others lose 30 diverts 30 and creates 70; a
/// tariff on one that costs it 100 while others gain 40 diverts 40 and destroys 60. The concepts are Viner's (1950),
/// the measure after the fact Balassa's (1967), with the solved base in the place of the trend.
/// @throws NotConverged
[[nodiscard]] inline TradeCreation trade_creation(const Equilibrium& eq, Valuation valuation = Valuation::base_prices) {
  const Cube quantity = flow_quantity_hat(eq);
  const Cube &before = eq.base->flows, &after = eq.counterfactual.flows;
  const Index N = quantity.rows(), J = quantity.slices();
  const RegionSector zero = RegionSector::Zero(N, J);
  TradeCreation result{Vector(), Vector(), zero, zero, zero, zero};
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      double mean = 0, imports = 0;
      for (Index i = 0; i < N; ++i) {
        if (eq.observed.is_domestic(i, n) || before(i, n, j) == 0.0) continue;
        mean += wedge_hat(eq, i, n, j) * before(i, n, j);
        imports += before(i, n, j);
      }
      if (imports == 0.0) continue;
      mean /= imports;
      for (Index i = 0; i < N; ++i) {
        if (eq.observed.is_domestic(i, n)) continue;
        const double flow = before(i, n, j);
        const double change =
            valuation == Valuation::base_prices ? flow * (quantity(i, n, j) - 1.0) : after(i, n, j) - flow;
        result.creation_by_sector(n, j) += change;
        const double wedge = wedge_hat(eq, i, n, j);
        if (std::isinf(wedge) || wedge > mean * (1.0 + 1e-9)) {
          result.disfavoured_by_sector(n, j) += change;
        } else if (wedge < mean * (1.0 - 1e-9)) {
          result.favoured_by_sector(n, j) += change;
        }
      }
    }
  }
  result.diversion_by_sector = result.favoured_by_sector.min(-result.disfavoured_by_sector).max(0.0);
  result.creation = result.creation_by_sector.rowwise().sum();
  result.diversion = result.diversion_by_sector.rowwise().sum();
  return result;
}

}  // namespace tariffsim
