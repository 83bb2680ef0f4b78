// Arbitrary bytes as one table of a market package, or as a whole one. Only InvalidInput may come of it; what is
// accepted must be written and read again to the same bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "support/small_market.hpp"
#include "support/unpacked.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/market_package.hpp"

namespace {

using namespace tariffsim;

// The first byte says which file the rest is: 'a' regions … 'h' descriptor, 'i' all of them.
constexpr const char* kFiles[] = {"regions.csv", "sectors.csv",      "products.csv", "flows.csv",
                                  "tariffs.csv", "elasticities.csv", "groups.csv",   "datapackage.json"};
constexpr std::size_t kPackage = std::size(kFiles), kChoices = kPackage + 1;

// Elasticities are by product and region; large tables of them are slow and no harder to read.
bool is_small(const PackageFiles& files) {
  for (const char* name : {"regions.csv", "sectors.csv", "products.csv"}) {
    const auto file = files.find(name);
    if (file != files.end() && std::count(file->second.begin(), file->second.end(), '\n') > 24) return false;
  }
  return true;
}

void read_and_write(const PackageFiles& files) {
  if (!is_small(files)) return;
  const PackageFiles written = format_market(parse_market(files, "fuzz"));
  if (format_market(parse_market(written, "fuzz")) != written) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t choice = (data[0] + kChoices - 'a' % kChoices) % kChoices;
  try {
    if (choice == kPackage) {
      read_and_write(tariffsim::testing::unpacked(text));
    } else {
      PackageFiles files = tariffsim::testing::small_market();
      files[kFiles[choice]] = text;
      read_and_write(files);
    }
  } catch (const InvalidInput&) {  // the right answer to most inputs
  }
  return 0;
}
