#include "io/policy_tables.hpp"

#include <cstring>
#include <optional>
#include <utility>

#include "io/csv_table.hpp"
#include "io/numbers.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/policy/policy_checks.hpp"

namespace tariffsim::detail {
namespace {

template <class Choice, std::size_t N>
Choice choice(const std::string& text, const Choice (&choices)[N], const char* what, const std::string& where) {
  std::vector<std::string> names;
  for (const Choice one : choices) {
    if (text == name(one)) return one;
    names.emplace_back(name(one));
  }
  throw InvalidInput(where, std::string("unknown ") + what + " " + in_quotes(text),
                     "use " + Labels(what, names).suggestion(text.substr(0, 64)));
}

constexpr DutyBase kBases[] = {DutyBase::full_value, DutyBase::content, DutyBase::floor, DutyBase::preference};
constexpr Confidence kConfidences[] = {Confidence::seen, Confidence::second_hand, Confidence::unverified};
constexpr Detail kDetails[] = {Detail::any, Detail::product, Detail::sector};
constexpr Relation kRelations[] = {Relation::adds, Relation::excludes, Relation::larger, Relation::floor,
                                   Relation::cap};

double number_of(const std::string& text, const std::string& where) {
  double value = 0;
  if (parse_number(text, value) != NumberProblem::none) {
    throw InvalidInput(where, in_quotes(text) + " is not a number", "write a plain number such as 0.25");
  }
  return value;
}

std::optional<Date> date_of(const std::string& text, const std::string& where) {
  if (text.empty()) return std::nullopt;
  return Date::parse(text, where);
}

std::vector<std::string> terms(const std::string& text, const char* otherwise) {
  std::vector<std::string> found = words(text);
  if (found.empty() && otherwise != nullptr) found.emplace_back(otherwise);
  return found;
}

// A field of a CSV row, or "" where the file has no such column.
std::string field(const CsvTable& table, std::size_t column) {
  return table.has(column) ? std::string(table.text(column)) : std::string();
}

Span span_of(const CsvTable& table, std::size_t from, std::size_t until) {
  return {date_of(field(table, from), table.where() + " " + table.name(from)),
          date_of(field(table, until), table.where() + " " + table.name(until))};
}

std::string required(const CsvTable& table, std::size_t column) {
  std::string text = field(table, column);
  if (text.empty()) table.refuse(std::string("column '") + table.name(column) + "' is empty", "fill it in");
  return text;
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find(' ', start), text.size());
    if (end > start) found.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return found;
}

double parse_rate(const std::string& text, const std::string& where) {
  for (const std::string suffix : {" percent", "%"}) {
    if (text.size() <= suffix.size() || text.compare(text.size() - suffix.size(), suffix.size(), suffix) != 0) continue;
    return number_of(text.substr(0, text.size() - suffix.size()), where) / 100;
  }
  const double rate = number_of(text, where);
  if (rate > kLargestPlainRate) {
    throw InvalidInput(where, "a rate of " + show(rate) + " is " + show(100 * rate) + " percent",
                       "write " + show(rate / 100) + " for " + show(rate) + " percent, or \"" + show(100 * rate) +
                           "%\" if that is what you mean");
  }
  return rate;
}

const std::vector<const char*>& measure_fields() {
  static const std::vector<const char*> fields = {"id",
                                                  "title",
                                                  "importer",
                                                  "exporter",
                                                  "except_exporter",
                                                  "sector",
                                                  "products",
                                                  "except_products",
                                                  "rate",
                                                  "rate_table",
                                                  "base",
                                                  "base_share",
                                                  "utilisation",
                                                  "compliance_cost",
                                                  "median_cost",
                                                  "cost_spread",
                                                  "qualifying",
                                                  "use",
                                                  "authority",
                                                  "group",
                                                  "family",
                                                  "level",
                                                  "announced",
                                                  "effective",
                                                  "ended",
                                                  "collected",
                                                  "collected_ended",
                                                  "source",
                                                  "confidence",
                                                  "note"};
  return fields;
}

namespace {

// The costs that the use of a preference responds to, where they are given.
void read_uptake(const MeasureFields& f, PreferenceUse& claim) {
  const std::string median = f.text("median_cost"), spread = f.text("cost_spread");
  if (median.empty()) {
    if (spread.empty()) return;
    throw InvalidInput(f.where("cost_spread"), "a spread of costs without their median", "give median_cost too");
  }
  if (!f.text("utilisation").empty() || !f.text("compliance_cost").empty()) {
    throw InvalidInput(f.where("median_cost"), "the use of the preference is given, and yet responds to its margin",
                       "give utilisation and compliance_cost, or median_cost and cost_spread");
  }
  const double half = number_of(median, f.where("median_cost"));
  claim.uptake = Uptake{half, spread.empty() ? half / 2 : number_of(spread, f.where("cost_spread"))};
}

}  // namespace

Measure make_measure(const MeasureFields& f) {
  Measure m;
  m.origin = f.origin;
  m.id = f.text("id");
  m.title = f.text("title");
  m.importer = f.text("importer");
  m.exporters = terms(f.text("exporter"), "*");
  m.except_exporters = terms(f.text("except_exporter"), nullptr);
  m.sectors = terms(f.text("sector"), "goods");
  m.products = terms(f.text("products"), nullptr);
  m.except_products = terms(f.text("except_products"), nullptr);
  for (auto* list : {&m.products, &m.except_products}) {
    for (auto& term : *list) {
      if (is_code(code_digits(term))) term = code_digits(term);
    }
  }
  if (const std::string rate = f.text("rate"); !rate.empty()) m.rate = parse_rate(rate, f.where("rate"));
  m.rate_table = f.text("rate_table");
  if (const std::string base = f.text("base"); !base.empty()) m.base = choice(base, kBases, "base", f.where("base"));
  if (const std::string s = f.text("base_share"); !s.empty()) m.base_share = number_of(s, f.where("base_share"));
  if (const std::string s = f.text("utilisation"); !s.empty())
    m.claim.utilisation = number_of(s, f.where("utilisation"));
  if (const std::string s = f.text("compliance_cost"); !s.empty()) {
    m.claim.compliance_cost = number_of(s, f.where("compliance_cost"));
  }
  read_uptake(f, m.claim);
  m.qualifying = f.text("qualifying");
  m.use = f.text("use");
  m.authority = f.text("authority");
  m.group = f.text("group");
  m.family = f.text("family");
  if (m.family.empty()) m.family = m.id;
  if (const std::string s = f.text("level"); !s.empty()) m.detail = choice(s, kDetails, "level", f.where("level"));
  m.announced = date_of(f.text("announced"), f.where("announced"));
  m.legal = {date_of(f.text("effective"), f.where("effective")), date_of(f.text("ended"), f.where("ended"))};
  m.collected = {date_of(f.text("collected"), f.where("collected")),
                 date_of(f.text("collected_ended"), f.where("collected_ended"))};
  m.source = f.text("source");
  m.note = f.text("note");
  if (const std::string s = f.text("confidence"); !s.empty()) {
    m.confidence = choice(s, kConfidences, "confidence", f.where("confidence"));
  }
  return m;
}

void read_measures(std::string_view text, const std::string& file, Policy& policy) {
  const auto& names = measure_fields();
  std::vector<const char*> columns = {"id", "importer", "exporter", "authority", "effective"};
  const std::size_t needed = columns.size();
  for (const char* name : names) {
    if (std::none_of(columns.begin(), columns.end(), [&](const char* c) { return std::strcmp(c, name) == 0; })) {
      columns.push_back(name);
    }
  }
  CsvTable table(text, file, columns, needed);
  const auto position = [&](const char* key) {
    std::size_t k = 0;
    while (std::strcmp(columns[k], key) != 0) ++k;
    return k;
  };
  MeasureFields fields;
  fields.text = [&](const char* key) { return field(table, position(key)); };
  fields.where = [&](const char* key) { return table.where() + " " + key; };
  while (table.next()) {
    fields.origin = table.where();
    policy.measures.push_back(make_measure(fields));
  }
}

void read_rules(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file, {"group", "other", "relation", "value", "from", "to", "detail", "source", "confidence"},
                 3);
  while (table.next()) {
    StackingRule rule;
    rule.origin = table.where();
    rule.group = required(table, 0);
    rule.other = field(table, 1);
    rule.relation = choice(required(table, 2), kRelations, "relation", table.where());
    if (!field(table, 3).empty()) rule.value = parse_rate(field(table, 3), table.where() + " value");
    rule.days = span_of(table, 4, 5);
    rule.detail = field(table, 6);
    rule.source = field(table, 7);
    if (!field(table, 8).empty()) rule.confidence = choice(field(table, 8), kConfidences, "confidence", table.where());
    policy.rules.push_back(std::move(rule));
  }
}

void read_exemptions(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file,
                 {"id", "importer", "exporter", "family", "products", "effective", "ended", "collected",
                  "collected_ended", "source", "confidence", "note"},
                 7);
  while (table.next()) {
    Exemption e;
    e.origin = table.where();
    e.id = required(table, 0);
    e.importer = required(table, 1);
    e.exporters = terms(field(table, 2), "*");
    e.families = words(required(table, 3));
    e.products = words(required(table, 4));
    e.legal = span_of(table, 5, 6);
    e.collected = span_of(table, 7, 8);
    e.source = field(table, 9);
    if (!field(table, 10).empty()) e.confidence = choice(field(table, 10), kConfidences, "confidence", table.where());
    e.note = field(table, 11);
    policy.exemptions.push_back(std::move(e));
  }
}

void read_products(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file, {"list", "code"});
  while (table.next()) {
    std::string code = code_digits(table.text(1));
    if (!is_code(code)) {
      table.refuse(in_quotes(table.text(1)) + " is not an HS code", "give two digits or more, with or without dots");
    }
    policy.products[required(table, 0)].push_back(std::move(code));
  }
}

void read_coverage(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file, {"list", "importer", "exporter", "sector", "covered", "total"});
  while (table.next()) {
    policy.coverage.push_back({required(table, 0), required(table, 1), required(table, 2), required(table, 3),
                               table.number(4), table.number(5)});
  }
}

void read_rate_tables(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file, {"table", "exporter", "importer", "sector", "rate", "weight"}, 5);
  while (table.next()) {
    const std::string weight = field(table, 5);
    policy.rate_tables[required(table, 0)].push_back({field(table, 1), field(table, 2), required(table, 3),
                                                      parse_rate(required(table, 4), table.where() + " rate"),
                                                      weight.empty() ? 0.0 : table.number(5)});
  }
}

void read_qualifying(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file, {"name", "importer", "exporter", "sector", "share", "from"}, 5);
  while (table.next()) {
    policy.qualifying.push_back({required(table, 0), required(table, 1), required(table, 2), required(table, 3),
                                 date_of(field(table, 5), table.where() + " from"), table.number(4)});
  }
}

void read_policy_sectors(std::string_view text, const std::string& file, Policy& policy) {
  CsvTable table(text, file, {"sector", "member"});
  while (table.next()) policy.sectors[required(table, 0)].push_back(required(table, 1));
}

}  // namespace tariffsim::detail
