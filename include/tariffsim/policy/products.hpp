// Lists of goods by HS code, at any length.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tariffsim {

/// Codes by name of the list; digits only.
using ProductLists = std::map<std::string, std::vector<std::string>>;

/// How a list meets a code.
enum class Cover : unsigned char {
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

/// The better of two covers.
[[nodiscard]] inline Cover better(Cover a, Cover b) {
  if (a == Cover::whole || b == Cover::whole) return Cover::whole;
  return a == Cover::part || b == Cover::part ? Cover::part : Cover::none;
}

/// The best that any entry of lists and codes in `terms` does for `code`.
[[nodiscard]] inline Cover cover_of(const std::vector<std::string>& terms, const ProductLists& lists,
                                    std::string_view code) {
  Cover best = Cover::none;
  const auto see = [&](std::string_view entry) { best = better(best, cover_of(entry, code)); };
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

/// Codes in order, so that one is found among thousands in a few steps. Points into what it is made from.
class CodeIndex {
 public:
  CodeIndex() = default;
  explicit CodeIndex(std::vector<std::string_view> codes) : codes_(std::move(codes)) {
    if (!std::is_sorted(codes_.begin(), codes_.end())) std::sort(codes_.begin(), codes_.end());
    for (const auto code : codes_) {
      if (lengths_.empty() || lengths_.back() != code.size()) lengths_.push_back(code.size());
    }
    std::sort(lengths_.rbegin(), lengths_.rend());
    lengths_.erase(std::unique(lengths_.begin(), lengths_.end()), lengths_.end());
  }

  /// As cover_of() does for all of them.
  [[nodiscard]] Cover cover(std::string_view code) const {
    if (longest_prefix(code) != npos) return Cover::whole;
    const auto [first, last] = below(code);
    return first == last ? Cover::none : Cover::part;
  }

  /// Position among codes() of the longest that is the code or a heading above it; npos where there is none.
  [[nodiscard]] std::size_t longest_prefix(std::string_view code) const {
    for (const std::size_t length : lengths_) {
      if (length > code.size()) continue;
      const auto hit = std::lower_bound(codes_.begin(), codes_.end(), code.substr(0, length));
      if (hit != codes_.end() && *hit == code.substr(0, length)) return static_cast<std::size_t>(hit - codes_.begin());
    }
    return npos;
  }

  /// First and one past the last position of those that begin with the code.
  [[nodiscard]] std::pair<std::size_t, std::size_t> below(std::string_view code) const {
    const auto first = std::lower_bound(codes_.begin(), codes_.end(), code);
    const auto last =
        std::partition_point(first, codes_.end(), [&](auto entry) { return entry.substr(0, code.size()) == code; });
    return {static_cast<std::size_t>(first - codes_.begin()), static_cast<std::size_t>(last - codes_.begin())};
  }

  [[nodiscard]] const std::vector<std::string_view>& codes() const noexcept { return codes_; }

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

 private:
  std::vector<std::string_view> codes_;
  std::vector<std::size_t> lengths_;  // that occur, the longest first
};

}  // namespace tariffsim
