// The files of an answer.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tariffsim/data/world.hpp"
#include "tariffsim/io/stop.hpp"
#include "tariffsim/model/case.hpp"
#include "tariffsim/solve/equilibrium.hpp"

namespace tariffsim {

/// Writes summary.json, regions.csv, sectors.csv and flows.csv; where the solve did not converge, summary.json alone,
/// with its status and diagnosis. Flows that are zero before and after have no row; a change that has no meaning (the
/// hat of a zero flow) is an empty cell.
///
/// The files go to a temporary folder beside the target, which is then renamed into place: a killed run leaves the old
/// state or the new one. A folder that exists is replaced only if it is empty or holds such results and nothing else.
/// @throws InvalidInput where the folder cannot be written or must not be replaced; Interrupted where told to stop.
void write_results(const Equilibrium& equilibrium, const std::filesystem::path& folder, const StopRequested& stop = {});

/// Writes path.csv: for every day and region the status, real_income_pct, price_hat (of consumption) and the duties
/// over imports at the trade of the base (tariff_announced) and of the day (tariff_paid). Days without an equilibrium
/// have one row, without numbers.
/// @throws InvalidInput where the folder cannot be written or must not be replaced.
void write_path(const std::vector<Equilibrium>& path, const std::filesystem::path& folder);

/// Writes summary.json alone where not even the base of a case has an equilibrium; `diagnosis` says why.
void write_base_failure(const World& world, const Case& declared, const std::string& diagnosis,
                        const std::filesystem::path& folder);

/// Refuses a folder that write_results() would refuse, so that a long solve is not in vain.
/// @throws InvalidInput
void require_results_folder(const std::filesystem::path& folder);

}  // namespace tariffsim
