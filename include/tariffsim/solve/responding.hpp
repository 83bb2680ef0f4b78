// Solving where rates answer to the equilibrium: a fixed point of the rates and the equilibrium that they bring about.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/border_price.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/fixed_point.hpp"

namespace tariffsim {

/// What the rates of a shock answer to, as one vector: the price of every flow with a duty per unit, the content of
/// every exporter and sector under a rule of origin.
class Responses {
 public:
  Responses(const Shock& shock, const World& world) : shock_(shock), world_(world) {
    for (const SpecificDuty& duty : shock.specific_duties) size_ += static_cast<Index>(duty.cells.size());
    for (const OriginRule& rule : shock.origin_rules) size_ += static_cast<Index>(rule.cells.size());
  }

  /// Those of the base: prices as they are, content as bought.
  [[nodiscard]] Eigen::VectorXd start(const State& base) const {
    Eigen::VectorXd x = Eigen::VectorXd::Zero(size_);
    fill_content(x, base.expenditure_share());
    return x;
  }

  /// Those of an equilibrium: ln(border price / numeraire) and content.
  [[nodiscard]] Eigen::VectorXd of(const Equilibrium& eq) const {
    Eigen::VectorXd x(size_);
    const Index N = world_.regions().size();
    const double world_value = eq.counterfactual.value_added.sum() / eq.base->value_added.sum();
    Index k = 0;
    for (const SpecificDuty& duty : shock_.specific_duties) {
      const double numeraire = duty.wage_of ? eq.wage_hat[*duty.wage_of] : world_value;
      for (const Index cell : duty.cells) {
        const auto [i, n, j] = flow_at(cell, N);
        const double price = border_price_hat(eq, i, n, j);
        x[k++] = std::isfinite(price) ? std::log(price / numeraire) : 0.0;  // a banned flow has no price
      }
    }
    if (!shock_.origin_rules.empty()) fill_content(x, eq.counterfactual.expenditure_share());
    return x;
  }

  /// The shock with the rates that `x` asks for, and nothing left that answers.
  [[nodiscard]] Shock at(const Eigen::VectorXd& x) const {
    Shock out = shock_;
    out.specific_duties.clear();
    out.origin_rules.clear();
    if (!out.tariffs) out.tariffs = world_.tariffs();
    const Index N = world_.regions().size(), J = world_.sectors().size();
    Vector& tariffs = out.tariffs->values();
    Index k = 0;
    for (const SpecificDuty& duty : shock_.specific_duties) {
      for (std::size_t c = 0; c < duty.cells.size(); ++c) tariffs[duty.cells[c]] += duty.rates[c] * std::exp(-x[k++]);
    }
    for (const OriginRule& rule : shock_.origin_rules) {
      if (!out.trade_cost_hat) out.trade_cost_hat = Cube(N, N, J, 1.0);
      for (const OriginCell& each : rule.cells) {
        const double share = qualifying_share(rule, x[k++]);
        const double cost = 1.0 + share * (each.trade_cost - 1.0);
        double& tariff = tariffs[each.cell];
        tariff = (share * each.trade_cost * each.tariff + (1.0 - share) * tariff) / cost;
        out.trade_cost_hat->values()[each.cell] *= cost;
        out.ways.push_back({Instrument::preference, std::nullopt, each.cell, 0.0, share * each.use});
      }
    }
    return out;
  }

 private:
  void fill_content(Eigen::VectorXd& x, const Cube& expenditure_share) const {
    Index k = size_;
    for (const OriginRule& rule : shock_.origin_rules) k -= static_cast<Index>(rule.cells.size());
    const Index N = world_.regions().size();
    for (const OriginRule& rule : shock_.origin_rules) {
      for (const OriginCell& each : rule.cells) {
        const FlowCell flow = flow_at(each.cell, N);
        x[k++] = regional_content(world_, expenditure_share, rule.area, flow.exporter, flow.sector);
      }
    }
  }

  const Shock& shock_;
  const World& world_;
  Index size_ = 0;
};

/// The equilibrium of a shock whose rates answer to it; status stalled where none is found.
[[nodiscard]] inline Equilibrium solve_responding(const Shock& shock, const World& world, const State& base,
                                                  const SolveFixed& solve, double tolerance,
                                                  const Equilibrium* guess = nullptr) {
  const Responses responses(shock, world);
  return solve_fixed_point(
      {guess && guess->converged() ? responses.of(*guess) : responses.start(base),
       [&](const Eigen::VectorXd& x) { return responses.at(x); },
       [&](const Equilibrium& eq) { return responses.of(eq); }, "the rates that answer to prices and content"},
      solve, tolerance, guess);
}

}  // namespace tariffsim
