// The small embedded world, its solver, and how far two equilibria of it are apart.
#pragma once

#include <algorithm>

#include "support/shared_data.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/solve/solve.hpp"

namespace tariffsim::testing {

inline const World& world() {
  static const World loaded = read_world(embedded_world("world-2022-27x12"));
  return loaded;
}

inline const Solver& solver() {
  static const Solver prepared(world());
  return prepared;
}

/// The larger of the gaps in flows, relative to the largest, and in real income, percent.
inline double largest_gap(const Equilibrium& a, const Equilibrium& b) {
  const double scale = a.counterfactual.flows.values().maxCoeff();
  return std::max((a.counterfactual.flows.values() - b.counterfactual.flows.values()).abs().maxCoeff() / scale,
                  (real_income_pct(a) - real_income_pct(b)).abs().maxCoeff());
}

}  // namespace tariffsim::testing
