// sweep.json: what every plan of a sweep says, and in what two plans differ.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tariffsim::detail {

using Json = nlohmann::ordered_json;

inline constexpr const char* kSweepFormat = "tariffsim sweep";
inline constexpr int kSweepVersion = 1;

struct SweepPlanFile {
  Json json;
  std::size_t rows = 0, part_rows = 0;
  std::string header;  ///< first line of each part

  [[nodiscard]] std::size_t parts() const { return (rows + part_rows - 1) / part_rows; }
  [[nodiscard]] std::size_t rows_of(std::size_t part) const {
    return part + 1 < parts() ? part_rows : rows - part * part_rows;
  }
};

/// @param where the plan is, for messages. @throws InvalidInput where it is no plan of a sweep.
[[nodiscard]] SweepPlanFile parse_sweep_plan(std::string_view text, const std::string& where);

/// The first thing in which two plans differ, in words; empty where they say the same.
[[nodiscard]] std::string plan_difference(const Json& there, const Json& here);

}  // namespace tariffsim::detail
