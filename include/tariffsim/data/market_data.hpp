// The plain tables of a market, before validation: flows by exporter, importer and product, listed where they exist.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world_data.hpp"

namespace tariffsim {

/// One number per listed cell, as columns of equal length; regions and products by position in their labels.
struct SparseCells {
  std::string name;  ///< of the table or its file, for messages
  std::vector<std::int32_t> exporter, importer, product;
  std::vector<double> value;
  std::vector<std::uint32_t> line;  ///< of the file; empty where there is none
};

/// An elasticity where it is known; NaN elsewhere. K products, J sectors, N regions.
struct ElasticityTable {
  RegionSector by_product;  ///< K x 1, or K x N; empty: none is known
  RegionSector by_sector;   ///< J x 1, or J x N; what products without one of their own take; empty: none is known
};

/// All that a Market holds, as a plain aggregate to fill and hand to `Market`.
struct MarketData {
  WorldInfo info;
  Labels regions;                                          ///< N codes
  Labels sectors;                                          ///< J codes
  std::vector<std::string> sector_kinds;                   ///< J kinds, "goods" or "services"; empty: all goods
  Labels products;                                         ///< K codes
  std::vector<std::int32_t> sector_of;                     ///< K positions of the products' sectors
  SparseCells flows{"flows", {}, {}, {}, {}, {}};          ///< at world prices, before the importer's tariff; above 0
  SparseCells tariffs{"tariffs", {}, {}, {}, {}, {}};      ///< ad valorem t > -1; a cell that is not listed has none
  ElasticityTable demand;                                  ///< of the composite by importer, 0 or below
  ElasticityTable supply;                                  ///< of exports by exporter, 0 or above; may be infinite
  ElasticityTable substitution;                            ///< among sources by importer, above 0
  std::map<std::string, std::vector<std::string>> groups;  ///< group name to region codes
};

}  // namespace tariffsim
