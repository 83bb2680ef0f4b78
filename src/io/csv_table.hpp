// A CSV table in memory, row by row, with its columns found by name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tariffsim::detail {

/// Rows of a table with a header. Extra columns, blank lines, a byte-order mark and CRLF are tolerated; columns may
/// stand in any order; fields may be quoted, but a quote must close on its line.
class CsvTable {
 public:
  using Columns = std::vector<const char*>;

  /// @param columns names of the columns to read; the first `required` of them must be there.
  /// @throws InvalidInput with the file and the header it has.
  CsvTable(std::string_view text, std::string file, Columns columns, std::size_t required);
  CsvTable(std::string_view text, std::string file, const Columns& columns)
      : CsvTable(text, std::move(file), columns, columns.size()) {}

  /// Moves to the next row; false at the end.
  bool next();

  [[nodiscard]] bool has(std::size_t column) const { return fields_[column] != nullptr; }
  [[nodiscard]] const char* name(std::size_t column) const { return columns_[column]; }

  /// A field without the blanks around it and without its quotes.
  [[nodiscard]] const char* text(std::size_t column) const { return fields_[column]; }

  /// A finite number. @throws InvalidInput with file, line and column.
  [[nodiscard]] double number(std::size_t column) const;

  [[nodiscard]] unsigned line() const { return line_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::string where() const { return file_ + ":" + std::to_string(line_); }

  /// Refuses the row that was read last.
  [[noreturn]] void refuse(const std::string& problem, const std::string& remedy) const;

 private:
  [[nodiscard]] char* next_line();
  void split(char* line);
  void read_header(std::size_t required);
  [[nodiscard]] std::string joined_columns() const;

  std::string file_;
  Columns columns_;
  std::string text_;  // fields are ended and unquoted in place
  char* rest_ = nullptr;
  unsigned line_ = 0;
  std::vector<char*> split_;         // fields of the line that was split last
  std::vector<std::size_t> source_;  // by wanted column, its place in the file
  std::vector<const char*> fields_;  // by wanted column; nullptr where the file has none
};

}  // namespace tariffsim::detail
