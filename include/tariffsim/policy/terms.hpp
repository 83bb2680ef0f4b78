// What only some instruments have: a numeraire, a use of preferences, the split of a barrier, a hub.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/policy/rent_owner.hpp"
#include "tariffsim/policy/uptake.hpp"

namespace tariffsim {

/// In whose prices a duty per unit is fixed: the world's value added, or the wage of a region.
struct SpecificTerms {
  std::string numeraire = "world_value_added";
};

/// Which goods count as made in the exporter: at least `threshold` of the unit cost comes from `area` (the exporter
/// always belongs to it). Firms differ: the share that qualifies is logistic in (content - threshold) / spread.
struct OriginTerms {
  double threshold = 0;
  double spread = 0.05;
  std::vector<std::string> area;  ///< codes or groups
};

/// What of a flow uses a preference: a given share at a given cost, or as much as its margin pays for.
struct PreferenceUse {
  double utilisation = 1;
  double compliance_cost = 0;  ///< of what uses it, over its border value
  std::optional<Uptake> uptake{};
};

/// @throws InvalidInput where shares or costs are out of range.
inline void validate(const PreferenceUse& use, const std::string& where) {
  if (use.uptake) validate(*use.uptake, where);
  if (!(use.utilisation >= 0 && use.utilisation <= 1)) {
    throw InvalidInput(where, "utilisation is " + show(use.utilisation), "give a share between 0 and 1");
  }
  if (!(use.compliance_cost >= 0 && std::isfinite(use.compliance_cost))) {
    throw InvalidInput(where, "the cost of compliance is " + show(use.compliance_cost),
                       "give a cost of zero or more over the value: 0.01 is 1 percent");
  }
}

/// The use of a preference, and which goods may.
struct PreferenceTerms {
  PreferenceUse use{};
  std::optional<OriginTerms> origin{};
};

/// How the price effect of a barrier splits: the part `resource_share` (in logs) is used up, the rest is a rent.
struct NonTariffTerms {
  double resource_share = 1;
  RentOwner rent = RentOwner::importer;
  double demand = 1;  ///< factor on what buyers want of it at given prices
};

/// A hub and what the two ways cost, as ratios to the base; the share that goes through it is the change's value.
struct ReexportTerms {
  std::string hub;
  double elasticity = 5;  ///< of the ratio of the two shares in the ratio of their costs
  double direct_cost = 1, hub_cost = 1;
};

/// Goods that go through `via` to pay its rate instead of their own; of them the share `detection` pays their own rate
/// and the penalty.
struct TransshipmentTerms {
  std::string via;
  Uptake uptake{};
  double detection = 0;
  double penalty = 0;  ///< ad valorem, on top of the rate of the true origin
};

/// What only some instruments have.
using Terms =
    std::variant<std::monostate, SpecificTerms, PreferenceTerms, NonTariffTerms, ReexportTerms, TransshipmentTerms>;

/// Terms in words: "; half of the trade uses it at a margin of 0.03".
[[nodiscard]] inline std::string describe(const Terms& terms) {
  const auto costs = [](const Uptake& u) { return "costs around " + show(u.median) + ", spread " + show(u.spread); };
  if (const auto* s = std::get_if<SpecificTerms>(&terms)) {
    return s->numeraire == SpecificTerms{}.numeraire ? "; fixed in the price of world value added"
                                                     : "; fixed in the wage of " + s->numeraire;
  }
  if (const auto* p = std::get_if<PreferenceTerms>(&terms)) {
    const PreferenceUse& use = p->use;
    std::string text = use.uptake ? "; used where the margin pays for it, " + costs(*use.uptake)
                                  : "; used by " + show(use.utilisation) + " of the flow" +
                                        (use.compliance_cost != 0 ? " at a cost of " + show(use.compliance_cost) : "");
    if (p->origin) text += "; content from the area of at least " + show(p->origin->threshold);
    return text;
  }
  if (const auto* b = std::get_if<NonTariffTerms>(&terms)) {
    return "; " + show(b->resource_share) + " of it used up" +
           (b->resource_share < 1 ? std::string(", the rest a rent of the ") + name(b->rent) : "") +
           (b->demand != 1 ? "; demand times " + show(b->demand) : "");
  }
  if (const auto* r = std::get_if<ReexportTerms>(&terms)) {
    return "; through " + r->hub + ", elasticity " + show(r->elasticity) + ", cost of the direct way times " +
           show(r->direct_cost) + ", of the hub times " + show(r->hub_cost);
  }
  if (const auto* t = std::get_if<TransshipmentTerms>(&terms)) {
    return "; through " + t->via + ", " + costs(t->uptake) + "; detected " + show(t->detection) + ", penalty " +
           show(t->penalty);
  }
  return {};
}

}  // namespace tariffsim
