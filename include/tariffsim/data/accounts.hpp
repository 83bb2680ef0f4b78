// The accounts of a world: what its flows, rates and shares imply. One function per identity.
#pragma once

#include <Eigen/Core>

#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world_data.hpp"

namespace tariffsim {

/// Base-year accounts in the world's currency; N regions, J sectors.
struct Accounts {
  RegionSector output;              ///< N x J, Y
  RegionSector expenditure;         ///< N x J, X, final and intermediate, tariff-inclusive
  RegionSector materials;           ///< N x J, intermediate demand by input
  RegionSector final_demand_share;  ///< N x J, alpha, given or implied
  Vector value_added;               ///< N, w L
  Vector tariff_revenue;            ///< N
  Vector export_tax_revenue;        ///< N
  Vector deficit;                   ///< N, D: imports minus exports at border values
  Vector income;                    ///< N, I = w L + tariff and export-tax revenue + D
};

/// Gross output Y_i^j = sum_n F_in^j / (1 + e_in^j); N x J.
[[nodiscard]] inline RegionSector gross_output(const Cube& flows, const Cube& export_taxes) {
  RegionSector output(flows.rows(), flows.slices());
  for (Index j = 0; j < flows.slices(); ++j) {
    const auto e = export_taxes.slice(j).array();
    // Few worlds tax exports, and a division for every cell is dear.
    if ((e == 0.0).all()) {
      output.col(j) = flows.slice(j).rowwise().sum().array();
    } else {
      output.col(j) = (flows.slice(j).array() / (1.0 + e)).rowwise().sum();
    }
  }
  return output;
}

/// Expenditure X_n^j = sum_i F_in^j (1 + t_in^j); N x J.
[[nodiscard]] inline RegionSector expenditure(const Cube& flows, const Cube& tariffs) {
  RegionSector spent(flows.cols(), flows.slices());
  for (Index j = 0; j < flows.slices(); ++j) {
    spent.col(j) = (flows.slice(j).array() * (1.0 + tariffs.slice(j).array())).colwise().sum().transpose();
  }
  return spent;
}

/// Demand for materials M_n^j = sum_k gamma_n^{jk} (1 - beta_n^k) Y_n^k; N x J.
[[nodiscard]] inline RegionSector materials_demand(const Cube& input_shares, const RegionSector& value_added_share,
                                                   const RegionSector& output) {
  const RegionSector spending = (1.0 - value_added_share) * output;
  RegionSector demand(output.rows(), output.cols());
  for (Index n = 0; n < output.rows(); ++n) {
    demand.row(n) = (input_shares.slice(n) * spending.row(n).matrix().transpose()).transpose().array();
  }
  return demand;
}

/// Value added w_n L_n = sum_j beta_n^j Y_n^j; N.
[[nodiscard]] inline Vector value_added(const RegionSector& value_added_share, const RegionSector& output) {
  return (value_added_share * output).rowwise().sum();
}

/// Tariff revenue R_n = sum_j sum_i t_in^j F_in^j; N, by importer.
[[nodiscard]] inline Vector tariff_revenue(const Cube& flows, const Cube& tariffs) {
  Vector revenue = Vector::Zero(flows.cols());
  for (Index j = 0; j < flows.slices(); ++j) {
    revenue += (flows.slice(j).array() * tariffs.slice(j).array()).colwise().sum().transpose();
  }
  return revenue;
}

/// Export-tax revenue sum_j sum_m F_nm^j e_nm^j / (1 + e_nm^j); N, by exporter.
[[nodiscard]] inline Vector export_tax_revenue(const Cube& flows, const Cube& export_taxes) {
  Vector revenue = Vector::Zero(flows.rows());
  for (Index j = 0; j < flows.slices(); ++j) {
    const auto e = export_taxes.slice(j).array();
    if ((e == 0.0).all()) continue;
    revenue += (flows.slice(j).array() * e / (1.0 + e)).rowwise().sum();
  }
  return revenue;
}

/// Deficit D_n = sum_j (sum_i F_in^j - sum_m F_nm^j); N.
[[nodiscard]] inline Vector trade_deficit(const Cube& flows) {
  Vector deficit = Vector::Zero(flows.rows());
  for (Index j = 0; j < flows.slices(); ++j) {
    deficit += flows.slice(j).colwise().sum().transpose().array() - flows.slice(j).rowwise().sum().array();
  }
  return deficit;
}

/// Every account of a complete WorldData (no array empty).
[[nodiscard]] inline Accounts accounts_of(const WorldData& data) {
  Accounts a;
  a.output = gross_output(data.flows, data.export_taxes);
  a.expenditure = expenditure(data.flows, data.tariffs);
  a.materials = materials_demand(data.input_shares, data.value_added_share, a.output);
  a.value_added = value_added(data.value_added_share, a.output);
  a.tariff_revenue = tariff_revenue(data.flows, data.tariffs);
  a.export_tax_revenue = export_tax_revenue(data.flows, data.export_taxes);
  a.deficit = trade_deficit(data.flows);
  a.income = a.value_added + a.tariff_revenue + a.export_tax_revenue + a.deficit;
  if (data.final_demand_share) {
    a.final_demand_share = *data.final_demand_share;
  } else {
    const RegionSector final_demand = a.expenditure - a.materials;
    a.final_demand_share = final_demand.colwise() / final_demand.rowwise().sum();
  }
  return a;
}

}  // namespace tariffsim
