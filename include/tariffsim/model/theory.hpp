// Theory: which economics. It knows no deficit and no use of revenue, which are the Closure's.
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/model/horizon.hpp"
#include "tariffsim/model/parameter.hpp"

namespace tariffsim {

/// What a factor's supply answers to.
enum class WageAnchor {
  real,     ///< the factor's price over the consumer price
  nominal,  ///< the factor's price in the numeraire
};

/// A factor of production. N regions, J sectors.
struct Factor {
  static constexpr double kFree = std::numeric_limits<double>::infinity();

  std::string name = "labour";
  /// Of value added, by region or sector; absent: what the other factors leave.
  std::optional<Parameter> share{};
  /// Elasticity of the supply to one sector relative to another with respect to their factor prices: 0 is specific to
  /// its sector, infinity moves freely.
  double mobility = kFree;
  /// Elasticity of the total supply to what it answers to, by region: 0 is a fixed supply, infinity a rigid price, at
  /// which what is wanted is employed.
  Parameter supply = 0;
  WageAnchor anchor = WageAnchor::real;

  friend bool operator==(const Factor&, const Factor&) = default;
};

/// External economies of scale: productivity grows with the size of the sector to the power psi.
enum class Scale {
  constant,    ///< psi = 0
  given,       ///< psi as given
  free_entry,  ///< psi = 1 / theta: variety by free entry
};

/// A theory of general equilibrium, as parameters of one system (docs/theories.md). As it stands it is Caliendo and
/// Parro's; each preset is a declaration that differs in the parameters which its function names. All elasticities of
/// trade are trade elasticities theta = sigma - 1.
struct Theory {
  std::string name = "caliendo_parro";
  std::optional<Parameter> sources{};          ///< theta among sources, by sector; absent: the world's
  std::optional<Parameter> domestic_import{};  ///< theta between home and imports; absent: one tier, as among sources
  double final_demand = 1;                     ///< elasticity of substitution across sectors, final; 1 Cobb-Douglas
  Parameter value_added_materials = 1;         ///< of value added against materials, by sector; 0 Leontief
  double materials = 1;                        ///< among materials; 0 Leontief
  Scale scale = Scale::constant;
  Parameter scale_elasticity = 0;                ///< psi, where scale is given
  Parameter distribution_margin = 0;             ///< nu: share of purchases that local distribution earns, by importer
  Parameter pass_through = 1;                    ///< phi: exponent of the tariff in expenditure shares, by importer
  std::optional<Parameter> firm_substitution{};  ///< sigma between firms, by sector: sets nu and phi (Melitz, Chaney)
  std::vector<Factor> factors = {Factor{}};      ///< the first is labour, whose price is the wage
  std::optional<Horizon> horizon{};              ///< of the elasticity among sources and of home against imports
  std::optional<double> years{};                 ///< since the change; absent: the long run, or a path's own dates
  Parameter elasticity_scale = 1;   ///< multiplies both elasticities of trade, after the horizon, by sector
  std::string elasticity_source{};  ///< of what was given here; empty: as given

  friend bool operator==(const Theory&, const Theory&) = default;

  /// Caliendo and Parro (2015): sectors, input-output links, one mobile factor.
  [[nodiscard]] static Theory caliendo_parro() { return {}; }
  /// Armington (1969), Anderson and van Wincoop (2003): goods differ by origin. The same equations.
  [[nodiscard]] static Theory armington() { return named("armington"); }
  /// Eaton and Kortum (2002): the cheapest source, Frechet technologies. The same equations.
  [[nodiscard]] static Theory eaton_kortum() { return named("eaton_kortum"); }
  /// Costinot and Rodriguez-Clare (2014), perfect competition, many sectors. The same equations.
  [[nodiscard]] static Theory costinot_rodriguez_clare() { return named("costinot_rodriguez_clare"); }
  /// Krugman (1980): varieties by free entry; scale elasticity 1 / theta, theta = sigma - 1.
  [[nodiscard]] static Theory krugman() {
    Theory theory = named("krugman");
    theory.scale = Scale::free_entry;
    return theory;
  }
  /// Melitz (2003) and Chaney (2008): Pareto firms, fixed costs of a market in its own factors, tariffs on sales.
  /// @param sigma elasticity of substitution between firms, above one and below theta + 1.
  [[nodiscard]] static Theory melitz_chaney(Parameter sigma) {
    Theory theory = named("melitz_chaney");
    theory.scale = Scale::free_entry;
    theory.firm_substitution = std::move(sigma);
    return theory;
  }
  /// External economies with a given elasticity by sector: Kucheryavyy, Lyn and Rodriguez-Clare (2023).
  [[nodiscard]] static Theory external_economies(Parameter psi) {
    Theory theory = named("external_economies");
    theory.scale = Scale::given;
    theory.scale_elasticity = std::move(psi);
    return theory;
  }
  /// Jones (1971): labour stays in its sector, or moves with an elasticity.
  [[nodiscard]] static Theory specific_factors(double mobility = 0) {
    Theory theory = named("specific_factors");
    theory.factors.front().mobility = mobility;
    return theory;
  }
  /// Home against imports, then among sources, with elasticities of their own.
  [[nodiscard]] static Theory two_tier(Parameter domestic_import) {
    Theory theory = named("two_tier");
    theory.domestic_import = std::move(domestic_import);
    return theory;
  }
  /// Labour supply with an elasticity: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025).
  [[nodiscard]] static Theory elastic_labour(Parameter supply) {
    Theory theory = named("elastic_labour");
    theory.factors.front().supply = std::move(supply);
    return theory;
  }

  /// The same theory so many years after the change.
  [[nodiscard]] Theory after(double since) const {
    Theory theory = *this;
    theory.years = since;
    return theory;
  }

 private:
  static Theory named(const char* preset) {
    Theory theory;
    theory.name = preset;
    return theory;
  }
};

}  // namespace tariffsim
