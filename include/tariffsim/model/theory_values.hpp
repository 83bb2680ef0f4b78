// A theory bound to a world: its parameters as arrays, checked, and what is not known about them.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/theory.hpp"

namespace tariffsim {

/// A factor's parameters for a world.
struct FactorValues {
  std::string name;
  RegionSector share;     ///< N x J, phi, of value added
  double immobility = 0;  ///< mu = 1 / (1 + mobility), in [0, 1]
  Vector response;        ///< N, omega = supply / (1 + supply), in [0, 1]
  WageAnchor anchor = WageAnchor::real;
};

/// A theory's parameters for a world of N regions and J sectors; empty arrays where the parameter is neutral.
struct TheoryValues {
  Vector trade_elasticity;           ///< J, theta among sources
  Vector home_elasticity;            ///< J, theta between home and imports; empty: one tier
  double final_demand = 1;           ///< elasticity of substitution across sectors
  Vector value_added_materials;      ///< J, rho; empty: Cobb-Douglas everywhere
  double materials = 1;              ///< rho_m
  RegionSector scale;                ///< N x J, psi; empty: constant returns
  RegionSector distribution_margin;  ///< N x J, nu, by importer; empty: none
  RegionSector pass_through;         ///< N x J, phi, by importer; empty: one
  std::vector<FactorValues> factors;
  std::string elasticity_source;
  std::vector<std::string> warnings;  ///< where it is not known that an equilibrium is the only one

  [[nodiscard]] bool two_tiers() const { return home_elasticity.size() != 0; }
  [[nodiscard]] bool ces_production() const { return value_added_materials.size() != 0 || materials != 1; }
  [[nodiscard]] bool scales() const { return scale.size() != 0; }
  [[nodiscard]] bool distributes() const { return distribution_margin.size() != 0; }
  /// True where a factor's price differs between sectors.
  [[nodiscard]] bool immobile() const {
    for (const FactorValues& factor : factors) {
      if (factor.immobility > 0) return true;
    }
    return false;
  }
  /// True where a factor's supply answers to its price.
  [[nodiscard]] bool elastic() const {
    for (const FactorValues& factor : factors) {
      if ((factor.response > 0).any()) return true;
    }
    return false;
  }
  /// True where unit costs answer to how much a sector makes.
  [[nodiscard]] bool costs_answer_to_size() const { return scales() || immobile(); }
  /// True where the equations are those of Caliendo and Parro.
  [[nodiscard]] bool plain() const {
    return !two_tiers() && !ces_production() && final_demand == 1 && !costs_answer_to_size() && !distributes() &&
           pass_through.size() == 0 && !elastic() && factors.size() == 1;
  }
};

namespace detail {

template <class Array, class Accept>
void require_range(const Array& values, Accept accept, const std::string& what, const std::string& remedy) {
  for (Index j = 0; j < values.cols(); ++j) {
    for (Index n = 0; n < values.rows(); ++n) {
      if (!accept(values(n, j))) throw InvalidInput("theory: " + what, "is " + show(values(n, j)), remedy);
    }
  }
}

inline std::vector<FactorValues> factors_of(const Theory& theory, const World& world) {
  if (theory.factors.empty()) {
    throw InvalidInput("theory: factors", "there is none", "name one at least: labour");
  }
  const Index N = world.regions().size(), J = world.sectors().size();
  RegionSector left = RegionSector::Ones(N, J);
  std::vector<FactorValues> out;
  std::string open;
  for (const Factor& factor : theory.factors) {
    const std::string what = "factor '" + factor.name + "'";
    for (const FactorValues& other : out) {
      if (other.name == factor.name) throw InvalidInput("theory: " + what, "stands twice", "give each factor a name");
    }
    if (!(factor.mobility >= 0)) {
      throw InvalidInput("theory: " + what + ": mobility", "is " + show(factor.mobility),
                         "give an elasticity: 0 is specific to its sector, inf moves freely");
    }
    FactorValues values{factor.name, {}, 1.0 / (1.0 + factor.mobility), {}, factor.anchor};
    const Vector supply = by_region(factor.supply, world, "theory: " + what + ": supply");
    require_range(
        supply, [](double s) { return s >= 0; }, what + ": supply",
        "give an elasticity: 0 is a fixed supply, inf a rigid price");
    values.response = 1.0 - (1.0 + supply).inverse();
    if (factor.share) {
      values.share = cells_of(*factor.share, world, "theory: " + what + ": share");
      require_range(
          values.share, [](double s) { return s >= 0 && s <= 1; }, what + ": share",
          "give a share of value added, between 0 and 1");
      left -= values.share;
    } else if (open.empty()) {
      open = factor.name;
    } else {
      throw InvalidInput(
          "theory: factors '" + open + "' and '" + factor.name + "'",
          "have no shares of value added, and the world has none",
          "give the share of each factor but one, by region or sector: share = 0.35, or exceptions by code");
    }
    out.push_back(std::move(values));
  }
  constexpr double kRounding = 1e-9;
  if (left.minCoeff() < -kRounding || (open.empty() && left.maxCoeff() > kRounding)) {
    throw InvalidInput("theory: factors", "shares of value added do not sum to one",
                       "leave out the share of one factor, which then takes what the others leave");
  }
  for (FactorValues& values : out) {
    if (values.share.size() == 0) values.share = left.max(0.0);
  }
  return out;
}

// Where theory knows no uniqueness: beyond a product of one without materials, and anywhere with them.
inline void warn_of_scale(TheoryValues& values, const World& world) {
  constexpr double kRounding = 1e-9;
  Index n = 0, j = 0;
  const RegionSector product = values.scale.rowwise() * values.trade_elasticity.transpose();
  const double largest = product.maxCoeff(&n, &j);
  const bool materials = (world.value_added_share() < 1.0).any();
  if (!(largest > 0) || (!materials && largest <= 1.0 + kRounding)) return;
  values.warnings.push_back("scale elasticity times trade elasticity is up to " + show(largest) + " (sector " +
                            world.sectors().code(j) + ")" + (largest > 1.0 + kRounding ? ", above 1" : "") +
                            (materials ? ", in a world with materials" : "") +
                            ": more than one equilibrium may exist; a single one is known up to 1 without materials "
                            "(Kucheryavyy, Lyn and Rodriguez-Clare 2023)");
}

inline std::string elasticity_source(const Theory& theory, const World& world) {
  std::string text;
  if (theory.sources) {
    text = theory.elasticity_source.empty() ? "as given: " + describe(*theory.sources) : theory.elasticity_source;
  } else {
    text = "of the world '" + (world.info().title.empty() ? world.info().name : world.info().title) + "'";
  }
  if (theory.domestic_import) text += "; home against imports as given: " + describe(*theory.domestic_import);
  if (!theory.elasticity_scale.is(1)) text += "; times " + describe(theory.elasticity_scale);
  if (theory.horizon) {
    const Horizon& h = *theory.horizon;
    text += "; ";
    text += theory.years
                ? show(*theory.years) + " years after the change " + show(h.share(*theory.years)) + " of the long run"
                : std::string("in the long run");
    text += h.source.empty() ? ", horizon as given" : " (" + h.source + ")";
  }
  return text;
}

}  // namespace detail

/// The parameters of a theory for a world.
/// @throws InvalidInput on a value out of range, an unknown code, or factor shares that are missing.
[[nodiscard]] inline TheoryValues values_of(const Theory& theory, const World& world) {
  using detail::require_range;
  const auto positive = [](double x) { return x > 0 && std::isfinite(x); };
  const auto elasticity = [](double x) { return x >= 0 && std::isfinite(x); };
  const char* substitution = "give an elasticity of substitution: 0 is Leontief, 1 Cobb-Douglas";
  const char* theta = "give a trade elasticity theta = sigma - 1, above zero";
  TheoryValues v;
  v.trade_elasticity = theory.sources ? by_sector(*theory.sources, world, "theory: sources") : world.trade_elasticity();
  require_range(v.trade_elasticity, positive, "sources", theta);
  if (theory.domestic_import) {
    v.home_elasticity = by_sector(*theory.domestic_import, world, "theory: domestic_import");
    require_range(v.home_elasticity, positive, "domestic_import", theta);
  }
  if (theory.horizon) {
    validate(*theory.horizon);
    if (theory.years) {
      if (!(*theory.years >= 0)) {
        throw InvalidInput("theory: years", "is " + show(*theory.years), "give years since the change, zero or more");
      }
      const double share = theory.horizon->share(*theory.years);
      v.trade_elasticity *= share;
      v.home_elasticity *= share;
    }
  }
  if (!theory.elasticity_scale.is(1)) {
    const Vector scale = by_sector(theory.elasticity_scale, world, "theory: elasticity_scale");
    require_range(scale, positive, "elasticity_scale", "give a factor above zero: 1 leaves elasticities as they are");
    v.trade_elasticity *= scale;
    if (v.two_tiers()) v.home_elasticity *= scale;
  }
  if (!elasticity(theory.final_demand)) {
    throw InvalidInput("theory: final_demand", "is " + show(theory.final_demand), substitution);
  }
  v.final_demand = theory.final_demand;
  if (!elasticity(theory.materials)) {
    throw InvalidInput("theory: materials", "is " + show(theory.materials), substitution);
  }
  v.materials = theory.materials;
  if (!theory.value_added_materials.is(1)) {
    v.value_added_materials = by_sector(theory.value_added_materials, world, "theory: value_added_materials");
    require_range(v.value_added_materials, elasticity, "value_added_materials", substitution);
  }
  const Index N = world.regions().size();
  switch (theory.scale) {
    case Scale::constant: break;
    case Scale::free_entry: v.scale = v.trade_elasticity.inverse().transpose().replicate(N, 1); break;
    case Scale::given:
      if (!theory.scale_elasticity.is(0)) v.scale = cells_of(theory.scale_elasticity, world, "theory: scale");
      require_range(v.scale, elasticity, "scale", "give an elasticity of productivity to size, zero or more");
      break;
  }
  if (v.scales()) detail::warn_of_scale(v, world);
  if (theory.firm_substitution) {
    const Vector sigma = by_sector(*theory.firm_substitution, world, "theory: firm_substitution");
    for (Index j = 0; j < sigma.size(); ++j) {
      if (!(sigma[j] > 1 && sigma[j] < v.trade_elasticity[j] + 1)) {
        throw InvalidInput("theory: firm_substitution",
                           "is " + show(sigma[j]) + " in sector " + world.sectors().code(j) +
                               ", whose trade elasticity is " + show(v.trade_elasticity[j]),
                           "give an elasticity of substitution above 1 and below the trade elasticity plus 1");
      }
    }
    const Vector th = v.trade_elasticity;
    v.distribution_margin = Vector((th - sigma + 1.0) / (th * sigma)).transpose().replicate(N, 1);
    v.pass_through = Vector(sigma / (sigma - 1.0) - th.inverse()).transpose().replicate(N, 1);
  }
  if (!theory.distribution_margin.is(0)) {
    v.distribution_margin = cells_of(theory.distribution_margin, world, "theory: distribution_margin");
    require_range(
        v.distribution_margin, [](double x) { return x >= 0 && x < 1; }, "distribution_margin",
        "give a share of purchases, at least 0 and below 1");
  }
  if (!theory.pass_through.is(1)) {
    v.pass_through = cells_of(theory.pass_through, world, "theory: pass_through");
    require_range(v.pass_through, positive, "pass_through", "give an exponent above zero: 1 is complete");
  }
  v.factors = detail::factors_of(theory, world);
  v.elasticity_source = detail::elasticity_source(theory, world);
  return v;
}

}  // namespace tariffsim
