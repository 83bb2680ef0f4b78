// Seeded random numbers that are the same on every platform, unlike those of the standard distributions.
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "tariffsim/core/types.hpp"

namespace tariffsim::testing {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] double uniform(double low, double high) {
    return low + (high - low) * static_cast<double>(engine_() >> 11U) * 0x1p-53;
  }

  /// Uniform in logs, between two positive numbers.
  [[nodiscard]] double factor(double low, double high) { return std::exp(uniform(std::log(low), std::log(high))); }

  [[nodiscard]] bool chance(double probability) { return uniform(0, 1) < probability; }

  /// A position in [0, size).
  [[nodiscard]] Index index(Index size) { return static_cast<Index>(engine_() % static_cast<std::uint64_t>(size)); }

  /// The positions 0 … size - 1 in random order.
  [[nodiscard]] std::vector<Index> permutation(Index size) {
    std::vector<Index> order;
    for (Index k = 0; k < size; ++k) order.push_back(k);
    for (Index k = size - 1; k > 0; --k) {
      std::swap(order[static_cast<std::size_t>(k)], order[static_cast<std::size_t>(index(k + 1))]);
    }
    return order;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tariffsim::testing
