// The values of one change, cell by cell, and what its operation does with them.
#pragma once

#include <algorithm>
#include <string>
#include <unordered_map>
#include <variant>

#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/change.hpp"

namespace tariffsim::detail {

/// The rate in force after an operation.
[[nodiscard]] inline double apply(Operation operation, double current, double value) {
  switch (operation) {
    case Operation::set: return value;
    case Operation::add: return current + value;
    case Operation::scale: return current * value;
    case Operation::floor: return std::max(current, value);
  }
  return value;
}

/// Values of one change by cell: scalar, table or array behind one call.
class ChangeValues {
 public:
  ChangeValues(const Change& change, const World& world, const std::string& where)
      : change_(change), regions_(world.regions().size()), sectors_(world.sectors().size()) {
    const bool pairs = is_bilateral(change.instrument);
    if (const auto* cube = std::get_if<Cube>(&change.value)) {
      if (!pairs) throw InvalidInput(where, "an N x N x J array for a region instrument", "give an N x J array");
      require_shape(where, *cube, regions_, regions_, sectors_);
    } else if (const auto* array = std::get_if<RegionSector>(&change.value)) {
      if (pairs) throw InvalidInput(where, "an N x J array for a bilateral instrument", "give an N x N x J array");
      require_shape(where, *array, regions_, change.instrument == Instrument::deficit ? 1 : sectors_);
    } else if (const auto* table = std::get_if<Table>(&change.value)) {
      read(*table, world, where, pairs);
    }
  }

  /// False for a cell that a table leaves out.
  [[nodiscard]] bool listed(Index exporter, Index importer, Index sector) const {
    return !std::holds_alternative<Table>(change_.value) || listed_.count(key(exporter, importer, sector)) > 0;
  }

  /// Importer is ignored for region instruments.
  [[nodiscard]] double operator()(Index exporter, Index importer, Index sector) const {
    if (const auto* scalar = std::get_if<double>(&change_.value)) return *scalar;
    if (const auto* cube = std::get_if<Cube>(&change_.value)) return (*cube)(exporter, importer, sector);
    if (const auto* array = std::get_if<RegionSector>(&change_.value)) return (*array)(exporter, sector);
    const auto hit = listed_.find(key(exporter, importer, sector));
    // What a table does not list: no rate, or, for a factor, no change.
    return hit != listed_.end() ? hit->second : (change_.operation == Operation::scale ? 1.0 : 0.0);
  }

 private:
  [[nodiscard]] Index key(Index exporter, Index importer, Index sector) const {
    return exporter + regions_ * (importer + regions_ * sector);
  }

  void read(const Table& table, const World& world, const std::string& where, bool pairs) {
    listed_.reserve(table.size());
    for (std::size_t r = 0; r < table.size(); ++r) {
      const auto row = [&] {
        const std::size_t line = table[r].line;
        return where + (line > 0 ? ":" + std::to_string(line) : ", table row " + std::to_string(r + 1));
      };
      const auto position = [&](const Labels& labels, const std::string& code) {
        const auto known = labels.find(code);
        return known ? *known : labels.at(code, row());
      };
      const Index exporter = position(world.regions(), table[r].exporter);
      const Index importer = pairs ? position(world.regions(), table[r].importer) : 0;
      const Index sector = change_.instrument == Instrument::deficit ? 0 : position(world.sectors(), table[r].sector);
      if (!listed_.emplace(key(exporter, importer, sector), table[r].value).second) {
        throw InvalidInput(row(), "the cell is listed twice", "list every cell once");
      }
    }
  }

  const Change& change_;
  Index regions_, sectors_;
  std::unordered_map<Index, double> listed_;
};

}  // namespace tariffsim::detail
