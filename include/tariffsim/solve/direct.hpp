// One attempt at the system: a preconditioned fixed-point iteration with Anderson acceleration, and where that does not
// contract, Newton's method on the same steps with their derivatives from differences (Knoll and Keyes 2004).
//
// Each evaluation is one of equations 1 to 6 in Gauss-Seidel order: prices first; then sales, income and expenditure at
// the new prices; then earnings from what the new expenditure pays to factors.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/anderson.hpp"
#include "tariffsim/solve/chain_memory.hpp"
#include "tariffsim/solve/gmres.hpp"
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
  double price = 0, expenditure = 0, earnings = 0, size = 0, tax = 0;
  [[nodiscard]] double worst() const { return std::max({price, expenditure, earnings, size, tax}); }
};

/// The equation that holds least at a point.
struct Place {
  const char* equation;
  Index region, sector;  ///< sector -1 where the equation is a region's
};

/// For diagnosis, not for solving: residuals of prices, expenditure, sizes and factor markets at `z`, the largest.
[[nodiscard]] inline Place hardest_equation(const System& system, const Unknowns& z) {
  const Costs costs = system.production().costs(z, z.log_price);
  const RegionSector u = system.sourcing().power_minus_theta(costs.log_unit);
  const Sources sources = system.sourcing().sources(u);
  const Trade sold = system.sourcing().trade(u, sources, z.expenditure);
  const Budget budget = system.budget(z, z.log_price, sold);
  const RegionSector price =
      (sources.price_sum > 0.0).select((system.log_price(sources, z.expenditure, costs) - z.log_price).abs(), 0.0);
  const RegionSector spent =
      (z.expenditure > 0.0)
          .select((system.expenditure(sold.output, costs, z.log_price, budget.income) / z.expenditure - 1.0).abs(),
                  0.0);
  const RegionSector value_added = system.production().value_added_share(costs) * sold.output;
  const Eigen::ArrayXXd earned = system.coefficients().factor_income * z.log_earnings.exp();
  const Eigen::ArrayXXd labour = (system.production().factor_demand(value_added) / earned - 1.0).abs();
  RegionSector size = RegionSector::Zero(price.rows(), price.cols());
  if (z.log_value_added.size() != 0) {
    size = (system.production().log_value_added_hat(z, sold.output, costs) - z.log_value_added).abs();
  }
  Place place{"labour market", 0, -1};
  double worst = -1;
  const auto see = [&](double residual, const char* equation, Index region, Index sector) {
    // What is no number is worse than any number.
    const double larger = std::isnan(residual) ? std::numeric_limits<double>::infinity() : residual;
    if (larger <= worst) return;
    worst = larger;
    place = {equation, region, sector};
  };
  for (Index n = 0; n < price.rows(); ++n) {
    see(labour.row(n).maxCoeff(), labour.cols() == 1 ? "labour market" : "factor market", n, -1);
    for (Index j = 0; j < price.cols(); ++j) {
      see(price(n, j), "price index", n, j);
      see(spent(n, j), "goods market", n, j);
      see(size(n, j), "size of the sector", n, j);
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
  [[nodiscard]] bool run(Unknowns& z) { return iterate(z, anderson_); }

  /// The same from the base `z` with what solves before have learnt, and remembers what this one learns.
  [[nodiscard]] bool run(Unknowns& z, detail::ChainMemory& memory) {
    const Eigen::VectorXd base = position(z);
    Eigen::VectorXd step(size());
    last_residual_ = plain_step(z, step).worst();
    if (!effort_.spend(last_residual_, path_) || !step.allFinite()) return false;
    apply(z, memory.predict(step));
    if (last_residual_ <= tolerance_) return true;
    memory.slope().begin();
    const auto linearised_at = preconditioner_;
    const bool solved = iterate(z, memory.slope());
    // A slope of another linearisation would mislead the next solve.
    if (!solved || preconditioner_ != linearised_at) memory.slope().restart();
    if (solved) memory.remember(step, position(z) - base);
    return solved;
  }

  /// Of a step: all unknowns in one column.
  [[nodiscard]] Index size() const {
    const Index earnings = c().regions * c().factors();
    return earnings + (sized() ? 3 : 2) * cells() + (system_.relieves_tax() ? c().regions : 0);
  }

  /// Newton's method from `z`, in place: for systems whose steps do not contract, as with scale economies. True where
  /// every residual is within tolerance.
  [[nodiscard]] bool newton(Unknowns& z) {
    Eigen::VectorXd step(size()), trial_step(size());
    double worst = plain_step(z, step).worst();
    for (int iteration = 0; iteration < kNewtonSteps; ++iteration) {
      last_residual_ = worst;
      if (!effort_.spend(worst, path_) || !std::isfinite(worst) || !step.allFinite()) return false;
      if (worst <= tolerance_) return true;
      const double before = step.norm();
      const auto times = [&](std::span<const double> direction, std::span<double> product) {
        const Eigen::Map<const Eigen::VectorXd> d(direction.data(), size());
        const double scale = kDifference / std::max(d.cwiseAbs().maxCoeff(), kDifference);
        Unknowns moved = z;
        apply(moved, scale * d);
        Eigen::VectorXd there(size());
        static_cast<void>(plain_step(moved, there));
        static_cast<void>(effort_.spend(worst, path_));
        Eigen::Map<Eigen::VectorXd>(product.data(), size()) = (step - there) / scale;
      };
      const Eigen::VectorXd direction =
          detail::gmres(times, Eigen::VectorXd::Ones(size()), step, kForcing, kKrylovSteps);
      double part = 1.0;
      for (;; part *= 0.5) {
        if (part < kSmallestPart) return false;
        Unknowns trial = z;
        apply(trial, part * direction);
        const StepResidual residual = plain_step(trial, trial_step);
        if (trial_step.allFinite() && trial_step.norm() < (1.0 - 0.1 * part) * before) {
          z = std::move(trial);
          worst = residual.worst();
          break;
        }
        if (!effort_.spend(worst, path_)) return false;
      }
      step = trial_step;
      ++iterations_;
      // A shorter step says that the linearisation was far off.
      if (part < 1.0) preconditioner_ = std::make_shared<const Preconditioner>(system_, z);
      if (part < 1.0) worst = plain_step(z, step).worst();
    }
    return false;
  }

  [[nodiscard]] int iterations() const noexcept { return iterations_; }
  [[nodiscard]] double last_residual() const noexcept { return last_residual_; }
  [[nodiscard]] std::shared_ptr<const Preconditioner> preconditioner() const { return preconditioner_; }

 private:
  [[nodiscard]] bool iterate(Unknowns& z, Anderson& anderson) {
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
        if (sound) apply(z, anderson.accelerate(position(z), step));
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
        anderson.restart();
        since_best = 0;
        continue;
      }
      // Far from the solution the linearisation at the base is poor: replace it once, early.
      if (iteration == kEarlyRefresh && worst > 1e-3) {
        preconditioner_ = std::make_shared<const Preconditioner>(system_, z);
        anderson.restart();
        continue;
      }
      apply(z, anderson.accelerate(position(z), step));
    }
  }

  static constexpr Index kDepth = 12;
  static constexpr int kPatience = 25;
  static constexpr int kRefreshes = 4;
  static constexpr int kEarlyRefresh = 12;
  static constexpr double kLargestStep = 2.0;  // in logs
  static constexpr int kNewtonSteps = 40;
  static constexpr Index kKrylovSteps = 120;
  static constexpr double kForcing = 1e-3, kDifference = 1e-7, kSmallestPart = 1e-3;

  [[nodiscard]] const Coefficients& c() const { return system_.coefficients(); }
  [[nodiscard]] Index cells() const { return c().regions * c().sectors; }
  [[nodiscard]] bool sized() const { return system_.theory().costs_answer_to_size(); }

  // A point or a step is (log V, log P, log X), then log v and log of the tax where they are unknowns, in one column;
  // these are its parts.
  using Block = Eigen::Map<RegionSector>;
  [[nodiscard]] Block earnings_in(Eigen::VectorXd& point) const { return {point.data(), c().regions, c().factors()}; }
  [[nodiscard]] Block cells_in(Eigen::VectorXd& point, Index which) const {
    return {point.data() + c().regions * c().factors() + which * cells(), c().regions, c().sectors};
  }
  [[nodiscard]] Block prices_in(Eigen::VectorXd& point) const { return cells_in(point, 0); }
  [[nodiscard]] Block expenditure_in(Eigen::VectorXd& point) const { return cells_in(point, 1); }
  [[nodiscard]] Block sizes_in(Eigen::VectorXd& point) const { return cells_in(point, 2); }
  [[nodiscard]] Eigen::Map<Vector> tax_in(Eigen::VectorXd& point) const {
    return {point.data() + size() - c().regions, c().regions};
  }

  // One Gauss-Seidel evaluation.
  StepResidual plain_step(const Unknowns& z, Eigen::VectorXd& step) const {
    const Production& production = system_.production();
    const Sourcing& sourcing = system_.sourcing();
    StepResidual residual;
    // Prices: equations 1 and 2.
    Costs costs = production.costs(z, z.log_price);
    Sources sources = sourcing.sources(sourcing.power_minus_theta(costs.log_unit));
    const auto bought = sources.price_sum > 0.0;
    Eigen::ArrayXXd by_region =
        bought.select(system_.log_price(sources, z.expenditure, costs) - z.log_price, 0.0).transpose();
    residual.price = by_region.abs().maxCoeff();
    preconditioner_->price_step(by_region);
    const RegionSector price_step = by_region.transpose();
    const RegionSector log_price = z.log_price + price_step;

    // Sales at the new prices: equations 1, 3, 4 and 5.
    costs = production.costs(z, log_price);
    const RegionSector u = sourcing.power_minus_theta(costs.log_unit);
    if (system_.theory().two_tiers() || system_.theory().pass_through.size() != 0) {
      sources = sourcing.sources(u);
    } else {  // of one tier the new prices are the sums themselves
      const RegionSector sums = sourcing.power_minus_theta(log_price);
      sources.weight = bought.select(sums.inverse(), 0.0);
    }
    Trade sold = sourcing.trade(u, sources, z.expenditure);
    const Budget budget = system_.budget(z, log_price, sold);
    RegionSector change = system_.expenditure(sold.output, costs, log_price, budget.income) - z.expenditure;
    residual.expenditure = (z.expenditure > 0.0).select((change / z.expenditure).abs(), 0.0).maxCoeff();
    by_region = change.transpose();
    preconditioner_->expenditure_step(by_region);
    change = by_region.transpose();

    // Earnings from what factors are paid, domestic sales at the new expenditure: equation 6.
    const RegionSector& own_weight = system_.theory().two_tiers() ? sources.home_weight : sources.weight;
    sold.output += sourcing.own_border_share() * u * own_weight * change;
    const Eigen::ArrayXXd earned = c().factor_income * z.log_earnings.exp();
    Eigen::ArrayXXd excess = production.factor_demand(production.value_added_share(costs) * sold.output) - earned;
    residual.earnings = (excess / earned).abs().maxCoeff();
    RegionSector size_step;
    if (sized()) {  // what factors are paid once sizes have moved too
      size_step = production.log_value_added_hat(z, sold.output, costs) - z.log_value_added;
      residual.size = size_step.abs().maxCoeff();
      size_step = preconditioner_->size_step(size_step, c());
      RegionSector value_added = z.log_value_added + size_step;
      kernels::exp(value_added.data(), value_added.size());
      excess = production.factor_demand(c().value_added_share * c().output * value_added) - earned;
    }
    const Eigen::ArrayXXd earnings_step = preconditioner_->earnings_step(excess);

    earnings_in(step) = earnings_step;
    Block price_block = prices_in(step);
    price_block = price_step;
    for (Index f = 0; f < c().factors(); ++f) {
      price_block += preconditioner_->own_earnings_in_price(f).colwise() * earnings_step.col(f);
    }
    // log(1 + r) to second order, bounded; a fixed point does not depend on it.
    const RegionSector growth = (z.expenditure > 0.0).select(change / z.expenditure, 0.0).max(-0.9);
    const Vector richer = (earned * earnings_step).rowwise().sum() / earned.rowwise().sum();
    expenditure_in(step) = (growth / (1.0 + 0.5 * growth)).colwise() + richer;
    if (sized()) {
      size_step += preconditioner_->earnings_in_size(earnings_step);
      price_block += preconditioner_->size_in_price(size_step);
      sizes_in(step) = size_step;
    }
    if (system_.relieves_tax()) {
      const Vector tax_step = system_.log_tax(sold, budget.value_added) - z.log_tax;
      residual.tax = tax_step.abs().maxCoeff();
      tax_in(step) = tax_step;
    }
    return residual;
  }

  [[nodiscard]] Eigen::VectorXd position(const Unknowns& z) const {
    Eigen::VectorXd point(size());
    earnings_in(point) = z.log_earnings;
    prices_in(point) = z.log_price;
    Block log_expenditure = expenditure_in(point);
    log_expenditure = (z.expenditure > 0.0).select(z.expenditure, 1.0);
    kernels::log(log_expenditure.data(), log_expenditure.size());
    if (sized()) sizes_in(point) = z.log_value_added;
    if (system_.relieves_tax()) tax_in(point) = z.log_tax;
    return point;
  }

  void apply(Unknowns& z, Eigen::VectorXd step) const {
    const double largest = step.cwiseAbs().maxCoeff();
    if (largest > kLargestStep) step *= kLargestStep / largest;
    z.log_earnings += earnings_in(step);
    z.log_price += prices_in(step);
    if (sized()) z.log_value_added += sizes_in(step);
    if (system_.relieves_tax()) z.log_tax += tax_in(step);
    Block growth = expenditure_in(step);
    kernels::exp(growth.data(), growth.size());
    z.expenditure *= growth;
    // The system is homogeneous in all nominal quantities; world value added stays the unit.
    const double level = std::log((c().factor_income * z.log_earnings.exp()).sum() / c().value_added.sum());
    z.log_earnings -= level;
    z.log_price -= level;
    if (sized()) z.log_value_added -= level;
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
