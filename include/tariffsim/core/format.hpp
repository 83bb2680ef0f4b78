// Numbers and cells as they appear in messages.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <string>
#include <utility>

namespace tariffsim {

/// A number with six significant digits, for messages.
[[nodiscard]] inline std::string show(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

/// A cell named by its labels: `flows(exporter=CHN, importer=USA, sector=ELE)`.
[[nodiscard]] inline std::string cell(const std::string& table,
                                      std::initializer_list<std::pair<const char*, std::string>> keys) {
  std::string text = table + "(";
  const char* separator = "";
  for (const auto& [key, value] : keys) {
    text += separator;
    text += key;
    text += "=" + value;
    separator = ", ";
  }
  return text + ")";
}

}  // namespace tariffsim
