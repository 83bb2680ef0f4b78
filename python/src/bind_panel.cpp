// Panels: some rows of a sweep solved in order by one thread, read as chosen outcomes.
#include <pybind11/stl.h>

#include <atomic>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "released.hpp"
#include "tariffsim/analysis/outcome.hpp"
#include "tariffsim/analysis/outcome_names.hpp"
#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/solve/batch.hpp"
#include "tariffsim/solve/parallel.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim::python {
namespace {

// Set in one thread, seen between two solves of another.
struct Stop {
  std::atomic<bool> set = false;
};

struct Refusal {
  std::size_t row = 0;
  std::string where, problem, remedy;
};

// What a panel gives: a row of numbers per row of the sweep, not a number where it has no equilibrium.
struct PanelResult {
  std::vector<double> values;  // rows x width, the width fastest
  std::size_t width = 0;
  std::vector<std::string> statuses, diagnoses;
  std::vector<int> evaluations;
  std::vector<double> residuals;
  std::optional<Refusal> refused;  // the row at which it ended, where one does not fit the world or the closure
};

using Rows = std::vector<std::pair<const Solver*, const Shock*>>;

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

PanelResult solve_rows(const Rows& rows, const std::vector<Outcome>& outcomes, const Stop* stop) {
  PanelResult out;
  for (const Outcome& each : outcomes) out.width += static_cast<std::size_t>(each.size());
  out.values.assign(rows.size() * out.width, kNone);
  Chain chain;
  double* to = out.values.data();
  for (const auto& [solver, shock] : rows) {
    if (pending || (stop != nullptr && stop->set)) break;  // an interrupt, or another thread, ends it
    try {
      const Equilibrium eq = solver->solve(*shock, chain);
      if (eq.converged()) {
        double* place = to;
        for (const Outcome& each : outcomes) {
          each.read(eq, place);
          place += each.size();
        }
      }
      out.statuses.emplace_back(name(eq.status));
      out.diagnoses.push_back(eq.diagnosis);
      out.evaluations.push_back(eq.evaluations);
      out.residuals.push_back(eq.converged() ? eq.certificate.worst() : kNone);
    } catch (const InvalidInput& e) {
      out.refused = Refusal{out.statuses.size(), e.where(), e.problem(), e.remedy()};
      break;
    }
    to += out.width;
  }
  return out;
}

PanelResult solve_panel(const std::vector<std::pair<py::object, py::object>>& given,
                        const std::vector<std::string>& texts, const std::optional<std::shared_ptr<Stop>>& stop) {
  Rows rows;
  std::vector<Outcome> outcomes;
  for (const auto& [solver, shock] : given)
    rows.emplace_back(&solver.cast<const Solver&>(), &shock.cast<const Shock&>());
  if (!rows.empty()) {
    for (const std::string& text : texts) outcomes.emplace_back(text, rows.front().first->world());
  }
  return released([&] { return solve_rows(rows, outcomes, stop ? stop->get() : nullptr); });
}

// Rows x width, without a copy.
py::array_t<double> values_of(const py::object& self) {
  const auto& r = self.cast<const PanelResult&>();
  const auto rows = static_cast<py::ssize_t>(r.width == 0 ? 0 : r.values.size() / r.width);
  return py::array_t<double>({rows, static_cast<py::ssize_t>(r.width)}, r.values.data(), self);
}

using Texts = std::vector<std::string>;

// An outcome in a world: its text, its dimensions, and the name of each of its numbers.
std::tuple<std::string, Texts, Texts> outcome_columns(const World& world, const std::string& text) {
  const Outcome outcome(text, world);
  return {outcome.text(), outcome.dims(), number_names(outcome, world)};
}

// Each row of a matrix as cells of CSV, in the shortest form that reads back to the same; what is no number is empty.
Texts number_cells(const py::array_t<double, py::array::c_style | py::array::forcecast>& matrix) {
  if (matrix.ndim() != 2) refuse_dimensions("number_cells", matrix.ndim(), "two: rows and columns");
  const auto rows = static_cast<std::size_t>(matrix.shape(0)), width = static_cast<std::size_t>(matrix.shape(1));
  const double* value = matrix.data();
  const py::gil_scoped_release released;
  Texts lines(rows);
  char cell[32];
  for (std::string& line : lines) {
    for (std::size_t k = 0; k < width; ++k, ++value) {
      if (k > 0) line += ',';
      if (!std::isnan(*value)) line.append(cell, std::to_chars(cell, cell + sizeof cell, *value).ptr);
    }
  }
  return lines;
}

std::vector<std::map<std::string, std::string>> outcome_quantities() {
  std::vector<std::map<std::string, std::string>> rows;
  for (const QuantityInfo& each : quantities()) {
    const std::string by = each.shape == OutcomeShape::region          ? "region"
                           : each.shape == OutcomeShape::region_sector ? "region, sector"
                                                                       : "exporter, importer, sector";
    rows.push_back({{"name", each.name}, {"dims", by}, {"unit", each.unit}});
  }
  return rows;
}

}  // namespace

void bind_panel(py::module_& m) {
  m.attr("PANEL") = kPanel;
  m.def("available_threads", &available_threads);

  py::class_<Stop, std::shared_ptr<Stop>>(m, "Stop", "Ends panels of other threads between two solves.")
      .def(py::init<>())
      .def("set", [](Stop& stop) { stop.set = true; })
      .def_property_readonly("is_set", [](const Stop& stop) { return stop.set.load(); });

  py::class_<PanelResult>(m, "PanelResult", "The outcomes of some rows.")
      .def_property_readonly("values", &values_of)
      .def_readonly("statuses", &PanelResult::statuses)
      .def_readonly("diagnoses", &PanelResult::diagnoses)
      .def_readonly("evaluations", &PanelResult::evaluations)
      .def_readonly("residuals", &PanelResult::residuals)
      .def_property_readonly("refused", [](const PanelResult& r) -> py::object {
        if (!r.refused) return py::none();
        return py::make_tuple(r.refused->row, r.refused->where, r.refused->problem, r.refused->remedy);
      });

  m.def("solve_panel", &solve_panel, py::arg("rows"), py::arg("outcomes"), py::arg("stop") = py::none(),
        "Solves pairs of Solver and Shock in order; what one row learns lets the next start nearer. Without the GIL.");
  m.def("outcome_columns", &outcome_columns, py::arg("world"), py::arg("text"));
  m.def("outcome_quantities", &outcome_quantities);
  m.def("number_cells", &number_cells, py::arg("matrix"), "Rows of numbers as lines of CSV.");
  m.def(
      "compile_day", [](const Scenario& scenario, const BoundPolicy& bound) { return scenario.compile(bound); },
      py::arg("scenario"), py::arg("bound"), py::call_guard<py::gil_scoped_release>(),
      "One day of a dated scenario whose policy is bound.");
}

}  // namespace tariffsim::python
