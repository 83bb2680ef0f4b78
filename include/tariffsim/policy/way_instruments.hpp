// Instruments that open another way to a flow: preferences, hubs, trans-shipment.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "tariffsim/policy/other_ways.hpp"
#include "tariffsim/policy/shock_arrays.hpp"

namespace tariffsim::detail {

/// A lower tariff for what uses it, under a rule of origin where there is one.
inline void preference(ShockArrays& to, const Change& change, const ChangeValues& values, const std::string& where) {
  const auto& terms = std::get<PreferenceTerms>(change.terms);
  validate(terms.use, where);
  std::optional<OriginRule> rule;
  if (terms.origin) {
    rule = OriginRule{where, terms.origin->threshold, terms.origin->spread, {}, {}};
    rule->area.assign(static_cast<std::size_t>(to.world.regions().size()), false);
    if (!terms.origin->area.empty()) {
      for (const Index n : to.scope.regions(terms.origin->area, where + ": area")) {
        rule->area[static_cast<std::size_t>(n)] = true;
      }
    }
  }
  Cube& tariffs = to.tariffs();
  to.each_flow(change, where, [&](Index i, Index n, Index j) {
    to.require_open(i, n, j, where);
    to.require_ad_valorem(i, n, j, where);
    if (!values.listed(i, n, j)) return;  // a table of preferences names those who have one
    double& usual = tariffs(i, n, j);
    const double lower = values(i, n, j);
    require_plain(lower, where);
    if (!(lower > -1 && std::isfinite(lower))) {
      throw InvalidInput(where, "the preferential rate is " + show(lower), "give a rate above -1: 0.25 is 25 percent");
    }
    to.settled[to.cell(i, n, j)] = Instrument::preference;
    const WayUse use = use_of(terms.use, usual - lower);
    if (use.share == 0) return;
    const Levied paid = levied(usual, lower, use);
    if (rule) {
      rule->cells.push_back({to.cell(i, n, j), paid.tariff, paid.cost, use.share});
      return;
    }
    usual = paid.tariff;
    to.dearer(i, n, j, paid.cost);
    to.shock.ways.push_back({Instrument::preference, std::nullopt, to.cell(i, n, j), 0.0, use.share});
  });
  if (rule && !rule->cells.empty()) to.shock.origin_rules.push_back(std::move(*rule));
}

/// A dearer or cheaper way through a hub, as the cost of the whole flow.
inline void reexport(ShockArrays& to, const Change& change, const ChangeValues& values, const std::string& where) {
  const auto& terms = std::get<ReexportTerms>(change.terms);
  const Index hub = to.world.regions().at(terms.hub, where + ": hub");
  for (const double cost : {terms.elasticity, terms.direct_cost, terms.hub_cost}) {
    if (std::isfinite(cost) && cost > 0) continue;
    throw InvalidInput(where, "elasticity, direct cost or hub cost is " + show(cost),
                       "give a positive elasticity, and costs as ratios to the base: 1.1 is ten percent dearer");
  }
  to.each_flow(change, where, [&](Index i, Index n, Index j) {
    if (i == hub || n == hub) return;
    const double share = values(i, n, j);
    if (!(share >= 0 && share < 1)) {
      throw InvalidInput(where, "the share through the hub is " + show(share),
                         "give a share of the flow, zero or more and below one");
    }
    if (share == 0) return;
    const HubUse use = use_of(terms, share);
    if (!(std::isfinite(use.cost) && use.cost > 0 && std::isfinite(use.share))) {
      throw InvalidInput(where, "the costs of the two ways are beyond what numbers hold", "give smaller changes");
    }
    to.dearer(i, n, j, use.cost);
    to.shock.ways.push_back({Instrument::reexport, hub, to.cell(i, n, j), share, use.share});
  });
}

/// The rate that is left where goods go through another country to pay its rate.
inline void transshipment(ShockArrays& to, const Change& change, const std::string& where) {
  const auto& terms = std::get<TransshipmentTerms>(change.terms);
  const Index via = to.world.regions().at(terms.via, where + ": via");
  validate(terms.uptake, where);
  require_plain(terms.penalty, where);
  require_plain(terms.uptake.median, where);
  if (!(terms.detection >= 0 && terms.detection <= 1) || !(terms.penalty >= 0 && std::isfinite(terms.penalty))) {
    throw InvalidInput(where, "detection is " + show(terms.detection) + ", penalty " + show(terms.penalty),
                       "give a share between 0 and 1, and a rate of zero or more: 0.4 is 40 percent");
  }
  Cube& tariffs = to.tariffs();
  const Cube& before = to.world.tariffs();
  to.each_flow(change, where, [&](Index i, Index n, Index j) {
    if (i == via || n == via) return;
    to.require_open(i, n, j, where);
    to.require_ad_valorem(i, n, j, where);
    to.require_ad_valorem(via, n, j, where);
    double& own = tariffs(i, n, j);
    const double via_rate = tariffs(via, n, j), via_before = before(via, n, j), own_before = before(i, n, j);
    const WayUse use = use_of(terms.uptake, own - relabelled_rate(terms, own, via_rate));
    const WayUse in_base = use_of(terms.uptake, own_before - relabelled_rate(terms, own_before, via_before));
    to.settled[to.cell(i, n, j)] = to.settled[to.cell(via, n, j)] = Instrument::transshipment;
    if (use.share == 0 && in_base.share == 0) return;
    // The base's rate is what was paid in it, some of it for goods that took the other way: changes are relative.
    const Levied now = levied(terms, own, via_rate), then = levied(terms, own_before, via_before);
    own = (1.0 + now.tariff) * (1.0 + own_before) / (1.0 + then.tariff) - 1.0;
    to.dearer(i, n, j, now.cost / then.cost);
    to.shock.ways.push_back({Instrument::transshipment, via, to.cell(i, n, j), in_base.share, use.share});
  });
}

}  // namespace tariffsim::detail
