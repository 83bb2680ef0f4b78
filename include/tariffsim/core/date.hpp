// Date and Span: a day of the Gregorian calendar, and days from one to another.
#pragma once

#include <chrono>
#include <compare>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "tariffsim/core/errors.hpp"

namespace tariffsim {

/// A day, without a time of it; ordered, and written as in ISO 8601.
class Date {
 public:
  constexpr Date(int year, unsigned month, unsigned day)
      : day_(std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}) {}

  /// @throws InvalidInput where `text` is not a day such as 2025-04-09.
  [[nodiscard]] static Date parse(std::string_view text, const std::string& where = "date") {
    const auto digits = [&](std::size_t first, std::size_t count) {
      int value = 0;
      for (std::size_t k = first; k < first + count; ++k) {
        if (text[k] < '0' || text[k] > '9') return -1;
        value = 10 * value + (text[k] - '0');
      }
      return value;
    };
    if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
      const int year = digits(0, 4), month = digits(5, 2), day = digits(8, 2);
      if (year >= 1 && month >= 1 && day >= 1) {
        const Date date(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
        if (std::chrono::year_month_day(std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                        std::chrono::day{static_cast<unsigned>(day)})
                .ok()) {
          return date;
        }
      }
    }
    throw InvalidInput(where, "'" + std::string(text.substr(0, 40)) + "' is not a day of the calendar",
                       "write year, month and day as 2025-04-09");
  }

  [[nodiscard]] std::string iso() const {
    const std::chrono::year_month_day ymd(day_);
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(ymd.year()), static_cast<unsigned>(ymd.month()),
                  static_cast<unsigned>(ymd.day()));
    return text;
  }

  /// Days from another day to this one; negative where it is later.
  [[nodiscard]] constexpr int days_since(const Date& other) const {
    return static_cast<int>((day_ - other.day_).count());
  }

  friend constexpr auto operator<=>(const Date&, const Date&) = default;  // NOLINT(modernize-use-nullptr)

 private:
  std::chrono::sys_days day_;
};

/// A span of days; an open end is absent. `until` is the first day without it.
struct Span {
  std::optional<Date> from{}, until{};

  /// False without a first day: what never began was never in force.
  [[nodiscard]] bool holds(Date day) const { return from && *from <= day && !(until && *until <= day); }
  /// As `holds`, but what has no first day has always been.
  [[nodiscard]] bool covers(Date day) const { return !(from && day < *from) && !(until && *until <= day); }
  [[nodiscard]] bool overlaps(const Span& other) const {
    return from && other.from && !(until && *until <= *other.from) && !(other.until && *other.until <= *from) &&
           !(until && *until <= *from) && !(other.until && *other.until <= *other.from);
  }
  /// True where neither end is given.
  [[nodiscard]] bool open() const { return !from && !until; }
};

/// The days in both spans; where there are none, a span that no day is in.
[[nodiscard]] inline Span both(const Span& a, const Span& b) {
  Span out = a;
  if (b.from && (!out.from || *out.from < *b.from)) out.from = b.from;
  if (b.until && (!out.until || *b.until < *out.until)) out.until = b.until;
  return out;
}

/// Days in words: " from 2025-04-09 until 2025-05-14"; nothing where it is always.
[[nodiscard]] inline std::string describe(const Span& days) {
  return (days.from ? " from " + days.from->iso() : std::string()) +
         (days.until ? " until " + days.until->iso() : std::string());
}

}  // namespace tariffsim
