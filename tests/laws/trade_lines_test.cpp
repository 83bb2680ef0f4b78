// Laws of trade lines, on the shipped scenario, concordance and world.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "support/shared_data.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/policy/bound_lines.hpp"
#include "tariffsim/policy/product_rate.hpp"

using namespace tariffsim;
using namespace tariffsim::testing;

namespace {

const World& world() {
  static const World loaded = read_world(embedded_world("world-2022"));
  return loaded;
}

const std::shared_ptr<const Policy>& war() {
  static const std::shared_ptr<const Policy> loaded = load_case("us-world-2025").scenario.shared_policy();
  return loaded;
}

const Concordance& concordance() {
  static const Concordance loaded = load_concordance("hs6-sector21");
  return loaded;
}

const std::vector<Date> kDays = {Date(2025, 1, 1), Date(2025, 4, 12), Date(2025, 11, 15), Date(2026, 7, 24)};

/// Lines with codes of the lists at several lengths, from regions, members of regions and countries unknown.
std::vector<TradeLine> random_lines(std::size_t size, unsigned seed) {
  std::vector<std::string> codes = {"999999", "85", "8708", "87"};
  for (const auto& [list, entries] : war()->products) {
    for (std::size_t k = 0; k < entries.size(); k += 29) codes.push_back(entries[k]);
  }
  const std::vector<std::string> exporters = {"CHN", "CAN", "MEX", "DEU", "JPN", "NGA", "XKX", "QQQ", "USA", "VNM"};
  const std::vector<std::string> importers = {"USA", "USA", "USA", "CHN", "CAN"};
  std::mt19937 engine(seed);
  std::vector<TradeLine> lines;
  for (std::size_t k = 0; k < size; ++k) {
    TradeLine line;
    line.exporter = exporters[engine() % exporters.size()];
    line.importer = importers[engine() % importers.size()];
    line.code = codes[engine() % codes.size()];
    const std::size_t length = 4 + 2 * (engine() % 3);
    if (line.code.size() > length) line.code.resize(length);
    line.value = static_cast<double>(engine() % 100000) / 7;
    if (engine() % 2 == 0) line.normal_duty = static_cast<double>(engine() % 20) / 100;
    if (engine() % 3 == 0) line.qualifying = static_cast<double>(engine() % 2);
    lines.push_back(std::move(line));
  }
  return lines;
}

BoundLines bound(std::vector<TradeLine> lines, const Renumbering& renumbering = {}) {
  return BoundLines(war(), world(), std::make_shared<const TradeLines>(std::move(lines), renumbering), concordance());
}

void check_same(const std::vector<LineCell>& a, const std::vector<LineCell>& b) {
  REQUIRE(a.size() == b.size());
  double gap = 0;
  for (std::size_t c = 0; c < a.size(); ++c) {
    REQUIRE(std::pair(a[c].exporter, a[c].importer) == std::pair(b[c].exporter, b[c].importer));
    REQUIRE(a[c].sector == b[c].sector);
    for (const auto member : {&LineCell::rate, &LineCell::normal_duty, &LineCell::due, &LineCell::in_world}) {
      gap = std::max(gap, std::abs(a[c].*member - b[c].*member));
    }
    gap = std::max(gap, std::abs(a[c].weight / b[c].weight - 1));
  }
  CHECK(gap < 1e-12);
}

}  // namespace

TEST_CASE("every line has the rate that its product has when asked for alone") {
  auto lines = random_lines(1500, 1);
  for (TradeLine& line : lines) line.qualifying = line.qualifying.value_or(0.0);
  const TradeLines checked(lines);
  for (const Date day : kDays) {
    const auto rates = line_rates(*war(), checked, day);
    int differ = 0, taxed = 0;
    for (std::size_t k = 0; k < lines.size(); ++k) {
      const TradeLine& l = lines[k];
      const ProductRate alone = product_rate(
          *war(), {l.importer, l.exporter, l.code, l.normal_duty.value_or(0), day, Basis::legal, *l.qualifying == 1.0});
      differ += alone.total == rates[k].total && alone.duties.size() == rates[k].duties.size() ? 0 : 1;
      taxed += alone.duties.empty() ? 0 : 1;
    }
    CHECK(differ == 0);
    CHECK(taxed > 100);
  }
}

TEST_CASE("what maps and what does not sum to the total") {
  for (const unsigned seed : {2U, 3U, 4U}) {
    const auto lines = random_lines(3000, seed);
    double sum = 0;
    for (const TradeLine& line : lines) sum += line.value;
    const BoundLines in_world = bound(lines);
    CHECK(in_world.remainder_value() > 0);
    CHECK(std::abs((in_world.mapped_value() + in_world.remainder_value()) / sum - 1) < 1e-12);
    double left = 0, mapped = 0;
    for (const LineRemainder& each : in_world.remainders()) left += lines[each.line].value;
    for (const LineCell& cell : in_world.by_sector(kDays[0])) mapped += cell.weight;
    CHECK(std::abs(left / in_world.remainder_value() - 1) < 1e-12);
    CHECK(std::abs(mapped / in_world.mapped_value() - 1) < 1e-12);
  }
}

TEST_CASE("a line split in two changes no sector rate") {
  const auto lines = random_lines(1000, 5);
  std::vector<TradeLine> split;
  for (const TradeLine& line : lines) {
    split.push_back(line);
    split.back().value *= 0.3;
    split.push_back(line);
    split.back().value *= 0.7;
  }
  for (const Date day : kDays) check_same(bound(lines).by_sector(day), bound(split).by_sector(day));
}

TEST_CASE("the order of the lines changes nothing") {
  const auto lines = random_lines(1000, 6);
  std::vector<std::size_t> order(lines.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  std::vector<TradeLine> shuffled;
  shuffled.reserve(lines.size());
  for (const std::size_t k : order) shuffled.push_back(lines[k]);
  const TradeLines a(lines), b(shuffled);
  for (const Date day : kDays) {
    check_same(bound(lines).by_sector(day), bound(shuffled).by_sector(day));
    const auto first = line_rates(*war(), a, day), second = line_rates(*war(), b, day);
    int differ = 0;
    for (std::size_t k = 0; k < order.size(); ++k) differ += first[order[k]].total == second[k].total ? 0 : 1;
    CHECK(differ == 0);
  }
}

TEST_CASE("lines that are all of a list have the rate of the list in every sector") {
  Policy policy;
  policy.products["steel"] = war()->products.at("s301_1");
  Measure m;
  m.id = "duty";
  m.importer = "USA";
  m.products = {"steel"};
  m.rate = 0.25;
  m.legal.from = Date(2025, 1, 1);
  policy.measures = {m};
  std::vector<TradeLine> lines;
  for (const auto& code : policy.products["steel"]) {
    lines.push_back({"CHN", "USA", code, 1.0 + static_cast<double>(lines.size() % 13), 0.03, {}, {}, {}, 0});
  }
  const BoundLines in_world(std::make_shared<const Policy>(policy), world(), std::make_shared<const TradeLines>(lines),
                            concordance());
  const auto cells = in_world.by_sector(Date(2025, 6, 1));
  REQUIRE(cells.size() > 5);
  for (const LineCell& cell : cells) {
    CHECK(std::abs(cell.rate - 0.28) < 1e-12);
    CHECK(cell.due == 1.0);
  }
}

TEST_CASE("sector rates are what a mean by hand gives") {
  const auto lines = random_lines(2000, 8);
  const BoundLines in_world = bound(lines);
  for (const Date day : kDays) {
    const auto rates = in_world.rates(day);
    std::map<Index, std::pair<double, double>> by_hand;  // value and duty
    for (std::size_t k = 0; k < lines.size(); ++k) {
      by_hand[in_world.cell(k)].first += lines[k].value;
      by_hand[in_world.cell(k)].second += lines[k].value * rates[k].total;
    }
    const Index N = world().regions().size();
    double gap = 0;
    for (const LineCell& cell : in_world.by_sector(day)) {
      const auto& [value, duty] = by_hand.at(cell.exporter + N * (cell.importer + N * cell.sector));
      gap = std::max({gap, std::abs(cell.weight - value) / value, std::abs(cell.rate - duty / value)});
    }
    CHECK(gap < 1e-12);
  }
}

TEST_CASE("on the day of the world's tariffs the lines change none of them") {
  const BoundLines in_world = bound(random_lines(2000, 9));
  int cells = 0;
  for (const char* importer : {"USA", "CHN", "CAN"}) {
    const auto day = tariffs_date(world().info(), importer);
    REQUIRE(day.has_value());
    for (const LineCell& cell : in_world.by_sector(*day)) {
      if (world().regions().code(cell.importer) != importer) continue;
      CHECK(cell.in_world == world().tariffs()(cell.exporter, cell.importer, cell.sector));
      ++cells;
    }
  }
  CHECK(cells > 100);
}

TEST_CASE("codes renumbered in the flows and back by the table have the same rates") {
  auto lines = random_lines(500, 10);
  for (TradeLine& line : lines) line.code = line.code.substr(0, 6);
  auto moved = lines;
  std::map<std::string, std::string> fresh;
  std::vector<CodeRow> rows;
  for (TradeLine& line : moved) {
    const auto [entry, is_new] = fresh.emplace(line.code, std::to_string(100000 + fresh.size()));
    if (is_new) rows.push_back({entry->second, line.code, 0});
    line.code = entry->second;
  }
  const Renumbering back(rows);
  for (const Date day : kDays) {
    const auto a = line_rates(*war(), TradeLines(lines), day), b = line_rates(*war(), TradeLines(moved, back), day);
    int differ = 0;
    for (std::size_t k = 0; k < a.size(); ++k) differ += a[k].total == b[k].total ? 0 : 1;
    CHECK(differ == 0);
    check_same(bound(lines).by_sector(day), bound(moved, back).by_sector(day));
  }
}
