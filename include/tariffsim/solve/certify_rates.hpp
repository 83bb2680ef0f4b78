// The certificate of rates that the solver found: wedges of limits, duties per unit, rules of origin.
// Like certify.hpp it uses nothing of the solver: every rate is worked out again from the arrays of the result.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/solve/certify.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {
namespace detail {

// What the shock asks for at the prices, purchases and multipliers of a result.
struct AskedRates {
  Cube tariffs, export_taxes;
};

// Content of the unit cost of exporter i and sector j from purchases; those from outside the area are lost to it.
inline double content_of(const Equilibrium& eq, const OriginRule& rule, Index i, Index j) {
  const State& now = eq.counterfactual;
  const World& world = eq.observed;
  double content = world.value_added_share()(i, j);
  for (Index k = 0; k < world.sectors().size(); ++k) {
    const double material = (1.0 - world.value_added_share()(i, j)) * world.input_shares().slice(i)(k, j);
    if (material == 0) continue;
    double inside = 0, all = 0;
    for (Index s = 0; s < world.regions().size(); ++s) {
      const double paid = now.flows(s, i, k) * (1.0 + now.tariffs()(s, i, k));
      all += paid;
      if (s == i || rule.area[static_cast<std::size_t>(s)]) inside += paid;
    }
    content += material * (all > 0 ? inside / all : 1.0);
  }
  return content;
}

inline void ask_duties_per_unit(const Equilibrium& eq, const Shock& whole, Cube& tariffs) {
  const Index N = eq.observed.regions().size();
  const double world_value = eq.counterfactual.value_added.sum() / eq.base->value_added.sum();
  for (const SpecificDuty& duty : whole.specific_duties) {
    const double numeraire = duty.wage_of ? eq.wage_hat[*duty.wage_of] : world_value;
    for (std::size_t c = 0; c < duty.cells.size(); ++c) {
      const auto [i, n, j] = flow_at(duty.cells[c], N);
      double price = eq.cost_hat(i, j) * (1.0 + eq.counterfactual.export_taxes()(i, n, j));
      price /= 1.0 + eq.base->export_taxes()(i, n, j);
      if (whole.trade_cost_hat) price *= (*whole.trade_cost_hat)(i, n, j);
      tariffs(i, n, j) += duty.rates[c] * (std::isfinite(price) ? numeraire / price : 1.0);
    }
  }
}

inline void ask_preferences(const Equilibrium& eq, const Shock& whole, Cube& tariffs, Residual& worst_cost) {
  const Index N = eq.observed.regions().size();
  const Worst worst(eq.observed);
  for (const OriginRule& rule : whole.origin_rules) {
    for (const OriginCell& each : rule.cells) {
      const auto [i, n, j] = flow_at(each.cell, N);
      const double odds = std::exp((content_of(eq, rule, i, j) - rule.threshold) / rule.spread);
      const double qualifies = std::isfinite(odds) ? odds / (1.0 + odds) : 1.0;
      const double cost = qualifies * each.trade_cost + (1.0 - qualifies);
      double& tariff = tariffs(i, n, j);
      tariff = (qualifies * each.trade_cost * each.tariff + (1.0 - qualifies) * tariff) / cost;
      const double before = whole.trade_cost_hat ? (*whole.trade_cost_hat)(i, n, j) : 1.0;
      if (!std::isfinite(before)) continue;  // banned
      worst.cell(worst_cost, n, j, (*eq.shock->trade_cost_hat)(i, n, j) - before * cost, before * cost);
    }
  }
}

inline void ask_wedges(const Equilibrium& eq, const Shock& whole, AskedRates& asked) {
  for (std::size_t k = 0; k < eq.limits.size(); ++k) {
    const LimitOutcome& limit = eq.limits[k];
    if (limit.multiplier == 0) continue;
    const bool exporters = limit.owner == RentOwner::exporter;
    double theirs = exporters ? limit.wedge : 0.0;
    if (exporters && std::isfinite(limit.largest)) theirs *= std::fmin(1.0, limit.level / limit.amount);
    for (const Index cell : whole.constraints[k].cells) {
      double& tariff = asked.tariffs.values()[cell];
      double& tax = asked.export_taxes.values()[cell];
      tariff = (1.0 + tariff) * (1.0 + limit.wedge) / (1.0 + theirs) - 1.0;
      tax = (1.0 + tax) * (1.0 + theirs) - 1.0;
    }
  }
}

}  // namespace detail

/// How far the rates of a result are from what the shock asks for at its prices, purchases and multipliers.
[[nodiscard]] inline Residual certify_rates(const Equilibrium& eq, const Shock& whole) {
  const World& world = eq.observed;
  Residual residual;
  detail::AskedRates asked{whole.tariffs ? *whole.tariffs : world.tariffs(),
                           whole.export_taxes ? *whole.export_taxes : world.export_taxes()};
  detail::ask_duties_per_unit(eq, whole, asked.tariffs);
  detail::ask_preferences(eq, whole, asked.tariffs, residual);
  detail::ask_wedges(eq, whole, asked);
  const detail::Worst worst(world);
  for (Index j = 0; j < world.sectors().size(); ++j) {
    for (Index n = 0; n < world.regions().size(); ++n) {
      for (Index i = 0; i < world.regions().size(); ++i) {
        const double t = asked.tariffs(i, n, j), e = asked.export_taxes(i, n, j);
        worst.cell(residual, n, j, eq.counterfactual.tariffs()(i, n, j) - t, 1.0 + t);
        worst.cell(residual, n, j, eq.counterfactual.export_taxes()(i, n, j) - e, 1.0 + e);
      }
    }
  }
  return residual;
}

namespace detail {

// What a limit limits, from the flows of a result: a quantity is a value over its price.
inline double amount_of(const Equilibrium& eq, const Constraint& c, const State& state, bool priced) {
  const Index N = eq.observed.regions().size();
  double amount = 0;
  for (const Index cell : c.cells) {
    const auto [i, n, j] = flow_at(cell, N);
    double price = 1;
    if (c.limited == Limited::quantity && priced) {
      const double cost = eq.shock->trade_cost_hat ? (*eq.shock->trade_cost_hat)(i, n, j) : 1.0;
      const double tax = (1.0 + state.export_taxes()(i, n, j)) / (1.0 + eq.base->export_taxes()(i, n, j));
      price = cost * tax * eq.cost_hat(i, j);
    }
    if (std::isfinite(price)) amount += state.flows(i, n, j) / price;
  }
  if (c.limited == Limited::value) return amount / state.value_added.sum() * eq.base->value_added.sum();
  if (c.limited == Limited::quantity) return amount;
  double imports = 0;
  for (const Index market : markets_of(c, N)) {
    const auto column = state.flows.slice(market / N).col(market % N);
    for (Index s = 0; s < N; ++s) imports += eq.observed.is_domestic(s, market % N) ? 0.0 : column[s];
  }
  return amount / imports;
}

}  // namespace detail

/// The largest violation of a limit: its level binds, or its wedge is at a bound. Amounts are worked out again.
[[nodiscard]] inline Residual certify_limits(const Equilibrium& eq, const Shock& whole) {
  Residual worst;
  for (std::size_t k = 0; k < whole.constraints.size(); ++k) {
    const Constraint& c = whole.constraints[k];
    if (k >= eq.limits.size()) return {std::numeric_limits<double>::infinity(), c.name, ""};
    double level = c.level;
    if (c.relative && c.limited != Limited::import_share) level *= detail::amount_of(eq, c, *eq.base, false);
    const double amount = detail::amount_of(eq, c, eq.counterfactual, true);
    const double ratio = std::log(level / std::fmax(amount, std::numeric_limits<double>::min()));
    const double slack = c.sense == Sense::at_most ? ratio : -ratio, mu = eq.limits[k].multiplier;
    const double residual = std::abs(mu - std::fmax(0.0, std::fmin(mu - slack, c.largest)));
    if (residual > worst.value) worst = {residual, c.name, ""};
  }
  return worst;
}

}  // namespace tariffsim
