// Shocks as points: the direction from one to another, and a shock moved along a direction.
#pragma once

#include <cmath>
#include <optional>
#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/model/state.hpp"
#include "tariffsim/policy/shock.hpp"
#include "tariffsim/solve/parameters.hpp"

namespace tariffsim {

/// What to add to the parameters of one shock to have another: rates and deficits in levels, ratios in logs.
/// @throws InvalidInput where a shock bans a flow, sets shares of final demand, has limits or rates that respond.
[[nodiscard]] inline ParameterValues shock_direction(const Shock& from, const Shock& to, const State& base) {
  const Index N = base.flows.rows(), J = base.flows.slices();
  for (const Shock* shock : {&from, &to}) {
    if (shock->final_demand_share || !shock->constraints.empty() || shock->responds()) {
      throw InvalidInput("direction",
                         shock->final_demand_share ? "a shock sets shares of final demand"
                                                   : "a shock has limits, or rates that answer to the equilibrium",
                         "give shocks of rates, trade costs, tastes, productivity and deficits");
    }
  }
  ParameterValues out;
  const auto bilateral = [&](ParameterKind kind, const std::optional<Cube>& a, const std::optional<Cube>& b,
                             const Cube* otherwise) {
    if (!a && !b) return;
    const auto values = [&](const std::optional<Cube>& cube) -> Vector {
      if (cube) return cube->values();
      return otherwise ? otherwise->values() : Vector(Vector::Ones(N * N * J));
    };
    // Rates differ by their difference, ratios by that of their logs.
    Vector difference = otherwise ? Vector(values(b) - values(a)) : Vector(values(b).log() - values(a).log());
    if (!otherwise) difference = (values(b) == values(a)).select(0.0, difference);
    if (!difference.isFinite().all()) {
      throw InvalidInput("direction", "a flow is banned in one shock and not in the other",
                         "compare two solves: a ban has no first order");
    }
    out[kind] = difference.reshaped(N, N * J);
  };
  bilateral(ParameterKind::tariff, from.tariffs, to.tariffs, &base.tariffs());
  bilateral(ParameterKind::export_tax, from.export_taxes, to.export_taxes, &base.export_taxes());
  bilateral(ParameterKind::trade_cost, from.trade_cost_hat, to.trade_cost_hat, nullptr);
  bilateral(ParameterKind::taste, from.taste_hat, to.taste_hat, nullptr);
  if (from.productivity_hat || to.productivity_hat) {
    const RegionSector ones = RegionSector::Ones(N, J);
    out[ParameterKind::productivity] =
        to.productivity_hat.value_or(ones).log() - from.productivity_hat.value_or(ones).log();
  }
  if (from.deficits || to.deficits) {
    out[ParameterKind::deficit] = to.deficits.value_or(base.deficit) - from.deficits.value_or(base.deficit);
  }
  return out;
}

/// A shock moved so many times along a direction of rates, trade costs, tastes, productivity and deficits.
[[nodiscard]] inline Shock moved(Shock shock, const ParameterValues& direction, double times, const State& base) {
  const Index N = base.flows.rows(), J = base.flows.slices();
  const auto bilateral = [&](ParameterKind kind, std::optional<Cube>& cube, const Cube* otherwise) {
    const Eigen::ArrayXXd& d = direction[kind];
    if (d.size() == 0) return;
    if (!cube) cube = otherwise ? *otherwise : Cube(N, N, J, 1.0);
    if (otherwise) {
      cube->values() += times * d.reshaped();
    } else {
      cube->values() *= (times * d.reshaped()).exp();
    }
  };
  bilateral(ParameterKind::tariff, shock.tariffs, &base.tariffs());
  bilateral(ParameterKind::export_tax, shock.export_taxes, &base.export_taxes());
  bilateral(ParameterKind::trade_cost, shock.trade_cost_hat, nullptr);
  bilateral(ParameterKind::taste, shock.taste_hat, nullptr);
  if (const auto& d = direction[ParameterKind::productivity]; d.size() != 0) {
    if (!shock.productivity_hat) shock.productivity_hat = RegionSector::Ones(N, J);
    *shock.productivity_hat *= (times * d).exp();
  }
  if (const auto& d = direction[ParameterKind::deficit]; d.size() != 0) {
    if (!shock.deficits) shock.deficits = base.deficit;
    *shock.deficits += times * d.col(0);
  }
  return shock;
}

}  // namespace tariffsim
