// Dated policy: the rates of a day, a path of days, the effect of a day shared out.
#include "sampling.hpp"
#include "suites.hpp"

// A base commit may be older than dated policy.
#if __has_include("tariffsim/analysis/shapley.hpp")

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/analysis/shapley.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/solve/path.hpp"

namespace tariffsim::bench {
namespace {

const Date kDay(2025, 11, 15);
constexpr std::size_t kDays = 50;

std::size_t in_force(const Policy& policy) {
  return static_cast<std::size_t>(std::count_if(policy.measures.begin(), policy.measures.end(), [&](const Measure& m) {
    return policy.counts(m) && m.detail != Detail::product && m.legal.holds(kDay);
  }));
}

// As many regions as it takes levy what the United States levy, until a thousand measures are in force.
Policy with_a_thousand(Policy policy, const World& world) {
  const Policy once = policy;
  for (const std::string& code : world.regions().codes()) {
    if (code == "USA" || in_force(policy) >= 1000) continue;
    for (Measure m : once.measures) {
      if (m.importer != "USA" || !m.legal.holds(kDay)) continue;
      m.id += " " + code;
      m.importer = code;
      policy.measures.push_back(std::move(m));
    }
    for (CoverageRow row : once.coverage) {
      if (row.importer != "USA") continue;
      row.importer = code;
      policy.coverage.push_back(std::move(row));
    }
  }
  return policy;
}

template <class MakePolicy>
void add_rates(const std::string& what, const Workload& w, MakePolicy make_policy) {
  add(what, w, [&w, make_policy](benchmark::State& state) {
    const auto policy = std::make_shared<const Policy>(make_policy(w.world()));
    const BoundPolicy bound(policy, w.world());
    sample(state, [&] { benchmark::DoNotOptimize(bound.rates(kDay).total.size()); });
    state.counters["measures"] = static_cast<double>(policy->measures.size());
    state.counters["in_force"] = static_cast<double>(in_force(*policy));
  });
}

// Days of change, or where there are fewer the days after them.
std::vector<Date> days_of(const Policy& policy) {
  std::vector<Date> days = change_days(policy, Date(2025, 1, 1), Date(2026, 9, 30));
  for (unsigned day = 1; days.size() < kDays && day <= 28; ++day) days.emplace_back(2026, 10, day);
  days.resize(kDays, days.back());
  return days;
}

// The stacking groups of which something changed, parts told apart.
std::vector<std::string> groups_of(const BoundPolicy& bound) {
  std::set<std::string> groups;
  const auto changed = bound.changed(kDay);
  for (std::size_t k = 0; k < changed.size(); ++k) {
    if (changed[k]) groups.insert(bound.policy().measures[k].group);
  }
  return {groups.begin(), groups.end()};
}

}  // namespace

void register_policy(const Workload& w) {
  if (w.name != "27x12" && w.name != "44x21" && w.name != "81x28") return;
  const Scenario war = dated_war();
  add_rates("rates", w, [war](const World&) { return war.policy(); });
  add_rates("rates_of_many", w, [war](const World& world) { return with_a_thousand(war.policy(), world); });
  add("path", w, [&w, war](benchmark::State& state) {
    const Solver solver(w.world(), w.declared.closure);
    const auto days = days_of(war.policy());
    sample(state, [&] { benchmark::DoNotOptimize(solve_path(solver, war, days).size()); });
    state.counters["days"] = static_cast<double>(days.size());
  });
  // Nine stacking groups and the undated war: ten players, 1,024 solves.
  add("attribution", w, [&w, war](benchmark::State& state) {
    const Solver solver(w.world(), w.declared.closure);
    Scenario both = war.on(kDay);
    for (const Change& change : w.declared.scenario.changes()) both = both.with(change);
    const BoundPolicy bound(war.shared_policy(), solver.world());
    const Coalitions coalitions(both, bound, PlayerKey::group, groups_of(bound));
    sample(state,
           [&] { benchmark::DoNotOptimize(attribute_outcome(solver, coalitions, real_income_pct).parts.size()); });
    state.counters["players"] = static_cast<double>(coalitions.players().size());
  });
}

}  // namespace tariffsim::bench

#else

namespace tariffsim::bench {
void register_policy(const Workload& /*w*/) {}
}  // namespace tariffsim::bench

#endif
