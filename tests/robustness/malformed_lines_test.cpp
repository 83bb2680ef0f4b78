// Damaged tables of trade lines, concordances and renumbered codes: each is refused with its file, line and remedy.
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/io.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kHeader = "exporter,importer,product,value,normal_duty,qualifying,content,use\n";

std::string refusal(const std::string& text) {
  try {
    const TradeLines lines(parse_trade_lines(text, "flows.csv"), {}, "flows.csv");
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

struct Damage {
  std::string row, where, problem;
};

}  // namespace

TEST_CASE("sound lines are read, in any order of the columns and with gaps") {
  const auto lines = parse_trade_lines(
      kHeader + "CHN,USA,8507.60.00,12.5,0.034,,0.5,automobile taxi\n\nCAN,USA,01,0,,1,,\n", "flows.csv");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].code == "8507.60.00");
  CHECK(lines[0].normal_duty == 0.034);
  CHECK(!lines[0].qualifying);
  CHECK(lines[0].content == 0.5);
  CHECK(lines[0].uses == std::vector<std::string>{"automobile", "taxi"});
  CHECK(lines[1].line == 4);
  CHECK(lines[1].qualifying == 1.0);
  CHECK(parse_trade_lines("value,product,importer,exporter\n1,02,A,B\n", "x").at(0).exporter == "B");
  CHECK(parse_trade_lines("exporter,importer,product,value\n", "x").empty());
}

TEST_CASE("damaged lines are refused with file and line") {
  const std::vector<Damage> cases = {
      {"CHN,USA,,1,,,,", "flows.csv:3", "not a product code"},
      {"CHN,USA,85x7,1,,,,", "flows.csv:3", "'85x7' is not a product code"},
      {"CHN,USA,1,1,,,,", "flows.csv:3", "not a product code"},
      {"CHN,USA,10121,1,,,,", "flows.csv:3", "5 digits"},
      {",USA,8507,1,,,,", "flows.csv:3", "no exporter"},
      {"CHN,,8507,1,,,,", "flows.csv:3", "no importer"},
      {"CHN,USA,8507,,,,,", "flows.csv:3", "column 'value'"},
      {"CHN,USA,8507,many,,,,", "flows.csv:3", "column 'value'"},
      {"CHN,USA,8507,nan,,,,", "flows.csv:3", "column 'value'"},
      {"CHN,USA,8507,-3,,,,", "flows.csv:3", "the value is -3"},
      {"CHN,USA,8507,1,3.4%,,,", "flows.csv:3", "column 'normal_duty'"},
      {"CHN,USA,8507,1,34,,,", "flows.csv:3", "the normal duty is 34"},
      {"CHN,USA,8507,1,-1,,,", "flows.csv:3", "the normal duty is -1"},
      {"CHN,USA,8507,1,,2,,", "flows.csv:3", "qualifying is 2"},
      {"CHN,USA,8507,1,,,-0.1,", "flows.csv:3", "content is -0.1"},
      {"CHN,USA,8507", "flows.csv:3", ""},
      {"CHN,USA,\"8507,1,,,,", "flows.csv:3", ""},
  };
  for (const Damage& damage : cases) {
    INFO(damage.row);
    const std::string message = refusal(kHeader + "CHN,USA,8507,1,,,,\n" + damage.row + "\n");
    CHECK_THAT(message, ContainsSubstring(damage.where));
    CHECK_THAT(message, ContainsSubstring(damage.problem));
    CHECK_THAT(message, ContainsSubstring("remedy:"));
  }
  CHECK_THAT(refusal("exporter,importer,hs,value\n"), ContainsSubstring("flows.csv") && ContainsSubstring("product"));
  CHECK_THAT(refusal(""), ContainsSubstring("flows.csv"));
}

TEST_CASE("damaged concordances and renumberings are refused with file and line") {
  CHECK_THROWS_WITH(parse_concordance("code,sector\n84,MAC\n84,ELE\n", "c.csv"), ContainsSubstring("c.csv:3"));
  CHECK_THROWS_WITH(parse_concordance("code,sector\n84,\n", "c.csv"), ContainsSubstring("c.csv:2"));
  CHECK_THROWS_WITH(parse_concordance("code,sector\nmachines,MAC\n", "c.csv"), ContainsSubstring("c.csv:2"));
  CHECK_THROWS_WITH(parse_concordance("hs6,sector\n84,MAC\n", "c.csv"), ContainsSubstring("code"));
  CHECK_THROWS_WITH(parse_renumbering("old,new\n8541,854142\n8542,chips\n", "r.csv"), ContainsSubstring("r.csv:3"));
  CHECK_THROWS_WITH(parse_renumbering("old,new\n,8541\n", "r.csv"), ContainsSubstring("r.csv:2"));
  CHECK(parse_concordance("code,sector,match\n84.71,ELE,x\n", "c.csv").sectors_of("847130").at(0) == "ELE");
  CHECK(parse_renumbering("old,new\n", "r.csv").size() == 0);
}

TEST_CASE("concordances by name, and names that are none") {
  CHECK(load_concordance("hs6-sector21").size() > 5486);
  CHECK_THROWS_WITH(load_concordance("hs6-sector22"), ContainsSubstring("'hs6-sector21'"));
  CHECK_THROWS_WITH(load_concordance("none/such.csv"), ContainsSubstring("none/such.csv"));
}
