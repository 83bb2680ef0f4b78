// State: the levels of one equilibrium, before or after a shock.
#pragma once

#include <memory>

#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Levels in the world's currency at the numeraire; N regions, J sectors, F factors.
struct State {
  Cube flows;                                    ///< N x N x J, border value F before the importer's tariff
  std::shared_ptr<const Cube> tariff_rates;      ///< N x N x J, shared with the world or the shock
  std::shared_ptr<const Cube> export_tax_rates;  ///< N x N x J, shared with the world or the shock
  RegionSector expenditure;                      ///< N x J, X, final and intermediate, tariff-inclusive
  RegionSector output;                           ///< N x J, Y, with what the sector distributes
  RegionSector final_demand_share;               ///< N x J, alpha
  RegionSector value_added_share;                ///< N x J, beta
  std::shared_ptr<const Cube> materials_mix;     ///< J x J x N, gamma(input, sector, region)
  Eigen::ArrayXXd factor_income;                 ///< N x F
  Vector value_added;                            ///< N, w L
  Vector tariff_revenue;                         ///< N
  Vector export_tax_revenue;                     ///< N
  Vector deficit;                                ///< N, D
  Vector income;                                 ///< N, I: final expenditure

  [[nodiscard]] const Cube& tariffs() const noexcept { return *tariff_rates; }
  [[nodiscard]] const Cube& export_taxes() const noexcept { return *export_tax_rates; }
  [[nodiscard]] const Cube& input_shares() const noexcept { return *materials_mix; }

  /// Expenditure shares pi_in^j = F_in^j (1 + t_in^j) / X_n^j; N x N x J, columns sum to one (or zero where X is).
  [[nodiscard]] Cube expenditure_share() const {
    Cube share(flows.rows(), flows.cols(), flows.slices());
    for (Index j = 0; j < flows.slices(); ++j) {
      for (Index n = 0; n < flows.cols(); ++n) {
        if (!(expenditure(n, j) > 0)) continue;
        share.slice(j).col(n).array() =
            flows.slice(j).col(n).array() * (1.0 + tariffs().slice(j).col(n).array()) / expenditure(n, j);
      }
    }
    return share;
  }
};

}  // namespace tariffsim
