// One change of policy or fundamentals: instrument, scope, operation, value and, where it has them, days.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/date.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/policy/terms.hpp"

namespace tariffsim {

enum class Instrument {
  tariff,
  specific_tariff,  ///< per unit
  preference,       ///< a lower tariff for what uses it
  non_tariff,       ///< a barrier: resource cost, rent and shift of demand
  reexport,         ///< through a hub under bond
  transshipment,    ///< relabelled in a third country to pay its rate
  export_tax,
  trade_cost,
  ban,
  taste,
  productivity,
  production_subsidy,  ///< on all that a region makes, whoever buys it
  final_demand,
  deficit
};

/// How a value meets the rate in force: replace it, add to it, multiply it, or lift it to at least the value.
enum class Operation { set, add, scale, floor };

[[nodiscard]] inline const char* name(Instrument instrument) {
  constexpr const char* names[] = {"tariff",        "specific_tariff",    "preference",   "non_tariff", "reexport",
                                   "transshipment", "export_tax",         "trade_cost",   "ban",        "taste",
                                   "productivity",  "production_subsidy", "final_demand", "deficit"};
  return names[static_cast<int>(instrument)];
}

[[nodiscard]] inline const char* name(Operation operation) {
  constexpr const char* names[] = {"set", "add", "scale", "floor"};
  return names[static_cast<int>(operation)];
}

/// True for what happens between two regions, false for what happens in one.
[[nodiscard]] inline bool is_bilateral(Instrument i) {
  return i != Instrument::productivity && i != Instrument::production_subsidy && i != Instrument::final_demand &&
         i != Instrument::deficit;
}

/// Region or sector codes, group names or kinds ("goods", "services"); "*" is all.
struct Selector {
  Selector() = default;
  Selector(const char* term) : terms{term} {}                          // NOLINT(google-explicit-constructor)
  Selector(std::string term) : terms{std::move(term)} {}               // NOLINT(google-explicit-constructor)
  Selector(std::vector<std::string> list) : terms(std::move(list)) {}  // NOLINT(google-explicit-constructor)
  Selector(std::initializer_list<std::string> list) : terms(list) {}

  std::vector<std::string> terms{"*"};
};

/// One row of a table of values; region instruments use `exporter` as the region and leave `importer` empty.
struct TableRow {
  std::string exporter, importer, sector;
  double value = 0;
  std::size_t line = 0;  ///< of the file it was read from, for messages; 0 where there is none
};
using Table = std::vector<TableRow>;

/// A scalar, a table of listed cells, or a full array (N x N x J, or N x J for region instruments).
struct Value : std::variant<double, Table, Cube, RegionSector> {
  using variant::variant;
  Value(int scalar) : variant(static_cast<double>(scalar)) {}  // NOLINT(google-explicit-constructor)
};

/// A change as declared; Scenario::compile() turns it into arrays.
struct Change {
  Instrument instrument = Instrument::tariff;
  Selector importer, exporter, sector;  ///< region instruments use `exporter` for the region
  Operation operation = Operation::set;
  Value value = 0.0;
  std::string origin;  ///< where it was declared (file and line), for messages
  Terms terms{};
  Span days{};  ///< open: always
};

/// A value in words: "0.25", "a table of 12 cells".
[[nodiscard]] inline std::string describe(const Value& value) {
  if (const auto* scalar = std::get_if<double>(&value)) return show(*scalar);
  if (const auto* table = std::get_if<Table>(&value))
    return "a table of " + std::to_string(table->size()) + (table->size() == 1 ? " cell" : " cells");
  return "an array";
}

/// A scope in words: " on importer USA; exporter CHN", without what is open to all.
[[nodiscard]] inline std::string describe(std::initializer_list<std::pair<const char*, const Selector*>> scope) {
  std::string text;
  for (const auto& [what, selector] : scope) {
    if (selector->terms == std::vector<std::string>{"*"} || selector->terms.empty()) continue;
    text += std::string(text.empty() ? " on " : "; ") + what;
    for (std::size_t k = 0; k < selector->terms.size(); ++k) text += (k == 0 ? " " : ", ") + selector->terms[k];
  }
  return text;
}

/// A change in words: "tariff add 1.45 on importer USA; exporter CHN; sector goods".
[[nodiscard]] inline std::string describe(const Change& change, const std::string& value) {
  std::string text = name(change.instrument);
  const bool plain = change.instrument != Instrument::ban && change.instrument != Instrument::transshipment;
  if (plain) text += std::string(" ") + name(change.operation) + " " + value;
  const Selector &importer = change.importer, &exporter = change.exporter, &sector = change.sector;
  if (is_bilateral(change.instrument)) {
    text += describe({{"importer", &importer}, {"exporter", &exporter}, {"sector", &sector}});
  } else if (change.instrument == Instrument::deficit) {
    text += describe({{"region", &exporter}});
  } else {
    text += describe({{"region", &exporter}, {"sector", &sector}});
  }
  return text + describe(change.terms) + describe(change.days);
}
[[nodiscard]] inline std::string describe(const Change& change) { return describe(change, describe(change.value)); }

}  // namespace tariffsim
