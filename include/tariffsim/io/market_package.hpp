// Markets as folders of CSV tables.
#pragma once

#include <filesystem>
#include <string>

#include "tariffsim/data/market.hpp"
#include "tariffsim/io/world_package.hpp"

namespace tariffsim {

/// Reads a market: regions.csv (region,name), sectors.csv (sector,name,kind[,trade_elasticity]), flows.csv (exporter,
/// importer,sector,value[,tariff]); where they are there products.csv (code,sector[,name][,demand][,supply]
/// [,substitution]), tariffs.csv (exporter,importer,sector,rate), elasticities.csv ([region,][sector,]demand,supply,
/// substitution), groups.csv (group,region).
///
/// With products.csv the columns `sector` of flows.csv and tariffs.csv are `product`, and elasticities.csv is what
/// products without their own take; without it each sector is one product. Substitution that neither table gives is
/// trade_elasticity + 1.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] Market read_market(const std::filesystem::path& folder);

/// The same from bytes in memory; `where` stands for the folder in messages.
[[nodiscard]] Market parse_market(const PackageFiles& files, const std::string& where);

}  // namespace tariffsim
