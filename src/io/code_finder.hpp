// Positions of codes in a long table, without an allocation per row.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/csv_table.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim::detail {

/// Finds codes in labels that outlive it. Rows of a table usually repeat the code of the row before or name the next
/// one.
class CodeFinder {
 public:
  explicit CodeFinder(const Labels& labels) : labels_(labels) {
    for (Index k = 0; k < labels.size(); ++k) position_.emplace(labels.code(k), k);
  }

  /// The position of a code in the row of `table` that was read last. @throws InvalidInput with the nearest code.
  [[nodiscard]] Index at(const CsvTable& table, std::size_t column) {
    const std::string_view code = table.text(column);
    if (last_ < labels_.size() && labels_.code(last_) == code) return last_;
    if (last_ + 1 < labels_.size() && labels_.code(last_ + 1) == code) return ++last_;
    const auto hit = position_.find(code);
    if (hit == position_.end()) {
      table.refuse("unknown " + labels_.axis() + " code " + in_quotes(code) + " in column '" + table.name(column) + "'",
                   "use " + labels_.suggestion(std::string(code.substr(0, 64))));
    }
    return last_ = hit->second;
  }

 private:
  const Labels& labels_;
  std::unordered_map<std::string_view, Index> position_;
  Index last_ = 0;
};

}  // namespace tariffsim::detail
