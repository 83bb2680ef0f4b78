// Market folders that are wrong: the message names the file, the line and a remedy.
#include <string>

#include "support/catch.hpp"
#include "tariffsim/io/market_package.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;

namespace {

PackageFiles by_product() {
  return {{"regions.csv", "region,name\nA,Aland\nB,Borduria\n"},
          {"sectors.csv", "sector,name,kind,trade_elasticity\nS,Stuff,goods,4\nT,Tools,goods,2\n"},
          {"products.csv", "code,sector,demand,supply,substitution\n0101,S,-1.25,1.5,5\n0102,T,,inf,\n"},
          {"flows.csv", "exporter,importer,product,value,tariff\nA,B,0101,10,0.1\nB,A,0101,5,\nA,B,0102,3,0.2\n"},
          {"elasticities.csv", "sector,demand,supply,substitution\nT,-2,,6\n"}};
}

std::string refusal(const std::string& file, const std::string& text) {
  PackageFiles files = by_product();
  files[file] = text;
  try {
    static_cast<void>(parse_market(files, "pkg"));
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("Market folder: products take what they lack from their sector") {
  const Market m = parse_market(by_product(), "pkg");
  CHECK(m.products().codes() == std::vector<std::string>{"0101", "0102"});
  CHECK(m.value().size() == 3);
  CHECK(m.tariff()[m.flows(1).first] == 0.2);
  CHECK(m.demand()[m.buyers(1).first] == -2);
  CHECK(m.substitution()[m.buyers(1).first] == 6);
  CHECK(std::isinf(m.supply()[m.suppliers(1).first]));
  CHECK(m.fallbacks().demand == 1);
  CHECK(m.fallbacks().substitution == 1);
  CHECK(m.fallbacks().supply == 0);
}

TEST_CASE("Market folder: each malformed file, with line and remedy") {
  CHECK_THAT(refusal("flows.csv", "exporter,importer,product,value\nA,B,0101,10\nA,B,0101,3\n"),
             ContainsSubstring("pkg/flows.csv:3: the cell is listed twice, first in line 2"));
  CHECK_THAT(refusal("flows.csv", "exporter,importer,product,value\nA,Z,0101,10\n"),
             ContainsSubstring("pkg/flows.csv:2: unknown region code 'Z'"));
  CHECK_THAT(refusal("flows.csv", "exporter,importer,product,value\nA,B,0109,10\n"),
             ContainsSubstring("unknown product code '0109'"));
  CHECK_THAT(refusal("flows.csv", "exporter,importer,product,value\nA,B,0101,-2\n"),
             ContainsSubstring("pkg/flows.csv:2: value is -2"));
  CHECK_THAT(refusal("flows.csv", "exporter,importer,product,value,tariff\nA,B,0101,2,-1\n"),
             ContainsSubstring("pkg/flows.csv:2: tariff is -1"));
  CHECK_THAT(refusal("flows.csv", "exporter,importer,sector,value\nA,B,S,10\n"),
             ContainsSubstring("no column 'product'"));
  CHECK_THAT(refusal("tariffs.csv", "exporter,importer,product,rate\nA,B,0101,0.1\n"), ContainsSubstring("keep one"));
  CHECK_THAT(refusal("products.csv", "code,sector,demand\n0101,S,1.25\n0102,T,\n"),
             ContainsSubstring("pkg/products.csv:2: demand is 1.25"));
  CHECK_THAT(refusal("products.csv", "code,sector,supply\n0101,S,-1\n0102,T,\n"),
             ContainsSubstring("pkg/products.csv:2: supply is -1"));
  CHECK_THAT(refusal("products.csv", "code,sector\n0101,S\n0101,T\n"),
             ContainsSubstring("pkg/products.csv: code '0101' appears twice"));
  CHECK_THAT(refusal("products.csv", "code,sector\n0101,X\n"), ContainsSubstring("pkg/products.csv:2: unknown sector"));
  CHECK_THAT(refusal("elasticities.csv", "sector,demand,supply,substitution\nT,-2,,0\n"),
             ContainsSubstring("pkg/elasticities.csv:2: substitution is 0"));
  CHECK_THAT(refusal("elasticities.csv", "sector,demand\nS,-2\n"), ContainsSubstring("missing, for the product"));
  CHECK_THAT(refusal("elasticities.csv", "product,demand\n0109,-2\n"),
             ContainsSubstring("pkg/elasticities.csv:2: unknown product code '0109'"));
  CHECK_THAT(refusal("elasticities.csv", "product,sector,demand\n0101,S,-2\n"),
             ContainsSubstring("pkg/elasticities.csv:2: the row names both a product and a sector"));
  CHECK_THAT(refusal("elasticities.csv", "product,sector,demand\n,,-2\n"),
             ContainsSubstring("pkg/elasticities.csv:2: the row names neither a product nor a sector"));
  CHECK_THAT(refusal("elasticities.csv", "sector,demand\n,-2\n"),
             ContainsSubstring("pkg/elasticities.csv:2: unknown sector code ''"));
  CHECK_THAT(refusal("sectors.csv", "sector,kind\nS,food\n"), ContainsSubstring("pkg/sectors.csv:2: kind is 'food'"));
  CHECK_THAT(refusal("regions.csv", ""), ContainsSubstring("pkg/regions.csv: is empty"));
}

TEST_CASE("Market folder: a row of elasticities that names a product stands before the product and its sector") {
  PackageFiles files = by_product();
  files["elasticities.csv"] =
      "region,sector,product,demand,supply,substitution\nA,T,,-2,,6\nB,T,,-2,,6\nB,,0101,-3,,\nB,,0102,-4,,7\n";
  const Market m = parse_market(files, "pkg");
  CHECK(m.demand()[m.buyers(0).first] == -1.25);   // A buys 0101, which has its own for all regions
  CHECK(m.demand()[m.buyers(0).first + 1] == -3);  // and another in B
  CHECK(m.substitution()[m.buyers(0).first + 1] == 5);
  CHECK(m.demand()[m.buyers(1).first] == -4);
  CHECK(m.substitution()[m.buyers(1).first] == 7);
  CHECK(m.fallbacks().demand == 0);
  files.erase("products.csv");
  files["flows.csv"] = "exporter,importer,sector,value\nA,B,S,10\n";
  CHECK_THROWS_WITH(parse_market(files, "pkg"),
                    ContainsSubstring("pkg/elasticities.csv:1: there is a column 'product', and no products.csv"));
}

TEST_CASE("Market folder: a file that must be there") {
  PackageFiles files = by_product();
  files.erase("flows.csv");
  CHECK_THROWS_WITH(parse_market(files, "pkg"), ContainsSubstring("pkg/flows.csv: there is no such file"));
  CHECK_THROWS_WITH(read_market("/nonexistent/market"), ContainsSubstring("there is no such folder"));
}
