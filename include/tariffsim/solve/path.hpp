// solve_path(): one equilibrium for every day of a dated scenario.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <vector>

#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

/// Solves a dated scenario on each day. All are relative to the same base; the equilibrium of one day is only where the
/// solver starts on the next, so the days may be given in any order. A day without an equilibrium says so in its
/// status.
/// @param each called with every equilibrium as it is found; returning false ends the path.
/// @throws InvalidInput where the scenario does not fit the world or the closure.
[[nodiscard]] inline std::vector<Equilibrium> solve_path(const Solver& solver, const Scenario& scenario,
                                                         const std::vector<Date>& days, Basis basis = Basis::legal,
                                                         const std::function<bool(const Equilibrium&)>& each = {}) {
  const BoundPolicy bound(scenario.shared_policy(), solver.world());
  std::vector<Equilibrium> path;
  path.reserve(days.size());
  for (const Date day : days) {
    path.push_back(solver.solve(scenario.on(day, basis), bound, path.empty() ? nullptr : &path.back()));
    if (each && !each(path.back())) break;
  }
  return path;
}

/// The same for one path on one world.
[[nodiscard]] inline std::vector<Equilibrium> solve_path(const World& world, const Scenario& scenario,
                                                         const std::vector<Date>& days, Basis basis = Basis::legal,
                                                         const Closure& closure = {},
                                                         const SolveOptions& options = {}) {
  return solve_path(Solver(world, closure, options), scenario, days, basis);
}

/// Years from the change to a day of a path, as elasticities count them; zero before it.
[[nodiscard]] inline double years_since(Date change, Date day) {
  constexpr double kDaysOfYear = 365.25;
  return std::max(0, day.days_since(change)) / kDaysOfYear;
}

/// The same under a theory. Where its elasticities have a horizon and no years, each day has those of the years since
/// `change`, the first of the days where it is absent.
[[nodiscard]] inline std::vector<Equilibrium> solve_path(const World& world, const Scenario& scenario,
                                                         const std::vector<Date>& days, const Theory& theory,
                                                         const Closure& closure = {}, Basis basis = Basis::legal,
                                                         std::optional<Date> change = {},
                                                         const SolveOptions& options = {},
                                                         const std::function<bool(const Equilibrium&)>& each = {}) {
  if (!theory.horizon || theory.years || days.empty()) {
    return solve_path(Solver(world, theory, closure, options), scenario, days, basis, each);
  }
  const BoundPolicy bound(scenario.shared_policy(), world);
  const Date first = change ? *change : *std::min_element(days.begin(), days.end());
  std::vector<Equilibrium> path;
  for (const Date day : days) {
    const Solver solver(world, theory.after(years_since(first, day)), closure, options);
    path.push_back(solver.solve(scenario.on(day, basis), bound));
    if (each && !each(path.back())) break;
  }
  return path;
}

}  // namespace tariffsim
