// Equilibria written out by hand, so that the analysis is tested without the solver.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "tariffsim/data/accounts.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::testing {

/// The state that flows and rates imply, with the world's technology and final-demand shares.
inline State state_of(const World& world, Cube flows, const std::optional<Cube>& tariffs = {},
                      const std::optional<Cube>& export_taxes = {}) {
  State s;
  s.tariff_rates = std::make_shared<const Cube>(tariffs ? *tariffs : world.tariffs());
  s.export_tax_rates = std::make_shared<const Cube>(export_taxes ? *export_taxes : world.export_taxes());
  s.expenditure = expenditure(flows, s.tariffs());
  s.output = gross_output(flows, s.export_taxes());
  s.final_demand_share = world.accounts().final_demand_share;
  s.value_added = value_added(world.value_added_share(), s.output);
  s.tariff_revenue = tariff_revenue(flows, s.tariffs());
  s.export_tax_revenue = export_tax_revenue(flows, s.export_taxes());
  s.deficit = trade_deficit(flows);
  s.value_added_share = world.value_added_share();
  s.materials_mix = std::make_shared<const Cube>(world.input_shares());
  s.factor_income = s.value_added;
  s.income = s.value_added + s.tariff_revenue + s.export_tax_revenue + s.deficit;
  s.flows = std::move(flows);
  return s;
}

/// A converged equilibrium with the given flows, costs (N x J) and wages; the consumer price is the wage.
inline Equilibrium hand_equilibrium(const World& world, Shock shock, Cube flows, RegionSector cost_hat,
                                    Vector wage_hat) {
  const auto change = std::make_shared<const Shock>(std::move(shock));
  Equilibrium eq(world, {}, change);
  eq.title = "by hand";
  eq.status = Status::converged;
  eq.base = std::make_shared<const State>(state_of(world, world.flows()));
  eq.counterfactual = state_of(world, std::move(flows), change->tariffs, change->export_taxes);
  eq.price_hat = RegionSector::Ones(cost_hat.rows(), cost_hat.cols());
  eq.cost_hat = std::move(cost_hat);
  eq.consumer_price_hat = wage_hat;
  eq.wage_hat = std::move(wage_hat);
  return eq;
}

}  // namespace tariffsim::testing
