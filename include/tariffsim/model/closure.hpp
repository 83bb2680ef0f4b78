// Closure: which accounting. It knows no elasticity.
#pragma once

#include <string>

#include "tariffsim/core/errors.hpp"

namespace tariffsim {

/// What happens to trade deficits D when the world changes.
enum class Deficits {
  balanced,            ///< D' = 0; the base is first re-solved with D = 0 at base tariffs
  fixed_world_share,   ///< D'_n is a fixed share of world value added
  fixed_income_share,  ///< D'_n = VA'_n (D_n/VA_n - sum_m (D_m/VA_m) VA'_m / sum_m VA'_m)
};

[[nodiscard]] inline const char* name(Deficits deficits) {
  constexpr const char* names[] = {"balanced", "fixed_world_share", "fixed_income_share"};
  return names[static_cast<int>(deficits)];
}

/// @throws InvalidInput on an unknown name.
[[nodiscard]] inline Deficits deficits_from_name(const std::string& text) {
  for (const Deficits d : {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share}) {
    if (text == name(d)) return d;
  }
  throw InvalidInput("closure: deficits", "unknown closure '" + text + "'",
                     "use 'balanced', 'fixed_world_share' or 'fixed_income_share'");
}

/// Deficits and numeraire. Tariff and export-tax revenue is rebated to the region's household.
struct Closure {
  Deficits deficits = Deficits::fixed_world_share;
  /// "world_value_added", or a region code: that region's wage. Rescales nominal results only.
  std::string numeraire = "world_value_added";

  friend bool operator==(const Closure&, const Closure&) = default;
};

}  // namespace tariffsim
