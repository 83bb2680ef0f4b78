#include "io/package_json.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "io/table_schema.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

using schema::code;
using schema::field;
using schema::number;
using schema::reference;

// The message of the JSON parser without its own prefix and position, which are given apart.
std::string parser_message(const std::string& what) {
  const auto position = what.find("parse error at ");
  const auto colon = what.find(": ", position == std::string::npos ? 0 : position);
  return colon == std::string::npos ? what : what.substr(colon + 2);
}

Json parse(std::string_view text, const std::string& file) {
  require_utf8(text, file);
  try {
    Json json = Json::parse(text);
    if (json.is_object()) return json;
  } catch (const Json::parse_error& e) {
    const std::size_t offset = std::min<std::size_t>(e.byte > 0 ? e.byte - 1 : 0, text.size());
    throw InvalidInput(line_at(text, offset, file), "is not valid JSON: " + parser_message(e.what()),
                       "correct the line, or delete the file: the tables can be read without it");
  } catch (const Json::exception& e) {
    throw InvalidInput(file, std::string("is not valid JSON: ") + e.what(),
                       "correct it, or delete the file: the tables can be read without it");
  }
  throw InvalidInput(file, "is not a JSON object", "start it with '{' (see the Data Package format)");
}

[[noreturn]] void refuse(const std::string& file, const std::string& key, const char* expected) {
  throw InvalidInput(file, "key '" + key + "' is not " + expected, std::string("make it ") + expected);
}

std::string text_of(const Json& object, const char* key, const std::string& file, const std::string& prefix = {}) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_string()) refuse(file, prefix + key, "a string");
  return found->get<std::string>();
}

// Days by importer, or one day for all.
std::map<std::string, Date> days_of(const Json& object, const std::string& file) {
  const auto found = object.find("tariffs_date");
  if (found == object.end() || found->is_null()) return {};
  const std::string where = file + ": tariffs_date";
  if (found->is_string()) return {{"*", Date::parse(found->get<std::string>(), where)}};
  if (!found->is_object()) refuse(file, "tariffs_date", "a day, or an object of days by importer");
  std::map<std::string, Date> days;
  for (const auto& [importer, day] : found->items()) {
    if (!day.is_string()) refuse(file, "tariffs_date", "a day, or an object of days by importer");
    days.emplace(importer, Date::parse(day.get<std::string>(), where));
  }
  return days;
}

// An array at a key, or an empty one.
Json list_of(const Json& object, const char* key, const std::string& file) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return Json::array();
  if (!found->is_array()) refuse(file, key, "an array");
  return *found;
}

int year_of(const Json& object, const std::string& file) {
  const auto found = object.find("year");
  if (found == object.end() || found->is_null()) return 0;
  if (!found->is_number_integer()) refuse(file, "year", "a whole number");
  const auto year = found->get<std::int64_t>();
  using Limits = std::numeric_limits<int>;
  if (year < Limits::min() || year > Limits::max()) refuse(file, "year", "a year");
  return static_cast<int>(year);
}

bool is_simple(const std::string& path) {
  if (path.empty() || path.front() == '/' || path.find('\\') != std::string::npos ||
      path.find(':') != std::string::npos || path.find('\0') != std::string::npos) {
    return false;
  }
  return ("/" + path + "/").find("/../") == std::string::npos;
}

std::map<std::string, std::string> listed_tables(const Json& package, const std::string& file) {
  std::map<std::string, std::string> listed;
  std::size_t number = 0;
  for (const Json& resource : list_of(package, "resources", file)) {
    const std::string here = "resources[" + std::to_string(number++) + "]";
    if (!resource.is_object()) refuse(file, here, "an object");
    std::string table = text_of(resource, "name", file, here + ".");
    std::replace(table.begin(), table.end(), '-', '_');
    if (std::find(std::begin(kPackageTables), std::end(kPackageTables), table) == std::end(kPackageTables)) continue;
    const std::string path = text_of(resource, "path", file, here + ".");
    if (!is_simple(path)) {
      throw InvalidInput(file, "resource '" + table + "' has path " + in_quotes(path),
                         "give the path of a CSV file inside the package, without '..'");
    }
    if (!listed.emplace(table, path).second) {
      throw InvalidInput(file, "resource '" + table + "' is listed twice", "keep one of the two");
    }
  }
  return listed;
}

// Frictionless names are lower-case words; another name is kept under a key of our own.
bool is_package_name(const std::string& name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '/';
  });
}

std::string package_name(const std::string& name) {
  std::string slug;
  for (const char c : name) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    slug += is_package_name({lower}) ? lower : '-';
  }
  return slug.empty() ? "world" : slug;
}

Json bilateral(Json value) {
  return {{"fields",
           {code("exporter", "code in regions.csv"), code("importer", "code in regions.csv"),
            code("sector", "code in sectors.csv"), std::move(value)}},
          {"primaryKey", {"exporter", "importer", "sector"}},
          {"foreignKeys",
           {reference("exporter", "regions"), reference("importer", "regions"), reference("sector", "sectors")}}};
}

Json by_region_and_sector(Json value) {
  return {{"fields", {code("region", "code in regions.csv"), code("sector", "code in sectors.csv"), std::move(value)}},
          {"primaryKey", {"region", "sector"}},
          {"foreignKeys", {reference("region", "regions"), reference("sector", "sectors")}}};
}

Json schema_of(const std::string& table, bool territories) {
  if (table == "regions") {
    Json fields = {code("region", "code"), field("name", "string", "name in words")};
    if (territories)
      fields.push_back(code("territory", "customs territory; regions of one are domestic to each other"));
    return {{"fields", std::move(fields)}, {"primaryKey", {"region"}}};
  }
  if (table == "sectors") {
    return {{"fields",
             {code("sector", "code"), field("name", "string", "name in words"),
              field("kind", "string", "goods or services", {{"required", true}, {"enum", {"goods", "services"}}}),
              number("trade_elasticity", "theta = sigma - 1 > 0")}},
            {"primaryKey", {"sector"}}};
  }
  if (table == "flows") {
    return bilateral(
        number("value", "before the importer's tariff; exporter = importer is domestic sales", {{"minimum", 0}}));
  }
  if (table == "tariffs") return bilateral(number("rate", "ad valorem, 0.25 is 25 percent", {{"minimum", -1}}));
  if (table == "export_taxes") {
    return bilateral(number("rate", "ad valorem on the price before it, 0.25 is 25 percent", {{"minimum", -1}}));
  }
  if (table == "inputs") {
    return {{"fields",
             {code("region", "code in regions.csv"), code("input", "code in sectors.csv"),
              code("sector", "code in sectors.csv"),
              number("share", "of the sector's spending on materials; sums to 1 over inputs", {{"minimum", 0}})}},
            {"primaryKey", {"region", "input", "sector"}},
            {"foreignKeys",
             {reference("region", "regions"), reference("input", "sectors"), reference("sector", "sectors")}}};
  }
  if (table == "value_added") {
    return by_region_and_sector(number("share", "value added over gross output", {{"minimum", 0}, {"maximum", 1}}));
  }
  if (table == "final_demand") {
    return by_region_and_sector(number("share", "of final expenditure; sums to 1 over sectors", {{"minimum", 0}}));
  }
  if (table == "groups") {
    return {{"fields", {code("group", "name of a group of regions"), code("region", "code in regions.csv")}},
            {"primaryKey", {"group", "region"}},
            {"foreignKeys", {reference("region", "regions")}}};
  }
  if (table == "sector_members") {
    return {{"fields", {code("sector", "code in sectors.csv"), code("member", "code of an industry in the sector")}},
            {"primaryKey", {"sector", "member"}},
            {"foreignKeys", {reference("sector", "sectors")}}};
  }
  if (table == "member_weights") {
    return {{"fields",
             {code("member", "ISO3 code of a country in a region of several"), code("importer", "code in regions.csv"),
              code("sector", "code in sectors.csv"),
              number("share", "of its region's exports to the importer in the sector", {{"minimum", 0}})}},
            {"primaryKey", {"member", "importer", "sector"}},
            {"foreignKeys", {reference("sector", "sectors")}}};
  }
  return {{"fields", {code("region", "code in regions.csv"), code("member", "ISO3 code of a country in the region")}},
          {"primaryKey", {"region", "member"}},
          {"foreignKeys", {reference("region", "regions")}}};
}

const char* description_of(const std::string& table) {
  static const std::map<std::string, const char*> words = {
      {"regions", "regions in order"},
      {"sectors", "sectors in order, with trade elasticity theta = sigma - 1"},
      {"flows", "trade and domestic sales; absent rows are zero"},
      {"tariffs", "applied import tariffs; absent rows are zero"},
      {"export_taxes", "export taxes; absent rows are zero"},
      {"inputs", "input-output shares; absent rows are zero"},
      {"value_added", "value-added shares; absent rows are zero"},
      {"final_demand", "final-demand shares; absent rows are zero"},
      {"groups", "groups of regions that scenarios may name"},
      {"members", "countries that each region contains"},
      {"sector_members", "industries that each sector contains"},
      {"member_weights", "what part of a region's exports is each of its countries'; absent rows are unknown"}};
  return words.at(table);
}

}  // namespace

PackageHeader parse_package_json(std::string_view text, const std::string& file) {
  const Json json = parse(text, file);
  PackageHeader header;
  WorldInfo& info = header.info;
  const char* name_key = json.contains("world_name") ? "world_name" : "name";
  info.name = text_of(json, name_key, file);
  header.named = json.contains(name_key);
  info.title = text_of(json, "title", file);
  info.year = year_of(json, file);
  info.currency = text_of(json, "currency", file);
  info.unit = text_of(json, "unit", file);
  info.valuation = text_of(json, "valuation", file);
  info.attribution = text_of(json, "attribution", file);
  info.tariffs_dates = days_of(json, file);
  std::size_t number = 0;
  for (const Json& source : list_of(json, "sources", file)) {
    const std::string here = "sources[" + std::to_string(number++) + "]";
    if (!source.is_object()) refuse(file, here, "an object with title, publisher and license");
    info.sources.push_back({text_of(source, "title", file, here + "."), text_of(source, "publisher", file, here + "."),
                            text_of(source, "license", file, here + ".")});
  }
  for (const Json& defect : list_of(json, "known_defects", file)) {
    if (!defect.is_string()) refuse(file, "known_defects", "an array of strings");
    info.known_defects.push_back(defect.get<std::string>());
  }
  header.listed = listed_tables(json, file);
  return header;
}

std::string format_package_json(const WorldInfo& info, const std::vector<std::string>& tables, bool territories) {
  std::vector<TableSchema> described;
  for (const auto& table : tables) described.push_back({table, description_of(table), schema_of(table, territories)});
  return format_descriptor(info, described);
}

std::string format_descriptor(const WorldInfo& info, const std::vector<TableSchema>& tables) {
  Json json = {{"profile", "tabular-data-package"}, {"name", package_name(info.name)}};
  if (!is_package_name(info.name)) json["world_name"] = info.name;
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) json[key] = text;
  };
  put("title", info.title);
  if (info.year != 0) json["year"] = info.year;
  put("currency", info.currency);
  put("unit", info.unit);
  put("valuation", info.valuation);
  put("attribution", info.attribution);
  for (const auto& [importer, day] : info.tariffs_dates) json["tariffs_date"][importer] = day.iso();
  for (const Source& source : info.sources) {
    json["sources"].push_back({{"title", source.title}, {"publisher", source.publisher}, {"license", source.license}});
  }
  for (const auto& defect : info.known_defects) json["known_defects"].push_back(defect);
  for (const TableSchema& table : tables) {
    std::string name = table.name;
    std::replace(name.begin(), name.end(), '_', '-');
    json["resources"].push_back({{"name", name},
                                 {"path", table.name + ".csv"},
                                 {"profile", "tabular-data-resource"},
                                 {"format", "csv"},
                                 {"mediatype", "text/csv"},
                                 {"encoding", "utf-8"},
                                 {"description", table.description},
                                 {"schema", table.schema}});
  }
  try {
    return json.dump(1) + "\n";
  } catch (const Json::exception&) {
    throw InvalidInput("datapackage.json", "a text about the data is not UTF-8",
                       "give titles, sources and notes as UTF-8");
  }
}

}  // namespace tariffsim::detail
