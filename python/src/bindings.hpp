// One function per layer; each adds its classes to the module.
#pragma once

#include <pybind11/pybind11.h>

namespace tariffsim::python {

namespace py = pybind11;

void bind_core(py::module_& m);
void bind_data(py::module_& m);
void bind_measures(py::module_& m);
void bind_lines(py::module_& m);
void bind_policy(py::module_& m);
void bind_model(py::module_& m);
void bind_solve(py::module_& m);
void bind_analysis(py::module_& m);
void bind_attribution(py::module_& m);
void bind_derivatives(py::module_& m);
void bind_io(py::module_& m);
void bind_market(py::module_& m);
void bind_link(py::module_& m);
void bind_packing(py::module_& m);
void bind_panel(py::module_& m);
void bind_sweep(py::module_& m);

}  // namespace tariffsim::python
