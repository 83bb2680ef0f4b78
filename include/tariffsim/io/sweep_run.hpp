// Runs a sweep and streams its answer to a folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

#include "tariffsim/data/world.hpp"
#include "tariffsim/io/sweep_file.hpp"

namespace tariffsim {

/// Where a running sweep stands.
struct SweepProgress {
  std::size_t rows = 0;    ///< of the sweep
  std::size_t kept = 0;    ///< of these, on disk when it began
  std::size_t solved = 0;  ///< worked on since, with an equilibrium or without
  double seconds = 0;      ///< since it began

  [[nodiscard]] double rate() const { return seconds > 0 ? static_cast<double>(solved) / seconds : 0; }
  [[nodiscard]] std::size_t left() const { return rows - kept - solved; }
};

struct SweepOptions {
  int threads = 0;      ///< at most so many; 0: all of the machine
  bool resume = false;  ///< goes on with what the folder holds of the same sweep
  /// Called after each panel and during long solves, by one thread at a time; returning false ends the sweep, and the
  /// parts that are whole stay in the folder.
  std::function<bool(const SweepProgress&)> progress = {};
};

/// How a sweep ended.
struct SweepOutcome {
  SweepProgress progress;
  bool stopped = false;         ///< `progress` ended it
  std::size_t on_disk = 0;      ///< rows in whole parts
  std::size_t unsolved = 0;     ///< of these, without an equilibrium
  std::string first_diagnosis;  ///< of the first unsolved row, with its values
};

/// The file sweep.json: all that must be the same for a sweep to go on.
/// @throws InvalidInput on an unknown outcome.
[[nodiscard]] std::string sweep_plan(const SweepFile& sweep, const World& world);

/// Solves all rows, panel by panel in the order of work, and writes each part when its panels are done. The files are
/// the same, to the bit, for any number of threads and wherever it was interrupted. A row without an equilibrium has
/// empty cells and its diagnosis.
/// @throws InvalidInput where a row is no scenario of the world, or as SweepFolder.
SweepOutcome run_sweep(const SweepFile& sweep, const World& world, const std::filesystem::path& folder,
                       const SweepOptions& options = {});

}  // namespace tariffsim
