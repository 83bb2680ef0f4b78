// write and read: every array, label and note comes back bit for bit, and written bytes are a fixed point.
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/io/worlds.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
namespace fs = std::filesystem;

namespace {

// Same bits, so that -0 and 0 differ.
template <class Array>
bool same_bits(const Array& a, const Array& b) {
  return a.rows() == b.rows() && a.cols() == b.cols() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(double)) == 0;
}

bool same_bits(const Cube& a, const Cube& b) { return a.same_shape(b) && same_bits(a.values(), b.values()); }

void require_same(const World& a, const World& b) {
  const WorldData &x = a.data(), &y = b.data();
  CHECK(x.info == y.info);
  CHECK(x.regions == y.regions);
  CHECK(x.sectors == y.sectors);
  CHECK(x.territories == y.territories);
  CHECK(x.sector_kinds == y.sector_kinds);
  CHECK(x.groups == y.groups);
  CHECK(x.members == y.members);
  CHECK(same_bits(x.trade_elasticity, y.trade_elasticity));
  CHECK(same_bits(x.flows, y.flows));
  CHECK(same_bits(x.tariffs, y.tariffs));
  CHECK(same_bits(x.export_taxes, y.export_taxes));
  CHECK(same_bits(x.value_added_share, y.value_added_share));
  CHECK(same_bits(x.input_shares, y.input_shares));
  REQUIRE(x.final_demand_share.has_value() == y.final_demand_share.has_value());
  if (x.final_demand_share) CHECK(same_bits(*x.final_demand_share, *y.final_demand_share));
}

// In memory and through a folder.
void require_round_trip(const World& world, const std::string& name) {
  const PackageFiles files = format_world(world);
  const World again = parse_world(files, name);
  require_same(world, again);
  CHECK(format_world(again) == files);

  const fs::path folder = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "roundtrip" / name;
  write_world(world, folder);
  require_same(world, read_world(folder));
  for (const auto& [file, text] : files) {
    std::ifstream in(folder / file, std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
  }
  CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) ==
        static_cast<std::ptrdiff_t>(files.size()));
}

}  // namespace

TEST_CASE("random worlds round-trip bit for bit", "[robustness]") {
  for (unsigned seed = 1; seed <= 24; ++seed) {
    WorldFeatures with;
    with.materials = seed % 2 == 0;
    with.export_taxes = seed % 3 == 0;
    with.zeros = seed % 4 != 0;
    with.given_final_demand = seed % 5 == 0;
    const auto regions = static_cast<Index>(2 + seed % 7), sectors = static_cast<Index>(1 + seed % 4);
    INFO("seed " << seed);
    require_round_trip(seeded_world(regions, sectors, seed, with), "seed" + std::to_string(seed));
  }
}

TEST_CASE("unusual labels, notes and numbers round-trip", "[robustness]") {
  const World world = seeded_world(4, 2, 99).edited([](WorldData& d) {
    d.info = {"World 1, \"ours\"",
              "Größe — 世界\n\ttwo lines",
              -44,
              "",
              "€ 10⁶",
              "cif",
              "cite\\us",
              {{"a", "", "c"}, {"", "", ""}},
              {"one", "", "\"three\""},
              {{"*", Date(2021, 7, 1)}, {"A,B", Date(2024, 2, 29)}}};
    d.regions = Labels("region", {"A,B", "say \"x\"", " blank ", "Ω"}, {"", "a\r", "\"", "x,y"});
    d.territories = {"union, north", "say \"x\"", "union, north", "Ω"};
    d.sectors = Labels("sector", {"a b", "*x"}, {"\t", "n"});
    d.groups = {{"ALL", {"Ω", "A,B"}}, {"with, comma", {" blank "}}};
    d.members = {{"A,B", {"DEU", "FRA"}}};
    d.sector_members = {{"*x", {"C1", "C2"}}};
    d.member_weights = {{"DEU", "Ω", "a b", 0.25}, {"FRA", "Ω", "a b", 1.0 / 3.0}};
    d.tariffs(0, 1, 0) = -0.0;
    d.tariffs(0, 3, 0) = 5e-324;
    d.tariffs(1, 3, 0) = 0.1 + 0.2;
    d.flows(0, 1, 0) = 1.0 / 3.0;
  });
  require_round_trip(world, "unusual");
}

TEST_CASE("embedded worlds round-trip bit for bit", "[robustness]") {
  for (const char* name : {"world-2022", "world-2022-27x12"}) {
    REQUIRE(fs::is_directory(embedded_world(name)));
    require_round_trip(read_world(embedded_world(name)), name);
  }
}

TEST_CASE("shared worlds round-trip bit for bit", "[robustness]") {
  for (const char* name : {"cp2015", "world2022-81x28", "liberation2023", "hkbu2017", "gsim4x4", "gegravity2006"}) {
    if (!has_shared_data(name)) SKIP(std::string("no shared data package ") + name);
    require_round_trip(read_world(shared_data(name)), name);
  }
}

TEST_CASE("labels that no table can hold are refused", "[robustness]") {
  const World world = two_regions();
  const auto refused = [&](auto edit) { CHECK_THROWS_AS(format_world(world.edited(edit)), InvalidInput); };
  refused([](WorldData& d) { d.regions = Labels("region", {"A\nB", "C"}); });
  refused([](WorldData& d) { d.regions = Labels("region", {"A", "B"}, {"latin \xE4", "B"}); });
  refused([](WorldData& d) { d.sectors = Labels("sector", {std::string("A\0B", 3)}); });
  refused([](WorldData& d) { d.territories = {"", "B"}; });
  refused([](WorldData& d) { d.info.title = "latin \xE4"; });
}

TEST_CASE("a folder that is not a world package is not replaced", "[robustness]") {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "replace";
  fs::remove_all(root);
  fs::create_directories(root / "empty");
  const World world = two_regions();
  const auto refused = [&](const fs::path& folder) {
    try {
      write_world(world, folder);
    } catch (const InvalidInput& e) {
      CHECK_FALSE(e.remedy().empty());
      return e.problem();
    }
    return std::string("written");
  };
  CHECK(refused(root / "empty") == "written");
  CHECK(refused(root / "empty") == "written");
  CHECK(refused(root / "new/deep/folder/") == "written");
  std::ofstream(root / "empty/notes.txt") << "mine";
  CHECK(refused(root / "empty") == "holds 'notes.txt', which is not part of a world package");
  CHECK(fs::exists(root / "empty/notes.txt"));
  fs::create_directories(root / "half");
  std::ofstream(root / "half/flows.csv") << "mine";
  CHECK(refused(root / "half") == "is not a world package: it has no datapackage.json");
  CHECK(refused(root / "half/flows.csv") == "is a file, not a folder");
  fs::create_directory_symlink(root / "new/deep/folder", root / "link");
  CHECK(refused(root / "link") == "written");
  CHECK(fs::is_symlink(root / "link"));
  for (const auto& entry : fs::directory_iterator(root)) CHECK(entry.path().filename().string().front() != '.');
}

TEST_CASE("a write that is told to stop leaves nothing", "[robustness]") {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "stop";
  fs::remove_all(root);
  fs::create_directories(root);
  for (int after = 0; after < 4; ++after) {
    int asked = 0;
    CHECK_THROWS_AS(write_world(two_regions(), root / "world", [&] { return asked++ == after; }), Interrupted);
    CHECK(fs::is_empty(root));
  }
}

TEST_CASE("worlds are found by name", "[robustness]") {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "finder";
  fs::remove_all(root);
  write_world(two_regions(), root / "mine");
  write_world(two_regions(), root / "broken");
  std::ofstream(root / "broken/regions.csv") << "nothing\n";
  bool mine = false, broken = false, embedded = false;
  for (const auto& w : list_worlds({root})) {
    if (w.name == "mine") mine = w.problem.empty() && w.regions == 2 && w.sectors == 1;
    if (w.name == "broken") broken = w.problem.find("there is no column 'region'") != std::string::npos;
    if (w.name == "world-2022") embedded = w.regions == 44 && w.sectors == 21 && w.year == 2022;
  }
  CHECK(mine);
  CHECK(broken);
  CHECK(embedded);
  CHECK(load_world("mine", {root}).regions().size() == 2);
  CHECK(load_world((root / "mine").string()).regions().size() == 2);
  try {
    static_cast<void>(load_world("world-2021"));
    FAIL("an unknown name was accepted");
  } catch (const InvalidInput& e) {
    CHECK(std::string(e.what()).find("'world-2022', the nearest known") != std::string::npos);
  }
}

TEST_CASE("a million rows are read in seconds", "[robustness]") {
  constexpr int kRegions = 200, kSectors = 25;
  PackageFiles files;
  std::string &regions = files["regions.csv"], &sectors = files["sectors.csv"], &flows = files["flows.csv"];
  regions = "region,name\n";
  for (int n = 0; n < kRegions; ++n) regions += "REGION-NUMBER-" + std::to_string(n) + ",x\n";
  sectors = "sector,name,kind,trade_elasticity\n";
  for (int j = 0; j < kSectors; ++j) sectors += "SECTOR-NUMBER-" + std::to_string(j) + ",x,goods,4\n";
  flows = "exporter,importer,sector,value\n";
  // Neither sorted nor in blocks, so that the shortcut for repeated codes does not help.
  for (int k = 0; k < kRegions * kRegions * kSectors; ++k) {
    const int cell = static_cast<int>((static_cast<long long>(k) * 7919) % (kRegions * kRegions * kSectors));
    flows += "REGION-NUMBER-" + std::to_string(cell % kRegions) + ",REGION-NUMBER-" +
             std::to_string(cell / kRegions % kRegions) + ",SECTOR-NUMBER-" +
             std::to_string(cell / kRegions / kRegions) + "," + std::to_string(1 + cell) + ".25\n";
  }
  const auto start = std::chrono::steady_clock::now();
  const World world = parse_world(files, "long");
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  CHECK(world.flows().values().size() == 1000000);
  CHECK(world.flows().values().sum() == 500000500000.0 + 250000.0);
  CHECK(seconds < 10);  // a quarter of a second as a rule; sanitizers and busy machines take longer
  WARN("a million rows (" << flows.size() / 1000000 << " MB) in " << seconds << " s");
}
