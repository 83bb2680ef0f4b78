// A writer killed at random moments leaves the old folder, the new one or none, and never a part of one.
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.hpp"
#include "support/hand_equilibrium.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/results.hpp"
#include "tariffsim/io/world_package.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
namespace fs = std::filesystem;

namespace {

using Files = std::map<std::string, std::string>;
using Write = std::function<void(const fs::path&)>;

constexpr int kKills = 60;

Files contents(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = std::string(std::istreambuf_iterator<char>(in), {});
  }
  return files;
}

// Writes one version after the other until it is killed.
[[noreturn]] void write_for_ever(const std::vector<Write>& versions, const fs::path& target) {
  try {
    for (;;) {
      for (const Write& write : versions) write(target);
    }
  } catch (...) {
    ::_exit(1);
  }
}

// Kills a writer after a random time; true where it was killed and did not end by itself.
bool kill_writer(const std::vector<Write>& versions, const fs::path& target, double seconds) {
  const pid_t child = ::fork();
  if (child == 0) write_for_ever(versions, target);
  REQUIRE(child > 0);
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  ::kill(child, SIGKILL);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void require_all_or_nothing(const std::string& name, const std::vector<Write>& versions) {
  const fs::path root = fs::path(TARIFFSIM_TEST_OUTPUT_DIR) / "kill" / name, target = root / "target";
  fs::remove_all(root);
  fs::create_directories(root);
  std::vector<Files> whole;
  const auto start = std::chrono::steady_clock::now();
  for (const Write& write : versions) {
    write(target);
    whole.push_back(contents(target));
  }
  // Long enough to see every stage of the first few writes, however slow the disk is.
  const std::chrono::duration<double> both = std::chrono::steady_clock::now() - start;
  REQUIRE(whole[0] != whole[1]);

  std::mt19937 engine(7);
  std::uniform_real_distribution<double> moment(0.0, std::min(both.count(), 0.5));
  int absent = 0, interrupted = 0;
  std::vector<int> seen(versions.size(), 0);
  for (int k = 0; k < kKills; ++k) {
    if (k % 3 == 0) fs::remove_all(target);
    REQUIRE(kill_writer(versions, target, moment(engine)));
    for (const auto& entry : fs::directory_iterator(root)) interrupted += entry.path() != target ? 1 : 0;
    if (!fs::exists(target)) {
      ++absent;
      continue;
    }
    const auto version = std::find(whole.begin(), whole.end(), contents(target)) - whole.begin();
    INFO("kill " << k << " left a part of a folder");
    REQUIRE(version < static_cast<std::ptrdiff_t>(whole.size()));
    ++seen[static_cast<std::size_t>(version)];
  }
  INFO(absent << " times nothing, " << seen[0] << " and " << seen[1] << " times a version, " << interrupted
              << " interrupted writes");
  CHECK(interrupted > 0);
  CHECK(seen[0] + seen[1] > 0);

  versions[0](target);  // the next writer takes away what the killed ones left
  CHECK(contents(target) == whole[0]);
  CHECK(std::distance(fs::directory_iterator(root), fs::directory_iterator()) == 1);
}

Equilibrium some_equilibrium(double cost) {
  const World world = seeded_world(12, 4, 5);
  Equilibrium eq =
      hand_equilibrium(world, {}, world.flows(), RegionSector::Constant(12, 4, cost), Vector::Constant(12, cost));
  eq.seconds = 0;
  return eq;
}

}  // namespace

TEST_CASE("a world whose writer is killed is whole or not there", "[robustness]") {
  const World one = seeded_world(14, 5, 1), other = seeded_world(9, 4, 2);
  require_all_or_nothing(
      "world", {[&](const fs::path& f) { write_world(one, f); }, [&](const fs::path& f) { write_world(other, f); }});
}

TEST_CASE("a result whose writer is killed is whole or not there", "[robustness]") {
  const Equilibrium one = some_equilibrium(1.0), other = some_equilibrium(1.25);
  require_all_or_nothing("result", {[&](const fs::path& f) { write_results(one, f); },
                                    [&](const fs::path& f) { write_results(other, f); }});
}
