// solve(): from a world and a shock to an equilibrium.
#pragma once

#include <utility>

#include "tariffsim/model/case.hpp"
#include "tariffsim/solve/compare.hpp"  // IWYU pragma: export
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/options.hpp"
#include "tariffsim/solve/path.hpp"  // IWYU pragma: export
#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

/// Solves one shock. For many shocks on one world keep a Solver, which prepares the base once.
/// @throws InvalidInput where the shock does not fit the world or the closure.
[[nodiscard]] inline Equilibrium solve(const World& world, Shock shock, const Closure& closure = {},
                                       const SolveOptions& options = {}) {
  return Solver(world, closure, options).solve(std::move(shock));
}

/// Compiles and solves one scenario.
[[nodiscard]] inline Equilibrium solve(const World& world, const Scenario& scenario, const Closure& closure = {},
                                       const SolveOptions& options = {}) {
  return Solver(world, closure, options).solve(scenario);
}

/// The same under a theory.
[[nodiscard]] inline Equilibrium solve(const World& world, const Scenario& scenario, const Theory& theory,
                                       const Closure& closure = {}, const SolveOptions& options = {}) {
  return Solver(world, theory, closure, options).solve(scenario);
}
[[nodiscard]] inline Equilibrium solve(const World& world, Shock shock, const Theory& theory,
                                       const Closure& closure = {}, const SolveOptions& options = {}) {
  return Solver(world, theory, closure, options).solve(std::move(shock));
}

/// Solves what a scenario file declares.
/// @throws InvalidInput where its theory is one of markets.
[[nodiscard]] inline Equilibrium solve(const World& world, const Case& declared, const SolveOptions& options = {}) {
  return solve(world, declared.scenario, declared.theory_of_worlds(), declared.closure, options);
}

}  // namespace tariffsim
