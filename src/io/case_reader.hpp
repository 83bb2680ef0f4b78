// A scenario file as a TOML document, for readers of files that hold one among other things.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/toml_library.hpp"
#include "tariffsim/io/case_file.hpp"

namespace tariffsim::detail {

/// @throws InvalidInput with line and column where the text is no TOML.
[[nodiscard]] toml::table parse_toml(std::string_view text, const std::string& file);

/// The keys of a scenario file.
[[nodiscard]] std::vector<std::string> case_keys();

/// Its [theory] and [closure], where it has them; what it has not is left as it is.
void read_model(const toml::table& document, const std::filesystem::path& file, Case& declared);

/// Its title, groups and measures.
[[nodiscard]] Scenario read_scenario(const toml::table& document, const std::filesystem::path& file,
                                     const FileReader& files);

}  // namespace tariffsim::detail
