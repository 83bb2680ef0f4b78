// aggregate(): a smaller world with the same accounts.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/merging.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim {
namespace detail {

/// Sums of a bilateral array over merged pairs and sectors.
inline Cube merged_flows(const Cube& flows, const Merging& regions, const Merging& sectors) {
  Cube sum(regions.size(), regions.size(), sectors.size());
  for (Index j = 0; j < flows.slices(); ++j)
    for (Index n = 0; n < flows.cols(); ++n)
      for (Index i = 0; i < flows.rows(); ++i) sum(regions.to(i), regions.to(n), sectors.to(j)) += flows(i, n, j);
  return sum;
}

/// Revenue over the value that the rate applies to. A merged cell without flow gets the plain mean.
inline Cube merged_rates(const Cube& rates, const Cube& values, const Merging& regions, const Merging& sectors) {
  MeanCube mean(regions.size(), regions.size(), sectors.size());
  for (Index j = 0; j < rates.slices(); ++j)
    for (Index n = 0; n < rates.cols(); ++n)
      for (Index i = 0; i < rates.rows(); ++i)
        mean(regions.to(i), regions.to(n), sectors.to(j)).add(rates(i, n, j), values(i, n, j));
  return mean.values();
}

/// Trade elasticity weighted with the flows between regions of different territories (all flows where there are none).
inline Vector merged_elasticity(const World& world, const Merging& sectors) {
  std::vector<Mean> by_trade(static_cast<std::size_t>(sectors.size())), by_flows(by_trade.size());
  for (Index j = 0; j < world.sectors().size(); ++j) {
    double trade = 0;
    for (Index n = 0; n < world.regions().size(); ++n)
      for (Index i = 0; i < world.regions().size(); ++i)
        if (!world.is_domestic(i, n)) trade += world.flows()(i, n, j);
    const auto s = static_cast<std::size_t>(sectors.to(j));
    by_trade[s].add(world.trade_elasticity()[j], trade);
    by_flows[s].add(world.trade_elasticity()[j], world.flows().slice(j).sum());
  }
  Vector theta(sectors.size());
  for (std::size_t s = 0; s < by_trade.size(); ++s) {
    theta[static_cast<Index>(s)] = (by_trade[s].has_weight() ? by_trade : by_flows)[s].value();
  }
  return theta;
}

/// Value-added and input shares of merged region-sectors, and the world averages that fill cells without output.
class MergedTechnology {
 public:
  MergedTechnology(const World& world, const Merging& regions, const Merging& sectors)
      : regions_(regions.size()),
        sectors_(sectors.size()),
        value_added_(regions_, sectors_, 1),
        inputs_(sectors_, sectors_, regions_),
        world_value_added_(1, sectors_, 1),
        world_inputs_(sectors_, sectors_, 1) {
    const RegionSector& output = world.accounts().output;
    for (Index n = 0; n < output.rows(); ++n) {
      for (Index j = 0; j < output.cols(); ++j) {
        const double beta = world.value_added_share()(n, j), materials = (1.0 - beta) * output(n, j);
        const Index a = regions.to(n), s = sectors.to(j);
        value_added_(a, s, 0).add(beta, output(n, j));
        world_value_added_(0, s, 0).add(beta, output(n, j));
        const Vector column = merged_column(world.input_shares(), n, j, sectors);
        const bool buys = column.sum() > 0;  // an empty column says nothing of the mix
        for (Index k = 0; k < sectors_; ++k) {
          inputs_(k, s, a).add(column[k], materials);
          if (buys) world_inputs_(k, s, 0).add(column[k], materials);
        }
      }
    }
  }

  void write(WorldData& data) {
    data.value_added_share = RegionSector(regions_, sectors_);
    data.input_shares = inputs_.values();
    const Cube world_mix = world_inputs_.values();
    for (Index s = 0; s < sectors_; ++s) {
      for (Index a = 0; a < regions_; ++a) {
        const bool fill = !value_added_(a, s, 0).has_weight() && !uniform(a, s);
        const double beta = (fill ? world_value_added_(0, s, 0) : value_added_(a, s, 0)).value();
        data.value_added_share(a, s) = beta;
        if (fill) data.input_shares.slice(a).col(s) = world_mix.slice(0).col(s);
        // Rounding may lift a mean next to 1 up to 1, and then there are no materials.
        if (beta >= 1.0) data.input_shares.slice(a).col(s).setZero();
      }
    }
  }

 private:
  static Vector merged_column(const Cube& inputs, Index region, Index sector, const Merging& sectors) {
    Vector column = Vector::Zero(sectors.size());
    for (Index k = 0; k < inputs.rows(); ++k) column[sectors.to(k)] += inputs(k, sector, region);
    return column;
  }

  [[nodiscard]] bool uniform(Index a, Index s) {
    if (!value_added_(a, s, 0).uniform()) return false;
    for (Index k = 0; k < sectors_; ++k) {
      if (!inputs_(k, s, a).uniform()) return false;
    }
    return true;
  }

  Index regions_, sectors_;
  MeanCube value_added_, inputs_, world_value_added_, world_inputs_;
};

/// Given final-demand shares, weighted with income.
inline RegionSector merged_final_demand(const World& world, const Merging& regions, const Merging& sectors) {
  const RegionSector& alpha = world.accounts().final_demand_share;
  MeanCube mean(regions.size(), sectors.size(), 1);
  for (Index n = 0; n < alpha.rows(); ++n) {
    Vector row = Vector::Zero(sectors.size());
    for (Index j = 0; j < alpha.cols(); ++j) row[sectors.to(j)] += alpha(n, j);
    for (Index s = 0; s < row.size(); ++s) mean(regions.to(n), s, 0).add(row[s], world.accounts().income[n]);
  }
  return mean.values().slice(0).array();
}

/// Customs territories of the merged regions.
inline std::vector<std::string> merged_territories(const World& world, const Merging& regions) {
  const auto& old = world.data().territories;
  std::vector<std::set<std::string>> inside;      // territories by new region
  std::map<std::string, std::set<Index>> spread;  // new regions by territory
  for (Index a = 0; a < regions.size(); ++a) {
    inside.emplace_back();
    for (const Index n : regions.members[static_cast<std::size_t>(a)]) {
      inside.back().insert(old[static_cast<std::size_t>(n)]);
      spread[old[static_cast<std::size_t>(n)]].insert(a);
    }
  }
  std::set<std::string> taken;
  for (const auto& territories : inside) {
    if (territories.size() == 1) taken.insert(*territories.begin());
  }
  std::vector<std::string> result;
  for (std::size_t a = 0; a < inside.size(); ++a) {
    if (inside[a].size() == 1) {
      result.push_back(*inside[a].begin());
      continue;
    }
    for (const auto& territory : inside[a]) {
      if (spread[territory].size() > 1) {
        throw InvalidInput("region map",
                           "'" + regions.codes[a] + "' takes a part of the customs territory '" + territory +
                               "' and merges it with regions outside that territory",
                           "map every region of '" + territory + "' to '" + regions.codes[a] + "', or none");
      }
    }
    std::string name = regions.codes[a];
    while (!taken.insert(name).second) name += "'";
    result.push_back(name);
  }
  return result;
}

/// Groups whose regions all go to new regions that contain nobody else; a group of a region's name is that region.
inline std::map<std::string, std::vector<std::string>> merged_groups(const WorldData& old, const Merging& regions) {
  std::map<std::string, std::vector<std::string>> kept;
  for (const auto& [group, codes] : old.groups) {
    if (std::find(regions.codes.begin(), regions.codes.end(), group) != regions.codes.end()) continue;
    std::set<Index> inside, image;
    for (const auto& code : codes) {
      inside.insert(old.regions.at(code));
      image.insert(regions.to(old.regions.at(code)));
    }
    std::size_t covered = 0;
    for (const Index a : image) covered += regions.members[static_cast<std::size_t>(a)].size();
    if (covered != inside.size()) continue;
    for (const Index a : image) kept[group].push_back(regions.codes[static_cast<std::size_t>(a)]);
  }
  return kept;
}

/// Countries by new region; a region without an entry stands for the country of its code.
inline std::map<std::string, std::vector<std::string>> merged_members(const WorldData& old, const Merging& regions) {
  std::map<std::string, std::vector<std::string>> result;
  for (std::size_t a = 0; a < regions.codes.size(); ++a) {
    std::vector<std::string> countries;
    for (const Index n : regions.members[a]) {
      const std::string& code = old.regions.code(n);
      const auto listed = old.members.find(code);
      for (const auto& country : listed == old.members.end() ? std::vector<std::string>{code} : listed->second) {
        if (std::find(countries.begin(), countries.end(), country) == countries.end()) countries.push_back(country);
      }
    }
    const bool explicit_entry = old.members.count(regions.codes[a]) > 0;
    if (explicit_entry || countries != std::vector<std::string>{regions.codes[a]}) {
      result[regions.codes[a]] = std::move(countries);
    }
  }
  return result;
}

/// Days of the tariffs by new importer: the latest of its parts'.
inline std::map<std::string, Date> merged_dates(const WorldData& old, const Merging& regions) {
  std::map<std::string, Date> result;
  const auto rest = old.info.tariffs_dates.find("*");
  if (rest != old.info.tariffs_dates.end()) result.emplace("*", rest->second);
  for (Index n = 0; n < old.regions.size(); ++n) {
    const auto day = tariffs_date(old.info, old.regions.code(n));
    const std::string& code = regions.codes[static_cast<std::size_t>(regions.to(n))];
    if (!day || (rest != old.info.tariffs_dates.end() && *day == rest->second)) continue;
    const auto entry = result.try_emplace(code, *day).first;
    entry->second = std::max(entry->second, *day);
  }
  return result;
}

/// Industries by new sector; a sector without an entry stands for the industry of its code.
inline std::map<std::string, std::vector<std::string>> merged_sector_members(const WorldData& old,
                                                                             const Merging& sectors) {
  std::map<std::string, std::vector<std::string>> result;
  for (std::size_t s = 0; s < sectors.codes.size(); ++s) {
    std::vector<std::string> industries;
    for (const Index j : sectors.members[s]) {
      const auto listed = old.sector_members.find(old.sectors.code(j));
      if (listed == old.sector_members.end()) {
        industries.push_back(old.sectors.code(j));
      } else {
        industries.insert(industries.end(), listed->second.begin(), listed->second.end());
      }
    }
    if (industries != std::vector<std::string>{sectors.codes[s]}) result[sectors.codes[s]] = std::move(industries);
  }
  return result;
}

/// Shares of countries in the exports of the merged regions, where the parts of a region say whose trade they are.
inline std::vector<MemberWeight> merged_weights(const WorldData& old, const Merging& regions, const Merging& sectors) {
  std::map<std::string, std::map<std::pair<std::string, std::string>, double>> known;
  for (const auto& row : old.member_weights) known[row.member][{row.importer, row.sector}] = row.share;
  const Cube total = merged_flows(old.flows, regions, sectors);
  std::vector<MemberWeight> out;
  for (Index a = 0; a < regions.size(); ++a) {
    std::map<std::string, Cube> sales;  // by country: importer x sector, one slice
    const auto& parts = regions.members[static_cast<std::size_t>(a)];
    for (const Index i : parts) {
      const std::string& code = old.regions.code(i);
      const auto listed = old.members.find(code);
      const auto countries = listed == old.members.end() ? std::vector<std::string>{code} : listed->second;
      for (const auto& country : countries) {
        const auto weights = known.find(country);
        const bool alone = countries.size() == 1 && weights == known.end();
        if (!alone && weights == known.end()) continue;
        if (alone && parts.size() == 1) continue;
        Cube& own = sales.try_emplace(country, regions.size(), sectors.size(), 1).first->second;
        for (Index j = 0; j < old.flows.slices(); ++j) {
          for (Index n = 0; n < old.flows.cols(); ++n) {
            const auto share = [&] {
              const auto hit = weights->second.find({old.regions.code(n), old.sectors.code(j)});
              return hit == weights->second.end() ? 0.0 : hit->second;
            };
            own(regions.to(n), sectors.to(j), 0) += old.flows(i, n, j) * (alone ? 1.0 : share());
          }
        }
      }
    }
    for (const auto& [country, own] : sales) {
      for (Index n = 0; n < regions.size(); ++n) {
        for (Index j = 0; n != a && j < sectors.size(); ++j) {
          if (!(own(n, j, 0) > 0)) continue;
          out.push_back({country, regions.codes[static_cast<std::size_t>(n)],
                         sectors.codes[static_cast<std::size_t>(j)], own(n, j, 0) / total(a, n, j)});
        }
      }
    }
  }
  return out;
}

/// Says of each merged sector with goods and services in it that it counts as goods.
inline void note_mixed_kinds(const WorldData& old, const Merging& sectors, WorldInfo& info) {
  for (Index k = 0; k < sectors.size(); ++k) {
    bool goods = false, services = false;
    for (std::size_t j = 0; j < old.sector_kinds.size(); ++j) {
      if (sectors.target[j] == k) (old.sector_kinds[j] == "goods" ? goods : services) = true;
    }
    if (goods && services) {
      info.known_defects.push_back("sector " + sectors.codes[static_cast<std::size_t>(k)] +
                                   " joins goods and services and counts as goods: measures on goods reach both");
    }
  }
}

/// A merged sector is "goods" where one of its members is, so that measures on goods still reach it.
inline std::vector<std::string> merged_kinds(const WorldData& old, const Merging& sectors) {
  std::vector<std::string> kinds(sectors.codes.size(), "services");
  for (std::size_t j = 0; j < old.sector_kinds.size(); ++j) {
    if (old.sector_kinds[j] == "goods") kinds[static_cast<std::size_t>(sectors.target[j])] = "goods";
  }
  return kinds;
}

}  // namespace detail

/// Merges regions and sectors; codes that a map does not list stay as they are, new codes stand where they first
/// appear.
///
/// Exact to rounding in flows, tariff and export-tax revenue, output, value added, materials by input, final demand,
/// deficits and income. Therefore a domestic cell of a merged region carries the rate that its members levied on each
/// other (revenue over flow); no measure ever changes it.
///
/// | what | rule |
/// |---|---|
/// | tariff t, export tax e | revenue over the value that the rate applies to; the plain mean where nothing flows |
/// | value-added share | value added over output |
/// | input share | spending on the input over spending on materials |
/// | region-sector without output | its members' technology where they agree, else the sector's world average |
/// | final-demand share, where given | weighted with income; implied shares stay implied |
/// | trade_elasticity | weighted with the flows between territories of this world; all flows where there are none |
/// | kind | "goods" where one member is goods |
/// | territory | the members' common one; of several whole territories a new one |
/// | groups | kept where they are made of whole new regions, else dropped |
/// | members, sector_members | united; without an entry a region counts as the country of its code, likewise a sector |
/// | member_weights | shares of the countries in the merged region's exports |
/// | names | as asked, else the members' names joined, else (above four) the code |
///
/// @param world N regions, J sectors.
/// @param regions old region code to new region code.
/// @param sectors old sector code to new sector code.
/// @param region_names, sector_names names of new codes.
/// @throws InvalidInput on an unknown code, or where a part of a customs territory is merged with outsiders.
[[nodiscard]] inline World aggregate(const World& world, const CodeMap& regions, const CodeMap& sectors = {},
                                     const CodeMap& region_names = {}, const CodeMap& sector_names = {}) {
  const WorldData& old = world.data();
  const detail::Merging r = detail::merging_of(old.regions, regions), s = detail::merging_of(old.sectors, sectors);
  WorldData data;
  data.info = old.info;
  data.info.tariffs_dates = detail::merged_dates(old, r);
  if (r.size() != old.regions.size() || s.size() != old.sectors.size()) {
    data.info.title += ", aggregated to " + detail::shape(r.size(), s.size());
  }
  data.regions = detail::merged_labels(old.regions, r, region_names);
  data.sectors = detail::merged_labels(old.sectors, s, sector_names);
  data.territories = detail::merged_territories(world, r);
  data.sector_kinds = detail::merged_kinds(old, s);
  detail::note_mixed_kinds(old, s, data.info);
  data.trade_elasticity = detail::merged_elasticity(world, s);
  data.flows = detail::merged_flows(old.flows, r, s);
  data.tariffs = detail::merged_rates(old.tariffs, old.flows, r, s);
  Cube before_export_tax = old.flows;
  before_export_tax.values() /= 1.0 + old.export_taxes.values();
  data.export_taxes = detail::merged_rates(old.export_taxes, before_export_tax, r, s);
  detail::MergedTechnology(world, r, s).write(data);
  if (old.final_demand_share) data.final_demand_share = detail::merged_final_demand(world, r, s);
  data.groups = detail::merged_groups(old, r);
  data.members = detail::merged_members(old, r);
  data.sector_members = detail::merged_sector_members(old, s);
  data.member_weights = detail::merged_weights(old, r, s);
  return World(std::move(data));
}

}  // namespace tariffsim
