// What the machine can do, measured by the program that uses it: multiply-adds from registers, bytes from memory.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tariffsim/core/kernels.hpp"
#include "tariffsim/solve/parallel.hpp"

namespace tariffsim::bench {

inline double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Roofline {
  double gigaflops = 0;  ///< of all threads together, with the vector instructions that the solver picks
  double gigabytes = 0;  ///< read a second by all threads together, from memory
};

/// The best of a few runs on all threads: products of a matrix that fits into the first cache with a vector, in the
/// solver's own kernel, and the same of one that fits into no cache.
inline Roofline measure_roofline() {
  const auto best = [](Index size, int times, bool flops) {
    const auto threads = static_cast<std::size_t>(available_threads());
    std::vector<Eigen::MatrixXd> matrix(threads, Eigen::MatrixXd::Constant(size, size, 0.5));
    std::vector<Eigen::VectorXd> x(threads, Eigen::VectorXd::Ones(size)), y = x;
    double rate = 0;
    for (int run = 0; run < 5; ++run) {
      const double start = wall_seconds();
      parallel_for(threads, 0, [&](std::size_t t) {
        for (int k = 0; k < times; ++k) {
          kernels::multiply_transposed(matrix[t].data(), size, size, x[t].data(), y[t].data());
        }
      });
      const double work = static_cast<double>(threads) * times * static_cast<double>(size * size) * (flops ? 2.0 : 8.0);
      rate = std::max(rate, work / (wall_seconds() - start));
    }
    return 1e-9 * rate;
  };
  return {best(56, 100000, true), best(4096, 4, false)};
}

/// What one evaluation of equations 1 to 6 takes of a plain system: products with A and twice with B, the price sums of
/// the second half being the prices themselves, and twice with the materials coefficients of each region.
struct Evaluation {
  double flops, bytes;
};

[[nodiscard]] inline Evaluation evaluation_of(Index regions, Index sectors, bool materials) {
  const auto n = static_cast<double>(regions), j = static_cast<double>(sectors);
  const double pairs = n * n * j, inputs = materials ? n * j * j : 0;
  return {2 * pairs * 3 + 2 * inputs * 5, 8 * (pairs * 2 + inputs * 5)};
}

}  // namespace tariffsim::bench
