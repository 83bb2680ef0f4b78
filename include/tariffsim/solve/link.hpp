// link(): markets of products and a world, to the prices and quantities on which both agree.
//
// The market decides how what an importer buys of a sector is shared among its linked exporters, at which price and at
// which average duty; the world decides what sellers' costs and buyers' spending are. Trade-cost wedges make the
// world's shares and prices those of the market; shifts of supply and demand make the market's costs and spending those
// of the world.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/policy/market_shock.hpp"
#include "tariffsim/solve/anderson.hpp"
#include "tariffsim/solve/link_cells.hpp"
#include "tariffsim/solve/named.hpp"
#include "tariffsim/solve/solve_market.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim {

struct LinkOptions {
  double tolerance = 1e-9;  ///< largest difference of log shares, prices, costs and spending between the two models
  int max_rounds = 100;     ///< each solves the market and the world once
  /// Called after every round with its number and the gap; returning false ends the work with status stalled.
  std::function<bool(int, double)> progress = {};
};

/// What the market's products come to for one flow of the world.
struct LinkedFlow {
  FlowCell flow;
  double duty_hat = 1;        ///< one plus the average tariff, over that of the base
  double trade_cost_hat = 1;  ///< wedge that gives the world's flow the share and price of the market's
};

/// A world and a market in one equilibrium. Welfare is the world's; the market has no surpluses, since its curves
/// shift.
struct Linked {
  Equilibrium general;
  PartialEquilibrium partial;
  Status status = Status::stalled;
  std::string diagnosis{};  ///< why there is none, empty where there is one
  int rounds = 0;
  double gap = std::numeric_limits<double>::infinity();  ///< as LinkOptions::tolerance
  double seconds = 0;
  std::vector<LinkedFlow> flows{};
  double unlinked_value = 0;       ///< of the market's flows that the world does not have
  std::size_t unlinked_flows = 0;  ///< their number

  [[nodiscard]] bool converged() const noexcept { return status == Status::converged; }

  /// @throws NotConverged
  const Linked& require_converged() const {
    if (!converged())
      throw NotConverged("the link of market and world is " + std::string(name(status)) + ": " + diagnosis);
    return *this;
  }
};

namespace detail {

/// Numbers on which the two models must agree, in logs: wedges by cell, quantities and prices by basket, costs by
/// supplier.
class LinkProblem {
 public:
  LinkProblem(const Solver& solver, const Market& market, const MarketShock& change, const Shock& rest)
      : solver_(solver), market_(market), change_(change), rest_(rest), cells_(solver.world(), market) {
    require_linkable();
    const State& base = solver.base();
    std::vector<double> total(cells_.baskets().size(), 0.0);
    base_share_.resize(cells_.cells().size());
    for (std::size_t c = 0; c < base_share_.size(); ++c) {
      const auto [i, n, j] = cells_.cells()[c].flow;
      base_share_[c] = base.flows(i, n, j) * (1 + base.tariffs()(i, n, j));
      total[cells_.cells()[c].basket] += base_share_[c];
    }
    for (std::size_t c = 0; c < base_share_.size(); ++c) base_share_[c] /= total[cells_.cells()[c].basket];
  }

  [[nodiscard]] const LinkCells& cells() const noexcept { return cells_; }
  [[nodiscard]] Eigen::VectorXd start() const {
    return Eigen::VectorXd::Zero(wedges() + 2 * baskets() + static_cast<Index>(market_.supply().size()));
  }

  /// The market at the costs and the demand of `x`.
  [[nodiscard]] PartialEquilibrium partial(const Eigen::VectorXd& x) const {
    MarketShock shock = change_;
    const auto costs = x.tail(static_cast<Index>(market_.supply().size())).array().exp();
    shock.cost_hat.resize(static_cast<std::size_t>(costs.size()));
    for (Index s = 0; s < costs.size(); ++s) shock.cost_hat[static_cast<std::size_t>(s)] = costs[s];
    shock.demand_hat =
        cells_.demand_hat(market_, x.segment(wedges(), baskets()), x.segment(wedges() + baskets(), baskets()));
    return solve(market_, std::move(shock));
  }

  /// True where every linked flow is still sold.
  [[nodiscard]] bool finite(const PartialEquilibrium& partial) const {
    const std::vector<double> duty = cells_.duty_hat(partial);
    return std::all_of(duty.begin(), duty.end(), [](double ratio) { return std::isfinite(ratio) && ratio > 0; });
  }

  /// A result without an equilibrium of the world.
  [[nodiscard]] Linked failed(PartialEquilibrium partial, std::string diagnosis) const {
    Equilibrium nothing(solver_.world(), solver_.closure(), std::make_shared<const Shock>(rest_), solver_.theory());
    nothing.diagnosis = diagnosis;
    return {std::move(nothing), std::move(partial), Status::stalled, std::move(diagnosis)};
  }

  /// The world at the wedges of `x` and the duties of the market.
  [[nodiscard]] Equilibrium general(const Eigen::VectorXd& x, const PartialEquilibrium& partial,
                                    const Equilibrium* guess) const {
    const World& world = solver_.world();
    Shock shock = rest_;
    if (!shock.tariffs) shock.tariffs = world.tariffs();
    if (!shock.trade_cost_hat) {
      shock.trade_cost_hat = Cube(world.regions().size(), world.regions().size(), world.sectors().size(), 1.0);
    }
    const std::vector<double> duty = cells_.duty_hat(partial);
    for (std::size_t c = 0; c < duty.size(); ++c) {
      const auto [i, n, j] = cells_.cells()[c].flow;
      (*shock.trade_cost_hat)(i, n, j) = std::exp(x[static_cast<Index>(c)]);
      if (world.is_domestic(i, n)) continue;  // no tariff of the world is levied there
      double& rate = (*shock.tariffs)(i, n, j);
      rate = (1 + rate) * duty[c] - 1;
    }
    return solver_.solve(std::move(shock), guess);
  }

  /// What each number would have to change by for the two to agree.
  [[nodiscard]] Eigen::VectorXd disagreement(const Eigen::VectorXd& x, const PartialEquilibrium& partial,
                                             const Equilibrium& general) const {
    const LinkView market = cells_.view(partial), world = cells_.view(general);
    const TheoryValues& theory = *general.values;
    // The market's changes on the world's shares of the base, which another source may put otherwise.
    std::vector<double> sum(cells_.baskets().size(), 0.0);
    for (std::size_t c = 0; c < base_share_.size(); ++c) {
      sum[cells_.cells()[c].basket] += base_share_[c] * std::exp(market.log_share[c]);
    }
    Eigen::VectorXd out(x.size());
    for (std::size_t c = 0; c < base_share_.size(); ++c) {
      const LinkCell& cell = cells_.cells()[c];
      const double share = market.log_share[c] - std::log(sum[cell.basket]) - world.log_share[c];
      const double price = market.log_price[cell.basket] - world.log_price[cell.basket];
      out[static_cast<Index>(c)] = price - share / theory.trade_elasticity[cell.flow.sector];
    }
    for (std::size_t q = 0; q < sum.size(); ++q) {
      const Index at = wedges() + static_cast<Index>(q);
      out[at] = world.log_spent[q] - market.log_spent[q];
      out[at + baskets()] = world.log_price[q] - x[at + baskets()];
    }
    const std::vector<double> cost = cells_.cost_hat(general);
    for (std::size_t s = 0; s < cost.size(); ++s) {
      const Index at = wedges() + 2 * baskets() + static_cast<Index>(s);
      out[at] = std::log(cost[s]) - x[at];
    }
    return out;
  }

  [[nodiscard]] std::vector<LinkedFlow> flows(const Eigen::VectorXd& x, const PartialEquilibrium& partial) const {
    const std::vector<double> duty = cells_.duty_hat(partial);
    std::vector<LinkedFlow> out;
    for (std::size_t c = 0; c < duty.size(); ++c) {
      out.push_back({cells_.cells()[c].flow, duty[c], std::exp(x[static_cast<Index>(c)])});
    }
    return out;
  }

 private:
  [[nodiscard]] Index wedges() const { return static_cast<Index>(cells_.cells().size()); }
  [[nodiscard]] Index baskets() const { return static_cast<Index>(cells_.baskets().size()); }

  void require_linkable() const {
    const World& world = solver_.world();
    const TheoryValues theory = values_of(solver_.theory(), world);
    if (theory.distributes() || theory.pass_through.size() != 0) {
      throw InvalidInput("link", "the theory puts a margin or incomplete pass-through between border and buyer",
                         "link a theory without 'distribution_margin' and 'pass_through'");
    }
    if (!rest_.constraints.empty() || rest_.responds()) {
      throw InvalidInput("link", "the scenario of the world has limits, or rates that answer to the equilibrium",
                         "leave them out, or solve the world alone");
    }
    if (change_.shifts_curves()) {
      throw InvalidInput("link", "the market's shock shifts curves, which the link does itself",
                         "give the market tariffs alone");
    }
    require_domestic_duties();
    const auto changed = [](const std::optional<Cube>& now, const Cube& before, const FlowCell& f) {
      return now && (*now)(f.exporter, f.importer, f.sector) != before(f.exporter, f.importer, f.sector);
    };
    const auto moved = [](const std::optional<Cube>& ratio, const FlowCell& f) {
      return ratio && (*ratio)(f.exporter, f.importer, f.sector) != 1.0;
    };
    for (const LinkCell& cell : cells_.cells()) {
      const FlowCell& f = cell.flow;
      if (!changed(rest_.tariffs, world.tariffs(), f) && !changed(rest_.export_taxes, world.export_taxes(), f) &&
          !moved(rest_.trade_cost_hat, f) && !moved(rest_.taste_hat, f)) {
        continue;
      }
      throw InvalidInput(
          bilateral_cell(world.data(), "scenario of the world", f.exporter, f.importer, f.sector),
          "it changes a flow that the market decides on",
          "give tariffs of linked flows by product in the market's scenario, and leave the cell out here");
    }
  }

  // The world levies no tariff of its own on a domestic flow, so the market's must not move.
  void require_domestic_duties() const {
    const World& world = solver_.world();
    std::map<const LinkCell*, double> rates;
    for (std::size_t f = 0; f < market_.value().size(); ++f) {
      const LinkCell* cell = cells_.cell_of(f);
      if (cell == nullptr || !world.is_domestic(cell->flow.exporter, cell->flow.importer)) continue;
      const std::string where =
          bilateral_cell(world.data(), "market", cell->flow.exporter, cell->flow.importer, cell->flow.sector);
      if (change_.tariff[f] != market_.tariff()[f]) {
        throw InvalidInput(where, "the scenario changes a tariff on a flow that is domestic in the world",
                           "leave flows within a customs territory as they are");
      }
      if (rates.emplace(cell, market_.tariff()[f]).first->second != market_.tariff()[f]) {
        throw InvalidInput(where, "the products of a domestic flow have different tariffs",
                           "give them one rate, so that the world's average stays what it is");
      }
    }
  }

  const Solver& solver_;
  const Market& market_;
  const MarketShock& change_;
  const Shock& rest_;
  LinkCells cells_;
  std::vector<double> base_share_;  // by cell, of its basket in the world
};

}  // namespace detail

/// Solves new tariffs on products in a market and the world around it at once. Linked are the flows that both have; the
/// elasticities among and within products are the market's, all others the world's theory's. The market's demand
/// elasticity is that of a product within its sector, whose spending the world decides.
/// @param rest what else changes in the world, on other flows.
/// @throws InvalidInput where the market's regions or sectors are not the world's, or `rest` changes linked flows.
[[nodiscard]] inline Linked link(const Solver& solver, const Market& market, const MarketShock& change,
                                 const Shock& rest = {}, const LinkOptions& options = {}) {
  constexpr Index kDepth = 10;
  constexpr double kWorse = 5.0, kFarthest = 100.0;
  if (!(options.tolerance > 0 && options.tolerance < 1e-2 && options.max_rounds > 0)) {
    throw InvalidInput("link", "the tolerance or the number of rounds is out of range",
                       "use a tolerance above 0 and below 0.01, and one round or more");
  }
  const auto begin = std::chrono::steady_clock::now();
  validate(change, market);
  validate(rest, solver.world());
  const detail::LinkProblem problem(solver, market, change, rest);
  Eigen::VectorXd x = problem.start();
  Anderson anderson(x.size(), std::min(kDepth, x.size()));
  std::optional<Equilibrium> general;
  std::optional<Linked> result;
  double smallest = std::numeric_limits<double>::infinity();
  for (int round = 1;; ++round) {
    const std::string so_far = " in round " + std::to_string(round);
    PartialEquilibrium partial = problem.partial(x);
    if (!partial.converged() || !problem.finite(partial)) {
      const char* why = partial.converged() ? "a linked flow disappears" : "a product's market has no equilibrium";
      result = problem.failed(std::move(partial), why + so_far + "; try a smaller change");
      result->rounds = round;
      break;
    }
    Equilibrium now = problem.general(x, partial, general ? &*general : nullptr);
    general.emplace(now);
    result.emplace(Linked{std::move(now), std::move(partial)});
    result->rounds = round;
    if (!result->general.converged()) {
      result->diagnosis = "the world: " + result->general.diagnosis + so_far;
      break;
    }
    const Eigen::VectorXd step = problem.disagreement(x, result->partial, result->general);
    const double gap = step.cwiseAbs().maxCoeff();
    result->gap = gap;
    if (!std::isfinite(gap)) {
      result->diagnosis = "a linked flow disappears or a price is not finite" + so_far + "; try a smaller change";
      break;
    }
    if (gap <= options.tolerance) {
      result->status = Status::converged;
      break;
    }
    if (options.progress && !options.progress(round, gap)) {
      result->diagnosis = "stopped by the caller" + so_far;
      break;
    }
    if (round == options.max_rounds) {
      result->diagnosis = "market and world still differ by " + show(gap) + " after " + std::to_string(round) +
                          " rounds; allow more, or try a smaller change";
      break;
    }
    if (gap > kWorse * smallest) anderson.restart();
    smallest = std::min(smallest, gap);
    x += anderson.accelerate(x, step);
    // In logs; beyond this the next round would only overflow.
    x = x.cwiseMax(-kFarthest).cwiseMin(kFarthest);
  }
  if (result->converged()) result->flows = problem.flows(x, result->partial);
  result->unlinked_value = problem.cells().unlinked_value();
  result->unlinked_flows = problem.cells().unlinked_flows();
  result->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return std::move(*result);
}

/// The same for scenarios, whose names and days the result has.
/// @throws InvalidInput where a scenario does not fit the market or the world.
[[nodiscard]] inline Linked link(const Solver& solver, const Market& market, const Scenario& change,
                                 const Scenario& rest, const LinkOptions& options = {}) {
  Linked linked = link(solver, market, compile(change, market), rest.compile(solver.world()), options);
  linked.general = detail::named(std::move(linked.general), rest);
  linked.general.title = change.title() + (rest.title().empty() ? "" : ", with " + linked.general.title);
  return linked;
}

}  // namespace tariffsim
