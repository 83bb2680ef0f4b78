// Columns of text that line up.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace tariffsim::cli {

/// Rows under a header; numbers to the right, texts to the left.
class TextTable {
 public:
  enum class Align { left, right };
  struct Column {
    std::string header;
    Align align = Align::left;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  void print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// A number with a fixed number of decimals and its sign.
[[nodiscard]] std::string signed_number(double value, int decimals);

/// A number with thousands separated by blanks: "1 234 567".
[[nodiscard]] std::string grouped_number(double value, int decimals = 0);

/// The first characters of a text (whole UTF-8 characters), with … where more follow.
[[nodiscard]] std::string shortened(const std::string& text, std::size_t characters);

/// Prints a paragraph in lines of at most 100 characters; the first starts with `lead`, the others with as many blanks.
void print_wrapped(std::ostream& out, const std::string& lead, const std::string& text);

}  // namespace tariffsim::cli
