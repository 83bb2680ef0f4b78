#include "io/terms_reader.hpp"

#include <optional>
#include <string>

#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

constexpr const char* kUptake[] = {"median_cost", "cost_spread"};

double number_or(const TomlTable& table, const char* key, double otherwise, const char* remedy) {
  return table.has(key) ? table.number(key, remedy) : otherwise;
}

Uptake read_uptake(const TomlTable& table) {
  const double median = table.number(kUptake[0], "give the cost below which half of the trade takes this way: 0.03");
  const double spread = number_or(table, kUptake[1], median / 2, "give the spread of costs: half the median, say");
  const Uptake uptake{median, spread};
  validate(uptake, table.where() + " " + table.what());
  return uptake;
}

std::optional<OriginTerms> read_origin(const TomlTable& table) {
  if (!table.has("threshold")) {
    for (const char* key : {"content_spread", "area"}) {
      if (table.has(key)) table.refuse(key, std::string("'") + key + "' without a threshold", "add threshold = 0.4");
    }
    return std::nullopt;
  }
  OriginTerms origin;
  origin.threshold = table.number("threshold", "give a share of the unit cost: 0.4 is 40 percent");
  origin.spread = number_or(table, "content_spread", origin.spread, "give the spread of content over firms: 0.05");
  if (table.has("area")) origin.area = table.texts("area", "list the region codes whose materials count");
  return origin;
}

PreferenceTerms read_preference(const TomlTable& table) {
  PreferenceTerms terms;
  PreferenceUse& use = terms.use;
  if (table.has(kUptake[0]) || table.has(kUptake[1])) {
    for (const char* key : {"utilisation", "compliance_cost"}) {
      if (table.has(key)) {
        table.refuse(key, std::string("there is both '") + key + "' and '" + kUptake[0] + "'",
                     "give the use (utilisation, compliance_cost), or the costs that it responds to");
      }
    }
    use.uptake = read_uptake(table);
  }
  use.utilisation = number_or(table, "utilisation", 1.0, "give the share of the flow that uses it: 0.8 is 80 percent");
  use.compliance_cost = number_or(table, "compliance_cost", 0.0, "give the cost over the value: 0.01 is 1 percent");
  terms.origin = read_origin(table);
  return terms;
}

NonTariffTerms read_barrier(const TomlTable& table) {
  NonTariffTerms terms;
  terms.resource_share = number_or(table, "resource_share", 1.0, "give the part that is used up: 0.6 is 60 percent");
  if (table.has("rent")) terms.rent = read_owner(table);
  terms.demand = number_or(table, "demand", 1.0, "give a factor on demand: 1.1 is ten percent more");
  return terms;
}

ReexportTerms read_hub(const TomlTable& table) {
  ReexportTerms terms;
  terms.hub = table.text("hub", "name the region of the hub");
  terms.elasticity = table.number("elasticity", "give the elasticity between the two ways, such as 5");
  terms.direct_cost = number_or(table, "direct_cost", 1.0, "give a ratio: 1.1 makes the direct way ten percent dearer");
  terms.hub_cost = number_or(table, "hub_cost", 1.0, "give a ratio: 0.9 makes the hub ten percent cheaper");
  return terms;
}

TransshipmentTerms read_transshipment(const TomlTable& table) {
  TransshipmentTerms terms;
  terms.via = table.text("via", "name the region that goods are relabelled in");
  terms.uptake = read_uptake(table);
  terms.detection = number_or(table, "detection", 0.0, "give the share that is found out: 0.1 is 10 percent");
  terms.penalty = number_or(table, "penalty", 0.0, "give a rate on top of the true origin's: 0.4 is 40 percent");
  return terms;
}

}  // namespace

std::vector<const char*> term_keys(Instrument instrument) {
  switch (instrument) {
    case Instrument::specific_tariff: return {"numeraire"};
    case Instrument::preference:
      return {"utilisation", "compliance_cost", kUptake[0], kUptake[1], "threshold", "content_spread", "area"};
    case Instrument::non_tariff: return {"resource_share", "rent", "demand"};
    case Instrument::reexport: return {"hub", "elasticity", "direct_cost", "hub_cost"};
    case Instrument::transshipment: return {"via", kUptake[0], kUptake[1], "detection", "penalty"};
    default: return {};
  }
}

Terms read_terms(const TomlTable& table, Instrument instrument) {
  switch (instrument) {
    case Instrument::specific_tariff: {
      SpecificTerms terms;
      if (table.has("numeraire")) {
        terms.numeraire = table.text("numeraire", "give \"world_value_added\", or a region code for its wage");
      }
      return terms;
    }
    case Instrument::preference: return read_preference(table);
    case Instrument::non_tariff: return read_barrier(table);
    case Instrument::reexport: return read_hub(table);
    case Instrument::transshipment: return read_transshipment(table);
    default: return {};
  }
}

Span read_days(const TomlTable& table) {
  const std::string remedy = "write the day as 2025-04-09";
  Span days;
  if (table.has("effective")) days.from = table.day("effective", remedy);
  if (table.has("ended")) days.until = table.day("ended", remedy);
  if (days.from && days.until && !(*days.from < *days.until)) {
    table.refuse("ended", "it ends on " + days.until->iso() + ", not after it begins", "swap the days, or correct one");
  }
  return days;
}

RentOwner read_owner(const TomlTable& table) {
  constexpr RentOwner kOwners[] = {RentOwner::importer, RentOwner::exporter};
  return choice(table, "rent", kOwners, "say who keeps the rent, or pays the subsidy");
}

}  // namespace tariffsim::detail
