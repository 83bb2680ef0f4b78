// A number that changes when a text does.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace tariffsim::detail {

/// FNV-1a of 64 bits: against mistakes, not against malice.
class Digest {
 public:
  void add(std::string_view text) {
    for (const char c : text) take(static_cast<unsigned char>(c));
    for (std::size_t size = text.size(), k = 0; k < 8; ++k, size >>= 8U) take(static_cast<unsigned char>(size & 0xFFU));
  }

  [[nodiscard]] std::string text() const {
    char digits[24];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value_));
    return digits;
  }

 private:
  void take(unsigned char byte) {
    value_ ^= byte;
    value_ *= 0x100000001b3U;
  }

  std::uint64_t value_ = 0xcbf29ce484222325U;
};

}  // namespace tariffsim::detail
