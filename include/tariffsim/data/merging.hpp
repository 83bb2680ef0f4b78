// What aggregation is made of: a mapping of labels, and means that keep a common value free of rounding.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/labels.hpp"
#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Old code to new code; codes that are not listed stay as they are.
using CodeMap = std::map<std::string, std::string>;

namespace detail {

/// Which old labels make up which new one, in the order in which the new codes first appear.
struct Merging {
  std::vector<Index> target;                ///< new position by old position
  std::vector<std::string> codes;           ///< new codes
  std::vector<std::vector<Index>> members;  ///< old positions by new position

  [[nodiscard]] Index size() const noexcept { return static_cast<Index>(codes.size()); }
  [[nodiscard]] Index to(Index old) const { return target[static_cast<std::size_t>(old)]; }
};

/// @throws InvalidInput on a code that the labels do not have, or an empty new code.
inline Merging merging_of(const Labels& labels, const CodeMap& map) {
  for (const auto& [from, to] : map) {
    const std::string where = labels.axis() + " map";
    static_cast<void>(labels.at(from, where));
    if (to.empty()) throw InvalidInput(where, "'" + from + "' goes to an empty code", "name the new " + labels.axis());
  }
  Merging merging;
  std::map<std::string, Index> position;
  for (Index k = 0; k < labels.size(); ++k) {
    const auto hit = map.find(labels.code(k));
    const std::string& code = hit == map.end() ? labels.code(k) : hit->second;
    const auto [entry, added] = position.emplace(code, merging.size());
    if (added) {
      merging.codes.push_back(code);
      merging.members.emplace_back();
    }
    merging.target.push_back(entry->second);
    merging.members[static_cast<std::size_t>(entry->second)].push_back(k);
  }
  return merging;
}

/// The name of each merged label: the one asked for, else the members' names joined, else (above four) the code.
inline Labels merged_labels(const Labels& old, const Merging& merging, const CodeMap& names) {
  for (const auto& [code, name] : names) {
    if (std::find(merging.codes.begin(), merging.codes.end(), code) == merging.codes.end()) {
      throw InvalidInput(old.axis() + " names", "'" + code + "' (" + name + ") is not among the new codes",
                         "name only codes that the map leads to");
    }
  }
  std::vector<std::string> result;
  for (std::size_t k = 0; k < merging.codes.size(); ++k) {
    const auto& members = merging.members[k];
    std::string joined;
    for (const Index m : members) joined.append(joined.empty() ? "" : ", ").append(old.name(m));
    const auto asked = names.find(merging.codes[k]);
    result.push_back(asked != names.end() ? asked->second : members.size() <= 4 ? joined : merging.codes[k]);
  }
  return Labels(old.axis(), merging.codes, std::move(result));
}

/// A weighted mean; equal values give that value itself, so that merging what is alike changes no bit.
class Mean {
 public:
  void add(double value, double weight) {
    plain_ += value;
    count_ += 1;
    lowest_ = std::min(lowest_, value);
    highest_ = std::max(highest_, value);
    if (!(weight > 0)) return;
    sum_ += value * weight;
    weight_ += weight;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }

  [[nodiscard]] bool has_weight() const noexcept { return weight_ > 0; }

  /// True where every value that was added is the same, weight or not.
  [[nodiscard]] bool uniform() const noexcept { return !(lowest_ < highest_); }

  /// The weighted mean, the plain one where nothing has weight, 0 where nothing was added.
  [[nodiscard]] double value() const noexcept {
    if (count_ == 0) return 0;
    if (uniform()) return lowest_;
    if (weight_ > 0) return low_ < high_ ? sum_ / weight_ : low_;
    return plain_ / count_;
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double sum_ = 0, weight_ = 0, plain_ = 0, count_ = 0;
  double low_ = kInfinity, high_ = -kInfinity;        // of the values with weight
  double lowest_ = kInfinity, highest_ = -kInfinity;  // of all values
};

/// Means by three positions, the first running fastest.
class MeanCube {
 public:
  MeanCube(Index rows, Index cols, Index slices)
      : rows_(rows), cols_(cols), slices_(slices), means_(static_cast<std::size_t>(rows * cols * slices)) {}

  [[nodiscard]] Mean& operator()(Index row, Index col, Index slice) {
    return means_[static_cast<std::size_t>(row + rows_ * (col + cols_ * slice))];
  }

  [[nodiscard]] Cube values() const {
    Cube cube(rows_, cols_, slices_);
    for (std::size_t k = 0; k < means_.size(); ++k) cube.values()[static_cast<Index>(k)] = means_[k].value();
    return cube;
  }

 private:
  Index rows_, cols_, slices_;
  std::vector<Mean> means_;
};

}  // namespace detail
}  // namespace tariffsim
