// The certificate's own computation of costs, price indices and supplies, straight from the definitions.
#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::detail {

// A CES index of prices whose shares sum to one: (sum share p^(1-rho))^(1/(1-rho)), in the limit a geometric mean.
class CesIndex {
 public:
  explicit CesIndex(double rho) : k_(1.0 - rho) {}

  void add(double share, double log_price) { sum_ += share * (k_ == 0 ? log_price : std::expm1(k_ * log_price)); }
  [[nodiscard]] double log_value() const { return k_ == 0 ? sum_ : std::log1p(sum_) / k_; }
  /// What a share becomes at these prices.
  [[nodiscard]] double shifted(double share, double log_price) const {
    return share * std::exp(k_ * (log_price - log_value()));
  }

 private:
  double k_, sum_ = 0;
};

/// Technology at the prices of a result; N x J.
struct CertifiedProduction {
  RegionSector unit_cost, bundle_cost, value_added_share, final_demand_share;
  Vector consumer_price;
  std::shared_ptr<const Cube> given_mix;
  Cube mix;  ///< empty where the mix of materials is the base's
  [[nodiscard]] const Cube& input_shares() const { return mix.empty() ? *given_mix : mix; }
};

// Without CES, scale or factors that stay, costs are weighted means of logs, which whole arrays do at once.
inline CertifiedProduction certified_cobb_douglas(const Equilibrium& eq) {
  const State& before = *eq.base;
  CertifiedProduction out;
  out.given_mix = before.materials_mix;
  out.value_added_share = before.value_added_share;
  out.final_demand_share = eq.shock->final_demand_share ? *eq.shock->final_demand_share : before.final_demand_share;
  const RegionSector log_price = eq.price_hat.log(), &beta = out.value_added_share;
  RegionSector inputs(beta.rows(), beta.cols());
  for (Index i = 0; i < beta.rows(); ++i) {
    inputs.row(i) = log_price.row(i).matrix() * before.input_shares().slice(i);
  }
  RegionSector log_cost = beta.colwise() * Vector(eq.factor_price_hat.col(0).log()) + (1.0 - beta) * inputs;
  out.bundle_cost = log_cost.exp();
  if (eq.shock->productivity_hat) log_cost -= eq.shock->productivity_hat->log();
  out.unit_cost = log_cost.exp();
  out.consumer_price = (out.final_demand_share * log_price).rowwise().sum().exp();
  return out;
}

/// Log price of each sector's materials in one region, and their mix there; powers of prices are taken once for all.
inline Eigen::ArrayXd certified_materials(const Equilibrium& eq, Index region, const Eigen::ArrayXd& log_price,
                                          Cube& mix) {
  const auto gamma = eq.base->input_shares().slice(region);
  const double k = 1.0 - eq.values->materials;
  if (k == 0) return (gamma.transpose() * log_price.matrix()).array();
  const Eigen::ArrayXd rise = (k * log_price).unaryExpr([](double x) { return std::expm1(x); });
  const Eigen::ArrayXd sum = (gamma.transpose() * rise.matrix()).array();
  const Eigen::ArrayXd index = sum.unaryExpr([](double x) { return std::log1p(x); }) / k;
  mix.slice(region) = (1.0 + rise).matrix().asDiagonal() * gamma * (-k * index).exp().matrix().asDiagonal();
  return index;
}

inline CertifiedProduction certified_production(const Equilibrium& eq) {
  if (eq.values->plain()) return certified_cobb_douglas(eq);
  const State& before = *eq.base;
  const TheoryValues& theory = *eq.values;
  const Shock& shock = *eq.shock;
  const Index N = before.output.rows(), J = before.output.cols();
  CertifiedProduction out;
  out.unit_cost = out.bundle_cost = out.value_added_share = out.final_demand_share = RegionSector::Zero(N, J);
  out.consumer_price = Vector::Ones(N);
  out.given_mix = before.materials_mix;
  if (theory.materials != 1) out.mix = before.input_shares();
  const RegionSector& alpha = shock.final_demand_share ? *shock.final_demand_share : before.final_demand_share;
  const Eigen::ArrayXXd log_price = eq.price_hat.log().transpose();  // J x N
  const Eigen::ArrayXXd earned = eq.counterfactual.factor_income / before.factor_income;
  for (Index i = 0; i < N; ++i) {
    const Eigen::ArrayXd log_materials = certified_materials(eq, i, log_price.col(i), out.mix);
    for (Index j = 0; j < J; ++j) {
      double log_factors = 0;
      for (std::size_t f = 0; f < theory.factors.size(); ++f) {
        const FactorValues& factor = theory.factors[f];
        const auto k = static_cast<Index>(f);
        double log_factor = std::log(eq.factor_price_hat(i, k));
        if (factor.immobility > 0) {
          log_factor += factor.immobility * std::log(eq.value_added_hat(i, j) / earned(i, k));
        }
        log_factors += factor.share(i, j) * log_factor;
      }
      const double beta = before.value_added_share(i, j);
      CesIndex bundle(theory.value_added_materials.size() != 0 ? theory.value_added_materials[j] : 1.0);
      bundle.add(beta, log_factors);
      bundle.add(1.0 - beta, log_materials[j]);
      double cost = out.bundle_cost(i, j) = std::exp(bundle.log_value());
      out.value_added_share(i, j) = bundle.shifted(beta, log_factors);
      if (theory.scales() && before.output(i, j) > 0) {
        const double size = eq.counterfactual.output(i, j) / before.output(i, j) / cost;
        cost *= std::pow(size, -theory.scale(i, j));
      }
      if (shock.productivity_hat) cost /= (*shock.productivity_hat)(i, j);
      out.unit_cost(i, j) = cost;
    }
    CesIndex consumer(theory.final_demand);
    for (Index j = 0; j < J; ++j) consumer.add(alpha(i, j), log_price(j, i));
    out.consumer_price[i] = std::exp(consumer.log_value());
    for (Index j = 0; j < J; ++j) {
      out.final_demand_share(i, j) = consumer.shifted(alpha(i, j), log_price(j, i));
    }
  }
  return out;
}

/// The exporters of one region's own territory as ones, all others as zeros; N.
inline Eigen::ArrayXd domestic_mask(const World& world, Index n) {
  Eigen::ArrayXd mask(world.regions().size());
  for (Index i = 0; i < mask.size(); ++i) mask[i] = world.is_domestic(i, n) ? 1.0 : 0.0;
  return mask;
}

/// The price index of one buyer from weights of its sources, which become its expenditure shares.
/// @param paid spending by source before the change. @param home domestic_mask(), of two tiers alone.
template <class Paid>
double certified_price(const TheoryValues& theory, const Paid& paid, const Eigen::ArrayXd& home, Index j,
                       Eigen::ArrayXd& weight) {
  const double theta = theory.trade_elasticity[j];
  if (!theory.two_tiers()) {
    const double sum = weight.sum();
    weight /= sum;
    return std::pow(sum, -1.0 / theta);
  }
  // Each tier's price index, then the index of the two: weights sum to one in each before the change.
  const double outer = theory.home_elasticity[j], all = paid.sum();
  const double share_home = (paid * home).sum() / all, share_abroad = (paid * (1.0 - home)).sum() / all;
  const double sum_home = (weight * home).sum(), sum_abroad = (weight * (1.0 - home)).sum();
  const auto part = [&](double share, double sum) {
    return sum > 0 ? share * std::pow(sum / share, outer / theta) : 0;
  };
  const double part_home = part(share_home, sum_home), part_abroad = part(share_abroad, sum_abroad);
  const double index = part_home + part_abroad;
  const auto each = [&](double of, double sum) { return sum > 0 ? of / index / sum : 0.0; };
  weight *= each(part_home, sum_home) * home + each(part_abroad, sum_abroad) * (1.0 - home);
  return std::pow(index, -1.0 / outer);
}

/// Prices at which factors are supplied as they are, from what they earn and what their supply answers to; N x F.
inline Eigen::ArrayXXd certified_supply(const Equilibrium& eq) {
  const State &before = *eq.base, &after = eq.counterfactual;
  Eigen::ArrayXXd price = eq.factor_price_hat;
  double numeraire = after.value_added.sum() / before.value_added.sum();
  if (eq.closure.numeraire != Closure::kWorldValueAdded) numeraire = 1.0;  // results are in its units
  for (std::size_t f = 0; f < eq.values->factors.size(); ++f) {
    const FactorValues& factor = eq.values->factors[f];
    const auto k = static_cast<Index>(f);
    Vector to = Vector::Constant(price.rows(), numeraire);
    if (factor.anchor == WageAnchor::real) {
      to = eq.consumer_price_hat;
      if (eq.closure.revenue == Revenue::income_tax) {
        to *= (1.0 - after.tariff_revenue / after.value_added) / (1.0 - before.tariff_revenue / before.value_added);
      }
    }
    // The supply curve supply_hat = (price / to)^elasticity, solved for the price at what the factor earns.
    const Vector earned = eq.factor_price_hat.col(k) * eq.factor_supply_hat.col(k);
    price.col(k) = (factor.response * to.log() + (1.0 - factor.response) * earned.log()).exp();
  }
  return price;
}

}  // namespace tariffsim::detail
