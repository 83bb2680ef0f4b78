// Stacking: which of the duties on one flow remain, and how much each adds.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/policy/measure.hpp"
#include "tariffsim/policy/uptake.hpp"

namespace tariffsim {

/// How two groups of measures meet on one good. Groups that no rule names add up.
enum class Relation {
  adds,      ///< both are due; the default, written down for the reader
  excludes,  ///< what pays `group` does not pay `other`
  larger,    ///< of all measures of `group` on one good only the largest is due
  floor,     ///< written down for the reader: the measure's base says so
  cap,       ///< all measures of `group` together are at most `value`
};

[[nodiscard]] inline const char* name(Relation relation) {
  constexpr const char* names[] = {"adds", "excludes", "larger", "floor", "cap"};
  return names[static_cast<int>(relation)];
}

/// A rule of stacking, itself dated.
struct StackingRule {
  std::string group, other;
  Relation relation = Relation::adds;
  double value = 0;  ///< of a cap
  Span days;         ///< open where a day is absent
  std::string detail, source, origin;
  Confidence confidence = Confidence::seen;
};

/// One duty on one flow before stacking; shares are of the flow's value.
struct Layer {
  std::size_t measure = 0;  ///< position among the policy's measures
  double covered = 1;       ///< share of the flow that its list of goods names
  double exempt = 0;        ///< share of the flow that is on lists of exceptions
  double free = 0;          ///< share of what it covers that qualifies for freedom from it
  double rate = 0;          ///< on a good that it covers, after floor and preference
  double base_share = 1;    ///< of such a good's value
  WayUse use{};             ///< of a preference, on a good that it covers
  bool earlier = false;     ///< stands as on an earlier day than the rules are of
  // After stacking:
  double due = 0;     ///< share of the flow on which it is due
  double amount = 0;  ///< what it adds to the rate on the whole flow
};

/// The rules of one day, for measures of given stacking groups.
class Stacking {
 public:
  /// @param groups stacking group by measure.
  /// @param unverified true where rules of that confidence count too.
  Stacking(const std::vector<StackingRule>& rules, const std::vector<std::string>& groups, Date day, bool unverified) {
    std::vector<std::string> names;
    for (const auto& group : groups) {
      const auto known = std::find(names.begin(), names.end(), group);
      group_.push_back(static_cast<std::size_t>(known - names.begin()));
      if (known == names.end()) names.push_back(group);
    }
    size_ = names.size();
    excludes_.resize(size_ * size_, false);
    rivals_.resize(size_ * size_, false);
    for (const auto& rule : rules) {
      if (!rule.days.covers(day) || (rule.confidence == Confidence::unverified && !unverified)) continue;
      const bool excludes = rule.relation == Relation::excludes, larger = rule.relation == Relation::larger;
      if (rule.relation == Relation::cap) caps_.push_back({rule.value, {}});
      for (std::size_t a = 0; a < size_; ++a) {
        const bool in_group = belongs(names[a], rule.group);
        if (rule.relation == Relation::cap) caps_.back().members.push_back(in_group);
        for (std::size_t b = 0; b < size_ && in_group; ++b) {
          if (excludes && a != b && belongs(names[b], rule.other)) excludes_[a * size_ + b] = true;
          if (larger && belongs(names[b], rule.group)) rivals_[a * size_ + b] = true;
        }
      }
    }
    for (std::size_t a = 0; a < size_; ++a) {
      for (std::size_t b = 0; b < size_; ++b) {
        if (excludes_[a * size_ + b]) rivals_[a * size_ + b] = rivals_[b * size_ + a] = false;
      }
    }
  }

  /// Fills `due` and `amount`. Lists of groups that exclude each other, and lists within a group of which the largest
  /// counts, share no good; other lists are independent. A good is the case in which every share is 0 or 1.
  /// @param before rules of the earlier day, under which two layers of that day meet; all others meet under these. A
  /// cap of the earlier day holds where all that it caps is of that day, a cap of these rules where anything is not.
  void operator()(std::vector<Layer>& layers, const Stacking* before = nullptr) const {
    for (auto& layer : layers) layer.due = -1;
    for (auto& layer : layers) settle(layer, layers, before);
    for (auto& layer : layers) {
      layer.due *= 1 - layer.free;
      layer.amount = layer.due * layer.base_share * layer.rate;
    }
    for (const auto& limit : caps_) {
      if (!all_earlier(limit, layers)) cap(limit, layers);
    }
    for (std::size_t k = 0; before && k < before->caps_.size(); ++k) {
      if (all_earlier(before->caps_[k], layers)) cap(before->caps_[k], layers);
    }
  }

 private:
  struct Cap {
    double value;
    std::vector<bool> members;  // by group
  };

  [[nodiscard]] bool all_earlier(const Cap& limit, const std::vector<Layer>& layers) const {
    return std::all_of(layers.begin(), layers.end(),
                       [&](const Layer& layer) { return layer.earlier || !limit.members[group_[layer.measure]]; });
  }

  // Whether a relation holds between two layers, by these rules or by those of the earlier day.
  [[nodiscard]] bool holds(std::vector<bool> Stacking::*relation, const Layer& a, const Layer& b,
                           const Stacking* before) const {
    const Stacking& rules = before && a.earlier && b.earlier ? *before : *this;
    return (rules.*relation)[group_[a.measure] * size_ + group_[b.measure]];
  }

  // What excludes a layer comes first and takes its goods away; then the largest of its rivals.
  void settle(Layer& layer, std::vector<Layer>& layers, const Stacking* before) const {
    if (layer.due >= 0) return;
    layer.due = 0;  // ends a cycle of exclusions, which validation refuses
    double taken = layer.exempt, equal = layer.covered;
    for (auto& other : layers) {
      if (&other == &layer) continue;
      if (holds(&Stacking::excludes_, other, layer, before)) {
        settle(other, layers, before);
        taken += other.due * other.base_share * (1 - other.free);
      } else if (holds(&Stacking::rivals_, layer, other, before)) {
        const double lead = other.rate * other.base_share - layer.rate * layer.base_share;
        if (lead > 0) taken += other.covered;
        if (lead == 0) equal += other.covered;
      }
    }
    const double open = std::clamp(1.0 - taken, 0.0, equal);
    layer.due = equal > 0 ? open * layer.covered / equal : 0.0;
  }

  // What is above a cap is taken off in proportion.
  void cap(const Cap& limit, std::vector<Layer>& layers) const {
    double sum = 0;
    for (const auto& layer : layers) sum += limit.members[group_[layer.measure]] ? layer.amount : 0.0;
    if (sum <= limit.value) return;
    for (auto& layer : layers) {
      if (limit.members[group_[layer.measure]]) layer.amount *= limit.value / sum;
    }
  }

  std::size_t size_ = 0;                 // number of groups
  std::vector<std::size_t> group_;       // by measure
  std::vector<bool> excludes_, rivals_;  // group x group
  std::vector<Cap> caps_;
};

/// A shipment claims one preference: that with the largest margin comes first, others have what is left of the flow.
inline void share_claims(std::vector<Layer>& layers) {
  std::vector<Layer*> claims;
  for (Layer& each : layers) {
    if (each.due * each.use.share > 0) claims.push_back(&each);
  }
  if (claims.size() < 2) return;
  std::stable_sort(claims.begin(), claims.end(),
                   [](const Layer* a, const Layer* b) { return a->rate / a->use.share < b->rate / b->use.share; });
  double room = 1;
  for (Layer* each : claims) {
    const double claimed = each->due * each->use.share, kept = std::min(1.0, room / claimed);
    each->due *= kept;
    each->amount *= kept;
    room -= kept * claimed;
  }
}

}  // namespace tariffsim
