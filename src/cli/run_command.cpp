// tariffsim run
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "cli/answer_text.hpp"
#include "cli/closure_option.hpp"
#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/no_answer.hpp"
#include "cli/progress_line.hpp"
#include "cli/theory_text.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/solve/solve.hpp"

namespace tariffsim::cli {
namespace {

struct RunArguments {
  std::string world = "world-2022", scenario, out, deficits, numeraire, revenue, date, from, until, basis = "legal";
  std::string theory;
  double tolerance = SolveOptions{}.tolerance;
  bool quiet = false, path = false;
};

Basis basis_of(const RunArguments& given) { return given.basis == "collected" ? Basis::collected : Basis::legal; }

// The scenario on the day that was asked for.
Scenario on_its_day(const Scenario& scenario, const RunArguments& given) {
  if (given.date.empty()) return scenario;
  if (!scenario.dated()) {
    throw InvalidInput("--date", "nothing in the scenario has a day", "drop --date, or date its measures");
  }
  return scenario.on(day_of(scenario.policy(), given.date), basis_of(given));
}

Equilibrium solve_with_progress(const World& world, const Case& declared, const RunArguments& given) {
  ProgressLine line(given.quiet);
  SolveOptions options;
  options.tolerance = given.tolerance;
  options.progress = [&](const Progress& progress) {
    line.show(progress);
    return noted_signal() == 0;
  };
  return blaming(given.scenario, [&] { return solve(world, declared, options); });
}

// One line a day, and path.csv where a folder is given.
int run_path(const RunArguments& given, const Case& declared, const World& world) {
  const Policy& policy = declared.scenario.policy();
  const Date from = given.from.empty() ? Date(2025, 1, 1) : day_of(policy, given.from);
  const Date until = given.until.empty() ? Date(2026, 12, 31) : day_of(policy, given.until);
  const auto days = change_days(declared.scenario, from, until, basis_of(given));
  if (days.empty()) {
    throw InvalidInput("--path", "nothing changes from " + from.iso() + " to " + until.iso(),
                       "choose other days with --from and --until");
  }
  SolveOptions options;
  options.tolerance = given.tolerance;
  options.progress = [](const Progress&) { return noted_signal() == 0; };
  const auto path = solve_path(world, declared.scenario, days, declared.theory_of_worlds(), declared.closure,
                               basis_of(given), {}, options, [&](const Equilibrium& eq) {
                                 if (!given.quiet) print_day(std::cout, eq);
                                 return noted_signal() == 0;
                               });
  stop_if_interrupted(given.out);
  if (!given.out.empty()) {
    write_path(path, given.out);
    if (!given.quiet) std::cout << "\nwrote path.csv to " << given.out << "\n";
  }
  const bool all = std::all_of(path.begin(), path.end(), [](const Equilibrium& eq) { return eq.converged(); });
  return all ? solved : not_converged;
}

int run(const RunArguments& given) {
  if (!given.out.empty() && !given.path) require_results_folder(given.out);
  Case declared = load_case(given.scenario);
  declared.scenario = on_its_day(declared.scenario, given);
  if (!given.deficits.empty()) declared.closure.deficits = deficits_from_name(given.deficits);
  if (!given.numeraire.empty()) declared.closure.numeraire = given.numeraire;
  if (!given.revenue.empty()) declared.closure.revenue = revenue_from_name(given.revenue);
  if (!given.theory.empty()) {
    declared.theory = theory_from_text(given.theory);
    declared.market_theory.reset();
  }
  const World world = load_world(given.world);
  stop_if_interrupted(given.out);
  if (given.path) return run_path(given, declared, world);
  try {
    const Equilibrium eq = solve_with_progress(world, declared, given);
    stop_if_interrupted(given.out);
    if (!given.out.empty()) write_results(eq, given.out, [] { return noted_signal() != 0; });
    if (!eq.converged()) return not_solved(std::string(name(eq.status)) + ": " + eq.diagnosis, given.out);
    if (given.quiet) return solved;
    print_answer(std::cout, eq);
    if (given.out.empty()) return solved;
    std::cout << "\nwrote summary.json, regions.csv, sectors.csv" << (eq.shock->ways.empty() ? "" : ", ways.csv")
              << " and flows.csv to " << given.out << "\n";
    return solved;
  } catch (const NotConverged& e) {  // the base itself
    stop_if_interrupted(given.out);
    if (!given.out.empty()) write_base_failure(world, declared, e.what(), given.out);
    return not_solved(e.what(), given.out);
  }
}

}  // namespace

void declare_run(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("run", "Solve a scenario in a world and write the answer");
  const auto given = std::make_shared<RunArguments>();
  command->add_option("--world", given->world, "Name of a world (see: tariffsim world list) or path of a data package")
      ->type_name("WORLD")
      ->capture_default_str();
  command
      ->add_option("--scenario", given->scenario, "Scenario file (TOML), or name of one (see: tariffsim policy list)")
      ->type_name("FILE|NAME")
      ->required();
  command->add_option("--out", given->out, "Folder for the answer; an earlier answer there is replaced")
      ->type_name("FOLDER");
  auto* date = command
                   ->add_option("--date", given->date,
                                "Day of a dated scenario: 2025-04-09, or the name of one (see: tariffsim policy show)")
                   ->type_name("DAY");
  auto* path = command->add_flag("--path", given->path, "Solve every day on which a dated scenario changes");
  path->excludes(date);
  command->add_option("--from", given->from, "First day of the path (2025-01-01)")->type_name("DAY")->needs(path);
  command->add_option("--until", given->until, "Last day of the path (2026-12-31)")->type_name("DAY")->needs(path);
  command->add_option("--basis", given->basis, "Whose days count: legal, or collected at the border")
      ->check(CLI::IsMember({"legal", "collected"}).description(""))
      ->type_name("DAYS")
      ->capture_default_str();
  add_closure(*command, given->deficits,
              "What happens to trade deficits, instead of what the scenario says:\n"
              "balanced, fixed_world_share, fixed_income_share, fixed_expenditure_share or endogenous");
  command
      ->add_option("--theory", given->theory,
                   "Theory, instead of what the scenario says, with its parameters (see: tariffsim theory list):\n"
                   "two_tier,domestic_import=2,labour_mobility=0")
      ->type_name("THEORY");
  command->add_option("--revenue", given->revenue, "What tariff revenue is used for: household, income_tax or wasted")
      ->type_name("USE")
      ->check(CLI::IsMember({"household", "income_tax", "wasted"}).description(""));
  command
      ->add_option("--numeraire", given->numeraire,
                   "What nominal results are measured in: world_value_added, world_consumer_price or the wage of a\n"
                   "region (its code)")
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
      "  kind = \"quota\", \"share_cap\"            importer, exporter, sector, at_most, rent\n"
      "  kind = \"commitment\", \"purchase\"        importer, exporter, sector, at_least, rent\n"
      "  kind = \"tariff_rate_quota\"             importer, exporter, sector, quota, out_of_quota\n"
      "Scopes are a code, a group, a list of them, or \"*\"; sectors also \"goods\" or \"services\".\n"
      "operation is \"set\" (the default), \"add\", \"scale\" or \"floor\". A table is a CSV file that lists cells.\n"
      "[closure] takes deficits, numeraire, revenue and saving_response; [theory] takes a name and its parameters\n"
      "(see: tariffsim theory list); [groups] names lists of regions.\n"
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
