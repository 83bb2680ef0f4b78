// The option --closure of the commands that solve a world.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

namespace tariffsim::cli {

/// Adds --closure, which takes one of the rules for deficits; `help` says what it stands instead of.
inline void add_closure(CLI::App& command, std::string& rule, const std::string& help) {
  command.add_option("--closure", rule, help)
      ->type_name("RULE")
      ->check(CLI::IsMember(
                  {"balanced", "fixed_world_share", "fixed_income_share", "fixed_expenditure_share", "endogenous"})
                  .description(""));
}

}  // namespace tariffsim::cli
