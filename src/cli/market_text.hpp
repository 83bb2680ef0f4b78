// Markets and their answers for a person to read.
#pragma once

#include <ostream>

#include "tariffsim/solve/link.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim::cli {

/// Size, value, tariffs, sectors and elasticities of a market; one screen.
void print_market(std::ostream& out, const Market& market);

/// How the solve went, who loses and who gains.
void print_answer(std::ostream& out, const PartialEquilibrium& eq);

/// How the link went, who loses and who gains in the world, and the flows whose duties change most.
void print_answer(std::ostream& out, const Linked& linked);

}  // namespace tariffsim::cli
