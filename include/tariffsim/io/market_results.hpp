// The files of an answer of a market, and of a market linked to a world.
#pragma once

#include <filesystem>
#include <string>

#include "tariffsim/data/world.hpp"
#include "tariffsim/io/stop.hpp"
#include "tariffsim/model/case.hpp"
#include "tariffsim/solve/partial_equilibrium.hpp"

namespace tariffsim {

struct Linked;  // solve/link.hpp

/// Writes summary.json, flows.csv, suppliers.csv, buyers.csv and the totals regions.csv, sectors.csv and
/// region_sectors.csv; where a product's market has no equilibrium, summary.json alone, which names the first. A ratio
/// that has no meaning (the world price of a region that sells nothing) is an empty cell. Where curves shift there are
/// no surpluses: their columns are left out, and suppliers.csv and buyers.csv have cost_hat and demand_hat instead.
///
/// The folder appears as a whole, as with write_results(). One that exists is replaced only if it is empty or holds
/// such an answer and nothing else.
/// @throws InvalidInput where the folder cannot be written or must not be replaced; Interrupted where told to stop.
void write_market_results(const PartialEquilibrium& equilibrium, const std::filesystem::path& folder,
                          const StopRequested& stop = {});

/// Writes summary.json, linked_flows.csv and the folders world, as write_results() does, and market; where market and
/// world found no common equilibrium, summary.json alone, with its diagnosis.
/// @throws InvalidInput where the folder cannot be written or must not be replaced; Interrupted where told to stop.
void write_linked(const Linked& linked, const std::filesystem::path& folder, const StopRequested& stop = {});

/// Writes summary.json alone where not even the base of the world has an equilibrium; `diagnosis` says why.
void write_linked_base_failure(const World& world, const Case& declared, const std::string& diagnosis,
                               const std::filesystem::path& folder);

/// Refuses a folder that write_market_results() would refuse, so that a long solve is not in vain.
/// @throws InvalidInput
void require_market_results_folder(const std::filesystem::path& folder);

/// The same of write_linked(). @throws InvalidInput
void require_linked_folder(const std::filesystem::path& folder);

}  // namespace tariffsim
