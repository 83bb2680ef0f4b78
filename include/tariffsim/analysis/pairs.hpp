// Arrays by pair of regions, and sums of bilateral arrays over sectors.
#pragma once

#include <vector>

#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// One number per pair (N x N): exporters in rows, importers in columns.
using RegionPair = Eigen::ArrayXXd;

/// Sum of a bilateral array over all sectors; N x N.
[[nodiscard]] inline RegionPair sum_over_sectors(const Cube& cube) {
  RegionPair sum = RegionPair::Zero(cube.rows(), cube.cols());
  for (Index j = 0; j < cube.slices(); ++j) sum += cube.slice(j).array();
  return sum;
}

/// Sum of a bilateral array over some sectors; N x N.
[[nodiscard]] inline RegionPair sum_over_sectors(const Cube& cube, const std::vector<Index>& sectors) {
  RegionPair sum = RegionPair::Zero(cube.rows(), cube.cols());
  for (const Index j : sectors) sum += cube.slice(j).array();
  return sum;
}

namespace detail {

/// a / b, and `otherwise` where b is zero.
template <class A, class B>
[[nodiscard]] auto ratio_or(const A& a, const B& b, double otherwise) {
  return (b != 0.0).select(a / (b != 0.0).select(b, 1.0), otherwise).eval();
}

}  // namespace detail
}  // namespace tariffsim
