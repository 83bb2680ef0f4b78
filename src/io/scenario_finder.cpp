#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "io/search_path.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/io/case_file.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

bool is_scenario(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "scenario.toml", ignored);
}

std::vector<fs::path> scenarios(const std::vector<fs::path>& folders) {
  return detail::named_folders({"scenarios", "TARIFFSIM_SCENARIOS", is_scenario}, folders);
}

bool is_path(const std::string& text) {
  const std::string suffix = ".toml";
  return text.find('/') != std::string::npos || text == "." || text == ".." ||
         (text.size() > suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0);
}

}  // namespace

std::vector<ScenarioListing> list_scenarios(const std::vector<fs::path>& folders) {
  std::vector<ScenarioListing> found;
  for (const fs::path& folder : scenarios(folders)) {
    ScenarioListing listing;
    listing.name = folder.filename().string();
    listing.folder = folder;
    try {
      listing.title = read_case(folder).scenario.title();
    } catch (const InvalidInput& e) {
      listing.problem = e.what();
    }
    found.push_back(std::move(listing));
  }
  return found;
}

Case load_case(const std::string& name_or_path, const std::vector<fs::path>& folders) {
  if (is_path(name_or_path)) return read_case(name_or_path);
  std::vector<std::string> names;
  for (const fs::path& folder : scenarios(folders)) {
    if (folder.filename() == name_or_path) return read_case(folder);
    names.push_back(folder.filename().string());
  }
  std::error_code ignored;
  if (fs::exists(name_or_path, ignored)) return read_case(name_or_path);
  std::string known;
  if (!names.empty()) known = " or " + Labels("scenario", names).suggestion(name_or_path);
  throw InvalidInput({}, "there is no scenario and no file called " + detail::in_quotes(name_or_path),
                     "give the path of a scenario file (TOML)" + known);
}

}  // namespace tariffsim
