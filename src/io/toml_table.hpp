// A TOML table read key by key, with the position of every complaint.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/toml_library.hpp"

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

  /// A string or an array of strings, neither empty.
  [[nodiscard]] std::vector<std::string> texts(const char* key, const std::string& remedy) const;

  [[nodiscard]] std::string where() const { return position(table_); }
  [[nodiscard]] std::string where(const char* key) const;
  [[noreturn]] void refuse(const char* key, const std::string& problem, const std::string& remedy) const;

  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] const std::string& what() const { return what_; }
  [[nodiscard]] const toml::table& table() const { return table_; }

 private:
  [[nodiscard]] std::string position(const toml::node& node) const;

  const toml::table& table_;
  std::string file_, what_;
};

}  // namespace tariffsim::detail
