// Production: what factors cost, what goods cost to make, and what makers buy; equations 1, 4 (materials) and 6.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/model/ces.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/coefficients.hpp"
#include "tariffsim/model/unknowns.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// Prices of factors and costs of goods, in logs of changes; N regions, J sectors, F factors.
struct Costs {
  Eigen::ArrayXXd log_factor_price;    ///< N x F, W_hat: of a factor over all sectors; the first is the wage
  RegionSector log_value_added_price;  ///< N x J, empty in the plain theory
  RegionSector log_materials_price;    ///< N x J, empty in the plain theory
  RegionSector log_bundle;             ///< N x J, unit cost before scale and productivity; empty in the plain theory
  RegionSector log_unit;               ///< N x J, c_hat
};

/// The makers' side of the system for one base, shock and closure.
class Production {
 public:
  /// @param coefficients must outlive it. @param numeraire the region whose wage is the numeraire, where there is one.
  Production(const Coefficients& coefficients, const Shock& shock, const Closure& closure,
             std::optional<Index> numeraire, double applied)
      : c_(coefficients), t_(*coefficients.theory), closure_(closure), numeraire_(numeraire) {
    if (shock.productivity_hat) log_productivity_ = applied * shock.productivity_hat->log();
    final_demand_share_ = c_.final_demand_share;
    if (shock.final_demand_share) {
      final_demand_share_ += applied * (*shock.final_demand_share - c_.final_demand_share);
    }
  }

  [[nodiscard]] const RegionSector& base_final_demand_share() const noexcept { return final_demand_share_; }

  /// Equation 1: costs at given earnings, prices and sizes of sectors.
  [[nodiscard]] Costs costs(const Unknowns& z, const RegionSector& log_price) const {
    Costs out;
    out.log_factor_price = factor_price(z, log_price);
    if (t_.plain()) {
      out.log_unit = cobb_douglas(out.log_factor_price.col(0), log_price);
      return out;
    }
    out.log_value_added_price = value_added_price(z, out.log_factor_price);
    out.log_materials_price = materials_price(log_price);
    out.log_bundle = bundle(out.log_value_added_price, out.log_materials_price);
    out.log_unit = out.log_bundle;
    if (t_.scales()) out.log_unit -= t_.scale * (log_output_hat(z, out) - out.log_bundle);
    if (log_productivity_.size() != 0) out.log_unit -= log_productivity_;
    return out;
  }

  /// log W_hat: (1 - omega) log V_hat + omega log of what the supply answers to; N x F.
  [[nodiscard]] Eigen::ArrayXXd factor_price(const Unknowns& z, const RegionSector& log_price) const {
    Eigen::ArrayXXd price = z.log_earnings;
    if (!t_.elastic()) return price;
    const Vector consumer = log_consumer_price(log_price);
    const auto answer = [&](WageAnchor anchor, const Vector& to) {
      for (std::size_t f = 0; f < t_.factors.size(); ++f) {
        const Vector& omega = t_.factors[f].response;
        if (t_.factors[f].anchor != anchor) continue;
        const auto k = static_cast<Index>(f);
        price.col(k) = (1.0 - omega) * z.log_earnings.col(k) + omega * to;
      }
    };
    answer(WageAnchor::real, z.log_tax.size() != 0 ? Vector(consumer + z.log_tax) : consumer);
    answer(WageAnchor::nominal, Vector::Constant(c_.regions, log_numeraire(price, consumer)));
    return price;
  }

  /// log of the numeraire's price where world value added is the unit.
  [[nodiscard]] double log_numeraire(const Eigen::ArrayXXd& factor_price, const Vector& consumer) const {
    if (numeraire_) return factor_price(*numeraire_, 0);
    if (closure_.numeraire == Closure::kWorldConsumerPrice) {
      return std::log((c_.income * consumer.exp()).sum() / c_.income.sum());
    }
    return 0;
  }

  /// Consumer price in logs, CES over sectors with the weights alpha; N.
  [[nodiscard]] Vector log_consumer_price(const RegionSector& log_price) const {
    return ces::log_index_by_row(final_demand_share_, log_price, t_.final_demand);
  }

  /// alpha_hat alpha: shares of final demand at given prices; N x J.
  [[nodiscard]] RegionSector final_demand_share(const RegionSector& log_price) const {
    if (t_.final_demand == 1) return final_demand_share_;
    const Vector index = log_consumer_price(log_price);
    return final_demand_share_ * exp_of((1.0 - t_.final_demand) * (log_price.colwise() - index));
  }

  /// beta' = beta (p_v / b)^(1 - rho); N x J.
  [[nodiscard]] RegionSector value_added_share(const Costs& costs) const {
    if (t_.value_added_materials.size() == 0) return c_.value_added_share;
    // A share of one stays one, whatever rounding makes of prices.
    const RegionSector& beta = c_.value_added_share;
    return (beta < 1.0).select(beta * exp_of(log_value_added_share_hat(costs)), beta);
  }

  /// Equation 4, materials: sum_k gamma'^{jk} (1 - beta'^k) Y'^k; N x J.
  [[nodiscard]] RegionSector materials(const RegionSector& output, const Costs& costs,
                                       const RegionSector& log_price) const {
    if (!t_.ces_production()) return cobb_douglas_materials(output);
    const double k = 1.0 - t_.materials;
    RegionSector spending = (1.0 - value_added_share(costs)) * output;
    if (k != 0) spending *= exp_of(-k * costs.log_materials_price);
    const Eigen::ArrayXXd spent = spending.transpose();
    Eigen::ArrayXXd bought(c_.sectors, c_.regions);
    for (Index n = 0; n < c_.regions; ++n) {
      kernels::multiply(c_.input_shares->slice(n).data(), c_.sectors, c_.sectors, spent.col(n).data(),
                        bought.col(n).data());
    }
    RegionSector materials = bought.transpose();
    if (k != 0) materials *= exp_of(k * log_price);
    return materials;
  }

  /// gamma' = gamma (P / p_m)^(1 - rho_m); J x J x N.
  [[nodiscard]] Cube input_shares(const Costs& costs, const RegionSector& log_price) const {
    Cube mix = *c_.input_shares;
    const double k = 1.0 - t_.materials;
    for (Index n = 0; n < c_.regions; ++n) {
      mix.slice(n) = (k * log_price.row(n).transpose()).exp().matrix().asDiagonal() * mix.slice(n) *
                     (-k * costs.log_materials_price.row(n).transpose()).exp().matrix().asDiagonal();
    }
    return mix;
  }

  /// Equation 6: what is paid to each factor, sum_j phi beta' Y'; N x F.
  [[nodiscard]] Eigen::ArrayXXd factor_demand(const RegionSector& value_added) const {
    Eigen::ArrayXXd paid(c_.regions, c_.factors());
    if (t_.factors.size() == 1) {
      paid.col(0) = value_added.rowwise().sum();
      return paid;
    }
    for (std::size_t f = 0; f < t_.factors.size(); ++f) {
      paid.col(static_cast<Index>(f)) = (t_.factors[f].share * value_added).rowwise().sum();
    }
    return paid;
  }

  /// log of the change in a sector's value added; N x J. A sector that makes nothing goes with its region.
  [[nodiscard]] RegionSector log_value_added_hat(const Unknowns& z, const RegionSector& output,
                                                 const Costs& costs) const {
    RegionSector hat = (c_.output > 0.0).select(output / c_.output, 1.0).max(std::numeric_limits<double>::min());
    kernels::log(hat.data(), hat.size());
    if (t_.value_added_materials.size() != 0) hat += log_value_added_share_hat(costs);
    const Vector region = ((c_.factor_income * z.log_earnings.exp()).rowwise().sum() / c_.value_added).log();
    return (c_.output > 0.0).select(hat, region.replicate(1, c_.sectors));
  }

 private:
  static RegionSector exp_of(RegionSector values) {
    kernels::exp(values.data(), values.size());
    return values;
  }

  [[nodiscard]] RegionSector cobb_douglas(const Vector& log_wage, const RegionSector& log_price) const {
    RegionSector log_cost = c_.value_added_share.colwise() * log_wage;
    if (c_.has_materials) log_cost += by_inputs(c_.materials, log_price);
    if (log_productivity_.size() != 0) log_cost -= log_productivity_;
    return log_cost;
  }

  [[nodiscard]] RegionSector cobb_douglas_materials(const RegionSector& output) const {
    if (!c_.has_materials) return RegionSector::Zero(c_.regions, c_.sectors);
    const Eigen::ArrayXXd produced = output.transpose();
    Eigen::ArrayXXd materials(c_.sectors, c_.regions);
    for (Index n = 0; n < c_.regions; ++n) {
      kernels::multiply(c_.materials.slice(n).data(), c_.sectors, c_.sectors, produced.col(n).data(),
                        materials.col(n).data());
    }
    return materials.transpose();
  }

  // sum_k weight^{kj} x^k by region; N x J.
  [[nodiscard]] RegionSector by_inputs(const Cube& weights, const RegionSector& values) const {
    const Eigen::ArrayXXd by_region = values.transpose();
    Eigen::ArrayXXd inputs(c_.sectors, c_.regions);
    for (Index n = 0; n < c_.regions; ++n) {
      kernels::multiply_transposed(weights.slice(n).data(), c_.sectors, c_.sectors, by_region.col(n).data(),
                                   inputs.col(n).data());
    }
    return inputs.transpose();
  }

  // log p_v = sum_f phi_f (log W_f + mu_f (log v - log V_f)): a factor that stays earns what its sector does.
  [[nodiscard]] RegionSector value_added_price(const Unknowns& z, const Eigen::ArrayXXd& factor_price) const {
    RegionSector price = RegionSector::Zero(c_.regions, c_.sectors);
    for (std::size_t f = 0; f < t_.factors.size(); ++f) {
      const FactorValues& factor = t_.factors[f];
      const auto k = static_cast<Index>(f);
      const Vector common = factor_price.col(k) - factor.immobility * z.log_earnings.col(k);
      if (factor.immobility > 0) {
        price += factor.share * factor.immobility * z.log_value_added;
      }
      price += factor.share.colwise() * common;
    }
    return price;
  }

  [[nodiscard]] RegionSector materials_price(const RegionSector& log_price) const {
    if (!c_.has_materials) return RegionSector::Zero(c_.regions, c_.sectors);
    if (t_.materials == 1) return by_inputs(*c_.input_shares, log_price);
    const double k = 1.0 - t_.materials;
    return ces::log_index(by_inputs(*c_.input_shares, ces::rise(log_price, k)), k);
  }

  [[nodiscard]] RegionSector bundle(const RegionSector& value_added, const RegionSector& materials) const {
    const RegionSector& beta = c_.value_added_share;
    if (t_.value_added_materials.size() == 0) return beta * value_added + (1.0 - beta) * materials;
    RegionSector cost(c_.regions, c_.sectors);
    for (Index j = 0; j < c_.sectors; ++j) {
      const double k = 1.0 - t_.value_added_materials[j];
      const Vector gap = value_added.col(j) - materials.col(j);
      const Vector mean =
          k == 0 ? Vector(beta.col(j) * gap) : Vector(ces::log_index(beta.col(j) * ces::rise(gap, k), k));
      cost.col(j) = materials.col(j) + mean;
    }
    return cost;
  }

  [[nodiscard]] RegionSector log_value_added_share_hat(const Costs& costs) const {
    return (costs.log_value_added_price - costs.log_bundle).rowwise() * (1.0 - t_.value_added_materials).transpose();
  }

  // A sector's size in value, from its value added; in the bundle's price where it makes nothing.
  [[nodiscard]] RegionSector log_output_hat(const Unknowns& z, const Costs& costs) const {
    RegionSector hat = z.log_value_added;
    if (t_.value_added_materials.size() != 0) hat -= log_value_added_share_hat(costs);
    return (c_.output > 0.0).select(hat, costs.log_bundle);
  }

  const Coefficients& c_;
  const TheoryValues& t_;
  Closure closure_;
  std::optional<Index> numeraire_;
  RegionSector log_productivity_, final_demand_share_;
};

}  // namespace tariffsim
