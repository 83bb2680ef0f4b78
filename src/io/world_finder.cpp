#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "io/package_json.hpp"
#include "io/text_file.hpp"
#include "io/world_tables.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/io/worlds.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

std::vector<fs::path> subfolders(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (fs::directory_iterator it(folder, ignored), end; !ignored && it != end; it.increment(ignored)) {
    if (it->is_directory(ignored)) found.push_back(it->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

void add_environment(std::vector<fs::path>& folders) {
  const char* value = std::getenv("TARIFFSIM_WORLDS");
  if (value == nullptr) return;
  std::string list = value;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(':', start), list.size());
    if (end > start) folders.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
}

void add_installed(std::vector<fs::path>& folders) {
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  if (problem) return;
  const fs::path root = program.parent_path().parent_path();
  folders.push_back(root / "share/tariffsim/worlds");
  for (const fs::path& library : subfolders(root / "lib")) {
    if (library.filename().string().rfind("python3", 0) != 0) continue;
    for (const char* packages : {"site-packages", "dist-packages"}) {
      folders.push_back(library / packages / "tariffsim/worlds");
    }
  }
}

std::vector<fs::path> search_folders(const std::vector<fs::path>& first) {
  std::vector<fs::path> folders = first;
  add_environment(folders);
  add_installed(folders);
#ifdef TARIFFSIM_INSTALLED_WORLDS
  folders.emplace_back(TARIFFSIM_INSTALLED_WORLDS);
#endif
#ifdef TARIFFSIM_SOURCE_WORLDS
  folders.emplace_back(TARIFFSIM_SOURCE_WORLDS);
#endif
  return folders;
}

bool is_package(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "flows.csv", ignored) || fs::exists(folder / "datapackage.json", ignored);
}

// Every package by its name, each name once, in the order of the search.
std::vector<fs::path> packages(const std::vector<fs::path>& folders) {
  std::vector<fs::path> found;
  std::set<std::string> names;
  for (const fs::path& root : search_folders(folders)) {
    for (const fs::path& folder : subfolders(root)) {
      if (is_package(folder) && names.insert(folder.filename().string()).second) found.push_back(folder);
    }
  }
  return found;
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
