// The duty on one good: each layer that remains, and their sum.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/policy/origins.hpp"
#include "tariffsim/policy/policy.hpp"
#include "tariffsim/policy/stacking.hpp"

namespace tariffsim {

/// One good on its way over one border.
struct ProductQuery {
  std::string importer, exporter;  ///< countries; the exporter may be a group
  std::string code;                ///< HS code, with or without dots
  double normal_duty = 0;          ///< ad valorem, before any measure
  Date day{2025, 1, 1};
  Basis basis = Basis::legal;
  bool qualifies = false;  ///< meets the rules of origin of the agreement that measures spare
  double content = -1;     ///< share of the value that is metal and the like; below zero: as the measures say
  std::vector<std::string> uses = {};  ///< what it is for, where duties depend on that
};

/// A measure that remains after stacking.
struct ProductDuty {
  std::size_t measure = 0;  ///< position among the policy's measures
  double amount = 0;        ///< what it adds to the rate
  bool partly = false;      ///< the list names only codes below the one asked for
};

struct ProductRate {
  double normal_duty = 0;
  std::vector<ProductDuty> duties;
  double total = 0;
};

namespace detail {

inline bool exempted(const Policy& policy, const Measure& m, const ProductQuery& q) {
  const auto country = [&](const std::vector<std::string>& terms) {
    const auto group = policy.groups.find(q.exporter);
    return closeness(terms, q.exporter, group == policy.groups.end() ? std::vector{q.exporter} : group->second,
                     policy.groups);
  };
  if (cover_of(m.except_products, policy.products, q.code) == Cover::whole) return true;
  return std::any_of(policy.exemptions.begin(), policy.exemptions.end(), [&](const Exemption& e) {
    return e.importer == m.importer && e.days(q.basis).holds(q.day) &&
           std::find(e.families.begin(), e.families.end(), m.kin()) != e.families.end() &&
           country(e.exporters) != Closeness::none && cover_of(e.products, policy.products, q.code) == Cover::whole;
  });
}

}  // namespace detail

/// Every duty on a good on a day. A list that names only codes below the one asked for counts, and is marked so.
/// @throws InvalidInput where the code is not one.
[[nodiscard]] inline ProductRate product_rate(const Policy& policy, ProductQuery q) {
  q.code = code_digits(q.code);
  if (!is_code(q.code)) throw InvalidInput("product", "'" + q.code + "' is not an HS code", "give two digits or more");
  const auto group = policy.groups.find(q.exporter);
  const std::vector<std::string> countries =
      group == policy.groups.end() ? std::vector<std::string>{q.exporter} : group->second;
  const auto reach = [&](const Measure& m) {
    const bool in_importer = closeness(m.importer, q.importer, {q.importer}, policy.groups) != Closeness::none;
    if (!in_importer || !policy.counts(m) || m.detail == Detail::sector || !m.days(q.basis).holds(q.day) ||
        closeness(m.except_exporters, q.exporter, countries, policy.groups) != Closeness::none) {
      return Closeness::none;
    }
    return closeness(m.exporters, q.exporter, countries, policy.groups);
  };
  std::map<std::string, Closeness> best;
  for (const auto& m : policy.measures) best[m.kin()] = std::max(best[m.kin()], reach(m));

  ProductRate out;
  out.normal_duty = q.normal_duty;
  std::vector<Layer> layers;
  std::vector<bool> partly;
  std::vector<std::string> groups;
  for (std::size_t k = 0; k < policy.measures.size(); ++k) {
    const Measure& m = policy.measures[k];
    groups.push_back(m.group);
    const Closeness c = reach(m);
    if (c == Closeness::none || c != best[m.kin()] || !m.rate) continue;
    const Cover cover = m.products.empty() ? Cover::whole : cover_of(m.products, policy.products, q.code);
    const bool other_use = !m.use.empty() && std::find(q.uses.begin(), q.uses.end(), m.use) == q.uses.end();
    if (cover == Cover::none || other_use || detail::exempted(policy, m, q)) continue;
    Layer layer;
    layer.measure = k;
    layer.free = q.qualifies && !m.qualifying.empty() ? 1 : 0;
    layer.rate = *m.rate;
    if (m.base == DutyBase::content) layer.base_share = q.content >= 0 ? q.content : m.base_share;
    if (m.base == DutyBase::floor) layer.rate = std::max(0.0, *m.rate - q.normal_duty);
    if (m.base == DutyBase::preference) layer.rate = std::min(0.0, *m.rate - q.normal_duty);
    layers.push_back(layer);
    partly.push_back(cover == Cover::part);
  }
  Stacking(policy.rules, groups, q.day)(layers);
  out.total = q.normal_duty;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    if (layers[k].due == 0) continue;
    out.duties.push_back({layers[k].measure, layers[k].amount, partly[k]});
    out.total += layers[k].amount;
  }
  return out;
}

}  // namespace tariffsim
