// Random shocks as arrays: any mixture of instruments, on any world.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "support/draw.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim::testing {

/// Which instruments move; rates and ratios are moderate unless `strength` is above one.
struct RandomShock {
  std::uint64_t seed = 1;
  bool tariffs = true, export_taxes = true, trade_costs = true, productivity = true;
  bool tastes = true, final_demand = true, deficits = false, bans = false;
  double strength = 1.0;
};

inline Shock random_shock(const World& world, const RandomShock& want) {
  const Index N = world.regions().size(), J = world.sectors().size();
  Draw draw(want.seed * 7919 + 17);
  Shock shock;
  if (want.tariffs) shock.tariffs = world.tariffs();
  if (want.export_taxes) shock.export_taxes = world.export_taxes();
  if (want.trade_costs || want.bans) shock.trade_cost_hat = Cube(N, N, J, 1.0);
  if (want.tastes) shock.taste_hat = Cube(N, N, J, 1.0);
  if (want.productivity) shock.productivity_hat = RegionSector::Ones(N, J);
  const double s = want.strength;
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        if (want.tastes && draw.chance(0.1)) (*shock.taste_hat)(i, n, j) = draw.factor(1 / (1 + 0.3 * s), 1 + 0.3 * s);
        if (world.is_domestic(i, n)) continue;
        if (want.tariffs && draw.chance(0.4)) (*shock.tariffs)(i, n, j) += draw.uniform(-0.05, 0.5) * s;
        if (want.export_taxes && draw.chance(0.15)) (*shock.export_taxes)(i, n, j) += draw.uniform(-0.05, 0.15) * s;
        if (want.trade_costs && draw.chance(0.2)) {
          (*shock.trade_cost_hat)(i, n, j) = draw.factor(1 / (1 + 0.2 * s), 1 + 0.4 * s);
        }
      }
    }
  }
  if (want.productivity) {
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) {
        if (draw.chance(0.4)) (*shock.productivity_hat)(n, j) = draw.factor(1 / (1 + 0.15 * s), 1 + 0.15 * s);
      }
    }
  }
  if (want.final_demand) {
    RegionSector alpha = world.accounts().final_demand_share.max(0.0);
    for (Index n = 0; n < N; ++n) {
      for (Index j = 0; j < J; ++j) alpha(n, j) *= draw.factor(1 / (1 + 0.3 * s), 1 + 0.3 * s);
      alpha.row(n) /= alpha.row(n).sum();
    }
    shock.final_demand_share = alpha;
  }
  if (want.deficits && N > 1) {
    // Everybody's deficit changes; what is left over falls on the largest region.
    Vector deficit = world.accounts().deficit;
    Index largest = 0;
    world.accounts().value_added.maxCoeff(&largest);
    for (Index n = 0; n < N; ++n) deficit[n] += draw.uniform(-0.05, 0.05) * s * world.accounts().value_added[n];
    deficit[largest] -= deficit.sum();
    shock.deficits = deficit;
  }
  if (want.bans && N > 2) {
    // A few cells, such that the importer keeps its own goods and the ring of random_world() stays whole.
    for (int k = 0; k < 3; ++k) {
      const Index i = draw.index(N), n = draw.index(N), j = draw.index(J);
      if (!world.is_domestic(i, n) && n != (i + 1) % N && world.flows()(n, n, j) > 0) {
        (*shock.trade_cost_hat)(i, n, j) = std::numeric_limits<double>::infinity();
      }
    }
  }
  return shock;
}

}  // namespace tariffsim::testing
