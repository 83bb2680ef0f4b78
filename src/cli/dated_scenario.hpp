// A scenario with dated measures, by name or file.
#pragma once

#include <string>
#include <utility>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim::cli {

/// @throws InvalidInput where it has no dated measure.
[[nodiscard]] inline Scenario dated_scenario(const std::string& name_or_path, bool unverified) {
  Scenario scenario = load_case(name_or_path).scenario;
  if (scenario.policy().measures.empty()) {
    throw InvalidInput(name_or_path, "has no dated measure", "give each [[measure]] an id and the day it takes effect");
  }
  if (!unverified) return scenario;
  Policy policy = scenario.policy();
  policy.unverified = true;
  return scenario.with(std::move(policy));
}

}  // namespace tariffsim::cli
