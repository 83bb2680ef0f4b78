// GSIM, the linear partial equilibrium of Francois and Hall (2003).
//
// E demand elasticity of the composite (negative), e supply elasticity, s elasticity of substitution, theta share in
// the buyer's expenditure with tariffs; hats here are proportional changes. T power of the tariff, 1 + t.
#pragma once

#include <Eigen/Core>
#include <Eigen/LU>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "tariffsim/model/market_base.hpp"
#include "tariffsim/model/market_theory.hpp"

namespace tariffsim {
namespace detail {

/// dT / T by flow.
[[nodiscard]] inline Vector gsim_tariff_change(const MarketBase& base, std::span<const double> tariff) {
  Vector change(static_cast<Index>(base.size()));
  for (std::size_t f = 0; f < base.size(); ++f) {
    change[static_cast<Index>(f)] = (tariff[f] - base.tariff[f]) / (1 + base.tariff[f]);
  }
  return change;
}

/// World price changes p that clear the market of each supplier i, linear in p:
///
///   e_i p_i S_i = sum_n v_in [N_own (p_i + T_in) + sum_j N_cross (p_j + T_jn)],
///   N_own = theta_in E_n - (1 - theta_in) s_n,   N_cross = theta_jn (E_n + s_n)
///
/// where an own change and all cross changes add up to -s_n p_in + (E_n + s_n) sum_j theta_jn p_jn. NaN where the
/// system is singular.
[[nodiscard]] inline Vector gsim_world_prices(const MarketBase& base, const Vector& tariff_change) {
  const auto n = static_cast<Index>(base.sales.size());
  Eigen::MatrixXd system = Eigen::MatrixXd::Zero(n, n);
  Eigen::VectorXd shift = Eigen::VectorXd::Zero(n);
  for (Index i = 0; i < n; ++i) {
    const auto s = static_cast<std::size_t>(i);
    system(i, i) = base.fixed_price(s) ? 1 : base.supply[s] * base.sales[s];
  }
  for (std::size_t first = 0, last = 0; first < base.size(); first = last) {
    const std::size_t b = base.buyer(first);
    double composite = 0;  // what tariffs alone do to its price
    for (last = first; last < base.size() && base.buyer(last) == b; ++last) {
      composite += base.share[last] * tariff_change[static_cast<Index>(last)];
    }
    const double substitution = base.substitution[b], spread = base.demand[b] + substitution;
    for (std::size_t f = first; f < last; ++f) {
      if (base.fixed_price(base.supplier(f))) continue;
      const auto i = static_cast<Index>(base.supplier(f));
      system(i, i) += base.value[f] * substitution;
      shift[i] += base.value[f] * (spread * composite - substitution * tariff_change[static_cast<Index>(f)]);
      for (std::size_t g = first; g < last; ++g) {
        system(i, static_cast<Index>(base.supplier(g))) -= base.value[f] * spread * base.share[g];
      }
    }
  }
  for (Index i = 0; i < n; ++i) {  // over its diagonal, so that small suppliers count as large ones do
    const double own = system(i, i) != 0 ? std::abs(system(i, i)) : 1;
    system.row(i) /= own;
    shift[i] /= own;
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> factors(system);
  // Where nothing but rounding decides, there is no answer.
  if (!(factors.rcond() > 1e-14)) return Vector::Constant(n, std::nan(""));
  return factors.solve(shift).array();
}

/// Consumer surplus: -Y (P + E P^2 / 2). As published the quadratic term carries the sign of P.
[[nodiscard]] inline double gsim_consumer_surplus(double expenditure, double price, double demand,
                                                  bool published_sign) {
  const double sign = published_sign && price > 0 ? 1 : -1;
  return expenditure * (sign * 0.5 * demand * price * price - price);
}

/// Producer surplus: S p (1 + e p / 2).
[[nodiscard]] inline double gsim_producer_surplus(double sales, double price, double supply) {
  return std::isinf(supply) ? 0.0 : sales * price * (1 + 0.5 * supply * price);
}

}  // namespace detail

/// Solves one market in linear form. False where its linear system has no solution.
[[nodiscard]] inline bool solve_gsim(const MarketBase& base, std::span<const double> tariff, const Gsim& theory,
                                     const MarketOutcome& out) {
  const Vector change = detail::gsim_tariff_change(base, tariff);
  const Vector price = detail::gsim_world_prices(base, change);
  if (!price.isFinite().all()) return false;
  const auto internal = [&](std::size_t f) {
    return price[static_cast<Index>(base.supplier(f))] + change[static_cast<Index>(f)];
  };
  // The quantities answer to linear price changes; what the composite costs is worked out of whole prices.
  std::vector<double> linear(base.expenditure.size(), 0.0), composite = linear;
  for (std::size_t f = 0; f < base.size(); ++f) {
    const auto s = static_cast<Index>(base.supplier(f)), at = static_cast<Index>(f);
    linear[base.buyer(f)] += base.share[f] * internal(f);
    composite[base.buyer(f)] += base.share[f] * (internal(f) + price[s] * change[at]);
  }
  for (std::size_t f = 0; f < base.size(); ++f) {
    const std::size_t b = base.buyer(f);
    const double s = base.substitution[b];
    out.quantity_hat[f] = 1 - s * internal(f) + (base.demand[b] + s) * linear[b];
  }
  for (std::size_t s = 0; s < base.sales.size(); ++s) {
    const double p = price[static_cast<Index>(s)];
    out.world_price_hat[s] = 1 + p;
    out.producer_surplus[s] = detail::gsim_producer_surplus(base.sales[s], p, base.supply[s]);
  }
  for (std::size_t b = 0; b < composite.size(); ++b) {
    out.price_hat[b] = 1 + composite[b];
    out.consumer_surplus[b] =
        detail::gsim_consumer_surplus(base.expenditure[b], composite[b], base.demand[b], theory.published_sign);
  }
  return true;
}

}  // namespace tariffsim
