// Runs every law under every closure over a family of worlds, and writes the cells of the printed table.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "laws/law.hpp"
#include "support/catch.hpp"
#include "support/validation.hpp"

namespace tariffsim::testing {

/// One cell of the table: a law under a closure on a family of worlds.
struct Cell {
  int cases = 0, applicable = 0, holding = 0;
  double worst = 0;
  std::string reason;  ///< why the law says nothing in the other cases
};

inline Cell check_cell(const Law& law, const Closure& closure, const std::vector<World>& worlds,
                       const Theory& theory = {}) {
  Cell cell;
  for (std::size_t k = 0; k < worlds.size(); ++k) {
    ++cell.cases;
    INFO(law.name << ", " << theory.name << ", " << name(closure.deficits) << ", " << worlds[k].info().title);
    try {
      const Outcome outcome = law.check({worlds[k], closure, k + 1, theory});
      if (!outcome.applicable) {
        CHECK_FALSE(outcome.reason.empty());
        if (cell.reason.find(outcome.reason) == std::string::npos) {
          cell.reason += (cell.reason.empty() ? "" : "; ") + outcome.reason;
        }
        continue;
      }
      ++cell.applicable;
      CHECK(outcome.error <= law.tolerance);
      if (outcome.error <= law.tolerance) ++cell.holding;
      cell.worst = worst_of({cell.worst, outcome.error});
    } catch (const std::exception& error) {
      ++cell.applicable;
      FAIL_CHECK(error.what());
    }
  }
  return cell;
}

/// Checks all laws on the worlds of one column and writes the column.
inline void check_column(const std::string& column, const std::vector<World>& worlds) {
  std::ofstream csv(validation_folder() / ("laws-" + column + ".csv"));
  csv << "law,closure,worlds,cases,applicable,holding,worst_error,reason\n";
  for (const Deficits deficits : {Deficits::balanced, Deficits::fixed_world_share, Deficits::fixed_income_share,
                                  Deficits::fixed_expenditure_share}) {
    for (const Law& law : laws()) {
      const Cell cell = check_cell(law, {.deficits = deficits}, worlds);
      csv << law.name << ',' << name(deficits) << ',' << column << ',' << cell.cases << ',' << cell.applicable << ','
          << cell.holding << ',' << cell.worst << ",\"" << cell.reason << "\"\n";
    }
  }
}

}  // namespace tariffsim::testing
