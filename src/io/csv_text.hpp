// A CSV table as text, field by field.
#pragma once

#include <string>
#include <string_view>

#include "io/numbers.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {

/// Quotes texts where the reader needs it, writes numbers so that they read back as the same double.
class CsvText {
 public:
  /// @param name of the table, for messages; `header` its first line.
  CsvText(std::string name, std::string_view header) : name_(std::move(name)), text_(header) { text_ += '\n'; }

  CsvText& operator<<(std::string_view field) {
    separate();
    append_text(field);
    return *this;
  }
  CsvText& operator<<(const std::string& field) { return *this << std::string_view(field); }
  CsvText& operator<<(const char* field) { return *this << std::string_view(field); }

  CsvText& operator<<(double number) {
    separate();
    append_number(text_, number);
    return *this;
  }

  void end_row() {
    text_ += '\n';
    at_start_ = true;
  }

  [[nodiscard]] std::string take() && { return std::move(text_); }

 private:
  void separate() {
    if (!at_start_) text_ += ',';
    at_start_ = false;
  }

  void append_text(std::string_view field) {
    if (field.find('\n') != std::string_view::npos || valid_utf8_prefix(field) != field.size()) {
      throw InvalidInput(name_, "the text " + in_quotes(field) + " has a line break, a NUL byte or is not UTF-8",
                         "rename it; a table cannot hold it");
    }
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    const bool blanks = !field.empty() && (blank(field.front()) || blank(field.back()));
    if (!blanks && field.find_first_of(",\"\r") == std::string_view::npos) {
      text_ += field;
      return;
    }
    text_ += '"';
    for (const char c : field) {
      if (c == '"') text_ += '"';
      text_ += c;
    }
    text_ += '"';
  }

  std::string name_, text_;
  bool at_start_ = true;
};

}  // namespace tariffsim::detail
