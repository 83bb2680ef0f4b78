// Coefficients: a base equilibrium as the constants of the system in changes.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/model/theory_values.hpp"

namespace tariffsim {

/// Constants of equations 1 to 6 for one base; N regions, J sectors.
struct Coefficients {
  Index regions = 0, sectors = 0;
  std::shared_ptr<const TheoryValues> theory;
  Vector trade_elasticity;                   ///< J, theta among sources
  RegionSector value_added_share;            ///< N x J, beta
  std::shared_ptr<const Cube> input_shares;  ///< J x J x N, gamma
  Cube materials;                            ///< J x J x N, (1 - beta_n^k) gamma_n^{jk}: input j, sector k, region n
  bool has_materials = false;
  Cube expenditure_share;                ///< N x N x J, pi
  Cube border_share;                     ///< N x N x J, pi / (1 + t)
  std::vector<bool> untaxed;             ///< J, true where no tariff is levied on the sector
  bool taxes_exports = false;            ///< true where any export tax is levied in the base
  std::vector<std::vector<Index>> home;  ///< by region, the regions of its customs territory; of two tiers alone
  RegionSector home_share;               ///< N x J, sum of pi over them; of two tiers alone
  RegionSector abroad_share;             ///< N x J, sum of pi over all others; of two tiers alone
  Cube abroad_expenditure_share;         ///< N x N x J, pi with zeros at home; of two tiers alone
  Cube abroad_border_share;              ///< N x N x J, pi / (1 + t) with zeros at home; of two tiers alone
  RegionSector final_demand_share;       ///< N x J, alpha
  RegionSector expenditure;              ///< N x J, X
  RegionSector output;                   ///< N x J, Y
  Eigen::ArrayXXd factor_income;         ///< N x F
  Vector value_added;                    ///< N, w L
  Vector tax_relief;                     ///< N, tariff revenue over value added
  Vector deficit;                        ///< N, D
  Vector income;                         ///< N, I

  [[nodiscard]] Index factors() const noexcept { return factor_income.cols(); }
};

/// Shares, flows, rates and technology of a state as coefficients; elasticities from the theory.
[[nodiscard]] inline Coefficients coefficients_of(const World& world, std::shared_ptr<const TheoryValues> theory,
                                                  const State& base) {
  const Index N = world.regions().size(), J = world.sectors().size();
  Coefficients c;
  c.regions = N;
  c.sectors = J;
  c.trade_elasticity = theory->trade_elasticity;
  c.value_added_share = base.value_added_share;
  c.input_shares = base.materials_mix;
  c.materials = base.input_shares();
  for (Index n = 0; n < N; ++n) {
    for (Index k = 0; k < J; ++k) c.materials.slice(n).col(k) *= 1.0 - c.value_added_share(n, k);
  }
  c.has_materials = (c.materials.values() != 0.0).any();
  c.expenditure_share = base.expenditure_share();
  c.border_share = c.expenditure_share;
  c.border_share.values() /= 1.0 + base.tariffs().values();
  for (Index j = 0; j < J; ++j) c.untaxed.push_back((base.tariffs().slice(j).array() == 0.0).all());
  c.taxes_exports = (base.export_taxes().values() != 0.0).any();
  if (theory->two_tiers()) {
    c.home.resize(static_cast<std::size_t>(N));
    c.home_share = c.abroad_share = RegionSector::Zero(N, J);
    c.abroad_expenditure_share = c.expenditure_share;
    c.abroad_border_share = c.border_share;
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        const bool home = world.is_domestic(i, n);
        if (home) c.home[static_cast<std::size_t>(n)].push_back(i);
        for (Index j = 0; j < J; ++j) {
          (home ? c.home_share : c.abroad_share)(n, j) += c.expenditure_share(i, n, j);
          if (home) c.abroad_expenditure_share(i, n, j) = c.abroad_border_share(i, n, j) = 0;
        }
      }
    }
  }
  c.final_demand_share = base.final_demand_share;
  c.expenditure = base.expenditure;
  c.output = base.output;
  c.factor_income = base.factor_income;
  c.value_added = base.value_added;
  c.tax_relief = base.tariff_revenue / base.value_added;
  c.deficit = base.deficit;
  c.income = base.income;
  c.theory = std::move(theory);
  return c;
}

}  // namespace tariffsim
