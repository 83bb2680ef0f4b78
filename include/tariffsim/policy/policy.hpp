// Policy: dated measures, how they stack, and what their lists of goods cover.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/policy/measure.hpp"
#include "tariffsim/policy/products.hpp"
#include "tariffsim/policy/stacking.hpp"

namespace tariffsim {

/// Goods that some families of measures spare for a while.
struct Exemption : Validity {
  std::string id, importer;
  std::vector<std::string> exporters = {"*"}, families, products;
  std::string source, note, origin;
  Confidence confidence = Confidence::seen;
};

/// Trade in the goods of one list and in all goods of a sector; any currency.
struct CoverageRow {
  std::string list, importer, exporter, sector;  ///< exporter may be a group or "*"; sector as in Policy::sectors
  double covered = 0, total = 0;
};

/// A rate by sector, for measures that name a table; `weight` is trade, for sectors that are merged. It applies to its
/// exporter and importer alone: countries, groups or regions, or "*"; empty is "*".
struct RateRow {
  std::string exporter, importer, sector;
  double rate = 0, weight = 0;
};

/// A share of the flow that qualifies for freedom from measures, from a day on.
struct QualifyingRow {
  std::string name, importer, exporter, sector;
  std::optional<Date> from;
  double share = 0;
};

/// A day with a name.
struct Event {
  std::string name, title;
  Date date;
};

/// Everything dated in a scenario, as a plain aggregate; `Scenario::with(Policy)` validates it.
struct Policy {
  std::vector<Measure> measures;
  std::vector<StackingRule> rules;
  std::vector<Exemption> exemptions;
  ProductLists products;
  std::vector<CoverageRow> coverage;
  std::map<std::string, std::vector<RateRow>> rate_tables;
  std::vector<QualifyingRow> qualifying;
  std::map<std::string, std::vector<std::string>> groups;   ///< ISO3 codes of countries by name of the group
  std::map<std::string, std::vector<std::string>> sectors;  ///< the industries in each sector that the tables name
  std::vector<Event> events;
  std::string description, attribution, licence;
  bool unverified = false;  ///< true where measures, rules and exemptions of confidence `unverified` count too

  [[nodiscard]] bool counts(Confidence known) const { return unverified || known != Confidence::unverified; }
  [[nodiscard]] bool counts(const Measure& m) const { return m.has_rate() && counts(m.confidence); }
  [[nodiscard]] bool counts(const Exemption& e) const { return counts(e.confidence); }
  [[nodiscard]] bool counts(const StackingRule& r) const { return counts(r.confidence); }
};

}  // namespace tariffsim
