// Market: sparse flows of products with their tariffs and elasticities; validated once, then immutable.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/market_data.hpp"

namespace tariffsim {

/// Positions first, …, last - 1.
struct Range {
  std::size_t first = 0, last = 0;
  [[nodiscard]] std::size_t size() const noexcept { return last - first; }
};

/// How many products with trade take an elasticity of their sector, having none of their own.
struct ElasticityFallbacks {
  Index demand = 0, supply = 0, substitution = 0;
};

namespace detail {

/// Rows of a sparse table in the order of product, importer, exporter, each cell once.
class CellOrder {
 public:
  CellOrder(const Labels& regions, const Labels& products) : regions_(regions), products_(products) {}

  /// @throws InvalidInput where a cell is listed twice, or a column has another length.
  void sort(SparseCells& cells) const {
    const std::size_t rows = cells.value.size();
    if (cells.exporter.size() != rows || cells.importer.size() != rows || cells.product.size() != rows ||
        !(cells.line.empty() || cells.line.size() == rows)) {
      throw InvalidInput(cells.name, "the columns differ in length", "give each row all of its columns");
    }
    for (std::size_t r = 0; r < rows; ++r) require_position(cells, r);
    bool sorted = true;
    for (std::size_t r = 1; r < rows && sorted; ++r) sorted = key(cells, r - 1) <= key(cells, r);
    if (!sorted) reorder(cells);
    for (std::size_t r = 1; r < rows; ++r) {
      if (key(cells, r - 1) != key(cells, r)) continue;
      throw InvalidInput(place(cells, r), "the cell is listed twice" + earlier(cells, r - 1),
                         "list every cell once; add up the rows of a flow");
    }
  }

  [[nodiscard]] std::uint64_t key(const SparseCells& cells, std::size_t r) const {
    const auto N = static_cast<std::uint64_t>(regions_.size());
    const auto at = [](std::int32_t position) { return static_cast<std::uint64_t>(position); };
    return (at(cells.product[r]) * N + at(cells.importer[r])) * N + at(cells.exporter[r]);
  }

  /// `flows.csv:12`, or the cell by its codes.
  [[nodiscard]] std::string place(const SparseCells& cells, std::size_t r) const {
    if (!cells.line.empty() && cells.line[r] > 0) return cells.name + ":" + std::to_string(cells.line[r]);
    return cell(cells.name, {{"exporter", regions_.code(cells.exporter[r])},
                             {"importer", regions_.code(cells.importer[r])},
                             {"product", products_.code(cells.product[r])}});
  }

 private:
  void require_position(const SparseCells& cells, std::size_t r) const {
    const auto inside = [](std::int32_t position, const Labels& labels) {
      return position >= 0 && position < labels.size();
    };
    if (inside(cells.exporter[r], regions_) && inside(cells.importer[r], regions_) &&
        inside(cells.product[r], products_)) {
      return;
    }
    throw InvalidInput(cells.name + ", row " + std::to_string(r + 1), "a position is not among the labels",
                       "give positions from 0, below the number of regions or products");
  }

  [[nodiscard]] static std::string earlier(const SparseCells& cells, std::size_t r) {
    return cells.line.empty() ? "" : ", first in line " + std::to_string(cells.line[r]);
  }

  void reorder(SparseCells& cells) const {
    std::vector<std::uint32_t> order(cells.value.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<std::uint64_t> keys(cells.value.size());
    for (std::size_t r = 0; r < keys.size(); ++r) keys[r] = key(cells, r);
    // Stable, so that of two rows for a cell the later one is refused.
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return keys[a] < keys[b]; });
    const auto permute = [&](auto& column) {
      if (column.empty()) return;
      auto sorted = column;
      for (std::size_t r = 0; r < order.size(); ++r) sorted[r] = column[order[r]];
      column = std::move(sorted);
    };
    permute(cells.exporter);
    permute(cells.importer);
    permute(cells.product);
    permute(cells.value);
    permute(cells.line);
  }

  const Labels& regions_;
  const Labels& products_;
};

}  // namespace detail

/// Markets of products: flows, tariffs and elasticities. Copies share their data; nothing can change it.
///
/// Flows lie in the order of product, importer, exporter. A supplier is a region that sells a product, a buyer one that
/// buys it; those of a product lie together, in the order of the regions.
class Market {
 public:
  /// Validates and keeps the tables; flows of zero are left out, since they stay zero.
  /// @throws InvalidInput that names the table, the cell and the remedy.
  explicit Market(MarketData data) {
    auto state = std::make_shared<State>();
    require_labels(data);
    const detail::CellOrder order(data.regions, data.products);
    order.sort(data.flows);
    order.sort(data.tariffs);
    require_values(data, order);
    take_flows(*state, data, order);
    state->suppliers_of.assign(1, 0);
    state->buyers_of.assign(1, 0);
    number_parties(*state, data.flows, data.regions.size());
    take_elasticities(*state, data);
    state->info = std::move(data.info);
    state->regions = std::move(data.regions);
    state->sectors = std::move(data.sectors);
    state->sector_kinds = std::move(data.sector_kinds);
    state->products = std::move(data.products);
    state->sector_of = std::move(data.sector_of);
    state->groups = std::move(data.groups);
    state_ = std::move(state);
  }

  [[nodiscard]] const WorldInfo& info() const noexcept { return state_->info; }
  [[nodiscard]] const Labels& regions() const noexcept { return state_->regions; }
  [[nodiscard]] const Labels& sectors() const noexcept { return state_->sectors; }
  [[nodiscard]] const std::vector<std::string>& sector_kinds() const noexcept { return state_->sector_kinds; }
  [[nodiscard]] const Labels& products() const noexcept { return state_->products; }
  [[nodiscard]] Index sector_of(Index product) const { return state_->sector_of[static_cast<std::size_t>(product)]; }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& groups() const noexcept {
    return state_->groups;
  }
  [[nodiscard]] const ElasticityFallbacks& fallbacks() const noexcept { return state_->fallbacks; }

  /// Flows, suppliers and buyers of a product.
  [[nodiscard]] Range flows(Index product) const { return range(state_->flows_of, product); }
  [[nodiscard]] Range suppliers(Index product) const { return range(state_->suppliers_of, product); }
  [[nodiscard]] Range buyers(Index product) const { return range(state_->buyers_of, product); }

  /// By flow: its supplier, its buyer, its value at world prices and its tariff.
  [[nodiscard]] std::span<const std::int32_t> supplier() const noexcept { return state_->supplier; }
  [[nodiscard]] std::span<const std::int32_t> buyer() const noexcept { return state_->buyer; }
  [[nodiscard]] std::span<const double> value() const noexcept { return state_->value; }
  [[nodiscard]] std::span<const double> tariff() const noexcept { return state_->tariff; }

  /// By supplier: its region and its elasticity of export supply.
  [[nodiscard]] std::span<const std::int32_t> supplier_region() const noexcept { return state_->supplier_region; }
  [[nodiscard]] std::span<const double> supply() const noexcept { return state_->supply; }

  /// By buyer: its region, its elasticity of demand (0 or below) and that of substitution among sources.
  [[nodiscard]] std::span<const std::int32_t> buyer_region() const noexcept { return state_->buyer_region; }
  [[nodiscard]] std::span<const double> demand() const noexcept { return state_->demand; }
  [[nodiscard]] std::span<const double> substitution() const noexcept { return state_->substitution; }

  [[nodiscard]] Index exporter(std::size_t flow) const {
    return state_->supplier_region[static_cast<std::size_t>(state_->supplier[flow])];
  }
  [[nodiscard]] Index importer(std::size_t flow) const {
    return state_->buyer_region[static_cast<std::size_t>(state_->buyer[flow])];
  }
  [[nodiscard]] bool is_domestic(std::size_t flow) const { return exporter(flow) == importer(flow); }

  /// What one region imports, without its domestic sales: the market that SMART looks at.
  [[nodiscard]] Market imports_of(Index region) const;

 private:
  struct State {
    WorldInfo info;
    Labels regions, sectors, products;
    std::vector<std::string> sector_kinds;
    std::map<std::string, std::vector<std::string>> groups;
    std::vector<std::int32_t> sector_of;
    std::vector<std::size_t> flows_of, suppliers_of, buyers_of;  // K + 1: where each product begins
    std::vector<std::int32_t> supplier, buyer;                   // by flow
    std::vector<double> value, tariff;                           // by flow
    std::vector<std::int32_t> supplier_region, buyer_region;
    std::vector<double> supply, demand, substitution;
    ElasticityFallbacks fallbacks;
  };

  explicit Market(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  static Range range(const std::vector<std::size_t>& first, Index product) {
    const auto k = static_cast<std::size_t>(product);
    return {first[k], first[k + 1]};
  }

  static void require_labels(MarketData& d) {
    if (d.regions.size() == 0 || d.products.size() == 0 || d.sectors.size() == 0) {
      throw InvalidInput("market", "there is no region, no sector or no product", "give at least one of each");
    }
    if (d.sector_kinds.empty()) d.sector_kinds.assign(static_cast<std::size_t>(d.sectors.size()), "goods");
    if (static_cast<Index>(d.sector_kinds.size()) != d.sectors.size()) {
      throw InvalidInput("sector kinds", "are not as many as sectors", "give one kind per sector");
    }
    if (static_cast<Index>(d.sector_of.size()) != d.products.size()) {
      throw InvalidInput("products", "not every product has a sector", "give one sector per product");
    }
    for (std::size_t k = 0; k < d.sector_of.size(); ++k) {
      if (d.sector_of[k] >= 0 && d.sector_of[k] < d.sectors.size()) continue;
      throw InvalidInput(cell("products", {{"product", d.products.code(static_cast<Index>(k))}}),
                         "its sector is not among the sectors", "give a position from 0, below the number of sectors");
    }
    for (Index k = 0; k < d.products.size(); ++k) {
      const auto same = d.sectors.find(d.products.code(k));
      if (!same || d.sector_of[static_cast<std::size_t>(k)] == *same) continue;
      throw InvalidInput(cell("products", {{"product", d.products.code(k)}}),
                         "has the code of a sector that it is not in", "rename the product or the sector");
    }
    for (const auto& [group, codes] : d.groups) {
      if (d.regions.find(group)) throw InvalidInput("group '" + group + "'", "has the name of a region", "rename it");
      for (const auto& code : codes) static_cast<void>(d.regions.at(code, "group '" + group + "'"));
    }
  }

  static void require_values(const MarketData& d, const detail::CellOrder& order) {
    bool any = false;
    for (std::size_t r = 0; r < d.flows.value.size(); ++r) {
      const double value = d.flows.value[r];
      any = any || value > 0;
      if (std::isfinite(value) && value >= 0) continue;
      throw InvalidInput(order.place(d.flows, r), "value is " + show(value),
                         "flows are values at world prices, finite and not negative");
    }
    if (!any) throw InvalidInput(d.flows.name, "there is no flow above zero", "list the flows");
    for (std::size_t r = 0; r < d.tariffs.value.size(); ++r) {
      const double rate = d.tariffs.value[r];
      if (std::isfinite(rate) && rate > -1) continue;
      throw InvalidInput(order.place(d.tariffs, r), "rate is " + show(rate),
                         "rates are ad valorem (0.25 is 25 percent), finite and above -1");
    }
  }

  // Leaves the flows above zero in `data.flows`, and takes values and the tariffs of their cells.
  static void take_flows(State& state, MarketData& data, const detail::CellOrder& order) {
    SparseCells& flows = data.flows;
    std::size_t kept = 0;
    for (std::size_t r = 0; r < flows.value.size(); ++r) {
      if (flows.value[r] == 0) continue;
      flows.exporter[kept] = flows.exporter[r];
      flows.importer[kept] = flows.importer[r];
      flows.product[kept] = flows.product[r];
      flows.value[kept] = flows.value[r];
      ++kept;
    }
    for (auto* column : {&flows.exporter, &flows.importer, &flows.product}) column->resize(kept);
    flows.value.resize(kept);
    state.tariff.assign(kept, 0.0);
    std::size_t t = 0;
    for (std::size_t r = 0; r < kept; ++r) {
      const std::uint64_t wanted = order.key(flows, r);
      while (t < data.tariffs.value.size() && order.key(data.tariffs, t) < wanted) ++t;
      if (t < data.tariffs.value.size() && order.key(data.tariffs, t) == wanted) {
        state.tariff[r] = data.tariffs.value[t];
      }
    }
    data.tariffs = {};
    state.value = std::move(flows.value);
    state.flows_of.assign(static_cast<std::size_t>(data.products.size()) + 1, 0);
    for (const std::int32_t product : flows.product) ++state.flows_of[static_cast<std::size_t>(product) + 1];
    std::partial_sum(state.flows_of.begin(), state.flows_of.end(), state.flows_of.begin());
  }

  // Numbers suppliers and buyers, and turns the columns of the flows into those numbers.
  static void number_parties(State& state, SparseCells& flows, Index regions) {
    std::vector<std::int32_t> number(static_cast<std::size_t>(regions));
    for (std::size_t k = 0; k + 1 < state.flows_of.size(); ++k) {
      const Range rows{state.flows_of[k], state.flows_of[k + 1]};
      number_column(flows.exporter, rows, number, state.supplier_region);
      number_column(flows.importer, rows, number, state.buyer_region);
      state.suppliers_of.push_back(state.supplier_region.size());
      state.buyers_of.push_back(state.buyer_region.size());
    }
    state.supplier = std::move(flows.exporter);
    state.buyer = std::move(flows.importer);
  }

  static void number_column(std::vector<std::int32_t>& column, const Range& rows, std::vector<std::int32_t>& number,
                            std::vector<std::int32_t>& region) {
    std::fill(number.begin(), number.end(), -1);
    for (std::size_t r = rows.first; r < rows.last; ++r) number[static_cast<std::size_t>(column[r])] = 0;
    for (std::size_t n = 0; n < number.size(); ++n) {
      if (number[n] < 0) continue;
      number[n] = static_cast<std::int32_t>(region.size());
      region.push_back(static_cast<std::int32_t>(n));
    }
    for (std::size_t r = rows.first; r < rows.last; ++r) column[r] = number[static_cast<std::size_t>(column[r])];
  }

  static void take_elasticities(State& state, const MarketData& data) {
    const double most = std::numeric_limits<double>::max();
    state.demand = elasticities(
        data, data.demand, "demand", state.buyers_of, state.buyer_region, state.fallbacks.demand,
        [&](double e) { return e <= 0 && e >= -most; },
        "write it with its sign: -1.25, or 0 where demand does not answer");
    state.substitution = elasticities(
        data, data.substitution, "substitution", state.buyers_of, state.buyer_region, state.fallbacks.substitution,
        [&](double e) { return e > 0 && e <= most; }, "give a finite number above 0, such as 5");
    state.supply = elasticities(
        data, data.supply, "supply", state.suppliers_of, state.supplier_region, state.fallbacks.supply,
        [](double e) { return e >= 0; }, "give 0 or more; infinity fixes the world price");
  }

  // By party, that of its product, or of the product's sector where it has none.
  template <class Accept>
  static std::vector<double> elasticities(const MarketData& data, const ElasticityTable& table, const char* name,
                                          const std::vector<std::size_t>& first,
                                          const std::vector<std::int32_t>& region, Index& fallbacks, Accept accept,
                                          const char* remedy) {
    const Index N = data.regions.size();
    const auto require = [&](const RegionSector& values, Index rows, const char* of) {
      if (values.size() == 0 || (values.rows() == rows && (values.cols() == 1 || values.cols() == N))) return;
      throw InvalidInput(std::string(name) + " elasticities by " + of, "have another shape",
                         std::string("give one row per ") + of + ", and one column or one per region");
    };
    require(table.by_product, data.products.size(), "product");
    require(table.by_sector, data.sectors.size(), "sector");
    const auto look = [](const RegionSector& values, Index row, Index n) {
      return values.size() == 0 ? std::nan("") : values(row, values.cols() == 1 ? 0 : n);
    };
    std::vector<double> result(region.size());
    for (std::size_t k = 0; k + 1 < first.size(); ++k) {
      bool fell_back = false;
      for (std::size_t p = first[k]; p < first[k + 1]; ++p) {
        const auto product = static_cast<Index>(k);
        double e = look(table.by_product, product, region[p]);
        if (std::isnan(e)) {
          fell_back = true;
          e = look(table.by_sector, data.sector_of[k], region[p]);
        }
        if (!accept(e)) {
          throw InvalidInput(cell(std::string(name) + " elasticity",
                                  {{"product", data.products.code(product)}, {"region", data.regions.code(region[p])}}),
                             std::isnan(e) ? "is missing, for the product and for its sector" : "is " + show(e),
                             remedy);
        }
        result[p] = e;
      }
      fallbacks += fell_back ? 1 : 0;
    }
    return result;
  }

  std::shared_ptr<const State> state_;
};

inline Market Market::imports_of(Index region) const {
  auto part = std::make_shared<State>();
  part->info = info();
  part->regions = regions();
  part->sectors = sectors();
  part->sector_kinds = sector_kinds();
  part->products = products();
  part->sector_of = state_->sector_of;
  part->groups = groups();
  part->fallbacks = fallbacks();
  part->flows_of = part->suppliers_of = part->buyers_of = {0};
  for (Index k = 0; k < products().size(); ++k) {
    const Range all = flows(k);
    for (std::size_t f = all.first; f < all.last; ++f) {
      if (importer(f) != region || is_domestic(f)) continue;
      const auto b = static_cast<std::size_t>(buyer()[f]), s = static_cast<std::size_t>(supplier()[f]);
      if (part->buyer_region.size() == part->buyers_of.back()) {
        part->buyer_region.push_back(buyer_region()[b]);
        part->demand.push_back(demand()[b]);
        part->substitution.push_back(substitution()[b]);
      }
      part->supplier.push_back(static_cast<std::int32_t>(part->supplier_region.size()));
      part->buyer.push_back(static_cast<std::int32_t>(part->buyer_region.size()) - 1);
      part->supplier_region.push_back(supplier_region()[s]);
      part->supply.push_back(supply()[s]);
      part->value.push_back(value()[f]);
      part->tariff.push_back(tariff()[f]);
    }
    part->flows_of.push_back(part->value.size());
    part->suppliers_of.push_back(part->supplier_region.size());
    part->buyers_of.push_back(part->buyer_region.size());
  }
  return Market(std::move(part));
}

}  // namespace tariffsim
