// CES indices in logs, for any elasticity from Leontief through Cobb-Douglas.
#pragma once

#include <cmath>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim::ces {

// Below this exponent exp(k x) - 1 would lose digits that the division by k needs.
inline constexpr double kSmall = 0.05;

/// x -> exp(k x) - 1.
[[nodiscard]] inline Eigen::ArrayXXd rise(const Eigen::ArrayXXd& log_price, double k) {
  Eigen::ArrayXXd values = k * log_price;
  if (std::abs(k) < kSmall) return values.unaryExpr([](double x) { return std::expm1(x); });
  kernels::exp(values.data(), values.size());
  return values - 1.0;
}

/// A sum of weighted rises -> log of the index, log(1 + sum) / k.
[[nodiscard]] inline Eigen::ArrayXXd log_index(Eigen::ArrayXXd sum, double k) {
  if (std::abs(k) < kSmall) return sum.unaryExpr([](double x) { return std::log1p(x); }) / k;
  sum += 1.0;
  kernels::log(sum.data(), sum.size());
  return sum / k;
}

/// log of sum_j share_j P_j^(1-rho), to the power 1/(1-rho), by row; shares sum to one. N.
[[nodiscard]] inline Vector log_index_by_row(const RegionSector& share, const RegionSector& log_price, double rho) {
  if (rho == 1) return (share * log_price).rowwise().sum();
  return log_index((share * rise(log_price, 1.0 - rho)).rowwise().sum(), 1.0 - rho).col(0);
}

}  // namespace tariffsim::ces
