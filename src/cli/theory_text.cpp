#include "cli/theory_text.hpp"

#include <cstdlib>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/market_theory_keys.hpp"
#include "tariffsim/model/theory_keys.hpp"

namespace tariffsim::cli {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

/// A name, and parameters in their order.
struct Words {
  std::string name;
  std::vector<std::pair<std::string, std::string>> parameters;
};

Words words_of(const std::string& text) {
  std::istringstream parts(text);
  std::string part;
  Words words;
  while (std::getline(parts, part, ',')) {
    part = trimmed(part);
    const auto equals = part.find('=');
    if (words.name.empty() && equals == std::string::npos) {
      words.name = part;
      continue;
    }
    if (equals == std::string::npos) {
      throw InvalidInput("--theory", "'" + part + "' has no value", "write name,parameter=value,parameter=value");
    }
    words.parameters.emplace_back(trimmed(part.substr(0, equals)), trimmed(part.substr(equals + 1)));
  }
  return words;
}

}  // namespace

Theory theory_from_text(const std::string& text) {
  const Words words = words_of(text);
  TheoryKeys keys;
  for (const auto& [key, value] : words.parameters) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    const bool is_number = !value.empty() && *end == '\0';
    // "scale.AGR=0.1" is the exception of one code.
    const auto dot = key.find('.');
    if (dot != std::string::npos && key.rfind("factors.", 0) != 0 && key.rfind("horizon.", 0) != 0) {
      if (!is_number) throw InvalidInput("--theory", "'" + key + "=" + value + "' is not a number", "give a number");
      TheoryKey& slot = keys[key.substr(0, dot)];
      if (const auto* all = std::get_if<double>(&slot)) {
        slot = *all == 0 ? std::map<std::string, double>{} : std::map<std::string, double>{{"*", *all}};
      }
      std::get<std::map<std::string, double>>(slot)[key.substr(dot + 1)] = number;
    } else if (is_number) {
      keys[key] = number;
    } else {
      keys[key] = value;
    }
  }
  return theory_from(words.name.empty() ? "caliendo_parro" : words.name, keys);
}

MarketTheory market_theory_from_text(const std::string& text) {
  const Words words = words_of(text);
  MarketTheoryKeys keys;
  for (const auto& [key, value] : words.parameters) {
    if (value == "true" || value == "false") {
      keys[key] = value == "true";
    } else {
      keys[key] = value;
    }
  }
  try {
    return market_theory_from(words.name.empty() ? "partial" : words.name, keys);
  } catch (const InvalidInput& e) {
    throw InvalidInput("--theory: " + e.where(), e.problem(), e.remedy());
  }
}

}  // namespace tariffsim::cli
