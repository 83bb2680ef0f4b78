// Case: what a scenario file declares: the scenario, and the theory and closure to solve it under.
#pragma once

#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

struct Case {
  Scenario scenario;
  Theory theory;
  Closure closure;
};

}  // namespace tariffsim
