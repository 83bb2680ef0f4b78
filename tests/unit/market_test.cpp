// Market: its order, its elasticities, and each table that it refuses; how scenarios compile to its tariffs.
#include <cmath>
#include <limits>
#include <string>

#include "support/catch.hpp"
#include "support/hand_markets.hpp"
#include "tariffsim/analysis/market_totals.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

HandProduct two_sellers() {
  Eigen::MatrixXd flows = Eigen::MatrixXd::Zero(3, 3), tariffs = flows;
  flows(0, 2) = 60;
  flows(1, 2) = 40;
  flows(2, 2) = 100;
  flows(0, 1) = 10;
  tariffs(0, 2) = 0.2;
  return {flows, tariffs};
}

template <class Edit>
std::string refusal(Edit edit) {
  MarketData data = hand_market_data({two_sellers(), two_sellers()});
  edit(data);
  try {
    const Market market(std::move(data));
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

std::string solve_refusal(const Scenario& scenario, const MarketTheory& theory = Partial{}) {
  try {
    static_cast<void>(solve(hand_market({two_sellers(), two_sellers()}), scenario, theory));
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("Market: flows lie by product, importer and exporter, with their parties") {
  const Market m = hand_market({two_sellers(), two_sellers()});
  REQUIRE(m.value().size() == 8);
  CHECK(m.flows(1).first == 4);
  CHECK(m.suppliers(0).size() == 3);
  CHECK(m.buyers(0).size() == 2);
  CHECK(m.value()[0] == 10);  // A to B comes before what C buys
  CHECK(m.exporter(1) == 0);
  CHECK(m.importer(1) == 2);
  CHECK(m.tariff()[1] == 0.2);
  CHECK(m.is_domestic(3));
  CHECK(m.fallbacks().demand == 0);
}

TEST_CASE("Market: an elasticity that a product lacks is its sector's, and is counted") {
  MarketData data = hand_market_data({two_sellers(), two_sellers()});
  data.substitution.by_product(1, 0) = std::nan("");
  data.substitution.by_sector = RegionSector::Constant(1, 3, 7);
  data.substitution.by_sector(0, 2) = 9;
  const Market m(std::move(data));
  CHECK(m.fallbacks().substitution == 1);
  CHECK(m.fallbacks().supply == 0);
  CHECK(m.substitution()[m.buyers(0).first] == 5);
  CHECK(m.substitution()[m.buyers(1).first] == 7);
  CHECK(m.substitution()[m.buyers(1).first + 1] == 9);
}

TEST_CASE("Market: what it refuses, with the cell and the remedy") {
  CHECK_THAT(refusal([](MarketData& d) { d.flows.value[1] = -1; }), ContainsSubstring("value is -1"));
  CHECK_THAT(refusal([](MarketData& d) { d.flows.value[1] = std::nan(""); }), ContainsSubstring("remedy"));
  CHECK_THAT(refusal([](MarketData& d) { d.flows.value.assign(8, 0.0); }), ContainsSubstring("no flow above zero"));
  CHECK_THAT(refusal([](MarketData& d) { d.flows.importer[0] = d.flows.importer[1]; }),
             ContainsSubstring("flows(exporter=A, importer=C, product=P1): the cell is listed twice"));
  CHECK_THAT(refusal([](MarketData& d) { d.flows.exporter[0] = 3; }), ContainsSubstring("not among the labels"));
  CHECK_THAT(refusal([](MarketData& d) { d.flows.product.pop_back(); }), ContainsSubstring("differ in length"));
  CHECK_THAT(refusal([](MarketData& d) { d.tariffs.value[0] = -1; }), ContainsSubstring("ad valorem"));
  CHECK_THAT(refusal([](MarketData& d) { d.demand.by_product(1, 0) = 1.25; }), ContainsSubstring("-1.25"));
  CHECK_THAT(refusal([](MarketData& d) { d.supply.by_product(0, 0) = -0.1; }), ContainsSubstring("0 or more"));
  CHECK_THAT(refusal([](MarketData& d) { d.substitution.by_product(0, 0) = 0; }), ContainsSubstring("product=P1"));
  CHECK_THAT(refusal([](MarketData& d) { d.demand.by_product.resize(0, 0); }),
             ContainsSubstring("missing, for the product and for its sector"));
  CHECK_THAT(refusal([](MarketData& d) { d.demand.by_product.resize(5, 1); }), ContainsSubstring("another shape"));
  CHECK_THAT(refusal([](MarketData& d) { d.sector_of.pop_back(); }), ContainsSubstring("one sector per product"));
  CHECK_THAT(refusal([](MarketData& d) { d.groups["A"] = {"B"}; }), ContainsSubstring("name of a region"));
}

TEST_CASE("Market: a scenario names products, sectors, groups and tables") {
  const Market m = hand_market({two_sellers(), two_sellers()});
  const auto rates = [&](const Scenario& s) { return compile(s, m).tariff; };
  const auto of_p2 = rates(Scenario().tariff({.importer = "C", .sector = "P2", .rate = 0.5}));
  CHECK(of_p2 == std::vector<double>{0, 0.2, 0, 0, 0, 0.5, 0.5, 0});  // what C sells at home is never touched
  CHECK(rates(Scenario().tariff({.importer = "C", .sector = "ALL", .rate = 0.1, .operation = Operation::add})) ==
        std::vector<double>{0, 0.2 + 0.1, 0.1, 0, 0, 0.2 + 0.1, 0.1, 0});
  const Table table = {{"B", "C", "ALL", 0.3}, {"B", "C", "P1", 0.4}};
  CHECK(rates(Scenario()
                  .group("both", {"A", "B"})
                  .tariff({.importer = "C", .exporter = "both", .rate = table, .operation = Operation::floor})) ==
        std::vector<double>{0, 0.2, 0.4, 0, 0, 0.2, 0.3, 0});
}

TEST_CASE("Market: what a scenario cannot ask of it") {
  CHECK_THAT(solve_refusal(Scenario().export_tax({.rate = 0.1})), ContainsSubstring("import tariffs alone"));
  CHECK_THAT(solve_refusal(Scenario().ban({.importer = "C"})), ContainsSubstring("import tariffs alone"));
  CHECK_THAT(solve_refusal(Scenario().quota({.importer = "C", .level = 0.5})),
             ContainsSubstring("leave the limit out"));
  CHECK_THAT(solve_refusal(Scenario().tariff({.importer = "Z", .rate = 0.1})), ContainsSubstring("'Z'"));
  CHECK_THAT(solve_refusal(Scenario().tariff({.sector = "P9", .rate = 0.1})), ContainsSubstring("unknown product"));
  CHECK_THAT(solve_refusal(Scenario().tariff({.importer = "C", .rate = -1.5})), ContainsSubstring("above -1"));
  CHECK_THAT(solve_refusal(Scenario().tariff({.rate = Cube(3, 3, 2)})), ContainsSubstring("an array cannot name"));
  CHECK_THAT(solve_refusal(Scenario().tariff({.importer = "B", .rate = 0.1}), Smart{"C"}),
             ContainsSubstring("smart takes one importer"));
  CHECK_THAT(solve_refusal(Scenario(), Smart{"Z"}), ContainsSubstring("'Z'"));
}

TEST_CASE("Market: totals by region and sector add up to the flows, suppliers and buyers") {
  const PartialEquilibrium eq = solve(hand_market({two_sellers(), two_sellers()}),
                                      Scenario().tariff({.importer = "C", .exporter = "A", .rate = 0.0}));
  const MarketTotals t = market_totals(eq);
  CHECK(t.exports_base(0, 0) == 140);
  CHECK(t.imports_base(2, 0) == 200);
  CHECK(t.exports.sum() == Catch::Approx(t.imports.sum()));
  CHECK(t.exports(0, 0) == Catch::Approx(2 * (eq.value(0) + eq.value(1))));
  CHECK(t.tariff_revenue_base(2, 0) == 24);
  CHECK(t.tariff_revenue(2, 0) == 0);
  double surplus = 0;
  for (const double s : eq.producer_surplus) surplus += s;
  CHECK(t.producer_surplus.sum() == Catch::Approx(surplus));
  CHECK(t.net_welfare()(2, 0) ==
        Catch::Approx(t.producer_surplus(2, 0) + t.consumer_surplus(2, 0) + t.tariff_revenue(2, 0) - 24));
  CHECK(t.world_price_hat(0, 0) == Catch::Approx(eq.world_price_hat[0]));
  CHECK(t.price_hat(0, 0) == 1.0);  // A buys nothing
}

TEST_CASE("Market: where demand is more elastic than substitution, the result says that others may exist") {
  HandProduct product = two_sellers();
  product.elasticities = {-3, 1, 2};
  const Scenario free = Scenario().tariff({.importer = "C", .rate = 0.0});
  CHECK(solve(hand_market({product, two_sellers()}), free).beyond_uniqueness == 1);
}

TEST_CASE("Market: a market without an equilibrium is named") {
  HandProduct product = two_sellers();
  product.elasticities = {0, 0, 5};  // neither side answers to the price level
  for (const MarketTheory& theory : {MarketTheory(Partial{}), MarketTheory(Gsim{})}) {
    const PartialEquilibrium eq =
        solve(hand_market({product}), Scenario().tariff({.importer = "C", .exporter = "A", .rate = 0.0}), theory);
    CHECK(eq.status[0] == Status::infeasible);
    CHECK_THROWS_WITH(eq.require_converged(), ContainsSubstring("product P1 is infeasible"));
  }
  PartialEquilibrium stalled =
      solve(hand_market({two_sellers()}), Scenario().tariff({.importer = "C", .exporter = "A", .rate = 0.9}), Partial{},
            {1e-12, 1});
  REQUIRE_FALSE(stalled.converged());
  CHECK_THROWS_WITH(stalled.require_converged(), ContainsSubstring("product P1"));
  CHECK_THROWS_AS(market_totals(stalled), NotConverged);
}
