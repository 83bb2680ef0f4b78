// The files of an answer of a market and of a link: what is in them, and what must not be.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/hand_markets.hpp"
#include "support/hand_worlds.hpp"
#include "support/output_folder.hpp"
#include "support/shared_data.hpp"
#include "support/small_market.hpp"
#include "support/small_package.hpp"
#include "tariffsim/analysis/market_totals.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/market_results.hpp"
#include "tariffsim/io/results.hpp"
#include "tariffsim/solve/link.hpp"
#include "tariffsim/solve/solve.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

const std::set<std::string> kFiles = {"summary.json", "regions.csv",   "sectors.csv", "region_sectors.csv",
                                      "flows.csv",    "suppliers.csv", "buyers.csv"};

fs::path fresh(const std::string& name) { return fresh_folder("market results", name); }

double number(const std::string& field) { return std::stod(field); }

Market small() { return parse_market(small_market(), "small"); }

Scenario higher() {
  return Scenario("25 points more").tariff({.importer = "AAA", .rate = 0.25, .operation = Operation::add});
}

/// A market that has no equilibrium in its second product, where nothing answers to the level of prices.
PartialEquilibrium without_equilibrium() {
  const Eigen::MatrixXd flows = Eigen::MatrixXd::Constant(2, 2, 3);
  const Market market = hand_market({{flows, {}}, {flows, {}, {0, 0, 5}}});
  return solve(market, Scenario("up").tariff({.importer = "A", .rate = 0.5}));
}

/// What is linked to the small world: its goods as one product, in part.
Linked linked_answer(double rate = 0.3, const Shock& rest = {}) {
  PackageFiles files = {{"regions.csv", "region,name\nAAA,a\nBBB,b\nCCC,c\n"},
                        {"sectors.csv", "sector,kind\nGDS,goods\nSRV,services\n"},
                        {"products.csv", "code,sector,demand,supply,substitution\nP,GDS,-1,inf,6\nQ,SRV,-1,inf,3\n"},
                        {"flows.csv",
                         "exporter,importer,product,value\nAAA,AAA,P,60\nBBB,AAA,P,8\nCCC,AAA,P,3\nCCC,BBB,P,2\n"
                         "AAA,CCC,Q,1.5\n"}};
  const Market market = parse_market(files, "linked");
  const Solver solver(parse_world(small_package(), "small"));
  const auto change = Scenario("on goods").tariff({.importer = "AAA", .sector = "GDS", .rate = rate});
  return link(solver, market, compile(change, market), rest);
}

std::string refusal(const fs::path& folder, void (*ask)(const fs::path&)) {
  try {
    ask(folder);
  } catch (const InvalidInput& e) {
    CHECK_FALSE(e.remedy().empty());
    return e.problem();
  }
  return "free";
}

}  // namespace

TEST_CASE("Market results: a C++ program and the command line write the same bytes", "[robustness]") {
  const fs::path root = fresh("same bytes");
  write_market(small(), root / "market");
  std::ofstream(root / "up.toml") << "title = \"25 points more\"\n[theory]\nname = \"gsim\"\n[[measure]]\n"
                                     "kind = \"tariff\"\nimporter = \"AAA\"\nexporter = \"*\"\nsector = \"*\"\n"
                                     "rate = 0.25\noperation = \"add\"\n";
  const Case declared = read_case(root / "up.toml");
  write_market_results(solve(read_market(root / "market"), declared.scenario, declared.market_theory.value()),
                       root / "program");
  const std::string command = "'" TARIFFSIM_CLI "' market run --quiet --market '" + (root / "market").string() +
                              "' --scenario '" + (root / "up.toml").string() + "' --out '" + (root / "line").string() +
                              "'";
  REQUIRE(std::system(command.c_str()) == 0);
  CHECK(names_in(root / "line") == kFiles);
  for (const auto& file : kFiles) {
    if (file != "summary.json") CHECK(text_of(root / "program" / file) == text_of(root / "line" / file));
  }
  CHECK_THAT(text_of(root / "line/summary.json"), ContainsSubstring("\"name\": \"gsim\""));
}

TEST_CASE("Market results: they are the equilibrium's own numbers", "[robustness]") {
  const Market market = small();
  const PartialEquilibrium eq = solve(market, higher());
  REQUIRE(eq.converged());
  const fs::path folder = fresh("numbers") / "answer";
  write_market_results(eq, folder);
  CHECK(names_in(folder) == kFiles);

  const auto flows = csv_rows(folder / "flows.csv");
  REQUIRE(flows.size() == market.value().size());
  for (std::size_t f = 0; f < flows.size(); ++f) {
    CHECK(flows[f].at("exporter") == market.regions().code(market.exporter(f)));
    CHECK(flows[f].at("importer") == market.regions().code(market.importer(f)));
    CHECK(number(flows[f].at("base")) == market.value()[f]);
    CHECK(number(flows[f].at("value")) == eq.value(f));
    CHECK(number(flows[f].at("quantity_hat")) == eq.quantity_hat[f]);
    CHECK(number(flows[f].at("tariff_base")) == market.tariff()[f]);
    CHECK(number(flows[f].at("tariff")) == eq.tariff[f]);
    CHECK(flows[f].size() == 8);
  }
  CHECK(flows.front().at("product") == "0101");
  const auto suppliers = csv_rows(folder / "suppliers.csv");
  REQUIRE(suppliers.size() == market.supply().size());
  for (std::size_t s = 0; s < suppliers.size(); ++s) {
    CHECK(number(suppliers[s].at("world_price_hat")) == eq.world_price_hat[s]);
    CHECK(number(suppliers[s].at("producer_surplus")) == eq.producer_surplus[s]);
  }
  const auto buyers = csv_rows(folder / "buyers.csv");
  REQUIRE(buyers.size() == market.demand().size());
  for (std::size_t b = 0; b < buyers.size(); ++b) {
    CHECK(number(buyers[b].at("price_hat")) == eq.price_hat[b]);
    CHECK(number(buyers[b].at("consumer_surplus")) == eq.consumer_surplus[b]);
    CHECK(number(buyers[b].at("tariff_revenue_base")) == eq.tariff_revenue_base[b]);
    CHECK(number(buyers[b].at("tariff_revenue")) == eq.tariff_revenue[b]);
  }

  const MarketTotals totals = market_totals(eq);
  const auto cells = csv_rows(folder / "region_sectors.csv");
  REQUIRE(cells.size() == 6);
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const Index n = static_cast<Index>(c) / 2, j = static_cast<Index>(c) % 2;
    CHECK(cells[c].at("region") == market.regions().code(n));
    CHECK(cells[c].at("sector") == market.sectors().code(j));
    CHECK(number(cells[c].at("exports")) == totals.exports(n, j));
    CHECK(number(cells[c].at("imports_base")) == totals.imports_base(n, j));
    CHECK(number(cells[c].at("net_welfare")) == totals.net_welfare()(n, j));
    // CCC sells no services and buys some; AAA and BBB the other way round.
    const bool sells = j == 0 || n != 2, buys = j == 0 || n == 2;
    REQUIRE(cells[c].at("world_price_hat").empty() == !sells);
    REQUIRE(cells[c].at("price_hat").empty() == !buys);
    if (sells) CHECK(number(cells[c].at("world_price_hat")) == totals.world_price_hat(n, j));
    if (buys) CHECK(number(cells[c].at("price_hat")) == totals.price_hat(n, j));
  }
  double by_region = 0, by_sector = 0;
  for (const auto& row : csv_rows(folder / "regions.csv")) by_region += number(row.at("net_welfare"));
  for (const auto& row : csv_rows(folder / "sectors.csv")) by_sector += number(row.at("net_welfare"));
  CHECK(by_region == Catch::Approx(totals.net_welfare().sum()));
  CHECK(by_sector == Catch::Approx(totals.net_welfare().sum()));

  const std::string summary = text_of(folder / "summary.json");
  for (const char* part : {"\"answer\": \"market\"", "\"status\": \"converged\"", "\"title\": \"25 points more\"",
                           "\"name\": \"partial\"", "\"all\": 3", "\"changed\": 1", "\"flows\": 8"}) {
    CHECK_THAT(summary, ContainsSubstring(part));
  }
}

TEST_CASE("Market results: SMART adds its two effects, a linear form says how many flows are negative",
          "[robustness]") {
  const fs::path root = fresh("forms");
  const PartialEquilibrium smart = solve(small(), higher(), Smart{"AAA"});
  write_market_results(smart, root / "smart");
  const auto flows = csv_rows(root / "smart/flows.csv");
  REQUIRE(flows.size() == smart.trade_creation.size());
  for (std::size_t f = 0; f < flows.size(); ++f) {
    CHECK(number(flows[f].at("trade_creation")) == smart.trade_creation[f]);
    CHECK(number(flows[f].at("trade_diversion")) == smart.trade_diversion[f]);
  }
  CHECK_THAT(text_of(root / "smart/summary.json"), ContainsSubstring("\"importer\": \"AAA\""));

  const auto ten_times = Scenario("x").tariff({.importer = "AAA", .exporter = "BBB", .rate = 10});
  write_market_results(solve(small(), ten_times, Gsim{}), root / "gsim");
  CHECK_THAT(text_of(root / "gsim/summary.json"), ContainsSubstring("\"negative_flows\": 1"));
  CHECK_THAT(text_of(root / "gsim/summary.json"), ContainsSubstring("\"published_sign\": false"));
}

TEST_CASE("Market results: curves that shift leave no surpluses", "[robustness]") {
  const Market market = small();
  MarketShock shock = compile(higher(), market);
  shock.cost_hat.assign(market.supply().size(), 1.1);
  const PartialEquilibrium eq = solve(market, std::move(shock));
  REQUIRE(eq.converged());
  const fs::path folder = fresh("shifts") / "answer";
  write_market_results(eq, folder);
  CHECK(names_in(folder) == kFiles);
  for (const char* file : {"regions.csv", "sectors.csv", "region_sectors.csv"}) {
    CHECK(text_of(folder / file).find("surplus") == std::string::npos);
    CHECK(text_of(folder / file).find("welfare") == std::string::npos);
  }
  for (const auto& row : csv_rows(folder / "suppliers.csv")) CHECK(row.at("cost_hat") == "1.1");
  for (const auto& row : csv_rows(folder / "buyers.csv")) CHECK(row.at("demand_hat") == "1");  // which no curve shifts
  CHECK_THAT(text_of(folder / "summary.json"), ContainsSubstring("\"shifts_curves\": true"));
}

TEST_CASE("Market results: without an equilibrium the first product is named, and no table is written",
          "[robustness]") {
  const fs::path folder = fresh("diagnosis") / "answer";
  write_market_results(solve(small(), higher()), folder);
  const PartialEquilibrium eq = without_equilibrium();
  REQUIRE_FALSE(eq.converged());
  write_market_results(eq, folder);
  CHECK(names_in(folder) == std::set<std::string>{"summary.json"});
  const std::string summary = text_of(folder / "summary.json");
  for (const char* part : {"\"status\": \"infeasible\"", "\"product\": \"P2\"", "\"infeasible\": 1",
                           "\"diagnosis\": \"the market of product P2 is infeasible"}) {
    CHECK_THAT(summary, ContainsSubstring(part));
  }
}

TEST_CASE("Market results: only an earlier answer of a market is replaced", "[robustness]") {
  const fs::path root = fresh("replace");
  const auto asked = [](const fs::path& folder) { return refusal(folder, require_market_results_folder); };
  const PartialEquilibrium eq = solve(small(), higher());
  CHECK(asked(root / "new") == "free");
  write_market_results(eq, root / "new");
  CHECK(asked(root / "new") == "free");
  write_market_results(eq, root / "new");
  std::ofstream(root / "new/mine.txt") << "x";
  CHECK(asked(root / "new") == "holds 'mine.txt', which is not part of a result");
  CHECK_THROWS_AS(write_market_results(eq, root / "new"), InvalidInput);
  CHECK(text_of(root / "new/mine.txt") == "x");
  // Neither replaces the answer of the other kind.
  const Equilibrium of_world = solve(seeded_world(3, 1, 4), Scenario("nothing"));
  write_results(of_world, root / "world");
  CHECK(asked(root / "world") == "is not the result of an earlier run of a market: it has no summary.json of one");
  write_market_results(without_equilibrium(), root / "failed");
  CHECK_THROWS_AS(write_results(of_world, root / "failed"), InvalidInput);
  for (int after = 0; after < 8; ++after) {
    int calls = 0;
    CHECK_THROWS_AS(write_market_results(eq, root / "stopped", [&] { return calls++ == after; }), Interrupted);
    CHECK_FALSE(fs::exists(root / "stopped"));
  }
}

TEST_CASE("Linked results: both answers and what ties them", "[robustness]") {
  const Linked linked = linked_answer();
  REQUIRE(linked.converged());
  const fs::path folder = fresh("linked") / "answer";
  write_linked(linked, folder);
  CHECK(names_in(folder) == std::set<std::string>{"summary.json", "linked_flows.csv", "world", "market"});
  CHECK(names_in(folder / "market") == kFiles);
  CHECK(names_in(folder / "world") == std::set<std::string>{"summary.json", "regions.csv", "sectors.csv", "flows.csv"});

  const auto rows = csv_rows(folder / "linked_flows.csv");
  REQUIRE(rows.size() == linked.flows.size());
  const World& world = linked.general.observed;
  for (std::size_t f = 0; f < rows.size(); ++f) {
    CHECK(rows[f].at("exporter") == world.regions().code(linked.flows[f].flow.exporter));
    CHECK(rows[f].at("importer") == world.regions().code(linked.flows[f].flow.importer));
    CHECK(rows[f].at("sector") == world.sectors().code(linked.flows[f].flow.sector));
    CHECK(number(rows[f].at("duty_hat")) == linked.flows[f].duty_hat);
    CHECK(number(rows[f].at("trade_cost_hat")) == linked.flows[f].trade_cost_hat);
  }
  // The small world has no services from AAA to CCC.
  REQUIRE(linked.unlinked_flows == 1);
  const std::string summary = text_of(folder / "summary.json");
  for (const char* part : {"\"answer\": \"link\"", "\"status\": \"converged\"", "\"value\": 1.5", "\"flows\": 1",
                           "\"market\": \"on goods\""}) {
    CHECK_THAT(summary, ContainsSubstring(part));
  }
  const fs::path alone = fresh("alone");
  write_results(linked.general, alone / "world");
  write_market_results(linked.partial, alone / "market");
  for (const char* file : {"world/flows.csv", "world/summary.json", "market/flows.csv", "market/buyers.csv"}) {
    CHECK(text_of(folder / file) == text_of(alone / file));
  }
}

TEST_CASE("Linked results: without an answer the diagnosis alone, over an earlier answer and nothing else",
          "[robustness]") {
  const fs::path root = fresh("linked replace"), folder = root / "answer";
  const auto asked = [](const fs::path& at) { return refusal(at, require_linked_folder); };
  const Linked linked = linked_answer();
  write_linked(linked, folder);
  CHECK(asked(folder) == "free");
  Linked stalled = linked;
  stalled.status = Status::stalled;
  stalled.diagnosis = "stopped by the caller in round 3";
  stalled.gap = std::numeric_limits<double>::infinity();
  write_linked(stalled, folder);
  CHECK(names_in(folder) == std::set<std::string>{"summary.json"});
  CHECK_THAT(text_of(folder / "summary.json"),
             ContainsSubstring("\"diagnosis\": \"stopped by the caller in round 3\""));
  CHECK_THAT(text_of(folder / "summary.json"), ContainsSubstring("\"gap\": null"));
  write_linked_base_failure(linked.general.observed, {Scenario("x"), {}}, "no base", folder);
  CHECK_THAT(text_of(folder / "summary.json"), ContainsSubstring("\"diagnosis\": \"no base\""));

  write_linked(linked, folder);
  std::ofstream(folder / "market/mine.txt") << "x";
  CHECK(asked(folder) == "holds 'market/mine.txt', which is not part of a result");
  CHECK_THROWS_AS(write_linked(linked, folder), InvalidInput);
  CHECK(text_of(folder / "market/mine.txt") == "x");
  fs::remove(folder / "market/mine.txt");
  fs::create_directories(folder / "world/deeper");
  CHECK(asked(folder) == "holds 'world/deeper', which is not part of a result");
  fs::remove(folder / "world/deeper");
  fs::create_directories(folder / "flows");
  CHECK(asked(folder) == "holds 'flows', which is not part of a result");
  write_market_results(linked.partial, root / "market");
  CHECK(asked(root / "market").find("which is not part of a result") != std::string::npos);
  for (int after = 0; after < 14; ++after) {
    int calls = 0;
    CHECK_THROWS_AS(write_linked(linked, root / "stopped", [&] { return calls++ == after; }), Interrupted);
    CHECK_FALSE(fs::exists(root / "stopped"));
  }
}
