// Normal duties: what a base tariff leaves once the measures that it contains are taken out.
#pragma once

#include <cmath>
#include <functional>

#include "tariffsim/core/types.hpp"

namespace tariffsim::detail {

/// The duties m with m = max(0, left(m)), cell by cell, where floors and preferences are themselves on m; a secant for
/// each cell, for its duty depends on no other's.
/// @param left what is left of the base tariffs at given normal duties; same size. Its last call is at the result.
[[nodiscard]] inline Vector normal_duties(const Vector& base, const std::function<Vector(const Vector&)>& left) {
  constexpr int kRounds = 40;
  constexpr double kSettled = 1e-13, kLargest = 50.0;
  const auto gap_at = [&](const Vector& m) { return Vector(left(m).max(0.0) - m); };
  Vector last = base.max(0.0), last_gap = gap_at(last);
  Vector m = last + last_gap;
  for (int round = 0; round < kRounds; ++round) {
    const Vector gap = gap_at(m);
    if (!(gap.abs().maxCoeff() > kSettled)) return m;
    for (Index k = 0; k < m.size(); ++k) {
      const double moved = m[k] - last[k], change = gap[k] - last_gap[k];
      const double plain = m[k] + gap[k];
      last[k] = m[k];
      last_gap[k] = gap[k];
      if (gap[k] == 0) continue;
      const double secant = m[k] - gap[k] * moved / change;
      m[k] = std::isfinite(secant) && secant >= 0 && secant <= kLargest ? secant : plain;
    }
  }
  static_cast<void>(left(m));
  return m;
}

}  // namespace tariffsim::detail
