#include "io/sweep_plan_json.hpp"

#include <cstdint>

#include "io/csv_text.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

constexpr std::size_t kMostRows = 1'000'000'000;
constexpr const char* kRemedy = "name the folder of a sweep";

std::size_t count_of(const Json& json, const char* key, const std::string& where) {
  const auto found = json.find(key);
  if (found != json.end() && found->is_number_unsigned()) {
    const auto value = found->get<std::uint64_t>();
    if (value >= 1 && value <= kMostRows) return static_cast<std::size_t>(value);
  }
  throw InvalidInput(where, std::string("'") + key + "' is not a number from 1 to 1000000000", kRemedy);
}

std::string header_of(const Json& json, const std::string& where) {
  const auto columns = json.find("columns");
  const std::string problem = "'columns' is not a list of names that begins with \"row\"";
  if (columns == json.end() || !columns->is_array() || columns->empty() || columns->front() != "row") {
    throw InvalidInput(where, problem, kRemedy);
  }
  CsvText line(where, "");
  for (const Json& column : *columns) {
    if (!column.is_string()) throw InvalidInput(where, problem, kRemedy);
    line << column.get<std::string>();
  }
  return std::move(line).take().substr(1);  // after the line break of the empty header
}

std::string shown(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return text.size() <= 60 ? text : text.substr(0, valid_utf8_prefix(std::string_view(text).substr(0, 60))) + "…";
}

}  // namespace

SweepPlanFile parse_sweep_plan(std::string_view text, const std::string& where) {
  require_utf8(text, where);
  SweepPlanFile plan;
  try {
    plan.json = Json::parse(text);
  } catch (const Json::exception&) {
    throw InvalidInput(where, "is not valid JSON", kRemedy);
  }
  const auto format = plan.json.is_object() ? plan.json.find("format") : plan.json.end();
  if (format == plan.json.end() || *format != kSweepFormat) {
    throw InvalidInput(
        where, std::string("is not the plan of a sweep: there is no \"format\": \"") + kSweepFormat + "\"", kRemedy);
  }
  const auto version = plan.json.find("version");
  if (version == plan.json.end() || *version != kSweepVersion) {
    throw InvalidInput(where, "is of another version of the format", "read it with the tariffsim that wrote it");
  }
  plan.rows = count_of(plan.json, "rows", where);
  plan.part_rows = count_of(plan.json, "part_rows", where);
  plan.header = header_of(plan.json, where);
  return plan;
}

std::string plan_difference(const Json& there, const Json& here) {
  if (there == here) return {};
  if (there.is_object() && here.is_object()) {
    for (const auto& [key, value] : there.items()) {
      if (!here.contains(key)) return "'" + key + "' is there alone";
      const std::string inside = plan_difference(value, here.at(key));
      if (!inside.empty())
        return inside.front() == '\'' ? "'" + key + "." + inside.substr(1) : "'" + key + "' " + inside;
    }
    for (const auto& [key, value] : here.items()) {
      if (!there.contains(key)) return "'" + key + "' is not there";
    }
    return {};
  }
  if (there.is_array() && here.is_array() && there.size() != here.size()) {
    return "has " + std::to_string(there.size()) + " elements there and " + std::to_string(here.size()) + " here";
  }
  if (there.is_array() && here.is_array()) {
    for (std::size_t k = 0; k < there.size(); ++k) {
      const std::string inside = plan_difference(there[k], here[k]);
      if (!inside.empty()) return "number " + std::to_string(k) + ": " + inside;
    }
    return {};
  }
  return "is " + shown(there) + " there and " + shown(here) + " here";
}

}  // namespace tariffsim::detail
