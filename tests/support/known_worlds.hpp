// The small worlds whose numbers are known by formula.
#pragma once

#include "tariffsim/data/world.hpp"

namespace tariffsim::testing {

/// Two mirror images with import share `share`; every tariff is zero.
inline World mirror(double share, double sigma) {
  Eigen::MatrixXd flows(2, 2);
  flows << 1 - share, share, share, 1 - share;
  return World::from_flows(100 * flows, sigma - 1, {"H", "F"});
}

/// The matrix of three regions, balanced, without tariffs.
inline World three_regions() {
  Eigen::MatrixXd flows(3, 3);
  flows << 80, 6, 9, 8, 150, 12, 7, 14, 60;
  return World::from_flows(flows, 4.0, {"1", "2", "3"});
}

}  // namespace tariffsim::testing
