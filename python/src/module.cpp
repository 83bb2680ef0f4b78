// The extension tariffsim._core.
#include "bindings.hpp"

PYBIND11_MODULE(_core, m) {
  m.doc() = "The compiled core of tariffsim. Use the package tariffsim, which labels what this returns.";
  m.attr("__version__") = TARIFFSIM_VERSION;
  // From left to right, as the layers build on each other.
  tariffsim::python::bind_core(m);
  tariffsim::python::bind_data(m);
  tariffsim::python::bind_measures(m);
  tariffsim::python::bind_policy(m);
  tariffsim::python::bind_lines(m);
  tariffsim::python::bind_model(m);
  tariffsim::python::bind_solve(m);
  tariffsim::python::bind_analysis(m);
  tariffsim::python::bind_attribution(m);
  tariffsim::python::bind_derivatives(m);
  tariffsim::python::bind_io(m);
  tariffsim::python::bind_market(m);
  tariffsim::python::bind_link(m);
  tariffsim::python::bind_packing(m);
  tariffsim::python::bind_panel(m);
  tariffsim::python::bind_sweep(m);
}
