// Objects as bytes and back: for pickle, and for the rows of a sweep on their way to other processes.
#include <pybind11/stl.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "bindings.hpp"
#include "packing.hpp"

namespace tariffsim::python {
namespace {

template <class T>
py::bytes bytes_of(const T& object) {
  return py::bytes(pack(object));
}

py::object terms_of(const Change& change) {
  return std::visit(
      [](const auto& terms) -> py::object {
        if constexpr (std::is_same_v<std::decay_t<decltype(terms)>, std::monostate>) {
          return py::none();
        } else {
          return py::cast(terms);
        }
      },
      change.terms);
}

}  // namespace

void bind_packing(py::module_& m) {
  m.def("pack", &bytes_of<World>, py::arg("object"));
  m.def("pack", &bytes_of<Theory>, py::arg("object"));
  m.def("pack", &bytes_of<Closure>, py::arg("object"));
  m.def("pack", &bytes_of<Change>, py::arg("object"));
  m.def("pack", &bytes_of<Scenario>, py::arg("object"));
  m.def(
      "pack",
      [](const Shock& shock, const std::optional<World>& world) {
        return py::bytes(pack(shock, world ? &*world : nullptr));
      },
      py::arg("object"), py::arg("world") = py::none(),
      "Rates as differences from the world's own, where it is given.");

  m.def(
      "unpack_world",
      [](const py::bytes& bytes) {
        const std::string_view view = bytes;
        const py::gil_scoped_release released;
        return unpack_world(view);
      },
      py::arg("bytes"));
  m.def(
      "unpack_theory", [](const py::bytes& bytes) { return unpack_theory(bytes); }, py::arg("bytes"));
  m.def(
      "unpack_closure", [](const py::bytes& bytes) { return unpack_closure(bytes); }, py::arg("bytes"));
  m.def(
      "unpack_change", [](const py::bytes& bytes) { return unpack_change(bytes); }, py::arg("bytes"));
  m.def(
      "unpack_scenario", [](const py::bytes& bytes) { return unpack_scenario(bytes); }, py::arg("bytes"));
  m.def(
      "unpack_shock",
      [](const py::bytes& bytes, const std::optional<World>& world) {
        const std::string_view view = bytes;
        const py::gil_scoped_release released;
        return unpack_shock(view, world ? &*world : nullptr);
      },
      py::arg("bytes"), py::arg("world") = py::none());
  m.def("terms_of", &terms_of, py::arg("change"), "What only some instruments have, or None.");
}

}  // namespace tariffsim::python
