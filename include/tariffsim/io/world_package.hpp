// Worlds as Frictionless Data Packages: a folder of CSV tables and a datapackage.json.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "tariffsim/data/world.hpp"
#include "tariffsim/io/stop.hpp"

namespace tariffsim {

/// The files of a package by their path in it: "flows.csv" to its bytes.
using PackageFiles = std::map<std::string, std::string>;

/// Reads a data package: regions, sectors and flows, and where they are there tariffs, export_taxes, inputs,
/// value_added, final_demand, groups, members, sector_members and member_weights. Absent rows are zero; an absent
/// value_added.csv means shares of one.
/// @throws InvalidInput that names the file, the line and the remedy.
[[nodiscard]] World read_world(const std::filesystem::path& folder);

/// The same from bytes in memory; `where` stands for the folder in messages.
[[nodiscard]] World parse_world(const PackageFiles& files, const std::string& where);

/// Writes a package that read_world() returns bit for bit: shortest round-trip numbers, no zero rows, a
/// datapackage.json with schemas. Groups and members without an entry have no row and are not kept.
///
/// The files go to a temporary folder beside the target, which is then renamed into place: a killed run leaves the old
/// state or the new one. A folder that exists is replaced only if it is empty or holds a world package and nothing
/// else.
/// @throws InvalidInput where the folder cannot be written or must not be replaced; Interrupted where told to stop.
void write_world(const World& world, const std::filesystem::path& folder, const StopRequested& stop = {});

/// The bytes that write_world() writes.
[[nodiscard]] PackageFiles format_world(const World& world);

}  // namespace tariffsim
