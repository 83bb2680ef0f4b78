// The duties of one day, prepared so that asking for one good is cheap.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tariffsim/policy/origins.hpp"
#include "tariffsim/policy/other_ways.hpp"
#include "tariffsim/policy/policy.hpp"
#include "tariffsim/policy/stacking.hpp"

namespace tariffsim {

/// A measure that remains after stacking.
struct ProductDuty {
  std::size_t measure = 0;  ///< position among the policy's measures
  double amount = 0;        ///< what it adds to the rate
  bool partly = false;      ///< the list names only codes below the one asked for
  bool spared = false;      ///< an exception or exemption names only codes below, and is not counted
};

struct ProductRate {
  double normal_duty = 0;
  std::vector<ProductDuty> duties;
  double total = 0;
};

/// What the duty on a good depends on beside its code.
struct DutyTerms {
  double normal_duty = 0;            ///< ad valorem, before any measure
  std::optional<double> qualifying;  ///< share that meets the rules of origin; absent: as the policy's shares say
  std::optional<double> claimed;     ///< share that claims a preference; absent: as the measure says
  std::optional<double> content;     ///< share of the value that is metal and the like; absent: as the measure says
  std::string_view sector = {};      ///< for qualifying shares that are of a sector
};

/// The duties of one day between any importer and exporter, on any good. What depends on the day is prepared by the
/// constructor, what depends on the pair by border(), what depends on the code by good().
class DutySchedule {
  // A measure in force; lists by their position among lists_.
  struct InForce {
    std::size_t measure, family;
    std::vector<std::size_t> lists, except;
    std::vector<std::pair<const Exemption*, std::vector<std::size_t>>> exemptions;
    std::vector<const QualifyingRow*> qualifying;  // the latest first
  };

 public:
  /// @param policy must outlive this.
  explicit DutySchedule(const Policy& policy, Date day, Basis basis = Basis::legal)
      : policy_(&policy), stacking_(policy.rules, groups_of(policy), day, policy.unverified) {
    std::map<std::string, std::size_t> families;
    for (std::size_t k = 0; k < policy.measures.size(); ++k) {
      const Measure& m = policy.measures[k];
      if (!policy.counts(m) || m.detail == Detail::sector || !m.days(basis).holds(day)) continue;
      InForce act{k,
                  families.emplace(m.kin(), families.size()).first->second,
                  lists(m.products),
                  lists(m.except_products),
                  {},
                  qualifying_rows(m, day)};
      for (const auto& e : policy.exemptions) {
        if (policy.counts(e) && e.importer == m.importer && e.days(basis).holds(day) &&
            std::find(e.families.begin(), e.families.end(), m.kin()) != e.families.end()) {
          act.exemptions.emplace_back(&e, lists(e.products));
        }
      }
      in_force_.push_back(std::move(act));
    }
    families_ = families.size();
  }

  DutySchedule(const DutySchedule&) = delete;
  DutySchedule& operator=(const DutySchedule&) = delete;

  /// The measures that one importer levies on the goods of one exporter, which may be a group.
  class Border {
    friend class DutySchedule;
    struct Act {
      const InForce* in_force;                              // what it is for all partners
      std::vector<const std::vector<std::size_t>*> exempt;  // lists of goods that it spares
      std::vector<const QualifyingRow*> qualifying;         // the latest first
    };
    std::vector<Act> acts_;
  };

  /// How every list of the schedule meets one code.
  using Good = std::vector<Cover>;

  [[nodiscard]] Border border(const std::string& importer, const std::string& exporter) const {
    const auto group = policy_->groups.find(exporter);
    const std::vector<std::string> countries =
        group == policy_->groups.end() ? std::vector<std::string>{exporter} : group->second;
    const auto names = [&](const std::vector<std::string>& terms) {
      return closeness(terms, exporter, countries, policy_->groups);
    };
    std::vector<Closeness> reach, best(families_, Closeness::none);
    for (const InForce& act : in_force_) {
      const Measure& m = policy_->measures[act.measure];
      const bool levied = closeness(m.importer, importer, {importer}, policy_->groups) != Closeness::none;
      const bool spared = !levied || names(m.except_exporters) != Closeness::none;
      reach.push_back(spared ? Closeness::none : names(m.exporters));
      best[act.family] = std::max(best[act.family], reach.back());
    }
    Border found;
    for (std::size_t a = 0; a < in_force_.size(); ++a) {
      const InForce& act = in_force_[a];
      if (reach[a] == Closeness::none || reach[a] != best[act.family] || !policy_->measures[act.measure].rate) continue;
      Border::Act next{&act, {&act.except}, {}};
      for (const auto& [exemption, spares] : act.exemptions) {
        if (names(exemption->exporters) != Closeness::none) next.exempt.push_back(&spares);
      }
      for (const QualifyingRow* row : act.qualifying) {
        if (names({row->exporter}) != Closeness::none) next.qualifying.push_back(row);
      }
      found.acts_.push_back(std::move(next));
    }
    return found;
  }

  /// @param code digits only, two or more.
  [[nodiscard]] Good good(std::string_view code) const {
    Good covers;
    covers.reserve(lists_.size());
    for (const CodeIndex& list : lists_) covers.push_back(list.cover(code));
    return covers;
  }

  /// The same for a good that goes by several codes: what covers all of them covers it, what covers some does in part.
  [[nodiscard]] Good good(const std::vector<std::string>& codes) const {
    Good covers = good(codes.front());
    for (std::size_t c = 1; c < codes.size(); ++c) {
      const Good other = good(codes[c]);
      for (std::size_t l = 0; l < covers.size(); ++l) {
        if (covers[l] != other[l]) covers[l] = Cover::part;
      }
    }
    return covers;
  }

  /// Every duty on a good. A list that names only codes below its own counts, and is marked so.
  /// @param uses what it is for, where duties depend on that.
  [[nodiscard]] ProductRate rate(const Border& border, const Good& good, const DutyTerms& terms = {},
                                 const std::vector<std::string>& uses = {}) const {
    const auto cover = [&](const std::vector<std::size_t>& lists) {
      Cover best = Cover::none;
      for (const std::size_t list : lists) best = better(best, good[list]);
      return best;
    };
    ProductRate out;
    out.normal_duty = out.total = terms.normal_duty;
    std::vector<Layer> layers;
    std::vector<std::pair<bool, bool>> partly;  // covered, spared
    for (const Border::Act& act : border.acts_) {
      const Measure& m = policy_->measures[act.in_force->measure];
      const Cover covered = m.products.empty() ? Cover::whole : cover(act.in_force->lists);
      const bool other_use = !m.use.empty() && std::find(uses.begin(), uses.end(), m.use) == uses.end();
      if (covered == Cover::none || other_use) continue;
      Cover exempt = Cover::none;
      for (const auto* lists : act.exempt) exempt = better(exempt, cover(*lists));
      if (exempt == Cover::whole) continue;
      layers.push_back(layer(act, terms));
      partly.emplace_back(covered == Cover::part, exempt == Cover::part);
    }
    stacking_(layers);
    share_claims(layers);
    for (std::size_t k = 0; k < layers.size(); ++k) {
      if (layers[k].due == 0) continue;
      out.duties.push_back({layers[k].measure, layers[k].amount, partly[k].first, partly[k].second});
      out.total += layers[k].amount;
    }
    return out;
  }

  [[nodiscard]] const Policy& policy() const noexcept { return *policy_; }

 private:
  static std::vector<std::string> groups_of(const Policy& policy) {
    std::vector<std::string> groups;
    for (const auto& m : policy.measures) groups.push_back(m.group);
    return groups;
  }

  // Positions of lists and single codes, which are indexed when they are met first.
  [[nodiscard]] std::vector<std::size_t> lists(const std::vector<std::string>& terms) {
    std::vector<std::size_t> found;
    for (const auto& term : terms) {
      const auto [known, is_new] = position_.emplace(term, lists_.size());
      if (is_new) {
        const auto list = policy_->products.find(term);
        if (is_code(term)) {
          lists_.emplace_back(std::vector<std::string_view>{known->first});
        } else if (list != policy_->products.end()) {
          lists_.emplace_back(std::vector<std::string_view>(list->second.begin(), list->second.end()));
        } else {
          lists_.emplace_back();
        }
      }
      found.push_back(known->second);
    }
    return found;
  }

  [[nodiscard]] std::vector<const QualifyingRow*> qualifying_rows(const Measure& m, Date day) const {
    std::vector<const QualifyingRow*> rows;
    for (const auto& row : policy_->qualifying) {
      if (m.qualifying.empty() || row.name != m.qualifying || row.importer != m.importer) continue;
      if (!row.from || *row.from <= day) rows.push_back(&row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](auto* a, auto* b) { return b->from < a->from; });
    return rows;
  }

  [[nodiscard]] static double free_share(const Measure& m, const Border::Act& act, const DutyTerms& terms) {
    if (m.qualifying.empty()) return 0;
    if (terms.qualifying) return *terms.qualifying;
    for (const QualifyingRow* row : act.qualifying) {
      if (row->sector == "goods" || row->sector == "*" || row->sector == terms.sector) return row->share;
    }
    return 0;
  }

  [[nodiscard]] Layer layer(const Border::Act& act, const DutyTerms& terms) const {
    const Measure& m = policy_->measures[act.in_force->measure];
    Layer out;
    out.measure = act.in_force->measure;
    out.free = free_share(m, act, terms);
    out.rate = *m.rate;
    if (m.base == DutyBase::content) out.base_share = terms.content.value_or(m.base_share);
    if (m.base == DutyBase::floor) out.rate = std::max(0.0, *m.rate - terms.normal_duty);
    if (m.base == DutyBase::preference) {
      const double margin = std::max(0.0, terms.normal_duty - *m.rate);
      out.use.share = margin > 0 && terms.claimed ? *terms.claimed : use_of(m.claim, margin).share;
      out.rate = -margin * out.use.share;
    }
    return out;
  }

  const Policy* policy_;
  Stacking stacking_;
  std::size_t families_ = 0;
  std::vector<InForce> in_force_;
  std::map<std::string, std::size_t> position_;  // of a term among lists_
  std::vector<CodeIndex> lists_;
};

}  // namespace tariffsim
