// summary.json: how a solve went and what it was of.
#pragma once

#include <filesystem>
#include <string>

#include "tariffsim/model/case.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::detail {

[[nodiscard]] std::string format_summary(const Equilibrium& eq);

/// A summary where the base itself has no equilibrium; `answer` as in is_summary().
[[nodiscard]] std::string format_base_failure(const World& world, const Case& declared, const std::string& diagnosis,
                                              const std::string& answer = {});

/// True where a file is a summary that this program wrote; `answer` is "market" or "link", empty of a world.
[[nodiscard]] bool is_summary(const std::filesystem::path& file, const std::string& answer = {});

}  // namespace tariffsim::detail
