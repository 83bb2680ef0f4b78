// A CSV table in memory, row by row, with its columns found by name.
#pragma once

// GCC says of the reader's file-name buffer, which it ends with a zero itself, that it may lack one.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstringop-truncation"
#endif
#include <libfccp/csv.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "io/numbers.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim::detail {

/// Text with a line break at its end, which the CSV reader needs to end the last line where the text does.
class LineBreakAtEnd : public ::io::ByteSourceBase {
 public:
  explicit LineBreakAtEnd(std::string_view text) : rest_(text), missing_(!text.empty() && text.back() != '\n') {}

  int read(char* buffer, int size) override {
    const std::size_t count = std::min(rest_.size(), static_cast<std::size_t>(size));
    std::memcpy(buffer, rest_.data(), count);
    rest_.remove_prefix(count);
    int got = static_cast<int>(count);
    if (rest_.empty() && missing_ && got < size) {
      buffer[got++] = '\n';
      missing_ = false;
    }
    return got;
  }

 private:
  std::string_view rest_;
  bool missing_;
};

/// Rows of a table with a header. Extra columns, blank lines, a byte-order mark and CRLF are tolerated; columns may
/// stand in any order; fields may be quoted, but a quote must close on its line.
template <unsigned N>
class CsvTable {
 public:
  using Columns = std::array<const char*, N>;

  /// @param columns names of the columns to read; the first `required` of them must be there.
  CsvTable(std::string_view text, std::string file, const Columns& columns, unsigned required = N)
      : file_(std::move(file)), columns_(columns), reader_("", checked(text, file_)) {
    try {
      std::apply([&](auto... name) { reader_.read_header(kLenient, name...); }, columns_);
    } catch (const ::io::error::header_missing&) {
      throw InvalidInput(file_, "is empty", "start it with the header '" + joined() + "'");
    } catch (const ::io::error::duplicated_column_in_header& e) {
      refuse("the header names column " + in_quotes(e.column_name) + " twice", "keep one of the two columns");
    } catch (const ::io::error::base&) {
      refuse_row();
    }
    for (unsigned k = 0; k < N; ++k) {
      has_[k] = reader_.has_column(columns_[k]);
      if (has_[k] || k >= required) continue;
      refuse("there is no column '" + std::string(columns_[k]) + "'; the header is " + in_quotes(first_line(text)),
             "name the columns " + joined() + ", separated by commas");
    }
  }

  /// Moves to the next row; false at the end.
  bool next() {
    try {
      return std::apply([&](auto&... field) { return reader_.read_row(field...); }, fields_);
    } catch (const ::io::error::base&) {
      refuse_row();
    }
  }

  [[nodiscard]] bool has(unsigned column) const { return has_[column]; }

  [[nodiscard]] const char* name(unsigned column) const { return columns_[column]; }

  /// A field without the blanks around it and without its quotes.
  [[nodiscard]] const char* text(unsigned column) const { return fields_[column]; }

  /// A finite number. @throws InvalidInput with file, line and column.
  [[nodiscard]] double number(unsigned column) const {
    const std::string_view field = fields_[column];
    double value = 0;
    const NumberProblem problem = parse_number(field, value);
    if (problem == NumberProblem::none && std::isfinite(value)) return value;
    const std::string what = "column '" + std::string(columns_[column]) + "' ";
    if (field.empty()) refuse(what + "is empty", "give a number, or delete the row");
    if (problem == NumberProblem::none) refuse(what + "is " + in_quotes(field), "give a finite number");
    if (problem == NumberProblem::out_of_range) {
      refuse(what + "is " + in_quotes(field) + ", beyond the range of a double", "check the exponent");
    }
    refuse(what + "is " + in_quotes(field) + ", not a number",
           "write a plain number such as 1234.5, with a decimal point and without units or thousands separators");
  }

  [[nodiscard]] unsigned line() const { return reader_.get_file_line(); }
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::string where() const { return file_ + ":" + std::to_string(line()); }

  /// Refuses the row that was read last.
  [[noreturn]] void refuse(const std::string& problem, const std::string& remedy) const {
    throw InvalidInput(where(), problem, remedy);
  }

 private:
  static constexpr auto kLenient = ::io::ignore_extra_column | ::io::ignore_missing_column;

  static std::unique_ptr<::io::ByteSourceBase> checked(std::string_view text, const std::string& file) {
    require_utf8(text, file);
    return std::make_unique<LineBreakAtEnd>(text);
  }

  static std::string_view first_line(std::string_view text) {
    const auto start = std::min(text.find_first_not_of("\r\n \t"), text.size());
    return text.substr(start, std::min(text.find_first_of("\r\n", start), text.size()) - start);
  }

  [[nodiscard]] std::string joined() const {
    std::string names;
    for (const char* name : columns_) names += (names.empty() ? "" : ",") + std::string(name);
    return names;
  }

  // Says in words what the CSV reader has just thrown.
  [[noreturn]] void refuse_row() const {
    try {
      throw;
    } catch (const ::io::error::escaped_string_not_closed&) {
      refuse("a quote does not close on its line",
             "close it, write a quote inside a quoted text twice, and keep line breaks out of quoted texts");
    } catch (const ::io::error::too_few_columns&) {
      refuse("the row has fewer fields than the header", "give every column a field, separated by commas");
    } catch (const ::io::error::too_many_columns&) {
      refuse("the row has more fields than the header", "put a text that contains a comma in double quotes");
    } catch (const ::io::error::line_length_limit_exceeded&) {
      refuse("the line is longer than 16 MiB", "check that the file has line breaks");
    } catch (const ::io::error::base& e) {
      refuse(e.what(), "check the row against its neighbours");
    }
  }

  using Reader = ::io::CSVReader<N, ::io::trim_chars<' ', '\t'>, ::io::double_quote_escape<',', '"'>,
                                 ::io::throw_on_overflow, ::io::empty_line_comment>;

  std::string file_;
  Columns columns_;
  Reader reader_;
  std::array<bool, N> has_{};
  std::array<const char*, N> fields_{};
};

}  // namespace tariffsim::detail
