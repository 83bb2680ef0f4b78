#include "tariffsim/analysis/design.hpp"

#include <cmath>
#include <cstdint>
#include <vector>

#include "support/catch.hpp"
#include "tariffsim/core/errors.hpp"

using namespace tariffsim;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;
using Eigen::MatrixXd;

namespace {

// Correlation of two columns.
double correlation_of(const MatrixXd& x, Index a, Index b) {
  const Eigen::ArrayXd u = x.col(a).array() - x.col(a).mean(), v = x.col(b).array() - x.col(b).mean();
  return (u * v).sum() / std::sqrt((u * u).sum() * (v * v).sum());
}

// True where each of `count` equal strata of a column has one point.
bool stratified(const MatrixXd& points, Index column) {
  std::vector<int> times(static_cast<std::size_t>(points.rows()), 0);
  for (Index k = 0; k < points.rows(); ++k) {
    ++times[static_cast<std::size_t>(points(k, column) * static_cast<double>(points.rows()))];
  }
  return std::all_of(times.begin(), times.end(), [](int n) { return n == 1; });
}

}  // namespace

TEST_CASE("Sobol points begin as published") {
  // Joe and Kuo (2008), as scipy.stats.qmc.Sobol(3, scramble=False) has them behind its zero point.
  MatrixXd expected(7, 3);
  expected << 0.5, 0.5, 0.5, 0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.375, 0.375, 0.625, 0.875, 0.875, 0.125, 0.625, 0.125,
      0.875, 0.125, 0.625, 0.375;
  CHECK(sobol_points(3, 7) == expected);
  CHECK(sobol_points(3, 100).topRows(7) == expected);
  CHECK(sobol_points(2, 7) == expected.leftCols(2));
}

TEST_CASE("shifted Sobol points stay a net: one in each stratum") {
  for (const std::uint64_t seed : {0ULL, 1ULL, 99ULL}) {
    const MatrixXd points = sobol_points(5, 256, seed);
    for (Index d = 0; d < 5; ++d) CHECK(stratified(points, d));
    CHECK(points.minCoeff() > 0);
    CHECK(points.maxCoeff() < 1);
    CHECK(points == sobol_points(5, 256, seed));
    CHECK(points.topRows(64) == sobol_points(5, 64, seed));
  }
  CHECK(sobol_points(2, 8, 1) != sobol_points(2, 8, 2));
}

TEST_CASE("a Latin hypercube has one point in each stratum") {
  for (const Index count : {1, 2, 7, 1000}) {
    const MatrixXd points = latin_hypercube(4, count, 5);
    for (Index d = 0; d < 4; ++d) CHECK(stratified(points, d));
    CHECK(points.minCoeff() > 0);
    CHECK(points.maxCoeff() < 1);
  }
  CHECK(latin_hypercube(2, 9, 5) == latin_hypercube(2, 9, 5));
  CHECK(latin_hypercube(2, 9, 5) != latin_hypercube(2, 9, 6));
}

TEST_CASE("designs are the same on every machine") {
  // mt19937_64 of seed 5489 begins with 14514284786278117030, and has 9981545732273789042 at its 10 000th place.
  CHECK(random_points(1, 1, 5489)(0, 0) == Approx(14514284786278117030.0 * 0x1p-64).epsilon(1e-15));
  CHECK(random_points(1, 10000, 5489)(9999, 0) == Approx(9981545732273789042.0 * 0x1p-64).epsilon(1e-15));
}

TEST_CASE("draws have the distributions and correlations that were asked for") {
  const std::vector<Distribution> distributions = {Distribution::normal(3, 2), Distribution::lognormal(1, 0.5),
                                                   Distribution::uniform(0, 1)};
  MatrixXd correlation(3, 3);
  correlation << 1, 0.6, -0.3, 0.6, 1, 0.2, -0.3, 0.2, 1;
  const Index count = 8192;
  const MatrixXd x = draws(distributions, sobol_points(3, count, 1), correlation);
  // Of the normal deviates behind them: a copula leaves each distribution as it is.
  MatrixXd z(count, 3);
  for (Index k = 0; k < count; ++k) {
    for (Index d = 0; d < 3; ++d) {
      z(k, d) = Distribution::normal(0, 1).quantile(distributions[static_cast<std::size_t>(d)].cdf(x(k, d)));
    }
  }
  for (Index d = 0; d < 3; ++d) {
    const Distribution& each = distributions[static_cast<std::size_t>(d)];
    CHECK(x.col(d).mean() == Approx(each.mean()).epsilon(2e-3));
    CHECK(std::sqrt((x.col(d).array() - x.col(d).mean()).square().mean()) == Approx(each.sd()).epsilon(1e-2));
    for (Index e = 0; e < 3; ++e) CHECK(correlation_of(z, d, e) == Approx(correlation(d, e)).margin(5e-3));
  }
  const MatrixXd unit = MatrixXd::Identity(3, 3), points = sobol_points(3, 64);
  CHECK(draws(distributions, points, unit).isApprox(draws(distributions, points), 1e-13));
  CHECK(draws(distributions, points)(0, 1) == Approx(1).epsilon(1e-14));  // the median at the first point
}

TEST_CASE("designs refuse what they cannot fill") {
  CHECK_THROWS_WITH(sobol_points(0, 4), ContainsSubstring("0 dimensions"));
  CHECK_THROWS_WITH(sobol_points(4000, 4), ContainsSubstring("from 1 to 3667"));
  CHECK_THROWS_WITH(sobol_points(2, 0), ContainsSubstring("number of points is 0"));
  CHECK_THROWS_WITH(latin_hypercube(1, -3, 1), ContainsSubstring("number of points is -3"));
  CHECK_THROWS_WITH(random_points(1 << 20, 1 << 20, 1), ContainsSubstring("number of points"));
}

TEST_CASE("draws refuse matrices that are no correlations") {
  const std::vector<Distribution> two = {Distribution::normal(0, 1), Distribution::normal(0, 1)};
  const MatrixXd points = sobol_points(2, 4);
  const auto with = [&](double a, double b, double c, double d) {
    MatrixXd matrix(2, 2);
    matrix << a, b, c, d;
    return draws(two, points, matrix);
  };
  CHECK_THROWS_WITH(with(1, 1, 1, 1), ContainsSubstring("not positive definite"));
  CHECK_THROWS_WITH(with(1, 0.5, 0.4, 1), ContainsSubstring("symmetric"));
  CHECK_THROWS_WITH(with(1, 1.5, 1.5, 1), ContainsSubstring("is 1.5"));
  CHECK_THROWS_WITH(with(0.9, 0, 0, 1), ContainsSubstring("1 on the diagonal"));
  CHECK_THROWS_WITH(with(1, std::nan(""), 0, 1), ContainsSubstring("is nan"));
  CHECK_THROWS_WITH(draws(two, points, MatrixXd::Identity(3, 3)), ContainsSubstring("3 x 3 for 2"));
  CHECK_THROWS_WITH(draws(two, sobol_points(3, 4)), ContainsSubstring("points of 3 dimensions"));
  CHECK_THROWS_WITH(draws(two, MatrixXd::Constant(1, 2, 1.0)), ContainsSubstring("coordinate 1"));
}
