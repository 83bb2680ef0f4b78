// The largest resident memory of a process that reads one world and solves its change: tariffsim_peak_memory WORLD
#include <sys/resource.h>

#include <exception>
#include <iostream>

#include "tariffsim/solve/solve.hpp"
#include "workloads.hpp"

int main(int argc, char** argv) try {
  using namespace tariffsim;
  if (argc != 2) {
    for (const auto& w : bench::workloads()) std::cout << w.name << '\n';
    return 0;
  }
  const bench::Workload& w = bench::workload(argv[1]);
  const Equilibrium eq = solve(w.world(), w.declared);
  eq.require_converged();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::cout << usage.ru_maxrss << '\n';  // kilobytes on Linux
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 2;
}
