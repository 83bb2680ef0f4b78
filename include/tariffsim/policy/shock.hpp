// Shock: what changed, as arrays, limits and rates that answer to the equilibrium; it knows no names of laws.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/constraint.hpp"
#include "tariffsim/policy/responses.hpp"

namespace tariffsim {

/// Changes to a world of N regions and J sectors. An absent array means no change.
struct Shock {
  std::optional<Cube> tariffs;  ///< N x N x J, new rates t' > -1
  /// N x N x J, new rates e' > -1; revenue to the exporter. On a domestic cell a tax on what is sold at home.
  std::optional<Cube> export_taxes;
  std::optional<Cube> trade_cost_hat;              ///< N x N x J, d'/d > 0; infinity is a ban
  std::optional<Cube> taste_hat;                   ///< N x N x J, share shifter >= 0, multiplies pi
  std::optional<RegionSector> productivity_hat;    ///< N x J, A'/A > 0
  std::optional<RegionSector> final_demand_share;  ///< N x J, new alpha, rows sum to 1
  std::optional<Vector> deficits;                  ///< N, new D, sums to zero; in the world's currency
  std::vector<Constraint> constraints;             ///< limits, each with a wedge that the solver finds
  std::vector<SpecificDuty> specific_duties;       ///< on top of `tariffs`
  std::vector<OriginRule> origin_rules;            ///< in place of `tariffs` for what qualifies
  std::vector<WayTaken> ways;                      ///< how much of a flow goes another way; for the results alone

  /// True where consumers' tastes differ before and after, so that real income cannot be compared.
  [[nodiscard]] bool changes_tastes() const noexcept { return taste_hat || final_demand_share; }

  /// True where only import tariffs change, the case that the first-order welfare formula is made for.
  [[nodiscard]] bool only_tariffs() const noexcept {
    return !(export_taxes || trade_cost_hat || taste_hat || productivity_hat || final_demand_share || deficits) &&
           constraints.empty();
  }

  /// True where rates answer to the equilibrium, so that solving is a search for both.
  [[nodiscard]] bool responds() const noexcept { return !(specific_duties.empty() && origin_rules.empty()); }
};

/// d'/d of one flow; 1 where no trade cost changes.
[[nodiscard]] inline double trade_cost_hat(const Shock& shock, Index exporter, Index importer, Index sector) {
  return shock.trade_cost_hat ? (*shock.trade_cost_hat)(exporter, importer, sector) : 1.0;
}

/// True where a shock forbids the flow; such a flow has no price.
[[nodiscard]] inline bool is_banned(const Shock& shock, Index exporter, Index importer, Index sector) {
  return std::isinf(trade_cost_hat(shock, exporter, importer, sector));
}

/// One plus the tariff of a cell times a factor, whatever its rates answer to.
inline void multiply_duty(Shock& shock, const World& world, Index cell, double factor) {
  if (!shock.tariffs) shock.tariffs = world.tariffs();
  const auto multiply = [&](double& rate) { rate = (1.0 + rate) * factor - 1.0; };
  multiply(shock.tariffs->values()[cell]);
  for (SpecificDuty& duty : shock.specific_duties) {
    for (std::size_t k = 0; k < duty.cells.size(); ++k) {
      if (duty.cells[k] == cell) duty.rates[k] *= factor;
    }
  }
  for (OriginRule& rule : shock.origin_rules) {
    for (OriginCell& each : rule.cells) {
      if (each.cell == cell) multiply(each.tariff);
    }
  }
}

namespace detail {

template <class Accept>
void require_bilateral(const World& world, const std::optional<Cube>& cube, const std::string& table, Accept accept,
                       const std::string& remedy) {
  if (!cube) return;
  const Index N = world.regions().size(), J = world.sectors().size();
  require_shape(table, *cube, N, N, J);
  scan(*cube, accept, [&](Index i, Index n, Index j, double value) {
    throw InvalidInput(bilateral_cell(world.data(), table, i, n, j), "value is " + show(value), remedy);
  });
}

inline void require_domestic_unchanged(const World& world, const std::optional<Cube>& rates, const Cube& base,
                                       const std::string& table) {
  if (!rates) return;
  for (Index n = 0; n < rates->cols(); ++n) {
    for (Index i = 0; i < rates->rows(); ++i) {
      if (!world.is_domestic(i, n)) continue;
      for (Index j = 0; j < rates->slices(); ++j) {
        if ((*rates)(i, n, j) != base(i, n, j)) {
          throw InvalidInput(bilateral_cell(world.data(), table, i, n, j),
                             "a measure would change a domestic cell to " + show((*rates)(i, n, j)),
                             "leave domestic cells at their base rate");
        }
      }
    }
  }
}

}  // namespace detail

/// Checks shapes, ranges and sums of a shock against a world.
/// @throws InvalidInput that names the array, the cell and the remedy.
inline void validate(const Shock& shock, const World& world) {
  // A comparison with NaN is false, so that these refuse it too.
  const auto rate = [](double r) { return r > -1.0 && r <= std::numeric_limits<double>::max(); };
  const std::string rate_remedy = "rates are ad valorem (0.25 is 25 percent), finite and above -1";
  detail::require_bilateral(world, shock.tariffs, "tariffs", rate, rate_remedy);
  detail::require_bilateral(world, shock.export_taxes, "export_taxes", rate, rate_remedy);
  detail::require_domestic_unchanged(world, shock.tariffs, world.tariffs(), "tariffs");
  detail::require_bilateral(
      world, shock.trade_cost_hat, "trade_cost_hat", [](double d) { return d > 0; },
      "a change in trade cost is a ratio above zero (1.1 is 10 percent dearer; infinity is a ban)");
  detail::require_bilateral(
      world, shock.taste_hat, "taste_hat", [](double a) { return std::isfinite(a) && a >= 0; },
      "a taste shifter is a finite ratio, zero or more (1 is no change)");
  const Index N = world.regions().size(), J = world.sectors().size();
  if (shock.productivity_hat) {
    detail::require_shape("productivity_hat", *shock.productivity_hat, N, J);
    if (!(shock.productivity_hat->isFinite().all() && (*shock.productivity_hat > 0).all())) {
      throw InvalidInput("productivity_hat", "a value is not finite and above zero",
                         "a change in productivity is a ratio (1.02 is 2 percent more)");
    }
  }
  if (shock.final_demand_share) {
    const RegionSector& alpha = *shock.final_demand_share;
    detail::require_shape("final_demand_share", alpha, N, J);
    for (Index n = 0; n < N; ++n) {
      const std::string where = cell("final_demand_share", {{"region", world.regions().code(n)}});
      if (!alpha.row(n).isFinite().all() || std::abs(alpha.row(n).sum() - 1.0) > 1e-9) {
        throw InvalidInput(where, "shares sum to " + show(alpha.row(n).sum()), "rescale the row to sum to 1");
      }
      for (Index j = 0; j < J; ++j) {
        // A base share may be zero up to rounding; a share that a shock makes negative is refused.
        if (alpha(n, j) < -kRoundingTolerance) {
          throw InvalidInput(where, "a share is negative: " + show(alpha(n, j)), "use shares of zero or more");
        }
      }
    }
  }
  for (const Constraint& constraint : shock.constraints) detail::validate(constraint, world);
  for (const SpecificDuty& duty : shock.specific_duties) detail::validate(duty, world);
  for (const OriginRule& rule : shock.origin_rules) detail::validate(rule, world);
  if (shock.deficits) {
    const Vector& deficit = *shock.deficits;
    if (deficit.size() != N) {
      detail::refuse_shape("deficits", std::to_string(N), std::to_string(deficit.size()));
    }
    const double scale = world.accounts().value_added.sum();
    if (!deficit.isFinite().all() || std::abs(deficit.sum()) > 1e-9 * scale) {
      throw InvalidInput("deficits", "the deficits of the world sum to " + show(deficit.sum()) + ", not to zero",
                         "change the other regions' deficits by the opposite amount in total");
    }
  }
}

}  // namespace tariffsim
