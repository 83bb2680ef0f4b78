// compare(): one scenario under several theories.
#pragma once

#include <vector>

#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

/// One equilibrium a theory, in order; a theory without one says so in its status. Each is relative to its own base.
/// @throws InvalidInput where the world cannot feed a theory, or the scenario does not fit the world.
/// @throws NotConverged where a base cannot be solved.
[[nodiscard]] inline std::vector<Equilibrium> compare(const World& world, const Scenario& scenario,
                                                      const std::vector<Theory>& theories, const Closure& closure = {},
                                                      const SolveOptions& options = {}) {
  std::vector<Equilibrium> results;
  results.reserve(theories.size());
  for (const Theory& theory : theories) results.push_back(Solver(world, theory, closure, options).solve(scenario));
  return results;
}

}  // namespace tariffsim
