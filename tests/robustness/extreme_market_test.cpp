// Prohibitive tariffs and subsidies, steep and flat curves: every market clears, with its certificate.
#include <cmath>
#include <limits>

#include "support/catch.hpp"
#include "support/draw.hpp"
#include "support/hand_markets.hpp"
#include "tariffsim/solve/solve_market.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

TEST_CASE("Extreme markets: tariffs up to a million percent, elasticities from 0.01 to 30") {
  int solved = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    Draw draw(seed);
    const Index N = 3 + draw.index(6);
    HandProduct p{Eigen::MatrixXd::Zero(N, N), Eigen::MatrixXd::Zero(N, N), {}};
    for (Index i = 0; i < N; ++i) {
      for (Index n = 0; n < N; ++n) {
        if (draw.chance(0.5) || i == (n + 1) % N) p.flows(i, n) = draw.factor(1e-6, 1e6);
        if (i != n) p.tariffs(i, n) = draw.uniform(-0.3, 2);
      }
    }
    // Substitution above demand, where there is one solution.
    const double demand = -draw.factor(0.01, 10);
    p.elasticities = {demand, draw.factor(0.01, 30), -demand + draw.factor(0.01, 20)};
    const PartialEquilibrium eq =
        solve(hand_market({p}), Scenario()
                                    .tariff({.importer = "A", .rate = draw.factor(1, 1e4)})
                                    .tariff({.importer = "B", .exporter = "C", .rate = -draw.uniform(0, 0.9)}));
    REQUIRE(eq.converged());
    CHECK(eq.beyond_uniqueness == 0);
    CHECK(eq.certificate.worst() < 1e-9);
    for (const double x : eq.consumer_surplus) CHECK(std::isfinite(x));
    ++solved;
  }
  CHECK(solved == 400);
}
