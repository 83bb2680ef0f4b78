#include "tariffsim/io/trade_tables.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "io/csv_table.hpp"
#include "io/policy_tables.hpp"
#include "io/search_path.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

const char* const kRows = "concordance.csv";
const char* const kSectors = "sectors.csv";

bool given(const detail::CsvTable& table, std::size_t column) {
  return table.has(column) && table.text(column)[0] != '\0';
}

std::optional<double> optional_number(const detail::CsvTable& table, std::size_t column) {
  return given(table, column) ? std::optional<double>(table.number(column)) : std::nullopt;
}

std::vector<CodeRow> code_rows(std::string_view text, const std::string& file, const char* from, const char* to) {
  detail::CsvTable table(text, file, {from, to});
  std::vector<CodeRow> rows;
  while (table.next()) rows.push_back({table.text(0), table.text(1), table.line()});
  return rows;
}

std::map<std::string, std::vector<std::string>> sector_members(const fs::path& file) {
  detail::CsvTable table(detail::read_text(file), file.string(), {"sector", "member"});
  std::map<std::string, std::vector<std::string>> members;
  while (table.next()) members[table.text(0)].emplace_back(table.text(1));
  return members;
}

bool is_concordance(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / kRows, ignored);
}

bool is_path(const std::string& text) {
  const std::string suffix = ".csv";
  return text.find('/') != std::string::npos || text == "." || text == ".." ||
         (text.size() > suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0);
}

}  // namespace

std::vector<TradeLine> parse_trade_lines(std::string_view text, const std::string& file) {
  detail::CsvTable table(
      text, file, {"exporter", "importer", "product", "value", "normal_duty", "qualifying", "content", "use"}, 4);
  std::vector<TradeLine> lines;
  while (table.next()) {
    TradeLine line;
    line.exporter = table.text(0);
    line.importer = table.text(1);
    line.code = table.text(2);
    line.value = table.number(3);
    line.normal_duty = optional_number(table, 4);
    line.qualifying = optional_number(table, 5);
    line.content = optional_number(table, 6);
    if (given(table, 7)) line.uses = detail::words(table.text(7));
    line.line = table.line();
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<TradeLine> read_trade_lines(const fs::path& file) {
  return parse_trade_lines(detail::read_text(file), file.string());
}

Renumbering parse_renumbering(std::string_view text, const std::string& file) {
  return Renumbering(code_rows(text, file, "old", "new"), file);
}

Renumbering read_renumbering(const fs::path& file) { return parse_renumbering(detail::read_text(file), file.string()); }

Concordance parse_concordance(std::string_view text, const std::string& file) {
  return Concordance(code_rows(text, file, "code", "sector"), {}, file);
}

Concordance read_concordance(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return parse_concordance(detail::read_text(path), path.string());
  const fs::path rows = path / kRows, sectors = path / kSectors;
  return Concordance(
      code_rows(detail::read_text(rows), rows.string(), "code", "sector"),
      fs::exists(sectors, ignored) ? sector_members(sectors) : std::map<std::string, std::vector<std::string>>{},
      rows.string());
}

Concordance load_concordance(const std::string& name_or_path, const std::vector<fs::path>& folders) {
  if (is_path(name_or_path)) return read_concordance(name_or_path);
  std::vector<std::string> names;
  for (const fs::path& folder :
       detail::named_folders({"concordances", "TARIFFSIM_CONCORDANCES", is_concordance}, folders)) {
    if (folder.filename() == name_or_path) return read_concordance(folder);
    names.push_back(folder.filename().string());
  }
  std::string known;
  if (!names.empty()) known = " or " + Labels("concordance", names).suggestion(name_or_path);
  throw InvalidInput({}, "there is no concordance called " + detail::in_quotes(name_or_path),
                     "give the path of a table with the columns code and sector" + known);
}

}  // namespace tariffsim
