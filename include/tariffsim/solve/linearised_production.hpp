// Equations 1 and 4 (makers' side) linearised at a solution, in logs of changes, as operations of a tape.
#pragma once

#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/linear_tape.hpp"
#include "tariffsim/solve/parameters.hpp"

namespace tariffsim::detail {

/// The nodes of a tape that stand for parameters; those that the theory does not have are absent.
using ParameterNodes = std::map<ParameterKind, LinearTape::Node>;

/// The changes that production starts from.
struct ProductionInputs {
  std::vector<LinearTape::Node> log_earnings;  ///< F of N x 1
  std::optional<LinearTape::Node> log_value_added, log_tax;
};

/// Linearised Costs.
struct CostNodes {
  LinearTape::Node log_consumer_price;             ///< N x 1
  std::optional<LinearTape::Node> log_numeraire;   ///< 1 x 1; absent where it is constant
  std::vector<LinearTape::Node> log_factor_price;  ///< F of N x 1
  std::optional<LinearTape::Node> log_materials_price, log_bundle, substitution;  ///< N x J; absent in the plain theory
  LinearTape::Node log_unit;                                                      ///< N x J
};

class LinearisedProduction {
 public:
  using Array = Eigen::ArrayXXd;
  using Node = LinearTape::Node;

  /// @param system must outlive it. @param z a solution.
  LinearisedProduction(LinearTape& tape, const System& system, const Unknowns& z, const Costs& costs,
                       std::optional<Index> numeraire, const ParameterNodes& parameters)
      : tape_(tape),
        c_(system.coefficients()),
        t_(system.theory()),
        closure_(system.closure()),
        z_(z),
        costs_(costs),
        numeraire_(numeraire),
        parameters_(parameters),
        final_demand_share_(system.production().final_demand_share(z.log_price)),
        value_added_share_(system.production().value_added_share(costs)),
        consumer_price_(system.production().log_consumer_price(z.log_price)) {
    if (t_.materials != 1)
      mix_ = std::make_shared<const Cube>(system.production().input_shares(costs, z.log_price));
    else
      mix_ = c_.input_shares;
    if (t_.value_added_materials.size() != 0) {
      one_minus_rho_ = (1.0 - t_.value_added_materials).transpose().replicate(c_.regions, 1);
    }
  }

  [[nodiscard]] const Array& final_demand_share() const { return final_demand_share_; }
  [[nodiscard]] const Array& value_added_share() const { return value_added_share_; }
  [[nodiscard]] const Vector& consumer_price() const { return consumer_price_; }

  /// Equation 1 at prices that move with a node.
  [[nodiscard]] CostNodes costs(const ProductionInputs& in, Node log_price) const {
    CostNodes out{};
    out.log_consumer_price = consumer_price(log_price);
    factor_prices(in, out);
    if (t_.plain()) {
      out.log_unit = tape_.along_rows(out.log_factor_price[0], c_.value_added_share);
      if (c_.has_materials) out.log_unit = plus(out.log_unit, by_inputs(own(c_.materials), log_price));
    } else {
      const Node value_added = value_added_price(in, out);
      out.log_materials_price = materials_price(log_price);
      bundle(value_added, out);
      out.log_unit = *out.log_bundle;
      if (t_.scales()) scale(in, out);
    }
    if (const auto productivity = parameter(ParameterKind::productivity)) {
      out.log_unit = tape_.sum({{1.0, out.log_unit}, {-1.0, *productivity}});
    }
    return out;
  }

  /// alpha' I' in levels, with `income` a node of its change in level; N x J.
  [[nodiscard]] Node final_demand(Node income, Node log_price, const CostNodes& costs, const Vector& level) const {
    Node spent = tape_.along_rows(income, final_demand_share_);
    const double k = 1.0 - t_.final_demand;
    const Array weight = final_demand_share_.colwise() * level;
    if (k != 0) {
      spent = plus(spent, tape_.times(log_price, k * weight));
      spent = tape_.sum({{1.0, spent}, {-k, tape_.along_rows(costs.log_consumer_price, weight)}});
    }
    if (const auto sigma = parameter(ParameterKind::final_demand)) {
      const Array gap = z_.log_price.colwise() - consumer_price_;
      spent = plus(spent, tape_.everywhere(*sigma, -weight * gap));
    }
    return spent;
  }

  /// Equation 4, materials in levels, from a node of output's change in level; N x J.
  [[nodiscard]] Node materials(Node output, Node log_price, const CostNodes& costs, const Array& level) const {
    if (!t_.ces_production()) return by_users(own(c_.materials), output);
    Node spending = tape_.times(output, 1.0 - value_added_share_);
    if (costs.substitution) {
      spending = tape_.sum({{1.0, spending}, {-1.0, tape_.times(*costs.substitution, value_added_share_ * level)}});
    }
    const double k = 1.0 - t_.materials;
    const Array spent = (1.0 - value_added_share_) * level;
    if (k != 0) {
      spending = tape_.sum({{1.0, spending}, {-k, tape_.times(*costs.log_materials_price, spent)}});
    }
    const auto rho = parameter(ParameterKind::materials);
    if (rho) spending = plus(spending, tape_.everywhere(*rho, spent * costs_.log_materials_price));
    Node bought = by_users(mix_, spending);
    if (k != 0 || rho) {
      const Array value = used_by(spent);
      if (k != 0) bought = plus(bought, tape_.times(log_price, k * value));
      if (rho) bought = plus(bought, tape_.everywhere(*rho, -value * z_.log_price));
    }
    return bought;
  }

  /// beta' Y' in levels; N x J.
  [[nodiscard]] Node value_added(Node output, const CostNodes& costs, const Array& level) const {
    const Node paid = tape_.times(output, value_added_share_);
    if (!costs.substitution) return paid;
    return plus(paid, tape_.times(*costs.substitution, value_added_share_ * level));
  }

 private:
  [[nodiscard]] std::optional<Node> parameter(ParameterKind kind) const {
    const auto found = parameters_.find(kind);
    return found == parameters_.end() ? std::nullopt : std::optional<Node>(found->second);
  }
  [[nodiscard]] Node plus(Node a, Node b) const { return tape_.sum({{1.0, a}, {1.0, b}}); }
  // A cube of the coefficients, which outlive the tape.
  static std::shared_ptr<const Cube> own(const Cube& cube) { return {std::shared_ptr<const Cube>(), &cube}; }

  // d log of a CES index by its k = 1 - rho: (mean - index) / k, of the current shares; half the variance where k is
  // small.
  static double index_slope(double mean, double square, double index, double k) {
    constexpr double kSmall = 1e-4;
    return std::abs(k) > kSmall ? (mean - index) / k : 0.5 * (square - mean * mean);
  }

  [[nodiscard]] Node consumer_price(Node log_price) const {
    Node index = tape_.row_sums(log_price, final_demand_share_);
    if (const auto sigma = parameter(ParameterKind::final_demand)) {
      const Vector mean = (final_demand_share_ * z_.log_price).rowwise().sum();
      const Vector square = (final_demand_share_ * z_.log_price.square()).rowwise().sum();
      Array slope(c_.regions, 1);
      for (Index n = 0; n < c_.regions; ++n) {
        slope(n, 0) = -index_slope(mean[n], square[n], consumer_price_[n], 1.0 - t_.final_demand);
      }
      index = plus(index, tape_.everywhere(*sigma, slope));
    }
    return index;
  }

  void factor_prices(const ProductionInputs& in, CostNodes& out) const {
    out.log_factor_price = in.log_earnings;
    const auto supply = parameter(ParameterKind::supply);
    Vector consumer = consumer_price_;
    Node real = out.log_consumer_price;
    if (in.log_tax) {
      real = plus(real, *in.log_tax);
      consumer += z_.log_tax;
    }
    const auto answer = [&](WageAnchor anchor, std::optional<Node> to, const Vector& value) {
      for (std::size_t f = 0; f < t_.factors.size(); ++f) {
        const FactorValues& factor = t_.factors[f];
        if (factor.anchor != anchor) continue;
        Node price = out.log_factor_price[f];
        if ((factor.response > 0).any()) {
          price = tape_.times(price, Array(1.0 - factor.response));
          if (to) price = plus(price, column_times(*to, factor.response));
        }
        if (supply) {  // omega = eta / (1 + eta)
          const Vector slope = (1.0 - factor.response).square();
          const Vector gap = value - z_.log_earnings.col(static_cast<Index>(f));
          price = plus(price, tape_.times(tape_.column(*supply, static_cast<Index>(f)), Array(slope * gap)));
        }
        out.log_factor_price[f] = price;
      }
    };
    answer(WageAnchor::real, real, consumer);
    double numeraire = 0;
    if (numeraire_) {
      out.log_numeraire = tape_.element(out.log_factor_price[0], *numeraire_, 0);
      numeraire = costs_.log_factor_price(*numeraire_, 0);
    } else if (closure_.numeraire == Closure::kWorldConsumerPrice) {
      const Vector weight = c_.income * consumer_price_.exp();
      out.log_numeraire = tape_.total(out.log_consumer_price, Array(weight / weight.sum()));
      numeraire = std::log(weight.sum() / c_.income.sum());
    }
    answer(WageAnchor::nominal, out.log_numeraire, Vector::Constant(c_.regions, numeraire));
  }

  // A column or one number times a column.
  [[nodiscard]] Node column_times(Node a, const Vector& c) const {
    return tape_.rows(a) == 1 ? tape_.everywhere(a, Array(c)) : tape_.times(a, Array(c));
  }

  [[nodiscard]] Node value_added_price(const ProductionInputs& in, const CostNodes& costs) const {
    std::optional<Node> price;
    const auto add = [&](Node term) { price = price ? plus(*price, term) : term; };
    for (std::size_t f = 0; f < t_.factors.size(); ++f) {
      const FactorValues& factor = t_.factors[f];
      add(tape_.along_rows(costs.log_factor_price[f], factor.share));
      if (!in.log_value_added) continue;
      if (factor.immobility > 0) {
        add(tape_.along_rows(in.log_earnings[f], -factor.immobility * factor.share));
        add(tape_.times(*in.log_value_added, factor.immobility * factor.share));
      }
      if (const auto mobility = parameter(ParameterKind::mobility)) {  // mu = 1 / (1 + kappa)
        const Array gap = z_.log_value_added.colwise() - z_.log_earnings.col(static_cast<Index>(f));
        const double slope = -factor.immobility * factor.immobility;
        add(tape_.everywhere(tape_.element(*mobility, 0, static_cast<Index>(f)), slope * factor.share * gap));
      }
    }
    return *price;
  }

  [[nodiscard]] Node materials_price(Node log_price) const {
    Node price = by_inputs(mix_, log_price);
    if (const auto rho = parameter(ParameterKind::materials)) {
      const Array mean = inputs_of(z_.log_price), square = inputs_of(z_.log_price.square());
      Array slope(c_.regions, c_.sectors);
      for (Index j = 0; j < c_.sectors; ++j) {
        for (Index n = 0; n < c_.regions; ++n) {
          slope(n, j) = -index_slope(mean(n, j), square(n, j), costs_.log_materials_price(n, j), 1.0 - t_.materials);
        }
      }
      price = plus(price, tape_.everywhere(*rho, slope));
    }
    return price;
  }

  // The price of the bundle, and what substitution does to the log of value added's share.
  void bundle(Node value_added, CostNodes& out) const {
    const Array& beta = value_added_share_;
    Node price = plus(tape_.times(value_added, beta), tape_.times(*out.log_materials_price, 1.0 - beta));
    const auto rho = parameter(ParameterKind::value_added_materials);
    if (rho) {
      Array slope(c_.regions, c_.sectors);
      for (Index j = 0; j < c_.sectors; ++j) {
        for (Index n = 0; n < c_.regions; ++n) {
          const double a = costs_.log_value_added_price(n, j), m = costs_.log_materials_price(n, j);
          const double mean = beta(n, j) * a + (1.0 - beta(n, j)) * m;
          const double square = beta(n, j) * a * a + (1.0 - beta(n, j)) * m * m;
          slope(n, j) = -index_slope(mean, square, costs_.log_bundle(n, j), 1.0 - t_.value_added_materials[j]);
        }
      }
      price = plus(price, tape_.down_columns(*rho, slope));
    }
    out.log_bundle = price;
    if (t_.value_added_materials.size() == 0) return;
    const Array whole = (c_.value_added_share < 1.0).select(one_minus_rho_, 0.0);
    Node moved = tape_.sum({{1.0, tape_.times(value_added, whole)}, {-1.0, tape_.times(price, whole)}});
    if (rho) {
      const Array gap = costs_.log_value_added_price - costs_.log_bundle;
      moved = plus(moved, tape_.down_columns(*rho, (c_.value_added_share < 1.0).select(-gap, 0.0)));
    }
    out.substitution = moved;
  }

  // Unit cost falls with the sector's size to the power psi.
  void scale(const ProductionInputs& in, CostNodes& out) const {
    const Array made = (c_.output > 0.0).cast<double>();
    const Array psi = made * t_.scale;
    out.log_unit = tape_.sum({{1.0, out.log_unit}, {-1.0, tape_.times(*in.log_value_added, psi)}});
    if (out.substitution) out.log_unit = plus(out.log_unit, tape_.times(*out.substitution, psi));
    out.log_unit = plus(out.log_unit, tape_.times(*out.log_bundle, psi));
    Array size = z_.log_value_added - costs_.log_bundle;
    if (t_.value_added_materials.size() != 0) {
      size -= (costs_.log_value_added_price - costs_.log_bundle) * one_minus_rho_;
    }
    size *= made;
    if (const auto given = parameter(ParameterKind::scale)) {
      out.log_unit = tape_.sum({{1.0, out.log_unit}, {-1.0, tape_.times(*given, size)}});
    } else if (const auto theta = parameter(ParameterKind::trade_elasticity)) {  // psi = 1 / theta
      const Array slope = size.rowwise() * c_.trade_elasticity.square().inverse().transpose();
      out.log_unit = plus(out.log_unit, tape_.down_columns(*theta, slope));
    }
  }

  // sum_k weight^{kj} x^k by region; N x J.
  [[nodiscard]] Node by_inputs(std::shared_ptr<const Cube> weights, Node values) const {
    return tape_.custom(
        c_.regions, c_.sectors, {values},
        [weights](const auto& in, Array& out) { out += each_region(*weights, *in[0], true); },
        [weights](const Array& out, const auto& in) { *in[0] += each_region(*weights, out, false); });
  }

  // sum_k weight^{jk} x^k by region; N x J.
  [[nodiscard]] Node by_users(std::shared_ptr<const Cube> weights, Node values) const {
    return tape_.custom(
        c_.regions, c_.sectors, {values},
        [weights](const auto& in, Array& out) { out += each_region(*weights, *in[0], false); },
        [weights](const Array& out, const auto& in) { *in[0] += each_region(*weights, out, true); });
  }

  static Array each_region(const Cube& weights, const Array& values, bool transposed) {
    const Array by_region = values.transpose();
    Array product(by_region.rows(), by_region.cols());
    for (Index n = 0; n < by_region.cols(); ++n) {
      (transposed ? kernels::multiply_transposed : kernels::multiply)(
          weights.slice(n).data(), by_region.rows(), by_region.rows(), by_region.col(n).data(), product.col(n).data());
    }
    return product.transpose();
  }

  [[nodiscard]] Array inputs_of(const Array& values) const { return each_region(*mix_, values, true); }
  [[nodiscard]] Array used_by(const Array& values) const { return each_region(*mix_, values, false); }

  LinearTape& tape_;
  const Coefficients& c_;
  const TheoryValues& t_;
  const Closure& closure_;
  const Unknowns& z_;
  const Costs& costs_;
  std::optional<Index> numeraire_;
  const ParameterNodes& parameters_;
  Array final_demand_share_, value_added_share_, one_minus_rho_;
  Vector consumer_price_;
  std::shared_ptr<const Cube> mix_;
};

}  // namespace tariffsim::detail
