// Laws with a formula: Lerner symmetry, autarky, and welfare from domestic shares.
#include <Eigen/Dense>

#include <limits>

#include "laws/law.hpp"

namespace tariffsim::testing {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// True where the region makes some of every good that it buys.
bool makes_all_it_buys(const World& world, const State& state, Index n) {
  for (Index j = 0; j < world.sectors().size(); ++j) {
    if (state.expenditure(n, j) > 0 && !(state.flows(n, n, j) > 0)) return false;
  }
  return true;
}

/// log(P_hat^j / w_hat) of one region from its domestic shares' changes: P^j = c^j lambda_hat^(1/theta), with
/// log c^j = beta log w + sum_k (1 - beta^j) gamma^kj log P^k - log A^j. J.
Eigen::VectorXd log_price_from_domestic_shares(const World& world, Index n, const Eigen::VectorXd& log_share_hat,
                                               const Eigen::VectorXd& log_productivity) {
  const Index J = world.sectors().size();
  Eigen::MatrixXd system = Eigen::MatrixXd::Identity(J, J);
  Eigen::VectorXd right(J);
  for (Index j = 0; j < J; ++j) {
    const double materials = 1.0 - world.value_added_share()(n, j);
    for (Index k = 0; k < J; ++k) system(j, k) -= materials * world.input_shares()(k, j, n);
    right[j] = log_share_hat[j] / world.trade_elasticity()[j] - log_productivity[j];
  }
  return system.partialPivLu().solve(right);
}

Eigen::VectorXd log_productivity(const Shock& shock, Index n, Index sectors) {
  if (!shock.productivity_hat) return Eigen::VectorXd::Zero(sectors);
  return shock.productivity_hat->row(n).log().transpose().matrix();
}

/// Log changes of a region's domestic shares; zero for goods that it does not buy.
Eigen::VectorXd log_domestic_share_hat(const Cube& before, const Cube& after, Index n) {
  Eigen::VectorXd hat = Eigen::VectorXd::Zero(before.slices());
  for (Index j = 0; j < before.slices(); ++j) {
    if (before(n, n, j) > 0) hat[j] = std::log(after(n, n, j) / before(n, n, j));
  }
  return hat;
}

Shock stop_all_trade(const World& world) {
  Shock shock;
  const Index N = world.regions().size(), J = world.sectors().size();
  shock.trade_cost_hat = Cube(N, N, J, 1.0);
  for (Index j = 0; j < J; ++j)
    for (Index n = 0; n < N; ++n)
      for (Index i = 0; i < N; ++i)
        if (!world.is_domestic(i, n)) (*shock.trade_cost_hat)(i, n, j) = kInfinity;
  return shock;
}

/// Income over value added in autarky: (diag(1+t) - M - alpha t') Y = alpha VA, with t the domestic base rates.
double autarky_income(const World& world, const State& base, Index n) {
  const Index J = world.sectors().size();
  Eigen::VectorXd rate(J);
  for (Index j = 0; j < J; ++j) rate[j] = base.tariffs()(n, n, j);
  const Eigen::VectorXd alpha = base.final_demand_share.row(n).transpose().matrix();
  Eigen::MatrixXd uses = world.input_shares().slice(n);
  for (Index k = 0; k < J; ++k) uses.col(k) *= 1.0 - world.value_added_share()(n, k);
  const Eigen::MatrixXd system =
      Eigen::MatrixXd((1.0 + rate.array()).matrix().asDiagonal()) - uses - alpha * rate.transpose();
  const Eigen::VectorXd output = system.partialPivLu().solve(alpha);
  return 1.0 + rate.dot(output);
}

// The diagnosis must name a region for which `guilty` is true.
template <class Guilty>
double names_a_guilty_region(const World& world, const Equilibrium& eq, Guilty guilty) {
  if (eq.status != Status::infeasible || eq.wage_hat.size() != 0) return 1.0;
  for (Index n = 0; n < world.regions().size(); ++n) {
    if (guilty(n) && eq.diagnosis.find("region " + world.regions().code(n) + " ") != std::string::npos) return 0.0;
  }
  return 1.0;
}

/// Tariff multiplier mu_n = 1 / (1 - sum_j alpha^j sum_i pi_in^j t_in^j / (1 + t_in^j)).
double tariff_multiplier(const State& state, const Cube& share, Index n) {
  double duties = 0;
  for (Index j = 0; j < share.slices(); ++j) {
    for (Index i = 0; i < share.rows(); ++i) {
      const double t = state.tariffs()(i, n, j);
      duties += state.final_demand_share(n, j) * share(i, n, j) * t / (1.0 + t);
    }
  }
  return 1.0 / (1.0 - duties);
}

}  // namespace

Outcome lerner(const Setting& s) {
  const TheoryValues theory = values_of(s.theory, s.world);
  if (theory.distributes() || theory.pass_through.size() != 0) {
    return Outcome::not_applicable("tariffs and export taxes fall on different values inside the importer");
  }
  if (rigid_in_numeraire(s)) return Outcome::not_applicable("a price that is rigid in the numeraire is not neutral");
  if (s.closure.revenue == Revenue::income_tax)
    return Outcome::not_applicable("only tariff revenue cuts the income tax");
  if (!s.balanced()) return Outcome::not_applicable("needs balanced trade");
  const Index N = s.world.regions().size(), J = s.world.sectors().size();
  const Index region = Draw(s.seed).index(N);
  constexpr double factor = 1.2;
  Shock imports, exports;
  imports.tariffs = s.world.tariffs();
  exports.export_taxes = s.world.export_taxes();
  for (Index j = 0; j < J; ++j) {
    for (Index m = 0; m < N; ++m) {
      if (s.world.is_domestic(m, region)) continue;
      double& t = (*imports.tariffs)(m, region, j);
      double& e = (*exports.export_taxes)(region, m, j);
      t = factor * (1.0 + t) - 1.0;
      e = factor * (1.0 + e) - 1.0;
    }
  }
  // In another region's wage, world prices and all trade are the same; at home only the price level differs.
  Closure closure = s.closure;
  closure.numeraire = s.world.regions().code(region == 0 ? N - 1 : 0);
  const Result taxed_imports = result_of(solved(s.world, imports, closure, s.theory));
  Result taxed_exports = result_of(solved(s.world, exports, closure, s.theory));
  taxed_exports.wage_hat[region] *= factor;
  taxed_exports.consumer_price_hat[region] *= factor;
  taxed_exports.income[region] *= factor;
  for (RegionSector* array :
       {&taxed_exports.price_hat, &taxed_exports.cost_hat, &taxed_exports.expenditure, &taxed_exports.output}) {
    array->row(region) *= factor;
  }
  for (Index j = 0; j < J; ++j) taxed_exports.flows(region, region, j) *= factor;
  return Outcome::off_by(difference(taxed_exports, taxed_imports));
}

Outcome autarky(const Setting& s) {
  if (std::string reason = beyond_plain(s); !reason.empty()) return Outcome::not_applicable(std::move(reason));
  const World& world = s.world;
  const Solver solver(world, s.closure, kTight);
  const State& base = solver.base();
  const Equilibrium eq = solver.solve(stop_all_trade(world));
  const auto imbalance = [&](Index n) { return std::abs(base.deficit[n]) / base.value_added[n]; };
  bool balanced = true, self_sufficient = true;
  for (Index n = 0; n < world.regions().size(); ++n) {
    balanced = balanced && imbalance(n) < 1e-9;
    self_sufficient = self_sufficient && makes_all_it_buys(world, base, n);
  }
  if (!balanced || !self_sufficient) {
    return Outcome::off_by(names_a_guilty_region(
        world, eq, [&](Index n) { return imbalance(n) >= 1e-9 || !makes_all_it_buys(world, base, n); }));
  }
  eq.require_converged();
  const Cube share = base.expenditure_share();
  const Vector found = 1.0 + real_income_pct(eq) / 100.0;
  double worst = 0;
  for (Index n = 0; n < world.regions().size(); ++n) {
    Eigen::VectorXd log_share_hat = Eigen::VectorXd::Zero(world.sectors().size());
    for (Index j = 0; j < world.sectors().size(); ++j) {
      if (share(n, n, j) > 0) log_share_hat[j] = -std::log(share(n, n, j));
    }
    const Eigen::VectorXd log_price =
        log_price_from_domestic_shares(world, n, log_share_hat, Eigen::VectorXd::Zero(world.sectors().size()));
    const double price_index = base.final_demand_share.row(n).matrix().dot(log_price);
    const double income = base.value_added[n] * autarky_income(world, base, n) / base.income[n];
    worst = worst_of({worst, std::abs(found[n] / (income * std::exp(-price_index)) - 1.0)});
  }
  for (Index j = 0; j < world.sectors().size(); ++j)
    for (Index n = 0; n < world.regions().size(); ++n)
      for (Index i = 0; i < world.regions().size(); ++i)
        if (!world.is_domestic(i, n) && eq.counterfactual.flows(i, n, j) != 0) return Outcome::off_by(1.0);
  return Outcome::off_by(worst);
}

Outcome arkolakis(const Setting& s) {
  if (std::string reason = beyond_plain(s); !reason.empty()) return Outcome::not_applicable(std::move(reason));
  if (!s.balanced()) return Outcome::not_applicable("needs balanced trade");
  const World& world = s.world;
  if ((world.input_shares().values() != 0.0).any()) return Outcome::not_applicable("production uses materials");
  if ((world.export_taxes().values() != 0.0).any()) return Outcome::not_applicable("there are export taxes");
  const Shock shock = random_shock(
      world, {.seed = s.seed, .export_taxes = false, .tastes = false, .final_demand = false, .bans = true});
  const Equilibrium eq = solved(world, shock, s.closure, s.theory);
  const State &before = *eq.base, &after = eq.counterfactual;
  const Cube share0 = before.expenditure_share(), share1 = after.expenditure_share();
  const Vector found = 1.0 + real_income_pct(eq) / 100.0;
  double worst = 0;
  bool any = false;
  for (Index n = 0; n < world.regions().size(); ++n) {
    if (!makes_all_it_buys(world, before, n)) continue;
    any = true;
    double log_welfare = std::log(tariff_multiplier(after, share1, n) / tariff_multiplier(before, share0, n));
    const Eigen::VectorXd hat = log_domestic_share_hat(share0, share1, n);
    for (Index j = 0; j < world.sectors().size(); ++j) {
      log_welfare += before.final_demand_share(n, j) *
                     (std::log((*shock.productivity_hat)(n, j)) - hat[j] / world.trade_elasticity()[j]);
    }
    worst = worst_of({worst, std::abs(found[n] / std::exp(log_welfare) - 1.0)});
  }
  return any ? Outcome::off_by(worst) : Outcome::not_applicable("every region lacks home production of a good it buys");
}

Outcome domestic_shares(const Setting& s) {
  if (std::string reason = beyond_plain(s); !reason.empty()) return Outcome::not_applicable(std::move(reason));
  const World& world = s.world;
  const Shock shock = random_shock(
      world, {.seed = s.seed, .tastes = false, .final_demand = false, .deficits = !s.balanced(), .bans = true});
  const Equilibrium eq = solved(world, shock, s.closure, s.theory);
  const Cube share0 = eq.base->expenditure_share(), share1 = eq.counterfactual.expenditure_share();
  double worst = 0;
  bool any = false;
  for (Index n = 0; n < world.regions().size(); ++n) {
    if (!makes_all_it_buys(world, *eq.base, n)) continue;
    any = true;
    const Eigen::VectorXd log_price = log_price_from_domestic_shares(
        world, n, log_domestic_share_hat(share0, share1, n), log_productivity(shock, n, world.sectors().size()));
    const double real_wage = std::exp(-eq.base->final_demand_share.row(n).matrix().dot(log_price));
    worst = worst_of({worst, std::abs(eq.wage_hat[n] / eq.consumer_price_hat[n] / real_wage - 1.0)});
  }
  return any ? Outcome::off_by(worst) : Outcome::not_applicable("every region lacks home production of a good it buys");
}

}  // namespace tariffsim::testing
