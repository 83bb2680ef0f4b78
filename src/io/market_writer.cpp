#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "io/atomic_folder.hpp"
#include "io/csv_text.hpp"
#include "io/list_table.hpp"
#include "io/market_schema.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/market_package.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

using detail::CsvText;

/// An elasticity, or an empty cell where another table has it or nobody needs it. Infinity as Frictionless spells it.
struct Elasticity {
  std::optional<double> value;

  friend CsvText& operator<<(CsvText& text, const Elasticity& e) {
    if (!e.value) return text << "";
    return std::isinf(*e.value) ? text << "INF" : text << *e.value;
  }
};

/// One of the three elasticities of a product, by the regions that have it.
class Values {
 public:
  Values() = default;
  Values(const Range& parties, std::span<const std::int32_t> region, std::span<const double> all)
      : region_(region.subspan(parties.first, parties.size())), value_(all.subspan(parties.first, parties.size())) {}

  /// What holds for every region, where one number does.
  [[nodiscard]] Elasticity common() const {
    const auto bits = [](double value) { return std::bit_cast<std::uint64_t>(value); };
    for (const double value : value_) {
      if (bits(value) != bits(value_.front())) return {};
    }
    return value_.empty() ? Elasticity{} : Elasticity{value_.front()};
  }

  [[nodiscard]] Elasticity of(std::int32_t region) const {
    const auto hit = std::lower_bound(region_.begin(), region_.end(), region);
    if (hit == region_.end() || *hit != region) return {};
    return {value_[static_cast<std::size_t>(hit - region_.begin())]};
  }

  [[nodiscard]] std::span<const std::int32_t> regions() const { return region_; }

 private:
  std::span<const std::int32_t> region_;  // in order
  std::span<const double> value_;
};

/// Demand, supply and substitution of one product.
std::array<Values, 3> values_of(const Market& m, Index product) {
  const Range buyers = m.buyers(product);
  return {Values(buyers, m.buyer_region(), m.demand()), Values(m.suppliers(product), m.supplier_region(), m.supply()),
          Values(buyers, m.buyer_region(), m.substitution())};
}

class MarketWriter {
 public:
  explicit MarketWriter(const Market& market) : m_(market), sectors_are_products_(m_.products() == m_.sectors()) {}

  [[nodiscard]] PackageFiles files() const {
    std::vector<std::pair<std::string, std::string>> tables = {{"regions", regions()}, {"sectors", sectors()}};
    if (!sectors_are_products_) tables.emplace_back("products", products());
    tables.emplace_back("flows", cells("flows.csv", "value", m_.value(), false));
    if (has_tariffs()) tables.emplace_back("tariffs", cells("tariffs.csv", "rate", m_.tariff(), true));
    if (std::string text = elasticities(); !text.empty()) tables.emplace_back("elasticities", std::move(text));
    if (detail::any_entry(m_.groups())) tables.emplace_back("groups", groups());

    PackageFiles files;
    std::vector<detail::TableSchema> schemas;
    for (auto& [table, text] : tables) {
      schemas.push_back(detail::market_table(table, good()));
      files[table + ".csv"] = std::move(text);
    }
    files["datapackage.json"] = detail::format_descriptor(m_.info(), schemas);
    return files;
  }

 private:
  [[nodiscard]] const char* good() const { return sectors_are_products_ ? "sector" : "product"; }

  // Reading gives +0 where a row is absent, so -0 is written.
  static bool is_absent(double rate) { return rate == 0 && !std::signbit(rate); }

  [[nodiscard]] bool has_tariffs() const {
    for (const double rate : m_.tariff()) {
      if (!is_absent(rate)) return true;
    }
    return false;
  }

  [[nodiscard]] std::string regions() const {
    CsvText text("regions.csv", "region,name");
    for (Index n = 0; n < m_.regions().size(); ++n) {
      text << m_.regions().code(n) << m_.regions().name(n);
      text.end_row();
    }
    return std::move(text).take();
  }

  [[nodiscard]] std::string sectors() const {
    CsvText text("sectors.csv", "sector,name,kind");
    for (Index j = 0; j < m_.sectors().size(); ++j) {
      const std::string& kind = m_.sector_kinds()[static_cast<std::size_t>(j)];
      if (kind != "goods" && kind != "services") {
        throw InvalidInput("sectors.csv", "sector '" + m_.sectors().code(j) + "' is of kind '" + kind + "'",
                           "use 'goods' or 'services'");
      }
      text << m_.sectors().code(j) << m_.sectors().name(j) << kind;
      text.end_row();
    }
    return std::move(text).take();
  }

  [[nodiscard]] std::string products() const {
    CsvText text("products.csv", "code,sector,name,demand,supply,substitution");
    for (Index k = 0; k < m_.products().size(); ++k) {
      text << m_.products().code(k) << m_.sectors().code(m_.sector_of(k)) << m_.products().name(k);
      for (const Values& values : values_of(m_, k)) text << values.common();
      text.end_row();
    }
    return std::move(text).take();
  }

  [[nodiscard]] std::string cells(const char* file, const char* column, std::span<const double> numbers,
                                  bool sparse) const {
    CsvText text(file, std::string("exporter,importer,") + good() + "," + column);
    for (Index k = 0; k < m_.products().size(); ++k) {
      const Range flows = m_.flows(k);
      for (std::size_t f = flows.first; f < flows.last; ++f) {
        if (sparse && is_absent(numbers[f])) continue;
        text << m_.regions().code(m_.exporter(f)) << m_.regions().code(m_.importer(f)) << m_.products().code(k)
             << numbers[f];
        text.end_row();
      }
    }
    return std::move(text).take();
  }

  // By region what products.csv, which has one number for all regions, cannot hold; empty where there is no such thing.
  [[nodiscard]] std::string elasticities() const {
    CsvText text("elasticities.csv", std::string("region,") + good() + ",demand,supply,substitution");
    bool any = sectors_are_products_;
    for (Index k = 0; k < m_.products().size(); ++k) {
      std::array<Values, 3> all = values_of(m_, k);
      std::set<std::int32_t> regions;
      for (Values& values : all) {
        if (!sectors_are_products_ && values.common().value) values = {};
        regions.insert(values.regions().begin(), values.regions().end());
      }
      for (const std::int32_t n : regions) {
        text << m_.regions().code(n) << m_.products().code(k);
        for (const Values& values : all) text << values.of(n);
        text.end_row();
        any = true;
      }
    }
    return any ? std::move(text).take() : std::string();
  }

  [[nodiscard]] std::string groups() const {
    for (const char* name : {"", "*"}) {
      if (m_.groups().count(name) == 0) continue;
      throw InvalidInput("groups.csv", "a group is called '" + std::string(name) + "'", "give it a name of letters");
    }
    return detail::list_table("groups.csv", "group,region", m_.groups());
  }

  const Market& m_;
  bool sectors_are_products_;
};

// A folder may be replaced where all that is in it could have been written by write_market(). A world has neither
// products nor elasticities, and a market has one of the two.
void require_market_package(const fs::path& folder) {
  std::set<std::string> ours = {"datapackage.json"};
  for (const char* table : detail::kMarketTables) ours.insert(std::string(table) + ".csv");
  const std::string foreign = detail::first_other_entry(folder, ours);
  if (!foreign.empty()) {
    throw InvalidInput(folder.string(), "holds '" + foreign + "', which is not part of a market package",
                       "name a new folder, or move the file away");
  }
  if (!fs::exists(folder / "datapackage.json") ||
      (!fs::exists(folder / "products.csv") && !fs::exists(folder / "elasticities.csv"))) {
    throw InvalidInput(folder.string(), "is not a market package that was written by this program",
                       "name a new folder");
  }
}

}  // namespace

PackageFiles format_market(const Market& market) { return MarketWriter(market).files(); }

void write_market(const Market& market, const fs::path& folder, const StopRequested& stop) {
  detail::AtomicFolder target(folder, require_market_package);
  target.write_all(format_market(market), stop);
}

}  // namespace tariffsim
