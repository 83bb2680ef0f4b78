// The files of an answer as texts by name, and which folders an answer may replace.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim::detail {

using ResultFiles = std::map<std::string, std::string>;

/// Every name that these files may have.
[[nodiscard]] const std::set<std::string>& result_names();
[[nodiscard]] const std::set<std::string>& market_result_names();

/// The tables and summary.json; where there is no equilibrium, summary.json alone.
[[nodiscard]] ResultFiles result_files(const Equilibrium& eq);
[[nodiscard]] ResultFiles market_result_files(const PartialEquilibrium& eq);

/// Refuses to replace a folder without the summary of such an answer; `answer` as in is_summary().
void require_summary(const std::filesystem::path& folder, const char* answer);

/// Refuses to replace a folder because of an entry in it.
[[noreturn]] void refuse_entry(const std::filesystem::path& folder, const std::string& entry);

}  // namespace tariffsim::detail
