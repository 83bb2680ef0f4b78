#include <cmath>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/atomic_folder.hpp"
#include "io/csv_text.hpp"
#include "io/list_table.hpp"
#include "io/package_json.hpp"
#include "io/text_file.hpp"
#include "tariffsim/io/world_package.hpp"

namespace tariffsim {
namespace {

using detail::any_entry;
using detail::CsvText;
using detail::list_table;

// A row that may be left out: reading gives +0 back, so -0 is written.
bool is_absent(double value) { return value == 0 && !std::signbit(value); }

bool is_absent(const Cube& cube) {
  for (Index k = 0; k < cube.size(); ++k) {
    if (!is_absent(cube.values()[k])) return false;
  }
  return true;
}

std::string regions_table(const WorldData& w, bool territories) {
  CsvText text("regions.csv", territories ? "region,name,territory" : "region,name");
  for (Index n = 0; n < w.regions.size(); ++n) {
    text << w.regions.code(n) << w.regions.name(n);
    if (territories) {
      const auto& territory = w.territories[static_cast<std::size_t>(n)];
      if (territory.empty()) {
        throw InvalidInput("regions.csv", "region '" + w.regions.code(n) + "' has a customs territory without a name",
                           "name the territory; a region of its own has its code as territory");
      }
      text << territory;
    }
    text.end_row();
  }
  return std::move(text).take();
}

std::string sectors_table(const WorldData& w) {
  CsvText text("sectors.csv", "sector,name,kind,trade_elasticity");
  for (Index j = 0; j < w.sectors.size(); ++j) {
    text << w.sectors.code(j) << w.sectors.name(j) << w.sector_kinds[static_cast<std::size_t>(j)]
         << w.trade_elasticity[j];
    text.end_row();
  }
  return std::move(text).take();
}

std::string bilateral_table(const WorldData& w, const std::string& file, const char* column, const Cube& cube) {
  CsvText text(file, std::string("exporter,importer,sector,") + column);
  for (Index i = 0; i < cube.rows(); ++i) {
    for (Index n = 0; n < cube.cols(); ++n) {
      for (Index j = 0; j < cube.slices(); ++j) {
        if (is_absent(cube(i, n, j))) continue;
        text << w.regions.code(i) << w.regions.code(n) << w.sectors.code(j) << cube(i, n, j);
        text.end_row();
      }
    }
  }
  return std::move(text).take();
}

std::string region_sector_table(const WorldData& w, const std::string& file, const RegionSector& array) {
  CsvText text(file, "region,sector,share");
  for (Index n = 0; n < array.rows(); ++n) {
    for (Index j = 0; j < array.cols(); ++j) {
      if (is_absent(array(n, j))) continue;
      text << w.regions.code(n) << w.sectors.code(j) << array(n, j);
      text.end_row();
    }
  }
  return std::move(text).take();
}

std::string inputs_table(const WorldData& w) {
  CsvText text("inputs.csv", "region,input,sector,share");
  const Cube& shares = w.input_shares;
  for (Index n = 0; n < shares.slices(); ++n) {
    for (Index k = 0; k < shares.rows(); ++k) {
      for (Index j = 0; j < shares.cols(); ++j) {
        if (is_absent(shares(k, j, n))) continue;
        text << w.regions.code(n) << w.sectors.code(k) << w.sectors.code(j) << shares(k, j, n);
        text.end_row();
      }
    }
  }
  return std::move(text).take();
}

std::string weights_table(const WorldData& w) {
  CsvText text("member_weights.csv", "member,importer,sector,share");
  for (const MemberWeight& row : w.member_weights) {
    text << row.member << row.importer << row.sector << row.share;
    text.end_row();
  }
  return std::move(text).take();
}

// A folder may be replaced where all that is in it could have been written by write_world().
void require_world_package(const std::filesystem::path& folder) {
  std::set<std::string> ours = {"datapackage.json"};
  for (const char* table : detail::kPackageTables) ours.insert(std::string(table) + ".csv");
  const std::string foreign = detail::first_other_entry(folder, ours);
  if (!foreign.empty()) {
    throw InvalidInput(folder.string(), "holds '" + foreign + "', which is not part of a world package",
                       "name a new folder, or move the file away");
  }
  if (!std::filesystem::exists(folder / "datapackage.json")) {
    throw InvalidInput(folder.string(), "is not a world package: it has no datapackage.json", "name a new folder");
  }
}

}  // namespace

PackageFiles format_world(const World& world) {
  const WorldData& w = world.data();
  const bool territories = w.territories != w.regions.codes();
  std::vector<std::pair<std::string, std::string>> tables;
  tables.emplace_back("regions", regions_table(w, territories));
  tables.emplace_back("sectors", sectors_table(w));
  tables.emplace_back("flows", bilateral_table(w, "flows.csv", "value", w.flows));
  if (!is_absent(w.tariffs)) tables.emplace_back("tariffs", bilateral_table(w, "tariffs.csv", "rate", w.tariffs));
  if (!is_absent(w.export_taxes)) {
    tables.emplace_back("export_taxes", bilateral_table(w, "export_taxes.csv", "rate", w.export_taxes));
  }
  if (!is_absent(w.input_shares)) tables.emplace_back("inputs", inputs_table(w));
  if (!(w.value_added_share == 1.0).all()) {
    tables.emplace_back("value_added", region_sector_table(w, "value_added.csv", w.value_added_share));
  }
  if (w.final_demand_share) {
    tables.emplace_back("final_demand", region_sector_table(w, "final_demand.csv", *w.final_demand_share));
  }
  if (any_entry(w.groups)) tables.emplace_back("groups", list_table("groups.csv", "group,region", w.groups));
  if (any_entry(w.members)) tables.emplace_back("members", list_table("members.csv", "region,member", w.members));
  if (any_entry(w.sector_members)) {
    tables.emplace_back("sector_members", list_table("sector_members.csv", "sector,member", w.sector_members));
  }
  if (!w.member_weights.empty()) tables.emplace_back("member_weights", weights_table(w));

  PackageFiles files;
  std::vector<std::string> names;
  for (auto& [table, text] : tables) {
    names.push_back(table);
    files[table + ".csv"] = std::move(text);
  }
  files["datapackage.json"] = detail::format_package_json(w.info, names, territories);
  return files;
}

void write_world(const World& world, const std::filesystem::path& folder, const StopRequested& stop) {
  detail::AtomicFolder target(folder, require_world_package);
  target.write_all(format_world(world), stop);
}

}  // namespace tariffsim
