// named(): a result with what its scenario says of itself.
#pragma once

#include <string>

#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::detail {

/// Title, day, and the measures in words.
inline Equilibrium named(Equilibrium eq, const Scenario& scenario) {
  eq.title = scenario.title();
  eq.day = scenario.day();
  if (eq.day) eq.title += (eq.title.empty() ? "" : ", ") + eq.day->iso();
  if (!scenario.policy().measures.empty()) {
    eq.measures.push_back("the dated measures in force on " + eq.day->iso() + " (" + name(scenario.basis()) + " days)");
  }
  const auto holds = [&](const Span& days) { return days.open() || days.covers(*eq.day); };
  for (const Change& change : scenario.changes()) {
    if (holds(change.days)) eq.measures.push_back(describe(change));
  }
  for (const auto& declared : scenario.limits()) {
    if (holds(declared.days)) eq.measures.push_back(describe(declared));
  }
  return eq;
}

}  // namespace tariffsim::detail
