// Whose days count, by name.
#pragma once

#include <string>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/policy/measure.hpp"

namespace tariffsim::python {

inline Basis basis_from(const std::string& text) {
  if (text == "legal") return Basis::legal;
  if (text == "collected") return Basis::collected;
  throw InvalidInput("basis", "unknown basis '" + text + "'", "use 'legal' or 'collected'");
}

}  // namespace tariffsim::python
