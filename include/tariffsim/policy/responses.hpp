// Rates that answer to the equilibrium: duties per unit, and preferences for what is made in the exporter.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/change.hpp"

namespace tariffsim {

/// Duties per unit. Their ad valorem equivalent moves with the price: t = r (numeraire / border price), both as changes
/// from the base, on top of the ad valorem rate.
struct SpecificDuty {
  std::vector<Index> cells;      ///< exporter + N (importer + N sector)
  std::vector<double> rates;     ///< r >= 0 by cell, the equivalent at base prices
  std::optional<Index> wage_of;  ///< region whose wage is the numeraire; world value added where absent
};

/// A flow under a rule of origin: its tariff and trade cost if all of it qualified.
struct OriginCell {
  Index cell = 0;         ///< exporter + N (importer + N sector)
  double tariff = 0;      ///< of what qualifies and uses it as far as it pays
  double trade_cost = 1;  ///< the cost of compliance, as a factor
  double use = 1;         ///< share that uses the preference where it qualifies
};

/// A preference for goods of which at least `threshold` of the unit cost comes from the area and the exporter. The
/// share that qualifies is 1 / (1 + exp(-(content - threshold) / spread)) of every exporter and sector.
struct OriginRule {
  std::string name;
  double threshold = 0, spread = 0;
  std::vector<bool> area;  ///< N
  std::vector<OriginCell> cells;
};

/// A share of a flow that goes another way than straight at the usual rate.
struct WayTaken {
  Instrument way = Instrument::preference;  ///< preference, reexport or transshipment
  std::optional<Index> through;             ///< region of the hub
  Index cell = 0;                           ///< exporter + N (importer + N sector)
  double base_share = 0, share = 0;         ///< of the flow's border value, before and after
};

/// The share of the unit cost of exporter i and sector j that is not bought outside the area,
/// 1 - (1 - beta) sum_k gamma^{kj} sum_{s outside} pi_{si}^k; `expenditure_share` is N x N x J.
[[nodiscard]] inline double regional_content(const World& world, const Cube& expenditure_share,
                                             const std::vector<bool>& area, Index i, Index j) {
  double foreign = 0;
  for (Index k = 0; k < world.sectors().size(); ++k) {
    const double used = world.input_shares().slice(i)(k, j);
    if (used == 0) continue;
    double outside = 0;
    for (Index s = 0; s < world.regions().size(); ++s) {
      if (s != i && !area[static_cast<std::size_t>(s)]) outside += expenditure_share(s, i, k);
    }
    foreign += used * outside;
  }
  return 1.0 - (1.0 - world.value_added_share()(i, j)) * foreign;
}

/// The share of goods that qualifies under a rule at a content.
[[nodiscard]] inline double qualifying_share(const OriginRule& rule, double content) {
  return 1.0 / (1.0 + std::exp((rule.threshold - content) / rule.spread));
}

namespace detail {

inline void require_abroad(const World& world, Index cell, const std::string& where) {
  const Index N = world.regions().size();
  if (cell < 0 || cell >= N * N * world.sectors().size()) {
    throw InvalidInput(where, "names a cell outside the world", "count cells as exporter + N (importer + N sector)");
  }
  const FlowCell flow = flow_at(cell, N);
  if (world.is_domestic(flow.exporter, flow.importer)) {
    throw InvalidInput(where, "is on domestic sales of " + world.regions().code(flow.exporter),
                       "name flows between two regions");
  }
}

inline void validate(const SpecificDuty& duty, const World& world) {
  const std::string where = "specific tariff";
  if (duty.cells.empty()) throw InvalidInput(where, "names no flow", "give at least one cell that trades");
  if (duty.rates.size() != duty.cells.size()) {
    throw InvalidInput(
        where,
        "has " + std::to_string(duty.rates.size()) + " rates for " + std::to_string(duty.cells.size()) + " cells",
        "give one rate per cell");
  }
  for (std::size_t k = 0; k < duty.cells.size(); ++k) {
    require_abroad(world, duty.cells[k], where);
    if (!(std::isfinite(duty.rates[k]) && duty.rates[k] >= 0)) {
      throw InvalidInput(where, "its equivalent at base prices is " + show(duty.rates[k]),
                         "give an ad valorem equivalent of zero or more: 0.25 is 25 percent at base prices");
    }
  }
  if (duty.wage_of && (*duty.wage_of < 0 || *duty.wage_of >= world.regions().size())) {
    throw InvalidInput(where, "its numeraire is the wage of no region", "name a region of the world");
  }
}

inline void validate(const OriginRule& rule, const World& world) {
  const std::string where = rule.name.empty() ? "rule of origin" : "rule of origin '" + rule.name + "'";
  if (!(rule.threshold > 0 && rule.threshold <= 1)) {
    throw InvalidInput(where, "its threshold is " + show(rule.threshold),
                       "give a share of the unit cost: 0.3 is 30 percent");
  }
  if (!(std::isfinite(rule.spread) && rule.spread >= 1e-4)) {
    throw InvalidInput(
        where, "the spread of content over firms is " + show(rule.spread),
        "give one above 0.0001; 0.05 lets half of the goods qualify at the threshold and nearly all at 15 "
        "points above it");
  }
  if (static_cast<Index>(rule.area.size()) != world.regions().size()) {
    throw InvalidInput(where, "its area has " + std::to_string(rule.area.size()) + " entries",
                       "give one for each region");
  }
  for (const OriginCell& each : rule.cells) {
    require_abroad(world, each.cell, where);
    if (!(each.tariff > -1 && std::isfinite(each.tariff) && each.trade_cost >= 1 && std::isfinite(each.trade_cost))) {
      throw InvalidInput(where, "a tariff of " + show(each.tariff) + " at a cost of " + show(each.trade_cost),
                         "give a rate above -1 and a cost factor of one or more");
    }
  }
}

}  // namespace detail
}  // namespace tariffsim
