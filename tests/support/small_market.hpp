// A market package written out by hand, to be damaged, solved and linked.
#pragma once

#include "tariffsim/io/market_package.hpp"

namespace tariffsim::testing {

/// Three regions, two sectors, three products: elasticities of their own, of their sector, and by region.
inline PackageFiles small_market() {
  return {{"datapackage.json", R"({
  "name": "small-market",
  "title": "A small market",
  "year": 2022,
  "unit": "million USD",
  "sources": [{"title": "invented", "publisher": "nobody", "license": "none"}]
}
)"},
          {"regions.csv", "region,name\nAAA,Alpha\nBBB,\"Beta, the second\"\nCCC,Gamma\n"},
          {"sectors.csv", "sector,name,kind,trade_elasticity\nGDS,Goods,goods,4\nSRV,Services,services,5\n"},
          {"products.csv", R"(code,sector,name,demand,supply,substitution
0101,GDS,Horses,-1.25,1.5,5
0102,GDS,Cattle,,inf,
9801,SRV,Repairs,-0.5,2,
)"},
          {"flows.csv", R"(exporter,importer,product,value
BBB,AAA,0101,10
CCC,AAA,0101,30
AAA,AAA,0101,100
AAA,BBB,0102,7
CCC,BBB,0102,3
AAA,CCC,0102,4
BBB,CCC,9801,2
AAA,CCC,9801,1
)"},
          {"tariffs.csv", R"(exporter,importer,product,rate
BBB,AAA,0101,0.1
CCC,AAA,0101,0.25
AAA,BBB,0102,0.05
)"},
          {"elasticities.csv", R"(region,sector,product,demand,supply,substitution
AAA,GDS,,-2,1,3
BBB,GDS,,-1.5,1,4
CCC,GDS,,-1,1,6
CCC,,0102,-0.75,,
)"},
          {"groups.csv", "group,region\nEAST,BBB\nEAST,CCC\n"}};
}

}  // namespace tariffsim::testing
