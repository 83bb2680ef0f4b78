// Measure: one dated act of tariff policy, as the gazette has it.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "tariffsim/core/date.hpp"
#include "tariffsim/policy/change.hpp"

namespace tariffsim {

/// Whose days count: the law's, or those on which the duty is collected at the border.
enum class Basis { legal, collected };

/// What a rate is levied on, and how it meets the normal duty.
enum class DutyBase {
  full_value,  ///< rate times the value
  content,     ///< rate times `base_share` of the value, such as its metal content
  floor,       ///< lifts the normal duty to the rate: max(0, rate - normal duty)
  preference,  ///< replaces the normal duty by the rate on the share of the flow that claims it
};

/// How well the act is known. What is unverified is not in force unless asked for.
enum class Confidence { seen, second_hand, unverified };

/// At which detail a measure counts: an average by sector may stand beside the lists of goods that it is made of.
enum class Detail { any, product, sector };

[[nodiscard]] inline const char* name(Basis basis) { return basis == Basis::legal ? "legal" : "collected"; }
[[nodiscard]] inline const char* name(DutyBase base) {
  constexpr const char* names[] = {"full_value", "content", "floor", "preference"};
  return names[static_cast<int>(base)];
}
[[nodiscard]] inline const char* name(Confidence confidence) {
  constexpr const char* names[] = {"seen", "second-hand", "unverified"};
  return names[static_cast<int>(confidence)];
}
[[nodiscard]] inline const char* name(Detail detail) {
  constexpr const char* names[] = {"any", "product", "sector"};
  return names[static_cast<int>(detail)];
}

/// Days by the law, and those at the border where they differ.
struct Validity {
  Span legal;      ///< effective and ended
  Span collected;  ///< where collection began or ended on another day than the law says

  [[nodiscard]] Span days(Basis basis) const {
    if (basis == Basis::legal) return legal;
    return {collected.from ? collected.from : legal.from, collected.until ? collected.until : legal.until};
  }
};

/// A duty that one importer levies on the goods of some partners from one day to another.
struct Measure : Validity {
  std::string id;                                                ///< unique within the policy
  std::string title;                                             ///< for people
  std::string importer;                                          ///< imposing country or group
  std::vector<std::string> exporters = {"*"}, except_exporters;  ///< countries, groups, "*"
  std::vector<std::string> sectors = {"goods"};                  ///< sector codes, kinds, "*"
  std::vector<std::string> products, except_products;  ///< lists of goods or HS codes; no products means all goods
  std::optional<double> rate;                          ///< ad valorem; absent: not known, and never in force
  std::string rate_table;                              ///< instead of `rate`: a table of rates by sector
  DutyBase base = DutyBase::full_value;
  double base_share = 1;   ///< of the value, for DutyBase::content
  PreferenceUse claim;     ///< what of the flow uses it, for DutyBase::preference
  std::string qualifying;  ///< a share of the flow that is free of this measure, such as what meets rules of origin
  std::string use;         ///< single goods pay only where they are for this use
  std::string authority;   ///< the law it rests on
  std::string group;       ///< stacking group; "s232/autos" belongs to "s232"
  std::string family;      ///< of one family, the most specific partner's measure counts; the id where empty
  Detail detail = Detail::any;
  std::optional<Date> announced;
  std::string source, note;
  Confidence confidence = Confidence::seen;
  std::string origin;  ///< where it was declared (file and line), for messages

  /// The family, or the measure by itself.
  [[nodiscard]] const std::string& kin() const { return family.empty() ? id : family; }

  [[nodiscard]] bool has_rate() const { return rate.has_value() || !rate_table.empty(); }
};

/// True where `group` is `pattern` or one of its parts, as "s232/autos" of "s232"; "*" is every group.
[[nodiscard]] inline bool belongs(const std::string& group, const std::string& pattern) {
  return pattern == "*" || group == pattern ||
         (group.size() > pattern.size() && group[pattern.size()] == '/' &&
          group.compare(0, pattern.size(), pattern) == 0);
}

}  // namespace tariffsim
