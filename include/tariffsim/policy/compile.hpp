// From the changes of a scenario to the arrays of a shock.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <variant>
#include <vector>

#include "tariffsim/policy/bound_policy.hpp"
#include "tariffsim/policy/scenario.hpp"

namespace tariffsim {
namespace detail {

/// Regions and sectors that a change names, and the words for a message about it.
class ScopeResolver {
 public:
  ScopeResolver(const World& world, const Scenario& scenario) : world_(world), scenario_(scenario) {
    // Groups of a dated scenario are of countries, and a world may hold them in larger regions.
    if (!scenario.policy().measures.empty()) return;
    for (const auto& [group, codes] : scenario.groups()) {
      const std::string where = "group '" + group + "'";
      if (world.regions().find(group)) {
        throw InvalidInput(where, "a group has the name of a region", "rename the group");
      }
      for (const auto& code : codes) static_cast<void>(world.regions().at(code, where));
    }
  }

  [[nodiscard]] std::vector<Index> regions(const Selector& selector, const std::string& where) const {
    std::vector<Index> picked;
    for (const auto& term : selector.terms) {
      if (term == "*") {
        for (Index n = 0; n < world_.regions().size(); ++n) picked.push_back(n);
      } else if (const auto* group = find_group(term)) {
        for (const auto& code : *group) picked.push_back(world_.regions().at(code, where));
      } else if (const auto n = world_.regions().find(term)) {
        picked.push_back(*n);
      } else {
        throw InvalidInput(where, "unknown region code or group '" + term + "'",
                           "use " + world_.regions().suggestion(term) + known_groups());
      }
    }
    return sorted_unique(picked, where);
  }

  [[nodiscard]] std::vector<Index> sectors(const Selector& selector, const std::string& where) const {
    const auto& kinds = world_.data().sector_kinds;
    std::vector<Index> picked;
    for (const auto& term : selector.terms) {
      if (const auto j = world_.sectors().find(term)) {
        picked.push_back(*j);
        continue;
      }
      if (term != "*" && term != "goods" && term != "services") {
        throw InvalidInput(where, "unknown sector code or kind '" + term + "'",
                           "use \"goods\", \"services\", \"*\" or " + world_.sectors().suggestion(term));
      }
      for (Index j = 0; j < world_.sectors().size(); ++j) {
        if (term == "*" || kinds[static_cast<std::size_t>(j)] == term) picked.push_back(j);
      }
    }
    return sorted_unique(picked, where);
  }

 private:
  [[nodiscard]] const std::vector<std::string>* find_group(const std::string& term) const {
    const auto own = scenario_.groups().find(term);
    const auto& groups = world_.data().groups;
    const auto hit = groups.find(term);
    const bool dated = !scenario_.policy().measures.empty();
    if (own != scenario_.groups().end() && !(dated && hit != groups.end())) return &own->second;
    return hit == groups.end() ? nullptr : &hit->second;
  }

  [[nodiscard]] std::string known_groups() const {
    std::string text;
    for (const auto& entry : world_.data().groups) text += (text.empty() ? "; groups: " : ", ") + entry.first;
    return text;
  }

  static std::vector<Index> sorted_unique(std::vector<Index>& picked, const std::string& where) {
    if (picked.empty()) throw InvalidInput(where, "the scope is empty", "name at least one code, or \"*\"");
    std::sort(picked.begin(), picked.end());
    picked.erase(std::unique(picked.begin(), picked.end()), picked.end());
    return picked;
  }

  const World& world_;
  const Scenario& scenario_;
};

/// The rate in force after an operation.
[[nodiscard]] inline double apply(Operation operation, double current, double value) {
  switch (operation) {
    case Operation::set: return value;
    case Operation::add: return current + value;
    case Operation::scale: return current * value;
    case Operation::floor: return std::max(current, value);
  }
  return value;
}

/// Values of one change by cell: scalar, table or array behind one call.
class ChangeValues {
 public:
  ChangeValues(const Change& change, const World& world, const std::string& where)
      : change_(change), regions_(world.regions().size()), sectors_(world.sectors().size()) {
    const bool pairs = is_bilateral(change.instrument);
    if (const auto* cube = std::get_if<Cube>(&change.value)) {
      if (!pairs) throw InvalidInput(where, "an N x N x J array for a region instrument", "give an N x J array");
      require_shape(where, *cube, regions_, regions_, sectors_);
    } else if (const auto* array = std::get_if<RegionSector>(&change.value)) {
      if (pairs) throw InvalidInput(where, "an N x J array for a bilateral instrument", "give an N x N x J array");
      require_shape(where, *array, regions_, change.instrument == Instrument::deficit ? 1 : sectors_);
    } else if (const auto* table = std::get_if<Table>(&change.value)) {
      read(*table, world, where, pairs);
    }
  }

  /// Importer is ignored for region instruments.
  [[nodiscard]] double operator()(Index exporter, Index importer, Index sector) const {
    if (const auto* scalar = std::get_if<double>(&change_.value)) return *scalar;
    if (const auto* cube = std::get_if<Cube>(&change_.value)) return (*cube)(exporter, importer, sector);
    if (const auto* array = std::get_if<RegionSector>(&change_.value)) return (*array)(exporter, sector);
    const auto hit = listed_.find(key(exporter, importer, sector));
    // What a table does not list: no rate, or, for a factor, no change.
    return hit != listed_.end() ? hit->second : (change_.operation == Operation::scale ? 1.0 : 0.0);
  }

 private:
  [[nodiscard]] Index key(Index exporter, Index importer, Index sector) const {
    return exporter + regions_ * (importer + regions_ * sector);
  }

  void read(const Table& table, const World& world, const std::string& where, bool pairs) {
    listed_.reserve(table.size());
    for (std::size_t r = 0; r < table.size(); ++r) {
      const auto row = [&] {
        const std::size_t line = table[r].line;
        return where + (line > 0 ? ":" + std::to_string(line) : ", table row " + std::to_string(r + 1));
      };
      const auto position = [&](const Labels& labels, const std::string& code) {
        const auto known = labels.find(code);
        return known ? *known : labels.at(code, row());
      };
      const Index exporter = position(world.regions(), table[r].exporter);
      const Index importer = pairs ? position(world.regions(), table[r].importer) : 0;
      const Index sector = change_.instrument == Instrument::deficit ? 0 : position(world.sectors(), table[r].sector);
      if (!listed_.emplace(key(exporter, importer, sector), table[r].value).second) {
        throw InvalidInput(row(), "the cell is listed twice", "list every cell once");
      }
    }
  }

  const Change& change_;
  Index regions_, sectors_;
  std::unordered_map<Index, double> listed_;
};

/// Applies changes one by one to the arrays of a shock.
class ShockBuilder {
 public:
  ShockBuilder(const World& world, const Scenario& scenario) : world_(world), resolver_(world, scenario) {}

  /// Rates that the changes start from, in place of the world's.
  void start_from(Cube tariffs) { shock_.tariffs = std::move(tariffs); }

  void apply(const Change& change, const std::string& where) {
    const ChangeValues values(change, world_, where);
    require_overlap(change, where);
    const Index N = world_.regions().size(), J = world_.sectors().size();
    switch (change.instrument) {
      case Instrument::tariff: return rates(shock_.tariffs, world_.tariffs(), change, values, where);
      case Instrument::export_tax: return rates(shock_.export_taxes, world_.export_taxes(), change, values, where);
      case Instrument::trade_cost: return factors(shock_.trade_cost_hat, change, values, where);
      case Instrument::taste: return factors(shock_.taste_hat, change, values, where);
      case Instrument::ban:
        ensure(shock_.trade_cost_hat, Cube(N, N, J, 1.0));
        return each_pair(change, where, [&](Index i, Index n, Index j) {
          if (!world_.is_domestic(i, n)) (*shock_.trade_cost_hat)(i, n, j) = std::numeric_limits<double>::infinity();
        });
      case Instrument::productivity:
        ensure(shock_.productivity_hat, RegionSector::Ones(N, J));
        return each_region(change, where, [&](Index n, Index j) {
          (*shock_.productivity_hat)(n, j) *= positive(values(n, 0, j), where);
        });
      case Instrument::final_demand: return final_demand(change, values, where);
      case Instrument::deficit:
        refuse_operation(change, Operation::floor, where);
        ensure(shock_.deficits, world_.accounts().deficit);
        for (const Index n : resolver_.regions(change.exporter, where + ": region")) {
          double& d = (*shock_.deficits)[n];
          d = detail::apply(change.operation, d, values(n, 0, 0));
        }
        return;
    }
  }

  void limit(const Scenario::DeclaredLimit& declared) {
    const Limit& l = declared.limit;
    const std::string where = "limit '" + l.name + "'";
    Constraint c{l.name, {}, declared.limited, declared.sense, l.level, l.relative, l.rent};
    const Index N = world_.regions().size();
    std::optional<double> within;
    const auto exporters = resolver_.regions(l.exporter, where + ": exporter");
    const auto importers = resolver_.regions(l.importer, where + ": importer");
    for (const Index j : resolver_.sectors(l.sector, where + ": sector")) {
      for (const Index n : importers) {
        for (const Index i : exporters) {
          if (world_.is_domestic(i, n) || world_.flows()(i, n, j) == 0) continue;
          c.cells.push_back(i + N * (n + N * j));
          if (!declared.out_of_quota) continue;
          const double rate = (shock_.tariffs ? *shock_.tariffs : world_.tariffs())(i, n, j);
          if (within && std::abs(*within - rate) > 1e-12) {
            throw InvalidInput(where, "the rates within the quota differ: " + show(*within) + " and " + show(rate),
                               "declare one tariff-rate quota for each flow, or set one rate on all of them first");
          }
          within = rate;
        }
      }
    }
    if (declared.out_of_quota && within) {
      if (!(*declared.out_of_quota > *within)) {
        throw InvalidInput(where,
                           "the rate beyond the quota, " + show(*declared.out_of_quota) +
                               ", is not above that within it, " + show(*within),
                           "give the higher rate as out_of_quota");
      }
      c.largest = std::log((1.0 + *declared.out_of_quota) / (1.0 + *within));
    }
    shock_.constraints.push_back(std::move(c));
  }

  [[nodiscard]] Shock build() && {
    validate(shock_, world_);
    return std::move(shock_);
  }

 private:
  template <class T, class Base>
  static void ensure(std::optional<T>& array, const Base& base) {
    if (!array) array = base;
  }

  static double positive(double factor, const std::string& where) {
    if (!(std::isfinite(factor) && factor > 0)) {
      throw InvalidInput(where, "factor is " + show(factor),
                         "a factor is a ratio above zero (1.1 is 10 percent more); to stop a flow use a ban");
    }
    return factor;
  }

  // A table of which no row lies in the scope was meant for another one.
  void require_overlap(const Change& change, const std::string& where) const {
    const auto* table = std::get_if<Table>(&change.value);
    if (table == nullptr) return;
    const auto exporters = resolver_.regions(change.exporter, where),
               importers = resolver_.regions(change.importer, where), sectors = resolver_.sectors(change.sector, where);
    const auto within = [](const std::vector<Index>& scope, Index k) {
      return std::binary_search(scope.begin(), scope.end(), k);
    };
    const bool pairs = is_bilateral(change.instrument), by_sector = change.instrument != Instrument::deficit;
    const bool any = std::any_of(table->begin(), table->end(), [&](const TableRow& row) {
      return within(exporters, world_.regions().at(row.exporter)) &&
             (!pairs || within(importers, world_.regions().at(row.importer))) &&
             (!by_sector || within(sectors, world_.sectors().at(row.sector)));
    });
    if (!any)
      throw InvalidInput(where, "no row of the table lies in the scope", "widen the scope, or name other cells");
  }

  static void refuse_operation(const Change& change, Operation refused, const std::string& where) {
    if (change.operation == refused) {
      throw InvalidInput(where, std::string("operation '") + name(refused) + "' has no meaning here",
                         "use set, add or scale");
    }
  }

  template <class Visit>
  void each_pair(const Change& change, const std::string& where, Visit visit) const {
    const auto exporters = resolver_.regions(change.exporter, where + ": exporter");
    const auto importers = resolver_.regions(change.importer, where + ": importer");
    for (const Index j : resolver_.sectors(change.sector, where + ": sector"))
      for (const Index n : importers)
        for (const Index i : exporters) visit(i, n, j);
  }

  template <class Visit>
  void each_region(const Change& change, const std::string& where, Visit visit) const {
    const auto regions = resolver_.regions(change.exporter, where + ": region");
    for (const Index j : resolver_.sectors(change.sector, where + ": sector"))
      for (const Index n : regions) visit(n, j);
  }

  void rates(std::optional<Cube>& target, const Cube& base, const Change& change, const ChangeValues& values,
             const std::string& where) {
    ensure(target, base);
    each_pair(change, where, [&](Index i, Index n, Index j) {
      if (world_.is_domestic(i, n)) return;
      double& rate = (*target)(i, n, j);
      const double value = values(i, n, j);
      if (change.operation == Operation::scale && !(value >= 0)) {
        throw InvalidInput(where, "scales a rate by " + show(value), "scale by a factor of zero or more");
      }
      rate = detail::apply(change.operation, rate, value);
      if (!(std::isfinite(rate) && rate > -1.0)) {
        throw InvalidInput(where + ", " + bilateral_cell(world_.data(), "cell", i, n, j),
                           "the rate in force becomes " + show(rate),
                           "rates are ad valorem (0.25 is 25 percent), finite and above -1");
      }
    });
  }

  void factors(std::optional<Cube>& target, const Change& change, const ChangeValues& values,
               const std::string& where) {
    const Index N = world_.regions().size(), J = world_.sectors().size();
    const bool taste = change.instrument == Instrument::taste;
    ensure(target, Cube(N, N, J, 1.0));
    each_pair(change, where, [&](Index i, Index n, Index j) {
      if (!taste && world_.is_domestic(i, n)) return;
      const double factor = values(i, n, j);
      (*target)(i, n, j) *= taste && factor == 0 ? 0.0 : positive(factor, where);
    });
  }

  void final_demand(const Change& change, const ChangeValues& values, const std::string& where) {
    ensure(shock_.final_demand_share, world_.accounts().final_demand_share);
    RegionSector& alpha = *shock_.final_demand_share;
    each_region(change, where, [&](Index n, Index j) {
      const double factor = values(n, 0, j);
      alpha(n, j) *= factor == 0 ? 0.0 : positive(factor, where);
    });
    for (const Index n : resolver_.regions(change.exporter, where + ": region")) {
      const double sum = alpha.row(n).sum();
      if (!(sum > 0)) {
        throw InvalidInput(where, "region " + world_.regions().code(n) + " would buy no final good at all",
                           "leave at least one sector with a factor above zero");
      }
      alpha.row(n) /= sum;
    }
  }

  const World& world_;
  ScopeResolver resolver_;
  Shock shock_;
};

}  // namespace detail

inline Shock Scenario::compile(const World& world) const {
  if (policy_->measures.empty()) return changed(world, std::nullopt);
  return compile(BoundPolicy(policy_, world));
}

inline Shock Scenario::compile(const BoundPolicy& bound) const {
  if (!day_) {
    throw InvalidInput("scenario '" + title_ + "'", "has dated measures, but no day to solve",
                       "say which: on(Date(2025, 4, 9)), or solve a path of days");
  }
  return changed(bound.world(), bound.rates(*day_, basis_).total);
}

inline Shock Scenario::changed(const World& world, std::optional<Cube> tariffs) const {
  detail::ShockBuilder builder(world, *this);
  if (tariffs) builder.start_from(std::move(*tariffs));
  for (std::size_t k = 0; k < changes_.size(); ++k) {
    const Change& change = changes_[k];
    const std::string where = change.origin.empty()
                                  ? "change " + std::to_string(k + 1) + " (" + name(change.instrument) + ")"
                                  : change.origin;
    builder.apply(change, where);
  }
  for (const DeclaredLimit& limit : limits_) builder.limit(limit);
  return std::move(builder).build();
}

}  // namespace tariffsim
