// FlowCell: one flow among all, and its place in the arrays that hold them.
#pragma once

#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Exporter, importer and sector of a flow, as positions.
struct FlowCell {
  Index exporter = 0, importer = 0, sector = 0;
};

/// The place of a flow in the storage of an N x N x J array: exporter + N (importer + N sector).
[[nodiscard]] constexpr Index flow_place(Index exporter, Index importer, Index sector, Index regions) noexcept {
  return exporter + regions * (importer + regions * sector);
}

/// The flow at a place in the storage of an N x N x J array.
[[nodiscard]] constexpr FlowCell flow_at(Index place, Index regions) noexcept {
  return {place % regions, place / regions % regions, place / (regions * regions)};
}

}  // namespace tariffsim
