// Limits on quantities, values and shares, solved as complementarity conditions.
//
// The unknowns are the multipliers mu of the limits; at each of them the equilibrium is solved with the wedges
// exp(+-mu). A semismooth Newton iteration on the natural residual mu - mid(0, mu - slack, largest) ends where every
// level binds or its wedge is at a bound (Facchinei and Pang 2003, chapter 9).
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/complementarity.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// The shock with the wedges of its limits on it, and no limits.
[[nodiscard]] inline Shock with_wedges(const Shock& shock, const World& world, const Eigen::VectorXd& mu) {
  Shock out = shock;
  out.constraints.clear();
  const auto factor = [&](std::optional<Cube>& rates, const Cube& base, Index cell, double wedge) {
    if (!rates) rates = base;
    double& rate = rates->values()[cell];
    rate = (1.0 + rate) * wedge - 1.0;
  };
  for (std::size_t k = 0; k < shock.constraints.size(); ++k) {
    const Constraint& c = shock.constraints[k];
    const double m = mu[static_cast<Index>(k)];
    if (m == 0) continue;
    const double wedge = std::exp(c.sense == Sense::at_most ? m : -m);
    for (const Index cell : c.cells) {
      if (c.owner == RentOwner::importer) {
        factor(out.tariffs, world.tariffs(), cell, wedge);
      } else {
        factor(out.export_taxes, world.export_taxes(), cell, wedge);
      }
    }
  }
  return out;
}

/// What a limit limits, in a converged equilibrium and in its base.
struct LimitedAmount {
  double now = 0, base = 0;
};

[[nodiscard]] inline LimitedAmount limited_amount(const Constraint& c, const Equilibrium& eq) {
  const State &before = *eq.base, &after = eq.counterfactual;
  const Index N = before.flows.rows();
  LimitedAmount out;
  std::vector<bool> counted;  // importer and sector, for shares
  double imports_now = 0, imports_base = 0;
  if (c.limited == Limited::import_share) counted.assign(static_cast<std::size_t>(N * before.flows.slices()), false);
  for (const Index cell : c.cells) {
    const Index i = cell % N, n = cell / N % N, j = cell / (N * N);
    const double f0 = before.flows(i, n, j), f1 = after.flows(i, n, j);
    if (c.limited == Limited::quantity) {
      if (f1 > 0) {
        double price =
            eq.cost_hat(i, j) * (1.0 + after.export_taxes()(i, n, j)) / (1.0 + before.export_taxes()(i, n, j));
        if (eq.shock->trade_cost_hat) price *= (*eq.shock->trade_cost_hat)(i, n, j);
        out.now += f1 / price;
      }
    } else {
      out.now += f1;
    }
    out.base += f0;
    if (c.limited != Limited::import_share || counted[static_cast<std::size_t>(n + N * j)]) continue;
    counted[static_cast<std::size_t>(n + N * j)] = true;
    for (Index s = 0; s < N; ++s) {
      if (eq.observed.is_domestic(s, n)) continue;
      imports_now += after.flows(s, n, j);
      imports_base += before.flows(s, n, j);
    }
  }
  if (c.limited == Limited::import_share) return {out.now / imports_now, out.base / imports_base};
  return out;
}

/// How a limit came out.
[[nodiscard]] inline LimitOutcome limit_outcome(const Constraint& c, const Equilibrium& eq, double mu) {
  const LimitedAmount amount = limited_amount(c, eq);
  const bool relative = c.relative && c.limited != Limited::import_share;
  LimitOutcome out;
  out.name = c.name;
  out.limited = c.limited;
  out.sense = c.sense;
  out.owner = c.owner;
  out.level = c.level;
  out.amount = relative ? amount.now / amount.base : amount.now;
  out.base = relative ? 1.0 : amount.base;
  const double ratio = std::log(c.level / out.amount);
  out.slack = c.sense == Sense::at_most ? ratio : -ratio;
  out.multiplier = mu;
  out.wedge = std::exp(c.sense == Sense::at_most ? mu : -mu) - 1.0;
  out.largest = c.largest;
  const Index N = eq.counterfactual.flows.rows();
  for (const Index cell : c.cells) {
    const Index i = cell % N, n = cell / N % N, j = cell / (N * N);
    const double flow = eq.counterfactual.flows(i, n, j);
    const double free_of_it = c.owner == RentOwner::importer
                                  ? flow * (1.0 + eq.counterfactual.tariffs()(i, n, j)) * out.wedge / (1.0 + out.wedge)
                                  : flow * out.wedge / (1.0 + out.wedge);
    out.rent += free_of_it;
  }
  return out;
}

/// Solves an equilibrium under limits; `solve_at` gives it under given wedges.
using SolveAt = std::function<Equilibrium(const Eigen::VectorXd& mu, const Equilibrium* guess)>;

/// The equilibrium with its limits filled in; status stalled where the levels cannot be reached.
[[nodiscard]] inline Equilibrium solve_constrained(const std::vector<Constraint>& limits, const SolveAt& solve_at,
                                                   double tolerance) {
  std::optional<Equilibrium> last, current;
  int evaluations = 0;
  double seconds = 0;
  ComplementarityProblem problem;
  problem.largest.resize(static_cast<Index>(limits.size()));
  for (std::size_t k = 0; k < limits.size(); ++k) problem.largest[static_cast<Index>(k)] = limits[k].largest;
  problem.slack = [&](const Eigen::VectorXd& mu) -> std::optional<Eigen::VectorXd> {
    last.emplace(solve_at(mu, current ? &*current : nullptr));
    evaluations += last->evaluations;
    seconds += last->seconds;
    if (!last->converged()) return std::nullopt;
    Eigen::VectorXd slack(mu.size());
    for (std::size_t k = 0; k < limits.size(); ++k) {
      slack[static_cast<Index>(k)] = limit_outcome(limits[k], *last, mu[static_cast<Index>(k)]).slack;
    }
    return slack;
  };
  problem.accept = [&] { current = last; };
  const ComplementarityPoint end = Complementarity(problem, tolerance).run();

  if (!current) return std::move(*last);  // without any wedge there is no equilibrium
  Equilibrium eq = std::move(*current);
  for (std::size_t k = 0; k < limits.size(); ++k) {
    eq.limits.push_back(limit_outcome(limits[k], eq, end.mu[static_cast<Index>(k)]));
  }
  eq.evaluations = evaluations;
  eq.seconds = seconds;
  if (end.solved) return eq;
  const auto size = [](const LimitOutcome& l) { return std::abs(l.residual()); };
  const LimitOutcome& worst = *std::max_element(eq.limits.begin(), eq.limits.end(),
                                                [&](const auto& a, const auto& b) { return size(a) < size(b); });
  eq.status = Status::stalled;
  eq.diagnosis = "limit '" + worst.name + "' asks for " + show(worst.level) + ", and a wedge of " +
                 show(100 * worst.wedge) + " percent gives " + show(worst.amount) +
                 "; the level may be out of reach, or at odds with another limit";
  return eq;
}

}  // namespace tariffsim
