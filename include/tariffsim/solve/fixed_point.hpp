// A shock that depends on the equilibrium which it brings about, found as an accelerated fixed point.
#pragma once

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "tariffsim/core/format.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/anderson.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Solves a given shock, from a guess.
using SolveFixed = std::function<Equilibrium(Shock shock, const Equilibrium* guess)>;

/// Numbers x that make a shock, and an equilibrium that implies numbers.
struct FixedPoint {
  Eigen::VectorXd start;
  std::function<Shock(const Eigen::VectorXd& x)> shock_at;
  std::function<Eigen::VectorXd(const Equilibrium& eq)> implied;
  std::string what;  ///< for messages
};

/// The equilibrium that implies the numbers it was made with, to `tolerance`; status stalled where none is found.
[[nodiscard]] inline Equilibrium solve_fixed_point(const FixedPoint& problem, const SolveFixed& solve, double tolerance,
                                                   const Equilibrium* guess = nullptr) {
  constexpr int kRounds = 80;
  constexpr Index kDepth = 6;
  constexpr double kWorse = 2.0;
  Eigen::VectorXd x = problem.start;
  Anderson anderson(x.size(), std::min<Index>(kDepth, x.size()));
  std::optional<Equilibrium> last;
  int evaluations = 0, iterations = 0;
  double seconds = 0, gap = 0, smallest = std::numeric_limits<double>::infinity();
  for (int round = 0; round < kRounds; ++round) {
    Equilibrium eq = solve(problem.shock_at(x), last ? &*last : guess);
    eq.evaluations = evaluations += eq.evaluations;
    eq.iterations = iterations += eq.iterations;
    eq.seconds = seconds += eq.seconds;
    if (!eq.converged()) return eq;
    const Eigen::VectorXd implied = problem.implied(eq);
    last.emplace(std::move(eq));
    gap = (implied - x).cwiseAbs().maxCoeff();
    if (gap <= tolerance) return std::move(*last);
    if (gap > kWorse * smallest) anderson.restart();  // the last leap led away: a plain step, and begin anew
    smallest = std::min(smallest, gap);
    x += anderson.accelerate(x, implied - x);
  }
  last->status = Status::stalled;
  last->diagnosis = problem.what + " still move by " + show(gap) + " after " + std::to_string(kRounds) +
                    " rounds; try a smaller change first";
  return std::move(*last);
}

}  // namespace tariffsim
