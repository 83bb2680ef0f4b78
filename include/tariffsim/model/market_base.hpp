// One product's market before the change, and where a theory puts what it finds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "tariffsim/data/market.hpp"

namespace tariffsim {

/// What a theory finds for one market: by flow, by supplier and by buyer, in the market's order.
struct MarketOutcome {
  std::span<double> quantity_hat;      ///< by flow
  std::span<double> world_price_hat;   ///< by supplier
  std::span<double> price_hat;         ///< of the composite, by buyer
  std::span<double> producer_surplus;  ///< change, by supplier; empty where curves shift
  std::span<double> consumer_surplus;  ///< change, by buyer; empty where curves shift
};

/// Sales, expenditures and shares of one product; positions count from 0 within it.
class MarketBase {
 public:
  MarketBase(const Market& market, Index product)
      : flows_(market.flows(product)), suppliers_(market.suppliers(product)), buyers_(market.buyers(product)) {
    value = market.value().subspan(flows_.first, flows_.size());
    tariff = market.tariff().subspan(flows_.first, flows_.size());
    supplier_ = market.supplier().subspan(flows_.first, flows_.size());
    buyer_ = market.buyer().subspan(flows_.first, flows_.size());
    supply = market.supply().subspan(suppliers_.first, suppliers_.size());
    demand = market.demand().subspan(buyers_.first, buyers_.size());
    substitution = market.substitution().subspan(buyers_.first, buyers_.size());
    sales.assign(suppliers_.size(), 0.0);
    expenditure.assign(buyers_.size(), 0.0);
    share.resize(flows_.size());
    for (std::size_t f = 0; f < size(); ++f) {
      sales[supplier(f)] += value[f];
      expenditure[buyer(f)] += share[f] = value[f] * (1 + tariff[f]);
    }
    for (std::size_t f = 0; f < size(); ++f) share[f] /= expenditure[buyer(f)];
  }

  [[nodiscard]] std::size_t size() const noexcept { return value.size(); }
  [[nodiscard]] std::size_t supplier(std::size_t f) const {
    return static_cast<std::size_t>(supplier_[f]) - suppliers_.first;
  }
  [[nodiscard]] std::size_t buyer(std::size_t f) const { return static_cast<std::size_t>(buyer_[f]) - buyers_.first; }

  /// True where supply or demand answers to the level of prices, which is otherwise any.
  [[nodiscard]] bool has_price_level() const {
    return std::any_of(supply.begin(), supply.end(), [](double e) { return e > 0; }) ||
           std::any_of(demand.begin(), demand.end(), [](double e) { return e < 0; });
  }

  /// True where the supplier's world price is given.
  [[nodiscard]] bool fixed_price(std::size_t s) const { return std::isinf(supply[s]); }

  std::span<const double> value, tariff;         ///< by flow
  std::span<const double> supply;                ///< by supplier
  std::span<const double> demand, substitution;  ///< by buyer
  std::vector<double> share;                     ///< by flow, of the buyer's expenditure with tariffs
  std::vector<double> sales;                     ///< by supplier, at world prices
  std::vector<double> expenditure;               ///< by buyer, with tariffs

 private:
  Range flows_, suppliers_, buyers_;
  std::span<const std::int32_t> supplier_, buyer_;
};

}  // namespace tariffsim
