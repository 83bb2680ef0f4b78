// model: theories and closures.
#include <pybind11/stl.h>

#include <string>
#include <utility>

#include "bindings.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory_keys.hpp"

namespace tariffsim::python {

void bind_model(py::module_& m) {
  py::class_<Closure>(m, "Closure", "Deficits, numeraire and the use of revenue.")
      .def(py::init([](const std::string& deficits, std::string numeraire, const std::string& revenue,
                       double saving_response) {
             Closure closure{deficits_from_name(deficits), std::move(numeraire), revenue_from_name(revenue),
                             saving_response};
             validate(closure);
             return closure;
           }),
           py::arg("deficits"), py::arg("numeraire"), py::arg("revenue"), py::arg("saving_response"))
      .def_property_readonly("deficits", [](const Closure& c) { return name(c.deficits); })
      .def_readonly("numeraire", &Closure::numeraire)
      .def_property_readonly("revenue", [](const Closure& c) { return name(c.revenue); })
      .def_readonly("saving_response", &Closure::saving_response);

  py::class_<Theory>(m, "Theory", "Which economics, by name and parameters.")
      .def(py::init(&theory_from), py::arg("name"), py::arg("keys"))
      .def_readonly("name", &Theory::name)
      .def_property_readonly("description", [](const Theory& theory) { return describe(theory); })
      .def_property_readonly("line", [](const Theory& theory) { return in_a_line(theory); })
      .def_property_readonly("has_horizon", [](const Theory& theory) { return theory.horizon.has_value(); })
      .def_readonly("years", &Theory::years)
      .def("after", &Theory::after, py::arg("since"))
      .def(
          "same_as", [](const Theory& a, const Theory& b) { return a == b; }, py::arg("other"));

  m.def("theory_presets", [] {
    std::vector<std::map<std::string, std::string>> rows;
    for (const TheoryPreset& preset : theory_presets()) {
      rows.push_back({{"name", preset.name},
                      {"differs", preset.differs},
                      {"needs", preset.needs},
                      {"reference", preset.reference}});
    }
    return rows;
  });
}

}  // namespace tariffsim::python
