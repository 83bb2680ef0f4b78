// Laws of sequence: shocks compose and can be undone, through Equilibrium::world().
#include "laws/law.hpp"

namespace tariffsim::testing {
namespace {

/// Levels after two steps, and hats from the first base to the last state.
Result chained(const Equilibrium& first, const Equilibrium& second) {
  const Result a = result_of(first);
  Result b = result_of(second);
  b.real_income_hat *= a.real_income_hat;
  b.wage_hat *= a.wage_hat;
  b.consumer_price_hat *= a.consumer_price_hat;
  b.price_hat *= a.price_hat;
  b.cost_hat *= a.cost_hat;
  return b;
}

}  // namespace

Outcome composition(const Setting& s) {
  const double strength = beyond_plain(s).empty() ? 1.0 : 0.4;
  const Shock a = random_shock(s.world, {.seed = s.seed, .deficits = !s.balanced(), .strength = strength});
  const Equilibrium first = solved(s.world, a, s.closure, s.theory);
  const World between = first.world();
  // The second shock moves tariffs again, trade costs, tastes and productivity, and bans some trade.
  const Shock b =
      random_shock(between, {.seed = s.seed + 1, .final_demand = false, .bans = true, .strength = strength});
  const Equilibrium second = solved(between, b, s.closure, s.theory);
  Shock both = a;
  both.tariffs = b.tariffs;
  both.export_taxes = b.export_taxes;
  both.trade_cost_hat->values() *= b.trade_cost_hat->values();
  both.taste_hat->values() *= b.taste_hat->values();
  *both.productivity_hat *= *b.productivity_hat;
  return Outcome::off_by(difference(chained(first, second), result_of(solved(s.world, both, s.closure, s.theory))));
}

Outcome reversal(const Setting& s) {
  // Spending over earnings has no level to go back to where deficits were given as amounts.
  const bool amounts =
      s.closure.deficits == Deficits::fixed_world_share || s.closure.deficits == Deficits::fixed_income_share;
  // Weights of final demand that change are no yardstick for supplies that answer to real prices, or for CES demand.
  const bool yardstick = !values_of(s.theory, s.world).elastic() && s.theory.final_demand == 1 &&
                         s.closure.deficits != Deficits::endogenous;
  const Shock there = random_shock(s.world, {.seed = s.seed,
                                             .final_demand = yardstick,
                                             .deficits = amounts,
                                             .strength = beyond_plain(s).empty() ? 1.0 : 0.4});
  const Equilibrium out = solved(s.world, there, s.closure, s.theory);
  const State& base = *out.base;
  Shock back = there;
  back.tariffs = s.world.tariffs();
  back.export_taxes = s.world.export_taxes();
  back.trade_cost_hat->values() = there.trade_cost_hat->values().inverse();
  back.taste_hat->values() = there.taste_hat->values().inverse();
  back.productivity_hat = there.productivity_hat->inverse();
  if (yardstick) back.final_demand_share = base.final_demand_share.max(0.0);
  if (s.closure.deficits == Deficits::fixed_world_share) back.deficits = base.deficit;
  if (s.closure.deficits == Deficits::fixed_income_share) {
    // The old rates D / VA, applied to value added as it is between the two shocks, less their mean.
    const Vector& earned = out.counterfactual.value_added;
    const Vector rate = base.deficit / base.value_added;
    back.deficits = earned * (rate - (rate * earned).sum() / earned.sum());
  }
  const Equilibrium in = solved(out.world(), back, s.closure, s.theory);
  const Result end = chained(out, in);
  // Real income is left out: on the way there and back it is measured with different final-demand shares.
  return Outcome::off_by(worst_of({(end.wage_hat - 1).abs().maxCoeff(), (end.price_hat - 1).abs().maxCoeff(),
                                   (end.cost_hat - 1).abs().maxCoeff(), relative_difference(end.income, base.income),
                                   relative_difference(end.output, base.output),
                                   flow_difference(end.flows, base.flows, base.expenditure)}));
}

}  // namespace tariffsim::testing
