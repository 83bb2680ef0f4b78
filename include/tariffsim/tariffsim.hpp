// tariffsim: observed world -> policy -> equilibrium -> answer. The numerical core; needs Eigen alone.
#pragma once

#include "tariffsim/analysis/analysis.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/data/aggregate.hpp"
#include "tariffsim/data/check.hpp"
#include "tariffsim/data/split.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/model/case.hpp"
#include "tariffsim/policy/bound_lines.hpp"
#include "tariffsim/policy/product_rate.hpp"
#include "tariffsim/policy/reciprocal_formula.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/solve/solve.hpp"
#include "tariffsim/solve/solve_market.hpp"
