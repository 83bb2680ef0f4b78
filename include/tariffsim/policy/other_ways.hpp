// The other ways of a flow: at a preferential rate, through a hub, under another origin.
#pragma once

#include <cmath>

#include "tariffsim/policy/terms.hpp"
#include "tariffsim/policy/uptake.hpp"

namespace tariffsim {

/// A tariff on the border value and the factor that the costs of other ways put on that value.
struct Levied {
  double tariff = 0;
  double cost = 1;
};

/// What a flow pays whose part `use.share` pays `other` instead of `usual`, and `use.cost` for doing so; the duty is on
/// the value without that cost: t = (usual - share (usual - other)) / (1 + cost).
[[nodiscard]] inline Levied levied(double usual, double other, const WayUse& use) {
  return {(usual - use.share * (usual - other)) / (1.0 + use.cost), 1.0 + use.cost};
}

/// The use of a preference with a margin (usual less preferential rate): as given, or as much as the margin pays for.
[[nodiscard]] inline WayUse use_of(const PreferenceUse& terms, double margin) {
  constexpr double kNoMargin = 1e-12;  // rounding of rates
  if (!(margin > kNoMargin)) return {};
  if (terms.uptake) return use_of(*terms.uptake, margin);
  return {terms.utilisation, terms.utilisation * terms.compliance_cost};
}

/// What goods pay that go through another country: its rate, or where they are found out, their own and the penalty.
[[nodiscard]] inline double relabelled_rate(const TransshipmentTerms& terms, double own, double via) {
  return (1.0 - terms.detection) * via + terms.detection * (own + terms.penalty);
}

/// What trans-shipment leaves of a rate, relative to the usual one; the saving is usual less relabelled rate.
[[nodiscard]] inline Levied levied(const TransshipmentTerms& terms, double own, double via) {
  const double other = relabelled_rate(terms, own, via);
  return levied(own, other, use_of(terms.uptake, own - other));
}

/// The share of a flow that goes through a hub, and the factor on the cost of the whole flow, where its two ways become
/// dearer or cheaper: a choice between ways with elasticity eta (Ganapati, Wong and Ziv 2024),
/// cost = ((1 - r) direct^-eta + r hub^-eta)^(-1/eta), r' = r (hub / cost)^-eta.
struct HubUse {
  double share = 0;
  double cost = 1;
};
[[nodiscard]] inline HubUse use_of(const ReexportTerms& terms, double share) {
  const double direct = (1.0 - share) * std::pow(terms.direct_cost, -terms.elasticity);
  const double hub = share * std::pow(terms.hub_cost, -terms.elasticity);
  return {hub / (direct + hub), std::pow(direct + hub, -1.0 / terms.elasticity)};
}

}  // namespace tariffsim
