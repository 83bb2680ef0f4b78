// System: equations 1 to 6 of the model in changes, for one base, one shock and one closure.
//
// Caliendo and Parro (2015), Costinot and Rodriguez-Clare (2014); notation of docs/model.md. Once
// A = a_hat pi kappa_hat^-theta is formed, an evaluation needs no power of an N x N array.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>
#include <deque>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/coefficients.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// The unknowns of the system: wages and prices as logs of changes, expenditure in levels.
struct Unknowns {
  Vector log_wage;           ///< N, log w_hat
  RegionSector log_price;    ///< N x J, log P_hat
  RegionSector expenditure;  ///< N x J, X'; zero where nothing is bought
};

/// Where all goods are sold: what buyers pay for, by importer and by exporter.
struct Trade {
  RegionSector output;        ///< N x J, Y', equation 4
  Vector tariff_revenue;      ///< N
  Vector export_tax_revenue;  ///< N
};

/// The parts of equation 5.
struct Budget {
  Vector value_added;  ///< N, w_hat w L
  Vector deficit;      ///< N, D'
  Vector income;       ///< N, I'
};

/// The equations, each a function, for given base, shock and closure; immutable once formed.
class System {
 public:
  /// @param base,coefficients must outlive the system. @param applied share of the shock to apply, in (0, 1].
  System(const State& base, const Coefficients& coefficients, const Shock& shock, const Closure& closure,
         double applied = 1.0)
      : c_(coefficients), closure_(closure) {
    const Index N = c_.regions, J = c_.sectors;
    const Cube& t0 = base.tariffs();
    const Cube& e0 = base.export_taxes();
    const Cube& t1 = shock.tariffs ? *shock.tariffs : t0;
    const Cube& e1 = shock.export_taxes ? *shock.export_taxes : e0;
    shares_.resize(static_cast<std::size_t>(N * J));
    border_shares_.resize(static_cast<std::size_t>(N * J));
    own_border_share_.resize(N, J);
    for (Index j = 0; j < J; ++j) form_sector(j, t0, t1, e0, e1, shock, applied);
    taxes_exports_ = c_.taxes_exports || shock.export_taxes;
    if (taxes_exports_) {
      net_of_export_tax_ = Cube(N, N, J);
      for (Index j = 0; j < J; ++j) {
        const Eigen::ArrayXXd e = e0.slice(j) + applied * (e1.slice(j) - e0.slice(j));
        net_of_export_tax_.slice(j) = (border_shares(j).array() / (1.0 + e)).matrix();
      }
    }
    log_productivity_ = shock.productivity_hat ? RegionSector(applied * shock.productivity_hat->log())
                                               : RegionSector(RegionSector::Zero(0, 0));
    final_demand_share_ = c_.final_demand_share;
    if (shock.final_demand_share) {
      final_demand_share_ += applied * (*shock.final_demand_share - c_.final_demand_share);
    }
    deficit_ = c_.deficit;
    if (closure_.deficits == Deficits::balanced) deficit_ *= 1.0 - applied;
    if (shock.deficits) deficit_ += applied * (*shock.deficits - deficit_);
  }

  System(const System&) = delete;
  System& operator=(const System&) = delete;
  System(System&&) = default;

  [[nodiscard]] const Coefficients& coefficients() const noexcept { return c_; }

  using Column = Eigen::Map<const Eigen::VectorXd>;
  /// A_in of importer n and sector j: expenditure weights after the shock, N.
  [[nodiscard]] Column shares(Index n, Index j) const { return {shares_[at(n, j)], c_.regions}; }
  /// B_in = A_in / (1 + t'_in) of importer n and sector j, N.
  [[nodiscard]] Column border_shares(Index n, Index j) const { return {border_shares_[at(n, j)], c_.regions}; }
  /// A of sector j, N x N.
  [[nodiscard]] Eigen::MatrixXd shares(Index j) const { return joined(shares_, j); }
  /// B of sector j, N x N.
  [[nodiscard]] Eigen::MatrixXd border_shares(Index j) const { return joined(border_shares_, j); }
  /// B_nn, N x J.
  [[nodiscard]] const RegionSector& own_border_share() const noexcept { return own_border_share_; }
  /// True where a flow of the base can no longer be: banned, or its wedge is prohibitive beyond what numbers hold.
  [[nodiscard]] bool cuts_links() const noexcept { return cuts_links_; }
  /// True where the shock changes what importer n pays or wants in sector j.
  [[nodiscard]] bool changes_shares(Index n, Index j) const {
    return shares_[at(n, j)] != c_.expenditure_share.slice(j).col(n).data();
  }
  [[nodiscard]] const RegionSector& final_demand_share() const noexcept { return final_demand_share_; }

  /// Equation 1: log c_hat_i^j = beta log w_hat + sum_k (1 - beta) gamma^{kj} log P_hat^k - log A_hat; N x J.
  [[nodiscard]] RegionSector log_unit_cost(const Vector& log_wage, const RegionSector& log_price) const {
    RegionSector log_cost = c_.value_added_share.colwise() * log_wage;
    if (c_.has_materials) {
      const Eigen::ArrayXXd prices = log_price.transpose();
      Eigen::ArrayXXd inputs(c_.sectors, c_.regions);
      for (Index n = 0; n < c_.regions; ++n) {
        kernels::multiply_transposed(c_.materials.slice(n).data(), c_.sectors, c_.sectors, prices.col(n).data(),
                                     inputs.col(n).data());
      }
      log_cost += inputs.transpose();
    }
    if (log_productivity_.size() != 0) log_cost -= log_productivity_;
    return log_cost;
  }

  /// u = x^-theta for log x by region and sector; N x J.
  [[nodiscard]] RegionSector power_minus_theta(const RegionSector& log_value) const {
    RegionSector power = log_value.rowwise() * -c_.trade_elasticity.transpose();
    kernels::exp(power.data(), power.size());
    return power;
  }

  /// Equation 2, before the root: s_n^j = sum_i A_in^j u_i^j = P_hat^-theta; N x J, zero where nothing can be bought.
  [[nodiscard]] RegionSector price_sum(const RegionSector& competitiveness) const {
    RegionSector sum(c_.regions, c_.sectors);
    for (Index j = 0; j < c_.sectors; ++j) {
      kernels::column_products(&shares_[at(0, j)], c_.regions, c_.regions, competitiveness.col(j).data(),
                               sum.col(j).data());
    }
    return sum;
  }

  /// Equation 2: log P_hat = -log(s) / theta; N x J. A good that cannot be bought keeps its price.
  [[nodiscard]] RegionSector log_price(const RegionSector& price_sum) const {
    RegionSector price = price_sum.max(std::numeric_limits<double>::min());
    kernels::log(price.data(), price.size());
    price.rowwise() *= -c_.trade_elasticity.inverse().transpose();
    return (price_sum > 0.0).select(price, 0.0);
  }

  /// Equations 3 and 4: output and revenue of expenditure X' spread by the shares A_in u_i / s_n.
  [[nodiscard]] Trade trade(const RegionSector& competitiveness, const RegionSector& price_sum,
                            const RegionSector& expenditure) const {
    const Index N = c_.regions, J = c_.sectors;
    const RegionSector per_weight = (price_sum > 0.0).select(expenditure / price_sum, 0.0);
    Trade out;
    out.output.resize(N, J);
    RegionSector border_sum(N, J);
    for (Index j = 0; j < J; ++j) {
      kernels::sales_pass({N, &border_shares_[at(0, j)], competitiveness.col(j).data(), per_weight.col(j).data(),
                           border_sum.col(j).data(), out.output.col(j).data()});
    }
    out.output *= competitiveness;
    out.tariff_revenue = (expenditure - per_weight * border_sum).rowwise().sum();
    out.export_tax_revenue = Vector::Zero(N);
    if (taxes_exports_) {
      out.export_tax_revenue = out.output.rowwise().sum();
      for (Index j = 0; j < J; ++j) {
        out.output.col(j) = (net_of_export_tax_.slice(j) * per_weight.col(j).matrix()).array();
      }
      out.output *= competitiveness;
      out.export_tax_revenue -= out.output.rowwise().sum();
    }
    return out;
  }

  /// Equation 5: I' = w_hat w L + tariff and export-tax revenue + D'; N.
  [[nodiscard]] Budget budget(const Vector& log_wage, const Trade& sold) const {
    Budget out;
    out.value_added = c_.value_added * log_wage.exp();
    out.deficit = deficits(out.value_added);
    out.income = out.value_added + sold.tariff_revenue + sold.export_tax_revenue + out.deficit;
    return out;
  }

  /// Equation 4: X'_n^j = sum_k gamma^{jk} (1 - beta^k) Y'_n^k + alpha^j I'_n; N x J.
  [[nodiscard]] RegionSector expenditure(const RegionSector& output, const Vector& income) const {
    RegionSector spent = final_demand_share_.colwise() * income;
    if (!c_.has_materials) return spent;
    const Eigen::ArrayXXd produced = output.transpose();
    Eigen::ArrayXXd materials(c_.sectors, c_.regions);
    for (Index n = 0; n < c_.regions; ++n) {
      kernels::multiply(c_.materials.slice(n).data(), c_.sectors, c_.sectors, produced.col(n).data(),
                        materials.col(n).data());
    }
    return spent + materials.transpose();
  }

  /// Equation 6: labour demand sum_j beta Y'; N.
  [[nodiscard]] Vector labour_demand(const RegionSector& output) const {
    return (c_.value_added_share * output).rowwise().sum();
  }

  /// D' of the closure at given value added; sums to zero. World value added is the unit of account.
  [[nodiscard]] Vector deficits(const Vector& value_added) const {
    const double world_before = c_.value_added.sum(), world_now = value_added.sum();
    switch (closure_.deficits) {
      case Deficits::balanced:
      case Deficits::fixed_world_share: return deficit_ * (world_now / world_before);
      case Deficits::fixed_income_share: {
        const Vector rate = deficit_ / c_.value_added;
        return value_added * (rate - (rate * value_added).sum() / world_now);
      }
    }
    return deficit_;
  }

 private:
  [[nodiscard]] std::size_t at(Index n, Index j) const { return static_cast<std::size_t>(n + c_.regions * j); }

  [[nodiscard]] Eigen::MatrixXd joined(const std::vector<const double*>& columns, Index j) const {
    Eigen::MatrixXd matrix(c_.regions, c_.regions);
    for (Index n = 0; n < c_.regions; ++n) matrix.col(n) = Column(columns[at(n, j)], c_.regions);
    return matrix;
  }

  // A and B of one sector, column by column; points into the base where nothing changes there.
  void form_sector(Index j, const Cube& t0, const Cube& t1, const Cube& e0, const Cube& e1, const Shock& shock,
                   double applied) {
    const Index N = c_.regions;
    const auto column = [&](const Cube& cube, Index n) { return cube.data() + N * (n + N * j); };
    const auto differ = [&](const Cube& x, const Cube& y, Index first, Index columns) {
      return &x != &y && std::memcmp(column(x, first), column(y, first),
                                     static_cast<std::size_t>(N * columns) * sizeof(double)) != 0;
    };
    const bool tariffs = differ(t0, t1, 0, N), export_taxes = differ(e0, e1, 0, N);
    const bool costs = shock.trade_cost_hat && (shock.trade_cost_hat->slice(j).array() != 1.0).any();
    const bool tastes = shock.taste_hat && (shock.taste_hat->slice(j).array() != 1.0).any();
    // Without tariffs A and B are one; reading it twice is cheaper than reading two.
    const Cube& border = c_.untaxed[static_cast<std::size_t>(j)] ? c_.expenditure_share : c_.border_share;
    for (Index n = 0; n < N; ++n) {
      shares_[at(n, j)] = column(c_.expenditure_share, n);
      border_shares_[at(n, j)] = column(border, n);
      const bool changes =
          costs || tastes || (tariffs && differ(t0, t1, n, 1)) || (export_taxes && differ(e0, e1, n, 1));
      if (!changes) {
        own_border_share_(n, j) = border_shares_[at(n, j)][n];
        continue;
      }
      Eigen::VectorXd a = shares(n, j), b = border_shares(n, j);
      for (Index i = 0; i < N; ++i) {
        if (a[i] == 0) continue;
        const double by_tariff = (1.0 + t1(i, n, j)) / (1.0 + t0(i, n, j));
        const double by_export_tax = (1.0 + e1(i, n, j)) / (1.0 + e0(i, n, j));
        const double cost = costs ? (*shock.trade_cost_hat)(i, n, j) : 1.0;
        const double taste = tastes ? 1.0 + applied * ((*shock.taste_hat)(i, n, j) - 1.0) : 1.0;
        if (by_tariff == 1.0 && by_export_tax == 1.0 && cost == 1.0 && taste == 1.0) continue;
        const double whole = std::pow(by_tariff * by_export_tax * cost, -c_.trade_elasticity[j]);
        const double factor = partial(whole, applied);
        a[i] *= taste * factor;
        b[i] = a[i] / (1.0 + partial_tariff(t0(i, n, j), t1(i, n, j), factor, whole, applied));
        if (a[i] == 0) cuts_links_ = true;
      }
      own_border_share_(n, j) = b[n];
      shares_[at(n, j)] = own_columns_.emplace_back(std::move(a)).data();
      border_shares_[at(n, j)] = own_columns_.emplace_back(std::move(b)).data();
    }
  }

  // What a part of a wedge does to a weight: an even way in logs, and to a ban, which has none, an even way down.
  static double partial(double whole, double applied) {
    if (applied >= 1.0) return whole;
    return whole > 0 ? std::pow(whole, applied) : 1.0 - applied;
  }

  // The tariff on the way from t0 to t1 where the wedge that it is part of has `factor` of its whole effect.
  static double partial_tariff(double t0, double t1, double factor, double whole, double applied) {
    if (applied >= 1.0) return t1;
    const double part = whole == 1.0 ? applied : std::log(factor) / std::log(whole);
    return (1.0 + t0) * std::pow((1.0 + t1) / (1.0 + t0), part) - 1.0;
  }

  const Coefficients& c_;
  Closure closure_;
  std::deque<Eigen::VectorXd> own_columns_;
  std::vector<const double*> shares_, border_shares_;  // columns of A and B by importer and sector
  bool taxes_exports_ = false, cuts_links_ = false;
  Cube net_of_export_tax_;
  RegionSector own_border_share_, log_productivity_, final_demand_share_;
  Vector deficit_;
};

}  // namespace tariffsim
