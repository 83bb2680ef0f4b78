// System: equations 1 to 6 of the model in changes, for one base, one shock and one closure.
//
// Caliendo and Parro (2015), Costinot and Rodriguez-Clare (2014), generalised as docs/theories.md says; notation of
// docs/model.md. The makers' side is Production, the buyers' side Sourcing; here are incomes.
#pragma once

#include <cmath>
#include <optional>

#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/coefficients.hpp"
#include "tariffsim/model/production.hpp"
#include "tariffsim/model/sourcing.hpp"
#include "tariffsim/model/unknowns.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim {

/// The parts of equation 5.
struct Budget {
  Vector value_added;  ///< N, sum of what factors earn
  Vector deficit;      ///< N, D'
  Vector income;       ///< N, I'
};

/// The equations, each a function, for given base, shock and closure; immutable once formed.
class System {
 public:
  /// @param base,coefficients must outlive the system. @param applied share of the shock to apply, in (0, 1].
  System(const State& base, const Coefficients& coefficients, const Shock& shock, const Closure& closure,
         std::optional<Index> numeraire = {}, double applied = 1.0)
      : c_(coefficients),
        closure_(closure),
        production_(coefficients, shock, closure, numeraire, applied),
        sourcing_(base, coefficients, shock, applied) {
    deficit_ = c_.deficit;
    if (closure_.deficits == Deficits::balanced) deficit_ *= 1.0 - applied;
    if (shock.deficits) deficit_ += applied * (*shock.deficits - deficit_);
  }

  System(const System&) = delete;
  System& operator=(const System&) = delete;
  System(System&&) = default;

  [[nodiscard]] const Coefficients& coefficients() const noexcept { return c_; }
  [[nodiscard]] const TheoryValues& theory() const noexcept { return *c_.theory; }
  [[nodiscard]] const Closure& closure() const noexcept { return closure_; }
  [[nodiscard]] const Production& production() const noexcept { return production_; }
  [[nodiscard]] const Sourcing& sourcing() const noexcept { return sourcing_; }
  /// True where revenue cuts a tax that a factor's supply answers to.
  [[nodiscard]] bool relieves_tax() const {
    if (closure_.revenue != Revenue::income_tax) return false;
    for (const FactorValues& factor : theory().factors) {
      if (factor.anchor == WageAnchor::real && (factor.response > 0).any()) return true;
    }
    return false;
  }

  /// Equation 2: log P_hat, with market size where the theory has it; N x J.
  [[nodiscard]] RegionSector log_price(const Sources& sources, const RegionSector& expenditure,
                                       const Costs& costs) const {
    RegionSector price = sourcing_.log_price(sources.price_sum);
    if (theory().pass_through.size() == 0) return price;
    return (sources.price_sum > 0.0).select(price + sourcing_.log_market_size(expenditure, costs.log_bundle), 0.0);
  }

  /// Equation 5: I' = what factors earn + tariff and export-tax revenue + D'; N.
  [[nodiscard]] Budget budget(const Unknowns& z, const RegionSector& log_price, const Trade& sold) const {
    Budget out;
    out.value_added = (c_.factor_income * z.log_earnings.exp()).rowwise().sum();
    const Vector own = out.value_added + sold.tariff_revenue + sold.export_tax_revenue;
    out.deficit = deficits(out.value_added, own, log_price);
    out.income = own + out.deficit;
    return out;
  }

  /// Equation 4: X'_n^j = materials + alpha^j I'_n; N x J.
  [[nodiscard]] RegionSector expenditure(const RegionSector& output, const Costs& costs, const RegionSector& log_price,
                                         const Vector& income) const {
    RegionSector spent = production_.final_demand_share(log_price).colwise() * income;
    if (c_.has_materials) spent += production_.materials(output, costs, log_price);
    return spent;
  }

  /// log of the change in 1 - R' / VA': what a cut of the income tax by tariff revenue leaves; N.
  [[nodiscard]] Vector log_tax(const Trade& sold, const Vector& value_added) const {
    return (1.0 - sold.tariff_revenue / value_added).log() - (1.0 - c_.tax_relief).log();
  }

  /// D' of the closure, of value added and of income before D'; sums to zero. World value added is the unit of account.
  [[nodiscard]] Vector deficits(const Vector& value_added, const Vector& own, const RegionSector& log_price) const {
    const double world_before = c_.value_added.sum(), world_now = value_added.sum();
    switch (closure_.deficits) {
      case Deficits::balanced:
      case Deficits::fixed_world_share: return deficit_ * (world_now / world_before);
      case Deficits::fixed_income_share: {
        const Vector rate = deficit_ / c_.value_added;
        return value_added * (rate - (rate * value_added).sum() / world_now);
      }
      case Deficits::fixed_expenditure_share:
      case Deficits::endogenous: {
        Vector spending = own * (1.0 + deficit_ / (c_.income - c_.deficit));
        if (closure_.saving_response != 0) {
          spending *= (-closure_.saving_response * production_.log_consumer_price(log_price)).exp();
        }
        return spending * (own.sum() / spending.sum()) - own;
      }
    }
    return deficit_;
  }

 private:
  const Coefficients& c_;
  Closure closure_;
  Production production_;
  Sourcing sourcing_;
  Vector deficit_;
};

}  // namespace tariffsim
