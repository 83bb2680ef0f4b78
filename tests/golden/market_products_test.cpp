// Every market of a table of products, each solved alone by another route: prices in levels, one bisected after
// another.
#include <cmath>
#include <cstddef>
#include <vector>

#include "../../benchmarks/market_table.hpp"
#include "support/catch.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;

namespace {

/// One market written out from its data: dense, and nothing kept between evaluations.
struct PlainMarket {
  struct Flow {
    std::size_t supplier, buyer;
    double value, before, after;  ///< powers of the tariff
  };
  std::vector<Flow> flows;
  std::vector<double> supply, sold, demand, substitution, spent, price, index;

  PlainMarket(const Market& m, Index k, const std::vector<double>& tariff) {
    const Range all = m.flows(k), suppliers = m.suppliers(k), buyers = m.buyers(k);
    supply.assign(m.supply().begin() + static_cast<std::ptrdiff_t>(suppliers.first),
                  m.supply().begin() + static_cast<std::ptrdiff_t>(suppliers.last));
    for (std::size_t b = buyers.first; b < buyers.last; ++b) {
      demand.push_back(m.demand()[b]);
      substitution.push_back(m.substitution()[b]);
    }
    sold.assign(suppliers.size(), 0);
    spent.assign(buyers.size(), 0);
    price.assign(suppliers.size(), 1);
    index.assign(buyers.size(), 1);
    for (std::size_t f = all.first; f < all.last; ++f) {
      const Flow flow{static_cast<std::size_t>(m.supplier()[f]) - suppliers.first,
                      static_cast<std::size_t>(m.buyer()[f]) - buyers.first, m.value()[f], 1 + m.tariff()[f],
                      1 + tariff[f]};
      sold[flow.supplier] += flow.value;
      spent[flow.buyer] += flow.value * flow.before;
      flows.push_back(flow);
    }
  }

  void reindex() {
    std::vector<double> sum(index.size(), 0);
    for (const Flow& f : flows) {
      sum[f.buyer] += f.value * f.before / spent[f.buyer] *
                      std::pow(f.after / f.before * price[f.supplier], 1 - substitution[f.buyer]);
    }
    for (std::size_t b = 0; b < index.size(); ++b) index[b] = std::pow(sum[b], 1 / (1 - substitution[b]));
  }

  // Demand for a supplier at its price, the composites of its buyers as they are.
  [[nodiscard]] double bought(const std::vector<Flow>& own, double p) const {
    double sum = 0;
    for (const Flow& f : own) {
      sum += f.value * std::pow(f.after / f.before * p / index[f.buyer], -substitution[f.buyer]) *
             std::pow(index[f.buyer], demand[f.buyer]);
    }
    return sum;
  }

  void solve() {
    std::vector<std::vector<Flow>> own(sold.size());
    for (const Flow& f : flows) own[f.supplier].push_back(f);
    for (int round = 0; round < 400; ++round) {
      reindex();
      double moved = 0;
      for (std::size_t s = 0; s < sold.size(); ++s) {
        double low = price[s] * 0.5, high = price[s] * 2;
        while (high / low - 1 > 1e-14) {
          const double middle = std::sqrt(low * high);
          (bought(own[s], middle) > sold[s] * std::pow(middle, supply[s]) ? low : high) = middle;
          if (middle == low && middle == high) break;
          if (!(std::nextafter(low, high) < high)) break;
        }
        moved = std::max(moved, std::abs(high / price[s] - 1));
        price[s] = high;
      }
      if (moved < 2e-13) return;
    }
    FAIL("the other route did not settle");
  }
};

}  // namespace

TEST_CASE("Partial equilibrium: 200 markets of a synthetic table, each by another route") {
  const Market market(bench::synthetic_market({200, 30, 90}, 7));
  REQUIRE(market.value().size() > 10000);
  const PartialEquilibrium eq =
      solve(market, Scenario().tariff({.importer = "R101", .rate = 0.5, .operation = Operation::add}));
  REQUIRE(eq.converged());
  CHECK(eq.certificate.worst() < 1e-10);
  double largest = 0, change = 0;
  int solved = 0;
  for (Index k = 0; k < market.products().size(); ++k) {
    PlainMarket plain(market, k, eq.tariff);
    plain.solve();
    const Range suppliers = market.suppliers(k);
    for (std::size_t s = suppliers.first; s < suppliers.last; ++s) {
      largest = std::max(largest, std::abs(eq.world_price_hat[s] / plain.price[s - suppliers.first] - 1));
      change = std::max(change, std::abs(eq.world_price_hat[s] - 1));
    }
    solved += eq.iterations[static_cast<std::size_t>(k)] > 0 ? 1 : 0;
  }
  CHECK(solved > 150);
  CHECK(change > 0.05);
  CHECK(largest < 1e-11);
}
