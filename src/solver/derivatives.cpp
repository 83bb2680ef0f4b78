// The derivatives, compiled once.
#include "tariffsim/solve/derivatives_definitions.hpp"
