// The table [sweep] of a sweep file: what the names run over.
#pragma once

#include <string>
#include <vector>

#include "io/toml_library.hpp"
#include "tariffsim/io/sweep_file.hpp"

namespace tariffsim::detail {

/// Most rows of a sweep, and most values of an axis.
inline constexpr std::size_t kMostSweepRows = 10'000'000;

/// The axes of [sweep.over] in the order of the file, then those of [[sweep.design]].
/// @throws InvalidInput with the line.
[[nodiscard]] std::vector<SweepAxis> read_axes(const toml::table& sweep, const std::string& file);

/// True where a text can be the name of a value: letters, digits and "_", not a digit first.
[[nodiscard]] bool is_sweep_name(std::string_view text);

}  // namespace tariffsim::detail
