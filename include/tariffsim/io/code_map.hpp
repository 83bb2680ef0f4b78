// Maps from old codes to new ones, for aggregate().
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "tariffsim/core/labels.hpp"

namespace tariffsim {

/// Reads a CSV file with the columns old,new: each old code, and the code it becomes. Codes of `labels` that it does
/// not list stay as they are.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] std::map<std::string, std::string> read_code_map(const std::filesystem::path& file, const Labels& labels);

/// The same from text in memory; `file` is its name in messages.
[[nodiscard]] std::map<std::string, std::string> parse_code_map(std::string_view text, const std::string& file,
                                                                const Labels& labels);

}  // namespace tariffsim
