// Laws of instruments beside the ad valorem tariff: duties per unit, preferences, barriers, hubs, subsidies, zones.
#include <algorithm>
#include <cmath>
#include <string>

#include "support/catch.hpp"
#include "support/embedded.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/analysis/gross_exports.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/data/split.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/policy/uptake.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

Index region(const char* code) { return world().regions().at(code); }
Index sector(const char* code) { return world().sectors().at(code); }

Equilibrium solved(const Scenario& scenario) {
  Equilibrium eq = solver().solve(scenario);
  INFO(eq.diagnosis);
  REQUIRE(eq.converged());
  CHECK(eq.certificate.worst() <= eq.tolerance);
  return eq;
}

/// The rates of a result imposed as ad valorem rates.
Shock imposed(const Equilibrium& eq) {
  Shock shock;
  shock.tariffs = eq.counterfactual.tariffs();
  shock.export_taxes = eq.counterfactual.export_taxes();
  shock.trade_cost_hat = eq.shock->trade_cost_hat;
  return shock;
}

std::string refusal(const Scenario& scenario) {
  try {
    static_cast<void>(solver().solve(scenario));
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

const Uptake kUptake{0.03, 0.015};

}  // namespace

// ---- duties per unit

TEST_CASE("the tariffs of the base made specific change nothing while prices stay") {
  const Equilibrium eq = solved(Scenario("per unit").specific_tariff({.rate = 1.0, .operation = Operation::scale}));
  CHECK((eq.counterfactual.flows.values() - eq.base->flows.values()).abs().maxCoeff() <
        1e-9 * eq.base->flows.values().maxCoeff());
  CHECK((eq.counterfactual.tariffs().values() - world().tariffs().values()).abs().maxCoeff() < 1e-10);
}

TEST_CASE("a duty per unit fixed in the exporter's wage is an ad valorem tariff where labour alone makes the good") {
  const World pair = two_regions();
  const Equilibrium per_unit =
      solve(pair, Scenario("s").specific_tariff({.importer = "A", .exporter = "B", .rate = 0.4, .numeraire = "B"}));
  const Equilibrium ad_valorem = solve(pair, Scenario("t").tariff({.importer = "A", .exporter = "B", .rate = 0.4}));
  CHECK_THAT(per_unit.counterfactual.tariffs()(1, 0, 0), WithinAbs(0.4, 1e-10));
  CHECK(largest_gap(per_unit, ad_valorem) < 1e-9);
  // Fixed in the importer's wage it falls where the exporter's relative wage rises.
  const Equilibrium at_home =
      solve(pair, Scenario("s").specific_tariff({.importer = "A", .exporter = "B", .rate = 0.4, .numeraire = "A"}));
  CHECK_THAT(at_home.counterfactual.tariffs()(1, 0, 0),
             WithinRel(0.4 * at_home.wage_hat[0] / at_home.wage_hat[1], 1e-9));
}

TEST_CASE("a duty per unit moves against the price, and equals the tariff that it comes to") {
  const Scenario war = Scenario("war")
                           .specific_tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.6})
                           .productivity({.region = "CHN", .sector = "ELE", .factor = 1.3});
  const Equilibrium eq = solved(war);
  const Index chn = region("CHN"), usa = region("USA"), ele = sector("ELE");
  const double world_value = eq.counterfactual.value_added.sum() / eq.base->value_added.sum();
  const double expected = 0.6 * world_value / eq.cost_hat(chn, ele);
  CHECK(eq.cost_hat(chn, ele) < 0.9);
  CHECK_THAT(eq.counterfactual.tariffs()(chn, usa, ele), WithinAbs(expected, 1e-9));
  CHECK(expected > 0.65);
  Shock same = imposed(eq);
  same.productivity_hat = eq.shock->productivity_hat;
  CHECK(largest_gap(eq, solver().solve(same)) < 1e-8);
  // Which prices results are shown in does not matter to it.
  const Equilibrium other = Solver(world(), {.numeraire = "USA"}).solve(war);
  CHECK_THAT(other.counterfactual.tariffs()(chn, usa, ele), WithinAbs(expected, 1e-9));
  CHECK((real_income_pct(other) - real_income_pct(eq)).abs().maxCoeff() < 1e-8);
}

TEST_CASE("a duty per unit beside an ad valorem tariff, and within limits") {
  const Equilibrium eq = solved(
      Scenario("compound")
          .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.1})
          .specific_tariff(
              {.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.2, .operation = Operation::add})
          .quota({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.2}));
  const Index chn = region("CHN"), usa = region("USA"), tex = sector("TEX");
  const double price = eq.cost_hat(chn, tex) * eq.base->value_added.sum() / eq.counterfactual.value_added.sum();
  CHECK_THAT(eq.counterfactual.tariffs()(chn, usa, tex), WithinAbs(0.1 + 0.2 / price, 1e-9));
  CHECK(eq.limits.at(0).binds());
  CHECK_THAT(eq.limits.at(0).amount, WithinAbs(0.2, 1e-9));
  CHECK(largest_gap(eq, solver().solve(imposed(eq))) < 1e-8);
}

// ---- preferences

TEST_CASE("the law of compliance costs: half at the median, and the mean cost by quadrature") {
  for (const Uptake& u :
       {Uptake{0.03, 0.01}, Uptake{0.03, 0.0289}, Uptake{0.03, 0.03 / std::log(2.0)}, Uptake{0.1, 0.004}}) {
    CHECK_THAT(use_of(u, u.median).share, WithinAbs(0.5, 1e-12));
    for (const double saving : {0.001, 0.02, 0.05, 0.3}) {
      double below = 0;  // int_0^saving F by Simpson's rule
      constexpr int kPieces = 20000;
      for (int k = 0; k <= kPieces; ++k) {
        const double weight = k == 0 || k == kPieces ? 1 : (k % 2 == 1 ? 4 : 2);
        below += weight * use_of(u, saving * k / kPieces).share;
      }
      below *= saving / kPieces / 3;
      CHECK_THAT(use_of(u, saving).cost, WithinAbs(saving * use_of(u, saving).share - below, 1e-12));
    }
  }
  CHECK(use_of(kUptake, 0.0).share == 0);
  CHECK(use_of(kUptake, 1.0).share > 0.999);
}

TEST_CASE("a preference that all use at no cost is the lower tariff, one that none uses is nothing") {
  const Scenario none("p");
  const Selector asia{"CHN", "JPN", "KOR"};
  const auto with = [&](const PreferenceUse& use) {
    return solved(none.preference({.importer = asia, .exporter = asia, .sector = "goods", .rate = 0.0, .use = use}));
  };
  const Equilibrium lower = solved(none.tariff({.importer = asia, .exporter = asia, .sector = "goods", .rate = 0.0}));
  CHECK(largest_gap(with({}), lower) < 1e-9);
  CHECK(largest_gap(with({.utilisation = 0}), solved(none)) < 1e-9);
  // Hardly any cost, hardly any loss: the limit is continuous.
  CHECK(largest_gap(with({.uptake = Uptake{1e-9, 1e-9}}), lower) < 1e-6);
  // A rate above the usual one is never used.
  CHECK(largest_gap(solved(none.preference({.importer = asia, .exporter = asia, .sector = "goods", .rate = 3.0})),
                    solved(none)) < 1e-9);
}

TEST_CASE("the use of a preference responds to its margin, and what it costs is used up") {
  const Index mex = region("MEX"), usa = region("USA"), veh = sector("VEH");
  double last = 0;
  for (const double usual : {0.01, 0.03, 0.1, 0.25}) {
    const Equilibrium eq = solved(
        Scenario("margin")
            .tariff({.importer = "USA", .exporter = "MEX", .sector = "VEH", .rate = usual})
            .preference(
                {.importer = "USA", .exporter = "MEX", .sector = "VEH", .rate = 0.0, .use = {.uptake = kUptake}}));
    const WayUse use = use_of(kUptake, usual);
    REQUIRE(eq.shock->ways.size() == 1);
    CHECK(eq.shock->ways[0].share == use.share);
    CHECK(use.share > last);
    last = use.share;
    // Duties are levied on the value before the cost of papers.
    const double value = eq.counterfactual.flows(mex, usa, veh);
    const double paid = value / (1 + use.cost) * (usual - use.share * usual);
    CHECK_THAT(value * eq.counterfactual.tariffs()(mex, usa, veh), WithinRel(paid, 1e-12));
    CHECK_THAT((*eq.shock->trade_cost_hat)(mex, usa, veh), WithinRel(1 + use.cost, 1e-14));
  }
}

TEST_CASE("a rule of origin lets through what its threshold allows, and answers to sourcing") {
  const auto with = [&](double threshold, double spread) {
    return solved(Scenario("origin").preference({.importer = "USA",
                                                 .exporter = "MEX",
                                                 .sector = "goods",
                                                 .rate = -0.1,
                                                 .origin = OriginTerms{threshold, spread, {"USA", "CAN"}}}));
  };
  const Equilibrium all = solved(
      Scenario("all").preference({.importer = "USA", .exporter = "MEX", .sector = "goods", .rate = -0.1, .use = {}}));
  CHECK(largest_gap(with(0.05, 0.002), all) < 1e-9);
  CHECK(largest_gap(with(1.0, 0.0005), solved(Scenario("none"))) < 1e-9);
  const Equilibrium part = with(0.8, 0.05);
  REQUIRE(!part.shock->ways.empty());
  double least = 1, most = 0;
  const Index N = world().regions().size(), mex = region("MEX");
  std::vector<bool> area(static_cast<std::size_t>(N), false);
  area[static_cast<std::size_t>(region("USA"))] = area[static_cast<std::size_t>(region("CAN"))] = true;
  const Cube bought = part.counterfactual.expenditure_share();
  for (const WayTaken& way : part.shock->ways) {
    const double content = regional_content(world(), bought, area, mex, way.cell / (N * N));
    CHECK_THAT(way.share, WithinAbs(1 / (1 + std::exp((0.8 - content) / 0.05)), 1e-9));
    least = std::min(least, way.share);
    most = std::max(most, way.share);
  }
  CHECK(least < 0.6);
  CHECK(most > 0.6);
  CHECK(largest_gap(part, solver().solve(imposed(part))) < 1e-8);
}

// ---- barriers and subsidies

TEST_CASE("a barrier is a trade cost, a tariff or an export tax as its price effect is split") {
  const Scenario none("b");
  const auto barrier = [&](const NonTariffTerms& split) {
    return solved(none.non_tariff_measure(
        {.importer = "CHN", .exporter = "USA", .sector = "AGR", .ad_valorem = 0.2, .split = split}));
  };
  const Index usa = region("USA"), chn = region("CHN"), agr = sector("AGR");
  CHECK(largest_gap(barrier({}), solved(none.trade_cost(
                                     {.importer = "CHN", .exporter = "USA", .sector = "AGR", .factor = 1.2}))) < 1e-9);
  const double taxed = (1 + world().tariffs()(usa, chn, agr)) * 1.2 - 1;
  CHECK(largest_gap(barrier({.resource_share = 0}),
                    solved(none.tariff({.importer = "CHN", .exporter = "USA", .sector = "AGR", .rate = taxed}))) <
        1e-9);
  CHECK(largest_gap(barrier({.resource_share = 0, .rent = RentOwner::exporter}),
                    solved(none.export_tax({.importer = "CHN", .exporter = "USA", .sector = "AGR", .rate = 0.2}))) <
        1e-9);
  const Equilibrium mixed = barrier({.resource_share = 0.4, .demand = 1.1});
  CHECK_THAT((*mixed.shock->trade_cost_hat)(usa, chn, agr) * (1 + mixed.counterfactual.tariffs()(usa, chn, agr)) /
                 (1 + world().tariffs()(usa, chn, agr)),
             WithinRel(1.2, 1e-12));
  CHECK(mixed.shock->changes_tastes());
  // The household that gets the rent is better off than where the barrier is used up.
  CHECK(real_income_pct(barrier({.resource_share = 0}))[chn] > real_income_pct(barrier({}))[chn]);
}

TEST_CASE("a subsidy on all output is neutral where labour alone produces") {
  Eigen::MatrixXd flows(2, 2);
  flows << 80, 20, 20, 150;
  const World pair = World::from_flows(flows, 4.0, {"A", "B"});
  const Equilibrium eq = solve(pair, Scenario("s").production_subsidy({.region = "A", .rate = 0.2}));
  REQUIRE(eq.converged());
  CHECK(real_income_pct(eq).abs().maxCoeff() < 1e-9);
  CHECK_THAT(eq.wage_hat[0] / eq.wage_hat[1], WithinRel(1 / 0.8, 1e-9));
  CHECK_THAT(eq.counterfactual.export_tax_revenue[0], WithinRel(-0.2 * eq.counterfactual.output(0, 0), 1e-9));
}

TEST_CASE("a production subsidy cheapens a good for all buyers and its maker pays") {
  const Equilibrium eq = solved(Scenario("ev").production_subsidy({.region = "CHN", .sector = "VEH", .rate = 0.1}));
  const Index chn = region("CHN"), veh = sector("VEH");
  CHECK(eq.counterfactual.output(chn, veh) > 1.1 * eq.base->output(chn, veh));
  CHECK_THAT(eq.counterfactual.export_taxes()(chn, chn, veh), WithinAbs(-0.1, 1e-12));
  CHECK(real_income_pct(eq)[chn] < 0);
  CHECK(eq.counterfactual.export_tax_revenue[chn] - eq.base->export_tax_revenue[chn] < 0);
  // The new state is a world again, in which nothing more happens.
  const Equilibrium again = solve(eq.world(), Scenario("nothing"));
  CHECK(real_income_pct(again).abs().maxCoeff() < 1e-7);
  // Given as a sum of an export subsidy and one on sales at home it is the same.
  Shock parts;
  parts.export_taxes = world().export_taxes();
  for (Index n = 0; n < world().regions().size(); ++n) {
    double& tax = (*parts.export_taxes)(chn, n, veh);
    tax = (1 + tax) * 0.9 - 1;
  }
  CHECK(largest_gap(eq, solver().solve(parts)) < 1e-12);
}

// ---- hubs, trans-shipment, zones

TEST_CASE("a hub's domestic output does not contain re-exports") {
  const Reexport through{
      .importer = "USA", .exporter = "CHN", .sector = "goods", .share = 0.3, .through = {"TWN", 4.0}};
  const Equilibrium plain = solved(Scenario("none"));
  const Equilibrium hub = solved(Scenario("hub").reexport(through));
  CHECK(largest_gap(plain, hub) < 1e-10);
  const Index chn = region("CHN"), usa = region("USA"), twn = region("TWN");
  double passing = 0;
  for (Index j = 0; j < world().sectors().size(); ++j) {
    if (world().data().sector_kinds[static_cast<std::size_t>(j)] == "goods") passing += world().flows()(chn, usa, j);
  }
  const GrossExports gross = gross_exports(hub);
  CHECK_THAT(gross.reexports[twn], WithinRel(0.3 * passing, 1e-9));
  CHECK_THAT(gross.gross[twn], WithinRel(gross.domestic[twn] + 0.3 * passing, 1e-9));
  CHECK_THAT(gross.domestic[twn], WithinRel(gross_exports(plain).gross[twn], 1e-9));
  CHECK((hub.counterfactual.output.row(twn) - plain.counterfactual.output.row(twn)).abs().maxCoeff() <
        1e-9 * plain.counterfactual.output.row(twn).maxCoeff());
  // The hub's own duties fall on what it uses alone.
  const Scenario duty = Scenario("duty").tariff({.importer = "TWN", .exporter = "CHN", .sector = "goods", .rate = 1.0});
  CHECK(largest_gap(solved(duty), solved(duty.reexport(through))) < 1e-10);
}

TEST_CASE("goods take the hub where the direct way becomes dearer, all of it at the cost of both ways") {
  const ReexportTerms terms{"TWN", 4.0, 1.2, 1.0};
  const Equilibrium eq = solved(Scenario("detour").reexport(
      {.importer = "USA", .exporter = "CHN", .sector = "ELE", .share = 0.1, .through = terms}));
  const double direct = 0.9 * std::pow(1.2, -4.0), hub = 0.1;
  CHECK_THAT(eq.shock->ways.at(0).share, WithinRel(hub / (direct + hub), 1e-12));
  const double cost = std::pow(direct + hub, -0.25);
  CHECK(cost < 1.2);
  CHECK(largest_gap(eq, solved(Scenario("cost").trade_cost(
                            {.importer = "USA", .exporter = "CHN", .sector = "ELE", .factor = cost}))) < 1e-10);
}

TEST_CASE("trans-shipment follows the difference of rates") {
  const Scenario war = Scenario("war").tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.6});
  const auto through = [&](const Scenario& scenario, double detection, double penalty, const Uptake& costs) {
    return solved(scenario.transshipment(
        {.importer = "USA", .exporter = "CHN", .sector = "goods", .through = {"VNM", costs, detection, penalty}}));
  };
  const Uptake costs{0.2, 0.1};
  const Equilibrium honest = solved(war), some = through(war, 0.1, 0.4, costs),
                    cheap = through(war, 0, 0, {1e-9, 1e-9});
  const Index chn = region("CHN"), usa = region("USA"), vnm = region("VNM"), ele = sector("ELE");
  // Found out for certain, nobody does it.
  CHECK(largest_gap(through(war, 1.0, 0.4, costs), honest) < 1e-9);
  // At no cost and no risk all do, before and after: the rate of their own country no longer matters.
  CHECK_THAT(cheap.counterfactual.tariffs()(chn, usa, ele), WithinAbs(world().tariffs()(chn, usa, ele), 1e-6));
  const double own = 0.6, via = world().tariffs()(vnm, usa, ele);
  const double other = 0.9 * via + 0.1 * (own + 0.4);
  const WayUse use = use_of(costs, own - other);
  CHECK_THAT(some.counterfactual.tariffs()(chn, usa, ele),
             WithinRel((own - use.share * (own - other)) / (1 + use.cost), 1e-9));
  CHECK(some.counterfactual.tariff_revenue[usa] / some.counterfactual.flows.slice(ele)(chn, usa) <
        honest.counterfactual.tariff_revenue[usa] / honest.counterfactual.flows.slice(ele)(chn, usa));
  const GrossExports gross = gross_exports(some);
  CHECK(gross.reexports[vnm] > 0);
  CHECK(gross.reexports_base[vnm] < 0.5 * gross.reexports[vnm]);
  CHECK(gross.domestic[vnm] < gross.gross[vnm]);
  // Without a change of rates nothing changes, whatever is relabelled in the base.
  CHECK(largest_gap(through(Scenario("nothing"), 0.1, 0.4, {0.001, 0.0005}), solved(Scenario("none"))) < 1e-9);
}

TEST_CASE("a customs zone has two lines") {
  const World with_zone = split(world(), "CHN", {{"CHN", 0.97, "China"}, {"HAI", 0.03, "Hainan"}}, true);
  const Solver prepared(with_zone);
  const Scenario closed = Scenario("second line alone")
                              .customs_zone({
                                  .zone = "HAI",
                                  .mainland = "CHN",
                                  .first_line = 0.0,
                                  .second_line = 0.1,
                              });
  const Scenario open = Scenario("30 percent of value added")
                            .customs_zone({.zone = "HAI",
                                           .mainland = "CHN",
                                           .first_line = 0.0,
                                           .second_line = 0.1,
                                           .origin = OriginTerms{0.3, 0.02, {}}});
  const Equilibrium a = prepared.solve(closed), b = prepared.solve(open);
  REQUIRE(a.converged());
  REQUIRE(b.converged());
  CHECK_THROWS_WITH(solve(split(world(), "CHN", {{"CHN", 0.97}, {"HAI", 0.03}}), closed),
                    ContainsSubstring("within one customs territory"));
  const Index hai = with_zone.regions().at("HAI"), chn = with_zone.regions().at("CHN");
  const Index ele = with_zone.sectors().at("ELE"), jpn = with_zone.regions().at("JPN");
  CHECK(a.counterfactual.tariffs()(jpn, hai, ele) == 0);
  CHECK_THAT(a.counterfactual.tariffs()(hai, chn, ele), WithinAbs(0.1, 1e-12));
  CHECK(a.counterfactual.tariffs()(chn, hai, ele) == 0);
  CHECK(b.counterfactual.tariffs()(hai, chn, ele) < 0.01);
  CHECK(real_income_pct(b)[hai] > real_income_pct(a)[hai]);
}

// ---- tariff-rate quotas of exporters

TEST_CASE("exporters with the licences of a tariff-rate quota keep the rent on the quota") {
  const auto regime = [&](double quota, RentOwner owner) {
    return solved(Scenario("trq")
                      .tariff({.importer = "USA", .exporter = "BRA", .sector = "FOO", .rate = 0.1})
                      .tariff_rate_quota({.importer = "USA",
                                          .exporter = "BRA",
                                          .sector = "FOO",
                                          .quota = quota,
                                          .out_of_quota = 0.5,
                                          .rent = owner}));
  };
  const Index bra = region("BRA"), usa = region("USA"), foo = sector("FOO");
  const auto rate = [&](const Equilibrium& eq) { return eq.counterfactual.tariffs()(bra, usa, foo); };
  const auto tax = [&](const Equilibrium& eq) { return eq.counterfactual.export_taxes()(bra, usa, foo); };
  const Equilibrium within = regime(2, RentOwner::exporter), at = regime(0.5, RentOwner::exporter),
                    beyond = regime(0.05, RentOwner::exporter);
  CHECK_THAT(rate(within), WithinAbs(0.1, 1e-12));
  CHECK(tax(within) == 0);
  // At the quota: an export quota under the rate within it.
  const Equilibrium licence = solved(
      Scenario("quota")
          .tariff({.importer = "USA", .exporter = "BRA", .sector = "FOO", .rate = 0.1})
          .quota({.importer = "USA", .exporter = "BRA", .sector = "FOO", .level = 0.5, .rent = RentOwner::exporter}));
  CHECK_THAT(rate(at), WithinAbs(0.1, 1e-9));
  CHECK(largest_gap(at, licence) < 1e-8);
  CHECK_THAT(at.limits[0].rent, WithinRel(licence.limits[0].rent, 1e-7));
  // Beyond it the last unit pays the higher rate, and the rent is that difference on the quota.
  CHECK(beyond.limits[0].amount > 0.05);
  CHECK_THAT((1 + rate(beyond)) * (1 + tax(beyond)), WithinRel(1.5, 1e-9));
  const double price = beyond.cost_hat(bra, foo);
  const double quota = 0.05 * world().flows()(bra, usa, foo);
  CHECK_THAT(beyond.limits[0].rent, WithinRel(quota * price * (1.5 / 1.1 - 1), 1e-8));
  const double unlicensed = beyond.counterfactual.flows(bra, usa, foo) - quota * price * 1.5 / 1.1;
  CHECK_THAT(rate(beyond) * beyond.counterfactual.flows(bra, usa, foo),
             WithinRel(0.1 * quota * price * 1.5 / 1.1 + 0.5 * unlicensed, 1e-8));
  CHECK(real_income_pct(beyond)[bra] > real_income_pct(regime(0.05, RentOwner::importer))[bra]);
}

// ---- days

TEST_CASE("what holds on some days alone has no effect on others") {
  const Date from(2025, 4, 4), until(2025, 11, 10);
  const Scenario plain = Scenario("s").tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.3});
  const Scenario dated =
      plain.during({from, until}, Scenario("controls")
                                      .ban({.importer = "USA", .exporter = "CHN", .sector = "EXT"})
                                      .quota({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.2}));
  const Equilibrium before = solved(dated.on(Date(2025, 4, 3))), on = solved(dated.on(from)),
                    after = solved(dated.on(until));
  CHECK(largest_gap(before, solved(plain)) < 1e-12);
  CHECK(largest_gap(after, solved(plain)) < 1e-12);
  CHECK(on.counterfactual.flows(region("CHN"), region("USA"), sector("EXT")) == 0);
  CHECK_THAT(on.limits.at(0).amount, WithinAbs(0.2, 1e-9));
  CHECK(before.measures.size() == 1);
  CHECK(on.measures.size() == 3);
  CHECK_THAT(on.measures.at(1), ContainsSubstring("from 2025-04-04 until 2025-11-10"));
  CHECK_THAT(refusal(dated), ContainsSubstring("has changes with days, but no day to solve"));
}

// ---- refusals

TEST_CASE("instruments that make no sense are refused with a remedy") {
  const Scenario none("s");
  const Selector chn("CHN"), usa("USA"), ele("ELE");
  CHECK_THAT(refusal(none.specific_tariff({usa, chn, ele, -0.1})), ContainsSubstring("zero or more"));
  CHECK_THAT(refusal(none.specific_tariff({usa, chn, ele, 0.1, Operation::floor})), ContainsSubstring("no meaning"));
  CHECK_THAT(refusal(none.specific_tariff({usa, chn, ele, 0.1, Operation::set, "XXX"})),
             ContainsSubstring("numeraire"));
  CHECK_THAT(refusal(none.preference({usa, chn, ele, 0.0, {.utilisation = 80}})), ContainsSubstring("between 0 and 1"));
  CHECK_THAT(refusal(none.preference({usa, chn, ele, 0.0, {.uptake = Uptake{0.03, 0.2}}})),
             ContainsSubstring("the median over ln 2"));
  CHECK_THAT(refusal(none.preference({usa, chn, ele, 0.0, {}, OriginTerms{30, 0.05, {}}})),
             ContainsSubstring("0.3 is 30 percent"));
  CHECK_THAT(refusal(none.preference({usa, chn, ele, 0.0, {}}).tariff({usa, chn, ele, 0.5})),
             ContainsSubstring("declare this change before the preference"));
  CHECK_THAT(refusal(none.specific_tariff({usa, chn, ele, 0.1}).preference({usa, chn, ele, 0.0})),
             ContainsSubstring("pays a duty per unit"));
  CHECK_THAT(refusal(none.non_tariff_measure({usa, chn, ele, 0.1, {.resource_share = 2}})),
             ContainsSubstring("between 0 and 1"));
  CHECK_THAT(refusal(none.reexport({usa, chn, ele, 1.0, {"VNM"}})), ContainsSubstring("below one"));
  CHECK_THAT(refusal(none.reexport({usa, chn, ele, 0.1, {"VN"}})), ContainsSubstring("VNM"));
  CHECK_THAT(refusal(none.transshipment({usa, chn, ele, {"VNM", kUptake, 40, 0.4}})),
             ContainsSubstring("between 0 and 1"));
  CHECK_THAT(refusal(none.production_subsidy({"CHN", ele, 1.0})), ContainsSubstring("share below one"));
}

TEST_CASE("a dated preference is used as far as its margin pays for it") {
  const auto deal = [&](const PreferenceUse& claim) {
    Measure m;
    m.id = "deal";
    m.importer = "USA";
    m.exporters = {"MEX"};
    m.sectors = {"VEH"};
    m.rate = 0.0;
    m.base = DutyBase::preference;
    m.claim = claim;
    m.legal.from = Date(2026, 1, 1);
    Measure usual;
    usual.id = "usual";
    usual.importer = "USA";
    usual.exporters = {"MEX"};
    usual.sectors = {"VEH"};
    usual.rate = 0.2;
    usual.legal.from = Date(2026, 1, 1);
    Policy policy;
    policy.measures = {m, usual};
    return Scenario("deal").with(policy);
  };
  const Index mex = region("MEX"), usa = region("USA"), veh = sector("VEH");
  const World dear = world().edited([&](WorldData& d) { d.tariffs(mex, usa, veh) = 0.1; });
  const Solver prepared(dear);
  const Equilibrium eq = prepared.solve(deal({.uptake = kUptake}).on(Date(2026, 6, 1)));
  REQUIRE(eq.converged());
  // The margin is on the normal duty; the other measure is due beside it, on the value without the papers.
  const WayUse use = use_of(kUptake, 0.1);
  CHECK_THAT(eq.counterfactual.tariffs()(mex, usa, veh),
             WithinRel((0.1 - use.share * 0.1 + 0.2) / (1 + use.cost), 1e-12));
  CHECK_THAT((*eq.shock->trade_cost_hat)(mex, usa, veh), WithinRel(1 + use.cost, 1e-14));
  REQUIRE(eq.shock->ways.size() == 1);
  CHECK(eq.shock->ways[0].share == use.share);
  // The parts of the rate sum to it.
  const BoundPolicy bound(deal({.uptake = kUptake}).shared_policy(), dear);
  const DayRates rates = bound.rates(Date(2026, 6, 1));
  double parts = 0;
  for (const RatePart& part : rates.parts) parts += part.amount;
  CHECK_THAT(rates.total(mex, usa, veh) - parts, WithinRel(0.1 / (1 + use.cost), 1e-12));
  // A given use at a given cost, and before the deal nothing.
  const DayRates given =
      BoundPolicy(deal({.utilisation = 0.5, .compliance_cost = 0.02}).shared_policy(), dear).rates(Date(2026, 6, 1));
  CHECK_THAT(given.total(mex, usa, veh), WithinRel((0.1 - 0.05 + 0.2) / 1.01, 1e-12));
  const DayRates before = bound.rates(Date(2025, 6, 1));
  CHECK(before.total(mex, usa, veh) == 0.1);
  CHECK(before.trade_cost_hat.empty());
  // In a world whose tariffs contain the deal nothing changes.
  const World of_then = dear.edited([&](WorldData& d) {
    d.tariffs(mex, usa, veh) = 0.4;
    d.info.tariffs_dates.clear();
    d.info.tariffs_dates.emplace("*", Date(2026, 6, 1));
  });
  const Equilibrium same = solve(of_then, deal({.uptake = kUptake}).on(Date(2026, 7, 1)));
  CHECK((real_income_pct(same)).abs().maxCoeff() < 1e-9);
  CHECK(same.shock->ways.at(0).base_share > 0);
  PreferenceUse wrong;
  wrong.utilisation = 0.5;
  Policy odd = deal(wrong).policy();
  odd.measures[0].base = DutyBase::full_value;
  CHECK_THROWS_WITH(Scenario("odd").with(odd), ContainsSubstring("is no preference"));
}

// ---- together

TEST_CASE("limits beside bans, redundant limits, and limits that cannot be") {
  const Scenario none("s");
  const Limit ele{.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.5};
  const Limit tex{.importer = "USA", .exporter = "CHN", .sector = "TEX", .level = 0.3};
  const Scenario banned = none.ban({.importer = "USA", .exporter = "CHN", .sector = "ELE"});
  const Equilibrium kept = solved(banned.quota(ele).quota(tex));
  REQUIRE(kept.limits.size() == 2);
  CHECK_FALSE(kept.limits[0].binds());
  CHECK_THAT(kept.limits[1].amount, WithinAbs(0.3, 1e-9));
  CHECK_THAT(refusal(banned.commitment(ele)), ContainsSubstring("asks for a flow that is banned"));
  // Of two limits on one flow the tighter one binds.
  Limit loose = ele;
  loose.level = 0.8;
  const Equilibrium alone = solved(none.quota(ele));
  for (const Scenario& both : {none.quota(ele).quota(loose), none.quota(loose).quota(ele)}) {
    CHECK(largest_gap(solved(both), alone) < 1e-8);
  }
  for (const double share : {0.05, 0.1, 0.2, 0.3}) {
    Limit cap = ele;
    cap.level = share;
    const Equilibrium eq = solved(none.quota(ele).share_cap(cap));
    CHECK(eq.limits[0].amount <= 0.5 + 1e-9);
    CHECK(eq.limits[1].amount <= share + 1e-9);
    CHECK(std::max(eq.limits[0].multiplier, eq.limits[1].multiplier) > 0);
  }
}

TEST_CASE("limits hold under every closure and whatever results are shown in") {
  const Scenario deal = Scenario("deal")
                            .productivity({.region = "CHN", .factor = 1.2})
                            .purchase({.importer = "CHN", .exporter = "USA", .sector = "AGR", .level = 2.5})
                            .quota({.importer = "USA", .exporter = "CHN", .sector = "ELE", .level = 0.7})
                            .specific_tariff({.importer = "USA", .exporter = "CHN", .sector = "TEX", .rate = 0.2})
                            .preference({.importer = "USA",
                                         .exporter = "MEX",
                                         .sector = "goods",
                                         .rate = -0.05,
                                         .origin = OriginTerms{0.8, 0.05, {"USA"}}});
  for (const Deficits deficits : {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share}) {
    const Equilibrium world_money = Solver(world(), {.deficits = deficits}).solve(deal);
    const Equilibrium yuan = Solver(world(), {.deficits = deficits, .numeraire = "CHN"}).solve(deal);
    REQUIRE(world_money.converged());
    REQUIRE(yuan.converged());
    CHECK(world_money.limits[0].binds());
    CHECK_THAT(yuan.limits[0].wedge, WithinAbs(world_money.limits[0].wedge, 1e-8));
    CHECK((real_income_pct(yuan) - real_income_pct(world_money)).abs().maxCoeff() < 1e-7);
  }
}

TEST_CASE("a rule of origin beside a ban") {
  const Equilibrium eq = solved(Scenario("s")
                                    .preference({.importer = "USA",
                                                 .exporter = "MEX",
                                                 .sector = "goods",
                                                 .rate = -0.1,
                                                 .origin = OriginTerms{0.6, 0.05, {"USA"}}})
                                    .ban({.importer = "USA", .exporter = "MEX", .sector = "VEH"}));
  CHECK(eq.counterfactual.flows(region("MEX"), region("USA"), sector("VEH")) == 0);
}

TEST_CASE("a cap on a share counts all imports of its sectors") {
  const Index chn = region("CHN"), usa = region("USA"), ext = sector("EXT");
  const World none_there = world().edited([&](WorldData& d) { d.flows(chn, usa, ext) = 0; });
  const Equilibrium eq = solve(
      none_there, Scenario("s").share_cap({.importer = "USA", .exporter = "CHN", .sector = "goods", .level = 0.9}));
  REQUIRE(eq.converged());
  double from_china = 0, all = 0;
  for (Index j = 0; j < none_there.sectors().size(); ++j) {
    if (none_there.data().sector_kinds[static_cast<std::size_t>(j)] != "goods") continue;
    from_china += eq.counterfactual.flows(chn, usa, j);
    all += eq.counterfactual.flows.slice(j).col(usa).sum() - eq.counterfactual.flows(usa, usa, j);
  }
  CHECK_THAT(eq.limits[0].amount, WithinRel(from_china / all, 1e-10));
}

TEST_CASE("rents and subsidies stand beside what sets tariffs and export taxes, in any order") {
  const Scenario none("s");
  const NonTariffMeasure barrier{
      .importer = "USA", .exporter = "MEX", .sector = "VEH", .ad_valorem = 0.2, .split = {.resource_share = 0}};
  const RateChange tariff{.importer = "USA", .exporter = "MEX", .sector = "VEH", .rate = 0.1};
  CHECK(largest_gap(solved(none.non_tariff_measure(barrier).tariff(tariff)),
                    solved(none.tariff(tariff).non_tariff_measure(barrier))) < 1e-12);
  const Index mex = region("MEX"), usa = region("USA"), veh = sector("VEH");
  const Equilibrium spared = solved(none.tariff(tariff).non_tariff_measure(barrier).preference(
      {.importer = "USA", .exporter = "MEX", .sector = "VEH", .rate = 0.0}));
  CHECK_THAT(spared.counterfactual.tariffs()(mex, usa, veh), WithinAbs(0.2, 1e-12));
  const RateChange tax{.importer = "USA", .exporter = "MEX", .sector = "VEH", .rate = 0.05};
  const RegionRate subsidy{.region = "MEX", .sector = "VEH", .rate = 0.1};
  const Equilibrium both = solved(none.production_subsidy(subsidy).export_tax(tax));
  CHECK_THAT(both.counterfactual.export_taxes()(mex, usa, veh), WithinAbs(1.05 * 0.9 - 1, 1e-12));
  CHECK_THAT(both.counterfactual.export_taxes()(mex, mex, veh), WithinAbs(-0.1, 1e-12));
}

TEST_CASE("days within days, and parts that cannot be taken in") {
  const Scenario none("s");
  const Scenario part = none.during({Date(2026, 4, 1), Date(2026, 5, 1)},
                                    none.tariff({.importer = "USA", .exporter = "CHN", .rate = 0.3}));
  const Scenario whole = none.during({Date(2026, 1, 1), Date(2027, 1, 1)}, part);
  CHECK(solved(whole.on(Date(2026, 8, 1))).measures.empty());
  CHECK(solved(whole.on(Date(2026, 4, 15))).measures.size() == 1);
  CHECK(change_days(whole, Date(2026, 1, 1), Date(2027, 1, 1)) ==
        std::vector<Date>{Date(2026, 4, 1), Date(2026, 5, 1)});
  CHECK_THROWS_WITH(none.group("G", {"DEU"}).during({}, none.group("G", {"CHN"})),
                    ContainsSubstring("means something else in the part"));
}

TEST_CASE("normal duties where the base contains preferences, and claims that compete") {
  const Index vnm = region("VNM"), chn = region("CHN"), veh = sector("VEH");
  const auto deal = [](const char* id, double utilisation) {
    Measure m;
    m.id = id;
    m.importer = "CHN";
    m.exporters = {"VNM"};
    m.sectors = {"VEH"};
    m.rate = 0.0;
    m.base = DutyBase::preference;
    m.claim = {.utilisation = utilisation, .compliance_cost = 0.01};
    m.legal = {Date(2010, 1, 1), Date(2025, 1, 1)};
    return m;
  };
  const World of_then = world().edited([&](WorldData& d) {
    d.tariffs(vnm, chn, veh) = 0.025;
    d.info.tariffs_dates.clear();
    d.info.tariffs_dates.emplace("*", Date(2018, 1, 1));
  });
  Policy one;
  one.measures = {deal("one", 0.8)};
  const BoundPolicy bound(std::make_shared<const Policy>(one), of_then);
  // t0 (1 + C) = (1 - u) m, so that the duty without the deal is m.
  CHECK_THAT(bound.rates(Date(2026, 1, 1)).total(vnm, chn, veh), WithinRel(0.025 * 1.008 / 0.2, 1e-10));
  CHECK_THAT(bound.rates(Date(2018, 1, 1)).total(vnm, chn, veh), WithinRel(0.025, 1e-12));
  Policy two;
  two.measures = {deal("one", 0.7), deal("two", 0.7)};
  two.measures[1].rate = 0.02;
  const World plain = of_then.edited([&](WorldData& d) {
    d.tariffs(vnm, chn, veh) = 0.1;
    d.info.tariffs_dates.clear();
  });
  const DayRates rates = BoundPolicy(std::make_shared<const Policy>(two), plain).rates(Date(2018, 1, 1));
  CHECK_THAT(rates.ways.at(0).share, WithinRel(1.0, 1e-12));
  CHECK_THAT(rates.total(vnm, chn, veh), WithinRel((0.1 - 0.7 * 0.1 - 0.3 * 0.08) / 1.01, 1e-12));
}

TEST_CASE("instruments that would undo each other say so") {
  const Scenario none("s");
  const Selector mex("MEX"), usa("USA"), veh("VEH");
  CHECK_THAT(
      refusal(none.tariff({usa, mex, veh, 0.0}).preference({usa, mex, veh, 0.0, {}}).tariff({usa, mex, veh, 0.25})),
      ContainsSubstring("declare this change before the preference"));
  CHECK_THAT(refusal(none.specific_tariff({usa, mex, veh, 25})), ContainsSubstring("2500 percent"));
  CHECK_THAT(refusal(none.non_tariff_measure({usa, mex, veh, 20.0})), ContainsSubstring("0.25 is 25 percent"));
  CHECK_THAT(refusal(none.reexport({usa, mex, veh, 0.5, {"CAN", 5, 1e80, 1e80}})),
             ContainsSubstring("beyond what numbers hold"));
  const RateQuota quota{.importer = usa, .exporter = mex, .sector = veh, .quota = 0.5, .out_of_quota = 0.5};
  CHECK_THAT(refusal(none.tariff_rate_quota(quota).tariff_rate_quota(quota)),
             ContainsSubstring("declare one tariff-rate quota"));
  RateQuota nothing = quota;
  nothing.quota = 0;
  CHECK_THAT(refusal(none.tariff_rate_quota(nothing)), ContainsSubstring("set the higher rate"));
  // Duties per unit in several prices are scaled together.
  const Equilibrium eq = solved(none.tariff({usa, mex, veh, 0.0})
                                    .specific_tariff({usa, mex, veh, 0.2, Operation::add, "USA"})
                                    .specific_tariff({usa, mex, veh, 1.0, Operation::scale}));
  CHECK(eq.counterfactual.tariffs()(region("MEX"), region("USA"), sector("VEH")) > 0.19);
}
