// Theories of markets by name and keys: the one declaration that files and programs share.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/model/market_theory.hpp"

namespace tariffsim {

/// Keys of a theory of markets by name: `published_sign` is true or false, `importer` the code of a region.
using MarketTheoryKeys = std::map<std::string, std::variant<bool, std::string>>;

/// The keys that a theory of markets has; nothing where there is no theory of that name.
[[nodiscard]] inline std::optional<std::vector<std::string>> keys_of_market_theory(const std::string& theory) {
  if (theory == "partial") return std::vector<std::string>{};
  if (theory == "gsim") return std::vector<std::string>{"published_sign"};
  if (theory == "smart") return std::vector<std::string>{"importer"};
  return std::nullopt;
}

/// @throws InvalidInput on an unknown name, a key that the theory does not have, and an importer that is missing.
[[nodiscard]] inline MarketTheory market_theory_from(const std::string& theory, const MarketTheoryKeys& keys = {}) {
  const auto known = keys_of_market_theory(theory);
  if (!known) {
    throw InvalidInput("theory", "unknown theory '" + theory.substr(0, 64) + "'",
                       "of a market, use 'partial', 'gsim' or 'smart'");
  }
  const std::string where = "theory '" + theory + "'";
  for (const auto& each : keys) {
    if (!known->empty() && each.first == known->front()) continue;
    throw InvalidInput(where, "has no parameter '" + each.first.substr(0, 64) + "'",
                       known->empty() ? "give its name alone" : "it has '" + known->front() + "'");
  }
  if (theory == "gsim") {
    if (keys.empty()) return Gsim{};
    if (const auto* published = std::get_if<bool>(&keys.at("published_sign"))) return Gsim{*published};
    throw InvalidInput(where + ": published_sign", "is neither true nor false", "give true or false");
  }
  if (theory == "smart") {
    const auto importer = keys.find("importer");
    const auto* code = importer == keys.end() ? nullptr : std::get_if<std::string>(&importer->second);
    if (code != nullptr && !code->empty()) return Smart{*code};
    throw InvalidInput(where + ": importer", importer == keys.end() ? "is missing" : "is no code",
                       "give the code of the region whose imports it looks at, such as USA");
  }
  return Partial{};
}

}  // namespace tariffsim
