// Second derivatives along a direction of policy, for optimisers.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tariffsim/analysis/gradient.hpp"
#include "tariffsim/solve/shock_direction.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

/// The Hessian of an outcome times a direction: how its gradient moves, by central differences of exact gradients at
/// solves on either side, extrapolated once (four solves and gradients). Good to about eight digits.
/// @param direction of policy: tariffs, export taxes, trade costs, tastes, productivity, deficits.
/// @throws InvalidInput on a direction of elasticities or of zero, and as gradient() does. @throws NotConverged
[[nodiscard]] inline ParameterValues hessian_vector(const Equilibrium& eq, const Outcome& outcome,
                                                    const ParameterValues& direction,
                                                    const std::vector<ParameterKind>& wanted = {}) {
  double largest = 0;
  for (std::size_t k = 0; k < kParameterKinds; ++k) {
    const auto kind = static_cast<ParameterKind>(k);
    const Eigen::ArrayXXd& d = direction.by[k];
    if (d.size() == 0) continue;
    if (kind >= ParameterKind::trade_elasticity) {
      throw InvalidInput("direction", "moves an elasticity", "give a direction of policy");
    }
    // Deficits are in currency: what counts is their share of value added.
    const double unit = kind == ParameterKind::deficit ? eq.base->value_added.mean() : 1.0;
    largest = std::max(largest, d.abs().maxCoeff() / unit);
  }
  if (!(largest > 0 && std::isfinite(largest))) {
    throw InvalidInput("direction", "is zero, or not finite", "give a direction in which something moves");
  }
  const double step = 2e-3 / largest;
  SolveOptions options;
  options.tolerance = std::min(eq.tolerance, 1e-12);
  const Solver solver(eq.observed, eq.theory, eq.closure, options);
  const auto gradient_at = [&](double times) {
    return gradient(solver.solve(moved(*eq.shock, direction, times, *eq.base)), outcome, wanted);
  };
  const auto combine = [](double a, ParameterValues x, double b, const ParameterValues& y) {
    for (std::size_t k = 0; k < kParameterKinds; ++k) {
      if (x.by[k].size() != 0) x.by[k] = a * x.by[k] + b * y.by[k];
    }
    return x;
  };
  const auto difference = [&](double h) { return combine(0.5 / h, gradient_at(h), -0.5 / h, gradient_at(-h)); };
  return combine(4.0 / 3.0, difference(step), -1.0 / 3.0, difference(2 * step));
}

}  // namespace tariffsim
