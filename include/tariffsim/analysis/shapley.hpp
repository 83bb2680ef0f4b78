// Shapley values: what each law, or each country, did to an outcome of the model.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/format.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/policy/coalitions.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

/// Shapley values of games in characteristic form, outcome by outcome.
///
///   phi_p = sum over S without p of |S|! (k - |S| - 1)! / k! (v(S + p) - v(S))
///
/// Shapley (1953), "A value for n-person games". The values of a row sum to v(everybody) - v(nobody), equal players
/// have equal values, and a player who adds nothing to any coalition has none.
/// @param worth outcomes x 2^k: v by coalition, whose players are the bits of the column's number.
/// @return outcomes x k
/// @throws InvalidInput where the number of columns is not a power of two.
[[nodiscard]] inline Eigen::MatrixXd shapley_values(const Eigen::MatrixXd& worth) {
  const Index coalitions = worth.cols();
  Index players = 0;
  while ((Index{1} << players) < coalitions) ++players;
  if (coalitions != Index{1} << players) {
    throw InvalidInput("worth", "has " + std::to_string(coalitions) + " columns",
                       "give one for each of 2^k coalitions");
  }
  // By size of S: the share of the orders in which exactly S comes before p.
  std::vector<double> weight(static_cast<std::size_t>(players));
  double orders = static_cast<double>(players);
  for (Index size = 0; size < players; ++size) {
    weight[static_cast<std::size_t>(size)] = 1.0 / orders;
    orders *= static_cast<double>(players - 1 - size) / static_cast<double>(size + 1);
  }
  Eigen::MatrixXd values = Eigen::MatrixXd::Zero(worth.rows(), players);
  for (Index s = 0; s < coalitions; ++s) {
    std::size_t size = 0;
    for (Index p = 0; p < players; ++p) size += static_cast<std::size_t>((s >> p) & 1);
    for (Index p = 0; p < players; ++p) {
      if ((s >> p) & 1) continue;
      values.col(p) += weight[size] * (worth.col(s | (Index{1} << p)) - worth.col(s));
    }
  }
  return values;
}

/// Any numbers of an equilibrium; as many for each.
using ReadOutcomes = std::function<Vector(const Equilibrium&)>;

/// An outcome in parts by player.
struct OutcomeAttribution {
  std::vector<std::string> players;
  Eigen::MatrixXd parts;  ///< outcomes x players; a row sums to day - base
  Vector base, day;       ///< the outcome without and with all players
};

/// Shares the effect of a day on an outcome out among its players. Every set of players is solved, 2^k of them; each
/// starts from the equilibrium of a set that differs by one player, which has no part in the result beyond the
/// tolerance.
/// @param each called after every solve with their number so far and in all; returning false ends the work.
/// @throws NotConverged that names the players of a coalition without an equilibrium, or where `each` ended the work.
/// @throws InvalidInput where the outcome is not finite, or changes its length.
[[nodiscard]] inline OutcomeAttribution attribute_outcome(const Solver& solver, const Coalitions& coalitions,
                                                          const ReadOutcomes& outcome,
                                                          const std::function<bool(int, int)>& each = {}) {
  const Coalitions::Members count = coalitions.count();
  Eigen::MatrixXd worth;
  std::unique_ptr<Equilibrium> last;
  for (Coalitions::Members step = 0; step < count; ++step) {
    const Coalitions::Members members = step ^ (step >> 1U);  // Gray code: one player joins or leaves
    last = std::make_unique<Equilibrium>(solver.solve(coalitions.shock(members), last.get()));
    last->title = "coalition of " + coalitions.describe(members);
    const Vector values = outcome(last->require_converged());
    if (step == 0) worth.resize(values.size(), count);
    if (values.size() != worth.rows()) {
      throw InvalidInput("outcome",
                         "gives " + std::to_string(worth.rows()) + " numbers in the base and " +
                             std::to_string(values.size()) + " for the " + last->title,
                         "attribute an outcome with the same rows in every equilibrium");
    }
    if (!values.isFinite().all()) {
      throw InvalidInput("outcome", "is not finite for the " + last->title,
                         "attribute an outcome that is a number in every equilibrium, the base included");
    }
    worth.col(members) = values.matrix();
    if (each && !each(static_cast<int>(step) + 1, static_cast<int>(count))) {
      throw NotConverged("the attribution was stopped by the caller after " + std::to_string(step + 1) + " of " +
                         std::to_string(count) + " coalitions");
    }
  }
  return {coalitions.players(), shapley_values(worth), worth.col(0).array(), worth.col(count - 1).array()};
}

}  // namespace tariffsim
