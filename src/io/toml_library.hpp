// toml++, with two ways of its parser mended that assume instead of report on malformed files.
#pragma once

// It asserts, and in optimised builds assumes, of some malformed files ("[.a]") what it goes on to check and report.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)

// It assumes that every character from U+00A0 on that it asks about is a blank (marzer/tomlplusplus#295; later versions
// answer "no", as here).
#if __has_include(<toml++/impl/forward_declarations.hpp>)
#include <toml++/impl/forward_declarations.hpp>
#else
#include <toml++/impl/forward_declarations.h>
#endif
#pragma push_macro("TOML_UNREACHABLE")
#undef TOML_UNREACHABLE
#define TOML_UNREACHABLE return false
#if __has_include(<toml++/impl/unicode.hpp>)
#include <toml++/impl/unicode.hpp>
#else
#include <toml++/impl/unicode.h>
#endif
#pragma pop_macro("TOML_UNREACHABLE")

#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")
