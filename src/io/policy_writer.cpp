#include <cmath>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "io/atomic_folder.hpp"
#include "io/csv_text.hpp"
#include "io/numbers.hpp"
#include "io/policy_tables.hpp"
#include "io/toml_library.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"

namespace tariffsim {
namespace {

using detail::CsvText;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    if (word.find(' ') != std::string::npos) {
      throw InvalidInput("'" + word + "'", "a code with a blank in it cannot be written", "rename it");
    }
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::string number(double value) {
  std::string text;
  detail::append_number(text, value);
  return text;
}

std::string day(const std::optional<Date>& date) { return date ? date->iso() : std::string(); }

// Rates that a reader would ask about are written as percent.
std::string rate(double value) { return value > 5 ? number(100 * value) + "%" : number(value); }

/// The fields of a measure as text, in the order of measure_fields(); what is as it would be anyway is empty.
std::vector<std::string> fields_of(const Measure& m) {
  const bool all_goods = m.sectors == std::vector<std::string>{"goods"};
  return {m.id,
          m.title,
          m.importer,
          joined(m.exporters),
          joined(m.except_exporters),
          all_goods ? "" : joined(m.sectors),
          joined(m.products),
          joined(m.except_products),
          m.rate ? rate(*m.rate) : "",
          m.rate_table,
          name(m.base),
          m.base_share == 1 ? "" : number(m.base_share),
          m.claim.utilisation == 1 ? "" : number(m.claim.utilisation),
          m.claim.compliance_cost == 0 ? "" : number(m.claim.compliance_cost),
          m.claim.uptake ? number(m.claim.uptake->median) : "",
          m.claim.uptake ? number(m.claim.uptake->spread) : "",
          m.qualifying,
          m.use,
          m.authority,
          m.group,
          m.family == m.id ? "" : m.family,
          m.detail == Detail::any ? "" : name(m.detail),
          day(m.announced),
          day(m.legal.from),
          day(m.legal.until),
          day(m.collected.from),
          day(m.collected.until),
          m.source,
          name(m.confidence),
          m.note};
}

std::string measures_table(const Policy& p) {
  std::string header;
  for (const char* field : detail::measure_fields()) header += (header.empty() ? "" : ",") + std::string(field);
  CsvText text("measures.csv", header);
  for (const Measure& m : p.measures) {
    for (const auto& field : fields_of(m)) text << field;
    text.end_row();
  }
  return std::move(text).take();
}

std::string rules_table(const Policy& p) {
  CsvText text("rules.csv", "group,other,relation,value,from,to,detail,source,confidence");
  for (const StackingRule& r : p.rules) {
    text << r.group << r.other << name(r.relation) << (r.relation == Relation::cap ? rate(r.value) : "")
         << day(r.days.from) << day(r.days.until) << r.detail << r.source << name(r.confidence);
    text.end_row();
  }
  return std::move(text).take();
}

std::string exemptions_table(const Policy& p) {
  CsvText text("exemptions.csv",
               "id,importer,exporter,family,products,effective,ended,collected,collected_ended,source,confidence,note");
  for (const Exemption& e : p.exemptions) {
    text << e.id << e.importer << joined(e.exporters) << joined(e.families) << joined(e.products) << day(e.legal.from)
         << day(e.legal.until) << day(e.collected.from) << day(e.collected.until) << e.source << name(e.confidence)
         << e.note;
    text.end_row();
  }
  return std::move(text).take();
}

std::string products_table(const Policy& p) {
  CsvText text("products.csv", "list,code");
  for (const auto& [list, codes] : p.products) {
    for (const auto& code : codes) {
      text << list << code;
      text.end_row();
    }
  }
  return std::move(text).take();
}

std::string coverage_table(const Policy& p) {
  CsvText text("coverage.csv", "list,importer,exporter,sector,covered,total");
  for (const CoverageRow& row : p.coverage) {
    text << row.list << row.importer << row.exporter << row.sector << row.covered << row.total;
    text.end_row();
  }
  return std::move(text).take();
}

std::string rates_table(const Policy& p) {
  CsvText text("rates.csv", "table,exporter,importer,sector,rate,weight");
  for (const auto& [table, rows] : p.rate_tables) {
    for (const RateRow& row : rows) {
      text << table << row.exporter << row.importer << row.sector << rate(row.rate)
           << (row.weight > 0 ? number(row.weight) : "");
      text.end_row();
    }
  }
  return std::move(text).take();
}

std::string shares_table(const Policy& p) {
  CsvText text("shares.csv", "name,importer,exporter,sector,share,from");
  for (const QualifyingRow& row : p.qualifying) {
    text << row.name << row.importer << row.exporter << row.sector << row.share << day(row.from);
    text.end_row();
  }
  return std::move(text).take();
}

std::string sectors_table(const Policy& p) {
  CsvText text("sectors.csv", "sector,member");
  for (const auto& [sector, members] : p.sectors) {
    for (const auto& member : members) {
      text << sector << member;
      text.end_row();
    }
  }
  return std::move(text).take();
}

toml::date toml_day(const Date& date) {
  const std::string iso = date.iso();
  return toml::date{std::stoi(iso.substr(0, 4)), std::stoi(iso.substr(5, 2)), std::stoi(iso.substr(8, 2))};
}

toml::array texts(const std::vector<std::string>& words) {
  toml::array list;
  for (const auto& word : words) list.push_back(word);
  return list;
}

// What stands at the head of the file.
toml::table head(const Scenario& scenario) {
  const Policy& p = scenario.policy();
  toml::table root;
  root.insert("title", scenario.title().empty() ? "Scenario" : scenario.title());
  if (!p.description.empty()) root.insert("description", p.description);
  if (!p.attribution.empty()) root.insert("attribution", p.attribution);
  if (!p.licence.empty()) root.insert("licence", p.licence);
  if (p.unverified) root.insert("unverified", true);
  if (!scenario.groups().empty()) {
    toml::table groups;
    for (const auto& [group, countries] : scenario.groups()) groups.insert(group, texts(countries));
    root.insert("groups", std::move(groups));
  }
  if (!p.events.empty()) {
    toml::array events;
    for (const Event& e : p.events) {
      toml::table event;
      event.insert("name", e.name);
      event.insert("date", toml_day(e.date));
      if (!e.title.empty()) event.insert("title", e.title);
      events.push_back(std::move(event));
    }
    root.insert("event", std::move(events));
  }
  return root;
}

std::string printed(const toml::table& root) {
  std::ostringstream out;
  out << root << "\n";
  return std::move(out).str();
}

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return std::move(out).str();
}

// A field of a measure as TOML; numbers by their shortest text, which toml++ does not write.
std::string toml_value(const std::string& key, const std::string& field) {
  const std::set<std::string> lists = {"exporter", "except_exporter", "sector", "products", "except_products"};
  const std::set<std::string> plain = {"announced",   "effective",   "ended",          "collected",
                                       "rate",        "base_share",  "utilisation",    "compliance_cost",
                                       "median_cost", "cost_spread", "collected_ended"};
  if (lists.count(key) > 0) {
    std::string list;
    for (const auto& word : detail::words(field)) list += (list.empty() ? "[" : ", ") + quoted(word);
    return list + "]";
  }
  const bool percent = field.back() == '%';
  return plain.count(key) > 0 && !percent ? field : quoted(field);
}

void require_dated(const Scenario& scenario) {
  if (scenario.policy().measures.empty()) {
    throw InvalidInput("scenario '" + scenario.title() + "'", "has no dated measure to write", "add measures first");
  }
  if (!scenario.changes().empty() || !scenario.limits().empty()) {
    throw InvalidInput("scenario '" + scenario.title() + "'", "has changes or limits, which are not written",
                       "write its dated measures alone, and keep the changes in your own scenario file");
  }
}

void require_scenario_folder(const std::filesystem::path& folder) {
  const std::set<std::string> ours = {"scenario.toml", "measures.csv", "rules.csv",  "exemptions.csv", "products.csv",
                                      "coverage.csv",  "rates.csv",    "shares.csv", "sectors.csv"};
  const std::string foreign = detail::first_other_entry(folder, ours);
  if (!foreign.empty()) {
    throw InvalidInput(folder.string(), "holds '" + foreign + "', which is not part of a scenario",
                       "name a new folder, or move the file away");
  }
}

}  // namespace

std::map<std::string, std::string> format_scenario(const Scenario& scenario) {
  require_dated(scenario);
  const Policy& p = scenario.policy();
  toml::table root = head(scenario);
  std::map<std::string, std::string> files;
  const auto add = [&](const char* key, bool needed, std::string (*table)(const Policy&)) {
    if (!needed) return;
    const std::string file = std::string(key) + ".csv";
    root.insert(key, file);
    files[file] = table(p);
  };
  add("measures", true, measures_table);
  add("rules", !p.rules.empty(), rules_table);
  add("exemptions", !p.exemptions.empty(), exemptions_table);
  add("products", !p.products.empty(), products_table);
  add("coverage", !p.coverage.empty(), coverage_table);
  add("rates", !p.rate_tables.empty(), rates_table);
  add("shares", !p.qualifying.empty(), shares_table);
  add("sectors", !p.sectors.empty(), sectors_table);
  files["scenario.toml"] = printed(root);
  return files;
}

std::string format_measures(const Scenario& scenario) {
  require_dated(scenario);
  const Policy& p = scenario.policy();
  if (!p.rules.empty() || !p.exemptions.empty() || !p.products.empty() || !p.coverage.empty() ||
      !p.rate_tables.empty() || !p.qualifying.empty()) {
    throw InvalidInput("scenario '" + scenario.title() + "'", "has tables that a single TOML file does not hold",
                       "write it to a folder");
  }
  std::string text = printed(head(scenario));
  const auto& names = detail::measure_fields();
  for (const Measure& m : p.measures) {
    text += "\n[[measure]]\n";
    const auto fields = fields_of(m);
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (!fields[k].empty()) text += std::string(names[k]) + " = " + toml_value(names[k], fields[k]) + "\n";
    }
  }
  return text;
}

void write_scenario(const Scenario& scenario, const std::filesystem::path& folder) {
  detail::AtomicFolder target(folder, require_scenario_folder);
  target.write_all(format_scenario(scenario), {});
}

}  // namespace tariffsim
