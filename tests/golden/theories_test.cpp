// Theories against what they reduce to, against their limits, and against closed forms.
#include <Eigen/Dense>

#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "support/catch.hpp"
#include "support/embedded.hpp"
#include "support/random_world.hpp"
#include "support/results.hpp"
#include "tariffsim/analysis/acr.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/labour_welfare.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
const SolveOptions kTight{.tolerance = 1e-13};

Scenario war() {
  return Scenario("60 percent, both ways")
      .tariff({.importer = {"USA"}, .exporter = {"CHN"}, .sector = {"goods"}, .rate = 0.6})
      .tariff({.importer = {"CHN"}, .exporter = {"USA"}, .sector = {"goods"}, .rate = 0.6});
}

Equilibrium under(const Theory& theory, const Closure& closure = {}) {
  Equilibrium eq = solve(world(), war(), theory, closure, kTight);
  INFO(theory.name << ": " << eq.diagnosis);
  REQUIRE(eq.converged());
  return eq;
}

double gap(const Theory& a, const Theory& b) { return difference(result_of(under(a)), result_of(under(b))); }

/// The world's own elasticities as a parameter.
Parameter own_elasticities(const World& of) {
  Parameter theta;
  for (Index j = 0; j < of.sectors().size(); ++j) theta.by[of.sectors().code(j)] = of.trade_elasticity()[j];
  return theta;
}

Theory two_factors(double mobility) {
  Theory theory;
  Factor capital;
  capital.name = "capital";
  capital.mobility = mobility;
  theory.factors.front().share = Parameter(0.6);
  theory.factors.push_back(capital);
  return theory;
}

/// Balanced trade in many sectors without materials.
World without_materials(Index regions, Index sectors) {
  return random_world(
      {.regions = regions, .sectors = sectors, .seed = 3, .wedges = false, .materials = false, .gaps = false});
}

Shock dearer_trade(const World& of) {
  const Index N = of.regions().size(), J = of.sectors().size();
  Shock shock;
  shock.trade_cost_hat = Cube(N, N, J, 1.0);
  Draw draw(11);
  for (Index j = 0; j < J; ++j)
    for (Index n = 0; n < N; ++n)
      for (Index i = 0; i < N; ++i)
        if (i != n) (*shock.trade_cost_hat)(i, n, j) = draw.uniform(1.0, 1.3);
  return shock;
}

}  // namespace

TEST_CASE("named theories with the same equations give the same numbers") {
  const Result reference = result_of(solver().solve(war()));
  for (const Theory& theory :
       {Theory::armington(), Theory::eaton_kortum(), Theory::caliendo_parro(), Theory::costinot_rodriguez_clare()}) {
    CHECK(difference(result_of(solve(world(), war(), theory)), reference) == 0);
  }
}

TEST_CASE("parameters at their neutral values reduce every part to Caliendo and Parro") {
  const Theory plain;
  Theory one_tier = Theory::two_tier(own_elasticities(world()));
  CHECK(gap(one_tier, plain) < 1e-10);
  CHECK(gap(two_factors(kInfinity), plain) < 1e-10);
  CHECK(gap(Theory::external_economies({0, {{"AGR", 0.0}}}), plain) == 0);
  Theory nearly = Theory::external_economies(1e-12);
  CHECK(gap(nearly, plain) < 1e-10);
  nearly = Theory::specific_factors(1e12);
  CHECK(gap(nearly, plain) < 1e-10);
  nearly = Theory::elastic_labour(1e-12);
  CHECK(gap(nearly, plain) < 1e-10);
  nearly = plain;
  nearly.value_added_materials = 1 + 1e-12;
  nearly.materials = 1 - 1e-12;
  nearly.final_demand = 1 + 1e-12;
  CHECK(gap(nearly, plain) < 1e-10);
  nearly = plain;
  nearly.distribution_margin = 1e-12;
  nearly.pass_through = 1 + 1e-12;
  CHECK(gap(nearly, plain) < 1e-10);
}

TEST_CASE("limits are continuous") {
  Theory leontief, nearly;
  leontief.value_added_materials = leontief.materials = leontief.final_demand = 0;
  nearly.value_added_materials = nearly.materials = nearly.final_demand = 1e-9;
  CHECK(gap(leontief, nearly) < 1e-8);
  CHECK(gap(Theory::specific_factors(0), Theory::specific_factors(1e-9)) < 1e-8);
  Theory rigid = two_factors(0), elastic = two_factors(0);
  rigid.factors.front().supply = kInfinity;
  elastic.factors.front().supply = 1e9;
  CHECK(gap(rigid, elastic) < 1e-8);
  Theory two = Theory::two_tier(own_elasticities(world()));
  for (auto& each : two.domestic_import->by) each.second *= 1 + 1e-9;
  CHECK(gap(two, {}) < 1e-8);
}

TEST_CASE("the lower the elasticities the larger the harm of a lost input") {
  double harm = 0;
  for (const double rho : {1.0, 0.5, 0.05, 0.0}) {
    Theory theory;
    theory.value_added_materials = theory.materials = rho;
    const Scenario ban = Scenario("no rare earths").tariff({.importer = {"USA"}, .exporter = {"CHN"}, .rate = 4.0});
    const Equilibrium eq = solve(world(), ban, theory);
    REQUIRE(eq.converged());
    const double now = real_income_pct(eq)[world().regions().at("USA")];
    CHECK(now < harm);
    harm = now;
  }
}

TEST_CASE("with one sector and a fixed supply of labour Krugman's world is Armington's") {
  const World one = without_materials(4, 1);
  const Closure balanced{.deficits = Deficits::balanced};
  const Shock shock = dearer_trade(one);
  const Result a = result_of(solve(one, shock, Theory::armington(), balanced, kTight));
  const Result k = result_of(solve(one, shock, Theory::krugman(), balanced, kTight));
  CHECK(difference(a, k) < 1e-11);
}

TEST_CASE("welfare with scale in many sectors is domestic shares and sizes") {
  // Kucheryavyy, Lyn and Rodriguez-Clare (2023): W = prod_j (pi_nn^(-1/theta) L^psi)^alpha.
  const World many = without_materials(4, 3);
  const Closure balanced{.deficits = Deficits::balanced};
  const Shock shock = dearer_trade(many);
  for (const Theory& theory : {Theory::external_economies(0.1), Theory::krugman()}) {
    const Equilibrium eq = solve(many, shock, theory, balanced, kTight);
    INFO(theory.name << ": " << eq.diagnosis);
    REQUIRE(eq.converged());
    const Cube before = eq.base->expenditure_share(), after = eq.counterfactual.expenditure_share();
    for (Index n = 0; n < 4; ++n) {
      double log_welfare = 0;
      for (Index j = 0; j < 3; ++j) {
        const double size = eq.counterfactual.output(n, j) / eq.base->output(n, j) / eq.wage_hat[n];
        log_welfare += eq.base->final_demand_share(n, j) *
                       (-std::log(after(n, n, j) / before(n, n, j)) / many.trade_elasticity()[j] +
                        eq.values->scale(n, j) * std::log(size));
      }
      CHECK_THAT(real_income_pct(eq)[n], WithinAbs(100 * std::expm1(log_welfare), 1e-9));
    }
  }
}

TEST_CASE("welfare of Melitz and Chaney with one sector is the domestic share alone") {
  // Arkolakis, Costinot and Rodriguez-Clare (2012): W = pi_nn^(-1/theta), whatever the elasticity between firms.
  const World one = without_materials(4, 1);
  const Closure balanced{.deficits = Deficits::balanced};
  const Shock shock = dearer_trade(one);
  for (const double sigma : {1.5, 0.5 * (2 + one.trade_elasticity()[0])}) {
    const Equilibrium eq = solve(one, shock, Theory::melitz_chaney(sigma), balanced, kTight);
    INFO(eq.diagnosis);
    REQUIRE(eq.converged());
    const Cube before = eq.base->expenditure_share(), after = eq.counterfactual.expenditure_share();
    for (Index n = 0; n < 4; ++n) {
      const double expected = std::pow(after(n, n, 0) / before(n, n, 0), -1 / one.trade_elasticity()[0]);
      CHECK_THAT(real_income_pct(eq)[n], WithinAbs(100 * (expected - 1), 1e-9));
    }
  }
}

TEST_CASE("a tariff on sales selects firms: its trade elasticity is that of Chaney") {
  // Between foreign sources, d log(F_in / F_mn) = -theta (log c) - (theta sigma / (sigma - 1) - 1) log(1 + t) -
  // log(1+t).
  const World one = without_materials(3, 1);
  const double theta = one.trade_elasticity()[0], sigma = 1 + theta / 2;
  Shock shock;
  shock.tariffs = one.tariffs();
  (*shock.tariffs)(0, 1, 0) = 0.2;
  const Equilibrium eq = solve(one, shock, Theory::melitz_chaney(sigma), {}, kTight);
  REQUIRE(eq.converged());
  const auto log_hat = [&](Index i) {
    return std::log(eq.counterfactual.flows(i, 1, 0) / eq.base->flows(i, 1, 0)) + theta * std::log(eq.cost_hat(i, 0));
  };
  const double expected = -(theta * sigma / (sigma - 1) - 1) * std::log(1.2) - std::log(1.2);
  CHECK_THAT(log_hat(0) - log_hat(2), WithinAbs(expected, 1e-10));
}

TEST_CASE("specific factors earn what their sectors do, and a small country's sectors supply along their curves") {
  const Equilibrium eq = under(two_factors(0));
  const Index us = world().regions().at("USA");
  for (Index j = 0; j < world().sectors().size(); ++j) {
    // Capital stays, so its price is what the sector's value added is; costs follow from it, the wage and materials.
    const double capital = eq.value_added_hat(us, j), wage = eq.wage_hat[us];
    double log_cost = world().value_added_share()(us, j) * (0.4 * std::log(capital) + 0.6 * std::log(wage));
    for (Index k = 0; k < world().sectors().size(); ++k) {
      log_cost +=
          (1 - world().value_added_share()(us, j)) * world().input_shares()(k, j, us) * std::log(eq.price_hat(us, k));
    }
    CHECK_THAT(std::log(eq.cost_hat(us, j)), WithinAbs(log_cost, 1e-11));
  }
}

TEST_CASE("imperfect mobility lies between its limits") {
  const Index us = world().regions().at("USA");
  double before = real_income_pct(under(Theory::specific_factors(0)))[us];
  for (const double mobility : {0.5, 2.0, 10.0, kInfinity}) {
    const double now = real_income_pct(under(Theory::specific_factors(mobility)))[us];
    CHECK(now > before);
    before = now;
  }
}

TEST_CASE("a rigid wage moves employment instead") {
  Theory real = two_factors(0);
  real.factors.front().supply = {0, {{"USA", kInfinity}}};
  const Index us = world().regions().at("USA"), china = world().regions().at("CHN");
  const Equilibrium eq = under(real);
  CHECK_THAT(eq.wage_hat[us], WithinRel(eq.consumer_price_hat[us], 1e-12));
  CHECK(eq.factor_supply_hat(us, 0) < 1);
  CHECK(eq.factor_supply_hat(china, 0) == 1);
  // Where capital stays in its sector, a wage that is fixed in any numeraire has an employment that goes with it.
  Theory nominal = two_factors(0);
  nominal.factors.front().supply = kInfinity;
  nominal.factors.front().anchor = WageAnchor::nominal;
  for (const char* numeraire : {"world_value_added", "world_consumer_price"}) {
    const Equilibrium fixed = under(nominal, {.numeraire = numeraire});
    CHECK((fixed.wage_hat - 1).abs().maxCoeff() < 1e-12);
  }
}

TEST_CASE("revenue that cuts an income tax brings people to work, and wasted revenue helps nobody") {
  const Theory elastic = Theory::elastic_labour(0.5);
  const Index us = world().regions().at("USA");
  const Scenario everyone =
      Scenario("ten percent").tariff({.importer = {"USA"}, .rate = 0.1, .operation = Operation::add});
  const auto with = [&](const Theory& theory, Revenue revenue) {
    return solve(world(), everyone, theory, {.revenue = revenue}, kTight).require_converged();
  };
  const Equilibrium lump = with(elastic, Revenue::household), cut = with(elastic, Revenue::income_tax);
  CHECK(cut.factor_supply_hat(us, 0) > lump.factor_supply_hat(us, 0));
  CHECK(welfare_pct(cut)[us] > welfare_pct(lump)[us]);
  const Equilibrium kept = with({}, Revenue::household), wasted = with({}, Revenue::wasted);
  CHECK(difference(result_of(kept), [&] {
          Result r = result_of(wasted);
          r.real_income_hat = result_of(kept).real_income_hat;
          return r;
        }()) < 1e-12);
  CHECK(real_income_pct(wasted)[us] < real_income_pct(kept)[us]);
}

TEST_CASE("labour supply is where its cost in utility is the real wage") {
  // The envelope: what labour moves is worth its cost, so the world gains from productivity what it does at fixed
  // labour.
  const Theory elastic = Theory::elastic_labour(1.5);
  const World plain = random_world({.regions = 3, .sectors = 2, .seed = 5, .wedges = false, .materials = true});
  const Closure balanced{.deficits = Deficits::balanced};
  const Solver fixed(plain, Theory{}, balanced, kTight), free(plain, elastic, balanced, kTight);
  const auto slope = [&](const Solver& solver, auto measure) {
    const auto at = [&](double step) {
      Shock shock;
      shock.productivity_hat = RegionSector::Ones(3, 2);
      shock.productivity_hat->row(0) = std::exp(step);
      return measure(solver.solve(shock));
    };
    // Over what the region makes, for the two bases differ: each is solved without deficits.
    const State& base = solver.base();
    return ((at(1e-4) - at(-1e-4)) / 2e-4 * base.income).sum() / base.output.row(0).sum();
  };
  const double a = slope(fixed, [](const Equilibrium& eq) { return Vector(real_income_pct(eq)); });
  const double b = slope(free, [&](const Equilibrium& eq) {
    // In money of the base: welfare's own base is smaller by the cost of work.
    const Vector work = 0.6 * eq.base->value_added;
    return Vector(welfare_pct(eq) * (eq.base->income - work) / eq.base->income);
  });
  CHECK_THAT(a, WithinRel(b, 1e-6));
}

TEST_CASE("formulas that are made for one theory refuse the others") {
  const World one = without_materials(3, 2);
  const Closure balanced{.deficits = Deficits::balanced};
  const Equilibrium plain = solve(one, dearer_trade(one), Theory::armington(), balanced, kTight);
  CHECK(acr_applies(plain));
  Theory other;
  other.sources = 3.0;
  const Equilibrium given = solve(one, dearer_trade(one), other, balanced, kTight);
  CHECK((acr_welfare_pct(given) - real_income_pct(given)).abs().maxCoeff() < 1e-9);
  const Equilibrium krugman = solve(one, dearer_trade(one), Theory::krugman(), balanced, kTight);
  CHECK_THROWS_WITH(acr_welfare_pct(krugman), ContainsSubstring("the theory is not"));
  CHECK(first_order_welfare(under({})).applies);
  CHECK(first_order_welfare(under(Theory::two_tier(2.0))).applies);
  CHECK_FALSE(first_order_welfare(under(Theory::elastic_labour(0.5))).applies);
}

TEST_CASE("deficits that answer to prices") {
  const Index us = world().regions().at("USA");
  const Equilibrium even = under({}, {.deficits = Deficits::fixed_expenditure_share});
  const Vector own = even.counterfactual.income - even.counterfactual.deficit;
  const Vector own_before = even.base->income - even.base->deficit;
  const Vector ratio = even.counterfactual.income / own / (even.base->income / own_before);
  CHECK(ratio.maxCoeff() / ratio.minCoeff() < 1 + 1e-12);
  const Equilibrium saving = under({}, {.deficits = Deficits::endogenous, .saving_response = 0.5});
  CHECK(std::abs(saving.counterfactual.deficit.sum()) < 1e-9 * saving.counterfactual.income.sum());
  CHECK(saving.counterfactual.deficit[us] < even.counterfactual.deficit[us]);
}

TEST_CASE("elasticities grow with the years since a change") {
  Theory theory;
  theory.horizon = Horizon::boehm_levchenko_pandalai_nayar();
  CHECK_THAT(theory.horizon->share(1), WithinAbs(0.38, 1e-12));
  CHECK_THAT(theory.horizon->share(10), WithinAbs(0.95, 1e-12));
  CHECK(gap(theory.after(1e6), {}) < 1e-10);
  const Index us = world().regions().at("USA"), china = world().regions().at("CHN");
  double last = kInfinity;
  for (const double years : {0.0, 1.0, 5.0, 20.0}) {
    const Equilibrium eq = under(theory.after(years));
    const double imports = eq.counterfactual.flows.slice(4)(china, us);
    CHECK(imports < last);
    last = imports;
    CHECK_THAT(eq.values->elasticity_source, ContainsSubstring("Boehm"));
  }
}

TEST_CASE("theories that a world cannot feed say what is missing") {
  const auto refused = [](const Theory& theory, const std::string& problem, const std::string& remedy = "") {
    CHECK_THROWS_WITH(solve(world(), war(), theory), ContainsSubstring(problem) && ContainsSubstring(remedy));
  };
  Theory shares = two_factors(0);
  shares.factors.front().share.reset();
  refused(shares, "have no shares of value added", "give the share of each factor but one");
  shares.factors.front().share = 0.7;
  shares.factors.back().share = 0.7;
  refused(shares, "do not sum to one", "leave out the share");
  refused(Theory::two_tier(-1), "domestic_import", "above zero");
  refused(Theory::two_tier({1.0, {{"MARS", 2.0}}}), "'MARS' is neither a region nor a sector");
  refused(Theory::two_tier({1.0, {{"USA", 2.0}}}), "differs between regions");
  refused(Theory::external_economies(-0.1), "scale");
  refused(Theory::melitz_chaney(30), "firm_substitution", "below the trade elasticity plus 1");
  refused(Theory::specific_factors(-1), "mobility");
  refused(Theory::elastic_labour({0, {{"AGR", 1.0}}}), "differs between sectors");
  Theory margin;
  margin.distribution_margin = 1.0;
  refused(margin, "distribution_margin");
  margin.distribution_margin = 0;
  margin.final_demand = std::nan("");
  refused(margin, "final_demand");
  Theory nominal = Theory::elastic_labour(kInfinity);
  nominal.factors.front().anchor = WageAnchor::nominal;
  CHECK_THROWS_WITH(solve(world(), war(), nominal, {.numeraire = "USA"}), ContainsSubstring("answers to itself"));
  CHECK_THROWS_WITH(solve(world(), war(), Closure{.saving_response = 1}), ContainsSubstring("saving_response"));
}

TEST_CASE("where an equilibrium may not be the only one the result says so") {
  const Equilibrium eq = under(Theory::external_economies(0.02));
  CHECK(eq.values->warnings.size() == 1);
  const World one = without_materials(4, 2);
  const Equilibrium unique = solve(one, dearer_trade(one), Theory::krugman(), {.deficits = Deficits::balanced});
  CHECK(unique.values->warnings.empty());
  Parameter more;
  for (Index j = 0; j < 2; ++j) more.by[one.sectors().code(j)] = 1.2 / one.trade_elasticity()[j];
  CHECK_THAT(values_of(Theory::external_economies(more), one).warnings.at(0), ContainsSubstring("above 1"));
}
