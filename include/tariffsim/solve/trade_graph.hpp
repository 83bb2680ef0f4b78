// Who can trade with whom: blocks of regions, and whether their deficits can exist.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Blocks of regions linked by trade in either direction; `traded(exporter, importer)` > 0 is a link.
template <class Derived>
[[nodiscard]] std::vector<std::vector<Index>> trading_blocks(const Eigen::MatrixBase<Derived>& traded) {
  const Index N = traded.rows();
  std::vector<std::vector<Index>> blocks;
  std::vector<bool> seen(static_cast<std::size_t>(N), false);
  for (Index start = 0; start < N; ++start) {
    if (seen[static_cast<std::size_t>(start)]) continue;
    std::vector<Index> block{start};
    seen[static_cast<std::size_t>(start)] = true;
    for (std::size_t head = 0; head < block.size(); ++head) {
      for (Index n = 0; n < N; ++n) {
        if (seen[static_cast<std::size_t>(n)]) continue;
        if (traded(block[head], n) > 0 || traded(n, block[head]) > 0) {
          seen[static_cast<std::size_t>(n)] = true;
          block.push_back(n);
        }
      }
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

/// Regions reachable from `start` along exports (or, transposed, along imports).
template <class Derived>
[[nodiscard]] std::vector<bool> reachable(const Eigen::MatrixBase<Derived>& traded, Index start) {
  const Index N = traded.rows();
  std::vector<bool> seen(static_cast<std::size_t>(N), false);
  std::vector<Index> queue{start};
  seen[static_cast<std::size_t>(start)] = true;
  for (std::size_t head = 0; head < queue.size(); ++head) {
    for (Index n = 0; n < N; ++n) {
      if (traded(queue[head], n) > 0 && !seen[static_cast<std::size_t>(n)]) {
        seen[static_cast<std::size_t>(n)] = true;
        queue.push_back(n);
      }
    }
  }
  return seen;
}

/// Why given deficits cannot exist under given links, or nothing where they can.
///
/// Whoever a group of regions sells to without buying back pays it; so a group that only sells must have a surplus, a
/// group that only buys a deficit, and a group that does neither must be balanced. `scale` is world value added.
[[nodiscard]] inline std::optional<std::string> deficit_conflict(const Eigen::MatrixXd& traded, const Vector& deficit,
                                                                 double scale, const Labels& regions) {
  const Index N = traded.rows();
  const Eigen::MatrixXd reversed = traded.transpose();
  const auto reaches_all = [](const std::vector<bool>& seen) {
    return std::find(seen.begin(), seen.end(), false) == seen.end();
  };
  // The usual case: everyone can reach everyone, so any deficits that sum to zero can be financed.
  if (N == 0 || (reaches_all(reachable(traded, 0)) && reaches_all(reachable(reversed, 0)) &&
                 std::abs(deficit.sum()) <= 1e-9 * scale)) {
    return std::nullopt;
  }
  // The smallest group in conflict explains most.
  std::optional<std::string> conflict;
  Index smallest = N + 1;
  for (Index n = 0; n < N; ++n) {
    // All that the region's sales reach: nothing leaves this set, so it cannot have a surplus.
    // All that its purchases reach back to: nothing enters that set, so it cannot have a deficit.
    for (const bool downstream : {true, false}) {
      const std::vector<bool> closed = reachable(downstream ? traded : reversed, n);
      const auto members = static_cast<Index>(std::count(closed.begin(), closed.end(), true));
      if (members >= smallest) continue;
      double sum = 0, across = 0;
      Index largest = n;
      for (Index a = 0; a < N; ++a) {
        if (!closed[static_cast<std::size_t>(a)]) continue;
        sum += deficit[a];
        if (std::abs(deficit[a]) > std::abs(deficit[largest])) largest = a;
        for (Index b = 0; b < N; ++b) {
          if (!closed[static_cast<std::size_t>(b)]) across += downstream ? traded(b, a) : traded(a, b);
        }
      }
      const double allowed = downstream ? sum : -sum;  // must be positive where trade crosses, zero where none does
      if (across > 0 ? allowed > 1e-12 * scale : std::abs(sum) <= 1e-9 * scale) continue;
      smallest = members;
      const std::string group =
          "region " + regions.code(largest) + (members > 1 ? " (with all that it is still linked to)" : "");
      conflict = across > 0 ? group + (downstream ? " can buy but not sell" : " can sell but not buy") +
                                  ", which its deficit of " + show(sum) + " does not allow"
                            : group + " is cut off from the rest, but has a deficit of " + show(sum) +
                                  " that nobody can finance; use the balanced closure or leave some trade";
    }
  }
  return conflict;
}

}  // namespace tariffsim
