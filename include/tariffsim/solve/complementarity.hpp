// Multipliers and limits: each limit binds, or its multiplier is at a bound.
//
// A semismooth Newton iteration on the natural residual mu - mid(0, mu - slack(mu), largest); Facchinei and Pang
// (2003), Finite-Dimensional Variational Inequalities and Complementarity Problems, chapters 1 and 7.
#pragma once

#include <Eigen/LU>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// K limits: slack_k rises with mu_k; it is above zero where the limit is kept.
struct ComplementarityProblem {
  Eigen::VectorXd largest;  ///< K, upper bounds of mu; infinity where there is none
  /// Slacks at mu, K; nothing where there is no equilibrium.
  std::function<std::optional<Eigen::VectorXd>(const Eigen::VectorXd& mu)> slack;
  /// Called where the point evaluated last becomes the current one.
  std::function<void()> accept = {};
};

/// Where the iteration ended.
struct ComplementarityPoint {
  Eigen::VectorXd mu, slack;
  double residual = 0;  ///< infinity norm of the natural residual
  bool solved = false;
};

class Complementarity {
 public:
  Complementarity(ComplementarityProblem problem, double tolerance)
      : problem_(std::move(problem)), tolerance_(tolerance) {}

  /// From mu = 0.
  [[nodiscard]] ComplementarityPoint run() {
    const Index K = problem_.largest.size();
    ComplementarityPoint now;
    now.mu = Eigen::VectorXd::Zero(K);
    if (!evaluate(now)) return now;
    accepted();
    Eigen::MatrixXd slope;
    for (int step = 0; now.residual > tolerance_ && step < kSteps; ++step) {
      if (step % kRefresh == 0 && !differences(now, slope)) return now;
      if (!advance(now, slope)) {
        if (step % kRefresh == 0) return now;  // not even with slopes that were just taken
        step += kRefresh - step % kRefresh - 1;
      }
    }
    now.solved = now.residual <= tolerance_;
    return now;
  }

 private:
  static constexpr int kSteps = 60, kRefresh = 8, kSweeps = 200;
  static constexpr double kDifference = 1e-4, kLongest = 2.0, kShortest = 1e-4;

  void accepted() const {
    if (problem_.accept) problem_.accept();
  }

  [[nodiscard]] Eigen::VectorXd inside(const Eigen::VectorXd& mu) const {
    return mu.cwiseMax(0.0).cwiseMin(problem_.largest);
  }

  [[nodiscard]] bool evaluate(ComplementarityPoint& point) const {
    const auto slack = problem_.slack(point.mu);
    if (!slack || !slack->allFinite()) return false;
    point.slack = *slack;
    point.residual = (point.mu - inside(point.mu - point.slack)).cwiseAbs().maxCoeff();
    return true;
  }

  // Slopes of the slacks by one-sided differences.
  [[nodiscard]] bool differences(const ComplementarityPoint& at, Eigen::MatrixXd& slope) const {
    const Index K = at.mu.size();
    slope.resize(K, K);
    for (Index k = 0; k < K; ++k) {
      ComplementarityPoint near = at;
      near.mu[k] += kDifference;
      if (!evaluate(near)) return false;
      slope.col(k) = (near.slack - at.slack) / kDifference;
    }
    return true;
  }

  // The linearised problem by projected sweeps, which choose among limits that ask for the same wedge; then Newton's
  // step for those that bind in it, while the others move to where they are.
  [[nodiscard]] Eigen::VectorXd direction(const ComplementarityPoint& at, const Eigen::MatrixXd& slope) const {
    const Index K = at.mu.size();
    Eigen::VectorXd mu = at.mu;
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (Index k = 0; k < K; ++k) {
        if (!(slope(k, k) > 0)) continue;
        const double slack = at.slack[k] + slope.row(k).dot(mu - at.mu);
        mu[k] = std::clamp(mu[k] - slack / slope(k, k), 0.0, problem_.largest[k]);
      }
    }
    Eigen::MatrixXd jacobian = Eigen::MatrixXd::Identity(K, K);
    Eigen::VectorXd right = mu - at.mu;
    for (Index k = 0; k < K; ++k) {
      const bool inside_bounds = mu[k] > 0 && mu[k] < problem_.largest[k];
      if (slope(k, k) > 0 ? !inside_bounds : at.mu[k] - at.slack[k] <= 0) continue;
      jacobian.row(k) = slope.row(k);
      right[k] = -at.slack[k];
    }
    Eigen::VectorXd step = jacobian.partialPivLu().solve(right);
    const bool near =
        step.allFinite() && (at.mu + step - mu).cwiseAbs().maxCoeff() < 0.1 + 0.1 * mu.cwiseAbs().maxCoeff();
    if (!near && (slope.diagonal().array() > 0).all()) step = mu - at.mu;
    const double longest = step.cwiseAbs().maxCoeff();
    if (longest > kLongest) step *= kLongest / longest;
    return step;
  }

  // One step, shorter where the full one does not help or has no equilibrium; Broyden's update of the slopes.
  [[nodiscard]] bool advance(ComplementarityPoint& now, Eigen::MatrixXd& slope) const {
    const Eigen::VectorXd step = direction(now, slope);
    if (!step.allFinite()) return false;
    for (double share = 1; share > kShortest; share *= 0.5) {
      ComplementarityPoint trial;
      trial.mu = inside(now.mu + share * step);
      const Eigen::VectorXd moved = trial.mu - now.mu;
      if (moved.squaredNorm() == 0) return false;
      if (!evaluate(trial) || !(trial.residual < now.residual)) continue;
      slope += ((trial.slack - now.slack) - slope * moved) * moved.transpose() / moved.squaredNorm();
      now = std::move(trial);
      accepted();
      return true;
    }
    return false;
  }

  ComplementarityProblem problem_;
  double tolerance_;
};

}  // namespace tariffsim
