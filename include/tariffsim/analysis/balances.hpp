// Exports, imports and balances of goods and services.
#pragma once

#include <string>

#include "tariffsim/analysis/pairs.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Trade of each region with all other regions at border values (exporter's tax included); the world's currency.
/// Regions of the same customs territory count as others, so that the balance is minus the deficit D.
struct RegionTrade {
  Vector exports, imports, balance;  ///< N; balance = exports - imports
};

/// Trade of one state by kind of sector.
struct TradeByKind {
  RegionTrade goods, services, all;
};

/// Trade before and after.
struct TradeBalances {
  TradeByKind base, counterfactual;
};

/// Trade in the sectors of one kind, or in all where kind is empty.
[[nodiscard]] inline RegionTrade trade_of(const World& world, const Cube& flows, const std::string& kind = {}) {
  RegionTrade trade{Vector::Zero(flows.rows()), Vector::Zero(flows.rows()), {}};
  for (Index j = 0; j < flows.slices(); ++j) {
    if (!kind.empty() && world.data().sector_kinds[static_cast<std::size_t>(j)] != kind) continue;
    const auto f = flows.slice(j).array();
    const Vector own = flows.slice(j).diagonal().array();
    trade.exports += f.rowwise().sum() - own;
    trade.imports += f.colwise().sum().transpose() - own;
  }
  trade.balance = trade.exports - trade.imports;
  return trade;
}

/// Goods, services and total trade of each region, base and counterfactual.
/// @throws NotConverged
[[nodiscard]] inline TradeBalances trade_balances(const Equilibrium& eq) {
  eq.require_converged();
  const auto of = [&](const Cube& flows) {
    return TradeByKind{trade_of(eq.observed, flows, "goods"), trade_of(eq.observed, flows, "services"),
                       trade_of(eq.observed, flows)};
  };
  return {of(eq.base->flows), of(eq.counterfactual.flows)};
}

/// Bilateral flows summed over sectors; N x N, exporters in rows, domestic sales on the diagonal; the world's currency.
struct BilateralTrade {
  RegionPair base, counterfactual;
};

/// @throws NotConverged
[[nodiscard]] inline BilateralTrade bilateral_trade(const Equilibrium& eq) {
  eq.require_converged();
  return {sum_over_sectors(eq.base->flows), sum_over_sectors(eq.counterfactual.flows)};
}

}  // namespace tariffsim
