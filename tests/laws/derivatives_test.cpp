// Derivatives against central differences of whole solves, by every parameter under every theory and closure; and
// gradients against directional derivatives.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/parameter_directions.hpp"
#include "support/random_shock.hpp"
#include "support/random_world.hpp"
#include "support/theories.hpp"
#include "tariffsim/analysis/gradient.hpp"
#include "tariffsim/solve/solver.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const SolveOptions kSharp{.tolerance = 2e-13};

// A world, a theory, a closure and a shock: what a parameter is moved in.
struct Setting {
  World world;
  Theory theory;
  Closure closure;
  Shock shock;

  [[nodiscard]] Equilibrium solve() const { return Solver(world, theory, closure, kSharp).solve(shock); }
};

// Numbers by sector or by region as a parameter of a theory.
Parameter by_sector_of(const World& world, const Vector& values) {
  Parameter out(values[0]);
  for (Index j = 0; j < values.size(); ++j) out.by[world.sectors().code(j)] = values[j];
  return out;
}
Parameter by_region_of(const World& world, const Vector& values) {
  Parameter out(values[0]);
  for (Index n = 0; n < values.size(); ++n) out.by[world.regions().code(n)] = values[n];
  return out;
}

// The setting moved by h times a direction.
Setting moved(Setting at, const Equilibrium& eq, const ParameterValues& by, ParameterKind kind, double h) {
  const Index N = at.world.regions().size(), J = at.world.sectors().size();
  const Eigen::ArrayXXd d = h * by[kind];
  const TheoryValues values = values_of(at.theory, at.world);
  const auto bilateral = [&](std::optional<Cube>& cube, const Cube& otherwise, bool log) {
    if (!cube) cube = otherwise;
    for (Index k = 0; k < cube->size(); ++k) {
      double& x = cube->values()[k];
      x = log ? x * std::exp(d.reshaped()[k]) : x + d.reshaped()[k];
    }
  };
  const Vector row = d.rows() == 1 ? Vector(d.row(0).transpose()) : Vector();
  switch (kind) {
    case ParameterKind::tariff: bilateral(at.shock.tariffs, at.world.tariffs(), false); break;
    case ParameterKind::export_tax: bilateral(at.shock.export_taxes, at.world.export_taxes(), false); break;
    case ParameterKind::trade_cost: bilateral(at.shock.trade_cost_hat, Cube(N, N, J, 1.0), true); break;
    case ParameterKind::taste: bilateral(at.shock.taste_hat, Cube(N, N, J, 1.0), true); break;
    case ParameterKind::productivity:
      if (!at.shock.productivity_hat) at.shock.productivity_hat = RegionSector::Ones(N, J);
      *at.shock.productivity_hat *= d.exp();
      break;
    case ParameterKind::deficit:
      if (!at.shock.deficits) at.shock.deficits = eq.base->deficit;
      *at.shock.deficits += d.col(0);
      break;
    case ParameterKind::trade_elasticity:
      at.theory.sources = by_sector_of(at.world, values.trade_elasticity + row);
      break;
    case ParameterKind::home_elasticity:
      at.theory.domestic_import = by_sector_of(at.world, values.home_elasticity + row);
      break;
    case ParameterKind::final_demand: at.theory.final_demand += d(0, 0); break;
    case ParameterKind::value_added_materials:
      at.theory.value_added_materials = by_sector_of(at.world, values.value_added_materials + row);
      break;
    case ParameterKind::materials: at.theory.materials += d(0, 0); break;
    case ParameterKind::scale:
      at.theory.scale_elasticity = by_sector_of(at.world, (values.scale + d).row(0).transpose());
      break;
    case ParameterKind::pass_through:
      at.theory.pass_through = by_sector_of(at.world, (values.pass_through + d).row(0).transpose());
      break;
    case ParameterKind::supply: {
      Factor& labour = at.theory.factors.front();
      if (std::isinf(labour.supply.value)) break;
      labour.supply = by_region_of(at.world, labour.supply.value + Vector(d.col(0)));
      break;
    }
    case ParameterKind::mobility:
      for (std::size_t f = 0; f < at.theory.factors.size(); ++f) {
        at.theory.factors[f].mobility += d(0, static_cast<Index>(f));
      }
      break;
  }
  return at;
}

// True where an elasticity is zero, so that there is no difference to its left.
bool at_edge(const Setting& at, ParameterKind kind) {
  if (kind == ParameterKind::value_added_materials) return at.theory.value_added_materials.is(0);
  if (kind == ParameterKind::materials) return at.theory.materials == 0;
  if (kind != ParameterKind::mobility) return false;
  return std::any_of(at.theory.factors.begin(), at.theory.factors.end(),
                     [](const Factor& factor) { return factor.mobility == 0; });
}

std::vector<Outcome> outcomes(const World& world) {
  std::vector<Outcome> list;
  for (const std::string& name : quantity_names()) list.emplace_back(name, world);
  return list;
}

Vector all_of(const Equilibrium& eq, const std::vector<Outcome>& list) {
  Index size = 0;
  for (const Outcome& each : list) size += each.size();
  Vector out(size);
  Index at = 0;
  for (const Outcome& each : list) {
    each.read(eq, out.data() + at);
    at += each.size();
  }
  return out;
}

Vector all_tangents(const Equilibrium& eq, const std::vector<Outcome>& list, const LevelPair& moved_by) {
  std::vector<double> out;
  for (const Outcome& each : list) {
    const Vector part = outcome_tangent(each, eq, moved_by);
    out.insert(out.end(), part.begin(), part.end());
  }
  return Eigen::Map<const Vector>(out.data(), static_cast<Index>(out.size()));
}

// The size of each outcome, for relative errors: that of its quantity.
Vector sizes(const Equilibrium& eq, const std::vector<Outcome>& list) {
  std::vector<double> out;
  for (const Outcome& each : list) {
    Vector values(each.size());
    each.read(eq, values.data());
    const double size = std::max(1.0, values.abs().maxCoeff());
    out.insert(out.end(), static_cast<std::size_t>(each.size()), size);
  }
  return Eigen::Map<const Vector>(out.data(), static_cast<Index>(out.size()));
}

void check_differences(const Setting& at, const Equilibrium& eq, ParameterKind kind, const ParameterValues& by,
                       const std::vector<Outcome>& list, const Vector& size, const Vector& exact) {
  // Richardson's extrapolation of central differences: the error is of fourth order.
  const double h = kind == ParameterKind::deficit ? 0.02 : kind == ParameterKind::scale ? 4e-4 : 2e-3;
  const auto difference = [&](double step) {
    return Vector(
        (all_of(moved(at, eq, by, kind, step).solve(), list) - all_of(moved(at, eq, by, kind, -step).solve(), list)) /
        (2 * step));
  };
  const Vector differences = (4 * difference(h) - difference(2 * h)) / 3;
  Vector error = ((exact - differences) / size).abs();
  if (kind == ParameterKind::supply) {  // welfare's own measure depends on it
    const Index N = at.world.regions().size();
    error.segment(N, N) = 0;
  }
  const double largest = std::max(1.0, (differences / size).abs().maxCoeff());
  Index worst = 0;
  CHECK(error.maxCoeff(&worst) < 2e-7 * largest);
  INFO("number " << worst << ": " << exact[worst] << " against " << differences[worst]);
  CHECK(error.maxCoeff() < 2e-7 * largest);
}

void check(const Setting& at, const std::string& what) {
  const Equilibrium eq = at.solve();
  INFO(what);
  INFO(eq.diagnosis);
  REQUIRE(eq.converged());
  const std::vector<Outcome> list = outcomes(at.world);
  const Vector size = sizes(eq, list);
  Derivatives derivatives(eq);
  std::uint64_t seed = 1;
  for (const ParameterKind kind : derivatives.parameters()) {
    INFO("parameter " << static_cast<int>(kind));
    const ParameterValues by = direction(eq, kind, ++seed);
    const LevelPair tangent = derivatives.tangent(by);
    const Vector exact = all_tangents(eq, list, tangent);

    if (!at_edge(at, kind)) check_differences(at, eq, kind, by, list, size, exact);

    // The gradient of single numbers, times the direction.
    for (const char* name : {"real_income_pct", "welfare_pct", "equivalent_variation", "tariff_revenue", "imports"}) {
      const Outcome one(std::string(name) + "[" + at.world.regions().code(1) + "]", at.world);
      const ParameterValues g = derivatives.gradient(weights_of(one, eq));
      const double product = (g[kind] * by[kind]).sum();
      const double forward = outcome_tangent(one, eq, tangent)[0];
      INFO(name << ": " << product << " against " << forward);
      // Amounts are differences of what regions earn: their noise is relative to that.
      const double unit = std::string(name).ends_with("_pct") ? 1.0 : 1e-2 * eq.base->income.maxCoeff();
      const double scale = std::max({unit, std::abs(forward), (g[kind] * by[kind]).abs().sum()});
      CHECK(std::abs(product - forward) < 1e-9 * scale);
    }
  }
}

void check_all(bool given_final_demand) {
  std::uint64_t seed = 0;
  std::vector<Theory> list = theories();
  list.insert(list.begin(), Theory{});
  for (const Theory& theory : list) {
    for (const auto& [name, each] : closures()) {
      ++seed;
      Closure closure = each;
      const std::string numeraires[] = {Closure::kWorldValueAdded, Closure::kWorldConsumerPrice, "R2"};
      // A wage that is rigid in a price that is relative to the base is refused (tests/golden/complex_step_test.cpp).
      if (theory.factors.front().anchor == WageAnchor::real) closure.numeraire = numeraires[seed % 3];
      const World world = random_world({.regions = 3,
                                        .sectors = 2,
                                        .seed = 1 + seed % 5,
                                        .wedges = seed % 2 == 0,
                                        .materials = true,
                                        .gaps = false,
                                        .given_final_demand = given_final_demand});
      Shock shock = random_shock(world, {.seed = seed, .tastes = false, .final_demand = false, .strength = 0.4});
      check({world, theory, closure, shock}, theory.name + ", " + name + ", in " + closure.numeraire);
    }
  }
}

}  // namespace

TEST_CASE("derivatives by every parameter under every theory and closure are those of differences") {
  check_all(false);
}

TEST_CASE("derivatives go through the base where it has to be solved") { check_all(true); }
