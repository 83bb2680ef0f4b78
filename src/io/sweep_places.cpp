#include "io/sweep_places.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "io/numbers.hpp"
#include "io/sweep_axes.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

using Path = std::vector<std::variant<std::string, std::size_t>>;

void find_places(const toml::node& node, Path& path, std::vector<SweepPlace>& places) {
  if (const toml::table* table = node.as_table()) {
    for (const auto& [key, value] : *table) {
      path.emplace_back(std::string(key.str()));
      find_places(value, path, places);
      path.pop_back();
    }
  } else if (const toml::array* array = node.as_array()) {
    for (std::size_t k = 0; k < array->size(); ++k) {
      path.emplace_back(k);
      find_places((*array)[k], path, places);
      path.pop_back();
    }
  } else if (const auto text = node.value_exact<std::string>()) {
    if (text->size() > 1 && text->front() == '$' && is_sweep_name(std::string_view(*text).substr(1))) {
      places.push_back({text->substr(1), path, node.source().begin});
    }
  }
}

// Offset of a line and column of the parser, which counts characters and not bytes.
std::size_t offset_of(std::string_view text, const toml::source_position& position) {
  std::size_t at = 0;
  for (toml::source_index line = 1; line < position.line && at < text.size(); ++line) {
    const std::size_t end = text.find('\n', at);
    at = end == std::string_view::npos ? text.size() : end + 1;
  }
  if (position.line == 1 && text.substr(0, 3) == "\xEF\xBB\xBF") at = 3;  // a byte-order mark is no character
  for (toml::source_index column = 1; column < position.column && at < text.size(); ++column) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

// A literal of the type that a value needs; texts stay where they are.
std::string literal(const SweepValue& value) {
  if (const auto* day = std::get_if<Date>(&value)) return day->iso();
  std::string text;
  append_number(text, std::get<double>(value));
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

}  // namespace

std::vector<SweepPlace> places_in(const toml::table& document) {
  std::vector<SweepPlace> places;
  Path path;
  find_places(document, path, places);
  std::sort(places.begin(), places.end(), [](const SweepPlace& a, const SweepPlace& b) { return a.begin < b.begin; });
  return places;
}

std::string with_values(std::string_view text, const std::vector<SweepPlace>& places,
                        const std::vector<SweepValue>& first, const std::string& file) {
  std::string out(text);
  for (std::size_t k = places.size(); k-- > 0;) {  // from the end, so that the places before stay where they are
    const SweepPlace& place = places[k];
    const std::size_t at = offset_of(text, place.begin);
    const std::string name = "$" + place.name;
    const bool there = at < text.size() && (text[at] == '"' || text[at] == '\'') &&
                       text.substr(at + 1, name.size()) == name &&
                       text.substr(at + 1 + name.size(), 1) == text.substr(at, 1);
    if (!there) {
      throw InvalidInput(file + ":" + std::to_string(place.begin.line) + ":" + std::to_string(place.begin.column),
                         "a name of the sweep is written in another way", "write it as \"" + name + "\"");
    }
    if (std::holds_alternative<std::string>(first[k])) continue;
    out.replace(at, name.size() + 2, literal(first[k]));
  }
  return out;
}

void put_value(toml::node& node, const SweepValue& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    *node.as_floating_point() = *number;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    *node.as_string() = *text;
  } else {
    const std::string day = std::get<Date>(value).iso();
    *node.as_date() = toml::date(std::stoi(day.substr(0, 4)), std::stoi(day.substr(5, 2)), std::stoi(day.substr(8, 2)));
  }
}

toml::node& node_at(toml::table& document, const SweepPlace& place) {
  toml::node* node = &document;
  for (const auto& step : place.path) {
    if (const auto* key = std::get_if<std::string>(&step)) {
      node = node->is_table() ? node->as_table()->get(*key) : nullptr;
    } else {
      const std::size_t position = std::get<std::size_t>(step);
      toml::array* array = node->as_array();
      node = array != nullptr && position < array->size() ? array->get(position) : nullptr;
    }
    if (node == nullptr) throw std::logic_error("a place of a sweep is not there");
  }
  return *node;
}

}  // namespace tariffsim::detail
