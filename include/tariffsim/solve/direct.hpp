// One attempt at the system: a preconditioned fixed-point iteration with Anderson acceleration.
//
// Each iteration is one evaluation of equations 1 to 6 in Gauss-Seidel order: prices first; then sales, income and
// expenditure at the new prices; then wages from the labour demand of the new expenditure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/anderson.hpp"
#include "tariffsim/solve/options.hpp"
#include "tariffsim/solve/preconditioner.hpp"

namespace tariffsim {

/// Evaluations, time and the caller's callback, shared by all attempts of one solve.
class Effort {
 public:
  explicit Effort(SolveOptions options) : options_(std::move(options)) {}

  /// Counts one evaluation; false where the budget is spent or the caller said stop.
  [[nodiscard]] bool spend(double residual, double path) {
    ++evaluations_;
    if (options_.progress && evaluations_ % 100 == 0 && !options_.progress({evaluations_, residual, path, seconds()})) {
      stopped_ = true;
    }
    return !stopped_ && evaluations_ < options_.max_evaluations;
  }

  [[nodiscard]] bool exhausted() const noexcept { return stopped_ || evaluations_ >= options_.max_evaluations; }
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }
  [[nodiscard]] int evaluations() const noexcept { return evaluations_; }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  SolveOptions options_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  int evaluations_ = 0;
  bool stopped_ = false;
};

/// The residuals of one iteration, relative, infinity norm.
struct StepResidual {
  double price = 0, expenditure = 0, wage = 0;
  [[nodiscard]] double worst() const { return std::max({price, expenditure, wage}); }
};

/// The equation that holds least at a point.
struct Place {
  const char* equation;
  Index region, sector;  ///< sector -1 where the equation is a region's
};

/// For diagnosis, not for solving: residuals of prices, expenditure and labour markets at `z`, the largest of them.
[[nodiscard]] inline Place hardest_equation(const System& system, const Unknowns& z) {
  const RegionSector u = system.power_minus_theta(system.log_unit_cost(z.log_wage, z.log_price));
  const RegionSector sum = system.price_sum(u);
  const Trade sold = system.trade(u, sum, z.expenditure);
  const Budget budget = system.budget(z.log_wage, sold);
  const RegionSector price = (sum > 0.0).select((system.log_price(sum) - z.log_price).abs(), 0.0);
  const RegionSector spent =
      (z.expenditure > 0.0).select((system.expenditure(sold.output, budget.income) / z.expenditure - 1.0).abs(), 0.0);
  const Vector labour = (system.labour_demand(sold.output) / budget.value_added - 1.0).abs();
  Place place{"labour market", 0, -1};
  double worst = -1;
  const auto see = [&](double residual, const char* equation, Index region, Index sector) {
    // What is no number is worse than any number.
    const double size = std::isnan(residual) ? std::numeric_limits<double>::infinity() : residual;
    if (size <= worst) return;
    worst = size;
    place = {equation, region, sector};
  };
  for (Index n = 0; n < labour.size(); ++n) {
    see(labour[n], "labour market", n, -1);
    for (Index j = 0; j < price.cols(); ++j) {
      see(price(n, j), "price index", n, j);
      see(spent(n, j), "goods market", n, j);
    }
  }
  return place;
}

class DirectSolve {
 public:
  DirectSolve(const System& system, std::shared_ptr<const Preconditioner> preconditioner, double tolerance, double path,
              Effort& effort)
      : system_(system),
        preconditioner_(std::move(preconditioner)),
        tolerance_(tolerance),
        path_(path),
        effort_(effort),
        anderson_(size(), kDepth) {}

  /// Iterates from `z`, in place. True where every residual is within tolerance; z is then one step beyond that point.
  [[nodiscard]] bool run(Unknowns& z) {
    Unknowns best = z;
    double best_residual = std::numeric_limits<double>::infinity();
    int since_best = 0, refreshes = 0;
    Eigen::VectorXd step(size());
    for (int iteration = 0;; ++iteration) {
      const StepResidual residual = plain_step(z, step);
      const double worst = residual.worst();
      last_residual_ = worst;
      const bool sound = std::isfinite(worst) && step.allFinite();
      if (worst <= tolerance_) {
        if (sound) apply(z, anderson_.accelerate(position(z), step));
        return true;
      }
      if (!effort_.spend(worst, path_)) return false;
      if (sound && worst < 0.9 * best_residual) {
        best_residual = worst;
        best = z;
        since_best = 0;
        ++iterations_;
      } else {
        ++since_best;
      }
      if (!sound || worst > 1e4 * best_residual || since_best >= kPatience) {
        // Linearise again at the best point so far; give up when that has not helped.
        if (!std::isfinite(best_residual) || ++refreshes > kRefreshes) {
          z = best;
          return false;
        }
        z = best;
        preconditioner_ = std::make_shared<const Preconditioner>(system_, z);
        anderson_.restart();
        since_best = 0;
        continue;
      }
      // Far from the solution the linearisation at the base is poor: replace it once, early.
      if (iteration == kEarlyRefresh && worst > 1e-3) {
        preconditioner_ = std::make_shared<const Preconditioner>(system_, z);
        anderson_.restart();
        continue;
      }
      apply(z, anderson_.accelerate(position(z), step));
    }
  }

  [[nodiscard]] int iterations() const noexcept { return iterations_; }
  [[nodiscard]] double last_residual() const noexcept { return last_residual_; }
  [[nodiscard]] std::shared_ptr<const Preconditioner> preconditioner() const { return preconditioner_; }

 private:
  static constexpr Index kDepth = 8;
  static constexpr int kPatience = 25;
  static constexpr int kRefreshes = 4;
  static constexpr int kEarlyRefresh = 12;
  static constexpr double kLargestStep = 2.0;  // in logs

  [[nodiscard]] Index regions() const { return system_.coefficients().regions; }
  [[nodiscard]] Index sectors() const { return system_.coefficients().sectors; }
  [[nodiscard]] Index cells() const { return regions() * sectors(); }
  [[nodiscard]] Index size() const { return regions() + 2 * cells(); }

  // A point or a step is (log w, log P, log X) in one column; these are its parts by region and sector.
  using Block = Eigen::Map<RegionSector>;
  [[nodiscard]] Block prices_in(Eigen::VectorXd& point) const {
    return {point.data() + regions(), regions(), sectors()};
  }
  [[nodiscard]] Block expenditure_in(Eigen::VectorXd& point) const {
    return {point.data() + regions() + cells(), regions(), sectors()};
  }

  // One Gauss-Seidel evaluation.
  StepResidual plain_step(const Unknowns& z, Eigen::VectorXd& step) const {
    StepResidual residual;
    // Prices: equations 1 and 2.
    const RegionSector sum =
        system_.price_sum(system_.power_minus_theta(system_.log_unit_cost(z.log_wage, z.log_price)));
    Eigen::ArrayXXd by_region = (sum > 0.0).select(system_.log_price(sum) - z.log_price, 0.0).transpose();
    residual.price = by_region.abs().maxCoeff();
    preconditioner_->price_step(by_region);
    const RegionSector price_step = by_region.transpose();
    const RegionSector log_price = z.log_price + price_step;

    // Sales at the new prices: equations 1, 3, 4 and 5.
    const RegionSector u = system_.power_minus_theta(system_.log_unit_cost(z.log_wage, log_price));
    const RegionSector weight = (sum > 0.0).select(system_.power_minus_theta(log_price), 0.0);
    Trade sold = system_.trade(u, weight, z.expenditure);
    const Budget budget = system_.budget(z.log_wage, sold);
    RegionSector change = system_.expenditure(sold.output, budget.income) - z.expenditure;
    residual.expenditure = (z.expenditure > 0.0).select((change / z.expenditure).abs(), 0.0).maxCoeff();
    by_region = change.transpose();
    preconditioner_->expenditure_step(by_region);
    change = by_region.transpose();

    // Wages from labour demand, domestic sales at the new expenditure: equation 6.
    sold.output += (weight > 0.0).select(system_.own_border_share() * u / weight * change, 0.0);
    const Vector excess = system_.labour_demand(sold.output) - budget.value_added;
    residual.wage = (excess / budget.value_added).abs().maxCoeff();
    const Vector wage_step = preconditioner_->wage_step(excess);

    step.head(regions()) = wage_step.matrix();
    prices_in(step) = price_step + preconditioner_->own_wage_in_price().colwise() * wage_step;
    // log(1 + r) to second order, bounded; a fixed point does not depend on it.
    const RegionSector growth = (z.expenditure > 0.0).select(change / z.expenditure, 0.0).max(-0.9);
    expenditure_in(step) = (growth / (1.0 + 0.5 * growth)).colwise() + wage_step;
    return residual;
  }

  [[nodiscard]] Eigen::VectorXd position(const Unknowns& z) const {
    Eigen::VectorXd point(size());
    point.head(regions()) = z.log_wage.matrix();
    prices_in(point) = z.log_price;
    Block log_expenditure = expenditure_in(point);
    log_expenditure = (z.expenditure > 0.0).select(z.expenditure, 1.0);
    kernels::log(log_expenditure.data(), log_expenditure.size());
    return point;
  }

  void apply(Unknowns& z, Eigen::VectorXd step) const {
    const double largest = step.cwiseAbs().maxCoeff();
    if (largest > kLargestStep) step *= kLargestStep / largest;
    z.log_wage += step.head(regions()).array();
    z.log_price += prices_in(step);
    Block growth = expenditure_in(step);
    kernels::exp(growth.data(), growth.size());
    z.expenditure *= growth;
    // The system is homogeneous in all nominal quantities; world value added stays the unit.
    const Coefficients& c = system_.coefficients();
    const double level = std::log((c.value_added * z.log_wage.exp()).sum() / c.value_added.sum());
    z.log_wage -= level;
    z.log_price -= level;
    z.expenditure *= std::exp(-level);
  }

  const System& system_;
  std::shared_ptr<const Preconditioner> preconditioner_;
  double tolerance_, path_;
  Effort& effort_;
  Anderson anderson_;
  int iterations_ = 0;
  double last_residual_ = 0;
};

}  // namespace tariffsim
