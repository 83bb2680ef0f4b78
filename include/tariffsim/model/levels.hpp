// From solved unknowns to levels and changes: everything that the model implies.
#pragma once

#include <cmath>
#include <memory>
#include <utility>

#include "tariffsim/data/accounts.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/model/system.hpp"

namespace tariffsim {

/// Levels of a solved system and the changes that lead to them; N regions, J sectors, F factors.
struct Levels {
  State state;
  Eigen::ArrayXXd factor_price_hat;   ///< N x F, over all sectors; the first is the wage
  Eigen::ArrayXXd factor_supply_hat;  ///< N x F, employment where it is labour
  RegionSector cost_hat;              ///< N x J
  RegionSector price_hat;             ///< N x J, 1 where nothing is bought
  RegionSector value_added_hat;       ///< N x J, nominal
  Vector consumer_price_hat;          ///< N
};

namespace detail {

inline void rescale(Levels& levels, double unit) {
  State& state = levels.state;
  state.flows.values() *= unit;
  for (RegionSector* nominal : {&state.expenditure, &state.output, &state.factor_income, &levels.factor_price_hat,
                                &levels.cost_hat, &levels.value_added_hat}) {
    *nominal *= unit;
  }
  for (Vector* nominal :
       {&state.value_added, &state.tariff_revenue, &state.export_tax_revenue, &state.deficit, &state.income}) {
    *nominal *= unit;
  }
}

}  // namespace detail

/// All levels and changes at `z`, nominal ones at the closure's numeraire or, as the base is, at world value added.
[[nodiscard]] inline Levels levels_of(const System& system, const Unknowns& z, std::shared_ptr<const Cube> tariffs,
                                      std::shared_ptr<const Cube> export_taxes, bool at_numeraire = true) {
  const Production& production = system.production();
  const Sourcing& sourcing = system.sourcing();
  Levels out;
  const Costs costs = production.costs(z, z.log_price);
  const RegionSector u = sourcing.power_minus_theta(costs.log_unit);
  const Sources sources = sourcing.sources(u);
  const RegionSector log_price = system.log_price(sources, z.expenditure, costs);
  const Trade sold = sourcing.trade(u, sources, z.expenditure);
  const Budget budget = system.budget(z, log_price, sold);
  State& state = out.state;
  state.flows = sourcing.border_values(u, sources, z.expenditure);
  state.tariff_rates = std::move(tariffs);
  state.export_tax_rates = std::move(export_taxes);
  state.expenditure = z.expenditure;
  state.output = sold.output;
  state.final_demand_share = production.final_demand_share(log_price);
  state.value_added_share = production.value_added_share(costs);
  state.materials_mix = system.theory().materials == 1
                            ? system.coefficients().input_shares
                            : std::make_shared<const Cube>(production.input_shares(costs, log_price));
  state.factor_income = system.coefficients().factor_income * z.log_earnings.exp();
  state.value_added = budget.value_added;
  state.tariff_revenue = tariff_revenue(state.flows, state.tariffs());  // exactly zero where no duty is levied
  state.export_tax_revenue = sold.export_tax_revenue;
  state.deficit = budget.deficit;
  state.income = budget.income;
  out.factor_price_hat = costs.log_factor_price.exp();
  out.factor_supply_hat = (z.log_earnings - costs.log_factor_price).exp();
  out.cost_hat = costs.log_unit.exp();
  out.value_added_hat = production.log_value_added_hat(z, sold.output, costs).exp();
  const Vector consumer_price = production.log_consumer_price(log_price);
  const double unit = at_numeraire ? std::exp(-production.log_numeraire(costs.log_factor_price, consumer_price)) : 1.0;
  out.price_hat = (sources.price_sum > 0.0).select(unit * log_price.exp(), 1.0);
  out.consumer_price_hat = unit * consumer_price.exp();
  if (unit != 1.0) detail::rescale(out, unit);
  return out;
}

}  // namespace tariffsim
