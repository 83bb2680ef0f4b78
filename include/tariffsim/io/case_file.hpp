// Scenario files (TOML) and the tables of values that they name (CSV).
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "tariffsim/model/case.hpp"
#include "tariffsim/policy/change.hpp"

namespace tariffsim {

/// Reads a scenario file: title, measures, groups and closure. Paths in it are relative to the file.
/// @throws InvalidInput that names the file, line, column and remedy.
[[nodiscard]] Case read_case(const std::filesystem::path& file);

/// Opens a table of values for one instrument.
using TableReader = std::function<Table(const std::filesystem::path& file, Instrument instrument)>;

/// Reads a CSV table of values. Columns by instrument: exporter, importer, sector and rate (tariff, export_tax) or
/// factor (trade_cost, taste); region, sector and factor (productivity, final_demand); region and value (deficit).
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] Table read_table(const std::filesystem::path& file, Instrument instrument);

/// The same from text in memory; `file` is its name in messages.
[[nodiscard]] Table parse_table(std::string_view text, const std::filesystem::path& file, Instrument instrument);

/// A scenario from text in memory; `file` is its name in messages and what its paths are relative to.
[[nodiscard]] Case parse_case(std::string_view text, const std::filesystem::path& file,
                              const TableReader& tables = read_table);

}  // namespace tariffsim
