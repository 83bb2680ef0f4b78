// Welfare from domestic shares: the formula of Arkolakis, Costinot and Rodriguez-Clare, where it applies.
#pragma once

#include <cmath>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {
namespace detail {

/// Tariff multiplier mu_n = I_n / (w_n L_n) = 1 / (1 - sum_j alpha_n^j sum_i pi_in^j t_in^j / (1 + t_in^j)); N.
inline Vector tariff_multiplier(const State& state) {
  const Cube share = state.expenditure_share();
  Vector duty_share = Vector::Zero(share.cols());
  for (Index j = 0; j < share.slices(); ++j) {
    const auto t = state.tariffs().slice(j).array();
    const Vector duties = (share.slice(j).array() * t / (1.0 + t)).colwise().sum().transpose();
    duty_share += state.final_demand_share.col(j) * duties;
  }
  return (1.0 - duty_share).inverse();
}

/// Why the formula does not hold; empty where it does.
inline std::string acr_obstacle(const Equilibrium& eq) {
  const World& world = eq.observed;
  const State &base = *eq.base, &after = eq.counterfactual;
  if (!eq.values->plain()) return "the theory is not Caliendo and Parro's, or one with the same equations";
  if (eq.closure.revenue == Revenue::wasted) return "revenue is wasted";
  if (eq.shock->changes_tastes()) return "tastes change";
  if ((base.export_tax_revenue != 0.0).any() || (after.export_tax_revenue != 0.0).any())
    return "there are export taxes";
  for (const State* state : {&base, &after}) {
    Index n = 0;
    if ((state->deficit.abs() / state->value_added).maxCoeff(&n) > 1e-9) {
      return "trade of " + world.regions().code(n) + " is not balanced";
    }
  }
  for (Index j = 0; j < world.sectors().size(); ++j) {
    for (Index n = 0; n < world.regions().size(); ++n) {
      const std::string place = world.regions().code(n) + ", " + world.sectors().code(j);
      if (base.output(n, j) > 0 && world.value_added_share()(n, j) < 1.0)
        return "production uses materials (" + place + ")";
      if (base.final_demand_share(n, j) > 0 && !(base.flows(n, n, j) > 0))
        return "no domestic purchases (" + place + ")";
    }
  }
  return {};
}

}  // namespace detail

/// True where acr_welfare_pct() holds: a theory with the equations of Caliendo and Parro, no wasted revenue, no
/// materials, balanced trade, no export taxes, unchanged tastes, domestic purchases of every good that is consumed.
/// @throws NotConverged
[[nodiscard]] inline bool acr_applies(const Equilibrium& eq) {
  eq.require_converged();
  return detail::acr_obstacle(eq).empty();
}

/// Real income from domestic shares: 100 (mu_hat prod_j (A_hat^j pi_nn_hat^j ^ (-1/theta_j))^alpha_j - 1); N, percent.
///
/// Arkolakis, Costinot and Rodriguez-Clare (2012), with the tariff multiplier mu and many sectors as in Costinot and
/// Rodriguez-Clare (2014). It uses no price or wage, so it tests real_income_pct() independently.
/// @throws NotConverged
/// @throws InvalidInput where the formula does not hold, with the reason.
[[nodiscard]] inline Vector acr_welfare_pct(const Equilibrium& eq) {
  eq.require_converged();
  if (const std::string obstacle = detail::acr_obstacle(eq); !obstacle.empty()) {
    throw InvalidInput("acr_welfare_pct", "the formula does not hold here: " + obstacle,
                       "use real_income_pct, which is exact in every case");
  }
  const State &base = *eq.base, &after = eq.counterfactual;
  const Cube before_share = base.expenditure_share(), after_share = after.expenditure_share();
  Vector log_welfare = detail::tariff_multiplier(after).log() - detail::tariff_multiplier(base).log();
  for (Index j = 0; j < before_share.slices(); ++j) {
    for (Index n = 0; n < before_share.cols(); ++n) {
      const double alpha = base.final_demand_share(n, j);
      if (!(alpha > 0)) continue;
      const double domestic_hat = after_share(n, n, j) / before_share(n, n, j);
      const double productivity = eq.shock->productivity_hat ? (*eq.shock->productivity_hat)(n, j) : 1.0;
      log_welfare[n] += alpha * (std::log(productivity) - std::log(domestic_hat) / eq.values->trade_elasticity[j]);
    }
  }
  return 100.0 * log_welfare.unaryExpr([](double x) { return std::expm1(x); });
}

}  // namespace tariffsim
