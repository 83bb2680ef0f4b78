#include "io/csv_table.hpp"

#include <libfccp/csv.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

#include "io/numbers.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

using Blanks = ::io::trim_chars<' ', '\t'>;
using Quotes = ::io::double_quote_escape<',', '"'>;

constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);

}  // namespace

CsvTable::CsvTable(std::string_view text, std::string file, Columns columns, std::size_t required)
    : file_(std::move(file)), columns_(std::move(columns)) {
  require_utf8(text, file_);
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  text_ = text;
  rest_ = text_.data();
  read_header(required);
}

// The next line that is not blank, ended by a zero; nullptr at the end.
char* CsvTable::next_line() {
  char* const end = text_.data() + text_.size();
  while (rest_ != end) {
    char* const line = rest_;
    auto* stop = static_cast<char*>(std::memchr(line, '\n', static_cast<std::size_t>(end - line)));
    if (stop == nullptr) stop = end;
    rest_ = stop == end ? end : stop + 1;
    ++line_;
    if (stop != line && stop[-1] == '\r') --stop;
    *stop = '\0';  // at the end of the text this is the zero that every string has there
    if (line[std::strspn(line, " \t")] != '\0') return line;
  }
  return nullptr;
}

void CsvTable::split(char* line) {
  split_.clear();
  for (bool last = false; !last;) {
    char *begin = line, *end = line;
    try {
      end += Quotes::find_next_column_end(begin) - begin;
    } catch (const ::io::error::escaped_string_not_closed&) {
      refuse("a quote does not close on its line",
             "close it, write a quote inside a quoted text twice, and keep line breaks out of quoted texts");
    }
    last = *end == '\0';
    *end = '\0';
    line = end + 1;
    Blanks::trim(begin, end);
    Quotes::unescape(begin, end);
    split_.push_back(begin);
  }
}

void CsvTable::read_header(std::size_t required) {
  char* const line = next_line();
  if (line == nullptr) throw InvalidInput(file_, "is empty", "start it with the header '" + joined_columns() + "'");
  const std::string header = line;
  split(line);
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    const auto is_it = [&](const char* name) { return std::strcmp(name, columns_[k]) == 0; };
    const auto found = std::find_if(split_.begin(), split_.end(), is_it);
    source_.push_back(found == split_.end() ? kAbsent : static_cast<std::size_t>(found - split_.begin()));
    fields_.push_back(found == split_.end() ? nullptr : *found);
    if (found == split_.end()) {
      if (k >= required) continue;
      refuse("there is no column '" + std::string(columns_[k]) + "'; the header is " + in_quotes(header),
             "name the columns " + joined_columns() + ", separated by commas");
    }
    if (std::find_if(found + 1, split_.end(), is_it) != split_.end()) {
      refuse("the header names column '" + std::string(columns_[k]) + "' twice", "keep one of the two columns");
    }
  }
}

bool CsvTable::next() {
  char* const line = next_line();
  if (line == nullptr) return false;
  const std::size_t width = split_.size();
  split(line);
  if (split_.size() < width) {
    refuse("the row has fewer fields than the header", "give every column a field, separated by commas");
  }
  if (split_.size() > width) {
    refuse("the row has more fields than the header", "put a text that contains a comma in double quotes");
  }
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    if (source_[k] != kAbsent) fields_[k] = split_[source_[k]];
  }
  return true;
}

double CsvTable::number(std::size_t column) const {
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

void CsvTable::refuse(const std::string& problem, const std::string& remedy) const {
  throw InvalidInput(where(), problem, remedy);
}

std::string CsvTable::joined_columns() const {
  std::string names;
  for (const char* name : columns_) names += (names.empty() ? "" : ",") + std::string(name);
  return names;
}

}  // namespace tariffsim::detail
