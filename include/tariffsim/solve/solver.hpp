// Solver: one world under one theory and closure, its base solved once, ready for many shocks.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/coefficients.hpp"
#include "tariffsim/model/levels.hpp"
#include "tariffsim/model/observed_state.hpp"
#include "tariffsim/model/system.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/solve/certify.hpp"
#include "tariffsim/solve/certify_rates.hpp"
#include "tariffsim/solve/constrained.hpp"
#include "tariffsim/solve/direct.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/options.hpp"
#include "tariffsim/solve/responding.hpp"
#include "tariffsim/solve/trade_graph.hpp"

namespace tariffsim {

class Solver {
 public:
  /// Caliendo and Parro's theory.
  explicit Solver(World world, Closure closure = {}, SolveOptions options = {})
      : Solver(std::move(world), Theory{}, std::move(closure), std::move(options)) {}

  /// Solves the base where the closure or given final demand asks for it, and linearises there.
  /// @throws InvalidInput where the world cannot feed the theory, or the closure names an unknown region.
  /// @throws NotConverged where the base itself cannot be solved.
  Solver(World world, Theory theory, Closure closure = {}, SolveOptions options = {})
      : world_(std::move(world)),
        theory_(std::move(theory)),
        values_(std::make_shared<const TheoryValues>(values_of(theory_, world_))),
        closure_(std::move(closure)),
        options_(std::move(options)) {
    validate(closure_);
    if (closure_.numeraire != Closure::kWorldValueAdded && closure_.numeraire != Closure::kWorldConsumerPrice) {
      numeraire_region_ = world_.regions().at(closure_.numeraire, "closure: numeraire");
      const FactorValues& labour = values_->factors.front();
      if (labour.anchor == WageAnchor::nominal && labour.response[*numeraire_region_] > 0) {
        throw InvalidInput("closure: numeraire",
                           "is a wage, and the theory's wages are nominal: the one answers to itself",
                           "use 'world_value_added' or 'world_consumer_price'");
      }
    }
    if (!(options_.tolerance > 0 && options_.tolerance < 0.1)) {
      throw InvalidInput("tolerance", "is " + show(options_.tolerance), "use a small positive number such as 1e-10");
    }
    prepare(std::make_shared<const State>(observed_state(world_, *values_)));
    solve_base();
  }

  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;

  [[nodiscard]] const World& world() const noexcept { return world_; }
  [[nodiscard]] const Theory& theory() const noexcept { return theory_; }
  [[nodiscard]] const Closure& closure() const noexcept { return closure_; }
  /// The equilibrium that hats and percentages are relative to.
  [[nodiscard]] const State& base() const noexcept { return *base_; }
  [[nodiscard]] const BaseShift& base_shift() const noexcept { return base_shift_; }

  /// @throws InvalidInput where the scenario does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(const Scenario& scenario) const {
    return named(solve(scenario.compile(world_)), scenario);
  }

  /// One day of a dated scenario whose policy is bound to this world already; `guess` is where the solver starts, and
  /// has no other part in the result.
  /// @throws InvalidInput where the scenario does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(const Scenario& scenario, const BoundPolicy& bound,
                                  const Equilibrium* guess = nullptr) const {
    return named(solve(scenario.compile(bound), guess), scenario);
  }

  /// @throws InvalidInput where the shock does not fit the world or the closure.
  [[nodiscard]] Equilibrium solve(Shock shock, const Equilibrium* guess = nullptr) const {
    validate(shock, world_);
    if (shock.deficits && closure_.deficits == Deficits::balanced) {
      throw InvalidInput("deficits", "the shock sets deficits, but the closure removes them",
                         "use fixed_world_share or fixed_income_share");
    }
    if (shock.constraints.empty() && !shock.responds()) return solve_free(std::move(shock), guess, options_.tolerance);
    return solve_searching(std::move(shock), guess);
  }

 private:
  static constexpr int kPolishings = 3;
  static constexpr double kLastStep = 4.0;  // what the solver's last step gains at least, nearly always
  static constexpr double kSmallestStride = 1e-3;

  struct Outcome {
    std::unique_ptr<System> system;
    std::optional<Unknowns> solution;
    Status status = Status::stalled;
    std::string diagnosis;
    std::shared_ptr<const Preconditioner> preconditioner;  // of the last step
    int iterations = 0, path_steps = 1;
  };

  // Where limits or rates are functions of the equilibrium it is solved more sharply than they are.
  static constexpr double kSharper = 0.02;

  [[nodiscard]] Equilibrium solve_searching(Shock shock, const Equilibrium* guess) const {
    const auto whole = std::make_shared<const Shock>(std::move(shock));
    const double sharp = std::max(kSharper * options_.tolerance, 2e-14);
    const double between = std::max(std::sqrt(kSharper) * options_.tolerance, 4 * sharp);
    const auto fixed = [&](Shock given, const Equilibrium* near) { return solve_free(std::move(given), near, sharp); };
    const auto responding = [&](Shock given, const Equilibrium* near) {
      if (!given.responds()) return fixed(std::move(given), near);
      return solve_responding(given, world_, *base_, fixed, between, near);
    };
    Equilibrium eq = whole->constraints.empty()
                         ? responding(*whole, guess)
                         : solve_constrained(
                               whole->constraints,
                               [&](const Eigen::VectorXd& mu, const Equilibrium* near) {
                                 return solve_at_wedges(*whole, world_, mu, responding, between, near);
                               },
                               options_.tolerance);
    if (eq.converged()) {
      eq.certificate.complementarity = certify_limits(eq, *whole);
      eq.certificate.rates = certify_rates(eq, *whole);
    }
    if (eq.converged() && eq.certificate.worst() > options_.tolerance) {
      eq.status = Status::stalled;
      eq.diagnosis = "the certificate's largest residual is " + show(eq.certificate.worst()) +
                     ", above the tolerance of " + show(options_.tolerance) + worst_place(eq.certificate);
    }
    if (!eq.converged()) withhold(eq);
    return eq;
  }

  [[nodiscard]] Equilibrium solve_free(Shock shock, const Equilibrium* guess, double tolerance) const {
    Equilibrium eq = blank(std::make_shared<const Shock>(std::move(shock)));
    Effort effort(options_);
    Outcome outcome = find(*eq.shock, kLastStep * tolerance, effort, guess);
    if (outcome.solution) certify_or_polish(eq, outcome, effort, tolerance);
    eq.status = outcome.status;
    eq.diagnosis = outcome.diagnosis;
    eq.iterations = outcome.iterations;
    eq.path_steps = outcome.path_steps;
    eq.evaluations = effort.evaluations();
    eq.seconds = effort.seconds();
    if (!eq.converged()) withhold(eq);
    return eq;
  }

  // Takes a state as base: constants, start values and the linearisation there.
  void prepare(std::shared_ptr<const State> base) {
    base_ = std::move(base);
    coefficients_ = coefficients_of(world_, values_, *base_);
    const System unchanged(*base_, coefficients_, Shock{}, closure_, numeraire_region_, 0.0);
    start_.log_earnings = Eigen::ArrayXXd::Zero(coefficients_.regions, coefficients_.factors());
    start_.log_price = RegionSector::Zero(coefficients_.regions, coefficients_.sectors);
    start_.expenditure = base_->expenditure;
    if (values_->costs_answer_to_size()) start_.log_value_added = start_.log_price;
    if (unchanged.relieves_tax()) start_.log_tax = Vector::Zero(coefficients_.regions);
    preconditioner_ = std::make_shared<const Preconditioner>(unchanged, start_);
  }

  void solve_base() {
    const auto shock = std::make_shared<const Shock>();
    Effort effort(options_);
    // Tighter than what is asked of shocks, as far as rounding lets it be.
    const double tolerance = std::min(options_.tolerance, std::max(0.01 * options_.tolerance, 1e-13));
    // The data may be an equilibrium as they stand.
    const System system(*base_, coefficients_, *shock, closure_, numeraire_region_);
    Unknowns here = start_;
    if (residual_at(system, here) <= tolerance) return;
    Outcome outcome;
    if (auto conflict = unfinanced(system)) {
      outcome.status = Status::infeasible;
      outcome.diagnosis = std::move(*conflict);
    } else {
      outcome = find(*shock, tolerance, effort);
    }
    if (!outcome.solution) {
      throw NotConverged("the base of '" + world_.info().title + "' under closure " + name(closure_.deficits) + " is " +
                         name(outcome.status) + ": " + outcome.diagnosis);
    }
    Levels levels = levels_of(*outcome.system, *outcome.solution, base_->tariff_rates, base_->export_tax_rates, false);
    base_shift_ = shift(*base_, levels.state.flows);
    base_shift_.reason = closure_.deficits == Deficits::balanced ? "deficits removed" : "";
    if (world_.data().final_demand_share) {
      base_shift_.reason += std::string(base_shift_.reason.empty() ? "" : " and ") +
                            "final demand as given does not follow from the flows";
    }
    prepare(std::make_shared<const State>(std::move(levels.state)));
  }

  // The largest residual of one plain evaluation.
  [[nodiscard]] double residual_at(const System& system, Unknowns& z) const {
    Effort once({options_.tolerance, 1, {}});
    DirectSolve probe(system, preconditioner_, 0.0, 1.0, once);
    static_cast<void>(probe.run(z));
    return probe.last_residual();
  }

  [[nodiscard]] BaseShift shift(const State& observed, const Cube& base) const {
    BaseShift out;
    out.resolved = true;
    out.moved_share = (base.values() - observed.flows.values()).abs().sum() / observed.flows.values().sum();
    const Vector purchases = observed.expenditure.rowwise().sum();
    for (Index j = 0; j < base.slices(); ++j) {
      for (Index n = 0; n < base.cols(); ++n) {
        Index i = 0;
        const double moved =
            (base.slice(j).col(n) - observed.flows.slice(j).col(n)).cwiseAbs().maxCoeff(&i) / purchases[n];
        if (moved <= out.largest_change) continue;
        out.largest_change = moved;
        out.where = detail::bilateral_cell(world_.data(), "flows", i, n, j);
      }
    }
    return out;
  }

  static Equilibrium named(Equilibrium eq, const Scenario& scenario) {
    eq.title = scenario.title();
    eq.day = scenario.day();
    if (eq.day) eq.title += (eq.title.empty() ? "" : ", ") + eq.day->iso();
    if (!scenario.policy().measures.empty()) {
      eq.measures.push_back("the dated measures in force on " + eq.day->iso() + " (" + name(scenario.basis()) +
                            " days)");
    }
    const auto holds = [&](const Span& days) { return days.open() || days.covers(*eq.day); };
    for (const Change& change : scenario.changes()) {
      if (holds(change.days)) eq.measures.push_back(describe(change));
    }
    for (const auto& declared : scenario.limits()) {
      if (holds(declared.days)) eq.measures.push_back(describe(declared));
    }
    return eq;
  }

  // A solved point as a start, in the unit of the solver.
  [[nodiscard]] Unknowns unknowns_of(const Equilibrium& eq) const {
    const State& state = eq.counterfactual;
    const double level = state.value_added.sum() / coefficients_.value_added.sum();
    Unknowns z{(state.factor_income / level / coefficients_.factor_income).log(),
               (eq.price_hat / level).log(),
               state.expenditure / level,
               {},
               {}};
    if (start_.log_value_added.size() != 0) z.log_value_added = (eq.value_added_hat / level).log();
    if (start_.log_tax.size() != 0) {
      z.log_tax = (1.0 - state.tariff_revenue / state.value_added).log() - (1.0 - coefficients_.tax_relief).log();
    }
    return z;
  }

  [[nodiscard]] Equilibrium blank(std::shared_ptr<const Shock> shock) const {
    Equilibrium eq(world_, closure_, std::move(shock), theory_, values_);
    eq.tolerance = options_.tolerance;
    eq.base = base_;
    eq.base_shift = base_shift_;
    return eq;
  }

  // The certificate decides: where it asks for more than the solver's own residuals, the solver goes on.
  void certify_or_polish(Equilibrium& eq, Outcome& outcome, Effort& effort, double wanted) const {
    double tolerance = wanted;
    for (int polishing = 0;; ++polishing, tolerance *= 0.1) {
      fill(eq, *outcome.system, *outcome.solution);
      Index poorest = 0;
      if (!(eq.counterfactual.income.minCoeff(&poorest) > 0)) {
        outcome.status = Status::infeasible;
        outcome.diagnosis = "region " + world_.regions().code(poorest) +
                            " would have an income below zero: its subsidies and surplus exceed what it earns";
        return;
      }
      eq.certificate = certify(eq);
      if (eq.certificate.worst() <= wanted) return;
      if (polishing == kPolishings || effort.exhausted()) break;
      DirectSolve more(*outcome.system, outcome.preconditioner, tolerance, 1.0, effort);
      static_cast<void>(more.run(*outcome.solution));
      outcome.iterations += more.iterations();
    }
    outcome.status = Status::stalled;
    outcome.diagnosis = "the certificate's largest residual is " + show(eq.certificate.worst()) +
                        ", above the tolerance of " + show(wanted) + worst_place(eq.certificate);
  }

  // Directly from the base; where that stalls, along a path on which ever more of the shock is applied.
  [[nodiscard]] Outcome find(const Shock& shock, double tolerance, Effort& effort,
                             const Equilibrium* guess = nullptr) const {
    Outcome out;
    out.system = std::make_unique<System>(*base_, coefficients_, shock, closure_, numeraire_region_);
    if (auto conflict = obstacle(*out.system, shock)) {
      out.status = Status::infeasible;
      out.diagnosis = std::move(*conflict);
      return out;
    }
    Unknowns z = start_;
    if (guess && guess->converged() && guess->base == base_) {
      z = unknowns_of(*guess);
      DirectSolve near(*out.system, preconditioner_, tolerance, 1.0, effort);
      const bool solved = near.run(z);
      out.iterations = near.iterations();
      if (solved) return accept(std::move(out), near, std::move(z));
      z = start_;
    }
    DirectSolve direct(*out.system, preconditioner_, tolerance, 1.0, effort);
    const bool solved = direct.run(z);
    out.iterations += direct.iterations();
    if (solved) return accept(std::move(out), direct, std::move(z));
    if (values_->scales()) {
      z = start_;
      DirectSolve newton(*out.system, preconditioner_, tolerance, 1.0, effort);
      const bool found = newton.newton(z);
      out.iterations += newton.iterations();
      if (found) return accept(std::move(out), newton, std::move(z));
    }
    out.diagnosis =
        "the last residual of the direct solve is " + show(direct.last_residual()) + at_worst(*out.system, z);
    return follow_path(std::move(out), shock, tolerance, effort);
  }

  [[nodiscard]] Outcome follow_path(Outcome out, const Shock& shock, double tolerance, Effort& effort) const {
    Unknowns z = start_;
    auto preconditioner = preconditioner_;
    double done = 0, stride = 0.25;
    std::vector<PathPoint> solved_points;
    while (!effort.exhausted() && stride > kSmallestStride) {
      const double target = std::min(1.0, done + stride);
      const bool last = target == 1.0;
      const System partial(*base_, coefficients_, shock, closure_, numeraire_region_, target);
      Unknowns trial = z;
      DirectSolve step(partial, preconditioner, last ? tolerance : 1e-6, target, effort);
      bool solved = step.run(trial);
      if (!solved && values_->scales()) {
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

  struct PathPoint {
    double applied;
    Vector income;  // N, over value added
  };

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
        return "region " + world_.regions().code(n) + " runs out of income at about " + show(100 * zero) +
               " percent of the shock: its subsidies and surplus exceed what it earns";
      }
    }
    return std::nullopt;
  }

  // Where the equations hold least at the last point, and what a user may try.
  [[nodiscard]] std::string at_worst(const System& system, const Unknowns& z) const {
    const Place place = hardest_equation(system, z);
    return " (" + std::string(place.equation) + " of region " + world_.regions().code(place.region) +
           (place.sector < 0 ? "" : ", sector " + world_.sectors().code(place.sector)) +
           "); try a smaller shock or another closure";
  }

  static Outcome accept(Outcome out, const DirectSolve& last, Unknowns z) {
    out.status = Status::converged;
    out.diagnosis.clear();
    out.preconditioner = last.preconditioner();
    out.solution = std::move(z);
    return out;
  }

  // Why no equilibrium can exist: a good that nobody can sell, or deficits that nobody can finance.
  [[nodiscard]] std::optional<std::string> obstacle(const System& system, const Shock& shock) const {
    for (Index j = 0; j < coefficients_.sectors; ++j) {
      for (Index n = 0; n < coefficients_.regions; ++n) {
        if (!system.sourcing().changes_shares(n, j) && !shock.final_demand_share) continue;
        const bool wanted =
            base_->expenditure(n, j) > 0 || system.production().base_final_demand_share()(n, j) > kRoundingTolerance;
        if (wanted && !system.sourcing().is_sold(n, j)) {
          return "region " + world_.regions().code(n) + " wants sector " + world_.sectors().code(j) +
                 " but can buy it from nobody: the base has no seller, or bans and prohibitive wedges leave none";
        }
      }
    }
    // Where all links stay, deficits that could be financed still can.
    return system.sourcing().cuts_links() || shock.deficits ? unfinanced(system) : std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> unfinanced(const System& system) const {
    const Index N = coefficients_.regions;
    Eigen::MatrixXd traded = Eigen::MatrixXd::Zero(N, N);
    for (Index j = 0; j < coefficients_.sectors; ++j) {
      traded += system.sourcing().border_shares(j) * base_->expenditure.col(j).matrix().asDiagonal();
    }
    traded.diagonal().setZero();
    const Vector own = coefficients_.income - coefficients_.deficit;
    return deficit_conflict(traded, system.deficits(coefficients_.value_added, own, start_.log_price),
                            coefficients_.value_added.sum(), world_.regions());
  }

  void fill(Equilibrium& eq, const System& system, const Unknowns& z) const {
    const auto& shock = eq.shock;
    using Rates = std::shared_ptr<const Cube>;
    const Rates tariffs = shock->tariffs ? Rates(shock, &*shock->tariffs) : base_->tariff_rates;
    const Rates export_taxes = shock->export_taxes ? Rates(shock, &*shock->export_taxes) : base_->export_tax_rates;
    Levels levels = levels_of(system, z, tariffs, export_taxes);
    eq.counterfactual = std::move(levels.state);
    eq.wage_hat = levels.factor_price_hat.col(0);
    eq.factor_price_hat = std::move(levels.factor_price_hat);
    eq.factor_supply_hat = std::move(levels.factor_supply_hat);
    eq.value_added_hat = std::move(levels.value_added_hat);
    eq.cost_hat = std::move(levels.cost_hat);
    eq.price_hat = std::move(levels.price_hat);
    eq.consumer_price_hat = std::move(levels.consumer_price_hat);
  }

  static std::string worst_place(const Certificate& certificate) {
    const char* condition = "walras";
    const Residual* worst = nullptr;
    for (const auto& [name, residual] : certificate.conditions()) {
      if (!worst || residual->value > worst->value) {
        worst = residual;
        condition = name;
      }
    }
    return std::string(" (") + condition + " in region " + worst->region +
           (worst->sector.empty() ? "" : ", sector " + worst->sector) + ")";
  }

  // A result without an equilibrium carries no numbers.
  static void withhold(Equilibrium& eq) {
    eq.counterfactual = State{};
    eq.wage_hat = eq.consumer_price_hat = Vector();
    eq.factor_price_hat = eq.factor_supply_hat = Eigen::ArrayXXd();
    eq.cost_hat = eq.price_hat = eq.value_added_hat = RegionSector();
  }

  World world_;
  Theory theory_;
  std::shared_ptr<const TheoryValues> values_;
  Closure closure_;
  SolveOptions options_;
  std::optional<Index> numeraire_region_;
  std::shared_ptr<const State> base_;
  BaseShift base_shift_;
  Coefficients coefficients_;
  Unknowns start_;
  std::shared_ptr<const Preconditioner> preconditioner_;
};

}  // namespace tariffsim
