// Laws of any single equilibrium: no shock no change, accounts, Walras, domestic cells.
#include <limits>

#include "laws/law.hpp"
#include "tariffsim/data/accounts.hpp"
#include "tariffsim/model/system.hpp"

namespace tariffsim::testing {
namespace {

// A shock in which every array is present and says "no change".
Shock empty_shock(const World& world) {
  const Index N = world.regions().size(), J = world.sectors().size();
  Shock shock;
  shock.tariffs = world.tariffs();
  shock.export_taxes = world.export_taxes();
  shock.trade_cost_hat = shock.taste_hat = Cube(N, N, J, 1.0);
  shock.productivity_hat = RegionSector::Ones(N, J);
  shock.final_demand_share = world.accounts().final_demand_share;
  return shock;
}

// How far the accounts of a state are from closing, each relative to the region's income or the cell's value.
double open_accounts(const World& world, const State& s) {
  const Vector income = s.value_added + s.tariff_revenue + s.export_tax_revenue + s.deficit;
  const RegionSector output = gross_output(s.flows, s.export_taxes());
  const RegionSector spent = expenditure(s.flows, s.tariffs());
  const RegionSector used = materials_demand(world.input_shares(), world.value_added_share(), s.output) +
                            (s.final_demand_share.colwise() * s.income);
  const double world_income = s.income.sum();
  const auto by_income = [&](const Vector& a, const Vector& b) { return ((a - b).abs() / s.income).maxCoeff(); };
  return worst_of({
      by_income(s.income, income),
      by_income(s.value_added, value_added(world.value_added_share(), output)),
      by_income(s.tariff_revenue, tariff_revenue(s.flows, s.tariffs())),
      by_income(s.export_tax_revenue, export_tax_revenue(s.flows, s.export_taxes())),
      by_income(s.deficit, trade_deficit(s.flows)),
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
  const Equilibrium eq = solved(s.world, empty_shock(s.world), s.closure);
  return Outcome::off_by(worst_of({(eq.wage_hat - 1).abs().maxCoeff(), (eq.price_hat - 1).abs().maxCoeff(),
                                   (eq.cost_hat - 1).abs().maxCoeff(), (eq.consumer_price_hat - 1).abs().maxCoeff(),
                                   flow_difference(eq.counterfactual.flows, eq.base->flows, eq.base->expenditure)}));
}

Outcome certificate(const Setting& s) {
  const Equilibrium eq = solved(s.world, mixed_shock(s), s.closure);
  const Certificate again = certify(eq);
  return Outcome::off_by(again.worst() == eq.certificate.worst() ? again.worst() : 1.0);
}

Outcome accounts_close(const Setting& s) {
  const Equilibrium eq = solved(s.world, mixed_shock(s), s.closure);
  return Outcome::off_by(worst_of({open_accounts(s.world, *eq.base), open_accounts(s.world, eq.counterfactual)}));
}

Outcome walras(const Setting& s) {
  // Away from equilibrium: at arbitrary wages, with prices and spending that follow from them, excess demand for labour
  // is far from zero in each region, and zero in sum. So any one labour market may be dropped.
  const Solver solver(s.world, s.closure, kTight);
  const Coefficients constants = coefficients_of(s.world, solver.base());
  const Shock shock = mixed_shock(s);
  const System system(solver.base(), constants, shock, s.closure);
  Draw draw(s.seed);
  Vector log_wage(s.world.regions().size());
  for (double& w : log_wage) w = draw.uniform(-0.3, 0.3);
  RegionSector log_price = RegionSector::Zero(s.world.regions().size(), s.world.sectors().size());
  const auto competitiveness = [&] { return system.power_minus_theta(system.log_unit_cost(log_wage, log_price)); };
  if (!settle(log_price, [&](const RegionSector&) { return system.log_price(system.price_sum(competitiveness())); })) {
    return Outcome::off_by(1.0);
  }
  const RegionSector u = competitiveness(), sum = system.price_sum(u);
  RegionSector spent = solver.base().expenditure;
  const auto respend = [&](const RegionSector& x) {
    const Trade sold = system.trade(u, sum, x);
    return system.expenditure(sold.output, system.budget(log_wage, sold).income);
  };
  if (!settle(spent, respend)) return Outcome::off_by(1.0);
  const Trade sold = system.trade(u, sum, spent);
  const Vector earned = system.budget(log_wage, sold).value_added;
  const Vector excess = system.labour_demand(sold.output) - earned;
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
  const Equilibrium eq = solved(s.world, everything.compile(s.world), s.closure);
  const State &before = *eq.base, &after = eq.counterfactual;
  const Cube share0 = before.expenditure_share(), share1 = after.expenditure_share();
  double worst = 0;
  for (Index j = 0; j < s.world.sectors().size(); ++j) {
    const double theta = s.world.trade_elasticity()[j];
    for (Index n = 0; n < s.world.regions().size(); ++n) {
      for (Index i = 0; i < s.world.regions().size(); ++i) {
        const bool domestic = s.world.is_domestic(i, n);
        const bool same_rates = after.tariffs()(i, n, j) == s.world.tariffs()(i, n, j) &&
                                after.export_taxes()(i, n, j) == s.world.export_taxes()(i, n, j);
        if (same_rates != domestic) return Outcome::off_by(1.0);
        if (!domestic || share0(i, n, j) == 0) continue;
        // Without a wedge the share follows from cost and price alone.
        const double expected = share0(i, n, j) * std::pow(eq.cost_hat(i, j) / eq.price_hat(n, j), -theta);
        worst = worst_of({worst, std::abs(share1(i, n, j) - expected)});
      }
    }
  }
  return Outcome::off_by(worst);
}

}  // namespace tariffsim::testing
