// Every way in which a scenario file can be wrong: the error names file, line, column and remedy.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "support/catch.hpp"
#include "support/small_package.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;

namespace {

/// A table file that every path leads to; it has the columns of all instruments.
std::string one_table(const std::filesystem::path& /*file*/) {
  return "exporter,importer,region,sector,rate,factor,value\nAAA,BBB,AAA,GDS,0.1,1.1,1\nBBB,AAA,BBB,GDS,0,1,-1\n";
}

Case parsed(const std::string& text) { return parse_case(text, "dir/s.toml", one_table); }

InvalidInput refusal(const std::string& text) {
  try {
    static_cast<void>(parsed(text));
  } catch (const InvalidInput& e) {
    return e;
  }
  FAIL("the scenario was accepted");
  throw std::logic_error("unreachable");
}

struct Damage {
  const char* name;
  std::string text;
  const char* where;
  const char* problem;
  const char* remedy;
};

// The lines of one measure after "[[measure]]", which is line 2.
std::string measure(const std::string& lines) { return "title = \"t\"\n[[measure]]\n" + lines; }

const std::string kScope = "importer = \"AAA\"\nexporter = \"*\"\nsector = \"goods\"\n";  // lines 4 to 6

const std::vector<Damage>& damages() {
  static const std::vector<Damage> all = {
      // The file.
      {"not TOML", "title = \"t\nx", "dir/s.toml:1:11", "is not valid TOML", "correct the line"},
      {"key twice", "title = \"t\"\ntitle = \"u\"\n", "dir/s.toml:2:9", "is not valid TOML", "correct the line"},
      {"not UTF-8", "title = \"t\"\n# \xE4\n", "dir/s.toml:2", "is not UTF-8", "save the file as UTF-8"},
      {"accent outside quotes", "title = \"é\"\nrÉgion = 1\n", "dir/s.toml:2:2", "is not valid TOML",
       "correct the line"},
      {"header without a key", "title = \"t\"\n[.measure]\n", "dir/s.toml:2:2", "is not valid TOML",
       "correct the line"},
      {"no title", "[closure]\ndeficits = \"balanced\"\n", "dir/s.toml:1:1", "there is no 'title'", "title = "},
      {"empty title", "title = \"\"\n", "dir/s.toml:1:9", "'title' is empty", "title = "},
      {"title that is no string", "title = 7\n", "dir/s.toml:1:9", "'title' is not a string", "title = "},
      {"unknown key", "title = \"t\"\nmesure = []\n", "dir/s.toml:2:1", "unknown key 'mesure'",
       "use 'measure', the nearest known"},
      {"unknown table", "title = \"t\"\n[options]\ntolerance = 1\n", "dir/s.toml:2:2", "unknown key 'options'",
       "title, theory, closure, groups, measure"},

      // Closure and groups.
      {"closure that is no table", "title = \"t\"\nclosure = \"balanced\"\n", "dir/s.toml:2:11",
       "'closure' is not a table", "write [closure]"},
      {"unknown key of closure", "title = \"t\"\n[closure]\ndeficit = \"balanced\"\n", "dir/s.toml:3:1",
       "unknown key 'deficit'", "'deficits', the nearest known"},
      {"unknown rule for deficits", "title = \"t\"\n[closure]\ndeficits = \"balance\"\n", "dir/s.toml:3:12",
       "unknown deficits 'balance'", "'balanced', the nearest known"},
      {"numeraire that is no string", "title = \"t\"\n[closure]\nnumeraire = 1\n", "dir/s.toml:3:13",
       "'numeraire' is not a string", "world_value_added"},
      {"groups that are no table", "title = \"t\"\ngroups = [\"AAA\"]\n", "dir/s.toml:2:10", "'groups' is not a table",
       "write [groups]"},
      {"empty group", "title = \"t\"\n[groups]\nEAST = []\n", "dir/s.toml:3:8", "'EAST' is empty",
       "list its region codes"},
      {"group of numbers", "title = \"t\"\n[groups]\nEAST = [\"AAA\", 7]\n", "dir/s.toml:3:16",
       "holds something that is not a code", "list its region codes"},
      {"region twice in a group", "title = \"t\"\n[groups]\nEAST = [\"AAA\", \"AAA\"]\n", "dir/s.toml:3:8",
       "group 'EAST' lists 'AAA' twice", "list it once"},
      {"group called star", "title = \"t\"\n[groups]\n\"*\" = [\"AAA\"]\n", "dir/s.toml:3:7", "a group is called '*'",
       "give it a name"},

      // Theories.
      {"unknown theory", "title = \"t\"\n[theory]\nname = \"gsin\"\n", "dir/s.toml:2:1", "unknown theory 'gsin'",
       "of a market 'partial', 'gsim' or 'smart'"},
      {"key of another theory", "title = \"t\"\n[theory]\nname = \"gsim\"\nimporter = \"AAA\"\n", "dir/s.toml:4:1",
       "theory: unknown key 'importer'", "published_sign"},
      {"key of a theory of worlds", "title = \"t\"\n[theory]\nname = \"partial\"\nsources = 4\n", "dir/s.toml:4:1",
       "theory: unknown key 'sources'", ": name"},
      {"published_sign that is no truth", "title = \"t\"\n[theory]\nname = \"gsim\"\npublished_sign = 1\n",
       "dir/s.toml:4:18", "'published_sign' is neither true nor false", "published_sign = true"},
      {"smart without an importer", "title = \"t\"\n[theory]\nname = \"smart\"\n", "dir/s.toml:2:1",
       "theory 'smart': importer: is missing", "such as USA"},
      {"smart with two importers", "title = \"t\"\n[theory]\nname = \"smart\"\nimporter = [\"AAA\", \"BBB\"]\n",
       "dir/s.toml:4:12", "'importer' is not a string", "one region"},

      // Measures.
      {"measure that is no array", "title = \"t\"\n[measure]\nkind = \"tariff\"\n", "dir/s.toml:2:1",
       "'measure' is not an array of tables", "[[measure]]"},
      {"measures that are no tables", "title = \"t\"\nmeasure = [1]\n", "dir/s.toml:2:11",
       "'measure' is not an array of tables", "[[measure]]"},
      {"no kind", measure(kScope), "dir/s.toml:2:1", "measure 1: there is no 'kind'", "kind = \"tariff\""},
      {"unknown kind", measure("kind = \"tarif\"\n"), "dir/s.toml:3:8", "unknown kind 'tarif'",
       "'tariff', the nearest known"},
      {"kind that is no string", measure("kind = [\"tariff\"]\n"), "dir/s.toml:3:8", "'kind' is not a string",
       "kind = \"tariff\""},
      {"unknown key of a measure", measure("kind = \"tariff\"\n" + kScope + "rates = 0.1\n"), "dir/s.toml:7:1",
       "measure 1 (tariff): unknown key 'rates'", "'rate', the nearest known"},
      {"key of another instrument", measure("kind = \"tariff\"\nregion = \"AAA\"\nsector = \"*\"\nrate = 0.1\n"),
       "dir/s.toml:4:1", "unknown key 'region'", "importer, exporter, sector, operation, rate, table"},
      {"operation for a factor", measure("kind = \"taste\"\n" + kScope + "factor = 1.1\noperation = \"set\"\n"),
       "dir/s.toml:8:1", "unknown key 'operation'", "one of the 8 keys"},
      {"rate for a ban", measure("kind = \"ban\"\n" + kScope + "rate = 0.1\n"), "dir/s.toml:7:1", "unknown key 'rate'",
       "kind, effective, ended, importer, exporter, sector"},
      {"no importer", measure("kind = \"tariff\"\nexporter = \"*\"\nsector = \"*\"\nrate = 0.1\n"), "dir/s.toml:2:1",
       "there is no 'importer'", "for all, \"*\""},
      {"no sector", measure("kind = \"ban\"\nexporter = \"*\"\nimporter = \"*\"\n"), "dir/s.toml:2:1",
       "there is no 'sector'", "\"goods\""},
      {"no region", measure("kind = \"deficit\"\nvalue = 1\n"), "dir/s.toml:2:1", "there is no 'region'",
       "for all, \"*\""},
      {"empty scope", measure("kind = \"ban\"\nexporter = []\nimporter = \"*\"\nsector = \"*\"\n"), "dir/s.toml:4:12",
       "'exporter' is empty", "name it"},
      {"empty code", measure("kind = \"ban\"\nexporter = [\"\"]\nimporter = \"*\"\nsector = \"*\"\n"),
       "dir/s.toml:4:13", "holds something that is not a code", "name it"},
      {"scope of a wrong type", measure("kind = \"ban\"\nexporter = 7\nimporter = \"*\"\nsector = \"*\"\n"),
       "dir/s.toml:4:12", "'exporter' is neither a string nor an array of strings", "name it"},
      {"neither rate nor table", measure("kind = \"tariff\"\n" + kScope), "dir/s.toml:2:1", "there is no 'rate'",
       "table = \"file.csv\""},
      {"rate and table", measure("kind = \"tariff\"\n" + kScope + "rate = 0.1\ntable = \"t.csv\"\n"), "dir/s.toml:8:9",
       "there is both 'rate' and 'table'", "keep one of the two"},
      {"rate that is a string", measure("kind = \"tariff\"\n" + kScope + "rate = \"25%\"\n"), "dir/s.toml:7:8",
       "'rate' is not a number", "0.25 is 25 percent"},
      {"rate that is true", measure("kind = \"tariff\"\n" + kScope + "rate = true\n"), "dir/s.toml:7:8",
       "'rate' is not a number", "0.25 is 25 percent"},
      {"infinite rate", measure("kind = \"tariff\"\n" + kScope + "rate = inf\n"), "dir/s.toml:7:8",
       "'rate' is not a finite number", "0.25 is 25 percent"},
      {"rate of -100 percent", measure("kind = \"tariff\"\n" + kScope + "rate = -1\n"), "dir/s.toml:7:8",
       "'rate' is out of range", "above -1"},
      {"export tax of -100 percent", measure("kind = \"export_tax\"\n" + kScope + "rate = -1.0\n"), "dir/s.toml:7:8",
       "'rate' is out of range", "above -1"},
      {"trade cost of zero", measure("kind = \"trade_cost\"\n" + kScope + "factor = 0\n"), "dir/s.toml:7:10",
       "'factor' is out of range", "above zero"},
      {"negative taste", measure("kind = \"taste\"\n" + kScope + "factor = -0.1\n"), "dir/s.toml:7:10",
       "'factor' is out of range", "give a ratio"},
      {"productivity of zero", measure("kind = \"productivity\"\nregion = \"AAA\"\nsector = \"*\"\nfactor = 0\n"),
       "dir/s.toml:6:10", "'factor' is out of range", "above zero"},
      {"unknown operation", measure("kind = \"tariff\"\n" + kScope + "operation = \"plus\"\nrate = 0.1\n"),
       "dir/s.toml:7:13", "unknown operation 'plus'", "set, add, scale, floor"},
      {"floor of a deficit", measure("kind = \"deficit\"\nregion = \"AAA\"\noperation = \"floor\"\nvalue = 1\n"),
       "dir/s.toml:5:13", "has no meaning for a deficit", "\"set\", \"add\" or \"scale\""},
      {"table that is no path", measure("kind = \"tariff\"\n" + kScope + "table = 7\n"), "dir/s.toml:7:9",
       "'table' is not a string", "path of a CSV file"},
      {"error in the second measure",
       "title = \"t\"\n[[measure]]\nkind = \"ban\"\n" + kScope + "\n[[measure]]\nkind = \"ban\"\n", "dir/s.toml:8:1",
       "measure 2 (ban): there is no 'importer'", "name it"},
  };
  return all;
}

}  // namespace

TEST_CASE("a damaged scenario is refused with file, line, column and remedy", "[robustness]") {
  for (const Damage& damage : damages()) {
    INFO(damage.name);
    const InvalidInput error = refusal(damage.text);
    CHECK(error.where() == damage.where);
    CHECK_THAT(error.problem(), ContainsSubstring(damage.problem));
    CHECK_THAT(error.remedy(), ContainsSubstring(damage.remedy));
    CHECK_THAT(error.what(), ContainsSubstring("\n  remedy: "));
  }
}

TEST_CASE("a damaged table of values is refused with file, line and remedy", "[robustness]") {
  struct TableDamage {
    Instrument instrument;
    const char* text;
    const char* where;
    const char* problem;
    const char* remedy;
  };
  const std::vector<TableDamage> all = {
      {Instrument::tariff, "exporter,importer,sector,value\nAAA,BBB,GDS,1\n", "t.csv:1", "there is no column 'rate'",
       "exporter,importer,sector,rate"},
      {Instrument::taste, "exporter,importer,sector,rate\nAAA,BBB,GDS,1\n", "t.csv:1", "there is no column 'factor'",
       "exporter,importer,sector,factor"},
      {Instrument::productivity, "region,factor\nAAA,1\n", "t.csv:1", "there is no column 'sector'",
       "region,sector,factor"},
      {Instrument::deficit, "region,rate\nAAA,1\n", "t.csv:1", "there is no column 'value'", "region,value"},
      {Instrument::tariff, "", "t.csv", "is empty", "exporter,importer,sector,rate"},
      {Instrument::tariff, "exporter,importer,sector,rate\n", "t.csv", "there is no row", "list at least one cell"},
      {Instrument::tariff, "exporter,importer,sector,rate\nAAA,BBB,GDS,ten\n", "t.csv:2",
       "column 'rate' is 'ten', not a number", "write a plain number"},
      {Instrument::tariff, "exporter,importer,sector,rate\nAAA,BBB,GDS,inf\n", "t.csv:2", "column 'rate' is 'inf'",
       "finite"},
      {Instrument::tariff, "exporter,importer,sector,rate\nAAA,*,GDS,0.1\n", "t.csv:2", "column 'importer' is '*'",
       "a single rate with a scope"},
      {Instrument::tariff, "exporter,importer,sector,rate\n,BBB,GDS,0.1\n", "t.csv:2", "column 'exporter' is empty",
       "give a code"},
      {Instrument::ban, "exporter,importer,sector\nAAA,BBB,GDS\n", "t.csv", "a ban takes no table", "name its scope"},
  };
  for (const TableDamage& damage : all) {
    INFO(damage.text);
    try {
      static_cast<void>(parse_table(damage.text, "t.csv", damage.instrument));
      FAIL("the table was accepted");
    } catch (const InvalidInput& e) {
      CHECK(e.where() == damage.where);
      CHECK_THAT(e.problem(), ContainsSubstring(damage.problem));
      CHECK_THAT(e.remedy(), ContainsSubstring(damage.remedy));
    }
  }
}

TEST_CASE("an error in a table also names the scenario that asks for it", "[robustness]") {
  const auto tables = [](const std::filesystem::path& file) {
    CHECK(file == "dir/rates.csv");
    return std::string("exporter,importer,sector,rate\nAAA,BBB,GDS,x\n");
  };
  try {
    static_cast<void>(
        parse_case(measure("kind = \"tariff\"\n" + kScope + "table = \"rates.csv\"\n"), "dir/s.toml", tables));
    FAIL("the table was accepted");
  } catch (const InvalidInput& e) {
    CHECK(e.where() == "dir/rates.csv:2");
    CHECK_THAT(e.problem(), ContainsSubstring("(named in dir/s.toml:7:9)"));
  }
}

TEST_CASE("files that are not there are refused by path", "[robustness]") {
  namespace fs = std::filesystem;
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "malformed_case";
  fs::remove_all(root);
  fs::create_directories(root);
  const auto where = [](const fs::path& file) {
    try {
      static_cast<void>(read_case(file));
    } catch (const InvalidInput& e) {
      return e.where() + ": " + e.problem();
    }
    return std::string("accepted");
  };
  CHECK(where(root / "none.toml") == (root / "none.toml").string() + ": there is no such file");
  CHECK(where(root) == root.string() + ": is a folder without a scenario.toml");
  std::ofstream(root / "s.toml") << measure("kind = \"tariff\"\n" + kScope + "table = \"rates.csv\"\n");
  CHECK_THAT(where(root / "s.toml"),
             ContainsSubstring((root / "rates.csv").string() + ": there is no such file (named in "));
  std::ofstream(root / "rates.csv") << "exporter,importer,sector,rate\nAAA,BBB,GDS,0.1\n";
  CHECK(where(root / "s.toml") == "accepted");
}

TEST_CASE("a scenario file means what it says", "[robustness]") {
  const Case declared = parsed(R"(
title = "Everything at once"   # a comment
[closure]
deficits = "fixed_income_share"
numeraire = "BBB"
[groups]
EAST = ["BBB", "CCC"]
[[measure]]
kind = "tariff"
importer = ["AAA", "EAST"]
exporter = "*"
sector = ["GDS"]
operation = "floor"
rate = 0.15
[[measure]]
kind = "export_tax"
importer = "*"
exporter = "*"
sector = "goods"
table = "t.csv"
[[measure]]
kind = "trade_cost"
importer = "AAA"
exporter = "BBB"
sector = "*"
factor = 2
[[measure]]
kind = "ban"
importer = "AAA"
exporter = "CCC"
sector = "*"
[[measure]]
kind = "taste"
importer = "AAA"
exporter = "CCC"
sector = "*"
factor = 0
[[measure]]
kind = "productivity"
region = "EAST"
sector = "services"
factor = 1.02
[[measure]]
kind = "final_demand"
region = "AAA"
sector = "GDS"
table = "t.csv"
[[measure]]
kind = "deficit"
region = "*"
operation = "add"
table = "t.csv"
)");
  CHECK(declared.scenario.title() == "Everything at once");
  CHECK(declared.closure.deficits == Deficits::fixed_income_share);
  CHECK(declared.closure.numeraire == "BBB");
  CHECK(declared.scenario.groups().at("EAST") == std::vector<std::string>{"BBB", "CCC"});
  const auto& changes = declared.scenario.changes();
  REQUIRE(changes.size() == 8);
  const std::vector<Instrument> instruments = {
      Instrument::tariff, Instrument::export_tax,   Instrument::trade_cost,   Instrument::ban,
      Instrument::taste,  Instrument::productivity, Instrument::final_demand, Instrument::deficit};
  for (std::size_t k = 0; k < 8; ++k) CHECK(changes[k].instrument == instruments[k]);
  CHECK(changes[0].importer.terms == std::vector<std::string>{"AAA", "EAST"});
  CHECK(changes[0].exporter.terms == std::vector<std::string>{"*"});
  CHECK(changes[0].operation == Operation::floor);
  CHECK(std::get<double>(changes[0].value) == 0.15);
  CHECK(changes[0].origin == "dir/s.toml:8 measure 1 (tariff)");
  CHECK(changes[1].operation == Operation::set);
  CHECK(std::get<Table>(changes[1].value).at(0).value == 0.1);
  CHECK(changes[1].origin == "dir/s.toml:15 measure 2 (export_tax), dir/t.csv");
  CHECK(changes[2].operation == Operation::scale);
  CHECK(std::get<double>(changes[2].value) == 2.0);
  CHECK(changes[5].exporter.terms == std::vector<std::string>{"EAST"});
  CHECK(std::get<Table>(changes[6].value).at(0).exporter == "AAA");
  CHECK(changes[7].operation == Operation::add);
  CHECK(std::get<Table>(changes[7].value).at(1).value == -1.0);

  const World world = parse_world(testing::small_package(), "small");
  const Shock shock = declared.scenario.compile(world);
  CHECK((*shock.tariffs)(2, 0, 0) == 0.15);
  CHECK((*shock.tariffs)(0, 0, 0) == 0.0);
  CHECK((*shock.export_taxes)(1, 0, 0) == 0.0);  // in scope and not in the table
  CHECK((*shock.trade_cost_hat)(1, 0, 1) == 2.0);
  CHECK(std::isinf((*shock.trade_cost_hat)(2, 0, 1)));
  CHECK((*shock.taste_hat)(2, 0, 0) == 0.0);
  CHECK((*shock.productivity_hat)(2, 1) == 1.02);
  CHECK((*shock.deficits)[0] == world.accounts().deficit[0] + 1.0);
}

TEST_CASE("characters beyond ASCII stand in texts, quoted keys and comments", "[robustness]") {
  const Case declared =
      parsed("\xEF\xBB\xBFtitle = \"\"\"é \\\" \"ü\"\"\"\"  # ö \"\n[groups] # 'ß\n\"größe\" = ['AAA', \"BBB\"]\n");
  CHECK(declared.scenario.title() == "é \" \"ü\"");
  CHECK(declared.scenario.groups().count("größe") == 1);
}

TEST_CASE("a scenario without measures is one", "[robustness]") {
  const Case declared = parsed("title = \"nothing changes\"\n");
  CHECK(declared.scenario.changes().empty());
  CHECK(declared.closure == Closure{});
}

TEST_CASE("a scenario file may name a theory of markets, which no world is solved under", "[robustness]") {
  const auto named = [](const std::string& lines) { return parsed("title = \"t\"\n[theory]\n" + lines); };
  CHECK_FALSE(parsed("title = \"t\"\n").market_theory.has_value());
  CHECK_FALSE(named("name = \"krugman\"\n").market_theory.has_value());
  CHECK(std::holds_alternative<Partial>(named("name = \"partial\"\n").market_theory.value()));
  CHECK_FALSE(std::get<Gsim>(named("name = \"gsim\"\n").market_theory.value()).published_sign);
  CHECK(std::get<Gsim>(named("name = \"gsim\"\npublished_sign = true\n").market_theory.value()).published_sign);
  const Case smart = named("name = \"smart\"\nimporter = \"AAA\"\n");
  CHECK(std::get<Smart>(smart.market_theory.value()).importer == "AAA");
  try {
    static_cast<void>(solve(parse_world(testing::small_package(), "small"), smart));
    FAIL("a world was solved under a theory of markets");
  } catch (const InvalidInput& e) {
    CHECK(e.problem() == "'smart' is a theory of markets");
    CHECK(e.remedy() == "use tariffsim market run, or name a theory of worlds");
  }
}

TEST_CASE("what only a world can refuse names the measure", "[robustness]") {
  const World world = parse_world(testing::small_package(), "small");
  const Case unknown =
      parsed(measure("kind = \"tariff\"\nimporter = \"AAB\"\nexporter = \"*\"\nsector = \"*\"\nrate = 0.1\n"));
  try {
    static_cast<void>(unknown.scenario.compile(world));
    FAIL("the code was accepted");
  } catch (const InvalidInput& e) {
    CHECK(e.where() == "dir/s.toml:2 measure 1 (tariff): importer");
    CHECK_THAT(e.remedy(), ContainsSubstring("'AAA', the nearest known code"));
  }
}
