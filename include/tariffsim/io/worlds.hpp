// Worlds by name: those that come with tariffsim and those in the folders of TARIFFSIM_WORLDS.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tariffsim/core/types.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim {

/// A world that can be loaded by its name.
struct WorldListing {
  std::string name, title;
  int year = 0;
  Index regions = 0, sectors = 0;
  std::filesystem::path folder;
  std::string problem;  ///< why it cannot be read; empty where it can
};

/// Every world that load_world() knows by name. A name is the name of its folder; the first folder that holds it wins:
/// `folders`, then those of the environment variable TARIFFSIM_WORLDS (separated by ':'), then what was installed
/// beside the program, then the source tree.
[[nodiscard]] std::vector<WorldListing> list_worlds(const std::vector<std::filesystem::path>& folders = {});

/// Loads a world by name ("world-2022") or reads the package at a path; what contains a '/' is a path.
/// @throws InvalidInput that lists the known names.
[[nodiscard]] World load_world(const std::string& name_or_path, const std::vector<std::filesystem::path>& folders = {});

}  // namespace tariffsim
