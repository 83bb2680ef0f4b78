// Where the tests find data: the embedded worlds in the source tree, and the shared packages beside it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace tariffsim::testing {

/// Folder of an embedded world's package.
inline std::filesystem::path embedded_world(const std::string& name) {
  return std::filesystem::path(TARIFFSIM_SOURCE_DIR) / "python" / "tariffsim" / "worlds" / name;
}

/// $TARIFFSIM_SHARED, or the folder `shared` beside the source tree. It need not exist: see has_shared_data().
inline std::filesystem::path shared_data(const std::string& package) {
  const char* given = std::getenv("TARIFFSIM_SHARED");
  const std::filesystem::path root = given ? given : std::filesystem::path(TARIFFSIM_SOURCE_DIR) / ".." / "shared";
  return root / "data" / package;
}

inline bool has_shared_data(const std::string& package) {
  return std::filesystem::is_regular_file(shared_data(package) / "datapackage.json");
}

/// The rows of a CSV file by the names of its columns; quotes may hide commas, and nothing else.
inline std::vector<std::map<std::string, std::string>> csv_rows(const std::filesystem::path& path) {
  const auto fields = [](const std::string& line) {
    std::vector<std::string> result{""};
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        result.emplace_back();
      } else if (c != '\r') {
        result.back() += c;
      }
    }
    return result;
  };
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const auto columns = fields(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    const auto values = fields(line);
    auto& row = rows.emplace_back();
    for (std::size_t k = 0; k < columns.size() && k < values.size(); ++k) row[columns[k]] = values[k];
  }
  return rows;
}

}  // namespace tariffsim::testing
