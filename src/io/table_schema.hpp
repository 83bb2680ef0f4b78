// Schemas of tables as a datapackage.json has them (Frictionless Table Schema).
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tariffsim/data/world_data.hpp"

namespace tariffsim::detail {

using Json = nlohmann::ordered_json;

/// A table of a package: its file without ".csv", what it holds, its columns.
struct TableSchema {
  std::string name;
  const char* description;
  Json schema;
};

/// A descriptor of these tables. @throws InvalidInput where a text is not UTF-8.
[[nodiscard]] std::string format_descriptor(const WorldInfo& info, const std::vector<TableSchema>& tables);

namespace schema {

inline Json field(const char* name, const char* type, const char* description, Json constraints = {}) {
  Json made = {{"name", name}, {"type", type}, {"description", description}};
  if (constraints.is_object()) made["constraints"] = std::move(constraints);
  return made;
}

inline Json number(const char* name, const char* description, Json constraints = Json::object()) {
  constraints["required"] = true;
  return field(name, "number", description, std::move(constraints));
}

inline Json code(const char* name, const char* description) {
  return field(name, "string", description, {{"required", true}});
}

inline Json reference(const char* column, const char* table, const char* key) {
  return {{"fields", column}, {"reference", {{"resource", table}, {"fields", key}}}};
}

inline Json reference(const char* column, const char* table) {
  return reference(column, table, std::string_view(table) == "regions" ? "region" : "sector");
}

}  // namespace schema
}  // namespace tariffsim::detail
