#include <algorithm>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "io/package_json.hpp"
#include "io/text_file.hpp"
#include "io/world_tables.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/io/world_package.hpp"

namespace tariffsim {
namespace {

constexpr const char* kDescriptor = "datapackage.json";

std::string path_of(const detail::PackageHeader& header, const std::string& table) {
  const auto listed = header.listed.find(table);
  return listed == header.listed.end() ? table + ".csv" : listed->second;
}

std::string joined(const std::string& folder, const std::string& file) {
  return (std::filesystem::path(folder) / file).string();
}

std::string folder_name(const std::string& folder) {
  std::filesystem::path path = std::filesystem::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  const std::string name = path.filename().string();
  return name.empty() || name == "." || name == ".." ? "world" : name;
}

detail::PackageHeader header_of(const PackageFiles& files, const std::string& where) {
  const auto descriptor = files.find(kDescriptor);
  detail::PackageHeader header;
  if (descriptor != files.end()) {
    header = detail::parse_package_json(descriptor->second, joined(where, kDescriptor));
  }
  if (!header.named) header.info.name = folder_name(where);
  return header;
}

using ReadTable = void (*)(std::string_view, const std::string&, WorldData&);
struct Step {
  const char* table;
  ReadTable read;
  bool required;
};

// In this order: the later tables name the codes of the first two.
constexpr Step kSteps[] = {{"regions", detail::read_regions, true},
                           {"sectors", detail::read_sectors, true},
                           {"flows", detail::read_flows, true},
                           {"tariffs", detail::read_tariffs, false},
                           {"export_taxes", detail::read_export_taxes, false},
                           {"value_added", detail::read_value_added, false},
                           {"inputs", detail::read_inputs, false},
                           {"final_demand", detail::read_final_demand, false},
                           {"groups", detail::read_groups, false},
                           {"members", detail::read_members, false},
                           {"sector_members", detail::read_sector_members, false},
                           {"member_weights", detail::read_member_weights, false}};

// A complaint about an array, "inputs(region=A)", as one about its file, "pkg/inputs.csv (region=A)".
std::string in_file(const std::string& complaint, const std::string& folder, const detail::PackageHeader& header) {
  const std::string table = complaint.substr(0, complaint.find('('));
  const bool known = std::any_of(std::begin(kSteps), std::end(kSteps), [&](const Step& s) { return table == s.table; });
  if (!known) return folder + ": " + complaint;
  const std::string cell = complaint.substr(table.size());
  return joined(folder, path_of(header, table)) + (cell.empty() ? "" : " " + cell);
}

// A CSV file whose name is almost that of a table which is not there was meant to be it.
void refuse_misspelt_tables(const std::filesystem::path& folder, const PackageFiles& files,
                            const detail::PackageHeader& header) {
  std::vector<std::string> missing;
  for (const Step& step : kSteps) {
    const std::string path = path_of(header, step.table);
    if (files.count(path) == 0) missing.push_back(path);
  }
  const Labels tables("table", missing);
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".csv" || files.count(name) > 0) continue;
    if (const auto meant = tables.nearest(name)) {
      throw InvalidInput(entry.path().string(), "is no table of a world",
                         "rename it to " + *meant + ", or move it away");
    }
  }
}

}  // namespace

World parse_world(const PackageFiles& files, const std::string& where) {
  detail::PackageHeader header = header_of(files, where);
  WorldData data;
  data.info = std::move(header.info);
  for (const Step& step : kSteps) {
    const std::string path = path_of(header, step.table);
    const auto file = files.find(path);
    if (file != files.end()) {
      step.read(file->second, joined(where, path), data);
    } else if (header.listed.count(step.table) > 0) {
      throw InvalidInput(joined(where, kDescriptor), "lists " + path + ", which is not there",
                         "add the file, or delete its entry under \"resources\"");
    } else if (step.required) {
      throw InvalidInput(joined(where, path), "there is no such file",
                         "a world needs at least regions.csv, sectors.csv and flows.csv");
    }
  }
  try {
    return World(std::move(data));
  } catch (const InvalidInput& e) {
    throw InvalidInput(in_file(e.where(), where, header), e.problem(), e.remedy());
  }
}

World read_world(const std::filesystem::path& folder) {
  const std::string where = folder.string();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    const bool is_file = std::filesystem::exists(folder, ignored);
    throw InvalidInput(where, is_file ? "is a file, not a folder" : "there is no such folder",
                       "give the folder that holds regions.csv, sectors.csv and flows.csv");
  }
  PackageFiles files;
  const auto load = [&](const std::string& path) {
    if (std::filesystem::exists(folder / path, ignored)) files[path] = detail::read_text(folder / path);
  };
  load(kDescriptor);
  const detail::PackageHeader header = header_of(files, where);
  for (const Step& step : kSteps) load(path_of(header, step.table));
  refuse_misspelt_tables(folder, files, header);
  return parse_world(files, where);
}

}  // namespace tariffsim
