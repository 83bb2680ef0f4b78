// What an equilibrium can be differentiated by, and what of it can be differentiated.
#pragma once

#include <array>
#include <cstddef>

#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// A parameter; N regions, J sectors, F factors. Bilateral ones are N x (N J): exporters in rows, importers fastest in
/// columns, then sectors.
enum class ParameterKind {
  tariff,                 ///< N x (N J), t', by unit of the rate
  export_tax,             ///< N x (N J), e', by unit of the rate
  trade_cost,             ///< N x (N J), by log of d'
  taste,                  ///< N x (N J), by log of the shifter
  productivity,           ///< N x J, by log of A'
  deficit,                ///< N x 1, D', by unit of the world's currency; only differences between regions count
  trade_elasticity,       ///< 1 x J, theta
  home_elasticity,        ///< 1 x J, theta between home and imports
  final_demand,           ///< 1 x 1, elasticity of substitution across sectors
  value_added_materials,  ///< 1 x J, rho
  materials,              ///< 1 x 1, rho_m
  scale,                  ///< N x J, psi
  supply,                 ///< N x F, elasticity of a factor's supply
  mobility,               ///< 1 x F, elasticity of a factor's supply between sectors
  pass_through,           ///< N x J, phi
};
inline constexpr std::size_t kParameterKinds = 15;

[[nodiscard]] inline const char* name(ParameterKind kind) {
  constexpr const char* names[] = {"tariff",           "export_tax",
                                   "trade_cost",       "taste",
                                   "productivity",     "deficit",
                                   "trade_elasticity", "home_elasticity",
                                   "final_demand",     "value_added_materials",
                                   "materials",        "scale",
                                   "supply",           "mobility",
                                   "pass_through"};
  return names[static_cast<int>(kind)];
}

/// Numbers by parameter: a direction to move in, or a gradient. An empty array is zero, or not a parameter of the
/// theory.
struct ParameterValues {
  std::array<Eigen::ArrayXXd, kParameterKinds> by{};
  [[nodiscard]] Eigen::ArrayXXd& operator[](ParameterKind kind) { return by[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Eigen::ArrayXXd& operator[](ParameterKind kind) const {
    return by[static_cast<std::size_t>(kind)];
  }
};

/// A level or the log of one, at the numeraire.
enum class LevelKind {
  flows,               ///< N x (N J), border value
  expenditure,         ///< N x J
  output,              ///< N x J
  log_cost,            ///< N x J
  log_price,           ///< N x J
  log_factor_price,    ///< N x F; the first is the wage
  factor_income,       ///< N x F
  log_consumer_price,  ///< N x 1
  value_added,         ///< N x 1
  tariff_revenue,      ///< N x 1
  export_tax_revenue,  ///< N x 1
  deficit,             ///< N x 1
  income,              ///< N x 1
  log_numeraire,       ///< 1 x 1, its price where world value added is the unit
};
inline constexpr std::size_t kLevelKinds = 14;

/// True of levels in the world's currency.
[[nodiscard]] inline bool is_nominal(LevelKind kind) {
  switch (kind) {
    case LevelKind::log_cost:
    case LevelKind::log_price:
    case LevelKind::log_factor_price:
    case LevelKind::log_consumer_price:
    case LevelKind::log_numeraire: return false;
    default: return true;
  }
}

/// Numbers by level: how levels move, or how an outcome weighs them. An empty array is zero.
struct LevelValues {
  std::array<Eigen::ArrayXXd, kLevelKinds> by{};
  [[nodiscard]] Eigen::ArrayXXd& operator[](LevelKind kind) { return by[static_cast<std::size_t>(kind)]; }
  [[nodiscard]] const Eigen::ArrayXXd& operator[](LevelKind kind) const { return by[static_cast<std::size_t>(kind)]; }
};

/// Sum of weights times levels.
[[nodiscard]] inline double product(const LevelValues& weights, const LevelValues& levels) {
  double sum = 0;
  for (std::size_t k = 0; k < kLevelKinds; ++k) {
    if (weights.by[k].size() != 0 && levels.by[k].size() != 0) sum += (weights.by[k] * levels.by[k]).sum();
  }
  return sum;
}

/// Adds some values so many times to others.
inline void add(double times, const LevelValues& more, LevelValues& to) {
  for (std::size_t k = 0; k < kLevelKinds; ++k) {
    if (more.by[k].size() == 0) continue;
    if (to.by[k].size() == 0) to.by[k] = Eigen::ArrayXXd::Zero(more.by[k].rows(), more.by[k].cols());
    to.by[k] += times * more.by[k];
  }
}

}  // namespace tariffsim
