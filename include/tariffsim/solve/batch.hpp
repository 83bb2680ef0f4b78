// solve_batch(): many shocks on one prepared world.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/parallel.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

/// Shocks are solved in panels of so many, each panel in order on one thread; within it a solve starts from what the
/// solves before it have learnt. Fixed, so that results do not depend on threads or on how a batch is cut at panels.
inline constexpr std::size_t kPanel = 32;

struct BatchOptions {
  int threads = 0;  ///< 0: all of the machine
  /// Called from any thread after a panel with how many shocks are solved; returning false begins no further panel.
  std::function<bool(std::size_t solved)> progress = {};
};

/// Solves `count` shocks. A shock without an equilibrium says so in its status and leaves the others as they are.
/// Results are the same, to the bit, for any number of threads.
/// @param shock gives the shock of a number; called once each, from any thread.
/// @param each takes the result of a number, from any thread; nothing else is kept, so memory does not grow with
/// `count`.
/// @throws InvalidInput with the number of a shock that does not fit the world or the closure, from 0.
/// @return false where `progress` ended the work early.
inline bool solve_batch(const Solver& solver, std::size_t count, const std::function<Shock(std::size_t)>& shock,
                        const std::function<void(std::size_t, const Equilibrium&)>& each,
                        const BatchOptions& options = {}) {
  std::atomic<std::size_t> solved = 0;
  std::atomic<bool> stop = false;
  const std::size_t panels = (count + kPanel - 1) / kPanel;
  parallel_for(panels, options.threads, [&](std::size_t panel) {
    if (stop) return;
    Chain chain;
    const std::size_t first = panel * kPanel, last = std::min(count, first + kPanel);
    for (std::size_t k = first; k < last; ++k) {
      try {
        each(k, solver.solve(shock(k), chain));
      } catch (const InvalidInput& e) {
        throw InvalidInput("shock " + std::to_string(k) + ": " + e.where(), e.problem(), e.remedy());
      }
    }
    solved += last - first;
    if (options.progress && !options.progress(solved)) stop = true;
  });
  return solved == count;
}

}  // namespace tariffsim
