#include "io/search_path.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <string>
#include <system_error>

namespace tariffsim::detail {
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

void add_environment(const char* variable, std::vector<fs::path>& folders) {
  const char* value = std::getenv(variable);
  if (value == nullptr) return;
  const std::string list = value;
  for (std::size_t start = 0; start <= list.size();) {
    const std::size_t end = std::min(list.find(':', start), list.size());
    if (end > start) folders.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
}

void add_installed(const char* kind, std::vector<fs::path>& folders) {
  std::error_code problem;
  const fs::path program = fs::read_symlink("/proc/self/exe", problem);
  if (problem) return;
  const fs::path root = program.parent_path().parent_path();
  folders.push_back(root / "share/tariffsim" / kind);
  for (const fs::path& library : subfolders(root / "lib")) {
    if (library.filename().string().rfind("python3", 0) != 0) continue;
    for (const char* packages : {"site-packages", "dist-packages"}) {
      folders.push_back(library / packages / "tariffsim" / kind);
    }
  }
}

std::vector<fs::path> search_folders(const NamedFolders& kind, const std::vector<fs::path>& first) {
  std::vector<fs::path> folders = first;
  add_environment(kind.variable, folders);
  add_installed(kind.kind, folders);
#ifdef TARIFFSIM_SOURCE_DATA
  folders.push_back(fs::path(TARIFFSIM_SOURCE_DATA) / kind.kind);
#endif
  return folders;
}

}  // namespace

std::vector<fs::path> named_folders(const NamedFolders& kind, const std::vector<fs::path>& first) {
  std::vector<fs::path> found;
  std::set<std::string> names;
  for (const fs::path& root : search_folders(kind, first)) {
    for (const fs::path& folder : subfolders(root)) {
      if (kind.is_one(folder) && names.insert(folder.filename().string()).second) found.push_back(folder);
    }
  }
  return found;
}

}  // namespace tariffsim::detail
