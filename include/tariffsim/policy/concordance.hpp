// Concordances: the sector of a product code, and the codes that stand for it in another revision.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/policy/products.hpp"

namespace tariffsim {

/// A code and what it becomes: a sector in a concordance, a code in a renumbering. `line` is that of its file, or 0.
struct CodeRow {
  std::string code, becomes;
  std::size_t line = 0;
};

namespace detail {

[[nodiscard]] inline std::string row_place(const std::string& table, std::size_t line, std::size_t row) {
  return line > 0 ? table + ":" + std::to_string(line) : table + ", row " + std::to_string(row + 1);
}

// Rows in the order of their codes, with an index into them.
struct IndexedRows {
  std::vector<CodeRow> rows;
  CodeIndex index;

  IndexedRows(std::vector<CodeRow> given, const std::string& table) : rows(std::move(given)) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      rows[r].code = code_digits(rows[r].code);
      if (!is_code(rows[r].code)) {
        throw InvalidInput(row_place(table, rows[r].line, r), "'" + rows[r].code + "' is not a product code",
                           "give two digits or more, as text: a number loses the zero in front");
      }
      if (rows[r].becomes.empty()) {
        throw InvalidInput(row_place(table, rows[r].line, r), "code " + rows[r].code + " maps to nothing",
                           "fill the second column, or drop the row: what maps nowhere is listed as a remainder");
      }
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
    std::vector<std::string_view> codes;
    for (const auto& row : rows) codes.push_back(row.code);
    index = CodeIndex(std::move(codes));
  }
  IndexedRows(const IndexedRows&) = delete;
  IndexedRows& operator=(const IndexedRows&) = delete;
};

}  // namespace detail

/// From product codes to sectors.
class Concordance {
 public:
  Concordance() : Concordance(std::vector<CodeRow>{}) {}

  /// @param rows each code and its sector; codes of any length, each once.
  /// @param sectors the industries in each sector, where the sectors are to be found in worlds of other sectors.
  /// @param name of the table, for messages.
  /// @throws InvalidInput that names the row.
  explicit Concordance(std::vector<CodeRow> rows, std::map<std::string, std::vector<std::string>> sectors = {},
                       const std::string& name = "concordance")
      : table_(std::make_shared<const detail::IndexedRows>(std::move(rows), name)), sectors_(std::move(sectors)) {
    const auto& sorted = table_->rows;
    for (std::size_t r = 1; r < sorted.size(); ++r) {
      if (sorted[r].code != sorted[r - 1].code) continue;
      throw InvalidInput(detail::row_place(name, sorted[r].line, r), "code " + sorted[r].code + " is listed twice",
                         "list every code once; split it at more digits where it falls in several sectors");
    }
  }

  /// The sectors of a code: one where it maps, none where nothing is known, several where it is too short to tell. The
  /// row of the code itself decides; then the longest heading above it and all rows below it, which must agree.
  [[nodiscard]] std::vector<std::string> sectors_of(std::string_view code) const {
    std::vector<std::string> found;
    const auto& rows = table_->rows;
    if (const std::size_t above = table_->index.longest_prefix(code); above != CodeIndex::npos) {
      found.push_back(rows[above].becomes);
      if (rows[above].code == code) return found;
    }
    const auto [first, last] = table_->index.below(code);
    for (std::size_t r = first; r < last; ++r) {
      if (std::find(found.begin(), found.end(), rows[r].becomes) == found.end()) found.push_back(rows[r].becomes);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  /// The same for a good that goes by several codes.
  [[nodiscard]] std::vector<std::string> sectors_of(const std::vector<std::string>& codes) const {
    std::vector<std::string> found;
    for (const auto& code : codes) {
      for (auto& sector : sectors_of(std::string_view(code))) found.push_back(std::move(sector));
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  [[nodiscard]] std::size_t size() const noexcept { return table_->rows.size(); }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& sectors() const noexcept { return sectors_; }

 private:
  std::shared_ptr<const detail::IndexedRows> table_;
  std::map<std::string, std::vector<std::string>> sectors_;
};

/// From the codes of the flows to those of the lists and the concordance, where these are of another revision.
class Renumbering {
 public:
  Renumbering() : Renumbering(std::vector<CodeRow>{}) {}

  /// @param rows the code in the flows, and a code that stands for it; one row for each of them.
  /// @throws InvalidInput that names the row.
  explicit Renumbering(std::vector<CodeRow> rows, const std::string& name = "renumbered codes")
      : table_(std::make_shared<const detail::IndexedRows>(digits_only(std::move(rows), name), name)) {}

  /// The codes that stand for a code: itself where it, and every heading above it, is not listed. Digits beyond those
  /// of a listed code are dropped, since they do not carry over.
  [[nodiscard]] std::vector<std::string> codes_of(const std::string& code) const {
    const auto& rows = table_->rows;
    const std::size_t above = table_->index.longest_prefix(code);
    if (above == CodeIndex::npos) return {code};
    std::vector<std::string> found;
    for (std::size_t r = above; r < rows.size() && rows[r].code == rows[above].code; ++r) {
      found.push_back(rows[r].becomes);
    }
    if (found.size() == 1 && found[0] == rows[above].code) return {code};
    return found;
  }

  [[nodiscard]] std::size_t size() const noexcept { return table_->rows.size(); }

 private:
  static std::vector<CodeRow> digits_only(std::vector<CodeRow> rows, const std::string& name) {
    for (std::size_t r = 0; r < rows.size(); ++r) {
      rows[r].becomes = code_digits(rows[r].becomes);
      if (rows[r].becomes.empty() || is_code(rows[r].becomes)) continue;
      throw InvalidInput(detail::row_place(name, rows[r].line, r), "'" + rows[r].becomes + "' is not a product code",
                         "give two digits or more, as text: a number loses the zero in front");
    }
    return rows;
  }

  std::shared_ptr<const detail::IndexedRows> table_;
};

}  // namespace tariffsim
