// Times of single runs in processor time of the running thread, which waiting for a busy machine does not lengthen.
#pragma once

#include <benchmark/benchmark.h>
#include <time.h>

#include <algorithm>
#include <vector>

namespace tariffsim::bench {

inline double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Runs `action` as often as the state asks for; counters `median_ms` and `best_ms` over the single runs.
template <class Action>
void sample(benchmark::State& state, Action action) {
  std::vector<double> times;
  for ([[maybe_unused]] auto run : state) {
    const double start = thread_seconds();
    action();
    const double elapsed = thread_seconds() - start;
    state.SetIterationTime(elapsed);
    times.push_back(1e3 * elapsed);
  }
  if (times.empty()) return;
  std::sort(times.begin(), times.end());
  state.counters["median_ms"] = times[times.size() / 2];
  state.counters["best_ms"] = times.front();
}

}  // namespace tariffsim::bench
