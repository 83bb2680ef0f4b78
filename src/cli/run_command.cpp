// tariffsim run
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "cli/answer_text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/progress_line.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/solve/solve.hpp"

namespace tariffsim::cli {
namespace {

struct RunArguments {
  std::string world, scenario, out, deficits, numeraire;
  double tolerance = SolveOptions{}.tolerance;
  bool quiet = false;
};

void stop_if_interrupted(const std::string& out) {
  if (noted_signal() != 0) throw Interrupted("interrupted; nothing was written to " + out);
}

int not_solved(const std::string& diagnosis, const std::string& out) {
  std::cerr << "tariffsim: not converged: " << diagnosis << "\n  the diagnosis is in " << out
            << "/summary.json; no answer was written\n";
  return not_converged;
}

Equilibrium solve_with_progress(const World& world, const Case& declared, const RunArguments& given) {
  ProgressLine line(given.quiet);
  SolveOptions options;
  options.tolerance = given.tolerance;
  options.progress = [&](const Progress& progress) {
    line.show(progress);
    return noted_signal() == 0;
  };
  try {
    return solve(world, declared, options);
  } catch (const InvalidInput& e) {  // what a world reveals of a scenario: say which file it is in
    if (e.where().find(given.scenario) != std::string::npos) throw;
    throw InvalidInput(given.scenario + ": " + e.where(), e.problem(), e.remedy());
  }
}

int run(const RunArguments& given) {
  require_results_folder(given.out);
  Case declared = read_case(given.scenario);
  if (!given.deficits.empty()) declared.closure.deficits = deficits_from_name(given.deficits);
  if (!given.numeraire.empty()) declared.closure.numeraire = given.numeraire;
  const World world = load_world(given.world);
  stop_if_interrupted(given.out);
  try {
    const Equilibrium eq = solve_with_progress(world, declared, given);
    stop_if_interrupted(given.out);
    write_results(eq, given.out, [] { return noted_signal() != 0; });
    if (!eq.converged()) return not_solved(std::string(name(eq.status)) + ": " + eq.diagnosis, given.out);
    if (given.quiet) return solved;
    print_answer(std::cout, eq);
    std::cout << "\nwrote summary.json, regions.csv, sectors.csv and flows.csv to " << given.out << "\n";
    return solved;
  } catch (const NotConverged& e) {  // the base itself
    stop_if_interrupted(given.out);
    write_base_failure(world, declared, e.what(), given.out);
    return not_solved(e.what(), given.out);
  }
}

}  // namespace

void declare_run(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("run", "Solve a scenario in a world and write the answer");
  const auto given = std::make_shared<RunArguments>();
  command->add_option("--world", given->world, "Name of a world (see: tariffsim world list) or path of a data package")
      ->type_name("WORLD")
      ->required();
  command->add_option("--scenario", given->scenario, "Scenario file (TOML)")->type_name("FILE")->required();
  command->add_option("--out", given->out, "Folder for the answer; an earlier answer there is replaced")
      ->type_name("FOLDER")
      ->required();
  command
      ->add_option("--closure", given->deficits,
                   "What happens to trade deficits, instead of what the scenario says:\n"
                   "balanced, fixed_world_share or fixed_income_share")
      ->type_name("RULE")
      ->check(CLI::IsMember({"balanced", "fixed_world_share", "fixed_income_share"}).description(""));
  command
      ->add_option("--numeraire", given->numeraire,
                   "What nominal results are measured in: world_value_added or the wage of a region (its code)")
      ->type_name("CODE");
  command->add_option("--tolerance", given->tolerance, "Largest relative residual of the equilibrium conditions")
      ->capture_default_str()
      ->type_name("NUMBER")
      ->check([](const std::string& text) {
        const double value = std::strtod(text.c_str(), nullptr);
        return value >= 1e-14 && value <= 1e-2 ? "" : "give a number between 1e-14 and 0.01, such as 1e-10";
      });
  command->add_flag("--quiet", given->quiet, "Print neither table nor progress");
  command->footer(
      "Measures in a scenario file, each under [[measure]]:\n"
      "  kind = \"tariff\" or \"export_tax\"        importer, exporter, sector, rate or table, operation\n"
      "  kind = \"trade_cost\" or \"taste\"         importer, exporter, sector, factor or table\n"
      "  kind = \"ban\"                           importer, exporter, sector\n"
      "  kind = \"productivity\", \"final_demand\"  region, sector, factor or table\n"
      "  kind = \"deficit\"                       region, value or table, operation\n"
      "Scopes are a code, a group, a list of them, or \"*\"; sectors also \"goods\" or \"services\".\n"
      "operation is \"set\" (the default), \"add\", \"scale\" or \"floor\". A table is a CSV file that lists cells.\n"
      "[closure] takes deficits and numeraire; [groups] names lists of regions.\n"
      "\n"
      "Example, 60 percent both ways between two countries, in war.toml:\n"
      "  title = \"60 percent, both ways\"\n"
      "  [[measure]]\n"
      "  kind = \"tariff\"\n"
      "  importer = \"USA\"\n"
      "  exporter = \"CHN\"\n"
      "  sector = \"goods\"\n"
      "  operation = \"add\"\n"
      "  rate = 0.60\n"
      "  [[measure]]\n"
      "  kind = \"tariff\"\n"
      "  importer = \"CHN\"\n"
      "  exporter = \"USA\"\n"
      "  sector = \"goods\"\n"
      "  operation = \"add\"\n"
      "  rate = 0.60\n"
      "and then:\n"
      "  tariffsim run --world world-2022 --scenario war.toml --out war\n"
      "\n"
      "The folder war then holds regions.csv (wages, prices, welfare, revenue), sectors.csv (prices, costs, output),\n"
      "flows.csv (trade before and after) and summary.json (how well the equations hold).");
  command->final_callback([given, &action] { action = [given] { return run(*given); }; });
}

}  // namespace tariffsim::cli
