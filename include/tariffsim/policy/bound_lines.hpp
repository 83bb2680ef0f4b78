// BoundLines: trade lines in one world, compiled to the rates of its sectors.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/coverage.hpp"
#include "tariffsim/policy/normal_duties.hpp"
#include "tariffsim/policy/trade_lines.hpp"

namespace tariffsim {

/// The lines of one cell, together; means are weighted with the lines' values.
struct LineCell {
  Index exporter = 0, importer = 0, sector = 0;
  std::size_t lines = 0, pairs = 0;  ///< how many lines, and pairs of countries
  double weight = 0;                 ///< value of the lines
  double normal_duty = 0;            ///< mean
  double rate = 0;                   ///< mean: normal duty and measures
  double due = 0;                    ///< share of the value on which a measure is due
  double in_part = 0;                ///< share of it whose code is too short to tell: a list names codes below it
  double contained = 0;              ///< what the world's own rate contains of the measures, at these lines
  double in_world = 0;               ///< the world's own rate - contained + measures of the day, not below zero
};

/// A line that is in no cell, and why.
struct LineRemainder {
  std::size_t line = 0;
  std::string reason;
};

/// Lines in one world under one policy, through a concordance.
class BoundLines {
 public:
  /// @param strict refuses lines that map nowhere instead of listing them.
  /// @throws InvalidInput where the concordance names no sector of the world; under `strict` at the first remainder.
  BoundLines(std::shared_ptr<const Policy> policy, World world, std::shared_ptr<const TradeLines> lines,
             const Concordance& concordance, bool strict = false)
      : policy_(std::move(policy)), world_(std::move(world)), lines_(std::move(lines)) {
    find_cells(concordance);
    if (strict && !remainders_.empty()) refuse();
    long double mapped = 0, left = 0;
    for (std::size_t k = 0; k < cell_.size(); ++k) {
      (cell_[k] < 0 ? left : mapped) += static_cast<long double>((*lines_)[k].value);
    }
    mapped_value_ = static_cast<double>(mapped);
    remainder_value_ = static_cast<double>(left);
    find_contained();
  }

  BoundLines(const BoundLines&) = delete;
  BoundLines& operator=(const BoundLines&) = delete;

  [[nodiscard]] const TradeLines& lines() const noexcept { return *lines_; }
  [[nodiscard]] const World& world() const noexcept { return world_; }
  [[nodiscard]] const Policy& policy() const noexcept { return *policy_; }
  /// Lines that are in no cell, in their order.
  [[nodiscard]] const std::vector<LineRemainder>& remainders() const noexcept { return remainders_; }
  /// Their value, and that of all others; together the lines' total.
  [[nodiscard]] double remainder_value() const noexcept { return remainder_value_; }
  [[nodiscard]] double mapped_value() const noexcept { return mapped_value_; }
  /// exporter + N (importer + N sector), or -1 for a remainder.
  [[nodiscard]] Index cell(std::size_t line) const { return cell_[line]; }

  /// The normal duty of a line: its own, else the world's rate less the measures that it contains, not below zero; zero
  /// for a remainder without its own.
  [[nodiscard]] double normal_duty(std::size_t k) const {
    if ((*lines_)[k].normal_duty) return *(*lines_)[k].normal_duty;
    if (cell_[k] < 0) return 0;
    return normal_.at(cell_[k]);
  }

  /// Every duty on every line, without aggregation.
  [[nodiscard]] std::vector<ProductRate> rates(Date day, Basis basis = Basis::legal) const {
    const LineDuties duties(*lines_, *policy_, day, basis);
    std::vector<ProductRate> out;
    out.reserve(lines_->size());
    for (std::size_t k = 0; k < lines_->size(); ++k) out.push_back(duties.rate(k, normal_duty(k), sector(k)));
    return out;
  }

  /// Means by cell, sectors slowest, then importers. Cells whose lines have no value have no mean and are not in it.
  [[nodiscard]] std::vector<LineCell> by_sector(Date day, Basis basis = Basis::legal) const {
    const LineDuties duties(*lines_, *policy_, day, basis);
    std::map<Index, Sums> sums;
    for (std::size_t k = 0; k < lines_->size(); ++k) {
      if (cell_[k] >= 0)
        sums[cell_[k]].add(lines_->pair(k), (*lines_)[k].value, duties.rate(k, normal_duty(k), sector(k)));
    }
    const Index N = world_.regions().size();
    std::vector<LineCell> cells;
    for (auto& [c, sum] : sums) {
      if (!(sum.weight > 0)) continue;
      LineCell out;
      const FlowCell flow = flow_at(c, N);
      out.exporter = flow.exporter;
      out.importer = flow.importer;
      out.sector = flow.sector;
      out.lines = sum.lines;
      out.pairs = sum.distinct_pairs();
      out.weight = sum.weight;
      out.normal_duty = sum.normal / sum.weight;
      out.rate = sum.total / sum.weight;
      out.due = sum.due / sum.weight;
      out.in_part = sum.in_part / sum.weight;
      const auto held = contained_.find(c);
      out.contained = held == contained_.end() ? 0.0 : held->second;
      const double own = world_.tariffs().values()[c], measures = sum.measures / sum.weight;
      // As in BoundPolicy::rates(): what was collected can be less than what the law asked for.
      out.in_world = std::max(own + (measures - out.contained), std::min(own, 0.0));
      cells.push_back(out);
    }
    return cells;
  }

 private:
  struct Sums {
    double weight = 0, normal = 0, total = 0, measures = 0, due = 0, in_part = 0, unweighted = 0;
    std::size_t lines = 0;
    std::vector<std::size_t> pairs;

    void add(std::size_t pair, double value, const ProductRate& rate) {
      double amount = 0;
      for (const auto& duty : rate.duties) amount += duty.amount;
      if (is_partial(rate)) in_part += value;
      weight += value;
      normal += value * rate.normal_duty;
      total += value * rate.total;
      measures += value * amount;
      unweighted += amount;
      due += rate.duties.empty() ? 0.0 : value;
      ++lines;
      if (pairs.empty() || pairs.back() != pair) pairs.push_back(pair);
    }
    [[nodiscard]] std::size_t distinct_pairs() {
      std::sort(pairs.begin(), pairs.end());
      return static_cast<std::size_t>(std::unique(pairs.begin(), pairs.end()) - pairs.begin());
    }
  };

  // The region that a code is, or that has it among its members; -1 where there is none.
  [[nodiscard]] std::map<std::string, Index> regions() const {
    std::map<std::string, Index> found;
    for (const auto& [region, members] : world_.data().members) {
      for (const auto& country : members) found.emplace(country, world_.regions().at(region));
    }
    for (Index n = 0; n < world_.regions().size(); ++n) found[world_.regions().code(n)] = n;
    return found;
  }

  // Where a code goes: a sector, or the reason why it goes nowhere.
  struct Target {
    Index sector = -1;
    std::string reason;
  };

  [[nodiscard]] Target target(const std::vector<std::string>& codes, const Concordance& concordance,
                              const SectorBridge& bridge) const {
    const auto listed = [](const auto& names) {
      std::string text;
      for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
      return text;
    };
    const auto sectors = concordance.sectors_of(codes);
    if (sectors.empty()) return {-1, "the concordance does not know the code"};
    if (sectors.size() > 1) return {-1, "the code falls in several sectors: " + listed(sectors)};
    const auto found = bridge.targets(sectors[0]);
    if (found.size() == 1) return {found[0], {}};
    if (found.empty()) return {-1, "sector " + sectors[0] + " is in no sector of the world"};
    std::vector<std::string> names(found.size());
    std::transform(found.begin(), found.end(), names.begin(), [&](Index j) { return world_.sectors().code(j); });
    return {-1, "sector " + sectors[0] + " is several of the world: " + listed(names)};
  }

  void find_cells(const Concordance& concordance) {
    const SectorBridge bridge(world_, concordance.sectors().empty() ? policy_->sectors : concordance.sectors());
    const auto known = regions();
    std::vector<Target> targets;
    for (const auto& codes : lines_->codes()) targets.push_back(target(codes, concordance, bridge));
    struct Route {
      Index exporter = 0, importer = 0;
      std::string reason;
    };
    std::vector<Route> routes;
    for (const auto& [importer, exporter] : lines_->pairs()) {
      const auto n = known.find(importer), i = known.find(exporter);
      Route route;
      if (n == known.end() || i == known.end()) {
        route.reason = n == known.end() ? "importer " + importer : "exporter " + exporter;
        route.reason += " is in no region of the world";
      } else {
        route.importer = n->second;
        route.exporter = i->second;
        if (world_.is_domestic(route.exporter, route.importer)) route.reason = "stays within one customs territory";
      }
      routes.push_back(std::move(route));
    }
    const Index N = world_.regions().size();
    for (std::size_t k = 0; k < lines_->size(); ++k) {
      const Target& to = targets[lines_->code(k)];
      const Route& route = routes[lines_->pair(k)];
      const std::string& reason = to.sector < 0 ? to.reason : route.reason;
      cell_.push_back(reason.empty() ? route.exporter + N * (route.importer + N * to.sector) : -1);
      if (!reason.empty()) remainders_.push_back({k, reason});
    }
  }

  [[noreturn]] void refuse() const {
    const LineRemainder& first = remainders_.front();
    const std::size_t more = remainders_.size() - 1;
    const std::string others =
        more == 0 ? ""
                  : "; and " + std::to_string(more) + (more == 1 ? " more line maps" : " more lines map") + " nowhere";
    throw InvalidInput(lines_->place(first.line), "code " + (*lines_)[first.line].code + ": " + first.reason + others,
                       "complete the concordance or the table of renumbered codes, or let remainders be listed");
  }

  // What the world's tariffs contain of the policy at these lines: importer by importer, the measures of the day that
  // they are of. Found at the world's rates, which gives the normal duties, then at these, so that both days that a
  // rate in the world compares have the same.
  void find_contained() {
    const Index N = world_.regions().size();
    std::map<Date, std::unique_ptr<const LineDuties>> by_day;
    std::vector<const LineDuties*> of_importer(static_cast<std::size_t>(N), nullptr);
    for (Index n = 0; n < N; ++n) {
      const auto day = tariffs_date(world_.info(), world_.regions().code(n));
      if (!day) continue;
      auto& duties = by_day[*day];
      if (!duties) duties = std::make_unique<const LineDuties>(*lines_, *policy_, *day, Basis::legal);
      of_importer[static_cast<std::size_t>(n)] = duties.get();
    }
    for (std::size_t k = 0; k < lines_->size(); ++k) {
      if (cell_[k] >= 0) normal_[cell_[k]] = std::max(0.0, world_.tariffs().values()[cell_[k]]);
    }
    if (normal_.empty()) return;  // no line maps anywhere
    Vector base(static_cast<Index>(normal_.size()));
    Index at = 0;
    for (const auto& entry : normal_) base[at++] = world_.tariffs().values()[entry.first];
    static_cast<void>(detail::normal_duties(base, [&](const Vector& normal) {
      Index next = 0;
      for (auto& entry : normal_) entry.second = normal[next++];
      contained_ = contained_at_normals(of_importer);
      Vector left = base;
      next = 0;
      for (const auto& entry : normal_) left[next++] -= contained_[entry.first];
      return left;
    }));
  }

  [[nodiscard]] std::map<Index, double> contained_at_normals(const std::vector<const LineDuties*>& of_importer) const {
    const Index N = world_.regions().size();
    std::map<Index, Sums> sums;
    for (std::size_t k = 0; k < lines_->size(); ++k) {
      if (cell_[k] < 0) continue;
      const LineDuties* duties = of_importer[static_cast<std::size_t>(flow_at(cell_[k], N).importer)];
      if (duties != nullptr) sums[cell_[k]].add(0, (*lines_)[k].value, duties->rate(k, normal_duty(k), sector(k)));
    }
    std::map<Index, double> found;
    for (const auto& [c, sum] : sums) {  // lines without value have normal duties too
      found[c] = sum.weight > 0 ? sum.measures / sum.weight : sum.unweighted / static_cast<double>(sum.lines);
    }
    return found;
  }

  [[nodiscard]] std::string_view sector(std::size_t k) const {
    const Index N = world_.regions().size();
    return cell_[k] < 0 ? std::string_view() : std::string_view(world_.sectors().code(cell_[k] / (N * N)));
  }

  std::shared_ptr<const Policy> policy_;
  World world_;
  std::shared_ptr<const TradeLines> lines_;
  std::vector<Index> cell_;  // by line
  std::vector<LineRemainder> remainders_;
  double mapped_value_ = 0, remainder_value_ = 0;
  std::map<Index, double> normal_, contained_;  // by cell
};

}  // namespace tariffsim
