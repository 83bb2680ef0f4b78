// policy: changes, scenarios and shocks.
#include <pybind11/stl.h>

#include <algorithm>

#include "arrays.hpp"
#include "bindings.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/policy/timeline.hpp"

PYBIND11_MAKE_OPAQUE(tariffsim::Table)

namespace tariffsim::python {
namespace {

using Codes = std::vector<std::string>;
using Groups = std::map<std::string, Codes>;
using PythonValue = std::variant<Table, Input, double>;

Table make_table(Codes exporters, Codes importers, Codes sectors, const Input& values) {
  const Vector numbers = to_vector(values, "table");
  const auto rows = static_cast<std::size_t>(numbers.size());
  if (exporters.size() != rows || importers.size() != rows || sectors.size() != rows) {
    throw InvalidInput("table", "the columns differ in length", "give one exporter, importer and sector per value");
  }
  Table table(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    table[r] = {std::move(exporters[r]), std::move(importers[r]), std::move(sectors[r]),
                numbers[static_cast<Index>(r)]};
  }
  return table;
}

Value to_value(PythonValue value, const std::string& where) {
  if (auto* table = std::get_if<Table>(&value)) return std::move(*table);
  const auto* array = std::get_if<Input>(&value);
  if (array == nullptr) return std::get<double>(value);
  if (array->ndim() == 3) return to_cube(*array, where);
  if (array->ndim() == 1) {  // one value per region
    RegionSector column(array->shape(0), 1);
    column.col(0) = to_vector(*array, where);
    return column;
  }
  return to_region_sector(*array, where);
}

Instrument instrument_from(const std::string& text) {
  for (int k = 0; k <= static_cast<int>(Instrument::deficit); ++k) {
    if (text == name(static_cast<Instrument>(k))) return static_cast<Instrument>(k);
  }
  throw InvalidInput("change", "unknown instrument '" + text + "'", "use tariff, export_tax, trade_cost, …");
}

Operation operation_from(const std::string& text, const std::string& where) {
  for (int k = 0; k <= static_cast<int>(Operation::floor); ++k) {
    if (text == name(static_cast<Operation>(k))) return static_cast<Operation>(k);
  }
  throw InvalidInput(where, "unknown operation '" + text + "'", "use 'set', 'add', 'scale' or 'floor'");
}

using PythonTerms = std::variant<SpecificTerms, PreferenceTerms, NonTariffTerms, ReexportTerms, TransshipmentTerms>;

Span make_span(const std::optional<std::string>& effective, const std::optional<std::string>& ended) {
  Span days;
  if (effective) days.from = Date::parse(*effective, "effective");
  if (ended) days.until = Date::parse(*ended, "ended");
  if (days.from && days.until && !(*days.from < *days.until)) {
    throw InvalidInput("ended", "it ends on " + *ended + ", not after it begins", "swap the days, or correct one");
  }
  return days;
}

// The same on some days alone.
template <class Part>
Part during(const Part& part, const std::optional<std::string>& effective, const std::optional<std::string>& ended) {
  Part dated = part;
  dated.days = both(part.days, make_span(effective, ended));
  return dated;
}

std::vector<std::string> days_of(const Span& days) {
  std::vector<std::string> both;
  if (days.from) both.push_back(days.from->iso());
  if (days.until) both.push_back(days.until->iso());
  return both;
}

Change make_change(const std::string& instrument, Codes importer, Codes exporter, Codes sector,
                   const std::string& operation, PythonValue value, std::string origin,
                   std::optional<PythonTerms> terms) {
  Change change;
  change.instrument = instrument_from(instrument);
  change.importer = std::move(importer);
  change.exporter = std::move(exporter);
  change.sector = std::move(sector);
  change.operation = operation_from(operation, instrument);
  change.value = to_value(std::move(value), instrument);
  change.origin = std::move(origin);
  if (terms) change.terms = std::visit([](auto one) { return Terms(std::move(one)); }, *std::move(terms));
  return change;
}

Scenario make_scenario(std::string title, std::vector<Change> changes, const Groups& groups,
                       const std::optional<std::shared_ptr<Policy>>& policy, const std::optional<std::string>& date,
                       const std::string& basis, const std::vector<Scenario::DeclaredLimit>& limits) {
  Scenario scenario(std::move(title));
  for (const auto& limit : limits) scenario = scenario.with(limit);
  if (policy) scenario = scenario.with(std::shared_ptr<const Policy>(*policy));
  if (date) scenario = scenario.on(Date::parse(*date), basis == "collected" ? Basis::collected : Basis::legal);
  for (const auto& [group, regions] : groups) scenario = scenario.group(group, regions);
  for (auto& change : changes) scenario = scenario.with(std::move(change));
  return scenario;
}

template <class Choice>
Choice one_of(const std::string& text, std::initializer_list<Choice> choices, const std::string& where) {
  std::string known;
  for (const Choice choice : choices) {
    if (text == name(choice)) return choice;
    known += std::string(known.empty() ? "'" : ", '") + name(choice) + "'";
  }
  throw InvalidInput(where, "unknown choice '" + text + "'", "use one of " + known);
}

Scenario::DeclaredLimit make_limit(const std::string& limit_name, const std::string& limited, const std::string& sense,
                                   Codes importer, Codes exporter, Codes sector, double level, bool relative,
                                   const std::string& rent, std::optional<double> out_of_quota) {
  const std::string where = "limit '" + limit_name + "'";
  Scenario::DeclaredLimit out;
  out.limit = {limit_name,
               std::move(importer),
               std::move(exporter),
               std::move(sector),
               level,
               relative,
               one_of(rent, {RentOwner::importer, RentOwner::exporter}, where + ": rent")};
  out.limited = one_of(limited, {Limited::quantity, Limited::value, Limited::import_share}, where);
  out.sense = one_of(sense, {Sense::at_most, Sense::at_least}, where);
  out.out_of_quota = out_of_quota;
  return out;
}

template <class Array>
std::optional<View> optional_view(py::handle self, std::optional<Array> Shock::*member) {
  const auto& array = self.cast<const Shock&>().*member;
  if (!array) return std::nullopt;
  return view(*array, self);
}

template <class Array>
auto viewer(std::optional<Array> Shock::*member) {
  return [member](const py::object& self) { return optional_view(self, member); };
}

Shock make_shock(const std::optional<Input>& tariffs, const std::optional<Input>& export_taxes,
                 const std::optional<Input>& trade_cost_hat, const std::optional<Input>& taste_hat,
                 const std::optional<Input>& productivity_hat, const std::optional<Input>& final_demand_share,
                 const std::optional<Input>& deficits) {
  Shock shock;
  if (tariffs) shock.tariffs = to_cube(*tariffs, "tariffs");
  if (export_taxes) shock.export_taxes = to_cube(*export_taxes, "export_taxes");
  if (trade_cost_hat) shock.trade_cost_hat = to_cube(*trade_cost_hat, "trade_cost_hat");
  if (taste_hat) shock.taste_hat = to_cube(*taste_hat, "taste_hat");
  if (productivity_hat) shock.productivity_hat = to_region_sector(*productivity_hat, "productivity_hat");
  if (final_demand_share) shock.final_demand_share = to_region_sector(*final_demand_share, "final_demand_share");
  if (deficits) shock.deficits = to_vector(*deficits, "deficits");
  return shock;
}

Uptake make_uptake(double median, double spread) {
  const Uptake uptake{median, spread};
  validate(uptake, "costs of the other way");
  return uptake;
}

// What only some instruments have; policy/terms.hpp says what it means.
void bind_terms(py::module_& m) {
  py::class_<Uptake>(m, "Uptake", "How much of a flow takes a way that saves something and has a cost.")
      .def(py::init(&make_uptake), py::arg("median"), py::arg("spread"))
      .def(
          "share", [](const Uptake& u, double saving) { return use_of(u, saving).share; }, py::arg("saving"))
      .def(
          "cost", [](const Uptake& u, double saving) { return use_of(u, saving).cost; }, py::arg("saving"));
  py::class_<SpecificTerms>(m, "SpecificTerms", "In whose prices a duty per unit is fixed.")
      .def(py::init([](std::string numeraire) { return SpecificTerms{std::move(numeraire)}; }), py::arg("numeraire"));
  py::class_<OriginTerms>(m, "OriginTerms", "Which goods count as made in the exporter.")
      .def(py::init([](double threshold, double spread, Codes area) {
             return OriginTerms{threshold, spread, std::move(area)};
           }),
           py::arg("threshold"), py::arg("spread"), py::arg("area"));
  py::class_<PreferenceTerms>(m, "PreferenceTerms", "What of a flow uses a preference.")
      .def(py::init([](double utilisation, double compliance_cost, std::optional<Uptake> uptake,
                       std::optional<OriginTerms> origin) {
             return PreferenceTerms{{utilisation, compliance_cost, uptake}, std::move(origin)};
           }),
           py::arg("utilisation"), py::arg("compliance_cost"), py::arg("uptake"), py::arg("origin"));
  py::class_<NonTariffTerms>(m, "NonTariffTerms", "How the price effect of a barrier splits.")
      .def(py::init([](double resource_share, const std::string& rent, double demand) {
             return NonTariffTerms{resource_share, one_of(rent, {RentOwner::importer, RentOwner::exporter}, "rent"),
                                   demand};
           }),
           py::arg("resource_share"), py::arg("rent"), py::arg("demand"));
  py::class_<ReexportTerms>(m, "ReexportTerms", "A hub, and what the two ways cost.")
      .def(py::init([](std::string hub, double elasticity, double direct_cost, double hub_cost) {
             return ReexportTerms{std::move(hub), elasticity, direct_cost, hub_cost};
           }),
           py::arg("hub"), py::arg("elasticity"), py::arg("direct_cost"), py::arg("hub_cost"));
  py::class_<TransshipmentTerms>(m, "TransshipmentTerms", "Another origin, and what it costs to pretend it.")
      .def(py::init([](std::string via, const Uptake& uptake, double detection, double penalty) {
             return TransshipmentTerms{std::move(via), uptake, detection, penalty};
           }),
           py::arg("via"), py::arg("uptake"), py::arg("detection"), py::arg("penalty"));
}

}  // namespace

void bind_policy(py::module_& m) {
  py::class_<Table>(m, "Table", "Listed cells with a value each; region instruments use `exporters` for the region.")
      .def(py::init(&make_table), py::arg("exporters"), py::arg("importers"), py::arg("sectors"), py::arg("values"))
      .def("__len__", [](const Table& t) { return t.size(); });

  bind_terms(m);
  py::class_<Change>(m, "Change", "One change: instrument, scope, operation and value.")
      .def(py::init(&make_change), py::arg("instrument"), py::arg("importer"), py::arg("exporter"), py::arg("sector"),
           py::arg("operation"), py::arg("value"), py::arg("origin") = "", py::arg("terms") = py::none())
      .def_property_readonly("instrument", [](const Change& c) { return name(c.instrument); })
      .def_property_readonly("importer", [](const Change& c) { return c.importer.terms; })
      .def_property_readonly("exporter", [](const Change& c) { return c.exporter.terms; })
      .def_property_readonly("sector", [](const Change& c) { return c.sector.terms; })
      .def_property_readonly("operation", [](const Change& c) { return name(c.operation); })
      .def(
          "describe",
          [](const Change& c, const std::optional<std::string>& value) {
            return value ? describe(c, *value) : describe(c);
          },
          py::arg("value") = py::none(), "The change in words; `value` stands for a value that is not known yet.")
      .def("during", &during<Change>, py::arg("effective"), py::arg("ended"), "The same on some days alone.")
      .def_property_readonly(
          "days", [](const Change& c) { return days_of(c.days); }, "First day, first day without it.")
      .def_readonly("origin", &Change::origin);

  py::class_<Shock, std::shared_ptr<Shock>>(m, "Shock", "What changed, as arrays; absent arrays do not change.")
      .def(py::init(&make_shock), py::kw_only(), py::arg("tariffs") = py::none(), py::arg("export_taxes") = py::none(),
           py::arg("trade_cost_hat") = py::none(), py::arg("taste_hat") = py::none(),
           py::arg("productivity_hat") = py::none(), py::arg("final_demand_share") = py::none(),
           py::arg("deficits") = py::none())
      .def_property_readonly("tariffs", viewer(&Shock::tariffs))
      .def_property_readonly("export_taxes", viewer(&Shock::export_taxes))
      .def_property_readonly("trade_cost_hat", viewer(&Shock::trade_cost_hat))
      .def_property_readonly("taste_hat", viewer(&Shock::taste_hat))
      .def_property_readonly("productivity_hat", viewer(&Shock::productivity_hat))
      .def_property_readonly("final_demand_share", viewer(&Shock::final_demand_share))
      .def_property_readonly("deficits", viewer(&Shock::deficits))
      .def_property_readonly("changes_tastes", &Shock::changes_tastes)
      .def_property_readonly("only_tariffs", &Shock::only_tariffs)
      .def(
          "validate", [](const Shock& shock, const World& world) { validate(shock, world); }, py::arg("world"));

  py::class_<Scenario::DeclaredLimit>(m, "Limit", "A limit on the flows of a scope, as declared.")
      .def(py::init(&make_limit), py::arg("name"), py::arg("limited"), py::arg("sense"), py::arg("importer"),
           py::arg("exporter"), py::arg("sector"), py::arg("level"), py::arg("relative"), py::arg("rent"),
           py::arg("out_of_quota"))
      .def("during", &during<Scenario::DeclaredLimit>, py::arg("effective"), py::arg("ended"),
           "The same on some days alone.")
      .def_property_readonly(
          "days", [](const Scenario::DeclaredLimit& l) { return days_of(l.days); }, "First day, first day without it.")
      .def("describe", [](const Scenario::DeclaredLimit& l) { return describe(l); });

  py::class_<Scenario>(m, "Scenario", "Changes in order, with a title and groups of regions.")
      .def(py::init(&make_scenario), py::arg("title"), py::arg("changes"), py::arg("groups"),
           py::arg("policy") = py::none(), py::arg("date") = py::none(), py::arg("basis") = "legal",
           py::arg("limits") = std::vector<Scenario::DeclaredLimit>{})
      .def_property_readonly("limits", &Scenario::limits)
      .def_property_readonly("policy",
                             [](const Scenario& s) { return std::const_pointer_cast<Policy>(s.shared_policy()); })
      .def(
          "change_days",
          [](const Scenario& s, const std::string& from, const std::string& until, const std::string& basis) {
            std::vector<std::string> days;
            const Basis which = basis == "collected" ? Basis::collected : Basis::legal;
            for (const Date day : change_days(s, day_of(s.policy(), from), day_of(s.policy(), until), which)) {
              days.push_back(day.iso());
            }
            return days;
          },
          py::arg("start"), py::arg("end"), py::arg("basis"))
      .def_property_readonly("dated", &Scenario::dated)
      .def_property_readonly("title", &Scenario::title)
      .def_property_readonly("changes", &Scenario::changes)
      .def_property_readonly("groups", &Scenario::groups)
      .def(
          "compile", [](const Scenario& s, const World& world) { return s.compile(world); }, py::arg("world"),
          py::call_guard<py::gil_scoped_release>());
}

}  // namespace tariffsim::python
