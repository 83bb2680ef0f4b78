// Reads a world and a scenario file, looks at both, writes the answer, and shows what an error looks like.
#include <cstdio>
#include <filesystem>

#include "tariffsim/data/check.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/tariffsim.hpp"

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  const fs::path scenario = argc > 1 ? argv[1] : "examples/scenarios/60-both-ways.toml";
  const fs::path out = fs::temp_directory_path() / "tariffsim-example-read-world";
  try {
    const auto world = tariffsim::load_world("world-2022-27x12");  // a name, or the path of a data package
    for (const auto& finding : tariffsim::check(world)) {
      std::printf("%s: %s\n", finding.topic.c_str(), finding.message.c_str());
    }
    const auto eq = tariffsim::solve(world, tariffsim::read_case(scenario));
    eq.require_converged();
    tariffsim::write_results(eq, out);
    std::printf("%s: wrote %s\n", eq.title.c_str(), out.c_str());

    // A mistake is refused where it is made, with the place and the remedy.
    static_cast<void>(tariffsim::solve(world, tariffsim::Scenario("a typing error").ban({.importer = "UAS"})));
  } catch (const tariffsim::InvalidInput& e) {
    std::printf("refused\n  where:   %s\n  problem: %s\n  remedy:  %s\n", e.where().c_str(), e.problem().c_str(),
                e.remedy().c_str());
    return e.where().find("importer") == std::string::npos;  // any other refusal is a failure of this example
  } catch (const tariffsim::NotConverged& e) {
    std::printf("%s\n", e.what());
    return 1;
  }
  return 1;  // the typing error was not refused
}
