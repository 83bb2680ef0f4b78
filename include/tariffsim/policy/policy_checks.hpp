// Refuses policies that contradict themselves, with the place and the remedy.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/policy/policy.hpp"

namespace tariffsim {
namespace detail {

/// A ratio above this is taken for a slip of percent.
constexpr double kLargestPlainRate = 5.0;

[[nodiscard]] inline std::string place_of(const Measure& m) {
  return m.origin.empty() ? "measure '" + m.id + "'" : m.origin;
}

inline void check_measure(const Measure& m, const Policy& policy) {
  const std::string where = place_of(m);
  if (m.id.empty()) throw InvalidInput(where, "a measure has no id", "give every dated measure an id of its own");
  if (m.importer.empty() || m.importer == "*") {
    throw InvalidInput(where, "measure '" + m.id + "' names no importer", "name the country that levies the duty");
  }
  if (m.rate && !(std::isfinite(*m.rate) && *m.rate > -1)) {
    throw InvalidInput(where, "the rate of '" + m.id + "' is " + show(*m.rate),
                       "rates are ad valorem (0.25 is 25 percent), finite and above -1");
  }
  if (m.rate && !m.rate_table.empty()) {
    throw InvalidInput(where, "'" + m.id + "' has both a rate and a table of rates", "keep one of the two");
  }
  if (!m.rate_table.empty() && policy.rate_tables.count(m.rate_table) == 0) {
    throw InvalidInput(where, "'" + m.id + "' names a table of rates that is not there: '" + m.rate_table + "'",
                       "add its rows to the table of rates, or correct the name");
  }
  const auto share = [&](double value, const char* what) {
    if (!(value >= 0 && value <= 1)) {
      throw InvalidInput(where, std::string(what) + " of '" + m.id + "' is " + show(value), "give a share from 0 to 1");
    }
  };
  share(m.base_share, "base_share");
  validate(m.claim, place_of(m) + ", '" + m.id + "'");
  const bool plain = m.claim.utilisation == 1 && m.claim.compliance_cost == 0 && !m.claim.uptake;
  if (!plain && m.base != DutyBase::preference) {
    throw InvalidInput(where, "'" + m.id + "' says how much of the flow uses it, but is no preference",
                       "write base = \"preference\", or drop the use");
  }
  const auto ordered = [&](const Span& days, const char* what) {
    if (days.from && days.until && *days.until < *days.from) {
      throw InvalidInput(
          where,
          "'" + m.id + "' ends before it begins (" + what + ": " + days.from->iso() + " to " + days.until->iso() + ")",
          "correct the days; 'ended' is the first day without the measure");
    }
  };
  ordered(m.legal, "legal");
  ordered(m.days(Basis::collected), "collected");
  for (const auto* terms : {&m.products, &m.except_products}) {
    for (const auto& term : *terms) {
      if (is_code(term) || policy.products.count(term) > 0) continue;
      throw InvalidInput(where, "'" + m.id + "' names an unknown list of goods '" + term + "'",
                         "add the list to the table of products, or give HS codes of two digits or more");
    }
  }
  if (!m.qualifying.empty() && std::none_of(policy.qualifying.begin(), policy.qualifying.end(),
                                            [&](const QualifyingRow& row) { return row.name == m.qualifying; })) {
    throw InvalidInput(where, "'" + m.id + "' names an unknown qualifying share '" + m.qualifying + "'",
                       "add it to the table of shares, or correct the name");
  }
}

inline void check_rules(const Policy& policy) {
  std::set<std::string> groups;
  for (const auto& m : policy.measures) groups.insert(m.group);
  const auto known = [&](const std::string& pattern) {
    return pattern == "*" || pattern == "mfn" ||
           std::any_of(groups.begin(), groups.end(), [&](const auto& g) { return belongs(g, pattern); });
  };
  for (std::size_t k = 0; k < policy.rules.size(); ++k) {
    const StackingRule& rule = policy.rules[k];
    const std::string where = rule.origin.empty() ? "stacking rule " + std::to_string(k + 1) : rule.origin;
    for (const auto& pattern : {rule.group, rule.other}) {
      if (pattern.empty() || known(pattern)) continue;
      const Labels labels("stacking group", {groups.begin(), groups.end()});
      throw InvalidInput(where, "the rule refers to a group that no measure has: '" + pattern + "'",
                         "use " + labels.suggestion(pattern));
    }
    if (rule.relation == Relation::excludes && (rule.other.empty() || rule.other == rule.group)) {
      throw InvalidInput(where, "the rule excludes nothing", "name the other group");
    }
    if (rule.relation == Relation::cap && !(rule.value >= 0)) {
      throw InvalidInput(where, "a cap of " + show(rule.value), "give the largest rate, zero or more");
    }
    for (const auto& other : policy.rules) {
      if (rule.relation == Relation::excludes && other.relation == Relation::excludes &&
          belongs(rule.group, other.other) && belongs(other.group, rule.other) && rule.group != "*") {
        throw InvalidInput(where, "'" + rule.group + "' and '" + rule.other + "' exclude each other",
                           "decide which of the two comes first and delete the other rule");
      }
    }
  }
}

// One family, one importer, one partner, one day, one good: one measure.
inline void check_families(const Policy& policy) {
  std::map<std::pair<std::string, std::string>, std::vector<const Measure*>> families;
  for (const auto& m : policy.measures) families[{m.importer, m.kin()}].push_back(&m);
  const auto meet = [](const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return a.empty() || b.empty() || std::any_of(a.begin(), a.end(), [&](const std::string& term) {
             return std::find(b.begin(), b.end(), term) != b.end();
           });
  };
  for (const auto& entry : families) {
    const auto& family = entry.second;
    for (std::size_t a = 0; a < family.size(); ++a) {
      for (std::size_t b = a + 1; b < family.size(); ++b) {
        const Measure &x = *family[a], &y = *family[b];
        if (!policy.counts(x) || !policy.counts(y)) continue;
        const bool apart = (x.detail == Detail::product && y.detail == Detail::sector) ||
                           (x.detail == Detail::sector && y.detail == Detail::product);
        if (apart || !x.legal.overlaps(y.legal) || !meet(x.exporters, y.exporters) || !meet(x.products, y.products) ||
            !meet(x.sectors, y.sectors)) {
          continue;
        }
        throw InvalidInput(place_of(y),
                           "'" + y.id + "' overlaps '" + x.id + "' of the same family '" + x.kin() +
                               "', for the same partner, from " + std::max(*x.legal.from, *y.legal.from).iso(),
                           "end the earlier one where the later begins, or give one of them another family");
      }
    }
  }
}

inline void check_tables(const Policy& policy) {
  for (const auto& row : policy.coverage) {
    const std::string where =
        cell("coverage", {{"list", row.list}, {"exporter", row.exporter}, {"sector", row.sector}});
    if (policy.products.count(row.list) == 0 && !policy.products.empty()) {
      throw InvalidInput(where, "the list is not in the table of products", "correct the name, or add its codes");
    }
    if (!(row.covered >= 0 && row.total > 0 && row.covered <= row.total * (1 + 1e-9))) {
      throw InvalidInput(where, "covers " + show(row.covered) + " of " + show(row.total),
                         "what is covered lies between zero and the total, which is above zero");
    }
  }
  for (const auto& row : policy.qualifying) {
    if (row.share >= 0 && row.share <= 1) continue;
    throw InvalidInput(cell("shares", {{"name", row.name}, {"exporter", row.exporter}}), "share is " + show(row.share),
                       "give a share from 0 to 1");
  }
  for (const auto& [table, rows] : policy.rate_tables) {
    for (const auto& row : rows) {
      if (std::isfinite(row.rate) && row.rate > -1) continue;
      throw InvalidInput(cell("rates", {{"table", table}, {"sector", row.sector}}), "rate is " + show(row.rate),
                         "rates are ad valorem (0.25 is 25 percent), finite and above -1");
    }
  }
}

}  // namespace detail

/// @throws InvalidInput that names the measure or the rule, and the remedy.
inline void validate(const Policy& policy) {
  std::map<std::string, const Measure*> ids;
  for (const auto& m : policy.measures) {
    detail::check_measure(m, policy);
    const auto [earlier, is_new] = ids.emplace(m.id, &m);
    if (!is_new) {
      throw InvalidInput(detail::place_of(m), "the id '" + m.id + "' is taken by another measure",
                         "give every measure an id of its own");
    }
  }
  std::set<std::string> families;
  for (const auto& m : policy.measures) families.insert(m.kin());
  for (const auto& e : policy.exemptions) {
    const std::string where = e.origin.empty() ? "exemption '" + e.id + "'" : e.origin;
    for (const auto& family : e.families) {
      if (families.count(family) > 0) continue;
      const Labels known("family", {families.begin(), families.end()});
      throw InvalidInput(where, "'" + e.id + "' spares a family that no measure has: '" + family + "'",
                         "use " + known.suggestion(family));
    }
    for (const auto& term : e.products) {
      if (is_code(term) || policy.products.count(term) > 0) continue;
      throw InvalidInput(where, "'" + e.id + "' names an unknown list of goods '" + term + "'",
                         "add the list to the table of products");
    }
  }
  detail::check_rules(policy);
  detail::check_families(policy);
  detail::check_tables(policy);
}

}  // namespace tariffsim
