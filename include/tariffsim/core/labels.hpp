// Ordered region and sector codes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Codes in order, each with a name; look-up by code in constant time.
class Labels {
 public:
  Labels() = default;

  /// @param axis what is labelled ("region" or "sector"), for messages.
  /// @param codes unique, non-empty codes.
  /// @param names as many names, or none (the codes serve as names).
  /// @throws InvalidInput on an empty or repeated code.
  Labels(std::string axis, std::vector<std::string> codes, std::vector<std::string> names = {})
      : axis_(std::move(axis)), codes_(std::move(codes)), names_(std::move(names)) {
    if (names_.empty()) names_ = codes_;
    if (names_.size() != codes_.size()) {
      throw InvalidInput(axis_ + " labels",
                         std::to_string(codes_.size()) + " codes but " + std::to_string(names_.size()) + " names",
                         "give one name per code, or no names at all");
    }
    for (std::size_t k = 0; k < codes_.size(); ++k) {
      if (codes_[k].empty()) {
        throw InvalidInput(axis_ + " labels", "code number " + std::to_string(k + 1) + " is empty",
                           "give every " + axis_ + " a code");
      }
      if (codes_[k] == "*") {
        throw InvalidInput(axis_ + " labels", "\"*\" is not a code; it means every " + axis_, "choose another code");
      }
      if (!position_.emplace(codes_[k], static_cast<Index>(k)).second) {
        throw InvalidInput(axis_ + " labels", "code '" + codes_[k] + "' appears twice",
                           "list every " + axis_ + " once");
      }
    }
  }

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(codes_.size()); }
  [[nodiscard]] const std::string& axis() const noexcept { return axis_; }
  [[nodiscard]] const std::vector<std::string>& codes() const noexcept { return codes_; }
  [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }
  [[nodiscard]] const std::string& code(Index k) const { return codes_[static_cast<std::size_t>(k)]; }
  [[nodiscard]] const std::string& name(Index k) const { return names_[static_cast<std::size_t>(k)]; }

  [[nodiscard]] std::optional<Index> find(const std::string& code) const {
    const auto hit = position_.find(code);
    return hit == position_.end() ? std::nullopt : std::optional<Index>(hit->second);
  }

  /// Position of a code. @throws InvalidInput that suggests the nearest known code.
  [[nodiscard]] Index at(const std::string& code, const std::string& where = {}) const {
    if (const auto k = find(code)) return *k;
    throw InvalidInput(where, "unknown " + axis_ + " code '" + code + "'", "use " + suggestion(code));
  }

  /// The known code that differs from an unknown one by a slip or two, where there is one.
  [[nodiscard]] std::optional<std::string> nearest(const std::string& wrong) const {
    std::optional<std::string> best;
    std::size_t best_distance = 3;
    for (const auto& known : codes_) {
      const std::size_t d = distance(wrong, known);
      if (d < best_distance) {
        best_distance = d;
        best = known;
      }
    }
    return best;
  }

  /// The nearest known code, or the list of known codes, for messages about an unknown one.
  [[nodiscard]] std::string suggestion(const std::string& wrong) const {
    if (const auto best = nearest(wrong))
      return "'" + *best + "', the nearest known code, or another of the " + count();
    std::string list = "one of the " + count() + ": ";
    const std::size_t shown = std::min<std::size_t>(codes_.size(), 12);
    for (std::size_t k = 0; k < shown; ++k) list += (k ? ", " : "") + codes_[k];
    return shown < codes_.size() ? list + ", …" : list;
  }

  friend bool operator==(const Labels& a, const Labels& b) { return a.codes_ == b.codes_ && a.names_ == b.names_; }

 private:
  [[nodiscard]] std::string count() const {
    const bool plural = !axis_.empty() && axis_.back() == 's';
    return std::to_string(codes_.size()) + " " + axis_ + (plural ? "" : "s");
  }

  // Edit distance without regard to case, so that 'usa' finds 'USA'.
  static std::size_t distance(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t substitute = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0U : 1U);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
      }
    }
    return row[b.size()];
  }

  std::string axis_;
  std::vector<std::string> codes_, names_;
  std::unordered_map<std::string, Index> position_;
};

}  // namespace tariffsim
