// A market of products linked to a world.
#include <pybind11/stl.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "released.hpp"
#include "tariffsim/solve/link.hpp"

namespace tariffsim::python {
namespace {

using Round = std::function<bool(int, double)>;

std::shared_ptr<Linked> link_at(const Solver& solver, const Market& market, const Scenario& change,
                                const Scenario& rest, double tolerance, int max_rounds, const py::object& each) {
  LinkOptions options{tolerance, max_rounds, {}};
  options.progress = [&](int round, double gap) {
    return with_gil([&] {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      return each.is_none() || !each(round, gap).is(py::bool_(false));
    });
  };
  return released([&] { return std::make_shared<Linked>(link(solver, market, change, rest, options)); });
}

template <class Get>
auto by_flow(Get get) {
  return [get](const Linked& linked) {
    Vector values(static_cast<Index>(linked.flows.size()));
    for (Index c = 0; c < values.size(); ++c) {
      values[c] = static_cast<double>(get(linked.flows[static_cast<std::size_t>(c)]));
    }
    return own(std::move(values));
  };
}

}  // namespace

void bind_link(py::module_& m) {
  py::class_<Linked, std::shared_ptr<Linked>>(m, "Linked", "A world and a market in one equilibrium.")
      .def_property_readonly(
          "general",
          [](const std::shared_ptr<Linked>& linked) { return std::shared_ptr<Equilibrium>(linked, &linked->general); })
      .def_property_readonly("partial",
                             [](const std::shared_ptr<Linked>& linked) {
                               return std::shared_ptr<PartialEquilibrium>(linked, &linked->partial);
                             })
      .def_property_readonly("status", [](const Linked& linked) { return std::string(name(linked.status)); })
      .def_property_readonly("converged", &Linked::converged)
      .def_readonly("diagnosis", &Linked::diagnosis)
      .def_readonly("rounds", &Linked::rounds)
      .def_readonly("gap", &Linked::gap)
      .def_readonly("seconds", &Linked::seconds)
      .def_readonly("unlinked_value", &Linked::unlinked_value)
      .def_readonly("unlinked_flows", &Linked::unlinked_flows)
      .def("require_converged", [](const Linked& linked) { linked.require_converged(); })
      .def("exporter", by_flow([](const LinkedFlow& each) { return each.flow.exporter; }))
      .def("importer", by_flow([](const LinkedFlow& each) { return each.flow.importer; }))
      .def("sector", by_flow([](const LinkedFlow& each) { return each.flow.sector; }))
      .def("duty_hat", by_flow([](const LinkedFlow& each) { return each.duty_hat; }))
      .def("trade_cost_hat", by_flow([](const LinkedFlow& each) { return each.trade_cost_hat; }));
  m.def("link", &link_at, py::arg("solver"), py::arg("market"), py::arg("change"), py::arg("rest"),
        py::arg("tolerance"), py::arg("max_rounds"), py::arg("each"));
}

}  // namespace tariffsim::python
