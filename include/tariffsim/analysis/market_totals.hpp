// Totals of a partial equilibrium by region and sector.
#pragma once

#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim {

/// Sums over the products of each sector, N x J; rows and columns add up further. Money in the unit of the flows.
struct MarketTotals {
  RegionSector exports_base, exports;                ///< at world prices, by exporter, domestic sales left out
  RegionSector imports_base, imports;                ///< at world prices, by importer, domestic sales left out
  RegionSector tariff_revenue_base, tariff_revenue;  ///< by importer
  RegionSector producer_surplus, consumer_surplus;   ///< changes; zero where curves shift
  RegionSector world_price_hat;  ///< of all that a region sells, weights its base sales; 1 where it sells nothing
  RegionSector price_hat;  ///< of all that it buys with tariffs, weights its base expenditure; 1 where it buys nothing

  /// Producer and consumer surplus and revenue, changes added up.
  [[nodiscard]] RegionSector net_welfare() const {
    return producer_surplus + consumer_surplus + tariff_revenue - tariff_revenue_base;
  }
};

/// @throws NotConverged
[[nodiscard]] inline MarketTotals market_totals(const PartialEquilibrium& eq) {
  const Market& m = eq.require_converged().market;
  const RegionSector zero = RegionSector::Zero(m.regions().size(), m.sectors().size());
  MarketTotals t{zero, zero, zero, zero, zero, zero, zero, zero, zero, zero};
  RegionSector sales = zero, expenditure = zero;
  for (Index k = 0; k < m.products().size(); ++k) {
    const Index j = m.sector_of(k);
    const Range flows = m.flows(k), suppliers = m.suppliers(k), buyers = m.buyers(k);
    for (std::size_t f = flows.first; f < flows.last; ++f) {
      const Index i = m.exporter(f), n = m.importer(f);
      const auto s = static_cast<std::size_t>(m.supplier()[f]), b = static_cast<std::size_t>(m.buyer()[f]);
      const double value = m.value()[f], paid = value * (1 + m.tariff()[f]);
      sales(i, j) += value;
      t.world_price_hat(i, j) += value * eq.world_price_hat[s];
      expenditure(n, j) += paid;
      t.price_hat(n, j) += paid * eq.price_hat[b];
      if (i == n) continue;
      const double now = eq.value(f);
      t.exports_base(i, j) += value;
      t.exports(i, j) += now;
      t.imports_base(n, j) += value;
      t.imports(n, j) += now;
    }
    for (std::size_t s = suppliers.first; s < suppliers.last; ++s) {
      if (!eq.shifts_curves()) t.producer_surplus(m.supplier_region()[s], j) += eq.producer_surplus[s];
    }
    for (std::size_t b = buyers.first; b < buyers.last; ++b) {
      const Index n = m.buyer_region()[b];
      if (!eq.shifts_curves()) t.consumer_surplus(n, j) += eq.consumer_surplus[b];
      t.tariff_revenue_base(n, j) += eq.tariff_revenue_base[b];
      t.tariff_revenue(n, j) += eq.tariff_revenue[b];
    }
  }
  t.world_price_hat = (sales > 0).select(t.world_price_hat / sales.max(1e-300), 1.0);
  t.price_hat = (expenditure > 0).select(t.price_hat / expenditure.max(1e-300), 1.0);
  return t;
}

}  // namespace tariffsim
