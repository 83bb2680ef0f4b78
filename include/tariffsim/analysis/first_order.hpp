// First-order welfare of a tariff change: terms of trade and volume of trade, by partner and by sector.
#pragma once

#include "tariffsim/core/types.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// First-order change in welfare, percent of base income. N regions, J sectors.
///
/// This is the measure that Caliendo and Parro (2015, equation 16) publish: a formula that is exact for small changes,
/// evaluated at finite ones. It is not the exact change, which is real_income_pct().
struct FirstOrderWelfare {
  bool applies = false;        ///< first_order_applies()
  Vector terms_of_trade_pct;   ///< N
  Vector volume_of_trade_pct;  ///< N
  Vector total_pct;            ///< N, terms of trade + volume of trade
  Vector transfer_pct;         ///< N, 100 (D' - D) / I; not in the total, and zero unless the closure moves deficits

  /// N x N, the region in the row and its partner in the column; rows sum to the vectors above.
  Eigen::ArrayXXd terms_of_trade_by_partner, volume_of_trade_by_partner;
  RegionSector terms_of_trade_by_sector, volume_of_trade_by_sector;  ///< N x J; rows sum to the vectors above
};

/// True where the formula is made for the change: import tariffs alone, whose revenue households have, in a theory
/// whose markets are efficient without wedges and whose factors are in fixed supply.
[[nodiscard]] inline bool first_order_applies(const Equilibrium& eq) {
  const TheoryValues& theory = *eq.values;
  return eq.shock->only_tariffs() && eq.closure.revenue != Revenue::wasted && !theory.scales() &&
         !theory.distributes() && theory.pass_through.size() == 0 && !theory.elastic();
}

/// Terms and volume of trade, with E = exports, M = imports at base border values F, c_hat the producer's unit cost:
///
///   tot_n = 100/I_n sum_{i != n, j} (E_ni^j (c_hat_n^j - 1) - M_in^j (c_hat_i^j - 1))
///   vot_n = 100/I_n sum_{i, j} t_in^j (F'_in^j - F_in^j c_hat_i^j)
///
/// The volume of a cell is written without a quotient, so a cell that is zero in the base or banned adds what the limit
/// says. Tariffs t are base rates, on domestic cells too: a rate between merged regions distorts like any other. Base
/// export taxes, absent in the source, add sum_{i, j} e_ni/(1+e_ni) (F'_ni^j - F_ni^j c_hat_n^j) to the volume. Values
/// are taken with world value added as numeraire whatever the closure's, for with deficits the formula depends on it.
/// @throws NotConverged
[[nodiscard]] inline FirstOrderWelfare first_order_welfare(const Equilibrium& eq) {
  eq.require_converged();
  const State &base = *eq.base, &after = eq.counterfactual;
  const Index N = base.flows.rows(), J = base.flows.slices();
  const double numeraire = after.value_added.sum() / base.value_added.sum();

  FirstOrderWelfare w;
  w.applies = first_order_applies(eq);
  w.terms_of_trade_by_partner = w.volume_of_trade_by_partner = Eigen::ArrayXXd::Zero(N, N);
  w.terms_of_trade_by_sector = w.volume_of_trade_by_sector = RegionSector::Zero(N, J);
  for (Index j = 0; j < J; ++j) {
    const Vector cost = eq.cost_hat.col(j) / numeraire;
    for (Index i = 0; i < N; ++i) {
      for (Index n = 0; n < N; ++n) {
        const double exports = base.flows(n, i, j), imports = base.flows(i, n, j);
        const double t = base.tariffs()(i, n, j), e = base.export_taxes()(n, i, j);
        const double terms = i == n ? 0.0 : exports * (cost[n] - 1.0) - imports * (cost[i] - 1.0);
        const double volume = t * (after.flows(i, n, j) / numeraire - imports * cost[i]) +
                              e / (1.0 + e) * (after.flows(n, i, j) / numeraire - exports * cost[n]);
        w.terms_of_trade_by_partner(n, i) += terms;
        w.terms_of_trade_by_sector(n, j) += terms;
        w.volume_of_trade_by_partner(n, i) += volume;
        w.volume_of_trade_by_sector(n, j) += volume;
      }
    }
  }
  const Vector percent = 100.0 / base.income;
  for (Eigen::ArrayXXd* part : {&w.terms_of_trade_by_partner, &w.volume_of_trade_by_partner,
                                &w.terms_of_trade_by_sector, &w.volume_of_trade_by_sector}) {
    part->colwise() *= percent;
  }
  w.terms_of_trade_pct = w.terms_of_trade_by_partner.rowwise().sum();
  w.volume_of_trade_pct = w.volume_of_trade_by_partner.rowwise().sum();
  w.total_pct = w.terms_of_trade_pct + w.volume_of_trade_pct;
  w.transfer_pct = percent * (after.deficit / numeraire - base.deficit);
  return w;
}

}  // namespace tariffsim
