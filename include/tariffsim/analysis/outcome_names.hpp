// The numbers of an outcome by name, as a table calls its columns.
#pragma once

#include <string>
#include <vector>

#include "tariffsim/analysis/outcome.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim {

/// outcome.size() names in the order of Outcome::read(): "real_income_pct[CHN]", "output[CHN, ELE]",
/// "flows[CHN->USA, ELE]"; of one number its text.
[[nodiscard]] inline std::vector<std::string> number_names(const Outcome& outcome, const World& world) {
  if (outcome.scalar()) return {outcome.text()};
  const auto &regions = world.regions().codes(), &sectors = world.sectors().codes();
  const std::string quantity = std::string(info(outcome.quantity()).name) + "[";
  std::vector<std::string> names;
  if (outcome.shape() == OutcomeShape::region) {
    for (const auto& n : regions) names.push_back(quantity + n + "]");
  } else if (outcome.shape() == OutcomeShape::region_sector) {
    for (const auto& n : regions) {
      for (const auto& j : sectors) names.push_back(quantity + n + ", " + j + "]");
    }
  } else {
    for (const auto& i : regions) {
      for (const auto& n : regions) {
        for (const auto& j : sectors) names.push_back(quantity + i + "->" + n + ", " + j + "]");
      }
    }
  }
  return names;
}

}  // namespace tariffsim
