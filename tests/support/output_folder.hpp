// Folders that a test writes into, and what is in them.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace tariffsim::testing {

/// An empty folder of the tests' output: `suite`, then `name`.
inline std::filesystem::path fresh_folder(const std::string& suite, const std::string& name) {
  const std::filesystem::path root = std::filesystem::path(TARIFFSIM_TEST_OUTPUT_DIR) / suite / name;
  std::filesystem::remove_all(root);
  std::filesystem::create_directories(root);
  return root;
}

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename().string());
  return names;
}

}  // namespace tariffsim::testing
