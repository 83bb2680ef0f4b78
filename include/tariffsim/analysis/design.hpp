// Designs: points that fill the unit cube, and the draws that they make of distributions. Compiled in tariffsim::io.
#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <optional>
#include <vector>

#include "tariffsim/analysis/distribution.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Sobol points, count x dims, each above 0 and below 1 (Joe and Kuo's direction numbers, by Boost.Random).
/// A longer sequence begins with the shorter one.
/// @param seed absent: the sequence itself, without its first point, which is zero. Else all of it, each dimension
/// shifted digit by digit by a random number of the seed: take 64, 128, … points, and several seeds for an error.
/// @throws InvalidInput where dims is not from 1 to 3667, or count is not above zero.
[[nodiscard]] Eigen::MatrixXd sobol_points(Index dims, Index count, std::optional<std::uint64_t> seed = {});

/// Latin hypercube, count x dims: in each dimension one point, at random, in each of `count` equal strata.
/// @throws InvalidInput where dims or count is not above zero.
[[nodiscard]] Eigen::MatrixXd latin_hypercube(Index dims, Index count, std::uint64_t seed);

/// Independent uniform points, count x dims.
/// @throws InvalidInput where dims or count is not above zero.
[[nodiscard]] Eigen::MatrixXd random_points(Index dims, Index count, std::uint64_t seed);

/// Draws of several independent distributions, count x dims: the quantiles of the points, column by column.
/// @param points count x dims, each above 0 and below 1.
/// @throws InvalidInput where sizes differ or a point is outside.
[[nodiscard]] Eigen::MatrixXd draws(const std::vector<Distribution>& distributions, const Eigen::MatrixXd& points);

/// The same, correlated by a Gaussian copula.
/// @param correlation dims x dims, of the normal deviates behind the draws: of lognormal draws, of their logarithms.
/// @throws InvalidInput also where it is no correlation matrix that is positive definite.
[[nodiscard]] Eigen::MatrixXd draws(const std::vector<Distribution>& distributions, const Eigen::MatrixXd& points,
                                    const Eigen::MatrixXd& correlation);

}  // namespace tariffsim
