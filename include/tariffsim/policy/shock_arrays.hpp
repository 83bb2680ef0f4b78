// ShockArrays: a shock in the making, the scope of changes, and what an instrument must ask before it changes a rate.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/policy/change_values.hpp"
#include "tariffsim/policy/policy_checks.hpp"
#include "tariffsim/policy/scope.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim::detail {

[[nodiscard]] inline double positive_factor(double factor, const std::string& where) {
  if (std::isfinite(factor) && factor > 0) return factor;
  throw InvalidInput(where, "factor is " + show(factor),
                     "a factor is a ratio above zero (1.1 is 10 percent more); to stop a flow use a ban");
}

/// Refuses what is a slip of percent for a ratio.
inline void require_plain(double rate, const std::string& where) {
  if (rate <= kLargestPlainRate) return;
  throw InvalidInput(where, "a rate of " + show(rate) + " would be " + show(100 * rate) + " percent",
                     "rates and costs are ratios: 0.25 is 25 percent");
}

inline void refuse_operation(const Change& change, Operation refused, const std::string& where) {
  if (change.operation != refused) return;
  throw InvalidInput(where, std::string("operation '") + name(refused) + "' has no meaning here",
                     "use set, add or scale");
}

/// Arrays that changes are applied to one by one, in the order of the scenario.
class ShockArrays {
 public:
  ShockArrays(const World& of, const ScopeResolver::Groups& groups, bool dated) : world(of), scope(of, groups, dated) {}

  const World& world;
  ScopeResolver scope;
  Shock shock;
  std::map<std::optional<Index>, std::map<Index, double>> per_unit;  ///< duties per unit by numeraire and cell
  std::unordered_map<Index, Instrument> settled;                     ///< cells whose tariff something rests on
  std::map<Index, double> importer_rent, exporter_rent;              ///< factors on the price by cell, of barriers
  std::map<Index, double> on_output;                                 ///< by exporter + N sector: one less subsidy
  std::map<Index, double> dated_cost;                                ///< of dated preferences, as a factor, by cell

  [[nodiscard]] Cube& tariffs() { return ensured(shock.tariffs, world.tariffs()); }
  [[nodiscard]] Cube& export_taxes() { return ensured(shock.export_taxes, world.export_taxes()); }
  [[nodiscard]] Cube& trade_cost_hat() { return ones(shock.trade_cost_hat); }
  [[nodiscard]] Cube& taste_hat() { return ones(shock.taste_hat); }

  void dearer(Index i, Index n, Index j, double factor) {
    if (factor != 1) trade_cost_hat()(i, n, j) *= factor;
  }

  [[nodiscard]] Index cell(Index i, Index n, Index j) const { return flow_place(i, n, j, world.regions().size()); }

  template <class Visit>
  void each_pair(const Change& change, const std::string& where, Visit visit) const {
    const auto exporters = scope.regions(change.exporter, where + ": exporter");
    const auto importers = scope.regions(change.importer, where + ": importer");
    for (const Index j : scope.sectors(change.sector, where + ": sector"))
      for (const Index n : importers)
        for (const Index i : exporters) visit(i, n, j);
  }

  // Pairs of the scope that trade, without domestic cells.
  template <class Visit>
  void each_flow(const Change& change, const std::string& where, Visit visit) const {
    each_pair(change, where, [&](Index i, Index n, Index j) {
      if (!world.is_domestic(i, n) && world.flows()(i, n, j) > 0) visit(i, n, j);
    });
  }

  template <class Visit>
  void each_region(const Change& change, const std::string& where, Visit visit) const {
    const auto regions = scope.regions(change.exporter, where + ": region");
    for (const Index j : scope.sectors(change.sector, where + ": sector"))
      for (const Index n : regions) visit(n, j);
  }

  // A rate that replaces the day's takes the day's preferences away, and what they cost.
  void end_dated_preference(Index i, Index n, Index j) {
    const auto cost = dated_cost.find(cell(i, n, j));
    if (cost == dated_cost.end()) return;
    trade_cost_hat()(i, n, j) /= cost->second;
    dated_cost.erase(cost);
    auto& ways = shock.ways;
    ways.erase(std::remove_if(
                   ways.begin(), ways.end(),
                   [&](const WayTaken& way) { return way.way == Instrument::preference && way.cell == cell(i, n, j); }),
               ways.end());
  }

  // Where a later change would pull the ground from under an earlier one.
  void require_open(Index i, Index n, Index j, const std::string& where) const {
    const auto hit = settled.find(cell(i, n, j));
    if (hit == settled.end()) return;
    throw InvalidInput(
        where,
        "changes the tariff of " + bilateral_cell(world.data(), "cell", i, n, j) + ", on which a " + name(hit->second) +
            " already rests",
        std::string("declare this change before the ") + name(hit->second) + ", or leave one of the two away");
  }

  void require_ad_valorem(Index i, Index n, Index j, const std::string& where) const {
    for (const auto& entry : per_unit) {
      const auto rate = entry.second.find(cell(i, n, j));
      if (rate == entry.second.end() || rate->second == 0) continue;
      throw InvalidInput(where, bilateral_cell(world.data(), "cell", i, n, j) + " pays a duty per unit",
                         "change the duty per unit itself (set, scale), or use ad valorem rates on this flow");
    }
    const auto rests = settled.find(cell(i, n, j));
    if (rests == settled.end() || rests->second != Instrument::preference) return;
    const bool by_origin = std::any_of(shock.origin_rules.begin(), shock.origin_rules.end(), [&](const auto& rule) {
      return std::any_of(rule.cells.begin(), rule.cells.end(), [&](const auto& c) { return c.cell == cell(i, n, j); });
    });
    if (by_origin) {
      throw InvalidInput(where, bilateral_cell(world.data(), "cell", i, n, j) + " is under a rule of origin",
                         "use one instrument for the flow");
    }
  }

 private:
  template <class T>
  static T& ensured(std::optional<T>& array, const T& base) {
    if (!array) array = base;
    return *array;
  }

  Cube& ones(std::optional<Cube>& array) const {
    const Index N = world.regions().size(), J = world.sectors().size();
    if (!array) array = Cube(N, N, J, 1.0);
    return *array;
  }
};

}  // namespace tariffsim::detail
