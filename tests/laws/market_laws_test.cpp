// What must hold in every market: no shock, scale, order of regions, halves of a product, and independence of products.
#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/draw.hpp"
#include "support/hand_markets.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

HandProduct random_product(Draw& draw, Index regions) {
  HandProduct p{Eigen::MatrixXd::Zero(regions, regions), Eigen::MatrixXd::Zero(regions, regions), {}};
  for (Index i = 0; i < regions; ++i) {
    for (Index n = 0; n < regions; ++n) {
      if (draw.chance(0.6) || i == (n + 1) % regions) p.flows(i, n) = draw.factor(0.01, 100);
      if (i != n) p.tariffs(i, n) = draw.uniform(0, 0.4);
    }
  }
  p.elasticities = {-draw.uniform(0.2, 3),
                    draw.chance(0.2) ? std::numeric_limits<double>::infinity() : draw.uniform(0, 8),
                    draw.chance(0.1) ? 1.0 : draw.uniform(0.8, 12)};
  return p;
}

Scenario war() {
  return Scenario().tariff({.importer = "A", .rate = 0.5}).tariff({.importer = "C", .exporter = "B", .rate = 0.0});
}

}  // namespace

TEST_CASE("Law of markets: random ones clear, and the certificate says so") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Draw draw(seed);
    const Market market = hand_market({random_product(draw, 4 + draw.index(5))});
    const PartialEquilibrium eq = solve(market, war());
    REQUIRE(eq.converged());
    CHECK(eq.certificate.worst() < 1e-10);
  }
}

TEST_CASE("Law of markets: no shock changes nothing, to the last bit") {
  Draw draw(1);
  const Market market = hand_market({random_product(draw, 5), random_product(draw, 5)});
  for (const MarketTheory& theory : {MarketTheory(Partial{}), MarketTheory(Gsim{})}) {
    const PartialEquilibrium eq = solve(market, Scenario(), theory);
    REQUIRE(eq.converged());
    for (const double x : eq.quantity_hat) CHECK(x == 1.0);
    for (const double x : eq.world_price_hat) CHECK(x == 1.0);
    for (std::size_t b = 0; b < eq.tariff_revenue.size(); ++b) CHECK(eq.tariff_revenue[b] == eq.tariff_revenue_base[b]);
  }
  // Also where the solver runs: a tariff that changes where nothing else does.
  HandProduct alone{Eigen::MatrixXd::Zero(3, 3), {}, {-1.25, 1.5, 5}};
  alone.flows(0, 1) = 10;
  alone.flows(2, 2) = 7;
  const PartialEquilibrium eq = solve(hand_market({alone}), Scenario().tariff({.importer = "B", .rate = 0.1}));
  CHECK(eq.world_price_hat[0] < 1.0);
  CHECK(eq.world_price_hat[1] == 1.0);
}

TEST_CASE("Law of markets: twice the values, twice the surpluses and the same ratios") {
  Draw draw(2);
  HandProduct product = random_product(draw, 6);
  const PartialEquilibrium once = solve(hand_market({product}), war());
  product.flows *= 8;
  const PartialEquilibrium scaled = solve(hand_market({product}), war());
  for (std::size_t s = 0; s < once.world_price_hat.size(); ++s) {
    CHECK(scaled.world_price_hat[s] == Catch::Approx(once.world_price_hat[s]).epsilon(1e-13));
    CHECK(scaled.producer_surplus[s] == Catch::Approx(8 * once.producer_surplus[s]).epsilon(1e-9).margin(1e-12));
  }
}

TEST_CASE("Law of markets: the order of regions does not matter") {
  Draw draw(3);
  HandProduct product = random_product(draw, 6);
  product.elasticities.supply = 1.5;
  const std::vector<Index> order = draw.permutation(6);
  HandProduct moved = product;
  for (Index i = 0; i < 6; ++i) {
    for (Index n = 0; n < 6; ++n) {
      moved.flows(i, n) = product.flows(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(n)]);
      moved.tariffs(i, n) = product.tariffs(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(n)]);
    }
  }
  const Market market = hand_market({product}), permuted = hand_market({moved});
  MarketShock shock = compile(war(), market), moved_shock = compile(Scenario(), permuted);
  const auto flow = [](const Market& m, Index i, Index n) {
    for (std::size_t f = 0; f < m.value().size(); ++f) {
      if (m.exporter(f) == i && m.importer(f) == n) return f;
    }
    return m.value().size();
  };
  for (std::size_t f = 0; f < permuted.value().size(); ++f) {
    moved_shock.tariff[f] = shock.tariff[flow(market, order[static_cast<std::size_t>(permuted.exporter(f))],
                                              order[static_cast<std::size_t>(permuted.importer(f))])];
  }
  const PartialEquilibrium eq = solve(market, shock), other = solve(permuted, moved_shock);
  for (std::size_t f = 0; f < permuted.value().size(); ++f) {
    const std::size_t same = flow(market, order[static_cast<std::size_t>(permuted.exporter(f))],
                                  order[static_cast<std::size_t>(permuted.importer(f))]);
    CHECK(other.quantity_hat[f] == Catch::Approx(eq.quantity_hat[same]).epsilon(1e-11));
  }
}

TEST_CASE("Law of markets: a product in two halves comes to what the whole does") {
  Draw draw(4);
  HandProduct whole = random_product(draw, 6), half = whole;
  half.flows *= 0.5;
  const PartialEquilibrium eq = solve(hand_market({whole}), war()), halves = solve(hand_market({half, half}), war());
  const std::size_t flows = eq.quantity_hat.size(), buyers = eq.consumer_surplus.size();
  for (std::size_t f = 0; f < flows; ++f) {
    CHECK(halves.value(f) + halves.value(flows + f) == Catch::Approx(eq.value(f)).epsilon(1e-11));
  }
  for (std::size_t b = 0; b < buyers; ++b) {
    CHECK(halves.consumer_surplus[b] + halves.consumer_surplus[buyers + b] ==
          Catch::Approx(eq.consumer_surplus[b]).epsilon(1e-10).margin(1e-11));
  }
}

TEST_CASE("Law of markets: a product solved alone is the product solved among others") {
  Draw draw(5);
  const HandProduct first = random_product(draw, 5), second = random_product(draw, 5);
  const PartialEquilibrium together = solve(hand_market({first, second}), war());
  const PartialEquilibrium alone = solve(hand_market({second}), war());
  const Range flows = together.market.flows(1);
  for (std::size_t f = flows.first; f < flows.last; ++f) {
    CHECK(together.quantity_hat[f] == alone.quantity_hat[f - flows.first]);
  }
}
