// The sub-commands: each is declared on a parser and returns its exit code when it is run.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace tariffsim::cli {

/// Exit codes of the program.
enum Exit : int { solved = 0, failed = 1, bad_input = 2, not_converged = 3, signalled = 128 };

/// What the chosen sub-command does.
using Action = std::function<int()>;

void declare_run(CLI::App& app, Action& action);
void declare_theory(CLI::App& app, Action& action);
void declare_sweep(CLI::App& app, Action& action);
void declare_world(CLI::App& app, Action& action);
void declare_market(CLI::App& app, Action& action);
void declare_policy(CLI::App& app, Action& action);
void declare_policy_lines(CLI::App& policy, Action& action);

}  // namespace tariffsim::cli
