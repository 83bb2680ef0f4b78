// Arrays under a renaming of regions and sectors: permuted, copied or dropped.
#pragma once

#include <vector>

#include "tariffsim/policy/shock.hpp"

namespace tariffsim::testing {

/// Where each new position comes from.
using Origin = std::vector<Index>;

inline Index at(const Origin& origin, Index k) { return origin[static_cast<std::size_t>(k)]; }

inline Origin identity(Index size) {
  Origin origin;
  for (Index k = 0; k < size; ++k) origin.push_back(k);
  return origin;
}

inline Cube mapped(const Cube& old, const Origin& regions, const Origin& sectors) {
  const auto N = static_cast<Index>(regions.size()), J = static_cast<Index>(sectors.size());
  Cube cube(N, N, J);
  for (Index j = 0; j < J; ++j)
    for (Index n = 0; n < N; ++n)
      for (Index i = 0; i < N; ++i) cube(i, n, j) = old(at(regions, i), at(regions, n), at(sectors, j));
  return cube;
}

inline RegionSector mapped(const RegionSector& old, const Origin& regions, const Origin& sectors) {
  const auto N = static_cast<Index>(regions.size()), J = static_cast<Index>(sectors.size());
  RegionSector array(N, J);
  for (Index j = 0; j < J; ++j)
    for (Index n = 0; n < N; ++n) array(n, j) = old(at(regions, n), at(sectors, j));
  return array;
}

inline Vector mapped(const Vector& old, const Origin& origin) {
  Vector vector(static_cast<Index>(origin.size()));
  for (Index k = 0; k < vector.size(); ++k) vector[k] = old[at(origin, k)];
  return vector;
}

/// Input shares (input, sector, region).
inline Cube mapped_inputs(const Cube& old, const Origin& regions, const Origin& sectors) {
  const auto N = static_cast<Index>(regions.size()), J = static_cast<Index>(sectors.size());
  Cube cube(J, J, N);
  for (Index n = 0; n < N; ++n)
    for (Index k = 0; k < J; ++k)
      for (Index j = 0; j < J; ++j) cube(j, k, n) = old(at(sectors, j), at(sectors, k), at(regions, n));
  return cube;
}

/// The same shock for a world whose positions come from `regions` and `sectors`; deficits only where that is a
/// renaming.
inline Shock mapped(const Shock& old, const Origin& regions, const Origin& sectors) {
  Shock shock;
  if (old.tariffs) shock.tariffs = mapped(*old.tariffs, regions, sectors);
  if (old.export_taxes) shock.export_taxes = mapped(*old.export_taxes, regions, sectors);
  if (old.trade_cost_hat) shock.trade_cost_hat = mapped(*old.trade_cost_hat, regions, sectors);
  if (old.taste_hat) shock.taste_hat = mapped(*old.taste_hat, regions, sectors);
  if (old.productivity_hat) shock.productivity_hat = mapped(*old.productivity_hat, regions, sectors);
  if (old.final_demand_share) shock.final_demand_share = mapped(*old.final_demand_share, regions, sectors);
  if (old.deficits) shock.deficits = mapped(*old.deficits, regions);
  return shock;
}

}  // namespace tariffsim::testing
