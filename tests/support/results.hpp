// The outcome of a solve as plain levels, so that two outcomes can be compared after renaming, merging or rescaling.
#pragma once

#include <algorithm>
#include <cmath>

#include "support/arrays.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim::testing {

/// Changes and levels of one equilibrium.
struct Result {
  Vector real_income_hat, wage_hat, consumer_price_hat, income;  // N
  RegionSector price_hat, cost_hat, expenditure, output;         // N x J
  Cube flows;                                                    // N x N x J
};

inline Result result_of(const Equilibrium& eq) {
  eq.require_converged();
  return {1.0 + real_income_pct(eq) / 100.0,
          eq.wage_hat,
          eq.consumer_price_hat,
          eq.counterfactual.income,
          eq.price_hat,
          eq.cost_hat,
          eq.counterfactual.expenditure,
          eq.counterfactual.output,
          eq.counterfactual.flows};
}

/// Every value in money times `prices` (hats) and `levels` (levels).
inline Result in_units(Result r, double prices, double levels) {
  r.wage_hat *= prices;
  r.consumer_price_hat *= prices;
  r.price_hat *= prices;
  r.cost_hat *= prices;
  r.income *= levels;
  r.expenditure *= levels;
  r.output *= levels;
  r.flows.values() *= levels;
  return r;
}

inline Result mapped(const Result& r, const Origin& regions, const Origin& sectors) {
  return {mapped(r.real_income_hat, regions),      mapped(r.wage_hat, regions),
          mapped(r.consumer_price_hat, regions),   mapped(r.income, regions),
          mapped(r.price_hat, regions, sectors),   mapped(r.cost_hat, regions, sectors),
          mapped(r.expenditure, regions, sectors), mapped(r.output, regions, sectors),
          mapped(r.flows, regions, sectors)};
}

/// Largest |a / b - 1|, with 0 / 0 as no difference.
template <class A, class B>
double relative_difference(const A& a, const B& b) {
  double worst = 0;
  for (Index k = 0; k < a.size(); ++k) {
    const double x = a.reshaped()[k], y = b.reshaped()[k];
    if (x == y) continue;
    const double difference = std::abs(x - y) / std::max(std::abs(x), std::abs(y));
    if (!(difference <= worst)) worst = difference;  // NaN counts as worst
  }
  return worst;
}

/// Largest difference of two arrays of flows, each cell relative to what its buyer spends on the sector.
inline double flow_difference(const Cube& a, const Cube& b, const RegionSector& expenditure) {
  double worst = 0;
  for (Index j = 0; j < a.slices(); ++j) {
    for (Index n = 0; n < a.cols(); ++n) {
      for (Index i = 0; i < a.rows(); ++i) {
        const double difference = std::abs(a(i, n, j) - b(i, n, j));
        if (difference == 0) continue;
        const double relative = difference / expenditure(n, j);
        if (!(relative <= worst)) worst = relative;
      }
    }
  }
  return worst;
}

/// Largest relative difference of anything in two results.
inline double difference(const Result& a, const Result& b) {
  double worst = 0;
  for (const double one :
       {relative_difference(a.real_income_hat, b.real_income_hat), relative_difference(a.wage_hat, b.wage_hat),
        relative_difference(a.consumer_price_hat, b.consumer_price_hat), relative_difference(a.income, b.income),
        relative_difference(a.price_hat, b.price_hat), relative_difference(a.cost_hat, b.cost_hat),
        relative_difference(a.expenditure, b.expenditure), relative_difference(a.output, b.output),
        flow_difference(a.flows, b.flows, b.expenditure)}) {
    if (!(one <= worst)) worst = one;
  }
  return worst;
}

}  // namespace tariffsim::testing
