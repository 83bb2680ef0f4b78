#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "io/package_json.hpp"
#include "io/search_path.hpp"
#include "io/text_file.hpp"
#include "io/world_tables.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/io/worlds.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

bool is_package(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "flows.csv", ignored) || fs::exists(folder / "datapackage.json", ignored);
}

std::vector<fs::path> packages(const std::vector<fs::path>& folders) {
  return detail::named_folders({"worlds", "TARIFFSIM_WORLDS", is_package}, folders);
}

// What a listing shows, from the three smallest files of the package.
WorldListing listing_of(const fs::path& folder) {
  WorldListing listing;
  listing.name = folder.filename().string();
  listing.folder = folder;
  try {
    const fs::path descriptor = folder / "datapackage.json", regions = folder / "regions.csv",
                   sectors = folder / "sectors.csv";
    if (fs::exists(descriptor)) {
      const auto header = detail::parse_package_json(detail::read_text(descriptor), descriptor.string());
      listing.title = header.info.title;
      listing.year = header.info.year;
    }
    WorldData labels;
    detail::read_regions(detail::read_text(regions), regions.string(), labels);
    detail::read_sectors(detail::read_text(sectors), sectors.string(), labels);
    listing.regions = labels.regions.size();
    listing.sectors = labels.sectors.size();
  } catch (const InvalidInput& e) {
    listing.problem = e.what();
  }
  return listing;
}

}  // namespace

std::vector<WorldListing> list_worlds(const std::vector<fs::path>& folders) {
  std::vector<WorldListing> worlds;
  for (const fs::path& folder : packages(folders)) worlds.push_back(listing_of(folder));
  return worlds;
}

World load_world(const std::string& name_or_path, const std::vector<fs::path>& folders) {
  std::error_code ignored;
  const bool is_path = name_or_path.find('/') != std::string::npos || name_or_path == "." || name_or_path == "..";
  if (is_path) return read_world(name_or_path);
  std::vector<std::string> names;
  for (const fs::path& folder : packages(folders)) {
    if (folder.filename() == name_or_path) return read_world(folder);
    names.push_back(folder.filename().string());
  }
  if (fs::is_directory(name_or_path, ignored)) return read_world(name_or_path);
  std::string known;
  if (!names.empty()) known = " or " + Labels("world", names).suggestion(name_or_path);
  throw InvalidInput({}, "there is no world and no folder called " + detail::in_quotes(name_or_path),
                     "give the path of a data package" + known);
}

}  // namespace tariffsim
