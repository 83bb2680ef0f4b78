// Limits as declared: a level on the flows of a scope, by names.
#pragma once

#include <optional>
#include <string>

#include "tariffsim/core/date.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/policy/change.hpp"
#include "tariffsim/policy/constraint.hpp"

namespace tariffsim {

/// A limit on the flows of a scope, as declared. The wedge that holds it is found by the solver.
struct Limit {
  std::string name{};  ///< for messages and results; the kind and its number where empty
  Selector importer{}, exporter{}, sector{};
  double level = 1;  ///< a multiple of the base where `relative`, else an amount; of a share always the share itself
  bool relative = true;
  RentOwner rent = RentOwner::importer;
};

/// A limit and its kind.
struct DeclaredLimit {
  Limit limit;
  Limited limited = Limited::quantity;
  Sense sense = Sense::at_most;
  std::optional<double> out_of_quota{};
  Span days{};  ///< open: always
};

/// A limit in words: "quota 1: quantity at most 0.8 times the base, on importer USA".
[[nodiscard]] inline std::string describe(const DeclaredLimit& declared) {
  const Limit& l = declared.limit;
  const bool share = declared.limited == Limited::import_share;
  std::string text = l.name + ": " + (share ? "import share" : name(declared.limited)) +
                     (declared.sense == Sense::at_most ? " at most " : " at least ") + show(l.level) +
                     (l.relative && !share ? " times the base" : "");
  if (declared.out_of_quota) text += ", beyond it a tariff of " + show(*declared.out_of_quota);
  text += describe({{"importer", &l.importer}, {"exporter", &l.exporter}, {"sector", &l.sector}});
  return text + describe(declared.days) + "; the " + name(l.rent) +
         (declared.sense == Sense::at_most ? " keeps the rent" : " pays the subsidy");
}

}  // namespace tariffsim
