// The four-region example of Francois and Hall (2003), digit by digit.
#include <cmath>
#include <map>
#include <string>

#include "support/catch.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/market_package.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

Scenario free_trade() {
  return Scenario("US-EU free trade")
      .tariff({.importer = "USA", .exporter = "EUR", .rate = 0.0})
      .tariff({.importer = "EUR", .exporter = "USA", .rate = 0.0});
}

// Sums by region of what the one product's suppliers and buyers have.
std::map<std::string, std::map<std::string, double>> by_region(const PartialEquilibrium& eq) {
  std::map<std::string, std::map<std::string, double>> rows;
  for (std::size_t s = 0; s < eq.producer_surplus.size(); ++s) {
    auto& row = rows[eq.market.regions().code(eq.market.supplier_region()[s])];
    row["producer_price_change"] = eq.world_price_hat[s] - 1;
    row["producer_surplus"] += eq.producer_surplus[s];
    row["net_welfare"] += eq.producer_surplus[s];
  }
  for (std::size_t b = 0; b < eq.consumer_surplus.size(); ++b) {
    auto& row = rows[eq.market.regions().code(eq.market.buyer_region()[b])];
    const double revenue = eq.tariff_revenue[b] - eq.tariff_revenue_base[b];
    row["composite_price_change"] = eq.price_hat[b] - 1;
    row["consumer_surplus"] += eq.consumer_surplus[b];
    row["tariff_revenue_change"] += revenue;
    row["net_welfare"] += eq.consumer_surplus[b] + revenue;
  }
  return rows;
}

}  // namespace

TEST_CASE("GSIM: the 4 x 4 example of Francois and Hall (2003), to every digit printed") {
  if (!has_shared_data("gsim4x4")) SKIP("no reference data in " << shared_data("gsim4x4"));
  const Market market = read_market(shared_data("gsim4x4"));
  REQUIRE(market.value().size() == 14);
  const PartialEquilibrium eq = solve(market, free_trade(), Gsim{.published_sign = true});
  REQUIRE(eq.converged());
  CHECK(eq.certificate.worst() < 1e-13);
  auto found = by_region(eq);

  const auto printed = csv_rows(shared_data("gsim4x4") / "expected" / "published_digits.csv");
  REQUIRE(printed.size() == 4);
  for (const auto& row : printed) {
    for (const auto& [column, text] : row) {
      if (column == "region") continue;
      CAPTURE(row.at("region"), column);
      const double half_digit = column.find("price") != std::string::npos ? 0.5e-4 : 0.5e-3;
      CHECK(std::abs(found[row.at("region")].at(column) - std::stod(text)) <= half_digit * (1 + 1e-9));
    }
  }
  for (const auto& row : csv_rows(shared_data("gsim4x4") / "expected" / "us_eu_free_regions.csv")) {
    for (const auto& [column, text] : row) {
      if (column == "region" || column == "consumer_surplus_without_sign_factor") continue;
      CAPTURE(row.at("region"), column);
      CHECK(found[row.at("region")].at(column) == Catch::Approx(std::stod(text)).epsilon(1e-11));
    }
  }
  std::map<std::string, double> values;
  for (std::size_t f = 0; f < market.value().size(); ++f) {
    values[market.regions().code(market.exporter(f)) + market.regions().code(market.importer(f))] = eq.value(f);
  }
  for (const auto& row : csv_rows(shared_data("gsim4x4") / "expected" / "us_eu_free_flows.csv")) {
    CAPTURE(row.at("exporter"), row.at("importer"));
    CHECK(values[row.at("exporter") + row.at("importer")] ==
          Catch::Approx(std::stod(row.at("value"))).epsilon(1e-12).margin(1e-12));
  }
}

TEST_CASE("GSIM: without the published sign, consumer surplus is the second-order area") {
  if (!has_shared_data("gsim4x4")) SKIP("no reference data in " << shared_data("gsim4x4"));
  auto found = by_region(solve(read_market(shared_data("gsim4x4")), free_trade(), Gsim{}));
  for (const auto& row : csv_rows(shared_data("gsim4x4") / "expected" / "us_eu_free_regions.csv")) {
    CAPTURE(row.at("region"));
    CHECK(found[row.at("region")].at("consumer_surplus") ==
          Catch::Approx(std::stod(row.at("consumer_surplus_without_sign_factor"))).epsilon(1e-11));
  }
}

TEST_CASE("GSIM: the table of new tariffs that ships with the example is the same shock") {
  if (!has_shared_data("gsim4x4")) SKIP("no reference data in " << shared_data("gsim4x4"));
  const Market market = read_market(shared_data("gsim4x4"));
  const Scenario table =
      Scenario().tariff({.rate = read_table(shared_data("gsim4x4") / "tariffs_us_eu_free.csv", Instrument::tariff)});
  CHECK(compile(table, market).tariff == compile(free_trade(), market).tariff);
}
