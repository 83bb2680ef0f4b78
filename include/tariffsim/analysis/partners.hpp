// Who replaces whom: sources of a market's purchases and destinations of a producer's sales.
#pragma once

#include <string>
#include <vector>

#include "tariffsim/analysis/pairs.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/policy/scope.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Trade with each partner, the own region included; N each, border values in the world's currency at the numeraire.
struct PartnerTrade {
  Vector base, counterfactual, change;
  Vector base_share, share;  ///< of the sums over all partners; zero where those are zero
};

namespace detail {

inline PartnerTrade partner_trade(const Vector& base, const Vector& after) {
  PartnerTrade trade{base, after, after - base, Vector::Zero(base.size()), Vector::Zero(base.size())};
  if (base.sum() > 0) trade.base_share = base / base.sum();
  if (after.sum() > 0) trade.share = after / after.sum();
  return trade;
}

inline Vector sum_of_columns(const RegionPair& pairs, const std::vector<Index>& columns) {
  Vector sum = Vector::Zero(pairs.rows());
  for (const Index n : columns) sum += pairs.col(n);
  return sum;
}

inline Vector sum_of_rows(const RegionPair& pairs, const std::vector<Index>& rows) {
  return sum_of_columns(pairs.transpose(), rows);
}

}  // namespace detail

/// What a market buys from each exporter.
/// @param importer,sector codes, groups or kinds as in a scenario, such as "USA" and "goods".
/// @throws NotConverged
/// @throws InvalidInput on an unknown code.
[[nodiscard]] inline PartnerTrade import_sources(const Equilibrium& eq, const Selector& importer,
                                                 const Selector& sector = {}) {
  eq.require_converged();
  const detail::ScopeResolver scope(eq.observed, {}, false);
  const auto importers = scope.regions(importer, "import_sources: importer");
  const auto sectors = scope.sectors(sector, "import_sources: sector");
  return detail::partner_trade(detail::sum_of_columns(sum_over_sectors(eq.base->flows, sectors), importers),
                               detail::sum_of_columns(sum_over_sectors(eq.counterfactual.flows, sectors), importers));
}

/// What a producer sells to each importer.
/// @param exporter,sector codes, groups or kinds as in a scenario, such as "CHN" and "goods".
/// @throws NotConverged
/// @throws InvalidInput on an unknown code.
[[nodiscard]] inline PartnerTrade export_destinations(const Equilibrium& eq, const Selector& exporter,
                                                      const Selector& sector = {}) {
  eq.require_converged();
  const detail::ScopeResolver scope(eq.observed, {}, false);
  const auto exporters = scope.regions(exporter, "export_destinations: exporter");
  const auto sectors = scope.sectors(sector, "export_destinations: sector");
  return detail::partner_trade(detail::sum_of_rows(sum_over_sectors(eq.base->flows, sectors), exporters),
                               detail::sum_of_rows(sum_over_sectors(eq.counterfactual.flows, sectors), exporters));
}

}  // namespace tariffsim
