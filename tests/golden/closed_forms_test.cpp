// Small worlds with answers by hand: gains from trade, the 3 x 3 matrix, reciprocal tariffs, gradients, Lerner.
#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/known_worlds.hpp"
#include "support/results.hpp"
#include "support/validation.hpp"
#include "tariffsim/solve/solve.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const SolveOptions kTight{.tolerance = 1e-13};
const Closure kBalanced{.deficits = Deficits::balanced};

/// Real income in percent after a scenario, under balanced trade.
Vector gains(const World& world, const Scenario& scenario) {
  return real_income_pct(solve(world, scenario, kBalanced, kTight));
}

Scenario tariff(const std::string& exporter, const std::string& importer, double rate) {
  return Scenario().tariff({.importer = importer, .exporter = exporter, .rate = rate});
}

/// Derivative at zero of an outcome of a one-parameter family of scenarios: central differences, extrapolated.
template <class Outcome>
auto slope(Outcome at) {
  constexpr double step = 1e-3;
  const auto central = [&](double h) { return Vector((at(h) - at(-h)) / (2 * h)); };
  return Vector((4.0 * central(step / 2) - central(step)) / 3.0);
}

/// Half a unit of the last printed digit.
double half_digit(int decimals) { return 0.5 * std::pow(10.0, -decimals) * (1 + 1e-6); }

// Regions against printed digits.
void check_digits(KnownNumbers& known, const std::string& compared, const Vector& found,
                  std::initializer_list<double> printed, int decimals) {
  Index n = 0;
  for (const double value : printed) {
    CAPTURE(n, found[n], value);
    CHECK(known.within(std::abs(found[n] - value), half_digit(decimals), compared + ", to the digits given"));
    ++n;
  }
}

}  // namespace

TEST_CASE("gains from trade: what autarky costs, by domestic share and elasticity") {
  // G = 1 - lambda^(1 / theta), percent.
  const double shares[] = {0.95, 0.93, 0.90, 0.80, 0.60, 0.40};
  const double thetas[] = {3, 4, 5, 6, 8};
  const double printed[6][5] = {
      {1.6952, 1.2741, 1.0206, 0.8512, 0.6391},   {2.3900, 1.7979, 1.4409, 1.2022, 0.9030},
      {3.4511, 2.5996, 2.0852, 1.7407, 1.3084},   {7.1682, 5.4258, 4.3648, 3.6508, 2.7508},
      {15.6567, 11.9888, 9.7120, 8.1614, 6.1857}, {26.3194, 20.4729, 16.7447, 14.1626, 10.8220}};
  KnownNumbers known("gains-from-trade", "Gains from trade by domestic share and elasticity");
  for (int row = 0; row < 6; ++row) {
    for (int column = 0; column < 5; ++column) {
      CAPTURE(shares[row], thetas[column]);
      const Vector lost = -gains(mirror(1 - shares[row], thetas[column] + 1), Scenario().ban({}));
      const double exact = 100 * (1 - std::pow(shares[row], 1 / thetas[column]));
      CHECK(known.within(std::abs(lost[0] - exact), 1e-10, "percent, against 1 - lambda^(1/theta)"));
      check_digits(known, "percent", lost, {printed[row][column], printed[row][column]}, 4);
    }
  }
}

TEST_CASE("the matrix of three regions") {
  const World world = three_regions();
  KnownNumbers known("three-regions", "A world of three regions, balanced, trade elasticity 4");
  {
    INFO("trade costs between the first two rise by 30 percent");
    check_digits(known, "trade costs up by 30 percent",
                 gains(world, Scenario()
                                  .trade_cost({.importer = "1", .exporter = "2", .factor = 1.3})
                                  .trade_cost({.importer = "2", .exporter = "1", .factor = 1.3})),
                 {-1.300394, -0.686079, 0.098127}, 6);
  }
  {
    INFO("tariffs of 60 and 30 percent between the first two");
    check_digits(known, "tariffs of 60 and 30 percent",
                 gains(world, Scenario()
                                  .tariff({.importer = "1", .exporter = "2", .rate = 0.6})
                                  .tariff({.importer = "2", .exporter = "1", .rate = 0.3})),
                 {-0.948157, -0.588806, 0.125752}, 6);
  }
  {
    INFO("no trade at all is lambda^(1/4) - 1");
    const Vector found = gains(world, Scenario().ban({}));
    check_digits(known, "no trade", found, {-4.205275, -3.080630, -7.228077}, 6);
    const double domestic[] = {80.0 / 95, 150.0 / 170, 60.0 / 81};
    for (Index n = 0; n < 3; ++n) {
      CHECK(known.within(std::abs(found[n] - 100 * (std::pow(domestic[n], 0.25) - 1)), 1e-11,
                         "no trade, against lambda^(1/4) - 1"));
    }
  }
  {
    INFO("prohibitive tariffs lead to the same place as a ban");
    check_digits(known, "prohibitive tariffs", gains(world, Scenario().tariff({.rate = 1e6})),
                 {-4.205275, -3.080630, -7.228077}, 6);
  }
}

TEST_CASE("gradients at free trade of the matrix of three regions") {
  const World world = three_regions();
  const Vector spending = Eigen::Array3d(95, 170, 81);
  const auto gradient = [&](const char* exporter, const char* importer) {
    return slope([&](double t) { return Vector(gains(world, tariff(exporter, importer, t)) / 100); });
  };
  const Vector from2to1 = gradient("2", "1"), from3to1 = gradient("3", "1"), from1to2 = gradient("1", "2");
  KnownNumbers known("gradients", "Gradients at free trade in that world, central differences");
  const char* compared = "slopes of log real income";
  check_digits(known, compared, from2to1, {0.045030, -0.024815, -0.000732}, 6);
  check_digits(known, compared, from3to1, {0.037680, 0.005176, -0.055055}, 6);
  check_digits(known, compared, from1to2, {-0.038443, 0.017477, 0.008407}, 6);
  // At free trade a tariff only redistributes: sum_n E_n dlnW_n = 0.
  for (const Vector& one : {from2to1, from3to1, from1to2}) {
    CHECK(known.within(std::abs((spending * one).sum()), 1e-6, "sum_n E_n dlnW_n = 0 for a tariff"));
  }
  // A trade cost loses what it melts: sum_n E_n dlnW_n = -sum X dln tau.
  const Vector cost = slope([&](double t) {
    return Vector(
        (1 + gains(world, Scenario().trade_cost({.importer = "1", .exporter = "2", .factor = std::exp(t)})) / 100)
            .log());
  });
  CHECK(known.within(std::abs((spending * cost).sum() + 8.0), 1e-6, "sum_n E_n dlnW_n = -X dln tau for a trade cost"));
}

TEST_CASE("first-order effects between mirror images") {
  struct Row {
    double share, sigma, terms_of_trade, home_by_tariff, home_by_productivity, foreign_by_productivity;
  };
  KnownNumbers known("mirror-gradients", "First-order effects between two mirror images");
  // The printed list has .985514 in the last row, which is neither 1 - s / D nor 1 less its neighbour .014493: .985507
  // is.
  const Row rows[] = {Row{.2, 5, .540541, .108108, .972973, .027027}, Row{.1, 5, .548780, .054878, .987805, .012195},
                      Row{.3, 4, .538462, .161538, .942308, .057692}, Row{.5, 3, .500000, .250000, .833333, .166667},
                      Row{.2, 9, .521739, .104348, .985507, .014493}};
  for (const Row& row : rows) {
    CAPTURE(row.share, row.sigma);
    const World world = mirror(row.share, row.sigma);
    const double s = row.share, D = 1 + 2 * (1 - s) * (row.sigma - 1);
    const Vector wages =
        slope([&](double t) { return Vector(solve(world, tariff("F", "H", t), kBalanced, kTight).wage_hat.log()); });
    const double terms_of_trade = wages[0] - wages[1];
    const auto formula = [&](double found, double exact) {
      CHECK(known.within(std::abs(found - exact), 1e-6, "slopes, against their formulas"));
    };
    formula(terms_of_trade, (1 - s) * row.sigma / D);
    check_digits(known, "terms of trade", Vector::Constant(1, terms_of_trade), {row.terms_of_trade}, 6);
    const Vector by_tariff = slope([&](double t) { return Vector(gains(world, tariff("F", "H", t)) / 100); });
    formula(by_tariff[0], s * (1 - s) * row.sigma / D);
    check_digits(known, "real income by the home tariff", by_tariff, {row.home_by_tariff, -row.home_by_tariff}, 6);
    const Vector by_productivity = slope([&](double a) {
      return Vector((1 + gains(world, Scenario().productivity({.region = "H", .factor = std::exp(a)})) / 100).log());
    });
    formula(by_productivity[0], 1 - s / D);
    formula(by_productivity[1], s / D);
    check_digits(known, "real income by home productivity", by_productivity,
                 {row.home_by_productivity, row.foreign_by_productivity}, 6);
  }
}

TEST_CASE("the same tariff of both mirror images, exactly") {
  const double s = 0.2, sigma = 5, eps = sigma - 1;
  const World world = mirror(s, sigma);
  const auto exact = [&](double t) {
    const double domestic = (1 - s) / ((1 - s) + s * std::pow(1 + t, -eps));
    const double multiplier = 1 / (1 - (1 - domestic) * t / (1 + t));
    return 100 * (multiplier * std::pow(domestic / (1 - s), -1 / eps) - 1);
  };
  const double rates[] = {0.01, 0.10, 0.25, 0.50, 1.00, 1.25, 1.45};
  const double printed[] = {-0.0039, -0.3022, -1.2581, -2.7538, -4.3226, -4.6845, -4.8743};
  KnownNumbers known("reciprocal-tariffs", "The same tariff of two mirror images, 1 to 145 percent");
  for (int k = 0; k < 7; ++k) {
    CAPTURE(rates[k]);
    const Vector found = gains(world, Scenario().tariff({.rate = rates[k]}));
    CHECK(known.within(std::abs(found[0] - exact(rates[k])), 1e-10, "percent, against the closed form"));
    check_digits(known, "percent", found, {printed[k], printed[k]}, 4);
  }
  check_digits(known, "percent", gains(world, Scenario().ban({})), {-5.4258, -5.4258}, 4);
  // The small-tariff approximation is good at 1 percent and a third too large at 10.
  const auto approximation = [&](double t) { return -100 * 0.5 * sigma * s * (1 - s) * t * t; };
  CHECK(std::abs(approximation(0.01) / exact(0.01) - 1) < 0.04);
  CHECK(std::abs(approximation(0.10) / exact(0.10) - 1.32) < 0.005);
}

TEST_CASE("an uncertain tariff costs more than its mean") {
  const World world = mirror(0.2, 5);
  const auto loss = [&](double t) { return gains(world, Scenario().tariff({.rate = t}))[0]; };
  KnownNumbers known("regimes", "An uncertain tariff against its mean");
  Vector found(4);
  found << (loss(0) + loss(0.5)) / 2, loss(0.25), (loss(0) + loss(0.10)) / 2, loss(0.05);
  check_digits(known, "percent", found, {-1.37692, -1.25813, -0.15109, -0.08690}, 5);
  // The loss is of second order in t: at the limit the ratio is two.
  CHECK(std::abs((loss(0) + loss(0.002)) / 2 / loss(0.001) - 2) < 0.01);
}

TEST_CASE("Lerner: a uniform import tariff is a uniform export tax") {
  const World world = three_regions();
  const Closure closure{.deficits = Deficits::balanced, .numeraire = "2"};
  const Equilibrium imports = solve(world, Scenario().tariff({.importer = "1", .rate = 0.2}), closure, kTight);
  const Equilibrium exports = solve(world, Scenario().export_tax({.exporter = "1", .rate = 0.2}), closure, kTight);
  KnownNumbers known("lerner", "Lerner symmetry at 20 percent");
  const double welfare = relative_difference(1 + real_income_pct(imports) / 100, 1 + real_income_pct(exports) / 100);
  CHECK(known.within(welfare, 4e-13, "real income under both"));
  const auto same = [&](double a, double b) {
    CHECK(known.within(std::abs(a / b - 1), 4e-13, "quantities under both"));
  };
  // World prices are the same, so equal values across borders are equal physical quantities.
  for (Index n = 0; n < 3; ++n) {
    for (Index i = 0; i < 3; ++i) {
      if (i == 0 && n == 0) continue;
      CAPTURE(i, n);
      same(imports.counterfactual.flows(i, n, 0), exports.counterfactual.flows(i, n, 0));
    }
  }
  // At home only the price level differs.
  same(imports.counterfactual.flows(0, 0, 0), 1.2 * exports.counterfactual.flows(0, 0, 0));
}

TEST_CASE("symmetric regions have symmetric outcomes") {
  Eigen::MatrixXd flows = Eigen::MatrixXd::Constant(5, 5, 4.0);
  flows.diagonal().setConstant(60.0);
  const World world = World::from_flows(flows, 3.5);
  const Equilibrium all = solve(world, Scenario().tariff({.rate = 0.35}), kBalanced, kTight);
  CHECK((all.wage_hat - 1).abs().maxCoeff() < 1e-13);
  CHECK(real_income_pct(all).maxCoeff() - real_income_pct(all).minCoeff() < 1e-11);
  // One region against the rest: the four others fare alike.
  const Vector one = gains(world, Scenario().tariff({.importer = "R1", .rate = 0.35}));
  CHECK(one[0] > 0);
  CHECK(one.tail(4).maxCoeff() < 0);
  CHECK(one.tail(4).maxCoeff() - one.tail(4).minCoeff() < 1e-11);
}
