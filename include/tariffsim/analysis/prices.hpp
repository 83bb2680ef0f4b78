// Import prices and how much of a tariff the buyer pays.
#pragma once

#include <cmath>
#include <vector>

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

/// Pass-through of one tariff change that meets a base flow.
struct PassThroughCell {
  Index exporter = 0, importer = 0, sector = 0;
  double tariff_base = 0, tariff = 0;
  double in_numeraire = 0;      ///< prices in the closure's numeraire
  double relative_to_wage = 0;  ///< prices over the importer's wage, which no numeraire moves
};

/// Pass-through by cell and by importer.
struct PassThrough {
  std::vector<PassThroughCell> cells;     ///< foreign cells whose tariff changed, with a base flow, not banned
  Vector changed_imports;                 ///< N, base imports in those cells; 0 where an importer changed nothing
  Vector in_numeraire, relative_to_wage;  ///< N, means by importer; 0 where it changed nothing
};

/// Share of a tariff change that appears in the duty-inclusive price: d ln(price (1 + t)) / d ln(1 + t), in finite
/// changes
///
///   1 + ln p_hat_in / ln((1 + t'_in) / (1 + t_in))
///
/// and the same with p_hat_in over w_hat_n. 1: the buyer pays it all. Below 1: the exporter's price gave way. Means by
/// importer weigh cells with base imports times |ln((1 + t')/(1 + t))|, so that large changes in large flows count.
/// @throws NotConverged
[[nodiscard]] inline PassThrough pass_through(const Equilibrium& eq) {
  const Cube price = flow_price_hat(eq);
  const Cube &t0 = eq.base->tariffs(), &t1 = eq.counterfactual.tariffs();
  const Index N = price.rows(), J = price.slices();
  PassThrough result{{}, Vector::Zero(N), Vector::Zero(N), Vector::Zero(N)};
  Vector weight = Vector::Zero(N);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        const double flow = eq.base->flows(i, n, j), p = price(i, n, j);
        const double log_power = std::log((1.0 + t1(i, n, j)) / (1.0 + t0(i, n, j)));
        // A change below 1e-9 is rounding, and the quotient would be noise.
        if (eq.observed.is_domestic(i, n) || flow == 0.0 || p == 0.0 || std::abs(log_power) < 1e-9) continue;
        const double nominal = 1.0 + std::log(p) / log_power;
        const double real = 1.0 + std::log(p / eq.wage_hat[n]) / log_power;
        result.cells.push_back({i, n, j, t0(i, n, j), t1(i, n, j), nominal, real});
        const double w = flow * std::abs(log_power);
        weight[n] += w;
        result.changed_imports[n] += flow;
        result.in_numeraire[n] += w * nominal;
        result.relative_to_wage[n] += w * real;
      }
    }
  }
  result.in_numeraire = detail::ratio_or(result.in_numeraire, weight, 0.0);
  result.relative_to_wage = detail::ratio_or(result.relative_to_wage, weight, 0.0);
  return result;
}

}  // namespace tariffsim
