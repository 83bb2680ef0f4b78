// Cold solves, re-solves and the certificate's share of them.
#include "sampling.hpp"
#include "suites.hpp"
#include "tariffsim/solve/certify.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim::bench {
namespace {

void report(benchmark::State& state, const Equilibrium& eq) {
  if (!eq.converged()) {
    state.SkipWithError((std::string("the solve is ") + name(eq.status) + ": " + eq.diagnosis).c_str());
    return;
  }
  state.counters["regions"] = static_cast<double>(eq.observed.regions().size());
  state.counters["sectors"] = static_cast<double>(eq.observed.sectors().size());
  state.counters["evaluations"] = eq.evaluations;
  state.counters["certificate"] = eq.certificate.worst();
}

}  // namespace

void register_solving(const Workload& w) {
  // From a validated world: base, linearisation, scenario and solve.
  add("cold", w, [&w](benchmark::State& state) {
    const World world = w.world();
    sample(state, [&] {
      const Solver solver(world, w.declared.closure);
      benchmark::DoNotOptimize(solver.solve(w.declared.scenario).evaluations);
    });
    report(state, Solver(world, w.declared.closure).solve(w.declared.scenario));
  });
  // From a prepared solver and a compiled shock, certificate included.
  add("resolve", w, [&w](benchmark::State& state) {
    const World world = w.world();
    const Solver solver(world, w.declared.closure);
    const Shock shock = w.declared.scenario.compile(world);
    sample(state, [&] { benchmark::DoNotOptimize(solver.solve(shock).evaluations); });
    report(state, solver.solve(shock));
  });
  add("certificate", w, [&w](benchmark::State& state) {
    const World world = w.world();
    const Equilibrium eq = Solver(world, w.declared.closure).solve(w.declared.scenario);
    sample(state, [&] { benchmark::DoNotOptimize(certify(eq).worst()); });
  });
  add("compile", w, [&w](benchmark::State& state) {
    const World world = w.world();
    sample(state, [&] { benchmark::DoNotOptimize(w.declared.scenario.compile(world).tariffs->size()); });
  });
}

}  // namespace tariffsim::bench
