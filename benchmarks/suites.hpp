// What each source file registers.
#pragma once

#include <benchmark/benchmark.h>

#include <string>

#include "workloads.hpp"

namespace tariffsim::bench {

void register_solving(const Workload& w);
void register_evaluating(const Workload& w);
void register_data(const Workload& w);
void register_policy(const Workload& w);
void register_theories(const Workload& w);

/// Registers `run` as "what/world", timed by sample().
template <class Run>
void add(const std::string& what, const Workload& w, Run run) {
  benchmark::RegisterBenchmark((what + "/" + w.name).c_str(), run)->UseManualTime()->Unit(benchmark::kMillisecond);
}

}  // namespace tariffsim::bench
