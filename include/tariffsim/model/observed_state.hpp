// The observed world as a state under a theory: what its flows, rates and shares imply.
#pragma once

#include <memory>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/accounts.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/model/theory_values.hpp"

namespace tariffsim {

/// Y_i = sum_n (1 - nu_n) F_in / (1 + e_in) + nu_i sum_k F_ki / (1 + e_ki): what a sector makes and distributes; N x J.
[[nodiscard]] inline RegionSector activity(const Cube& flows, const Cube& export_taxes, const RegionSector& margin) {
  if (margin.size() == 0) return gross_output(flows, export_taxes);
  RegionSector output(flows.rows(), flows.slices());
  for (Index j = 0; j < flows.slices(); ++j) {
    const Eigen::ArrayXXd net = flows.slice(j).array() / (1.0 + export_taxes.slice(j).array());
    const Eigen::ArrayXd nu = margin.col(j);
    output.col(j) = (net.matrix() * (1.0 - nu).matrix()).array() + nu * net.colwise().sum().transpose();
  }
  return output;
}

/// @throws InvalidInput where a distribution margin leaves a negative final demand.
[[nodiscard]] inline State observed_state(const World& world, const TheoryValues& theory) {
  const Accounts& a = world.accounts();
  const auto owner = std::make_shared<const World>(world);  // the arrays live as long as the world that owns them
  State state;
  state.flows = world.flows();
  state.tariff_rates = {owner, &owner->tariffs()};
  state.export_tax_rates = {owner, &owner->export_taxes()};
  state.materials_mix = {owner, &owner->input_shares()};
  state.value_added_share = world.value_added_share();
  state.expenditure = a.expenditure;
  state.output = a.output;
  state.final_demand_share = a.final_demand_share;
  state.tariff_revenue = a.tariff_revenue;
  state.export_tax_revenue = a.export_tax_revenue;
  state.value_added = a.value_added;
  state.deficit = a.deficit;
  state.income = a.income;
  if (theory.distributes()) {
    state.output = activity(world.flows(), world.export_taxes(), theory.distribution_margin);
    state.value_added = value_added(state.value_added_share, state.output);
    const RegionSector materials = materials_demand(world.input_shares(), state.value_added_share, state.output);
    const RegionSector final_demand = state.expenditure - materials;
    state.income = final_demand.rowwise().sum();
    state.deficit = state.income - state.value_added - state.tariff_revenue - state.export_tax_revenue;
    if (!world.data().final_demand_share) {
      Index n = 0, j = 0;
      if (final_demand.minCoeff(&n, &j) < -1e-9 * state.income[n]) {
        throw InvalidInput(
            "theory: distribution_margin",
            "leaves a negative final demand: " +
                cell("final_demand", {{"region", world.regions().code(n)}, {"sector", world.sectors().code(j)}}),
            "lower the margin, or give final demand with the world");
      }
      state.final_demand_share = final_demand.colwise() / state.income;
    }
  }
  state.factor_income.resize(world.regions().size(), static_cast<Index>(theory.factors.size()));
  const RegionSector earned = state.value_added_share * state.output;
  for (std::size_t f = 0; f < theory.factors.size(); ++f) {
    state.factor_income.col(static_cast<Index>(f)) = (earned * theory.factors[f].share).rowwise().sum();
  }
  return state;
}

}  // namespace tariffsim
