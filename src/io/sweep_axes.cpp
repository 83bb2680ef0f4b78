#include "io/sweep_axes.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "io/toml_table.hpp"
#include "tariffsim/analysis/design.hpp"
#include "tariffsim/analysis/distribution.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim::detail {
namespace {

using Kind = Distribution::Kind;

constexpr const char* kDrawn = "draw";  // dimension of draws

/// How a design is called in a file, and in the attributes of an answer.
struct Design {
  const char* key;
  const char* method;
};
constexpr Design kDesigns[] = {
    {"sobol", "Sobol points"}, {"latin_hypercube", "Latin hypercube"}, {"random", "random draws"}};

constexpr Kind kKinds[] = {Kind::normal, Kind::lognormal, Kind::uniform,  Kind::triangular,
                           Kind::beta,   Kind::empirical, Kind::truncated};

constexpr const char* kAxisRemedy =
    "list values; or write { from = 0, to = 1, count = 11 } or { sobol = 64, lognormal = { median = 1, sd = 0.3 } }";

// What an answer needs for itself.
const std::set<std::string>& taken_names() {
  static const std::set<std::string> names = {"row",    "region",      "sector",   "exporter", "importer",
                                              "status", "evaluations", "residual", "diagnosis"};
  return names;
}

// Keys in the order in which the file has them.
std::vector<std::string> keys_in_order(const toml::table& table) {
  std::vector<std::pair<toml::source_position, std::string>> keys;
  for (const auto& [key, node] : table) keys.emplace_back(key.source().begin, std::string(key.str()));
  std::stable_sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> out;
  for (auto& [position, key] : keys) out.push_back(std::move(key));
  return out;
}

const toml::table& table_at(const TomlTable& table, const char* key, const std::string& remedy) {
  const toml::table* found = table.at(key, remedy).as_table();
  if (found == nullptr) table.refuse(key, std::string("'") + key + "' is not a table", remedy);
  return *found;
}

std::int64_t whole_number(const TomlTable& table, const char* key, std::int64_t low, std::int64_t high,
                          const std::string& remedy) {
  const auto value = table.at(key, remedy).value_exact<std::int64_t>();
  if (!value || *value < low || *value > high) {
    table.refuse(
        key,
        std::string("'") + key + "' is not a whole number from " + std::to_string(low) + " to " + std::to_string(high),
        remedy);
  }
  return *value;
}

std::int64_t points_of(const TomlTable& table, const char* key) {
  return whole_number(table, key, 1, 1'000'000, "give the number of points, such as 64");
}

std::optional<std::uint64_t> seed_of(const TomlTable& table) {
  if (!table.has("seed")) return std::nullopt;
  return whole_number(table, "seed", 0, std::numeric_limits<std::int64_t>::max(), "give a number such as seed = 1");
}

const toml::node* kind_in(const toml::table& table, Kind& kind) {
  for (const Kind each : kKinds) {
    if (const toml::node* node = table.get(name(each))) {
      kind = each;
      return node;
    }
  }
  return nullptr;
}

Distribution read_distribution(const toml::table& holder, const std::string& file, const std::string& what);

// The numbers of an empirical distribution.
Distribution read_draws(const toml::node& node, const TomlTable& holder) {
  const std::string remedy = "list the draws: empirical = [0.8, 1.1, 1.3]";
  const toml::array* list = node.as_array();
  std::vector<double> draws;
  if (list != nullptr) {
    for (const toml::node& element : *list) {
      if (!element.is_number())
        throw InvalidInput(holder.where(element), holder.what() + ": holds what is no number", remedy);
      draws.push_back(element.value<double>().value_or(std::nan("")));
    }
  }
  if (draws.empty()) holder.refuse("empirical", "'empirical' is not a list of numbers", remedy);
  return Distribution::empirical(std::move(draws));
}

Distribution of_kind(Kind kind, const toml::node& node, const TomlTable& holder) {
  if (kind == Kind::empirical) return read_draws(node, holder);
  std::string remedy = "write " + std::string(name(kind)) + " = {";
  std::vector<std::string> known;
  for (const std::string& parameter : parameter_names(kind)) {
    remedy += (known.empty() ? " " : ", ") + parameter + " = …";
    known.push_back(parameter);
  }
  remedy += " }";
  const TomlTable table(table_at(holder, name(kind), remedy), holder.file(), holder.what() + ": " + name(kind));
  const bool truncated = kind == Kind::truncated;
  if (truncated) {
    for (const Kind each : kKinds) known.emplace_back(name(each));
  }
  table.require_known(known);
  const double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> parameters;
  for (const std::string& parameter : parameter_names(kind)) {
    const bool low = parameter == "low", high = parameter == "high";
    if (!table.has(parameter.c_str()) && (kind == Kind::beta || truncated) && (low || high)) {
      const double unbounded = low ? -infinity : infinity, unit = low ? 0 : 1;
      parameters.push_back(truncated ? unbounded : unit);
    } else if (truncated && table.at(parameter.c_str(), remedy).is_number()) {  // a bound may be infinite
      parameters.push_back(table.at(parameter.c_str(), remedy).value<double>().value_or(std::nan("")));
    } else {
      parameters.push_back(table.number(parameter.c_str(), remedy));
    }
  }
  if (!truncated) return Distribution::make(kind, parameters);
  const Distribution of = read_distribution(table.table(), holder.file(), table.what());
  return Distribution::make(kind, parameters, &of);
}

// The one distribution that a table holds.
Distribution read_distribution(const toml::table& holder, const std::string& file, const std::string& what) {
  const TomlTable table(holder, file, what);
  Kind kind = Kind::normal;
  const toml::node* node = kind_in(holder, kind);
  if (node == nullptr) {
    throw InvalidInput(table.where(), what + ": there is no distribution",
                       "name one: normal, lognormal, uniform, triangular, beta, empirical or truncated");
  }
  for (const Kind other : kKinds) {
    if (other != kind && holder.contains(name(other)))
      table.refuse(name(other), "there are two distributions", "keep one");
  }
  try {
    return of_kind(kind, *node, table);
  } catch (const InvalidInput& e) {
    if (e.where().rfind(file, 0) == 0) throw;
    throw InvalidInput(table.where(*node), what + ": " + e.where() + ": " + e.problem(), e.remedy());
  }
}

Eigen::MatrixXd points_of_design(const std::string& key, Index dims, Index count, std::optional<std::uint64_t> seed) {
  if (key == "sobol") return sobol_points(dims, count, seed);
  if (key == "latin_hypercube") return latin_hypercube(dims, count, seed.value_or(0));
  return random_points(dims, count, seed.value_or(0));
}

std::vector<SweepValue> column_of(const Eigen::MatrixXd& matrix, Index column) {
  std::vector<SweepValue> values;
  for (Index k = 0; k < matrix.rows(); ++k) values.emplace_back(matrix(k, column));
  return values;
}

// { sobol = 64, lognormal = { … }, seed = 1 }
SweepAxis read_drawn(const std::string& variable, const TomlTable& table, const Design& design) {
  std::vector<std::string> known = {design.key, "seed"};
  for (const Kind kind : kKinds) known.emplace_back(name(kind));
  table.require_known(known);
  const Distribution law = read_distribution(table.table(), table.file(), table.what());
  const std::int64_t points = points_of(table, design.key);
  const Eigen::MatrixXd values = draws({law}, points_of_design(design.key, 1, points, seed_of(table)));
  return {kDrawn, {{variable, column_of(values, 0)}}, design.method};
}

// { from = 0, to = 1, count = 11 }: the ends exactly, as numpy.linspace has them.
SweepAxis read_range(const std::string& variable, const TomlTable& table) {
  const std::string remedy = "write { from = 0, to = 1, count = 11 }";
  table.require_known({"from", "to", "count"});
  const double from = table.number("from", remedy), to = table.number("to", remedy);
  const std::int64_t count = whole_number(table, "count", 1, 1'000'000, remedy);
  if (count > 1 && !(from != to && std::isfinite(to - from))) {
    table.refuse("to", "there is nothing between 'from' and 'to'", remedy);
  }
  std::vector<SweepValue> values;
  const double step = count > 1 ? (to - from) / static_cast<double>(count - 1) : 0;
  for (std::int64_t k = 0; k < count; ++k) {
    values.emplace_back(k + 1 == count && k > 0 ? to : static_cast<double>(k) * step + from);
  }
  return {variable, {{variable, std::move(values)}}, ""};
}

// Some days after another day.
Date later(const Date& day, int days) {
  const std::string text = day.iso();
  const std::chrono::year_month_day first(std::chrono::year(std::stoi(text.substr(0, 4))),
                                          std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
                                          std::chrono::day(static_cast<unsigned>(std::stoi(text.substr(8, 2)))));
  const std::chrono::year_month_day then(std::chrono::sys_days(first) + std::chrono::days(days));
  return {static_cast<int>(then.year()), static_cast<unsigned>(then.month()), static_cast<unsigned>(then.day())};
}

// { from = 2025-02-01, to = 2025-12-31, every_days = 7 }
SweepAxis read_days(const std::string& variable, const TomlTable& table) {
  const std::string remedy = "write { from = 2025-02-01, to = 2025-12-31, every_days = 7 }";
  table.require_known({"from", "to", "every_days"});
  const Date from = table.day("from", remedy), to = table.day("to", remedy);
  const auto step = static_cast<int>(whole_number(table, "every_days", 1, 100'000, remedy));
  if (to < from) table.refuse("to", "'to' is before 'from'", remedy);
  std::vector<SweepValue> values;
  for (int day = 0; day <= to.days_since(from); day += step) values.emplace_back(later(from, day));
  return {variable, {{variable, std::move(values)}}, ""};
}

SweepAxis read_list(const std::string& variable, const toml::array& list, const TomlTable& over) {
  std::vector<SweepValue> values;
  const std::string what = over.what() + ": " + variable;
  for (const toml::node& element : list) {
    if (element.is_number()) {
      const double value = element.value<double>().value_or(std::nan(""));
      if (!std::isfinite(value))
        throw InvalidInput(over.where(element), what + " holds " + show(value), "give finite numbers");
      values.emplace_back(value);
    } else if (const auto text = element.value_exact<std::string>()) {
      values.emplace_back(*text);
    } else if (const auto day = element.value_exact<toml::date>()) {
      values.emplace_back(Date::parse(iso(*day), over.where(element)));
    } else {
      throw InvalidInput(over.where(element), what + " holds what is neither a number, a text nor a day", kAxisRemedy);
    }
    if (values.back().index() != values.front().index()) {
      throw InvalidInput(over.where(element), what + " mixes numbers, texts or days", "give values of one kind");
    }
  }
  if (values.empty()) over.refuse(variable.c_str(), variable + " has no value", "give at least one");
  std::set<std::string> seen;
  for (const SweepValue& value : values) {
    if (!seen.insert(text_of(value)).second) {
      over.refuse(variable.c_str(), variable + " has " + text_of(value) + " twice", "give every value once");
    }
  }
  return {variable, {{variable, std::move(values)}}, ""};
}

SweepAxis read_axis(const std::string& variable, const TomlTable& over) {
  const toml::node& node = over.at(variable.c_str(), kAxisRemedy);
  if (const toml::array* list = node.as_array()) return read_list(variable, *list, over);
  const toml::table* form = node.as_table();
  if (form == nullptr) over.refuse(variable.c_str(), variable + " is neither a list nor a table", kAxisRemedy);
  const TomlTable table(*form, over.file(), over.what() + ": " + variable);
  for (const Design& design : kDesigns) {
    if (table.has(design.key)) return read_drawn(variable, table, design);
  }
  if (table.has("every_days")) return read_days(variable, table);
  if (table.has("from")) return read_range(variable, table);
  over.refuse(variable.c_str(), variable + " does not say what it runs over", kAxisRemedy);
}

Eigen::MatrixXd read_correlation(const TomlTable& table, Index dims) {
  const std::string remedy = "write a row for each name, such as correlation = [[1, 0.5], [0.5, 1]]";
  const toml::array* rows = table.at("correlation", remedy).as_array();
  Eigen::MatrixXd matrix(dims, dims);
  const auto refuse = [&] { table.refuse("correlation", "'correlation' is not a square of numbers", remedy); };
  if (rows == nullptr || static_cast<Index>(rows->size()) != dims) refuse();
  for (Index i = 0; i < dims; ++i) {
    const toml::array* row = (*rows)[static_cast<std::size_t>(i)].as_array();
    if (row == nullptr || static_cast<Index>(row->size()) != dims) refuse();
    for (Index j = 0; j < dims; ++j) {
      const toml::node& cell = (*row)[static_cast<std::size_t>(j)];
      if (!cell.is_number()) refuse();
      matrix(i, j) = cell.value<double>().value_or(std::nan(""));
    }
  }
  return matrix;
}

SweepAxis read_design(const toml::table& node, const std::string& file, std::size_t number) {
  const TomlTable table(node, file, "design " + std::to_string(number));
  table.require_known({"kind", "points", "seed", "correlation", "name", "over"});
  const std::string kind = table.text("kind", "name it: sobol, latin_hypercube or random");
  const auto design =
      std::find_if(std::begin(kDesigns), std::end(kDesigns), [&](const Design& d) { return kind == d.key; });
  if (design == std::end(kDesigns)) {
    table.refuse("kind", "unknown design " + in_quotes(kind), "use sobol, latin_hypercube or random");
  }
  SweepAxis axis;
  axis.dim = table.has("name") ? table.text("name", "name the dimension") : kDrawn;
  if (!is_sweep_name(axis.dim))
    table.refuse("name", "the name is " + in_quotes(axis.dim), "use letters, digits and '_'");
  axis.method = design->method;
  const std::string remedy = "write [sweep.design.over] and a distribution for each name";
  const TomlTable over(table_at(table, "over", remedy), file, table.what());
  std::vector<Distribution> laws;
  for (const std::string& variable : keys_in_order(over.table())) {
    const toml::table& law = table_at(over, variable.c_str(), "write a = { normal = { mean = 1, sd = 0.2 } }");
    std::vector<std::string> known;
    for (const Kind each : kKinds) known.emplace_back(name(each));
    TomlTable(law, file, over.what() + ": " + variable).require_known(known);
    laws.push_back(read_distribution(law, file, over.what() + ": " + variable));
    axis.columns.emplace_back(variable, std::vector<SweepValue>());
  }
  if (laws.empty()) table.refuse("over", "there is no name in it", remedy);
  const auto dims = static_cast<Index>(laws.size());
  const std::int64_t points = points_of(table, "points");
  if (points * dims > static_cast<std::int64_t>(kMostSweepRows))
    table.refuse("points", "there are too many points", "give fewer");
  try {
    const Eigen::MatrixXd unit = points_of_design(kind, dims, points, seed_of(table));
    const Eigen::MatrixXd values =
        table.has("correlation") ? draws(laws, unit, read_correlation(table, dims)) : draws(laws, unit);
    for (Index d = 0; d < dims; ++d) axis.columns[static_cast<std::size_t>(d)].second = column_of(values, d);
  } catch (const InvalidInput& e) {
    if (e.where().rfind(file, 0) == 0) throw;
    throw InvalidInput(table.where(), table.what() + ": " + e.where() + ": " + e.problem(), e.remedy());
  }
  return axis;
}

void require_names(const std::vector<SweepAxis>& axes, const TomlTable& sweep) {
  std::set<std::string> dims, names;
  for (const SweepAxis& axis : axes) {
    for (const auto& [variable, values] : axis.columns) {
      if (!is_sweep_name(variable)) {
        sweep.refuse("over", in_quotes(variable) + " is no name", "use letters, digits and '_', not a digit first");
      }
      if (taken_names().count(variable) != 0) {
        sweep.refuse("over", in_quotes(variable) + " is a name that the answer needs", "choose another");
      }
      if (!names.insert(variable).second) sweep.refuse("over", in_quotes(variable) + " is there twice", "rename one");
    }
  }
  for (const SweepAxis& axis : axes) {
    const bool own = axis.columns.size() == 1 && axis.columns.front().first == axis.dim;
    if (!dims.insert(axis.dim).second || taken_names().count(axis.dim) != 0 || (!own && names.count(axis.dim) != 0)) {
      sweep.refuse("over", "two parts share the dimension " + in_quotes(axis.dim),
                   "draw all numbers in one [[sweep.design]], or give designs names of their own");
    }
  }
}

// Before any draw is made.
void require_size(std::size_t& rows, std::size_t axis, const TomlTable& sweep) {
  if (axis == 0 || rows > kMostSweepRows / axis) {
    throw InvalidInput(sweep.where(), "sweep: there are more than " + std::to_string(kMostSweepRows) + " rows",
                       "take fewer values");
  }
  rows *= axis;
}

}  // namespace

bool is_sweep_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text.front()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || digit(c); });
}

std::vector<SweepAxis> read_axes(const toml::table& node, const std::string& file) {
  const TomlTable sweep(node, file, "sweep");
  std::vector<SweepAxis> axes;
  std::size_t rows = 1;
  if (sweep.has("over")) {
    const TomlTable over(table_at(sweep, "over", "write [sweep.over] on a line of its own"), file, "over");
    for (const std::string& variable : keys_in_order(over.table())) {
      axes.push_back(read_axis(variable, over));
      require_size(rows, axes.back().size(), sweep);
    }
  }
  if (sweep.has("design")) {
    const std::string remedy = "write [[sweep.design]] on a line of its own";
    const toml::array* designs = sweep.at("design", remedy).as_array();
    if (designs == nullptr) sweep.refuse("design", "'design' is not an array of tables", remedy);
    for (const toml::node& each : *designs) {
      if (!each.is_table()) sweep.refuse("design", "'design' is not an array of tables", remedy);
      axes.push_back(read_design(*each.as_table(), file, axes.size() + 1));
      require_size(rows, axes.back().size(), sweep);
    }
  }
  if (axes.empty()) {
    throw InvalidInput(sweep.where(), "sweep: nothing is swept",
                       "write [sweep.over] and a line such as rate = [0.1, 0.2]");
  }
  require_names(axes, sweep);
  return axes;
}

}  // namespace tariffsim::detail
