// datapackage.json: what a package says of itself and of its tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tariffsim/data/world_data.hpp"

namespace tariffsim::detail {

/// The tables of a world package, as their files are called without ".csv".
inline constexpr const char* kPackageTables[] = {"regions",      "sectors", "flows",          "tariffs",
                                                 "export_taxes", "inputs",  "value_added",    "final_demand",
                                                 "groups",       "members", "sector_members", "member_weights"};

struct PackageHeader {
  WorldInfo info;
  bool named = false;                         ///< false where the descriptor gives no name
  std::map<std::string, std::string> listed;  ///< table to the path that "resources" gives it
};

/// @throws InvalidInput with line and column, or the key, of what is wrong.
[[nodiscard]] PackageHeader parse_package_json(std::string_view text, const std::string& file);

/// A descriptor with a schema for each of the tables that are written.
[[nodiscard]] std::string format_package_json(const WorldInfo& info, const std::vector<std::string>& tables,
                                              bool territories);

}  // namespace tariffsim::detail
