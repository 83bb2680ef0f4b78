// Where things that have names are looked for: worlds and scenarios.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

namespace tariffsim::detail {

/// One kind of named folder.
struct NamedFolders {
  const char* kind;      ///< "worlds": the folder they are installed in
  const char* variable;  ///< environment variable that lists more folders, separated by ':'
  std::function<bool(const std::filesystem::path&)> is_one;
};

/// Every folder of the kind by its name, each name once, in the order of the search: `first`, the environment, what was
/// installed beside the program, the source tree.
[[nodiscard]] std::vector<std::filesystem::path> named_folders(const NamedFolders& kind,
                                                               const std::vector<std::filesystem::path>& first);

}  // namespace tariffsim::detail
