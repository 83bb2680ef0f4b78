// The regions and sectors of one world that a change names.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/change.hpp"

namespace tariffsim::detail {

/// Regions and sectors that a change names, and the words for a message about it.
class ScopeResolver {
 public:
  using Groups = std::map<std::string, std::vector<std::string>>;

  /// @param groups beside those of the world; of countries where `dated`, which a world may hold in larger regions.
  ScopeResolver(const World& world, const Groups& groups, bool dated) : world_(world), groups_(groups), dated_(dated) {
    if (dated) return;
    for (const auto& [group, codes] : groups) {
      const std::string where = "group '" + group + "'";
      if (world.regions().find(group)) {
        throw InvalidInput(where, "a group has the name of a region", "rename the group");
      }
      for (const auto& code : codes) static_cast<void>(world.regions().at(code, where));
    }
  }

  [[nodiscard]] std::vector<Index> regions(const Selector& selector, const std::string& where) const {
    std::vector<Index> picked;
    for (const auto& term : selector.terms) {
      if (term == "*") {
        for (Index n = 0; n < world_.regions().size(); ++n) picked.push_back(n);
      } else if (const auto* group = find_group(term)) {
        for (const auto& code : *group) picked.push_back(world_.regions().at(code, where));
      } else if (const auto n = world_.regions().find(term)) {
        picked.push_back(*n);
      } else {
        throw InvalidInput(where, "unknown region code or group '" + term + "'",
                           "use " + world_.regions().suggestion(term) + known_groups());
      }
    }
    return sorted_unique(picked, where);
  }

  [[nodiscard]] std::vector<Index> sectors(const Selector& selector, const std::string& where) const {
    const auto& kinds = world_.data().sector_kinds;
    std::vector<Index> picked;
    for (const auto& term : selector.terms) {
      if (const auto j = world_.sectors().find(term)) {
        picked.push_back(*j);
        continue;
      }
      if (term != "*" && term != "goods" && term != "services") {
        throw InvalidInput(where, "unknown sector code or kind '" + term + "'",
                           "use \"goods\", \"services\", \"*\" or " + world_.sectors().suggestion(term));
      }
      for (Index j = 0; j < world_.sectors().size(); ++j) {
        if (term == "*" || kinds[static_cast<std::size_t>(j)] == term) picked.push_back(j);
      }
    }
    return sorted_unique(picked, where);
  }

 private:
  [[nodiscard]] const std::vector<std::string>* find_group(const std::string& term) const {
    const auto own = groups_.find(term);
    const auto& groups = world_.data().groups;
    const auto hit = groups.find(term);
    if (own != groups_.end() && !(dated_ && hit != groups.end())) return &own->second;
    return hit == groups.end() ? nullptr : &hit->second;
  }

  [[nodiscard]] std::string known_groups() const {
    std::string text;
    for (const auto& entry : world_.data().groups) text += (text.empty() ? "; groups: " : ", ") + entry.first;
    return text;
  }

  static std::vector<Index> sorted_unique(std::vector<Index>& picked, const std::string& where) {
    if (picked.empty()) throw InvalidInput(where, "the scope is empty", "name at least one code, or \"*\"");
    std::sort(picked.begin(), picked.end());
    picked.erase(std::unique(picked.begin(), picked.end()), picked.end());
    return picked;
  }

  const World& world_;
  Groups groups_;
  bool dated_;
};

}  // namespace tariffsim::detail
