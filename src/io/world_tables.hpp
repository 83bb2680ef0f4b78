// The tables of a world package, each read into its part of WorldData.
#pragma once

#include <string>
#include <string_view>

#include "tariffsim/data/world_data.hpp"

namespace tariffsim::detail {

// Regions and sectors come first: the other tables name their codes. `file` is the name for messages.
void read_regions(std::string_view text, const std::string& file, WorldData& world);
void read_sectors(std::string_view text, const std::string& file, WorldData& world);

void read_flows(std::string_view text, const std::string& file, WorldData& world);
void read_tariffs(std::string_view text, const std::string& file, WorldData& world);
void read_export_taxes(std::string_view text, const std::string& file, WorldData& world);
void read_inputs(std::string_view text, const std::string& file, WorldData& world);
void read_value_added(std::string_view text, const std::string& file, WorldData& world);
void read_final_demand(std::string_view text, const std::string& file, WorldData& world);
void read_groups(std::string_view text, const std::string& file, WorldData& world);
void read_members(std::string_view text, const std::string& file, WorldData& world);
void read_sector_members(std::string_view text, const std::string& file, WorldData& world);
void read_member_weights(std::string_view text, const std::string& file, WorldData& world);

}  // namespace tariffsim::detail
