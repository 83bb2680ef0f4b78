// Instruments at the border: tariffs, export taxes, trade costs, bans and barriers.
#pragma once

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include "tariffsim/policy/shock_arrays.hpp"

namespace tariffsim::detail {

// A tariff may be added to a duty per unit; what replaces it, takes it away.
inline void require_room_for(ShockArrays& to, const Change& change, Index i, Index n, Index j,
                             const std::string& where) {
  if (!to.settled.empty()) to.require_open(i, n, j, where);
  if (change.operation == Operation::set) to.end_dated_preference(i, n, j);
  if (change.operation == Operation::add || to.per_unit.empty()) return;
  if (change.operation != Operation::set) return to.require_ad_valorem(i, n, j, where);
  for (auto& entry : to.per_unit) entry.second.erase(to.cell(i, n, j));
}

/// Sets, adds to, scales or lifts the rates of a scope.
inline void rates(ShockArrays& to, Cube& target, const Change& change, const ChangeValues& values,
                  const std::string& where) {
  to.each_pair(change, where, [&](Index i, Index n, Index j) {
    if (to.world.is_domestic(i, n)) return;
    if (change.instrument == Instrument::tariff) require_room_for(to, change, i, n, j, where);
    double& rate = target(i, n, j);
    const double value = values(i, n, j);
    if (change.operation == Operation::scale && !(value >= 0)) {
      throw InvalidInput(where, "scales a rate by " + show(value), "scale by a factor of zero or more");
    }
    rate = detail::apply(change.operation, rate, value);
    if (!(std::isfinite(rate) && rate > -1.0)) {
      throw InvalidInput(where + ", " + bilateral_cell(to.world.data(), "cell", i, n, j),
                         "the rate in force becomes " + show(rate),
                         "rates are ad valorem (0.25 is 25 percent), finite and above -1");
    }
  });
}

/// Duties per unit, in place of the ad valorem rate or beside it.
inline void specific_tariff(ShockArrays& to, const Change& change, const ChangeValues& values,
                            const std::string& where) {
  refuse_operation(change, Operation::floor, where);
  std::optional<Index> wage_of;
  const auto& terms = std::get<SpecificTerms>(change.terms);
  if (terms.numeraire != SpecificTerms{}.numeraire) {
    wage_of = to.world.regions().at(terms.numeraire, where + ": numeraire");
  }
  Cube& tariffs = to.tariffs();
  to.each_flow(change, where, [&](Index i, Index n, Index j) {
    to.require_open(i, n, j, where);
    const double value = values(i, n, j);
    if (change.operation != Operation::scale) require_plain(value, where);
    if (change.operation == Operation::add) {
      to.per_unit[wage_of][to.cell(i, n, j)] += value;
      return;
    }
    to.end_dated_preference(i, n, j);
    double in_force = tariffs(i, n, j);
    for (auto& entry : to.per_unit) {
      const auto rate = entry.second.find(to.cell(i, n, j));
      if (rate == entry.second.end()) continue;
      in_force += rate->second;
      entry.second.erase(rate);
    }
    tariffs(i, n, j) = 0;
    to.per_unit[wage_of][to.cell(i, n, j)] = change.operation == Operation::set ? value : value * in_force;
  });
}

/// Multiplies trade costs or tastes.
inline void factors(ShockArrays& to, Cube& target, const Change& change, const ChangeValues& values,
                    const std::string& where) {
  const bool taste = change.instrument == Instrument::taste;
  to.each_pair(change, where, [&](Index i, Index n, Index j) {
    if (!taste && to.world.is_domestic(i, n)) return;
    const double factor = values(i, n, j);
    target(i, n, j) *= taste && factor == 0 ? 0.0 : positive_factor(factor, where);
  });
}

/// An infinite trade cost.
inline void ban(ShockArrays& to, const Change& change, const std::string& where) {
  Cube& cost = to.trade_cost_hat();
  to.each_pair(change, where, [&](Index i, Index n, Index j) {
    if (!to.world.is_domestic(i, n)) cost(i, n, j) = std::numeric_limits<double>::infinity();
  });
}

/// A barrier as a trade cost, a tariff or an export tax, and a shift of tastes.
inline void non_tariff(ShockArrays& to, const Change& change, const ChangeValues& values, const std::string& where) {
  const auto& terms = std::get<NonTariffTerms>(change.terms);
  if (!(terms.resource_share >= 0 && terms.resource_share <= 1) ||
      !(terms.demand >= 0 && std::isfinite(terms.demand))) {
    throw InvalidInput(where, "resource share is " + show(terms.resource_share) + ", demand " + show(terms.demand),
                       "give a share between 0 and 1, and a factor of zero or more");
  }
  to.each_flow(change, where, [&](Index i, Index n, Index j) {
    const double value = values(i, n, j);
    if (!(value > -1 && std::isfinite(value))) {
      throw InvalidInput(where, "its ad valorem equivalent is " + show(value), "give one above -1: 0.25 is 25 percent");
    }
    require_plain(value, where);
    to.dearer(i, n, j, std::pow(1.0 + value, terms.resource_share));
    if (terms.resource_share < 1) {
      auto& rents = terms.rent == RentOwner::importer ? to.importer_rent : to.exporter_rent;
      rents.try_emplace(to.cell(i, n, j), 1.0).first->second *= std::pow(1.0 + value, 1.0 - terms.resource_share);
    }
    if (terms.demand != 1) to.taste_hat()(i, n, j) *= terms.demand;
  });
}

}  // namespace tariffsim::detail
