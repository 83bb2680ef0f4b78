// Closure: which accounting. It knows no elasticity of trade or production.
#pragma once

#include <cmath>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim {

/// What happens to trade deficits D when the world changes.
enum class Deficits {
  balanced,                 ///< D' = 0; the base is first re-solved with D = 0 at base tariffs
  fixed_world_share,        ///< D'_n is a fixed share of world value added
  fixed_income_share,       ///< D'_n = VA'_n (D_n/VA_n - sum_m (D_m/VA_m) VA'_m / sum_m VA'_m)
  fixed_expenditure_share,  ///< spending over earnings moves alike everywhere, so that all deficits sum to zero
  endogenous,               ///< the same, and regions whose prices rise against the world's save more: saving_response
};

[[nodiscard]] inline const char* name(Deficits deficits) {
  constexpr const char* names[] = {"balanced", "fixed_world_share", "fixed_income_share", "fixed_expenditure_share",
                                   "endogenous"};
  return names[static_cast<int>(deficits)];
}

/// @throws InvalidInput on an unknown name.
[[nodiscard]] inline Deficits deficits_from_name(const std::string& text) {
  for (const Deficits d : {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share,
                           Deficits::fixed_expenditure_share, Deficits::endogenous}) {
    if (text == name(d)) return d;
  }
  throw InvalidInput("closure: deficits", "unknown closure '" + text + "'",
                     "use 'balanced', 'fixed_world_share', 'fixed_income_share', 'fixed_expenditure_share' or "
                     "'endogenous'");
}

/// What tariff and export-tax revenue is used for. It is always spent with the household's shares.
enum class Revenue {
  household,   ///< rebated to the household
  income_tax,  ///< rebated, tariff revenue by cutting a tax on what factors earn, which their supply answers to
  wasted,      ///< spent, and left out of the household's income and welfare
};

[[nodiscard]] inline const char* name(Revenue revenue) {
  constexpr const char* names[] = {"household", "income_tax", "wasted"};
  return names[static_cast<int>(revenue)];
}

/// @throws InvalidInput on an unknown name.
[[nodiscard]] inline Revenue revenue_from_name(const std::string& text) {
  for (const Revenue r : {Revenue::household, Revenue::income_tax, Revenue::wasted}) {
    if (text == name(r)) return r;
  }
  throw InvalidInput("closure: revenue", "unknown use '" + text + "'", "use 'household', 'income_tax' or 'wasted'");
}

/// Deficits, the use of revenue, and the numeraire.
struct Closure {
  static constexpr const char* kWorldValueAdded = "world_value_added";
  static constexpr const char* kWorldConsumerPrice = "world_consumer_price";

  Deficits deficits = Deficits::fixed_world_share;
  /// "world_value_added"; "world_consumer_price", consumer prices weighed by base income; or a region code: that
  /// region's wage. Rescales nominal results, unless a factor's price is rigid in it.
  std::string numeraire = kWorldValueAdded;
  Revenue revenue = Revenue::household;
  /// Of endogenous deficits: spending over earnings falls by so many percent where the consumer price rises by one
  /// percent against the world's; zero or more.
  double saving_response = 0;

  friend bool operator==(const Closure&, const Closure&) = default;
};

/// @throws InvalidInput on a saving response that is negative, or without endogenous deficits.
inline void validate(const Closure& closure) {
  if (!(closure.saving_response >= 0 && std::isfinite(closure.saving_response))) {
    throw InvalidInput("closure: saving_response", "is " + show(closure.saving_response),
                       "give an elasticity, zero or more");
  }
  if (closure.saving_response != 0 && closure.deficits != Deficits::endogenous) {
    throw InvalidInput("closure: saving_response",
                       std::string("has no effect on deficits '") + name(closure.deficits) + "'",
                       "use deficits 'endogenous' with it");
  }
}

}  // namespace tariffsim
