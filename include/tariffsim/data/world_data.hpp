// The plain arrays and labels of a world, before validation.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Where a part of the data comes from.
struct Source {
  std::string title, publisher, license;
  friend bool operator==(const Source&, const Source&) = default;
};

/// What a data package says of itself.
struct WorldInfo {
  std::string name, title;
  int year = 0;
  std::string currency, unit, valuation, attribution;
  std::vector<Source> sources;
  std::vector<std::string> known_defects;
  friend bool operator==(const WorldInfo&, const WorldInfo&) = default;
};

/// All that a World holds, as a plain aggregate to fill and hand to `World`. N regions, J sectors.
struct WorldData {
  WorldInfo info;
  Labels regions;                                          ///< N codes
  std::vector<std::string> territories;                    ///< N customs territories; empty: each region is its own
  Labels sectors;                                          ///< J codes
  std::vector<std::string> sector_kinds;                   ///< J kinds, "goods" or "services"; empty: all goods
  Vector trade_elasticity;                                 ///< J, theta = sigma - 1 > 0
  Cube flows;                                              ///< N x N x J, border value F before the importer's tariff
  Cube tariffs;                                            ///< N x N x J, ad valorem t > -1; empty: all zero
  Cube export_taxes;                                       ///< N x N x J, ad valorem e > -1; empty: all zero
  RegionSector value_added_share;                          ///< N x J, beta in [0, 1]; empty: all one
  Cube input_shares;                                       ///< J x J x N, gamma(input, sector, region); empty: all zero
  std::optional<RegionSector> final_demand_share;          ///< N x J, alpha; absent: implied by the data
  std::map<std::string, std::vector<std::string>> groups;  ///< group name to region codes
  std::map<std::string, std::vector<std::string>> members;  ///< region code to the ISO3 countries it contains
};

}  // namespace tariffsim
