// World prices of one market, exactly: Newton's method on the log excess demands, with a line search.
#pragma once

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "tariffsim/model/partial.hpp"
#include "tariffsim/solve/gmres.hpp"

namespace tariffsim {

struct MarketOptions {
  double tolerance = 1e-12;  ///< largest |log demand - log supply| accepted
  int max_iterations = 100;  ///< Newton steps in one market
};

namespace detail {

struct NewtonEnd {
  bool converged = false;
  int iterations = 0;
};

[[nodiscard]] inline double largest_magnitude(std::span<const double> values) {
  double largest = 0;
  for (const double v : values) {
    if (!(std::abs(v) <= largest)) largest = std::abs(v);  // NaN stays
    if (std::isnan(largest)) break;
  }
  return largest;
}

/// Finds the log prices at which excess() is zero, from `price`; leaves the system evaluated there. Where substitution
/// is at least as elastic as demand, the derivative is diagonally dominant by rows, so that the direction always exists
/// and shortens the largest residual.
inline NewtonEnd clear_market(PartialSystem& system, std::vector<double>& price, const MarketOptions& options) {
  const auto n = static_cast<Index>(system.suppliers());
  system.evaluate(price);
  double residual = largest_magnitude(system.excess());
  NewtonEnd end;
  Eigen::VectorXd diagonal(n);
  std::vector<double> trial(price.size());
  while (residual > options.tolerance && end.iterations < options.max_iterations) {
    ++end.iterations;
    system.linearise(price);
    system.diagonal({diagonal.data(), price.size()});
    const Eigen::VectorXd excess = Eigen::Map<const Eigen::VectorXd>(system.excess().data(), n);
    // As exact as the residual is small, which keeps Newton's quadratic convergence.
    const double accuracy = std::clamp(0.1 * residual, 1e-12, 1e-2);
    const Eigen::VectorXd step =
        gmres([&](auto x, auto result) { system.falling(x, result); }, diagonal, excess, accuracy, n);
    double length = 1;
    for (int halving = 0;; ++halving, length /= 2) {
      for (std::size_t s = 0; s < price.size(); ++s) trial[s] = price[s] + length * step[static_cast<Index>(s)];
      system.evaluate(trial);
      const double now = largest_magnitude(system.excess());
      if (now <= (1 - 1e-4 * length) * residual) {
        residual = now;
        price.swap(trial);
        break;
      }
      if (halving == 50) {  // rounding, or no descent at all
        system.evaluate(price);
        return end;
      }
    }
  }
  end.converged = residual <= options.tolerance;
  return end;
}

}  // namespace detail
}  // namespace tariffsim
