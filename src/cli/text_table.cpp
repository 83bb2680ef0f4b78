#include "cli/text_table.hpp"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace tariffsim::cli {
namespace {

// Characters of UTF-8 text: every byte that does not continue another.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string fixed(const char* format, int decimals, double value) {
  char text[400];
  std::snprintf(text, sizeof text, format, decimals, value);
  return text;
}

}  // namespace

void TextTable::print(std::ostream& out) const {
  std::vector<std::size_t> widths;
  for (std::size_t k = 0; k < columns_.size(); ++k) {
    widths.push_back(width(columns_[k].header));
    for (const auto& row : rows_) widths.back() = std::max(widths.back(), width(row[k]));
  }
  const auto print_row = [&](const auto& text_of) {
    std::string line;
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const std::string text = text_of(k);
      const std::string pad(widths[k] - width(text), ' ');
      line += "  " + (columns_[k].align == Align::left ? text + pad : pad + text);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << "\n";
  };
  print_row([&](std::size_t k) { return columns_[k].header; });
  for (const auto& row : rows_) print_row([&](std::size_t k) { return row[k]; });
}

std::string signed_number(double value, int decimals) {
  const std::string text = fixed("%+.*f", decimals, value);
  return text.find_first_of("123456789") == std::string::npos ? fixed("%.*f", decimals, 0.0) : text;
}

std::string grouped_number(double value, int decimals) {
  const std::string text = fixed("%.*f", decimals, value);
  const std::size_t start = text[0] == '-' ? 1 : 0, end = std::min(text.find('.'), text.size());
  std::string grouped;
  for (std::size_t k = 0; k < text.size(); ++k) {
    if (k > start && k < end && (end - k) % 3 == 0) grouped += ' ';
    grouped += text[k];
  }
  return grouped;
}

std::string shortened(const std::string& text, std::size_t characters) {
  if (width(text) <= characters) return text;
  std::string kept;
  std::size_t count = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U && ++count == characters) break;
    kept += c;
  }
  return kept + "…";
}

void print_wrapped(std::ostream& out, const std::string& lead, const std::string& text) {
  constexpr std::size_t kWidth = 100;
  std::string line = lead;
  bool empty = true;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!empty && width(line) + 1 + width(word) > kWidth) {
      out << line << "\n";
      line.assign(lead.size(), ' ');
      empty = true;
    }
    if (!empty) line += ' ';
    line += word;
    empty = false;
  }
  out << line << "\n";
}

}  // namespace tariffsim::cli
