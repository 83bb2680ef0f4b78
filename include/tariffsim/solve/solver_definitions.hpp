// What a Solver does: inline among headers alone, compiled once in tariffsim::solver.
#pragma once

#include <memory>
#include <utility>

#include "tariffsim/core/inline.hpp"
#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/solve/named.hpp"
#include "tariffsim/solve/solver.hpp"
#include "tariffsim/solve/solver_core.hpp"

namespace tariffsim {
TARIFFSIM_INLINE Solver::Solver(World world, Theory theory, Closure closure, SolveOptions options)
    : core_(std::make_unique<const detail::SolverCore>(std::move(world), std::move(theory), std::move(closure),
                                                       std::move(options))) {}
TARIFFSIM_INLINE Chain::Chain() = default;
TARIFFSIM_INLINE Chain::Chain(Chain&&) noexcept = default;
TARIFFSIM_INLINE Chain& Chain::operator=(Chain&&) noexcept = default;
TARIFFSIM_INLINE Chain::~Chain() = default;

TARIFFSIM_INLINE Solver::Solver(Solver&&) noexcept = default;
TARIFFSIM_INLINE Solver& Solver::operator=(Solver&&) noexcept = default;
TARIFFSIM_INLINE Solver::~Solver() = default;

TARIFFSIM_INLINE const World& Solver::world() const noexcept { return core_->prepared().world; }
TARIFFSIM_INLINE const Theory& Solver::theory() const noexcept { return core_->prepared().theory; }
TARIFFSIM_INLINE const Closure& Solver::closure() const noexcept { return core_->prepared().closure; }
TARIFFSIM_INLINE const State& Solver::base() const noexcept { return *core_->prepared().base; }
TARIFFSIM_INLINE const BaseShift& Solver::base_shift() const noexcept { return core_->prepared().base_shift; }

TARIFFSIM_INLINE Equilibrium Solver::solve(const Scenario& scenario) const {
  return detail::named(solve(scenario.compile(world())), scenario);
}

TARIFFSIM_INLINE Equilibrium Solver::solve(const Scenario& scenario, const BoundPolicy& bound,
                                           const Equilibrium* guess) const {
  return detail::named(solve(scenario.compile(bound), guess), scenario);
}

TARIFFSIM_INLINE Equilibrium Solver::solve(Shock shock, const Equilibrium* guess) const {
  return core_->solve(std::move(shock), guess);
}

TARIFFSIM_INLINE Equilibrium Solver::solve(Shock shock, Chain& chain) const {
  return core_->solve(std::move(shock), nullptr, &core_->memory_of(chain.memory_));
}

}  // namespace tariffsim
