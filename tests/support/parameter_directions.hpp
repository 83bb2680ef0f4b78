// Directions to differentiate in: one for each parameter of an equilibrium, random but the same everywhere.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "support/draw.hpp"
#include "tariffsim/solve/equilibrium.hpp"
#include "tariffsim/solve/parameters.hpp"

namespace tariffsim::testing {

/// A direction that a theory or a shock can be moved in: bilateral ones where there is trade, elasticities by sector.
inline ParameterValues direction(const Equilibrium& eq, ParameterKind kind, std::uint64_t seed) {
  const World& world = eq.observed;
  const Index N = world.regions().size(), J = world.sectors().size(), F = eq.factor_price_hat.cols();
  Draw draw(seed);
  ParameterValues out;
  Eigen::ArrayXXd& d = out[kind];
  switch (kind) {
    case ParameterKind::tariff:
    case ParameterKind::export_tax:
    case ParameterKind::trade_cost:
    case ParameterKind::taste:
      d = Eigen::ArrayXXd::Zero(N, N * J);
      for (Index j = 0; j < J; ++j) {
        for (Index n = 0; n < N; ++n) {
          for (Index i = 0; i < N; ++i) {
            if (!world.is_domestic(i, n) || kind == ParameterKind::taste) d(i, n + N * j) = draw.uniform(-1, 1);
          }
        }
      }
      return out;
    case ParameterKind::productivity: {
      d.resize(N, J);
      for (Index k = 0; k < d.size(); ++k) d.reshaped()[k] = draw.uniform(-1, 1);
      return out;
    }
    case ParameterKind::deficit:
      d.resize(N, 1);
      for (Index n = 0; n < N; ++n) d(n, 0) = draw.uniform(-1, 1);
      d -= d.mean();
      return out;
    case ParameterKind::scale:
    case ParameterKind::pass_through: {
      Vector sector(J);
      for (Index j = 0; j < J; ++j) sector[j] = draw.uniform(-1, 1);
      d = sector.transpose().replicate(N, 1);
      return out;
    }
    case ParameterKind::trade_elasticity:
    case ParameterKind::home_elasticity:
    case ParameterKind::value_added_materials:
      d.resize(1, J);
      for (Index j = 0; j < J; ++j) d(0, j) = draw.uniform(0.2, 1);
      return out;
    case ParameterKind::final_demand:
    case ParameterKind::materials: d = Eigen::ArrayXXd::Ones(1, 1); return out;
    case ParameterKind::supply:
      d = Eigen::ArrayXXd::Zero(N, F);
      for (Index n = 0; n < N; ++n) {
        d(n, 0) = std::isinf(eq.theory.factors.front().supply.value) ? 0 : draw.uniform(0.2, 1);
      }
      return out;
    case ParameterKind::mobility: {
      d = Eigen::ArrayXXd::Zero(1, F);
      for (Index f = 0; f < F; ++f) {
        d(0, f) = std::isinf(eq.theory.factors[static_cast<std::size_t>(f)].mobility) ? 0 : 1;
      }
      return out;
    }
  }
  return out;
}

}  // namespace tariffsim::testing
