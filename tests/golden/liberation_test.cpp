// A published world of 194 regions: Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), reference data
// liberation2023 with its parameters and results.
#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/shared_data.hpp"
#include "support/validation.hpp"
#include "tariffsim/analysis/labour_welfare.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::WithinAbs;

namespace {

Theory published_theory() {
  std::map<std::string, double> p;
  for (const auto& row : csv_rows(shared_data("liberation2023") / "notes" / "parameters.csv")) {
    p[row.at("parameter")] = std::stod(row.at("value"));
  }
  const double theta = p.at("theta");
  const auto phi = [&](double nu) { return (1 + theta) / ((1 - nu) * theta) - 1 / theta; };
  Theory theory;
  theory.name = "Ignatenko et al. (2025)";
  theory.sources = p.at("epsilon");
  theory.scale = Scale::given;
  theory.scale_elasticity = p.at("psi");
  theory.distribution_margin = {p.at("nu_other"), {{"USA", p.at("nu_usa")}}};
  theory.pass_through = {phi(p.at("nu_other")), {{"USA", phi(p.at("nu_usa"))}}};
  theory.factors.front().supply = p.at("kappa");
  return theory;
}

Equilibrium liberation_day(Revenue revenue) {
  const auto folder = shared_data("liberation2023");
  const Scenario scenario =
      Scenario("2 April 2025")
          .tariff({.importer = {"USA"}, .rate = read_table(folder / "tariffs_liberation_day.csv", Instrument::tariff)});
  const Closure closure{.numeraire = "world_consumer_price", .revenue = revenue};
  Equilibrium eq = solve(read_world(folder), scenario, published_theory(), closure, {.tolerance = 1e-12});
  INFO(eq.diagnosis);
  REQUIRE(eq.converged());
  return eq;
}

}  // namespace

TEST_CASE("the rates of 2 April 2025 in a world of 194 regions, as published") {
  if (!has_shared_data("liberation2023")) SKIP("no reference data in " << shared_data("liberation2023"));
  const Equilibrium eq = liberation_day(Revenue::income_tax);
  KnownNumbers known("liberation", "Ignatenko et al. (2025), 194 regions, rates of 2 April 2025");
  const Vector welfare = welfare_as_published_pct(eq);
  const auto rows = csv_rows(shared_data("liberation2023") / "expected" / "welfare_scenario1.csv");
  REQUIRE(rows.size() == 194);
  for (const auto& row : rows) {
    const double found = welfare[eq.observed.regions().at(row.at("region"))];
    INFO(row.at("region") << " " << found);
    CHECK(known.within(std::abs(found - std::stod(row.at("welfare_pct"))), 1e-8, "welfare, percentage points"));
  }

  const Index us = eq.observed.regions().at("USA");
  const State &base = *eq.base, &after = eq.counterfactual;
  const auto foreign = [&](const State& s, bool imports) {
    const Eigen::MatrixXd flows = s.flows.slice(0);
    return (imports ? flows.col(us).sum() : flows.row(us).sum()) - flows(us, us);
  };
  const auto over_output = [&](bool imports) {
    return 100 * (foreign(after, imports) / after.value_added[us] * base.value_added[us] / foreign(base, imports) - 1);
  };
  const double deficit = (foreign(after, true) - foreign(after, false)) / (foreign(base, true) - foreign(base, false));
  CHECK_THAT(over_output(false), WithinAbs(-52.71, 0.005));
  CHECK_THAT(over_output(true), WithinAbs(-43.58, 0.005));
  CHECK_THAT(100 * (deficit - 1), WithinAbs(-18.06, 0.005));
  CHECK_THAT(100 * (eq.factor_supply_hat(us, 0) - 1), WithinAbs(0.318, 0.0005));
  CHECK_THAT(100 * (eq.consumer_price_hat[us] - 1), WithinAbs(12.81, 0.005));
  CHECK_THAT(100 * after.tariff_revenue[us] / base.income[us], WithinAbs(1.137, 0.0005));

  // With the preferences that have this labour supply, the gain of the tax cut is smaller.
  CHECK(welfare_pct(eq)[us] < welfare[us]);
}

TEST_CASE("with revenue as a lump sum the United States lose, as published") {
  if (!has_shared_data("liberation2023")) SKIP("no reference data in " << shared_data("liberation2023"));
  const Equilibrium eq = liberation_day(Revenue::household);
  const Index us = eq.observed.regions().at("USA");
  CHECK_THAT(welfare_pct(eq)[us], WithinAbs(-0.0057, 0.00005));
  CHECK((welfare_pct(eq) - welfare_as_published_pct(eq)).abs().maxCoeff() < 1e-12);
}
