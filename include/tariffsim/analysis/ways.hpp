// How much of trade goes another way: at preferential rates, through hubs, under another origin.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// All flows with one other way, together; border values in the world's currency, before and after.
struct WayUsed {
  Instrument way = Instrument::preference;
  std::optional<Index> through;           ///< region of the hub
  double flows_base = 0, taken_base = 0;  ///< in the base: the flows, and what of them went that way
  double flows = 0, taken = 0;            ///< the same in the equilibrium
};

/// One entry per kind of way and hub, in the order of the shock. Empty where there is no equilibrium.
[[nodiscard]] inline std::vector<WayUsed> ways_used(const Equilibrium& eq) {
  std::vector<WayUsed> out;
  if (!eq.converged()) return out;
  for (const WayTaken& each : eq.shock->ways) {
    auto known = std::find_if(out.begin(), out.end(),
                              [&](const WayUsed& w) { return w.way == each.way && w.through == each.through; });
    if (known == out.end()) known = out.insert(out.end(), {each.way, each.through});
    const double before = eq.base->flows.values()[each.cell], now = eq.counterfactual.flows.values()[each.cell];
    known->flows_base += before;
    known->taken_base += each.base_share * before;
    known->flows += now;
    known->taken += each.share * now;
  }
  return out;
}

}  // namespace tariffsim
