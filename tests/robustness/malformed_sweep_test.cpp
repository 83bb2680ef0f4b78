// Every way in which a sweep file can be wrong: the error names file, line and remedy.
#include <filesystem>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/output_folder.hpp"
#include "support/small_package.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_file.hpp"
#include "tariffsim/io/sweep_run.hpp"
#include "tariffsim/io/world_package.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

// Lines 1 to 9; what follows begins with line 10.
const std::string kHead = R"(title = "t"
[[measure]]
kind = "tariff"
importer = "BBB"
exporter = "AAA"
sector = "*"
rate = "$rate"
[sweep]
outcomes = ["real_income_pct"]
)";

const std::string kOver = kHead + "[sweep.over]\n";                          // then line 11
const std::string kDesign = kHead + "[[sweep.design]]\nkind = \"sobol\"\n";  // then line 12

struct Damage {
  const char* name;
  std::string text;
  const char* where;
  const char* problem;
};

const std::vector<Damage>& damages() {
  static const std::vector<Damage> all = {
      {"not TOML", "title = \"t\nx", "s.toml:1:11", "is not valid TOML"},
      {"no sweep", "title = \"t\"\n", "s.toml:1:1", "there is no 'sweep'"},
      {"sweep is no table", "title = \"t\"\nsweep = 1\n", "s.toml:2:9", "'sweep' is not a table"},
      {"no title", "[sweep]\n[sweep.over]\nrate = [1]\n", "s.toml", "there is no 'title'"},
      {"unknown key", kHead + "wrold = \"small\"\n", "s.toml:10:1", "unknown key 'wrold'"},
      {"unknown root key", "scenrio = \"t\"\n" + kOver + "rate = [0]\n", "s.toml:1:1", "unknown key 'scenrio'"},
      {"nothing swept", kHead, "s.toml:8:1", "nothing is swept"},
      {"empty over", kOver, "s.toml:8:1", "nothing is swept"},
      {"over is no table", kHead + "over = 3\n", "s.toml:10:8", "'over' is not a table"},
      {"no values", kOver + "rat = [0.1]\n", "s.toml:7:8", "\"$rate\" has no values"},
      {"not used", kOver + "rate = [0.1]\nscale = [1]\n", "s.toml:8:1", "nothing uses 'scale'"},
      {"empty list", kOver + "rate = []\n", "s.toml:11:8", "rate has no value"},
      {"twice", kOver + "rate = [0.1, 0.2, 0.1]\n", "s.toml:11:8", "rate has 0.1 twice"},
      {"mixed", kOver + "rate = [0.1, \"x\"]\n", "s.toml:11:14", "mixes numbers, texts or days"},
      {"not finite", kOver + "rate = [0.1, inf]\n", "s.toml:11:14", "holds inf"},
      {"of lists", kOver + "rate = [[0.1]]\n", "s.toml:11:9", "neither a number, a text nor a day"},
      {"one number", kOver + "rate = 0.1\n", "s.toml:11:8", "neither a list nor a table"},
      {"says nothing", kOver + "rate = { to = 1 }\n", "s.toml:11:8", "does not say what it runs over"},
      {"no count", kOver + "rate = { from = 0, to = 1 }\n", "s.toml:11:8", "there is no 'count'"},
      {"count of a half", kOver + "rate = { from = 0, to = 1, count = 1.5 }\n", "s.toml:11", "'count' is not a whole"},
      {"count of none", kOver + "rate = { from = 0, to = 1, count = 0 }\n", "s.toml:11", "'count' is not a whole"},
      {"nothing between", kOver + "rate = { from = 1, to = 1, count = 5 }\n", "s.toml:11", "nothing between"},
      {"huge range", kOver + "rate = { from = -1e308, to = 1e308, count = 5 }\n", "s.toml:11", "nothing between"},
      {"days backwards", kOver + "rate = { from = 2025-02-01, to = 2025-01-01, every_days = 1 }\n", "s.toml:11",
       "'to' is before 'from'"},
      {"no distribution", kOver + "rate = { sobol = 4 }\n", "s.toml:11:8", "there is no distribution"},
      {"two distributions",
       kOver + "rate = { sobol = 4, uniform = { low = 0, high = 1 }, normal = { mean = 0, sd = 1 } }\n", "s.toml:11",
       "there are two distributions"},
      {"distribution is no table", kOver + "rate = { sobol = 4, normal = 3 }\n", "s.toml:11:30",
       "'normal' is not a table"},
      {"parameter missing", kOver + "rate = { sobol = 4, normal = { mean = 0 } }\n", "s.toml:11:30",
       "there is no 'sd'"},
      {"parameter unknown", kOver + "rate = { sobol = 4, normal = { mean = 0, sd = 1, median = 2 } }\n", "s.toml:11:50",
       "unknown key 'median'"},
      {"parameter wrong", kOver + "rate = { sobol = 4, normal = { mean = 0, sd = -1 } }\n", "s.toml:11:30", "sd is -1"},
      {"no draws", kOver + "rate = { random = 4, empirical = [] }\n", "s.toml:11", "not a list of numbers"},
      {"draws of text", kOver + "rate = { random = 4, empirical = [1, \"x\"] }\n", "s.toml:11:38",
       "holds what is no number"},
      {"nothing left", kOver + "rate = { sobol = 4, truncated = { uniform = { low = 0, high = 1 }, low = 2 } }\n",
       "s.toml:11", "nothing between 2 and inf"},
      {"negative seed", kOver + "rate = { sobol = 4, seed = -1, uniform = { low = 0, high = 1 } }\n", "s.toml:11",
       "'seed' is not a whole number"},
      {"too many points", kOver + "rate = { sobol = 10000000, uniform = { low = 0, high = 1 } }\n", "s.toml:11",
       "'sobol' is not a whole number"},
      {"too many rows",
       kOver + "rate = { from = 0, to = 1, count = 100000 }\nb = { from = 0, to = 1, count = 100000 }\n", "s.toml:8:1",
       "more than 10000000 rows"},
      {"bad name", kOver + "\"ra te\" = [1]\n", "s.toml", "'ra te' is no name"},
      {"taken name", kOver + "region = [1]\n", "s.toml", "'region' is a name that the answer needs"},
      {"two draws",
       kOver + "rate = { sobol = 4, uniform = { low = 0, high = 1 } }\nb = { sobol = 4, uniform = { low = 0, high = 1 "
               "} }\n",
       "s.toml", "two parts share the dimension 'draw'"},
      {"design is no list", kHead + "design = 3\n", "s.toml:10:10", "'design' is not an array of tables"},
      {"unknown design", kHead + "[[sweep.design]]\nkind = \"sobel\"\n", "s.toml:11:8", "unknown design 'sobel'"},
      {"design without names", kDesign + "points = 4\n", "s.toml:10", "there is no 'over'"},
      {"design without points", kDesign + "[sweep.design.over]\nrate = { uniform = { low = 0, high = 1 } }\n",
       "s.toml:10", "there is no 'points'"},
      {"design of lists", kDesign + "points = 4\n[sweep.design.over]\nrate = [1]\n", "s.toml:14",
       "'rate' is not a table"},
      {"correlation of another size",
       kDesign + "points = 4\ncorrelation = [[1, 0], [0, 1]]\n[sweep.design.over]\nrate = { uniform = { low = 0, high "
                 "= 1 } }\n",
       "s.toml:13:15", "'correlation' is not a square"},
      {"correlation above one",
       kDesign + "points = 4\ncorrelation = [[2]]\n[sweep.design.over]\nrate = { uniform = { low = 0, high = 1 } }\n",
       "s.toml:10", "correlation[0,0]: is 2"},
      {"swept outcome", kHead + "world = \"$rate\"\n[sweep.over]\nrate = [\"a\"]\n", "s.toml:10:9",
       "\"$rate\" is in [sweep]"},
      {"tolerance", kHead + "tolerance = 1\n[sweep.over]\nrate = [0]\n", "s.toml:10:13", "'tolerance' is out of range"},
      {"basis", kHead + "basis = \"paid\"\n[sweep.over]\nrate = [0]\n", "s.toml:10:9", "unknown basis 'paid'"},
      {"date without values", kHead + "date = \"$day\"\n[sweep.over]\nrate = [0]\n", "s.toml:10:8",
       "'$day' has no values"},
      {"no day", kHead + "date = \"soon\"\n[sweep.over]\nrate = [0]\n", "s.toml", "neither a day nor an event"},
      {"written in another way",
       kHead.substr(0, kHead.find("\"$rate\"")) + "\"\\u0024rate\"\n[sweep]\n[sweep.over]\nrate = [0]\n", "s.toml:7:8",
       "written in another way"},
      {"value of another type", kOver + "rate = [\"high\"]\n", "s.toml:7:8",
       "'rate' is not a number, in row 0 (rate=high)"},
      {"value out of range", kOver + "rate = [-1.5]\n", "s.toml:7:8", "out of range, in row 0 (rate=-1.5)"},
      {"no such scenario", "scenario = \"nowhere.toml\"\n" + kOver + "rate = [0]\n", "nowhere.toml", "file"},
  };
  return all;
}

}  // namespace

TEST_CASE("every damage of a sweep file is refused with its place", "[robustness]") {
  for (const Damage& damage : damages()) {
    INFO(damage.name);
    try {
      static_cast<void>(parse_sweep(damage.text, "s.toml"));
      FAIL_CHECK("it was accepted");
    } catch (const InvalidInput& e) {
      CHECK_THAT(e.where(), ContainsSubstring(damage.where));
      CHECK_THAT(e.problem(), ContainsSubstring(damage.problem));
      CHECK_FALSE(e.remedy().empty());
    }
  }
}

TEST_CASE("what only a world reveals names the row, and nothing is written", "[robustness]") {
  const auto folder = fresh_folder("malformed_sweep", "world") / "sweep";
  const World world = parse_world(small_package(), "small");
  const auto refused = [&](const std::string& text, const std::string& expected) {
    CHECK_THROWS_WITH(run_sweep(parse_sweep(text, "s.toml"), world, folder), ContainsSubstring(expected));
    CHECK_FALSE(std::filesystem::exists(folder));
  };
  std::string who = kOver + "rate = [0.1]\nwho = [\"AAA\", \"ZZZ\"]\n";
  who.replace(who.find("\"AAA\""), 5, "\"$who\"");
  refused(who, "in row 1 (rate=0.1, who=ZZZ)");
  std::string outcome = kOver + "rate = [0.1]\n";
  outcome.replace(outcome.find("real_income_pct"), 15, "real_incme_pct");
  refused(outcome, "unknown quantity 'real_incme_pct'");
  refused(kHead + "[closure]\nnumeraire = \"$n\"\n[sweep.over]\nrate = [0.1]\nn = [\"ZZZ\"]\n",
          "row 0 (rate=0.1, n=ZZZ)");
}
