#include "tariffsim/io/sweep_file.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "io/case_reader.hpp"
#include "io/digest.hpp"
#include "io/numbers.hpp"
#include "io/sweep_axes.hpp"
#include "io/sweep_places.hpp"
#include "io/text_file.hpp"
#include "io/toml_table.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/policy/timeline.hpp"
#include "tariffsim/solve/options.hpp"

namespace tariffsim {
namespace fs = std::filesystem;

using detail::in_quotes;
using detail::SweepPlace;
using detail::TomlTable;

namespace detail {

/// Where a value of a row is: its axis, and its column there.
struct SweepVariable {
  std::size_t axis = 0, column = 0;
};

/// A text that is the same in all rows, or the number of a variable.
struct SweepText {
  std::string text;
  std::optional<std::size_t> variable;

  [[nodiscard]] bool given() const { return variable || !text.empty(); }
};

}  // namespace detail

using detail::SweepText;
using detail::SweepVariable;

struct SweepFile::State {
  fs::path file;
  FileReader files;
  std::string title, world, digest, text;  // the text has values in the places
  double tolerance = SolveOptions{}.tolerance;
  Basis basis = Basis::legal;
  std::vector<std::string> outcomes, names;
  std::vector<SweepAxis> axes;
  std::vector<SweepVariable> variables;  // by name
  std::vector<SweepPlace> places;        // of the scenario, not of [sweep]
  std::vector<std::size_t> variable_of;  // by place
  SweepText date, base;
  std::map<std::string, Case> bases;  // scenarios that it starts from, by name
  bool own_theory = false, own_closure = false;
  bool scenario_varies = false;
  std::optional<Scenario> scenario;     // of all rows, where no place is in it
  std::vector<std::size_t> model_axes;  // that the theory or the closure changes along
  std::size_t rows = 1;

  [[nodiscard]] std::vector<std::size_t> positions(std::size_t row) const {
    std::vector<std::size_t> out(axes.size());
    for (std::size_t a = axes.size(); a-- > 0;) {
      out[a] = row % axes[a].size();
      row /= axes[a].size();
    }
    return out;
  }

  [[nodiscard]] const SweepValue& value(std::size_t variable, const std::vector<std::size_t>& at) const {
    const SweepVariable& v = variables[variable];
    return axes[v.axis].columns[v.column].second[at[v.axis]];
  }

  [[nodiscard]] std::string text_at(const SweepText& given, const std::vector<std::size_t>& at) const {
    return given.variable ? text_of(value(*given.variable, at)) : given.text;
  }

  [[nodiscard]] std::string describe(std::size_t row) const {
    const auto at = positions(row);
    std::string out = "row " + std::to_string(row) + " (";
    for (std::size_t v = 0; v < names.size(); ++v) {
      out += (v > 0 ? ", " : "") + names[v] + "=" + text_of(value(v, at));
    }
    return out + ")";
  }
};

std::string text_of(const SweepValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* day = std::get_if<Date>(&value)) return day->iso();
  std::string text;
  detail::append_number(text, std::get<double>(value));
  return text;
}

const std::string& SweepFile::title() const { return state_->title; }
const std::string& SweepFile::world() const { return state_->world; }
const std::vector<std::string>& SweepFile::outcomes() const { return state_->outcomes; }
const std::vector<SweepAxis>& SweepFile::axes() const { return state_->axes; }
const std::vector<std::string>& SweepFile::names() const { return state_->names; }
double SweepFile::tolerance() const { return state_->tolerance; }
std::size_t SweepFile::rows() const { return state_->rows; }
const std::string& SweepFile::digest() const { return state_->digest; }
std::string SweepFile::describe(std::size_t row) const { return state_->describe(row); }

std::vector<SweepValue> SweepFile::values(std::size_t row) const {
  const auto at = state_->positions(row);
  std::vector<SweepValue> out;
  for (std::size_t v = 0; v < state_->variables.size(); ++v) out.push_back(state_->value(v, at));
  return out;
}

std::size_t SweepFile::model(std::size_t row) const {
  const auto at = state_->positions(row);
  std::size_t number = 0;
  for (const std::size_t a : state_->model_axes) number = number * state_->axes[a].size() + at[a];
  return number;
}

std::vector<std::size_t> SweepFile::order() const {
  std::vector<std::size_t> rows(state_->rows), models(state_->rows);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  for (std::size_t row = 0; row < rows.size(); ++row) models[row] = model(row);
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return models[a] < models[b]; });
  return rows;
}

/// The document of one thread.
struct SweepFile::Reader::State {
  std::shared_ptr<const SweepFile::State> sweep;
  toml::table document;
  std::vector<toml::node*> nodes;  // by place
};

SweepFile::Reader::Reader(const SweepFile& file) : state_(std::make_unique<State>()) {
  state_->sweep = file.state_;
  state_->document = detail::parse_toml(file.state_->text, file.state_->file.string());
  for (const SweepPlace& place : file.state_->places) {
    state_->nodes.push_back(&detail::node_at(state_->document, place));
  }
}

SweepFile::Reader::Reader(Reader&&) noexcept = default;
SweepFile::Reader::~Reader() = default;

SweepRow SweepFile::Reader::row(std::size_t row) {
  const SweepFile::State& s = *state_->sweep;
  const auto at = s.positions(row);
  for (std::size_t k = 0; k < state_->nodes.size(); ++k) {
    detail::put_value(*state_->nodes[k], s.value(s.variable_of[k], at));
  }
  try {
    Case declared;
    if (s.base.given()) declared = s.bases.at(s.text_at(s.base, at));
    if (s.own_theory) declared.market_theory.reset();
    if (s.own_theory) declared.theory = Theory{};
    if (s.own_closure) declared.closure = Closure{};
    detail::read_model(state_->document, s.file, declared);
    Scenario own = s.scenario ? *s.scenario : detail::read_scenario(state_->document, s.file, s.files);
    if (s.base.given()) {
      declared.scenario =
          own.policy().measures.empty() ? declared.scenario.during({}, own) : own.during({}, declared.scenario);
    } else {
      declared.scenario = std::move(own);
    }
    if (s.date.given()) {
      declared.scenario = declared.scenario.on(day_of(declared.scenario.policy(), s.text_at(s.date, at)), s.basis);
    }
    return {declared.scenario, declared.theory_of_worlds(), declared.closure};
  } catch (const InvalidInput& e) {
    const bool placed = e.where().find(s.file.string()) != std::string::npos;
    throw InvalidInput(placed ? e.where() : s.file.string() + ": " + e.where(), e.problem() + ", in " + s.describe(row),
                       e.remedy());
  }
}

namespace {

// A text of [sweep] that may be a name.
SweepText text_or_variable(const TomlTable& table, const char* key, const std::string& remedy,
                           const std::vector<std::string>& names) {
  SweepText out;
  const toml::node& node = table.at(key, remedy);
  if (const auto day = node.value_exact<toml::date>()) {
    out.text = detail::iso(*day);
    return out;
  }
  out.text = table.text(key, remedy);
  if (out.text.front() != '$') return out;
  const auto found = std::find(names.begin(), names.end(), out.text.substr(1));
  if (found == names.end()) {
    table.refuse(key, in_quotes(out.text) + " has no values", "add " + out.text.substr(1) + " = [ … ] to [sweep.over]");
  }
  out.variable = static_cast<std::size_t>(found - names.begin());
  out.text.clear();
  return out;
}

bool is_path(const std::string& text) {
  const std::string suffix = ".toml";
  return text.find('/') != std::string::npos ||
         (text.size() > suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0);
}

Case base_case(const std::string& text, const fs::path& file, const FileReader& files) {
  if (!is_path(text)) return load_case(text);
  const fs::path path = file.parent_path() / text;
  return parse_case(files(path), path, files);
}

void read_settings(const TomlTable& table, SweepFile::State& s) {
  table.require_known({"world", "outcomes", "date", "basis", "tolerance", "over", "design"});
  s.world = table.has("world") ? table.text("world", "name a world (see: tariffsim world list)") : "world-2022";
  s.outcomes = {"real_income_pct"};
  if (table.has("outcomes")) {
    s.outcomes = table.texts("outcomes", "list outcomes, such as [\"real_income_pct\", \"flows[CHN->USA]\"]");
  }
  if (table.has("tolerance")) {
    const std::string remedy = "give a number from 1e-14 to 0.01, such as 1e-10";
    s.tolerance = table.number("tolerance", remedy);
    if (!(s.tolerance >= 1e-14 && s.tolerance <= 1e-2))
      table.refuse("tolerance", "'tolerance' is out of range", remedy);
  }
  if (table.has("basis")) {
    const std::string basis = table.text("basis", "give \"legal\" or \"collected\"");
    if (basis != "legal" && basis != "collected") {
      table.refuse("basis", "unknown basis " + in_quotes(basis), "use \"legal\" or \"collected\"");
    }
    s.basis = basis == "legal" ? Basis::legal : Basis::collected;
  }
}

// What each place takes its value from. @return which names are used
std::set<std::string> bind_places(SweepFile::State& s, const std::vector<SweepPlace>& all) {
  std::set<std::string> used;
  for (const SweepPlace& place : all) {
    if (place.root() == "scenario") continue;
    const std::string where =
        s.file.string() + ":" + std::to_string(place.begin.line) + ":" + std::to_string(place.begin.column);
    if (place.root() == "sweep") {
      if (place.path.size() == 2 && std::get<std::string>(place.path[1]) == "date") continue;
      throw InvalidInput(where, "\"$" + place.name + "\" is in [sweep]", "of it, only 'date' can be swept");
    }
    const auto found = std::find(s.names.begin(), s.names.end(), place.name);
    if (found == s.names.end()) {
      throw InvalidInput(
          where, "\"$" + place.name + "\" has no values",
          "add " + place.name + " = [ … ] to [sweep.over], or use " + Labels("name", s.names).suggestion(place.name));
    }
    s.places.push_back(place);
    s.variable_of.push_back(static_cast<std::size_t>(found - s.names.begin()));
    used.insert(place.name);
    s.scenario_varies = s.scenario_varies || (place.root() != "theory" && place.root() != "closure");
  }
  return used;
}

void find_model_axes(SweepFile::State& s) {
  std::set<std::size_t> axes;
  for (std::size_t k = 0; k < s.places.size(); ++k) {
    const std::string& root = s.places[k].root();
    if (root == "theory" || root == "closure") axes.insert(s.variables[s.variable_of[k]].axis);
  }
  if (s.base.variable && !(s.own_theory && s.own_closure)) axes.insert(s.variables[*s.base.variable].axis);
  s.model_axes.assign(axes.begin(), axes.end());
}

}  // namespace

SweepFile parse_sweep(std::string_view text, const fs::path& file, const FileReader& files) {
  const auto state = std::make_shared<SweepFile::State>();
  SweepFile::State& s = *state;
  const std::string name = file.string();
  detail::Digest digest;
  digest.add(text);
  s.file = file;
  s.files = files;
  const FileReader noted = [&](const fs::path& path) {
    std::string read = files(path);
    digest.add(read);
    return read;
  };

  const toml::table document = detail::parse_toml(text, name);
  const TomlTable root(document, name, "sweep file");
  std::vector<std::string> known = detail::case_keys();
  known.insert(known.end(), {"scenario", "sweep"});
  root.require_known(known);
  const toml::table* sweep = root.at("sweep", "write [sweep] on a line of its own").as_table();
  if (sweep == nullptr) root.refuse("sweep", "'sweep' is not a table", "write [sweep] on a line of its own");
  s.title = root.text("title", "start the file with a title, such as title = \"Tariffs from 0 to 150 percent\"");
  const TomlTable settings(*sweep, name, "sweep");
  read_settings(settings, s);
  s.axes = detail::read_axes(*sweep, name);
  for (std::size_t a = 0; a < s.axes.size(); ++a) {
    s.rows *= s.axes[a].size();
    for (std::size_t c = 0; c < s.axes[a].columns.size(); ++c) {
      s.variables.push_back({a, c});
      s.names.push_back(s.axes[a].columns[c].first);
    }
  }
  s.own_theory = root.has("theory");
  s.own_closure = root.has("closure");

  std::set<std::string> used = bind_places(s, detail::places_in(document));
  if (sweep->contains("date"))
    s.date = text_or_variable(settings, "date", "give a day, such as \"2025-04-09\"", s.names);
  if (root.has("scenario")) s.base = text_or_variable(root, "scenario", "name a scenario or its file", s.names);
  for (const SweepText* each : {&s.date, &s.base}) {
    if (each->variable) used.insert(s.names[*each->variable]);
  }
  for (const std::string& variable : s.names) {
    if (used.count(variable) == 0) {
      throw InvalidInput(settings.where(), "sweep: nothing uses '" + variable + "'",
                         "write \"$" + variable + "\" where its values belong, or leave it out");
    }
  }
  find_model_axes(s);

  std::vector<SweepValue> first;
  const std::vector<std::size_t> origin(s.axes.size(), 0);
  for (const std::size_t variable : s.variable_of) first.push_back(s.value(variable, origin));
  s.text = detail::with_values(text, s.places, first, name);
  if (s.base.variable) {
    const SweepVariable& v = s.variables[*s.base.variable];
    for (const SweepValue& value : s.axes[v.axis].columns[v.column].second) {
      const std::string which = text_of(value);
      if (s.bases.count(which) == 0) s.bases.emplace(which, base_case(which, file, noted));
    }
  } else if (s.base.given()) {
    s.bases.emplace(s.base.text, base_case(s.base.text, file, noted));
  }
  // Read once here, so that what no value can mend is found at once, and tables count in the digest.
  s.files = noted;
  const SweepFile out(state);
  if (s.scenario_varies) {
    static_cast<void>(SweepFile::Reader(out).row(0));
  } else {
    const toml::table filled = detail::parse_toml(s.text, name);
    s.scenario = detail::read_scenario(filled, file, noted);
    static_cast<void>(SweepFile::Reader(out).row(0));
  }
  s.files = files;
  s.digest = digest.text();
  return out;
}

SweepFile read_sweep(const fs::path& file) { return parse_sweep(detail::read_text(file), file); }

}  // namespace tariffsim
