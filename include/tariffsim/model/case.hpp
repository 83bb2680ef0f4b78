// Case: what a scenario file declares: the scenario, and the theory and closure to solve it under.
#pragma once

#include <optional>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/market_theory.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

struct Case {
  Scenario scenario;
  Theory theory{};
  Closure closure{};
  std::optional<MarketTheory> market_theory{};  ///< where the case is one of a market

  /// `theory`, for solving a world. @throws InvalidInput where the case names a theory of markets.
  [[nodiscard]] const Theory& theory_of_worlds() const {
    if (!market_theory) return theory;
    throw InvalidInput("theory", std::string("'") + name(*market_theory) + "' is a theory of markets",
                       "use tariffsim market run, or name a theory of worlds");
  }
};

}  // namespace tariffsim
