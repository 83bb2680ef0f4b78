// ShockBuilder: changes and limits of a scenario, one by one, as the arrays of a shock.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/policy/border_instruments.hpp"
#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/policy/limit.hpp"
#include "tariffsim/policy/region_instruments.hpp"
#include "tariffsim/policy/way_instruments.hpp"

namespace tariffsim::detail {

/// Applies changes one by one to the arrays of a shock.
class ShockBuilder {
 public:
  /// @param groups of the scenario; of countries where `dated`.
  ShockBuilder(const World& world, const ScopeResolver::Groups& groups, bool dated) : to_(world, groups, dated) {}

  /// Rates that the changes start from, in place of the world's.
  void start_from(DayRates rates) {
    to_.shock.tariffs = std::move(rates.total);
    to_.shock.ways = std::move(rates.ways);
    for (const auto& [at, cost] : rates.trade_cost_hat) to_.trade_cost_hat().values()[at] = cost;
    to_.dated_cost = std::move(rates.trade_cost_hat);
  }

  void apply(const Change& change, const std::string& where) {
    const ChangeValues values(change, to_.world, where);
    require_overlap(change, where);
    require_border(change, where);
    switch (change.instrument) {
      case Instrument::tariff: return rates(to_, to_.tariffs(), change, values, where);
      case Instrument::specific_tariff: return specific_tariff(to_, change, values, where);
      case Instrument::preference: return preference(to_, change, values, where);
      case Instrument::non_tariff: return non_tariff(to_, change, values, where);
      case Instrument::reexport: return reexport(to_, change, values, where);
      case Instrument::transshipment: return transshipment(to_, change, where);
      case Instrument::export_tax: return rates(to_, to_.export_taxes(), change, values, where);
      case Instrument::trade_cost: return factors(to_, to_.trade_cost_hat(), change, values, where);
      case Instrument::ban: return ban(to_, change, where);
      case Instrument::taste: return factors(to_, to_.taste_hat(), change, values, where);
      case Instrument::productivity: return productivity(to_, change, values, where);
      case Instrument::production_subsidy: return production_subsidy(to_, change, values, where);
      case Instrument::final_demand: return final_demand(to_, change, values, where);
      case Instrument::deficit: return deficit(to_, change, values, where);
    }
  }

  void limit(const DeclaredLimit& declared) {
    const Limit& l = declared.limit;
    const std::string where = "limit '" + l.name + "'";
    Constraint c{l.name, {}, declared.limited, declared.sense, l.level, l.relative, l.rent};
    std::optional<double> within;
    bool all_banned = c.sense == Sense::at_least;
    const auto exporters = to_.scope.regions(l.exporter, where + ": exporter");
    const auto importers = to_.scope.regions(l.importer, where + ": importer");
    for (const Index j : to_.scope.sectors(l.sector, where + ": sector")) {
      for (const Index n : importers) {
        for (const Index i : exporters) {
          if (to_.world.is_domestic(i, n)) continue;
          if (c.limited == Limited::import_share) c.markets.push_back(n + to_.world.regions().size() * j);
          if (to_.world.flows()(i, n, j) == 0) continue;
          c.cells.push_back(to_.cell(i, n, j));
          all_banned = all_banned && is_banned(to_.shock, i, n, j);
          if (!declared.out_of_quota) continue;
          require_single(i, n, j, where);
          to_.require_ad_valorem(i, n, j, where);
          const double rate = (to_.shock.tariffs ? *to_.shock.tariffs : to_.world.tariffs())(i, n, j);
          if (within && std::abs(*within - rate) > 1e-12) {
            throw InvalidInput(where, "the rates within the quota differ: " + show(*within) + " and " + show(rate),
                               "declare one tariff-rate quota for each flow, or set one rate on all of them first");
          }
          within = rate;
        }
      }
    }
    if (declared.out_of_quota && within) {
      if (!(*declared.out_of_quota > *within)) {
        throw InvalidInput(where,
                           "the rate beyond the quota, " + show(*declared.out_of_quota) +
                               ", is not above that within it, " + show(*within),
                           "give the higher rate as out_of_quota");
      }
      c.largest = std::log((1.0 + *declared.out_of_quota) / (1.0 + *within));
    }
    if (all_banned && !c.cells.empty()) {
      throw InvalidInput(where, "asks for a flow that is banned", "drop the ban, or the limit");
    }
    std::sort(c.markets.begin(), c.markets.end());
    c.markets.erase(std::unique(c.markets.begin(), c.markets.end()), c.markets.end());
    to_.shock.constraints.push_back(std::move(c));
  }

  [[nodiscard]] Shock build() && {
    for (const auto& [wage_of, rates] : to_.per_unit) {
      SpecificDuty duty{{}, {}, wage_of};
      for (const auto& [at, rate] : rates) {
        if (rate == 0) continue;
        duty.cells.push_back(at);
        duty.rates.push_back(rate);
      }
      if (!duty.cells.empty()) to_.shock.specific_duties.push_back(std::move(duty));
    }
    for (const auto& [at, factor] : to_.importer_rent) multiply_duty(to_.shock, to_.world, at, factor);
    const auto tax = [&](Index at, double factor) {
      double& rate = to_.export_taxes().values()[at];
      rate = (1.0 + rate) * factor - 1.0;
    };
    for (const auto& [at, factor] : to_.exporter_rent) tax(at, factor);
    const Index N = to_.world.regions().size();
    for (const auto& [made, factor] : to_.on_output) {
      for (Index n = 0; n < N; ++n) tax(to_.cell(made % N, n, made / N), factor);
    }
    validate(to_.shock, to_.world);
    return std::move(to_.shock);
  }

 private:
  // Two out-of-quota rates on one flow would multiply.
  void require_single(Index i, Index n, Index j, const std::string& where) const {
    for (const Constraint& other : to_.shock.constraints) {
      if (!std::isfinite(other.largest)) continue;
      if (std::find(other.cells.begin(), other.cells.end(), to_.cell(i, n, j)) == other.cells.end()) continue;
      throw InvalidInput(where,
                         bilateral_cell(to_.world.data(), "cell", i, n, j) + " is under '" + other.name + "' already",
                         "declare one tariff-rate quota for a flow");
    }
  }

  // A table of which no row lies in the scope was meant for another one.
  void require_overlap(const Change& change, const std::string& where) const {
    const auto* table = std::get_if<Table>(&change.value);
    if (table == nullptr) return;
    const auto exporters = to_.scope.regions(change.exporter, where),
               importers = to_.scope.regions(change.importer, where), sectors = to_.scope.sectors(change.sector, where);
    const auto within = [](const std::vector<Index>& scope, Index k) {
      return std::binary_search(scope.begin(), scope.end(), k);
    };
    const bool pairs = is_bilateral(change.instrument), by_sector = change.instrument != Instrument::deficit;
    const bool any = std::any_of(table->begin(), table->end(), [&](const TableRow& row) {
      return within(exporters, to_.world.regions().at(row.exporter)) &&
             (!pairs || within(importers, to_.world.regions().at(row.importer))) &&
             (!by_sector || within(sectors, to_.world.sectors().at(row.sector)));
    });
    if (!any)
      throw InvalidInput(where, "no row of the table lies in the scope", "widen the scope, or name other cells");
  }

  // A measure at the border needs one.
  void require_border(const Change& change, const std::string& where) const {
    if (!is_bilateral(change.instrument) || change.instrument == Instrument::taste) return;
    const auto exporters = to_.scope.regions(change.exporter, where + ": exporter");
    const auto importers = to_.scope.regions(change.importer, where + ": importer");
    const bool border = std::any_of(importers.begin(), importers.end(), [&](Index n) {
      return std::any_of(exporters.begin(), exporters.end(), [&](Index i) { return !to_.world.is_domestic(i, n); });
    });
    if (border) return;
    throw InvalidInput(where,
                       "its scope lies within one customs territory (" + to_.world.regions().code(importers[0]) + ")",
                       "name flows between two territories; parts of a region become territories of their own by "
                       "split() with separate customs");
  }

  ShockArrays to_;
};

}  // namespace tariffsim::detail
