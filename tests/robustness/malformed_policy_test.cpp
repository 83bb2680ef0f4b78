// Damaged tables of measures: each is refused with its file, line and remedy. And what is written reads back.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/io.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;

namespace {

using Files = std::map<std::string, std::string>;

const std::string kHeader = "id,importer,exporter,rate,authority,group,family,effective,ended\n";

Files sound() {
  return {{"scenario.toml",
           "title = \"t\"\nmeasures = \"measures.csv\"\nrules = \"rules.csv\"\nproducts = \"products.csv\"\n"
           "exemptions = \"exemptions.csv\"\ncoverage = \"coverage.csv\"\nshares = \"shares.csv\"\n"
           "[groups]\nFRIENDS = [\"CHN\", \"MEX\"]\n[[event]]\nname = \"start\"\ndate = 2025-01-01\n"},
          {"measures.csv", kHeader + "a,USA,FRIENDS,0.25,Act,g,f,2025-01-01,2025-06-01\n"
                                     "b,USA,FRIENDS,0.5,Act,g,f,2025-06-01,\n"},
          {"rules.csv", "group,other,relation\ng,g,larger\n"},
          {"products.csv", "list,code\nsteel,72\n"},
          {"exemptions.csv", "id,importer,exporter,family,products,effective,ended\ne,USA,*,f,steel,2025-02-01,\n"},
          {"coverage.csv", "list,importer,exporter,sector,covered,total\nsteel,USA,*,STL,1,2\n"},
          {"shares.csv", "name,importer,exporter,sector,share,from\nusmca,USA,MEX,goods,0.5,\n"}};
}

Case read(const Files& files) {
  return parse_case(files.at("scenario.toml"), "pkg/scenario.toml",
                    [&](const std::filesystem::path& file) { return files.at(file.filename().string()); });
}

struct Damage {
  std::string file, text, where, problem, remedy;
};

}  // namespace

TEST_CASE("the sound policy is read", "[robustness]") {
  const Scenario s = read(sound()).scenario;
  REQUIRE(s.policy().measures.size() == 2);
  CHECK(*s.policy().measures[1].rate == 0.5);
  CHECK(s.policy().groups.at("FRIENDS").size() == 2);
  CHECK(s.policy().events.size() == 1);
}

TEST_CASE("damaged policies are refused by file, line and remedy", "[robustness]") {
  const std::vector<Damage> cases = {
      {"measures.csv", kHeader + "a,USA,CHN,25,Act,g,f,2025-01-01,\n", "pkg/measures.csv:2 rate",
       "a rate of 25 is 2500 percent", "write 0.25 for 25 percent, or \"2500%\""},
      {"measures.csv", kHeader + "a,USA,CHN,x,Act,g,f,2025-01-01,\n", "pkg/measures.csv:2 rate", "is not a number",
       "0.25"},
      {"measures.csv", kHeader + "a,USA,CHN,0.1,Act,g,f,2025-02-30,\n", "pkg/measures.csv:2 effective",
       "not a day of the calendar", "2025-04-09"},
      {"measures.csv", kHeader + "a,USA,CHN,0.1,Act,g,f,2025-02-01,2025-01-01\n", "pkg/measures.csv:2",
       "ends before it begins", "first day without"},
      {"measures.csv", kHeader + "a,USA,CHN,0.1,Act,g,f,2025-01-01,\nb,USA,CHN,0.2,Act,g,f,2025-03-01,\n",
       "pkg/measures.csv:3", "overlaps 'a' of the same family 'f'", "end the earlier one"},
      {"measures.csv", kHeader + "a,USA,CHN,0.1,Act,g,f,2025-01-01,\na,USA,MEX,0.2,Act,g,f,2025-03-01,\n",
       "pkg/measures.csv:3", "the id 'a' is taken", "an id of its own"},
      {"measures.csv", "id,importer,exporter,rate,authority\n", "pkg/measures.csv:1", "there is no column 'effective'",
       "name the columns"},
      {"rules.csv", "group,other,relation\nh,g,excludes\n", "pkg/rules.csv:2", "a group that no measure has: 'h'",
       "use"},
      {"rules.csv", "group,other,relation\ng,g,replaces\n", "pkg/rules.csv:2", "unknown relation", "use"},
      {"products.csv", "list,code\nsteel,iron\n", "pkg/products.csv:2", "is not an HS code", "two digits"},
      {"exemptions.csv", "id,importer,exporter,family,products,effective,ended\ne,USA,*,z,steel,2025-02-01,\n",
       "pkg/exemptions.csv:2", "a family that no measure has: 'z'", "use"},
      {"exemptions.csv", "id,importer,exporter,family,products,effective,ended\ne,USA,*,f,tin,2025-02-01,\n",
       "pkg/exemptions.csv:2", "unknown list of goods 'tin'", "add the list"},
      {"coverage.csv", "list,importer,exporter,sector,covered,total\nsteel,USA,*,STL,3,2\n", "coverage(list=steel",
       "covers 3 of 2", "between zero and the total"},
      {"coverage.csv", "list,importer,exporter,sector,covered,total\ntin,USA,*,STL,1,2\n", "coverage(list=tin",
       "not in the table of products", "correct the name"},
      {"shares.csv", "name,importer,exporter,sector,share,from\nusmca,USA,MEX,goods,1.5,\n", "shares(name=usmca",
       "share is 1.5", "from 0 to 1"}};
  for (const Damage& damage : cases) {
    Files files = sound();
    files[damage.file] = damage.text;
    INFO(damage.file << ": " << damage.text);
    try {
      static_cast<void>(read(files));
      FAIL("it was accepted");
    } catch (const InvalidInput& e) {
      CHECK_THAT(e.where(), ContainsSubstring(damage.where));
      CHECK_THAT(e.problem(), ContainsSubstring(damage.problem));
      CHECK_THAT(e.remedy(), ContainsSubstring(damage.remedy));
    }
  }
}

TEST_CASE("dated measures in a scenario file", "[robustness]") {
  const std::string head =
      "title = \"t\"\n[[measure]]\nid = \"a\"\nimporter = \"USA\"\nexporter = [\"CHN\", \"HKG\"]\n";
  const Case declared = parse_case(head + "rate = \"25%\"\neffective = 2025-02-04\nended = \"2025-03-04\"\n", "s.toml");
  const Measure& m = declared.scenario.policy().measures.at(0);
  CHECK(*m.rate == 0.25);
  CHECK(m.exporters == std::vector<std::string>{"CHN", "HKG"});
  CHECK(m.legal.from == Date(2025, 2, 4));
  CHECK(m.legal.until == Date(2025, 3, 4));
  const auto refusal = [&](const std::string& rest) {
    try {
      static_cast<void>(parse_case(head + rest, "s.toml"));
    } catch (const InvalidInput& e) {
      return std::string(e.what());
    }
    return std::string("accepted");
  };
  CHECK_THAT(refusal("rate = 0.25\n"), ContainsSubstring("needs an importer and the day it takes effect"));
  CHECK_THAT(refusal("rate = 25\neffective = 2025-02-04\n"), ContainsSubstring("s.toml:6:8 measure 1 (a)"));
  CHECK_THAT(refusal("rat = 0.25\neffective = 2025-02-04\n"), ContainsSubstring("unknown key 'rat'"));
  CHECK_THAT(refusal("kind = \"ban\"\neffective = 2025-02-04\n"), ContainsSubstring("only a tariff has an id"));
  CHECK_THAT(refusal("rate = 0.1\neffective = 2025-02-04\nconfidence = \"sure\"\n"),
             ContainsSubstring("unknown confidence"));
}

TEST_CASE("shipped scenarios come back from the folder that they are written to", "[robustness]") {
  for (const auto& listing : list_scenarios()) {
    INFO(listing.name);
    REQUIRE(listing.problem.empty());
    const Scenario scenario = load_case(listing.name).scenario;
    const auto folder = std::filesystem::path(TARIFFSIM_TEST_OUTPUT_DIR) / "scenarios" / listing.name;
    std::filesystem::remove_all(folder);
    write_scenario(scenario, folder);
    const Scenario again = read_case(folder).scenario;
    CHECK(format_scenario(again) == format_scenario(scenario));
    CHECK(again.policy().measures.size() == scenario.policy().measures.size());
    CHECK(again.policy().groups == scenario.policy().groups);
  }
}

TEST_CASE("measures without tables fit one TOML file", "[robustness]") {
  const Case declared = parse_case(
      "title = \"t\"\n[[event]]\nname = \"e\"\ndate = 2025-01-02\n[[measure]]\nid = \"a\"\nimporter = \"USA\"\n"
      "exporter = \"CHN\"\nrate = 0.145\neffective = 2025-02-04\nauthority = \"Act\"\ngroup = \"g\"\nnote = \"n, "
      "\\\"q\\\"\"\n",
      "s.toml");
  const std::string text = format_measures(declared.scenario);
  CHECK(format_measures(parse_case(text, "t.toml").scenario) == text);
  CHECK_THAT(text, ContainsSubstring("rate = 0.145"));
  CHECK_THAT(text, ContainsSubstring("effective = 2025-02-04"));
  const Scenario large = load_case("us-world-2025").scenario;
  CHECK_THROWS_WITH(format_measures(large), ContainsSubstring("write it to a folder"));
}
