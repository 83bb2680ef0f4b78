// The plain arrays and labels of a world, before validation.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/core/date.hpp"
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
  /// The day whose measures an importer's tariffs contain, by region code; "*" is all that are not listed. Absent: no
  /// day is known.
  std::map<std::string, Date> tariffs_dates;
  friend bool operator==(const WorldInfo&, const WorldInfo&) = default;
};

/// The day whose measures the tariffs of an importer contain.
[[nodiscard]] inline std::optional<Date> tariffs_date(const WorldInfo& info, const std::string& importer) {
  for (const auto& key : {importer, std::string("*")}) {
    if (const auto hit = info.tariffs_dates.find(key); hit != info.tariffs_dates.end()) return hit->second;
  }
  return std::nullopt;
}

/// A country's share in the exports of the region that contains it, to one importer in one sector.
struct MemberWeight {
  std::string member, importer, sector;
  double share = 0;
  friend bool operator==(const MemberWeight&, const MemberWeight&) = default;
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
  std::map<std::string, std::vector<std::string>> members;         ///< region code to the ISO3 countries it contains
  std::map<std::string, std::vector<std::string>> sector_members;  ///< sector code to the industries it contains
  std::vector<MemberWeight> member_weights;  ///< of countries in regions of several; absent rows are unknown
};

}  // namespace tariffsim
