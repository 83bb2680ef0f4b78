// summary.json of a market, and of a market linked to a world.
#pragma once

#include <string>

#include "tariffsim/solve/link.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim::detail {

[[nodiscard]] std::string format_market_summary(const PartialEquilibrium& eq);
[[nodiscard]] std::string format_linked_summary(const Linked& linked);

}  // namespace tariffsim::detail
