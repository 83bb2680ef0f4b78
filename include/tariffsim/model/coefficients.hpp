// Coefficients: a base equilibrium as the constants of the system in changes.
#pragma once

#include <vector>

#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/state.hpp"

namespace tariffsim {

/// Constants of equations 1 to 6 for one base; N regions, J sectors.
struct Coefficients {
  Index regions = 0, sectors = 0;
  Vector trade_elasticity;         ///< J, theta
  RegionSector value_added_share;  ///< N x J, beta
  Cube materials;                  ///< J x J x N, (1 - beta_n^k) gamma_n^{jk}: input j, sector k, region n
  bool has_materials = false;
  Cube expenditure_share;           ///< N x N x J, pi
  Cube border_share;                ///< N x N x J, pi / (1 + t)
  std::vector<bool> untaxed;        ///< J, true where no tariff is levied on the sector
  bool taxes_exports = false;       ///< true where any export tax is levied in the base
  RegionSector final_demand_share;  ///< N x J, alpha
  RegionSector expenditure;         ///< N x J, X
  Vector value_added;               ///< N, w L
  Vector deficit;                   ///< N, D
};

/// Final-demand-share, flows and rates of a state as coefficients; technology and elasticities from the world.
[[nodiscard]] inline Coefficients coefficients_of(const World& world, const State& base) {
  const Index N = world.regions().size(), J = world.sectors().size();
  Coefficients c;
  c.regions = N;
  c.sectors = J;
  c.trade_elasticity = world.trade_elasticity();
  c.value_added_share = world.value_added_share();
  c.materials = world.input_shares();
  for (Index n = 0; n < N; ++n) {
    for (Index k = 0; k < J; ++k) c.materials.slice(n).col(k) *= 1.0 - c.value_added_share(n, k);
  }
  c.has_materials = (c.materials.values() != 0.0).any();
  c.expenditure_share = base.expenditure_share();
  c.border_share = c.expenditure_share;
  c.border_share.values() /= 1.0 + base.tariffs().values();
  for (Index j = 0; j < J; ++j) c.untaxed.push_back((base.tariffs().slice(j).array() == 0.0).all());
  c.taxes_exports = (base.export_taxes().values() != 0.0).any();
  c.final_demand_share = base.final_demand_share;
  c.expenditure = base.expenditure;
  c.value_added = base.value_added;
  c.deficit = base.deficit;
  return c;
}

}  // namespace tariffsim
