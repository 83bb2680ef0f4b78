// tariffsim: from observed trade to a new equilibrium, on the command line.
#include <exception>
#include <iostream>
#include <string>

#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/stop.hpp"

namespace {

constexpr const char* kAbout =
    "tariffsim computes what a change of trade policy does to trade, prices and welfare.\n"
    "It takes a world (observed trade, tariffs, technology) and a scenario (the change), solves for the new\n"
    "equilibrium and writes it as tables.";

constexpr const char* kFooter =
    "Examples:\n"
    "  tariffsim world list\n"
    "      which worlds can be used by name\n"
    "  tariffsim world info world-2022\n"
    "      what is in one of them: regions, sectors, trade, tariffs, sources, known defects\n"
    "  tariffsim run --world world-2022 --scenario war.toml --out war\n"
    "      solve the scenario in war.toml and write its answer to the folder war\n"
    "  tariffsim sweep rates.toml --out rates --workers 2\n"
    "      solve thousands of scenarios: those that rates.toml gives values to\n"
    "\n"
    "A scenario is a text file. This one is complete:\n"
    "  title = \"60 percent on all goods from China\"\n"
    "  [[measure]]\n"
    "  kind = \"tariff\"\n"
    "  importer = \"USA\"\n"
    "  exporter = \"CHN\"\n"
    "  sector = \"goods\"\n"
    "  rate = 0.60\n"
    "\n"
    "Exit codes: 0 done; 2 bad input, with file, line and remedy on the standard error and nothing written;\n"
    "3 no equilibrium found, with the diagnosis in summary.json and no answer files; 130 interrupted, nothing "
    "written\n"
    "(a sweep keeps the parts that are done).\n"
    "Every sub-command explains itself: tariffsim run --help, tariffsim world aggregate --help.";

int complain(const char* kind, const char* text, int code) {
  std::cerr << "tariffsim: " << kind << text << "\n";
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tariffsim::cli;
  CLI::App app(kAbout, "tariffsim");
  app.footer(kFooter);
  app.set_version_flag("--version", "tariffsim " TARIFFSIM_VERSION, "Print the version and exit");
  app.require_subcommand(1);
  Action action;
  try {
    declare_run(app, action);
    declare_theory(app, action);
    declare_sweep(app, action);
    declare_world(app, action);
    declare_market(app, action);
    declare_policy(app, action);
    app.parse(argc, argv);
    note_interrupts();
    return action();
  } catch (const CLI::RequiredError& e) {
    const auto unknown = app.remaining(true);
    if (unknown.empty()) return app.exit(e), bad_input;
    return complain("error: there is no sub-command ", ("'" + unknown.front() + "'\n  remedy: see --help").c_str(),
                    bad_input);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? solved : bad_input;
  } catch (const tariffsim::InvalidInput& e) {
    return complain("error: ", e.what(), bad_input);
  } catch (const tariffsim::Interrupted& e) {
    return complain("", e.what(), signalled + noted_signal());
  } catch (const std::bad_alloc&) {
    return complain("error: ", "not enough memory for a world of this size\n  remedy: aggregate it first", bad_input);
  } catch (const std::exception& e) {
    return complain("internal error: ", e.what(), failed);
  }
}
