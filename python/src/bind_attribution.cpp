// analysis: what each law or country did to an outcome.
#include <pybind11/stl.h>

#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "released.hpp"
#include "tariffsim/analysis/shapley.hpp"

namespace tariffsim::python {
namespace {

PlayerKey key_from(const std::string& text) {
  if (text == "authority") return PlayerKey::authority;
  if (text == "importer") return PlayerKey::importer;
  if (text == "group") return PlayerKey::group;
  if (text == "measure") return PlayerKey::measure;
  throw InvalidInput("by", "unknown key '" + text + "'", "use 'authority', 'importer', 'group' or 'measure'");
}

py::dict attribute(const Solver& solver, const Coalitions& coalitions, const py::function& outcome,
                   const py::function& each) {
  const ReadOutcomes values = [&](const Equilibrium& eq) {
    return with_gil([&] {
      const auto array = outcome(std::make_shared<Equilibrium>(eq)).cast<py::array_t<double, py::array::forcecast>>();
      return Vector(Eigen::Map<const Vector>(array.data(), array.size()));
    });
  };
  const auto report = [&](int done, int all) {
    return with_gil([&] {
      if (PyErr_CheckSignals() != 0) throw py::error_already_set();
      return !each(done, all).is(py::bool_(false));
    });
  };
  OutcomeAttribution found = released([&] { return attribute_outcome(solver, coalitions, values, report); });
  py::dict out;
  out["players"] = found.players;
  out["parts"] = own(RegionSector(found.parts.array()));
  out["base"] = own(std::move(found.base));
  out["day"] = own(std::move(found.day));
  return out;
}

}  // namespace

void bind_attribution(py::module_& m) {
  py::class_<Coalitions>(m, "Coalitions", "A dated scenario on one day in parts by player.")
      .def(py::init([](const Scenario& scenario, const BoundPolicy& bound, const std::string& by,
                       const std::vector<std::string>& named) {
             return std::make_unique<Coalitions>(scenario, bound, key_from(by), named);
           }),
           py::arg("scenario"), py::arg("bound"), py::arg("by"), py::arg("named"), py::keep_alive<1, 3>())
      .def_property_readonly("players", &Coalitions::players);
  m.def("attribute_outcome", &attribute, py::arg("solver"), py::arg("coalitions"), py::arg("outcome"), py::arg("each"));
}

}  // namespace tariffsim::python
