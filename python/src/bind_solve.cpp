// solve: the solver, its certificate and the equilibrium.
#include <pybind11/stl.h>

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "bindings.hpp"
#include "released.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/options.hpp"
#include "tariffsim/solve/solver.hpp"

namespace tariffsim::python {
namespace {

// Called by the solver with the GIL released.
bool report(const py::object& callback, const Progress& progress) {
  const py::gil_scoped_acquire gil;
  try {
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (callback.is_none()) return true;
    const py::object answer = callback(progress);
    return !answer.is(py::bool_(false));
  } catch (...) {
    pending = std::current_exception();
    return false;
  }
}

SolveOptions make_options(double tolerance, int max_evaluations, py::object progress) {
  SolveOptions options;
  options.tolerance = tolerance;
  options.max_evaluations = max_evaluations;
  // Shared, so that copies of the options never touch a Python reference count without the GIL.
  const auto callback = std::make_shared<py::object>(std::move(progress));
  options.progress = [callback](const Progress& now) { return report(*callback, now); };
  return options;
}

std::shared_ptr<Equilibrium> run(const Solver& solver, const Scenario& scenario) {
  return released([&] { return std::make_shared<Equilibrium>(solver.solve(scenario)); });
}

std::shared_ptr<Equilibrium> run_day(const Solver& solver, const Scenario& scenario, const BoundPolicy& bound,
                                     const std::optional<std::shared_ptr<Equilibrium>>& guess) {
  const Equilibrium* start = guess ? guess->get() : nullptr;
  return released([&] { return std::make_shared<Equilibrium>(solver.solve(scenario, bound, start)); });
}

// A view of an array of a converged equilibrium.
template <class Array>
auto hat(Array Equilibrium::*member) {
  return [member](const py::object& self) {
    return view(self.cast<const Equilibrium&>().require_converged().*member, self);
  };
}

template <class Get>
auto level(Get get) {
  return [get](const py::object& self) { return view(std::invoke(get, self.cast<const State&>()), self); };
}

void bind_state(py::module_& m) {
  py::class_<State>(m, "State", "The levels of one equilibrium, before or after a shock.")
      .def_property_readonly("flows", level(&State::flows))
      .def_property_readonly("tariffs", level(&State::tariffs))
      .def_property_readonly("export_taxes", level(&State::export_taxes))
      .def_property_readonly("expenditure_share", [](const State& s) { return own(s.expenditure_share()); })
      .def_property_readonly("expenditure", level(&State::expenditure))
      .def_property_readonly("output", level(&State::output))
      .def_property_readonly("final_demand_share", level(&State::final_demand_share))
      .def_property_readonly("value_added_share", level(&State::value_added_share))
      .def_property_readonly("factor_income", level(&State::factor_income))
      .def_property_readonly("value_added", level(&State::value_added))
      .def_property_readonly("tariff_revenue", level(&State::tariff_revenue))
      .def_property_readonly("export_tax_revenue", level(&State::export_tax_revenue))
      .def_property_readonly("deficit", level(&State::deficit))
      .def_property_readonly("income", level(&State::income));
}

void bind_certificate(py::module_& m) {
  py::class_<Residual>(m, "Residual", "The largest relative violation of one condition, and where it is.")
      .def_readonly("value", &Residual::value)
      .def_readonly("region", &Residual::region)
      .def_readonly("sector", &Residual::sector);

  py::class_<Certificate>(m, "Certificate", "Every equilibrium condition, recomputed by separate code.")
      .def_property_readonly("conditions",
                             [](const Certificate& c) {
                               std::vector<std::pair<std::string, Residual>> list;
                               for (const auto& [name, residual] : c.conditions()) list.emplace_back(name, *residual);
                               return list;
                             })
      .def_readonly("walras", &Certificate::walras)
      .def_readonly("positive", &Certificate::positive)
      .def("worst", &Certificate::worst);
}

void bind_equilibrium(py::module_& m) {
  py::class_<BaseShift>(m, "BaseShift", "How far the solved base lies from the observed flows.")
      .def_readonly("resolved", &BaseShift::resolved, "True where the base had to be solved.")
      .def_readonly("moved_share", &BaseShift::moved_share, "Sum of |base - observed| over the sum of observed flows.")
      .def_readonly("largest_change", &BaseShift::largest_change,
                    "Largest |base - observed| of a flow over all that its importer buys.")
      .def_readonly("reason", &BaseShift::reason);

  py::class_<Equilibrium, std::shared_ptr<Equilibrium>>(m, "Equilibrium", "What a solve returns.")
      .def_property_readonly("observed", [](const Equilibrium& eq) { return eq.observed; })
      .def_readonly("title", &Equilibrium::title)
      .def_property_readonly(
          "date",
          [](const Equilibrium& eq) { return eq.day ? std::optional<std::string>(eq.day->iso()) : std::nullopt; })
      .def_property_readonly("theory", [](const Equilibrium& eq) { return eq.theory; })
      .def_property_readonly("elasticity_source", [](const Equilibrium& eq) { return eq.values->elasticity_source; })
      .def_property_readonly("warnings", [](const Equilibrium& eq) { return eq.values->warnings; })
      .def_property_readonly("factors",
                             [](const Equilibrium& eq) {
                               std::vector<std::string> names;
                               for (const FactorValues& factor : eq.values->factors) names.push_back(factor.name);
                               return names;
                             })
      .def_property_readonly("closure", [](const Equilibrium& eq) { return eq.closure; })
      // Python has no const; what is bound of Shock, State and World only reads.
      .def_property_readonly("shock", [](const Equilibrium& eq) { return std::const_pointer_cast<Shock>(eq.shock); })
      .def_property_readonly("status", [](const Equilibrium& eq) { return name(eq.status); })
      .def_readonly("diagnosis", &Equilibrium::diagnosis)
      .def_property_readonly("certificate", [](const Equilibrium& eq) { return eq.certificate; })
      .def_readonly("iterations", &Equilibrium::iterations)
      .def_readonly("evaluations", &Equilibrium::evaluations)
      .def_readonly("path_steps", &Equilibrium::path_steps)
      .def_readonly("seconds", &Equilibrium::seconds)
      .def_readonly("tolerance", &Equilibrium::tolerance)
      .def_property_readonly("base_shift", [](const Equilibrium& eq) { return eq.base_shift; })
      .def_property_readonly("limits",
                             [](const Equilibrium& eq) {
                               std::vector<std::map<std::string, py::object>> rows;
                               for (const LimitOutcome& l : eq.limits) {
                                 rows.push_back({{"name", py::cast(l.name)},
                                                 {"limited", py::str(name(l.limited))},
                                                 {"sense", py::str(name(l.sense))},
                                                 {"level", py::float_(l.level)},
                                                 {"amount", py::float_(l.amount)},
                                                 {"base", py::float_(l.base)},
                                                 {"binds", py::bool_(l.binds())},
                                                 {"exceeded", py::bool_(l.beyond())},
                                                 {"multiplier", py::float_(l.multiplier)},
                                                 {"wedge", py::float_(l.wedge)},
                                                 {"rent", py::float_(l.rent)},
                                                 {"rent_owner", py::str(name(l.owner))}});
                               }
                               return rows;
                             })
      .def_property_readonly("ways",
                             [](const Equilibrium& eq) {
                               using Row = std::tuple<std::string, std::string, std::string, std::string, std::string,
                                                      double, double, double, double>;
                               std::vector<Row> rows;
                               const Labels &regions = eq.observed.regions(), &sectors = eq.observed.sectors();
                               const Index N = regions.size();
                               for (const WayTaken& w : eq.require_converged().shock->ways) {
                                 const FlowCell flow = flow_at(w.cell, N);
                                 rows.emplace_back(name(w.way), w.through ? regions.code(*w.through) : "",
                                                   regions.code(flow.exporter), regions.code(flow.importer),
                                                   sectors.code(flow.sector), w.base_share, w.share,
                                                   w.base_share * eq.base->flows.values()[w.cell],
                                                   w.share * eq.counterfactual.flows.values()[w.cell]);
                               }
                               return rows;
                             })
      .def("require_converged", [](const Equilibrium& eq) { eq.require_converged(); })
      .def("world", &Equilibrium::world, py::call_guard<py::gil_scoped_release>())
      .def_property_readonly(
          "base", [](const Equilibrium& eq) { return eq.require_converged().base.get(); },
          py::return_value_policy::reference_internal)
      .def_property_readonly(
          "counterfactual", [](const Equilibrium& eq) { return &eq.require_converged().counterfactual; },
          py::return_value_policy::reference_internal)
      .def_property_readonly("wage_hat", hat(&Equilibrium::wage_hat))
      .def_property_readonly("factor_price_hat", hat(&Equilibrium::factor_price_hat))
      .def_property_readonly("factor_supply_hat", hat(&Equilibrium::factor_supply_hat))
      .def_property_readonly("value_added_hat", hat(&Equilibrium::value_added_hat))
      .def_property_readonly("cost_hat", hat(&Equilibrium::cost_hat))
      .def_property_readonly("price_hat", hat(&Equilibrium::price_hat))
      .def_property_readonly("consumer_price_hat", hat(&Equilibrium::consumer_price_hat));
}

}  // namespace

void bind_solve(py::module_& m) {
  py::class_<Progress>(m, "Progress", "Where a running solve stands.")
      .def_readonly("evaluations", &Progress::evaluations)
      .def_readonly("residual", &Progress::residual)
      .def_readonly("path", &Progress::path)
      .def_readonly("seconds", &Progress::seconds);
  bind_certificate(m);
  bind_state(m);
  bind_equilibrium(m);

  m.def("solve_defaults", [] {
    const SolveOptions options;
    return std::make_pair(options.tolerance, options.max_evaluations);
  });

  py::class_<Solver>(m, "Solver", "Solves many shocks on one world; the base is prepared once.")
      .def(py::init([](const World& world, const Theory& theory, const Closure& closure, double tolerance,
                       int max_evaluations, py::object progress) {
             const SolveOptions options = make_options(tolerance, max_evaluations, std::move(progress));
             return released([&] { return std::make_unique<Solver>(world, theory, closure, options); });
           }),
           py::arg("world"), py::arg("theory"), py::arg("closure"), py::arg("tolerance"), py::arg("max_evaluations"),
           py::arg("progress"))
      .def("solve", &run, py::arg("scenario"))
      .def(
          "solve",
          [](const Solver& solver, const Shock& shock) {
            return released([&] { return std::make_shared<Equilibrium>(solver.solve(shock)); });
          },
          py::arg("shock"))
      .def("solve_day", &run_day, py::arg("scenario"), py::arg("bound"), py::arg("guess") = py::none());
}

}  // namespace tariffsim::python
