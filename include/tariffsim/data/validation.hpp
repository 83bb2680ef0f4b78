// What a world must satisfy before anything is computed with it.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/data/accounts.hpp"
#include "tariffsim/data/world_data.hpp"

namespace tariffsim {

/// Shares may miss a sum of one by this much; they are then rescaled to sum to one.
inline constexpr double kShareTolerance = 1e-6;
/// An implied final demand below zero by less than this share of the cell's expenditure is rounding.
inline constexpr double kRoundingTolerance = 1e-9;

namespace detail {

[[noreturn]] inline void refuse_shape(const std::string& table, const std::string& expected, const std::string& got) {
  throw InvalidInput(table, "has shape " + got + ", expected " + expected,
                     "give one value per label, in the order of the labels");
}

inline std::string shape(Index rows, Index cols) { return std::to_string(rows) + " x " + std::to_string(cols); }
inline std::string shape(const Cube& c) { return shape(c.rows(), c.cols()) + " x " + std::to_string(c.slices()); }

inline void require_shape(const std::string& table, const Cube& cube, Index rows, Index cols, Index slices) {
  if (cube.rows() != rows || cube.cols() != cols || cube.slices() != slices) {
    refuse_shape(table, shape(rows, cols) + " x " + std::to_string(slices), shape(cube));
  }
}

inline void require_shape(const std::string& table, const RegionSector& array, Index rows, Index cols) {
  if (array.rows() != rows || array.cols() != cols) {
    refuse_shape(table, shape(rows, cols), shape(array.rows(), array.cols()));
  }
}

inline std::string bilateral_cell(const WorldData& d, const std::string& table, Index exporter, Index importer,
                                  Index sector) {
  return cell(table, {{"exporter", d.regions.code(exporter)},
                      {"importer", d.regions.code(importer)},
                      {"sector", d.sectors.code(sector)}});
}

inline std::string region_sector_cell(const WorldData& d, const std::string& table, Index region, Index sector) {
  return cell(table, {{"region", d.regions.code(region)}, {"sector", d.sectors.code(sector)}});
}

// Calls refuse(exporter, importer, sector, value) for every value that is not accepted.
template <class Accept, class Refuse>
void scan(const Cube& cube, Accept accept, Refuse refuse) {
  const double* value = cube.data();
  if (std::all_of(value, value + cube.size(), accept)) return;
  for (Index j = 0; j < cube.slices(); ++j)
    for (Index n = 0; n < cube.cols(); ++n)
      for (Index i = 0; i < cube.rows(); ++i)
        if (!accept(cube(i, n, j))) refuse(i, n, j, cube(i, n, j));
}

// The different names in a list, as labels.
inline Labels distinct(const std::vector<std::string>& names) {
  std::vector<std::string> once;
  for (const auto& name : names) {
    if (std::find(once.begin(), once.end(), name) == once.end()) once.push_back(name);
  }
  return Labels("territory", std::move(once));
}

inline void fill_defaults(WorldData& d) {
  const Index N = d.regions.size(), J = d.sectors.size();
  if (d.territories.empty()) d.territories = d.regions.codes();
  if (d.sector_kinds.empty()) d.sector_kinds.assign(static_cast<std::size_t>(J), "goods");
  if (d.tariffs.empty()) d.tariffs = Cube(N, N, J);
  if (d.export_taxes.empty()) d.export_taxes = Cube(N, N, J);
  if (d.value_added_share.size() == 0) d.value_added_share = RegionSector::Ones(N, J);
  if (d.input_shares.empty()) d.input_shares = Cube(J, J, N);
}

inline void validate_labels(const WorldData& d) {
  const auto N = static_cast<std::size_t>(d.regions.size()), J = static_cast<std::size_t>(d.sectors.size());
  if (N == 0) throw InvalidInput("regions", "there is no region", "list at least one region");
  if (J == 0) throw InvalidInput("sectors", "there is no sector", "list at least one sector");
  if (d.territories.size() != N) {
    throw InvalidInput("regions", "territories do not match the regions", "give one customs territory per region");
  }
  if (d.sector_kinds.size() != J) {
    throw InvalidInput("sectors", "kinds do not match the sectors", "give one kind per sector");
  }
  for (std::size_t j = 0; j < J; ++j) {
    if (d.sector_kinds[j] != "goods" && d.sector_kinds[j] != "services") {
      throw InvalidInput(cell("sectors", {{"sector", d.sectors.codes()[j]}}), "kind is '" + d.sector_kinds[j] + "'",
                         "use 'goods' or 'services'");
    }
  }
  for (const auto& [group, codes] : d.groups) {
    if (d.regions.find(group)) {
      throw InvalidInput("groups", "group '" + group + "' has the name of a region", "rename the group");
    }
    for (const auto& code : codes) static_cast<void>(d.regions.at(code, "groups(group=" + group + ")"));
  }
  for (const auto& entry : d.members) static_cast<void>(d.regions.at(entry.first, "members"));
  for (const auto& entry : d.sector_members) static_cast<void>(d.sectors.at(entry.first, "sector_members"));
  for (const auto& row : d.member_weights) {
    const std::string where =
        cell("member_weights", {{"member", row.member}, {"importer", row.importer}, {"sector", row.sector}});
    static_cast<void>(d.regions.at(row.importer, where));
    static_cast<void>(d.sectors.at(row.sector, where));
    if (!(row.share >= 0 && row.share <= 1 + 1e-6)) {
      throw InvalidInput(where, "share is " + show(row.share), "give a share between 0 and 1");
    }
  }
}

inline void validate_rates(const WorldData& d, const std::string& table, const Cube& rates) {
  scan(
      rates, [](double r) { return std::isfinite(r) && r > -1.0; },
      [&](Index i, Index n, Index j, double rate) {
        throw InvalidInput(bilateral_cell(d, table, i, n, j), "rate is " + show(rate),
                           "rates are ad valorem (0.25 is 25 percent) and above -1");
      });
}

inline void validate_values(const WorldData& d) {
  const Index N = d.regions.size(), J = d.sectors.size();
  require_shape("flows", d.flows, N, N, J);
  require_shape("tariffs", d.tariffs, N, N, J);
  require_shape("export_taxes", d.export_taxes, N, N, J);
  require_shape("value_added", d.value_added_share, N, J);
  require_shape("inputs", d.input_shares, J, J, N);
  if (d.trade_elasticity.size() != J) {
    refuse_shape("trade_elasticity", std::to_string(J), std::to_string(d.trade_elasticity.size()));
  }
  for (Index j = 0; j < J; ++j) {
    if (!std::isfinite(d.trade_elasticity[j]) || d.trade_elasticity[j] <= 0) {
      throw InvalidInput(cell("sectors", {{"sector", d.sectors.code(j)}}),
                         "trade_elasticity is " + show(d.trade_elasticity[j]),
                         d.trade_elasticity[j] < 0 ? "theta = sigma - 1 is above zero; give its absolute value"
                                                   : "theta = sigma - 1 must be above zero, and finite");
    }
  }
  scan(
      d.flows, [](double f) { return std::isfinite(f) && f >= 0; },
      [&](Index i, Index n, Index j, double flow) {
        throw InvalidInput(bilateral_cell(d, "flows", i, n, j), "value is " + show(flow),
                           "flows are values at the border, finite and not negative; clip or net out the cell");
      });
  validate_rates(d, "tariffs", d.tariffs);
  validate_rates(d, "export_taxes", d.export_taxes);
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      const double beta = d.value_added_share(n, j);
      if (!(beta >= 0 && beta <= 1)) {
        throw InvalidInput(region_sector_cell(d, "value_added", n, j), "share is " + show(beta),
                           "value added over gross output lies between 0 and 1");
      }
    }
  }
  for (Index n = 0; n < N; ++n) {
    for (Index j = 0; j < J; ++j) {
      for (Index k = 0; k < J; ++k) {
        const double gamma = d.input_shares(k, j, n);
        if (!std::isfinite(gamma) || gamma < 0) {
          throw InvalidInput(
              cell("inputs",
                   {{"region", d.regions.code(n)}, {"input", d.sectors.code(k)}, {"sector", d.sectors.code(j)}}),
              "share is " + show(gamma), "input shares are finite and not negative; set it to zero");
        }
      }
    }
  }
}

// Rescales a set of shares whose sum is within tolerance of one; returns how far the sum was.
template <class Shares>
double rescale_to_one(Shares&& shares, const std::string& where) {
  const double sum = shares.sum(), distance = std::abs(sum - 1.0);
  if (!(distance <= kShareTolerance)) {
    throw InvalidInput(where, "shares sum to " + show(sum) + ", not to 1 (tolerance 1e-6)",
                       "complete the missing rows or divide each share by the sum");
  }
  if (distance > 1e-12) shares /= sum;
  return distance;
}

/// Checks and rescales the shares; returns the largest distance of a sum from one.
inline double validate_shares(WorldData& d, const RegionSector& output) {
  const Index N = d.regions.size(), J = d.sectors.size();
  double worst = 0;
  for (Index n = 0; n < N; ++n) {
    for (Index j = 0; j < J; ++j) {
      auto column = d.input_shares.slice(n).col(j);
      const double beta = d.value_added_share(n, j);
      const auto where = [&] { return region_sector_cell(d, "inputs", n, j); };
      if (beta >= 1.0) {
        if (column.sum() > 0) {
          throw InvalidInput(where(), "has input shares, but its value-added share is 1, so it buys no materials",
                             "delete the rows, or lower the value-added share in value_added.csv");
        }
      } else if (output(n, j) > 0 || column.sum() > 0) {
        if (column.sum() == 0) {
          throw InvalidInput(where(), "has no input shares, but its value-added share is " + show(beta),
                             "list its inputs, or set its value-added share to 1 in value_added.csv");
        }
        worst = std::max(worst, rescale_to_one(column, where()));
      }
    }
  }
  if (d.final_demand_share) {
    require_shape("final_demand", *d.final_demand_share, N, J);
    for (Index n = 0; n < N; ++n) {
      for (Index j = 0; j < J; ++j) {
        const double alpha = (*d.final_demand_share)(n, j);
        if (!std::isfinite(alpha) || alpha < 0) {
          throw InvalidInput(region_sector_cell(d, "final_demand", n, j), "share is " + show(alpha),
                             "final-demand shares are finite and not negative; set it to zero and rescale the rest");
        }
      }
      worst = std::max(
          worst, rescale_to_one(d.final_demand_share->row(n), cell("final_demand", {{"region", d.regions.code(n)}})));
    }
  }
  return worst;
}

inline void validate_accounts(const WorldData& d, const Accounts& a) {
  const Index N = d.regions.size(), J = d.sectors.size();
  for (Index n = 0; n < N; ++n) {
    const std::string where = cell("flows", {{"region", d.regions.code(n)}});
    if (!(a.output.row(n).sum() > 0)) {
      throw InvalidInput(where, "the region sells nothing", "add its sales (domestic ones count) or drop the region");
    }
    if (!(a.expenditure.row(n).sum() > 0)) {
      throw InvalidInput(where, "the region buys nothing",
                         "add its purchases (domestic ones count) or drop the region");
    }
    if (!(a.value_added[n] > 0)) {
      throw InvalidInput(cell("value_added", {{"region", d.regions.code(n)}}), "the region has no value added",
                         "give at least one sector with output a value-added share above zero");
    }
    if (!(a.income[n] > 0)) {
      throw InvalidInput(cell("flows", {{"region", d.regions.code(n)}}),
                         "income (value added + revenue + deficit) is " + show(a.income[n]),
                         "check units: exports may exceed what the region can produce");
    }
  }
  if (d.final_demand_share) {
    for (Index n = 0; n < N; ++n) {
      for (Index j = 0; j < J; ++j) {
        if ((*d.final_demand_share)(n, j) > 0 && !(a.expenditure(n, j) > 0)) {
          throw InvalidInput(region_sector_cell(d, "final_demand", n, j),
                             "the region wants this good but buys it from nobody",
                             "set the share to zero and rescale the rest, or add a flow");
        }
      }
    }
    return;
  }
  const RegionSector final_demand = a.expenditure - a.materials;
  Index count = 0, worst_region = 0, worst_sector = 0;
  double worst = 0;
  for (Index j = 0; j < J; ++j) {
    for (Index n = 0; n < N; ++n) {
      if (final_demand(n, j) >= -kRoundingTolerance * std::max(a.expenditure(n, j), a.materials(n, j))) continue;
      ++count;
      if (final_demand(n, j) < worst) {
        worst = final_demand(n, j);
        worst_region = n;
        worst_sector = j;
      }
    }
  }
  if (count > 0) {
    throw InvalidInput(region_sector_cell(d, "final_demand", worst_region, worst_sector),
                       "implied final demand is " + show(worst) + ": materials need " +
                           show(a.materials(worst_region, worst_sector)) + ", purchases are " +
                           show(a.expenditure(worst_region, worst_sector)) + " (" + std::to_string(count) +
                           (count == 1 ? " such cell)" : " such cells, this is the largest)"),
                       "give final_demand.csv (the base is then re-solved), or lower the input shares of this good");
  }
}

}  // namespace detail
}  // namespace tariffsim
