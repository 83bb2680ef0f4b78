// Outcome: numbers of an equilibrium by name, such as "real_income_pct[CHN]" or "flows[CHN->USA]".
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/analysis/labour_welfare.hpp"
#include "tariffsim/analysis/trade_change.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// What an outcome is a number of.
enum class Quantity {
  real_income_pct,       ///< by region, percent
  welfare_pct,           ///< by region, percent: real income less the cost of work
  equivalent_variation,  ///< by region, the world's currency
  real_wage_pct,         ///< by region, percent
  wage_hat,              ///< by region, ratio
  consumer_price_hat,    ///< by region, ratio
  income,                ///< by region, the world's currency, as all levels below
  value_added,           ///< by region
  tariff_revenue,        ///< by region
  export_tax_revenue,    ///< by region
  deficit,               ///< by region
  imports,               ///< by region, from other territories at the border
  exports,               ///< by region, to other territories at the border
  output,                ///< by region and sector
  expenditure,           ///< by region and sector
  cost_hat,              ///< by region and sector, ratio
  price_hat,             ///< by region and sector, ratio
  flows,                 ///< by exporter, importer and sector, at the border; without a sector, of all
};

/// How the values of a quantity are labelled.
enum class OutcomeShape { region, region_sector, pair };

struct QuantityInfo {
  Quantity quantity;
  const char* name;
  OutcomeShape shape;
  const char* unit;
};

[[nodiscard]] inline const std::array<QuantityInfo, 18>& quantities() {
  using enum OutcomeShape;
  static const std::array<QuantityInfo, 18> all = {{
      {Quantity::real_income_pct, "real_income_pct", region, "percent"},
      {Quantity::welfare_pct, "welfare_pct", region, "percent"},
      {Quantity::equivalent_variation, "equivalent_variation", region, "world's currency"},
      {Quantity::real_wage_pct, "real_wage_pct", region, "percent"},
      {Quantity::wage_hat, "wage_hat", region, "ratio"},
      {Quantity::consumer_price_hat, "consumer_price_hat", region, "ratio"},
      {Quantity::income, "income", region, "world's currency"},
      {Quantity::value_added, "value_added", region, "world's currency"},
      {Quantity::tariff_revenue, "tariff_revenue", region, "world's currency"},
      {Quantity::export_tax_revenue, "export_tax_revenue", region, "world's currency"},
      {Quantity::deficit, "deficit", region, "world's currency"},
      {Quantity::imports, "imports", region, "world's currency"},
      {Quantity::exports, "exports", region, "world's currency"},
      {Quantity::output, "output", region_sector, "world's currency"},
      {Quantity::expenditure, "expenditure", region_sector, "world's currency"},
      {Quantity::cost_hat, "cost_hat", region_sector, "ratio"},
      {Quantity::price_hat, "price_hat", region_sector, "ratio"},
      {Quantity::flows, "flows", pair, "world's currency"},
  }};
  return all;
}

[[nodiscard]] inline const QuantityInfo& info(Quantity quantity) {
  return quantities()[static_cast<std::size_t>(quantity)];
}

/// A quantity, or one number of it. Of a territory of several regions, domestic flows are no imports.
///
///   real_income_pct             every region                    flows             every exporter, importer and sector
///   real_income_pct[CHN]        one region                      flows[CHN->USA]           all sectors together
///   output[CHN, ELE]            one region and sector           flows[CHN->USA, ELE]      one sector
class Outcome {
 public:
  /// @throws InvalidInput on an unknown quantity or code, or on labels that the quantity does not have.
  Outcome(const std::string& text, const World& world);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] Quantity quantity() const noexcept { return quantity_; }
  [[nodiscard]] OutcomeShape shape() const noexcept { return info(quantity_).shape; }
  /// True where it is one number.
  [[nodiscard]] bool scalar() const noexcept { return scalar_; }
  /// Of one number: the region, or the importer of a flow, the exporter, and the sector where there is one.
  [[nodiscard]] Index region() const noexcept { return region_; }
  [[nodiscard]] Index exporter() const noexcept { return exporter_; }
  [[nodiscard]] std::optional<Index> sector() const noexcept { return sector_; }

  /// How many numbers: 1, N, N J or N N J.
  [[nodiscard]] Index size() const;
  /// Labels of the dimensions, outermost first: none, region, region and sector, or exporter, importer and sector.
  [[nodiscard]] std::vector<std::string> dims() const;

  /// Writes size() numbers, the last dimension fastest.
  /// @throws NotConverged
  void read(const Equilibrium& eq, double* to) const;

 private:
  [[nodiscard]] double number(const Equilibrium& eq) const;

  std::string text_;
  Quantity quantity_ = Quantity::real_income_pct;
  bool scalar_ = false;
  Index region_ = 0, exporter_ = 0;
  std::optional<Index> sector_;
  Index regions_ = 0, sectors_ = 0;
};

/// Names of all quantities, as a message lists them.
[[nodiscard]] inline std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  for (const QuantityInfo& each : quantities()) names.emplace_back(each.name);
  return names;
}

namespace detail {

// The parts of "name[a->b, c]", blanks around them dropped.
struct OutcomeText {
  std::string name, first, second, sector;
  bool bracket = false, arrow = false, comma = false;
};

inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

inline OutcomeText outcome_parts(const std::string& text) {
  OutcomeText out;
  const auto open = text.find('[');
  out.name = trimmed(text.substr(0, open));
  if (open == std::string::npos) return out;
  const std::string rest = trimmed(text.substr(open + 1));
  if (rest.empty() || rest.back() != ']') {
    throw InvalidInput("outcome '" + text + "'", "its bracket does not close", "write it as flows[CHN->USA]");
  }
  std::string inside = rest.substr(0, rest.size() - 1);
  out.bracket = true;
  const auto comma = inside.find(',');
  out.comma = comma != std::string::npos;
  if (out.comma) {
    out.sector = trimmed(inside.substr(comma + 1));
    inside = inside.substr(0, comma);
  }
  const auto arrow = inside.find("->");
  out.arrow = arrow != std::string::npos;
  out.first = trimmed(inside.substr(0, arrow));
  if (out.arrow) out.second = trimmed(inside.substr(arrow + 2));
  return out;
}

inline Vector by_region_of(const Equilibrium& eq, Quantity quantity) {
  const State& now = eq.counterfactual;
  switch (quantity) {
    case Quantity::real_income_pct: return real_income_pct(eq);
    case Quantity::welfare_pct: return welfare_pct(eq);
    case Quantity::equivalent_variation: return equivalent_variation(eq);
    case Quantity::real_wage_pct: return real_wage_pct(eq);
    case Quantity::wage_hat: return eq.wage_hat;
    case Quantity::consumer_price_hat: return eq.consumer_price_hat;
    case Quantity::income: return now.income;
    case Quantity::value_added: return now.value_added;
    case Quantity::tariff_revenue: return now.tariff_revenue;
    case Quantity::export_tax_revenue: return now.export_tax_revenue;
    case Quantity::deficit: return now.deficit;
    case Quantity::imports: return foreign_trade(now, eq.observed, true);
    case Quantity::exports: return foreign_trade(now, eq.observed, false);
    default: throw std::logic_error("not a quantity by region");
  }
}

inline const RegionSector& by_cell_of(const Equilibrium& eq, Quantity quantity) {
  switch (quantity) {
    case Quantity::output: return eq.counterfactual.output;
    case Quantity::expenditure: return eq.counterfactual.expenditure;
    case Quantity::cost_hat: return eq.cost_hat;
    case Quantity::price_hat: return eq.price_hat;
    default: throw std::logic_error("not a quantity by region and sector");
  }
}

}  // namespace detail

inline Outcome::Outcome(const std::string& text, const World& world)
    : text_(detail::trimmed(text)), regions_(world.regions().size()), sectors_(world.sectors().size()) {
  const std::string where = "outcome '" + text_ + "'";
  const detail::OutcomeText parts = detail::outcome_parts(text_);
  const auto known = std::find_if(quantities().begin(), quantities().end(),
                                  [&](const QuantityInfo& each) { return parts.name == each.name; });
  if (known == quantities().end()) {
    throw InvalidInput(where, "unknown quantity '" + parts.name + "'",
                       "use " + Labels("quantity", quantity_names()).suggestion(parts.name));
  }
  quantity_ = known->quantity;
  scalar_ = parts.bracket;
  if (!scalar_) return;
  const bool pair = shape() == OutcomeShape::pair;
  if (parts.arrow != pair) {
    throw InvalidInput(
        where, pair ? "names no pair" : std::string(known->name) + " has no exporter and importer",
        pair ? "write flows[EXPORTER->IMPORTER] or flows[EXPORTER->IMPORTER, SECTOR]"
             : "write " + std::string(known->name) + "[REGION" + (shape() == OutcomeShape::region ? "]" : ", SECTOR]"));
  }
  if (!pair && parts.comma != (shape() == OutcomeShape::region_sector)) {
    throw InvalidInput(
        where, parts.comma ? "has a sector" : "has no sector",
        "write " + std::string(known->name) + (shape() == OutcomeShape::region ? "[REGION]" : "[REGION, SECTOR]"));
  }
  if (pair) exporter_ = world.regions().at(parts.first, where);
  region_ = world.regions().at(pair ? parts.second : parts.first, where);
  if (parts.comma) sector_ = world.sectors().at(parts.sector, where);
}

inline Index Outcome::size() const {
  if (scalar_) return 1;
  switch (shape()) {
    case OutcomeShape::region: return regions_;
    case OutcomeShape::region_sector: return regions_ * sectors_;
    case OutcomeShape::pair: return regions_ * regions_ * sectors_;
  }
  return 0;
}

inline std::vector<std::string> Outcome::dims() const {
  if (scalar_) return {};
  switch (shape()) {
    case OutcomeShape::region: return {"region"};
    case OutcomeShape::region_sector: return {"region", "sector"};
    case OutcomeShape::pair: return {"exporter", "importer", "sector"};
  }
  return {};
}

inline double Outcome::number(const Equilibrium& eq) const {
  switch (shape()) {
    case OutcomeShape::region: return detail::by_region_of(eq, quantity_)[region_];
    case OutcomeShape::region_sector: return detail::by_cell_of(eq, quantity_)(region_, *sector_);
    case OutcomeShape::pair: break;
  }
  const Cube& flows = eq.counterfactual.flows;
  if (sector_) return flows(exporter_, region_, *sector_);
  double sum = 0;
  for (Index j = 0; j < flows.slices(); ++j) sum += flows(exporter_, region_, j);
  return sum;
}

inline void Outcome::read(const Equilibrium& eq, double* to) const {
  eq.require_converged();
  if (scalar_) {
    *to = number(eq);
    return;
  }
  if (shape() == OutcomeShape::region) {
    Eigen::Map<Vector>(to, regions_) = detail::by_region_of(eq, quantity_);
  } else if (shape() == OutcomeShape::region_sector) {
    Eigen::Map<Eigen::ArrayXXd>(to, sectors_, regions_) = detail::by_cell_of(eq, quantity_).transpose();
  } else {
    const Cube& flows = eq.counterfactual.flows;
    for (Index i = 0; i < regions_; ++i) {
      for (Index n = 0; n < regions_; ++n) {
        for (Index j = 0; j < sectors_; ++j) *to++ = flows(i, n, j);
      }
    }
  }
}

}  // namespace tariffsim
