// Anderson acceleration (type II) of a fixed-point iteration.
// Walker and Ni (2011), SIAM J. Numer. Anal. 49(4); the least-squares problem through its normal equations.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <algorithm>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim {

class Anderson {
 public:
  Anderson(Index size, Index depth)
      : changes_(size, depth), targets_(size, depth), gram_(Eigen::MatrixXd::Zero(depth, depth)), depth_(depth) {}

  void restart() {
    filled_ = 0;
    next_ = 0;
    has_last_ = false;
  }

  /// Begins another iteration whose slope is much like the last one's: what was learnt of it is kept.
  void begin() { has_last_ = false; }

  /// The accelerated step from `point`, whose plain fixed-point step is `step`.
  [[nodiscard]] Eigen::VectorXd accelerate(const Eigen::VectorXd& point, const Eigen::VectorXd& step) {
    if (has_last_) {
      changes_.col(next_) = step - last_step_;
      targets_.col(next_) = changes_.col(next_) + point - last_point_;
      filled_ = std::min(filled_ + 1, depth_);
      const Eigen::VectorXd products = project(changes_.col(next_).data());
      gram_.col(next_).head(filled_) = products;
      gram_.row(next_).head(filled_) = products.transpose();
      next_ = (next_ + 1) % depth_;
    }
    last_point_ = point;
    last_step_ = step;
    has_last_ = true;
    if (filled_ == 0) return step;
    Eigen::MatrixXd normal = gram_.topLeftCorner(filled_, filled_);
    // Scaled to unit diagonal; a whisper of regularisation keeps nearly dependent directions harmless.
    const Eigen::VectorXd scale = normal.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    normal = scale.asDiagonal() * normal * scale.asDiagonal();
    normal.diagonal().array() += 1e-14;
    const Eigen::VectorXd weights = scale.asDiagonal() * normal.ldlt().solve(scale.asDiagonal() * project(step.data()));
    if (!weights.allFinite()) {
      restart();
      return step;
    }
    Eigen::VectorXd correction(step.size());
    kernels::multiply(targets_.data(), step.size(), filled_, weights.data(), correction.data());
    return step - correction;
  }

 private:
  // Inner products of all kept changes with a vector.
  [[nodiscard]] Eigen::VectorXd project(const double* vector) const {
    Eigen::VectorXd out(filled_);
    kernels::multiply_transposed(changes_.data(), changes_.rows(), filled_, vector, out.data());
    return out;
  }

  Eigen::MatrixXd changes_;  // of the plain step, one column per kept pair of iterates
  Eigen::MatrixXd targets_;  // change of the plain step plus the move that caused it
  Eigen::MatrixXd gram_;     // inner products of the changes
  Eigen::VectorXd last_point_, last_step_;
  Index depth_, filled_ = 0, next_ = 0;
  bool has_last_ = false;
};

}  // namespace tariffsim
