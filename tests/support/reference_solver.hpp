// An independent solver for small worlds: the model in levels, solved by Newton's method.
//
// It shares no code with the library's solver: no changes ("hats"), no fixed-point iteration, no acceleration. Tastes,
// technologies and units are calibrated to the observed flows, and the equations are written as in a textbook:
//
//   x_i^j = w_i^beta prod_k (P_i^k)^((1-beta) gamma^kj)                           cost of a bundle of inputs
//   c_i^j = x_i^j / (A_i^j (l_i^j)^psi)                                           unit cost
//   x_i^j l_i^j = Y_i^j over Y_i^j as observed                                    bundles used; where psi is given
//   p_in^j = d (1 + e) (1 + t) c_i^j                                              delivered price
//   P_n^j = (sum_i b_in^j p_in^j ^ -theta)^(-1/theta)                             price index
//   F_in^j = b_in^j (p_in^j / P_n^j)^-theta X_n^j / (1 + t)                       border value
//   X_n^j = sum_k gamma^jk (1-beta^k) Y_n^k + alpha_n^j I_n                       goods market
//   sum_j beta_n^j Y_n^j = w_n L_n                                                labour market
#pragma once

#include <Eigen/Dense>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

#include "tariffsim/model/closure.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim::testing {

/// An equilibrium in levels; L is measured so that the observed wage is one.
struct ReferenceLevels {
  Vector wage, income, deficit;                   // N
  RegionSector price, cost, expenditure, output;  // N x J
  RegionSector size;                              // N x J, bundles of inputs over the observed, where there is scale
  Cube flows;                                     // N x N x J
  double residual = std::numeric_limits<double>::infinity();
};

class ReferenceSolver {
 public:
  /// @param scale psi by sector, elasticity of productivity to the bundles of inputs used; empty: none.
  ReferenceSolver(const World& world, Deficits closure, Vector scale = {})
      : world_(world), closure_(closure), scale_(std::move(scale)) {
    const Index N = regions(), J = sectors();
    const Accounts& a = world.accounts();
    labour_ = a.value_added;
    taste_ = Cube(N, N, J);
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) {
        if (!(a.expenditure(n, j) > 0)) continue;
        for (Index i = 0; i < N; ++i) {
          const double t = world.tariffs()(i, n, j), e = world.export_taxes()(i, n, j);
          const double share = world.flows()(i, n, j) * (1 + t) / a.expenditure(n, j);
          taste_(i, n, j) = share * std::pow((1 + t) * (1 + e), world.trade_elasticity()[j]);
        }
      }
    }
    base_ = newton(Shock{}, start());
  }

  /// The equilibrium before the shock: the data, or what the closure and given final demand make of them.
  [[nodiscard]] const ReferenceLevels& base() const { return base_; }

  /// Follows the shock from the base in equal steps, with Newton's method at each.
  [[nodiscard]] ReferenceLevels solve(const Shock& shock, int steps = 8) const {
    ReferenceLevels levels = base_;
    for (int k = 1; k <= steps; ++k) levels = newton(part_of(shock, static_cast<double>(k) / steps), levels);
    return levels;
  }

 private:
  [[nodiscard]] Index regions() const { return world_.regions().size(); }
  [[nodiscard]] Index sectors() const { return world_.sectors().size(); }
  [[nodiscard]] bool scales() const { return scale_.size() != 0; }
  [[nodiscard]] Index unknowns() const { return regions() * (1 + (scales() ? 3 : 2) * sectors()); }

  [[nodiscard]] ReferenceLevels start() const {
    ReferenceLevels levels;
    levels.wage = Vector::Ones(regions());
    levels.price = RegionSector::Ones(regions(), sectors());
    levels.expenditure = world_.accounts().expenditure;
    levels.size = RegionSector::Ones(regions(), sectors());
    return levels;
  }

  // A share of the way from the base to the shock; a ban closes its flow in proportion.
  [[nodiscard]] Shock part_of(const Shock& full, double part) const {
    if (part == 1.0) return full;
    Shock shock = full;
    if (shock.tariffs) blend(shock.tariffs->values(), world_.tariffs().values(), part);
    if (shock.export_taxes) blend(shock.export_taxes->values(), world_.export_taxes().values(), part);
    if (shock.productivity_hat) *shock.productivity_hat = shock.productivity_hat->pow(part);
    if (shock.final_demand_share) {
      const RegionSector& alpha = world_.accounts().final_demand_share;
      *shock.final_demand_share = alpha + part * (*full.final_demand_share - alpha);
    }
    if (shock.deficits) *shock.deficits = base_.deficit + part * (*full.deficits - base_.deficit);
    if (!shock.taste_hat) shock.taste_hat = Cube(regions(), regions(), sectors(), 1.0);
    blend(shock.taste_hat->values(), Vector::Ones(shock.taste_hat->size()), part);
    if (shock.trade_cost_hat) {
      for (Index k = 0; k < shock.trade_cost_hat->size(); ++k) {
        double& cost = shock.trade_cost_hat->values()[k];
        if (std::isinf(cost)) {
          cost = 1.0;
          shock.taste_hat->values()[k] *= 1.0 - part;
        } else {
          cost = std::pow(cost, part);
        }
      }
    }
    return shock;
  }

  template <class A, class B>
  static void blend(A& target, const B& base, double part) {
    target = base + part * (target - base);
  }

  // Unknowns: log wages, log prices, expenditure relative to the observed one, and log sizes where there is scale.
  [[nodiscard]] Eigen::VectorXd pack(const ReferenceLevels& levels) const {
    Eigen::VectorXd z(unknowns());
    const RegionSector& observed = world_.accounts().expenditure;
    const Index N = regions(), cells = N * sectors();
    z.head(N) = levels.wage.log().matrix();
    z.segment(N, cells) = levels.price.log().reshaped().matrix();
    z.segment(N + cells, cells) = (observed > 0).select(levels.expenditure / observed, 1.0).reshaped().matrix();
    if (scales()) z.tail(cells) = levels.size.log().reshaped().matrix();
    return z;
  }

  // All levels that the unknowns imply, and by how much each equation fails.
  Eigen::VectorXd equations(const Shock& shock, const Eigen::VectorXd& z, ReferenceLevels& out) const {
    const Index N = regions(), J = sectors(), cells = N * J;
    const Cube& t = shock.tariffs ? *shock.tariffs : world_.tariffs();
    const Cube& e = shock.export_taxes ? *shock.export_taxes : world_.export_taxes();
    const RegionSector& alpha =
        shock.final_demand_share ? *shock.final_demand_share : world_.accounts().final_demand_share;
    const RegionSector& beta = world_.value_added_share();
    const RegionSector& observed = world_.accounts().expenditure;
    out.wage = z.head(N).array().exp();
    out.price = z.segment(N, cells).reshaped(N, J).array().exp();
    out.expenditure = z.segment(N + cells, cells).reshaped(N, J).array() * observed;
    out.size = scales() ? RegionSector(z.tail(cells).reshaped(N, J).array().exp()) : RegionSector::Ones(N, J);

    out.cost = RegionSector(N, J);
    RegionSector bundle(N, J);
    for (Index i = 0; i < N; ++i) {
      for (Index j = 0; j < J; ++j) {
        double cost = std::pow(out.wage[i], beta(i, j));
        for (Index k = 0; k < J; ++k) {
          cost *= std::pow(out.price(i, k), (1 - beta(i, j)) * world_.input_shares()(k, j, i));
        }
        bundle(i, j) = cost;
        if (scales()) cost *= std::pow(out.size(i, j), -scale_[j]);
        out.cost(i, j) = shock.productivity_hat ? cost / (*shock.productivity_hat)(i, j) : cost;
      }
    }

    Eigen::VectorXd failure(unknowns());
    out.flows = Cube(N, N, J);
    out.output = RegionSector::Zero(N, J);
    Vector revenue = Vector::Zero(N);
    for (Index j = 0; j < J; ++j) {
      const double theta = world_.trade_elasticity()[j];
      for (Index n = 0; n < N; ++n) {
        Vector weight = Vector::Zero(N);
        for (Index i = 0; i < N; ++i) {
          if (taste_(i, n, j) == 0) continue;
          double price = (1 + e(i, n, j)) * (1 + t(i, n, j)) * out.cost(i, j);
          if (shock.trade_cost_hat) price *= (*shock.trade_cost_hat)(i, n, j);
          weight[i] = taste_(i, n, j) * std::pow(price, -theta);
          if (shock.taste_hat) weight[i] *= (*shock.taste_hat)(i, n, j);
        }
        const double index = weight.sum() > 0 ? std::pow(weight.sum(), -1 / theta) : 1.0;
        failure[N + n + N * j] = std::log(out.price(n, j) / index);
        if (!(weight.sum() > 0)) continue;
        for (Index i = 0; i < N; ++i) {
          const double flow = weight[i] / weight.sum() * out.expenditure(n, j) / (1 + t(i, n, j));
          const double received = flow / (1 + e(i, n, j));
          out.flows(i, n, j) = flow;
          out.output(i, j) += received;
          revenue[n] += t(i, n, j) * flow;
          revenue[i] += flow - received;
        }
      }
    }

    const Vector earned = out.wage * labour_;
    out.deficit = deficits(shock, earned);
    out.income = earned + revenue + out.deficit;
    for (Index n = 0; n < N; ++n) {
      for (Index j = 0; j < J; ++j) {
        double demand = alpha(n, j) * out.income[n];
        for (Index k = 0; k < J; ++k) {
          demand += world_.input_shares()(j, k, n) * (1 - beta(n, k)) * out.output(n, k);
        }
        const double scale = observed(n, j) > 0 ? observed(n, j) : 1.0;
        // Where nothing was bought nothing can be: the unknown is idle and stays at one.
        failure[N + cells + n + N * j] =
            observed(n, j) > 0 ? (out.expenditure(n, j) - demand) / scale : z[N + cells + n + N * j] - 1.0;
      }
    }
    const Vector wanted = (beta * out.output).rowwise().sum();
    failure.head(N) = ((wanted - earned) / labour_).matrix();
    if (scales()) {
      const RegionSector& made = world_.accounts().output;
      const RegionSector idle = out.size - 1.0;
      failure.tail(cells) = (made > 0).select(bundle * out.size - out.output / made, idle).reshaped().matrix();
    }
    // One labour market follows from the others; world value added is the unit of account in its place.
    failure[0] = earned.sum() / labour_.sum() - 1.0;
    return failure;
  }

  [[nodiscard]] Vector deficits(const Shock& shock, const Vector& earned) const {
    if (closure_ == Deficits::balanced) return Vector::Zero(regions());
    const bool changed = shock.deficits.has_value();
    const Vector& given = changed ? *shock.deficits : world_.accounts().deficit;
    if (closure_ == Deficits::fixed_world_share) return given * (earned.sum() / labour_.sum());
    // A shock's deficits are in proportion to value added in the base, the observed ones to observed value added.
    const Vector rate = given / (changed ? Vector(base_.wage * labour_) : labour_);
    return earned * (rate - (rate * earned).sum() / earned.sum());
  }

  [[nodiscard]] ReferenceLevels newton(const Shock& shock, const ReferenceLevels& from) const {
    ReferenceLevels levels;
    Eigen::VectorXd z = pack(from);
    Eigen::VectorXd failure = equations(shock, z, levels);
    for (int iteration = 0; iteration < 60; ++iteration) {
      levels.residual = failure.cwiseAbs().maxCoeff();
      if (levels.residual < 1e-14) break;
      Eigen::MatrixXd slope(z.size(), z.size());
      ReferenceLevels scratch;
      for (Index k = 0; k < z.size(); ++k) {
        constexpr double step = 1e-7;
        Eigen::VectorXd near = z;
        near[k] += step;
        slope.col(k) = (equations(shock, near, scratch) - failure) / step;
      }
      const Eigen::VectorXd move = -slope.partialPivLu().solve(failure);
      // Shorten the step until the equations fail by less.
      bool better = false;
      for (double length = 1.0; length > 1e-4; length *= 0.5) {
        const Eigen::VectorXd next = z + length * move;
        ReferenceLevels there;
        const Eigen::VectorXd failure_there = equations(shock, next, there);
        if (!(failure_there.cwiseAbs().maxCoeff() < levels.residual)) continue;
        z = next;
        failure = failure_there;
        levels = std::move(there);
        better = true;
        break;
      }
      if (!better) break;  // at the limit of rounding, or stuck: the residual tells which
    }
    levels.residual = failure.cwiseAbs().maxCoeff();
    return levels;
  }

  const World world_;
  Deficits closure_;
  Vector scale_;
  Vector labour_;
  Cube taste_;
  ReferenceLevels base_;
};

}  // namespace tariffsim::testing
