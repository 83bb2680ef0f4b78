// A synthetic table of trade by product: about as sparse as the world's, with a heavy tail.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tariffsim/data/market.hpp"

namespace tariffsim::bench {

struct MarketSize {
  Index products = 5000, regions = 200;
  double flows_per_product = 2000;
};

/// Products in 20 sectors. How likely a pair trades, and how much, grows with the weights of its two regions, which
/// fall by rank; tariffs of 0 to 30 percent by importer and product. The same on every platform.
[[nodiscard]] inline MarketData synthetic_market(const MarketSize& size, std::uint64_t seed = 1) {
  std::mt19937_64 engine(seed);
  const auto uniform = [&] { return static_cast<double>(engine() >> 11U) * 0x1p-53; };
  MarketData data;
  std::vector<std::string> regions, sectors, products;
  for (Index n = 0; n < size.regions; ++n) regions.push_back("R" + std::to_string(100 + n));
  for (int j = 0; j < 20; ++j) sectors.push_back("S" + std::to_string(10 + j));
  for (Index k = 0; k < size.products; ++k) {
    products.push_back(std::to_string(100000 + k));
    data.sector_of.push_back(static_cast<std::int32_t>(k * 20 / size.products));
  }
  data.regions = Labels("region", std::move(regions));
  data.sectors = Labels("sector", std::move(sectors));
  data.products = Labels("product", std::move(products));
  std::vector<double> weight;
  double total = 0;
  for (Index n = 0; n < size.regions; ++n) total += weight.emplace_back(1 / std::sqrt(1.0 + static_cast<double>(n)));
  const double chance = size.flows_per_product / (total * total);
  for (Index k = 0; k < size.products; ++k) {
    for (Index n = 0; n < size.regions; ++n) {
      const double rate = uniform() < 0.3 ? 0 : std::floor(30 * uniform()) / 100;
      for (Index i = 0; i < size.regions; ++i) {
        const double pull = weight[static_cast<std::size_t>(i)] * weight[static_cast<std::size_t>(n)];
        if (i == n || uniform() > std::min(1.0, chance * pull)) continue;
        data.flows.exporter.push_back(static_cast<std::int32_t>(i));
        data.flows.importer.push_back(static_cast<std::int32_t>(n));
        data.flows.product.push_back(static_cast<std::int32_t>(k));
        data.flows.value.push_back(1000 * pull * std::exp(6 * uniform() - 3));
        if (rate == 0) continue;
        data.tariffs.exporter.push_back(static_cast<std::int32_t>(i));
        data.tariffs.importer.push_back(static_cast<std::int32_t>(n));
        data.tariffs.product.push_back(static_cast<std::int32_t>(k));
        data.tariffs.value.push_back(rate);
      }
    }
  }
  const auto known = [&](ElasticityTable& table, double low, double high) {
    table.by_product.resize(size.products, 1);
    for (Index k = 0; k < size.products; ++k) table.by_product(k, 0) = low + (high - low) * uniform();
  };
  known(data.demand, -2, -0.5);
  known(data.supply, 0.5, 10);
  known(data.substitution, 3, 8);
  return data;
}

}  // namespace tariffsim::bench
