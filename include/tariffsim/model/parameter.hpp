// Parameter: one number for every region and sector, with exceptions by code.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim {

/// A parameter of a theory: a number for all cells, and others for the regions or sectors that are named.
struct Parameter {
  double value = 0;                    ///< where no exception applies
  std::map<std::string, double> by{};  ///< by the code of a region or of a sector; a region's goes before a sector's

  Parameter() = default;
  Parameter(double all) : value(all) {}  // NOLINT(google-explicit-constructor): a number is a parameter
  Parameter(double all, std::map<std::string, double> exceptions) : value(all), by(std::move(exceptions)) {}

  /// True where it is this one number everywhere.
  [[nodiscard]] bool is(double number) const {
    for (const auto& each : by) {
      if (each.second != number) return false;
    }
    return value == number;
  }

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

/// Its values for a world; N x J.
/// @throws InvalidInput on a code that the world does not have, or has as region and as sector.
[[nodiscard]] inline RegionSector cells_of(const Parameter& given, const World& world, const std::string& what) {
  RegionSector cells = RegionSector::Constant(world.regions().size(), world.sectors().size(), given.value);
  const auto each = [&](bool regions) {
    for (const auto& [code, number] : given.by) {
      const auto region = world.regions().find(code), sector = world.sectors().find(code);
      if (region && sector) {
        throw InvalidInput(what, "'" + code + "' is a region and a sector", "give one number for all, or rename one");
      }
      if (!region && !sector) {
        throw InvalidInput(what, "'" + code + "' is neither a region nor a sector of the world",
                           "of sectors, use " + world.sectors().suggestion(code) + "; or the code of a region");
      }
      if (regions && region) cells.row(*region) = number;
      if (!regions && sector) cells.col(*sector) = number;
    }
  };
  each(false);
  each(true);
  return cells;
}

/// Its values by sector; J.
/// @throws InvalidInput where it differs between regions, or on an unknown code.
[[nodiscard]] inline Vector by_sector(const Parameter& given, const World& world, const std::string& what) {
  for (const auto& each : given.by) {
    if (world.regions().find(each.first)) {
      throw InvalidInput(what, "differs between regions ('" + each.first + "')", "give it by sector");
    }
  }
  return cells_of(given, world, what).row(0).transpose();
}

/// Its values by region; N.
/// @throws InvalidInput where it differs between sectors, or on an unknown code.
[[nodiscard]] inline Vector by_region(const Parameter& given, const World& world, const std::string& what) {
  for (const auto& each : given.by) {
    if (world.sectors().find(each.first)) {
      throw InvalidInput(what, "differs between sectors ('" + each.first + "')", "give it by region");
    }
  }
  return cells_of(given, world, what).col(0);
}

/// In words: "4", "4 (AGR 6.2, ELE 5)".
[[nodiscard]] inline std::string describe(const Parameter& given) {
  std::string text = show(given.value);
  const char* separator = " (";
  for (const auto& [code, number] : given.by) {
    text += separator + code + " " + show(number);
    separator = ", ";
  }
  return given.by.empty() ? text : text + ")";
}

}  // namespace tariffsim
