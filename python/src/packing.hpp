// Worlds, theories, closures, shocks and scenarios as bytes and back, exactly: how they travel to other processes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "tariffsim/data/world.hpp"
#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory.hpp"
#include "tariffsim/policy/scenario.hpp"
#include "tariffsim/policy/shock.hpp"

namespace tariffsim::python {

// Bytes are read by the same version on a machine of the same kind, and refused elsewhere: they are no format for
// files.
[[nodiscard]] std::string pack(const World& world);
[[nodiscard]] std::string pack(const Theory& theory);
[[nodiscard]] std::string pack(const Closure& closure);
[[nodiscard]] std::string pack(const Change& change);
[[nodiscard]] std::string pack(const Scenario& scenario);
/// @param world rates are packed as differences from its own where it is given, and read with the same world again.
[[nodiscard]] std::string pack(const Shock& shock, const World* world);

/// All of them: @throws InvalidInput where the bytes are damaged, of another kind or of another version.
[[nodiscard]] World unpack_world(std::string_view bytes);
[[nodiscard]] Theory unpack_theory(std::string_view bytes);
[[nodiscard]] Closure unpack_closure(std::string_view bytes);
[[nodiscard]] Change unpack_change(std::string_view bytes);
[[nodiscard]] Scenario unpack_scenario(std::string_view bytes);
[[nodiscard]] Shock unpack_shock(std::string_view bytes, const World* world);

}  // namespace tariffsim::python
