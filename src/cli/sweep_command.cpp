// tariffsim sweep, tariffsim sweep join
#include <algorithm>
#include <cstddef>
#include <iostream>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/interrupts.hpp"
#include "cli/no_answer.hpp"
#include "cli/progress_line.hpp"
#include "cli/text_table.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/io.hpp"

namespace tariffsim::cli {
namespace {

struct SweepArguments {
  std::string file, out, world;
  int workers = 0;
  bool resume = false, rows = false, quiet = false;
};

struct JoinArguments {
  std::string folder, out;
  bool unfinished = false;
};

std::string rows_in_words(std::size_t rows) {
  return grouped_number(static_cast<double>(rows)) + (rows == 1 ? " row" : " rows");
}

// The rows that would be solved, as a table, in the order of their numbers.
int list_rows(const SweepFile& sweep) {
  std::cout << "row";
  for (const std::string& name : sweep.names()) std::cout << ',' << name;
  std::cout << '\n';
  for (std::size_t row = 0; row < sweep.rows() && noted_signal() == 0; ++row) {
    std::cout << row;
    for (const SweepValue& value : sweep.values(row)) std::cout << ',' << text_of(value);
    std::cout << '\n';
  }
  return solved;
}

void require(bool given, const std::string& what, const std::string& remedy) {
  if (!given) throw InvalidInput("tariffsim sweep", "there is no " + what, remedy);
}

int sweep(const SweepArguments& given) {
  require(!given.file.empty(), "sweep file", "name one: tariffsim sweep rates.toml --out rates");
  const SweepFile file = read_sweep(given.file);
  if (given.rows) return list_rows(file);
  require(!given.out.empty(), "--out", "name a folder for the answer: --out rates");
  const World world = load_world(given.world.empty() ? file.world() : given.world);
  stop_if_interrupted(given.out);

  const std::string again = "tariffsim sweep " + given.file + " --out " + given.out + " --resume";
  SweepOutcome done;
  {
    ProgressLine line(given.quiet);
    SweepOptions options;
    options.threads = given.workers;
    options.resume = given.resume;
    options.progress = [&](const SweepProgress& progress) {
      line.show_rows(progress);
      return noted_signal() == 0;
    };
    done = blaming(given.file, [&] { return run_sweep(file, world, given.out, options); });
  }
  if (done.on_disk < file.rows()) {
    std::string text = "interrupted; " + rows_in_words(done.on_disk) + " of " + rows_in_words(file.rows()) +
                       " are in " + given.out + "\n  go on with: " + again;
    throw Interrupted(text);
  }
  if (done.unsolved > 0) {
    std::cerr << "tariffsim: " << rows_in_words(done.unsolved) << " of " << rows_in_words(file.rows())
              << " have no equilibrium; the first is " << done.first_diagnosis << "\n";
  }
  if (!given.quiet) {
    std::cout << file.title() << "\n" << rows_in_words(file.rows()) << " in " << given.out;
    if (done.progress.kept > 0) std::cout << ", " << rows_in_words(done.progress.kept) << " of them from before";
    if (done.progress.solved > 0) {
      std::cout << "; " << rows_in_words(done.progress.solved) << " in " << grouped_number(done.progress.seconds, 1)
                << " s, " << grouped_number(done.progress.rate()) << " a second";
    }
    std::cout << "\none table of them: tariffsim sweep join " << given.out << " --out rows.csv\n";
  }
  return done.unsolved == file.rows() ? not_converged : solved;
}

int join(const JoinArguments& given) {
  const std::size_t rows = join_sweep(given.folder, given.out, given.unfinished);
  std::cout << "wrote " << rows_in_words(rows) << " to " << given.out << "\n";
  return solved;
}

void declare_join(CLI::App& command, Action& action) {
  auto* joined =
      command.add_subcommand("join", "Write the parts of a sweep as one CSV table, in the order of its rows");
  const auto given = std::make_shared<JoinArguments>();
  joined->add_option("folder", given->folder, "Folder of the sweep")->type_name("FOLDER")->required();
  joined->add_option("--out", given->out, "File to write; an earlier one is replaced")->type_name("FILE")->required();
  joined->add_flag("--unfinished", given->unfinished, "Of a sweep that is not finished, write the rows that are there");
  joined->final_callback([given, &action] { action = [given] { return join(*given); }; });
}

}  // namespace

void declare_sweep(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("sweep", "Solve the scenarios that a sweep file gives values to");
  const auto given = std::make_shared<SweepArguments>();
  command->add_option("file", given->file, "Sweep file (TOML)")->type_name("FILE");
  command->add_option("--out", given->out, "Folder for the answer; nothing there is replaced")->type_name("FOLDER");
  command->add_option("--world", given->world, "World, instead of what the sweep file says")->type_name("WORLD");
  command->add_option("--workers", given->workers, "Threads; without it all of the machine")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 1024).description(""));
  command->add_flag("--resume", given->resume, "Go on with a sweep that was interrupted; without one, begin it");
  command->add_flag("--rows", given->rows, "Only list the rows and their values, and solve nothing");
  command->add_flag("--quiet", given->quiet, "Print neither answer nor progress");
  command->footer(
      "A sweep file is a scenario file in which a name may stand for a value, and [sweep] says what it runs over.\n"
      "This one, rates.toml, is complete:\n"
      "  title = \"How welfare falls as tariffs rise\"\n"
      "  [[measure]]\n"
      "  kind = \"tariff\"\n"
      "  importer = \"USA\"\n"
      "  exporter = \"CHN\"\n"
      "  sector = \"goods\"\n"
      "  rate = \"$rate\"\n"
      "  [theory]\n"
      "  elasticity_scale = \"$scale\"\n"
      "  [sweep]\n"
      "  world = \"world-2022-27x12\"\n"
      "  outcomes = [\"real_income_pct\", \"flows[CHN->USA]\"]\n"
      "  [sweep.over]\n"
      "  rate = { from = 0, to = 1.5, count = 16 }\n"
      "  scale = { sobol = 8, lognormal = { median = 1, sd = 0.3 } }\n"
      "\n"
      "  tariffsim sweep rates.toml --out rates --workers 2\n"
      "  tariffsim sweep join rates --out rates.csv\n"
      "\n"
      "Values are a list, a range { from, to, count }, days { from, to, every_days } or draws { sobol | "
      "latin_hypercube |\n"
      "random = points, seed, and a distribution }: normal, lognormal, uniform, triangular, beta, empirical, "
      "truncated.\n"
      "[[sweep.design]] draws several numbers together, with a correlation. See docs/sweeps_cli.md.\n"
      "\n"
      "The folder holds sweep.json and part-00000.csv, part-00001.csv, … Ctrl-C keeps the parts that are done, and\n"
      "--resume goes on from there, also after a power cut. Exit code 0 also where some rows have no equilibrium: "
      "their\n"
      "cells are empty, with the diagnosis in the last column; 3 where none has one.");
  declare_join(*command, action);
  command->final_callback([given, command, &action] {
    if (command->get_subcommands().empty()) action = [given] { return sweep(*given); };
  });
}

}  // namespace tariffsim::cli
