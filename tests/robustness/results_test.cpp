// The files of an answer: what is in them, and what must not be.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "support/output_folder.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/results.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

fs::path fresh(const std::string& name) { return fresh_folder("results", name); }

double number(const std::string& field) { return std::stod(field); }

}  // namespace

TEST_CASE("a C++ program and the command line write the same bytes", "[robustness]") {
  const fs::path root = fresh("same bytes"),
                 scenario = fs::path(TARIFFSIM_SOURCE_DIR) / "examples/scenarios/us-china-peak.toml";
  const std::string world = embedded_world("world-2022-27x12").string();
  const Equilibrium eq = solve(read_world(world), read_case(scenario));
  write_results(eq, root / "program");
  const std::string command = "'" TARIFFSIM_CLI "' run --quiet --world '" + world + "' --scenario '" +
                              scenario.string() + "' --out '" + (root / "line").string() + "'";
  REQUIRE(std::system(command.c_str()) == 0);
  for (const char* table : {"regions.csv", "sectors.csv", "flows.csv"}) {
    CHECK(text_of(root / "program" / table) == text_of(root / "line" / table));
  }
  const std::string summary = text_of(root / "program" / "summary.json");
  for (const auto& measure : eq.measures) CHECK_THAT(summary, ContainsSubstring(measure));
  CHECK(eq.measures == std::vector<std::string>{"tariff add 1.45 on importer USA; exporter CHN; sector goods",
                                                "tariff add 1.25 on importer CHN; exporter USA; sector goods"});
}

TEST_CASE("results are the equilibrium's own numbers", "[robustness]") {
  const World world = seeded_world(5, 3, 11);
  const Equilibrium eq =
      solve(world, Scenario("a tariff").tariff({.importer = "R1", .exporter = "R3", .sector = "S2", .rate = 0.5}));
  REQUIRE(eq.converged());
  const fs::path folder = fresh("numbers") / "answer";
  write_results(eq, folder);
  CHECK(names_in(folder) == std::set<std::string>{"summary.json", "regions.csv", "sectors.csv", "flows.csv"});

  const auto regions = csv_rows(folder / "regions.csv");
  const FirstOrderWelfare first_order = first_order_welfare(eq);
  REQUIRE(regions.size() == 5);
  for (Index n = 0; n < 5; ++n) {
    const auto& row = regions[static_cast<std::size_t>(n)];
    CHECK(row.at("region") == world.regions().code(n));
    CHECK(number(row.at("wage_hat")) == eq.wage_hat[n]);
    CHECK(number(row.at("price_hat")) == eq.consumer_price_hat[n]);
    CHECK(number(row.at("income_hat")) == income_hat(eq)[n]);
    CHECK(number(row.at("real_wage_pct")) == real_wage_pct(eq)[n]);
    CHECK(number(row.at("real_income_pct")) == real_income_pct(eq)[n]);
    CHECK(number(row.at("equivalent_variation")) == equivalent_variation(eq)[n]);
    CHECK(number(row.at("welfare_first_order_pct")) == first_order.total_pct[n]);
    CHECK(number(row.at("terms_of_trade_pct")) == first_order.terms_of_trade_pct[n]);
    CHECK(number(row.at("volume_of_trade_pct")) == first_order.volume_of_trade_pct[n]);
    CHECK(number(row.at("tariff_revenue_base")) == eq.base->tariff_revenue[n]);
    CHECK(number(row.at("tariff_revenue")) == eq.counterfactual.tariff_revenue[n]);
    CHECK(number(row.at("deficit_base")) == eq.base->deficit[n]);
    CHECK(number(row.at("deficit")) == eq.counterfactual.deficit[n]);
  }
  const auto sectors = csv_rows(folder / "sectors.csv");
  REQUIRE(sectors.size() == 15);
  CHECK(number(sectors[7].at("output")) == eq.counterfactual.output(2, 1));
  CHECK(number(sectors[7].at("price_hat")) == eq.price_hat(2, 1));

  double written = 0;
  for (const auto& row : csv_rows(folder / "flows.csv")) {
    const Index i = world.regions().at(row.at("exporter")), n = world.regions().at(row.at("importer")),
                j = world.sectors().at(row.at("sector"));
    CHECK(number(row.at("observed")) == world.flows()(i, n, j));
    CHECK(number(row.at("base")) == eq.base->flows(i, n, j));
    CHECK(number(row.at("counterfactual")) == eq.counterfactual.flows(i, n, j));
    CHECK(number(row.at("tariff_base")) == world.tariffs()(i, n, j));
    CHECK(number(row.at("tariff")) == (*eq.shock->tariffs)(i, n, j));
    CHECK(number(row.at("price_hat")) * number(row.at("quantity_hat")) * number(row.at("base")) ==
          Catch::Approx(number(row.at("counterfactual"))).epsilon(1e-12));
    written += number(row.at("counterfactual"));
  }
  CHECK(written == Catch::Approx(eq.counterfactual.flows.values().sum()).epsilon(1e-12));
}

TEST_CASE("what has no meaning is an empty cell and never a NaN", "[robustness]") {
  const World world = seeded_world(4, 2, 3);  // R2 makes no S1
  REQUIRE(world.flows()(1, 0, 0) == 0.0);
  const std::string seller = world.flows()(2, 0, 1) > 0 ? "R3" : "R4";
  REQUIRE(world.flows()(seller == "R3" ? 2 : 3, 0, 1) > 0);
  const fs::path root = fresh("empty cells");
  const Equilibrium eq = solve(world, Scenario("a ban and a taste")
                                          .ban({.importer = "R1", .exporter = seller, .sector = "S2"})
                                          .taste({.importer = "R4", .exporter = "R1", .sector = "S1", .factor = 2.0}));
  REQUIRE(eq.converged());
  write_results(eq, root / "answer");
  for (const char* file : {"regions.csv", "sectors.csv", "flows.csv", "summary.json"}) {
    const std::string text = text_of(root / "answer" / file);
    CHECK(text.find("nan") == std::string::npos);
    CHECK(text.find("inf") == std::string::npos);
  }
  bool banned = false;
  for (const auto& row : csv_rows(root / "answer" / "flows.csv")) {
    CHECK(number(row.at("base")) > 0);
    if (row.at("exporter") != seller || row.at("importer") != "R1" || row.at("sector") != "S2") continue;
    banned = true;
    CHECK(row.at("counterfactual") == "0");
    CHECK(row.at("quantity_hat") == "0");
    CHECK(row.at("price_hat").empty());
  }
  CHECK(banned);
  for (const auto& row : csv_rows(root / "answer" / "sectors.csv")) {
    CHECK(row.at("cost_hat").empty() == (row.at("region") == "R2" && row.at("sector") == "S1"));
  }
  for (const auto& row : csv_rows(root / "answer" / "regions.csv")) {
    CHECK(row.at("welfare_first_order_pct").empty());  // the formula is made for tariffs alone
    CHECK_FALSE(row.at("real_income_pct").empty());
  }
  CHECK_THAT(text_of(root / "answer" / "summary.json"), ContainsSubstring("\"real_income_comparable\": false"));
}

TEST_CASE("a solve without an answer writes its diagnosis alone, also over an earlier answer", "[robustness]") {
  const World world = seeded_world(3, 2, 4);
  const fs::path folder = fresh("diagnosis") / "answer";
  write_results(solve(world, Scenario("nothing")), folder);
  CHECK(names_in(folder).size() == 4);
  SolveOptions impatient;
  impatient.max_evaluations = 1;
  const Equilibrium eq =
      solve(world, Scenario("too much").tariff({.importer = "*", .exporter = "*", .sector = "*", .rate = 3.0}), {},
            impatient);
  REQUIRE_FALSE(eq.converged());
  write_results(eq, folder);
  CHECK(names_in(folder) == std::set<std::string>{"summary.json"});
  const std::string summary = text_of(folder / "summary.json");
  CHECK_THAT(summary, ContainsSubstring("\"status\": \"stalled\""));
  CHECK_THAT(summary, ContainsSubstring("\"diagnosis\": \""));
  write_base_failure(world, {Scenario("x"), {}}, "no base", folder);
  CHECK_THAT(text_of(folder / "summary.json"), ContainsSubstring("\"diagnosis\": \"no base\""));
}

TEST_CASE("only an earlier answer is replaced", "[robustness]") {
  const fs::path root = fresh("replace");
  const Equilibrium eq = solve(seeded_world(3, 1, 4), Scenario("nothing"));
  const auto refused = [&](const fs::path& folder) {
    std::string early, late = "written";
    try {
      require_results_folder(folder);
    } catch (const InvalidInput& e) {
      early = e.problem();
    }
    try {
      write_results(eq, folder);
    } catch (const InvalidInput& e) {
      CHECK_FALSE(e.remedy().empty());
      late = e.problem();
    }
    CHECK(early == (late == "written" ? "" : late));
    return late;
  };
  CHECK(refused(root / "a/new/folder") == "written");
  CHECK(refused(root / "a/new/folder") == "written");
  std::ofstream(root / "a/new/folder/mine.txt") << "x";
  CHECK(refused(root / "a/new/folder") == "holds 'mine.txt', which is not part of a result");
  CHECK(text_of(root / "a/new/folder/mine.txt") == "x");
  fs::create_directories(root / "other");
  std::ofstream(root / "other/summary.json") << "{\"status\": \"converged\"}";
  CHECK(refused(root / "other") == "is not the result of an earlier run: it has no summary.json of one");
  std::ofstream(root / "other/summary.json") << "{";
  CHECK(refused(root / "other") == "is not the result of an earlier run: it has no summary.json of one");
  CHECK(refused(root / "other/summary.json") == "is a file, not a folder");
  CHECK(refused(root / "other/summary.json/answer") == "cannot write in it: Not a directory");
  CHECK(refused("/") == "is not the name of a folder to write");
}
