// tariffsim world list | info | check | aggregate
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/text_table.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/aggregate.hpp"
#include "tariffsim/data/check.hpp"
#include "tariffsim/io/io.hpp"

namespace tariffsim::cli {
namespace {

using Align = TextTable::Align;

constexpr const char* kWorldHelp = "Name of a world (see: tariffsim world list) or path of a data package";

int list() {
  const auto worlds = list_worlds();
  if (worlds.empty()) {
    std::cout << "No world is installed. Name folders with data packages in TARIFFSIM_WORLDS.\n";
    return solved;
  }
  TextTable table({{"name"}, {"year", Align::right}, {"regions", Align::right}, {"sectors", Align::right}, {"title"}});
  for (const auto& w : worlds) {
    table.add({w.name, w.year == 0 ? "" : std::to_string(w.year), w.regions == 0 ? "" : std::to_string(w.regions),
               w.sectors == 0 ? "" : std::to_string(w.sectors), w.problem.empty() ? w.title : "cannot be read"});
  }
  table.print(std::cout);
  for (const auto& w : worlds) {
    if (!w.problem.empty()) std::cerr << "tariffsim: " << w.problem << "\n";
  }
  return solved;
}

double share(double part, double whole) { return whole > 0 ? 100 * part / whole : 0; }

// Trade between territories, and the tariff revenue on goods and their value, for the world's mean tariff.
struct BetweenTerritories {
  double all = 0, goods = 0, duties = 0;
};

BetweenTerritories between_territories(const World& world) {
  BetweenTerritories trade;
  for (Index j = 0; j < world.sectors().size(); ++j) {
    const bool goods = world.data().sector_kinds[static_cast<std::size_t>(j)] == "goods";
    for (Index n = 0; n < world.regions().size(); ++n) {
      for (Index i = 0; i < world.regions().size(); ++i) {
        if (world.is_domestic(i, n)) continue;
        const double flow = world.flows()(i, n, j);
        trade.all += flow;
        if (goods) {
          trade.goods += flow;
          trade.duties += flow * world.tariffs()(i, n, j);
        }
      }
    }
  }
  return trade;
}

void print_identity(const World& world) {
  const WorldInfo& info = world.info();
  std::cout << (info.title.empty() ? info.name : info.title) << "\n";
  const auto line = [](const char* label, const std::string& text) {
    if (!text.empty()) std::cout << "  " << label << text << "\n";
  };
  line("name       ", info.name);
  line("year       ", info.year == 0 ? "" : std::to_string(info.year));
  line("unit       ", info.unit);
  line("valuation  ", info.valuation);
  line("size       ",
       std::to_string(world.regions().size()) + " regions x " + std::to_string(world.sectors().size()) + " sectors");
}

void print_totals(const World& world) {
  const Accounts& a = world.accounts();
  const BetweenTerritories trade = between_territories(world);
  const double flows = world.flows().values().sum();
  std::cout << "\nTotals (" << (world.info().unit.empty() ? "unit not stated" : world.info().unit) << ")\n";
  TextTable table({{""}, {"", Align::right}, {""}});
  table.add({"sales, domestic ones included", grouped_number(flows), ""});
  table.add({"trade between territories", grouped_number(trade.all),
             grouped_number(share(trade.all, flows), 2) + " percent of sales"});
  table.add({"value added", grouped_number(a.value_added.sum()), ""});
  table.add({"tariff revenue", grouped_number(a.tariff_revenue.sum()),
             grouped_number(share(trade.duties, trade.goods), 2) + " percent of traded goods, the mean tariff"});
  if (a.export_tax_revenue.abs().sum() > 0) {
    table.add({"export-tax revenue", grouped_number(a.export_tax_revenue.sum()), ""});
  }
  table.print(std::cout);
}

void print_regions(const World& world) {
  const Accounts& a = world.accounts();
  std::vector<Index> order(static_cast<std::size_t>(world.regions().size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index x, Index y) { return a.value_added[x] > a.value_added[y]; });
  std::cout << "\nRegions, by value added\n";
  TextTable table(
      {{"code"}, {"name"}, {"value added", Align::right}, {"deficit", Align::right}, {"tariff revenue", Align::right}});
  for (const Index n : order) {
    table.add({world.regions().code(n), shortened(world.regions().name(n), 40), grouped_number(a.value_added[n]),
               grouped_number(a.deficit[n]), grouped_number(a.tariff_revenue[n])});
  }
  table.print(std::cout);
}

void print_sectors(const World& world) {
  const Vector sales = world.accounts().output.colwise().sum();
  std::cout << "\nSectors\n";
  TextTable table({{"code"}, {"name"}, {"kind"}, {"trade elasticity", Align::right}, {"output", Align::right}});
  for (Index j = 0; j < world.sectors().size(); ++j) {
    table.add({world.sectors().code(j), shortened(world.sectors().name(j), 40),
               world.data().sector_kinds[static_cast<std::size_t>(j)], show(world.trade_elasticity()[j]),
               grouped_number(sales[j])});
  }
  table.print(std::cout);
}

void print_sources(const World& world) {
  const WorldInfo& info = world.info();
  if (!world.data().groups.empty()) {
    std::cout << "\nGroups that a scenario may name\n";
    for (const auto& [group, regions] : world.data().groups) {
      std::cout << "  " << group << ":";
      for (const auto& region : regions) std::cout << " " << region;
      std::cout << "\n";
    }
  }
  if (!info.sources.empty()) std::cout << "\nSources\n";
  for (const auto& s : info.sources) {
    std::string text = s.title;
    if (!s.publisher.empty()) text += ". " + s.publisher;
    if (!s.license.empty()) text += " (" + s.license + ")";
    print_wrapped(std::cout, "  ", text);
  }
  if (!info.attribution.empty()) {
    std::cout << "\nAttribution\n";
    print_wrapped(std::cout, "  ", info.attribution);
  }
  if (!info.known_defects.empty()) std::cout << "\nKnown defects\n";
  for (const auto& defect : info.known_defects) print_wrapped(std::cout, "- ", defect);
}

int info(const std::string& name) {
  const World world = load_world(name);
  print_identity(world);
  print_totals(world);
  print_regions(world);
  print_sectors(world);
  print_sources(world);
  return solved;
}

int check_world(const std::string& name) {
  const World world = load_world(name);
  const auto findings = check(world);
  std::cout << (world.info().title.empty() ? world.info().name : world.info().title) << ": valid, " << findings.size()
            << (findings.size() == 1 ? " thing" : " things") << " to look at\n";
  for (const auto& finding : findings) {
    print_wrapped(std::cout, "- ", finding.topic + (finding.where.empty() ? "" : ", " + finding.where));
    print_wrapped(std::cout, "    ", finding.message);
  }
  return solved;
}

struct AggregateArguments {
  std::string world, regions, sectors, out, title;
};

int aggregate_world(const AggregateArguments& given) {
  const World world = load_world(given.world);
  std::map<std::string, std::string> regions, sectors;
  if (!given.regions.empty()) regions = read_code_map(given.regions, world.regions());
  if (!given.sectors.empty()) sectors = read_code_map(given.sectors, world.sectors());
  const std::string name = std::filesystem::absolute(given.out).lexically_normal().filename().string();
  const World smaller = aggregate(world, regions, sectors).edited([&](WorldData& data) {
    if (!name.empty()) data.info.name = name;
    if (!given.title.empty()) data.info.title = given.title;
  });
  write_world(smaller, given.out, [] { return noted_signal() != 0; });
  std::cout << "wrote " << smaller.regions().size() << " regions x " << smaller.sectors().size() << " sectors to "
            << given.out << "\n";
  return solved;
}

void declare_aggregate(CLI::App& world, Action& action) {
  auto* command = world.add_subcommand("aggregate", "Merge regions and sectors into a smaller world");
  const auto given = std::make_shared<AggregateArguments>();
  command->add_option("--world", given->world, kWorldHelp)->type_name("WORLD")->required();
  auto* regions = command->add_option("--regions", given->regions, "CSV file with the columns old,new for regions")
                      ->type_name("FILE");
  auto* sectors = command->add_option("--sectors", given->sectors, "CSV file with the columns old,new for sectors")
                      ->type_name("FILE");
  command->add_option("--out", given->out, "Folder to write the new data package to")->type_name("FOLDER")->required();
  command->add_option("--title", given->title, "Title of the new world")->type_name("TEXT");
  command->footer(
      "A map lists each old code and the code it becomes; codes it does not list stay as they are:\n"
      "  old,new\n"
      "  MEX,NAM\n"
      "  CAN,NAM\n"
      "  USA,NAM\n"
      "\n"
      "Example:\n"
      "  tariffsim world aggregate --world world-2022 --regions blocs.csv --out blocs-2022");
  command->final_callback([=, &action] {
    if (regions->empty() && sectors->empty()) {
      throw CLI::RequiredError("A map, --regions or --sectors,", CLI::ExitCodes::RequiredError);
    }
    action = [given] { return aggregate_world(*given); };
  });
}

}  // namespace

void declare_world(CLI::App& app, Action& action) {
  auto* world = app.add_subcommand("world", "List, describe, check and aggregate worlds");
  world->require_subcommand(1);
  world->footer(
      "A world is a folder with datapackage.json, regions.csv, sectors.csv, flows.csv and, where there are any,\n"
      "tariffs.csv, export_taxes.csv, value_added.csv, inputs.csv, final_demand.csv, groups.csv and members.csv.\n"
      "Where a world is asked for, give the path of such a folder or the name of an installed one.");

  world->add_subcommand("list", "List the worlds that can be used by name")->final_callback([&action] {
    action = list;
  });

  auto* info_command = world->add_subcommand("info", "Show size, totals, regions, sectors, sources and known defects");
  const auto info_name = std::make_shared<std::string>();
  info_command->add_option("world", *info_name, kWorldHelp)->type_name("WORLD")->required();
  info_command->footer("Example:\n  tariffsim world info world-2022");
  info_command->final_callback([=, &action] { action = [info_name] { return info(*info_name); }; });

  auto* check_command = world->add_subcommand("check", "Validate a world and list what is legal but suspicious");
  const auto check_name = std::make_shared<std::string>();
  check_command->add_option("world", *check_name, kWorldHelp)->type_name("WORLD")->required();
  check_command->footer(
      "Exit code 0: the world is valid, whatever is listed. Exit code 2: it is not; the message names file and line.\n"
      "\n"
      "Example:\n  tariffsim world check ./my-world");
  check_command->final_callback([=, &action] { action = [check_name] { return check_world(*check_name); }; });

  declare_aggregate(*world, action);
}

}  // namespace tariffsim::cli
