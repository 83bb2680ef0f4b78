// The analysis on solved equilibria: accounts close, parts sum to totals, formulas agree with the exact solution.
#include <cmath>

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/analysis/analysis.hpp"
#include "tariffsim/data/aggregate.hpp"
#include "tariffsim/data/check.hpp"
#include "tariffsim/data/split.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Approx;

namespace {

const SolveOptions kTight{.tolerance = 1e-13};

Closure closure(Deficits deficits) { return {.deficits = deficits}; }

// Two tariffs, an export tax, a trade cost and a ban.
Scenario mixed_scenario() {
  return Scenario("mixed")
      .tariff({.importer = "R1", .exporter = "R2", .sector = "goods", .rate = 0.6})
      .tariff({.importer = "R2", .exporter = "*", .rate = 0.1, .operation = Operation::add})
      .export_tax({.importer = "*", .exporter = "R3", .rate = 0.2})
      .trade_cost({.importer = "R4", .exporter = "R1", .factor = 1.2})
      .ban({.importer = "R3", .exporter = "R5", .sector = "S1"});
}

double largest(const Vector& a, const Vector& b) { return (a - b).abs().maxCoeff(); }

}  // namespace

TEST_CASE("every account of a solved equilibrium closes, and every decomposition sums") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const Deficits deficits = GENERATE(Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share);
  const World world = seeded_world(5, 3, seed, {.export_taxes = true});
  const Equilibrium eq = solve(world, mixed_scenario(), closure(deficits), kTight);
  REQUIRE(eq.converged());
  const State &base = *eq.base, &after = eq.counterfactual;
  const double scale = base.income.sum();

  for (const State* state : {&base, &after}) {
    const Vector income = state->value_added + state->tariff_revenue + state->export_tax_revenue + state->deficit;
    CHECK(largest(state->income, income) <= 1e-12 * scale);
    CHECK(largest(state->tariff_revenue, tariff_revenue(state->flows, state->tariffs())) <= 1e-12 * scale);
    CHECK(largest(state->deficit, trade_deficit(state->flows)) <= 1e-12 * scale);
  }
  const TradeBalances trade = trade_balances(eq);
  CHECK(largest(trade.counterfactual.all.balance, -after.deficit) <= 1e-12 * scale);
  CHECK(std::abs(trade.counterfactual.goods.balance.sum()) <= 1e-12 * scale);

  const EffectiveTariff rates = effective_tariff(eq);
  CHECK(largest(rates.after_substitution.by_importer * trade.counterfactual.all.imports, after.tariff_revenue) <=
        1e-12 * scale);
  CHECK(largest(rates.base.by_importer * trade.base.all.imports, base.tariff_revenue) <= 1e-12 * scale);

  const Cube price = flow_price_hat(eq), quantity = flow_quantity_hat(eq);
  const FlowChange parts = flow_change_parts(eq);
  CHECK(price.values().isFinite().all());
  CHECK(quantity.values().isFinite().all());
  CHECK(((base.flows.values() * price.values() * quantity.values() - after.flows.values()).abs() <=
         1e-12 * base.flows.values())
            .all());
  CHECK(((parts.price.values() + parts.quantity.values() - (after.flows.values() - base.flows.values())).abs() <=
         1e-12 * (base.flows.values() + after.flows.values()))
            .all());

  const FirstOrderWelfare w = first_order_welfare(eq);
  CHECK_FALSE(w.applies);
  CHECK(largest(w.terms_of_trade_by_partner.rowwise().sum(), w.terms_of_trade_by_sector.rowwise().sum()) <= 1e-11);
  CHECK(largest(w.volume_of_trade_by_partner.rowwise().sum(), w.volume_of_trade_by_sector.rowwise().sum()) <= 1e-11);
  CHECK(largest(w.total_pct, w.terms_of_trade_pct + w.volume_of_trade_pct) <= 1e-12);

  const TradeCreation effect = trade_creation(eq, Valuation::current_prices);
  CHECK(largest(effect.creation, trade.counterfactual.all.imports - trade.base.all.imports) <= 1e-12 * scale);
  CHECK((effect.diversion >= 0).all());
  CHECK(largest(equivalent_variation(eq), base.income * real_income_pct(eq) / 100) <= 1e-12 * scale);

  const PassThrough passed = pass_through(eq);
  CHECK_FALSE(passed.cells.empty());
  for (const auto& cell : passed.cells) {
    CHECK((std::isfinite(cell.in_numeraire) && std::isfinite(cell.relative_to_wage)));
    // The two definitions differ by the importer's wage and by nothing else.
    CHECK((cell.in_numeraire - cell.relative_to_wage) * cell.log_tariff_change ==
          Approx(std::log(eq.wage_hat[cell.importer])).margin(1e-13));
  }
  CHECK(largest(passed.changed_imports_by_sector.rowwise().sum(), passed.changed_imports) <= 1e-12 * scale);
}

TEST_CASE("first-order welfare is the derivative of exact real income, under every closure") {
  const unsigned seed = GENERATE(1U, 2U);
  const Deficits deficits = GENERATE(Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share);
  // Base tariffs, base export taxes and a domestic base rate all have their terms.
  const World world =
      seeded_world(4, 3, seed, {.export_taxes = true}).edited([](WorldData& d) { d.tariffs(0, 0, 1) = 0.05; });
  const auto miss = [&](double step) {
    const Equilibrium eq =
        solve(world,
              Scenario("small")
                  .tariff({.importer = "R1", .exporter = "*", .rate = step, .operation = Operation::add})
                  .tariff({.importer = "R3", .exporter = "R1", .rate = -step, .operation = Operation::add}),
              closure(deficits), kTight);
    REQUIRE(eq.converged());
    const FirstOrderWelfare w = first_order_welfare(eq);
    CHECK(w.applies);
    CHECK(w.total_pct.abs().maxCoeff() > 0.1 * 100 * step / 100);
    return largest(w.total_pct + w.transfer_pct, real_income_pct(eq));
  };
  // The miss is of second order: a tenth of the step, a hundredth of the miss.
  const double coarse = miss(1e-2), fine = miss(1e-3);
  CHECK(fine < 2e-3);
  CHECK(coarse / fine == Approx(100).epsilon(0.1));
}

TEST_CASE("the transfer of a closure that moves deficits is reported beside the total") {
  const World world = seeded_world(4, 3, 1);
  const Scenario tariff = Scenario("t").tariff({.importer = "R1", .exporter = "*", .rate = 0.3});
  const auto transfer = [&](Deficits d) {
    return first_order_welfare(solve(world, tariff, closure(d), kTight)).transfer_pct;
  };
  CHECK(transfer(Deficits::balanced).abs().maxCoeff() <= 1e-10);
  CHECK(transfer(Deficits::fixed_world_share).abs().maxCoeff() <= 1e-10);
  CHECK(transfer(Deficits::fixed_income_share).abs().maxCoeff() > 1e-4);
}

TEST_CASE("another numeraire changes no real result of the analysis") {
  const World world = seeded_world(5, 3, 2);
  const Equilibrium a = solve(world, mixed_scenario(), {}, kTight);
  const Equilibrium b = solve(world, mixed_scenario(), {.numeraire = "R4"}, kTight);
  REQUIRE((a.converged() && b.converged()));
  CHECK(largest(a.wage_hat, b.wage_hat) > 1e-6);
  CHECK(largest(real_income_pct(a), real_income_pct(b)) <= 1e-9);
  CHECK(largest(first_order_welfare(a).total_pct, first_order_welfare(b).total_pct) <= 1e-9);
  CHECK(largest(trade_creation(a).diversion, trade_creation(b).diversion) > 0);  // at base prices of each numeraire
  CHECK(largest(effective_tariff(a).after_substitution.by_importer,
                effective_tariff(b).after_substitution.by_importer) <= 1e-11);
  CHECK(largest(pass_through(a).relative_to_wage, pass_through(b).relative_to_wage) <= 1e-10);
  CHECK(largest(flow_quantity_hat(a).values(), flow_quantity_hat(b).values()) <= 1e-10);
}

TEST_CASE("domestic shares alone give exact real income, where the formula holds") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const Index sectors = GENERATE(Index{1}, Index{3});
  const World world = seeded_world(4, sectors, seed, {.materials = false, .zeros = false});
  const Equilibrium eq = solve(world,
                               Scenario("shocks")
                                   .tariff({.importer = "R1", .exporter = "*", .rate = 0.8})
                                   .tariff({.importer = "R2", .exporter = "R1", .rate = 0.0})
                                   .trade_cost({.importer = "R3", .exporter = "R4", .factor = 0.8})
                                   .productivity({.region = "R4", .factor = 1.1}),
                               closure(Deficits::balanced), kTight);
  REQUIRE(eq.converged());
  REQUIRE(acr_applies(eq));
  CHECK(largest(acr_welfare_pct(eq), real_income_pct(eq)) <= 1e-9);
  CHECK(real_income_pct(eq).abs().maxCoeff() > 0.1);
}

TEST_CASE("a small importer pays all of its tariff, in the numeraire") {
  Eigen::MatrixXd flows(2, 2);
  flows << 1e6, 1e-2, 1e-2, 4e-2;
  const World world = World::from_flows(flows, 5.0, {"BIG", "SMALL"});
  const Equilibrium eq = solve(world, Scenario("t").tariff({.importer = "SMALL", .exporter = "BIG", .rate = 0.25}));
  REQUIRE(eq.converged());
  CHECK(pass_through(eq).in_numeraire[1] == Approx(1).epsilon(1e-6));
  CHECK(import_price_hat(eq).border[1] == Approx(1).epsilon(1e-6));
  CHECK(import_price_hat(eq).duty_inclusive[1] == Approx(1.25).epsilon(1e-6));
}

TEST_CASE("pass-through of a small importer, by hand") {
  // The tariff raises the small country's wage w until its exports, of elasticity theta + 1, pay for its imports:
  //   s w^-theta (1 + t - pi t) = pi w,   pi = s (1 + t)^-theta / (s (1 + t)^-theta + (1 - s) w^-theta)
  const double theta = 5, s = 0.2, t = 0.25, size = 1e-6;
  Eigen::MatrixXd flows(2, 2);
  flows << 1, s * size, s * size, (1 - s) * size;
  const World world = World::from_flows(flows, theta, {"BIG", "SMALL"});
  const Scenario tariff = Scenario("t").tariff({.importer = "SMALL", .exporter = "BIG", .rate = t});
  const Equilibrium eq = solve(world, tariff, {.numeraire = "BIG"}, kTight);
  REQUIRE(eq.converged());
  double low = 1, high = 2;
  while (high - low > 1e-14) {
    const double w = 0.5 * (low + high), taxed = s * std::pow(1 + t, -theta), own = (1 - s) * std::pow(w, -theta);
    const double pi = taxed / (taxed + own);
    (s * std::pow(w, -theta) * (1 + t - pi * t) > pi * w ? low : high) = w;
  }
  const PassThrough passed = pass_through(eq);
  CHECK(passed.in_numeraire[1] == Approx(1).epsilon(1e-13));  // the exporter's wage is the numeraire
  CHECK(passed.relative_to_wage[1] == Approx(1 - std::log(low) / std::log(1 + t)).epsilon(1e-5));
  CHECK(passed.relative_to_wage[1] < 0.9);
}

TEST_CASE("pass-through between two symmetric countries, to the first order") {
  // dToT/dt = (1 - s) sigma / D, D = 1 + 2 (1 - s)(sigma - 1): by so much the exporter's price falls against the
  // importer's wage, and by half of it against the mean of both wages.
  const double s = GENERATE(0.1, 0.2, 0.3), sigma = GENERATE(3.0, 5.0, 9.0), dt = 1e-5;
  Eigen::MatrixXd flows(2, 2);
  flows << 1 - s, s, s, 1 - s;
  const World world = World::from_flows(flows, sigma - 1, {"H", "F"});
  const Scenario tariff = Scenario("t").tariff({.importer = "H", .exporter = "F", .rate = dt});
  const PassThrough passed = pass_through(solve(world, tariff, {}, kTight));
  const double terms_of_trade = (1 - s) * sigma / (1 + 2 * (1 - s) * (sigma - 1));
  REQUIRE(passed.cells.size() == 1);
  CHECK(passed.cells[0].relative_to_wage == Approx(1 - terms_of_trade).epsilon(1e-4));
  CHECK(passed.cells[0].in_numeraire == Approx(1 - terms_of_trade / 2).epsilon(1e-4));
}

TEST_CASE("parts of a region fare as the region does, and measures pass between them") {
  const World world = seeded_world(4, 3, 3);
  const World parts = split(world, "R2", {{"N", 0.3}, {"S", 0.7}}).edited([](WorldData& d) {
    d.groups["R2"] = {"N", "S"};
  });
  const Scenario tariffs = Scenario("t")
                               .tariff({.importer = "R2", .exporter = "*", .rate = 0.4})
                               .tariff({.importer = "*", .exporter = "R2", .rate = 0.5});
  const Equilibrium whole = solve(world, tariffs, {}, kTight), divided = solve(parts, tariffs, {}, kTight);
  REQUIRE((whole.converged() && divided.converged()));
  const Vector a = real_income_pct(whole), b = real_income_pct(divided);
  CHECK(b[1] == Approx(a[1]).epsilon(1e-9));
  CHECK(b[2] == Approx(a[1]).epsilon(1e-9));
  CHECK(b[3] == Approx(a[2]).epsilon(1e-9));
  CHECK(divided.counterfactual.tariffs()(1, 2, 0) == 0);
  CHECK(effective_tariff(divided).after_substitution.by_importer[1] ==
        Approx(effective_tariff(whole).after_substitution.by_importer[1]).epsilon(1e-10));
}

TEST_CASE("the embedded world, aggregated: accounts are exact and it is an equilibrium") {
  const World world = read_world(embedded_world("world-2022"));
  CodeMap regions, sectors;
  for (const auto& code : world.regions().codes()) {
    if (code != "USA" && code != "CHN") regions[code] = "OTHERS";
  }
  for (Index j = 0; j < world.sectors().size(); ++j) {
    if (world.data().sector_kinds[static_cast<std::size_t>(j)] == "goods") sectors[world.sectors().code(j)] = "GOODS";
  }
  const World small = aggregate(world, regions, sectors);
  REQUIRE(small.regions().size() == 3);
  REQUIRE(small.sectors().size() == 2);
  const Accounts &a = world.accounts(), &b = small.accounts();
  CHECK(b.value_added.sum() == Approx(a.value_added.sum()).epsilon(1e-12));
  CHECK(b.tariff_revenue.sum() == Approx(a.tariff_revenue.sum()).epsilon(1e-12));
  CHECK(b.materials.sum() == Approx(a.materials.sum()).epsilon(1e-12));
  const Index usa = world.regions().at("USA"), here = small.regions().at("USA");
  CHECK(b.income[here] == Approx(a.income[usa]).epsilon(1e-12));
  CHECK(b.deficit[here] == Approx(a.deficit[usa]).epsilon(1e-11));
  CHECK(b.tariff_revenue[here] == Approx(a.tariff_revenue[usa]).epsilon(1e-12));

  const Equilibrium same = solve(small, Scenario("nothing"));
  REQUIRE(same.converged());
  CHECK((same.wage_hat - 1).abs().maxCoeff() <= 1e-10);
  CHECK(real_income_pct(same).abs().maxCoeff() <= 1e-8);
}

TEST_CASE("81 x 28 aggregates to the packages of 44 x 21 and 27 x 12") {
  const std::string name = GENERATE("world2022-44x21", "world2022-27x12");
  if (!has_shared_data(name) || !has_shared_data("world2022-81x28")) SKIP("no shared data at " << shared_data(name));
  const World large = read_world(shared_data("world2022-81x28")), published = read_world(shared_data(name));
  CodeMap regions, sectors;
  for (const auto& row : csv_rows(shared_data(name) / "notes" / "region_map.csv"))
    regions[row.at("icio_region")] = row.at("region");
  for (const auto& row : csv_rows(shared_data(name) / "notes" / "sector_map.csv"))
    sectors[row.at("icio_industry")] = row.at("sector");
  const World small = aggregate(large, regions, sectors);
  REQUIRE(small.regions().size() == published.regions().size());

  double flows = 0, rates = 0, shares = 0, inputs = 0, elasticities = 0;
  const auto same = [&](Index n) { return small.regions().at(published.regions().code(n)); };
  for (Index j = 0; j < published.sectors().size(); ++j) {
    const Index s = small.sectors().at(published.sectors().code(j));
    elasticities = std::max(elasticities, std::abs(small.trade_elasticity()[s] - published.trade_elasticity()[j]));
    for (Index n = 0; n < published.regions().size(); ++n) {
      shares = std::max(shares, std::abs(small.value_added_share()(same(n), s) - published.value_added_share()(n, j)));
      for (Index k = 0; k < published.sectors().size(); ++k) {
        const Index input = small.sectors().at(published.sectors().code(k));
        inputs =
            std::max(inputs, std::abs(small.input_shares()(input, s, same(n)) - published.input_shares()(k, j, n)));
      }
      for (Index i = 0; i < published.regions().size(); ++i) {
        const double a = small.flows()(same(i), same(n), s), b = published.flows()(i, n, j);
        flows = std::max(flows, std::abs(a - b) / std::max(1.0, b));
        // The packages drop the duties between merged regions; all other rates are theirs.
        if (i != n)
          rates = std::max(rates, std::abs(small.tariffs()(same(i), same(n), s) - published.tariffs()(i, n, j)));
      }
    }
  }
  CHECK(flows <= 1e-12);
  CHECK(rates <= 1e-12);
  CHECK(shares <= 1e-12);
  CHECK(inputs <= 1e-12);
  CHECK(elasticities <= 1e-6);  // the packages round to six decimals
  CHECK(small.accounts().tariff_revenue.sum() == Approx(large.accounts().tariff_revenue.sum()).epsilon(1e-12));
  CHECK(published.accounts().tariff_revenue.sum() < large.accounts().tariff_revenue.sum());
}

TEST_CASE("check() on the reference data of 1993") {
  if (!has_shared_data("cp2015")) SKIP("no shared data at " << shared_data("cp2015"));
  const auto findings = check(read_world(shared_data("cp2015")));
  const auto value = [&](const std::string& topic) {
    for (const auto& finding : findings) {
      if (finding.topic == topic) return finding.value;
    }
    return -1.0;
  };
  CHECK(findings.front().topic == "equilibrium_distance");
  CHECK(value("negative_implied_demand") == 185);
  CHECK(value("elasticity_high") == 64.85);
  CHECK(value("no_domestic_sales") == 26);
  CHECK(value("value_added_one") == 32);
  CHECK(value("no_tariffs") == -1);
}

TEST_CASE("Caliendo and Parro (2015): first-order and exact welfare of NAFTA") {
  if (!has_shared_data("cp2015")) SKIP("no shared data at " << shared_data("cp2015"));
  const World world = read_world(shared_data("cp2015"));
  Table rates;
  for (const auto& row : csv_rows(shared_data("cp2015") / "tariffs_2005.csv")) {
    const auto nafta = [](const std::string& code) { return code == "MEX" || code == "CAN" || code == "USA"; };
    if (nafta(row.at("exporter")) && nafta(row.at("importer"))) {
      rates.push_back({row.at("exporter"), row.at("importer"), row.at("sector"), std::stod(row.at("rate"))});
    }
  }
  const Selector nafta{"MEX", "CAN", "USA"};
  const Equilibrium eq = solve(world, Scenario("NAFTA").tariff({.importer = nafta, .exporter = nafta, .rate = rates}),
                               closure(Deficits::balanced), {.tolerance = 1e-12});
  REQUIRE(eq.converged());
  const FirstOrderWelfare w = first_order_welfare(eq);
  CHECK(w.applies);
  const Vector exact = real_income_pct(eq), wage = real_wage_pct(eq);
  for (const auto& row : csv_rows(shared_data("cp2015") / "expected" / "nafta_only_countries.csv")) {
    INFO(row.at("region"));
    const Index n = world.regions().at(row.at("region"));
    CHECK(w.total_pct[n] == Approx(std::stod(row.at("welfare_pct"))).margin(1e-6));
    CHECK(w.terms_of_trade_pct[n] == Approx(std::stod(row.at("tot_pct"))).margin(1e-6));
    CHECK(w.volume_of_trade_pct[n] == Approx(std::stod(row.at("vot_pct"))).margin(1e-6));
    CHECK(exact[n] == Approx(std::stod(row.at("exact_real_income_pct"))).margin(1e-6));
    CHECK(wage[n] == Approx(std::stod(row.at("real_wage_pct"))).margin(1e-6));
  }
}
