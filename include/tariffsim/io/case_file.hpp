// Scenario files (TOML) and the tables of values that they name (CSV).
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tariffsim/model/case.hpp"
#include "tariffsim/policy/change.hpp"
#include "tariffsim/policy/measure.hpp"

namespace tariffsim {

/// Reads a scenario file, or the scenario.toml of a folder: title, measures, groups, closure and theory, of worlds or
/// of markets. Paths in it are relative to the file.
/// @throws InvalidInput that names the file, line, column and remedy.
[[nodiscard]] Case read_case(const std::filesystem::path& file);

/// Gives the text of a file that a scenario names.
using FileReader = std::function<std::string(const std::filesystem::path& file)>;

/// The bytes of a file. @throws InvalidInput where it is absent, a folder or unreadable.
[[nodiscard]] std::string read_file(const std::filesystem::path& file);

/// Reads a CSV table of values. Columns by instrument: exporter, importer, sector and rate (tariff, export_tax) or
/// factor (trade_cost, taste); region, sector and factor (productivity, final_demand); region and value (deficit).
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] Table read_table(const std::filesystem::path& file, Instrument instrument);

/// The same from text in memory; `file` is its name in messages.
[[nodiscard]] Table parse_table(std::string_view text, const std::filesystem::path& file, Instrument instrument);

/// A scenario from text in memory; `file` is its name in messages and what its paths are relative to.
[[nodiscard]] Case parse_case(std::string_view text, const std::filesystem::path& file,
                              const FileReader& files = read_file);

/// A scenario that can be loaded by its name.
struct ScenarioListing {
  std::string name, title;
  std::filesystem::path folder;
  std::string problem;  ///< why it cannot be read; empty where it can
};

/// Every scenario that load_case() knows by name: folders with a scenario.toml, searched as worlds are, with
/// TARIFFSIM_SCENARIOS for TARIFFSIM_WORLDS.
[[nodiscard]] std::vector<ScenarioListing> list_scenarios(const std::vector<std::filesystem::path>& folders = {});

/// Loads a scenario by name ("us-world-2025") or reads the file, or the scenario.toml of the folder, at a path; what
/// contains a '/' or ends in ".toml" is a path.
/// @throws InvalidInput that lists the known names.
[[nodiscard]] Case load_case(const std::string& name_or_path, const std::vector<std::filesystem::path>& folders = {});

/// A dated measure from its fields as texts, named as the columns of a table of measures; absent fields are as usual.
/// @param where stands for the measure in messages.
/// @throws InvalidInput that names the field and the remedy.
[[nodiscard]] Measure measure_from(const std::map<std::string, std::string>& fields, const std::string& where);

/// The files of a scenario's dated measures, as write_scenario() writes them: scenario.toml and its tables.
[[nodiscard]] std::map<std::string, std::string> format_scenario(const Scenario& scenario);

/// The dated measures of a scenario as one TOML text, each under [[measure]].
/// @throws InvalidInput where the scenario has tables that a single file cannot hold.
[[nodiscard]] std::string format_measures(const Scenario& scenario);

/// Writes a scenario's dated measures to a folder that read_case() reads. Undated changes are not kept, and refused.
/// @throws InvalidInput where the folder cannot be written or must not be replaced.
void write_scenario(const Scenario& scenario, const std::filesystem::path& folder);

}  // namespace tariffsim
