// Parts of a summary.json that answers of worlds and of markets share.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/solve/certificate.hpp"

namespace tariffsim::detail {

using Json = nlohmann::ordered_json;

inline constexpr const char* kProgram = "tariffsim";

[[nodiscard]] Json closure_json(const Closure& closure);
[[nodiscard]] Json theory_json(const Theory& theory, const World& world);
[[nodiscard]] Json world_json(const World& world);
[[nodiscard]] Json versions_json();

/// Name, title, year, currency and unit.
[[nodiscard]] Json info_json(const WorldInfo& info);

/// A residual and its place; `sector` is what its second code names.
[[nodiscard]] Json residual_json(const Residual& residual, const char* sector = "sector");

/// As text. Titles from other programs may hold bytes that are not UTF-8; a summary is written all the same.
[[nodiscard]] std::string dumped(const Json& json);

}  // namespace tariffsim::detail
