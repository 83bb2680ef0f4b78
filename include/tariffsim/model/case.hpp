// Case: what a scenario file declares: the scenario and the closure to solve it under.
#pragma once

#include "tariffsim/model/closure.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

struct Case {
  Scenario scenario;
  Closure closure;
};

}  // namespace tariffsim
