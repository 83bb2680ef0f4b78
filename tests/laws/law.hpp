// A law: a property that every equilibrium must have, checked on one world under one theory and closure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "support/random_shock.hpp"
#include "support/results.hpp"
#include "tariffsim/solve/solve.hpp"

namespace tariffsim::testing {

/// Laws are checked at this tolerance of the solver, so that what is left over is rounding.
inline const SolveOptions kTight{.tolerance = 1e-13};

/// Where a law is checked.
struct Setting {
  const World& world;
  Closure closure;
  std::uint64_t seed = 1;
  Theory theory{};

  [[nodiscard]] bool balanced() const { return closure.deficits == Deficits::balanced; }
};

/// By how much a law fails, or why it says nothing here.
struct Outcome {
  bool applicable = true;
  double error = 0;
  std::string reason;

  static Outcome off_by(double error) { return {true, error, {}}; }
  static Outcome not_applicable(std::string reason) { return {false, 0, std::move(reason)}; }
};

struct Law {
  const char* name;
  const char* statement;
  double tolerance;  ///< on the error, relative unless the statement says otherwise
  Outcome (*check)(const Setting&);
};

/// All laws, in the order of the printed table.
const std::vector<Law>& laws();

/// Solves to kTight. @throws NotConverged
inline Equilibrium solved(const World& world, Shock shock, const Closure& closure, const Theory& theory) {
  Equilibrium eq = solve(world, std::move(shock), theory, closure, kTight);
  eq.require_converged();
  return eq;
}

/// Why a law that is made for Caliendo and Parro's equations says nothing under another theory; empty where it does.
inline std::string beyond_plain(const Setting& s) {
  return values_of(s.theory, s.world).plain() ? "" : "the formula is Caliendo and Parro's";
}

/// True where a factor's price is rigid, or answers, in the numeraire.
inline bool rigid_in_numeraire(const Setting& s) {
  for (const FactorValues& factor : values_of(s.theory, s.world).factors) {
    if (factor.anchor == WageAnchor::nominal && (factor.response > 0).any()) return true;
  }
  return false;
}

/// True where the market equilibrium is efficient without wedges, and real income is all of welfare.
inline bool efficient(const Setting& s) {
  const TheoryValues theory = values_of(s.theory, s.world);
  return !(theory.scales() || theory.distributes() || theory.pass_through.size() != 0 || theory.elastic());
}

/// Every instrument at once; deficits where the closure has them.
inline Shock mixed_shock(const Setting& s) {
  // Other theories amplify: a shock that Caliendo and Parro's world bears may leave a region without income.
  const double strength = beyond_plain(s).empty() ? 1.0 : 0.4;
  return random_shock(s.world, {.seed = s.seed, .deficits = !s.balanced(), .bans = true, .strength = strength});
}

/// The largest of some errors; NaN counts as the largest of all.
inline double worst_of(std::initializer_list<double> errors) {
  double worst = 0;
  for (const double e : errors) {
    if (!(e <= worst)) worst = e;
  }
  return worst;
}

/// True where every rate on a domestic cell is zero.
inline bool has_domestic_rates(const World& world) {
  for (Index j = 0; j < world.sectors().size(); ++j)
    for (Index n = 0; n < world.regions().size(); ++n)
      for (Index i = 0; i < world.regions().size(); ++i)
        if (world.is_domestic(i, n) && (world.tariffs()(i, n, j) != 0 || world.export_taxes()(i, n, j) != 0))
          return true;
  return false;
}

// One declaration per law; each is defined in the file named for its family.
Outcome zero_shock(const Setting&);                // identities.cpp
Outcome certificate(const Setting&);               // identities.cpp
Outcome accounts_close(const Setting&);            // identities.cpp
Outcome walras(const Setting&);                    // identities.cpp
Outcome domestic_exempt(const Setting&);           // identities.cpp
Outcome currency(const Setting&);                  // invariance.cpp
Outcome numeraire(const Setting&);                 // invariance.cpp
Outcome region_order(const Setting&);              // invariance.cpp
Outcome sector_order(const Setting&);              // invariance.cpp
Outcome halves(const Setting&);                    // regions.cpp
Outcome twins(const Setting&);                     // regions.cpp
Outcome idle_region(const Setting&);               // regions.cpp
Outcome composition(const Setting&);               // paths.cpp
Outcome reversal(const Setting&);                  // paths.cpp
Outcome lerner(const Setting&);                    // formulas.cpp
Outcome autarky(const Setting&);                   // formulas.cpp
Outcome arkolakis(const Setting&);                 // formulas.cpp
Outcome domestic_shares(const Setting&);           // formulas.cpp
Outcome first_order_tariffs(const Setting&);       // first_order.cpp
Outcome first_order_trade_costs(const Setting&);   // first_order.cpp
Outcome first_order_productivity(const Setting&);  // first_order.cpp

}  // namespace tariffsim::testing
