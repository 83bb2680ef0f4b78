// What a datapackage.json says of the tables of a market.
#pragma once

#include <string>
#include <vector>

#include "io/table_schema.hpp"

namespace tariffsim::detail {

/// The tables of a market package, as their files are called without ".csv".
inline constexpr const char* kMarketTables[] = {"regions", "sectors", "products",    "flows",
                                                "tariffs", "groups",  "elasticities"};

/// @param good the column that names what is traded: "product", or "sector" where each sector is one product.
[[nodiscard]] TableSchema market_table(const std::string& table, const char* good);

}  // namespace tariffsim::detail
