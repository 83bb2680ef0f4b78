// io: data packages, worlds by name, scenario files, results.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "bindings.hpp"
#include "tariffsim/io/io.hpp"

namespace tariffsim::python {
namespace {

/// A theory of worlds, or the name and parameters of one of markets.
using AnyTheory = std::variant<Theory, std::pair<std::string, std::map<std::string, std::variant<bool, std::string>>>>;

AnyTheory theory_of(const Case& declared) {
  if (!declared.market_theory) return declared.theory;
  std::map<std::string, std::variant<bool, std::string>> parameters;
  if (const auto* gsim = std::get_if<Gsim>(&*declared.market_theory))
    parameters["published_sign"] = gsim->published_sign;
  if (const auto* smart = std::get_if<Smart>(&*declared.market_theory)) parameters["importer"] = smart->importer;
  return std::make_pair(std::string(name(*declared.market_theory)), std::move(parameters));
}

std::tuple<Scenario, Closure, AnyTheory> parts_of(Case declared) {
  AnyTheory theory = theory_of(declared);
  return {std::move(declared.scenario), std::move(declared.closure), std::move(theory)};
}

}  // namespace

void bind_io(py::module_& m) {
  const py::call_guard<py::gil_scoped_release> released;

  py::class_<WorldListing>(m, "WorldListing", "A world that can be loaded by its name.")
      .def_readonly("name", &WorldListing::name)
      .def_readonly("title", &WorldListing::title)
      .def_readonly("year", &WorldListing::year)
      .def_readonly("regions", &WorldListing::regions)
      .def_readonly("sectors", &WorldListing::sectors)
      .def_property_readonly("folder", [](const WorldListing& w) { return w.folder.string(); })
      .def_readonly("problem", &WorldListing::problem);

  m.def("read_world", &read_world, py::arg("folder"), released);
  m.def("load_world", &load_world, py::arg("name_or_path"), py::arg("folders"), released);
  m.def("list_worlds", &list_worlds, py::arg("folders"), released);
  m.def(
      "write_world", [](const World& world, const std::filesystem::path& folder) { write_world(world, folder); },
      py::arg("world"), py::arg("folder"), released);
  m.def(
      "write_results",
      [](const Equilibrium& equilibrium, const std::filesystem::path& folder) { write_results(equilibrium, folder); },
      py::arg("equilibrium"), py::arg("folder"), released);
  m.def(
      "read_case", [](const std::filesystem::path& file) { return parts_of(read_case(file)); }, py::arg("file"),
      released);

  py::class_<ScenarioListing>(m, "ScenarioListing", "A scenario that can be loaded by its name.")
      .def_readonly("name", &ScenarioListing::name)
      .def_readonly("title", &ScenarioListing::title)
      .def_property_readonly("folder", [](const ScenarioListing& s) { return s.folder.string(); })
      .def_readonly("problem", &ScenarioListing::problem);
  m.def("list_scenarios", &list_scenarios, py::arg("folders"), released);
  m.def(
      "load_case",
      [](const std::string& name_or_path, const std::vector<std::filesystem::path>& folders) {
        return parts_of(load_case(name_or_path, folders));
      },
      py::arg("name_or_path"), py::arg("folders"), released);
  m.def("write_scenario", &write_scenario, py::arg("scenario"), py::arg("folder"), released);
  m.def("format_measures", &format_measures, py::arg("scenario"), released);
}

}  // namespace tariffsim::python
