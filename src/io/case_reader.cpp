#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "io/case_reader.hpp"
#include "io/policy_reader.hpp"
#include "io/terms_reader.hpp"
#include "io/text_file.hpp"
#include "io/toml_table.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/market_theory_keys.hpp"
#include "tariffsim/model/theory_keys.hpp"

namespace tariffsim {
namespace {

using detail::choice;
using detail::in_quotes;
using detail::TomlTable;

constexpr Instrument kInstruments[] = {
    Instrument::tariff,       Instrument::specific_tariff, Instrument::preference,   Instrument::non_tariff,
    Instrument::reexport,     Instrument::transshipment,   Instrument::export_tax,   Instrument::trade_cost,
    Instrument::ban,          Instrument::taste,           Instrument::productivity, Instrument::production_subsidy,
    Instrument::final_demand, Instrument::deficit};
constexpr Operation kOperations[] = {Operation::set, Operation::add, Operation::scale, Operation::floor};

constexpr const char* kScopeRemedy = "name it: codes, a group or, for all, \"*\"";

/// Which keys an instrument takes.
struct Form {
  bool pair;  ///< importer and exporter, else region
  bool sector;
  const char* value;   ///< key of its value; nullptr where it has none
  const char* remedy;  ///< what the value is
  bool operation;
};

Form form_of(Instrument instrument) {
  switch (instrument) {
    case Instrument::tariff:
    case Instrument::export_tax: return {true, true, "rate", "give an ad valorem rate: 0.25 is 25 percent", true};
    case Instrument::specific_tariff:
      return {true, true, "rate", "give the ad valorem equivalent at base prices: 0.25 is 25 percent", true};
    case Instrument::preference: return {true, true, "rate", "give the preferential rate: 0 is free of duty", false};
    case Instrument::non_tariff:
      return {true, true, "ad_valorem", "give the price effect as an ad valorem equivalent: 0.25 is 25 percent", false};
    case Instrument::reexport:
      return {true, true, "share", "give the share of the flow that goes through the hub in the base", false};
    case Instrument::transshipment: return {true, true, nullptr, "", false};
    case Instrument::trade_cost:
      return {true, true, "factor", "give a ratio above zero: 1.1 is ten percent dearer", false};
    case Instrument::taste:
      return {true, true, "factor", "give a ratio: 1.1 is ten percent more, 0 is none at all", false};
    case Instrument::ban: return {true, true, nullptr, "", false};
    case Instrument::productivity:
      return {false, true, "factor", "give a ratio above zero: 1.02 is two percent more", false};
    case Instrument::production_subsidy:
      return {false, true, "rate", "give a share of the unit cost: 0.1 is 10 percent", false};
    case Instrument::final_demand:
      return {false, true, "factor", "give a ratio: 1.1 is ten percent more, 0 is none at all", false};
    case Instrument::deficit: return {false, false, "value", "give an amount in the world's currency", true};
  }
  return {};
}

std::vector<std::string> keys_of(const Form& form) {
  std::vector<std::string> keys = {"kind", "effective", "ended"};
  if (form.pair) {
    keys.insert(keys.end(), {"importer", "exporter"});
  } else {
    keys.emplace_back("region");
  }
  if (form.sector) keys.emplace_back("sector");
  if (form.operation) keys.emplace_back("operation");
  if (form.value != nullptr) keys.insert(keys.end(), {form.value, "table"});
  return keys;
}

// A number that this instrument can take by itself; the rate in force is checked when the scenario meets a world.
void require_in_range(const TomlTable& table, const Change& change, const Form& form, double value) {
  bool allowed = true;
  switch (change.instrument) {
    case Instrument::tariff:
    case Instrument::export_tax:
      if (change.operation == Operation::set || change.operation == Operation::floor) allowed = value > -1;
      break;
    case Instrument::preference:
    case Instrument::non_tariff: allowed = value > -1; break;
    case Instrument::reexport: allowed = value >= 0 && value < 1; break;
    case Instrument::production_subsidy: allowed = value < 1; break;
    case Instrument::trade_cost:
    case Instrument::productivity: allowed = value > 0; break;
    case Instrument::specific_tariff:
    case Instrument::taste:
    case Instrument::final_demand: allowed = value >= 0; break;
    case Instrument::ban:
    case Instrument::transshipment:
    case Instrument::deficit: break;
  }
  if (allowed) return;
  const bool rate = change.instrument == Instrument::tariff || change.instrument == Instrument::export_tax;
  table.refuse(form.value, std::string("'") + form.value + "' is out of range",
               rate ? "rates are ad valorem (0.25 is 25 percent) and above -1" : form.remedy);
}

Value value_of(const TomlTable& table, const Change& change, const Form& form, const std::filesystem::path& file,
               const FileReader& files) {
  if (form.value == nullptr) return 0.0;
  const bool has_value = table.has(form.value), has_table = table.has("table");
  if (has_value && has_table) {
    table.refuse("table", std::string("there is both '") + form.value + "' and 'table'", "keep one of the two");
  }
  if (has_table) {
    const std::string remedy = "give the path of a CSV file, relative to the scenario file";
    const std::string path = table.text("table", remedy);
    if (path.find('\0') != std::string::npos) table.refuse("table", "'table' is not a path", remedy);
    try {
      const std::filesystem::path table_file = file.parent_path() / path;
      return parse_table(files(table_file), table_file, change.instrument);
    } catch (const InvalidInput& e) {
      throw InvalidInput(e.where(), e.problem() + " (named in " + table.where("table") + ")", e.remedy());
    }
  }
  if (!has_value) {
    throw InvalidInput(table.where(), table.what() + ": there is no '" + form.value + "'",
                       std::string(form.remedy) + ", or the path of a table: table = \"file.csv\"");
  }
  const double value = table.number(form.value, form.remedy);
  require_in_range(table, change, form, value);
  return value;
}

Change read_measure(const toml::table& node, const std::filesystem::path& file, std::size_t number,
                    const FileReader& files) {
  const TomlTable unnamed(node, file.string(), "measure " + std::to_string(number));
  Change change;
  change.instrument = choice(unnamed, "kind", kInstruments, "give its kind, such as kind = \"tariff\"");
  const Form form = form_of(change.instrument);
  const TomlTable table(node, file.string(), unnamed.what() + " (" + name(change.instrument) + ")");
  std::vector<std::string> known = keys_of(form);
  for (const char* key : detail::term_keys(change.instrument)) known.emplace_back(key);
  table.require_known(known);

  const auto line = node.source().begin.line;
  change.origin = file.string() + ":" + std::to_string(line) + " " + table.what();
  if (form.pair) {
    change.importer = Selector(table.texts("importer", kScopeRemedy));
    change.exporter = Selector(table.texts("exporter", kScopeRemedy));
  } else {
    change.exporter = Selector(table.texts("region", kScopeRemedy));
  }
  if (form.sector) change.sector = Selector(table.texts("sector", "name it: codes, \"goods\", \"services\" or \"*\""));
  // As the methods of Scenario have it: a factor multiplies, whatever a table does not list is unchanged.
  const bool factor = form.value != nullptr && std::string_view(form.value) == "factor";
  change.operation = factor ? Operation::scale : Operation::set;
  if (form.operation && table.has("operation")) {
    change.operation = choice(table, "operation", kOperations, "give \"set\", \"add\", \"scale\" or \"floor\"");
    if (change.instrument == Instrument::deficit && change.operation == Operation::floor) {
      table.refuse("operation", "operation 'floor' has no meaning for a deficit", "use \"set\", \"add\" or \"scale\"");
    }
  }
  change.value = value_of(table, change, form, file, files);
  change.terms = detail::read_terms(table, change.instrument);
  change.days = detail::read_days(table);
  if (table.has("table")) {
    change.origin += ", " + (file.parent_path() / table.text("table", "")).string();
  }
  return change;
}

const toml::table& table_at(const TomlTable& root, const char* key) {
  const toml::table* table = root.table()[key].as_table();
  if (table == nullptr) {
    root.refuse(key, std::string("'") + key + "' is not a table",
                std::string("write [") + key + "] on a line of its own");
  }
  return *table;
}

Closure read_closure(const toml::table& node, const std::string& file) {
  const TomlTable table(node, file, "closure");
  table.require_known({"deficits", "numeraire", "revenue", "saving_response"});
  Closure closure;
  if (table.has("deficits")) {
    constexpr Deficits kDeficits[] = {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share,
                                      Deficits::fixed_expenditure_share, Deficits::endogenous};
    closure.deficits = choice(table, "deficits", kDeficits, "name the rule for trade deficits");
  }
  if (table.has("numeraire"))
    closure.numeraire = table.text("numeraire", "give \"world_value_added\" or a region code");
  if (table.has("revenue")) {
    constexpr Revenue kRevenue[] = {Revenue::household, Revenue::income_tax, Revenue::wasted};
    closure.revenue = choice(table, "revenue", kRevenue, "name what revenue is used for");
  }
  if (table.has("saving_response")) {
    closure.saving_response = table.number("saving_response", "give an elasticity, zero or more");
  }
  try {
    validate(closure);
  } catch (const InvalidInput& e) {
    table.refuse("saving_response", e.problem(), e.remedy());
  }
  return closure;
}

// A number, a word, or numbers by code; "inf" is a number of TOML.
TheoryKey theory_key(const TomlTable& table, const std::string& key, const toml::node& node) {
  if (node.is_number()) return node.value<double>().value_or(std::nan(""));
  if (const auto word = node.value_exact<std::string>()) return *word;
  const toml::table* by_code = node.as_table();
  if (by_code == nullptr) {
    table.refuse(key.c_str(), in_quotes(key) + " is neither a number, a word nor a table of numbers",
                 "write a number, or numbers by code: { \"*\" = 4, AGR = 6 }");
  }
  std::map<std::string, double> numbers;
  for (const auto& [code, value] : *by_code) {
    if (!value.is_number()) {
      table.refuse(key.c_str(), in_quotes(key) + ": " + in_quotes(std::string(code.str())) + " is not a number",
                   "write numbers by code: { \"*\" = 4, AGR = 6 }");
    }
    numbers[std::string(code.str())] = value.value<double>().value_or(std::nan(""));
  }
  return numbers;
}

// A theory of markets, where the table names one.
std::optional<MarketTheory> read_market_theory(const TomlTable& table, const std::string& theory) {
  auto known = keys_of_market_theory(theory);
  if (!known) return std::nullopt;
  known->emplace_back("name");
  table.require_known(*known);
  MarketTheoryKeys keys;
  if (table.has("importer")) keys["importer"] = table.text("importer", "give the code of one region");
  if (table.has("published_sign")) {
    const auto published = table.at("published_sign", "").value_exact<bool>();
    if (!published) {
      table.refuse("published_sign", "'published_sign' is neither true nor false", "write published_sign = true");
    }
    keys["published_sign"] = *published;
  }
  try {
    return market_theory_from(theory, keys);
  } catch (const InvalidInput& e) {
    throw InvalidInput(table.where(), e.where() + ": " + e.problem(), e.remedy());
  }
}

void read_theory(const toml::table& node, const std::string& file, Case& declared) {
  const TomlTable table(node, file, "theory");
  const std::string theory = table.has("name") ? table.text("name", "name a theory") : "caliendo_parro";
  declared.market_theory = read_market_theory(table, theory);
  if (declared.market_theory) return;
  TheoryKeys keys;
  for (const auto& entry : node) {
    const std::string key(entry.first.str());
    if (key == "name") continue;
    if (key == "horizon" && entry.second.is_table()) {
      for (const auto& [part, value] : *entry.second.as_table()) {
        keys["horizon." + std::string(part.str())] = theory_key(table, key, value);
      }
    } else if (key == "factors" && entry.second.is_table()) {
      for (const auto& [factor, properties] : *entry.second.as_table()) {
        if (!properties.is_table())
          table.refuse("factors", "a factor is not a table", "write [theory.factors.capital]");
        for (const auto& [property, value] : *properties.as_table()) {
          keys["factors." + std::string(factor.str()) + "." + std::string(property.str())] =
              theory_key(table, key, value);
        }
      }
    } else {
      keys[key] = theory_key(table, key, entry.second);
    }
  }
  try {
    declared.theory = theory_from(theory, keys);
  } catch (const InvalidInput& e) {
    const bool unknown = e.where() == "theory";
    throw InvalidInput(table.where(), e.where() + ": " + e.problem(),
                       e.remedy() + (unknown ? "; of a market 'partial', 'gsim' or 'smart'" : ""));
  }
}

Scenario read_groups(const toml::table& node, const std::string& file, Scenario scenario) {
  const TomlTable table(node, file, "groups");
  for (const auto& entry : node) {
    const std::string group(entry.first.str());
    const std::string remedy = "list its region codes, such as " + std::string("EAST = [\"CHN\", \"JPN\"]");
    if (group.empty() || group == "*") {
      table.refuse(group.c_str(), "a group is called " + in_quotes(group), "give it a name of letters");
    }
    std::vector<std::string> regions = table.texts(group.c_str(), remedy);
    std::map<std::string, int> times;
    for (const auto& region : regions) {
      if (++times[region] == 2) {
        table.refuse(group.c_str(), "group " + in_quotes(group) + " lists " + in_quotes(region) + " twice",
                     "list it once");
      }
    }
    scenario = scenario.group(group, std::move(regions));
  }
  return scenario;
}

/// What a limit is called in a file, and what it is.
struct LimitKind {
  const char* kind;
  Limited limited;
  Sense sense;
  const char* level;  ///< key of its level
};

constexpr LimitKind kLimits[] = {{"quota", Limited::quantity, Sense::at_most, "at_most"},
                                 {"commitment", Limited::quantity, Sense::at_least, "at_least"},
                                 {"purchase", Limited::value, Sense::at_least, "at_least"},
                                 {"share_cap", Limited::import_share, Sense::at_most, "at_most"},
                                 {"tariff_rate_quota", Limited::quantity, Sense::at_most, "quota"}};

const LimitKind* limit_kind(const toml::table& node) {
  const auto kind = node["kind"].value_exact<std::string>();
  for (const LimitKind& known : kLimits) {
    if (kind && *kind == known.kind) return &known;
  }
  return nullptr;
}

Scenario::DeclaredLimit read_limit(const toml::table& node, const LimitKind& kind, const std::string& file,
                                   std::size_t number) {
  const TomlTable table(node, file, "measure " + std::to_string(number) + " (" + kind.kind + ")");
  const bool two_rates = std::string_view(kind.kind) == "tariff_rate_quota";
  const bool share = kind.limited == Limited::import_share;
  std::vector<std::string> known = {"kind",     "name", "importer",  "exporter", "sector",
                                    kind.level, "rent", "effective", "ended"};
  if (two_rates) known.emplace_back("out_of_quota");
  if (!share) known.emplace_back("absolute");
  table.require_known(known);
  Scenario::DeclaredLimit out;
  out.limited = kind.limited;
  out.sense = kind.sense;
  Limit& l = out.limit;
  l.name =
      table.has("name") ? table.text("name", "name the limit") : std::string(kind.kind) + " " + std::to_string(number);
  l.importer = Selector(table.texts("importer", kScopeRemedy));
  l.exporter = Selector(table.texts("exporter", kScopeRemedy));
  l.sector = Selector(table.texts("sector", "name it: codes, \"goods\", \"services\" or \"*\""));
  l.level =
      table.number(kind.level, share ? "give a share: 0.25 is 25 percent"
                                     : "give a multiple of the base (0.8 is a fifth less), or with absolute = true "
                                       "an amount in the world's currency");
  if (table.has("absolute")) {
    const auto absolute = node["absolute"].value_exact<bool>();
    if (!absolute) table.refuse("absolute", "'absolute' is neither true nor false", "write absolute = true");
    l.relative = !*absolute;
  }
  if (table.has("rent")) l.rent = detail::read_owner(table);
  out.days = detail::read_days(table);
  if (two_rates) out.out_of_quota = table.number("out_of_quota", "give the rate beyond the quota: 0.5 is 50 percent");
  return out;
}

// A measure with an id is a dated act; without, it is an operation on the rates in force.
bool is_dated(const toml::node& node) { return node.is_table() && node.as_table()->contains("id"); }

std::filesystem::path file_in(const std::filesystem::path& file_or_folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(file_or_folder, ignored)) return file_or_folder;
  std::filesystem::path file = file_or_folder / "scenario.toml";
  if (std::filesystem::exists(file, ignored)) return file;
  throw InvalidInput(file_or_folder.string(), "is a folder without a scenario.toml",
                     "give a scenario file (TOML), or a folder that holds a scenario.toml");
}

}  // namespace

namespace detail {

toml::table parse_toml(std::string_view text, const std::string& file) {
  require_utf8(text, file);
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& e) {
    const auto begin = e.source().begin;
    throw InvalidInput(file + ":" + std::to_string(begin.line) + ":" + std::to_string(begin.column),
                       std::string("is not valid TOML: ") + std::string(e.description()), "correct the line");
  }
}

std::vector<std::string> case_keys() {
  std::vector<std::string> known = {"title", "theory", "closure", "groups", "measure"};
  for (const char* key : policy_keys()) known.emplace_back(key);
  return known;
}

void read_model(const toml::table& document, const std::filesystem::path& file, Case& declared) {
  const std::string name = file.string();
  const TomlTable root(document, name, "scenario");
  if (root.has("theory")) read_theory(table_at(root, "theory"), name, declared);
  if (root.has("closure")) declared.closure = read_closure(table_at(root, "closure"), name);
}

Scenario read_scenario(const toml::table& document, const std::filesystem::path& file, const FileReader& files) {
  const std::string name = file.string();
  const TomlTable root(document, name, "scenario");
  Scenario scenario(root.text("title", "start the file with a title, such as title = \"A tariff war\""));
  if (root.has("groups")) scenario = read_groups(table_at(root, "groups"), name, scenario);
  Policy policy = read_policy(root, file, files);

  if (root.has("measure")) {
    const std::string remedy = "write [[measure]] on a line of its own before each measure";
    const toml::array* measures = document["measure"].as_array();
    if (measures == nullptr) root.refuse("measure", "'measure' is not an array of tables", remedy);
    std::size_t number = 0;
    for (const toml::node& node : *measures) {
      if (!node.is_table()) root.refuse("measure", "'measure' is not an array of tables", remedy);
      ++number;
      if (const LimitKind* kind = limit_kind(*node.as_table())) {
        scenario = scenario.with(read_limit(*node.as_table(), *kind, name, number));
      } else if (is_dated(node)) {
        policy.measures.push_back(read_dated_measure(*node.as_table(), name, number));
      } else {
        scenario = scenario.with(read_measure(*node.as_table(), file, number, files));
      }
    }
  }
  if (!policy.measures.empty()) {
    policy.groups = scenario.groups();
    scenario = scenario.with(std::move(policy));
  }
  return scenario;
}

}  // namespace detail

Case parse_case(std::string_view text, const std::filesystem::path& file, const FileReader& files) {
  const toml::table document = detail::parse_toml(text, file.string());
  TomlTable(document, file.string(), "scenario").require_known(detail::case_keys());
  Case declared;
  detail::read_model(document, file, declared);
  declared.scenario = detail::read_scenario(document, file, files);
  return declared;
}

Case read_case(const std::filesystem::path& file_or_folder) {
  const std::filesystem::path file = file_in(file_or_folder);
  return parse_case(detail::read_text(file), file);
}

std::string read_file(const std::filesystem::path& file) { return detail::read_text(file); }

}  // namespace tariffsim
