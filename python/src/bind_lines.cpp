// policy and io: trade lines, concordances, and the rates of lines.
#include <pybind11/stl.h>
#include <pybind11/stl/filesystem.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "arrays.hpp"
#include "basis.hpp"
#include "bindings.hpp"
#include "tariffsim/io/trade_tables.hpp"
#include "tariffsim/policy/bound_lines.hpp"
#include "tariffsim/policy/timeline.hpp"

namespace tariffsim::python {
namespace {

using Codes = std::vector<std::string>;
using LinesPointer = std::shared_ptr<const TradeLines>;

/// Product rates of lines, as pybind11 hands them on.
struct LineRates {
  std::vector<ProductRate> rates;
};

std::optional<double> unless_absent(double value) {
  return std::isnan(value) ? std::nullopt : std::optional<double>(value);
}

std::vector<CodeRow> code_rows(const Codes& codes, const Codes& become) {
  std::vector<CodeRow> rows;
  for (std::size_t r = 0; r < codes.size(); ++r) rows.push_back({codes[r], become.at(r), 0});
  return rows;
}

// NaN stands for an absent normal duty, qualifying share or content.
std::shared_ptr<TradeLines> make_lines(const std::map<std::string, Codes>& texts,
                                       const std::map<std::string, Input>& numbers, const std::vector<Codes>& uses,
                                       const Renumbering& renumbering, const std::string& name) {
  const Codes &exporter = texts.at("exporter"), &importer = texts.at("importer"), &product = texts.at("product");
  std::vector<TradeLine> lines(product.size());
  const auto number = [&](const char* column, std::size_t k) {
    return numbers.at(column).at(static_cast<py::ssize_t>(k));
  };
  for (std::size_t k = 0; k < lines.size(); ++k) {
    lines[k] = {exporter.at(k),
                importer.at(k),
                product[k],
                number("value", k),
                unless_absent(number("normal_duty", k)),
                unless_absent(number("qualifying", k)),
                unless_absent(number("content", k)),
                uses.empty() ? Codes{} : uses.at(k),
                0};
  }
  return std::make_shared<TradeLines>(std::move(lines), renumbering, name);
}

template <class Get>
View numbers_of(std::size_t size, Get get) {
  Vector values(static_cast<Index>(size));
  for (std::size_t k = 0; k < size; ++k) values[static_cast<Index>(k)] = get(k);
  return own(std::move(values));
}

template <class Get>
py::array_t<py::ssize_t> positions_of(std::size_t size, Get get) {
  py::array_t<py::ssize_t> values(static_cast<py::ssize_t>(size));
  for (std::size_t k = 0; k < size; ++k) {
    values.mutable_at(static_cast<py::ssize_t>(k)) = static_cast<py::ssize_t>(get(k));
  }
  return values;
}

py::dict columns_of(const TradeLines& lines) {
  Codes exporter, importer, product;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    exporter.push_back(lines[k].exporter);
    importer.push_back(lines[k].importer);
    product.push_back(lines[k].code);
  }
  py::dict columns;
  columns["exporter"] = exporter;
  columns["importer"] = importer;
  columns["product"] = product;
  columns["value"] = numbers_of(lines.size(), [&](std::size_t k) { return lines[k].value; });
  columns["normal_duty"] =
      numbers_of(lines.size(), [&](std::size_t k) { return lines[k].normal_duty.value_or(std::nan("")); });
  return columns;
}

// Columns of equal length: positions of line and measure, amount, whether a list, or one of exceptions, names only
// codes below.
py::dict parts_of(const LineRates& all) {
  std::vector<std::pair<std::size_t, const ProductDuty*>> parts;
  for (std::size_t k = 0; k < all.rates.size(); ++k) {
    for (const ProductDuty& duty : all.rates[k].duties) parts.emplace_back(k, &duty);
  }
  py::dict columns;
  columns["line"] = positions_of(parts.size(), [&](std::size_t p) { return parts[p].first; });
  columns["measure"] = positions_of(parts.size(), [&](std::size_t p) { return parts[p].second->measure; });
  columns["amount"] = numbers_of(parts.size(), [&](std::size_t p) { return parts[p].second->amount; });
  columns["in_part"] = positions_of(
      parts.size(), [&](std::size_t p) { return parts[p].second->partly || parts[p].second->spared ? 1 : 0; });
  return columns;
}

py::dict columns_of(const std::vector<LineCell>& cells) {
  const std::size_t size = cells.size();
  py::dict columns;
  columns["exporter"] = positions_of(size, [&](std::size_t k) { return cells[k].exporter; });
  columns["importer"] = positions_of(size, [&](std::size_t k) { return cells[k].importer; });
  columns["sector"] = positions_of(size, [&](std::size_t k) { return cells[k].sector; });
  columns["lines"] = positions_of(size, [&](std::size_t k) { return cells[k].lines; });
  columns["pairs"] = positions_of(size, [&](std::size_t k) { return cells[k].pairs; });
  const std::pair<const char*, double LineCell::*> means[] = {
      {"weight", &LineCell::weight},    {"normal_duty", &LineCell::normal_duty}, {"rate", &LineCell::rate},
      {"due", &LineCell::due},          {"in_part", &LineCell::in_part},         {"contained", &LineCell::contained},
      {"in_world", &LineCell::in_world}};
  for (const auto& [column, member] : means) {
    columns[column] = numbers_of(size, [&, mean = member](std::size_t k) { return cells[k].*mean; });
  }
  return columns;
}

void bind_tables(py::module_& m) {
  py::class_<Concordance>(m, "Concordance", "From product codes to sectors.")
      .def(py::init([](const Codes& codes, const Codes& sectors, const std::string& table) {
             return Concordance(code_rows(codes, sectors), {}, table);
           }),
           py::arg("codes"), py::arg("sectors"), py::arg("name"))
      .def(
          "sectors_of", [](const Concordance& c, const std::string& code) { return c.sectors_of(code_digits(code)); },
          py::arg("code"))
      .def("__len__", &Concordance::size);
  py::class_<Renumbering>(m, "Renumbering", "From the codes of the flows to those of the lists and the concordance.")
      .def(py::init<>())
      .def(py::init([](const Codes& before, const Codes& after, const std::string& table) {
             return Renumbering(code_rows(before, after), table);
           }),
           py::arg("old"), py::arg("new"), py::arg("name"))
      .def("__len__", &Renumbering::size);
  m.def("load_concordance", &load_concordance, py::arg("name_or_path"), py::arg("folders"));
  m.def("read_renumbering", &read_renumbering, py::arg("file"));
}

}  // namespace

void bind_lines(py::module_& m) {
  bind_tables(m);
  py::class_<LineRates, std::shared_ptr<LineRates>>(m, "LineRates", "The rates of some lines on one day.")
      .def("__len__", [](const LineRates& r) { return r.rates.size(); })
      .def_property_readonly("normal_duty",
                             [](const LineRates& r) {
                               return numbers_of(r.rates.size(), [&](std::size_t k) { return r.rates[k].normal_duty; });
                             })
      .def_property_readonly("total",
                             [](const LineRates& r) {
                               return numbers_of(r.rates.size(), [&](std::size_t k) { return r.rates[k].total; });
                             })
      .def_property_readonly("parts", &parts_of);

  py::class_<TradeLines, std::shared_ptr<TradeLines>>(m, "TradeLines", "Flows of single products.")
      .def(py::init(&make_lines), py::arg("texts"), py::arg("numbers"), py::arg("uses"), py::arg("renumbering"),
           py::arg("name"))
      .def("__len__", &TradeLines::size)
      .def_property_readonly("total_value", &TradeLines::total_value)
      .def_property_readonly("columns", [](const TradeLines& lines) { return columns_of(lines); })
      .def(
          "rates",
          [](const TradeLines& lines, const Policy& policy, const std::string& date, const std::string& basis) {
            const Date day = day_of(policy, date);
            const Basis which = basis_from(basis);
            const py::gil_scoped_release released;
            return std::make_shared<LineRates>(LineRates{line_rates(policy, lines, day, which)});
          },
          py::arg("policy"), py::arg("date"), py::arg("basis"))
      .def(
          "unmet",
          [](const TradeLines& lines, const Policy& policy, const std::string& date, const std::string& basis) {
            std::vector<std::tuple<std::string, std::string, std::size_t, Codes>> rows;
            for (auto& list : unmet_codes(policy, lines, day_of(policy, date), basis_from(basis))) {
              rows.emplace_back(list.list, list.importer, list.size, std::move(list.codes));
            }
            return rows;
          },
          py::arg("policy"), py::arg("date"), py::arg("basis"), "List, importer, size of the list, codes unmet.")
      .def(
          "left_out",
          [](const TradeLines& lines, const Policy& policy, const std::string& date, const std::string& basis) {
            std::vector<std::pair<std::string, std::string>> rows;
            for (const LeftOut& each : left_out(policy, lines, day_of(policy, date), basis_from(basis))) {
              rows.emplace_back(each.measure, each.what);
            }
            return rows;
          },
          py::arg("policy"), py::arg("date"), py::arg("basis"), "Measures in the rate of no line, and why.");

  m.def(
      "read_trade_lines",
      [](const std::filesystem::path& file, const Renumbering& renumbering) {
        const py::gil_scoped_release released;
        return std::make_shared<TradeLines>(read_trade_lines(file), renumbering, file.string());
      },
      py::arg("file"), py::arg("renumbering"));

  py::class_<BoundLines, std::shared_ptr<BoundLines>>(m, "BoundLines", "Lines in one world under one policy.")
      .def(py::init([](const std::shared_ptr<Policy>& policy, const World& world,
                       const std::shared_ptr<TradeLines>& lines, const Concordance& concordance, bool strict) {
             const py::gil_scoped_release released;
             return std::make_shared<BoundLines>(policy, world, LinesPointer(lines), concordance, strict);
           }),
           py::arg("policy"), py::arg("world"), py::arg("lines"), py::arg("concordance"), py::arg("strict"))
      .def_property_readonly("mapped_value", &BoundLines::mapped_value)
      .def_property_readonly("remainder_value", &BoundLines::remainder_value)
      .def_property_readonly("sectors",
                             [](const BoundLines& b) {
                               const Index N = b.world().regions().size();
                               return positions_of(b.lines().size(), [&](std::size_t k) {
                                 return b.cell(k) < 0 ? Index(-1) : b.cell(k) / (N * N);
                               });
                             })
      .def_property_readonly("remainders",
                             [](const BoundLines& b) {
                               std::vector<std::pair<std::size_t, std::string>> rows;
                               for (const LineRemainder& each : b.remainders())
                                 rows.emplace_back(each.line, each.reason);
                               return rows;
                             })
      .def(
          "rates",
          [](const BoundLines& b, const std::string& date, const std::string& basis) {
            const Date day = day_of(b.policy(), date);
            const Basis which = basis_from(basis);
            const py::gil_scoped_release released;
            return std::make_shared<LineRates>(LineRates{b.rates(day, which)});
          },
          py::arg("date"), py::arg("basis"))
      .def(
          "by_sector",
          [](const BoundLines& b, const std::string& date, const std::string& basis) {
            const Date day = day_of(b.policy(), date);
            const Basis which = basis_from(basis);
            std::vector<LineCell> cells;
            {
              const py::gil_scoped_release released;
              cells = b.by_sector(day, which);
            }
            return columns_of(cells);
          },
          py::arg("date"), py::arg("basis"));
}

}  // namespace tariffsim::python
