// Markets that a test writes down: dense matrices of one or more products to the sparse tables of a Market.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/market.hpp"

namespace tariffsim::testing {

struct HandElasticities {
  double demand = -1.25, supply = 1.5, substitution = 5;
};

/// One product's flows and tariffs, exporters in rows.
struct HandProduct {
  Eigen::MatrixXd flows, tariffs;
  HandElasticities elasticities{};
};

/// A market of products P1, P2, … in one sector, with regions A, B, ….
inline MarketData hand_market_data(const std::vector<HandProduct>& products) {
  MarketData data;
  const Index N = products.front().flows.rows(), K = static_cast<Index>(products.size());
  std::vector<std::string> regions, codes;
  for (Index n = 0; n < N; ++n) regions.emplace_back(1, static_cast<char>('A' + n));
  for (Index k = 0; k < K; ++k) codes.push_back(std::string("P").append(std::to_string(k + 1)));
  data.regions = Labels("region", std::move(regions));
  data.sectors = Labels("sector", {"ALL"});
  data.products = Labels("product", std::move(codes));
  data.sector_of.assign(static_cast<std::size_t>(K), 0);
  const auto add = [](SparseCells& cells, Index i, Index n, Index k, double value) {
    cells.exporter.push_back(static_cast<std::int32_t>(i));
    cells.importer.push_back(static_cast<std::int32_t>(n));
    cells.product.push_back(static_cast<std::int32_t>(k));
    cells.value.push_back(value);
  };
  for (auto* known : {&data.demand, &data.supply, &data.substitution}) known->by_product.resize(K, 1);
  for (Index k = 0; k < K; ++k) {
    const HandProduct& p = products[static_cast<std::size_t>(k)];
    for (Index i = 0; i < N; ++i) {
      for (Index n = 0; n < N; ++n) {
        if (p.flows(i, n) != 0) add(data.flows, i, n, k, p.flows(i, n));
        if (p.tariffs.size() > 0 && p.tariffs(i, n) != 0) add(data.tariffs, i, n, k, p.tariffs(i, n));
      }
    }
    data.demand.by_product(k, 0) = p.elasticities.demand;
    data.supply.by_product(k, 0) = p.elasticities.supply;
    data.substitution.by_product(k, 0) = p.elasticities.substitution;
  }
  return data;
}

inline Market hand_market(const std::vector<HandProduct>& products) { return Market(hand_market_data(products)); }

}  // namespace tariffsim::testing
