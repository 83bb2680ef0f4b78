// MarketShock: the new tariffs of a market's flows and shifts of its curves, and how a scenario compiles to it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "tariffsim/data/market.hpp"
#include "tariffsim/policy/change_values.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {

/// New tariffs, one for each flow of a market in its order.
struct MarketShock {
  std::string title;
  std::vector<double> tariff;        ///< ad valorem, above -1
  std::vector<double> cost_hat{};    ///< by supplier, price asked for a given quantity over the base; empty: 1
  std::vector<double> demand_hat{};  ///< by buyer, quantity wanted at given prices over the base; empty: 1

  [[nodiscard]] bool shifts_curves() const noexcept { return !cost_hat.empty() || !demand_hat.empty(); }
};

namespace detail {

inline void require_shifts(const std::vector<double>& shifts, std::size_t parties, const char* what,
                           const char* whose) {
  if (shifts.empty()) return;
  if (shifts.size() != parties) {
    throw InvalidInput(std::string("market shock: ") + what, std::to_string(shifts.size()) + " values",
                       std::string("give one for each of the market's ") + std::to_string(parties) + " " + whose);
  }
  for (std::size_t k = 0; k < shifts.size(); ++k) {
    if (std::isfinite(shifts[k]) && shifts[k] > 0) continue;
    throw InvalidInput(std::string("market shock: ") + what,
                       "value " + std::to_string(k + 1) + " is " + show(shifts[k]),
                       "a shift is a ratio to the base, finite and above zero");
  }
}

}  // namespace detail

/// @throws InvalidInput where the rates are not one per flow, a rate leaves no price, or a shift is no ratio.
inline void validate(const MarketShock& shock, const Market& market) {
  if (shock.tariff.size() != market.value().size()) {
    throw InvalidInput("market shock", std::to_string(shock.tariff.size()) + " rates",
                       "give one for each of the market's " + std::to_string(market.value().size()) + " flows");
  }
  detail::require_shifts(shock.cost_hat, market.supply().size(), "cost_hat", "suppliers");
  detail::require_shifts(shock.demand_hat, market.demand().size(), "demand_hat", "buyers");
  for (Index k = 0; k < market.products().size(); ++k) {
    const Range flows = market.flows(k);
    for (std::size_t f = flows.first; f < flows.last; ++f) {
      const double rate = shock.tariff[f];
      if (std::isfinite(rate) && rate > -1) continue;
      throw InvalidInput(cell("tariff", {{"exporter", market.regions().code(market.exporter(f))},
                                         {"importer", market.regions().code(market.importer(f))},
                                         {"product", market.products().code(k)}}),
                         "rate is " + show(rate),
                         "rates are ad valorem (0.25 is 25 percent), finite and above -1; a ban is no rate");
    }
  }
}

namespace detail {

/// The regions and products that a change names, as a mask over each axis.
class MarketScope {
 public:
  MarketScope(const Market& market, const Scenario& scenario) : market_(market), scenario_(scenario) {}

  [[nodiscard]] std::vector<char> regions(const Selector& selector, const std::string& where) const {
    std::vector<char> mask(static_cast<std::size_t>(market_.regions().size()), 0);
    for (const auto& term : selector.terms) {
      if (term == "*") {
        std::fill(mask.begin(), mask.end(), 1);
      } else if (const auto* codes = group(term)) {
        for (const auto& code : *codes) mark(mask, market_.regions().at(code, where));
      } else {
        mark(mask, market_.regions().at(term, where));
      }
    }
    return mask;
  }

  /// A product, a sector, a kind of sectors, or "*".
  [[nodiscard]] std::vector<char> products(const Selector& selector, const std::string& where) const {
    std::vector<char> mask(static_cast<std::size_t>(market_.products().size()), 0);
    for (const auto& term : selector.terms) {
      const auto sector = market_.sectors().find(term);
      if (const auto product = market_.products().find(term)) {
        mark(mask, *product);
      } else if (sector || term == "*" || term == "goods" || term == "services") {
        for (Index k = 0; k < market_.products().size(); ++k) {
          const Index j = market_.sector_of(k);
          const auto& kind = market_.sector_kinds()[static_cast<std::size_t>(j)];
          if (term == "*" || kind == term || sector == j) mark(mask, k);
        }
      } else {
        throw InvalidInput(where, "unknown product, sector or kind '" + term + "'",
                           "use \"goods\", \"services\", \"*\", a sector, or " + market_.products().suggestion(term));
      }
    }
    return mask;
  }

 private:
  static void mark(std::vector<char>& mask, Index at) { mask[static_cast<std::size_t>(at)] = 1; }

  [[nodiscard]] const std::vector<std::string>* group(const std::string& term) const {
    for (const auto* groups : {&scenario_.groups(), &market_.groups()}) {
      if (const auto hit = groups->find(term); hit != groups->end()) return &hit->second;
    }
    return nullptr;
  }

  const Market& market_;
  const Scenario& scenario_;
};

/// The rates of one change by flow: one for all, or those of a table by product, or by sector for all its products.
class MarketRates {
 public:
  MarketRates(const Market& market, const Change& change, const std::string& where) : market_(market) {
    if (const auto* scalar = std::get_if<double>(&change.value)) {
      absent_ = *scalar;
      return;
    }
    const auto* table = std::get_if<Table>(&change.value);
    if (table == nullptr) {
      throw InvalidInput(where, "an array cannot name the flows of a market", "give one rate, or a table of cells");
    }
    absent_ = change.operation == Operation::scale ? 1.0 : 0.0;
    for (std::size_t r = 0; r < table->size(); ++r) add((*table)[r], r, where);
  }

  [[nodiscard]] double operator()(std::size_t flow, Index product) const {
    if (listed_.empty()) return absent_;
    const Index i = market_.exporter(flow), n = market_.importer(flow), K = market_.products().size();
    auto hit = listed_.find(key(i, n, product));
    if (hit == listed_.end()) hit = listed_.find(key(i, n, K + market_.sector_of(product)));
    return hit == listed_.end() ? absent_ : hit->second;
  }

 private:
  void add(const TableRow& row, std::size_t r, const std::string& where) {
    const std::string place =
        where + (row.line > 0 ? ":" + std::to_string(row.line) : ", table row " + std::to_string(r + 1));
    const Index i = market_.regions().at(row.exporter, place), n = market_.regions().at(row.importer, place);
    const auto product = market_.products().find(row.sector);
    const auto sector = market_.sectors().find(row.sector);
    if (!product && !sector) static_cast<void>(market_.products().at(row.sector, place));
    const Index good = product ? *product : market_.products().size() + *sector;
    if (!listed_.emplace(key(i, n, good), row.value).second) {
      throw InvalidInput(place, "the cell is listed twice", "list every cell once");
    }
  }

  // Sectors follow the products.
  [[nodiscard]] Index key(Index exporter, Index importer, Index good) const {
    const Index N = market_.regions().size();
    return exporter + N * (importer + N * good);
  }

  const Market& market_;
  double absent_ = 0;
  std::unordered_map<Index, double> listed_;
};

}  // namespace detail

/// The tariffs of a scenario on a market, in order; a scope names regions, groups, products, sectors or kinds. Domestic
/// flows are never touched.
/// @throws InvalidInput on unknown codes, rates out of range, and on whatever is no undated import tariff.
[[nodiscard]] inline MarketShock compile(const Scenario& scenario, const Market& market) {
  if (scenario.dated()) {
    throw InvalidInput("scenario '" + scenario.title() + "'", "has dated measures or changes; a market takes none",
                       "give the rates of the day, such as those of trade lines, as a table to tariff()");
  }
  if (!scenario.limits().empty()) {
    throw InvalidInput("limit '" + scenario.limits().front().limit.name + "'", "a market takes import tariffs alone",
                       "leave the limit out, or solve a world");
  }
  MarketShock shock{scenario.title(), {market.tariff().begin(), market.tariff().end()}};
  const detail::MarketScope scope(market, scenario);
  for (std::size_t c = 0; c < scenario.changes().size(); ++c) {
    const Change& change = scenario.changes()[c];
    const std::string where = change.origin.empty()
                                  ? "change " + std::to_string(c + 1) + " (" + name(change.instrument) + ")"
                                  : change.origin;
    if (change.instrument != Instrument::tariff) {
      throw InvalidInput(where, "a market takes import tariffs alone", "use tariff(), or solve a world");
    }
    const auto importers = scope.regions(change.importer, where + ": importer");
    const auto exporters = scope.regions(change.exporter, where + ": exporter");
    const auto products = scope.products(change.sector, where + ": sector");
    const detail::MarketRates rates(market, change, where);
    for (Index k = 0; k < market.products().size(); ++k) {
      if (!products[static_cast<std::size_t>(k)]) continue;
      const Range flows = market.flows(k);
      for (std::size_t f = flows.first; f < flows.last; ++f) {
        if (market.is_domestic(f) || !importers[static_cast<std::size_t>(market.importer(f))] ||
            !exporters[static_cast<std::size_t>(market.exporter(f))]) {
          continue;
        }
        shock.tariff[f] = detail::apply(change.operation, shock.tariff[f], rates(f, k));
      }
    }
  }
  validate(shock, market);
  return shock;
}

}  // namespace tariffsim
