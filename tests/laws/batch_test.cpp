// Many shocks at once: the same as one by one, the same to the bit on any number of threads, and each its own verdict.
#include "tariffsim/solve/batch.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/embedded.hpp"
#include "support/random_shock.hpp"
#include "support/random_world.hpp"
#include "support/theories.hpp"
#include "tariffsim/solve/certify.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

using Shocks = std::function<Shock(std::size_t)>;

std::vector<Equilibrium> batch(const Solver& solver, std::size_t count, const Shocks& shock, int threads = 1) {
  std::vector<std::optional<Equilibrium>> found(count);
  const bool all = solve_batch(solver, count, shock, [&](std::size_t k, const Equilibrium& eq) { found[k] = eq; },
                               {.threads = threads});
  CHECK(all);
  std::vector<Equilibrium> out;
  for (auto& each : found) {
    REQUIRE(each.has_value());
    out.push_back(std::move(*each));
  }
  return out;
}

template <class Array>
bool same(const Array& a, const Array& b) {
  return a.size() == b.size() &&
         std::memcmp(a.data(), b.data(), static_cast<std::size_t>(a.size()) * sizeof(double)) == 0;
}

// Equal to the bit, and found in the same way.
bool same_bits(const Equilibrium& a, const Equilibrium& b) {
  const State &x = a.counterfactual, &y = b.counterfactual;
  return a.status == b.status && a.diagnosis == b.diagnosis && a.evaluations == b.evaluations &&
         a.certificate.worst() == b.certificate.worst() && same(x.flows.values(), y.flows.values()) &&
         same(x.expenditure, y.expenditure) && same(x.output, y.output) && same(x.income, y.income) &&
         same(x.deficit, y.deficit) && same(x.tariff_revenue, y.tariff_revenue) && same(a.wage_hat, b.wage_hat) &&
         same(a.price_hat, b.price_hat) && same(a.cost_hat, b.cost_hat) &&
         same(a.consumer_price_hat, b.consumer_price_hat);
}

// The largest gap in flows and real income, relative; both must have converged.
double gap(const Equilibrium& a, const Equilibrium& b) { return largest_gap(a, b) / 100; }

void check_bits(const std::vector<Equilibrium>& a, const std::vector<Equilibrium>& b, std::size_t first,
                std::size_t last) {
  std::size_t differ = 0;
  for (std::size_t k = first; k < last; ++k) differ += same_bits(a[k], b[k]) ? 0 : 1;
  CHECK(differ == 0);
}

// Tariffs of the United States on China and back, one shock after another.
Shock war(std::size_t k) {
  Shock shock;
  shock.tariffs = world().tariffs();
  const Index usa = world().regions().at("USA"), chn = world().regions().at("CHN");
  for (Index j = 0; j < world().sectors().size(); ++j) {
    (*shock.tariffs)(chn, usa, j) += 0.02 * static_cast<double>(k);
    (*shock.tariffs)(usa, chn, j) += 0.01 * static_cast<double>(k % 7);
  }
  return shock;
}

// Nothing crosses a border: deficits cannot be paid.
Shock autarky() {
  Shock shock;
  const Index N = world().regions().size(), J = world().sectors().size();
  shock.trade_cost_hat = Cube(N, N, J, 1.0);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      for (Index i = 0; i < N; ++i) {
        if (!world().is_domestic(i, n)) (*shock.trade_cost_hat)(i, n, j) = std::numeric_limits<double>::infinity();
      }
    }
  }
  return shock;
}

// A subsidy on all that a region buys abroad that takes more than it earns.
Shock ruin() {
  Shock shock;
  shock.tariffs = world().tariffs();
  const Index usa = world().regions().at("USA");
  for (Index j = 0; j < world().sectors().size(); ++j) {
    for (Index i = 0; i < world().regions().size(); ++i) {
      if (!world().is_domestic(i, usa)) (*shock.tariffs)(i, usa, j) = -0.97;
    }
  }
  return shock;
}

}  // namespace

TEST_CASE("a batch finds what its shocks have one by one, under every theory and closure") {
  constexpr std::size_t count = 40;  // more than a panel
  std::uint64_t seed = 0;
  std::vector<Theory> list = theories();
  list.insert(list.begin(), Theory{});
  for (const Theory& theory : list) {
    for (const auto& [name, closure] : closures()) {
      ++seed;
      const World world = random_world({.regions = 3, .sectors = 2, .seed = 1 + seed % 9, .wedges = seed % 2 == 0});
      const Solver solver(world, theory, closure, {.tolerance = 1e-11});
      const Shocks shock = [&](std::size_t k) {
        return random_shock(world, {.seed = 1000 * seed + k, .strength = 0.3 + 0.01 * static_cast<double>(k)});
      };
      const std::vector<Equilibrium> together = batch(solver, count, shock, 2);
      std::size_t converged = 0;
      for (std::size_t k = 0; k < count; ++k) {
        INFO(theory.name << ", " << name << ", shock " << k);
        const Equilibrium alone = solver.solve(shock(k));
        INFO("together: " << together[k].diagnosis << "; alone: " << alone.diagnosis);
        CHECK(together[k].status == alone.status);
        if (!together[k].converged() || !alone.converged()) continue;
        ++converged;
        CHECK(certify(together[k]).worst() <= together[k].tolerance);
        CHECK(gap(together[k], alone) < 1e-8);
      }
      CHECK(converged >= count / 2);
    }
  }
}

TEST_CASE("a batch on the embedded world finds what its shocks have one by one") {
  const std::vector<Equilibrium> together = batch(solver(), 70, war, 2);
  for (std::size_t k = 0; k < together.size(); k += 3) {
    CAPTURE(k);
    const Equilibrium alone = solver().solve(war(k));
    REQUIRE(alone.converged());
    REQUIRE(together[k].converged());
    CHECK(certify(together[k]).worst() <= together[k].tolerance);
    CHECK(gap(together[k], alone) < 1e-9);
  }
}

TEST_CASE("a batch on every real world finds what its shocks have one by one") {
  for (const char* package :
       {"world-2022", "cp2015", "world2022-81x28", "liberation2023", "gegravity2006", "hkbu2017"}) {
    const bool embedded = package == std::string("world-2022");
    if (!embedded && !has_shared_data(package)) {
      WARN("skipped: no reference data in " << shared_data(package));
      continue;
    }
    const World real = read_world(embedded ? embedded_world(package) : shared_data(package));
    for (const Deficits deficits : {Deficits::balanced, Deficits::fixed_income_share}) {
      const Solver prepared(real, {.deficits = deficits}, {.tolerance = 1e-11});
      const Shocks shock = [&](std::size_t k) { return random_shock(real, {.seed = k, .strength = 0.5}); };
      const std::vector<Equilibrium> together = batch(prepared, 34, shock, 2);
      std::size_t compared = 0;
      for (std::size_t k = 0; k < together.size(); k += 3) {
        INFO(package << ", " << name(deficits) << ", shock " << k);
        const Equilibrium alone = prepared.solve(shock(k));
        INFO("together: " << together[k].diagnosis << "; alone: " << alone.diagnosis);
        CHECK(together[k].status == alone.status);
        if (!together[k].converged() || !alone.converged()) continue;
        ++compared;
        CHECK(certify(together[k]).worst() <= together[k].tolerance);
        CHECK(gap(together[k], alone) < 1e-8);
      }
      CHECK(compared >= 10);
    }
  }
}

TEST_CASE("a batch is the same to the bit on any number of threads and however it is cut at panels") {
  const std::vector<Equilibrium> one = batch(solver(), 70, war, 1);
  for (const int threads : {2, 4}) check_bits(one, batch(solver(), 70, war, threads), 0, 70);
  check_bits(one, batch(solver(), 2 * kPanel, war, 2), 0, 2 * kPanel);
  // Panels in another order: each knows nothing of the others.
  const std::vector<Equilibrium> last_first = batch(
      solver(), 2 * kPanel, [](std::size_t k) { return war((k + kPanel) % (2 * kPanel)); }, 2);
  std::vector<Equilibrium> back(last_first.begin() + kPanel, last_first.end());
  back.insert(back.end(), last_first.begin(), last_first.begin() + kPanel);
  check_bits(one, back, 0, 2 * kPanel);
}

TEST_CASE("a shock without an equilibrium keeps its verdict to itself") {
  constexpr std::size_t closed = 5, ruined = 40, count = 70;
  const auto shock = [](std::size_t k) { return k == closed ? autarky() : k == ruined ? ruin() : war(k); };
  const std::vector<Equilibrium> with = batch(solver(), count, shock, 2), without = batch(solver(), count, war, 2);
  for (const std::size_t k : {closed, ruined}) {
    const Equilibrium alone = solver().solve(shock(k));
    CAPTURE(k, alone.diagnosis, with[k].diagnosis);
    CHECK_FALSE(alone.converged());
    CHECK(with[k].status == alone.status);
    CHECK_FALSE(with[k].diagnosis.empty());
    CHECK(with[k].counterfactual.flows.empty());
    CHECK_THROWS_AS(real_income_pct(with[k]), NotConverged);
  }
  // Those before it in its panel, and other panels, are as they were to the bit; those after it to the tolerance.
  check_bits(with, without, 0, closed);
  check_bits(with, without, kPanel, ruined);
  check_bits(with, without, 2 * kPanel, count);
  for (std::size_t k = 0; k < count; ++k) {
    if (k == closed || k == ruined) continue;
    CAPTURE(k, with[k].diagnosis);
    REQUIRE(with[k].converged());
    CHECK(gap(with[k], without[k]) < 1e-9);
  }
}

TEST_CASE("a batch that shall stop begins no further panel") {
  std::atomic<std::size_t> solved = 0;
  std::size_t told = 0;
  const auto count_each = [&](std::size_t, const Equilibrium&) { ++solved; };
  BatchOptions options{.threads = 1};
  options.progress = [&](std::size_t so_far) {
    told = so_far;
    return so_far < 2 * kPanel;
  };
  CHECK_FALSE(solve_batch(solver(), 4 * kPanel, war, count_each, options));
  CHECK(solved == 2 * kPanel);
  CHECK(told == 2 * kPanel);
  solved = 0;
  options.progress = [](std::size_t) { return true; };
  CHECK(solve_batch(solver(), kPanel + 1, war, count_each, options));
  CHECK(solved == kPanel + 1);
  CHECK(solve_batch(solver(), 0, war, count_each));
}

TEST_CASE("a shock of a batch that does not fit the world is refused by name") {
  const Shocks shock = [](std::size_t k) {
    Shock out = war(k);
    if (k == 34) (*out.tariffs)(0, 1, 0) = -2;
    return out;
  };
  const std::string cell = world().regions().code(0);
  for (const int threads : {1, 2}) {
    CHECK_THROWS_AS(solve_batch(solver(), 70, shock, [](std::size_t, const Equilibrium&) {}, {.threads = threads}),
                    InvalidInput);
    CHECK_THROWS_WITH(solve_batch(solver(), 70, shock, [](std::size_t, const Equilibrium&) {}, {.threads = threads}),
                      Catch::Matchers::ContainsSubstring("tariffs") && Catch::Matchers::ContainsSubstring(cell));
  }
}

TEST_CASE("a chain that goes on with another solver starts afresh") {
  const Solver other(world(), Theory::two_tier(2.0), {.deficits = Deficits::balanced});
  Chain used, fresh;
  for (std::size_t k = 0; k < 4; ++k) static_cast<void>(solver().solve(war(3 * k), used));
  for (std::size_t k = 0; k < 3; ++k) CHECK(same_bits(other.solve(war(k), used), other.solve(war(k), fresh)));
}
