// tariffsim theory list, tariffsim compare
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/text_table.hpp"
#include "cli/theory_text.hpp"
#include "tariffsim/analysis/labour_welfare.hpp"
#include "tariffsim/analysis/trade_change.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/model/theory_keys.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/solve/compare.hpp"

namespace tariffsim::cli {
namespace {

int list_theories() {
  TextTable table({{"theory"}, {"differs from the default in"}, {"needs"}, {"reference"}});
  for (const TheoryPreset& preset : theory_presets()) {
    table.add({preset.name, preset.differs, preset.needs, preset.reference});
  }
  table.print(std::cout);
  std::cout << "\nparameters of every theory\n ";
  for (const auto& [key, setter] : detail::theory_setters()) std::cout << " " << key;
  std::cout << " horizon\n";
  return solved;
}

struct CompareArguments {
  std::string world = "world-2022", scenario, date, deficits;
  std::vector<std::string> theories;
};

int compare_theories(const CompareArguments& given) {
  Case declared = load_case(given.scenario);
  if (!given.date.empty()) {
    declared.scenario = declared.scenario.on(day_of(declared.scenario.policy(), given.date), Basis::legal);
  }
  if (!given.deficits.empty()) declared.closure.deficits = deficits_from_name(given.deficits);
  std::vector<Theory> theories;
  for (const std::string& text : given.theories) theories.push_back(theory_from_text(text));
  if (theories.empty()) theories.push_back(declared.theory_of_worlds());
  const World world = load_world(given.world);
  SolveOptions options;
  options.progress = [](const Progress&) { return noted_signal() == 0; };
  const std::vector<Equilibrium> results = compare(world, declared.scenario, theories, declared.closure, options);
  if (noted_signal() != 0) throw Interrupted("interrupted");
  bool all = true;
  std::cout << "theory,region,status,real_income_pct,welfare_pct,consumer_price_pct,real_wage_pct,employment_pct,"
               "imports_pct,exports_pct\n";
  for (const Equilibrium& eq : results) {
    const std::string theory = '"' + in_a_line(eq.theory) + '"';
    if (!eq.converged()) {
      std::cerr << "tariffsim: " << in_a_line(eq.theory) << ": " << name(eq.status) << ": " << eq.diagnosis << "\n";
      all = false;
      continue;
    }
    const Vector income = real_income_pct(eq), welfare = welfare_pct(eq), wage = real_wage_pct(eq);
    const TradeChange trade = trade_change(eq);
    for (Index n = 0; n < income.size(); ++n) {
      std::cout << theory << ',' << world.regions().code(n) << ',' << name(eq.status) << ',' << show(income[n]) << ','
                << show(welfare[n]) << ',' << show(100 * (eq.consumer_price_hat[n] - 1)) << ',' << show(wage[n]) << ','
                << show(100 * (eq.factor_supply_hat(n, 0) - 1)) << ',' << show(trade.imports_pct[n]) << ','
                << show(trade.exports_pct[n]) << '\n';
    }
  }
  return all ? solved : not_converged;
}

}  // namespace

void declare_theory(CLI::App& app, Action& action) {
  auto* theory = app.add_subcommand("theory", "Theories and their parameters");
  theory->require_subcommand(1);
  theory->add_subcommand("list", "Names of theories, how they differ, and what they need")->final_callback([&action] {
    action = list_theories;
  });

  auto* command = app.add_subcommand("compare", "Solve a scenario under several theories and print a CSV table");
  const auto given = std::make_shared<CompareArguments>();
  command->add_option("--world", given->world, "Name of a world or path of a data package")
      ->type_name("WORLD")
      ->capture_default_str();
  command->add_option("--scenario", given->scenario, "Scenario file (TOML), or name of one")
      ->type_name("FILE|NAME")
      ->required();
  command->add_option("--date", given->date, "Day of a dated scenario")->type_name("DAY");
  command
      ->add_option("--theory", given->theories,
                   "A theory with its parameters, once for each: two_tier,domestic_import=2")
      ->type_name("THEORY")
      ->required();
  command->add_option("--closure", given->deficits, "What happens to trade deficits, instead of what the scenario says")
      ->type_name("RULE");
  command->final_callback([given, &action] { action = [given] { return compare_theories(*given); }; });
}

}  // namespace tariffsim::cli
