// summary.json: how a solve went and what it was of.
#pragma once

#include <filesystem>
#include <string>

#include "tariffsim/model/case.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::detail {

[[nodiscard]] std::string format_summary(const Equilibrium& eq);

/// A summary where the base itself has no equilibrium.
[[nodiscard]] std::string format_base_failure(const World& world, const Case& declared, const std::string& diagnosis);

/// True where a file is a summary that this program wrote.
[[nodiscard]] bool is_summary(const std::filesystem::path& file);

}  // namespace tariffsim::detail
