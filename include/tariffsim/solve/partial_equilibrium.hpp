// PartialEquilibrium: what the markets of products come to after a change of tariffs.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/market.hpp"
#include "tariffsim/model/market_theory.hpp"
#include "tariffsim/solve/certificate.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// The conditions of the markets, recomputed by separate code; of Residual, `sector` is the product.
struct MarketCertificate {
  Residual market_clearing;  ///< demand against supply, over the larger of base sales and supply
  Residual demand;           ///< quantities and composite prices against prices, relative
  bool finite = true;

  [[nodiscard]] double worst() const {
    if (!finite) return std::numeric_limits<double>::infinity();
    return std::max(market_clearing.value, demand.value);
  }
};

/// Markets after a change. Arrays are by flow, supplier or buyer of `market`, in its order; money in the unit of its
/// flows. World prices of the base are 1.
struct PartialEquilibrium {
  Market market;  ///< of SMART, the imports of its importer alone
  MarketTheory theory;
  std::string title;

  std::vector<Status> status{};   ///< by product
  std::vector<int> iterations{};  ///< by product; 0 where nothing changes
  double seconds = 0;
  double tolerance = 0;
  MarketCertificate certificate{};
  Index beyond_uniqueness = 0;  ///< products in which demand is more elastic than substitution: one of several may do
  Index negative_flows = 0;     ///< flows that a linear form takes below zero

  std::vector<double> tariff{};               ///< by flow, after the change
  std::vector<double> quantity_hat{};         ///< by flow
  std::vector<double> world_price_hat{};      ///< by supplier
  std::vector<double> price_hat{};            ///< of the composite with tariffs, by buyer
  std::vector<double> cost_hat{};             ///< by supplier, as in the shock; empty where no supply curve shifts
  std::vector<double> demand_hat{};           ///< by buyer, as in the shock; empty where no demand curve shifts
  std::vector<double> producer_surplus{};     ///< change, by supplier; empty where curves shift
  std::vector<double> consumer_surplus{};     ///< change, by buyer; empty where curves shift
  std::vector<double> tariff_revenue_base{};  ///< by buyer
  std::vector<double> tariff_revenue{};       ///< by buyer, after the change
  std::vector<double> trade_creation{};       ///< SMART, by flow at base prices; else empty
  std::vector<double> trade_diversion{};      ///< SMART, by flow at base prices; else empty

  /// Value of a flow at the new world price.
  [[nodiscard]] double value(std::size_t flow) const {
    return market.value()[flow] * quantity_hat[flow] *
           world_price_hat[static_cast<std::size_t>(market.supplier()[flow])];
  }

  /// True where supply or demand curves shift, so that surpluses of the base and of the result cannot be compared.
  [[nodiscard]] bool shifts_curves() const noexcept { return !cost_hat.empty() || !demand_hat.empty(); }

  [[nodiscard]] bool converged() const {
    for (const Status s : status) {
      if (s != Status::converged) return false;
    }
    return certificate.finite;
  }

  /// @throws NotConverged that names the first market without an equilibrium.
  const PartialEquilibrium& require_converged() const {
    for (std::size_t k = 0; k < status.size(); ++k) {
      if (status[k] == Status::converged) continue;
      throw NotConverged("the market of product " + market.products().code(static_cast<Index>(k)) + " is " +
                         name(status[k]) + " after " + std::to_string(iterations[k]) +
                         " steps; look at its tariffs and elasticities, or leave it out");
    }
    if (!certificate.finite) {
      throw NotConverged("a price or quantity of product " + certificate.demand.sector + " is not finite");
    }
    return *this;
  }
};

}  // namespace tariffsim
