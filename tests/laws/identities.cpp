// Laws of any single equilibrium: no shock no change, accounts, Walras, domestic cells.
#include <limits>

#include "laws/law.hpp"
#include "tariffsim/data/accounts.hpp"
#include "tariffsim/model/observed_state.hpp"
#include "tariffsim/model/system.hpp"
#include "tariffsim/solve/certify.hpp"

namespace tariffsim::testing {
namespace {

// A shock in which every array is present and says "no change".
Shock empty_shock(const World& world, const State& base) {
  const Index N = world.regions().size(), J = world.sectors().size();
  Shock shock;
  shock.tariffs = world.tariffs();
  shock.export_taxes = world.export_taxes();
  shock.trade_cost_hat = shock.taste_hat = Cube(N, N, J, 1.0);
  shock.productivity_hat = RegionSector::Ones(N, J);
  shock.final_demand_share = base.final_demand_share;
  return shock;
}

// How far the accounts of a state are from closing, each relative to the region's income or the cell's value.
double open_accounts(const TheoryValues& theory, const State& s) {
  const Vector income = s.value_added + s.tariff_revenue + s.export_tax_revenue + s.deficit;
  const RegionSector output = activity(s.flows, s.export_taxes(), theory.distribution_margin);
  const RegionSector spent = expenditure(s.flows, s.tariffs());
  const RegionSector used =
      materials_demand(s.input_shares(), s.value_added_share, s.output) + (s.final_demand_share.colwise() * s.income);
  const double world_income = s.income.sum();
  // What a region buys at the border, less what it makes and distributes and what its exports are taxed.
  Vector deficit = -output.rowwise().sum() - s.export_tax_revenue;
  for (Index j = 0; j < s.flows.slices(); ++j) deficit += s.flows.slice(j).colwise().sum().transpose().array();
  const auto by_income = [&](const Vector& a, const Vector& b) { return ((a - b).abs() / s.income).maxCoeff(); };
  return worst_of({
      by_income(s.income, income),
      by_income(s.value_added, value_added(s.value_added_share, output)),
      by_income(s.tariff_revenue, tariff_revenue(s.flows, s.tariffs())),
      by_income(s.export_tax_revenue, export_tax_revenue(s.flows, s.export_taxes())),
      by_income(s.deficit, deficit),
      by_income(s.value_added, s.factor_income.rowwise().sum()),
      relative_difference(s.output, output),
      relative_difference(s.expenditure, spent),
      relative_difference(s.expenditure, used),
      std::abs(s.deficit.sum()) / world_income,
      std::abs(s.value_added.sum() + s.tariff_revenue.sum() + s.export_tax_revenue.sum() - world_income) / world_income,
  });
}

// A fixed point of `step` by plain iteration, up to where rounding keeps it moving; false where it has not settled.
template <class Array, class Step>
bool settle(Array& x, Step step) {
  double before = std::numeric_limits<double>::infinity();
  for (int k = 0; k < 20000; ++k) {
    const Array next = step(x);
    const double move = ((next - x).abs() / (1.0 + x.abs())).maxCoeff();
    x = next;
    if (move < 1e-13 && move >= before) return true;
    before = move;
  }
  return false;
}

}  // namespace

Outcome zero_shock(const Setting& s) {
  const Solver solver(s.world, s.theory, s.closure, kTight);
  const Equilibrium eq = solver.solve(empty_shock(s.world, solver.base()));
  eq.require_converged();
  return Outcome::off_by(worst_of({(eq.wage_hat - 1).abs().maxCoeff(), (eq.price_hat - 1).abs().maxCoeff(),
                                   (eq.cost_hat - 1).abs().maxCoeff(), (eq.consumer_price_hat - 1).abs().maxCoeff(),
                                   flow_difference(eq.counterfactual.flows, eq.base->flows, eq.base->expenditure)}));
}

Outcome certificate(const Setting& s) {
  const Equilibrium eq = solved(s.world, mixed_shock(s), s.closure, s.theory);
  const Certificate again = certify(eq);
  return Outcome::off_by(again.worst() == eq.certificate.worst() ? again.worst() : 1.0);
}

Outcome accounts_close(const Setting& s) {
  const Equilibrium eq = solved(s.world, mixed_shock(s), s.closure, s.theory);
  return Outcome::off_by(worst_of({open_accounts(*eq.values, *eq.base), open_accounts(*eq.values, eq.counterfactual)}));
}

Outcome walras(const Setting& s) {
  // Away from equilibrium: at arbitrary earnings, prices and sizes of sectors, with spending that follows from them,
  // the excess of what factors are paid is far from zero in each region, and zero in sum. So any one market may be
  // dropped.
  const Solver solver(s.world, s.theory, s.closure, kTight);
  const auto theory = std::make_shared<const TheoryValues>(values_of(s.theory, s.world));
  const Coefficients constants = coefficients_of(s.world, theory, solver.base());
  const Shock shock = mixed_shock(s);
  const System system(solver.base(), constants, shock, s.closure);
  Draw draw(s.seed);
  Unknowns z;
  z.log_earnings.resize(s.world.regions().size(), constants.factors());
  z.log_price.resize(s.world.regions().size(), s.world.sectors().size());
  for (double& earned : z.log_earnings.reshaped()) earned = draw.uniform(-0.3, 0.3);
  for (double& price : z.log_price.reshaped()) price = draw.uniform(-0.3, 0.3);
  if (theory->costs_answer_to_size()) z.log_value_added = 0.5 * z.log_price;
  if (system.relieves_tax()) z.log_tax = Vector::Zero(s.world.regions().size());
  const Costs costs = system.production().costs(z, z.log_price);
  const RegionSector u = system.sourcing().power_minus_theta(costs.log_unit);
  const Sources sources = system.sourcing().sources(u);
  RegionSector spent = solver.base().expenditure;
  const auto respend = [&](const RegionSector& x) {
    const Trade sold = system.sourcing().trade(u, sources, x);
    return system.expenditure(sold.output, costs, z.log_price, system.budget(z, z.log_price, sold).income);
  };
  if (!settle(spent, respend)) return Outcome::off_by(1.0);
  const Trade sold = system.sourcing().trade(u, sources, spent);
  const Vector earned = system.budget(z, z.log_price, sold).value_added;
  const RegionSector made = system.production().value_added_share(costs) * sold.output;
  const Vector excess = system.production().factor_demand(made).rowwise().sum() - earned;
  if (excess.abs().maxCoeff() < 1e-6 * earned.sum() && earned.size() > 1)
    return Outcome::off_by(1.0);  // proves nothing
  return Outcome::off_by(std::abs(excess.sum()) / earned.sum());
}

Outcome domestic_exempt(const Setting& s) {
  // Measures on everything, from and to everyone, leave the rates and the trade cost of domestic cells alone.
  const Scenario everything = Scenario("everything")
                                  .tariff({.rate = 0.3, .operation = Operation::add})
                                  .export_tax({.rate = 0.1, .operation = Operation::add})
                                  .trade_cost({.factor = 1.1});
  const Equilibrium eq = solved(s.world, everything.compile(s.world), s.closure, s.theory);
  const State &before = *eq.base, &after = eq.counterfactual;
  const Cube share0 = before.expenditure_share(), share1 = after.expenditure_share();
  const bool one_tier = !eq.values->two_tiers() && eq.values->pass_through.size() == 0;
  double worst = 0;
  for (Index j = 0; j < s.world.sectors().size(); ++j) {
    const double theta = eq.values->trade_elasticity[j];
    for (Index n = 0; n < s.world.regions().size(); ++n) {
      for (Index i = 0; i < s.world.regions().size(); ++i) {
        const bool domestic = s.world.is_domestic(i, n);
        const bool same_rates = after.tariffs()(i, n, j) == s.world.tariffs()(i, n, j) &&
                                after.export_taxes()(i, n, j) == s.world.export_taxes()(i, n, j);
        if (same_rates != domestic) return Outcome::off_by(1.0);
        if (!domestic || share0(i, n, j) == 0 || !one_tier) continue;
        // Without a wedge the share follows from cost and price alone.
        const double expected = share0(i, n, j) * std::pow(eq.cost_hat(i, j) / eq.price_hat(n, j), -theta);
        worst = worst_of({worst, std::abs(share1(i, n, j) - expected)});
      }
    }
  }
  return Outcome::off_by(worst);
}

}  // namespace tariffsim::testing
