// How hard to try, and who is told meanwhile.
#pragma once

#include <functional>

namespace tariffsim {

/// Where a running solve stands.
struct Progress {
  int evaluations = 0;  ///< of the equilibrium system so far
  double residual = 0;  ///< largest relative residual now
  double path = 1;      ///< share of the shock applied (below 1 on a path from the base)
  double seconds = 0;
};

struct SolveOptions {
  double tolerance = 1e-10;     ///< largest relative residual accepted
  int max_evaluations = 20000;  ///< of the equilibrium system, all path steps together
  /// Called about every hundred evaluations; returning false ends the solve with status stalled.
  std::function<bool(const Progress&)> progress = {};
};

}  // namespace tariffsim
