#include "io/toml_table.hpp"

#include <cmath>
#include <cstdio>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim::detail {

std::string TomlTable::position(const toml::node& node) const {
  const auto begin = node.source().begin;
  if (!begin) return file_;
  return file_ + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column);
}

std::string TomlTable::where(const char* key) const {
  const toml::node* node = table_.get(key);
  return node == nullptr ? where() : position(*node);
}

std::string TomlTable::where(const toml::node& node) const { return position(node); }

void TomlTable::refuse(const char* key, const std::string& problem, const std::string& remedy) const {
  throw InvalidInput(where(key), what_ + ": " + problem, remedy);
}

void TomlTable::require_known(const std::vector<std::string>& known) const {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    bool is_known = false;
    for (const auto& one : known) is_known = is_known || one == name;
    if (is_known) continue;
    const auto begin = key.source().begin;
    const std::string place =
        begin ? file_ + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column) : position(node);
    throw InvalidInput(place, what_ + ": unknown key " + in_quotes(name),
                       "use " + Labels("key", known).suggestion(name.substr(0, 64)));
  }
}

const toml::node& TomlTable::at(const char* key, const std::string& remedy) const {
  const toml::node* node = table_.get(key);
  if (node == nullptr) throw InvalidInput(where(), what_ + ": there is no '" + key + "'", remedy);
  return *node;
}

std::string TomlTable::text(const char* key, const std::string& remedy) const {
  const auto value = at(key, remedy).value_exact<std::string>();
  if (!value) refuse(key, std::string("'") + key + "' is not a string", remedy);
  if (value->empty()) refuse(key, std::string("'") + key + "' is empty", remedy);
  return *value;
}

double TomlTable::number(const char* key, const std::string& remedy) const {
  const toml::node& node = at(key, remedy);
  if (!node.is_number()) refuse(key, std::string("'") + key + "' is not a number", remedy);
  const double value = node.value<double>().value_or(std::nan(""));
  if (!std::isfinite(value)) refuse(key, std::string("'") + key + "' is not a finite number", remedy);
  return value;
}

Date TomlTable::day(const char* key, const std::string& remedy) const {
  const toml::node& node = at(key, remedy);
  if (const auto day = node.value_exact<toml::date>()) return Date::parse(iso(*day), where(key));
  return Date::parse(text(key, remedy), where(key));
}

std::vector<std::string> TomlTable::texts(const char* key, const std::string& remedy) const {
  const toml::node& node = at(key, remedy);
  if (node.is_string()) return {text(key, remedy)};
  const toml::array* list = node.as_array();
  if (list == nullptr) refuse(key, std::string("'") + key + "' is neither a string nor an array of strings", remedy);
  if (list->empty()) refuse(key, std::string("'") + key + "' is empty", remedy);
  std::vector<std::string> texts;
  for (const toml::node& element : *list) {
    const auto value = element.value_exact<std::string>();
    if (!value || value->empty()) {
      throw InvalidInput(position(element), what_ + ": '" + key + "' holds something that is not a code", remedy);
    }
    texts.push_back(*value);
  }
  return texts;
}

std::string iso(const toml::date& day) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(day.year), static_cast<int>(day.month),
                static_cast<int>(day.day));
  return text;
}

}  // namespace tariffsim::detail
