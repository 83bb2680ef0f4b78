// A TOML table read key by key, with the position of every complaint.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "io/text_file.hpp"
#include "io/toml_library.hpp"
#include "tariffsim/core/date.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim::detail {

/// One table of a scenario file and what it stands for in messages ("measure 2 (tariff)").
class TomlTable {
 public:
  TomlTable(const toml::table& table, std::string file, std::string what)
      : table_(table), file_(std::move(file)), what_(std::move(what)) {}

  /// Refuses keys that are not among `known`, with the nearest known one.
  void require_known(const std::vector<std::string>& known) const;

  [[nodiscard]] bool has(const char* key) const { return table_.contains(key); }

  /// A key that must be there. @throws InvalidInput at the table's position.
  [[nodiscard]] const toml::node& at(const char* key, const std::string& remedy) const;

  [[nodiscard]] std::string text(const char* key, const std::string& remedy) const;
  [[nodiscard]] double number(const char* key, const std::string& remedy) const;

  /// A day of TOML, or a text such as "2025-04-09".
  [[nodiscard]] Date day(const char* key, const std::string& remedy) const;

  /// A string or an array of strings, neither empty.
  [[nodiscard]] std::vector<std::string> texts(const char* key, const std::string& remedy) const;

  [[nodiscard]] std::string where() const { return position(table_); }
  [[nodiscard]] std::string where(const char* key) const;
  [[nodiscard]] std::string where(const toml::node& node) const;
  [[noreturn]] void refuse(const char* key, const std::string& problem, const std::string& remedy) const;

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] const toml::table& table() const { return table_; }

 private:
  [[nodiscard]] std::string position(const toml::node& node) const;

  const toml::table& table_;
  std::string file_, what_;
};

/// A day of TOML as text: 2025-04-09.
std::string iso(const toml::date& day);

/// The value of a fixed vocabulary that a key names.
template <class Choice, std::size_t N>
Choice choice(const TomlTable& table, const char* key, const Choice (&choices)[N], const std::string& remedy) {
  const std::string text = table.text(key, remedy);
  std::vector<std::string> names;
  for (const Choice one : choices) {
    if (text == name(one)) return one;
    names.emplace_back(name(one));
  }
  table.refuse(key, std::string("unknown ") + key + " " + in_quotes(text),
               "use " + Labels(key, names).suggestion(text.substr(0, 64)));
}

}  // namespace tariffsim::detail
