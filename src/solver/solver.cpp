// The solver, compiled once for all who link tariffsim::solver.
#include "tariffsim/solve/solver_definitions.hpp"
