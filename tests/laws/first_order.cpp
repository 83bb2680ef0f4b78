// Laws of small shocks: in a world without wedges, gains and losses sum to what the envelope theorem says.
// Hulten (1978); Atkeson and Burstein (2010).
#include "laws/law.hpp"

namespace tariffsim::testing {
namespace {

/// The same world after every tariff and export tax has gone.
World without_wedges(const Setting& s) {
  const World no_domestic_rates = has_domestic_rates(s.world) ? s.world.edited([](WorldData& d) {
    for (Index j = 0; j < d.flows.slices(); ++j) {
      d.tariffs.slice(j).diagonal().setZero();
      d.export_taxes.slice(j).diagonal().setZero();
    }
  })
                                                              : s.world;
  Shock free_trade;
  const Index N = s.world.regions().size(), J = s.world.sectors().size();
  free_trade.tariffs = free_trade.export_taxes = Cube(N, N, J);
  return solved(no_domestic_rates, free_trade, s.closure, s.theory).world();
}

/// Derivative of world gains, sum_n I_n d log W_n, along shock(step): central differences, extrapolated to step zero.
template <class MakeShock>
double slope_of_world_gain(const Solver& solver, MakeShock shock) {
  const auto gain = [&](double step) {
    const Equilibrium eq = solver.solve(shock(step));
    eq.require_converged();
    return (eq.base->income * (1.0 + real_income_pct(eq) / 100.0).log()).sum();
  };
  const auto central = [&](double step) { return (gain(step) - gain(-step)) / (2.0 * step); };
  constexpr double step = 2e-4;
  return (4.0 * central(step / 2) - central(step)) / 3.0;
}

// Random weights on cross-border cells, zero elsewhere.
Cube direction_of(const World& world, std::uint64_t seed) {
  Draw draw(seed);
  Cube direction(world.regions().size(), world.regions().size(), world.sectors().size());
  for (Index j = 0; j < direction.slices(); ++j)
    for (Index n = 0; n < direction.cols(); ++n)
      for (Index i = 0; i < direction.rows(); ++i)
        if (!world.is_domestic(i, n)) direction(i, n, j) = draw.uniform(-0.5, 1.0);
  return direction;
}

}  // namespace

Outcome first_order_tariffs(const Setting& s) {
  if (!efficient(s))
    return Outcome::not_applicable("scale, margins or labour supply make more of welfare than trade does");
  if (s.closure.revenue == Revenue::wasted) return Outcome::not_applicable("revenue is wasted");
  const World world = without_wedges(s);
  const Cube direction = direction_of(world, s.seed);
  const Solver solver(world, s.theory, s.closure, kTight);
  const double slope = slope_of_world_gain(solver, [&](double step) {
    Shock shock;
    shock.tariffs = direction;
    shock.tariffs->values() *= step;
    return shock;
  });
  return Outcome::off_by(std::abs(slope) / (direction.values().abs() * solver.base().flows.values()).sum());
}

Outcome first_order_trade_costs(const Setting& s) {
  if (!efficient(s))
    return Outcome::not_applicable("scale, margins or labour supply make more of welfare than trade does");
  if (s.closure.revenue == Revenue::wasted) return Outcome::not_applicable("revenue is wasted");
  const World world = without_wedges(s);
  const Cube direction = direction_of(world, s.seed);
  const Solver solver(world, s.theory, s.closure, kTight);
  const double slope = slope_of_world_gain(solver, [&](double step) {
    Shock shock;
    shock.trade_cost_hat = direction;
    shock.trade_cost_hat->values() = (step * direction.values()).exp();
    return shock;
  });
  const Vector values = direction.values() * solver.base().flows.values();
  return Outcome::off_by(std::abs(slope + values.sum()) / values.abs().sum());
}

Outcome first_order_productivity(const Setting& s) {
  if (!efficient(s))
    return Outcome::not_applicable("scale, margins or labour supply make more of welfare than trade does");
  if (s.closure.revenue == Revenue::wasted) return Outcome::not_applicable("revenue is wasted");
  const World world = without_wedges(s);
  Draw draw(s.seed);
  RegionSector direction(world.regions().size(), world.sectors().size());
  for (double& d : direction.reshaped()) d = draw.uniform(-0.5, 1.0);
  const Solver solver(world, s.theory, s.closure, kTight);
  const double slope = slope_of_world_gain(solver, [&](double step) {
    Shock shock;
    shock.productivity_hat = (step * direction).exp();
    return shock;
  });
  const RegionSector values = direction * solver.base().output;
  return Outcome::off_by(std::abs(slope - values.sum()) / values.abs().sum());
}

}  // namespace tariffsim::testing
