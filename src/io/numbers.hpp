// Numbers to and from text: exact both ways.
#pragma once

#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

namespace tariffsim::detail {

enum class NumberProblem { none, not_a_number, out_of_range };

/// A double that fills the whole field; "inf" and "nan" are parsed, so that the caller can refuse them as such.
[[nodiscard]] inline NumberProblem parse_number(std::string_view field, double& value) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc::result_out_of_range) return NumberProblem::out_of_range;
  return error == std::errc{} && end == field.data() + field.size() ? NumberProblem::none : NumberProblem::not_a_number;
}

/// Appends the shortest text that reads back as the same double.
inline void append_number(std::string& text, double value) {
  char digits[32];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

}  // namespace tariffsim::detail
