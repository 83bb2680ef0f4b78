// A second real world with several sectors, without published digits: the tariffs of 2018 by two independent routes.
#include <algorithm>
#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/reference_solver.hpp"
#include "support/results.hpp"
#include "support/shared_data.hpp"
#include "support/validation.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

/// The American and the Chinese increases of 2018 and 2019.
Scenario increases() {
  const auto table = [](const char* file) { return read_table(shared_data("hkbu2017") / file, Instrument::tariff); };
  return Scenario("2018")
      .tariff({.importer = {"USA"},
               .exporter = {"CHN"},
               .rate = table("tariffs_trump_2018.csv"),
               .operation = Operation::add})
      .tariff({.importer = {"CHN"},
               .exporter = {"USA"},
               .rate = table("tariffs_china_2018.csv"),
               .operation = Operation::add});
}

double gap(const Solver& solver, const Equilibrium& eq, const ReferenceLevels& before, const ReferenceLevels& after) {
  return std::max({relative_difference(eq.wage_hat, after.wage / before.wage),
                   relative_difference(eq.price_hat, after.price / before.price),
                   relative_difference(eq.cost_hat, after.cost / before.cost),
                   relative_difference(eq.counterfactual.income, after.income),
                   flow_difference(solver.base().flows, before.flows, before.expenditure),
                   flow_difference(eq.counterfactual.flows, after.flows, after.expenditure)});
}

}  // namespace

TEST_CASE("hkbu2017: the tariffs of 2018 by a second solver") {
  if (!has_shared_data("hkbu2017")) SKIP("no reference data in " << shared_data("hkbu2017"));
  const World world = read_world(shared_data("hkbu2017"));
  KnownNumbers known("hkbu2017-2018",
                     "World of seven regions and 44 industries, US and Chinese tariffs of 2018, an independent solver");
  for (const auto deficits : {Deficits::balanced, Deficits::fixed_world_share}) {
    CAPTURE(name(deficits));
    const Solver solver(world, {.deficits = deficits}, {.tolerance = 1e-12});
    const Equilibrium eq = solver.solve(increases());
    REQUIRE(eq.converged());
    const ReferenceSolver reference(world, deficits);
    const ReferenceLevels after = reference.solve(increases().compile(world), 1);
    REQUIRE(after.residual < 1e-11);
    CHECK(known.within(gap(solver, eq, reference.base(), after), 1e-9,
                       std::string(name(deficits)) + ", all levels and hats"));
  }
}

TEST_CASE("hkbu2017: the tariffs of 2018 with half of the external economies of scale by a second solver") {
  if (!has_shared_data("hkbu2017")) SKIP("no reference data in " << shared_data("hkbu2017"));
  const World world = read_world(shared_data("hkbu2017"));
  Vector scale = Vector::Zero(world.sectors().size());
  // At all of psi the links between industries multiply returns to scale until no equilibrium is near the data.
  constexpr double kPart = 0.5;
  Parameter psi(0.0);
  for (const auto& row : csv_rows(shared_data("hkbu2017") / "notes" / "scale_elasticities.csv")) {
    const Index j = world.sectors().at(row.at("sector"));
    psi.by[row.at("sector")] = scale[j] = kPart * std::stod(row.at("psi"));
  }
  const Solver solver(world, Theory::external_economies(psi), {.deficits = Deficits::fixed_world_share},
                      {.tolerance = 1e-12});
  const Equilibrium eq = solver.solve(increases());
  INFO(eq.diagnosis);
  REQUIRE(eq.converged());
  const ReferenceSolver reference(world, Deficits::fixed_world_share, scale);
  REQUIRE(reference.base().residual < 1e-11);
  const ReferenceLevels after = reference.solve(increases().compile(world), 4);
  REQUIRE(after.residual < 1e-11);
  KnownNumbers known(
      "hkbu2017-scale",
      "World of seven regions and 44 industries, tariffs of 2018, half of the source's external economies of scale");
  CHECK(known.within(gap(solver, eq, reference.base(), after), 1e-8, "external economies, all levels and hats"));
}
