// Prepared: one world under one theory and closure at its base, which all its shocks share.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/coefficients.hpp"
#include "tariffsim/model/system.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/options.hpp"
#include "tariffsim/solve/preconditioner.hpp"

namespace tariffsim::detail {

struct Prepared {
  World world;
  Theory theory;
  std::shared_ptr<const TheoryValues> values = {};  // of the theory, for the world
  Closure closure;
  SolveOptions options;
  std::optional<Index> numeraire_region = {};  // where a region's wage is the numeraire

  std::shared_ptr<const State> base = {};
  BaseShift base_shift = {};
  Coefficients coefficients = {};                             // at the base
  Unknowns start = {};                                        // the base
  std::shared_ptr<const Preconditioner> preconditioner = {};  // of the system at the base

  /// The equations under a shock, of which a share is applied; both must outlive the system.
  [[nodiscard]] System system(const Shock& shock, double applied = 1.0) const {
    return {*base, coefficients, shock, closure, numeraire_region, applied};
  }
};

/// Takes a state as base: constants, start values and the linearisation there.
inline void take_as_base(Prepared& p, std::shared_ptr<const State> base) {
  p.base = std::move(base);
  p.coefficients = coefficients_of(p.world, p.values, *p.base);
  const Shock nothing;
  const System unchanged = p.system(nothing, 0.0);
  p.start.log_earnings = Eigen::ArrayXXd::Zero(p.coefficients.regions, p.coefficients.factors());
  p.start.log_price = RegionSector::Zero(p.coefficients.regions, p.coefficients.sectors);
  p.start.expenditure = p.base->expenditure;
  if (p.values->costs_answer_to_size()) p.start.log_value_added = p.start.log_price;
  if (unchanged.relieves_tax()) p.start.log_tax = Vector::Zero(p.coefficients.regions);
  p.preconditioner = std::make_shared<const Preconditioner>(unchanged, p.start);
}

/// A solved point in the unit of the solver.
[[nodiscard]] inline Unknowns unknowns_of(const Prepared& p, const Equilibrium& eq) {
  const State& state = eq.counterfactual;
  const double level = state.value_added.sum() / p.coefficients.value_added.sum();
  Unknowns z{(state.factor_income / level / p.coefficients.factor_income).log(),
             (eq.price_hat / level).log(),
             state.expenditure / level,
             {},
             {}};
  if (p.start.log_value_added.size() != 0) z.log_value_added = (eq.value_added_hat / level).log();
  if (p.start.log_tax.size() != 0) {
    z.log_tax = (1.0 - state.tariff_revenue / state.value_added).log() - (1.0 - p.coefficients.tax_relief).log();
  }
  return z;
}

}  // namespace tariffsim::detail
