// policy: dated measures, how they stack, and the rates of a day.
#include <pybind11/stl.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "basis.hpp"
#include "bindings.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/policy/product_rate.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/policy/timeline.hpp"

namespace tariffsim::python {
namespace {

using Row = std::map<std::string, py::object>;

py::object day(const std::optional<Date>& date) {
  return date ? py::object(py::str(date->iso())) : py::object(py::none());
}

Row row_of(const Measure& m) {
  return {{"id", py::cast(m.id)},
          {"title", py::cast(m.title)},
          {"importer", py::cast(m.importer)},
          {"exporter", py::cast(m.exporters)},
          {"except_exporter", py::cast(m.except_exporters)},
          {"sector", py::cast(m.sectors)},
          {"products", py::cast(m.products)},
          {"except_products", py::cast(m.except_products)},
          {"rate", m.rate ? py::object(py::float_(*m.rate)) : py::object(py::none())},
          {"rate_table", py::cast(m.rate_table)},
          {"base", py::cast(std::string(name(m.base)))},
          {"base_share", py::cast(m.base_share)},
          {"utilisation", m.claim.uptake ? py::object(py::none()) : py::cast(m.claim.utilisation)},
          {"compliance_cost", m.claim.uptake ? py::object(py::none()) : py::cast(m.claim.compliance_cost)},
          {"median_cost", m.claim.uptake ? py::cast(m.claim.uptake->median) : py::object(py::none())},
          {"cost_spread", m.claim.uptake ? py::cast(m.claim.uptake->spread) : py::object(py::none())},
          {"qualifying", py::cast(m.qualifying)},
          {"use", py::cast(m.use)},
          {"authority", py::cast(m.authority)},
          {"group", py::cast(m.group)},
          {"family", py::cast(m.family)},
          {"level", py::cast(std::string(name(m.detail)))},
          {"announced", day(m.announced)},
          {"effective", day(m.legal.from)},
          {"ended", day(m.legal.until)},
          {"collected", day(m.collected.from)},
          {"collected_ended", day(m.collected.until)},
          {"source", py::cast(m.source)},
          {"confidence", py::cast(std::string(name(m.confidence)))},
          {"note", py::cast(m.note)}};
}

std::vector<Row> rule_rows(const Policy& policy) {
  std::vector<Row> rows;
  for (const StackingRule& r : policy.rules) {
    rows.push_back({{"group", py::cast(r.group)},
                    {"other", py::cast(r.other)},
                    {"relation", py::cast(std::string(name(r.relation)))},
                    {"value", py::cast(r.value)},
                    {"from", day(r.days.from)},
                    {"to", day(r.days.until)},
                    {"detail", py::cast(r.detail)},
                    {"source", py::cast(r.source)},
                    {"confidence", py::cast(std::string(name(r.confidence)))}});
  }
  return rows;
}

std::vector<Row> event_rows(const Policy& policy) {
  std::vector<Row> rows;
  for (const Event& e : policy.events) {
    rows.push_back({{"name", py::cast(e.name)}, {"date", py::str(e.date.iso())}, {"title", py::cast(e.title)}});
  }
  return rows;
}

// Columns of equal length: positions of exporter, importer, sector and measure, share due, amount.
py::dict columns_of(const DayRates& rates) {
  const auto rows = static_cast<py::ssize_t>(rates.parts.size());
  py::array_t<py::ssize_t> exporter(rows), importer(rows), sector(rows), measure(rows);
  py::array_t<double> due(rows), amount(rows);
  const Index N = rates.total.rows();
  for (py::ssize_t k = 0; k < rows; ++k) {
    const RatePart& part = rates.parts[static_cast<std::size_t>(k)];
    const FlowCell flow = flow_at(part.cell, N);
    exporter.mutable_at(k) = flow.exporter;
    importer.mutable_at(k) = flow.importer;
    sector.mutable_at(k) = flow.sector;
    measure.mutable_at(k) = static_cast<py::ssize_t>(part.measure);
    due.mutable_at(k) = part.due;
    amount.mutable_at(k) = part.amount;
  }
  py::dict columns;
  columns["exporter"] = exporter;
  columns["importer"] = importer;
  columns["sector"] = sector;
  columns["measure"] = measure;
  columns["due"] = due;
  columns["amount"] = amount;
  return columns;
}

Policy with_measure(const Policy& policy, const std::map<std::string, std::string>& fields,
                    const std::map<std::string, std::vector<std::string>>& groups) {
  Policy copy = policy;
  copy.groups = groups;
  copy.measures.push_back(measure_from(fields, "measure '" + fields.at("id") + "'"));
  validate(copy);
  return copy;
}

py::dict product_row(const Policy& policy, const ProductQuery& query) {
  const ProductRate found = product_rate(policy, query);
  py::list duties;
  for (const ProductDuty& duty : found.duties) {
    const Measure& m = policy.measures[duty.measure];
    py::dict row;
    row["authority"] = m.authority;
    row["measure"] = m.id;
    row["title"] = m.title;
    row["rate"] = duty.amount;
    row["in_part"] = duty.partly;
    duties.append(row);
  }
  py::dict out;
  out["total"] = found.total;
  out["duties"] = duties;
  return out;
}

}  // namespace

void bind_measures(py::module_& m) {
  py::class_<Policy, std::shared_ptr<Policy>>(m, "Policy", "Dated measures and how they stack.")
      .def(py::init<>())
      .def_property_readonly("measures",
                             [](const Policy& p) {
                               std::vector<Row> rows;
                               for (const Measure& each : p.measures) rows.push_back(row_of(each));
                               return rows;
                             })
      .def_property_readonly("rules", &rule_rows)
      .def_property_readonly("events", &event_rows)
      .def_readonly("description", &Policy::description)
      .def_readonly("attribution", &Policy::attribution)
      .def_readonly("unverified", &Policy::unverified)
      .def("__len__", [](const Policy& p) { return p.measures.size(); })
      .def("with_measure", &with_measure, py::arg("fields"), py::arg("groups"))
      .def(
          "with_unverified",
          [](const Policy& p, bool counts) {
            Policy copy = p;
            copy.unverified = counts;
            validate(copy);
            return copy;
          },
          py::arg("counts"))
      .def(
          "day_of", [](const Policy& p, const std::string& text) { return day_of(p, text).iso(); }, py::arg("text"))
      .def(
          "changes_between",
          [](const Policy& p, const std::string& first, const std::string& second, const std::string& basis) {
            const PolicyChange c = changes_between(p, day_of(p, first), day_of(p, second), basis_from(basis));
            return std::make_pair(c.started, c.ended);
          },
          py::arg("first"), py::arg("second"), py::arg("basis"), "Positions of the measures that start and that end.")
      .def(
          "product_rate",
          [](const Policy& p, const std::string& importer, const std::string& exporter, const std::string& code,
             double normal_duty, const std::string& date, const std::string& basis, bool qualifies,
             const std::optional<double>& content, const std::vector<std::string>& uses) {
            return product_row(p, {importer, exporter, code, normal_duty, day_of(p, date), basis_from(basis), qualifies,
                                   content.value_or(-1), uses});
          },
          py::kw_only(), py::arg("importer"), py::arg("exporter"), py::arg("code"), py::arg("normal_duty"),
          py::arg("date"), py::arg("basis"), py::arg("qualifies"), py::arg("content"), py::arg("uses"));

  py::class_<DayRates, std::shared_ptr<DayRates>>(m, "DayRates", "The rates of one day in one world.")
      .def_property_readonly("date", [](const DayRates& r) { return r.day.iso(); })
      .def_property_readonly("basis", [](const DayRates& r) { return name(r.basis); })
      .def_property_readonly("total",
                             [](const py::object& self) { return view(self.cast<const DayRates&>().total, self); })
      .def_property_readonly("parts", &columns_of);

  py::class_<BoundPolicy, std::shared_ptr<BoundPolicy>>(m, "BoundPolicy", "A policy in one world.")
      .def(py::init([](const std::shared_ptr<Policy>& policy, const World& world) {
             return std::make_shared<BoundPolicy>(policy, world);
           }),
           py::arg("policy"), py::arg("world"))
      .def(
          "rates",
          [](const BoundPolicy& b, const std::string& date, const std::string& basis) {
            const Date d = day_of(b.policy(), date);
            const Basis which = basis_from(basis);
            const py::gil_scoped_release released;
            return std::make_shared<DayRates>(b.rates(d, which));
          },
          py::arg("date"), py::arg("basis"))
      .def_property_readonly("remainders", [](const BoundPolicy& b) {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const Remainder& r : b.remainders()) rows.emplace_back(r.measure, r.what);
        return rows;
      });
}

}  // namespace tariffsim::python
