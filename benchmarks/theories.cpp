// Re-solves under other theories, to be read as ratios to the plain one.
#include <utility>
#include <vector>

#include "sampling.hpp"
#include "suites.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim::bench {
namespace {

Theory ces_inputs() {
  Theory theory;
  theory.final_demand = 0.8;
  theory.value_added_materials = 0.5;
  theory.materials = 0.3;
  return theory;
}

// Two tiers, CES inputs, specific factors.
Theory full() {
  Theory theory = ces_inputs();
  theory.domestic_import = Parameter(2.0);
  theory.factors = Theory::specific_factors().factors;
  return theory;
}

}  // namespace

void register_theories(const Workload& w) {
  const std::vector<std::pair<const char*, Theory>> theories = {{"theory_two_tier", Theory::two_tier(2.0)},
                                                                {"theory_ces_inputs", ces_inputs()},
                                                                {"theory_specific", Theory::specific_factors()},
                                                                {"theory_full", full()}};
  for (const auto& [name, theory] : theories) {
    add(name, w, [&w, theory = theory](benchmark::State& state) {
      const World world = w.world();
      const Solver solver(world, theory, w.declared.closure);
      const Shock shock = w.declared.scenario.compile(world);
      sample(state, [&] { benchmark::DoNotOptimize(solver.solve(shock).evaluations); });
      const Equilibrium eq = solver.solve(shock);
      if (!eq.converged()) state.SkipWithError(eq.diagnosis.c_str());
      state.counters["evaluations"] = eq.evaluations;
    });
  }
}

}  // namespace tariffsim::bench
