// The formula behind the country rates of 2 April 2025.
#pragma once

#include <algorithm>
#include <cmath>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim {

/// A rate as it was shown, and half of it, as it was announced; ratios.
struct ReciprocalRate {
  double displayed = 0, announced = 0;
};

/// (imports - exports) / (elasticity x pass_through x imports), at least `least`; the announced rate is half of what is
/// displayed, rounded up to a whole percent, at least `least`.
///
/// Office of the US Trade Representative, "Reciprocal Tariff Calculations" (2025): elasticity 4, pass-through 0.25.
/// With the pass-through of import prices, 0.945, rates are about a quarter (Corinth and Veuger 2025). In general
/// equilibrium the rates do not balance trade.
/// @throws InvalidInput where imports are not above zero.
[[nodiscard]] inline ReciprocalRate reciprocal_formula(double exports, double imports, double elasticity = 4,
                                                       double pass_through = 0.25, double least = 0.10) {
  if (!(imports > 0)) throw InvalidInput("imports", "are " + show(imports), "give imports above zero");
  const double gap = (imports - exports) / (elasticity * pass_through * imports);
  const double displayed = std::max(least, gap);
  // A hair below, so that 0.2 exactly stays 20 percent.
  return {displayed, std::max(least, std::ceil(50 * displayed - 1e-9) / 100)};
}

}  // namespace tariffsim
