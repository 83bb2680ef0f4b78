// Every way in which a world package can be wrong: the error names the file, the row or cell, and the remedy.
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/small_package.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/world_package.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;
using testing::small_package;
namespace fs = std::filesystem;

namespace {

/// A package with one file changed. Where `from` is empty `to` is the whole file; where `to` is absent the file is.
struct Damage {
  const char* name;
  const char* file;
  const char* from;
  std::optional<std::string> to;
  const char* where;  ///< exactly, "small" standing for the folder
  const char* problem;
  const char* remedy;
};

PackageFiles damaged(const Damage& damage) {
  PackageFiles files = small_package();
  std::string& text = files[damage.file];
  if (!damage.to) {
    files.erase(damage.file);
  } else if (std::string(damage.from).empty()) {
    text = *damage.to;
  } else {
    const auto at = text.find(damage.from);
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string(damage.from).size(), *damage.to);
  }
  return files;
}

const std::vector<Damage>& damages() {
  static const std::string nul_byte("AAA,Al\0pha", 10);
  static const std::vector<Damage> all = {
      // Codes.
      {"unknown exporter", "flows.csv", "BBB,CCC,GDS,7", "BBX,CCC,GDS,7", "small/flows.csv:7",
       "unknown region code 'BBX' in column 'exporter'", "'BBB', the nearest known code"},
      {"unknown importer", "flows.csv", "BBB,CCC,GDS,7", "BBB,Germany,GDS,7", "small/flows.csv:7",
       "unknown region code 'Germany' in column 'importer'", "one of the 3 regions: AAA, BBB, CCC"},
      {"unknown sector", "tariffs.csv", "BBB,AAA,GDS,0.1", "BBB,AAA,gds2,0.1", "small/tariffs.csv:3",
       "unknown sector code 'gds2'", "'GDS', the nearest known code"},
      {"unknown input", "inputs.csv", "BBB,SRV,GDS,0.5", "BBB,SRW,GDS,0.5", "small/inputs.csv:7",
       "unknown sector code 'SRW' in column 'input'", "'SRV'"},
      {"unknown region of a share", "value_added.csv", "BBB,GDS,0.6", "QQQQ,GDS,0.6", "small/value_added.csv:4",
       "unknown region code 'QQQQ'", "one of the 3 regions"},
      {"unknown region of a group", "groups.csv", "EAST,CCC", "EAST,CCD", "small/groups.csv:3",
       "unknown region code 'CCD'", "'CCC'"},
      {"unknown region of a member", "members.csv", "AAA,ALQ", "AAB,ALQ", "small/members.csv:3",
       "unknown region code 'AAB'", "'AAA'"},
      {"code of a region twice", "regions.csv", "CCC,Gamma", "AAA,Gamma", "small/regions.csv:4",
       "region 'AAA' is given twice, first in line 2", "list every region once"},
      {"code of a sector twice", "sectors.csv", "SRV,", "GDS,", "small/sectors.csv:3",
       "sector 'GDS' is given twice, first in line 2", "list every sector once"},
      {"region without a code", "regions.csv", "CCC,Gamma", ",Gamma", "small/regions.csv:4", "the region has no code",
       "give every region a code"},
      {"star as a code", "regions.csv", "CCC,Gamma", "*,Gamma", "small/regions.csv:4", "'*' is not a code",
       "choose another code"},
      {"group with the name of a region", "groups.csv", "EAST,CCC", "AAA,CCC", "small/groups.csv:3",
       "group 'AAA' has the name of a region", "rename the group"},

      // Keys.
      {"flow twice", "flows.csv", "AAA,CCC,GDS,5", "AAA,BBB,GDS,5", "small/flows.csv:4", "repeats the key of line 3",
       "keep one of the two rows"},
      {"tariff twice", "tariffs.csv", "BBB,AAA,GDS,0.1", "AAA,BBB,GDS,0.1", "small/tariffs.csv:3",
       "repeats the key of line 2", "keep one"},
      {"input twice", "inputs.csv", "AAA,SRV,GDS,0.5", "AAA,GDS,GDS,0.5", "small/inputs.csv:3",
       "repeats the key of line 2", "keep one"},
      {"share twice", "value_added.csv", "AAA,SRV,0.7", "AAA,GDS,0.7", "small/value_added.csv:3",
       "repeats the key of line 2", "keep one"},
      {"region twice in a group", "groups.csv", "EAST,CCC", "EAST,BBB", "small/groups.csv:3",
       "region 'BBB' is in group 'EAST' twice", "keep one"},
      {"country twice in a region", "members.csv", "AAA,ALQ", "AAA,ALP", "small/members.csv:3",
       "country 'ALP' is in region 'AAA' twice", "keep one"},

      // Columns and rows.
      {"missing column", "flows.csv", "exporter,importer,sector,value", "exporter,importer,sector,amount",
       "small/flows.csv:1", "there is no column 'value'; the header is 'exporter,importer,sector,amount'",
       "name the columns exporter,importer,sector,value"},
      {"wrong separator", "sectors.csv", "", "sector;name;kind;trade_elasticity\nGDS;Goods;goods;4\n",
       "small/sectors.csv:1", "there is no column 'sector'; the header is 'sector;name;kind;trade_elasticity'",
       "separated by commas"},
      {"column twice", "regions.csv", "region,name", "region,name,name", "small/regions.csv:1",
       "names column 'name' twice", "keep one of the two columns"},
      {"too few fields", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS", "small/flows.csv:4", "fewer fields",
       "give every column a field"},
      {"too many fields", "regions.csv", "CCC,Gamma", "CCC,Gamma, the third", "small/regions.csv:4", "more fields",
       "double quotes"},
      {"no header", "tariffs.csv", "", "", "small/tariffs.csv", "is empty", "exporter,importer,sector,rate"},
      {"no region", "regions.csv", "", "region,name\n", "small/regions.csv", "there is no row",
       "list at least one region"},
      {"no sector", "sectors.csv", "", "sector,name,kind,trade_elasticity\n", "small/sectors.csv", "there is no row",
       "list at least one sector"},
      {"no flow", "flows.csv", "", "exporter,importer,sector,value\n", "small/flows.csv", "there is no row",
       "list the flows"},
      {"line break in quotes", "regions.csv", "\"Beta, the second\"", "\"Beta,\nthe second\"", "small/regions.csv:3",
       "a quote does not close on its line", "keep line breaks out of quoted texts"},
      {"open quote", "sectors.csv", "Goods,goods", "\"Goods,goods", "small/sectors.csv:2",
       "a quote does not close on its line", "close it"},

      // Bytes.
      {"Latin-1", "regions.csv", "Gamma", "Gamm\xE4", "small/regions.csv:4", "is not UTF-8", "save the file as UTF-8"},
      {"UTF-16", "regions.csv", "", std::string("\xFF\xFEr\0e\0", 6), "small/regions.csv:1", "is not UTF-8",
       "save the file as UTF-8"},
      {"NUL byte", "regions.csv", "AAA,Alpha", nul_byte, "small/regions.csv:2", "contains a NUL byte",
       "save the file as text"},

      // Numbers.
      {"not a number", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,five", "small/flows.csv:4",
       "column 'value' is 'five', not a number", "write a plain number"},
      {"decimal comma", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,\"5,5\"", "small/flows.csv:4",
       "column 'value' is '5,5', not a number", "with a decimal point"},
      {"number with a unit", "tariffs.csv", "0.05", "5%", "small/tariffs.csv:2", "column 'rate' is '5%', not a number",
       "without units"},
      {"no number", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,", "small/flows.csv:4", "column 'value' is empty",
       "give a number, or delete the row"},
      {"infinite flow", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,inf", "small/flows.csv:4", "column 'value' is 'inf'",
       "give a finite number"},
      {"flow that is no number", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,nan", "small/flows.csv:4",
       "column 'value' is 'nan'", "give a finite number"},
      {"flow beyond doubles", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,1e999", "small/flows.csv:4",
       "beyond the range of a double", "check the exponent"},
      {"negative flow", "flows.csv", "AAA,CCC,GDS,5", "AAA,CCC,GDS,-5", "small/flows.csv:4", "value is -5",
       "clip or net out the cell"},
      {"rate of -100 percent", "tariffs.csv", "0.05", "-1", "small/tariffs.csv:2", "rate is -1", "above -1"},
      {"rate below -100 percent", "tariffs.csv", "0.05", "-5", "small/tariffs.csv:2", "rate is -5",
       "0.25 is 25 percent"},
      {"export tax of -100 percent", "export_taxes.csv", "", "exporter,importer,sector,rate\nAAA,BBB,GDS,-1\n",
       "small/export_taxes.csv:2", "rate is -1", "above -1"},
      {"elasticity of zero", "sectors.csv", "goods,4", "goods,0", "small/sectors.csv:2", "trade_elasticity is 0",
       "must be above zero"},
      {"negative elasticity", "sectors.csv", "goods,4", "goods,-4", "small/sectors.csv:2", "trade_elasticity is -4",
       "give its absolute value"},
      {"unknown kind", "sectors.csv", "Goods,goods", "Goods,good", "small/sectors.csv:2", "kind is 'good'",
       "use 'goods' or 'services'"},
      {"negative input share", "inputs.csv", "AAA,SRV,GDS,0.5", "AAA,SRV,GDS,-0.5", "small/inputs.csv:3",
       "share is -0.5", "not negative"},
      {"value-added share above one", "value_added.csv", "AAA,SRV,0.7", "AAA,SRV,1.7", "small/value_added.csv:3",
       "share is 1.7", "between 0 and 1"},
      {"negative final-demand share", "final_demand.csv", "", "region,sector,share\nAAA,GDS,-0.2\n",
       "small/final_demand.csv:2", "share is -0.2", "not negative"},

      // Sums and accounts.
      {"input shares that do not sum to one", "inputs.csv", "AAA,SRV,GDS,0.5", "AAA,SRV,GDS,0.4",
       "small/inputs.csv (region=AAA, sector=GDS)", "shares sum to 0.9, not to 1 (tolerance 1e-6)",
       "divide each share by the sum"},
      {"final-demand shares that do not sum to one", "final_demand.csv", "",
       "region,sector,share\nAAA,GDS,0.5\nAAA,SRV,0.4\nBBB,SRV,1\nCCC,SRV,1\n", "small/final_demand.csv (region=AAA)",
       "shares sum to 0.9, not to 1", "divide each share by the sum"},
      {"no inputs for a sector with materials", "inputs.csv", "CCC,GDS,SRV,0.25\nCCC,SRV,SRV,0.75\n", "",
       "small/inputs.csv (region=CCC, sector=SRV)", "has no input shares", "list its inputs"},
      {"inputs for a sector without materials", "value_added.csv", "CCC,SRV,0.7", "CCC,SRV,1",
       "small/inputs.csv (region=CCC, sector=SRV)", "has input shares, but its value-added share is 1",
       "delete the rows"},
      {"region that sells nothing", "flows.csv",
       "CCC,AAA,GDS,4\nCCC,BBB,GDS,6\nCCC,CCC,GDS,80\nAAA,AAA,SRV,200\nAAA,BBB,SRV,3\nBBB,BBB,SRV,250\nBBB,CCC,SRV,2\n"
       "CCC,AAA,SRV,1\nCCC,CCC,SRV,120\n",
       "AAA,AAA,SRV,200\nAAA,BBB,SRV,3\nBBB,BBB,SRV,250\nBBB,CCC,SRV,2\n", "small/flows.csv (region=CCC)",
       "the region sells nothing", "add its sales"},
      {"region that buys nothing", "flows.csv", "",
       "exporter,importer,sector,value\nAAA,AAA,GDS,100\nAAA,AAA,SRV,100\nBBB,AAA,GDS,20\nBBB,BBB,GDS,50\n"
       "BBB,BBB,SRV,50\nCCC,AAA,GDS,9\n",
       "small/flows.csv (region=CCC)", "the region buys nothing", "add its purchases"},
      {"implied final demand below zero", "flows.csv", "AAA,AAA,SRV,200", "AAA,AAA,SRV,20",
       "small/final_demand.csv (region=AAA, sector=SRV)", "implied final demand is -", "give final_demand.csv"},
      {"region without value added", "value_added.csv", "CCC,GDS,0.6\nCCC,SRV,0.7\n", "",
       "small/value_added.csv (region=CCC)", "no value added", "value-added share above zero"},

      // Files and the descriptor.
      {"no regions.csv", "regions.csv", "", std::nullopt, "small/regions.csv", "there is no such file",
       "at least regions.csv, sectors.csv and flows.csv"},
      {"no sectors.csv", "sectors.csv", "", std::nullopt, "small/sectors.csv", "there is no such file", "at least"},
      {"no flows.csv", "flows.csv", "", std::nullopt, "small/flows.csv", "there is no such file", "at least"},
      {"descriptor cut off", "datapackage.json", "\"unit\": \"million USD\",", "\"unit\": \"million",
       "small/datapackage.json:6", "is not valid JSON", "correct the line"},
      {"descriptor that is no object", "datapackage.json", "", "[1, 2]", "small/datapackage.json",
       "is not a JSON object", "start it with '{'"},
      {"year in words", "datapackage.json", "2022,", "\"2022\",", "small/datapackage.json",
       "key 'year' is not a whole number", "make it a whole number"},
      {"title that is no string", "datapackage.json", "\"A small world\"", "7", "small/datapackage.json",
       "key 'title' is not a string", "make it a string"},
      {"sources that are no array", "datapackage.json",
       "[{\"title\": \"invented\", \"publisher\": \"nobody\", \"license\": \"none\"}]", "\"invented\"",
       "small/datapackage.json", "key 'sources' is not an array", "make it an array"},
      {"defect that is no string", "datapackage.json", "[\"it is invented\"]", "[1]", "small/datapackage.json",
       "key 'known_defects' is not an array of strings", "make it an array of strings"},
      {"path out of the package", "datapackage.json", "\"year\": 2022,",
       "\"resources\": [{\"name\": \"flows\", \"path\": \"../flows.csv\"}],", "small/datapackage.json",
       "resource 'flows' has path '../flows.csv'", "inside the package"},
      {"absolute path", "datapackage.json", "\"year\": 2022,",
       "\"resources\": [{\"name\": \"flows\", \"path\": \"/etc/flows.csv\"}],", "small/datapackage.json",
       "resource 'flows' has path '/etc/flows.csv'", "inside the package"},
      {"listed file that is not there", "datapackage.json", "\"year\": 2022,",
       "\"resources\": [{\"name\": \"value-added\", \"path\": \"shares.csv\"}],", "small/datapackage.json",
       "lists shares.csv, which is not there", "delete its entry"},
      {"resource listed twice", "datapackage.json", "\"year\": 2022,",
       "\"resources\": [{\"name\": \"flows\", \"path\": \"flows.csv\"}, {\"name\": \"flows\", \"path\": \"f.csv\"}],",
       "small/datapackage.json", "resource 'flows' is listed twice", "keep one"},
  };
  return all;
}

InvalidInput refusal(const PackageFiles& files) {
  try {
    static_cast<void>(parse_world(files, "small"));
  } catch (const InvalidInput& e) {
    return e;
  }
  FAIL("the package was accepted");
  throw std::logic_error("unreachable");
}

void require_refusal(const PackageFiles& files, const std::string& where, const std::string& problem,
                     const std::string& remedy) {
  const InvalidInput error = refusal(files);
  CHECK(error.where() == where);
  CHECK_THAT(error.problem(), ContainsSubstring(problem));
  CHECK_THAT(error.remedy(), ContainsSubstring(remedy));
  CHECK(std::string(error.what()) == where + ": " + error.problem() + "\n  remedy: " + error.remedy());
}

}  // namespace

TEST_CASE("the undamaged package is a world", "[robustness]") {
  const World world = parse_world(small_package(), "small");
  CHECK(world.info().title == "A small world");
  CHECK(world.regions().name(1) == "Beta, the second");
  CHECK(world.flows()(1, 2, 0) == 7.0);
  CHECK(world.flows()(0, 2, 1) == 0.0);
  CHECK(world.tariffs()(1, 0, 0) == 0.1);
  CHECK(world.input_shares()(1, 1, 2) == 0.75);
  CHECK(world.data().groups.at("EAST") == std::vector<std::string>{"BBB", "CCC"});
  CHECK(world.data().members.at("AAA") == std::vector<std::string>{"ALP", "ALQ"});
}

TEST_CASE("a damaged package is refused with file, row and remedy", "[robustness]") {
  for (const Damage& damage : damages()) {
    INFO(damage.name);
    require_refusal(damaged(damage), damage.where, damage.problem, damage.remedy);
  }
}

TEST_CASE("final demand for what nobody sells is refused", "[robustness]") {
  PackageFiles files = small_package();
  files["sectors.csv"] += "NIX,Nothing,goods,3\n";
  files["final_demand.csv"] = "region,sector,share\nAAA,GDS,0.9\nAAA,NIX,0.1\nBBB,SRV,1\nCCC,SRV,1\n";
  files["value_added.csv"] += "AAA,NIX,1\nBBB,NIX,1\nCCC,NIX,1\n";
  require_refusal(files, "small/final_demand.csv (region=AAA, sector=NIX)", "buys it from nobody", "add a flow");
}

TEST_CASE("labels too many for a dense world are refused before any memory is taken", "[robustness]") {
  PackageFiles files = small_package();
  std::string regions = "region,name\n";
  for (int k = 0; k < 20000; ++k) regions += "R" + std::to_string(k) + ",x\n";
  files["regions.csv"] = regions;
  require_refusal(files, "small/flows.csv", "20000 regions and 2 sectors are more than a dense world can hold",
                  "aggregate");
}

TEST_CASE("what is not a folder of tables is refused", "[robustness]") {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "malformed_world";
  fs::remove_all(root);
  fs::create_directories(root / "empty");
  std::ofstream(root / "file.csv") << "x\n";
  const auto refused = [&](const fs::path& folder) {
    try {
      static_cast<void>(read_world(folder));
    } catch (const InvalidInput& e) {
      CHECK_FALSE(e.remedy().empty());
      return e.where() + ": " + e.problem();
    }
    return std::string("accepted");
  };
  CHECK(refused(root / "nowhere") == (root / "nowhere").string() + ": there is no such folder");
  CHECK(refused(root / "file.csv") == (root / "file.csv").string() + ": is a file, not a folder");
  CHECK(refused(root / "empty") == (root / "empty/regions.csv").string() + ": there is no such file");
  fs::create_directories(root / "strange");
  for (const auto& [name, text] : small_package()) std::ofstream(root / "strange" / name) << text;
  CHECK_NOTHROW(read_world(root / "strange"));
  fs::remove(root / "strange/tariffs.csv");
  fs::create_directories(root / "strange/tariffs.csv");
  CHECK(refused(root / "strange") == (root / "strange/tariffs.csv").string() + ": is a folder, not a file");
}

TEST_CASE("what data may legitimately have is read", "[robustness]") {
  PackageFiles files = small_package();

  SECTION("byte-order mark, CRLF, blank lines, no line break at the end") {
    const World plain = parse_world(files, "small");
    for (auto& [name, text] : files) {
      if (name == "datapackage.json") continue;
      std::string crlf = "\xEF\xBB\xBF";
      for (const char c : text) crlf += c == '\n' ? std::string("\r\n") : std::string(1, c);
      crlf.resize(crlf.size() - 2);
      crlf.insert(crlf.find("\r\n"), "\r\n  ");
      text = crlf;
    }
    const World same = parse_world(files, "small");
    CHECK(same.regions() == plain.regions());
    CHECK((same.flows().values() == plain.flows().values()).all());
    CHECK((same.input_shares().values() == plain.input_shares().values()).all());
  }
  SECTION("extra columns, columns in another order, quotes, blanks around fields") {
    files["tariffs.csv"] =
        "source,rate,sector,importer,exporter\n\"a, \"\"b\"\"\", 0.05 ,GDS,\"BBB\",AAA\nc,1e-1,GDS,AAA, BBB\t\n";
    const World world = parse_world(files, "small");
    CHECK(world.tariffs()(0, 1, 0) == 0.05);
    CHECK(world.tariffs()(1, 0, 0) == 0.1);
  }
  SECTION("explicit zeros, and a table with a header alone") {
    files["flows.csv"] += "CCC,BBB,SRV,0\n";
    files["tariffs.csv"] = "exporter,importer,sector,rate\n";
    const World world = parse_world(files, "small");
    CHECK(world.flows()(2, 1, 1) == 0.0);
    CHECK(world.tariffs().values().isZero(0.0));
  }
  SECTION("a region-sector without output") {
    auto& flows = files["flows.csv"];
    for (const char* row : {"CCC,AAA,GDS,4\n", "CCC,BBB,GDS,6\n", "CCC,CCC,GDS,80\n"}) {
      flows.erase(flows.find(row), std::string(row).size());
    }
    flows += "AAA,CCC,GDS,0\n";
    flows.erase(flows.find("AAA,CCC,GDS,5\n"), 14);
    flows.insert(flows.find("BBB,CCC,GDS,7") + 12, "8");  // 87: the region still buys what its services need
    CHECK(parse_world(files, "small").accounts().output(2, 0) == 0.0);
  }
  SECTION("value-added share of one, elasticity of 65, no inputs, no tariffs, no descriptor") {
    for (const char* file :
         {"value_added.csv", "inputs.csv", "tariffs.csv", "datapackage.json", "groups.csv", "members.csv"}) {
      files.erase(file);
    }
    auto& sectors = files["sectors.csv"];
    sectors.replace(sectors.find("goods,4"), 7, "goods,65");
    const World world = parse_world(files, "data/small/");
    CHECK((world.value_added_share() == 1.0).all());
    CHECK(world.trade_elasticity()[0] == 65.0);
    CHECK(world.info().name == "small");
    CHECK(world.data().territories == world.regions().codes());
  }
  SECTION("customs territories, with empty ones of their own") {
    files["regions.csv"] = "region,name,territory\nAAA,Alpha,UNION\nBBB,Beta,\nCCC,Gamma,UNION\n";
    const World world = parse_world(files, "small");
    CHECK(world.is_domestic(0, 2));
    CHECK_FALSE(world.is_domestic(0, 1));
    CHECK(world.data().territories[1] == "BBB");
  }
  SECTION("tables elsewhere in the package, unknown keys and resources") {
    files["tables/trade.csv"] = files["flows.csv"];
    files.erase("flows.csv");
    files["datapackage.json"] =
        R"({"name": "small", "licence": null, "resources": [{"name": "flows", "path": "tables/trade.csv"}, {"name": "map"}]})";
    CHECK(parse_world(files, "small").flows()(0, 1, 0) == 10.0);
  }
  SECTION("negative implied final demand where final demand is given") {
    auto& flows = files["flows.csv"];
    flows.replace(flows.find("AAA,AAA,SRV,200"), 15, "AAA,AAA,SRV,20");
    files["final_demand.csv"] = "region,sector,share\nAAA,GDS,0.9\nAAA,SRV,0.1\nBBB,SRV,1\nCCC,SRV,1\n";
    CHECK_NOTHROW(parse_world(files, "small"));
  }
  SECTION("shares that miss one by rounding are rescaled") {
    auto& inputs = files["inputs.csv"];
    inputs.replace(inputs.find("AAA,SRV,GDS,0.5"), 15, "AAA,SRV,GDS,0.5000001");
    const World world = parse_world(files, "small");
    CHECK(world.input_shares().slice(0).col(0).sum() == Catch::Approx(1.0).epsilon(1e-15));
    CHECK(world.share_distance() > 0);
  }
}

TEST_CASE("a file that is almost named like a table was meant to be it", "[robustness]") {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "misspelt_table";
  fs::remove_all(root);
  fs::create_directories(root);
  for (const auto& [file, text] : small_package()) std::ofstream(root / file) << text;
  std::ofstream(root / "notes.csv") << "of the user's own\n";
  CHECK_NOTHROW(read_world(root));
  fs::rename(root / "tariffs.csv", root / "tarifs.csv");
  try {
    static_cast<void>(read_world(root));
    FAIL("the world was accepted");
  } catch (const InvalidInput& e) {
    CHECK(e.where() == (root / "tarifs.csv").string());
    CHECK(e.remedy() == "rename it to tariffs.csv, or move it away");
  }
}
