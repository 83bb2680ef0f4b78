#include "tariffsim/core/labels.hpp"

#include "support/catch.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("labels keep their order and find their codes") {
  const Labels regions("region", {"USA", "CHN", "MEX"}, {"United States", "China", "Mexico"});
  REQUIRE(regions.size() == 3);
  CHECK(regions.at("CHN") == 1);
  CHECK(regions.find("MEX") == 2);
  CHECK_FALSE(regions.find("CAN").has_value());
  CHECK(regions.code(0) == "USA");
  CHECK(regions.name(2) == "Mexico");
}

TEST_CASE("codes serve as names where no names are given") {
  const Labels sectors("sector", {"AGR", "ELE"});
  CHECK(sectors.names() == sectors.codes());
  CHECK(sectors == Labels("sector", {"AGR", "ELE"}, {"AGR", "ELE"}));
  CHECK_FALSE(sectors == Labels("sector", {"ELE", "AGR"}));
}

TEST_CASE("an unknown code is answered with the nearest one") {
  const Labels regions("region", {"USA", "CHN", "MEX"});
  CHECK_THROWS_WITH(regions.at("usa", "line 7"),
                    ContainsSubstring("line 7") && ContainsSubstring("'usa'") && ContainsSubstring("'USA'"));
  CHECK_THROWS_WITH(regions.at("ATLANTIS"), ContainsSubstring("USA, CHN, MEX"));
}

TEST_CASE("labels refuse what cannot be looked up") {
  CHECK_THROWS_WITH(Labels("region", {"A", "A"}), ContainsSubstring("'A' appears twice"));
  CHECK_THROWS_WITH(Labels("region", {"A", ""}), ContainsSubstring("code number 2 is empty"));
  CHECK_THROWS_WITH(Labels("region", {"A", "*"}), ContainsSubstring("every region"));
  CHECK_THROWS_WITH(Labels("region", {"A", "B"}, {"one"}), ContainsSubstring("2 codes but 1 names"));
}

TEST_CASE("an input error carries where, problem and remedy") {
  const InvalidInput error("flows.csv line 3", "value is -1", "clip it");
  CHECK(error.where() == "flows.csv line 3");
  CHECK(error.problem() == "value is -1");
  CHECK(error.remedy() == "clip it");
  CHECK(std::string(error.what()) == "flows.csv line 3: value is -1\n  remedy: clip it");
}

TEST_CASE("the nearest code is a slip or two away, whatever the case of its letters") {
  const Labels regions("region", {"USA", "CHN"});
  CHECK(regions.nearest("usb") == "USA");
  CHECK(!regions.nearest("Germany"));
  CHECK_THAT(Labels("deficits", {"balanced"}).suggestion("none"),
             Catch::Matchers::ContainsSubstring("one of the 1 deficits: balanced"));
}
