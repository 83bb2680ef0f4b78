#include "io/policy_reader.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <utility>

#include "io/numbers.hpp"
#include "io/policy_tables.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim::detail {
namespace {

using ReadTable = void (*)(std::string_view, const std::string&, Policy&);
struct Step {
  const char* key;
  ReadTable read;
};

constexpr Step kTables[] = {{"measures", read_measures},     {"rules", read_rules},
                            {"exemptions", read_exemptions}, {"products", read_products},
                            {"coverage", read_coverage},     {"rates", read_rate_tables},
                            {"shares", read_qualifying},     {"sectors", read_policy_sectors}};

// A value as the text that a CSV field would have: dates and numbers as written, the words of an array with blanks.
std::string as_text(const TomlTable& table, const char* key) {
  const toml::node* node = table.table().get(key);
  if (node == nullptr) return {};
  if (const auto text = node->value_exact<std::string>()) return *text;
  if (const auto day = node->value_exact<toml::date>()) return iso(*day);
  if (node->is_number()) {
    std::string text;
    append_number(text, node->value<double>().value_or(std::nan("")));
    return text;
  }
  if (node->is_array()) {
    std::string joined;
    for (const auto& word : table.texts(key, "list codes, each a string")) joined += (joined.empty() ? "" : " ") + word;
    return joined;
  }
  table.refuse(key, std::string("'") + key + "' is neither a text, a number, a day nor a list of texts",
               "write days as 2025-04-09 and texts in quotes");
}

Event read_event(const toml::table& node, const std::string& file) {
  const TomlTable table(node, file, "event");
  table.require_known({"name", "title", "date"});
  const std::string remedy = "give each event a name, a date and a title";
  static_cast<void>(table.at("date", remedy));
  return {table.text("name", remedy), table.has("title") ? table.text("title", remedy) : "",
          Date::parse(as_text(table, "date"), table.where("date"))};
}

}  // namespace

const std::vector<const char*>& policy_keys() {
  static const std::vector<const char*> keys = [] {
    std::vector<const char*> all = {"description", "attribution", "licence", "event", "unverified"};
    for (const Step& step : kTables) all.push_back(step.key);
    return all;
  }();
  return keys;
}

Policy read_policy(const TomlTable& root, const std::filesystem::path& file, const FileReader& files) {
  Policy policy;
  if (root.has("description")) policy.description = root.text("description", "describe the scenario in words");
  if (root.has("attribution")) policy.attribution = root.text("attribution", "say whose data it is");
  if (root.has("licence")) policy.licence = root.text("licence", "say under which licence the data may be passed on");
  if (root.has("unverified")) {
    const auto value = root.table()["unverified"].value_exact<bool>();
    if (!value) root.refuse("unverified", "'unverified' is neither true nor false", "write unverified = true");
    policy.unverified = *value;
  }
  for (const Step& step : kTables) {
    if (!root.has(step.key)) continue;
    if (const toml::array* list = root.table()[step.key].as_array(); list != nullptr && list->is_array_of_tables()) {
      root.refuse(step.key, "unknown key '" + std::string(step.key) + "'",
                  std::string("write [[measure]] before each measure; ") + step.key + " = \"…\" names a CSV file");
    }
    for (const auto& name : root.texts(step.key, "give the path of a CSV file, relative to the scenario file")) {
      const std::filesystem::path path = file.parent_path() / name;
      step.read(files(path), path.string(), policy);
    }
  }
  if (root.has("event")) {
    const toml::array* events = root.table()["event"].as_array();
    if (events == nullptr) root.refuse("event", "'event' is not an array of tables", "write [[event]] before each");
    for (const toml::node& node : *events) {
      if (!node.is_table()) root.refuse("event", "'event' is not an array of tables", "write [[event]] before each");
      policy.events.push_back(read_event(*node.as_table(), file.string()));
    }
  }
  return policy;
}

Measure read_dated_measure(const toml::table& node, const std::string& file, std::size_t number) {
  const TomlTable unnamed(node, file, "measure " + std::to_string(number));
  const TomlTable table(node, file, unnamed.what() + " (" + unnamed.text("id", "give it an id of its own") + ")");
  std::vector<std::string> known = {"kind"};
  for (const char* field : measure_fields()) known.emplace_back(field);
  table.require_known(known);
  if (table.has("kind") && table.text("kind", "") != "tariff") {
    table.refuse("kind", "only a tariff has an id",
                 "write kind = \"tariff\", or drop the id: other kinds take effective and ended without one");
  }
  for (const char* needed : {"importer", "effective"}) {
    static_cast<void>(table.at(needed, "a dated measure needs an importer and the day it takes effect"));
  }
  MeasureFields fields;
  fields.text = [&](const char* key) { return as_text(table, key); };
  fields.where = [&](const char* key) { return table.where(key) + " " + table.what(); };
  fields.origin = table.where() + " " + table.what();
  return make_measure(fields);
}

}  // namespace tariffsim::detail

namespace tariffsim {

Measure measure_from(const std::map<std::string, std::string>& fields, const std::string& where) {
  const auto& names = detail::measure_fields();
  for (const auto& entry : fields) {
    if (std::find(names.begin(), names.end(), entry.first) != names.end()) continue;
    const Labels known("field", {names.begin(), names.end()});
    throw InvalidInput(where, "unknown field '" + entry.first + "'", "use " + known.suggestion(entry.first));
  }
  detail::MeasureFields read;
  read.text = [&](const char* key) {
    const auto hit = fields.find(key);
    return hit == fields.end() ? std::string() : hit->second;
  };
  read.where = [&](const char* key) { return where + ", " + key; };
  read.origin = where;
  return detail::make_measure(read);
}

}  // namespace tariffsim
