// Scenario: undated changes applied in order, compiled to a Shock for one world.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/change.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// Scope and rate of a tariff or an export tax; 0.25 is 25 percent.
struct RateChange {
  Selector importer{}, exporter{}, sector{};
  Value rate = 0.0;
  Operation operation = Operation::set;
};

/// Scope and ratio of a change in trade cost or taste; 1.1 is ten percent more.
struct PairFactor {
  Selector importer{}, exporter{}, sector{};
  Value factor = 1.0;
};

/// Scope of a ban.
struct PairScope {
  Selector importer{}, exporter{}, sector{};
};

/// Scope and ratio of a change in productivity or final demand.
struct RegionFactor {
  Selector region{}, sector{};
  Value factor = 1.0;
};

/// Scope and amount of a change in trade deficits, in the world's currency.
struct DeficitChange {
  Selector region{};
  Value value = 0.0;
  Operation operation = Operation::set;
};

/// A named list of changes. Every method returns a new scenario; the old one is untouched.
class Scenario {
 public:
  Scenario() = default;
  explicit Scenario(std::string title) : title_(std::move(title)) {}

  /// Import tariffs t; domestic cells are never touched.
  [[nodiscard]] Scenario tariff(RateChange c) const { return with(Instrument::tariff, std::move(c)); }

  /// Export taxes e (a subsidy is negative); the revenue is the exporter's; domestic cells are never touched.
  [[nodiscard]] Scenario export_tax(RateChange c) const { return with(Instrument::export_tax, std::move(c)); }

  /// Iceberg trade cost d'/d; factors of several changes multiply; domestic cells are never touched.
  [[nodiscard]] Scenario trade_cost(PairFactor c) const { return with(Instrument::trade_cost, std::move(c)); }

  /// No trade at all in the scope: the flow is exactly zero; domestic cells are never touched.
  [[nodiscard]] Scenario ban(PairScope c) const {
    return with(
        {Instrument::ban, std::move(c.importer), std::move(c.exporter), std::move(c.sector), Operation::set, 0.0, {}});
  }

  /// Share shifters that multiply pi, domestic cells in the scope included.
  [[nodiscard]] Scenario taste(PairFactor c) const { return with(Instrument::taste, std::move(c)); }

  /// Productivity A'/A by region and sector.
  [[nodiscard]] Scenario productivity(RegionFactor c) const { return with(Instrument::productivity, std::move(c)); }

  /// Final-demand shares multiplied by a factor, then rescaled to sum to one in each region.
  [[nodiscard]] Scenario final_demand(RegionFactor c) const { return with(Instrument::final_demand, std::move(c)); }

  /// Trade deficits; those of all regions must still sum to zero.
  [[nodiscard]] Scenario deficit(DeficitChange c) const {
    return with({Instrument::deficit, {}, std::move(c.region), {}, c.operation, std::move(c.value), {}});
  }

  /// A group of regions that the changes may name, beside the groups of the world.
  [[nodiscard]] Scenario group(const std::string& name, std::vector<std::string> regions) const {
    Scenario copy = *this;
    copy.groups_[name] = std::move(regions);
    return copy;
  }

  /// Any change, as declared elsewhere (a file, another language).
  [[nodiscard]] Scenario with(Change change) const {
    Scenario copy = *this;
    copy.changes_.push_back(std::move(change));
    return copy;
  }

  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  [[nodiscard]] const std::vector<Change>& changes() const noexcept { return changes_; }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& groups() const noexcept { return groups_; }

  /// The changes as arrays for one world, applied in order.
  /// @throws InvalidInput on unknown codes, rates out of range or deficits that do not sum to zero.
  [[nodiscard]] Shock compile(const World& world) const;

 private:
  [[nodiscard]] Scenario with(Instrument instrument, RateChange c) const {
    return with({instrument,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 c.operation,
                 std::move(c.rate),
                 {}});
  }
  [[nodiscard]] Scenario with(Instrument instrument, PairFactor c) const {
    return with({instrument,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 Operation::scale,
                 std::move(c.factor),
                 {}});
  }
  [[nodiscard]] Scenario with(Instrument instrument, RegionFactor c) const {
    return with({instrument, {}, std::move(c.region), std::move(c.sector), Operation::scale, std::move(c.factor), {}});
  }

  std::string title_;
  std::vector<Change> changes_;
  std::map<std::string, std::vector<std::string>> groups_;
};

}  // namespace tariffsim

#include "tariffsim/policy/compile.hpp"  // IWYU pragma: keep
