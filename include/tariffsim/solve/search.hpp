// Search: the way to a solution of the equations, from the base, a guess or along a path, or the reason there is none.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/format.hpp"
#include "tariffsim/solve/direct.hpp"
#include "tariffsim/solve/prepared.hpp"
#include "tariffsim/solve/trade_graph.hpp"

namespace tariffsim::detail {

/// What a search came to.
struct Found {
  std::unique_ptr<System> system;
  std::optional<Unknowns> solution;
  Status status = Status::stalled;
  std::string diagnosis;
  std::shared_ptr<const Preconditioner> preconditioner;  // of the last step
  int iterations = 0, path_steps = 1;
};

class Search {
 public:
  /// @param prepared must outlive the search.
  explicit Search(const Prepared& prepared) : p_(prepared) {}

  /// Directly from the base, with what a chain has learnt or from a guess where there is one; where that stalls, along
  /// a path on which ever more of the shock is applied.
  [[nodiscard]] Found find(const Shock& shock, double tolerance, Effort& effort, const Equilibrium* guess = nullptr,
                           ChainMemory* memory = nullptr) const {
    Found out;
    out.system = std::make_unique<System>(p_.system(shock));
    if (auto conflict = obstacle(*out.system, shock)) {
      out.status = Status::infeasible;
      out.diagnosis = std::move(*conflict);
      return out;
    }
    Unknowns z = p_.start;
    if (guess && guess->converged() && guess->base == p_.base) {
      z = unknowns_of(p_, *guess);
      DirectSolve near(*out.system, p_.preconditioner, tolerance, 1.0, effort);
      const bool solved = near.run(z);
      out.iterations = near.iterations();
      if (solved) return accept(std::move(out), near, std::move(z));
      z = p_.start;
    }
    if (memory) {
      DirectSolve next(*out.system, p_.preconditioner, tolerance, 1.0, effort);
      const bool solved = next.run(z, *memory);
      out.iterations = next.iterations();
      if (solved) return accept(std::move(out), next, std::move(z));
      z = p_.start;
    }
    DirectSolve direct(*out.system, p_.preconditioner, tolerance, 1.0, effort);
    const bool solved = direct.run(z);
    out.iterations += direct.iterations();
    if (solved) return accept(std::move(out), direct, std::move(z));
    if (p_.values->scales()) {
      z = p_.start;
      DirectSolve newton(*out.system, p_.preconditioner, tolerance, 1.0, effort);
      const bool found = newton.newton(z);
      out.iterations += newton.iterations();
      if (found) return accept(std::move(out), newton, std::move(z));
    }
    out.diagnosis =
        "the last residual of the direct solve is " + show(direct.last_residual()) + at_worst(*out.system, z);
    return follow_path(std::move(out), shock, tolerance, effort);
  }

  /// Why not all deficits can be financed, where that is so.
  [[nodiscard]] std::optional<std::string> unfinanced(const System& system) const {
    const Index N = p_.coefficients.regions;
    Eigen::MatrixXd traded = Eigen::MatrixXd::Zero(N, N);
    for (Index j = 0; j < p_.coefficients.sectors; ++j) {
      traded += system.sourcing().border_shares(j) * p_.base->expenditure.col(j).matrix().asDiagonal();
    }
    if (system.theory().two_tiers()) add_home_trade(system, traded);
    traded.diagonal().setZero();
    const Vector own = p_.coefficients.income - p_.coefficients.deficit;
    return deficit_conflict(traded, system.deficits(p_.coefficients.value_added, own, p_.start.log_price),
                            p_.coefficients.value_added.sum(), p_.world.regions());
  }

 private:
  // Of two tiers border_shares() are of imports; regions of one territory trade with each other too.
  void add_home_trade(const System& system, Eigen::MatrixXd& traded) const {
    for (Index j = 0; j < p_.coefficients.sectors; ++j) {
      for (Index n = 0; n < p_.coefficients.regions; ++n) {
        const auto& from = p_.coefficients.home[static_cast<std::size_t>(n)];
        const auto shares = system.sourcing().home(n, j);
        for (std::size_t h = 0; h < from.size(); ++h) {
          traded(from[h], n) += shares[h].border_share * p_.base->expenditure(n, j);
        }
      }
    }
  }

  static constexpr double kSmallestStride = 1e-3;

  struct PathPoint {
    double applied;
    Vector income;  // N, over value added
  };

  [[nodiscard]] Found follow_path(Found out, const Shock& shock, double tolerance, Effort& effort) const {
    Unknowns z = p_.start;
    auto preconditioner = p_.preconditioner;
    double done = 0, stride = 0.25;
    std::vector<PathPoint> solved_points;
    while (!effort.exhausted() && stride > kSmallestStride) {
      const double target = std::min(1.0, done + stride);
      const bool last = target == 1.0;
      const System partial = p_.system(shock, target);
      Unknowns trial = z;
      DirectSolve step(partial, preconditioner, last ? tolerance : 1e-6, target, effort);
      bool solved = step.run(trial);
      if (!solved && p_.values->scales()) {
        trial = z;
        solved = step.newton(trial);
      }
      out.iterations += step.iterations();
      ++out.path_steps;
      if (!solved) {
        out.diagnosis = "on the path from the base, at " + show(100 * target) +
                        " percent of the shock, the residual is " + show(step.last_residual()) +
                        at_worst(partial, trial);
        stride *= 0.5;
        continue;
      }
      if (last) return accept(std::move(out), step, std::move(trial));
      z = std::move(trial);
      done = target;
      stride *= 1.5;
      solved_points.push_back({done, income_per_value_added(partial, z)});
      preconditioner = std::make_shared<const Preconditioner>(partial, z);
    }
    if (effort.stopped()) {
      out.diagnosis = "stopped by the caller; " + out.diagnosis;
    } else if (effort.exhausted()) {
      out.diagnosis += "; the limit of evaluations is reached";
    } else if (auto poverty = income_runs_out(solved_points)) {
      out.status = Status::infeasible;
      out.diagnosis = std::move(*poverty);
    }
    return out;
  }

  [[nodiscard]] static Vector income_per_value_added(const System& system, const Unknowns& z) {
    const Costs costs = system.production().costs(z, z.log_price);
    const RegionSector u = system.sourcing().power_minus_theta(costs.log_unit);
    const Trade sold = system.sourcing().trade(u, system.sourcing().sources(u), z.expenditure);
    const Budget budget = system.budget(z, z.log_price, sold);
    return budget.income / budget.value_added;
  }

  // The path ends where a region's income does: its last two solved points lead to zero before the full shock.
  [[nodiscard]] std::optional<std::string> income_runs_out(const std::vector<PathPoint>& points) const {
    if (points.size() < 2) return std::nullopt;
    const PathPoint &a = points[points.size() - 2], &b = points.back();
    for (Index n = 0; n < b.income.size(); ++n) {
      const double fall = a.income[n] - b.income[n];
      if (fall <= 0) continue;
      const double zero = b.applied + (b.applied - a.applied) * b.income[n] / fall;
      if (zero < 1.0 && zero < b.applied + 20 * kSmallestStride) {
        return "region " + p_.world.regions().code(n) + " runs out of income at about " + show(100 * zero) +
               " percent of the shock: its subsidies and surplus exceed what it earns";
      }
    }
    return std::nullopt;
  }

  // Where the equations hold least at the last point, and what a user may try.
  [[nodiscard]] std::string at_worst(const System& system, const Unknowns& z) const {
    const Place place = hardest_equation(system, z);
    return " (" + std::string(place.equation) + " of region " + p_.world.regions().code(place.region) +
           (place.sector < 0 ? "" : ", sector " + p_.world.sectors().code(place.sector)) +
           "); try a smaller shock or another closure";
  }

  static Found accept(Found out, const DirectSolve& last, Unknowns z) {
    out.status = Status::converged;
    out.diagnosis.clear();
    out.preconditioner = last.preconditioner();
    out.solution = std::move(z);
    return out;
  }

  // Why no equilibrium can exist: a good that nobody can sell, or deficits that nobody can finance.
  [[nodiscard]] std::optional<std::string> obstacle(const System& system, const Shock& shock) const {
    for (Index j = 0; j < p_.coefficients.sectors; ++j) {
      for (Index n = 0; n < p_.coefficients.regions; ++n) {
        if (!system.sourcing().changes_shares(n, j) && !shock.final_demand_share) continue;
        const bool wanted =
            p_.base->expenditure(n, j) > 0 || system.production().base_final_demand_share()(n, j) > kRoundingTolerance;
        if (wanted && !system.sourcing().is_sold(n, j)) {
          return "region " + p_.world.regions().code(n) + " wants sector " + p_.world.sectors().code(j) +
                 " but can buy it from nobody: the base has no seller, or bans and prohibitive wedges leave none";
        }
      }
    }
    // Where all links stay, deficits that could be financed still can.
    return system.sourcing().cuts_links() || shock.deficits ? unfinanced(system) : std::nullopt;
  }

  const Prepared& p_;
};

}  // namespace tariffsim::detail
