// Lists by name as a table of two columns: groups, members.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "io/csv_text.hpp"

namespace tariffsim::detail {

using NamedLists = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] inline bool any_entry(const NamedLists& lists) {
  for (const auto& list : lists) {
    if (!list.second.empty()) return true;
  }
  return false;
}

/// A row for each entry, once.
[[nodiscard]] inline std::string list_table(const std::string& file, const char* header, const NamedLists& lists) {
  CsvText text(file, header);
  for (const auto& [key, entries] : lists) {
    std::set<std::string> seen;
    for (const auto& entry : entries) {
      if (!seen.insert(entry).second) continue;
      text << key << entry;
      text.end_row();
    }
  }
  return std::move(text).take();
}

}  // namespace tariffsim::detail
