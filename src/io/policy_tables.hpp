// The tables of a policy as CSV text, and a dated measure from any table of fields.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tariffsim/policy/policy.hpp"

namespace tariffsim::detail {

/// Fields of one dated measure by their names, however they were written; texts of several values are separated by
/// blanks, and an absent field is empty.
struct MeasureFields {
  std::function<std::string(const char* key)> text;
  std::function<std::string(const char* key)> where;  ///< of the field, for messages
  std::string origin;                                 ///< of the measure
};

/// Names of the fields, in the order of the CSV table.
[[nodiscard]] const std::vector<const char*>& measure_fields();

/// @throws InvalidInput that names the field and the remedy.
[[nodiscard]] Measure make_measure(const MeasureFields& fields);

/// A ratio such as 0.25, or "25%" or "25 percent". A bare number above 5 is asked about.
/// @throws InvalidInput
[[nodiscard]] double parse_rate(const std::string& text, const std::string& where);

/// Words of a text that are separated by blanks.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

// Each reads one CSV table into the policy. They throw InvalidInput that names file, line and remedy.
void read_measures(std::string_view text, const std::string& file, Policy& policy);
void read_rules(std::string_view text, const std::string& file, Policy& policy);
void read_exemptions(std::string_view text, const std::string& file, Policy& policy);
void read_products(std::string_view text, const std::string& file, Policy& policy);
void read_coverage(std::string_view text, const std::string& file, Policy& policy);
void read_rate_tables(std::string_view text, const std::string& file, Policy& policy);
void read_qualifying(std::string_view text, const std::string& file, Policy& policy);
void read_policy_sectors(std::string_view text, const std::string& file, Policy& policy);

}  // namespace tariffsim::detail
