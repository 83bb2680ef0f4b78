// SolverCore: solves shocks on one prepared world.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "tariffsim/model/levels.hpp"
#include "tariffsim/model/observed_state.hpp"
#include "tariffsim/solve/certify.hpp"
#include "tariffsim/solve/certify_rates.hpp"
#include "tariffsim/solve/constrained.hpp"
#include "tariffsim/solve/responding.hpp"
#include "tariffsim/solve/search.hpp"

namespace tariffsim::detail {

class SolverCore {
 public:
  SolverCore(World world, Theory theory, Closure closure, SolveOptions options)
      : prepared_(std::make_shared<Prepared>(Prepared{.world = std::move(world),
                                                      .theory = std::move(theory),
                                                      .closure = std::move(closure),
                                                      .options = std::move(options)})),
        p_(*prepared_) {
    p_.values = std::make_shared<const TheoryValues>(values_of(p_.theory, p_.world));
    validate(p_.closure);
    if (p_.closure.numeraire != Closure::kWorldValueAdded && p_.closure.numeraire != Closure::kWorldConsumerPrice) {
      p_.numeraire_region = p_.world.regions().at(p_.closure.numeraire, "closure: numeraire");
      const FactorValues& labour = p_.values->factors.front();
      if (labour.anchor == WageAnchor::nominal && labour.response[*p_.numeraire_region] > 0) {
        throw InvalidInput("closure: numeraire",
                           "is a wage, and the theory's wages are nominal: the one answers to itself",
                           "use 'world_value_added' or 'world_consumer_price'");
      }
    }
    if (!(p_.options.tolerance > 0 && p_.options.tolerance < 0.1)) {
      throw InvalidInput("tolerance", "is " + show(p_.options.tolerance), "use a small positive number such as 1e-10");
    }
    take_as_base(p_, std::make_shared<const State>(observed_state(p_.world, *p_.values)));
    solve_base();
  }

  [[nodiscard]] const Prepared& prepared() const noexcept { return *prepared_; }

  /// What a chain has learnt of this solver; nothing yet where it was another's.
  [[nodiscard]] ChainMemory& memory_of(std::unique_ptr<ChainMemory>& chain) const {
    if (!chain || chain->owner() != p_.base) {
      const Unknowns& z = p_.start;
      chain = std::make_unique<ChainMemory>(p_.base, z.log_earnings.size() + z.log_price.size() + z.expenditure.size() +
                                                         z.log_value_added.size() + z.log_tax.size());
    }
    return *chain;
  }

  /// @param memory of a chain, which shocks with limits or with rates that answer to the equilibrium leave as it is.
  [[nodiscard]] Equilibrium solve(Shock shock, const Equilibrium* guess, ChainMemory* memory = nullptr) const {
    validate(shock, p_.world);
    if (shock.deficits && p_.closure.deficits == Deficits::balanced) {
      throw InvalidInput("deficits", "the shock sets deficits, but the closure removes them",
                         "use fixed_world_share or fixed_income_share");
    }
    if (shock.constraints.empty() && !shock.responds())
      return solve_free(std::move(shock), guess, p_.options.tolerance, memory);
    return solve_searching(std::move(shock), guess);
  }

 private:
  static constexpr int kPolishings = 3;
  static constexpr double kLastStep = 4.0;  // what the solver's last step gains at least, nearly always
  // Where limits or rates are functions of the equilibrium it is solved more sharply than they are.
  static constexpr double kSharper = 0.02;

  [[nodiscard]] Equilibrium solve_searching(Shock shock, const Equilibrium* guess) const {
    const auto whole = std::make_shared<const Shock>(std::move(shock));
    const double sharp = std::max(kSharper * p_.options.tolerance, 2e-14);
    const double between = std::max(std::sqrt(kSharper) * p_.options.tolerance, 4 * sharp);
    const auto fixed = [&](Shock given, const Equilibrium* near) { return solve_free(std::move(given), near, sharp); };
    const auto responding = [&](Shock given, const Equilibrium* near) {
      if (!given.responds()) return fixed(std::move(given), near);
      return solve_responding(given, p_.world, *p_.base, fixed, between, near);
    };
    Equilibrium eq = whole->constraints.empty()
                         ? responding(*whole, guess)
                         : solve_constrained(
                               whole->constraints,
                               [&](const Eigen::VectorXd& mu, const Equilibrium* near) {
                                 return solve_at_wedges(*whole, p_.world, mu, responding, between, near);
                               },
                               p_.options.tolerance);
    eq.rates_respond = whole->responds();
    if (eq.converged()) {
      eq.certificate.complementarity = certify_limits(eq, *whole);
      eq.certificate.rates = certify_rates(eq, *whole);
    }
    if (eq.converged() && eq.certificate.worst() > p_.options.tolerance) {
      eq.status = Status::stalled;
      eq.diagnosis = "the certificate's largest residual is " + show(eq.certificate.worst()) +
                     ", above the tolerance of " + show(p_.options.tolerance) + worst_place(eq.certificate);
    }
    if (!eq.converged()) withhold(eq);
    return eq;
  }

  [[nodiscard]] Equilibrium solve_free(Shock shock, const Equilibrium* guess, double tolerance,
                                       ChainMemory* memory = nullptr) const {
    Equilibrium eq = blank(std::make_shared<const Shock>(std::move(shock)));
    Effort effort(p_.options);
    Found outcome = Search(p_).find(*eq.shock, kLastStep * tolerance, effort, guess, memory);
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

  void solve_base() {
    const auto shock = std::make_shared<const Shock>();
    Effort effort(p_.options);
    // Tighter than what is asked of shocks, as far as rounding lets it be.
    const double tolerance = std::min(p_.options.tolerance, std::max(0.01 * p_.options.tolerance, 1e-13));
    // The data may be an equilibrium as they stand.
    const System system = p_.system(*shock);
    Unknowns here = p_.start;
    if (residual_at(system, here) <= tolerance) return;
    Found outcome;
    if (auto conflict = Search(p_).unfinanced(system)) {
      outcome.status = Status::infeasible;
      outcome.diagnosis = std::move(*conflict);
    } else {
      outcome = Search(p_).find(*shock, tolerance, effort);
    }
    if (!outcome.solution) {
      throw NotConverged("the base of '" + p_.world.info().title + "' under closure " + name(p_.closure.deficits) +
                         " is " + name(outcome.status) + ": " + outcome.diagnosis);
    }
    Levels levels =
        levels_of(*outcome.system, *outcome.solution, p_.base->tariff_rates, p_.base->export_tax_rates, false);
    p_.base_shift = shift(*p_.base, levels.state.flows);
    p_.base_shift.reason = p_.closure.deficits == Deficits::balanced ? "deficits removed" : "";
    if (p_.world.data().final_demand_share) {
      p_.base_shift.reason += std::string(p_.base_shift.reason.empty() ? "" : " and ") +
                              "final demand as given does not follow from the flows";
    }
    take_as_base(p_, std::make_shared<const State>(std::move(levels.state)));
  }

  // The largest residual of one plain evaluation.
  [[nodiscard]] double residual_at(const System& system, Unknowns& z) const {
    Effort once({p_.options.tolerance, 1, {}});
    DirectSolve probe(system, p_.preconditioner, 0.0, 1.0, once);
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
        out.where = bilateral_cell(p_.world.data(), "flows", i, n, j);
      }
    }
    return out;
  }

  [[nodiscard]] Equilibrium blank(std::shared_ptr<const Shock> shock) const {
    Equilibrium eq(p_.world, p_.closure, std::move(shock), p_.theory, p_.values);
    eq.tolerance = p_.options.tolerance;
    eq.prepared = prepared_;
    eq.base = p_.base;
    eq.base_shift = p_.base_shift;
    return eq;
  }

  // The certificate decides: where it asks for more than the solver's own residuals, the solver goes on.
  void certify_or_polish(Equilibrium& eq, Found& outcome, Effort& effort, double wanted) const {
    double tolerance = wanted;
    for (int polishing = 0;; ++polishing, tolerance *= 0.1) {
      fill(eq, *outcome.system, *outcome.solution);
      Index poorest = 0;
      if (!(eq.counterfactual.income.minCoeff(&poorest) > 0)) {
        outcome.status = Status::infeasible;
        outcome.diagnosis = "region " + p_.world.regions().code(poorest) +
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

  void fill(Equilibrium& eq, const System& system, const Unknowns& z) const {
    const auto& shock = eq.shock;
    using Rates = std::shared_ptr<const Cube>;
    const Rates tariffs = shock->tariffs ? Rates(shock, &*shock->tariffs) : p_.base->tariff_rates;
    const Rates export_taxes = shock->export_taxes ? Rates(shock, &*shock->export_taxes) : p_.base->export_tax_rates;
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

  std::shared_ptr<Prepared> prepared_;  // results keep it, to be differentiated
  Prepared& p_;
};

}  // namespace tariffsim::detail
