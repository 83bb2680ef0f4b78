// What Derivatives do: inline among headers alone, compiled once in tariffsim::solver.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/inline.hpp"
#include "tariffsim/model/observed_state.hpp"
#include "tariffsim/solve/derivatives.hpp"
#include "tariffsim/solve/linearised_system.hpp"
#include "tariffsim/solve/search.hpp"

namespace tariffsim {
namespace detail {

/// True of parameters that the base depends on where it is solved.
[[nodiscard]] inline bool is_elasticity(ParameterKind kind) { return kind >= ParameterKind::trade_elasticity; }

/// Where the base had to be solved, changes compose: the equilibrium is that of the world as observed under both
/// changes at once, and the base that under the first of them. Both are linearised from there, with world value added
/// as the unit, which composes; results then go to the numeraire, whose price is relative to the base.
class DerivativesCore {
 public:
  DerivativesCore(const Equilibrium& eq, const std::vector<ParameterKind>& wanted)
      : prepared_(eq.require_converged().prepared), shock_(eq.shock), now_(eq.counterfactual) {
    require_smooth(eq);
    const auto known = parameters_of(prepared_->theory, *prepared_->values, prepared_->closure, resolved());
    parameters_ = wanted.empty() ? known : wanted;
    for (const ParameterKind kind : parameters_) {
      if (std::find(known.begin(), known.end(), kind) == known.end()) {
        throw InvalidInput("derivatives", std::string(name(kind)) + " is no parameter of this theory and closure",
                           "leave the list empty for all that there are");
      }
    }
    Unknowns z = unknowns_of(*prepared_, eq);
    if (resolved()) {
      require_composing(eq);
      observed_ = std::make_unique<Prepared>(Prepared{.world = prepared_->world,
                                                      .theory = prepared_->theory,
                                                      .closure = prepared_->closure,
                                                      .options = prepared_->options});
      observed_->values = prepared_->values;
      observed_->closure.numeraire = Closure::kWorldValueAdded;
      take_as_base(*observed_, std::make_shared<const State>(observed_state(observed_->world, *observed_->values)));
      linearise_base();
      take_numeraire(eq);
      z.log_earnings += base_point_.log_earnings;
      z.log_price += base_point_.log_price;
      if (z.log_value_added.size() != 0) z.log_value_added += base_point_.log_value_added;
      if (z.log_tax.size() != 0) z.log_tax += base_point_.log_tax;
    }
    const Prepared& from = resolved() ? *observed_ : *prepared_;
    system_ = std::make_unique<System>(from.system(*shock_));
    point_ = sharpened(*system_, std::move(z), from);
    linearised_ = std::make_unique<LinearisedSystem>(*from.base, *system_, *shock_, point_, *from.preconditioner,
                                                     from.numeraire_region, parameters_);
  }

  [[nodiscard]] const std::vector<ParameterKind>& parameters() const { return parameters_; }

  [[nodiscard]] LevelPair tangent(const ParameterValues& direction) {
    LevelPair out;
    out.now = linearised_->tangent(direction);
    if (!base_) return out;
    out.base = base_->tangent(direction);
    const double moved = product(numeraire_.now, out.now) + product(numeraire_.base, out.base);
    for (std::size_t k = 0; k < kLevelKinds; ++k) {
      const auto kind = static_cast<LevelKind>(k);
      if (kind == LevelKind::log_numeraire) {
        out.now[kind] = Eigen::ArrayXXd::Constant(1, 1, moved);
      } else if (is_nominal(kind)) {
        out.now[kind] = unit_ * out.now[kind] - moved * level(kind);
      } else {
        out.now[kind] -= moved;
      }
    }
    return out;
  }

  [[nodiscard]] ParameterValues gradient(LevelPair weights) {
    if (!base_) return linearised_->gradient(weights.now);
    double by_numeraire = 0;
    for (std::size_t k = 0; k < kLevelKinds; ++k) {
      const auto kind = static_cast<LevelKind>(k);
      Eigen::ArrayXXd& weight = weights.now[kind];
      if (weight.size() == 0) continue;
      if (kind == LevelKind::log_numeraire) {
        by_numeraire += weight.sum();
        weight.setZero();
      } else if (is_nominal(kind)) {
        by_numeraire -= (weight * level(kind)).sum();
        weight *= unit_;
      } else {
        by_numeraire -= weight.sum();
      }
    }
    add(by_numeraire, numeraire_.now, weights.now);
    add(by_numeraire, numeraire_.base, weights.base);
    ParameterValues out = linearised_->gradient(weights.now);
    const ParameterValues of_base = base_->gradient(weights.base);
    for (std::size_t k = 0; k < kParameterKinds; ++k) {
      if (of_base.by[k].size() != 0) out.by[k] += of_base.by[k];
    }
    return out;
  }

 private:
  [[nodiscard]] bool resolved() const { return prepared_->base_shift.resolved; }

  static void require_smooth(const Equilibrium& eq) {
    for (const LimitOutcome& limit : eq.limits) {
      if (limit.multiplier > 0) {
        throw InvalidInput("derivatives", "limit '" + limit.name + "' binds",
                           "compare two solves, or take the limit away; there is no derivative through it yet");
      }
    }
    if (eq.rates_respond) {
      throw InvalidInput("derivatives", "rates of the shock answer to the equilibrium",
                         "compare two solves, or give ad valorem rates");
    }
  }

  // Shares and deficits that a shock gives are of the solved base, and do not compose with its own changes; nor does
  // the price of a numeraire that a factor's price is rigid in.
  static void require_composing(const Equilibrium& eq) {
    for (const FactorValues& factor : eq.values->factors) {
      if (factor.anchor != WageAnchor::nominal || !(factor.response > 0).any() ||
          eq.closure.numeraire == Closure::kWorldValueAdded) {
        continue;
      }
      throw InvalidInput("derivatives",
                         "the base had to be solved, and the price of factor '" + factor.name +
                             "' is rigid in a numeraire that is relative to it",
                         std::string("use the numeraire '") + Closure::kWorldValueAdded + "'");
    }
    const bool shares = eq.shock->final_demand_share && eq.values->final_demand != 1;
    const bool given = eq.shock->deficits && eq.closure.deficits != Deficits::fixed_world_share;
    if (!shares && !given) return;
    throw InvalidInput("derivatives",
                       std::string("the base had to be solved, and the shock gives ") +
                           (shares ? "shares of final demand at its prices" : "deficits at its incomes"),
                       "leave that change out, or start from a world whose base need not be solved");
  }

  void linearise_base() {
    Effort effort(observed_->options);
    Found found = Search(*observed_).find(nothing_, 1e-13, effort);
    if (!found.solution) throw NotConverged("the base could not be solved again: " + found.diagnosis);
    base_system_ = std::make_unique<System>(observed_->system(nothing_));
    base_point_ = sharpened(*base_system_, std::move(*found.solution), *observed_);
    std::vector<ParameterKind> elasticities;
    for (const ParameterKind kind : parameters_) {
      if (is_elasticity(kind)) elasticities.push_back(kind);
    }
    base_ = std::make_unique<LinearisedSystem>(*observed_->base, *base_system_, nothing_, base_point_,
                                               *observed_->preconditioner, observed_->numeraire_region, elasticities);
  }

  // The log of the numeraire's price relative to the base as a weighted sum of levels, and what results are multiplied
  // by.
  void take_numeraire(const Equilibrium& eq) {
    const State& base = *prepared_->base;
    const Index N = base.income.size();
    unit_ = now_.value_added.sum() / base.value_added.sum();
    if (const auto region = prepared_->numeraire_region) {
      Eigen::ArrayXXd wage = Eigen::ArrayXXd::Zero(N, base.factor_income.cols());
      wage(*region, 0) = 1;
      numeraire_.now[LevelKind::log_factor_price] = wage;
      numeraire_.base[LevelKind::log_factor_price] = -wage;
    } else if (eq.closure.numeraire == Closure::kWorldConsumerPrice) {
      const double world = base.income.sum();
      const Vector share = base.income * eq.consumer_price_hat / world;
      numeraire_.now[LevelKind::log_consumer_price] = share;
      numeraire_.base[LevelKind::log_consumer_price] = -share;
      numeraire_.base[LevelKind::income] = (eq.consumer_price_hat - 1.0) / world;
    }
  }

  // The point at which the equations hold as sharply as numbers allow, where a few steps lead there.
  static Unknowns sharpened(const System& system, Unknowns z, const Prepared& prepared) {
    constexpr int kSteps = 4;
    constexpr double kSharp = 1e-15;
    const auto residual = [&](Unknowns at) {
      Effort once({kSharp, 1, {}});
      DirectSolve probe(system, prepared.preconditioner, 0.0, 1.0, once);
      static_cast<void>(probe.run(at));
      return probe.last_residual();
    };
    Unknowns sharp = z;
    Effort effort({kSharp, kSteps, {}});
    DirectSolve more(system, prepared.preconditioner, kSharp, 1.0, effort);
    static_cast<void>(more.run(sharp));
    return residual(sharp) < residual(z) ? sharp : z;
  }

  // A nominal level of the equilibrium, as results have it.
  [[nodiscard]] Eigen::ArrayXXd level(LevelKind kind) const {
    const Index N = now_.flows.rows(), J = now_.flows.slices();
    switch (kind) {
      case LevelKind::flows: return now_.flows.values().reshaped(N, N * J);
      case LevelKind::expenditure: return now_.expenditure;
      case LevelKind::output: return now_.output;
      case LevelKind::factor_income: return now_.factor_income;
      case LevelKind::value_added: return now_.value_added;
      case LevelKind::tariff_revenue: return now_.tariff_revenue;
      case LevelKind::export_tax_revenue: return now_.export_tax_revenue;
      case LevelKind::deficit: return now_.deficit;
      case LevelKind::income: return now_.income;
      default: return {};
    }
  }

  std::shared_ptr<const Prepared> prepared_;
  std::shared_ptr<const Shock> shock_;
  const Shock nothing_;
  State now_;
  std::vector<ParameterKind> parameters_;
  std::unique_ptr<Prepared> observed_;  // at the data, where the base had to be solved
  std::unique_ptr<System> system_, base_system_;
  Unknowns point_, base_point_;
  double unit_ = 1;      // of results, where the base had to be solved, in world value added
  LevelPair numeraire_;  // weights of the log of its price there; empty where world value added is the unit
  std::unique_ptr<LinearisedSystem> linearised_, base_;
};

}  // namespace detail

TARIFFSIM_INLINE Derivatives::Derivatives(const Equilibrium& eq, const std::vector<ParameterKind>& wanted)
    : core_(std::make_unique<detail::DerivativesCore>(eq, wanted)) {}
TARIFFSIM_INLINE Derivatives::Derivatives(Derivatives&&) noexcept = default;
TARIFFSIM_INLINE Derivatives& Derivatives::operator=(Derivatives&&) noexcept = default;
TARIFFSIM_INLINE Derivatives::~Derivatives() = default;
TARIFFSIM_INLINE const std::vector<ParameterKind>& Derivatives::parameters() const noexcept {
  return core_->parameters();
}
TARIFFSIM_INLINE LevelPair Derivatives::tangent(const ParameterValues& direction) { return core_->tangent(direction); }
TARIFFSIM_INLINE ParameterValues Derivatives::gradient(const LevelPair& weights) { return core_->gradient(weights); }

}  // namespace tariffsim
