// Markets of products: data, solving, totals and reading.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "bindings.hpp"
#include "released.hpp"
#include "tariffsim/analysis/market_totals.hpp"
#include "tariffsim/io/market_package.hpp"
#include "tariffsim/solve/solve_market.hpp"

namespace tariffsim::python {
namespace {

using Positions = py::array_t<std::int32_t, py::array::c_style | py::array::forcecast>;
using Columns = std::map<std::string, py::array>;

// A read-only array on memory that `owner` keeps alive.
template <class Number>
py::array_t<Number> shared(std::span<const Number> values, py::handle owner) {
  py::array_t<Number> array(static_cast<py::ssize_t>(values.size()), values.data(), owner);
  py::detail::array_proxy(array.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

std::vector<std::int32_t> positions(const py::array& array) {
  const auto column = Positions::ensure(array);
  return {column.data(), column.data() + column.size()};
}

SparseCells cells_of(const Columns& columns, std::string name) {
  const auto value = Input::ensure(columns.at("value"));
  return {std::move(name),
          positions(columns.at("exporter")),
          positions(columns.at("importer")),
          positions(columns.at("product")),
          {value.data(), value.data() + value.size()},
          {}};
}

ElasticityTable table_of(const Input& by_product, const Input& by_sector, const std::string& name) {
  return {by_product.size() == 0 ? RegionSector() : to_region_sector(by_product, name + " by product"),
          by_sector.size() == 0 ? RegionSector() : to_region_sector(by_sector, name + " by sector")};
}

Market make_market(WorldInfo info, const Labels& regions, const Labels& sectors, std::vector<std::string> sector_kinds,
                   const Labels& products, const Positions& sector_of, const Columns& flows, const Columns& tariffs,
                   const std::map<std::string, std::pair<Input, Input>>& elasticities,
                   std::map<std::string, std::vector<std::string>> groups) {
  MarketData data;
  data.info = std::move(info);
  data.regions = regions;
  data.sectors = sectors;
  data.sector_kinds = std::move(sector_kinds);
  data.products = products;
  data.sector_of = positions(sector_of);
  data.flows = cells_of(flows, "flows");
  data.tariffs = cells_of(tariffs, "tariffs");
  const auto table = [&](const char* name) {
    const auto& [by_product, by_sector] = elasticities.at(name);
    return table_of(by_product, by_sector, std::string(name) + " elasticities");
  };
  data.demand = table("demand");
  data.supply = table("supply");
  data.substitution = table("substitution");
  data.groups = std::move(groups);
  const py::gil_scoped_release release;
  return Market(std::move(data));
}

MarketTheory make_theory(const std::string& theory, bool published_sign, const std::string& importer) {
  if (theory == "gsim") return Gsim{published_sign};
  if (theory == "smart") return Smart{importer};
  return Partial{};
}

template <class Get>
auto market_array(Get get) {
  return [get](const py::object& self) { return shared((self.cast<const Market&>().*get)(), self); };
}

auto outcome_array(std::vector<double> PartialEquilibrium::*member) {
  return [member](const py::object& self) {
    const auto& values = self.cast<const PartialEquilibrium&>().require_converged().*member;
    return shared(std::span<const double>(values), self);
  };
}

// The product of each flow, supplier or buyer.
template <class RangeOf>
py::array_t<std::int32_t> products_of(const Market& market, std::size_t size, RangeOf range_of) {
  py::array_t<std::int32_t> result(static_cast<py::ssize_t>(size));
  std::int32_t* at = result.mutable_data();
  for (Index k = 0; k < market.products().size(); ++k) {
    const Range range = range_of(k);
    std::fill(at + range.first, at + range.last, static_cast<std::int32_t>(k));
  }
  return result;
}

void bind_market_data(py::module_& m) {
  py::class_<Market>(m, "Market", "Markets of products; validated once, then immutable.")
      .def(py::init(&make_market), py::arg("info"), py::arg("regions"), py::arg("sectors"), py::arg("sector_kinds"),
           py::arg("products"), py::arg("sector_of"), py::arg("flows"), py::arg("tariffs"), py::arg("elasticities"),
           py::arg("groups"))
      .def_property_readonly("info", &Market::info, py::return_value_policy::copy)
      .def_property_readonly("regions", &Market::regions)
      .def_property_readonly("sectors", &Market::sectors)
      .def_property_readonly("products", &Market::products)
      .def_property_readonly("groups", [](const Market& market) { return market.groups(); })
      .def_property_readonly("sector_of",
                             [](const Market& market) {
                               py::array_t<std::int32_t> result(market.products().size());
                               for (Index k = 0; k < market.products().size(); ++k) {
                                 result.mutable_at(k) = static_cast<std::int32_t>(market.sector_of(k));
                               }
                               return result;
                             })
      .def_property_readonly("fallbacks",
                             [](const Market& market) {
                               const ElasticityFallbacks& f = market.fallbacks();
                               return std::map<std::string, Index>{
                                   {"demand", f.demand}, {"supply", f.supply}, {"substitution", f.substitution}};
                             })
      .def_property_readonly("supplier", market_array(&Market::supplier))
      .def_property_readonly("buyer", market_array(&Market::buyer))
      .def_property_readonly("value", market_array(&Market::value))
      .def_property_readonly("tariff", market_array(&Market::tariff))
      .def_property_readonly("supplier_region", market_array(&Market::supplier_region))
      .def_property_readonly("supply", market_array(&Market::supply))
      .def_property_readonly("buyer_region", market_array(&Market::buyer_region))
      .def_property_readonly("demand", market_array(&Market::demand))
      .def_property_readonly("substitution", market_array(&Market::substitution))
      .def("flow_products",
           [](const Market& market) {
             return products_of(market, market.value().size(), [&](Index k) { return market.flows(k); });
           })
      .def("supplier_products",
           [](const Market& market) {
             return products_of(market, market.supply().size(), [&](Index k) { return market.suppliers(k); });
           })
      .def("buyer_products", [](const Market& market) {
        return products_of(market, market.demand().size(), [&](Index k) { return market.buyers(k); });
      });
  m.def("read_market", &read_market, py::arg("folder"), py::call_guard<py::gil_scoped_release>());
}

void bind_totals(py::module_& m) {
  py::class_<MarketTotals, std::shared_ptr<MarketTotals>> totals(m, "MarketTotals", "Sums by region and sector.");
  const auto array = [&](const char* name, RegionSector MarketTotals::*member) {
    totals.def_property_readonly(
        name, [member](const py::object& self) { return view(self.cast<const MarketTotals&>().*member, self); });
  };
  array("exports_base", &MarketTotals::exports_base);
  array("exports", &MarketTotals::exports);
  array("imports_base", &MarketTotals::imports_base);
  array("imports", &MarketTotals::imports);
  array("tariff_revenue_base", &MarketTotals::tariff_revenue_base);
  array("tariff_revenue", &MarketTotals::tariff_revenue);
  array("producer_surplus", &MarketTotals::producer_surplus);
  array("consumer_surplus", &MarketTotals::consumer_surplus);
  array("world_price_hat", &MarketTotals::world_price_hat);
  array("price_hat", &MarketTotals::price_hat);
  totals.def("net_welfare", [](const MarketTotals& t) { return own(t.net_welfare()); });
}

void bind_outcome(py::module_& m) {
  py::class_<MarketCertificate>(m, "MarketCertificate", "The conditions of the markets, recomputed by separate code.")
      .def_readonly("market_clearing", &MarketCertificate::market_clearing)
      .def_readonly("demand", &MarketCertificate::demand)
      .def_property_readonly("worst", &MarketCertificate::worst);

  using Outcome = PartialEquilibrium;
  py::class_<Outcome, std::shared_ptr<Outcome>>(m, "PartialEquilibrium", "Markets after a change of tariffs.")
      .def_property_readonly("market", [](const Outcome& eq) { return eq.market; })
      .def_readonly("title", &Outcome::title)
      .def_property_readonly("converged", &Outcome::converged)
      .def_property_readonly("status",
                             [](const Outcome& eq) {
                               std::vector<std::string> words;
                               for (const Status s : eq.status) words.emplace_back(name(s));
                               return words;
                             })
      .def_readonly("iterations", &Outcome::iterations)
      .def_readonly("seconds", &Outcome::seconds)
      .def_readonly("tolerance", &Outcome::tolerance)
      .def_property_readonly("certificate", [](const Outcome& eq) { return eq.certificate; })
      .def_readonly("beyond_uniqueness", &Outcome::beyond_uniqueness)
      .def_readonly("negative_flows", &Outcome::negative_flows)
      .def_property_readonly("shifts_curves", &Outcome::shifts_curves)
      .def("require_converged", [](const Outcome& eq) { eq.require_converged(); })
      .def("totals", [](const Outcome& eq) { return std::make_shared<MarketTotals>(market_totals(eq)); })
      .def("values",
           [](const Outcome& eq) {
             Vector values(static_cast<Index>(eq.require_converged().quantity_hat.size()));
             for (Index f = 0; f < values.size(); ++f) values[f] = eq.value(static_cast<std::size_t>(f));
             return own(std::move(values));
           })
      .def_property_readonly("tariff", outcome_array(&Outcome::tariff))
      .def_property_readonly("cost_hat", outcome_array(&Outcome::cost_hat))
      .def_property_readonly("demand_hat", outcome_array(&Outcome::demand_hat))
      .def_property_readonly("quantity_hat", outcome_array(&Outcome::quantity_hat))
      .def_property_readonly("world_price_hat", outcome_array(&Outcome::world_price_hat))
      .def_property_readonly("price_hat", outcome_array(&Outcome::price_hat))
      .def_property_readonly("producer_surplus", outcome_array(&Outcome::producer_surplus))
      .def_property_readonly("consumer_surplus", outcome_array(&Outcome::consumer_surplus))
      .def_property_readonly("tariff_revenue_base", outcome_array(&Outcome::tariff_revenue_base))
      .def_property_readonly("tariff_revenue", outcome_array(&Outcome::tariff_revenue))
      .def_property_readonly("trade_creation", outcome_array(&Outcome::trade_creation))
      .def_property_readonly("trade_diversion", outcome_array(&Outcome::trade_diversion));

  m.def(
      "solve_market",
      [](const Market& market, const Scenario& scenario, const std::string& theory, bool published_sign,
         const std::string& importer, double tolerance, int max_iterations) {
        return released([&] {
          return std::make_shared<Outcome>(
              solve(market, scenario, make_theory(theory, published_sign, importer), {tolerance, max_iterations}));
        });
      },
      py::arg("market"), py::arg("scenario"), py::arg("theory"), py::arg("published_sign") = false,
      py::arg("importer") = "", py::arg("tolerance") = MarketOptions{}.tolerance,
      py::arg("max_iterations") = MarketOptions{}.max_iterations);
}

}  // namespace

void bind_market(py::module_& m) {
  bind_market_data(m);
  bind_totals(m);
  bind_outcome(m);
}

}  // namespace tariffsim::python
