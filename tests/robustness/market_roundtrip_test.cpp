// write and read a market: flows, tariffs, elasticities and notes come back bit for bit, and written bytes are a fixed
// point.
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string>

#include "../../benchmarks/market_table.hpp"
#include "support/catch.hpp"
#include "support/draw.hpp"
#include "support/hand_markets.hpp"
#include "support/shared_data.hpp"
#include "support/small_market.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/market_package.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
namespace fs = std::filesystem;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Same bits, so that -0 and 0 differ.
template <class Number>
bool same_bits(std::span<const Number> a, std::span<const Number> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

void require_same(const Market& a, const Market& b) {
  CHECK(a.info() == b.info());
  CHECK(a.regions() == b.regions());
  CHECK(a.sectors() == b.sectors());
  CHECK(a.sector_kinds() == b.sector_kinds());
  CHECK(a.groups() == b.groups());
  REQUIRE(a.products() == b.products());
  for (Index k = 0; k < a.products().size(); ++k) {
    REQUIRE(a.sector_of(k) == b.sector_of(k));
    REQUIRE(a.flows(k).last == b.flows(k).last);
    REQUIRE(a.suppliers(k).last == b.suppliers(k).last);
    REQUIRE(a.buyers(k).last == b.buyers(k).last);
  }
  CHECK(same_bits(a.supplier(), b.supplier()));
  CHECK(same_bits(a.buyer(), b.buyer()));
  CHECK(same_bits(a.supplier_region(), b.supplier_region()));
  CHECK(same_bits(a.buyer_region(), b.buyer_region()));
  CHECK(same_bits(a.value(), b.value()));
  CHECK(same_bits(a.tariff(), b.tariff()));
  CHECK(same_bits(a.supply(), b.supply()));
  CHECK(same_bits(a.demand(), b.demand()));
  CHECK(same_bits(a.substitution(), b.substitution()));
}

// In memory and through a folder.
void require_round_trip(const Market& market, const std::string& name) {
  const PackageFiles files = format_market(market);
  const Market again = parse_market(files, name);
  require_same(market, again);
  CHECK(format_market(again) == files);

  const fs::path folder = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "market roundtrip" / name;
  write_market(market, folder);
  require_same(market, read_market(folder));
  for (const auto& [file, text] : files) {
    std::ifstream in(folder / file, std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
  }
  CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) ==
        static_cast<std::ptrdiff_t>(files.size()));
}

MarketData two_products() {
  Eigen::MatrixXd flows(3, 3), tariffs = Eigen::MatrixXd::Zero(3, 3);
  flows << 5, 1.0 / 3.0, 2, 0, 1e-300, 4, 7, 5e-324, 0;
  tariffs(0, 1) = 0.1 + 0.2;
  tariffs(2, 0) = -0.0;
  tariffs(1, 2) = -0.5;
  return hand_market_data({{flows, tariffs, {-1.25, kInfinity, 5}}, {flows.transpose(), {}, {-0.0, 0, 0.1}}});
}

// Elasticities that differ by region, in every product that is not left alone.
MarketData by_region(Index alone) {
  MarketData data = two_products();
  Draw draw(3);
  for (auto* table : {&data.demand, &data.supply, &data.substitution}) {
    table->by_product = table->by_product.replicate(1, 3).eval();
    for (Index k = 0; k < 2; ++k) {
      for (Index n = 0; n < 3 && k != alone; ++n) {
        table->by_product(k, n) = (table == &data.demand ? -1 : 1) * draw.uniform(0.1, 9);
      }
    }
  }
  if (alone != 1) data.supply.by_product(1, 2) = kInfinity;
  return data;
}

}  // namespace

TEST_CASE("Market package: elasticities of products round-trip bit for bit", "[robustness]") {
  const Market market(two_products());
  require_round_trip(market, "products");
  const PackageFiles files = format_market(market);
  CHECK(files.count("products.csv") == 1);
  CHECK(files.count("elasticities.csv") == 0);  // each product has one number for all regions
  CHECK(files.count("groups.csv") == 0);
}

TEST_CASE("Market package: elasticities by region round-trip bit for bit", "[robustness]") {
  for (const Index alone : {Index{-1}, Index{0}, Index{1}}) {
    const Market market(by_region(alone));
    require_round_trip(market, "regions" + std::to_string(alone + 1));
    const std::string text = format_market(market).at("elasticities.csv");
    CHECK((text.find(",P1,") == std::string::npos) == (alone == 0));
    CHECK((text.find(",P2,") == std::string::npos) == (alone == 1));
  }
}

TEST_CASE("Market package: sectors that are products round-trip without products.csv", "[robustness]") {
  for (const bool common : {true, false}) {
    MarketData data = common ? two_products() : by_region(-1);
    data.sectors = Labels("sector", {"P1", "P2"});
    data.sector_of = {0, 1};
    const Market market(std::move(data));
    require_round_trip(market, common ? "sectors" : "sectors by region");
    CHECK(format_market(market).count("products.csv") == 0);
  }
}

TEST_CASE("Market package: a package read, written and read is the same market", "[robustness]") {
  const Market market = parse_market(small_market(), "small");
  CHECK(market.fallbacks().demand == 1);
  CHECK(market.fallbacks().substitution == 2);
  CHECK(market.demand()[market.buyers(1).first] == -1.5);       // of the sector in BBB
  CHECK(market.demand()[market.buyers(1).first + 1] == -0.75);  // of the product in CCC
  require_round_trip(market, "small");
  CHECK(parse_market(format_market(market), "small").fallbacks().demand == 0);
}

TEST_CASE("Market package: a thousand products of many regions round-trip bit for bit", "[robustness]") {
  MarketData data = bench::synthetic_market({1000, 40, 60}, 5);
  Draw draw(8);
  data.demand.by_product = data.demand.by_product.replicate(1, 40).eval();
  for (Index k = 0; k < 1000; k += 3) data.demand.by_product(k, k % 40) = -draw.uniform(0.1, 4);
  require_round_trip(Market(std::move(data)), "thousand");
}

TEST_CASE("Market package: unusual labels, notes and groups round-trip", "[robustness]") {
  MarketData data = by_region(1);
  data.info = {"Market 1, \"ours\"",
               "Größe — 世界\n\ttwo lines",
               -44,
               "",
               "€ 10⁶",
               "cif",
               "cite\\us",
               {{"a", "", "c"}},
               {"one"},
               {{"*", Date(2021, 7, 1)}}};
  data.regions = Labels("region", {"A,B", "say \"x\"", " blank "}, {"", "a\r", "x,y"});
  data.sectors = Labels("sector", {"a b"}, {"\t"});
  data.sector_kinds = {"services"};
  data.products = Labels("product", {"010121", "Ω"}, {"\"", " "});
  data.groups = {{"ALL", {" blank ", "A,B"}}, {"with, comma", {"A,B"}}};
  require_round_trip(Market(data), "unusual");
  data.info.name.clear();
  require_round_trip(Market(data), "nameless");
}

TEST_CASE("Market package: the imports of one region round-trip", "[robustness]") {
  const Market market = parse_market(small_market(), "small");
  require_round_trip(market.imports_of(0), "imports");
}

TEST_CASE("Market package: GSIM's example round-trips", "[robustness]") {
  if (!has_shared_data("gsim4x4")) SKIP("no shared data package gsim4x4");
  require_round_trip(read_market(shared_data("gsim4x4")), "gsim4x4");
}

TEST_CASE("Market package: what no table can hold is refused", "[robustness]") {
  const auto refused = [](auto edit) {
    MarketData data = two_products();
    edit(data);
    const Market market(std::move(data));
    CHECK_THROWS_AS(format_market(market), InvalidInput);
  };
  refused([](MarketData& d) { d.regions = Labels("region", {"A\nB", "C", "D"}); });
  refused([](MarketData& d) { d.sector_kinds = {"food"}; });
  refused([](MarketData& d) { d.groups = {{"", {"A"}}}; });
  refused([](MarketData& d) { d.groups = {{"*", {"A"}}}; });
  refused([](MarketData& d) { d.info.title = "latin \xE4"; });
}

TEST_CASE("Market package: a folder of something else is not replaced", "[robustness]") {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "market replace";
  fs::remove_all(root);
  fs::create_directories(root / "empty");
  const Market market(two_products());
  const auto refused = [&](const fs::path& folder) {
    try {
      write_market(market, folder);
    } catch (const InvalidInput& e) {
      CHECK_FALSE(e.remedy().empty());
      return e.problem();
    }
    return std::string("written");
  };
  CHECK(refused(root / "empty") == "written");
  CHECK(refused(root / "empty") == "written");
  std::ofstream(root / "empty/notes.txt") << "mine";
  CHECK(refused(root / "empty") == "holds 'notes.txt', which is not part of a market package");
  CHECK(fs::exists(root / "empty/notes.txt"));
  fs::create_directories(root / "world");  // a world has neither products nor elasticities
  for (const char* file : {"datapackage.json", "regions.csv", "sectors.csv", "flows.csv"}) {
    std::ofstream(root / "world" / file) << "mine";
  }
  CHECK(refused(root / "world") == "is not a market package that was written by this program");
  for (int after = 0; after < 4; ++after) {
    int asked = 0;
    CHECK_THROWS_AS(write_market(market, root / "stopped", [&] { return asked++ == after; }), Interrupted);
    CHECK_FALSE(fs::exists(root / "stopped"));
  }
}
