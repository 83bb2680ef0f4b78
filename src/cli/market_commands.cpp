// tariffsim market info | run | link
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "cli/closure_option.hpp"
#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/market_text.hpp"
#include "cli/no_answer.hpp"
#include "cli/progress_line.hpp"
#include "cli/theory_text.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/solve/link.hpp"
#include "tariffsim/solve/solve_market.hpp"

namespace tariffsim::cli {
namespace {

constexpr const char* kMarketHelp = "Folder with regions.csv, sectors.csv and flows.csv";

struct RunArguments {
  std::string market, scenario, theory, out;
  bool quiet = false;
};

struct LinkArguments {
  std::string market, world = "world-2022", scenario, with, theory, deficits, out;
  double tolerance = LinkOptions{}.tolerance;
  bool quiet = false;
};

int info(const std::string& folder) {
  print_market(std::cout, read_market(folder));
  return solved;
}

// Of the option, else of the scenario, else the exact form.
MarketTheory theory_for(const RunArguments& given, const Case& declared) {
  if (!given.theory.empty()) return market_theory_from_text(given.theory);
  return declared.market_theory.value_or(Partial{});
}

int run(const RunArguments& given) {
  if (!given.out.empty()) require_market_results_folder(given.out);
  const Case declared = load_case(given.scenario);
  const MarketTheory theory = theory_for(given, declared);
  const Market market = read_market(given.market);
  stop_if_interrupted(given.out);
  MarketShock shock = blaming(given.scenario, [&] { return compile(declared.scenario, market); });
  const PartialEquilibrium eq = solve(market, std::move(shock), theory);
  stop_if_interrupted(given.out);
  if (!given.out.empty()) write_market_results(eq, given.out, [] { return noted_signal() != 0; });
  try {
    eq.require_converged();
  } catch (const NotConverged& e) {
    return not_solved(e.what(), given.out);
  }
  if (given.quiet) return solved;
  print_answer(std::cout, eq);
  if (!given.out.empty()) {
    std::cout << "\nwrote summary.json, regions.csv, sectors.csv, region_sectors.csv, flows.csv, suppliers.csv and\n"
              << "buyers.csv to " << given.out << "\n";
  }
  return solved;
}

// What the world is solved under: of the options, else as the scenario of the world or of the market declares it.
Case world_case(const LinkArguments& given, const Case& declared) {
  Case of_world = given.with.empty() ? declared : load_case(given.with);
  if (!given.theory.empty()) {
    of_world.theory = theory_from_text(given.theory);
  } else if (!given.with.empty()) {
    static_cast<void>(blaming(given.with, [&] { return of_world.theory_of_worlds(); }));
  }
  of_world.market_theory.reset();
  if (!given.deficits.empty()) of_world.closure.deficits = deficits_from_name(given.deficits);
  return of_world;
}

int link_market(const LinkArguments& given) {
  if (!given.out.empty()) require_linked_folder(given.out);
  const Case declared = load_case(given.scenario);
  if (declared.market_theory && !std::holds_alternative<Partial>(*declared.market_theory)) {
    throw InvalidInput(given.scenario + ": theory",
                       std::string("'") + name(*declared.market_theory) + "' cannot be linked",
                       "use \"partial\", or leave [theory] out");
  }
  const Case of_world = world_case(given, declared);
  const Market market = read_market(given.market);
  static_cast<void>(blaming(given.scenario, [&] { return compile(declared.scenario, market); }));
  const World world = load_world(given.world);
  const Scenario rest = given.with.empty() ? Scenario("") : of_world.scenario;
  static_cast<void>(blaming(given.with, [&] { return rest.compile(world); }));
  stop_if_interrupted(given.out);
  try {
    ProgressLine line(given.quiet);
    SolveOptions each;
    each.tolerance =
        std::clamp(0.01 * given.tolerance, 1e-13, 1e-10);  // the link must not stop at what a solve leaves open
    each.progress = [](const Progress&) { return noted_signal() == 0; };
    const Solver solver(world, of_world.theory, of_world.closure, each);
    stop_if_interrupted(given.out);
    LinkOptions options;
    options.tolerance = given.tolerance;
    options.progress = [&](int round, double gap) {
      line.show_round(round, gap);
      return noted_signal() == 0;
    };
    const Linked linked = link(solver, market, declared.scenario, rest, options);
    stop_if_interrupted(given.out);
    if (!given.out.empty()) write_linked(linked, given.out, [] { return noted_signal() != 0; });
    if (!linked.converged()) return not_solved(linked.diagnosis, given.out);
    if (given.quiet) return solved;
    print_answer(std::cout, linked);
    if (!given.out.empty()) {
      std::cout << "\nwrote summary.json, linked_flows.csv and the folders world and market to " << given.out << "\n";
    }
    return solved;
  } catch (const NotConverged& e) {  // the base of the world
    stop_if_interrupted(given.out);
    if (!given.out.empty()) write_linked_base_failure(world, of_world, e.what(), given.out);
    return not_solved(e.what(), given.out);
  }
}

void add_market(CLI::App& command, std::string& market) {
  command.add_option("--market", market, kMarketHelp)->type_name("FOLDER")->required();
}

void add_out(CLI::App& command, std::string& out, bool& quiet) {
  command.add_option("--out", out, "Folder for the answer; an earlier answer there is replaced")->type_name("FOLDER");
  command.add_flag("--quiet", quiet, "Print neither table nor progress");
}

void declare_market_run(CLI::App& market, Action& action) {
  auto* command = market.add_subcommand("run", "Solve a scenario of tariffs, each product by itself");
  const auto given = std::make_shared<RunArguments>();
  add_market(*command, given->market);
  command->add_option("--scenario", given->scenario, "Scenario file (TOML), or name of one")
      ->type_name("FILE|NAME")
      ->required();
  command
      ->add_option("--theory", given->theory,
                   "Instead of what the scenario says:\n"
                   "partial (the exact form), gsim, gsim,published_sign=true or smart,importer=USA")
      ->type_name("THEORY");
  add_out(*command, given->out, given->quiet);
  command->footer(
      "A scenario of a market is a list of undated tariffs; sector names products, sectors or kinds:\n"
      "  title = \"Free trade in cars\"\n"
      "  [theory]\n"
      "  name = \"gsim\"\n"
      "  [[measure]]\n"
      "  kind = \"tariff\"\n"
      "  importer = \"USA\"\n"
      "  exporter = \"*\"\n"
      "  sector = \"870323\"\n"
      "  rate = 0\n"
      "\n"
      "Example:\n"
      "  tariffsim market run --market gsim4x4 --scenario free.toml --out free\n"
      "\n"
      "The folder free then holds flows.csv (trade and tariffs before and after), suppliers.csv (world prices,\n"
      "producer surplus), buyers.csv (prices, consumer surplus, revenue), their sums in regions.csv, sectors.csv\n"
      "and region_sectors.csv, and summary.json.");
  command->final_callback([given, &action] { action = [given] { return run(*given); }; });
}

void declare_market_link(CLI::App& market, Action& action) {
  auto* command = market.add_subcommand("link", "Solve tariffs on products and the world around them at once");
  const auto given = std::make_shared<LinkArguments>();
  add_market(*command, given->market);
  command->add_option("--world", given->world, "Name of a world (see: tariffsim world list) or path of a data package")
      ->type_name("WORLD")
      ->capture_default_str();
  command->add_option("--scenario", given->scenario, "Scenario file (TOML) with the tariffs on products")
      ->type_name("FILE|NAME")
      ->required();
  command->add_option("--with", given->with, "Scenario file with what else changes in the world, on other flows")
      ->type_name("FILE|NAME");
  command
      ->add_option("--theory", given->theory,
                   "Theory of the world (see: tariffsim theory list), instead of what --with says:\n"
                   "two_tier,domestic_import=2")
      ->type_name("THEORY");
  add_closure(*command, given->deficits,
              "What happens to trade deficits: balanced, fixed_world_share, fixed_income_share,\n"
              "fixed_expenditure_share or endogenous");
  command
      ->add_option("--tolerance", given->tolerance,
                   "Largest difference of log shares, prices, costs and spending between the two")
      ->capture_default_str()
      ->type_name("NUMBER")
      ->check([](const std::string& text) {
        const double value = std::strtod(text.c_str(), nullptr);
        return value >= 1e-11 && value <= 1e-3 ? "" : "give a number between 1e-11 and 0.001, such as 1e-9";
      });
  add_out(*command, given->out, given->quiet);
  command->footer(
      "Regions and sectors of the market are codes of the world. The market decides how what an importer buys\n"
      "of a sector is shared among exporters, the world what sellers' costs and buyers' spending are.\n"
      "\n"
      "Example:\n"
      "  tariffsim market link --market cars --world world-2022 --scenario free.toml --out free\n"
      "\n"
      "The folder free then holds linked_flows.csv (duties and wedges by flow of the world), the folders world\n"
      "(as of tariffsim run) and market (as of tariffsim market run, without surpluses), and summary.json.");
  command->final_callback([given, &action] { action = [given] { return link_market(*given); }; });
}

}  // namespace

void declare_market(CLI::App& app, Action& action) {
  auto* market = app.add_subcommand("market", "Describe markets of products, solve them, link them to a world");
  market->require_subcommand(1);
  market->footer(
      "A market is a folder with regions.csv, sectors.csv, flows.csv and, where there are any, products.csv,\n"
      "tariffs.csv, elasticities.csv, groups.csv and datapackage.json.");

  auto* info_command = market->add_subcommand("info", "Show size, value, tariffs, sectors and elasticities");
  const auto folder = std::make_shared<std::string>();
  info_command->add_option("market", *folder, kMarketHelp)->type_name("FOLDER")->required();
  info_command->footer("Example:\n  tariffsim market info ./gsim4x4");
  info_command->final_callback([=, &action] { action = [folder] { return info(*folder); }; });

  declare_market_run(*market, action);
  declare_market_link(*market, action);
}

}  // namespace tariffsim::cli
