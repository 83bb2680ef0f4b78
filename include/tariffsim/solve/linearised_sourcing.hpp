// Equations 2 to 4 (buyers' side) linearised at a solution, in logs of changes, as operations of a tape.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/linearised_production.hpp"
#include "tariffsim/solve/pair_sums.hpp"

namespace tariffsim::detail {

class LinearisedSourcing {
 public:
  using Array = Eigen::ArrayXXd;
  using Node = LinearTape::Node;

  /// Everything must outlive it. @param z a solution, with its costs, u = c^-theta and sources.
  LinearisedSourcing(LinearTape& tape, const State& base, const System& system, const Shock& shock, const Unknowns& z,
                     const Costs& costs, const RegionSector& u, const Sources& sources,
                     const ParameterNodes& parameters)
      : tape_(tape),
        base_(base),
        system_(system),
        c_(system.coefficients()),
        t_(system.theory()),
        shock_(shock),
        z_(z),
        costs_(costs),
        parameters_(parameters) {
    pair_nodes();
    tiers(u, sources);
    flow_sums_.emplace(system.sourcing().border_values(u, sources, z.expenditure), homes());
  }

  LinearisedSourcing(const LinearisedSourcing&) = delete;
  LinearisedSourcing& operator=(const LinearisedSourcing&) = delete;

  /// Border values at the solution; N x N x J.
  [[nodiscard]] const Cube& flows() const { return flow_sums_->weights(); }

  /// Logs of the sums over exporters and of the whole.
  struct Tiers {
    Node abroad{}, home{}, index{};  ///< N x J
  };

  /// Where sales go.
  struct Settled {
    Node output, bought;                     /// N x J, what sellers receive and buyers pay at the border
    std::optional<Node> export_tax_revenue;  // N x 1
  };

  /// u = c^-theta in logs.
  [[nodiscard]] Node seller(const CostNodes& costs) {
    const Array theta = c_.trade_elasticity.transpose().replicate(c_.regions, 1);
    const Node by_cost = tape_.times(costs.log_unit, -theta);
    const auto elasticity = parameter(ParameterKind::trade_elasticity);
    if (!elasticity) return by_cost;
    return tape_.sum({{1.0, by_cost}, {1.0, tape_.down_columns(*elasticity, -costs_.log_unit)}});
  }

  /// Equation 2, before the root.
  [[nodiscard]] Tiers price_sums(Node sellers) {
    Tiers out;
    out.abroad = abroad_shares_->by_buyer(tape_, {sellers, {}, {}, weight_});
    out.index = out.abroad;
    if (!t_.two_tiers()) return out;
    out.home = home_shares_->by_buyer(tape_, {sellers, {}, {}, weight_});
    const Eigen::RowVectorXd r = (t_.home_elasticity / c_.trade_elasticity).transpose();
    out.index = tape_.sum({{1.0, tape_.times(out.abroad, abroad_part_.rowwise() * r.array())},
                           {1.0, tape_.times(out.home, home_part_.rowwise() * r.array())}});
    out.index = with_ratio(out.index, abroad_part_ * abroad_gap_ + home_part_ * home_gap_);
    return out;
  }

  /// Equation 2.
  [[nodiscard]] Node price_index(const Tiers& sums, Node expenditure, const CostNodes& costs) {
    const Vector& outer = t_.two_tiers() ? t_.home_elasticity : c_.trade_elasticity;
    const auto by = t_.two_tiers() ? ParameterKind::home_elasticity : ParameterKind::trade_elasticity;
    Node price = tape_.times(sums.index, Array(-outer.inverse().transpose().replicate(c_.regions, 1)));
    if (const auto elasticity = parameter(by)) {
      const Array slope = log_sum_.rowwise() * outer.square().inverse().transpose();
      price = tape_.sum({{1.0, price}, {1.0, tape_.down_columns(*elasticity, slope)}});
    }
    if (t_.pass_through.size() == 0) return price;
    const Array less = (c_.expenditure > 0.0).select(1.0 - t_.pass_through, 0.0);
    price = tape_.sum({{1.0, price},
                       {1.0, tape_.times(expenditure, less)},
                       {-1.0, tape_.times(*costs.log_bundle, 1.0 - t_.pass_through)}});
    if (const auto phi = parameter(ParameterKind::pass_through)) {
      const Array hat = (c_.expenditure > 0.0).select(z_.expenditure / c_.expenditure, 1.0);
      price = tape_.sum({{1.0, price}, {1.0, tape_.times(*phi, costs_.log_bundle - hat.log())}});
    }
    return price;
  }

  /// Equation 3: the weight of exporters abroad or at home, in logs.
  [[nodiscard]] Node weight(const Tiers& sums, bool home) {
    if (!t_.two_tiers()) return tape_.times(sums.abroad, -1.0);
    const Array r = (t_.home_elasticity / c_.trade_elasticity).transpose().replicate(c_.regions, 1);
    const Node within = tape_.times(home ? sums.home : sums.abroad, r - 1.0);
    return with_ratio(tape_.sum({{1.0, within}, {-1.0, sums.index}}), home ? home_gap_ : abroad_gap_);
  }

  /// Equation 4: what sellers and distributors receive.
  [[nodiscard]] Settled settle(Node sellers, Node buyers, std::optional<Node> buyers_at_home) {
    const Index N = c_.regions, J = c_.sectors;
    const PairChange change{sellers, buyers, buyers_at_home, at_border_};
    Settled out{};
    out.bought = flow_sums_->by_buyer(tape_, change);
    const bool taxes = c_.taxes_exports || shock_.export_taxes || parameter(ParameterKind::export_tax);
    const bool margins = t_.distributes();
    if (!taxes && !margins) {
      out.output = flow_sums_->by_seller(tape_, change);
      return out;
    }
    Cube net = flow_sums_->weights();
    const Cube& e = shock_.export_taxes ? *shock_.export_taxes : base_.export_taxes();
    net.values() /= 1.0 + e.values();
    PairChange after_tax = change;
    after_tax.pair = net_;
    const PairSums net_sums(net, homes());
    const Node net_sold = net_sums.by_seller(tape_, after_tax);
    if (taxes) {
      out.export_tax_revenue = row_sum(tape_.sum({{1.0, flow_sums_->by_seller(tape_, change)}, {-1.0, net_sold}}));
    }
    if (!margins) {
      out.output = net_sold;
      return out;
    }
    Cube kept = net;
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) kept.slice(j).col(n) *= 1.0 - t_.distribution_margin(n, j);
    }
    const Node received = PairSums(std::move(kept), homes()).by_seller(tape_, after_tax);
    const Node handled = tape_.times(net_sums.by_buyer(tape_, after_tax), t_.distribution_margin);
    out.output = tape_.sum({{1.0, received}, {1.0, handled}});
    return out;
  }

  /// How border values move; N x (N J).
  [[nodiscard]] Node flow_changes(Node sellers, Node buyers, std::optional<Node> buyers_at_home) {
    return flow_sums_->each(tape_, {sellers, buyers, buyers_at_home, at_border_});
  }

 private:
  [[nodiscard]] std::optional<Node> parameter(ParameterKind kind) const {
    const auto found = parameters_.find(kind);
    return found == parameters_.end() ? std::nullopt : std::optional<Node>(found->second);
  }

  [[nodiscard]] Node row_sum(Node a) { return tape_.row_sums(a, Array::Ones(tape_.rows(a), tape_.cols(a))); }

  [[nodiscard]] Array rates(const std::optional<Cube>& changed, const Cube& before) const {
    return (changed ? *changed : before).values().reshaped(c_.regions, c_.regions * c_.sectors);
  }

  // What parameters of pairs do to the log of A, of B and of what is left of B after export taxes.
  void pair_nodes() {
    const Index N = c_.regions, J = c_.sectors;
    const Array t1 = rates(shock_.tariffs, base_.tariffs());
    const auto tax = [&] { return rates(shock_.export_taxes, base_.export_taxes()); };
    Array theta(1, N * J), phi = Array::Ones(1, N * J);
    for (Index j = 0; j < J; ++j) {
      theta.middleCols(N * j, N).setConstant(c_.trade_elasticity[j]);
      if (t_.pass_through.size() != 0) phi.middleCols(N * j, N) = t_.pass_through.col(j).transpose();
    }
    std::optional<Node> weight;
    const auto add = [&](std::optional<Node>& to, Node term) { to = to ? tape_.sum({{1.0, *to}, {1.0, term}}) : term; };
    const auto tariff = parameter(ParameterKind::tariff), export_tax = parameter(ParameterKind::export_tax);
    if (tariff) add(weight, tape_.times(*tariff, -((1.0 + t1).inverse().rowwise() * (theta * phi).row(0))));
    if (export_tax) add(weight, tape_.times(*export_tax, -((1.0 + tax()).inverse().rowwise() * theta.row(0))));
    if (const auto cost = parameter(ParameterKind::trade_cost)) {
      add(weight, tape_.times(*cost, -theta.replicate(N, 1)));
    }
    if (const auto taste = parameter(ParameterKind::taste)) add(weight, *taste);
    const auto elasticity = parameter(ParameterKind::trade_elasticity);
    const auto pass_through = parameter(ParameterKind::pass_through);
    if (elasticity || pass_through) {
      const Array by_tariff = ((1.0 + t1) / (1.0 + rates({}, base_.tariffs()))).log();
      if (elasticity) {
        Array wedge =
            by_tariff.rowwise() * phi.row(0) + ((1.0 + tax()) / (1.0 + rates({}, base_.export_taxes()))).log();
        if (shock_.trade_cost_hat) wedge += shock_.trade_cost_hat->values().reshaped(N, N * J).log();
        add(weight, by_sector(*elasticity, (wedge.isFinite()).select(-wedge, 0.0)));  // what is banned has no weight
      }
      if (pass_through) add(weight, by_importer(*pass_through, -(by_tariff.rowwise() * theta.row(0))));
    }
    at_border_ = weight_ = weight;
    if (tariff) add(at_border_, tape_.times(*tariff, -(1.0 + t1).inverse()));
    net_ = at_border_;
    if (export_tax) add(net_, tape_.times(*export_tax, -(1.0 + tax()).inverse()));
  }

  // c(i, n j) a(j)
  [[nodiscard]] Node by_sector(Node a, Array c) {
    const Index N = c_.regions;
    const auto shared = std::make_shared<const Array>(std::move(c));
    return tape_.custom(
        shared->rows(), shared->cols(), {a},
        [shared, N](const auto& in, Array& out) {
          for (Index j = 0; j < in[0]->cols(); ++j) {
            out.middleCols(N * j, N) += shared->middleCols(N * j, N) * (*in[0])(0, j);
          }
        },
        [shared, N](const Array& out, const auto& in) {
          for (Index j = 0; j < in[0]->cols(); ++j) {
            (*in[0])(0, j) += (shared->middleCols(N * j, N) * out.middleCols(N * j, N)).sum();
          }
        });
  }

  // c(i, n j) a(n, j)
  [[nodiscard]] Node by_importer(Node a, Array c) {
    const auto shared = std::make_shared<const Array>(std::move(c));
    return tape_.custom(
        shared->rows(), shared->cols(), {a},
        [shared](const auto& in, Array& out) { out += shared->rowwise() * in[0]->reshaped().transpose(); },
        [shared](const Array& out, const auto& in) {
          in[0]->reshaped() += (*shared * out).colwise().sum().transpose();
        });
  }

  // Sums and shares of the tiers at the solution.
  void tiers(const RegionSector& u, const Sources& sources) {
    const Index N = c_.regions, J = c_.sectors;
    const Sourcing& sourcing = system_.sourcing();
    Cube shares(N, N, J);
    abroad_sum_.resize(N, J);
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) {
        const Vector weight = sourcing.shares(n, j).array() * u.col(j);
        const double sum = abroad_sum_(n, j) = weight.sum();
        if (sum > 0) shares.slice(j).col(n) = (weight / sum).matrix();
      }
    }
    abroad_shares_.emplace(std::move(shares), none_);
    log_sum_ = (sources.price_sum > 0.0).select(sources.price_sum, 1.0).log();
    if (!t_.two_tiers()) return;
    Cube at_home(N, N, J);
    home_sum_ = Array::Zero(N, J);
    for (Index j = 0; j < J; ++j) {
      for (Index n = 0; n < N; ++n) {
        const auto& from = c_.home[static_cast<std::size_t>(n)];
        const auto weights = sourcing.home(n, j);
        for (std::size_t h = 0; h < from.size(); ++h) home_sum_(n, j) += weights[h].share * u(from[h], j);
        if (!(home_sum_(n, j) > 0)) continue;
        for (std::size_t h = 0; h < from.size(); ++h) {
          at_home(from[h], n, j) = weights[h].share * u(from[h], j) / home_sum_(n, j);
        }
      }
    }
    home_shares_.emplace(std::move(at_home), none_);
    const Vector r = t_.home_elasticity / c_.trade_elasticity;
    const auto gap = [&](const Array& sum, const Array& share) {
      return Array((sum > 0.0).select((sum / share).log(), 0.0));
    };
    abroad_gap_ = gap(abroad_sum_, c_.abroad_share);
    home_gap_ = gap(home_sum_, c_.home_share);
    const auto part = [&](const Array& share, const Array& sum, const Array& log_gap) {
      return Array((sum > 0.0).select(share * (log_gap.rowwise() * r.transpose()).exp(), 0.0));
    };
    const Array abroad = part(c_.abroad_share, abroad_sum_, abroad_gap_);
    const Array home = part(c_.home_share, home_sum_, home_gap_);
    const Array both = (abroad + home > 0.0).select(abroad + home, 1.0);
    abroad_part_ = abroad / both;
    home_part_ = home / both;
  }

  // Adds c dr, r = theta_home / theta.
  [[nodiscard]] Node with_ratio(Node to, const Array& c) {
    Node out = to;
    if (const auto theta = parameter(ParameterKind::trade_elasticity)) {
      const Vector slope = -t_.home_elasticity / c_.trade_elasticity.square();
      out = tape_.sum({{1.0, out}, {1.0, tape_.down_columns(*theta, c.rowwise() * slope.transpose())}});
    }
    if (const auto home = parameter(ParameterKind::home_elasticity)) {
      const Vector slope = c_.trade_elasticity.inverse();
      out = tape_.sum({{1.0, out}, {1.0, tape_.down_columns(*home, c.rowwise() * slope.transpose())}});
    }
    return out;
  }

  [[nodiscard]] const PairSums::Homes& homes() const { return t_.two_tiers() ? c_.home : none_; }

  LinearTape& tape_;
  const State& base_;
  const System& system_;
  const Coefficients& c_;
  const TheoryValues& t_;
  const Shock& shock_;
  const Unknowns& z_;
  const Costs& costs_;
  const ParameterNodes& parameters_;
  PairSums::Homes none_;
  std::optional<Node> weight_, at_border_, net_;  // what parameters do to A, B and B after export taxes
  std::optional<PairSums> abroad_shares_, home_shares_, flow_sums_;
  Array abroad_sum_, home_sum_, log_sum_, abroad_gap_, home_gap_, abroad_part_, home_part_;
};

}  // namespace tariffsim::detail
