// From solved unknowns to levels and changes: everything that the model implies.
#pragma once

#include <utility>

#include "tariffsim/model/state.hpp"
#include "tariffsim/model/system.hpp"

namespace tariffsim {

/// Levels of a solved system and the changes that lead to them.
struct Levels {
  State state;
  Vector wage_hat;            ///< N
  RegionSector cost_hat;      ///< N x J
  RegionSector price_hat;     ///< N x J, 1 where nothing is bought
  Vector consumer_price_hat;  ///< N
};

/// Consumer price P_hat_n = prod_j (P_hat_n^j)^alpha_n^j; N.
[[nodiscard]] inline Vector consumer_price(const RegionSector& log_price, const RegionSector& final_demand_share) {
  return (final_demand_share * log_price).rowwise().sum().exp();
}

/// Border values F'_in^j = B_in u_i X'_n / s_n (equation 3 over 1 + t'); N x N x J.
[[nodiscard]] inline Cube border_values(const System& system, const RegionSector& competitiveness,
                                        const RegionSector& price_sum, const RegionSector& expenditure) {
  const Index N = expenditure.rows(), J = expenditure.cols();
  const RegionSector per_weight = (price_sum > 0.0).select(expenditure / price_sum, 0.0);
  Cube flows(N, N, J);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      flows.slice(j).col(n).array() = competitiveness.col(j) * system.border_shares(n, j).array() * per_weight(n, j);
    }
  }
  return flows;
}

/// All levels and changes at `z`; nominal results are multiplied by `unit` (1 keeps world value added).
[[nodiscard]] inline Levels levels_of(const System& system, const Unknowns& z, std::shared_ptr<const Cube> tariffs,
                                      std::shared_ptr<const Cube> export_taxes, double unit = 1.0) {
  Levels out;
  RegionSector log_cost = system.log_unit_cost(z.log_wage, z.log_price);
  const RegionSector u = system.power_minus_theta(log_cost);
  const RegionSector sum = system.price_sum(u);
  RegionSector log_price = system.log_price(sum);
  const Trade sold = system.trade(u, sum, z.expenditure);
  const Budget budget = system.budget(z.log_wage, sold);
  State& state = out.state;
  state.flows = border_values(system, u, sum, z.expenditure);
  state.tariff_rates = std::move(tariffs);
  state.export_tax_rates = std::move(export_taxes);
  state.expenditure = z.expenditure;
  state.output = sold.output;
  state.final_demand_share = system.final_demand_share();
  state.value_added = budget.value_added;
  state.tariff_revenue = sold.tariff_revenue;
  state.export_tax_revenue = sold.export_tax_revenue;
  state.deficit = budget.deficit;
  state.income = budget.income;
  out.wage_hat = unit * z.log_wage.exp();
  out.cost_hat = unit * log_cost.exp();
  out.price_hat = (sum > 0.0).select(unit * log_price.exp(), 1.0);
  out.consumer_price_hat = unit * consumer_price(log_price, state.final_demand_share);
  if (unit != 1.0) {
    state.flows.values() *= unit;
    state.expenditure *= unit;
    state.output *= unit;
    for (Vector* nominal :
         {&state.value_added, &state.tariff_revenue, &state.export_tax_revenue, &state.deficit, &state.income}) {
      *nominal *= unit;
    }
  }
  return out;
}

}  // namespace tariffsim
