// analysis: what an equilibrium means. Results of several arrays come as dictionaries by the names of their members.
#include <pybind11/stl.h>

#include <map>
#include <string>
#include <utility>

#include "arrays.hpp"
#include "bindings.hpp"
#include "tariffsim/analysis/analysis.hpp"

namespace tariffsim::python {
namespace {

using Views = std::map<std::string, View>;

template <class Array>
void def_array(py::module_& m, const char* name, Array (*function)(const Equilibrium&)) {
  m.def(
      name, [function](const Equilibrium& eq) { return own(function(eq)); }, py::arg("equilibrium"));
}

Views views(AverageTariff t) {
  return {{"importer", own(std::move(t.by_importer))},
          {"partner", own(std::move(t.by_pair))},
          {"sector", own(std::move(t.by_sector))}};
}

Views views(const TradeByKind& trade) {
  Views result;
  for (const auto& [kind, t] : {std::pair{"goods", &trade.goods}, {"services", &trade.services}, {"all", &trade.all}}) {
    const std::string prefix = kind;
    result[prefix + "_exports"] = own(t->exports);
    result[prefix + "_imports"] = own(t->imports);
    result[prefix + "_balance"] = own(t->balance);
  }
  return result;
}

Views views(PartnerTrade t) {
  return {{"base", own(std::move(t.base))},
          {"counterfactual", own(std::move(t.counterfactual))},
          {"change", own(std::move(t.change))},
          {"base_share", own(std::move(t.base_share))},
          {"share", own(std::move(t.share))}};
}

Views gross(const Equilibrium& eq) {
  GrossExports g = gross_exports(eq);
  return {{"domestic_base", own(std::move(g.domestic_base))}, {"reexports_base", own(std::move(g.reexports_base))},
          {"gross_base", own(std::move(g.gross_base))},       {"domestic", own(std::move(g.domestic))},
          {"reexports", own(std::move(g.reexports))},         {"gross", own(std::move(g.gross))}};
}

Views first_order(const Equilibrium& eq) {
  FirstOrderWelfare w = first_order_welfare(eq);
  return {{"terms_of_trade_pct", own(std::move(w.terms_of_trade_pct))},
          {"volume_of_trade_pct", own(std::move(w.volume_of_trade_pct))},
          {"total_pct", own(std::move(w.total_pct))},
          {"transfer_pct", own(std::move(w.transfer_pct))},
          {"terms_of_trade_by_partner", own(std::move(w.terms_of_trade_by_partner))},
          {"volume_of_trade_by_partner", own(std::move(w.volume_of_trade_by_partner))},
          {"terms_of_trade_by_sector", own(std::move(w.terms_of_trade_by_sector))},
          {"volume_of_trade_by_sector", own(std::move(w.volume_of_trade_by_sector))}};
}

Views creation(const Equilibrium& eq, bool base_prices) {
  TradeCreation c = trade_creation(eq, base_prices ? Valuation::base_prices : Valuation::current_prices);
  return {{"creation", own(std::move(c.creation))},
          {"diversion", own(std::move(c.diversion))},
          {"creation_by_sector", own(std::move(c.creation_by_sector))},
          {"diversion_by_sector", own(std::move(c.diversion_by_sector))},
          {"favoured_by_sector", own(std::move(c.favoured_by_sector))},
          {"disfavoured_by_sector", own(std::move(c.disfavoured_by_sector))}};
}

Views import_prices(const Equilibrium& eq) {
  ImportPrices p = import_price_hat(eq);
  return {{"border", own(std::move(p.border))},
          {"duty_inclusive", own(std::move(p.duty_inclusive))},
          {"border_by_sector", own(std::move(p.border_by_sector))},
          {"duty_inclusive_by_sector", own(std::move(p.duty_inclusive_by_sector))}};
}

Views change_parts(const Equilibrium& eq) {
  FlowChange parts = flow_change_parts(eq);
  return {{"price", own(std::move(parts.price))}, {"quantity", own(std::move(parts.quantity))}};
}

Views pass_through_means(const Equilibrium& eq) {
  PassThrough p = pass_through(eq);
  return {{"changed_imports", own(std::move(p.changed_imports))},
          {"in_numeraire", own(std::move(p.in_numeraire))},
          {"relative_to_wage", own(std::move(p.relative_to_wage))},
          {"changed_imports_by_sector", own(std::move(p.changed_imports_by_sector))},
          {"in_numeraire_by_sector", own(std::move(p.in_numeraire_by_sector))},
          {"relative_to_wage_by_sector", own(std::move(p.relative_to_wage_by_sector))}};
}

void bind_welfare(py::module_& m) {
  def_array(m, "income_hat", &income_hat);
  def_array(m, "real_income_pct", &real_income_pct);
  def_array(m, "real_wage_pct", &real_wage_pct);
  def_array(m, "equivalent_variation", &equivalent_variation);
  def_array(m, "acr_welfare_pct", &acr_welfare_pct);
  def_array(m, "welfare_pct", &welfare_pct);
  def_array(m, "welfare_as_published_pct", &welfare_as_published_pct);
  m.def(
      "trade_change",
      [](const Equilibrium& eq) {
        TradeChange change = trade_change(eq);
        return std::make_pair(own(std::move(change.imports_pct)), own(std::move(change.exports_pct)));
      },
      py::arg("equilibrium"));
  m.def("acr_applies", &acr_applies, py::arg("equilibrium"));
  m.def("welfare_comparable", &welfare_comparable, py::arg("equilibrium"));
  m.def("gross_exports", gross, py::arg("equilibrium"));
  m.def("first_order_welfare", &first_order, py::arg("equilibrium"));
  m.def("first_order_applies", &first_order_applies, py::arg("equilibrium"));
}

void bind_pass_through(py::module_& m) {
  py::class_<PassThroughCell>(m, "PassThroughCell",
                              "Pass-through of one tariff change; regions and sector by position.")
      .def_readonly("exporter", &PassThroughCell::exporter)
      .def_readonly("importer", &PassThroughCell::importer)
      .def_readonly("sector", &PassThroughCell::sector)
      .def_readonly("tariff_base", &PassThroughCell::tariff_base)
      .def_readonly("tariff", &PassThroughCell::tariff)
      .def_readonly("log_tariff_change", &PassThroughCell::log_tariff_change)
      .def_readonly("in_numeraire", &PassThroughCell::in_numeraire)
      .def_readonly("relative_to_wage", &PassThroughCell::relative_to_wage);
  m.def("pass_through", &pass_through_means, py::arg("equilibrium"));
  m.def(
      "pass_through_cells", [](const Equilibrium& eq) { return pass_through(eq).cells; }, py::arg("equilibrium"));
}

}  // namespace

void bind_analysis(py::module_& m) {
  bind_welfare(m);
  bind_pass_through(m);
  def_array(m, "flow_price_hat", &flow_price_hat);
  def_array(m, "flow_quantity_hat", &flow_quantity_hat);
  m.def("flow_change_parts", &change_parts, py::arg("equilibrium"));
  m.def("trade_creation", &creation, py::arg("equilibrium"), py::arg("base_prices"));
  m.def("import_price_hat", &import_prices, py::arg("equilibrium"));
  m.def(
      "effective_tariff",
      [](const Equilibrium& eq) {
        EffectiveTariff t = effective_tariff(eq);
        return std::map<std::string, Views>{{"base", views(std::move(t.base))},
                                            {"before_substitution", views(std::move(t.before_substitution))},
                                            {"after_substitution", views(std::move(t.after_substitution))}};
      },
      py::arg("equilibrium"));
  m.def(
      "trade_balances",
      [](const Equilibrium& eq) {
        const TradeBalances balances = trade_balances(eq);
        return std::map<std::string, Views>{{"base", views(balances.base)},
                                            {"counterfactual", views(balances.counterfactual)}};
      },
      py::arg("equilibrium"));
  using Codes = std::vector<std::string>;
  m.def(
      "import_sources",
      [](const Equilibrium& eq, Codes importer, Codes sector) {
        return views(import_sources(eq, Selector(std::move(importer)), Selector(std::move(sector))));
      },
      py::arg("equilibrium"), py::arg("importer"), py::arg("sector"));
  m.def(
      "export_destinations",
      [](const Equilibrium& eq, Codes exporter, Codes sector) {
        return views(export_destinations(eq, Selector(std::move(exporter)), Selector(std::move(sector))));
      },
      py::arg("equilibrium"), py::arg("exporter"), py::arg("sector"));
}

}  // namespace tariffsim::python
