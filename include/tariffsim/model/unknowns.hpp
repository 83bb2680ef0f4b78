// The unknowns of the system in changes.
#pragma once

#include "tariffsim/core/types.hpp"

namespace tariffsim {

/// Earnings and prices as logs of changes, expenditure in levels; N regions, J sectors, F factors.
struct Unknowns {
  Eigen::ArrayXXd log_earnings;  ///< N x F, log of the change in what a factor earns; w_hat where its supply is fixed
  RegionSector log_price;        ///< N x J, log P_hat
  RegionSector expenditure;      ///< N x J, X'; zero where nothing is bought
  RegionSector log_value_added;  ///< N x J, of the change in a sector's value added; empty unless costs answer to it
  Vector log_tax;  ///< N, of the change in 1 - tariff revenue over value added; empty unless it cuts a tax
};

}  // namespace tariffsim
