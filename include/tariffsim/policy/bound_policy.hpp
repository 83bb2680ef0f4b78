// BoundPolicy: a policy in one world, ready to say the rates of any day.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/coverage.hpp"
#include "tariffsim/policy/normal_duties.hpp"
#include "tariffsim/policy/origins.hpp"
#include "tariffsim/policy/other_ways.hpp"
#include "tariffsim/policy/policy_checks.hpp"
#include "tariffsim/policy/responses.hpp"
#include "tariffsim/policy/stacking.hpp"

namespace tariffsim {

/// What one measure adds to the rate of one cell.
struct RatePart {
  Index cell = 0;           ///< exporter + N (importer + N sector)
  std::size_t measure = 0;  ///< position among the policy's measures
  double due = 0;           ///< share of the flow on which it is due
  double amount = 0;        ///< what it adds to the rate
  double claimed = 0;       ///< share of the flow that uses it, of a preference
  double cost = 0;          ///< what that costs, over the border value of the whole flow
};

/// The rates of one day in one world.
struct DayRates {
  Date day;
  Basis basis = Basis::legal;
  Cube total;                   ///< N x N x J, ad valorem rates in force
  std::vector<RatePart> parts;  ///< by cell, in the order of the measures; what they leave is the normal duty
  std::map<Index, double> trade_cost_hat;  ///< d'/d by cell, where the use of preferences has a cost
  std::vector<WayTaken> ways;              ///< flows that use preferences
};

/// Something that a policy says and a world cannot take up.
struct Remainder {
  std::string measure, what;
};

class BoundPolicy {
 public:
  /// @throws InvalidInput where the policy contradicts itself or names partners that are neither countries nor groups.
  BoundPolicy(std::shared_ptr<const Policy> policy, World world)
      : policy_(std::move(policy)),
        world_(std::move(world)),
        origins_(world_, policy_->groups),
        bridge_(world_, policy_->sectors),
        coverage_(*policy_, bridge_) {
    validate(*policy_);
    for (const auto& m : policy_->measures) stacking_groups_.push_back(m.group);
    for (std::size_t k = 0; k < policy_->measures.size(); ++k) bind(k);
    for (const auto& e : policy_->exemptions) bind(e);
    for (const auto& text : coverage_.nowhere()) remainders_.push_back({"", text + " maps to no sector of the world"});
    for (const auto& origin : origins_.all()) special_.push_back(is_special(origin));
    for (Index n = 0; n < world_.regions().size(); ++n) {
      partner_keys_.emplace_back();
      for (const auto& origin : origins_.all()) {
        partner_keys_.back().push_back(partner_key(world_.regions().code(n), origin));
      }
    }
    find_contained();
  }

  BoundPolicy(const BoundPolicy&) = delete;
  BoundPolicy& operator=(const BoundPolicy&) = delete;

  [[nodiscard]] const Policy& policy() const noexcept { return *policy_; }
  [[nodiscard]] const World& world() const noexcept { return world_; }
  /// What is not in the rates, and why.
  [[nodiscard]] const std::vector<Remainder>& remainders() const noexcept { return remainders_; }

  /// Rates in force on a day: the world's own, less the measures that they contain, plus those of the day.
  [[nodiscard]] DayRates rates(Date day, Basis basis = Basis::legal) const {
    return with_normal_duties(sum_of({day, basis, nullptr}));
  }

  /// Rates where the measures of a coalition stand as on a day and all others as in the world's own tariffs: nobody
  /// gives the world's rates, everybody those of the day. Exemptions and qualifying shares are of the day of the
  /// measure that they spare. Two measures meet under the rules of stacking of the day where one of them is in the
  /// coalition, under those of the world's tariffs where none is.
  /// @param coalition by measure.
  [[nodiscard]] DayRates rates(Date day, Basis basis, const std::vector<bool>& coalition) const {
    return with_normal_duties(sum_of({day, basis, &coalition}));
  }

  /// By measure: true where on a day it is in force, spares goods or meets others otherwise than in the world's own
  /// tariffs.
  [[nodiscard]] std::vector<bool> changed(Date day, Basis basis = Basis::legal) const {
    std::vector<bool> out;
    const Standing now{day, basis, nullptr};
    for (std::size_t k = 0; k < bound_.size(); ++k) {
      const auto& importers = bound_[k].importers;
      out.push_back(std::any_of(importers.begin(), importers.end(), [&](Index n) { return is_changed(k, n, now); }));
    }
    return out;
  }

 private:
  // As of when the measures are taken: those of the coalition on the day, all others on the day of the world's tariffs.
  struct Standing {
    Date day;
    Basis basis;
    const std::vector<bool>* coalition;  // by measure; null: all
    [[nodiscard]] bool has(std::size_t k) const { return !coalition || (*coalition)[k]; }
  };

  // A measure in the terms of this world.
  struct Bound {
    std::vector<Index> importers;
    std::vector<bool> sectors;         // J, where it applies
    std::vector<Closeness> closeness;  // by origin
    std::size_t family;
    std::vector<Vector> covered;             // by key of the coverage tables, J: share of the flow; empty: all of it
    std::vector<Vector> except;              // the same for the measure's own exceptions; empty: none
    std::vector<std::vector<Vector>> rates;  // by importer and origin, J: where a table gives them
    std::vector<std::size_t> exemptions;
    std::vector<const QualifyingRow*> qualifying;  // by day, the latest first
  };

  struct BoundExemption {
    std::vector<Closeness> closeness;  // by origin
    std::vector<Vector> covered;       // by key of the coverage tables, J
  };

  // Measures that meet the same origins alike, and what part of a region those origins are.
  struct Bundle {
    std::vector<std::size_t> measures;
    std::size_t partner;  // key of the coverage tables
    std::vector<std::size_t> origins;
    friend bool same(const Bundle& a, const Bundle& b) { return a.measures == b.measures && a.partner == b.partner; }
  };

  // What the world's tariffs contain of the policy: importer by importer, the measures of the day that they are of.
  void find_contained() {
    for (Index n = 0; n < world_.regions().size(); ++n) {
      own_days_.push_back(tariffs_date(world_.info(), world_.regions().code(n)));
      const auto& day = own_days_.back();
      if (day) own_rules_.emplace(*day, Stacking(policy_->rules, stacking_groups_, *day, policy_->unverified));
    }
    const std::vector<bool> nobody(bound_.size(), false);
    const Standing own{Date(1, 1, 1), Basis::legal, &nobody};
    // Floors and preferences depend on the normal duty, which is what all measures leave.
    const Vector& base = world_.tariffs().values();
    normal_ = world_.tariffs();
    static_cast<void>(detail::normal_duties(base, [&](const Vector& normal) {
      normal_.values() = normal;
      DayRates measures = sum_of(own);
      contained_use_ = uses_of(measures);
      contained_ = std::move(measures.total);
      Vector left = base - contained_.values();
      for (const auto& [at, use] : contained_use_) left[at] += base[at] * use.cost;
      return left;
    }));
  }

  // What of each cell uses preferences, and what that costs.
  [[nodiscard]] static std::map<Index, WayUse> uses_of(const DayRates& rates) {
    std::map<Index, WayUse> uses;
    for (const RatePart& part : rates.parts) {
      if (part.claimed == 0) continue;
      uses[part.cell].share += part.claimed;
      uses[part.cell].cost += part.cost;
    }
    return uses;
  }

  // Duties are on the value without what the use of preferences costs; relative to the costs that the base contains.
  void add_costs(DayRates& rates) const {
    std::map<Index, WayUse> uses = uses_of(rates), own = contained_use_;
    for (const auto& entry : own) uses.try_emplace(entry.first);
    for (const auto& [at, use] : uses) {
      const WayUse before = own[at];
      rates.ways.push_back({Instrument::preference, std::nullopt, at, before.share, use.share});
      if (use.cost == 0 && before.cost == 0) continue;
      double& rate = rates.total.values()[at];
      rate = (rate + world_.tariffs().values()[at] * before.cost) / (1.0 + use.cost);
      rates.trade_cost_hat[at] = (1.0 + use.cost) / (1.0 + before.cost);
    }
    if (rates.trade_cost_hat.empty()) return;
    for (RatePart& part : rates.parts) {
      if (const auto use = uses.find(part.cell); use != uses.end()) part.amount /= 1.0 + use->second.cost;
    }
  }

  // In place of the sum of measures, the rates with them.
  [[nodiscard]] DayRates with_normal_duties(DayRates sum) const {
    const Vector& base = world_.tariffs().values();
    Vector& total = sum.total.values();
    // What was collected can be less than what the law asked for; a duty does not fall below none.
    total = (base + (total - contained_.values())).max(base.min(0.0));
    add_costs(sum);
    return sum;
  }

  [[nodiscard]] bool in_force(std::size_t k, Index importer, const Standing& now) const {
    const Measure& m = policy_->measures[k];
    if (now.has(k)) return m.days(now.basis).holds(now.day);
    const auto& own = own_days_[static_cast<std::size_t>(importer)];
    return own && m.legal.holds(*own);
  }

  [[nodiscard]] bool is_changed(std::size_t k, Index importer, const Standing& now) const {
    const Measure& m = policy_->measures[k];
    const auto& own = own_days_[static_cast<std::size_t>(importer)];
    const bool then = own && m.legal.holds(*own);
    if (in_force(k, importer, now) != then) return true;
    if (!then) return false;
    const auto& spared = bound_[k].exemptions;
    const auto& shares = bound_[k].qualifying;
    return std::any_of(spared.begin(), spared.end(),
                       [&](std::size_t e) {
                         const Exemption& exemption = policy_->exemptions[e];
                         return exemption.days(now.basis).holds(now.day) != exemption.legal.holds(*own);
                       }) ||
           std::any_of(shares.begin(), shares.end(),
                       [&](const auto* row) { return row->from && (now.day < *row->from) != (*own < *row->from); }) ||
           std::any_of(policy_->rules.begin(), policy_->rules.end(), [&](const StackingRule& rule) {
             return policy_->counts(rule) && (belongs(m.group, rule.group) || belongs(m.group, rule.other)) &&
                    rule.days.covers(now.day) != rule.days.covers(*own);
           });
  }

  [[nodiscard]] std::vector<Index> importers(const std::string& term, const std::string& id) {
    std::vector<Index> found;
    for (const auto& country : origins_.countries(term)) {
      if (const auto n = world_.regions().find(country)) {
        found.push_back(*n);
        continue;
      }
      if (origins_.hidden_in(country) >= 0 || origins_.has(country)) {
        const std::string region = region_of(country);
        if (whole_inside(region, term)) {
          found.push_back(world_.regions().at(region));
        } else {
          remainders_.push_back({id, "importer " + country + " is a part of region " + region});
        }
      } else if (!origins_.is_group(term)) {
        remainders_.push_back({id, "importer " + country + " is in no region of the world"});
      }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  [[nodiscard]] std::string region_of(const std::string& country) const {
    for (const auto& origin : origins_.all()) {
      if (std::find(origin.countries.begin(), origin.countries.end(), country) != origin.countries.end()) {
        return world_.regions().code(origin.region);
      }
    }
    return {};
  }

  [[nodiscard]] bool whole_inside(const std::string& region, const std::string& term) const {
    const auto members = world_.data().members.find(region);
    if (members == world_.data().members.end()) return false;
    const auto countries = origins_.countries(term);
    return std::all_of(members->second.begin(), members->second.end(), [&](const auto& country) {
      return std::find(countries.begin(), countries.end(), country) != countries.end();
    });
  }

  // Members of a group that stand in larger regions without a weight; a region wholly in the group needs none.
  [[nodiscard]] std::string lost_members(const std::string& group) const {
    std::string lost;
    for (const auto& country : origins_.countries(group)) {
      const Index region = origins_.hidden_in(country);
      if (region >= 0 && !whole_inside(world_.regions().code(region), group)) lost += " " + country;
    }
    return lost;
  }

  // Refuses what is neither a country nor a group nor a region.
  void require_known(const std::string& term, const std::string& where, const std::string& id) const {
    if (term == "*" || origins_.is_group(term) || world_.regions().find(term) || origins_.has(term)) return;
    if (term.size() == 3 && std::all_of(term.begin(), term.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return;
    throw InvalidInput(where, "'" + id + "' names an unknown partner '" + term + "'",
                       "use an ISO3 code, a group of the policy or of the world, or \"*\"");
  }

  void require_partners(const std::vector<std::string>& terms, const std::string& where, const std::string& id) {
    for (const auto& term : terms) {
      require_known(term, where, id);
      if (origins_.is_group(term)) {
        const std::string lost = lost_members(term);
        if (!lost.empty()) remainders_.push_back({id, "partners without a weight of their own:" + lost});
        continue;
      }
      if (term == "*" || world_.regions().find(term) || origins_.has(term)) continue;
      const Index region = origins_.hidden_in(term);
      remainders_.push_back(
          {id, "partner " + term +
                   (region < 0 ? " is in no region of the world"
                               : " has no weight of its own in region " + world_.regions().code(region))});
    }
  }

  [[nodiscard]] std::vector<Closeness> closeness_of(const std::vector<std::string>& partners,
                                                    const std::vector<std::string>& except) const {
    std::vector<Closeness> result;
    for (const auto& origin : origins_.all()) {
      const bool spared = origins_.closeness_of(except, origin) != Closeness::none;
      result.push_back(spared ? Closeness::none : origins_.closeness_of(partners, origin));
    }
    return result;
  }

  [[nodiscard]] std::vector<bool> sectors_of(const Measure& m) {
    std::vector<bool> mask(static_cast<std::size_t>(world_.sectors().size()), false);
    const auto& kinds = world_.data().sector_kinds;
    for (const auto& term : m.sectors) {
      if (term == "*" || term == "goods" || term == "services") {
        for (std::size_t j = 0; j < mask.size(); ++j) mask[j] = mask[j] || term == "*" || kinds[j] == term;
        continue;
      }
      const auto targets = bridge_.targets(term);
      if (targets.empty()) {
        throw InvalidInput(detail::place_of(m), "'" + m.id + "' names an unknown sector '" + term + "'",
                           "use \"goods\", \"services\", \"*\" or " + world_.sectors().suggestion(term));
      }
      for (const Index j : targets) {
        if (bridge_.holds_all(term, j)) {
          mask[static_cast<std::size_t>(j)] = true;
        } else {
          remainders_.push_back({m.id, "sector " + term + " is only a part of sector " + world_.sectors().code(j)});
        }
      }
    }
    return mask;
  }

  // What lists cover together, by key of the tables; what the tables do not know is a remainder.
  [[nodiscard]] std::vector<Vector> covered(const std::vector<std::string>& lists, const std::string& importer,
                                            const std::string& id) {
    std::vector<Vector> shares;
    if (lists.empty()) return shares;
    for (const auto& list : lists) {
      if (!coverage_.knows(list, importer)) {
        remainders_.push_back({id, "no trade weights say what share of each sector '" + list + "' covers"});
      }
    }
    for (const auto& partner : coverage_.partners(importer)) {
      Vector sum = Vector::Zero(world_.sectors().size());
      for (const auto& list : lists) sum += coverage_.shares(list, importer, partner);
      shares.emplace_back(sum.min(1.0));
    }
    return shares;
  }

  // Rows of a qualifying share for one importer, the latest first.
  [[nodiscard]] std::vector<const QualifyingRow*> qualifying_of(const Measure& m) const {
    std::vector<const QualifyingRow*> rows;
    for (const auto& row : policy_->qualifying) {
      if (!m.qualifying.empty() && row.name == m.qualifying && row.importer == m.importer) rows.push_back(&row);
    }
    std::stable_sort(rows.begin(), rows.end(), [](auto* a, auto* b) { return b->from < a->from; });
    return rows;
  }

  void bind(std::size_t k) {
    const Measure& m = policy_->measures[k];
    Bound b;
    const auto [family, is_new] = family_ids_.emplace(m.kin(), family_ids_.size());
    static_cast<void>(is_new);
    b.family = family->second;
    if (m.detail == Detail::product && policy_->counts(m) && m.legal.from) {
      remainders_.push_back({m.id, "counts for single goods alone"});
    }
    if (m.detail != Detail::product && policy_->counts(m) && m.legal.from) {
      b.importers = importers(m.importer, m.id);
      require_partners(m.exporters, detail::place_of(m), m.id);
      require_partners(m.except_exporters, detail::place_of(m), m.id);
      b.closeness = closeness_of(m.exporters, m.except_exporters);
      b.sectors = sectors_of(m);
      b.covered = covered(m.products, m.importer, m.id);
      b.except = covered(m.except_products, m.importer, m.id);
      b.qualifying = qualifying_of(m);
      if (!m.rate_table.empty()) bind_rates(m, b);
    }
    bound_.push_back(std::move(b));
  }

  [[nodiscard]] Origins::Origin as_origin(Index region) const {
    const std::string& code = world_.regions().code(region);
    const auto members = world_.data().members.find(code);
    const bool plain = members == world_.data().members.end();
    return {region, code, plain ? std::vector<std::string>{code} : members->second, Origins::kWhole};
  }

  // How closely a row names an exporter and an importer; none where it is for others.
  using Reach = std::pair<Closeness, Closeness>;
  [[nodiscard]] Reach reach_of(const RateRow& row, const Origins::Origin& exporter,
                               const Origins::Origin& importer) const {
    const auto names = [&](const std::string& term, const Origins::Origin& origin) {
      return origins_.closeness_of({term.empty() ? "*" : term}, origin);
    };
    const Reach reach{names(row.exporter, exporter), names(row.importer, importer)};
    const bool meets = reach.first != Closeness::none && reach.second != Closeness::none;
    return meets ? reach : Reach{Closeness::none, Closeness::none};
  }

  // A table of rates: of the rows on one sector those that name exporter and importer most closely.
  void bind_rates(const Measure& m, Bound& b) {
    const auto& rows = policy_->rate_tables.at(m.rate_table);
    std::vector<bool> met(rows.size(), false);
    bool reaches_any = false;
    for (const Index n : b.importers) {
      const Origins::Origin importer = as_origin(n);
      b.rates.emplace_back(origins_.all().size());
      for (std::size_t o = 0; o < origins_.all().size(); ++o) {
        if (b.closeness[o] == Closeness::none || origins_.all()[o].region == n) continue;
        reaches_any = true;
        std::vector<Reach> reach;
        std::map<std::string, Reach> closest;
        for (const auto& row : rows) {
          reach.push_back(reach_of(row, origins_.all()[o], importer));
          closest[row.sector] = std::max(closest[row.sector], reach.back());
        }
        SectorMean mean(bridge_, 0.0);
        for (std::size_t r = 0; r < rows.size(); ++r) {
          if (reach[r].first == Closeness::none) continue;
          met[r] = true;
          if (reach[r] == closest[rows[r].sector]) {
            mean.add(rows[r].sector, rows[r].rate, rows[r].weight > 0 ? rows[r].weight : 1.0);
          }
        }
        b.rates.back()[o] = mean.values();
      }
    }
    list_remainders(m, rows, met, reaches_any);
  }

  void list_remainders(const Measure& m, const std::vector<RateRow>& rows, const std::vector<bool>& met,
                       bool reaches_any) {
    std::set<std::pair<std::string, std::string>> strangers;
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const RateRow& row = rows[r];
      const std::string where = cell("rates", {{"table", m.rate_table}, {"sector", row.sector}});
      for (const auto& term : {row.exporter, row.importer}) {
        if (!term.empty()) require_known(term, where, m.id);
      }
      if (bridge_.targets(row.sector).empty()) {
        remainders_.push_back({m.id, "sector " + row.sector + " of its table maps to no sector of the world"});
      }
      if (reaches_any && !met[r] && strangers.emplace(row.exporter, row.importer).second) {
        remainders_.push_back({m.id, "rows of its table from " + (row.exporter.empty() ? "*" : row.exporter) + " to " +
                                         (row.importer.empty() ? "*" : row.importer) + " meet none of its flows"});
      }
    }
  }

  void bind(const Exemption& e) {
    BoundExemption b;
    b.closeness = closeness_of(e.exporters, {});
    b.covered = covered(e.products, e.importer, e.id);
    for (std::size_t k = 0; k < bound_.size(); ++k) {
      const Measure& m = policy_->measures[k];
      if (policy_->counts(e) && m.importer == e.importer &&
          std::find(e.families.begin(), e.families.end(), m.kin()) != e.families.end()) {
        bound_[k].exemptions.push_back(exemptions_.size());
      }
    }
    exemptions_.push_back(std::move(b));
  }

  // True where an exemption, a qualifying share or a table of rates names an origin, so that it is not treated as
  // others.
  [[nodiscard]] bool is_special(const Origins::Origin& origin) const {
    const auto named = [&](const std::vector<std::string>& terms) {
      return origins_.closeness_of(terms, origin) > Closeness::everyone;
    };
    return std::any_of(policy_->qualifying.begin(), policy_->qualifying.end(),
                       [&](const QualifyingRow& row) { return named({row.exporter}); }) ||
           std::any_of(policy_->rate_tables.begin(), policy_->rate_tables.end(),
                       [&](const auto& table) {
                         return std::any_of(table.second.begin(), table.second.end(),
                                            [&](const RateRow& row) { return named({row.exporter}); });
                       }) ||
           std::any_of(policy_->exemptions.begin(), policy_->exemptions.end(),
                       [&](const Exemption& e) { return named(e.exporters); });
  }

  // Keys of the coverage tables for an origin: its country, its region, then the groups that contain it.
  [[nodiscard]] std::size_t partner_key(const std::string& importer, const Origins::Origin& origin) const {
    std::vector<std::string> names = {origin.code, world_.regions().code(origin.region)};
    for (const auto& [group, countries] : policy_->groups) {
      if (std::find(countries.begin(), countries.end(), origin.code) != countries.end() ||
          (!origin.countries.empty() &&
           std::find(countries.begin(), countries.end(), origin.countries[0]) != countries.end())) {
        names.push_back(group);
      }
    }
    return coverage_.partner(importer, names);
  }

  // The measures in force between an importer and the origins of a region, origins of equal treatment together.
  [[nodiscard]] std::vector<Bundle> bundles(const std::vector<std::size_t>& active, Index exporter, Index importer,
                                            std::vector<Closeness>& best) const {
    std::vector<Bundle> out;
    const auto [first, last] = origins_.of(exporter);
    for (std::size_t o = first; o < last; ++o) {
      for (const std::size_t k : active) best[bound_[k].family] = Closeness::none;
      for (const std::size_t k : active) {
        best[bound_[k].family] = std::max(best[bound_[k].family], bound_[k].closeness[o]);
      }
      Bundle bundle;
      for (const std::size_t k : active) {
        const Closeness c = bound_[k].closeness[o];
        if (c != Closeness::none && c == best[bound_[k].family]) bundle.measures.push_back(k);
      }
      if (bundle.measures.empty()) continue;
      bundle.partner = partner_keys_[static_cast<std::size_t>(importer)][o];
      const auto alike = special_[o] ? out.end() : std::find_if(out.begin(), out.end(), [&](const Bundle& b) {
        return !special_[b.origins[0]] && same(b, bundle);
      });
      if (alike == out.end()) {
        bundle.origins.push_back(o);
        out.push_back(std::move(bundle));
      } else {
        alike->origins.push_back(o);
      }
    }
    return out;
  }

  [[nodiscard]] double free_share(const Bound& b, const Origins::Origin& origin, Index sector, Date day) const {
    for (const QualifyingRow* row : b.qualifying) {
      if ((row->from && day < *row->from) || origins_.closeness_of({row->exporter}, origin) == Closeness::none)
        continue;
      if (row->sector == "goods" || row->sector == "*" || row->sector == world_.sectors().code(sector)) {
        return row->share;
      }
    }
    return 0;
  }

  [[nodiscard]] double rate_of(std::size_t k, std::size_t origin, Index importer, Index sector) const {
    const Bound& b = bound_[k];
    if (b.rates.empty()) return *policy_->measures[k].rate;
    const auto at = std::lower_bound(b.importers.begin(), b.importers.end(), importer) - b.importers.begin();
    return b.rates[static_cast<std::size_t>(at)][origin][sector];
  }

  [[nodiscard]] Layer layer(std::size_t k, const Bundle& bundle, Index importer, Index sector, double normal, Date day,
                            Basis basis) const {
    const Measure& m = policy_->measures[k];
    const Bound& b = bound_[k];
    const auto share = [&](const std::vector<Vector>& by_partner, double otherwise) {
      return by_partner.empty() ? otherwise : by_partner[bundle.partner][sector];
    };
    Layer out;
    out.measure = k;
    out.covered = share(b.covered, 1.0);
    if (out.covered == 0) return out;
    out.exempt = share(b.except, 0.0);
    for (const std::size_t e : b.exemptions) {
      if (exemptions_[e].closeness[bundle.origins[0]] == Closeness::none) continue;
      if (policy_->exemptions[e].days(basis).holds(day)) out.exempt += share(exemptions_[e].covered, 0.0);
    }
    out.exempt = std::min(1.0, out.exempt);
    if (!b.qualifying.empty()) out.free = free_share(b, origins_.all()[bundle.origins[0]], sector, day);
    out.rate = rate_of(k, bundle.origins[0], importer, sector);
    if (m.base == DutyBase::content) out.base_share = m.base_share;
    if (m.base == DutyBase::floor) out.rate = std::max(0.0, out.rate - normal);
    if (m.base == DutyBase::preference) {
      const double margin = std::max(0.0, normal - out.rate);
      out.use = use_of(m.claim, margin);
      out.rate = -margin * out.use.share;
    }
    return out;
  }

  // The measures alone, without the world's own rates.
  [[nodiscard]] DayRates sum_of(const Standing& now) const {
    const Index N = world_.regions().size(), J = world_.sectors().size();
    DayRates out{now.day, now.basis, Cube(N, N, J), {}, {}, {}};
    std::vector<std::vector<std::size_t>> active(static_cast<std::size_t>(N));
    for (std::size_t k = 0; k < bound_.size(); ++k) {
      for (const Index n : bound_[k].importers) {
        if (in_force(k, n, now)) active[static_cast<std::size_t>(n)].push_back(k);
      }
    }
    const Stacking stack(policy_->rules, stacking_groups_, now.day, policy_->unverified);
    std::vector<Closeness> best(family_ids_.size());
    std::vector<Layer> layers;
    for (Index n = 0; n < N; ++n) {
      const auto& here = active[static_cast<std::size_t>(n)];
      if (here.empty()) continue;
      for (Index i = 0; i < N; ++i) {
        if (world_.is_domestic(i, n)) continue;
        for (const Bundle& bundle : bundles(here, i, n, best)) {
          for (Index j = 0; j < J; ++j) stack_cell(bundle, i, n, j, now, stack, layers, out);
        }
      }
    }
    return out;
  }

  void stack_cell(const Bundle& bundle, Index i, Index n, Index j, const Standing& now, const Stacking& stack,
                  std::vector<Layer>& layers, DayRates& out) const {
    double weight = 0;
    for (const std::size_t o : bundle.origins) weight += origins_.weight(origins_.all()[o], n, j);
    if (weight == 0) return;
    const auto& own = own_days_[static_cast<std::size_t>(n)];
    layers.clear();
    for (const std::size_t k : bundle.measures) {
      if (!bound_[k].sectors[static_cast<std::size_t>(j)]) continue;
      const bool earlier = !now.has(k);
      Layer next =
          layer(k, bundle, n, j, normal_(i, n, j), earlier ? *own : now.day, earlier ? Basis::legal : now.basis);
      next.earlier = earlier;
      if (next.covered > 0) layers.push_back(next);
    }
    if (layers.empty()) return;
    stack(layers, now.coalition && own ? &own_rules_.at(*own) : nullptr);
    share_claims(layers);
    const Index N = world_.regions().size();
    for (const Layer& each : layers) {
      if (each.due == 0) continue;
      out.total(i, n, j) += weight * each.amount;
      const double due = weight * each.due;
      out.parts.push_back(
          {flow_place(i, n, j, N), each.measure, due, weight * each.amount, due * each.use.share, due * each.use.cost});
    }
  }

  std::shared_ptr<const Policy> policy_;
  World world_;
  Origins origins_;
  SectorBridge bridge_;
  Coverage coverage_;
  std::vector<std::string> stacking_groups_;
  std::map<std::string, std::size_t> family_ids_;
  std::vector<Bound> bound_;
  std::vector<BoundExemption> exemptions_;
  std::vector<bool> special_;                           // by origin
  std::vector<std::vector<std::size_t>> partner_keys_;  // by importer and origin
  std::vector<Remainder> remainders_;
  std::vector<std::optional<Date>> own_days_;  // by importer: whose measures the world's tariffs contain
  std::map<Date, Stacking> own_rules_;         // rules of those days
  Cube normal_, contained_;                    // the world's tariffs: normal duty, measures that they contain
  std::map<Index, WayUse> contained_use_;      // preferences in use in the base, by cell
};

}  // namespace tariffsim
