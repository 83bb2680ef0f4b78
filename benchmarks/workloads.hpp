// The five worlds that are measured, each with the change that is solved on it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/case.hpp"

namespace tariffsim::bench {

struct Workload {
  std::string name;
  std::filesystem::path folder;  ///< of the data package
  Case declared;                 ///< scenario and closure

  [[nodiscard]] World world() const;
};

/// Those whose data are there; a world that is missing is named on stderr.
[[nodiscard]] const std::vector<Workload>& workloads();

/// The acts of the 2025 war with their days.
[[nodiscard]] Scenario dated_war();

/// @throws InvalidInput that lists the known names.
[[nodiscard]] const Workload& workload(const std::string& name);

}  // namespace tariffsim::bench
