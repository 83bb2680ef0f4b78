// What solves in a row learn from each other: where a shock leads, and the slope of the iteration near the solutions.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "tariffsim/core/types.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/solve/anderson.hpp"

namespace tariffsim::detail {

/// Of one solver. A shock is known by the plain step that it asks for at the base; a solution is predicted as that step
/// plus what the solutions so far went beyond theirs, interpolated by a Gaussian kernel in the distance of the steps.
class ChainMemory {
 public:
  /// @param base of the solver. @param size of a step.
  ChainMemory(std::shared_ptr<const State> base, Index size)
      : owner_(std::move(base)),
        steps_(size, kKept),
        beyond_(size, kKept),
        products_(kKept, kKept),
        slope_(size, kDepth) {}

  [[nodiscard]] const std::shared_ptr<const State>& owner() const noexcept { return owner_; }
  /// The acceleration, with the differences of the solves before.
  [[nodiscard]] Anderson& slope() noexcept { return slope_; }

  /// Where a shock whose plain step at the base is `step` leads, from the base.
  [[nodiscard]] Eigen::VectorXd predict(const Eigen::VectorXd& step) const {
    if (filled_ == 0) return step;
    const Eigen::VectorXd products = steps_.leftCols(filled_).transpose() * step;
    const auto size = [&](Index k) { return products_(k, k); };
    // The base is a point too, at which nothing is beyond the step; its column is all zeros.
    const Index points = filled_ + 1;
    Eigen::MatrixXd distance = Eigen::MatrixXd::Zero(points, points);
    Eigen::VectorXd here(points);
    for (Index a = 0; a < filled_; ++a) {
      for (Index b = 0; b < filled_; ++b) distance(a, b) = size(a) + size(b) - 2 * products_(a, b);
      distance(a, filled_) = distance(filled_, a) = size(a);
      here[a] = size(a) + step.squaredNorm() - 2 * products[a];
    }
    here[filled_] = step.squaredNorm();
    const double width = std::max(distance.maxCoeff(), here.maxCoeff());
    if (!(width > 0)) return step;
    Eigen::MatrixXd kernel = (-distance.array() / width).exp();
    kernel.diagonal().array() += kRidge;
    const Eigen::VectorXd weights = kernel.ldlt().solve((-here.array() / width).exp().matrix());
    if (!weights.allFinite()) return step;
    return step + beyond_.leftCols(filled_) * weights.head(filled_);
  }

  /// Keeps where the shock led: `solution` from the base.
  void remember(const Eigen::VectorXd& step, const Eigen::VectorXd& solution) {
    steps_.col(next_) = step;
    beyond_.col(next_) = solution - step;
    filled_ = std::min(filled_ + 1, kKept);
    products_.col(next_).head(filled_) = steps_.leftCols(filled_).transpose() * step;
    products_.row(next_).head(filled_) = products_.col(next_).head(filled_).transpose();
    next_ = (next_ + 1) % kKept;
  }

 private:
  static constexpr Index kKept = 32, kDepth = 16;
  static constexpr double kRidge = 1e-11;  // the kernel of near neighbours is nearly singular

  std::shared_ptr<const State> owner_;
  Eigen::MatrixXd steps_, beyond_, products_;  // one column a solution; products of the steps
  Index filled_ = 0, next_ = 0;
  Anderson slope_;
};

}  // namespace tariffsim::detail
