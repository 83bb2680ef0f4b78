// LinkCells: where the products of a market lie in a world, and what each of the two says of the same flows.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/solve/border_price.hpp"
#include "tariffsim/solve/certify_market.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim {

/// One flow of the world that products of the market make up.
struct LinkCell {
  FlowCell flow;
  std::size_t basket = 0;  ///< what one importer buys of one sector from all linked exporters
};

/// What one model says of the linked flows, in logs of ratios to its base; money in units of world value added.
struct LinkView {
  std::vector<double> log_share;  ///< by cell, of its basket, with tariffs
  std::vector<double> log_price;  ///< by basket, with tariffs
  std::vector<double> log_spent;  ///< by basket, with tariffs
};

namespace detail {

/// Weights of Sato (1976) and Vartia (1976): the price index that is exact for any CES.
class SatoVartia {
 public:
  void add(double share_before, double share_now, double log_price) {
    const double ratio = std::log(share_now / share_before);
    // The logarithmic mean; to second order where the shares are close.
    const double weight = std::abs(ratio) < 1e-4 ? share_before * (1 + ratio / 2 + ratio * ratio / 6)
                                                 : (share_now - share_before) / ratio;
    sum_ += weight;
    weighted_ += weight * log_price;
  }
  [[nodiscard]] double log_price() const { return weighted_ / sum_; }

 private:
  double sum_ = 0, weighted_ = 0;
};

}  // namespace detail

class LinkCells {
 public:
  /// Flows of the market that the world has no flow for stay out; unlinked_value() says how much they are.
  /// @throws InvalidInput where a region or sector of the market is not in the world, or nothing is linked.
  LinkCells(const World& world, const Market& market) : regions_(world.regions().size()) {
    const Index N = regions_, J = world.sectors().size();
    std::vector<Index> region(static_cast<std::size_t>(market.regions().size()));
    std::vector<Index> sector(static_cast<std::size_t>(market.sectors().size()));
    for (std::size_t r = 0; r < region.size(); ++r) {
      region[r] = world.regions().at(market.regions().code(static_cast<Index>(r)), "market: region");
    }
    for (std::size_t s = 0; s < sector.size(); ++s) {
      sector[s] = world.sectors().at(market.sectors().code(static_cast<Index>(s)), "market: sector");
    }
    std::vector<std::ptrdiff_t> cell_at(static_cast<std::size_t>(N * N * J), -1),
        basket_at(static_cast<std::size_t>(N * J), -1);
    cell_of_.resize(market.value().size());
    for (Index k = 0; k < market.products().size(); ++k) {
      const Index j = sector[static_cast<std::size_t>(market.sector_of(k))];
      const Range flows = market.flows(k);
      for (std::size_t f = flows.first; f < flows.last; ++f) {
        const Index i = region[static_cast<std::size_t>(market.exporter(f))];
        const Index n = region[static_cast<std::size_t>(market.importer(f))];
        if (!(world.flows()(i, n, j) > 0)) {
          cell_of_[f] = kUnlinked;
          unlinked_value_ += market.value()[f];
          ++unlinked_flows_;
          continue;
        }
        auto& basket = basket_at[static_cast<std::size_t>(n + N * j)];
        if (basket < 0) {
          basket = static_cast<std::ptrdiff_t>(baskets_.size());
          baskets_.push_back({n, j});
        }
        auto& at = cell_at[static_cast<std::size_t>(flow_place(i, n, j, N))];
        if (at < 0) {
          at = static_cast<std::ptrdiff_t>(cells_.size());
          cells_.push_back({{i, n, j}, static_cast<std::size_t>(basket)});
        }
        cell_of_[f] = static_cast<std::size_t>(at);
      }
    }
    if (cells_.empty()) {
      throw InvalidInput("market", "none of its flows is a flow of the world",
                         "give flows between regions that trade in the world, in its sectors");
    }
    for (const std::int32_t r : market.supplier_region())
      supplier_region_.push_back(region[static_cast<std::size_t>(r)]);
    supplier_sector_.resize(supplier_region_.size());
    buyer_basket_.resize(market.demand().size());
    for (Index k = 0; k < market.products().size(); ++k) {
      const Index j = sector[static_cast<std::size_t>(market.sector_of(k))];
      const Range suppliers = market.suppliers(k), buyers = market.buyers(k);
      for (std::size_t s = suppliers.first; s < suppliers.last; ++s) supplier_sector_[s] = j;
      for (std::size_t b = buyers.first; b < buyers.last; ++b) {
        const Index n = region[static_cast<std::size_t>(market.buyer_region()[b])];
        buyer_basket_[b] = basket_at[static_cast<std::size_t>(n + N * j)];
      }
    }
  }

  /// The flow of the world that a flow of the market is part of; nothing where the world has none.
  [[nodiscard]] const LinkCell* cell_of(std::size_t flow) const {
    return cell_of_[flow] == kUnlinked ? nullptr : &cells_[cell_of_[flow]];
  }

  struct Basket {
    Index importer, sector;
  };

  [[nodiscard]] const std::vector<LinkCell>& cells() const noexcept { return cells_; }
  [[nodiscard]] const std::vector<Basket>& baskets() const noexcept { return baskets_; }
  [[nodiscard]] double unlinked_value() const noexcept { return unlinked_value_; }
  [[nodiscard]] std::size_t unlinked_flows() const noexcept { return unlinked_flows_; }

  /// One plus the average tariff of the linked products, over that of the base; by cell.
  [[nodiscard]] std::vector<double> duty_hat(const PartialEquilibrium& eq) const {
    std::vector<Amounts> amounts = amounts_of(eq);
    std::vector<double> ratio(cells_.size());
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const Amounts& a = amounts[c];
      ratio[c] = a.paid_now / a.value_now * a.value_before / a.paid_before;
    }
    return ratio;
  }

  /// What sellers ask by their costs in the world, in units of world value added; by supplier of the market.
  [[nodiscard]] std::vector<double> cost_hat(const Equilibrium& eq) const {
    const double unit = world_value_added_hat(eq);
    std::vector<double> ratio(supplier_region_.size());
    for (std::size_t s = 0; s < ratio.size(); ++s) {
      ratio[s] = eq.cost_hat(supplier_region_[s], supplier_sector_[s]) / unit;
    }
    return ratio;
  }

  /// What buyers want at given prices of products, from the logs of what they want of the basket and of its price:
  /// Q (P_k / P)^E. By buyer of the market; one outside of all baskets is not shifted.
  [[nodiscard]] std::vector<double> demand_hat(const Market& market, const Eigen::Ref<const Eigen::VectorXd>& quantity,
                                               const Eigen::Ref<const Eigen::VectorXd>& price) const {
    std::vector<double> ratio(buyer_basket_.size(), 1.0);
    for (std::size_t b = 0; b < ratio.size(); ++b) {
      const std::ptrdiff_t q = buyer_basket_[b];
      if (q >= 0) ratio[b] = std::exp(quantity[q] - market.demand()[b] * price[q]);
    }
    return ratio;
  }

  /// As the market has it: linked sources within products and products within baskets, each by its Sato-Vartia index.
  [[nodiscard]] LinkView view(const PartialEquilibrium& eq) const {
    const std::vector<Amounts> amounts = amounts_of(eq);
    LinkView view = shares_of(amounts);
    const Market& m = eq.market;
    std::vector<double> before(m.demand().size(), 0.0), now = before;
    std::vector<double> basket_before(baskets_.size(), 0.0), basket_now = basket_before;
    for (std::size_t f = 0; f < cell_of_.size(); ++f) {
      if (cell_of_[f] == kUnlinked) continue;
      const auto b = static_cast<std::size_t>(m.buyer()[f]);
      const std::size_t q = cells_[cell_of_[f]].basket;
      const double paid_before = m.value()[f] * (1 + m.tariff()[f]), paid_now = eq.value(f) * (1 + eq.tariff[f]);
      before[b] += paid_before;
      now[b] += paid_now;
      basket_before[q] += paid_before;
      basket_now[q] += paid_now;
    }
    // Sources within products, products within baskets.
    std::vector<detail::SatoVartia> product(before.size()), basket(baskets_.size());
    for (std::size_t f = 0; f < cell_of_.size(); ++f) {
      if (cell_of_[f] == kUnlinked) continue;
      const auto b = static_cast<std::size_t>(m.buyer()[f]);
      product[b].add(m.value()[f] * (1 + m.tariff()[f]) / before[b], eq.value(f) * (1 + eq.tariff[f]) / now[b],
                     std::log(detail::internal_price(eq, f)));
    }
    for (std::size_t b = 0; b < before.size(); ++b) {
      if (!(before[b] > 0)) continue;
      const auto q = static_cast<std::size_t>(buyer_basket_[b]);
      basket[q].add(before[b] / basket_before[q], now[b] / basket_now[q], product[b].log_price());
    }
    for (const auto& each : basket) view.log_price.push_back(each.log_price());
    return view;
  }

  /// As the world has it: home and imports nested, each by its Sato-Vartia index, which is exact for both.
  [[nodiscard]] LinkView view(const Equilibrium& eq) const {
    std::vector<Amounts> amounts(cells_.size());
    const State &base = *eq.base, &after = eq.counterfactual;
    const double unit = world_value_added_hat(eq);
    std::vector<double> log_price(cells_.size());
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const auto [i, n, j] = cells_[c].flow;
      Amounts& a = amounts[c];
      a.value_before = base.flows(i, n, j);
      a.value_now = after.flows(i, n, j);
      a.paid_before = a.value_before * (1 + base.tariffs()(i, n, j));
      a.paid_now = a.value_now * (1 + after.tariffs()(i, n, j));
      log_price[c] = std::log(border_price_hat(eq, i, n, j) / unit * (1 + after.tariffs()(i, n, j)) /
                              (1 + base.tariffs()(i, n, j)));
    }
    LinkView view = shares_of(amounts);
    for (double& spent : view.log_spent) spent -= std::log(unit);
    // Spending by basket and nest: at home, imported.
    std::vector<std::array<double, 2>> before(baskets_.size(), {0, 0}), now = before;
    const auto nest = [&](const LinkCell& cell) {
      return eq.observed.is_domestic(cell.flow.exporter, cell.flow.importer) ? 0U : 1U;
    };
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      before[cells_[c].basket][nest(cells_[c])] += amounts[c].paid_before;
      now[cells_[c].basket][nest(cells_[c])] += amounts[c].paid_now;
    }
    std::vector<std::array<detail::SatoVartia, 2>> within(baskets_.size());
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const std::size_t q = cells_[c].basket, h = nest(cells_[c]);
      within[q][h].add(amounts[c].paid_before / before[q][h], amounts[c].paid_now / now[q][h], log_price[c]);
    }
    for (std::size_t q = 0; q < baskets_.size(); ++q) {
      detail::SatoVartia basket;
      const double all_before = before[q][0] + before[q][1], all_now = now[q][0] + now[q][1];
      for (std::size_t h : {0U, 1U}) {
        if (before[q][h] > 0) basket.add(before[q][h] / all_before, now[q][h] / all_now, within[q][h].log_price());
      }
      view.log_price.push_back(basket.log_price());
    }
    return view;
  }

 private:
  static constexpr std::size_t kUnlinked = static_cast<std::size_t>(-1);
  struct Amounts {
    double value_before = 0, value_now = 0, paid_before = 0, paid_now = 0;
  };

  // In which results are at the numeraire of the closure.
  static double world_value_added_hat(const Equilibrium& eq) {
    return eq.counterfactual.value_added.sum() / eq.base->value_added.sum();
  }

  [[nodiscard]] std::vector<Amounts> amounts_of(const PartialEquilibrium& eq) const {
    std::vector<Amounts> amounts(cells_.size());
    const Market& m = eq.market;
    for (std::size_t f = 0; f < cell_of_.size(); ++f) {
      if (cell_of_[f] == kUnlinked) continue;
      Amounts& a = amounts[cell_of_[f]];
      const double now = eq.value(f);
      a.value_before += m.value()[f];
      a.value_now += now;
      a.paid_before += m.value()[f] * (1 + m.tariff()[f]);
      a.paid_now += now * (1 + eq.tariff[f]);
    }
    return amounts;
  }

  [[nodiscard]] LinkView shares_of(const std::vector<Amounts>& amounts) const {
    std::vector<double> before(baskets_.size(), 0.0), now = before;
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      before[cells_[c].basket] += amounts[c].paid_before;
      now[cells_[c].basket] += amounts[c].paid_now;
    }
    LinkView view;
    for (std::size_t c = 0; c < cells_.size(); ++c) {
      const std::size_t q = cells_[c].basket;
      view.log_share.push_back(std::log(amounts[c].paid_now / now[q] / (amounts[c].paid_before / before[q])));
    }
    for (std::size_t q = 0; q < baskets_.size(); ++q) view.log_spent.push_back(std::log(now[q] / before[q]));
    return view;
  }

  Index regions_;
  std::vector<LinkCell> cells_;
  std::vector<Basket> baskets_;
  std::vector<std::size_t> cell_of_;  // by flow of the market
  std::vector<Index> supplier_region_, supplier_sector_;
  std::vector<std::ptrdiff_t> buyer_basket_;  // by buyer of the market, -1 outside of all
  double unlinked_value_ = 0;
  std::size_t unlinked_flows_ = 0;
};

}  // namespace tariffsim
