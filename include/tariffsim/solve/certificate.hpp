// Certificate: every equilibrium condition, recomputed from what was returned.
#pragma once

#include <array>
#include <limits>
#include <string>
#include <utility>

namespace tariffsim {

/// The largest relative violation of one condition, and where it is.
struct Residual {
  double value = 0;
  std::string region, sector;  ///< empty where the condition has no such dimension
};

/// Relative residuals in the infinity norm, from code that shares nothing with the solver.
struct Certificate {
  Residual zero_profit;         ///< equations 1 and 2: unit costs and price indices
  Residual expenditure_shares;  ///< equation 3: flows against pi, costs and prices
  Residual goods_market;        ///< equation 4: expenditure against final and intermediate demand
  Residual budget_balance;      ///< equation 5: income against its sources
  Residual market_clearing;     ///< equation 6: value added against labour demand
  Residual trade_balance;       ///< imports minus exports against the deficit, and that against the closure
  Residual complementarity;     ///< limits: the level binds or its wedge is at a bound; the limit in `region`
  Residual rates;               ///< rates that answer to prices, content and limits against what the shock asks for
  double walras = 0;            ///< sum of all excess labour demands over world value added
  bool positive = false;        ///< every flow finite and >= 0, every price, wage and income finite and > 0

  /// Conditions by name, in the order of the equations.
  [[nodiscard]] std::array<std::pair<const char*, const Residual*>, 8> conditions() const {
    return {{{"zero_profit", &zero_profit},
             {"expenditure_shares", &expenditure_shares},
             {"goods_market", &goods_market},
             {"budget_balance", &budget_balance},
             {"market_clearing", &market_clearing},
             {"trade_balance", &trade_balance},
             {"complementarity", &complementarity},
             {"rates", &rates}}};
  }

  /// The largest residual; infinity where a quantity or price is not positive and finite.
  [[nodiscard]] double worst() const {
    double largest = positive ? walras : std::numeric_limits<double>::infinity();
    for (const auto& [name, residual] : conditions()) largest = residual->value > largest ? residual->value : largest;
    return largest;
  }
};

}  // namespace tariffsim
