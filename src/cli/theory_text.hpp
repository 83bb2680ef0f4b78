// Theories as the command line writes them: a name and parameters, "two_tier,domestic_import=2,labour_mobility=0".
#pragma once

#include <string>

#include "tariffsim/model/market_theory.hpp"
#include "tariffsim/model/theory.hpp"

namespace tariffsim::cli {

/// @throws InvalidInput on an unknown name, a parameter that is none, or a value that is neither number nor word.
Theory theory_from_text(const std::string& text);

/// A theory of markets: "partial", "gsim,published_sign=true", "smart,importer=USA".
/// @throws InvalidInput on an unknown name, a parameter that is none, or a value of another kind.
MarketTheory market_theory_from_text(const std::string& text);

}  // namespace tariffsim::cli
