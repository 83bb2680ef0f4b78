// Gradients with answers by hand at free trade, and on real worlds against differences of whole solves.
#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/draw.hpp"
#include "support/embedded.hpp"
#include "support/known_worlds.hpp"
#include "support/random_world.hpp"
#include "support/shared_data.hpp"
#include "support/validation.hpp"
#include "tariffsim/analysis/gradient.hpp"
#include "tariffsim/analysis/hessian_vector.hpp"
#include "tariffsim/solve/solver.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const SolveOptions kSharp{.tolerance = 1e-13};
const Closure kBalanced{.deficits = Deficits::balanced};
constexpr double kExact = 1e-12;

Equilibrium free_trade(const World& world) {
  const Equilibrium eq = Solver(world, Theory{}, kBalanced, kSharp).solve(Shock{});
  REQUIRE(eq.converged());
  return eq;
}

/// Gradients of log real income, by region.
std::vector<ParameterValues> welfare_gradients(const Equilibrium& eq) {
  std::vector<ParameterValues> out;
  for (const std::string& code : eq.observed.regions().codes()) {
    ParameterValues g = gradient(eq, Outcome("real_income_pct[" + code + "]", eq.observed));
    for (Eigen::ArrayXXd& each : g.by) each /= 100.0;
    out.push_back(g);
  }
  return out;
}

/// Half a unit of the sixth digit.
constexpr double kHalfDigit = 0.5e-6 * (1 + 1e-6);

/// sum_n E_n dlnW_n by every parameter of a kind, E spending at home.
Eigen::ArrayXXd world_gain(const Equilibrium& eq, const std::vector<ParameterValues>& g, ParameterKind kind) {
  Eigen::ArrayXXd sum = Eigen::ArrayXXd::Zero(g[0][kind].rows(), g[0][kind].cols());
  for (std::size_t n = 0; n < g.size(); ++n) sum += eq.base->income[static_cast<Index>(n)] * g[n][kind];
  return sum;
}

double number(const Outcome& outcome, const Equilibrium& eq) {
  eq.require_converged();
  double value = 0;
  outcome.read(eq, &value);
  return value;
}

/// The derivative at zero: central differences, extrapolated once.
double slope(double step, const std::function<double(double)>& at) {
  const auto central = [&](double h) { return (at(h) - at(-h)) / (2 * h); };
  return (4 * central(step) - central(2 * step)) / 3;
}

Shock with_tariff(Shock shock, const World& world, Index i, Index n, Index j, double more) {
  if (!shock.tariffs) shock.tariffs = world.tariffs();
  (*shock.tariffs)(i, n, j) += more;
  return shock;
}

World with_elasticity(const World& world, Index sector, double more) {
  return world.edited([&](WorldData& data) { data.trade_elasticity[sector] += more; });
}

/// The gradients of a region's real income and of a flow against differences, by single tariffs and elasticities.
void check_differences(KnownNumbers& known, const World& world, const Closure& closure, const Scenario& scenario,
                       const std::string& region, const std::string& name) {
  const Solver solver(world, Theory{}, closure, {.tolerance = 1e-12});
  const Equilibrium eq = solver.solve(scenario);
  INFO(eq.diagnosis);
  REQUIRE(eq.converged());
  const Index N = world.regions().size(), J = world.sectors().size(), own = world.regions().at(region);
  const Outcome income("real_income_pct[" + region + "]", world);
  const ParameterValues income_gradient = gradient(eq, income);
  const auto close = [&](double exact, double difference, double size, const std::string& what) {
    INFO(what << ": " << exact << " against " << difference);
    CHECK(known.within(std::abs(exact - difference) / size, 2e-7, name + ", relative"));
  };
  Draw draw(43);
  for (int tariffs = 0; tariffs < 12;) {
    const Index i = draw.index(N), j = draw.index(J), n = tariffs % 3 == 0 ? draw.index(N) : own;
    if (world.is_domestic(i, n) || eq.counterfactual.flows(i, n, j) < 1e-6 * eq.counterfactual.income[n]) continue;
    ++tariffs;
    const Outcome flow(
        "flows[" + world.regions().code(i) + "->" + world.regions().code(n) + ", " + world.sectors().code(j) + "]",
        world);
    const auto solved = [&](double h) { return solver.solve(with_tariff(*eq.shock, world, i, n, j, h)); };
    const double level = number(flow, eq), step = 0.02 / (1 + world.trade_elasticity()[j]);
    // A tariff's effect on income is as large as the flow is: relative to income, percent.
    close(income_gradient[ParameterKind::tariff](i, n + N * j),
          slope(step, [&](double h) { return number(income, solved(h)); }), 100 * level / eq.base->income[n] + 0.01,
          "real income by the tariff on " + flow.text());
    close(gradient(eq, flow, {ParameterKind::tariff})[ParameterKind::tariff](i, n + N * j),
          slope(step, [&](double h) { return number(flow, solved(h)); }), level * world.trade_elasticity()[j],
          "by its own tariff " + flow.text());
  }
  for (int k = 0; k < 4; ++k) {
    const Index j = draw.index(J);
    const auto solved = [&](double h) {
      return Solver(with_elasticity(world, j, h), Theory{}, closure, {.tolerance = 1e-12}).solve(*eq.shock);
    };
    close(income_gradient[ParameterKind::trade_elasticity](0, j),
          slope(2e-3 * world.trade_elasticity()[j], [&](double h) { return number(income, solved(h)); }), 0.01,
          "real income by the elasticity of " + world.sectors().code(j));
  }
}

Scenario war() {
  return Scenario("60 percent, both ways")
      .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.6})
      .tariff({.importer = "CHN", .exporter = "USA", .sector = "goods", .rate = 0.6});
}

double dot(const ParameterValues& a, const ParameterValues& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kParameterKinds; ++k) {
    if (a.by[k].size() != 0 && b.by[k].size() != 0) sum += (a.by[k] * b.by[k]).sum();
  }
  return sum;
}

}  // namespace

TEST_CASE("gradients of two mirror images are those by hand") {
  struct Row {
    double share, sigma, terms, by_tariff, by_productivity, abroad;
  };
  const Row rows[] = {{.2, 5, .540541, .108108, .972973, .027027},
                      {.1, 5, .548780, .054878, .987805, .012195},
                      {.3, 4, .538462, .161538, .942308, .057692},
                      {.5, 3, .500000, .250000, .833333, .166667},
                      {.2, 9, .521739, .104348, .985507, .014493}};  // the list of cases has .985514, a slip: 1 - s/D
  KnownNumbers known("gradients-mirror", "Gradients of two mirror images at free trade, by hand");
  for (const Row& row : rows) {
    CAPTURE(row.share, row.sigma);
    const World world = mirror(row.share, row.sigma);
    const Equilibrium eq = free_trade(world);
    const std::vector<ParameterValues> welfare = welfare_gradients(eq);
    // One sector made of labour alone: the terms of trade are the ratio of wages.
    const Index home = 0, abroad = 1;
    const auto by_tariff = [&](const ParameterValues& g) { return g[ParameterKind::tariff](abroad, home); };
    const double terms =
        by_tariff(gradient(eq, Outcome("wage_hat[H]", world))) - by_tariff(gradient(eq, Outcome("wage_hat[F]", world)));
    const double s = row.share, D = 1 + 2 * (1 - s) * (row.sigma - 1), S = row.sigma;
    const double found[] = {terms, by_tariff(welfare[0]), -by_tariff(welfare[1]),
                            welfare[0][ParameterKind::productivity](home, 0),
                            welfare[1][ParameterKind::productivity](home, 0)};
    const double exact[] = {(1 - s) * S / D, s * (1 - s) * S / D, s * (1 - s) * S / D, 1 - s / D, s / D};
    const double printed[] = {row.terms, row.by_tariff, row.by_tariff, row.by_productivity, row.abroad};
    for (int k = 0; k < 5; ++k) {
      CAPTURE(k, found[k], exact[k]);
      CHECK(known.within(std::abs(found[k] - exact[k]), kExact, "against the formulas"));
      CHECK(known.within(std::abs(found[k] - printed[k]), kHalfDigit, "to the digits given"));
    }
  }
}

TEST_CASE("gradients of the matrix of three regions are those given") {
  KnownNumbers known("gradients-matrix", "Gradients of the 3 x 3 matrix at free trade");
  const Equilibrium eq = free_trade(three_regions());
  const std::vector<ParameterValues> welfare = welfare_gradients(eq);
  const auto check = [&](Index from, Index to, std::initializer_list<double> printed) {
    std::size_t n = 0;
    for (const double value : printed) {
      const double found = welfare[n++][ParameterKind::tariff](from - 1, to - 1);
      CAPTURE(from, to, n, found, value);
      CHECK(known.within(std::abs(found - value), kHalfDigit, "by tariffs, to the digits given"));
    }
  };
  check(2, 1, {.045030, -.024815, -.000732});
  check(3, 1, {.037680, .005176, -.055055});
  check(1, 2, {-.038443, .017477, .008407});
}

TEST_CASE("at free trade tariffs take from one what they give to others, and costs what is shipped") {
  KnownNumbers known("gradients-free-trade", "Gains of the world at free trade, first order (Hulten)");
  std::vector<World> worlds = {mirror(.2, 5), three_regions()};
  for (const std::uint64_t seed : {1, 2, 3}) {
    worlds.push_back(random_world({.regions = 4, .sectors = 3, .seed = seed, .wedges = false}));
  }
  for (const World& world : worlds) {
    CAPTURE(world.info().title);
    const Equilibrium eq = free_trade(world);
    const Index N = world.regions().size(), J = world.sectors().size();
    const std::vector<ParameterValues> welfare = welfare_gradients(eq);
    const double size = eq.base->income.maxCoeff();
    const Eigen::ArrayXXd shipped = eq.base->flows.values().reshaped(N, N * J);
    const auto check = [&](const Eigen::ArrayXXd& found, const Eigen::ArrayXXd& exact, const char* what) {
      const double miss = (found - exact).abs().maxCoeff() / size;
      CAPTURE(what, miss);
      CHECK(known.within(miss, kExact, std::string(what) + ", relative to income"));
    };
    check(world_gain(eq, welfare, ParameterKind::tariff), Eigen::ArrayXXd::Zero(N, N * J), "a tariff: nothing");
    check(world_gain(eq, welfare, ParameterKind::trade_cost), -shipped, "a trade cost: what is shipped");
    check(world_gain(eq, welfare, ParameterKind::productivity), eq.base->output, "productivity: what is made");
  }
}

TEST_CASE("gradients on the embedded world are those of differences") {
  KnownNumbers known("gradients-embedded", "Gradients on world-2022-27x12 against central differences");
  check_differences(known, world(), {}, war(), "USA", "a tariff, or an elasticity");
}

TEST_CASE("gradients on the world of Caliendo and Parro, balanced, are those of differences") {
  if (!has_shared_data("cp2015")) SKIP("no reference data in " << shared_data("cp2015"));
  KnownNumbers known("gradients-cp2015", "Gradients on the world of Caliendo and Parro against central differences");
  const World cp = read_world(shared_data("cp2015"));
  check_differences(known, cp, kBalanced,
                    Scenario("ten percent").tariff({.importer = cp.regions().code(0), .rate = 0.1}),
                    cp.regions().code(0), "a tariff, or an elasticity, through the base");
}

TEST_CASE("second derivatives are symmetric and those of differences") {
  const Equilibrium eq = Solver(world(), Theory{}, {}, {.tolerance = 1e-12}).solve(war());
  REQUIRE(eq.converged());
  const Index N = world().regions().size(), J = world().sectors().size(), usa = world().regions().at("USA");
  const Outcome income("real_income_pct[USA]", world());
  Draw draw(7);
  ParameterValues u, v;
  u[ParameterKind::tariff] = v[ParameterKind::tariff] = Eigen::ArrayXXd::Zero(N, N * J);
  v[ParameterKind::productivity] = Eigen::ArrayXXd::Zero(N, J);
  for (Index j = 0; j < J; ++j) {
    v[ParameterKind::productivity](usa, j) = draw.uniform(-1, 1);
    for (Index i = 0; i < N; ++i) {
      if (world().is_domestic(i, usa)) continue;
      u[ParameterKind::tariff](i, usa + N * j) = draw.uniform(-1, 1);
      v[ParameterKind::tariff](i, usa + N * j) = draw.uniform(-1, 1);
    }
  }
  const std::vector<ParameterKind> kinds = {ParameterKind::tariff, ParameterKind::productivity};
  const ParameterValues Hu = hessian_vector(eq, income, u, kinds), Hv = hessian_vector(eq, income, v, kinds);
  const double uHv = dot(u, Hv), vHu = dot(v, Hu), uHu = dot(u, Hu), vHv = dot(v, Hv);
  const double size = std::max(std::abs(uHu), std::abs(vHv));
  CAPTURE(uHv, vHu, uHu, vHv);
  CHECK(std::abs(uHv) > 1e-3 * size);  // so that the comparison says something
  CHECK(std::abs(uHv - vHu) < 1e-7 * size);
  const auto second = [&](const ParameterValues& d) {
    const auto at = [&](double h) {
      return number(income,
                    Solver(world(), Theory{}, {}, {.tolerance = 1e-13}).solve(moved(*eq.shock, d, h, *eq.base)));
    };
    const auto central = [&](double h) { return (at(h) - 2 * at(0) + at(-h)) / (h * h); };
    return (4 * central(4e-3) - central(8e-3)) / 3;
  };
  for (const auto& [d, exact] : {std::pair(u, uHu), std::pair(v, vHv)}) {
    const double difference = second(d);
    CAPTURE(exact, difference);
    CHECK(std::abs(exact - difference) < 1e-5 * size);
  }
}
