// One undated change of policy or fundamentals: instrument, scope, operation and value.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/types.hpp"

namespace tariffsim {

enum class Instrument { tariff, export_tax, trade_cost, ban, taste, productivity, final_demand, deficit };

/// How a value meets the rate in force: replace it, add to it, multiply it, or lift it to at least the value.
enum class Operation { set, add, scale, floor };

[[nodiscard]] inline const char* name(Instrument instrument) {
  constexpr const char* names[] = {"tariff", "export_tax",   "trade_cost",   "ban",
                                   "taste",  "productivity", "final_demand", "deficit"};
  return names[static_cast<int>(instrument)];
}

[[nodiscard]] inline const char* name(Operation operation) {
  constexpr const char* names[] = {"set", "add", "scale", "floor"};
  return names[static_cast<int>(operation)];
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
};

}  // namespace tariffsim
