#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "io/code_finder.hpp"
#include "io/csv_table.hpp"
#include "io/package_json.hpp"
#include "io/text_file.hpp"
#include "io/world_tables.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/market_package.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

constexpr const char* kDescriptor = "datapackage.json";
constexpr const char* kFiles[] = {"regions.csv", "sectors.csv", "products.csv",     "flows.csv",
                                  "tariffs.csv", "groups.csv",  "elasticities.csv", kDescriptor};

// Infinite supply is written "inf", or "INF" as Frictionless has it.
double elasticity(const detail::CsvTable& table, std::size_t column) {
  if (!table.has(column) || table.text(column)[0] == '\0') return std::nan("");
  const std::string_view text = table.text(column);
  return text == "inf" || text == "INF" || text == "Inf" || text == "infinity" ? std::numeric_limits<double>::infinity()
                                                                               : table.number(column);
}

void require(const detail::CsvTable& table, bool fine, const char* what, double value, const char* remedy) {
  if (!fine) table.refuse(std::string(what) + " is " + show(value), remedy);
}

/// The three elasticities of a row, from three columns; NaN where a column is absent or empty.
struct Elasticities {
  double demand, supply, substitution;

  Elasticities(const detail::CsvTable& table, std::size_t first)
      : demand(elasticity(table, first)),
        supply(elasticity(table, first + 1)),
        substitution(elasticity(table, first + 2)) {
    require(table, std::isnan(demand) || (demand <= 0 && std::isfinite(demand)), "demand", demand,
            "write it with its sign: -1.25, or 0 where demand does not answer");
    require(table, std::isnan(supply) || supply >= 0, "supply", supply,
            "give 0 or more, or inf for given world prices");
    require(table, std::isnan(substitution) || (substitution > 0 && std::isfinite(substitution)), "substitution",
            substitution, "give a finite number above 0, such as 5");
  }
};

class MarketReader {
 public:
  MarketReader(const PackageFiles& files, std::string where) : files_(files), where_(std::move(where)) {}

  [[nodiscard]] MarketData read() {
    bool named = false;
    if (has(kDescriptor)) {
      detail::PackageHeader header = detail::parse_package_json(files_.at(kDescriptor), path(kDescriptor));
      named = header.named;
      data_.info = std::move(header.info);
    }
    if (!named) data_.info.name = fs::path(where_).filename().string();
    WorldData labels;
    detail::read_regions(text("regions.csv"), path("regions.csv"), labels);
    if (has("groups.csv")) detail::read_groups(text("groups.csv"), path("groups.csv"), labels);
    data_.regions = std::move(labels.regions);
    data_.groups = std::move(labels.groups);
    read_sectors();
    if (has("products.csv")) {
      read_products();
    } else {
      sectors_as_products();
    }
    read_elasticities();
    read_cells("flows.csv", "value", data_.flows);
    if (has("tariffs.csv")) read_cells("tariffs.csv", "rate", data_.tariffs);
    return std::move(data_);
  }

 private:
  [[nodiscard]] bool has(const char* file) const { return files_.count(file) > 0; }
  [[nodiscard]] std::string path(const char* file) const { return (fs::path(where_) / file).string(); }
  [[nodiscard]] std::string_view text(const char* file) const {
    if (const auto hit = files_.find(file); hit != files_.end()) return hit->second;
    throw InvalidInput(path(file), "there is no such file",
                       "a market needs at least regions.csv, sectors.csv and flows.csv");
  }

  void read_sectors() {
    detail::CsvTable table(text("sectors.csv"), path("sectors.csv"), {"sector", "name", "kind", "trade_elasticity"}, 1);
    std::vector<std::string> codes, names;
    std::vector<double> substitution;
    while (table.next()) {
      codes.emplace_back(table.text(0));
      names.emplace_back(table.has(1) ? table.text(1) : table.text(0));
      const std::string kind = table.has(2) ? table.text(2) : "goods";
      if (kind != "goods" && kind != "services") table.refuse("kind is '" + kind + "'", "use 'goods' or 'services'");
      data_.sector_kinds.push_back(kind);
      const double theta = elasticity(table, 3);
      require(table, std::isnan(theta) || theta > 0, "trade_elasticity", theta, "theta = sigma - 1 is above zero");
      substitution.push_back(theta + 1);
    }
    data_.sectors = labels("sector", std::move(codes), std::move(names), "sectors.csv");
    trade_elasticity_ = Eigen::Map<const Vector>(substitution.data(), static_cast<Index>(substitution.size()));
  }

  void read_products() {
    detail::CsvTable table(text("products.csv"), path("products.csv"),
                           {"code", "sector", "demand", "supply", "substitution", "name"}, 2);
    detail::CodeFinder sectors(data_.sectors);
    std::vector<std::string> codes, names;
    std::vector<Elasticities> rows;
    while (table.next()) {
      codes.emplace_back(table.text(0));
      names.emplace_back(table.has(5) ? table.text(5) : table.text(0));
      data_.sector_of.push_back(static_cast<std::int32_t>(sectors.at(table, 1)));
      rows.emplace_back(table, 2);
    }
    data_.products = labels("product", std::move(codes), std::move(names), "products.csv");
    const auto K = static_cast<Index>(rows.size());
    for (auto* known : {&data_.demand, &data_.supply, &data_.substitution}) known->by_product.resize(K, 1);
    for (Index k = 0; k < K; ++k) {
      const Elasticities& row = rows[static_cast<std::size_t>(k)];
      data_.demand.by_product(k, 0) = row.demand;
      data_.supply.by_product(k, 0) = row.supply;
      data_.substitution.by_product(k, 0) = row.substitution;
    }
    by_product_ = true;
  }

  void sectors_as_products() {
    data_.products = Labels("sector", data_.sectors.codes(), data_.sectors.names());
    for (Index j = 0; j < data_.sectors.size(); ++j) data_.sector_of.push_back(static_cast<std::int32_t>(j));
  }

  // By region and sector, of sectors that are products themselves the products' own; or by region and product.
  void read_elasticities() {
    const Index N = data_.regions.size(), J = data_.sectors.size();
    const auto table_of = [&](ElasticityTable& known) -> RegionSector& {
      return by_product_ ? known.by_sector : known.by_product;
    };
    for (auto* known : {&data_.demand, &data_.supply, &data_.substitution}) {
      table_of(*known).setConstant(J, N, std::nan(""));
    }
    table_of(data_.substitution).colwise() = trade_elasticity_;
    if (!has("elasticities.csv")) return;
    detail::CsvTable table(text("elasticities.csv"), path("elasticities.csv"),
                           {"demand", "supply", "substitution", "region", "sector", "product"}, 0);
    if (table.has(5) && !by_product_) {
      throw InvalidInput(table.where(), "there is a column 'product', and no products.csv",
                         "name the column 'sector', or list the products in products.csv");
    }
    detail::CodeFinder regions(data_.regions), sectors(data_.sectors), products(data_.products);
    while (table.next()) {
      const Index n = table.has(3) ? regions.at(table, 3) : -1;
      const bool of_product = names_product(table);
      const bool of_sector = table.has(4) && !of_product;
      const Index row = of_product ? products.at(table, 5) : of_sector ? sectors.at(table, 4) : -1;
      const auto put = [&](ElasticityTable& known, double value) {
        if (std::isnan(value)) return;
        RegionSector& values = of_product ? known.by_product : table_of(known);
        if (of_product && n >= 0 && values.cols() != N) values = values.replicate(1, N).eval();
        const Index rows = row < 0 ? values.rows() : 1, columns = n < 0 ? values.cols() : 1;
        values.block(std::max<Index>(row, 0), std::max<Index>(n, 0), rows, columns).setConstant(value);
      };
      const Elasticities each(table, 0);
      put(data_.demand, each.demand);
      put(data_.supply, each.supply);
      put(data_.substitution, each.substitution);
    }
  }

  // Where there are columns for both, a row fills one of them.
  static bool names_product(const detail::CsvTable& table) {
    if (!table.has(5)) return false;
    if (!table.has(4)) return true;
    const bool product = table.text(5)[0] != '\0', sector = table.text(4)[0] != '\0';
    if (product == sector) {
      table.refuse(
          product ? "the row names both a product and a sector" : "the row names neither a product nor a sector",
          "name one of the two");
    }
    return product;
  }

  // Of flows.csv a column `tariff` fills the tariffs too.
  void read_cells(const char* file, const char* number, SparseCells& cells) {
    const bool flows = &cells == &data_.flows;
    const char* const product = by_product_ ? "product" : "sector";
    detail::CsvTable table(text(file), path(file), {"exporter", "importer", product, number, "tariff"}, 4);
    if (flows && table.has(4) && has("tariffs.csv")) {
      throw InvalidInput(path(file), "has a column 'tariff', and there is a tariffs.csv", "keep one of the two");
    }
    detail::CodeFinder exporters(data_.regions), importers(data_.regions), products(data_.products);
    cells.name = path(file);
    while (table.next()) {
      const auto i = static_cast<std::int32_t>(exporters.at(table, 0));
      const auto n = static_cast<std::int32_t>(importers.at(table, 1));
      const auto k = static_cast<std::int32_t>(products.at(table, 2));
      const double value = table.number(3);
      if (flows) {
        require(table, value >= 0, number, value, "flows are values at world prices and not negative");
      } else {
        require(table, value > -1, number, value, "rates are ad valorem (0.25 is 25 percent) and above -1");
      }
      add(cells, i, n, k, value, table.line());
      if (!flows || !table.has(4) || table.text(4)[0] == '\0') continue;
      const double rate = table.number(4);
      require(table, rate > -1, "tariff", rate, "rates are ad valorem (0.25 is 25 percent) and above -1");
      if (rate != 0) add(data_.tariffs, i, n, k, rate, table.line());
    }
    if (flows) data_.tariffs.name = cells.name;
  }

  static void add(SparseCells& cells, std::int32_t i, std::int32_t n, std::int32_t k, double value, unsigned line) {
    cells.exporter.push_back(i);
    cells.importer.push_back(n);
    cells.product.push_back(k);
    cells.value.push_back(value);
    cells.line.push_back(line);
  }

  [[nodiscard]] Labels labels(const char* axis, std::vector<std::string> codes, std::vector<std::string> names,
                              const char* file) const {
    if (codes.empty()) throw InvalidInput(path(file), "there is no row", std::string("list at least one ") + axis);
    try {
      return {axis, std::move(codes), std::move(names)};
    } catch (const InvalidInput& e) {
      throw InvalidInput(path(file), e.problem(), e.remedy());
    }
  }

  const PackageFiles& files_;
  std::string where_;
  MarketData data_;
  Vector trade_elasticity_;  // plus one
  bool by_product_ = false;
};

}  // namespace

Market parse_market(const PackageFiles& files, const std::string& where) {
  try {
    return Market(MarketReader(files, where).read());
  } catch (const InvalidInput& e) {
    const bool named = e.where().rfind(where, 0) == 0;
    throw InvalidInput(named ? e.where() : where + ": " + e.where(), e.problem(), e.remedy());
  }
}

Market read_market(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    const bool is_file = fs::exists(folder, ignored);
    throw InvalidInput(folder.string(), is_file ? "is a file, not a folder" : "there is no such folder",
                       "give the folder that holds regions.csv, sectors.csv and flows.csv");
  }
  PackageFiles files;
  for (const char* file : kFiles) {
    if (fs::exists(folder / file, ignored)) files[file] = detail::read_text(folder / file);
  }
  return parse_market(files, folder.string());
}

}  // namespace tariffsim
