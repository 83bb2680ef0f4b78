// Loading a data package, validating a world, aggregating it.
#include "sampling.hpp"
#include "suites.hpp"
#include "tariffsim/data/aggregate.hpp"

namespace tariffsim::bench {

void register_data(const Workload& w) {
  add("read", w, [&w](benchmark::State& state) {
    sample(state, [&] { benchmark::DoNotOptimize(w.world().flows().size()); });
    state.counters["cells"] = static_cast<double>(w.world().flows().size());
  });
  // Every region into one of ten; sectors as they are.
  add("aggregate", w, [&w](benchmark::State& state) {
    const World world = w.world();
    CodeMap regions;
    for (Index n = 0; n < world.regions().size(); ++n) {
      regions[world.regions().code(n)] = "GROUP" + std::to_string(n % 10);
    }
    sample(state, [&] { benchmark::DoNotOptimize(aggregate(world, regions).flows().size()); });
  });
}

}  // namespace tariffsim::bench
