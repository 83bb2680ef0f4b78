// The places of a scenario file where a sweep puts its values: texts such as "$rate".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "io/toml_library.hpp"
#include "tariffsim/io/sweep_file.hpp"

namespace tariffsim::detail {

/// A place in a document: keys and positions that lead to it, and where its file has it.
struct SweepPlace {
  std::string name;  ///< without the "$"
  std::vector<std::variant<std::string, std::size_t>> path;
  toml::source_position begin;

  /// The key of the document that it is under.
  [[nodiscard]] const std::string& root() const { return std::get<std::string>(path.front()); }
};

/// All places of a document, in the order of the file.
[[nodiscard]] std::vector<SweepPlace> places_in(const toml::table& document);

/// The text with a value for each place, of the type of its own, so that values can be put in place: first[k] is the
/// first value of places[k]. Lines stay what they are.
/// @throws InvalidInput where a place is not written as "$name".
[[nodiscard]] std::string with_values(std::string_view text, const std::vector<SweepPlace>& places,
                                      const std::vector<SweepValue>& first, const std::string& file);

/// Puts a value where with_values() put one of its type; `node` keeps its line.
void put_value(toml::node& node, const SweepValue& value);

/// The node at a place. @throws std::logic_error where the document has another shape
[[nodiscard]] toml::node& node_at(toml::table& document, const SweepPlace& place);

}  // namespace tariffsim::detail
