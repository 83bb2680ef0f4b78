// Coverage: what share of each flow of a world the lists of goods name.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/policy.hpp"

namespace tariffsim {

/// The sectors of a policy's tables in terms of a world's: through the industries that both contain, or by code where
/// the policy does not say what its sectors contain.
class SectorBridge {
 public:
  SectorBridge(const World& world, const std::map<std::string, std::vector<std::string>>& sectors)
      : known_(sectors), size_(world.sectors().size()) {
    for (Index j = 0; j < size_; ++j) {
      const std::string& code = world.sectors().code(j);
      const auto listed = world.data().sector_members.find(code);
      const bool is_plain = listed == world.data().sector_members.end();
      const auto industries = is_plain ? std::vector<std::string>{code} : listed->second;
      position_[code] = j;
      contents_.push_back(industries);
      for (const auto& industry : industries) industry_[industry] = j;
    }
  }

  /// The world's sectors that share industries with a sector of the tables; one where the latter is the finer.
  [[nodiscard]] std::vector<Index> targets(const std::string& sector) const {
    std::vector<Index> found;
    const auto add = [&](Index j) {
      if (std::find(found.begin(), found.end(), j) == found.end()) found.push_back(j);
    };
    if (const auto industries = known_.find(sector); industries != known_.end()) {
      for (const auto& industry : industries->second) {
        if (const auto j = industry_.find(industry); j != industry_.end()) add(j->second);
      }
    }
    if (found.empty()) {
      if (const auto j = position_.find(sector); j != position_.end()) add(j->second);
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  /// True where a sector of the tables is all of a sector of the world, or more.
  [[nodiscard]] bool holds_all(const std::string& sector, Index j) const {
    const auto known = known_.find(sector);
    if (known == known_.end()) return true;
    const auto& industries = known->second;
    const auto& contents = contents_[static_cast<std::size_t>(j)];
    const auto inside = [&](const std::string& industry) {
      return std::find(industries.begin(), industries.end(), industry) != industries.end();
    };
    return std::all_of(contents.begin(), contents.end(), inside) ||
           std::none_of(contents.begin(), contents.end(), inside);  // found by its code
  }

  [[nodiscard]] Index size() const noexcept { return size_; }

 private:
  std::vector<std::vector<std::string>> contents_;  // industries by sector of the world
  std::map<std::string, std::vector<std::string>> known_;
  std::map<std::string, Index> industry_, position_;
  Index size_;
};

/// Values by sector of the tables, merged or handed down to a world's sectors; J, `absent` where none reaches.
class SectorMean {
 public:
  SectorMean(const SectorBridge& bridge, double absent)
      : bridge_(&bridge), sum_(Vector::Zero(bridge.size())), weight_(sum_), absent_(absent) {}

  /// False where the sector maps nowhere.
  bool add(const std::string& sector, double value, double weight) {
    const auto targets = bridge_->targets(sector);
    for (const Index j : targets) {
      sum_[j] += value * weight;
      weight_[j] += weight;
    }
    return !targets.empty();
  }

  [[nodiscard]] Vector values() const { return (weight_ > 0.0).select(sum_ / weight_, absent_); }

 private:
  const SectorBridge* bridge_;
  Vector sum_, weight_;
  double absent_;
};

/// Coverage by list, importer and partner, in a world's sectors.
class Coverage {
 public:
  Coverage(const Policy& policy, const SectorBridge& bridge) : zero_(Vector::Zero(bridge.size())) {
    // All goods of a sector count in the mean, also where a list names none of them.
    std::map<std::pair<std::string, std::string>, std::map<std::string, double>> totals;
    for (const auto& row : policy.coverage) totals[{row.importer, row.exporter}][row.sector] = row.total;
    std::map<Key, std::map<std::string, double>> covered;
    for (const auto& row : policy.coverage) {
      covered[{row.list, row.importer, row.exporter}][row.sector] = row.covered;
      partners_[row.importer].insert(row.exporter);
      lists_.emplace(row.list, row.importer);
    }
    for (const auto& [key, by_sector] : covered) {
      SectorMean mean(bridge, 0.0);
      for (const auto& [sector, total] : totals[{key.importer, key.exporter}]) {
        const auto hit = by_sector.find(sector);
        const double part = hit == by_sector.end() ? 0.0 : hit->second;
        if (!mean.add(sector, part / total, total) && part > 0) nowhere_.push_back(key.list + ": sector " + sector);
      }
      shares_.emplace(key, mean.values());
    }
  }

  [[nodiscard]] bool knows(const std::string& list, const std::string& importer) const {
    return lists_.count({list, importer}) > 0;
  }

  /// Partners with rows of their own under an importer, "*" first.
  [[nodiscard]] std::vector<std::string> partners(const std::string& importer) const {
    std::vector<std::string> found = {"*"};
    if (const auto known = partners_.find(importer); known != partners_.end()) {
      for (const auto& partner : known->second) {
        if (partner != "*") found.push_back(partner);
      }
    }
    return found;
  }

  /// The position among partners() of the closest of `names` (a country, then its groups); 0 where there is none.
  [[nodiscard]] std::size_t partner(const std::string& importer, const std::vector<std::string>& names) const {
    const auto known = partners(importer);
    for (const auto& name : names) {
      const auto hit = std::find(known.begin(), known.end(), name);
      if (hit != known.end()) return static_cast<std::size_t>(hit - known.begin());
    }
    return 0;
  }

  /// Shares by sector, J. A partner with rows of its own has none in a list that others are in but it is not.
  [[nodiscard]] const Vector& shares(const std::string& list, const std::string& importer,
                                     const std::string& partner) const {
    const auto hit = shares_.find({list, importer, partner});
    return hit == shares_.end() ? zero_ : hit->second;
  }

  /// Rows that reach no sector of the world.
  [[nodiscard]] const std::vector<std::string>& nowhere() const noexcept { return nowhere_; }

 private:
  struct Key {
    std::string list, importer, exporter;
    friend auto operator<=>(const Key&, const Key&) = default;  // NOLINT(modernize-use-nullptr)
  };
  Vector zero_;
  std::map<Key, Vector> shares_;
  std::map<std::string, std::set<std::string>> partners_;  // by importer
  std::set<std::pair<std::string, std::string>> lists_;    // list and importer
  std::vector<std::string> nowhere_;
};

}  // namespace tariffsim
