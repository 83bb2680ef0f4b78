// A market of products linked to a world, against worlds in which the products are sectors, and against what it must
// leave alone.
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/draw.hpp"
#include "support/hand_markets.hpp"
#include "support/random_world.hpp"
#include "support/results.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/solve/link.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTolerance = 1e-11;
const SolveOptions kSharp{.tolerance = 1e-13};
const LinkOptions kLink{.tolerance = kTolerance};

World three_by_two() { return random_world({.regions = 3, .sectors = 2, .seed = 11, .gaps = false}); }

/// The flows of one sector of a world as a market of one product.
Market market_of(const World& world, Index sector, double substitution, double demand, double supply,
                 bool domestic = true) {
  const Index N = world.regions().size();
  Eigen::MatrixXd flows = world.flows().slice(sector), tariffs = world.tariffs().slice(sector);
  if (!domestic) flows.diagonal().setZero();
  MarketData data = hand_market_data({{flows, tariffs, {demand, supply, substitution}}});
  std::vector<std::string> codes;
  for (Index n = 0; n < N; ++n) codes.push_back(world.regions().code(n));
  data.regions = Labels("region", std::move(codes));
  data.sectors = Labels("sector", {world.sectors().code(sector)});
  return Market(std::move(data));
}

}  // namespace

TEST_CASE("a market with the world's own elasticity changes nothing") {
  const World world = three_by_two();
  const std::string sector = world.sectors().code(0), first = world.regions().code(0), second = world.regions().code(1);
  const auto change = Scenario("25 percent")
                          .tariff({.importer = {first},
                                   .exporter = {second},
                                   .sector = {sector},
                                   .rate = 0.25,
                                   .operation = Operation::add});
  for (const bool domestic : {true, false}) {
    for (const Theory& theory : {Theory{}, Theory::krugman(), Theory::specific_factors()}) {
      const Solver solver(world, theory, {}, kSharp);
      const Equilibrium alone = solver.solve(change);
      REQUIRE(alone.converged());
      const double sigma = 1 + alone.values->trade_elasticity[0];
      const Market market = market_of(world, 0, sigma, -0.7, kInfinity, domestic);
      const Linked linked = link(solver, market, compile(change, market), {}, kLink);
      INFO(theory.name << (domestic ? ", with" : ", without") << " domestic sales: " << linked.diagnosis);
      REQUIRE(linked.converged());
      CHECK(difference(result_of(linked.general), result_of(alone)) < 1e-9);
      for (const LinkedFlow& each : linked.flows) CHECK_THAT(each.trade_cost_hat, WithinAbs(1, 1e-9));
    }
  }
}

TEST_CASE("imports of a world with two tiers linked at its elasticity among sources") {
  const World world = three_by_two();
  const Theory theory = Theory::two_tier(1.5);
  const Solver solver(world, theory, {}, kSharp);
  const auto change = Scenario("t").tariff({.importer = {world.regions().code(0)},
                                            .exporter = {world.regions().code(1)},
                                            .sector = {world.sectors().code(1)},
                                            .rate = 0.4,
                                            .operation = Operation::add});
  const Equilibrium alone = solver.solve(change);
  const Market market = market_of(world, 1, 1 + world.trade_elasticity()[1], -1, kInfinity, false);
  const Linked linked = link(solver, market, compile(change, market), {}, kLink);
  REQUIRE(linked.converged());
  CHECK(difference(result_of(linked.general), result_of(alone)) < 1e-9);
}

TEST_CASE("products in a linked market are the sectors of a finer world") {
  // CES across products at s = 1.6, sources at sigma_k within each; one factor, no materials.
  const double s = 1.6;
  const std::vector<double> sigma = {3.0, 5.5, 9.0};
  const Index N = 4, K = 3;
  Draw draw(5);
  Cube fine(N, N, K), fine_tariffs(N, N, K), coarse(N, N, 1), coarse_tariffs(N, N, 1);
  std::vector<HandProduct> products;
  for (Index k = 0; k < K; ++k) {
    HandProduct product{
        Eigen::MatrixXd(N, N), Eigen::MatrixXd::Zero(N, N), {-s, kInfinity, sigma[static_cast<std::size_t>(k)]}};
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        const double value = draw.factor(1, 8) * (i == n ? 12 : 1), rate = i == n ? 0 : draw.uniform(0, 0.15);
        fine(i, n, k) = product.flows(i, n) = value;
        fine_tariffs(i, n, k) = product.tariffs(i, n) = rate;
        coarse(i, n, 0) += value;
        coarse_tariffs(i, n, 0) += value * rate;
      }
    }
    products.push_back(product);
  }
  coarse_tariffs.values() /= coarse.values();
  const auto world_of = [&](const Cube& flows, const Cube& tariffs, std::vector<std::string> sectors,
                            const Vector& theta) {
    WorldData data;
    data.regions = Labels("region", {"A", "B", "C", "D"});
    data.sectors = Labels("sector", std::move(sectors));
    data.flows = flows;
    data.tariffs = tariffs;
    data.trade_elasticity = theta;
    return World(std::move(data));
  };
  Vector theta(K);
  for (Index k = 0; k < K; ++k) theta[k] = sigma[static_cast<std::size_t>(k)] - 1;
  Theory across;
  across.final_demand = s;
  const auto change = Scenario("two products")
                          .tariff({.importer = {"A"}, .exporter = {"B"}, .sector = {"P2"}, .rate = 0.6})
                          .tariff({.importer = {"B"}, .exporter = {"A"}, .sector = {"P1"}, .rate = 0.3});
  const Equilibrium direct = solve(world_of(fine, fine_tariffs, {"P1", "P2", "P3"}, theta), change, across, {}, kSharp);
  REQUIRE(direct.converged());
  const Market market = hand_market(products);
  // The world's own elasticity has no part in it.
  for (const double own : {2.0, 6.0}) {
    const Solver solver(world_of(coarse, coarse_tariffs, {"ALL"}, Vector::Constant(1, own)), Theory{}, {}, kSharp);
    const Linked linked = link(solver, market, compile(change, market), {}, kLink);
    INFO("elasticity " << own << ": " << linked.diagnosis << ", " << linked.rounds << " rounds");
    REQUIRE(linked.converged());
    CHECK((linked.general.wage_hat - direct.wage_hat).abs().maxCoeff() < 1e-9);
    CHECK((real_income_pct(linked.general) - real_income_pct(direct)).abs().maxCoeff() < 1e-7);
    for (std::size_t f = 0; f < market.value().size(); ++f) {
      const Index k = static_cast<Index>(f) / (N * N);
      CHECK_THAT(linked.partial.value(f),
                 WithinRel(direct.counterfactual.flows(market.exporter(f), market.importer(f), k), 1e-8));
    }
  }
}

TEST_CASE("with supply of finite elasticity both models agree on every flow, price and cost") {
  const World world = three_by_two();
  const std::string sector = world.sectors().code(0), first = world.regions().code(0), second = world.regions().code(1);
  const auto change = Scenario("t").tariff(
      {.importer = {first}, .exporter = {second}, .sector = {sector}, .rate = 0.5, .operation = Operation::add});
  const Solver solver(world, Theory{}, {}, kSharp);
  const auto solved = [&](double supply) {
    const Market market = market_of(world, 0, 4.0, -0.8, supply);
    Linked linked = link(solver, market, compile(change, market), {}, kLink);
    INFO("supply " << supply << ": " << linked.diagnosis);
    REQUIRE(linked.converged());
    return linked;
  };
  const Linked linked = solved(2.0);
  const Equilibrium& eq = linked.general;
  const PartialEquilibrium& pe = linked.partial;
  const Market& m = pe.market;
  CHECK(pe.certificate.worst() < 1e-9);
  std::vector<double> sold(m.supply().size(), 0.0), before = sold;
  for (std::size_t f = 0; f < m.value().size(); ++f) {
    const Index i = m.exporter(f), n = m.importer(f);
    CHECK_THAT(pe.value(f), WithinRel(eq.counterfactual.flows(i, n, 0), 1e-8));
    sold[static_cast<std::size_t>(m.supplier()[f])] += m.value()[f] * pe.quantity_hat[f];
    before[static_cast<std::size_t>(m.supplier()[f])] += m.value()[f];
  }
  for (std::size_t s = 0; s < sold.size(); ++s) {
    const double cost = eq.cost_hat(m.supplier_region()[s], 0);
    CHECK_THAT(sold[s] / before[s], WithinRel(std::pow(pe.world_price_hat[s] / cost, 2.0), 1e-8));
  }
  for (std::size_t b = 0; b < m.demand().size(); ++b) {
    CHECK_THAT(pe.price_hat[b], WithinRel(eq.price_hat(m.buyer_region()[b], 0), 1e-8));
  }
  CHECK(pe.producer_surplus.empty());
  // Ever more elastic supply leads to given costs, at the rate of its inverse.
  const Result limit = result_of(solved(kInfinity).general);
  const double near = difference(result_of(solved(1e3).general), limit);
  const double nearer = difference(result_of(solved(1e5).general), limit);
  CHECK(near < 1e-2);
  CHECK_THAT(nearer / near, WithinRel(0.01, 0.05));
}

TEST_CASE("nothing changes where no product does") {
  const World world = three_by_two();
  const Solver solver(world, Theory{}, {}, kSharp);
  const Market market = market_of(world, 0, 4.0, -0.8, 3.0);
  const Linked linked = link(solver, market, compile(Scenario("none"), market));
  REQUIRE(linked.converged());
  CHECK(linked.rounds == 1);
  CHECK(real_income_pct(linked.general).abs().maxCoeff() < 1e-9);
}

TEST_CASE("the numeraire is no part of a link, whatever the products' demand") {
  const World world = three_by_two();
  const std::string sector = world.sectors().code(0);
  const Index N = world.regions().size();
  const Eigen::MatrixXd flows = world.flows().slice(0), tariffs = world.tariffs().slice(0);
  Eigen::MatrixXd absent = Eigen::MatrixXd::Zero(N, N);
  MarketData data =
      hand_market_data({{0.3 * flows, tariffs, {-0.4, 2.0, 4.0}}, {0.7 * flows, tariffs, {-2.5, kInfinity, 6.0}}});
  std::vector<std::string> codes;
  for (Index n = 0; n < N; ++n) codes.push_back(world.regions().code(n));
  data.regions = Labels("region", codes);
  data.sectors = Labels("sector", {sector});
  const Market market(std::move(data));
  const auto change = Scenario("t").tariff(
      {.importer = {codes[0]}, .exporter = {codes[1]}, .sector = {"P2"}, .rate = 0.6, .operation = Operation::add});
  const auto under = [&](const std::string& numeraire) {
    const Solver solver(world, Theory{}, {.numeraire = numeraire}, kSharp);
    Linked linked = link(solver, market, change, Scenario("nothing else"), kLink);
    INFO(numeraire << ": " << linked.diagnosis);
    REQUIRE(linked.converged());
    return linked;
  };
  const Linked a = under("world_value_added"), b = under(codes[1]), c = under("world_consumer_price");
  CHECK(a.general.title == "t, with nothing else");
  for (const Linked* other : {&b, &c}) {
    CHECK((real_income_pct(a.general) - real_income_pct(other->general)).abs().maxCoeff() < 1e-7);
    for (std::size_t f = 0; f < market.value().size(); ++f) {
      CHECK_THAT(other->partial.quantity_hat[f], WithinRel(a.partial.quantity_hat[f], 1e-8));
    }
  }
}

TEST_CASE("flows that the world does not have are not seen by it") {
  const World whole = three_by_two();
  const World world = whole.edited([](WorldData& data) { data.flows(2, 0, 0) = 0; });
  const Solver solver(world, Theory{}, {}, kSharp);
  const Market market = market_of(whole, 0, 4.0, -0.8, kInfinity);
  const auto change = Scenario("t").tariff({.importer = {world.regions().code(0)},
                                            .exporter = {world.regions().code(2)},
                                            .sector = {world.sectors().code(0)},
                                            .rate = 1.0,
                                            .operation = Operation::add});
  const Linked linked = link(solver, market, change, Scenario("nothing else"), kLink);
  REQUIRE(linked.converged());
  CHECK(linked.unlinked_flows == 1);
  CHECK_THAT(linked.unlinked_value, WithinRel(whole.flows()(2, 0, 0), 1e-12));
  for (const LinkedFlow& each : linked.flows) {
    if (each.flow.importer == 0) CHECK_THAT(each.trade_cost_hat * each.duty_hat, WithinAbs(1, 1e-8));
  }
  CHECK(real_income_pct(linked.general).abs().maxCoeff() < 1e-6);
}

TEST_CASE("what cannot be linked is refused") {
  const World world = three_by_two();
  const Solver solver(world, Theory{});
  const Market market = market_of(world, 0, 4.0, -0.8, 3.0);
  const MarketShock none = compile(Scenario("none"), market);
  const auto everything = Scenario("all").tariff({.rate = 0.3}).compile(world);
  CHECK_THROWS_WITH(link(solver, market, none, everything),
                    ContainsSubstring("changes a flow that the market decides on"));
  const auto elsewhere = Scenario("other sector").tariff({.sector = {world.sectors().code(1)}, .rate = 0.3});
  CHECK(link(solver, market, none, elsewhere.compile(world)).converged());
  CHECK_THROWS_WITH(link(solver, hand_market({{Eigen::MatrixXd::Ones(2, 2), {}}}), {"", {0, 0, 0, 0}}),
                    ContainsSubstring("unknown region"));
  Theory margin;
  margin.distribution_margin = Parameter(0.2);
  CHECK_THROWS_WITH(link(Solver(world, margin), market, none), ContainsSubstring("margin"));
  const Linked stopped =
      link(solver, market, compile(Scenario("t").tariff({.rate = 0.4}), market), {}, {.max_rounds = 1});
  CHECK(stopped.status == Status::stalled);
  CHECK_THROWS_WITH(stopped.require_converged(), ContainsSubstring("still differ"));
  // A market that is at odds with the world's customs territories.
  const World union_world = world.edited([](WorldData& data) {
    data.territories = {"T", "T", data.regions.code(2)};
    for (Index j = 0; j < 2; ++j) data.tariffs(0, 1, j) = data.tariffs(1, 0, j) = 0;
  });
  const Solver within(union_world, Theory{});
  const Market both = market_of(union_world, 0, 4.0, -0.8, 3.0);
  const auto inside = Scenario("inside").tariff(
      {.importer = {union_world.regions().code(0)}, .exporter = {union_world.regions().code(1)}, .rate = 0.4});
  CHECK_THROWS_WITH(link(within, both, compile(inside, both)), ContainsSubstring("domestic in the world"));
  MarketShock shifted = none;
  shifted.cost_hat.assign(market.supply().size(), 1.1);
  CHECK_THROWS_WITH(link(solver, market, shifted), ContainsSubstring("shifts curves"));
  // A flow that vanishes is a status, not an error.
  const Market steep = market_of(world, 0, 60.0, -0.8, kInfinity);
  const Linked gone = link(solver, steep, compile(Scenario("t").tariff({.rate = 1e6}), steep));
  CHECK(gone.status == Status::stalled);
  CHECK_THAT(gone.diagnosis, ContainsSubstring("try a smaller change"));
}
