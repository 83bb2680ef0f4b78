// A short answer for a person to read.
#pragma once

#include <ostream>

#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::cli {

/// Who loses, who gains, and where the largest flows go; one screen.
void print_answer(std::ostream& out, const Equilibrium& eq);

}  // namespace tariffsim::cli
