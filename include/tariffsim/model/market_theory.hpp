// Theories of single markets: which partial equilibrium.
#pragma once

#include <string>
#include <variant>

namespace tariffsim {

/// The exact form: CES among sources, constant elasticities of demand and of export supply.
struct Partial {};

/// The linear form of Francois and Hall (2003).
struct Gsim {
  /// As published, the quadratic term of consumer surplus has the sign of the price change, which overstates losses.
  bool published_sign = false;
};

/// One importer's imports in linear form (Laird and Yeats 1986; Jammes and Olarreaga 2005).
struct Smart {
  std::string importer{};
};

using MarketTheory = std::variant<Partial, Gsim, Smart>;

[[nodiscard]] inline const char* name(const MarketTheory& theory) {
  constexpr const char* names[] = {"partial", "gsim", "smart"};
  return names[theory.index()];
}

/// A theory with what it was told: "gsim (published_sign)".
[[nodiscard]] inline std::string describe(const MarketTheory& theory) {
  std::string text = name(theory);
  if (const auto* gsim = std::get_if<Gsim>(&theory); gsim != nullptr && gsim->published_sign) {
    text += " (published_sign)";
  }
  if (const auto* smart = std::get_if<Smart>(&theory)) text += " (importer " + smart->importer + ")";
  return text;
}

}  // namespace tariffsim
