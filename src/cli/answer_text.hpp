// A short answer for a person to read.
#pragma once

#include <ostream>

#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::cli {

/// One line about one day of a path: the day, and who loses and gains most.
void print_day(std::ostream& out, const Equilibrium& eq);

/// Who loses and who gains.
void print_regions(std::ostream& out, const Equilibrium& eq);

/// Who loses, who gains, and where the largest flows go; one screen.
void print_answer(std::ostream& out, const Equilibrium& eq);

}  // namespace tariffsim::cli
