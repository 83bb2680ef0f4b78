// SMART: one importer's imports of a product, each source taken as small (Laird and Yeats 1986; Jammes and Olarreaga
// 2005).
//
// m imports from a source at world prices, E demand elasticity (negative), b supply elasticity of the source, s
// elasticity of substitution, dt / (1 + t) the proportional change in the tariff-inclusive price at a given world
// price.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "tariffsim/model/market_base.hpp"

namespace tariffsim {
namespace detail {

/// Trade creation: m E dt / (1 + t) / (1 - E / b), at most all that is imported.
[[nodiscard]] inline double smart_creation(double imports, double demand, double supply, double change) {
  if (supply == 0 || change == 0) return 0;
  return std::max(-imports, imports * demand * change / (1 - demand / supply));
}

/// World price change: dt / (1 + t) E / (b - E); none where supply is infinite.
[[nodiscard]] inline double smart_price(double demand, double supply, double change) {
  if (std::isinf(supply) || demand == 0) return 0;
  return change * demand / (supply - demand);
}

/// Trade diversion: -m s (dt / (1 + t) - its mean over the sources by imports), which sums to zero. Of one source A
/// that gains against the rest B it is m_A m_B / (m_A + m_B) dt / (1 + t) s. No source loses more than it still sells.
inline void smart_diversion(std::span<const double> imports, std::span<const double> creation,
                            std::span<const double> change, double substitution, std::span<double> diversion) {
  double total = 0, mean = 0;
  for (std::size_t f = 0; f < imports.size(); ++f) {
    total += imports[f];
    mean += imports[f] * change[f];
  }
  mean /= total;
  double gains = 0, losses = 0;
  for (std::size_t f = 0; f < imports.size(); ++f) {
    const double left = imports[f] + std::min(0.0, creation[f]);
    diversion[f] = std::max(-left, -imports[f] * substitution * (change[f] - mean));
    (diversion[f] > 0 ? gains : losses) += std::abs(diversion[f]);
  }
  if (gains == 0 || losses == gains) return;
  // What losers could not lose, gainers do not gain.
  for (double& d : diversion) d *= d > 0 ? losses / gains : 1;
}

}  // namespace detail

/// Trade creation and diversion by flow, at world prices of the base.
struct SmartEffects {
  std::span<double> creation, diversion;
};

/// Solves one product of an importer. Consumers gain the trapezoid under the demand for each source, before diversion;
/// suppliers the one over their supply.
inline void solve_smart(const MarketBase& base, std::span<const double> tariff, const SmartEffects& effects,
                        const MarketOutcome& out) {
  if (base.size() == 0) return;
  const double demand = base.demand[0];
  std::vector<double> change(base.size());
  for (std::size_t f = 0; f < base.size(); ++f) {
    change[f] = (tariff[f] - base.tariff[f]) / (1 + base.tariff[f]);
    effects.creation[f] = detail::smart_creation(base.value[f], demand, base.supply[base.supplier(f)], change[f]);
  }
  detail::smart_diversion(base.value, effects.creation, change, base.substitution[0], effects.diversion);
  out.price_hat[0] = 1;
  out.consumer_surplus[0] = 0;
  for (std::size_t f = 0; f < base.size(); ++f) {
    const std::size_t s = base.supplier(f);
    const double price = detail::smart_price(demand, base.supply[s], change[f]), m = base.value[f];
    out.world_price_hat[s] = 1 + price;
    out.quantity_hat[f] = (m + effects.creation[f] + effects.diversion[f]) / m;
    out.producer_surplus[s] = (m + 0.5 * effects.creation[f]) * price;
    const double paid = (1 + tariff[f]) * (1 + price) - (1 + base.tariff[f]);
    out.price_hat[0] += base.share[f] * paid / (1 + base.tariff[f]);
    out.consumer_surplus[0] -= (m + 0.5 * effects.creation[f]) * paid;
  }
}

}  // namespace tariffsim
