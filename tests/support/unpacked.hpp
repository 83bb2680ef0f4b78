// The files of a package from one text, for tests that fuzz whole packages.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "tariffsim/io/world_package.hpp"

namespace tariffsim::testing {

/// Each file stands after a line "=NAME"; what comes before the first is regions.csv.
inline PackageFiles unpacked(std::string_view text) {
  PackageFiles files;
  std::string* current = &files["regions.csv"];
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    const std::string_view line = text.substr(0, end);
    if (line.front() == '=') {
      current = &files[std::string(line.substr(1, line.find_last_not_of("\r\n")))];
    } else {
      current->append(line);
    }
    text.remove_prefix(end);
  }
  return files;
}

}  // namespace tariffsim::testing
