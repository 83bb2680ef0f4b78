// Derivatives of an equilibrium by everything that it depends on, exact to the precision of its solution.
#pragma once

#include <memory>
#include <vector>

#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/parameters.hpp"

namespace tariffsim {
namespace detail {
class DerivativesCore;
}

/// The parameters that a theory has, and that derivatives go by.
/// @param resolved true where the base had to be solved, and deficits are then not what was given.
[[nodiscard]] inline std::vector<ParameterKind> parameters_of(const Theory& theory, const TheoryValues& values,
                                                              const Closure& closure, bool resolved) {
  using enum ParameterKind;
  std::vector<ParameterKind> kinds = {tariff, export_tax, trade_cost, taste, productivity};
  if (closure.deficits != Deficits::balanced && !resolved) kinds.push_back(deficit);
  // Of Melitz and Chaney the margin depends on theta, and with the margin the base does.
  if (!theory.firm_substitution) kinds.push_back(trade_elasticity);
  if (values.two_tiers()) kinds.push_back(home_elasticity);
  if (values.final_demand != 1) kinds.push_back(final_demand);
  if (values.value_added_materials.size() != 0) kinds.push_back(value_added_materials);
  if (values.materials != 1) kinds.push_back(materials);
  if (values.scales() && theory.scale == Scale::given) kinds.push_back(scale);
  if (values.elastic()) kinds.push_back(supply);
  if (values.immobile()) kinds.push_back(mobility);
  if (values.pass_through.size() != 0 && !theory.firm_substitution) kinds.push_back(pass_through);
  return kinds;
}

/// How levels move, or how an outcome weighs them: those of the equilibrium, and those of a base that had to be solved,
/// which moves with elasticities too. Logs of the base are relative to the world as observed.
struct LevelPair {
  LevelValues now, base;
};

/// The linearisation of one equilibrium; make it once for several derivatives. Not for several threads at once.
class Derivatives {
 public:
  /// @param wanted parameters to differentiate by; those that the theory has where it is empty.
  /// @throws NotConverged where there is no equilibrium.
  /// @throws InvalidInput where a limit binds, where rates answer to the equilibrium, or on a parameter that the theory
  /// does not have.
  explicit Derivatives(const Equilibrium& eq, const std::vector<ParameterKind>& wanted = {});
  Derivatives(Derivatives&&) noexcept;
  Derivatives& operator=(Derivatives&&) noexcept;
  ~Derivatives();

  /// What it differentiates by.
  [[nodiscard]] const std::vector<ParameterKind>& parameters() const noexcept;

  /// How levels move in a direction (jvp).
  /// @throws NotConverged where the linearised system is singular.
  [[nodiscard]] LevelPair tangent(const ParameterValues& direction);

  /// The derivative of a weighted sum of levels by every parameter (vjp).
  /// @throws NotConverged where the linearised system is singular.
  [[nodiscard]] ParameterValues gradient(const LevelPair& weights);

 private:
  std::unique_ptr<detail::DerivativesCore> core_;
};

}  // namespace tariffsim

#ifndef TARIFFSIM_COMPILED
#include "tariffsim/solve/derivatives_definitions.hpp"  // IWYU pragma: export
#endif
