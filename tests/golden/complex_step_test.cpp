// Derivatives of the library against complex steps through an independent model (tests/support/complex_model.hpp), by
// every parameter under every theory and closure.
//
// Where the base has to be solved, elasticities move it too, which the independent model does not follow: there the
// parameters of policy are compared, and elasticities in the world that the solved base is. Those through the base
// itself, and worlds with given final demand, are in tests/laws/derivatives_test.cpp.
#include "support/complex_model.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/parameter_directions.hpp"
#include "support/random_shock.hpp"
#include "support/random_world.hpp"
#include "support/theories.hpp"
#include "support/validation.hpp"
#include "tariffsim/analysis/gradient.hpp"
#include "tariffsim/solve/solver.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const SolveOptions kSharp{.tolerance = 2e-13};
// Residuals of equations, levels and derivatives, all relative.
constexpr double kResidual = 1e-12, kLevels = 1e-11, kAgreement = 1e-10;

// What errors of a quantity are relative to. Revenue and deficits are differences of large sums: to income.
double size_of(const Equilibrium& eq, Quantity quantity, const Vector& numbers) {
  const bool difference = quantity == Quantity::tariff_revenue || quantity == Quantity::export_tax_revenue ||
                          quantity == Quantity::deficit || quantity == Quantity::equivalent_variation;
  return std::max(1.0, (difference ? eq.base->income : numbers).abs().maxCoeff());
}

// Outcomes of one quantity after another, and the size of each quantity that errors are relative to.
struct Outcomes {
  explicit Outcomes(const Equilibrium& eq) {
    for (const std::string& name : quantity_names()) {
      const Outcome& each = list.emplace_back(name, eq.observed);
      Vector numbers(each.size());
      each.read(eq, numbers.data());
      values.insert(values.end(), numbers.begin(), numbers.end());
      size.insert(size.end(), static_cast<std::size_t>(numbers.size()), size_of(eq, each.quantity(), numbers));
      names.insert(names.end(), static_cast<std::size_t>(numbers.size()), name);
    }
  }

  [[nodiscard]] std::vector<double> tangent(const Equilibrium& eq, const LevelPair& moved) const {
    std::vector<double> out;
    for (const Outcome& each : list) {
      const Vector part = outcome_tangent(each, eq, moved);
      out.insert(out.end(), part.begin(), part.end());
    }
    return out;
  }

  std::vector<Outcome> list;
  std::vector<double> values, size;
  std::vector<std::string> names;
};

// The largest gap relative to the sizes of quantities, and to how fast the fastest moves where that is more.
double gap(const Outcomes& outcomes, const std::vector<double>& a, const std::vector<double>& b, std::string& where) {
  double largest = 1, worst = 0;
  for (std::size_t k = 0; k < a.size(); ++k) largest = std::max(largest, std::abs(a[k]) / outcomes.size[k]);
  for (std::size_t k = 0; k < a.size(); ++k) {
    const double miss = std::abs(a[k] - b[k]) / outcomes.size[k] / largest;
    if (miss <= worst) continue;
    worst = miss;
    where = outcomes.names[k] + ": " + show(b[k]) + " against " + show(a[k]);
  }
  return worst;
}

void check(KnownNumbers& known, const World& world, const Theory& theory, const Closure& closure, const Shock& shock,
           std::uint64_t seed) {
  const Equilibrium eq = Solver(world, theory, closure, kSharp).solve(shock);
  INFO(theory.name << ", " << name(closure.deficits) << ", " << name(closure.revenue) << ", in " << closure.numeraire
                   << ", seed " << seed);
  INFO(eq.diagnosis);
  REQUIRE(eq.converged());
  const ComplexModel model(eq);
  ComplexStep step(model);
  const double residual = step.residual();
  INFO("residual " << residual);
  CHECK(known.within(residual, kResidual, "residuals of the independent equations at the library's solution"));
  step.sharpen(2);

  const Outcomes outcomes(eq);
  std::string where;
  const double apart = gap(outcomes, step.outcomes(), outcomes.values, where);
  INFO(where);
  CHECK(known.within(apart, kLevels, "outcomes, relative to the largest of their kind"));

  Derivatives derivatives(eq);
  for (const ParameterKind kind : derivatives.parameters()) {
    if (eq.base_shift.resolved && kind >= ParameterKind::trade_elasticity) continue;
    const ParameterValues by = direction(eq, kind, ++seed);
    const double miss =
        gap(outcomes, step.tangent(kind, by[kind]), outcomes.tangent(eq, derivatives.tangent(by)), where);
    INFO("by " << name(kind) << ", off by " << miss << " in " << where);
    CHECK(known.within(miss, kAgreement, "derivatives of all outcomes by every parameter, relative"));
  }
}

// Parts of the system at the edges of their parameters, which the common list does not have.
std::vector<Theory> at_edges() {
  std::vector<Theory> list;
  Theory mixed;  // Cobb-Douglas in one sector, Leontief in the other; supply elastic in one region; scale in one sector
  mixed.value_added_materials = Parameter(1.0, {{"S2", 0.0}});
  mixed.factors.front().supply = Parameter(0.0, {{"R1", 0.8}});
  mixed.scale = Scale::given;
  mixed.scale_elasticity = Parameter(0.0, {{"S1", 0.05}});
  list.push_back(renamed(mixed, "mixed"));
  Theory tiers = Theory::two_tier(Parameter(1.2, {{"S2", 3.0}}));
  tiers.pass_through = Parameter(0.9, {{"R2", 1.2}});
  tiers.distribution_margin = Parameter(0.05, {{"S1", 0.0}});
  list.push_back(renamed(tiers, "two tiers with margins"));
  Theory nominal = Theory::elastic_labour(0.7);
  nominal.factors.front().anchor = WageAnchor::nominal;
  nominal.factors.push_back(capital(3));
  nominal.factors.back().supply = 0.4;
  nominal.final_demand = 0;
  list.push_back(renamed(nominal, "elastic nominal wage"));
  return list;
}

void check_all(const std::string& file, const std::vector<Theory>& theories, Index sectors = 2) {
  KnownNumbers known(file, "Complex steps through an independent model in changes (tests/support/complex_model.hpp)");
  const std::string numeraires[] = {Closure::kWorldValueAdded, Closure::kWorldConsumerPrice, "R2"};
  std::uint64_t seed = 0;
  for (const Theory& theory : theories) {
    for (const auto& [name, each] : closures()) {
      ++seed;
      Closure closure = each;
      // A nominal wage is not nominal in itself, nor in a consumer price that is relative to a solved base.
      const bool nominal = theory.factors.front().anchor == WageAnchor::nominal;
      const bool balanced = closure.deficits == Deficits::balanced;
      closure.numeraire = numeraires[nominal && balanced ? 0 : seed % (nominal ? 2 : 3)];
      const World world = random_world({.regions = 3,
                                        .sectors = sectors,
                                        .seed = 1 + seed % 7,
                                        .wedges = seed % 2 == 0,
                                        .materials = sectors > 1,
                                        .gaps = false});
      const auto shock_of = [&](const World& to, bool shares) {
        return random_shock(to, {.seed = seed,
                                 .tastes = shares,
                                 .final_demand = shares,
                                 .deficits = !balanced && seed % 3 == 0,
                                 .strength = 0.4});
      };
      check(known, world, theory, closure, shock_of(world, !balanced && seed % 4 == 0), seed);
      if (!balanced) continue;
      // The solved base as a world of its own, whose base need not be solved again.
      const Equilibrium base = Solver(world, theory, closure, {.tolerance = 1e-14}).solve(Shock{});
      REQUIRE(base.converged());
      const World composed = base.world();
      if (nominal) closure.numeraire = Closure::kWorldConsumerPrice;
      check(known, composed, theory, closure, shock_of(composed, true), seed);
    }
  }
}

}  // namespace

TEST_CASE("derivatives are those of complex steps through an independent model") {
  std::vector<Theory> list = theories();
  list.insert(list.begin(), Theory{});
  check_all("complex-step", list);
}

TEST_CASE("derivatives at the edges of parameters are those of complex steps") {
  check_all("complex-step-edges", at_edges());
}

TEST_CASE("derivatives with free entry are those of complex steps") {
  // In one sector without materials: with more, theta psi = 1 is where sectors begin to vanish.
  check_all("complex-step-entry", {Theory::krugman(), Theory::melitz_chaney(1.15)}, 1);
}

TEST_CASE("derivatives through a solved base are refused where a wage is rigid in a price that is relative to it") {
  Theory rigid = Theory::elastic_labour(0.5);
  rigid.factors.front().anchor = WageAnchor::nominal;
  const Closure closure{.deficits = Deficits::balanced, .numeraire = Closure::kWorldConsumerPrice};
  const World world = random_world({.gaps = false});
  const Equilibrium eq = Solver(world, rigid, closure, kSharp).solve(random_shock(world, {.strength = 0.4}));
  REQUIRE(eq.converged());
  REQUIRE(eq.base_shift.resolved);
  CHECK_THROWS_WITH(Derivatives(eq), Catch::Matchers::ContainsSubstring("world_value_added"));
}
