// Equilibrium: everything that a solved model implies, in levels and in changes.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/model/theory_values.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/certificate.hpp"

namespace tariffsim {
namespace detail {
struct Prepared;
}

enum class Status {
  converged,   ///< the certificate is within tolerance
  stalled,     ///< the solver gave up; there is no counterfactual
  infeasible,  ///< there is no equilibrium, or none on the way from the base; the diagnosis names the region
};

[[nodiscard]] inline const char* name(Status status) {
  constexpr const char* names[] = {"converged", "stalled", "infeasible"};
  return names[static_cast<int>(status)];
}

/// How far the solved base lies from the observed flows (0 where the data are an equilibrium as they stand).
struct BaseShift {
  bool resolved = false;      ///< true where the base had to be solved
  double moved_share = 0;     ///< sum of |base - observed| flows over the sum of observed flows
  double largest_change = 0;  ///< largest |base - observed| flow over all that its importer buys
  std::string where;          ///< exporter, importer and sector of that flow
  std::string reason;         ///< why the base was solved: deficits removed, given final demand
};

/// How a limit came out. It is kept without a wedge, binds, or is exceeded at the largest wedge.
struct LimitOutcome {
  std::string name;
  Limited limited = Limited::quantity;
  Sense sense = Sense::at_most;
  RentOwner owner = RentOwner::importer;
  double level = 0;       ///< as asked for: a multiple of the base, an amount or a share
  double amount = 0;      ///< the same in the equilibrium
  double base = 0;        ///< the same in the base
  double slack = 0;       ///< log of level over amount, or its opposite for "at least": above zero where it is kept
  double multiplier = 0;  ///< mu
  double wedge = 0;    ///< price wedge exp(mu) - 1, below zero for "at least": the tariff or export tax that it equals
  double rent = 0;     ///< what the wedge earns its owner, in the world's currency; a subsidy is negative
                       ///< (of a tariff-rate quota on the quota alone, what is above it is duty)
  double largest = 0;  ///< bound on mu

  /// True where the amount is the level.
  [[nodiscard]] bool binds() const { return multiplier > 0 && multiplier < largest; }
  /// True where even the largest wedge does not keep the level: the out-of-quota rate is paid.
  [[nodiscard]] bool beyond() const { return multiplier > 0 && multiplier >= largest; }
  /// mu - mid(0, mu - slack, largest)
  [[nodiscard]] double residual() const { return multiplier - std::clamp(multiplier - slack, 0.0, largest); }
};

/// Result of a solve: N regions, J sectors, F factors. Where status is not converged, `counterfactual` and the hats are
/// empty.
struct Equilibrium {
  Equilibrium(World world, Closure accounting, std::shared_ptr<const Shock> change, Theory economics = {},
              std::shared_ptr<const TheoryValues> parameters = nullptr)
      : observed(std::move(world)),
        theory(std::move(economics)),
        values(parameters ? std::move(parameters) : std::make_shared<const TheoryValues>(values_of(theory, observed))),
        closure(std::move(accounting)),
        shock(std::move(change)) {}

  World observed;                     ///< the world as given
  std::string title;                  ///< of the scenario
  std::vector<std::string> measures;  ///< the changes of the scenario in words; empty where a shock was solved
  std::optional<Date> day;            ///< whose measures were in force, where the scenario is dated
  Theory theory;
  std::shared_ptr<const TheoryValues> values;  ///< of the theory, for the world
  Closure closure;
  std::shared_ptr<const Shock> shock;

  Status status = Status::stalled;
  std::string diagnosis;  ///< why there is no equilibrium, empty where there is one
  Certificate certificate;
  int iterations = 0;   ///< accepted steps
  int evaluations = 0;  ///< of the equilibrium system
  int path_steps = 1;   ///< 1 for a direct solve, more on a path from the base
  double seconds = 0;   ///< wall-clock, base not included
  double tolerance = 0;

  std::shared_ptr<const detail::Prepared> prepared;  ///< what the solver knows of the base; for derivatives
  std::shared_ptr<const State> base;                 ///< solved base that hats and percentages are relative to
  BaseShift base_shift;
  State counterfactual;

  Vector wage_hat;                    ///< N, price of the first factor over all sectors
  Eigen::ArrayXXd factor_price_hat;   ///< N x F, price of a factor over all sectors
  Eigen::ArrayXXd factor_supply_hat;  ///< N x F, employment where it is labour
  RegionSector value_added_hat;       ///< N x J, nominal
  RegionSector cost_hat;              ///< N x J, unit cost of the producer
  RegionSector price_hat;             ///< N x J, price index of the buyer (1 where nothing is bought)
  std::vector<LimitOutcome> limits;   ///< of the shock, in order
  bool rates_respond = false;         ///< true where rates of the shock answer to the equilibrium

  Vector consumer_price_hat;  ///< N, CES over sectors of price_hat with the new alpha; prod_j (price_hat^j)^alpha^j

  [[nodiscard]] bool converged() const noexcept { return status == Status::converged; }

  /// @throws NotConverged that names the status and the worst region and sector.
  const Equilibrium& require_converged() const {
    if (!converged()) throw NotConverged("'" + title + "' is " + name(status) + ": " + diagnosis);
    return *this;
  }

  /// The counterfactual as a world, so that shocks compose. Elasticities are the observed ones.
  [[nodiscard]] World world() const {
    require_converged();
    return observed.edited([&](WorldData& data) {
      data.info.title += " after '" + title + "'";
      data.flows = counterfactual.flows;
      data.tariffs = counterfactual.tariffs();
      data.export_taxes = counterfactual.export_taxes();
      data.value_added_share = counterfactual.value_added_share;
      data.input_shares = counterfactual.input_shares();
      // Implied shares stay implied; given or shocked ones no longer follow from the old flows.
      if (data.final_demand_share || shock->final_demand_share) {
        data.final_demand_share = counterfactual.final_demand_share.max(0.0);
      }
    });
  }
};

}  // namespace tariffsim
