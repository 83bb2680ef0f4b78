// Sourcing: from whom each good is bought, at what price, and what its makers receive; equations 2 to 4.
//
// Once A = a_hat pi kappa_hat^-theta is formed, an evaluation needs no power of an N x N array.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>
#include <deque>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/model/coefficients.hpp"
#include "tariffsim/model/wedges.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// Where all goods are sold: what buyers pay for, by importer and by exporter.
struct Trade {
  RegionSector output;        ///< N x J, Y', equation 4
  Vector tariff_revenue;      ///< N
  Vector export_tax_revenue;  ///< N
};

/// What buyers pay and how their expenditure spreads: the share of exporter i is A_in u_i times the weight.
struct Sources {
  RegionSector price_sum;    ///< N x J, P_hat^-theta of the outer tier before market size; zero where nothing is sold
  RegionSector weight;       ///< N x J, of exporters abroad; of all where there is one tier
  RegionSector home_weight;  ///< N x J, of exporters in the importer's own territory; empty where there is one tier
};

/// The buyers' side of the system for one base and shock; immutable once formed.
class Sourcing {
 public:
  /// @param base,coefficients must outlive it. @param applied share of the shock to apply, in (0, 1].
  Sourcing(const State& base, const Coefficients& coefficients, const Shock& shock, double applied)
      : c_(coefficients), t_(*coefficients.theory) {
    const Index N = c_.regions, J = c_.sectors;
    const Wedges wedges(base, shock, t_, applied);
    shares_.resize(static_cast<std::size_t>(N * J));
    border_shares_.resize(static_cast<std::size_t>(N * J));
    own_border_share_.resize(N, J);
    changed_.assign(static_cast<std::size_t>(N * J), false);
    if (t_.two_tiers()) {
      for (const auto& from : c_.home) {
        home_first_.push_back(homes_);
        homes_ += from.size();
      }
      home_.reserve(homes_ * static_cast<std::size_t>(J));
    }
    for (Index j = 0; j < J; ++j) form_sector(j, wedges);
    taxes_exports_ = c_.taxes_exports || shock.export_taxes;
    if (taxes_exports_) form_net_shares(wedges);
  }

  Sourcing(const Sourcing&) = delete;
  Sourcing& operator=(const Sourcing&) = delete;
  Sourcing(Sourcing&&) = default;

  using Column = Eigen::Map<const Eigen::VectorXd>;
  /// A_in of importer n and sector j: expenditure weights after the shock, N; of two tiers, zero at home.
  [[nodiscard]] Column shares(Index n, Index j) const { return {shares_[at(n, j)], c_.regions}; }
  /// B_in = A_in / (1 + t'_in) of importer n and sector j, N; of two tiers, zero at home.
  [[nodiscard]] Column border_shares(Index n, Index j) const { return {border_shares_[at(n, j)], c_.regions}; }
  /// A of sector j, N x N.
  [[nodiscard]] Eigen::MatrixXd shares(Index j) const { return joined(shares_, j); }
  /// B of sector j, N x N.
  [[nodiscard]] Eigen::MatrixXd border_shares(Index j) const { return joined(border_shares_, j); }
  /// B_nn, N x J.
  [[nodiscard]] const RegionSector& own_border_share() const noexcept { return own_border_share_; }
  /// Weights of the exporters of importer n's own territory, in the order of Coefficients::home; of two tiers alone.
  struct Home {
    double share, border_share;
  };
  [[nodiscard]] std::span<const Home> home(Index n, Index j) const {
    const auto r = static_cast<std::size_t>(n);
    return {home_.data() + homes_ * static_cast<std::size_t>(j) + home_first_[r], c_.home[r].size()};
  }
  /// True where a flow of the base can no longer be: banned, or its wedge is prohibitive beyond what numbers hold.
  [[nodiscard]] bool cuts_links() const noexcept { return cuts_links_; }
  /// True where the shock changes what importer n pays or wants in sector j.
  [[nodiscard]] bool changes_shares(Index n, Index j) const { return changed_[at(n, j)]; }
  /// True where somebody sells sector j to importer n.
  [[nodiscard]] bool is_sold(Index n, Index j) const {
    if (shares(n, j).sum() > 0) return true;
    if (!t_.two_tiers()) return false;
    for (const Home& each : home(n, j)) {
      if (each.share > 0) return true;
    }
    return false;
  }

  /// u = x^-theta for log x by region and sector; N x J.
  [[nodiscard]] RegionSector power_minus_theta(const RegionSector& log_value) const {
    RegionSector power = log_value.rowwise() * -c_.trade_elasticity.transpose();
    kernels::exp(power.data(), power.size());
    return power;
  }

  /// Equation 2, before the root: of one tier s_n = sum_i A_in u_i; of two, sum_g pi_g^(1-r) S_g^r with r = theta_home
  /// over theta and S_g the sums over home and abroad. Equation 3 in the weights.
  [[nodiscard]] Sources sources(const RegionSector& competitiveness) const {
    Sources out;
    out.price_sum.resize(c_.regions, c_.sectors);
    for (Index j = 0; j < c_.sectors; ++j) {
      kernels::column_products(&shares_[at(0, j)], c_.regions, c_.regions, competitiveness.col(j).data(),
                               out.price_sum.col(j).data());
    }
    if (t_.two_tiers()) {
      combine_tiers(competitiveness, out);
    } else {
      out.weight = (out.price_sum > 0.0).select(out.price_sum.inverse(), 0.0);
    }
    return out;
  }

  /// Equation 2: log of the price index before market size, -log(s) / theta; N x J. A good that cannot be bought keeps
  /// its price.
  [[nodiscard]] RegionSector log_price(const RegionSector& price_sum) const {
    RegionSector price = price_sum.max(std::numeric_limits<double>::min());
    kernels::log(price.data(), price.size());
    price.rowwise() *= -(t_.two_tiers() ? t_.home_elasticity : c_.trade_elasticity).inverse().transpose();
    return (price_sum > 0.0).select(price, 0.0);
  }

  /// Market size in the price index, (1 - phi) (log X_hat - log b_hat): fewer sellers enter small markets, which they
  /// pay for in the market's own bundle; N x J.
  [[nodiscard]] RegionSector log_market_size(const RegionSector& expenditure, const RegionSector& log_bundle) const {
    const RegionSector hat = (c_.expenditure > 0.0).select(expenditure / c_.expenditure, 1.0);
    return (1.0 - t_.pass_through) * (hat.max(std::numeric_limits<double>::min()).log() - log_bundle);
  }

  /// Equations 3 and 4: output and revenue of expenditure X' spread over its sources.
  [[nodiscard]] Trade trade(const RegionSector& competitiveness, const Sources& sources,
                            const RegionSector& expenditure) const {
    const Index N = c_.regions, J = c_.sectors;
    const RegionSector per_weight = expenditure * sources.weight;
    const bool settled = taxes_exports_ || t_.distributes();  // output is not what buyers pay at the border
    Trade out;
    out.output.resize(N, J);
    RegionSector border_sum(N, J);
    for (Index j = 0; j < J; ++j) {
      kernels::sales_pass({N, &border_shares_[at(0, j)], competitiveness.col(j).data(), per_weight.col(j).data(),
                           border_sum.col(j).data(), out.output.col(j).data()});
    }
    out.output *= competitiveness;
    RegionSector at_border = per_weight * border_sum;
    const auto at_home = [&](auto&& visit) {
      if (!t_.two_tiers()) return;
      const RegionSector home_weight = expenditure * sources.home_weight;
      for (Index j = 0; j < J; ++j) {
        for (Index n = 0; n < N; ++n) {
          const std::vector<Index>& from = c_.home[static_cast<std::size_t>(n)];
          const std::span<const Home> weights = home(n, j);
          for (std::size_t h = 0; h < from.size(); ++h) {
            visit(from[h], n, j, weights[h].border_share * competitiveness(from[h], j) * home_weight(n, j));
          }
        }
      }
    };
    at_home([&](Index i, Index n, Index j, double value) {
      out.output(i, j) += value;
      at_border(n, j) += value;
    });
    out.tariff_revenue = (expenditure - at_border).rowwise().sum();
    out.export_tax_revenue = Vector::Zero(N);
    if (settled) settle(competitiveness, per_weight, at_border, at_home, out);
    return out;
  }

  /// Border values F'_in^j (equation 3 over 1 + t'); N x N x J.
  [[nodiscard]] Cube border_values(const RegionSector& competitiveness, const Sources& sources,
                                   const RegionSector& expenditure) const {
    const Index N = c_.regions, J = c_.sectors;
    Cube flows(N, N, J);
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) {
        flows.slice(j).col(n).array() =
            competitiveness.col(j) * border_shares(n, j).array() * (expenditure(n, j) * sources.weight(n, j));
        if (!t_.two_tiers()) continue;
        const std::vector<Index>& from = c_.home[static_cast<std::size_t>(n)];
        for (std::size_t h = 0; h < from.size(); ++h) {
          flows(from[h], n, j) =
              competitiveness(from[h], j) * home(n, j)[h].border_share * expenditure(n, j) * sources.home_weight(n, j);
        }
      }
    }
    return flows;
  }

 private:
  [[nodiscard]] std::size_t at(Index n, Index j) const { return static_cast<std::size_t>(n + c_.regions * j); }

  [[nodiscard]] Eigen::MatrixXd joined(const std::vector<const double*>& columns, Index j) const {
    Eigen::MatrixXd matrix(c_.regions, c_.regions);
    for (Index n = 0; n < c_.regions; ++n) matrix.col(n) = Column(columns[at(n, j)], c_.regions);
    return matrix;
  }

  // A and B of one sector, column by column; points into the base where nothing changes there.
  void form_sector(Index j, const Wedges& wedges) {
    const Index N = c_.regions;
    const auto column = [&](const Cube& cube, Index n) { return cube.data() + N * (n + N * j); };
    // Without tariffs A and B are one; reading it twice is cheaper than reading two.
    const Cube& border = c_.untaxed[static_cast<std::size_t>(j)] ? c_.expenditure_share : c_.border_share;
    const Wedges::Sector changes = wedges.of(j);
    for (Index n = 0; n < N; ++n) {
      shares_[at(n, j)] = column(t_.two_tiers() ? c_.abroad_expenditure_share : c_.expenditure_share, n);
      border_shares_[at(n, j)] = column(t_.two_tiers() ? c_.abroad_border_share : border, n);
      const double *pi = column(c_.expenditure_share, n), *at_border = column(border, n);
      if (!changes.any(n)) {
        own_border_share_(n, j) = at_border[n];
        if (!t_.two_tiers()) continue;
        for (const Index i : c_.home[static_cast<std::size_t>(n)]) home_.push_back({pi[i], at_border[i]});
        continue;
      }
      Eigen::VectorXd a = Column(pi, N), b = Column(at_border, N);
      for (Index i = 0; i < N; ++i) {
        if (a[i] == 0) continue;
        const Wedges::Effect effect = changes.effect(i, n);
        if (effect.none) continue;
        a[i] *= effect.on_share;
        b[i] = a[i] / (1.0 + effect.tariff);
        if (a[i] == 0) cuts_links_ = true;
      }
      own_border_share_(n, j) = b[n];
      changed_[at(n, j)] = true;
      if (t_.two_tiers()) separate_home(n, a, b);
      shares_[at(n, j)] = own_columns_.emplace_back(std::move(a)).data();
      border_shares_[at(n, j)] = own_columns_.emplace_back(std::move(b)).data();
    }
  }

  // Of two tiers the columns hold what comes from abroad; what comes from home stands apart.
  void separate_home(Index n, Eigen::VectorXd& a, Eigen::VectorXd& b) {
    for (const Index i : c_.home[static_cast<std::size_t>(n)]) {
      home_.push_back({a[i], b[i]});
      a[i] = b[i] = 0;
    }
  }

  void combine_tiers(const RegionSector& competitiveness, Sources& out) const {
    RegionSector home(c_.regions, c_.sectors);
    for (Index j = 0; j < c_.sectors; ++j) {
      for (Index n = 0; n < c_.regions; ++n) {
        const std::vector<Index>& from = c_.home[static_cast<std::size_t>(n)];
        const std::span<const Home> weights = this->home(n, j);
        double sum = 0;
        for (std::size_t h = 0; h < from.size(); ++h) sum += weights[h].share * competitiveness(from[h], j);
        home(n, j) = sum;
      }
    }
    const Vector r = t_.home_elasticity / c_.trade_elasticity;
    // pi_g^(1-r) S_g^r
    const auto part = [&](const RegionSector& share, const RegionSector& sum) {
      RegionSector power = (sum > 0.0).select(sum / share, 1.0);
      kernels::log(power.data(), power.size());
      power.rowwise() *= r.transpose();
      kernels::exp(power.data(), power.size());
      return RegionSector((sum > 0.0).select(share * power, 0.0));
    };
    const RegionSector abroad = out.price_sum;
    const RegionSector home_part = part(c_.home_share, home), abroad_part = part(c_.abroad_share, abroad);
    out.price_sum = home_part + abroad_part;
    out.home_weight = (home > 0.0).select(home_part / (home * out.price_sum), 0.0);
    out.weight = (abroad > 0.0).select(abroad_part / (abroad * out.price_sum), 0.0);
  }

  void form_net_shares(const Wedges& wedges) {
    const Index N = c_.regions;
    net_of_export_tax_ = Cube(N, N, c_.sectors, 1.0);
    for (Index j = 0; j < c_.sectors; ++j) {
      net_of_export_tax_.slice(j) = (1.0 + wedges.export_taxes(j)).inverse().matrix();
    }
  }

  // From what buyers pay at the border to what sellers and distributors receive.
  template <class AtHome>
  void settle(const RegionSector& competitiveness, const RegionSector& per_weight, const RegionSector& at_border,
              const AtHome& at_home, Trade& out) const {
    const Index N = c_.regions, J = c_.sectors;
    const RegionSector gross = out.output;
    RegionSector received = RegionSector::Zero(N, J), handled = RegionSector::Zero(N, J);
    Vector net = Vector::Zero(N);
    const auto keep = [&](Index i, Index n, Index j, double value) {
      const double after_tax = taxes_exports_ ? value * net_of_export_tax_(i, n, j) : value;
      const double margin = t_.distributes() ? t_.distribution_margin(n, j) : 0.0;
      received(i, j) += (1.0 - margin) * after_tax;
      handled(n, j) += margin * after_tax;
      net[i] += after_tax;
    };
    if (!taxes_exports_) {
      // No product over all pairs beyond one: what a market's distributors keep is a share of what it buys.
      handled = t_.distribution_margin * at_border;
      const RegionSector kept = per_weight * (1.0 - t_.distribution_margin);
      for (Index j = 0; j < J; ++j) {
        for (Index n = 0; n < N; ++n) {
          received.col(j) += competitiveness.col(j) * border_shares(n, j).array() * kept(n, j);
        }
      }
      at_home([&](Index i, Index n, Index j, double value) {
        received(i, j) += (1.0 - t_.distribution_margin(n, j)) * value;
      });
    } else {
      for (Index j = 0; j < J; ++j) {
        for (Index n = 0; n < N; ++n) {
          const double weight = per_weight(n, j);
          const Column b = border_shares(n, j);
          for (Index i = 0; i < N; ++i) {
            if (b[i] != 0) keep(i, n, j, b[i] * competitiveness(i, j) * weight);
          }
        }
      }
      at_home(keep);
      out.export_tax_revenue = gross.rowwise().sum() - net;
    }
    out.output = received + handled;
  }

  const Coefficients& c_;
  const TheoryValues& t_;
  std::deque<Eigen::VectorXd> own_columns_;
  std::vector<const double*> shares_, border_shares_;  // columns of A and B by importer and sector
  std::vector<Home> home_;                             // by sector, importer and its own exporters; of two tiers alone
  std::vector<std::size_t> home_first_;                // where an importer's begin within a sector
  std::size_t homes_ = 0;                              // of all importers
  std::vector<bool> changed_;
  bool taxes_exports_ = false, cuts_links_ = false;
  Cube net_of_export_tax_;
  RegionSector own_border_share_;
};

}  // namespace tariffsim
