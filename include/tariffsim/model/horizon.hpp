// Horizon: trade elasticities that grow with the time since a change.
#pragma once

#include <cmath>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim {

/// Trade elasticities as functions of the years since the change:
///
///   theta(y) = theta_long (1 - (1 - short_run) exp(-speed y))
///
/// so that `short_run` is the share of the long-run elasticity that holds at once.
struct Horizon {
  double short_run = 1;  ///< share of the long-run elasticity at year 0, in (0, 1]
  double speed = 1;      ///< per year, >= 0: 0.3 closes 26 percent of the gap in a year
  std::string source{};  ///< where the numbers come from

  /// Boehm, Levchenko and Pandalai-Nayar (2023): a trade elasticity of about 0.76 a year after the change and about 2
  /// after seven to ten years. Relative to the long run, 0.38 after one year and 0.95 after ten.
  [[nodiscard]] static Horizon boehm_levchenko_pandalai_nayar() {
    constexpr double kAfterOne = 0.76 / 2.0, kAfterTen = 0.95;
    const double speed = std::log((1.0 - kAfterOne) / (1.0 - kAfterTen)) / 9.0;
    return {1.0 - (1.0 - kAfterOne) * std::exp(speed), speed,
            "Boehm, Levchenko and Pandalai-Nayar (2023): 0.76 after a year, 2 in the long run"};
  }

  /// The share of the long-run elasticity that holds after so many years.
  [[nodiscard]] double share(double years) const { return 1.0 - (1.0 - short_run) * std::exp(-speed * years); }

  friend bool operator==(const Horizon&, const Horizon&) = default;
};

/// @throws InvalidInput on a share outside (0, 1] or a negative speed.
inline void validate(const Horizon& horizon) {
  if (!(horizon.short_run > 0 && horizon.short_run <= 1)) {
    throw InvalidInput("theory: horizon: short_run", "is " + show(horizon.short_run),
                       "give the share of the long-run elasticity that holds at once, above 0 and at most 1");
  }
  if (!(horizon.speed >= 0 && std::isfinite(horizon.speed))) {
    throw InvalidInput("theory: horizon: speed", "is " + show(horizon.speed), "give a rate per year, zero or more");
  }
}

}  // namespace tariffsim
