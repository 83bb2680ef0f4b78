// Limits on quantities, values and shares, solved as complementarity conditions.
//
// The unknowns are the multipliers mu of the limits; at each of them the equilibrium is solved with the wedges
// exp(+-mu). A semismooth Newton iteration on the natural residual mu - mid(0, mu - slack, largest) ends where every
// level binds or its wedge is at a bound (Facchinei and Pang 2003, chapter 9).
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/border_price.hpp"
#include "tariffsim/solve/complementarity.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/fixed_point.hpp"

namespace tariffsim {

/// True where exporters hold the licences of a tariff-rate quota: beyond it they keep the rent on the quota alone.
[[nodiscard]] inline bool shares_rent(const Constraint& c) {
  return c.owner == RentOwner::exporter && std::isfinite(c.largest);
}

/// The share of a flow of amount Q on which the exporter keeps the rent of a quota L: min(1, L / Q).
[[nodiscard]] inline double share_within(double slack) { return std::min(1.0, std::exp(slack)); }

/// The shock with the wedges of its limits on it, and no limits.
/// @param within share of each limit's flow on which an exporter keeps the rent, K.
[[nodiscard]] inline Shock with_wedges(const Shock& shock, const World& world, const Eigen::VectorXd& mu,
                                       const Eigen::VectorXd& within) {
  Shock out = shock;
  out.constraints.clear();
  for (std::size_t k = 0; k < shock.constraints.size(); ++k) {
    const Constraint& c = shock.constraints[k];
    const double m = mu[static_cast<Index>(k)];
    if (m == 0) continue;
    const double wedge = std::exp(c.sense == Sense::at_most ? m : -m);
    const double exporters = c.owner == RentOwner::importer ? 1.0 : 1.0 + within[static_cast<Index>(k)] * (wedge - 1.0);
    for (const Index cell : c.cells) {
      if (exporters != 1.0) {
        if (!out.export_taxes) out.export_taxes = world.export_taxes();
        double& tax = out.export_taxes->values()[cell];
        tax = (1.0 + tax) * exporters - 1.0;
      }
      if (wedge != exporters) multiply_duty(out, world, cell, wedge / exporters);
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
  // World value added is the unit of account, whatever the closure shows results in.
  const double unit = c.limited == Limited::value ? before.value_added.sum() / after.value_added.sum() : 1.0;
  for (const Index cell : c.cells) {
    const auto [i, n, j] = flow_at(cell, N);
    const double f0 = before.flows(i, n, j), f1 = after.flows(i, n, j);
    if (c.limited == Limited::quantity) {
      if (f1 > 0) out.now += f1 / border_price_hat(eq, i, n, j);
    } else {
      out.now += unit * f1;
    }
    out.base += f0;
  }
  if (c.limited != Limited::import_share) return out;
  double imports_now = 0, imports_base = 0;
  for (const Index market : markets_of(c, N)) {
    const Index n = market % N, j = market / N;
    for (Index s = 0; s < N; ++s) {
      if (eq.observed.is_domestic(s, n)) continue;
      imports_now += after.flows(s, n, j);
      imports_base += before.flows(s, n, j);
    }
  }
  return {out.now / imports_now, out.base / imports_base};
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
  // A flow that is banned keeps any maximum and no minimum.
  const double ratio = std::log(c.level / std::max(out.amount, std::numeric_limits<double>::min()));
  out.slack = c.sense == Sense::at_most ? ratio : -ratio;
  out.multiplier = mu;
  out.wedge = std::exp(c.sense == Sense::at_most ? mu : -mu) - 1.0;
  out.largest = c.largest;
  // Of what buyers pay, the rent is what the wedge adds, beyond a tariff-rate quota on the quota alone; an exporter's
  // is in the border value, an importer's above it.
  const Index N = eq.counterfactual.flows.rows();
  const double within = std::isfinite(c.largest) ? share_within(out.slack) : 1.0;
  const double exporters = 1.0 + within * out.wedge;
  for (const Index cell : c.cells) {
    const auto [i, n, j] = flow_at(cell, N);
    const double flow = eq.counterfactual.flows(i, n, j);
    out.rent += c.owner == RentOwner::exporter
                    ? flow * (exporters - 1.0) / exporters
                    : within * flow * (1.0 + eq.counterfactual.tariffs()(i, n, j)) * out.wedge / (1.0 + out.wedge);
  }
  return out;
}

/// Slacks of all limits in an equilibrium with multipliers mu; K.
[[nodiscard]] inline Eigen::VectorXd slacks(const std::vector<Constraint>& limits, const Equilibrium& eq,
                                            const Eigen::VectorXd& mu) {
  Eigen::VectorXd slack(mu.size());
  for (Index k = 0; k < mu.size(); ++k) {
    slack[k] = limit_outcome(limits[static_cast<std::size_t>(k)], eq, mu[k]).slack;
  }
  return slack;
}

/// Solves an equilibrium under limits; `solve_at` gives it under given wedges.
using SolveAt = std::function<Equilibrium(const Eigen::VectorXd& mu, const Equilibrium* guess)>;

/// The equilibrium at given multipliers; where exporters keep a part of a rent, that part follows from it.
[[nodiscard]] inline Equilibrium solve_at_wedges(const Shock& shock, const World& world, const Eigen::VectorXd& mu,
                                                 const SolveFixed& solve, double tolerance, const Equilibrium* guess) {
  const auto& limits = shock.constraints;
  const Eigen::VectorXd all = Eigen::VectorXd::Ones(mu.size());
  if (std::none_of(limits.begin(), limits.end(), shares_rent)) return solve(with_wedges(shock, world, mu, all), guess);
  const auto within = [&](const Equilibrium& eq) {
    Eigen::VectorXd share = slacks(limits, eq, mu);
    for (Index k = 0; k < mu.size(); ++k) {
      share[k] = shares_rent(limits[static_cast<std::size_t>(k)]) ? share_within(share[k]) : 1.0;
    }
    return share;
  };
  return solve_fixed_point({guess && guess->converged() ? within(*guess) : all,
                            [&](const Eigen::VectorXd& x) { return with_wedges(shock, world, mu, x); }, within,
                            "the shares of flows within their quotas"},
                           solve, tolerance, guess);
}

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
    return slacks(limits, *last, mu);
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
