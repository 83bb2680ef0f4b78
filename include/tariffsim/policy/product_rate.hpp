// The duty on one good: each layer that remains, and their sum.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/policy/duty_schedule.hpp"

namespace tariffsim {

/// One good on its way over one border.
struct ProductQuery {
  std::string importer, exporter;  ///< countries; the exporter may be a group
  std::string code;                ///< HS code, with or without dots
  double normal_duty = 0;          ///< ad valorem, before any measure
  Date day{2025, 1, 1};
  Basis basis = Basis::legal;
  bool qualifies = false;  ///< meets the rules of origin of the agreement that measures spare
  double content = -1;     ///< share of the value that is metal and the like; below zero: as the measures say
  std::vector<std::string> uses = {};  ///< what it is for, where duties depend on that
};

/// Every duty on a good on a day. A list that names only codes below the one asked for counts, and is marked so. For
/// many goods of one day use DutySchedule.
/// @throws InvalidInput where the code is not one.
[[nodiscard]] inline ProductRate product_rate(const Policy& policy, ProductQuery q) {
  q.code = code_digits(q.code);
  if (!is_code(q.code)) throw InvalidInput("product", "'" + q.code + "' is not an HS code", "give two digits or more");
  const DutySchedule schedule(policy, q.day, q.basis);
  DutyTerms terms;
  terms.normal_duty = q.normal_duty;
  terms.qualifying = q.qualifies ? 1.0 : 0.0;
  terms.claimed = 1;
  if (q.content >= 0) terms.content = q.content;
  return schedule.rate(schedule.border(q.importer, q.exporter), schedule.good(q.code), terms, q.uses);
}

}  // namespace tariffsim
