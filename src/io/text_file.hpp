// Whole files as text, and what a message may show of them.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tariffsim::detail {

/// The bytes of a file. @throws InvalidInput where it is absent, a folder or unreadable.
[[nodiscard]] std::string read_text(const std::filesystem::path& file);

/// Refuses text that is not UTF-8 or contains a NUL byte, with its line.
void require_utf8(std::string_view text, const std::string& file);

/// Length of the longest prefix of valid UTF-8 without a NUL byte.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text);

/// `file:line` of a byte offset.
[[nodiscard]] std::string line_at(std::string_view text, std::size_t offset, const std::string& file);

/// A field as a message shows it: in quotes, shortened, without control characters.
[[nodiscard]] std::string in_quotes(std::string_view field);

}  // namespace tariffsim::detail
