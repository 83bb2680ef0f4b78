// Laws of dated policy, on the shipped scenario and the embedded world.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const World& world() {
  static const World loaded = read_world(embedded_world("world-2022"));
  return loaded;
}

const Scenario& war() {
  static const Scenario loaded = load_case("us-world-2025").scenario;
  return loaded;
}

Cube rates(const Policy& policy, Date day) {
  return BoundPolicy(std::make_shared<const Policy>(policy), world()).rates(day).total;
}

double largest_gap(const Cube& a, const Cube& b) { return (a.values() - b.values()).abs().maxCoeff(); }

const std::vector<Date> kDays = {Date(2025, 1, 1), Date(2025, 4, 12), Date(2025, 9, 1), Date(2026, 3, 1),
                                 Date(2026, 9, 1)};

}  // namespace

TEST_CASE("the parts of every rate sum to it") {
  const BoundPolicy bound(war().shared_policy(), world());
  for (const Date day : kDays) {
    const DayRates now = bound.rates(day);
    std::map<std::string, double> all;
    for (const AttributeBy by : {AttributeBy::authority, AttributeBy::measure}) {
      const auto mean = mean_tariff(world(), bound.policy(), now, world().flows(), -1, -1, by);
      double sum = mean.normal;
      for (const auto& part : mean.by_label) sum += part.second;
      CHECK(std::abs(sum - mean.total) < 1e-12);
      all[by == AttributeBy::authority ? "authority" : "measure"] = mean.total - mean.normal;
    }
    CHECK(std::abs(all["authority"] - all["measure"]) < 1e-12);
  }
}

TEST_CASE("the order of the measures changes nothing, neither in the rates nor in their parts") {
  Policy shuffled = war().policy();
  std::mt19937 engine(7);
  const BoundPolicy bound(war().shared_policy(), world());
  for (int times = 0; times < 3; ++times) {
    std::shuffle(shuffled.measures.begin(), shuffled.measures.end(), engine);
    const BoundPolicy other(std::make_shared<const Policy>(shuffled), world());
    for (const Date day : kDays) {
      const DayRates a = bound.rates(day), b = other.rates(day);
      CHECK(largest_gap(a.total, b.total) < 1e-12);
      const auto x = mean_tariff(world(), bound.policy(), a, world().flows(), -1, -1, AttributeBy::measure);
      const auto y = mean_tariff(world(), other.policy(), b, world().flows(), -1, -1, AttributeBy::measure);
      REQUIRE(x.by_label.size() == y.by_label.size());
      for (const auto& [id, part] : x.by_label) CHECK(std::abs(part - y.by_label.at(id)) < 1e-12);
    }
  }
}

TEST_CASE("a measure has no effect from the day on which it ended") {
  for (const Date day : kDays) {
    Policy rest = war().policy();
    rest.measures.erase(std::remove_if(rest.measures.begin(), rest.measures.end(),
                                       [&](const Measure& m) { return m.legal.until && *m.legal.until <= day; }),
                        rest.measures.end());
    // What remains is what the measures that ended leave; those of the world's own date are still taken out of its
    // rates.
    const World undated = world().edited([](WorldData& d) { d.info.tariffs_dates.clear(); });
    Policy cleaned = rest;
    std::set<std::string> families, groups;
    for (const auto& m : cleaned.measures) families.insert(m.family);
    for (auto& e : cleaned.exemptions) {
      e.families.erase(
          std::remove_if(e.families.begin(), e.families.end(), [&](const auto& f) { return families.count(f) == 0; }),
          e.families.end());
    }
    for (const auto& m : cleaned.measures) groups.insert(m.group);
    cleaned.rules.erase(std::remove_if(cleaned.rules.begin(), cleaned.rules.end(),
                                       [&](const StackingRule& r) {
                                         const auto known = [&](const std::string& pattern) {
                                           return pattern.empty() || pattern == "*" || pattern == "mfn" ||
                                                  std::any_of(groups.begin(), groups.end(),
                                                              [&](const auto& g) { return belongs(g, pattern); });
                                         };
                                         return !known(r.group) || !known(r.other);
                                       }),
                        cleaned.rules.end());
    const Cube with = BoundPolicy(war().shared_policy(), undated).rates(day).total;
    const Cube without = BoundPolicy(std::make_shared<const Policy>(cleaned), undated).rates(day).total;
    CHECK(largest_gap(with, without) == 0);
  }
}

TEST_CASE("a scope in disjoint parts is the whole scope") {
  Policy split = war().policy();
  std::vector<Measure> parts;
  for (const Measure& m : war().policy().measures) {
    if (m.exporters.size() < 2 && !(m.exporters[0] == "EU27")) {
      parts.push_back(m);
      continue;
    }
    std::vector<std::string> partners;
    for (const auto& term : m.exporters) {
      const auto group = split.groups.find(term);
      if (group == split.groups.end()) {
        partners.push_back(term);
      } else {
        partners.insert(partners.end(), group->second.begin(), group->second.end());
      }
    }
    for (const auto& partner : partners) {
      Measure part = m;
      part.id += "-" + partner;
      part.exporters = {partner};
      parts.push_back(part);
    }
  }
  REQUIRE(parts.size() > split.measures.size());
  split.measures = parts;
  for (const Date day : kDays) CHECK(largest_gap(rates(war().policy(), day), rates(split, day)) < 1e-14);
}

TEST_CASE("a list of goods in disjoint parts is the whole list") {
  Policy p;
  Measure m;
  m.id = m.family = "m";
  m.importer = "USA";
  m.group = "g";
  m.rate = 0.3;
  m.products = {"whole"};
  m.legal.from = Date(2025, 1, 1);
  p.measures = {m};
  p.products = {{"whole", {"72", "73"}}, {"one", {"72"}}, {"two", {"73"}}};
  p.coverage = {
      {"whole", "USA", "*", "STL", 50, 100}, {"one", "USA", "*", "STL", 20, 100}, {"two", "USA", "*", "STL", 30, 100}};
  Policy parts = p;
  parts.measures[0].products = {"one"};
  parts.measures[0].id = "one";
  parts.measures.push_back(parts.measures[0]);
  parts.measures[1].products = {"two"};
  parts.measures[1].id = "two";
  CHECK(largest_gap(rates(p, Date(2025, 2, 1)), rates(parts, Date(2025, 2, 1))) < 1e-15);
}

TEST_CASE("the world on the day of its own tariffs is as it was") {
  const World one_day = world().edited([](WorldData& d) { d.info.tariffs_dates = {{"*", Date(2024, 7, 1)}}; });
  const BoundPolicy bound(war().shared_policy(), one_day);
  CHECK(largest_gap(bound.rates(Date(2024, 7, 1)).total, one_day.tariffs()) == 0);
  const Equilibrium eq = solve(one_day, war().on(Date(2024, 7, 1)));
  CHECK((eq.wage_hat - 1.0).abs().maxCoeff() < 1e-12);
}

TEST_CASE("a path gives the equilibria of its days, whatever their order") {
  const std::vector<Date> days = {Date(2025, 2, 4), Date(2025, 4, 12), Date(2025, 8, 7), Date(2026, 2, 24)};
  std::vector<Date> backwards(days.rbegin(), days.rend());
  const Solver solver(world());
  const auto forth = solve_path(solver, war(), days), back = solve_path(solver, war(), backwards);
  REQUIRE(forth.size() == 4);
  for (std::size_t k = 0; k < 4; ++k) {
    REQUIRE(forth[k].converged());
    REQUIRE(forth[k].day == days[k]);
    const Equilibrium alone = solver.solve(war().on(days[k]));
    CHECK((forth[k].wage_hat / alone.wage_hat - 1.0).abs().maxCoeff() < 1e-9);
    CHECK((forth[k].wage_hat / back[3 - k].wage_hat - 1.0).abs().maxCoeff() < 1e-9);
    CHECK(forth[k].certificate.worst() <= 1e-10);
  }
}
