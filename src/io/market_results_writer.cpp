#include <cstddef>
#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "io/atomic_folder.hpp"
#include "io/csv_cell.hpp"
#include "io/csv_text.hpp"
#include "io/market_summary.hpp"
#include "io/result_files.hpp"
#include "tariffsim/analysis/market_totals.hpp"
#include "tariffsim/io/market_results.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

using detail::Cell;
using detail::CsvText;

// Totals by column of the tables, in their order; without surpluses where curves shift.
std::vector<std::pair<const char*, RegionSector>> summed(const PartialEquilibrium& eq, const MarketTotals& t) {
  std::vector<std::pair<const char*, RegionSector>> columns = {{"exports_base", t.exports_base},
                                                               {"exports", t.exports},
                                                               {"imports_base", t.imports_base},
                                                               {"imports", t.imports},
                                                               {"tariff_revenue_base", t.tariff_revenue_base},
                                                               {"tariff_revenue", t.tariff_revenue}};
  if (eq.shifts_curves()) return columns;
  columns.emplace_back("producer_surplus", t.producer_surplus);
  columns.emplace_back("consumer_surplus", t.consumer_surplus);
  columns.emplace_back("net_welfare", t.net_welfare());
  return columns;
}

/// The tables of one answer.
class MarketTables {
 public:
  explicit MarketTables(const PartialEquilibrium& eq)
      : eq_(eq), m_(eq.market), totals_(market_totals(eq)), columns_(summed(eq, totals_)) {}

  [[nodiscard]] std::string regions() const {
    return total_table("regions.csv", "region", m_.regions(),
                       [](const RegionSector& values, Index n) { return values.row(n).sum(); });
  }

  [[nodiscard]] std::string sectors() const {
    return total_table("sectors.csv", "sector", m_.sectors(),
                       [](const RegionSector& values, Index j) { return values.col(j).sum(); });
  }

  [[nodiscard]] std::string region_sectors() const {
    CsvText text("region_sectors.csv", header("region,sector") + ",world_price_hat,price_hat");
    const Traded sells = traded(m_.supplier_region(), &Market::suppliers);
    const Traded buys = traded(m_.buyer_region(), &Market::buyers);
    for (Index n = 0; n < m_.regions().size(); ++n) {
      for (Index j = 0; j < m_.sectors().size(); ++j) {
        text << m_.regions().code(n) << m_.sectors().code(j);
        for (const auto& column : columns_) text << Cell(true, column.second(n, j));
        text << Cell(sells(n, j), totals_.world_price_hat(n, j)) << Cell(buys(n, j), totals_.price_hat(n, j));
        text.end_row();
      }
    }
    return std::move(text).take();
  }

  [[nodiscard]] std::string flows() const {
    const bool smart = std::holds_alternative<Smart>(eq_.theory);
    CsvText text("flows.csv", std::string("exporter,importer,product,base,value,quantity_hat,tariff_base,tariff") +
                                  (smart ? ",trade_creation,trade_diversion" : ""));
    for_each(&Market::flows, [&](Index k, std::size_t f) {
      text << m_.regions().code(m_.exporter(f)) << m_.regions().code(m_.importer(f)) << m_.products().code(k)
           << m_.value()[f] << Cell(true, eq_.value(f)) << Cell(true, eq_.quantity_hat[f]) << m_.tariff()[f]
           << eq_.tariff[f];
      if (smart) text << Cell(true, eq_.trade_creation[f]) << Cell(true, eq_.trade_diversion[f]);
      text.end_row();
    });
    return std::move(text).take();
  }

  [[nodiscard]] std::string suppliers() const {
    const bool shifts = eq_.shifts_curves();
    CsvText text("suppliers.csv",
                 std::string("exporter,product,world_price_hat,") + (shifts ? "cost_hat" : "producer_surplus"));
    for_each(&Market::suppliers, [&](Index k, std::size_t s) {
      text << m_.regions().code(m_.supplier_region()[s]) << m_.products().code(k) << Cell(true, eq_.world_price_hat[s])
           << Cell(true, shifts ? shift(eq_.cost_hat, s) : eq_.producer_surplus[s]);
      text.end_row();
    });
    return std::move(text).take();
  }

  [[nodiscard]] std::string buyers() const {
    const bool shifts = eq_.shifts_curves();
    CsvText text("buyers.csv", std::string("importer,product,price_hat,") +
                                   (shifts ? "demand_hat" : "consumer_surplus") +
                                   ",tariff_revenue_base,tariff_revenue");
    for_each(&Market::buyers, [&](Index k, std::size_t b) {
      text << m_.regions().code(m_.buyer_region()[b]) << m_.products().code(k) << Cell(true, eq_.price_hat[b])
           << Cell(true, shifts ? shift(eq_.demand_hat, b) : eq_.consumer_surplus[b])
           << Cell(true, eq_.tariff_revenue_base[b]) << Cell(true, eq_.tariff_revenue[b]);
      text.end_row();
    });
    return std::move(text).take();
  }

 private:
  using Part = Range (Market::*)(Index) const;
  using Traded = Eigen::Array<bool, Eigen::Dynamic, Eigen::Dynamic>;

  template <class Row>
  void for_each(Part part, Row row) const {
    for (Index k = 0; k < m_.products().size(); ++k) {
      const Range range = (m_.*part)(k);
      for (std::size_t at = range.first; at < range.last; ++at) row(k, at);
    }
  }

  // Of curves of which only those of the other side shift.
  static double shift(const std::vector<double>& hats, std::size_t at) { return hats.empty() ? 1.0 : hats[at]; }

  // Where a region has such a party in any product of the sector.
  [[nodiscard]] Traded traded(std::span<const std::int32_t> region, Part part) const {
    Traded any = Traded::Constant(m_.regions().size(), m_.sectors().size(), false);
    for_each(part, [&](Index k, std::size_t at) { any(region[at], m_.sector_of(k)) = true; });
    return any;
  }

  [[nodiscard]] std::string header(std::string keys) const {
    for (const auto& column : columns_) keys += std::string(",") + column.first;
    return keys;
  }

  template <class Sum>
  [[nodiscard]] std::string total_table(const char* file, const char* key, const Labels& labels, Sum sum) const {
    CsvText text(file, header(key));
    for (Index at = 0; at < labels.size(); ++at) {
      text << labels.code(at);
      for (const auto& column : columns_) text << Cell(true, sum(column.second, at));
      text.end_row();
    }
    return std::move(text).take();
  }

  const PartialEquilibrium& eq_;
  const Market& m_;
  MarketTotals totals_;
  std::vector<std::pair<const char*, RegionSector>> columns_;
};

// A folder may be replaced where all that is in it could have been written by write_market_results().
void require_market_results(const fs::path& folder) {
  const std::string foreign = detail::first_other_entry(folder, detail::market_result_names());
  if (!foreign.empty()) detail::refuse_entry(folder, foreign);
  detail::require_summary(folder, "market");
}

}  // namespace

namespace detail {

const std::set<std::string>& market_result_names() {
  static const std::set<std::string> names = {"summary.json", "regions.csv",   "sectors.csv", "region_sectors.csv",
                                              "flows.csv",    "suppliers.csv", "buyers.csv"};
  return names;
}

ResultFiles market_result_files(const PartialEquilibrium& eq) {
  ResultFiles files = {{"summary.json", format_market_summary(eq)}};
  if (!eq.converged()) return files;
  const MarketTables tables(eq);
  files["regions.csv"] = tables.regions();
  files["sectors.csv"] = tables.sectors();
  files["region_sectors.csv"] = tables.region_sectors();
  files["flows.csv"] = tables.flows();
  files["suppliers.csv"] = tables.suppliers();
  files["buyers.csv"] = tables.buyers();
  return files;
}

}  // namespace detail

void write_market_results(const PartialEquilibrium& eq, const fs::path& folder, const StopRequested& stop) {
  detail::AtomicFolder target(folder, require_market_results);
  target.write_all(detail::market_result_files(eq), stop);
}

void require_market_results_folder(const fs::path& folder) { detail::require_writable(folder, require_market_results); }

}  // namespace tariffsim
