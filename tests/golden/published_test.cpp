// Published and independently computed numbers on real worlds.
#include <string>

#include "support/catch.hpp"
#include "support/results.hpp"
#include "support/shared_data.hpp"
#include "support/validation.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

using Row = std::map<std::string, std::string>;

double number(const Row& row, const std::string& column) { return std::stod(row.at(column)); }

}  // namespace

TEST_CASE("Caliendo and Parro (2015): NAFTA's tariffs of 2005 in the world of 1993") {
  if (!has_shared_data("cp2015")) SKIP("no reference data in " << shared_data("cp2015"));
  const World world = read_world(shared_data("cp2015"));
  const Scenario nafta =
      Scenario("NAFTA").tariff({.importer = {"MEX", "CAN", "USA"},
                                .exporter = {"MEX", "CAN", "USA"},
                                .rate = read_table(shared_data("cp2015") / "tariffs_2005.csv", Instrument::tariff)});
  const Equilibrium eq = solve(world, nafta, {.deficits = Deficits::balanced}, {.tolerance = 1e-12});
  REQUIRE(eq.converged());
  CHECK(eq.base_shift.resolved);

  const auto expected = shared_data("cp2015") / "expected";
  const FirstOrderWelfare first_order = first_order_welfare(eq);
  const Vector real_income = real_income_pct(eq), real_wage = real_wage_pct(eq);
  CHECK(first_order.applies);
  const auto countries = csv_rows(expected / "nafta_only_countries.csv");
  REQUIRE(countries.size() == 31);
  KnownNumbers known("cp2015", "Caliendo and Parro (2015), NAFTA, solved by an independent program");
  const auto points = [&](const Row& row, const std::string& column, double found) {
    CAPTURE(row.at("region"), column);
    CHECK(known.within(std::abs(found - number(row, column)), 1e-6, column + ", percentage points"));
  };
  const auto relative = [&](const Row& row, const std::string& column, double found) {
    CAPTURE(row.at("region"), column);
    CHECK(known.within(std::abs(found / number(row, column) - 1), 1e-8, column + ", relative"));
  };
  for (const auto& row : countries) {
    const Index n = world.regions().at(row.at("region"));
    points(row, "welfare_pct", first_order.total_pct[n]);
    points(row, "tot_pct", first_order.terms_of_trade_pct[n]);
    points(row, "vot_pct", first_order.volume_of_trade_pct[n]);
    points(row, "real_wage_pct", real_wage[n]);
    points(row, "exact_real_income_pct", real_income[n]);
    relative(row, "w_hat", eq.wage_hat[n]);
    relative(row, "P_hat", eq.consumer_price_hat[n]);
    relative(row, "income_base", eq.base->income[n]);
    relative(row, "income_cf", eq.counterfactual.income[n]);
  }
  const auto sectors = csv_rows(expected / "nafta_only_sectors.csv");
  REQUIRE(sectors.size() == 31 * 40);
  for (const auto& row : sectors) {
    const Index n = world.regions().at(row.at("region")), j = world.sectors().at(row.at("sector"));
    relative(row, "price_hat", eq.price_hat(n, j));
    relative(row, "cost_hat", eq.cost_hat(n, j));
  }

  // The two measures as printed: 1.31 percent for Mexico by the first-order formula, 0.007 exactly.
  const Index mex = world.regions().at("MEX"), can = world.regions().at("CAN"), usa = world.regions().at("USA");
  CHECK(std::abs(first_order.total_pct[mex] - 1.312111177) < 1e-8);
  CHECK(std::abs(first_order.total_pct[can] - -0.063816125) < 1e-8);
  CHECK(std::abs(first_order.total_pct[usa] - 0.084753353) < 1e-8);
  CHECK(std::abs(real_income[mex] - 0.007320196) < 1e-8);
  CHECK(std::abs(real_income[can] - -0.110104098) < 1e-8);
  CHECK(std::abs(real_income[usa] - 0.074146379) < 1e-8);
}

TEST_CASE("cp2015: final demand as given does not follow from the flows, and the base says by how much") {
  if (!has_shared_data("cp2015")) SKIP("no reference data in " << shared_data("cp2015"));
  const World world = read_world(shared_data("cp2015"));
  const Solver solver(world, {.deficits = Deficits::fixed_world_share}, {.tolerance = 1e-12});
  CHECK(solver.base_shift().resolved);
  CHECK(solver.base_shift().moved_share > 1e-3);
  const Equilibrium eq = solver.solve(Shock{});
  REQUIRE(eq.converged());
  CHECK((eq.wage_hat - 1).abs().maxCoeff() < 1e-11);
}

TEST_CASE("hkbu2017: after the base is solved, no shock is no change") {
  if (!has_shared_data("hkbu2017")) SKIP("no reference data in " << shared_data("hkbu2017"));
  const World world = read_world(shared_data("hkbu2017"));
  const Solver solver(world, {.deficits = Deficits::fixed_world_share}, {.tolerance = 1e-12});
  CHECK(solver.base_shift().resolved);
  const Vector base_wage = solver.base().value_added / world.accounts().value_added;
  // Wages move by up to a quarter of a percent when the base is solved.
  CHECK((base_wage - 1).abs().maxCoeff() == Catch::Approx(0.0025).margin(0.0005));
  const Equilibrium eq = solver.solve(Shock{});
  REQUIRE(eq.converged());
  KnownNumbers known("hkbu2017", "World of seven regions and 44 industries: no shock after the base is solved");
  CHECK(known.within((eq.wage_hat - 1).abs().maxCoeff(), 4e-9, "wages"));
  CHECK(known.within((eq.price_hat - 1).abs().maxCoeff(), 4e-9, "prices"));
}

TEST_CASE("world 2022: 60 percent both ways on all US-China goods") {
  const std::string package = "world2022-44x21";
  if (!has_shared_data(package)) SKIP("no reference data in " << shared_data(package));
  const World world = read_world(shared_data(package));
  const Scenario war = Scenario("60 percent, both ways")
                           .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.60})
                           .tariff({.importer = "CHN", .exporter = "USA", .sector = "goods", .rate = 0.60});
  const Solver solver(world, {.deficits = Deficits::fixed_world_share});
  CHECK_FALSE(solver.base_shift().resolved);
  const Equilibrium eq = solver.solve(war);
  REQUIRE(eq.converged());
  const Vector real_income = real_income_pct(eq);
  KnownNumbers known(
      "world-2022",
      "World of 2022 (44 x 21), 60 percent both ways on US-China goods, measured by an independent program");
  const auto expect = [&](const char* region, double printed, double half_digit) {
    const double found = real_income[world.regions().at(region)];
    CAPTURE(region, found);
    CHECK(known.within(std::abs(found - printed), half_digit, std::string(region) + ", real income in percent"));
  };
  expect("USA", -0.334, 0.0005);
  expect("CHN", -0.294, 0.0005);
  expect("VNM", 0.51, 0.005);
  expect("MEX", 0.20, 0.005);
  const Index chn = world.regions().at("CHN"), usa = world.regions().at("USA");
  double before = 0, after = 0;
  for (Index j = 0; j < world.sectors().size(); ++j) {
    if (world.data().sector_kinds[static_cast<std::size_t>(j)] != "goods") continue;
    before += eq.base->flows(chn, usa, j);
    after += eq.counterfactual.flows(chn, usa, j);
  }
  CHECK(known.within(std::abs(100 * (after / before - 1) - -86), 0.5, "Chinese goods sold to the USA, percent"));
}
