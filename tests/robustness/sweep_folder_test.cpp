// The folder of a sweep: what is whole survives a killed writer, and nothing of anybody else is touched.
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/output_folder.hpp"
#include "support/small_package.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_folder.hpp"
#include "tariffsim/io/sweep_run.hpp"
#include "tariffsim/io/world_package.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRows = 10, kEach = 4, kParts = 3;

std::string plan(const std::string& more = "") {
  return R"({"format": "tariffsim sweep", "version": 1, "rows": 10, "part_rows": 4, "columns": ["row", "x, y"])" +
         more + "}";
}

std::string part(std::size_t number, const std::string& cell = "1.5") {
  std::string text = "row,\"x, y\"\n";
  // Backwards, as an order of work may have them.
  for (std::size_t k = number * kEach; k < std::min(kRows, (number + 1) * kEach); ++k) {
    text += std::to_string(kRows - 1 - k) + "," + cell + "\n";
  }
  return text;
}

fs::path fresh(const std::string& name) { return fresh_folder("sweep_folder", name) / "sweep"; }

void put(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

}  // namespace

TEST_CASE("a sweep is resumed with its whole parts", "[robustness]") {
  const fs::path path = fresh("resumed");
  {
    SweepFolder folder(path, plan(), false);
    CHECK(folder.parts() == kParts);
    CHECK(folder.rows_of(2) == 2);
    CHECK(folder.header() == "row,\"x, y\"");
    folder.write_part(1, part(1));
    CHECK(folder.done() == std::vector<std::size_t>{1});
    folder.close();
    CHECK_THROWS_WITH(folder.write_part(0, part(0)), ContainsSubstring("closed"));
  }
  put(path / "part-00000.csv", part(0).substr(0, 20));  // as a power cut may leave it
  put(path / ".part-00002.csv.writing", "row");
  put(path / "notes.txt", "mine");
  SweepFolder folder(path, plan(), true);
  CHECK(folder.done() == std::vector<std::size_t>{1});
  CHECK(names_in(path).count(".part-00002.csv.writing") == 0);
  CHECK_THROWS_WITH(join_sweep(path, path / "all.csv"), ContainsSubstring("2 of 3 parts are missing"));
  CHECK(join_sweep(path, path / "all.csv", true) == 4);
  folder.write_part(0, part(0));
  folder.write_part(2, part(2));
  CHECK(read_sweep_folder(path).done.size() == kParts);
  CHECK(join_sweep(path, path / "all.csv") == kRows);
  std::string expected = "row,\"x, y\"\n";
  for (std::size_t k = 0; k < kRows; ++k) expected += std::to_string(k) + ",1.5\n";
  CHECK(text_of(path / "all.csv") == expected);
  CHECK(text_of(path / "notes.txt") == "mine");
}

TEST_CASE("a sweep that is there is not begun again, and another one not resumed", "[robustness]") {
  const fs::path path = fresh("other");
  SweepFolder(path, plan(R"(, "dims": [{"name": "rate", "values": [0, 0.5]}], "digest": "a")"), true).close();
  CHECK_THROWS_WITH(SweepFolder(path, plan(), false), ContainsSubstring("holds a sweep already, with 0 of 3 parts"));
  CHECK_THROWS_WITH(SweepFolder(path, plan(R"(, "dims": [{"name": "rate", "values": [0, 0.6]}], "digest": "a")"), true),
                    ContainsSubstring("'dims' number 0") && ContainsSubstring("is 0.5 there and 0.6 here"));
  CHECK_THROWS_WITH(SweepFolder(path, plan(R"(, "dims": [{"name": "rate", "values": [0, 0.5]}], "digest": "b")"), true),
                    ContainsSubstring("'digest' is \"a\" there and \"b\" here"));
  CHECK_THROWS_WITH(SweepFolder(path, plan(), true), ContainsSubstring("'dims' is there alone"));
}

TEST_CASE("a folder of somebody else is left as it is", "[robustness]") {
  const fs::path path = fresh("else");
  fs::create_directories(path);
  put(path / "thesis.txt", "years of work");
  for (const bool resume : {false, true}) {
    CHECK_THROWS_WITH(SweepFolder(path, plan(), resume), ContainsSubstring("holds 'thesis.txt' and no sweep"));
  }
  CHECK(names_in(path) == std::set<std::string>{"thesis.txt"});
  put(path.parent_path() / "file", "");
  CHECK_THROWS_WITH(SweepFolder(path.parent_path() / "file", plan(), false), ContainsSubstring("is a file"));
  CHECK_THROWS_WITH(read_sweep_folder(path), ContainsSubstring("holds no sweep"));
  CHECK_THROWS_WITH(read_sweep_folder(path / "nowhere"), ContainsSubstring("no such folder"));
  put(path / "sweep.json", "{}");
  CHECK_THROWS_WITH(SweepFolder(path, plan(), true), ContainsSubstring("sweep.json: is not the plan of a sweep"));
}

TEST_CASE("what is no part is refused before it is written", "[robustness]") {
  const fs::path path = fresh("no_part");
  SweepFolder folder(path, plan(), false);
  CHECK_THROWS_WITH(folder.write_part(0, "row,y\n1,2\n"), ContainsSubstring("another header"));
  CHECK_THROWS_WITH(folder.write_part(0, ""), ContainsSubstring("another header"));
  CHECK_THROWS_WITH(folder.write_part(0, part(2)), ContainsSubstring("2 rows instead of 4"));
  CHECK_THROWS_WITH(folder.write_part(2, part(2) + "8,1"), ContainsSubstring("2 rows instead of 2"));
  CHECK_THROWS_WITH(folder.write_part(3, part(2)), ContainsSubstring("no part 3"));
  CHECK(names_in(path) == std::set<std::string>{".lock", "sweep.json"});
  for (const std::size_t number : {0, 1, 2}) folder.write_part(number, part(0).substr(0, number == 2 ? 23 : 99));
  CHECK_THROWS_WITH(join_sweep(path, path / "all.csv"), ContainsSubstring("a line that begins with '9'"));
  CHECK_THROWS_WITH(read_sweep_part(path, 7), ContainsSubstring("no such part"));
}

TEST_CASE("a plan says at least what a part is", "[robustness]") {
  const fs::path path = fresh("plan");
  const auto refused = [&](const std::string& text, const char* problem) {
    CHECK_THROWS_WITH(SweepFolder(path, text, false), ContainsSubstring(problem));
  };
  refused("", "not valid JSON");
  refused("[]", "\"format\"");
  refused(R"({"format": "tariffsim sweep", "version": 2})", "another version");
  refused(R"({"format": "tariffsim sweep", "version": 1, "rows": 0})", "'rows'");
  refused(R"({"format": "tariffsim sweep", "version": 1, "rows": 1e3, "part_rows": 4})", "'rows'");
  refused(R"({"format": "tariffsim sweep", "version": 1, "rows": 4, "part_rows": -4})", "'part_rows'");
  refused(R"({"format": "tariffsim sweep", "version": 1, "rows": 4, "part_rows": 4, "columns": ["x"]})", "'columns'");
  refused(R"({"format": "tariffsim sweep", "version": 1, "rows": 4, "part_rows": 4, "columns": ["row", 1]})",
          "'columns'");
  CHECK_FALSE(fs::exists(path));
}

TEST_CASE("one process writes at a time", "[robustness]") {
  const fs::path path = fresh("one");
  SweepFolder folder(path, plan(), false);
  CHECK_THROWS_WITH(SweepFolder(path, plan(), true), ContainsSubstring("is being written by this process"));
  // A forked worker has no lock of its own, and does not keep its parent's alive.
  const pid_t other = ::fork();
  if (other == 0) {
    std::string said;
    try {
      const fs::path again = path.string() + "/../sweep";
      SweepFolder(again, plan(), true).close();
    } catch (const InvalidInput& e) {
      said = e.what();
    }
    ::_exit(said.find("is being written by") == std::string::npos ? 1 : 0);
  }
  REQUIRE(other > 0);
  int status = 0;
  ::waitpid(other, &status, 0);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  folder.close();
  CHECK_NOTHROW(SweepFolder(path, plan(), true));
}

TEST_CASE("a sweep whose writer is killed fifty times ends as if it had not been", "[robustness]") {
  const fs::path root = fresh_folder("sweep_folder", "killed");
  const std::string text = R"(title = "t"
[[measure]]
kind = "tariff"
importer = "BBB"
exporter = "AAA"
sector = "*"
rate = "$rate"
[theory]
elasticity_scale = "$scale"
[sweep]
outcomes = ["real_income_pct", "flows[AAA->BBB]"]
[sweep.over]
rate = { from = 0, to = 1.5, count = 700 }
scale = [0.5, 1, 2]
)";
  const SweepFile sweep = parse_sweep(text, "t.toml");
  const World world = parse_world(small_package(), "small");
  const auto start = std::chrono::steady_clock::now();
  run_sweep(sweep, world, root / "whole", {.threads = 1});
  const std::chrono::duration<double> whole = std::chrono::steady_clock::now() - start;
  join_sweep(root / "whole", root / "whole.csv");

  std::mt19937 engine(11);
  std::uniform_real_distribution<double> moment(0.0, 0.3 * whole.count());
  int killed = 0;
  std::size_t before = 0;
  for (int k = 0; k < 50; ++k) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        run_sweep(sweep, world, root / "killed", {.threads = 1, .resume = true});
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    REQUIRE(child > 0);
    std::this_thread::sleep_for(std::chrono::duration<double>(moment(engine)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE((WIFSIGNALED(status) || WEXITSTATUS(status) == 0));
    killed += WIFSIGNALED(status) ? 1 : 0;
    if (!fs::exists(root / "killed" / "sweep.json")) continue;
    const std::size_t now = read_sweep_folder(root / "killed").done.size();
    CHECK(now >= before);
    before = now == read_sweep_folder(root / "killed").parts ? 0 : now;
    if (before == 0 && now > 0) fs::remove_all(root / "killed");  // done: once more from the start
  }
  CHECK(killed > 0);
  const SweepOutcome outcome = run_sweep(sweep, world, root / "killed", {.threads = 2, .resume = true});
  CHECK(outcome.on_disk == sweep.rows());
  CHECK(outcome.unsolved == 0);
  join_sweep(root / "killed", root / "killed.csv");
  CHECK(text_of(root / "killed.csv") == text_of(root / "whole.csv"));
  CHECK(names_in(root / "killed") == names_in(root / "whole"));
}

TEST_CASE("a sweep is the same to the bit for any number of threads, and wherever it stopped", "[robustness]") {
  const fs::path root = fresh_folder("sweep_folder", "threads");
  const std::string text = R"(title = "t"
[[measure]]
kind = "tariff"
importer = "BBB"
exporter = "AAA"
sector = "*"
rate = "$rate"
[closure]
deficits = "$closure"
[theory]
elasticity_scale = "$scale"
[sweep]
outcomes = ["output", "flows"]
[sweep.over]
rate = { from = 0, to = 1.5, count = 40 }
closure = ["balanced", "fixed_world_share", "fixed_income_share"]
scale = { sobol = 8, lognormal = { median = 1, sd = 0.3 } }
)";
  const SweepFile sweep = parse_sweep(text, "t.toml");
  const World world = parse_world(small_package(), "small");
  std::string expected;
  for (const int threads : {1, 2, 4}) {
    const fs::path folder = root / std::to_string(threads);
    int panels = 0;
    const SweepOutcome stopped = run_sweep(
        sweep, world, folder,
        {.threads = threads, .progress = [&](const SweepProgress& p) { return p.solved == 0 || ++panels < 10; }});
    CHECK(stopped.stopped);
    CHECK(stopped.on_disk < sweep.rows());
    const SweepOutcome done = run_sweep(sweep, world, folder, {.threads = threads, .resume = true});
    CHECK(done.on_disk == sweep.rows());
    CHECK(done.progress.kept == stopped.on_disk);
    join_sweep(folder, root / "all.csv");
    const std::string all = text_of(root / "all.csv");
    if (expected.empty()) expected = all;
    CHECK(all == expected);
  }
}

TEST_CASE("rows without an equilibrium say so and leave the others as they are", "[robustness]") {
  const fs::path root = fresh_folder("sweep_folder", "unsolved");
  const SweepFile sweep = parse_sweep(R"(title = "t"
[[measure]]
kind = "ban"
importer = "$who"
exporter = "*"
sector = "*"
[[measure]]
kind = "ban"
importer = "*"
exporter = "$who"
sector = "*"
[sweep.over]
who = ["AAA", "BBB", "CCC"]
[sweep]
)",
                                      "t.toml");
  const World world = parse_world(small_package(), "small");
  const SweepOutcome outcome = run_sweep(sweep, world, root / "sweep");
  CHECK(outcome.on_disk == 3);
  INFO(read_sweep_part(root / "sweep", 0));
  CHECK(outcome.unsolved > 0);
  CHECK_THAT(outcome.first_diagnosis, ContainsSubstring("row 0 (who=AAA): "));
}
