#include "tariffsim/analysis/distribution.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "support/catch.hpp"
#include "tariffsim/core/errors.hpp"

using namespace tariffsim;
using Catch::Approx;
using Catch::Matchers::ContainsSubstring;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Approx near(double value) { return Approx(value).epsilon(1e-13).margin(1e-15); }

std::vector<Distribution> one_of_each() {
  return {Distribution::normal(1, 2),
          Distribution::lognormal(2, 0.3),
          Distribution::uniform(-1, 3),
          Distribution::triangular(0, 1, 4),
          Distribution::beta(2, 3, -1, 3),
          Distribution::empirical({5, 1, 4, 2}),
          Distribution::truncated(Distribution::normal(1, 2), 0, kInfinity),
          Distribution::truncated(Distribution::lognormal(2, 0.3), 2, 3)};
}

}  // namespace

TEST_CASE("quantiles are those of closed forms") {
  // Phi^-1 at 0.01, 0.3 and 0.9 to 16 digits.
  const Distribution normal = Distribution::normal(1, 2);
  CHECK(normal.quantile(0.5) == near(1));
  CHECK(normal.quantile(0.9) == near(1 + 2 * 1.2815515655446004));
  CHECK(normal.quantile(0.01) == near(1 - 2 * 2.3263478740408408));
  CHECK(Distribution::lognormal(2, 0.3).quantile(0.3) == near(2 * std::exp(-0.3 * 0.5244005127080409)));
  CHECK(Distribution::uniform(-1, 3).quantile(0.25) == near(0));
  const Distribution triangular = Distribution::triangular(0, 1, 4);
  CHECK(triangular.quantile(0.25) == near(1));
  CHECK(triangular.quantile(0.01) == near(0.2));
  CHECK(triangular.quantile(0.9) == near(4 - std::sqrt(0.1 * 4 * 3)));
  for (const double p : {0.001, 0.3, 0.77}) {  // the arcsine law
    const double root = std::sin(0.5 * std::numbers::pi * p);
    CHECK(Distribution::beta(0.5, 0.5, 1, 3).quantile(p) == near(1 + 2 * root * root));
    CHECK(Distribution::beta(1, 3).quantile(p) == near(1 - std::cbrt(1 - p)));
  }
}

TEST_CASE("the upper tail is as exact as the lower one") {
  const Distribution normal = Distribution::normal(0, 1);
  for (const double q : {1e-300, 1e-20, 1e-3, 0.4}) CHECK(normal.upper_quantile(q) == near(-normal.quantile(q)));
  const Distribution far = Distribution::truncated(normal, 8, 9);  // where the cdf is 1 to 15 digits
  // By scipy.stats.truncnorm, which works with logarithms.
  CHECK(far.quantile(0.3) == Approx(8.043792130390242).epsilon(1e-12));
  CHECK(far.quantile(0.9) == Approx(8.278609037011552).epsilon(1e-12));
  CHECK(Distribution::truncated(normal, -9, -8).quantile(0.1) == near(-far.quantile(0.9)));
}

TEST_CASE("quantile and cdf are each other's inverse, and cdf and survival sum to one") {
  for (const Distribution& d : one_of_each()) {
    if (d.kind() == Distribution::Kind::empirical) continue;
    INFO(d.describe());
    for (const double p : {1e-6, 0.02, 0.3, 0.5, 0.81, 0.999}) {
      const auto same = Approx(p).epsilon(1e-12).margin(1e-15);  // a number near 1 has no more digits than that
      CHECK(d.cdf(d.quantile(p)) == same);
      CHECK(d.survival(d.upper_quantile(p)) == same);
      CHECK(d.cdf(d.quantile(p)) + d.survival(d.quantile(p)) == near(1));
    }
  }
}

TEST_CASE("means and standard deviations are those of closed forms") {
  CHECK(Distribution::normal(1, 2).mean() == 1);
  CHECK(Distribution::normal(1, 2).sd() == 2);
  const double s2 = 0.09;
  CHECK(Distribution::lognormal(2, 0.3).mean() == near(2 * std::exp(s2 / 2)));
  CHECK(Distribution::lognormal(2, 0.3).sd() == near(2 * std::exp(s2 / 2) * std::sqrt(std::exp(s2) - 1)));
  CHECK(Distribution::uniform(-1, 3).sd() == near(4 / std::sqrt(12)));
  CHECK(Distribution::triangular(0, 1, 4).mean() == near(5.0 / 3));
  CHECK(Distribution::triangular(0, 1, 4).sd() == near(std::sqrt((0 + 1 + 16 - 0 - 0 - 4.0) / 18)));
  CHECK(Distribution::beta(2, 3, -1, 3).mean() == near(-1 + 4 * 0.4));
  CHECK(Distribution::beta(2, 3, -1, 3).sd() == near(4 * 0.2));
  CHECK(Distribution::empirical({1, 2, 3, 4}).mean() == near(2.5));
  CHECK(Distribution::empirical({1, 2, 3, 4}).sd() == near(std::sqrt(1.25)));
  // The half normal.
  const Distribution half = Distribution::truncated(Distribution::normal(0, 2), 0, kInfinity);
  CHECK(half.mean() == Approx(2 * std::sqrt(2 / std::numbers::pi)).epsilon(1e-10));
  CHECK(half.sd() == Approx(2 * std::sqrt(1 - 2 / std::numbers::pi)).epsilon(1e-10));
  CHECK(half.quantile(0.5) == near(2 * 0.6744897501960817));
}

TEST_CASE("an empirical distribution gives its draws back, each as often") {
  const Distribution draws = Distribution::empirical({5, 1, 4, 2});
  CHECK(draws.parameters() == std::vector<double>{1, 2, 4, 5});
  const std::vector<double> p = {0, 0.1, 0.25, 0.26, 0.5, 0.75, 0.76, 1};
  const std::vector<double> expected = {1, 1, 1, 2, 2, 4, 5, 5};
  for (std::size_t k = 0; k < p.size(); ++k) CHECK(draws.quantile(p[k]) == expected[k]);
  CHECK(draws.cdf(4) == 0.75);
  CHECK(draws.cdf(3.9) == 0.5);
  CHECK(Distribution::truncated(draws, 2, 4.5) == Distribution::empirical({2, 4}));
}

TEST_CASE("a distribution says what it is, and is made of it again") {
  CHECK(Distribution::lognormal(1, 0.3).describe() == "lognormal(median=1, sd=0.3)");
  CHECK(Distribution::truncated(Distribution::normal(0, 1), -1, kInfinity).describe() ==
        "truncated(normal(mean=0, sd=1), low=-1, high=inf)");
  CHECK(Distribution::empirical({1}).describe() == "empirical(1 draw)");
  for (const Distribution& d : one_of_each()) {
    const Distribution again = Distribution::make(distribution_kind(name(d.kind())), d.parameters(), d.of());
    CHECK(again == d);
    CHECK(again.quantile(0.37) == d.quantile(0.37));
  }
  CHECK_FALSE(Distribution::normal(0, 1) == Distribution::uniform(0, 1));
  CHECK_FALSE(Distribution::normal(0, 1) == Distribution::normal(0, 2));
}

TEST_CASE("a distribution refuses what is none") {
  const double nan = std::nan("");
  CHECK_THROWS_WITH(Distribution::normal(0, 0), ContainsSubstring("normal: sd is 0"));
  CHECK_THROWS_WITH(Distribution::normal(nan, 1), ContainsSubstring("mean is nan"));
  CHECK_THROWS_WITH(Distribution::lognormal(-1, 0.3), ContainsSubstring("median is -1"));
  CHECK_THROWS_WITH(Distribution::lognormal(1, kInfinity), ContainsSubstring("sd is inf"));
  CHECK_THROWS_WITH(Distribution::uniform(2, 2), ContainsSubstring("high above the low"));
  CHECK_THROWS_WITH(Distribution::triangular(0, 5, 4), ContainsSubstring("mode is 5"));
  CHECK_THROWS_WITH(Distribution::beta(0, 1), ContainsSubstring("a is 0"));
  CHECK_THROWS_WITH(Distribution::empirical({}), ContainsSubstring("no draws"));
  CHECK_THROWS_WITH(Distribution::empirical({1, nan}), ContainsSubstring("draw 2 is nan"));
  CHECK_THROWS_WITH(Distribution::truncated(Distribution::uniform(0, 1), 2, 3), ContainsSubstring("nothing between"));
  CHECK_THROWS_WITH(Distribution::truncated(Distribution::empirical({1}), 2, 3), ContainsSubstring("nothing between"));
  CHECK_THROWS_WITH(Distribution::truncated(Distribution::uniform(0, 1), nan, 3), ContainsSubstring("low is nan"));
  CHECK_THROWS_WITH(Distribution::normal(0, 1).quantile(1.5), ContainsSubstring("probability is 1.5"));
  CHECK_THROWS_WITH(Distribution::normal(0, 1).quantile(nan), ContainsSubstring("probability is nan"));
  CHECK_THROWS_WITH(Distribution::normal(0, 1).quantile(1), ContainsSubstring("no finite number"));
  CHECK(Distribution::uniform(0, 1).quantile(1) == 1);
  CHECK_THROWS_WITH(distribution_kind("lognornal"), ContainsSubstring("'lognormal'"));
  CHECK_THROWS_WITH(Distribution::make(Distribution::Kind::normal, {1}), ContainsSubstring("1 parameters"));
  CHECK_THROWS_WITH(Distribution::make(Distribution::Kind::truncated, {1, 2}), ContainsSubstring("to truncate"));
}
