// How unit costs answer to earnings, to prices of materials and to size, in logs, at one point of the system.
#pragma once

#include <Eigen/LU>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "tariffsim/model/system.hpp"

namespace tariffsim {

/// Derivatives of equation 1. A direction is the earnings of one factor in one region: region + N factor.
class CostResponse {
 public:
  CostResponse(const System& system, const Unknowns& at)
      : c_(&system.coefficients()), t_(&system.theory()), answers_(!t_->plain()) {
    const Costs costs = system.production().costs(at, at.log_price);
    beta_ = system.production().value_added_share(costs);
    if (!answers_) return;
    const Index N = c_->regions, J = c_->sectors;
    RegionSector immobile = RegionSector::Zero(N, J), one_minus_rho = RegionSector::Zero(N, J),
                 psi = RegionSector::Zero(N, J);
    for (const FactorValues& factor : t_->factors) immobile += factor.immobility * factor.share;
    if (t_->value_added_materials.size() != 0) {
      one_minus_rho.rowwise() = (1.0 - t_->value_added_materials).transpose();
    }
    if (t_->scales()) psi = t_->scale;
    const RegionSector materials = 1.0 - beta_;
    own_substitution_ = immobile * one_minus_rho * materials;
    const RegionSector kept = 1.0 - own_substitution_;
    by_factor_price_ = (1.0 + psi) * beta_ / kept;
    by_materials_ = (1.0 + psi) * (materials - beta_ * own_substitution_ / kept);
    by_size_ = (1.0 + psi) * beta_ * immobile - psi * kept;
    substitution_ = one_minus_rho * materials;
    form_price_response();
  }

  /// beta at the point; N x J.
  [[nodiscard]] const RegionSector& value_added_share() const noexcept { return beta_; }
  /// phi of a factor; N x J.
  [[nodiscard]] const RegionSector& share(Index factor) const {
    return t_->factors[static_cast<std::size_t>(factor)].share;
  }
  /// What a rise of the own factor price leaves of the own value added, less one; N x J.
  [[nodiscard]] const RegionSector& own_substitution() const noexcept { return own_substitution_; }
  /// d log c / d log v at given prices of materials; N x J.
  [[nodiscard]] const RegionSector& by_size() const noexcept { return by_size_; }
  /// d log c / d log of the price of materials; N x J.
  [[nodiscard]] const RegionSector& by_materials() const noexcept { return by_materials_; }
  /// Minus d log beta / d log of the price of materials; N x J.
  [[nodiscard]] const RegionSector& substitution() const noexcept { return substitution_; }
  /// True where value added answers to prices other than through sales.
  [[nodiscard]] bool substitutes() const { return t_->value_added_materials.size() != 0; }

  /// d log c / d log of what a factor earns at home; N x J.
  [[nodiscard]] RegionSector by_own_earnings(Index factor) const {
    if (!answers_) return beta_;
    RegionSector out = RegionSector::Zero(c_->regions, c_->sectors);
    for (Index i = 0; i < c_->regions; ++i) {
      out.row(i) = by_factor_price_.row(i) * value_added_price(i).row(i + c_->regions * factor).array().cast<double>();
    }
    return out;
  }

  /// d log c_i / d directions, from d log P_i; D x J both.
  [[nodiscard]] Eigen::MatrixXf cost(Index region, const Eigen::MatrixXf& prices) const {
    Eigen::MatrixXf cost;
    if (!answers_) {
      if (c_->has_materials) {
        cost.noalias() = prices * c_->materials.slice(region).cast<float>();
      } else {
        cost = Eigen::MatrixXf::Zero(c_->regions, c_->sectors);
      }
      cost.row(region) += beta_.row(region).matrix().cast<float>();
      return cost;
    }
    cost = value_added_price(region) * by_factor_price_.row(region).matrix().cast<float>().asDiagonal();
    if (c_->has_materials) {
      cost += materials_price(region, prices) * by_materials_.row(region).matrix().cast<float>().asDiagonal();
    }
    return cost;
  }

  /// Prices where all costs of a region move alike; D x N from expenditure shares N x N.
  [[nodiscard]] Eigen::MatrixXf alike(const Eigen::MatrixXf& shares) const {
    if (!answers_) return shares;
    return alike_ * shares;
  }

  /// What substitution between value added and materials adds to what factors are paid; D x D.
  [[nodiscard]] Eigen::MatrixXd factor_substitution(const std::vector<Eigen::MatrixXf>& prices,
                                                    const RegionSector& sold) const {
    const Index N = c_->regions, F = c_->factors(), D = N * F;
    Eigen::MatrixXd paid = Eigen::MatrixXd::Zero(D, D);
    for (Index i = 0; i < N; ++i) {
      const Eigen::MatrixXf gap = value_added_price(i) - materials_price(i, prices[static_cast<std::size_t>(i)]);
      for (Index f = 0; f < F; ++f) {
        const Vector weight =
            (substitution_.row(i) / (1.0 - own_substitution_.row(i)) * beta_.row(i) * share(f).row(i) * sold.row(i))
                .transpose();
        paid.row(i + N * f) += (gap.cast<double>() * weight.matrix()).transpose();
      }
    }
    return paid;
  }

 private:
  // d log W / d log V: D x D, the identity where supplies are fixed.
  void form_price_response() {
    const Index N = c_->regions, J = c_->sectors, F = c_->factors(), D = N * F;
    response_ = Eigen::MatrixXd::Identity(D, D);
    if (t_->elastic()) {
      // Consumer prices as if costs moved with the average factor price of their region.
      constexpr double kLargest = 0.99;
      Eigen::MatrixXd consumer = Eigen::MatrixXd::Zero(N, N);
      for (Index j = 0; j < J; ++j) {
        consumer += c_->final_demand_share.col(j).matrix().asDiagonal() * c_->expenditure_share.slice(j).transpose();
      }
      Eigen::MatrixXd answer = Eigen::MatrixXd::Identity(D, D);
      for (Index f = 0; f < F; ++f) {
        const FactorValues& factor = t_->factors[static_cast<std::size_t>(f)];
        const Vector omega = factor.response.min(kLargest);
        response_.middleRows(N * f, N).array().colwise() *= 1.0 - factor.response;
        if (factor.anchor != WageAnchor::real) continue;
        for (Index g = 0; g < F; ++g) {
          const Vector part = c_->factor_income.col(g) / c_->value_added;
          answer.block(N * f, N * g, N, N) -= omega.matrix().asDiagonal() * consumer * part.matrix().asDiagonal();
        }
      }
      response_ = answer.partialPivLu().solve(response_);
    }
    alike_ = Eigen::MatrixXf::Zero(D, N);
    for (Index i = 0; i < N; ++i) {
      const Vector weight = (c_->output.row(i) * beta_.row(i)).transpose() / (c_->output.row(i) * beta_.row(i)).sum();
      alike_.col(i) = value_added_price(i) * weight.matrix().cast<float>();
    }
  }

  // d log p_v of region i at given size: sum_f phi_f (d log W_f - mu_f d log V_f); D x J.
  [[nodiscard]] Eigen::MatrixXf value_added_price(Index i) const {
    const Index N = c_->regions;
    Eigen::MatrixXf out = Eigen::MatrixXf::Zero(response_.cols(), c_->sectors);
    for (Index f = 0; f < c_->factors(); ++f) {
      const FactorValues& factor = t_->factors[static_cast<std::size_t>(f)];
      Eigen::VectorXd price = response_.row(i + N * f).transpose();
      price[i + N * f] -= factor.immobility;
      out += (price * factor.share.row(i).matrix()).cast<float>();
    }
    return out;
  }

  [[nodiscard]] Eigen::MatrixXf materials_price(Index i, const Eigen::MatrixXf& prices) const {
    return prices * c_->input_shares->slice(i).cast<float>();
  }

  const Coefficients* c_;
  const TheoryValues* t_;
  bool answers_;
  RegionSector beta_, own_substitution_, by_factor_price_, by_materials_, by_size_, substitution_;
  Eigen::MatrixXd response_;
  Eigen::MatrixXf alike_;
};

}  // namespace tariffsim
