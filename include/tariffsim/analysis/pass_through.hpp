// Pass-through: how much of a tariff the buyer pays.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "tariffsim/analysis/flows.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Pass-through of one tariff change that meets a base flow.
struct PassThroughCell {
  Index exporter = 0, importer = 0, sector = 0;
  double tariff_base = 0, tariff = 0;
  double log_tariff_change = 0;  ///< d ln(1 + t)
  double in_numeraire = 0;       ///< prices in the closure's numeraire
  double relative_to_wage = 0;   ///< prices over the importer's wage, which no numeraire moves
};

/// Pass-through by cell, by importer, and by importer and sector. Means are 0 where no tariff on a flow changed.
struct PassThrough {
  std::vector<PassThroughCell> cells;     ///< foreign cells whose tariff changed, with a base flow, not banned
  Vector changed_imports;                 ///< N, base imports in those cells
  Vector in_numeraire, relative_to_wage;  ///< N, means by importer
  RegionSector changed_imports_by_sector, in_numeraire_by_sector, relative_to_wage_by_sector;  ///< N x J
};

/// Share of a tariff change that appears in the duty-inclusive price: d ln(p (1 + t)) / d ln(1 + t), in finite changes
///
///   1 + ln p_hat_in / ln((1 + t'_in) / (1 + t_in)),   p_hat_in = d_hat_in (1 + e'_in) / (1 + e_in) c_hat_i
///
/// in the numeraire, and the same with p_hat_in over w_hat_n, relative to the importer's wage. 1: the buyer pays it
/// all. Below 1: the exporter's price gave way. Means weigh cells with base imports times |ln((1 + t')/(1 + t))|, so
/// that large changes in large flows count.
/// @throws NotConverged
[[nodiscard]] inline PassThrough pass_through(const Equilibrium& eq) {
  const Cube price = flow_price_hat(eq);
  const Cube &t0 = eq.base->tariffs(), &t1 = eq.counterfactual.tariffs();
  const Index N = price.rows(), J = price.slices();
  RegionSector changed = RegionSector::Zero(N, J), weight = changed, nominal_sum = changed, real_sum = changed;
  PassThrough result;
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        const double flow = eq.base->flows(i, n, j), p = price(i, n, j);
        const double log_power = std::log((1.0 + t1(i, n, j)) / (1.0 + t0(i, n, j)));
        // A change below 1e-9 is rounding, and the quotient would be noise.
        if (eq.observed.is_domestic(i, n) || flow == 0.0 || p == 0.0 || std::abs(log_power) < 1e-9) continue;
        const double nominal = 1.0 + std::log(p) / log_power;
        const double real = 1.0 + std::log(p / eq.wage_hat[n]) / log_power;
        result.cells.push_back({i, n, j, t0(i, n, j), t1(i, n, j), log_power, nominal, real});
        const double w = flow * std::abs(log_power);
        weight(n, j) += w;
        changed(n, j) += flow;
        nominal_sum(n, j) += w * nominal;
        real_sum(n, j) += w * real;
      }
    }
  }
  const auto by_importer = [](const RegionSector& array) { return Vector(array.rowwise().sum()); };
  result.changed_imports = by_importer(changed);
  result.in_numeraire = detail::ratio_or(by_importer(nominal_sum), by_importer(weight), 0.0);
  result.relative_to_wage = detail::ratio_or(by_importer(real_sum), by_importer(weight), 0.0);
  result.in_numeraire_by_sector = detail::ratio_or(nominal_sum, weight, 0.0);
  result.relative_to_wage_by_sector = detail::ratio_or(real_sum, weight, 0.0);
  result.changed_imports_by_sector = std::move(changed);
  return result;
}

}  // namespace tariffsim
