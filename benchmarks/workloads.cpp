#include "workloads.hpp"

#include <cstdlib>
#include <iostream>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/world_package.hpp"

namespace tariffsim::bench {
namespace {

namespace fs = std::filesystem;

fs::path repository() { return TARIFFSIM_REPOSITORY; }

fs::path reference_data() {
  const char* given = std::getenv("TARIFFSIM_SHARED");
  return (given ? fs::path(given) : repository() / ".." / "shared") / "data";
}

fs::path embedded(const std::string& name) { return repository() / "python" / "tariffsim" / "worlds" / name; }

Scenario nafta(const fs::path& folder) {
  const std::vector<std::string> members{"MEX", "CAN", "USA"};
  return Scenario("NAFTA: the tariffs of 2005 in the world of 1993")
      .tariff({.importer = members,
               .exporter = members,
               .rate = read_table(folder / "tariffs_2005.csv", Instrument::tariff)});
}

Scenario liberation(const fs::path& folder) {
  return Scenario("The rates announced on 2 April 2025")
      .tariff({.importer = "USA",
               .exporter = "*",
               .rate = read_table(folder / "tariffs_liberation_day.csv", Instrument::tariff)});
}

Scenario war() {
  return Scenario("60 percent, both ways")
      .tariff({.importer = "USA", .exporter = "CHN", .sector = "goods", .rate = 0.60})
      .tariff({.importer = "CHN", .exporter = "USA", .sector = "goods", .rate = 0.60});
}

std::vector<Workload> find_workloads() {
  std::vector<Workload> found;
  const auto add = [&](const std::string& name, const fs::path& folder, Deficits deficits, auto scenario) {
    if (fs::is_regular_file(folder / "datapackage.json")) {
      found.push_back({name, folder, {.scenario = scenario(), .closure = {.deficits = deficits}}});
    } else {
      std::cerr << "not measured: " << name << ", there is no data package in " << folder << '\n';
    }
  };
  const fs::path data = reference_data();
  add("cp2015", data / "cp2015", Deficits::balanced, [&] { return nafta(data / "cp2015"); });
  add("27x12", embedded("world-2022-27x12"), Deficits::fixed_world_share, war);
  add("44x21", embedded("world-2022"), Deficits::fixed_world_share, war);
  add("81x28", data / "world2022-81x28", Deficits::fixed_world_share, war);
  add("liberation2023", data / "liberation2023", Deficits::fixed_world_share,
      [&] { return liberation(data / "liberation2023"); });
  return found;
}

}  // namespace

World Workload::world() const { return read_world(folder); }

Scenario dated_war() {
  return read_case(repository() / "python" / "tariffsim" / "scenarios" / "us-world-2025").scenario;
}

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = find_workloads();
  return all;
}

const Workload& workload(const std::string& name) {
  std::string known;
  for (const Workload& w : workloads()) {
    if (w.name == name) return w;
    known += (known.empty() ? "" : ", ") + w.name;
  }
  throw InvalidInput("workload", "unknown name '" + name + "'", "use one of " + known);
}

}  // namespace tariffsim::bench
