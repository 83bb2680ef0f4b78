// Theories by name and keys: the one declaration that files, programs and notebooks share.
#pragma once

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/model/theory.hpp"

namespace tariffsim {

/// What a key of a theory holds: a number, a word, or numbers by the code of a region or sector, "*" for all others.
using TheoryKey = std::variant<double, std::string, std::map<std::string, double>>;
/// Keys by name; those of a factor and of the horizon are dotted: "factors.capital.share", "horizon.speed".
using TheoryKeys = std::map<std::string, TheoryKey>;

/// A named theory: a declaration over the one system.
struct TheoryPreset {
  const char* name;
  const char* reference;
  const char* differs;  ///< how it differs from Caliendo and Parro's, in a line
  const char* needs;    ///< a key that must be given, or empty
};

/// All of them; docs/theories has a page on each.
[[nodiscard]] inline const std::vector<TheoryPreset>& theory_presets() {
  static const std::vector<TheoryPreset> presets = {
      {"caliendo_parro", "Caliendo and Parro (2015)", "the default", ""},
      {"armington", "Armington (1969); Anderson and van Wincoop (2003)", "the same equations: goods differ by origin",
       ""},
      {"eaton_kortum", "Eaton and Kortum (2002)", "the same equations: the cheapest source", ""},
      {"costinot_rodriguez_clare", "Costinot and Rodriguez-Clare (2014)", "the same equations", ""},
      {"krugman", "Krugman (1980)", "variety by free entry: scale elasticity 1 / theta", ""},
      {"melitz_chaney", "Melitz (2003); Chaney (2008)",
       "variety and selection of firms, fixed costs of markets, tariffs on sales", "firm_substitution"},
      {"external_economies", "Kucheryavyy, Lyn and Rodriguez-Clare (2023)", "productivity grows with a sector's size",
       "scale"},
      {"specific_factors", "Jones (1971)", "labour stays in its sector", ""},
      {"two_tier", "nested CES, as in most applied models", "home against imports apart from the sources of imports",
       "domestic_import"},
      {"elastic_labour", "Ignatenko, Lashkaripour, Macedoni and Simonovska (2025)", "labour supply answers to the wage",
       "labour_supply"},
  };
  return presets;
}

namespace detail {

class TheoryReader {
 public:
  TheoryReader(const std::string& name, const TheoryKeys& keys) : what_("theory '" + name + "'"), keys_(keys) {}

  [[nodiscard]] bool has(const std::string& key) const { return keys_.contains(key); }

  [[nodiscard]] double number(const std::string& key) const {
    if (const auto* value = std::get_if<double>(&keys_.at(key))) return *value;
    refuse(key, "is not a number", "give a number");
  }

  [[nodiscard]] std::string word(const std::string& key, const std::string& remedy) const {
    if (const auto* value = std::get_if<std::string>(&keys_.at(key))) return *value;
    refuse(key, "is not a word", remedy);
  }

  /// @param all what holds for codes that are not listed, where "*" is not.
  [[nodiscard]] Parameter parameter(const std::string& key, double all = std::nan("")) const {
    if (const auto* value = std::get_if<double>(&keys_.at(key))) return *value;
    if (std::holds_alternative<std::string>(keys_.at(key))) {
      refuse(key, "is a word", "give a number, or numbers by code with \"*\" for all others");
    }
    Parameter parameter(all, std::get<std::map<std::string, double>>(keys_.at(key)));
    if (const auto others = parameter.by.find("*"); others != parameter.by.end()) {
      parameter.value = others->second;
      parameter.by.erase(others);
    }
    return parameter;
  }

  [[noreturn]] void refuse(const std::string& key, const std::string& problem, const std::string& remedy) const {
    throw InvalidInput(what_ + ": " + key, problem, remedy);
  }

 private:
  std::string what_;
  const TheoryKeys& keys_;
};

inline WageAnchor anchor_from(const TheoryReader& read, const std::string& key) {
  const std::string word = read.word(key, "use 'real' or 'nominal'");
  if (word == "real") return WageAnchor::real;
  if (word == "nominal") return WageAnchor::nominal;
  read.refuse(key, "unknown '" + word + "'", "use 'real' or 'nominal'");
}

inline void read_wage(const TheoryReader& read, Factor& labour) {
  const std::string remedy = "use 'flexible', 'rigid_real' or 'rigid_nominal'";
  const std::string word = read.word("wage", remedy);
  if (word == "flexible") return;
  if (word != "rigid_real" && word != "rigid_nominal") read.refuse("wage", "unknown '" + word + "'", remedy);
  if (read.has("labour_supply")) {
    read.refuse("wage", "is rigid, and a labour supply is given", "leave one of the two out");
  }
  labour.supply = Factor::kFree;
  labour.anchor = word == "rigid_real" ? WageAnchor::real : WageAnchor::nominal;
}

// The factor that a dotted key belongs to, in the order in which they are first named; labour first.
inline Factor& factor_named(Theory& theory, const std::string& name) {
  for (Factor& factor : theory.factors) {
    if (factor.name == name) return factor;
  }
  Factor factor;
  factor.name = name;
  theory.factors.push_back(std::move(factor));
  return theory.factors.back();
}

inline void read_factor_key(const TheoryReader& read, const std::string& key, Theory& theory) {
  const std::string rest = key.substr(std::string("factors.").size());
  const auto dot = rest.rfind('.');
  const std::string remedy = "give share, mobility, supply or answers_to of a factor";
  if (dot == std::string::npos) read.refuse(key, "is not a property of a factor", remedy);
  Factor& factor = factor_named(theory, rest.substr(0, dot));
  const std::string property = rest.substr(dot + 1);
  if (property == "share") {
    factor.share = read.parameter(key);
  } else if (property == "mobility") {
    factor.mobility = read.number(key);
  } else if (property == "supply") {
    factor.supply = read.parameter(key, 0);
  } else if (property == "answers_to") {
    factor.anchor = anchor_from(read, key);
  } else {
    read.refuse(key, "unknown property '" + property + "'", remedy);
  }
}

inline void read_horizon(const TheoryReader& read, Theory& theory) {
  if (read.has("horizon")) {
    const std::string remedy = "use 'boehm_levchenko_pandalai_nayar', or give short_run and speed";
    if (read.word("horizon", remedy) != "boehm_levchenko_pandalai_nayar") {
      read.refuse("horizon", "unknown '" + read.word("horizon", remedy) + "'", remedy);
    }
    theory.horizon = Horizon::boehm_levchenko_pandalai_nayar();
  }
  const auto own = [&]() -> Horizon& {
    if (!theory.horizon) theory.horizon = Horizon{};
    return *theory.horizon;
  };
  if (read.has("horizon.short_run")) own().short_run = read.number("horizon.short_run");
  if (read.has("horizon.speed")) own().speed = read.number("horizon.speed");
  if (read.has("horizon.source")) own().source = read.word("horizon.source", "say where the numbers come from");
  if (theory.horizon) validate(*theory.horizon);
}

/// What each key sets; those with a dot are read apart.
using TheorySetter = std::function<void(const TheoryReader&, Theory&)>;

inline const std::map<std::string, TheorySetter>& theory_setters() {
  static const std::map<std::string, TheorySetter> setters = {
      {"sources", [](const TheoryReader& r, Theory& t) { t.sources = r.parameter("sources"); }},
      {"domestic_import", [](const TheoryReader& r, Theory& t) { t.domestic_import = r.parameter("domestic_import"); }},
      {"final_demand", [](const TheoryReader& r, Theory& t) { t.final_demand = r.number("final_demand"); }},
      {"value_added_materials",
       [](const TheoryReader& r, Theory& t) { t.value_added_materials = r.parameter("value_added_materials", 1); }},
      {"materials", [](const TheoryReader& r, Theory& t) { t.materials = r.number("materials"); }},
      {"scale",
       [](const TheoryReader& r, Theory& t) {
         t.scale = Scale::given;
         t.scale_elasticity = r.parameter("scale", 0);
       }},
      {"distribution_margin",
       [](const TheoryReader& r, Theory& t) { t.distribution_margin = r.parameter("distribution_margin", 0); }},
      {"pass_through", [](const TheoryReader& r, Theory& t) { t.pass_through = r.parameter("pass_through", 1); }},
      {"firm_substitution",
       [](const TheoryReader& r, Theory& t) { t.firm_substitution = r.parameter("firm_substitution"); }},
      {"labour_mobility",
       [](const TheoryReader& r, Theory& t) { t.factors.front().mobility = r.number("labour_mobility"); }},
      {"labour_supply",
       [](const TheoryReader& r, Theory& t) { t.factors.front().supply = r.parameter("labour_supply", 0); }},
      {"wage", [](const TheoryReader& r, Theory& t) { read_wage(r, t.factors.front()); }},
      {"capital_share",
       [](const TheoryReader& r, Theory& t) { factor_named(t, "capital").share = r.parameter("capital_share"); }},
      {"capital_mobility",
       [](const TheoryReader& r, Theory& t) {
         if (!r.has("capital_share")) {
           r.refuse("capital_mobility", "there is no capital", "give capital_share, a share of value added");
         }
         factor_named(t, "capital").mobility = r.number("capital_mobility");
       }},
      {"elasticity_scale",
       [](const TheoryReader& r, Theory& t) { t.elasticity_scale = r.parameter("elasticity_scale", 1); }},
      {"years", [](const TheoryReader& r, Theory& t) { t.years = r.number("years"); }},
      {"elasticity_source",
       [](const TheoryReader& r, Theory& t) {
         t.elasticity_source = r.word("elasticity_source", "say where the elasticities come from");
       }},
  };
  return setters;
}

}  // namespace detail

/// A theory as its name and keys declare it.
/// @throws InvalidInput on an unknown name or key, a key of the wrong kind, or one that the theory needs and lacks.
[[nodiscard]] inline Theory theory_from(const std::string& name, const TheoryKeys& keys = {}) {
  const TheoryPreset* preset = nullptr;
  std::vector<std::string> names;
  for (const TheoryPreset& each : theory_presets()) {
    if (name == each.name) preset = &each;
    names.emplace_back(each.name);
  }
  if (preset == nullptr) {
    throw InvalidInput("theory", "unknown theory '" + name + "'",
                       "of a world, use " + Labels("theory", names).suggestion(name.substr(0, 64)));
  }
  const detail::TheoryReader read(name, keys);
  if (*preset->needs != '\0' && !read.has(preset->needs)) {
    read.refuse(preset->needs, "is missing",
                std::string("give it: ") + preset->needs + " = a number, or numbers by code");
  }
  Theory theory;
  theory.name = name;
  if (name == "krugman" || name == "melitz_chaney") theory.scale = Scale::free_entry;
  if (name == "specific_factors") theory.factors.front().mobility = 0;
  const auto& setters = detail::theory_setters();
  for (const auto& [key, value] : keys) {
    if (const auto setter = setters.find(key); setter != setters.end()) {
      setter->second(read, theory);
    } else if (key.rfind("factors.", 0) == 0) {
      detail::read_factor_key(read, key, theory);
    } else if (key != "horizon" && key.rfind("horizon.", 0) != 0) {
      std::vector<std::string> known = {"horizon"};
      for (const auto& each : setters) known.push_back(each.first);
      read.refuse(key, "is no parameter of a theory",
                  "use " + Labels("parameter", known).suggestion(key.substr(0, 64)));
    }
  }
  detail::read_horizon(read, theory);
  return theory;
}

/// What a theory says where it differs from Caliendo and Parro's: keys and values in words, in the order of the system.
[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> describe(const Theory& theory) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto say = [&](const char* key, std::string value) { out.emplace_back(key, std::move(value)); };
  if (theory.sources) say("sources", describe(*theory.sources));
  if (theory.domestic_import) say("domestic_import", describe(*theory.domestic_import));
  if (theory.final_demand != 1) say("final_demand", show(theory.final_demand));
  if (!theory.value_added_materials.is(1)) say("value_added_materials", describe(theory.value_added_materials));
  if (theory.materials != 1) say("materials", show(theory.materials));
  if (theory.scale == Scale::free_entry) say("scale", "1 / theta (free entry)");
  if (theory.scale == Scale::given) say("scale", describe(theory.scale_elasticity));
  if (theory.firm_substitution) say("firm_substitution", describe(*theory.firm_substitution));
  if (!theory.distribution_margin.is(0)) say("distribution_margin", describe(theory.distribution_margin));
  if (!theory.pass_through.is(1)) say("pass_through", describe(theory.pass_through));
  for (const Factor& factor : theory.factors) {
    const Factor plain{.name = factor.name};
    if (factor == plain && theory.factors.size() == 1) continue;
    std::string text = factor.share ? "share " + describe(*factor.share) + ", " : "";
    text += std::isinf(factor.mobility) ? "mobile"
            : factor.mobility == 0      ? "specific"
                                        : "mobility " + show(factor.mobility);
    if (!factor.supply.is(0)) {
      text += ", supply " + describe(factor.supply) + " of its " +
              (factor.anchor == WageAnchor::real ? "real" : "nominal") + " price";
    }
    out.emplace_back(factor.name, std::move(text));
  }
  if (theory.horizon) {
    say("horizon", "short run " + show(theory.horizon->short_run) + ", speed " + show(theory.horizon->speed));
    if (theory.years) say("years", show(*theory.years));
  }
  if (!theory.elasticity_scale.is(1)) say("elasticity_scale", describe(theory.elasticity_scale));
  return out;
}

/// In a line: "two_tier (domestic_import 2, labour specific)".
[[nodiscard]] inline std::string in_a_line(const Theory& theory) {
  std::string text;
  for (const auto& [key, value] : describe(theory)) text += (text.empty() ? "" : "; ") + key + " " + value;
  return text.empty() ? theory.name : theory.name + " (" + text + ")";
}

}  // namespace tariffsim
