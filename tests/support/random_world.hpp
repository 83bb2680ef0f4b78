// Random worlds that are valid by construction, with everything that real data may have.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/draw.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim::testing {

/// What a random world has. Deficits are never zero, and moderate: up to a fifth of value added or so.
struct RandomWorld {
  Index regions = 3, sectors = 2;
  std::uint64_t seed = 1;
  bool wedges = true;               ///< base tariffs and export taxes, a few of them subsidies
  bool materials = true;            ///< input-output links
  bool gaps = true;                 ///< zero flows, cells without output, cells without materials (beta = 1)
  bool given_final_demand = false;  ///< final_demand.csv that does not follow from the flows
};

namespace detail {

inline Cube random_flows(const RandomWorld& want, Draw& draw) {
  const Index N = want.regions, J = want.sectors;
  Vector size(N);
  for (Index n = 0; n < N; ++n) size[n] = draw.factor(1, 30);
  Cube flows(N, N, J);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      const double home = draw.factor(2, 40);
      for (Index i = 0; i < N; ++i) {
        flows(i, n, j) = 100 * size[i] * size[n] * draw.factor(0.4, 2.5) * (i == n ? home : 1.0) / size.sum();
        // A ring of trade in the first sector keeps every region linked, so that balanced trade is possible.
        const bool ring = j == 0 && n == (i + 1) % N;
        if (want.gaps && i != n && !ring && draw.chance(0.2)) flows(i, n, j) = 0;
      }
    }
  }
  return flows;
}

// More domestic sales where the deficit is large beside output: given deficits must survive the shocks of the tests.
inline void moderate_deficits(Cube& flows) {
  const Vector deficit = trade_deficit(flows);
  for (Index n = 0; n < flows.rows(); ++n) {
    double output = 0, domestic = 0;
    for (Index j = 0; j < flows.slices(); ++j) {
      output += flows.slice(j).row(n).sum();
      domestic += flows(n, n, j);
    }
    const double missing = 25 * std::abs(deficit[n]) - output;
    if (missing <= 0) continue;
    for (Index j = 0; j < flows.slices(); ++j) flows(n, n, j) *= 1 + missing / domestic;
  }
}

// Cells without output: a region that makes nothing in a sector, not the first one.
inline void random_idle_cells(Cube& flows, Draw& draw) {
  for (Index j = 1; j < flows.slices(); ++j) {
    const Index idle = draw.index(flows.rows());
    double others = 0;
    for (Index i = 0; i < flows.rows(); ++i) others += i == idle ? 0.0 : flows(i, idle, j);
    if (others > 0 && draw.chance(0.5)) flows.slice(j).row(idle).setZero();
  }
}

// Input shares by region; the value-added share is lifted where materials would need more than is bought.
inline void random_technology(WorldData& d, const RandomWorld& want, Draw& draw) {
  const Index N = want.regions, J = want.sectors;
  const RegionSector bought = expenditure(d.flows, d.tariffs);
  const RegionSector made = gross_output(d.flows, d.export_taxes);
  d.value_added_share = RegionSector::Ones(N, J);
  d.input_shares = Cube(J, J, N);
  for (Index n = 0; n < N; ++n) {
    for (Index k = 0; k < J; ++k) {
      if (want.gaps && k > 0 && draw.chance(0.15)) continue;  // no materials
      auto column = d.input_shares.slice(n).col(k);
      for (Index j = 0; j < J; ++j) column[j] = bought(n, j) > 0 ? draw.factor(0.1, 1) : 0.0;
      if (column.sum() == 0) continue;
      column /= column.sum();
      d.value_added_share(n, k) = draw.uniform(0.25, 0.8);
    }
  }
  const RegionSector needed = materials_demand(d.input_shares, d.value_added_share, made);
  for (Index n = 0; n < N; ++n) {
    double room = 1.0;
    for (Index j = 0; j < J; ++j) {
      if (needed(n, j) > 0) room = std::min(room, 0.85 * bought(n, j) / needed(n, j));
    }
    for (Index k = 0; k < J; ++k) d.value_added_share(n, k) = 1.0 - room * (1.0 - d.value_added_share(n, k));
  }
}

}  // namespace detail

inline World random_world(const RandomWorld& want) {
  const Index N = want.regions, J = want.sectors;
  Draw draw(want.seed * 1000003 + static_cast<std::uint64_t>(N * 100 + J));
  WorldData d;
  std::vector<std::string> regions, sectors;
  for (Index n = 0; n < N; ++n) regions.push_back("R" + std::to_string(n + 1));
  for (Index j = 0; j < J; ++j) sectors.push_back("S" + std::to_string(j + 1));
  d.info.name = "random";
  d.info.title =
      "random world " + std::to_string(N) + " x " + std::to_string(J) + ", seed " + std::to_string(want.seed);
  d.regions = Labels("region", regions);
  d.sectors = Labels("sector", sectors);
  d.sector_kinds.assign(static_cast<std::size_t>(J), "goods");
  if (J > 1) d.sector_kinds.back() = "services";
  d.trade_elasticity = Vector(J);
  for (Index j = 0; j < J; ++j) d.trade_elasticity[j] = draw.factor(1.2, 12);
  d.flows = detail::random_flows(want, draw);
  if (want.gaps) detail::random_idle_cells(d.flows, draw);
  detail::moderate_deficits(d.flows);
  d.tariffs = Cube(N, N, J);
  d.export_taxes = Cube(N, N, J);
  if (want.wedges) {
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) {
        for (Index i = 0; i < N; ++i) {
          if (i == n) continue;
          if (draw.chance(0.6)) d.tariffs(i, n, j) = draw.uniform(-0.05, 0.4);
          if (draw.chance(0.25)) d.export_taxes(i, n, j) = draw.uniform(-0.1, 0.2);
        }
      }
    }
  }
  if (want.materials) detail::random_technology(d, want, draw);
  World world(std::move(d));
  if (!want.given_final_demand) return world;
  return world.edited([&](WorldData& data) {
    RegionSector alpha = world.accounts().final_demand_share.max(0.0);
    for (Index n = 0; n < N; ++n) {
      for (Index j = 0; j < J; ++j) alpha(n, j) *= draw.factor(0.8, 1.25);
      alpha.row(n) /= alpha.row(n).sum();
    }
    data.final_demand_share = alpha;
  });
}

}  // namespace tariffsim::testing
