// Everything in io: data packages of worlds and markets, names, scenario files, code maps, trade lines, results,
// sweeps.
#pragma once

#include "tariffsim/io/case_file.hpp"  // IWYU pragma: export
#include "tariffsim/io/code_map.hpp"   // IWYU pragma: export
#include "tariffsim/io/market_package.hpp"
#include "tariffsim/io/market_results.hpp"
#include "tariffsim/io/market_theory_keys.hpp"
#include "tariffsim/io/results.hpp"        // IWYU pragma: export
#include "tariffsim/io/stop.hpp"           // IWYU pragma: export
#include "tariffsim/io/sweep_file.hpp"     // IWYU pragma: export
#include "tariffsim/io/sweep_folder.hpp"   // IWYU pragma: export
#include "tariffsim/io/sweep_run.hpp"      // IWYU pragma: export
#include "tariffsim/io/trade_tables.hpp"   // IWYU pragma: export
#include "tariffsim/io/world_package.hpp"  // IWYU pragma: export
#include "tariffsim/io/worlds.hpp"         // IWYU pragma: export
