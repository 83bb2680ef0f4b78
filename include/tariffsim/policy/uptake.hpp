// Uptake: how much of a flow takes a cheaper way that has a cost of its own, and what that costs.
//
// The cost c of the other way differs from shipment to shipment, c >= 0, with survival (1 + L) e / (1 + L e),
// e = exp(-c / spread): the exponential law as Marshall and Olkin (1997) extend it. A shipment takes the other way
// where it saves more than it costs (Keck and Lendle 2012 on preferences: they are used where the margin pays for the
// papers).
#pragma once

#include <cmath>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim {

/// Costs of the other way over the border value: half of the flow has one below `median`; a small `spread` makes nearly
/// all of it switch at the median, the largest, median / ln 2, spreads the costs out exponentially.
struct Uptake {
  double median = 0;
  double spread = 0;
};

/// What a flow does with another way.
struct WayUse {
  double share = 0;  ///< of the flow that takes it
  double cost = 0;   ///< what that costs, over the border value of the whole flow
};

/// @throws InvalidInput where no such law of costs exists.
inline void validate(const Uptake& uptake, const std::string& where) {
  if (!(std::isfinite(uptake.median) && uptake.median > 0)) {
    throw InvalidInput(where, "the median cost is " + show(uptake.median),
                       "give a share of the value above zero: 0.03 is 3 percent");
  }
  const double largest = uptake.median / std::log(2.0);
  if (!(uptake.spread >= uptake.median / 500 && uptake.spread <= largest * (1 + 1e-12))) {
    throw InvalidInput(where, "the spread of costs is " + show(uptake.spread),
                       "give one between " + show(uptake.median / 500) + " and " + show(largest) +
                           ", the median over ln 2; half the median is a fair start");
  }
}

/// The share with a cost below `saving`, F = (1 - e) / (1 + L e), L = exp(median / spread) - 2, and the mean cost of
/// those, saving F - int_0^saving F; none where nothing is saved.
[[nodiscard]] inline WayUse use_of(const Uptake& uptake, double saving) {
  if (!(saving > 0)) return {};
  const double tilt = std::fmax(0.0, std::exp(uptake.median / uptake.spread) - 2.0);
  const double e = std::exp(-saving / uptake.spread);
  const double share = -std::expm1(-saving / uptake.spread) / (1.0 + tilt * e);
  // int_0^saving (1 - F) = spread (1 + L) / L ln(1 + L F), and spread F where L is zero.
  const double log_part = tilt > 1e-9 ? (1.0 + tilt) / tilt * std::log1p(tilt * share) : (1.0 + tilt) * share;
  return {share, std::fmax(0.0, saving * (share - 1.0) + uptake.spread * log_part)};
}

}  // namespace tariffsim
