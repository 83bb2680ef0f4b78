// RentOwner: who earns what a wedge leaves between two prices.
#pragma once

namespace tariffsim {

/// Who keeps the rent of a limit or a barrier, or pays its subsidy: the wedge is then a tariff or an export tax.
enum class RentOwner { importer, exporter };

[[nodiscard]] inline const char* name(RentOwner owner) {
  return owner == RentOwner::importer ? "importer" : "exporter";
}

}  // namespace tariffsim
