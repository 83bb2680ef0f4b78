// Exports as a customs office counts them: what a region makes, and what passes through it on its way elsewhere.
#pragma once

#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Exports of each region, N, in the world's currency: domestic exports are of its own making, re-exports have been
/// through it (as a hub, or relabelled there), gross exports are both. Values at the final importer's border.
struct GrossExports {
  Vector domestic_base, reexports_base, gross_base;
  Vector domestic, reexports, gross;
};

/// @throws NotConverged where there is no equilibrium.
[[nodiscard]] inline GrossExports gross_exports(const Equilibrium& eq) {
  eq.require_converged();
  const Index N = eq.observed.regions().size();
  const auto domestic = [&](const Cube& flows) {
    Vector sum = Vector::Zero(N);
    for (Index j = 0; j < flows.slices(); ++j) {
      for (Index n = 0; n < N; ++n) {
        for (Index i = 0; i < N; ++i) sum[i] += eq.observed.is_domestic(i, n) ? 0.0 : flows(i, n, j);
      }
    }
    return sum;
  };
  GrossExports out;
  out.domestic_base = domestic(eq.base->flows);
  out.domestic = domestic(eq.counterfactual.flows);
  out.reexports_base = out.reexports = Vector::Zero(N);
  for (const WayTaken& way : eq.shock->ways) {
    if (!way.through) continue;
    out.reexports_base[*way.through] += way.base_share * eq.base->flows.values()[way.cell];
    out.reexports[*way.through] += way.share * eq.counterfactual.flows.values()[way.cell];
  }
  out.gross_base = out.domestic_base + out.reexports_base;
  out.gross = out.domestic + out.reexports;
  return out;
}

}  // namespace tariffsim
