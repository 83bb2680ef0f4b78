// One evaluation of equations 1 to 6, and the floor under it: one pass over its arrays.
#include <cstddef>
#include <cstring>
#include <memory>

#include "sampling.hpp"
#include "suites.hpp"
#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim::bench {
namespace {

using FourDoubles = double __attribute__((vector_size(32)));

// Reads every value once, as fast as the machine can: wide loads where there are any, eight sums that do not wait for
// one another. Code of its own, so that the floor does not move with the solver.
#if defined(__x86_64__) && defined(__GLIBC__)
__attribute__((target_clones("avx2", "default")))
#endif
double
read_once(const double* values, std::size_t size) {
  constexpr std::size_t kSums = 8, kBlock = 4 * kSums;
  FourDoubles sums[kSums] = {};
  std::size_t i = 0;
  for (; i + kBlock <= size; i += kBlock) {
    for (std::size_t s = 0; s < kSums; ++s) {
      FourDoubles v;
      std::memcpy(&v, values + i + 4 * s, sizeof v);
      sums[s] += v;
    }
  }
  double total = 0;
  for (const FourDoubles& sum : sums) total += sum[0] + sum[1] + sum[2] + sum[3];
  for (; i < size; ++i) total += values[i];
  return total;
}

double read_once(const Cube& cube) { return read_once(cube.data(), static_cast<std::size_t>(cube.size())); }

// Equations 1 to 6 in the order of an iteration (prices; sales, income and expenditure at the new prices; labour),
// without the preconditioner and the acceleration around them.
double evaluate(const System& system, const Unknowns& z) {
  const Production& production = system.production();
  const Sourcing& sourcing = system.sourcing();
  Costs costs = production.costs(z, z.log_price);
  Sources sources = sourcing.sources(sourcing.power_minus_theta(costs.log_unit));
  const RegionSector log_price = system.log_price(sources, z.expenditure, costs);
  costs = production.costs(z, log_price);
  const RegionSector u = sourcing.power_minus_theta(costs.log_unit);
  sources.weight = sourcing.power_minus_theta(log_price).inverse();
  const Trade sold = sourcing.trade(u, sources, z.expenditure);
  const Budget budget = system.budget(z, log_price, sold);
  const RegionSector expenditure = system.expenditure(sold.output, costs, log_price, budget.income);
  const RegionSector value_added = production.value_added_share(costs) * sold.output;
  return (production.factor_demand(value_added).col(0) - budget.value_added).sum() + expenditure(0, 0);
}

}  // namespace

void register_evaluating(const Workload& w) {
  add("equations", w, [&w](benchmark::State& state) {
    const World world = w.world();
    const Solver solver(world, w.declared.closure);
    const Coefficients coefficients =
        coefficients_of(world, std::make_shared<const TheoryValues>(values_of({}, world)), solver.base());
    const Shock shock = w.declared.scenario.compile(world);
    const System system(solver.base(), coefficients, shock, w.declared.closure);
    const Unknowns z{Eigen::ArrayXXd::Zero(coefficients.regions, 1),
                     RegionSector::Zero(coefficients.regions, coefficients.sectors),
                     coefficients.expenditure,
                     {},
                     {}};
    sample(state, [&] { benchmark::DoNotOptimize(evaluate(system, z)); });
  });
  add("pass", w, [&w](benchmark::State& state) {
    const World world = w.world();
    const Solver solver(world, w.declared.closure);
    const Coefficients coefficients =
        coefficients_of(world, std::make_shared<const TheoryValues>(values_of({}, world)), solver.base());
    const Cube &a = coefficients.expenditure_share, &b = coefficients.border_share, &m = coefficients.materials;
    sample(state, [&] { benchmark::DoNotOptimize(read_once(a) + read_once(b) + read_once(m)); });
    state.counters["bytes"] =
        static_cast<double>((a.size() + b.size() + m.size()) * static_cast<Index>(sizeof(double)));
  });
}

}  // namespace tariffsim::bench
