// Scenario::compile(): from measures, changes and limits to the arrays of a shock.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/policy/shock_builder.hpp"

namespace tariffsim {

inline Shock Scenario::compile(const World& world) const {
  if (policy_->measures.empty()) return changed(world, std::nullopt);
  return compile(BoundPolicy(policy_, world));
}

inline Shock Scenario::compile(const BoundPolicy& bound) const {
  if (policy_->measures.empty()) return changed(bound.world(), std::nullopt);
  if (!day_) {
    throw InvalidInput("scenario '" + title_ + "'", "has dated measures, but no day to solve",
                       "say which: on(Date(2025, 4, 9)), or solve a path of days");
  }
  return changed(bound.world(), bound.rates(*day_, basis_));
}

inline bool Scenario::in_force(const Span& days) const {
  if (days.open()) return true;
  if (!day_) {
    throw InvalidInput("scenario '" + title_ + "'", "has changes with days, but no day to solve",
                       "say which: on(Date(2025, 4, 9)), or solve a path of days");
  }
  return days.covers(*day_);
}

inline Shock Scenario::compile(const World& world, DayRates rates) const { return changed(world, std::move(rates)); }

inline Shock Scenario::changed(const World& world, std::optional<DayRates> rates) const {
  detail::ShockBuilder builder(world, groups_, !policy_->measures.empty());
  if (rates) builder.start_from(std::move(*rates));
  for (std::size_t k = 0; k < changes_.size(); ++k) {
    const Change& change = changes_[k];
    if (!in_force(change.days)) continue;
    const std::string where = change.origin.empty()
                                  ? "change " + std::to_string(k + 1) + " (" + name(change.instrument) + ")"
                                  : change.origin;
    builder.apply(change, where);
  }
  for (const DeclaredLimit& limit : limits_) {
    if (in_force(limit.days)) builder.limit(limit);
  }
  return std::move(builder).build();
}

}  // namespace tariffsim
