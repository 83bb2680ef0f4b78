// Anderson acceleration (type II) of a fixed-point iteration.
// Walker and Ni (2011), SIAM J. Numer. Anal. 49(4); the least-squares problem through its normal equations.
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include "tariffsim/core/types.hpp"

namespace tariffsim {

class Anderson {
 public:
  Anderson(Index size, Index depth)
      : moves_(size, depth), changes_(size, depth), gram_(Eigen::MatrixXd::Zero(depth, depth)), depth_(depth) {}

  void restart() {
    filled_ = 0;
    next_ = 0;
    has_last_ = false;
  }

  /// The accelerated step from `point`, whose plain fixed-point step is `step`.
  [[nodiscard]] Eigen::VectorXd accelerate(const Eigen::VectorXd& point, const Eigen::VectorXd& step) {
    if (has_last_) {
      moves_.col(next_) = point - last_point_;
      changes_.col(next_) = step - last_step_;
      filled_ = std::min(filled_ + 1, depth_);
      const Eigen::VectorXd products = changes_.leftCols(filled_).transpose() * changes_.col(next_);
      gram_.col(next_).head(filled_) = products;
      gram_.row(next_).head(filled_) = products.transpose();
      next_ = (next_ + 1) % depth_;
    }
    last_point_ = point;
    last_step_ = step;
    has_last_ = true;
    if (filled_ == 0) return step;
    const auto changes = changes_.leftCols(filled_);
    Eigen::MatrixXd normal = gram_.topLeftCorner(filled_, filled_);
    // Scaled to unit diagonal; a whisper of regularisation keeps nearly dependent directions harmless.
    const Eigen::VectorXd scale = normal.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
    normal = scale.asDiagonal() * normal * scale.asDiagonal();
    normal.diagonal().array() += 1e-14;
    const Eigen::VectorXd weights =
        scale.asDiagonal() * normal.ldlt().solve(scale.asDiagonal() * (changes.transpose() * step));
    if (!weights.allFinite()) {
      restart();
      return step;
    }
    return step - moves_.leftCols(filled_) * weights - changes * weights;
  }

 private:
  Eigen::MatrixXd moves_, changes_, gram_;
  Eigen::VectorXd last_point_, last_step_;
  Index depth_, filled_ = 0, next_ = 0;
  bool has_last_ = false;
};

}  // namespace tariffsim
