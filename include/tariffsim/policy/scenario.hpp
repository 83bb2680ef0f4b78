// Scenario: dated measures that stack, and changes applied in order, compiled to a Shock for one world.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/policy/change.hpp"
#include "tariffsim/policy/limit.hpp"
#include "tariffsim/policy/policy_checks.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// Scope and rate of a tariff or an export tax; 0.25 is 25 percent.
struct RateChange {
  Selector importer{}, exporter{}, sector{};
  Value rate = 0.0;
  Operation operation = Operation::set;
};

/// Scope and duty per unit, as the ad valorem equivalent at base prices; 0.25 is 25 percent there.
struct SpecificTariff {
  Selector importer{}, exporter{}, sector{};
  Value rate = 0.0;
  Operation operation = Operation::set;
  std::string numeraire = SpecificTerms{}.numeraire;  ///< or a region code: that region's wage
};

/// Scope, preferential rate and use of a preference.
struct Preference {
  Selector importer{}, exporter{}, sector{};
  Value rate = 0.0;
  PreferenceUse use{};
  std::optional<OriginTerms> origin{};  ///< a rule of origin, where only some goods qualify
};

/// Scope, ad valorem equivalent and split of a barrier; 0.25 is 25 percent.
struct NonTariffMeasure {
  Selector importer{}, exporter{}, sector{};
  Value ad_valorem = 0.0;
  NonTariffTerms split{};
};

/// Scope, share through the hub in the base, and the hub.
struct Reexport {
  Selector importer{}, exporter{}, sector{};
  Value share = 0.0;
  ReexportTerms through{};
};

/// Scope and terms of trans-shipment.
struct Transshipment {
  Selector importer{}, exporter{}, sector{};
  TransshipmentTerms through{};
};

/// Scope and rate of a subsidy on output, over the unit cost; 0.1 is 10 percent.
struct RegionRate {
  Selector region{}, sector{};
  Value rate = 0.0;
};

/// A zone in front of a country: its rates on the world (first line), the country's on what comes out of the zone
/// (second line), and what a rule of origin or a given use spares of those.
struct CustomsZone {
  std::string zone{}, mainland{};
  Selector sector{"goods"};
  Value first_line = 0.0;
  Value second_line = 0.0;
  /// What of the second line is free of duty; where absent, what has the origin, or nothing.
  std::optional<PreferenceUse> free{};
  std::optional<OriginTerms> origin{};  ///< of what is free; the mainland's materials count as the zone's
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

/// A tariff-rate quota: the rate in force within the quota, `out_of_quota` beyond it.
struct RateQuota {
  std::string name{};
  Selector importer{}, exporter{}, sector{};
  double quota = 1;  ///< a multiple of the base where `relative`, else an amount
  bool relative = true;
  double out_of_quota = 0;  ///< ad valorem, above the rate in force
  RentOwner rent = RentOwner::importer;
};

/// Scope and amount of a change in trade deficits, in the world's currency.
struct DeficitChange {
  Selector region{};
  Value value = 0.0;
  Operation operation = Operation::set;
};

class BoundPolicy;
struct DayRates;

/// Dated measures and a list of changes, with a title. Every method returns a new scenario; the old one is untouched.
class Scenario {
 public:
  Scenario() = default;
  explicit Scenario(std::string title) : title_(std::move(title)) {}

  /// Import tariffs t; domestic cells are never touched.
  [[nodiscard]] Scenario tariff(RateChange c) const { return with(Instrument::tariff, std::move(c)); }

  /// Duties per unit: their ad valorem equivalent falls where the border price rises, t' = r (numeraire / p_hat). Set
  /// and scale replace the ad valorem rate in force (scale by s: t' = t s numeraire / p_hat), add leaves it beside
  /// them.
  [[nodiscard]] Scenario specific_tariff(SpecificTariff c) const {
    return with({Instrument::specific_tariff,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 c.operation,
                 std::move(c.rate),
                 {},
                 SpecificTerms{std::move(c.numeraire)}});
  }

  /// A lower tariff for what uses it; the rate in force when it is declared is what the rest pays.
  [[nodiscard]] Scenario preference(Preference c) const {
    return with({Instrument::preference,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 Operation::set,
                 std::move(c.rate),
                 {},
                 PreferenceTerms{c.use, std::move(c.origin)}});
  }

  /// A barrier of a given price effect, split into what is used up, a rent, and a shift of demand.
  [[nodiscard]] Scenario non_tariff_measure(NonTariffMeasure c) const {
    return with({Instrument::non_tariff,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 Operation::set,
                 std::move(c.ad_valorem),
                 {},
                 c.split});
  }

  /// Goods that go through a hub under bond: no duty there, and no part of what the hub itself makes.
  [[nodiscard]] Scenario reexport(Reexport c) const {
    return with({Instrument::reexport,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 Operation::set,
                 std::move(c.share),
                 {},
                 std::move(c.through)});
  }

  /// Goods that are relabelled in a third country where the difference of the rates pays for it.
  [[nodiscard]] Scenario transshipment(Transshipment c) const {
    return with({Instrument::transshipment,
                 std::move(c.importer),
                 std::move(c.exporter),
                 std::move(c.sector),
                 Operation::set,
                 0.0,
                 {},
                 std::move(c.through)});
  }

  /// Subsidies on output, paid by the region's household: p = c (1 - s), for all buyers.
  [[nodiscard]] Scenario production_subsidy(RegionRate c) const {
    return with({Instrument::production_subsidy,
                 {},
                 std::move(c.region),
                 std::move(c.sector),
                 Operation::set,
                 std::move(c.rate),
                 {}});
  }

  /// First-line and second-line rates of a customs zone that is a region of its own.
  [[nodiscard]] Scenario customs_zone(CustomsZone c) const {
    if (c.origin && c.origin->area.empty()) c.origin->area = {c.mainland};
    return tariff({c.zone, {}, c.sector, std::move(c.first_line)})
        .tariff({c.zone, c.mainland, c.sector, 0.0})
        .tariff({c.mainland, c.zone, c.sector, std::move(c.second_line)})
        .preference({c.mainland, c.zone, c.sector, 0.0,
                     c.free.value_or(PreferenceUse{.utilisation = c.origin ? 1.0 : 0.0}), c.origin});
  }

  /// Export taxes e (a subsidy is negative); the revenue is the exporter's; domestic cells are never touched.
  [[nodiscard]] Scenario export_tax(RateChange c) const { return with(Instrument::export_tax, std::move(c)); }

  /// Iceberg trade cost d'/d; factors of several changes multiply; domestic cells are never touched.
  [[nodiscard]] Scenario trade_cost(PairFactor c) const { return with(Instrument::trade_cost, std::move(c)); }

  /// No trade at all in the scope: the flow is exactly zero; domestic cells are never touched.
  [[nodiscard]] Scenario ban(PairScope c) const {
    return with(
        {Instrument::ban, std::move(c.importer), std::move(c.exporter), std::move(c.sector), Operation::set, 0.0, {}});
  }

  /// At most so much of the quantity that the scope's flows sum to; the rent goes to the importer's household, or to
  /// the exporter's as an export quota or licence earns it.
  [[nodiscard]] Scenario quota(Limit l) const {
    return with_limit(std::move(l), Limited::quantity, Sense::at_most, "quota");
  }

  /// At least so much of the quantity; `rent` says who pays the subsidy that it takes.
  [[nodiscard]] Scenario commitment(Limit l) const {
    return with_limit(std::move(l), Limited::quantity, Sense::at_least, "commitment");
  }

  /// At least so much value at the border, such as a purchase promised in dollars.
  [[nodiscard]] Scenario purchase(Limit l) const {
    return with_limit(std::move(l), Limited::value, Sense::at_least, "purchase");
  }

  /// At most such a share in what the importers of the scope import of its sectors.
  [[nodiscard]] Scenario share_cap(Limit l) const {
    return with_limit(std::move(l), Limited::import_share, Sense::at_most, "share cap");
  }

  /// Two rates and a quantity: within the quota, at it, or beyond it, as the solver finds. What the quota earns over
  /// the rate within it goes to the importer's household, or on the quota's quantity to exporters who hold its
  /// licences.
  [[nodiscard]] Scenario tariff_rate_quota(RateQuota q) const {
    Scenario copy = with_limit({std::move(q.name), std::move(q.importer), std::move(q.exporter), std::move(q.sector),
                                q.quota, q.relative, q.rent},
                               Limited::quantity, Sense::at_most, "tariff-rate quota");
    copy.limits_.back().out_of_quota = q.out_of_quota;
    return copy;
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

  /// The changes and limits of `part` besides, on some days alone; what has days of its own keeps to both.
  /// @throws InvalidInput where the part has dated measures, or a group of another content.
  [[nodiscard]] Scenario during(const Span& days, const Scenario& part) const {
    if (!part.policy_->measures.empty()) {
      throw InvalidInput("during", "the part has dated measures of its own", "give a part of changes and limits");
    }
    Scenario copy = *this;
    for (const auto& [group, regions] : part.groups_) {
      const auto known = copy.groups_.emplace(group, regions);
      if (known.first->second == regions) continue;
      throw InvalidInput("during", "group '" + group + "' means something else in the part", "rename one of the two");
    }
    for (Change change : part.changes_) {
      change.days = both(change.days, days);
      copy.changes_.push_back(std::move(change));
    }
    for (DeclaredLimit limit : part.limits_) {
      limit.days = both(limit.days, days);
      copy.limits_.push_back(std::move(limit));
    }
    return copy;
  }

  /// Any change, as declared elsewhere (a file, another language).
  [[nodiscard]] Scenario with(Change change) const {
    Scenario copy = *this;
    copy.changes_.push_back(std::move(change));
    return copy;
  }

  /// Dated measures and how they stack, in place of what was there.
  /// @throws InvalidInput where they contradict each other.
  [[nodiscard]] Scenario with(Policy policy) const {
    validate(policy);
    return with(std::make_shared<const Policy>(std::move(policy)));
  }

  /// The same with a policy that is known to be valid.
  [[nodiscard]] Scenario with(std::shared_ptr<const Policy> policy) const {
    Scenario copy = *this;
    copy.policy_ = std::move(policy);
    return copy;
  }

  /// The scenario on one day: the dated measures and changes in force then, and all undated ones.
  [[nodiscard]] Scenario on(Date day, Basis basis = Basis::legal) const {
    Scenario copy = *this;
    copy.day_ = day;
    copy.basis_ = basis;
    return copy;
  }

  /// True where anything in it holds on some days alone, so that it takes a day to solve it.
  [[nodiscard]] bool dated() const {
    const auto has_days = [](const auto& part) { return !part.days.open(); };
    return !policy_->measures.empty() || std::any_of(changes_.begin(), changes_.end(), has_days) ||
           std::any_of(limits_.begin(), limits_.end(), has_days);
  }

  [[nodiscard]] const Policy& policy() const noexcept { return *policy_; }
  [[nodiscard]] const std::shared_ptr<const Policy>& shared_policy() const noexcept { return policy_; }
  [[nodiscard]] const std::optional<Date>& day() const noexcept { return day_; }
  [[nodiscard]] Basis basis() const noexcept { return basis_; }

  [[nodiscard]] const std::string& title() const noexcept { return title_; }
  [[nodiscard]] const std::vector<Change>& changes() const noexcept { return changes_; }
  [[nodiscard]] const std::map<std::string, std::vector<std::string>>& groups() const noexcept { return groups_; }

  using DeclaredLimit = tariffsim::DeclaredLimit;
  [[nodiscard]] const std::vector<DeclaredLimit>& limits() const noexcept { return limits_; }

  /// Any limit, as declared elsewhere (a file, another language).
  [[nodiscard]] Scenario with(DeclaredLimit limit) const {
    Scenario copy = *this;
    copy.limits_.push_back(std::move(limit));
    return copy;
  }

  /// The measures of the day, then the changes in order, as arrays for one world.
  /// @throws InvalidInput on unknown codes, rates out of range, deficits that do not sum to zero, or dated measures
  /// without a day.
  [[nodiscard]] Shock compile(const World& world) const;

  /// The same with the policy already bound to the world, for many days.
  [[nodiscard]] Shock compile(const BoundPolicy& bound) const;

  /// Given rates in place of the dated measures, then the changes in order.
  [[nodiscard]] Shock compile(const World& world, DayRates rates) const;

 private:
  [[nodiscard]] Shock changed(const World& world, std::optional<DayRates> rates) const;
  [[nodiscard]] bool in_force(const Span& days) const;

  [[nodiscard]] Scenario with_limit(Limit limit, Limited limited, Sense sense, const char* kind) const {
    Scenario copy = *this;
    if (limit.name.empty()) limit.name = std::string(kind) + " " + std::to_string(limits_.size() + 1);
    copy.limits_.push_back({std::move(limit), limited, sense, std::nullopt, {}});
    return copy;
  }

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
  std::vector<DeclaredLimit> limits_;
  std::shared_ptr<const Policy> policy_ = std::make_shared<const Policy>();
  std::optional<Date> day_;
  Basis basis_ = Basis::legal;
};

}  // namespace tariffsim

#include "tariffsim/policy/compile.hpp"  // IWYU pragma: keep
