// A world package written out by hand, to be damaged line by line.
#pragma once

#include "tariffsim/io/world_package.hpp"

namespace tariffsim::testing {

/// Three regions, two sectors, materials and two tariffs. Every line number in the tests counts lines of these texts.
inline PackageFiles small_package() {
  return {{"datapackage.json", R"({
  "name": "small",
  "title": "A small world",
  "year": 2022,
  "currency": "USD",
  "unit": "million USD",
  "sources": [{"title": "invented", "publisher": "nobody", "license": "none"}],
  "known_defects": ["it is invented"]
}
)"},
          {"regions.csv", R"(region,name
AAA,Alpha
BBB,"Beta, the second"
CCC,Gamma
)"},
          {"sectors.csv", R"(sector,name,kind,trade_elasticity
GDS,Goods,goods,4
SRV,Services,services,5
)"},
          {"flows.csv", R"(exporter,importer,sector,value
AAA,AAA,GDS,100
AAA,BBB,GDS,10
AAA,CCC,GDS,5
BBB,AAA,GDS,12
BBB,BBB,GDS,150
BBB,CCC,GDS,7
CCC,AAA,GDS,4
CCC,BBB,GDS,6
CCC,CCC,GDS,80
AAA,AAA,SRV,200
AAA,BBB,SRV,3
BBB,BBB,SRV,250
BBB,CCC,SRV,2
CCC,AAA,SRV,1
CCC,CCC,SRV,120
)"},
          {"tariffs.csv", R"(exporter,importer,sector,rate
AAA,BBB,GDS,0.05
BBB,AAA,GDS,0.1
)"},
          {"value_added.csv", R"(region,sector,share
AAA,GDS,0.6
AAA,SRV,0.7
BBB,GDS,0.6
BBB,SRV,0.7
CCC,GDS,0.6
CCC,SRV,0.7
)"},
          {"inputs.csv", R"(region,input,sector,share
AAA,GDS,GDS,0.5
AAA,SRV,GDS,0.5
AAA,GDS,SRV,0.25
AAA,SRV,SRV,0.75
BBB,GDS,GDS,0.5
BBB,SRV,GDS,0.5
BBB,GDS,SRV,0.25
BBB,SRV,SRV,0.75
CCC,GDS,GDS,0.5
CCC,SRV,GDS,0.5
CCC,GDS,SRV,0.25
CCC,SRV,SRV,0.75
)"},
          {"groups.csv", "group,region\nEAST,BBB\nEAST,CCC\n"},
          {"members.csv", "region,member\nAAA,ALP\nAAA,ALQ\n"}};
}

}  // namespace tariffsim::testing
