// Arbitrary bytes as one table of a world package, or as a whole one. Only InvalidInput may come of it; what is
// accepted must be written and read again to the same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/small_package.hpp"
#include "support/unpacked.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/code_map.hpp"
#include "tariffsim/io/world_package.hpp"

namespace {

using namespace tariffsim;

// The first byte says which file the rest is: 'a' regions … 'j' members, 'k' descriptor, 'l' all of them, 'm' a code
// map.
constexpr const char* kFiles[] = {"regions.csv", "sectors.csv",     "flows.csv",        "tariffs.csv",
                                  "inputs.csv",  "value_added.csv", "final_demand.csv", "export_taxes.csv",
                                  "groups.csv",  "members.csv",     "datapackage.json"};
constexpr std::size_t kPackage = std::size(kFiles), kCodeMap = kPackage + 1, kChoices = kPackage + 2;

// Large worlds are slow and no harder to read.
bool is_small(const PackageFiles& files) {
  for (const char* name : {"regions.csv", "sectors.csv"}) {
    const auto file = files.find(name);
    if (file != files.end() && std::count(file->second.begin(), file->second.end(), '\n') > 24) return false;
  }
  return true;
}

void read_and_write(const PackageFiles& files) {
  if (!is_small(files)) return;
  const PackageFiles written = format_world(parse_world(files, "fuzz"));
  if (format_world(parse_world(written, "fuzz")) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t choice = (data[0] + kChoices - 'a' % kChoices) % kChoices;
  try {
    if (choice == kCodeMap) {
      static_cast<void>(parse_code_map(text, "map.csv", Labels("region", {"AAA", "BBB"})));
    } else if (choice == kPackage) {
      read_and_write(tariffsim::testing::unpacked(text));
    } else {
      PackageFiles files = tariffsim::testing::small_package();
      files[kFiles[choice]] = text;
      read_and_write(files);
    }
  } catch (const InvalidInput&) {  // the right answer to most inputs
  }
  return 0;
}
