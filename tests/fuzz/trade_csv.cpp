// Arbitrary bytes as trade lines, as a concordance or as renumbered codes. Only InvalidInput may come of it; the values
// of lines that are accepted sum to the total, and every code has an answer.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/trade_tables.hpp"

using namespace tariffsim;

// The first byte says what the rest is: 'a' lines, 'b' a concordance, 'c' renumbered codes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  try {
    if (data[0] % 3 == 'a' % 3) {
      const TradeLines lines(parse_trade_lines(text, "lines.csv"), {}, "lines.csv");
      double sum = 0;
      for (std::size_t k = 0; k < lines.size(); ++k) {
        if (lines.pair(k) >= lines.pairs().size() || lines.code(k) >= lines.codes().size()) std::abort();
        sum += lines[k].value;
      }
      if (std::isfinite(sum) && std::abs(sum - lines.total_value()) > 1e-9 * sum) std::abort();
    } else if (data[0] % 3 == 'b' % 3) {
      const Concordance concordance = parse_concordance(text, "concordance.csv");
      for (const char* code : {"01", "8471", "850760", "8507600010"}) {
        static_cast<void>(concordance.sectors_of(std::string_view(code)));
      }
    } else {
      const Renumbering renumbering = parse_renumbering(text, "renumbered.csv");
      if (renumbering.codes_of("854140").empty()) std::abort();
    }
  } catch (const InvalidInput&) {  // the right answer to most inputs
  }
  return 0;
}
