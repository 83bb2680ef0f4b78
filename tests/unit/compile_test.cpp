#include "support/catch.hpp"
#include "support/hand_worlds.hpp"
#include "tariffsim/policy/scenario.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string refusal(const World& world, const Scenario& scenario) {
  try {
    static_cast<void>(scenario.compile(world));
  } catch (const InvalidInput& e) {
    return e.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a table sets its cells, and what it does not list in the scope has no rate") {
  const World world = seeded_world(3, 2, 1);
  const Table table = {{"R2", "R1", "S1", 0.4}, {"R3", "R2", "S1", 0.5}};
  const Shock shock = Scenario("t").tariff({.importer = "R1", .rate = table}).compile(world);
  CHECK((*shock.tariffs)(1, 0, 0) == 0.4);
  CHECK((*shock.tariffs)(2, 0, 0) == 0.0);
  CHECK((*shock.tariffs)(2, 1, 0) == world.tariffs()(2, 1, 0));  // listed, and not in the scope
}

TEST_CASE("a table with no row in the scope was meant for another one") {
  const World world = seeded_world(3, 2, 1);
  const Table table = {{"R2", "R1", "S1", 0.4}};
  const std::string text = refusal(world, Scenario("t").tariff({.importer = "R3", .rate = table}));
  CHECK_THAT(text, ContainsSubstring("change 1 (tariff): no row of the table lies in the scope"));
  CHECK_THAT(text, ContainsSubstring("remedy: widen the scope"));
  CHECK_THAT(refusal(world, Scenario("d").deficit({.region = "R3", .value = Table{{"R1", {}, {}, 1.0}}})),
             ContainsSubstring("no row of the table lies in the scope"));
}

TEST_CASE("a complaint about a table names its row, or the line of its file") {
  const World world = seeded_world(3, 2, 1);
  const Table unknown = {{"R2", "R1", "S1", 0.4}, {"R9", "R1", "S1", 0.4}};
  CHECK_THAT(refusal(world, Scenario("t").tariff({.rate = unknown})),
             ContainsSubstring("change 1 (tariff), table row 2: unknown region code 'R9'"));
  const Table twice = {{"R2", "R1", "S1", 0.4, 2}, {"R2", "R1", "S1", 0.5, 4}};
  const Change from_file{Instrument::tariff, "R1", "*", "*", Operation::set, twice, "s.toml:3 measure 1, t.csv"};
  CHECK_THAT(refusal(world, Scenario("t").with(from_file)),
             ContainsSubstring("s.toml:3 measure 1, t.csv:4: the cell is listed twice"));
}

TEST_CASE("a rate is scaled by a factor of zero or more") {
  const World world = seeded_world(3, 2, 1);
  const auto scaled = [](double by) { return Scenario("s").tariff({.rate = by, .operation = Operation::scale}); };
  CHECK_THAT(refusal(world, scaled(-3.0)), ContainsSubstring("scales a rate by -3"));
  const Shock none = scaled(0.0).compile(world);
  CHECK((*none.tariffs)(1, 0, 0) == 0.0);
}

TEST_CASE("a change in words") {
  const Scenario scenario =
      Scenario("words")
          .tariff({.importer = "R1", .exporter = {"R2", "R3"}, .rate = 0.25, .operation = Operation::add})
          .ban({.exporter = "R2"})
          .productivity({.region = "R1", .sector = "goods", .factor = 1.02})
          .deficit({.region = "R1", .value = Table{{"R1", {}, {}, 1.0}}});
  const auto& changes = scenario.changes();
  CHECK(describe(changes[0]) == "tariff add 0.25 on importer R1; exporter R2, R3");
  CHECK(describe(changes[1]) == "ban on exporter R2");
  CHECK(describe(changes[2]) == "productivity scale 1.02 on region R1; sector goods");
  CHECK(describe(changes[3]) == "deficit set a table of 1 cell on region R1");
}
