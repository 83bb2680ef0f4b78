// One line on a terminal that says how far a solve is.
#pragma once

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

 private:
  bool enabled_, shown_ = false;
};

}  // namespace tariffsim::cli
