// Scenarios a second: batches of tariff scenarios beside a loop over single solves, and gradients, in one run.
//
// tariffsim_batches [COUNT] [WORLD…]: of each world so many scenarios of the size of its workload: the tariffs of each
// importer scaled by a draw of its own, and all of them by one factor; wall-clock time, certificates included.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "roofline.hpp"
#include "tariffsim/analysis/gradient.hpp"
#include "tariffsim/analysis/outcome.hpp"
#include "tariffsim/solve/batch.hpp"
#include "workloads.hpp"

namespace {

using namespace tariffsim;

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// A number in [0, 1) of a row and a place in it: the fractional part of a Weyl sequence, mixed.
double uniform(std::uint64_t row, std::uint64_t place) {
  std::uint64_t x = row * 0x9e3779b97f4a7c15ULL + place * 0xd1342543de82ef95ULL + 0x632be59bd9b4e019ULL;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebULL;
  return static_cast<double>((x ^ (x >> 31U)) >> 11U) * 0x1.0p-53;
}

/// The changes of a workload's tariffs, each importer's scaled by a draw of its own in [0, 2), or all by one share.
class Family {
 public:
  Family(const World& world, const Shock& whole, bool one_rate, std::size_t count)
      : world_(world), one_rate_(one_rate), count_(count) {
    const Vector &before = world.tariffs().values(), &after = whole.tariffs->values();
    for (Index k = 0; k < before.size(); ++k) {
      if (before[k] != after[k]) cells_.push_back({k, after[k] - before[k]});
    }
  }
  [[nodiscard]] std::size_t cells() const { return cells_.size(); }

  [[nodiscard]] Shock operator()(std::size_t row) const {
    Shock shock;
    shock.tariffs = world_.tariffs();
    const auto N = static_cast<std::size_t>(world_.regions().size());
    for (const auto& [cell, change] : cells_) {
      const std::size_t importer = static_cast<std::size_t>(cell) / N % N;
      const double scale =
          one_rate_ ? 2.0 * static_cast<double>(row) / static_cast<double>(count_) : 2.0 * uniform(row, importer);
      shock.tariffs->values()[cell] += scale * change;
    }
    return shock;
  }

 private:
  struct Cell {
    Index cell;
    double change;
  };
  const World& world_;
  bool one_rate_;
  std::size_t count_;
  std::vector<Cell> cells_;
};

struct Tally {
  double evaluations = 0, worst = 0, sum = 0;
  std::size_t unsolved = 0;
  std::mutex mutex;

  void add(const Equilibrium& eq, const Outcome& outcome) {
    double value = 0;
    if (eq.converged()) outcome.read(eq, &value);
    const std::lock_guard hold(mutex);
    evaluations += eq.evaluations;
    if (!eq.converged()) ++unsolved;
    worst = std::max(worst, eq.certificate.worst());
    sum += value;
  }
};

void measure(const bench::Workload& workload, std::size_t count, bool one_rate) {
  const World world = workload.world();
  const Solver solver(world, workload.declared.closure);
  const Family family(world, workload.declared.scenario.compile(world), one_rate, count);
  const Outcome outcome("real_income_pct[" + world.regions().code(0) + "]", world);
  const std::size_t singles = std::min<std::size_t>(count, 200);
  Tally single;
  const double loop = seconds_of([&] {
    for (std::size_t k = 0; k < singles; ++k) single.add(solver.solve(family(k * (count / singles))), outcome);
  });
  Tally one, all;
  const auto batch = [&](int threads, Tally& tally, std::size_t rows) {
    return seconds_of([&] {
      solve_batch(solver, rows, family, [&](std::size_t, const Equilibrium& eq) { tally.add(eq, outcome); },
                  {.threads = threads});
    });
  };
  const double on_one = batch(1, one, count), on_all = batch(0, all, count);
  const double n = static_cast<double>(count), evaluations = all.evaluations / n;
  const bench::Evaluation each =
      bench::evaluation_of(world.regions().size(), world.sectors().size(), (world.value_added_share() < 1.0).any());
  const double reached = n / on_all * evaluations;
  std::printf("%-15s %-9s %8.0f %10.0f %10.0f %8.1f %6.1f %6.1f %8.0e %8zu %9.2f %9.2f\n", workload.name.c_str(),
              one_rate ? "one rate" : "own rates", static_cast<double>(singles) / loop, n / on_one, n / on_all,
              (n / on_all) / (static_cast<double>(singles) / loop), single.evaluations / static_cast<double>(singles),
              evaluations, all.worst, all.unsolved, 1e-9 * reached * each.flops, 1e-9 * reached * each.bytes);
  std::fflush(stdout);
}

/// A gradient of welfare by all tariffs, and by everything, beside a solve.
void measure_gradient(const bench::Workload& workload) {
  constexpr int kRuns = 11;
  const World world = workload.world();
  const Solver solver(world, workload.declared.closure);
  const Shock shock = workload.declared.scenario.compile(world);
  const Equilibrium eq = solver.solve(shock);
  const Outcome outcome("real_income_pct[" + world.regions().code(1) + "]", world);
  const auto median = [](const auto& work) {
    std::vector<double> times;
    for (int k = 0; k < kRuns; ++k) times.push_back(seconds_of(work));
    std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
    return 1e3 * times[kRuns / 2];
  };
  double kept = 0;
  const double solve = median([&] { kept += solver.solve(shock).certificate.worst(); });
  const double tariffs =
      median([&] { kept += gradient(eq, outcome, {ParameterKind::tariff})[ParameterKind::tariff](0, 0); });
  const double all = median([&] { kept += gradient(eq, outcome)[ParameterKind::tariff](0, 0); });
  std::printf(
      "%-15s solve %7.2f ms   by %7lld tariffs %7.2f ms, %4.1f solves   by all parameters %7.2f ms, %4.1f solves\n",
      workload.name.c_str(), solve, static_cast<long long>(world.flows().size()), tariffs, tariffs / solve, all,
      all / solve);
  std::fflush(stdout);
  if (kept == 0.5) std::printf(" ");
}

}  // namespace

int main(int argc, char** argv) {
  int first = 1;
  std::size_t count = 2048;
  if (argc > 1 && std::strspn(argv[1], "0123456789") == std::strlen(argv[1]))
    count = std::strtoull(argv[first++], nullptr, 10);
  std::vector<std::string> wanted(argv + first, argv + argc);
  const auto is_wanted = [&](const bench::Workload& workload) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), workload.name) != wanted.end();
  };
  const bench::Roofline roof = bench::measure_roofline();
  std::printf("%d threads; this program reaches %.1f Gflop/s from cache and %.1f GB/s from memory\n\n",
              available_threads(), roof.gigaflops, roof.gigabytes);
  std::printf("%zu scenarios a world; scenarios a second, evaluations by scenario, what the equations alone reached\n",
              count);
  std::printf("%-15s %-9s %8s %10s %10s %8s %6s %6s %8s %8s %9s %9s\n", "world", "draws", "loop", "1 thread", "all",
              "x loop", "alone", "batch", "residual", "unsolved", "Gflop/s", "GB/s");
  for (const bench::Workload& workload : bench::workloads()) {
    if (!is_wanted(workload)) continue;
    for (const bool one_rate : {false, true}) measure(workload, count, one_rate);
  }
  std::printf("\n");
  for (const bench::Workload& workload : bench::workloads()) {
    if (is_wanted(workload)) measure_gradient(workload);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("\npeak memory %.0f MB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}
