#include "tariffsim/solve/parallel.hpp"

#ifdef TARIFFSIM_TBB
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace tariffsim {

#ifdef TARIFFSIM_TBB

int available_threads() { return oneapi::tbb::info::default_concurrency(); }

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  // More threads than cores are legal, if seldom wise.
  const std::size_t wanted = static_cast<std::size_t>(threads > available_threads() ? threads : available_threads());
  const oneapi::tbb::global_control allowed(oneapi::tbb::global_control::max_allowed_parallelism, wanted);
  oneapi::tbb::task_arena arena(threads > 0 ? threads : oneapi::tbb::task_arena::automatic);
  arena.execute([&] {
    // One piece at a time: pieces are large, and differ in how long they take.
    oneapi::tbb::parallel_for(
        oneapi::tbb::blocked_range<std::size_t>(0, count, 1),
        [&](const auto& range) {
          for (std::size_t k = range.begin(); k != range.end(); ++k) body(k);
        },
        oneapi::tbb::simple_partitioner());
  });
}

#else

int available_threads() { return 1; }

void parallel_for(std::size_t count, int /*threads*/, const std::function<void(std::size_t)>& body) {
  for (std::size_t k = 0; k < count; ++k) body(k);
}

#endif

}  // namespace tariffsim
