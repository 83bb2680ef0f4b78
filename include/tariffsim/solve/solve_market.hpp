// solve() of a market: each product by itself, under one theory.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/model/gsim.hpp"
#include "tariffsim/model/market_base.hpp"
#include "tariffsim/model/smart.hpp"
#include "tariffsim/policy/market_shock.hpp"
#include "tariffsim/solve/certify_market.hpp"
#include "tariffsim/solve/market_newton.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim {
namespace detail {

/// Nothing changed yet: every ratio is 1 and every surplus 0.
[[nodiscard]] inline PartialEquilibrium unchanged(Market market, MarketTheory theory, MarketShock shock) {
  const auto products = static_cast<std::size_t>(market.products().size());
  const std::size_t flows = market.value().size(), suppliers = market.supply().size(), buyers = market.demand().size();
  PartialEquilibrium eq{std::move(market), std::move(theory), std::move(shock.title)};
  eq.status.assign(products, Status::converged);
  eq.iterations.assign(products, 0);
  eq.tariff = std::move(shock.tariff);
  eq.cost_hat = std::move(shock.cost_hat);
  eq.demand_hat = std::move(shock.demand_hat);
  eq.quantity_hat.assign(flows, 1.0);
  eq.world_price_hat.assign(suppliers, 1.0);
  eq.price_hat.assign(buyers, 1.0);
  if (!eq.shifts_curves()) {
    eq.producer_surplus.assign(suppliers, 0.0);
    eq.consumer_surplus.assign(buyers, 0.0);
  }
  eq.tariff_revenue_base.assign(buyers, 0.0);
  eq.tariff_revenue.assign(buyers, 0.0);
  if (std::holds_alternative<Smart>(eq.theory)) {
    eq.trade_creation.assign(flows, 0.0);
    eq.trade_diversion.assign(flows, 0.0);
  }
  return eq;
}

[[nodiscard]] inline MarketOutcome outcome_of(PartialEquilibrium& eq, Index product) {
  const Range flows = eq.market.flows(product), suppliers = eq.market.suppliers(product);
  const Range buyers = eq.market.buyers(product);
  const auto part = [](std::vector<double>& values, const Range& range) {
    return values.empty() ? std::span<double>() : std::span<double>(values).subspan(range.first, range.size());
  };
  return {part(eq.quantity_hat, flows), part(eq.world_price_hat, suppliers), part(eq.price_hat, buyers),
          part(eq.producer_surplus, suppliers), part(eq.consumer_surplus, buyers)};
}

/// Solves one product of the markets.
inline void solve_product(PartialEquilibrium& eq, Index product, const MarketOptions& options) {
  const Range flows = eq.market.flows(product);
  const auto tariff = std::span<const double>(eq.tariff).subspan(flows.first, flows.size());
  const auto before = eq.market.tariff().subspan(flows.first, flows.size());
  if (!eq.shifts_curves() && std::equal(tariff.begin(), tariff.end(), before.begin())) return;
  const MarketBase base(eq.market, product);
  const MarketOutcome out = outcome_of(eq, product);
  auto& status = eq.status[static_cast<std::size_t>(product)];
  auto& iterations = eq.iterations[static_cast<std::size_t>(product)];
  iterations = 1;
  if (!std::holds_alternative<Smart>(eq.theory) && !base.has_price_level()) {
    status = Status::infeasible;
    return;
  }
  if (const auto* gsim = std::get_if<Gsim>(&eq.theory)) {
    status = solve_gsim(base, tariff, *gsim, out) ? Status::converged : Status::infeasible;
  } else if (std::holds_alternative<Smart>(eq.theory)) {
    const auto part = [&](std::vector<double>& values) {
      return std::span<double>(values).subspan(flows.first, flows.size());
    };
    solve_smart(base, tariff, {part(eq.trade_creation), part(eq.trade_diversion)}, out);
  } else {
    const auto shifts = [](const std::vector<double>& values, const Range& range) {
      return values.empty() ? std::span<const double>()
                            : std::span<const double>(values).subspan(range.first, range.size());
    };
    PartialSystem system(base, tariff, shifts(eq.cost_hat, eq.market.suppliers(product)),
                         shifts(eq.demand_hat, eq.market.buyers(product)));
    std::vector<double> price = system.cost_log();
    const NewtonEnd end = clear_market(system, price, options);
    system.report(price, out);
    iterations = std::max(1, end.iterations);
    status = end.converged ? Status::converged : Status::stalled;
    for (std::size_t b = 0; b < base.demand.size(); ++b) {
      if (base.substitution[b] >= -base.demand[b]) continue;
      ++eq.beyond_uniqueness;
      break;
    }
  }
}

inline void collect_revenue(PartialEquilibrium& eq) {
  const Market& m = eq.market;
  for (std::size_t f = 0; f < m.value().size(); ++f) {
    const auto b = static_cast<std::size_t>(m.buyer()[f]);
    eq.tariff_revenue_base[b] += m.tariff()[f] * m.value()[f];
    eq.tariff_revenue[b] += eq.tariff[f] * eq.value(f);
    eq.negative_flows += eq.quantity_hat[f] < 0 ? 1 : 0;
  }
}

/// SMART looks at one importer; a shock on others has no answer in it.
[[nodiscard]] inline std::pair<Market, MarketShock> imports_of(const Market& market, MarketShock shock,
                                                               const Smart& theory) {
  const Index importer = market.regions().at(theory.importer, "theory smart: importer");
  std::vector<double> tariff;
  for (std::size_t f = 0; f < shock.tariff.size(); ++f) {
    if (market.importer(f) == importer && !market.is_domestic(f)) tariff.push_back(shock.tariff[f]);
    if (market.importer(f) == importer || shock.tariff[f] == market.tariff()[f]) continue;
    throw InvalidInput("theory smart",
                       "the shock changes tariffs of " + market.regions().code(market.importer(f)) +
                           " too, and smart takes one importer, " + theory.importer,
                       "name that importer alone in the scenario, or use \"gsim\" or \"partial\"");
  }
  shock.tariff = std::move(tariff);
  return {market.imports_of(importer), std::move(shock)};
}

}  // namespace detail

/// Solves new tariffs in a market. Products are independent of each other.
/// @throws InvalidInput where the shock or the theory does not fit the market.
[[nodiscard]] inline PartialEquilibrium solve(const Market& market, MarketShock shock,
                                              const MarketTheory& theory = Partial{},
                                              const MarketOptions& options = {}) {
  if (!(options.tolerance > 0 && options.tolerance < 1e-3 && options.max_iterations > 0)) {
    throw InvalidInput("market options", "the tolerance or the number of steps is out of range",
                       "use a tolerance above 0 and below 0.001, and one step or more");
  }
  const auto start = std::chrono::steady_clock::now();
  validate(shock, market);
  if (shock.shifts_curves() && !std::holds_alternative<Partial>(theory)) {
    throw InvalidInput(std::string("theory ") + name(theory), "the shock shifts curves, which the linear forms do not",
                       "use \"partial\", or leave the shifts out");
  }
  PartialEquilibrium eq = [&] {
    const auto* smart = std::get_if<Smart>(&theory);
    if (smart == nullptr) return detail::unchanged(market, theory, std::move(shock));
    auto [imports, part] = detail::imports_of(market, std::move(shock), *smart);
    return detail::unchanged(std::move(imports), theory, std::move(part));
  }();
  eq.tolerance = options.tolerance;
  for (Index k = 0; k < eq.market.products().size(); ++k) detail::solve_product(eq, k, options);
  detail::collect_revenue(eq);
  eq.certificate = certify(eq);
  eq.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return eq;
}

/// Solves a scenario of import tariffs in a market.
/// @throws InvalidInput where the scenario or the theory does not fit the market.
[[nodiscard]] inline PartialEquilibrium solve(const Market& market, const Scenario& scenario,
                                              const MarketTheory& theory = Partial{},
                                              const MarketOptions& options = {}) {
  return solve(market, compile(scenario, market), theory, options);
}

}  // namespace tariffsim
