// A user's program with the compiled part: finds an embedded world by name, writes it, reads it back.
// usage: with_io SCRATCH_FOLDER [FOLDER_THAT_HOLDS_THE_WORLD]
#include <tariffsim/io/io.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  if (argc < 2) return 2;
  const std::string name = "world-2022-27x12";
  const auto listing = tariffsim::list_worlds();
  const auto found =
      std::find_if(listing.begin(), listing.end(), [&](const auto& world) { return world.name == name; });
  if (found == listing.end()) return 3;
  std::printf("%s is in %s\n", name.c_str(), found->folder.c_str());
  if (argc > 2) {
    const auto inside = fs::relative(fs::canonical(found->folder), fs::canonical(argv[2]));
    if (inside.begin()->string() == "..") return 4;
  }

  const auto world = tariffsim::load_world(name);
  const auto folder = fs::path(argv[1]) / "copy";
  fs::remove_all(folder);
  tariffsim::write_world(world, folder);
  const auto again = tariffsim::read_world(folder);
  return again.regions() == world.regions() && (again.flows().values() == world.flows().values()).all() ? 0 : 5;
}
