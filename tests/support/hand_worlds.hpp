// Small worlds for unit tests: one written out by hand, and seeded ones with every feature that a world may have.
#pragma once

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"

namespace tariffsim::testing {

/// Two regions, one sector, no materials: domestic sales 80 and 150, exports 20 and 25, B levies 10 percent.
inline World two_regions() {
  Eigen::MatrixXd flows(2, 2);
  flows << 80, 20, 25, 150;
  return World::from_flows(flows, 4.0, {"A", "B"}).edited([](WorldData& d) { d.tariffs(0, 1, 0) = 0.10; });
}

struct WorldFeatures {
  bool materials = true, export_taxes = false, zeros = true, given_final_demand = false;
};

/// A random world whose implied final demand is positive everywhere; the last sector is services.
inline World seeded_world(Index regions, Index sectors, unsigned seed, WorldFeatures with = {}) {
  std::mt19937 engine(seed);
  const auto uniform = [&](double low, double high) {
    return low + (high - low) * static_cast<double>(engine()) / 4294967296.0;
  };
  WorldData d;
  std::vector<std::string> codes, goods;
  for (Index n = 0; n < regions; ++n) codes.push_back("R" + std::to_string(n + 1));
  for (Index j = 0; j < sectors; ++j) goods.push_back("S" + std::to_string(j + 1));
  d.info.unit = "million USD";
  d.regions = Labels("region", codes);
  d.sectors = Labels("sector", goods);
  d.sector_kinds.assign(static_cast<std::size_t>(sectors), "goods");
  d.sector_kinds.back() = "services";
  d.trade_elasticity = Vector(sectors);
  for (Index j = 0; j < sectors; ++j) d.trade_elasticity[j] = uniform(2, 9);
  d.flows = Cube(regions, regions, sectors);
  d.tariffs = Cube(regions, regions, sectors);
  d.export_taxes = Cube(regions, regions, sectors);
  for (Index j = 0; j < sectors; ++j) {
    for (Index n = 0; n < regions; ++n) {
      for (Index i = 0; i < regions; ++i) {
        const double size = (1.0 + static_cast<double>(i)) * (1.0 + static_cast<double>(n));
        d.flows(i, n, j) = uniform(1, 3) * size * (i == n ? 20.0 * static_cast<double>(regions) : 1.0);
        if (i == n) continue;
        if (with.zeros && uniform(0, 1) < 0.15) d.flows(i, n, j) = 0;
        if (uniform(0, 1) < 0.7) d.tariffs(i, n, j) = uniform(0, 0.3);
        if (with.export_taxes && uniform(0, 1) < 0.5) d.export_taxes(i, n, j) = uniform(-0.1, 0.2);
      }
    }
  }
  if (with.zeros && regions > 2 && sectors > 1) {
    for (Index n = 0; n < regions; ++n) d.flows(1, n, 0) = 0;  // a region-sector without output
  }
  if (with.materials) {
    const RegionSector bought = expenditure(d.flows, d.tariffs);
    d.value_added_share = RegionSector(regions, sectors);
    d.input_shares = Cube(sectors, sectors, regions);
    for (Index n = 0; n < regions; ++n) {
      for (Index j = 0; j < sectors; ++j) {
        d.value_added_share(n, j) = uniform(0.6, 0.9);
        for (Index k = 0; k < sectors; ++k) d.input_shares(k, j, n) = uniform(0.7, 1.3) * bought(n, k);
        d.input_shares.slice(n).col(j) /= d.input_shares.slice(n).col(j).sum();
      }
    }
  }
  World world(std::move(d));
  if (!with.given_final_demand) return world;
  return world.edited([&](WorldData& data) {
    RegionSector alpha = world.accounts().final_demand_share;
    for (Index n = 0; n < regions; ++n) {
      for (Index j = 0; j < sectors; ++j) alpha(n, j) *= uniform(0.8, 1.2);
      alpha.row(n) /= alpha.row(n).sum();
    }
    data.final_demand_share = alpha;
  });
}

/// Largest |a / b - 1|, with 0/0 as no difference.
template <class A, class B>
double largest_relative_difference(const A& a, const B& b) {
  double worst = 0;
  for (Index k = 0; k < a.size(); ++k) {
    const double x = a.reshaped()[k], y = b.reshaped()[k];
    if (x == y) continue;
    worst = std::max(worst, std::abs(x - y) / std::max(std::abs(x), std::abs(y)));
  }
  return worst;
}

}  // namespace tariffsim::testing
