// Wedges: what a shock, or a part of one, does to the weight of each flow in its buyer's expenditure.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstring>

#include "tariffsim/core/types.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/model/theory_values.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// kappa_hat = d_hat (1+e')(1+t') / ((1+e)(1+t)) and a_hat of every flow, at a share of the whole shock.
class Wedges {
 public:
  /// @param base,shock,theory must outlive it.
  Wedges(const State& base, const Shock& shock, const TheoryValues& theory, double applied)
      : t0_(base.tariffs()),
        e0_(base.export_taxes()),
        t1_(shock.tariffs ? *shock.tariffs : t0_),
        e1_(shock.export_taxes ? *shock.export_taxes : e0_),
        shock_(shock),
        theory_(theory),
        applied_(applied) {}

  /// What a flow's weight is multiplied by, a_hat kappa_hat^-theta with the tariff to the power phi, and its tariff.
  struct Effect {
    bool none;
    double on_share = 1, tariff = 0;
  };

  /// The wedges of one sector.
  class Sector {
   public:
    /// True where anything changes for the importer.
    [[nodiscard]] bool any(Index n) const {
      return costs_ || tastes_ || (tariffs_ && w_.differ(w_.t0_, w_.t1_, n, 1, j_)) ||
             (export_taxes_ && w_.differ(w_.e0_, w_.e1_, n, 1, j_));
    }

    [[nodiscard]] Effect effect(Index i, Index n) const {
      const Shock& shock = w_.shock_;
      const double theta = w_.theory_.trade_elasticity[j_];
      const double by_tariff = (1.0 + w_.t1_(i, n, j_)) / (1.0 + w_.t0_(i, n, j_));
      const double by_export_tax = (1.0 + w_.e1_(i, n, j_)) / (1.0 + w_.e0_(i, n, j_));
      const double cost = costs_ ? (*shock.trade_cost_hat)(i, n, j_) : 1.0;
      const double taste = tastes_ ? 1.0 + w_.applied_ * ((*shock.taste_hat)(i, n, j_) - 1.0) : 1.0;
      if (by_tariff == 1.0 && by_export_tax == 1.0 && cost == 1.0 && taste == 1.0) return {true};
      double whole = std::pow(by_tariff * by_export_tax * cost, -theta);
      if (w_.theory_.pass_through.size() != 0) {
        whole *= std::pow(by_tariff, -theta * (w_.theory_.pass_through(n, j_) - 1.0));
      }
      const double factor = partial(whole, w_.applied_);
      return {false, taste * factor, partial_tariff(w_.t0_(i, n, j_), w_.t1_(i, n, j_), factor, whole, w_.applied_)};
    }

   private:
    friend class Wedges;
    Sector(const Wedges& wedges, Index j)
        : w_(wedges),
          j_(j),
          tariffs_(w_.differ(w_.t0_, w_.t1_, 0, w_.t0_.cols(), j)),
          export_taxes_(w_.differ(w_.e0_, w_.e1_, 0, w_.e0_.cols(), j)),
          costs_(w_.shock_.trade_cost_hat && (w_.shock_.trade_cost_hat->slice(j).array() != 1.0).any()),
          tastes_(w_.shock_.taste_hat && (w_.shock_.taste_hat->slice(j).array() != 1.0).any()) {}

    const Wedges& w_;
    Index j_;
    bool tariffs_, export_taxes_, costs_, tastes_;
  };

  [[nodiscard]] Sector of(Index j) const { return {*this, j}; }

  /// e of sector j, N x N.
  [[nodiscard]] Eigen::ArrayXXd export_taxes(Index j) const {
    return e0_.slice(j).array() + applied_ * (e1_.slice(j).array() - e0_.slice(j).array());
  }

 private:
  [[nodiscard]] bool differ(const Cube& x, const Cube& y, Index first, Index columns, Index j) const {
    const Index at = x.rows() * (first + x.cols() * j);
    return &x != &y && std::memcmp(x.data() + at, y.data() + at,
                                   static_cast<std::size_t>(x.rows() * columns) * sizeof(double)) != 0;
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

  const Cube &t0_, &e0_, &t1_, &e1_;
  const Shock& shock_;
  const TheoryValues& theory_;
  double applied_;
};

}  // namespace tariffsim
