// model: closures.
#include <pybind11/pybind11.h>

#include "bindings.hpp"
#include "tariffsim/model/closure.hpp"

namespace tariffsim::python {

void bind_model(py::module_& m) {
  py::class_<Closure>(m, "Closure", "Deficits and numeraire.")
      .def(py::init([](const std::string& deficits, std::string numeraire) {
             return Closure{deficits_from_name(deficits), std::move(numeraire)};
           }),
           py::arg("deficits"), py::arg("numeraire"))
      .def_property_readonly("deficits", [](const Closure& c) { return name(c.deficits); })
      .def_readonly("numeraire", &Closure::numeraire);
}

}  // namespace tariffsim::python
