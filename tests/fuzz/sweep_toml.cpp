// Arbitrary bytes as a sweep file. Only InvalidInput may come of it, when it is read, when its rows are, and where they
// meet a world; an answer that it plans has a column for each of its numbers.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "support/small_package.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_file.hpp"
#include "tariffsim/io/sweep_run.hpp"
#include "tariffsim/io/world_package.hpp"

namespace {

using namespace tariffsim;

const World& small_world() {
  static const World world = parse_world(tariffsim::testing::small_package(), "small");
  return world;
}

// What every file that a sweep names holds: a scenario, or a table where it is none.
std::string one_file(const std::filesystem::path& file) {
  if (file.extension() == ".toml") return "title = \"base\"\n[closure]\ndeficits = \"balanced\"\n";
  return "exporter,importer,sector,rate\nAAA,BBB,GDS,0.1\n";
}

void read_rows(const SweepFile& sweep) {
  SweepFile::Reader reader(sweep);
  std::set<std::size_t> rows = {0, 1, sweep.rows() / 2, sweep.rows() - 1};
  for (const std::size_t row : rows) {
    if (row >= sweep.rows()) continue;
    if (sweep.values(row).size() != sweep.names().size()) std::abort();
    try {
      static_cast<void>(reader.row(row).scenario.compile(small_world()));
    } catch (const InvalidInput&) {  // another row may be one
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const SweepFile sweep = parse_sweep({reinterpret_cast<const char*>(data), size}, "fuzz.toml", one_file);
    if (sweep.rows() > 100000) return 0;  // slow, and no harder to read
    read_rows(sweep);
    if (sweep.order().size() != sweep.rows()) std::abort();
    static_cast<void>(sweep_plan(sweep, small_world()));
  } catch (const InvalidInput&) {  // the right answer to most inputs
  }
  return 0;
}
