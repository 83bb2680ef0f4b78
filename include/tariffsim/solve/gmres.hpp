// GMRES (Saad and Schultz 1986) for small systems that are known by their products, with a diagonal in front.
#pragma once

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "tariffsim/core/types.hpp"

namespace tariffsim::detail {

/// Solves A x = b, scaled by a diagonal, until the scaled residual has fallen by `tolerance`, or after `steps`
/// products, which suffice in exact arithmetic where they are as many as unknowns.
/// @param times called as times(x, result).
template <class Times>
[[nodiscard]] Eigen::VectorXd gmres(const Times& times, const Eigen::VectorXd& diagonal, const Eigen::VectorXd& b,
                                    double tolerance, Index steps) {
  const Index n = b.size();
  steps = std::min(steps, n);
  const Eigen::VectorXd start = b.cwiseQuotient(diagonal);
  const double norm = start.norm();
  if (!(norm > 0)) return Eigen::VectorXd::Zero(n);
  std::vector<Eigen::VectorXd> basis{start / norm};
  Eigen::MatrixXd upper = Eigen::MatrixXd::Zero(steps + 1, steps);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(steps + 1), cosine(steps), sine(steps), product(n);
  right[0] = norm;
  Index used = 0;
  while (used < steps && std::abs(right[used]) > tolerance * norm) {
    const Index k = used++;
    const Eigen::VectorXd& last = basis.back();
    times(std::span<const double>(last.data(), static_cast<std::size_t>(n)),
          std::span<double>(product.data(), static_cast<std::size_t>(n)));
    product = product.cwiseQuotient(diagonal);
    for (Index j = 0; j <= k; ++j) {
      upper(j, k) = product.dot(basis[static_cast<std::size_t>(j)]);
      product -= upper(j, k) * basis[static_cast<std::size_t>(j)];
    }
    const double rest = product.norm();
    for (Index j = 0; j < k; ++j) {  // earlier rotations
      const double above = upper(j, k), below = upper(j + 1, k);
      upper(j, k) = cosine[j] * above + sine[j] * below;
      upper(j + 1, k) = cosine[j] * below - sine[j] * above;
    }
    const double length = std::hypot(upper(k, k), rest);
    if (!(length > 0)) {
      --used;
      break;
    }
    cosine[k] = upper(k, k) / length;
    sine[k] = rest / length;
    upper(k, k) = length;
    right[k + 1] = -sine[k] * right[k];
    right[k] *= cosine[k];
    if (!(rest > 1e-300)) break;
    basis.push_back(product / rest);
  }
  const Eigen::VectorXd weight = upper.topLeftCorner(used, used).triangularView<Eigen::Upper>().solve(right.head(used));
  Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
  for (Index j = 0; j < used; ++j) x += weight[j] * basis[static_cast<std::size_t>(j)];
  return x;
}

}  // namespace tariffsim::detail
