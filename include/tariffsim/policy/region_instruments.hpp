// Instruments within a region: productivity, subsidies on output, final demand, deficits.
#pragma once

#include <cmath>
#include <string>

#include "tariffsim/policy/shock_arrays.hpp"

namespace tariffsim::detail {

/// Multiplies productivity.
inline void productivity(ShockArrays& to, const Change& change, const ChangeValues& values, const std::string& where) {
  if (!to.shock.productivity_hat) {
    to.shock.productivity_hat = RegionSector::Ones(to.world.regions().size(), to.world.sectors().size());
  }
  to.each_region(change, where, [&](Index n, Index j) {
    (*to.shock.productivity_hat)(n, j) *= positive_factor(values(n, 0, j), where);
  });
}

/// A negative tax on all that a region sells, at home and abroad; beside its export taxes, whatever sets those.
inline void production_subsidy(ShockArrays& to, const Change& change, const ChangeValues& values,
                               const std::string& where) {
  to.each_region(change, where, [&](Index i, Index j) {
    const double rate = values(i, 0, j);
    if (!(rate < 1 && rate >= -kLargestPlainRate)) {
      throw InvalidInput(where, "the subsidy is " + show(rate) + " of the unit cost",
                         "give a share below one: 0.1 is 10 percent, and a tax is negative");
    }
    to.on_output.try_emplace(i + to.world.regions().size() * j, 1.0).first->second *= 1.0 - rate;
  });
}

/// Multiplies final-demand shares and rescales them.
inline void final_demand(ShockArrays& to, const Change& change, const ChangeValues& values, const std::string& where) {
  if (!to.shock.final_demand_share) to.shock.final_demand_share = to.world.accounts().final_demand_share;
  RegionSector& alpha = *to.shock.final_demand_share;
  to.each_region(change, where, [&](Index n, Index j) {
    const double factor = values(n, 0, j);
    alpha(n, j) *= factor == 0 ? 0.0 : positive_factor(factor, where);
  });
  for (const Index n : to.scope.regions(change.exporter, where + ": region")) {
    const double sum = alpha.row(n).sum();
    if (!(sum > 0)) {
      throw InvalidInput(where, "region " + to.world.regions().code(n) + " would buy no final good at all",
                         "leave at least one sector with a factor above zero");
    }
    alpha.row(n) /= sum;
  }
}

/// Sets, adds to or scales deficits.
inline void deficit(ShockArrays& to, const Change& change, const ChangeValues& values, const std::string& where) {
  refuse_operation(change, Operation::floor, where);
  if (!to.shock.deficits) to.shock.deficits = to.world.accounts().deficit;
  for (const Index n : to.scope.regions(change.exporter, where + ": region")) {
    double& d = (*to.shock.deficits)[n];
    d = apply(change.operation, d, values(n, 0, 0));
  }
}

}  // namespace tariffsim::detail
