#include <string>
#include <utility>

#include "io/csv_table.hpp"
#include "io/text_file.hpp"
#include "tariffsim/io/case_file.hpp"

namespace tariffsim {
namespace {

using detail::CsvTable;

// Code fields may not be empty; whether a world knows them is seen when the scenario meets one.
std::string code(const CsvTable& table, std::size_t column) {
  std::string text = table.text(column);
  if (text.empty()) {
    table.refuse(std::string("column '") + table.name(column) + "' is empty",
                 "give a code; a table lists single cells, one a row");
  }
  if (text == "*") {
    table.refuse(std::string("column '") + table.name(column) + "' is '*'",
                 "list every cell by its codes, or use a single rate with a scope instead of a table");
  }
  return text;
}

void require_row(const Table& rows, const CsvTable& table) {
  if (rows.empty()) throw InvalidInput(table.file(), "there is no row", "list at least one cell");
}

Table read_pairs(std::string_view text, const std::string& file, const char* value) {
  CsvTable table(text, file, {"exporter", "importer", "sector", value});
  Table rows;
  while (table.next()) rows.push_back({code(table, 0), code(table, 1), code(table, 2), table.number(3), table.line()});
  require_row(rows, table);
  return rows;
}

Table read_regions_and_sectors(std::string_view text, const std::string& file, const char* value) {
  CsvTable table(text, file, {"region", "sector", value});
  Table rows;
  while (table.next()) rows.push_back({code(table, 0), {}, code(table, 1), table.number(2), table.line()});
  require_row(rows, table);
  return rows;
}

Table read_region_values(std::string_view text, const std::string& file) {
  CsvTable table(text, file, {"region", "value"});
  Table rows;
  while (table.next()) rows.push_back({code(table, 0), {}, {}, table.number(1), table.line()});
  require_row(rows, table);
  return rows;
}

}  // namespace

Table parse_table(std::string_view text, const std::filesystem::path& file, Instrument instrument) {
  const std::string name = file.string();
  switch (instrument) {
    case Instrument::tariff:
    case Instrument::specific_tariff:
    case Instrument::preference:
    case Instrument::export_tax: return read_pairs(text, name, "rate");
    case Instrument::non_tariff: return read_pairs(text, name, "ad_valorem");
    case Instrument::reexport: return read_pairs(text, name, "share");
    case Instrument::trade_cost:
    case Instrument::taste: return read_pairs(text, name, "factor");
    case Instrument::productivity:
    case Instrument::final_demand: return read_regions_and_sectors(text, name, "factor");
    case Instrument::production_subsidy: return read_regions_and_sectors(text, name, "rate");
    case Instrument::deficit: return read_region_values(text, name);
    case Instrument::transshipment:
    case Instrument::ban: break;
  }
  throw InvalidInput(name, std::string("a ") + tariffsim::name(instrument) + " takes no table",
                     "name its scope by importer, exporter and sector");
}

Table read_table(const std::filesystem::path& file, Instrument instrument) {
  return parse_table(detail::read_text(file), file, instrument);
}

}  // namespace tariffsim
