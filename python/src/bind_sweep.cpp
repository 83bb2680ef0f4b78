// Distributions, designs and the folder of a sweep.
#include <pybind11/eigen.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bindings.hpp"
#include "tariffsim/analysis/design.hpp"
#include "tariffsim/analysis/distribution.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_folder.hpp"

namespace tariffsim::python {
namespace {

// What pickle keeps: the kind, the parameters, and what is truncated.
py::tuple state_of(const Distribution& d) {
  return py::make_tuple(std::string(name(d.kind())), d.parameters(),
                        d.of() == nullptr ? py::object(py::none()) : py::object(state_of(*d.of())));
}

Distribution from_state(const py::tuple& state) {
  if (state.size() != 3) throw InvalidInput("distribution", "is not the state of one", "pickle it again");
  std::optional<Distribution> of;
  if (!state[2].is_none()) of = from_state(state[2].cast<py::tuple>());
  return Distribution::make(distribution_kind(state[0].cast<std::string>()), state[1].cast<std::vector<double>>(),
                            of ? &*of : nullptr);
}

void bind_distribution(py::module_& m) {
  py::class_<Distribution>(m, "Distribution", "What is known of an uncertain number.")
      .def_static("normal", &Distribution::normal, py::arg("mean"), py::arg("sd"))
      .def_static("lognormal", &Distribution::lognormal, py::arg("median"), py::arg("sd"))
      .def_static("uniform", &Distribution::uniform, py::arg("low"), py::arg("high"))
      .def_static("triangular", &Distribution::triangular, py::arg("low"), py::arg("mode"), py::arg("high"))
      .def_static("beta", &Distribution::beta, py::arg("a"), py::arg("b"), py::arg("low") = 0, py::arg("high") = 1)
      .def_static("empirical", &Distribution::empirical, py::arg("draws"))
      .def_static("truncated", &Distribution::truncated, py::arg("of"), py::arg("low"), py::arg("high"))
      .def_property_readonly(
          "kind", [](const Distribution& d) { return std::string(name(d.kind())); }, "Its name, such as \"lognormal\".")
      .def_property_readonly("parameters", &Distribution::parameters,
                             "Its numbers, in the order in which it takes them.")
      .def_property_readonly(
          "of", [](const Distribution& d) { return d.of() == nullptr ? std::nullopt : std::optional(*d.of()); },
          "What is cut off, of a truncated one.")
      .def("quantile", py::vectorize(&Distribution::quantile), py::arg("p"),
           "The number below which lies the probability p, from 0 to 1; of a number or an array.")
      .def("upper_quantile", py::vectorize(&Distribution::upper_quantile), py::arg("q"),
           "The number above which lies the probability q: exact in the upper tail.")
      .def("at_deviate", py::vectorize(&Distribution::at_deviate), py::arg("z"),
           "The quantile at the probability of a standard normal variable below z.")
      .def("cdf", py::vectorize(&Distribution::cdf), py::arg("x"), "The probability below x.")
      .def("survival", py::vectorize(&Distribution::survival), py::arg("x"), "The probability above x.")
      .def("mean", &Distribution::mean, "The mean.")
      .def("sd", &Distribution::sd, "The standard deviation.")
      .def("__repr__", &Distribution::describe)
      .def(
          "__eq__",
          [](const Distribution& a, const py::object& b) {
            return py::isinstance<Distribution>(b) && a == b.cast<const Distribution&>();
          },
          py::arg("other"))
      .def("__hash__", [](const Distribution& d) { return py::hash(py::str(d.describe())); })
      .def(py::pickle(&state_of, &from_state));
}

void bind_folder(py::module_& m) {
  const py::call_guard<py::gil_scoped_release> released;
  py::class_<SweepFolder>(m, "SweepFolder", "The folder that a sweep streams its answer to, part by part.")
      .def(py::init<const std::filesystem::path&, const std::string&, bool>(), py::arg("folder"), py::arg("plan"),
           py::arg("resume") = false, released)
      .def_property_readonly("path", [](const SweepFolder& f) { return f.path().string(); })
      .def_property_readonly("rows", &SweepFolder::rows)
      .def_property_readonly("parts", &SweepFolder::parts)
      .def_property_readonly("done", &SweepFolder::done)
      .def_property_readonly("header", &SweepFolder::header)
      .def("has", &SweepFolder::has, py::arg("part"))
      .def("rows_of", &SweepFolder::rows_of, py::arg("part"))
      .def("write_part", &SweepFolder::write_part, py::arg("part"), py::arg("text"), released)
      .def(
          "read_part", [](const SweepFolder& f, std::size_t part) { return read_sweep_part(f.path(), part); },
          py::arg("part"), released)
      .def("close", &SweepFolder::close, released)
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](SweepFolder& f, const py::args&) { f.close(); });

  py::class_<SweepContents>(m, "SweepContents", "What the folder of a sweep holds.")
      .def_readonly("plan", &SweepContents::plan)
      .def_readonly("rows", &SweepContents::rows)
      .def_readonly("parts", &SweepContents::parts)
      .def_readonly("done", &SweepContents::done);
  m.def("read_sweep_folder", &read_sweep_folder, py::arg("folder"), released);
  m.def("read_sweep_part", &read_sweep_part, py::arg("folder"), py::arg("part"), released);
  m.def("join_sweep_csv", &join_sweep, py::arg("folder"), py::arg("file"), py::arg("unfinished") = false, released);
  m.attr("PART_ROWS") = kPartRows;
}

}  // namespace

void bind_sweep(py::module_& m) {
  const py::call_guard<py::gil_scoped_release> released;
  bind_distribution(m);
  bind_folder(m);
  m.def("sobol_points", &sobol_points, py::arg("dims"), py::arg("count"), py::arg("seed") = py::none(), released);
  m.def("latin_hypercube", &latin_hypercube, py::arg("dims"), py::arg("count"), py::arg("seed"), released);
  m.def("random_points", &random_points, py::arg("dims"), py::arg("count"), py::arg("seed"), released);
  m.def(
      "draws",
      [](const std::vector<Distribution>& distributions, const Eigen::MatrixXd& points,
         const std::optional<Eigen::MatrixXd>& correlation) {
        return correlation ? draws(distributions, points, *correlation) : draws(distributions, points);
      },
      py::arg("distributions"), py::arg("points"), py::arg("correlation") = py::none(), released);
}

}  // namespace tariffsim::python
