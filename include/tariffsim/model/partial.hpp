// The exact partial equilibrium of one market: CES demand among sources within market demand of constant elasticity,
// export supply of constant elasticity. Armington (1969); all in ratios to the base, so that values and shares suffice.
//
// u log of the world price ratio by supplier, L log of the composite price ratio by buyer, T ratio of the power 1 + t
// of the tariff, theta share in the buyer's expenditure with tariffs, s elasticity of substitution, E that of demand
// (negative), e that of supply; c log of what shifts supply upwards, d log of what shifts demand outwards, both 0 by
// themselves.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "tariffsim/model/market_base.hpp"

namespace tariffsim {
namespace detail {

/// The area under p^(a - 1) from 1 to exp(log_price).
[[nodiscard]] inline double power_area(double log_price, double a) {
  return a == 0 ? log_price : std::expm1(a * log_price) / a;
}

/// Producer surplus, the area left of supply S p^e from 1 to p; none where supply is infinite.
[[nodiscard]] inline double exact_producer_surplus(double sales, double log_price, double supply) {
  return std::isinf(supply) ? 0.0 : sales * power_area(log_price, 1 + supply);
}

/// Consumer surplus, minus the area left of demand Y P^E from 1 to P.
[[nodiscard]] inline double exact_consumer_surplus(double expenditure, double log_price, double demand) {
  return -expenditure * power_area(log_price, 1 + demand);
}

}  // namespace detail

/// Excess demand of one market and its derivative, at any world prices. Keeps what the last evaluate() found.
class PartialSystem {
 public:
  /// @param base must outlive this. @param tariff new rates by flow.
  /// @param cost_hat,demand_hat shifts by supplier and by buyer, as ratios; empty where there are none.
  PartialSystem(const MarketBase& base, std::span<const double> tariff, std::span<const double> cost_hat = {},
                std::span<const double> demand_hat = {})
      : base_(base),
        tariff_log_(base.size(), 0.0),
        quantity_(base.size()),
        paid_share_(base.size()),
        composite_(base.expenditure.size()),
        demanded_(base.sales.size()),
        power_price_(base.sales.size()),
        power_quantity_(base.sales.size()),
        excess_(base.sales.size()),
        cost_log_(base.sales.size(), 0.0),
        demand_log_(base.expenditure.size(), 0.0) {
    for (std::size_t s = 0; s < cost_hat.size(); ++s) cost_log_[s] = std::log(cost_hat[s]);
    for (std::size_t b = 0; b < demand_hat.size(); ++b) demand_log_[b] = std::log(demand_hat[b]);
    for (std::size_t f = 0; f < base.size(); ++f) {
      if (tariff[f] != base.tariff[f]) tariff_log_[f] = std::log1p((tariff[f] - base.tariff[f]) / (1 + base.tariff[f]));
    }
  }

  [[nodiscard]] std::size_t suppliers() const noexcept { return base_.sales.size(); }
  /// Where to start: the prices at which suppliers sell as much as in the base.
  [[nodiscard]] const std::vector<double>& cost_log() const noexcept { return cost_log_; }

  /// Fills composite(), quantity_hat() and excess() at log world prices.
  void evaluate(std::span<const double> price) {
    std::fill(demanded_.begin(), demanded_.end(), 0.0);
    double prepared = std::nan("");  // elasticity that the powers of the prices are for
    for (std::size_t first = 0, last = 0; first < base_.size(); first = last) {
      const std::size_t b = base_.buyer(first);
      for (last = first; last < base_.size() && base_.buyer(last) == b;) ++last;
      if (base_.substitution[b] != prepared) prepare(price, prepared = base_.substitution[b]);
      composite_[b] = composite(price, b, first, last);
      quantities(price, b, first, last);
    }
    for (std::size_t s = 0; s < suppliers(); ++s) {
      const double supplied = base_.supply[s] * (price[s] - cost_log_[s]);
      excess_[s] = base_.fixed_price(s) ? 0 : std::log(demanded_[s] / base_.sales[s]) - supplied;
    }
  }

  /// Log composite price by buyer: L = log(sum_i theta_i exp((1 - s) (T_i + u_i))) / (1 - s).
  [[nodiscard]] std::span<const double> composite() const noexcept { return composite_; }
  /// Quantity ratio by flow: q = exp(d - s (T + u) + (s + E) L).
  [[nodiscard]] std::span<const double> quantity_hat() const noexcept { return quantity_; }
  /// Log of demand over supply S exp(e (u - c)) by supplier; zero clears its market. Zero where the world price is
  /// given.
  [[nodiscard]] std::span<const double> excess() const noexcept { return excess_; }

  /// Readies the derivative where evaluate() was called last.
  void linearise(std::span<const double> price) {
    for (std::size_t f = 0; f < base_.size(); ++f) {
      const std::size_t b = base_.buyer(f);
      const double dearer = tariff_log_[f] + price[base_.supplier(f)];
      paid_share_[f] =
          base_.share[f] * quantity_[f] * std::exp(dearer - demand_log_[b] - (1 + base_.demand[b]) * composite_[b]);
    }
  }

  /// Minus the derivative of excess() times a change in log prices:
  ///
  ///   (e_i + sum_n w_in s_n) v_i - sum_n w_in (s_n + E_n) sum_j theta'_jn v_j,
  ///
  /// w_in the share of buyer n in the quantity of supplier i, theta' the new expenditure shares.
  void falling(std::span<const double> change, std::span<double> result) const {
    for (std::size_t s = 0; s < suppliers(); ++s) result[s] = base_.supply[s] * change[s];
    for (std::size_t first = 0, last = 0; first < base_.size(); first = last) {
      const std::size_t b = base_.buyer(first);
      double mean = 0;
      for (last = first; last < base_.size() && base_.buyer(last) == b; ++last) {
        mean += paid_share_[last] * change[base_.supplier(last)];
      }
      const double s = base_.substitution[b], pull = (s + base_.demand[b]) * mean;
      for (std::size_t f = first; f < last; ++f) {
        const std::size_t i = base_.supplier(f);
        result[i] += base_.value[f] * quantity_[f] / demanded_[i] * (s * change[i] - pull);
      }
    }
    for (std::size_t s = 0; s < suppliers(); ++s) {
      if (base_.fixed_price(s)) result[s] = change[s];
    }
  }

  /// The diagonal of falling(), above zero.
  void diagonal(std::span<double> result) const {
    std::copy(base_.supply.begin(), base_.supply.end(), result.begin());
    for (std::size_t f = 0; f < base_.size(); ++f) {
      const std::size_t i = base_.supplier(f), b = base_.buyer(f);
      const double s = base_.substitution[b];
      const double own = s - (s + base_.demand[b]) * paid_share_[f];
      result[i] += base_.value[f] * quantity_[f] / demanded_[i] * own;
    }
    for (std::size_t s = 0; s < suppliers(); ++s) {
      if (base_.fixed_price(s)) result[s] = 1;
    }
  }

  /// What the prices of the last evaluate() mean.
  void report(std::span<const double> price, const MarketOutcome& out) const {
    std::copy(quantity_.begin(), quantity_.end(), out.quantity_hat.begin());
    for (std::size_t s = 0; s < suppliers(); ++s) {
      out.world_price_hat[s] = std::exp(price[s]);
      if (out.producer_surplus.empty()) continue;
      out.producer_surplus[s] = detail::exact_producer_surplus(base_.sales[s], price[s], base_.supply[s]);
    }
    for (std::size_t b = 0; b < composite_.size(); ++b) {
      out.price_hat[b] = std::exp(composite_[b]);
      if (out.consumer_surplus.empty()) continue;
      out.consumer_surplus[b] = detail::exact_consumer_surplus(base_.expenditure[b], composite_[b], base_.demand[b]);
    }
  }

 private:
  // Powers beyond this exponent are taken of sums of logs, so that none overflows on the way.
  static constexpr double kLargest = 300;

  // Most flows have the tariff they had, and need only powers by supplier.
  void prepare(std::span<const double> price, double s) {
    for (std::size_t i = 0; i < suppliers(); ++i) {
      power_price_[i] = std::expm1((1 - s) * price[i]);
      power_quantity_[i] = std::abs(s * price[i]) < kLargest ? std::exp(-s * price[i]) : std::nan("");
    }
  }

  [[nodiscard]] double composite(std::span<const double> price, std::size_t b, std::size_t first,
                                 std::size_t last) const {
    const double s = base_.substitution[b];
    double sum = 0;
    if (s == 1) {
      for (std::size_t f = first; f < last; ++f) sum += base_.share[f] * (tariff_log_[f] + price[base_.supplier(f)]);
      return sum;
    }
    for (std::size_t f = first; f < last; ++f) {
      const std::size_t i = base_.supplier(f);
      sum +=
          base_.share[f] * (tariff_log_[f] == 0 ? power_price_[i] : std::expm1((1 - s) * (tariff_log_[f] + price[i])));
    }
    // Close to -1 the sum of differences has lost its digits, and beyond the largest number it is none.
    if (sum > -0.5 && sum < std::exp(kLargest)) return std::log1p(sum) / (1 - s);
    return far_composite(price, s, first, last);
  }

  [[nodiscard]] double far_composite(std::span<const double> price, double s, std::size_t first,
                                     std::size_t last) const {
    const auto exponent = [&](std::size_t f) { return (1 - s) * (tariff_log_[f] + price[base_.supplier(f)]); };
    double largest = exponent(first), sum = 0;
    for (std::size_t f = first + 1; f < last; ++f) largest = std::max(largest, exponent(f));
    for (std::size_t f = first; f < last; ++f) sum += base_.share[f] * std::exp(exponent(f) - largest);
    return (largest + std::log(sum)) / (1 - s);
  }

  void quantities(std::span<const double> price, std::size_t b, std::size_t first, std::size_t last) {
    const double s = base_.substitution[b], level = demand_log_[b] + (s + base_.demand[b]) * composite_[b];
    const double scale = std::abs(level) < kLargest ? std::exp(level) : std::nan("");
    for (std::size_t f = first; f < last; ++f) {
      const std::size_t i = base_.supplier(f);
      double quantity = tariff_log_[f] == 0 ? power_quantity_[i] * scale : std::nan("");
      if (std::isnan(quantity)) quantity = std::exp(level - s * (tariff_log_[f] + price[i]));
      quantity_[f] = quantity;
      demanded_[i] += base_.value[f] * quantity;
    }
  }

  const MarketBase& base_;
  std::vector<double> tariff_log_, quantity_, paid_share_;                // by flow
  std::vector<double> composite_;                                         // by buyer
  std::vector<double> demanded_, power_price_, power_quantity_, excess_;  // by supplier
  std::vector<double> cost_log_, demand_log_;                             // by supplier, by buyer
};

}  // namespace tariffsim
