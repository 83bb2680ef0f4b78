// One line on a terminal that says how far a solve is.
#pragma once

#include <chrono>

#include "tariffsim/io/sweep_run.hpp"
#include "tariffsim/solve/options.hpp"

namespace tariffsim::cli {

/// Shows progress of slow work on the standard error where that is a terminal; wipes the line when it goes.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ProgressLine(ProgressLine&&) = delete;
  ProgressLine& operator=(ProgressLine&&) = delete;

  void show(const Progress& progress);
  /// After a round of linking.
  void show_round(int round, double gap);
  /// After a panel of a sweep: how many rows are done, how fast, and how long the rest takes.
  void show_rows(const SweepProgress& progress);

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  bool enabled_, shown_ = false;
};

}  // namespace tariffsim::cli
