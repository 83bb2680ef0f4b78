// Origins: the countries of origin behind each region of a world, and whom a measure reaches among them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/policy.hpp"

namespace tariffsim {

/// How closely a list of partners names an origin; the closer counts within a family.
enum class Closeness : unsigned char { none, everyone, group, itself };

/// Countries by name of the group.
using CountryGroups = std::map<std::string, std::vector<std::string>>;

/// How closely one term names an origin of a code that stands for some countries.
[[nodiscard]] inline Closeness closeness(const std::string& term, const std::string& code,
                                         const std::vector<std::string>& countries, const CountryGroups& groups) {
  if (term == "*") return Closeness::everyone;
  if (term == code || (countries.size() == 1 && countries[0] == term)) return Closeness::itself;
  const auto group = groups.find(term);
  if (group == groups.end()) return Closeness::none;
  const auto inside = [&](const std::string& country) {
    return std::find(group->second.begin(), group->second.end(), country) != group->second.end();
  };
  const bool whole = inside(code) || (!countries.empty() && std::all_of(countries.begin(), countries.end(), inside));
  return whole ? Closeness::group : Closeness::none;
}

/// The closest of several terms.
[[nodiscard]] inline Closeness closeness(const std::vector<std::string>& terms, const std::string& code,
                                         const std::vector<std::string>& countries, const CountryGroups& groups) {
  Closeness best = Closeness::none;
  for (const auto& term : terms) best = std::max(best, closeness(term, code, countries, groups));
  return best;
}

/// The origins of a world: a region of one country, a country with known weight in a region of several, or a region as
/// a whole where no weights are known.
class Origins {
 public:
  struct Origin {
    Index region;
    std::string code;                    // the country, or the region's own code
    std::vector<std::string> countries;  // all countries that it stands for
    std::size_t weights;                 // first of N x J shares in weights_, or kWhole
  };
  static constexpr std::size_t kWhole = static_cast<std::size_t>(-1);

  Origins(const World& world, const CountryGroups& groups)
      : groups_(groups), regions_(world.regions().size()), sectors_(world.sectors().size()) {
    const WorldData& data = world.data();
    for (const auto& [group, codes] : data.groups) groups_.emplace(group, codes);
    for (const auto& row : data.member_weights) {
      const auto [entry, is_new] = first_weight_.emplace(row.member, weights_.size());
      if (is_new) weights_.resize(weights_.size() + static_cast<std::size_t>(regions_ * sectors_), 0.0);
      weights_[entry->second + static_cast<std::size_t>(data.regions.at(row.importer, "member_weights") +
                                                        regions_ * data.sectors.at(row.sector, "member_weights"))] =
          row.share;
    }
    for (Index n = 0; n < regions_; ++n) add_region(data, n);
  }

  [[nodiscard]] const std::vector<Origin>& all() const noexcept { return origins_; }
  /// First and one past the last origin of a region.
  [[nodiscard]] std::pair<std::size_t, std::size_t> of(Index region) const {
    return {first_[static_cast<std::size_t>(region)], first_[static_cast<std::size_t>(region) + 1]};
  }
  /// Share of an origin in its region's sales to an importer in a sector.
  [[nodiscard]] double weight(const Origin& origin, Index importer, Index sector) const {
    if (origin.weights == kWhole) return 1.0;
    return weights_[origin.weights + static_cast<std::size_t>(importer + regions_ * sector)];
  }

  /// How closely `partners` name an origin.
  [[nodiscard]] Closeness closeness_of(const std::vector<std::string>& partners, const Origin& origin) const {
    return closeness(partners, origin.code, origin.countries, groups_);
  }

  /// Countries that a term names: itself, or the members of a group.
  [[nodiscard]] std::vector<std::string> countries(const std::string& term) const {
    const auto group = groups_.find(term);
    return group == groups_.end() ? std::vector<std::string>{term} : group->second;
  }
  [[nodiscard]] bool is_group(const std::string& term) const { return groups_.count(term) > 0; }

  /// True where some origin is this country, or stands for it alone.
  [[nodiscard]] bool has(const std::string& country) const { return single_.count(country) > 0; }
  /// The region that contains a country among others without a weight of its own; -1 where there is none.
  [[nodiscard]] Index hidden_in(const std::string& country) const {
    const auto entry = hidden_.find(country);
    return entry == hidden_.end() ? -1 : entry->second;
  }

 private:
  void add_region(const WorldData& data, Index n) {
    first_.resize(static_cast<std::size_t>(n) + 1);
    first_.back() = origins_.size();
    const std::string& code = data.regions.code(n);
    const auto listed = data.members.find(code);
    const std::vector<std::string> countries =
        listed == data.members.end() ? std::vector<std::string>{code} : listed->second;
    std::vector<std::string> unknown;  // countries without a weight
    for (const auto& country : countries) {
      const auto known = first_weight_.find(country);
      if (known == first_weight_.end()) {
        unknown.push_back(country);
        continue;
      }
      origins_.push_back({n, country, {country}, known->second});
      single_[country] = n;
    }
    if (origins_.size() == first_.back()) {  // no weights: the region as one
      origins_.push_back({n, code, countries, kWhole});
      single_[code] = n;
      if (countries.size() == 1) single_[countries[0]] = n;
    } else if (!unknown.empty() || first_weight_.count(code) > 0) {
      add_rest(n, code, unknown);
    }
    for (const auto& country : countries) {
      if (single_.count(country) == 0) hidden_[country] = n;
    }
    first_.push_back(origins_.size());
  }

  // What the countries with weights leave of a region.
  void add_rest(Index n, const std::string& code, const std::vector<std::string>& countries) {
    const std::size_t size = static_cast<std::size_t>(regions_ * sectors_), first = weights_.size();
    std::vector<double> rest(size, 1.0);
    for (std::size_t o = first_.back(); o < origins_.size(); ++o) {
      for (std::size_t k = 0; k < size; ++k) rest[k] -= weights_[origins_[o].weights + k];
    }
    for (double& share : rest) share = share > 1e-9 ? share : 0.0;
    weights_.insert(weights_.end(), rest.begin(), rest.end());
    origins_.push_back({n, code, countries, first});
    single_[code] = n;
  }

  CountryGroups groups_;
  Index regions_, sectors_;
  std::vector<double> weights_;  // N x J by member: importer fastest
  std::unordered_map<std::string, std::size_t> first_weight_;
  std::unordered_map<std::string, Index> single_, hidden_;
  std::vector<Origin> origins_;
  std::vector<std::size_t> first_;  // by region, and one past the last
};

}  // namespace tariffsim
