#include "io/market_schema.hpp"

#include <string_view>
#include <utility>

namespace tariffsim::detail {
namespace {

using schema::code;
using schema::field;
using schema::number;
using schema::reference;

bool is_product(const char* good) { return std::string_view(good) == "product"; }

Json code_of(const char* good) { return code(good, is_product(good) ? "code in products.csv" : "code in sectors.csv"); }

Json reference_to(const char* good) {
  return is_product(good) ? reference(good, "products", "code") : reference(good, "sectors");
}

// In the order of a row's columns; empty where another table has it.
void add_elasticities(Json& fields) {
  fields.push_back(field("demand", "number", "of the composite of all sources, 0 or below", {{"maximum", 0}}));
  fields.push_back(field("supply", "number", "of exports, 0 or above; INF: a given world price", {{"minimum", 0}}));
  fields.push_back(field("substitution", "number", "among sources, above 0", {{"minimum", 0}}));
}

Json cells(const char* good, Json value) {
  return {{"fields",
           {code("exporter", "code in regions.csv"), code("importer", "code in regions.csv"), code_of(good),
            std::move(value)}},
          {"primaryKey", {"exporter", "importer", good}},
          {"foreignKeys", {reference("exporter", "regions"), reference("importer", "regions"), reference_to(good)}}};
}

TableSchema elasticities(const char* good) {
  Json fields = {code("region", "code in regions.csv"), code_of(good)};
  add_elasticities(fields);
  return {"elasticities",
          is_product(good) ? "elasticities that differ by region" : "elasticities by region and sector",
          {{"fields", std::move(fields)},
           {"primaryKey", {"region", good}},
           {"foreignKeys", {reference("region", "regions"), reference_to(good)}}}};
}

TableSchema products() {
  Json fields = {code("code", "code"), code("sector", "code in sectors.csv"), field("name", "string", "name in words")};
  add_elasticities(fields);
  return {"products",
          "products in order, with the elasticities that hold for all regions",
          {{"fields", std::move(fields)}, {"primaryKey", {"code"}}, {"foreignKeys", {reference("sector", "sectors")}}}};
}

}  // namespace

TableSchema market_table(const std::string& table, const char* good) {
  if (table == "regions") {
    return {
        table,
        "regions in order",
        {{"fields", {code("region", "code"), field("name", "string", "name in words")}}, {"primaryKey", {"region"}}}};
  }
  if (table == "sectors") {
    return {table,
            "sectors in order",
            {{"fields",
              {code("sector", "code"), field("name", "string", "name in words"),
               field("kind", "string", "goods or services", {{"required", true}, {"enum", {"goods", "services"}}})}},
             {"primaryKey", {"sector"}}}};
  }
  if (table == "products") return products();
  if (table == "flows") {
    return {table, "flows in the order of product, importer, exporter; absent rows are zero",
            cells(good, number("value", "at world prices, before the importer's tariff", {{"minimum", 0}}))};
  }
  if (table == "tariffs") {
    return {table, "tariffs on the flows; absent rows are zero",
            cells(good, number("rate", "ad valorem, 0.25 is 25 percent", {{"minimum", -1}}))};
  }
  if (table == "elasticities") return elasticities(good);
  return {table,
          "groups of regions that scenarios may name",
          {{"fields", {code("group", "name of a group of regions"), code("region", "code in regions.csv")}},
           {"primaryKey", {"group", "region"}},
           {"foreignKeys", {reference("region", "regions")}}}};
}

}  // namespace tariffsim::detail
