// The columns of a sweep's parts.
#pragma once

#include <string>
#include <vector>

#include "tariffsim/analysis/outcome_names.hpp"
#include "tariffsim/io/sweep_file.hpp"

namespace tariffsim::detail {

/// What a sweep asks for, in a world. @throws InvalidInput on an unknown outcome, or one that stands twice.
[[nodiscard]] std::vector<Outcome> outcomes_of(const SweepFile& sweep, const World& world);

}  // namespace tariffsim::detail
