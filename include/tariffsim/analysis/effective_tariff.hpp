// Effective tariffs: duties over imports, before and after buyers substitute.
#pragma once

#include "tariffsim/analysis/pairs.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Duties over imports at border values, domestic cells left out; 0 where nothing is imported. Ratios.
struct AverageTariff {
  Vector by_importer;      ///< N
  RegionPair by_pair;      ///< N x N, exporters in rows, importers in columns
  RegionSector by_sector;  ///< N x J, importer and sector
};

/// The effective tariff in three readings.
struct EffectiveTariff {
  AverageTariff base;                 ///< base rates on base imports
  AverageTariff before_substitution;  ///< new rates on base imports: the announcement
  AverageTariff after_substitution;   ///< new rates on new imports: what customs collects
};

/// Duties over imports for given rates and flows: sum t F / sum F over foreign cells.
[[nodiscard]] inline AverageTariff average_tariff(const World& world, const Cube& tariffs, const Cube& flows) {
  const Index N = flows.rows(), J = flows.slices();
  RegionPair duty = RegionPair::Zero(N, N), value = duty;
  RegionSector sector_duty = RegionSector::Zero(N, J), sector_value = sector_duty;
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        if (world.is_domestic(i, n)) continue;
        const double flow = flows(i, n, j), paid = flow * tariffs(i, n, j);
        duty(i, n) += paid;
        value(i, n) += flow;
        sector_duty(n, j) += paid;
        sector_value(n, j) += flow;
      }
    }
  }
  const Vector importer_duty = duty.colwise().sum().transpose(), importer_value = value.colwise().sum().transpose();
  return {detail::ratio_or(importer_duty, importer_value, 0.0), detail::ratio_or(duty, value, 0.0),
          detail::ratio_or(sector_duty, sector_value, 0.0)};
}

/// Effective tariffs by importer, by pair and by importer and sector.
///
/// The gap between the last two readings is substitution: buyers leave what is taxed, so what is collected is less than
/// what was announced. Banned flows count before substitution and not after.
/// @throws NotConverged
[[nodiscard]] inline EffectiveTariff effective_tariff(const Equilibrium& eq) {
  eq.require_converged();
  const State &base = *eq.base, &after = eq.counterfactual;
  return {average_tariff(eq.observed, base.tariffs(), base.flows),
          average_tariff(eq.observed, after.tariffs(), base.flows),
          average_tariff(eq.observed, after.tariffs(), after.flows)};
}

}  // namespace tariffsim
