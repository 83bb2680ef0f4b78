// The days on which a policy changes, and what changes on them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

/// Every day from `from` up to and including `until` on which a measure, an exemption, a rule or a qualifying share
/// begins or ends, in order.
[[nodiscard]] inline std::vector<Date> change_days(const Policy& policy, Date from, Date until,
                                                   Basis basis = Basis::legal) {
  std::set<Date> days;
  const auto see = [&](const std::optional<Date>& day) {
    if (day && from <= *day && *day <= until) days.insert(*day);
  };
  for (const auto& m : policy.measures) {
    if (!policy.counts(m) || !m.legal.from) continue;
    see(m.days(basis).from);
    see(m.days(basis).until);
  }
  for (const auto& e : policy.exemptions) {
    if (!policy.counts(e)) continue;
    see(e.days(basis).from);
    see(e.days(basis).until);
  }
  for (const auto& rule : policy.rules) {
    if (!policy.counts(rule)) continue;
    see(rule.days.from);
    see(rule.days.until);
  }
  for (const auto& row : policy.qualifying) see(row.from);
  return {days.begin(), days.end()};
}

/// The same, and every day on which a change or a limit of the scenario begins or ends.
[[nodiscard]] inline std::vector<Date> change_days(const Scenario& scenario, Date from, Date until,
                                                   Basis basis = Basis::legal) {
  const std::vector<Date> of_measures = change_days(scenario.policy(), from, until, basis);
  std::set<Date> days(of_measures.begin(), of_measures.end());
  const auto see = [&](const Span& span) {
    for (const auto& day : {span.from, span.until}) {
      if (day && from <= *day && *day <= until) days.insert(*day);
    }
  };
  for (const auto& change : scenario.changes()) see(change.days);
  for (const auto& limit : scenario.limits()) see(limit.days);
  return {days.begin(), days.end()};
}

/// The day of a named event. @throws InvalidInput that suggests the nearest name.
[[nodiscard]] inline Date event_day(const Policy& policy, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& event : policy.events) {
    if (event.name == name) return event.date;
    names.push_back(event.name);
  }
  throw InvalidInput("date", "'" + name + "' is neither a day nor an event of the scenario",
                     names.empty() ? std::string("write it as 2025-04-09")
                                   : "write a day as 2025-04-09, or use " + Labels("event", names).suggestion(name));
}

/// A day as 2025-04-09 or by the name of an event.
[[nodiscard]] inline Date day_of(const Policy& policy, const std::string& text) {
  if (!text.empty() && text[0] >= '0' && text[0] <= '9') return Date::parse(text);
  return event_day(policy, text);
}

/// Measures in force on one day and not on the other.
struct PolicyChange {
  std::vector<std::size_t> started, ended;  ///< positions among the policy's measures
};

[[nodiscard]] inline PolicyChange changes_between(const Policy& policy, Date first, Date second,
                                                  Basis basis = Basis::legal) {
  PolicyChange out;
  for (std::size_t k = 0; k < policy.measures.size(); ++k) {
    const Measure& m = policy.measures[k];
    if (!policy.counts(m)) continue;
    const bool before = m.days(basis).holds(first), after = m.days(basis).holds(second);
    if (after && !before) out.started.push_back(k);
    if (before && !after) out.ended.push_back(k);
  }
  return out;
}

/// Duty over trade, in ratios; the trade is any flows at the border.
struct MeanTariff {
  double total = 0;
  double normal = 0;                       ///< what is not due to a measure
  std::map<std::string, double> by_label;  ///< measures' parts by authority or by id; sum + normal = total
};

/// How the parts of a rate are named.
enum class AttributeBy { authority, measure };

/// The mean rate on goods that `flows` pay over the border of one importer (-1: of all), from one exporter (-1: all),
/// with its parts. The parts sum to the total and do not depend on the order of the measures.
[[nodiscard]] inline MeanTariff mean_tariff(const World& world, const Policy& policy, const DayRates& rates,
                                            const Cube& flows, Index importer = -1, Index exporter = -1,
                                            AttributeBy by = AttributeBy::authority) {
  const Index N = world.regions().size();
  const auto counted = [&](Index i, Index n, Index j) {
    return (importer < 0 || n == importer) && (exporter < 0 || i == exporter) && !world.is_domestic(i, n) &&
           world.data().sector_kinds[static_cast<std::size_t>(j)] == "goods";
  };
  double trade = 0, duty = 0, measured = 0;
  for (Index j = 0; j < flows.slices(); ++j)
    for (Index n = 0; n < N; ++n)
      for (Index i = 0; i < N; ++i) {
        if (!counted(i, n, j)) continue;
        trade += flows(i, n, j);
        duty += flows(i, n, j) * rates.total(i, n, j);
      }
  MeanTariff out;
  if (!(trade > 0)) return out;
  for (const RatePart& part : rates.parts) {
    const auto [i, n, j] = flow_at(part.cell, N);
    if (!counted(i, n, j)) continue;
    const Measure& m = policy.measures[part.measure];
    const double paid = part.amount * flows(i, n, j);
    out.by_label[by == AttributeBy::authority ? m.authority : m.id] += paid / trade;
    measured += paid / trade;
  }
  out.total = duty / trade;
  out.normal = out.total - measured;
  return out;
}

}  // namespace tariffsim
