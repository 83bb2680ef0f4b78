// Registers every benchmark for every world and runs those that --benchmark_filter asks for.
#include "suites.hpp"

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  for (const auto& w : tariffsim::bench::workloads()) {
    tariffsim::bench::register_solving(w);
    tariffsim::bench::register_evaluating(w);
    tariffsim::bench::register_data(w);
    tariffsim::bench::register_policy(w);
#ifdef TARIFFSIM_BENCH_THEORIES  // an older checkout has none
    if (w.name == "44x21") tariffsim::bench::register_theories(w);
#endif
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
