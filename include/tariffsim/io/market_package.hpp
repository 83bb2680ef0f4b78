// Markets as folders of CSV tables.
#pragma once

#include <filesystem>
#include <string>

#include "tariffsim/data/market.hpp"
#include "tariffsim/io/stop.hpp"
#include "tariffsim/io/world_package.hpp"

namespace tariffsim {

/// Reads a market: regions.csv (region,name), sectors.csv (sector,name,kind[,trade_elasticity]), flows.csv (exporter,
/// importer,sector,value[,tariff]); where they are there products.csv (code,sector[,name][,demand][,supply]
/// [,substitution]), tariffs.csv (exporter,importer,sector,rate), elasticities.csv ([region,][sector,][product,]demand,
/// supply,substitution), groups.csv (group,region).
///
/// With products.csv the columns `sector` of flows.csv and tariffs.csv are `product`, and elasticities.csv is what
/// products without their own take; without it each sector is one product. A row of elasticities.csv that names a
/// product in the column `product` is the product's own and stands before products.csv and before rows of sectors; a
/// row names a product or a sector, not both. An empty cell gives nothing. Substitution that no table gives is
/// trade_elasticity + 1.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] Market read_market(const std::filesystem::path& folder);

/// The same from bytes in memory; `where` stands for the folder in messages.
[[nodiscard]] Market parse_market(const PackageFiles& files, const std::string& where);

/// Writes a package that read_market() returns bit for bit: flows, tariffs, the elasticities of every supplier and
/// buyer, labels, groups and what datapackage.json says. An elasticity that a product took from its sector is written
/// as its own, so fallbacks() of what is read are 0; groups without an entry are not kept.
///
/// The folder appears as a whole, as with write_world(). One that exists is replaced only if it is empty or holds such
/// a market package and nothing else.
/// @throws InvalidInput where the folder cannot be written or must not be replaced; Interrupted where told to stop.
void write_market(const Market& market, const std::filesystem::path& folder, const StopRequested& stop = {});

/// The bytes that write_market() writes.
[[nodiscard]] PackageFiles format_market(const Market& market);

}  // namespace tariffsim
