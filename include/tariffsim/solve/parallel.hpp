// Independent pieces of work on several threads: by oneTBB where tariffsim::solver was built with it, else one by one.
#pragma once

#include <cstddef>
#include <functional>

#include "tariffsim/core/inline.hpp"

namespace tariffsim {

/// How many threads `parallel_for` can use: those of the machine with oneTBB, else 1.
[[nodiscard]] int available_threads();

/// Calls body(k) for every k below `count`, each once. An exception of a body ends the work and is thrown again.
/// @param threads at most so many; 0 is all that the machine has.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

#ifndef TARIFFSIM_COMPILED
inline int available_threads() { return 1; }
inline void parallel_for(std::size_t count, int /*threads*/, const std::function<void(std::size_t)>& body) {
  for (std::size_t k = 0; k < count; ++k) body(k);
}
#endif

}  // namespace tariffsim
