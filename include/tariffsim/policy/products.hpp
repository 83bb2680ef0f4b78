// Lists of goods by HS code, at any length.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tariffsim {

/// Codes by name of the list; digits only.
using ProductLists = std::map<std::string, std::vector<std::string>>;

/// How a list meets a code.
enum class Cover {
  none,
  whole,  ///< an entry is the code or a heading above it
  part,   ///< only entries below the code
};

[[nodiscard]] inline bool is_code(std::string_view text) {
  return text.size() >= 2 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Digits of a code that may be written with dots: "8507.60.00" is "85076000".
[[nodiscard]] inline std::string code_digits(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '.' && c != ' ') digits += c;
  }
  return digits;
}

[[nodiscard]] inline Cover cover_of(std::string_view entry, std::string_view code) {
  if (entry.size() <= code.size()) return code.substr(0, entry.size()) == entry ? Cover::whole : Cover::none;
  return entry.substr(0, code.size()) == code ? Cover::part : Cover::none;
}

/// The best that any entry of lists and codes in `terms` does for `code`.
[[nodiscard]] inline Cover cover_of(const std::vector<std::string>& terms, const ProductLists& lists,
                                    std::string_view code) {
  Cover best = Cover::none;
  const auto see = [&](std::string_view entry) {
    const Cover cover = cover_of(entry, code);
    if (cover == Cover::whole || best == Cover::none) best = cover == Cover::none ? best : cover;
  };
  for (const auto& term : terms) {
    if (is_code(term)) {
      see(term);
    } else if (const auto list = lists.find(term); list != lists.end()) {
      for (const auto& entry : list->second) see(entry);
    }
    if (best == Cover::whole) break;
  }
  return best;
}

}  // namespace tariffsim
