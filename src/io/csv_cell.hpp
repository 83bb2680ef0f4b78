// A number in a table of results.
#pragma once

#include <cmath>

#include "io/csv_text.hpp"

namespace tariffsim::detail {

/// A number, or an empty cell where it has no meaning.
class Cell {
 public:
  Cell(bool meaningful, double value) : value_(value), meaningful_(meaningful && std::isfinite(value)) {}

  friend CsvText& operator<<(CsvText& text, const Cell& cell) {
    return cell.meaningful_ ? text << cell.value_ : text << "";
  }

 private:
  double value_;
  bool meaningful_;
};

}  // namespace tariffsim::detail
