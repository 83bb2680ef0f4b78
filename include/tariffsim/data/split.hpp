// split(): a region cut into proportional parts, for a province, a state or a zone.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"

namespace tariffsim {

/// A part of a region: its code, its share of everything the region does, and its name (empty: made from both).
struct RegionPart {
  std::string code;
  double share = 0;
  std::string name{};
};

namespace detail {

/// Where each region of the split world comes from, and which share of it it is.
struct Splitting {
  std::vector<Index> origin;
  std::vector<double> share;

  Splitting(Index regions, Index region, const std::vector<RegionPart>& parts) {
    for (Index n = 0; n < regions; ++n) {
      const std::size_t copies = n == region ? parts.size() : 1;
      for (std::size_t k = 0; k < copies; ++k) {
        origin.push_back(n);
        share.push_back(n == region ? parts[k].share : 1.0);
      }
    }
  }

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(origin.size()); }

  /// A bilateral array copied to the parts, times the shares of both sides where it is a value.
  [[nodiscard]] Cube pairs(const Cube& old, bool is_value) const {
    Cube cube(size(), size(), old.slices());
    for (Index j = 0; j < old.slices(); ++j) {
      for (Index n = 0; n < size(); ++n) {
        for (Index i = 0; i < size(); ++i) {
          const auto from = static_cast<std::size_t>(i), to = static_cast<std::size_t>(n);
          const double value = old(origin[from], origin[to], j);
          cube(i, n, j) = is_value ? value * share[from] * share[to] : value;
        }
      }
    }
    return cube;
  }

  [[nodiscard]] RegionSector rows(const RegionSector& old) const {
    RegionSector array(size(), old.cols());
    for (Index n = 0; n < size(); ++n) array.row(n) = old.row(origin[static_cast<std::size_t>(n)]);
    return array;
  }

  [[nodiscard]] Cube slices(const Cube& old) const {
    Cube cube(old.rows(), old.cols(), size());
    for (Index n = 0; n < size(); ++n) cube.slice(n) = old.slice(origin[static_cast<std::size_t>(n)]);
    return cube;
  }
};

/// The parts with shares rescaled to sum to one. @throws InvalidInput
inline std::vector<RegionPart> checked_parts(const std::string& region, std::vector<RegionPart> parts) {
  const std::string where = "split(" + region + ")";
  if (parts.empty()) throw InvalidInput(where, "there is no part", "list at least one part with its share");
  double sum = 0;
  for (const auto& part : parts) {
    if (!(part.share > 0 && part.share <= 1)) {
      throw InvalidInput(where, "the share of '" + part.code + "' is " + show(part.share),
                         "give every part a share above 0, up to 1");
    }
    sum += part.share;
  }
  if (!(std::abs(sum - 1.0) <= kShareTolerance)) {
    throw InvalidInput(where, "the shares sum to " + show(sum) + ", not to 1 (tolerance 1e-6)",
                       "add the part that is missing, for example the rest of the region");
  }
  if (std::abs(sum - 1.0) > 1e-12) {
    for (auto& part : parts) part.share /= sum;
  }
  return parts;
}

}  // namespace detail

/// Cuts a region into parts that are alike in all but size, in its place among the regions.
///
/// Every flow of the region is divided by the shares, its domestic sales into parts x parts cells s_a s_b F_nn. Rates,
/// technology and final-demand shares are copied, so hats do not change until a shock treats the parts differently;
/// merged again by aggregate() the parts are the old region to rounding. Each part stands in the region's place in
/// every group, and carries its list of member countries.
///
/// @param world N regions; the result has N - 1 + parts of them.
/// @param region code of the region to cut.
/// @param parts codes and shares, each above 0 and together 1 (rescaled within 1e-6). A part may keep the region's
/// code.
/// @param separate_customs false: the parts stay in the region's customs territory, so the cells between them are
///   domestic and exempt from measures. true: each part becomes a territory of its own.
/// @throws InvalidInput on an unknown region, a code in use, or shares that do not sum to one.
[[nodiscard]] inline World split(const World& world, const std::string& region, const std::vector<RegionPart>& parts,
                                 bool separate_customs = false) {
  const WorldData& old = world.data();
  const Index cut = old.regions.at(region, "split");
  const std::vector<RegionPart> checked = detail::checked_parts(region, parts);
  const detail::Splitting to(old.regions.size(), cut, checked);

  WorldData data = old;
  std::vector<std::string> codes, names, part_codes;
  data.territories.clear();
  std::set<std::string> taken;
  for (Index n = 0; n < old.regions.size(); ++n) {
    if (n != cut) taken.insert(old.territories[static_cast<std::size_t>(n)]);
  }
  for (Index n = 0; n < old.regions.size(); ++n) {
    if (n != cut) {
      codes.push_back(old.regions.code(n));
      names.push_back(old.regions.name(n));
      data.territories.push_back(old.territories[static_cast<std::size_t>(n)]);
      continue;
    }
    for (const auto& part : checked) {
      codes.push_back(part.code);
      part_codes.push_back(part.code);
      names.push_back(part.name.empty() ? old.regions.name(n) + " (" + part.code + ")" : part.name);
      std::string territory = old.territories[static_cast<std::size_t>(n)];
      if (separate_customs) {
        territory = part.code;
        while (!taken.insert(territory).second) territory += "'";
      }
      data.territories.push_back(territory);
    }
  }
  data.regions = Labels("region", codes, names);
  data.flows = to.pairs(old.flows, true);
  data.tariffs = to.pairs(old.tariffs, false);
  data.export_taxes = to.pairs(old.export_taxes, false);
  data.value_added_share = to.rows(old.value_added_share);
  data.input_shares = to.slices(old.input_shares);
  if (old.final_demand_share) data.final_demand_share = to.rows(*old.final_demand_share);
  for (auto& entry : data.groups) {
    auto& list = entry.second;
    const auto place = std::find(list.begin(), list.end(), region);
    if (place == list.end()) continue;
    list.insert(list.erase(place), part_codes.begin(), part_codes.end());
  }
  const auto listed = old.members.find(region);
  const std::vector<std::string> countries =
      listed == old.members.end() ? std::vector<std::string>{region} : listed->second;
  data.members.erase(region);
  for (const auto& code : part_codes) {
    const bool says_nothing = listed == old.members.end() && code == region;
    if (!says_nothing) data.members[code] = countries;
  }
  data.member_weights.clear();
  for (const auto& row : old.member_weights) {
    if (row.importer != region) data.member_weights.push_back(row);
    for (const auto& code : part_codes) {
      if (row.importer == region) data.member_weights.push_back({row.member, code, row.sector, row.share});
    }
  }
  return World(std::move(data));
}

}  // namespace tariffsim
