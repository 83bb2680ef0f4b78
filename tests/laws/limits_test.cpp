// Laws of limits: quotas, commitments, caps and tariff-rate quotas, on the embedded worlds.
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/embedded.hpp"
#include "support/hand_markets.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/solve/complementarity.hpp"
#include "tariffsim/solve/solve.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

/// The rate that a wedge on top of the base rates makes, cell by cell.
Cube with_wedge(const Cube& base, Index exporter, Index importer, double wedge) {
  Cube rates = base;
  for (Index j = 0; j < rates.slices(); ++j) {
    if (world().data().sector_kinds[static_cast<std::size_t>(j)] != "goods") continue;
    double& rate = rates(exporter, importer, j);
    rate = (1.0 + rate) * (1.0 + wedge) - 1.0;
  }
  return rates;
}

}  // namespace

TEST_CASE("a limit that does not bind changes nothing") {
  const Scenario war = Scenario("war").tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.3});
  const Equilibrium free = solver().solve(war);
  const Equilibrium kept =
      solver().solve(war.quota({.importer = "USA", .exporter = "CHN", .sector = "goods", .level = 1.2})
                         .commitment({.importer = "CHN", .exporter = "BRA", .level = 0.5})
                         .share_cap({.importer = "DEU", .exporter = "CHN", .level = 0.9}));
  REQUIRE(kept.converged());
  REQUIRE(kept.limits.size() == 3);
  for (const auto& limit : kept.limits) {
    CHECK(limit.multiplier == 0);
    CHECK_FALSE(limit.binds());
    CHECK(limit.slack > 0);
  }
  CHECK(largest_gap(free, kept) < 1e-9);
  CHECK(kept.certificate.complementarity.value == 0);
}

TEST_CASE("a quota whose rent the importer keeps is the tariff of its shadow price, the exporter's the export tax") {
  const Index chn = world().regions().at("CHN"), usa = world().regions().at("USA");
  for (const RentOwner owner : {RentOwner::importer, RentOwner::exporter}) {
    const Equilibrium limited = solver().solve(Scenario("quota").quota(
        {.importer = "USA", .exporter = "CHN", .sector = "goods", .level = 0.7, .rent = owner}));
    REQUIRE(limited.converged());
    const LimitOutcome& quota = limited.limits.at(0);
    CHECK(quota.binds());
    CHECK_THAT(quota.amount, WithinAbs(0.7, 1e-9));
    CHECK(quota.wedge > 0);
    CHECK(quota.rent > 0);
    CHECK(limited.certificate.complementarity.value <= 1e-10);
    Shock same;
    if (owner == RentOwner::importer) {
      same.tariffs = with_wedge(world().tariffs(), chn, usa, quota.wedge);
    } else {
      same.export_taxes = with_wedge(world().export_taxes(), chn, usa, quota.wedge);
    }
    CHECK(largest_gap(limited, solver().solve(same)) < 1e-8);
  }
}

TEST_CASE("who keeps the rent of a quota gains by it") {
  const Scenario base("quota");
  const Limit limit{.importer = "USA", .exporter = "CHN", .sector = "goods", .level = 0.7};
  Limit exporters = limit;
  exporters.rent = RentOwner::exporter;
  const Vector importer = real_income_pct(solver().solve(base.quota(limit)));
  const Vector exporter = real_income_pct(solver().solve(base.quota(exporters)));
  CHECK(importer[world().regions().at("USA")] > exporter[world().regions().at("USA")]);
  CHECK(importer[world().regions().at("CHN")] < exporter[world().regions().at("CHN")]);
}

TEST_CASE("the shadow subsidy of a commitment, imposed as a subsidy, brings it about") {
  const Equilibrium deal = solver().solve(
      Scenario("soybeans").commitment({.importer = "CHN", .exporter = "USA", .sector = "AGR", .level = 1.5}));
  REQUIRE(deal.converged());
  const LimitOutcome& promise = deal.limits.at(0);
  CHECK_THAT(promise.amount, WithinAbs(1.5, 1e-9));
  CHECK(promise.wedge < 0);
  CHECK(promise.rent < 0);
  const Index usa = world().regions().at("USA"), chn = world().regions().at("CHN"), agr = world().sectors().at("AGR");
  const double rate = (1.0 + world().tariffs()(usa, chn, agr)) * (1.0 + promise.wedge) - 1.0;
  const Equilibrium paid =
      solver().solve(Scenario("subsidy").tariff({.importer = "CHN", .exporter = "USA", .sector = "AGR", .rate = rate}));
  CHECK(largest_gap(deal, paid) < 1e-8);
}

TEST_CASE("values and shares are limited as quantities are") {
  const Index usa = world().regions().at("USA"), chn = world().regions().at("CHN");
  double base = 0;
  for (Index j = 0; j + 1 < world().sectors().size(); ++j) base += world().flows()(usa, chn, j);
  const Equilibrium bought = solver().solve(
      Scenario("purchase")
          .purchase(
              {.importer = "CHN", .exporter = "USA", .sector = "goods", .level = base + 30000, .relative = false}));
  REQUIRE(bought.converged());
  double now = 0;
  for (Index j = 0; j + 1 < world().sectors().size(); ++j) now += bought.counterfactual.flows(usa, chn, j);
  CHECK_THAT(now, WithinRel(base + 30000, 1e-9));

  const Equilibrium capped =
      solver().solve(Scenario("cap").share_cap({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.15}));
  REQUIRE(capped.converged());
  const Index ele = world().sectors().at("ELE");
  const auto column = capped.counterfactual.flows.slice(ele).col(usa);
  CHECK_THAT(column[chn] / (column.sum() - column[usa]), WithinAbs(0.15, 1e-9));
}

TEST_CASE("several limits at once") {
  const Equilibrium eq =
      solver().solve(Scenario("three")
                         .quota({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.6})
                         .quota({.importer = "USA", .exporter = "CHN", .sector = "TEX", .level = 0.8})
                         .commitment({.importer = "CHN", .exporter = "USA", .sector = "AGR", .level = 1.2})
                         .quota({.importer = "USA", .exporter = "DEU", .sector = "VEH", .level = 3}));
  REQUIRE(eq.converged());
  CHECK_THAT(eq.limits[0].amount, WithinAbs(0.6, 1e-9));
  CHECK_THAT(eq.limits[1].amount, WithinAbs(0.8, 1e-9));
  CHECK_THAT(eq.limits[2].amount, WithinAbs(1.2, 1e-9));
  CHECK(eq.limits[3].multiplier == 0);
  CHECK(eq.certificate.worst() <= 1e-10);
}

TEST_CASE("a tariff-rate quota finds its regime") {
  const auto regime = [&](double quota) {
    const Equilibrium eq = solver().solve(
        Scenario("trq")
            .tariff({.importer = "USA", .exporter = "BRA", .sector = "FOO", .rate = 0.1})
            .tariff_rate_quota(
                {.importer = "USA", .exporter = "BRA", .sector = "FOO", .quota = quota, .out_of_quota = 0.5}));
    REQUIRE(eq.converged());
    return eq;
  };
  const Index bra = world().regions().at("BRA"), usa = world().regions().at("USA"), foo = world().sectors().at("FOO");
  const auto rate = [&](const Equilibrium& eq) { return eq.counterfactual.tariffs()(bra, usa, foo); };
  const Equilibrium within = regime(2.0), at = regime(0.5), beyond = regime(0.05);
  CHECK_THAT(rate(within), WithinAbs(0.1, 1e-12));
  CHECK(within.limits[0].amount < 2);
  CHECK(rate(at) > 0.1);
  CHECK(rate(at) < 0.5);
  CHECK_THAT(at.limits[0].amount, WithinAbs(0.5, 1e-9));
  CHECK_THAT(rate(beyond), WithinAbs(0.5, 1e-12));
  CHECK(beyond.limits[0].amount > 0.05);
}

TEST_CASE("a tariff-rate quota in one market: reference case 4.6") {
  // World price 100, 10 percent within the quota, 50 percent beyond it.
  struct Row {
    double quota, price, imports, revenue, rent;
  };
  const auto check = [](const std::vector<Row>& rows, const std::function<double(double)>& imports) {
    for (const Row& row : rows) {
      INFO("quota " << row.quota);
      ComplementarityProblem market;
      market.largest = Eigen::VectorXd::Constant(1, std::log(1.5 / 1.1));
      market.slack = [&](const Eigen::VectorXd& mu) -> std::optional<Eigen::VectorXd> {
        return Eigen::VectorXd::Constant(1, std::log(row.quota / imports(110 * std::exp(mu[0]))));
      };
      const ComplementarityPoint found = Complementarity(market, 1e-12).run();
      REQUIRE(found.solved);
      const double price = 110 * std::exp(found.mu[0]), bought = imports(price);
      const double within = std::min(bought, row.quota), beyond = bought - within;
      CHECK_THAT(price, WithinAbs(row.price, 5e-5));
      CHECK_THAT(bought, WithinAbs(row.imports, 5e-5));
      CHECK_THAT(10 * within + 50 * beyond, WithinAbs(row.revenue, 5e-3));
      CHECK_THAT((price - 110) * within, WithinAbs(row.rent, 5e-3));
    }
  };
  SECTION("linear demand, 200 - p") {
    check({{95, 110, 90, 900, 0}, {70, 130, 70, 700, 1400}, {30, 150, 50, 1300, 1200}},
          [](double price) { return 200 - price; });
  }
  SECTION("isoelastic demand 100 (p/100)^-2, as a market of one product") {
    Eigen::MatrixXd flow = Eigen::MatrixXd::Zero(2, 2);
    flow(0, 1) = 100;
    const Market market = hand_market({{flow, {}, {-2.0, std::numeric_limits<double>::infinity(), 5.0}}});
    check({{90, 110, 82.6446, 826.446, 0}, {60, 129.0994, 60, 600, 1145.967}, {30, 150, 44.4444, 1022.222, 1200}},
          [&](double price) {
            return 100 * solve(market, MarketShock{"duty", {price / 100 - 1}}).quantity_hat[0];
          });
  }
}

TEST_CASE("in a symmetric world a tariff and an iceberg differ in welfare by the revenue factor") {
  Eigen::MatrixXd flows(2, 2);
  flows << 80, 20, 20, 80;
  const World pair = World::from_flows(flows, 4.0, {"A", "B"});
  for (const double t : {0.1, 0.25, 1.0}) {
    const Equilibrium tariff = solve(pair, Scenario("t").tariff({.rate = t}));
    const Equilibrium iceberg = solve(pair, Scenario("d").trade_cost({.factor = 1.0 + t}));
    const double imported = 0.2 * std::pow(1 + t, -4.0) / (0.8 + 0.2 * std::pow(1 + t, -4.0));
    const double mu = 1 / (1 - imported * t / (1 + t));
    const double ratio = (1 + real_income_pct(tariff)[0] / 100) / (1 + real_income_pct(iceberg)[0] / 100);
    CHECK_THAT(ratio, WithinRel(mu, 1e-10));
  }
}

TEST_CASE("limits that make no sense are refused, those out of reach say so") {
  const auto refusal = [&](const Scenario& scenario) {
    try {
      static_cast<void>(solver().solve(scenario));
    } catch (const InvalidInput& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  const Scenario none("s");
  CHECK_THAT(refusal(none.quota({.importer = "USA", .exporter = "USA"})),
             ContainsSubstring("limit 'quota 1': has no cell"));
  CHECK_THAT(refusal(none.quota({.importer = "USA", .exporter = "CHN", .level = 0})), ContainsSubstring("use a ban"));
  CHECK_THAT(refusal(none.share_cap({.importer = "USA", .exporter = "CHN", .level = 25})),
             ContainsSubstring("0.25 is 25 percent"));
  CHECK_THAT(refusal(none.tariff_rate_quota({.importer = "USA", .exporter = "CHN", .out_of_quota = 0.5})),
             ContainsSubstring("the rates within the quota differ"));
  CHECK_THAT(
      refusal(none.tariff({.importer = "USA", .exporter = "BRA", .sector = "FOO", .rate = 0.6})
                  .tariff_rate_quota({.importer = "USA", .exporter = "BRA", .sector = "FOO", .out_of_quota = 0.5})),
      ContainsSubstring("is not above that within it"));
  const Equilibrium odds =
      solver().solve(none.quota({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.5})
                         .commitment({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.9}));
  CHECK(odds.status == Status::stalled);
  CHECK_THAT(odds.diagnosis, ContainsSubstring("at odds with another limit"));
}
