// Checks of a solved market, from its prices, quantities and elasticities alone; nothing here is shared with the
// solver.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <variant>
#include <vector>

#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim {
namespace detail {

/// Writes the largest residual of one product into a certificate.
class MarketJudge {
 public:
  MarketJudge(const PartialEquilibrium& eq, Index product, MarketCertificate& certificate)
      : eq_(eq), product_(product), certificate_(certificate) {}

  void clearing(double residual, std::size_t supplier) {
    note(certificate_.market_clearing, residual, eq_.market.supplier_region()[supplier]);
  }
  void demand(double residual, std::size_t buyer) {
    note(certificate_.demand, residual, eq_.market.buyer_region()[buyer]);
  }

 private:
  void note(Residual& worst, double residual, Index region) {
    const double size = std::abs(residual);
    if (std::isfinite(size) && size <= worst.value) return;
    if (!certificate_.finite) return;
    certificate_.finite = std::isfinite(size);
    worst = {size, eq_.market.regions().code(region), eq_.market.products().code(product_)};
    if (!certificate_.finite) certificate_.demand = worst;
  }

  const PartialEquilibrium& eq_;
  Index product_;
  MarketCertificate& certificate_;
};

/// Quantities sold in the base and now, by supplier of a product from its first.
struct Sold {
  std::vector<double> base, now;
};

[[nodiscard]] inline Sold sold(const PartialEquilibrium& eq, Index product) {
  const Range flows = eq.market.flows(product), suppliers = eq.market.suppliers(product);
  Sold sum{std::vector<double>(suppliers.size(), 0.0), std::vector<double>(suppliers.size(), 0.0)};
  for (std::size_t f = flows.first; f < flows.last; ++f) {
    const std::size_t s = static_cast<std::size_t>(eq.market.supplier()[f]) - suppliers.first;
    sum.base[s] += eq.market.value()[f];
    sum.now[s] += eq.market.value()[f] * eq.quantity_hat[f];
  }
  return sum;
}

/// Internal prices after the change over those before, by flow.
[[nodiscard]] inline double internal_price(const PartialEquilibrium& eq, std::size_t f) {
  return (1 + eq.tariff[f]) / (1 + eq.market.tariff()[f]) *
         eq.world_price_hat[static_cast<std::size_t>(eq.market.supplier()[f])];
}

/// Supply p^e against what is sold; demand P^E (p / P)^-s against quantities; P^(1 - s) against its sources, with P
/// inside the sum, so that one source more elastic than the digits allow does not drown the others.
inline void certify_partial(const PartialEquilibrium& eq, Index product, MarketCertificate& certificate) {
  const Market& m = eq.market;
  MarketJudge judge(eq, product, certificate);
  const Sold quantity = sold(eq, product);
  const Range flows = m.flows(product), suppliers = m.suppliers(product), buyers = m.buyers(product);
  for (std::size_t s = suppliers.first; s < suppliers.last; ++s) {
    const double e = m.supply()[s], price = eq.world_price_hat[s] / (eq.cost_hat.empty() ? 1.0 : eq.cost_hat[s]);
    const double sales = quantity.base[s - suppliers.first];
    const double made =
        std::isinf(e) ? quantity.now[s - suppliers.first] + sales * (price - 1) : sales * std::pow(price, e);
    const double size = std::max(made, quantity.base[s - suppliers.first]);
    judge.clearing((made - quantity.now[s - suppliers.first]) / size, s);
  }
  std::vector<double> spent(buyers.size(), 0.0), index = spent, bought = spent;
  for (std::size_t b = buyers.first; b < buyers.last; ++b) {
    bought[b - buyers.first] =
        std::pow(eq.price_hat[b], m.demand()[b]) * (eq.demand_hat.empty() ? 1.0 : eq.demand_hat[b]);
  }
  for (std::size_t f = flows.first; f < flows.last; ++f) {
    const auto b = static_cast<std::size_t>(m.buyer()[f]), at = b - buyers.first;
    const double weight = m.value()[f] * (1 + m.tariff()[f]), s = m.substitution()[b];
    const double relative = internal_price(eq, f) / eq.price_hat[b], chosen = std::pow(relative, -s);
    spent[at] += weight;
    index[at] += weight * (s == 1 ? std::log(relative) : relative * chosen);
    judge.demand((bought[at] * chosen - eq.quantity_hat[f]) / std::max(1.0, eq.quantity_hat[f]), b);
  }
  for (std::size_t b = buyers.first; b < buyers.last; ++b) {
    const double mean = index[b - buyers.first] / spent[b - buyers.first];
    judge.demand(m.substitution()[b] == 1 ? mean : mean - 1, b);
  }
}

/// The published own and cross elasticities, pair by pair, and linear supply against what is sold.
inline void certify_gsim(const PartialEquilibrium& eq, Index product, MarketCertificate& certificate) {
  const Market& m = eq.market;
  MarketJudge judge(eq, product, certificate);
  const Range flows = m.flows(product), suppliers = m.suppliers(product);
  const Sold quantity = sold(eq, product);
  for (std::size_t s = suppliers.first; s < suppliers.last; ++s) {
    const double made = std::isinf(m.supply()[s]) ? 0 : m.supply()[s] * (eq.world_price_hat[s] - 1);
    const double more = quantity.now[s - suppliers.first] / quantity.base[s - suppliers.first] - 1;
    judge.clearing(std::isinf(m.supply()[s]) ? eq.world_price_hat[s] - 1 : made - more, s);
  }
  const auto change = [&](std::size_t f) {
    return eq.world_price_hat[static_cast<std::size_t>(m.supplier()[f])] - 1 +
           (1 + eq.tariff[f]) / (1 + m.tariff()[f]) - 1;
  };
  for (std::size_t first = flows.first, last = first; first < flows.last; first = last) {
    double spent = 0;
    for (; last < flows.last && m.buyer()[last] == m.buyer()[first]; ++last) {
      spent += m.value()[last] * (1 + m.tariff()[last]);
    }
    const auto b = static_cast<std::size_t>(m.buyer()[first]);
    const auto share = [&](std::size_t f) { return m.value()[f] * (1 + m.tariff()[f]) / spent; };
    for (std::size_t f = first; f < last; ++f) {
      double moved = (share(f) * m.demand()[b] - (1 - share(f)) * m.substitution()[b]) * change(f);
      for (std::size_t g = first; g < last; ++g) {
        if (g != f) moved += share(g) * (m.demand()[b] + m.substitution()[b]) * change(g);
      }
      judge.demand(1 + moved - eq.quantity_hat[f], b);
    }
  }
}

/// Diversion that sums to zero, and flows that are what they were plus creation and diversion.
inline void certify_smart(const PartialEquilibrium& eq, Index product, MarketCertificate& certificate) {
  const Market& m = eq.market;
  MarketJudge judge(eq, product, certificate);
  const Range flows = m.flows(product);
  double total = 0, diverted = 0;
  for (std::size_t f = flows.first; f < flows.last; ++f) {
    total += m.value()[f];
    diverted += eq.trade_diversion[f];
    const auto s = static_cast<std::size_t>(m.supplier()[f]), b = static_cast<std::size_t>(m.buyer()[f]);
    const double created = eq.trade_creation[f] / m.value()[f], price = eq.world_price_hat[s] - 1;
    judge.demand(1 + created + eq.trade_diversion[f] / m.value()[f] - eq.quantity_hat[f], b);
    if (created == -1) continue;  // all that there was
    const double dearer = (eq.tariff[f] - m.tariff()[f]) / (1 + m.tariff()[f]) + price;
    judge.demand(m.demand()[b] * dearer - created, b);
    judge.clearing(std::isinf(m.supply()[s]) ? price : m.supply()[s] * price - created, s);
  }
  if (flows.size() > 0) judge.clearing(diverted / total, m.suppliers(product).first);
}

}  // namespace detail

/// Recomputes the conditions of all markets in which something changed.
[[nodiscard]] inline MarketCertificate certify(const PartialEquilibrium& eq) {
  MarketCertificate certificate;
  for (Index k = 0; k < eq.market.products().size(); ++k) {
    if (eq.iterations[static_cast<std::size_t>(k)] == 0) continue;
    if (std::holds_alternative<Partial>(eq.theory)) detail::certify_partial(eq, k, certificate);
    if (std::holds_alternative<Gsim>(eq.theory)) detail::certify_gsim(eq, k, certificate);
    if (std::holds_alternative<Smart>(eq.theory)) detail::certify_smart(eq, k, certificate);
  }
  return certificate;
}

}  // namespace tariffsim
