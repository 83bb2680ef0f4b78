// core: labels, and the errors of C++ as those of tariffsim.errors.
#include <pybind11/stl.h>

#include "bindings.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"

namespace tariffsim::python {
namespace {

template <class... Arguments>
void raise(const char* type, const Arguments&... arguments) {
  const py::object error = py::module_::import("tariffsim.errors").attr(type);
  PyErr_SetObject(error.ptr(), error(arguments...).ptr());
}

}  // namespace

void bind_core(py::module_& m) {
  py::register_exception_translator([](std::exception_ptr pointer) {  // NOLINT(performance-unnecessary-value-param)
    try {
      if (pointer) std::rethrow_exception(pointer);
    } catch (const InvalidInput& e) {
      raise("InvalidInput", e.where(), e.problem(), e.remedy());
    } catch (const NotConverged& e) {
      raise("NotConverged", e.what());
    }
  });

  py::class_<Labels>(m, "Labels", "Ordered codes of an axis, with names.")
      .def(py::init<std::string, std::vector<std::string>, std::vector<std::string>>(), py::arg("axis"),
           py::arg("codes"), py::arg("names") = std::vector<std::string>{})
      .def_property_readonly("axis", &Labels::axis)
      .def_property_readonly("codes", &Labels::codes)
      .def_property_readonly("names", &Labels::names)
      .def("suggestion", &Labels::suggestion, py::arg("wrong"), "What to use instead of an unknown code.")
      .def("__len__", &Labels::size);
}

}  // namespace tariffsim::python
