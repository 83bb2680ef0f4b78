#include "tariffsim/io/sweep_file.hpp"

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "tariffsim/analysis/design.hpp"
#include "tariffsim/core/errors.hpp"

using namespace tariffsim;
using Catch::Matchers::ContainsSubstring;

namespace {

const std::string kRates = R"(title = "Rates and elasticities"
[[measure]]
kind = "tariff"
importer = "BBB"
exporter = "AAA"
sector = "*"
rate = "$rate"
[theory]
elasticity_scale = "$scale"
[sweep]
world = "small"
[sweep.over]
scale = [1, 2, 0.5]
rate = { from = 0, to = 1.5, count = 4 }
)";

SweepFile parsed(const std::string& text) { return parse_sweep(text, "rates.toml"); }

std::vector<double> numbers(const SweepAxis& axis, std::size_t column = 0) {
  std::vector<double> out;
  for (const SweepValue& value : axis.columns[column].second) out.push_back(std::get<double>(value));
  return out;
}

double rate_of(const SweepRow& row) { return std::get<double>(row.scenario.changes().front().value); }

// The file with another [sweep.over].
std::string over(const std::string& lines) {
  return kRates.substr(0, kRates.find("[sweep.over]")) + "[sweep.over]\n" + lines + "\n";
}

}  // namespace

TEST_CASE("a sweep file gives its rows values, the last axis fastest") {
  const SweepFile sweep = parsed(kRates);
  CHECK(sweep.title() == "Rates and elasticities");
  CHECK(sweep.world() == "small");
  CHECK(sweep.outcomes() == std::vector<std::string>{"real_income_pct"});
  CHECK(sweep.names() == std::vector<std::string>{"scale", "rate"});
  REQUIRE(sweep.rows() == 12);
  CHECK(numbers(sweep.axes()[1]) == std::vector<double>{0, 0.5, 1, 1.5});
  CHECK(sweep.describe(6) == "row 6 (scale=2, rate=1)");
  SweepFile::Reader reader(sweep);
  for (const std::size_t row : {6, 0, 11}) {
    const SweepRow read = reader.row(row);
    CHECK(rate_of(read) == std::get<double>(sweep.values(row)[1]));
    CHECK(read.theory.elasticity_scale == Parameter(std::get<double>(sweep.values(row)[0])));
  }
}

TEST_CASE("rows that share a theory are worked on together") {
  const SweepFile sweep = parsed(over("rate = [0.1, 0.2]\nscale = [1, 2, 3]"));
  CHECK(sweep.order() == std::vector<std::size_t>{0, 3, 1, 4, 2, 5});
  CHECK(sweep.model(1) == sweep.model(4));
  CHECK(sweep.model(1) != sweep.model(2));
  const SweepFile one = parsed(R"(title = "t"
[[measure]]
kind = "tariff"
importer = "A"
exporter = "B"
sector = "*"
rate = "$rate"
[sweep.over]
rate = [0.3, 0.1]
[sweep]
)");
  CHECK(one.order() == std::vector<std::size_t>{0, 1});
  CHECK(one.model(0) == one.model(1));
}

TEST_CASE("ranges end where they say, as numpy.linspace has them") {
  const SweepFile sweep = parsed(over("scale = [1]\nrate = { from = 0, to = 1.5, count = 151 }"));
  const std::vector<double> rates = numbers(sweep.axes()[1]);
  REQUIRE(rates.size() == 151);
  CHECK(rates.front() == 0);
  CHECK(rates.back() == 1.5);
  CHECK(rates[7] == 7 * (1.5 / 150));
}

TEST_CASE("draws are those of the designs") {
  const SweepFile sweep =
      parsed(over("rate = [0.1]\nscale = { sobol = 8, lognormal = { median = 1, sd = 0.3 }, seed = 4 }"));
  const auto expected = draws({Distribution::lognormal(1, 0.3)}, sobol_points(1, 8, 4));
  CHECK(sweep.axes()[1].dim == "draw");
  CHECK(sweep.axes()[1].method == "Sobol points");
  for (Index k = 0; k < 8; ++k) CHECK(numbers(sweep.axes()[1])[static_cast<std::size_t>(k)] == expected(k, 0));

  const SweepFile joint = parsed(kRates.substr(0, kRates.find("[sweep.over]")) + R"([[sweep.design]]
kind = "latin_hypercube"
points = 20
seed = 3
correlation = [[1, 0.5], [0.5, 1]]
name = "sample"
[sweep.design.over]
scale = { truncated = { normal = { mean = 1, sd = 0.3 }, low = 0.1 } }
rate = { beta = { a = 2, b = 5 } }
)");
  REQUIRE(joint.rows() == 20);
  CHECK(joint.names() == std::vector<std::string>{"scale", "rate"});
  CHECK(joint.axes()[0].dim == "sample");
  Eigen::MatrixXd correlation(2, 2);
  correlation << 1, 0.5, 0.5, 1;
  const double infinity = std::numeric_limits<double>::infinity();
  const auto pairs =
      draws({Distribution::truncated(Distribution::normal(1, 0.3), 0.1, infinity), Distribution::beta(2, 5)},
            latin_hypercube(2, 20, 3), correlation);
  for (Index k = 0; k < 20; ++k) {
    CHECK(numbers(joint.axes()[0], 0)[static_cast<std::size_t>(k)] == pairs(k, 0));
    CHECK(numbers(joint.axes()[0], 1)[static_cast<std::size_t>(k)] == pairs(k, 1));
  }
}

TEST_CASE("texts and days are swept as numbers are") {
  const SweepFile sweep = parsed(R"(title = "Who, and when"
[[measure]]
kind = "tariff"
importer = "$who"
exporter = "AAA"
sector = "*"
rate = 0.1
effective = "$from"
[closure]
deficits = "$closure"
[sweep]
date = "$day"
[sweep.over]
who = ["BBB", "CCC"]
from = [2025-02-01, 2025-03-01]
day = { from = 2025-01-30, to = 2025-03-03, every_days = 16 }
closure = ["balanced", "fixed_world_share"]
)");
  REQUIRE(sweep.rows() == 2 * 2 * 3 * 2);
  CHECK(sweep.describe(23) == "row 23 (who=CCC, from=2025-03-01, day=2025-03-03, closure=fixed_world_share)");
  SweepFile::Reader reader(sweep);
  const SweepRow last = reader.row(23), first = reader.row(0);
  CHECK(last.closure.deficits == Deficits::fixed_world_share);
  CHECK(first.closure.deficits == Deficits::balanced);
  CHECK(last.scenario.day() == Date(2025, 3, 3));
  CHECK(first.scenario.day() == Date(2025, 1, 30));
  CHECK(last.scenario.changes().front().days.from == Date(2025, 3, 1));
  CHECK(first.scenario.changes().front().days.from == Date(2025, 2, 1));
}

TEST_CASE("a sweep starts from scenarios of other files") {
  const std::map<std::string, std::string> files = {
      {"low.toml",
       "title = \"low\"\n[theory]\nname = \"armington\"\n[[measure]]\nkind = \"tariff\"\nimporter = "
       "\"*\"\nexporter = \"*\"\nsector = \"*\"\nrate = 0.1\n"},
      {"high.toml",
       "title = \"high\"\n[closure]\ndeficits = \"balanced\"\n[[measure]]\nkind = \"tariff\"\nimporter = "
       "\"*\"\nexporter = \"*\"\nsector = \"*\"\nrate = 0.9\n"}};
  const FileReader reads = [&](const std::filesystem::path& path) { return files.at(path.string()); };
  const std::string text = R"(title = "Which war"
scenario = "$which"
[[measure]]
kind = "ban"
importer = "BBB"
exporter = "AAA"
sector = "*"
[sweep.over]
which = ["low.toml", "high.toml"]
)";
  const SweepFile sweep = parse_sweep(text, "rates.toml", reads);
  SweepFile::Reader reader(sweep);
  CHECK(rate_of(reader.row(1)) == 0.9);
  CHECK(reader.row(1).closure.deficits == Deficits::balanced);
  CHECK(reader.row(1).scenario.changes().size() == 2);
  CHECK(rate_of(reader.row(0)) == 0.1);
  CHECK(reader.row(0).theory.name == "armington");
  CHECK(sweep.model(0) != sweep.model(1));
  const SweepFile again = parse_sweep(
      text, "rates.toml", [&](const std::filesystem::path& path) { return files.at(path.string()) + "# edited\n"; });
  CHECK(again.digest() != sweep.digest());
  CHECK(parse_sweep(text, "rates.toml", reads).digest() == sweep.digest());
}

TEST_CASE("an error of a row names the line and the values") {
  CHECK_THROWS_WITH(parsed(over("scale = [1]\nrate = [-2, 0]")), ContainsSubstring("rates.toml:7:") &&
                                                                     ContainsSubstring("out of range") &&
                                                                     ContainsSubstring("row 0 (scale=1, rate=-2)"));
  const SweepFile sweep = parsed(over("scale = [1]\nrate = [0, -2]"));
  SweepFile::Reader reader(sweep);
  CHECK_NOTHROW(reader.row(0));
  CHECK_THROWS_WITH(reader.row(1),
                    ContainsSubstring("rates.toml:7:8") && ContainsSubstring("row 1 (scale=1, rate=-2)"));
  CHECK_NOTHROW(reader.row(0));
}
