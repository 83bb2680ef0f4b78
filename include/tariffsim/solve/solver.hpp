// Solver: one world under one theory and closure, its base solved once, ready for many shocks.
#pragma once

#include <memory>
#include <utility>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/options.hpp"

namespace tariffsim {
namespace detail {
class SolverCore;
class ChainMemory;
}  // namespace detail

/// What solves in a row have learnt, so that the next starts nearer to its solution. Of one thread at a time; with
/// another solver it begins anew.
class Chain {
 public:
  Chain();
  Chain(Chain&&) noexcept;
  Chain& operator=(Chain&&) noexcept;
  ~Chain();

 private:
  friend class Solver;
  std::unique_ptr<detail::ChainMemory> memory_;
};

class Solver {
 public:
  /// Caliendo and Parro's theory.
  explicit Solver(World world, Closure closure = {}, SolveOptions options = {})
      : Solver(std::move(world), Theory{}, std::move(closure), std::move(options)) {}

  /// Solves the base where the closure or given final demand asks for it, and linearises there.
  /// @throws InvalidInput where the world cannot feed the theory, or the closure names an unknown region.
  /// @throws NotConverged where the base itself cannot be solved.
  Solver(World world, Theory theory, Closure closure = {}, SolveOptions options = {});

  Solver(Solver&&) noexcept;
  Solver& operator=(Solver&&) noexcept;
  ~Solver();

  [[nodiscard]] const World& world() const noexcept;
  [[nodiscard]] const Theory& theory() const noexcept;
  [[nodiscard]] const Closure& closure() const noexcept;
  /// The equilibrium that hats and percentages are relative to.
  [[nodiscard]] const State& base() const noexcept;
  [[nodiscard]] const BaseShift& base_shift() const noexcept;

  /// @throws InvalidInput where the scenario does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(const Scenario& scenario) const;

  /// One day of a dated scenario whose policy is bound to this world already; `guess` is where the solver starts, and
  /// has no other part in the result.
  /// @throws InvalidInput where the scenario does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(const Scenario& scenario, const BoundPolicy& bound,
                                  const Equilibrium* guess = nullptr) const;

  /// @throws InvalidInput where the shock does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(Shock shock, const Equilibrium* guess = nullptr) const;

  /// The same as one of a row of shocks: within the tolerance the result is that of a solve by itself.
  /// @throws InvalidInput where the shock does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(Shock shock, Chain& chain) const;

 private:
  std::unique_ptr<const detail::SolverCore> core_;
};

}  // namespace tariffsim

#ifndef TARIFFSIM_COMPILED
#include "tariffsim/solve/solver_definitions.hpp"  // IWYU pragma: export
#endif
