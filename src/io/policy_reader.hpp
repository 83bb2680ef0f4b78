// The dated part of a scenario file: its tables, events and measures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "io/toml_table.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/policy/policy.hpp"

namespace tariffsim::detail {

/// Keys of a scenario file that belong to its policy.
[[nodiscard]] const std::vector<const char*>& policy_keys();

/// Everything of a policy but its groups and the measures that stand in the file itself.
[[nodiscard]] Policy read_policy(const TomlTable& root, const std::filesystem::path& file, const FileReader& files);

/// One [[measure]] with an id.
[[nodiscard]] Measure read_dated_measure(const toml::table& node, const std::string& file, std::size_t number);

}  // namespace tariffsim::detail
