// Catch2 2.13 and 3 under one roof: include this header, and write tests in the words of version 3.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

#else

#include <catch2/catch.hpp>

#include <string>

namespace Catch {
using Detail::Approx;
namespace Matchers {
inline auto ContainsSubstring(const std::string& text, CaseSensitive::Choice sensitivity = CaseSensitive::Yes) {
  return Contains(text, sensitivity);
}
}  // namespace Matchers
}  // namespace Catch

// Version 2 cannot skip: the reason is printed and the test ends.
#define SKIP(reason)                \
  do {                              \
    WARN("skipped: " << reason);    \
    SUCCEED("skipped: " << reason); \
    return;                         \
  } while (false)

#endif
