// Constraint: a limit on a quantity, a value or a share, and the wedge that makes it hold.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/rent_owner.hpp"

namespace tariffsim {

/// What a level is a level of, summed over the scope.
enum class Limited {
  quantity,      ///< delivered quantity at base border prices
  value,         ///< value at the border, in the world's currency at the numeraire
  import_share,  ///< share in what the importers of the scope import of its sectors, at the border
};

enum class Sense { at_most, at_least };

[[nodiscard]] inline const char* name(Limited limited) {
  constexpr const char* names[] = {"quantity", "value", "import_share"};
  return names[static_cast<int>(limited)];
}
[[nodiscard]] inline const char* name(Sense sense) { return sense == Sense::at_most ? "at_most" : "at_least"; }

/// One level on a sum over cells, with one multiplier mu >= 0: the price wedge exp(mu) on every cell where the level is
/// the most, exp(-mu) where it is the least. Either the level binds or mu is zero; mu reaches `largest` where even that
/// wedge does not keep the level (the out-of-quota rate of a tariff-rate quota: beyond the quota an exporter who owns
/// the rent keeps it on the quantity of the level, and the importer has the duty on the rest).
struct Constraint {
  std::string name;
  std::vector<Index> cells;  ///< exporter + N (importer + N sector)
  Limited limited = Limited::quantity;
  Sense sense = Sense::at_most;
  double level = 1;
  bool relative = true;  ///< the level is a multiple of the base's; shares are always absolute
  RentOwner owner = RentOwner::importer;
  double largest = std::numeric_limits<double>::infinity();  ///< bound on mu
  /// Of a share: importer + N sector of the imports that it is a share of; those of the cells where empty.
  std::vector<Index> markets{};
};

/// The imports that a share is a share of, as importer + N sector.
[[nodiscard]] inline std::vector<Index> markets_of(const Constraint& c, Index regions) {
  if (!c.markets.empty()) return c.markets;
  std::vector<Index> markets;
  for (const Index cell : c.cells) markets.push_back(cell / regions);
  std::sort(markets.begin(), markets.end());
  markets.erase(std::unique(markets.begin(), markets.end()), markets.end());
  return markets;
}

namespace detail {

inline void validate(const Constraint& c, const World& world) {
  const std::string where = "limit '" + c.name + "'";
  if (c.cells.empty()) {
    throw InvalidInput(where, "has no cell: its flows are domestic, or zero in the base",
                       "name flows between two regions that trade");
  }
  if (!(std::isfinite(c.level) && c.level > 0)) {
    throw InvalidInput(where, "level is " + show(c.level),
                       std::isfinite(c.largest) ? "give a level above zero; without a quota set the higher rate"
                                                : "give a level above zero; to stop a flow altogether use a ban");
  }
  if (c.limited == Limited::import_share && c.level >= 1) {
    throw InvalidInput(where, "a share of " + show(c.level), "give a share below one: 0.25 is 25 percent");
  }
  if (!(c.largest > 0)) throw InvalidInput(where, "its largest wedge is " + show(c.largest), "give one above zero");
  const Index N = world.regions().size();
  double base = 0;
  for (const Index cell : c.cells) {
    const auto [i, n, j] = flow_at(cell, N);
    if (world.is_domestic(i, n)) {
      throw InvalidInput(where, "limits domestic sales of " + world.regions().code(n),
                         "limit flows between two regions");
    }
    base += world.flows()(i, n, j);
  }
  if (!(base > 0)) {
    throw InvalidInput(where, "the flow is zero in the base, so no level can be reached or exceeded",
                       "choose a flow that exists, or drop the limit");
  }
}

}  // namespace detail
}  // namespace tariffsim
