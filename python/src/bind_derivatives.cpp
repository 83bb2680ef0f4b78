// Outcomes by name, and derivatives of equilibria.
#include <pybind11/stl.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "released.hpp"
#include "tariffsim/analysis/gradient.hpp"
#include "tariffsim/analysis/hessian_vector.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/solve/shock_direction.hpp"

namespace tariffsim::python {
namespace {

using Weights = std::map<std::string, double>;
using Named = std::map<std::string, Input>;

std::vector<std::string> parameter_names() {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < kParameterKinds; ++k) names.emplace_back(name(static_cast<ParameterKind>(k)));
  return names;
}

ParameterKind kind_from(const std::string& text) {
  const auto found = Labels("parameter", parameter_names()).find(text);
  if (found) return static_cast<ParameterKind>(*found);
  throw InvalidInput("derivatives", "unknown parameter '" + text + "'",
                     "use " + Labels("parameter", parameter_names()).suggestion(text));
}

std::vector<ParameterKind> kinds_from(const std::vector<std::string>& texts) {
  std::vector<ParameterKind> kinds;
  for (const std::string& text : texts) kinds.push_back(kind_from(text));
  return kinds;
}

bool bilateral(ParameterKind kind) { return kind <= ParameterKind::taste; }

// Shapes of Python: bilateral N x N x J, others as they are.
std::map<std::string, py::object> to_python(const ParameterValues& values) {
  std::map<std::string, py::object> out;
  for (std::size_t k = 0; k < kParameterKinds; ++k) {
    const auto kind = static_cast<ParameterKind>(k);
    const Eigen::ArrayXXd& array = values.by[k];
    if (array.size() == 0) continue;
    if (bilateral(kind)) {
      Cube cube(array.rows(), array.rows(), array.cols() / array.rows());
      cube.values() = array.reshaped();
      out.emplace(name(kind), own(std::move(cube)));
    } else {
      out.emplace(name(kind), own(RegionSector(array)));
    }
  }
  return out;
}

ParameterValues from_python(const Named& direction, const Equilibrium& eq, const std::vector<ParameterKind>& known) {
  const Index N = eq.observed.regions().size(), J = eq.observed.sectors().size();
  ParameterValues out;
  for (const auto& [text, array] : direction) {
    const ParameterKind kind = kind_from(text);
    if (std::find(known.begin(), known.end(), kind) == known.end()) {
      throw InvalidInput("direction: " + text, "is no parameter of this theory and closure", "leave it out");
    }
    if (bilateral(kind)) {
      const Cube cube = to_cube(array, "direction: " + text);
      if (cube.rows() != N || cube.cols() != N || cube.slices() != J) {
        throw InvalidInput("direction: " + text, "has another shape than the world's flows",
                           "give exporter x importer x sector");
      }
      out[kind] = cube.values().reshaped(N, N * J);
    } else {
      out[kind] = to_region_sector(array, "direction: " + text);
    }
    if (!out[kind].isFinite().all()) {
      throw InvalidInput("direction: " + text, "has a value that is not finite", "give finite numbers");
    }
  }
  return out;
}

// The weighted sum of outcomes as weights of levels.
LevelPair weighted(const Weights& outcomes, const Equilibrium& eq) {
  LevelPair sum;
  for (const auto& [text, weight] : outcomes) {
    const LevelPair one = weights_of(Outcome(text, eq.observed), eq, weight);
    add(1.0, one.now, sum.now);
    add(1.0, one.base, sum.base);
  }
  return sum;
}

/// An equilibrium with its linearisation.
struct Linearised {
  std::shared_ptr<Equilibrium> eq;
  Derivatives derivatives;
};

}  // namespace

void bind_derivatives(py::module_& m) {
  m.def("parameter_names", &parameter_names, "Names of all parameters that equilibria are differentiated by.");
  py::class_<Outcome>(m, "Outcome", "Numbers of an equilibrium by name.")
      .def(py::init<const std::string&, const World&>(), py::arg("text"), py::arg("world"))
      .def_property_readonly("text", &Outcome::text)
      .def_property_readonly("quantity", [](const Outcome& outcome) { return info(outcome.quantity()).name; })
      .def_property_readonly("unit", [](const Outcome& outcome) { return info(outcome.quantity()).unit; })
      .def_property_readonly("dims", &Outcome::dims)
      .def_property_readonly("size", &Outcome::size)
      .def(
          "read",
          [](const Outcome& outcome, const Equilibrium& eq) {
            Vector values(outcome.size());
            outcome.read(eq, values.data());
            return own(std::move(values));
          },
          py::arg("equilibrium"));

  py::class_<Linearised>(m, "Derivatives", "The linearisation of one equilibrium.")
      .def(py::init([](std::shared_ptr<Equilibrium> eq, const std::vector<std::string>& wanted) {
             const auto kinds = kinds_from(wanted);
             return released([&] {
               Derivatives derivatives(*eq, kinds);
               return std::make_unique<Linearised>(Linearised{eq, std::move(derivatives)});
             });
           }),
           py::arg("equilibrium"), py::arg("wanted"))
      .def_property_readonly("parameters",
                             [](const Linearised& self) {
                               std::vector<std::string> names;
                               for (const ParameterKind kind : self.derivatives.parameters()) {
                                 names.emplace_back(name(kind));
                               }
                               return names;
                             })
      .def(
          "gradient",
          [](Linearised& self, const Weights& outcomes) {
            ParameterValues values = released([&] {
              ParameterValues out = self.derivatives.gradient(weighted(outcomes, *self.eq));
              // The measure of welfare itself depends on this elasticity.
              for (const auto& [text, weight] : outcomes) {
                if (Outcome(text, self.eq->observed).quantity() == Quantity::welfare_pct)
                  out[ParameterKind::supply] = {};
              }
              return out;
            });
            return to_python(values);
          },
          py::arg("outcomes"), "The derivative of a weighted sum of outcomes by every parameter.")
      .def(
          "tangent",
          [](Linearised& self, const Named& direction, const std::vector<std::string>& outcomes) {
            const ParameterValues by = from_python(direction, *self.eq, self.derivatives.parameters());
            std::vector<Outcome> wanted;
            for (const std::string& text : outcomes) wanted.emplace_back(text, self.eq->observed);
            const auto changes = released([&] {
              const LevelPair moved = self.derivatives.tangent(by);
              std::vector<Vector> out;
              for (const Outcome& each : wanted) out.push_back(outcome_tangent(each, *self.eq, moved));
              return out;
            });
            std::vector<View> views;
            for (const Vector& each : changes) views.push_back(own(Vector(each)));
            return views;
          },
          py::arg("direction"), py::arg("outcomes"), "How outcomes move in a direction.");

  m.def(
      "shock_direction",
      [](const Equilibrium& eq, const Shock& to) {
        return to_python(shock_direction(*eq.require_converged().shock, to, *eq.base));
      },
      py::arg("equilibrium"), py::arg("shock"), "What to add to the parameters of a result's shock to have another.");
  m.def(
      "hessian_vector",
      [](const Equilibrium& eq, const std::string& outcome, const Named& direction,
         const std::vector<std::string>& wanted) {
        const auto known = parameters_of(eq.theory, *eq.values, eq.closure, eq.base_shift.resolved);
        const ParameterValues by = from_python(direction, eq, known);
        const Outcome of(outcome, eq.observed);
        const auto kinds = kinds_from(wanted);
        return to_python(released([&] { return hessian_vector(eq, of, by, kinds); }));
      },
      py::arg("equilibrium"), py::arg("outcome"), py::arg("direction"), py::arg("wanted"));
}

}  // namespace tariffsim::python
