// data: worlds and what is computed from them alone.
#include <pybind11/stl.h>

#include <functional>

#include "arrays.hpp"
#include "bindings.hpp"
#include "tariffsim/data/aggregate.hpp"
#include "tariffsim/data/check.hpp"
#include "tariffsim/data/split.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim::python {
namespace {

// The arrays of a WorldData are copied in and out, so that no view can outlive an assignment.
template <class Get, class Set>
void array_property(py::class_<WorldData>& c, const char* name, Get get, Set set, const char* doc) {
  c.def_property(
      name, [get](WorldData& data) { return own(get(data)); },
      [set, name = std::string(name)](WorldData& data, const Input& array) { set(data, array, name); }, doc);
}

void cube_property(py::class_<WorldData>& c, const char* name, Cube WorldData::*member, const char* doc) {
  array_property(
      c, name, [member](const WorldData& d) { return d.*member; },
      [member](WorldData& d, const Input& a, const std::string& table) { d.*member = to_cube(a, table); }, doc);
}

void bind_info(py::module_& m) {
  py::class_<Source>(m, "Source", "Where a part of the data comes from.")
      .def(py::init<std::string, std::string, std::string>(), py::arg("title"), py::arg("publisher") = "",
           py::arg("license") = "")
      .def_readonly("title", &Source::title)
      .def_readonly("publisher", &Source::publisher)
      .def_readonly("license", &Source::license);

  py::class_<WorldInfo>(m, "WorldInfo", "What a data package says of itself.")
      .def(py::init<std::string, std::string, int, std::string, std::string, std::string, std::string,
                    std::vector<Source>, std::vector<std::string>>(),
           py::kw_only(), py::arg("name") = "", py::arg("title") = "", py::arg("year") = 0, py::arg("currency") = "",
           py::arg("unit") = "", py::arg("valuation") = "", py::arg("attribution") = "",
           py::arg("sources") = std::vector<Source>{}, py::arg("known_defects") = std::vector<std::string>{})
      .def_readonly("name", &WorldInfo::name)
      .def_readonly("title", &WorldInfo::title)
      .def_readonly("year", &WorldInfo::year)
      .def_readonly("currency", &WorldInfo::currency)
      .def_readonly("unit", &WorldInfo::unit)
      .def_readonly("valuation", &WorldInfo::valuation)
      .def_readonly("attribution", &WorldInfo::attribution)
      .def_property_readonly(
          "tariffs_date",
          [](const WorldInfo& i) {
            std::map<std::string, std::string> days;
            for (const auto& [importer, day] : i.tariffs_dates) days.emplace(importer, day.iso());
            return days;
          },
          "The day whose measures an importer's tariffs contain; \"*\" is all that are not listed.")
      .def_readonly("sources", &WorldInfo::sources)
      .def_readonly("known_defects", &WorldInfo::known_defects);
}

void bind_world_data(py::module_& m) {
  py::class_<WorldData> c(m, "WorldData", "The arrays and labels of a world, to fill and hand to World.");
  c.def(py::init<>())
      .def_readwrite("info", &WorldData::info)
      .def_readwrite("regions", &WorldData::regions)
      .def_readwrite("territories", &WorldData::territories)
      .def_readwrite("sectors", &WorldData::sectors)
      .def_readwrite("sector_kinds", &WorldData::sector_kinds)
      .def_readwrite("groups", &WorldData::groups)
      .def_readwrite("members", &WorldData::members)
      .def_readwrite("sector_members", &WorldData::sector_members);
  cube_property(c, "flows", &WorldData::flows, "exporter x importer x sector, before the importer's tariff");
  cube_property(c, "tariffs", &WorldData::tariffs, "exporter x importer x sector, ad valorem");
  cube_property(c, "export_taxes", &WorldData::export_taxes, "exporter x importer x sector, ad valorem");
  cube_property(c, "input_shares", &WorldData::input_shares, "input x sector x region");
  array_property(
      c, "trade_elasticity", [](const WorldData& d) { return d.trade_elasticity; },
      [](WorldData& d, const Input& a, const std::string& table) { d.trade_elasticity = to_vector(a, table); },
      "sector, theta = sigma - 1");
  array_property(
      c, "value_added_share", [](const WorldData& d) { return d.value_added_share; },
      [](WorldData& d, const Input& a, const std::string& table) { d.value_added_share = to_region_sector(a, table); },
      "region x sector");
  c.def_property(
      "final_demand_share",
      [](const WorldData& d) {
        return d.final_demand_share ? std::optional<View>(own(*d.final_demand_share)) : std::nullopt;
      },
      [](WorldData& d, const std::optional<Input>& a) {
        d.final_demand_share.reset();
        if (a) d.final_demand_share = to_region_sector(*a, "final_demand_share");
      },
      "region x sector; None where the data imply it");
}

// A read-only view of an array that a world holds.
template <class Get>
auto world_view(Get get) {
  return [get](const py::object& self) { return view(std::invoke(get, self.cast<const World&>()), self); };
}

template <class Array>
auto account_view(Array Accounts::*member) {
  return world_view([member](const World& w) -> const Array& { return w.accounts().*member; });
}

void bind_transformations(py::module_& m) {
  py::class_<RegionPart>(m, "RegionPart", "A part of a region.")
      .def(py::init([](std::string code, double share, std::string name) {
             return RegionPart{std::move(code), share, std::move(name)};
           }),
           py::arg("code"), py::arg("share"), py::arg("name") = "");

  py::class_<Finding>(m, "Finding", "One thing to look at.")
      .def_readonly("topic", &Finding::topic)
      .def_readonly("where", &Finding::where)
      .def_readonly("value", &Finding::value)
      .def_readonly("message", &Finding::message);

  const py::call_guard<py::gil_scoped_release> released;
  m.def("aggregate", &aggregate, py::arg("world"), py::arg("regions"), py::arg("sectors"), py::arg("region_names"),
        py::arg("sector_names"), released);
  m.def("split", &split, py::arg("world"), py::arg("region"), py::arg("parts"), py::arg("separate_customs"), released);
  m.def("check", &check, py::arg("world"), released);
}

}  // namespace

void bind_data(py::module_& m) {
  bind_info(m);
  bind_world_data(m);
  py::class_<World>(m, "World", "The observed world; validated once, then immutable.")
      .def(py::init<WorldData>(), py::arg("data"), py::call_guard<py::gil_scoped_release>())
      .def("data", &World::data, py::return_value_policy::copy, "A copy of all that the world holds, to edit.")
      .def_property_readonly("info", &World::info, py::return_value_policy::copy)
      .def_property_readonly("regions", &World::regions)
      .def_property_readonly("territories", [](const World& w) { return w.data().territories; })
      .def_property_readonly("sectors", &World::sectors)
      .def_property_readonly("sector_kinds", [](const World& w) { return w.data().sector_kinds; })
      .def_property_readonly("groups", [](const World& w) { return w.data().groups; })
      .def_property_readonly("members", [](const World& w) { return w.data().members; })
      .def_property_readonly("sector_members", [](const World& w) { return w.data().sector_members; })
      .def_property_readonly("share_distance", &World::share_distance)
      .def("is_domestic", &World::is_domestic, py::arg("exporter"), py::arg("importer"))
      .def_property_readonly("flows", world_view(&World::flows))
      .def_property_readonly("tariffs", world_view(&World::tariffs))
      .def_property_readonly("export_taxes", world_view(&World::export_taxes))
      .def_property_readonly("input_shares", world_view(&World::input_shares))
      .def_property_readonly("trade_elasticity", world_view(&World::trade_elasticity))
      .def_property_readonly("value_added_share", world_view(&World::value_added_share))
      .def_property_readonly("output", account_view(&Accounts::output))
      .def_property_readonly("expenditure", account_view(&Accounts::expenditure))
      .def_property_readonly("materials", account_view(&Accounts::materials))
      .def_property_readonly("final_demand_share", account_view(&Accounts::final_demand_share))
      .def_property_readonly("value_added", account_view(&Accounts::value_added))
      .def_property_readonly("tariff_revenue", account_view(&Accounts::tariff_revenue))
      .def_property_readonly("export_tax_revenue", account_view(&Accounts::export_tax_revenue))
      .def_property_readonly("deficit", account_view(&Accounts::deficit))
      .def_property_readonly("income", account_view(&Accounts::income));
  bind_transformations(m);
}

}  // namespace tariffsim::python
