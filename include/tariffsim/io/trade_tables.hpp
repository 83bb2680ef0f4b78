// Trade lines, concordances and renumbered codes as CSV tables.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tariffsim/policy/concordance.hpp"
#include "tariffsim/policy/trade_lines.hpp"

namespace tariffsim {

/// Reads lines: columns exporter, importer, product and value; where they are known normal_duty, qualifying, content
/// and use (words separated by blanks). TradeLines checks what they hold.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] std::vector<TradeLine> read_trade_lines(const std::filesystem::path& file);

/// The same from text in memory; `file` is its name in messages.
[[nodiscard]] std::vector<TradeLine> parse_trade_lines(std::string_view text, const std::string& file);

/// Reads a table of renumbered codes: columns old, the code in the flows, and new, a code that stands for it in the
/// lists and the concordance.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] Renumbering read_renumbering(const std::filesystem::path& file);

/// The same from text in memory; `file` is its name in messages.
[[nodiscard]] Renumbering parse_renumbering(std::string_view text, const std::string& file);

/// Reads a concordance: a CSV file with the columns code and sector, or a folder with such a concordance.csv and, where
/// it is known what its sectors contain, a sectors.csv with the columns sector and member.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] Concordance read_concordance(const std::filesystem::path& path);

/// The same of a file from text in memory; `file` is its name in messages.
[[nodiscard]] Concordance parse_concordance(std::string_view text, const std::string& file);

/// Loads a concordance by the name of its folder ("hs6-sector21"), searched as worlds are, with TARIFFSIM_CONCORDANCES
/// for TARIFFSIM_WORLDS; what contains a '/' or ends in ".csv" is a path.
/// @throws InvalidInput that lists the known names.
[[nodiscard]] Concordance load_concordance(const std::string& name_or_path,
                                           const std::vector<std::filesystem::path>& folders = {});

}  // namespace tariffsim
