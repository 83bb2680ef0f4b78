// Arbitrary bytes as a scenario file or as a table of values. Only InvalidInput may come of it, here and where the
// scenario meets a world.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "support/small_package.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/case_file.hpp"
#include "tariffsim/io/world_package.hpp"

namespace {

using namespace tariffsim;

// The table that every scenario gets: the part of the input behind the first line "---", so that no file is opened.
struct Input {
  std::string_view scenario, table;
};

Input split(std::string_view text) {
  constexpr std::string_view kMark = "\n---\n";
  const std::size_t at = text.find(kMark);
  if (at == std::string_view::npos) return {text, "exporter,importer,sector,rate\nAAA,BBB,GDS,0.1\n"};
  return {text.substr(0, at + 1), text.substr(at + kMark.size())};
}

const World& small_world() {
  static const World world = parse_world(tariffsim::testing::small_package(), "small");
  return world;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Input input = split({reinterpret_cast<const char*>(data), size});
  const auto tables = [&](const std::filesystem::path&) { return std::string(input.table); };
  try {
    const Case declared = parse_case(input.scenario, "fuzz.toml", tables);
    static_cast<void>(declared.scenario.compile(small_world()));
  } catch (const InvalidInput&) {  // the right answer to most inputs
  }
  return 0;
}
