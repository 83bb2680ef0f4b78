// World: regions, sectors, flows, tariffs, technology and elasticities; validated once, then immutable.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/accounts.hpp"
#include "tariffsim/data/validation.hpp"
#include "tariffsim/data/world_data.hpp"

namespace tariffsim {

/// The observed world. Copies share their data; nothing can change it.
class World {
 public:
  /// Validates and keeps the arrays. Empty optional arrays take their defaults (see WorldData).
  /// @throws InvalidInput that names the table, the cell and the remedy.
  explicit World(WorldData data) {
    detail::fill_defaults(data);
    detail::validate_labels(data);
    detail::validate_values(data);
    auto state = std::make_shared<State>();
    state->share_distance = detail::validate_shares(data, gross_output(data.flows, data.export_taxes));
    state->accounts = accounts_of(data);
    const Labels territories = detail::distinct(data.territories);
    for (const auto& territory : data.territories) state->territory.push_back(territories.at(territory));
    detail::validate_accounts(data, state->accounts);
    state->data = std::move(data);
    state_ = std::move(state);
  }

  /// The shortest start: one sector, one elasticity, no materials.
  /// @param flows N x N, exporters in rows, importers in columns, domestic sales on the diagonal; any currency.
  /// @param trade_elasticity theta = sigma - 1 > 0.
  /// @param regions N codes; R1, R2, … where empty.
  template <class Derived>
  [[nodiscard]] static World from_flows(const Eigen::DenseBase<Derived>& flows, double trade_elasticity,
                                        std::vector<std::string> regions = {}) {
    if (flows.rows() != flows.cols()) {
      detail::refuse_shape("flows", "N x N", detail::shape(flows.rows(), flows.cols()));
    }
    const Index N = flows.rows();
    if (regions.empty()) {
      for (Index n = 0; n < N; ++n) regions.push_back("R" + std::to_string(n + 1));
    }
    WorldData data;
    data.info.name = "flows";
    data.info.title = "A matrix of flows, one sector";
    data.regions = Labels("region", std::move(regions));
    data.sectors = Labels("sector", {"ALL"}, {"All goods"});
    data.trade_elasticity = Vector::Constant(1, trade_elasticity);
    data.flows = Cube(N, N, 1);
    data.flows.slice(0) = flows.derived().matrix();
    return World(std::move(data));
  }

  /// A new world with an edit applied, validated again: `world.edited([](WorldData& d) { d.tariffs = …; })`.
  template <class Edit>
  [[nodiscard]] World edited(Edit&& edit) const {
    WorldData copy = state_->data;
    std::forward<Edit>(edit)(copy);
    return World(std::move(copy));
  }

  [[nodiscard]] const WorldData& data() const noexcept { return state_->data; }
  [[nodiscard]] const WorldInfo& info() const noexcept { return state_->data.info; }
  [[nodiscard]] const Labels& regions() const noexcept { return state_->data.regions; }
  [[nodiscard]] const Labels& sectors() const noexcept { return state_->data.sectors; }
  [[nodiscard]] const Vector& trade_elasticity() const noexcept { return state_->data.trade_elasticity; }
  [[nodiscard]] const Cube& flows() const noexcept { return state_->data.flows; }
  [[nodiscard]] const Cube& tariffs() const noexcept { return state_->data.tariffs; }
  [[nodiscard]] const Cube& export_taxes() const noexcept { return state_->data.export_taxes; }
  [[nodiscard]] const RegionSector& value_added_share() const noexcept { return state_->data.value_added_share; }
  [[nodiscard]] const Cube& input_shares() const noexcept { return state_->data.input_shares; }

  /// Output, expenditure, value added, income, revenue and deficits that the data imply.
  [[nodiscard]] const Accounts& accounts() const noexcept { return state_->accounts; }

  /// The largest distance of a set of shares from a sum of one, as given (they were rescaled).
  [[nodiscard]] double share_distance() const noexcept { return state_->share_distance; }

  /// True where both regions belong to one customs territory; measures never touch such a cell.
  [[nodiscard]] bool is_domestic(Index exporter, Index importer) const {
    const auto& t = state_->territory;
    return t[static_cast<std::size_t>(exporter)] == t[static_cast<std::size_t>(importer)];
  }

 private:
  struct State {
    WorldData data;
    Accounts accounts;
    std::vector<Index> territory;  // by region, a number for each customs territory
    double share_distance = 0;
  };
  std::shared_ptr<const State> state_;
};

}  // namespace tariffsim
