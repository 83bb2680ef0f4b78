#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "io/atomic_folder.hpp"
#include "io/csv_text.hpp"
#include "io/market_summary.hpp"
#include "io/result_files.hpp"
#include "io/summary_json.hpp"
#include "tariffsim/io/market_results.hpp"
#include "tariffsim/solve/link.hpp"

namespace tariffsim {
namespace fs = std::filesystem;
namespace {

constexpr const char *kWorld = "world", *kMarket = "market", *kFlows = "linked_flows.csv";

std::string linked_flows(const Linked& linked) {
  detail::CsvText text(kFlows, "exporter,importer,sector,duty_hat,trade_cost_hat");
  const Labels &regions = linked.general.observed.regions(), &sectors = linked.general.observed.sectors();
  for (const LinkedFlow& each : linked.flows) {
    text << regions.code(each.flow.exporter) << regions.code(each.flow.importer) << sectors.code(each.flow.sector)
         << each.duty_hat << each.trade_cost_hat;
    text.end_row();
  }
  return std::move(text).take();
}

void add(detail::ResultFiles& files, const char* folder, const detail::ResultFiles& part) {
  for (const auto& [name, text] : part) files[std::string(folder) + "/" + name] = text;
}

// A folder may be replaced where all that is in it, and in its two folders, could have been written by write_linked().
void require_linked(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool of_world = name == kWorld;
    if ((of_world || name == kMarket) && entry.is_directory() && !entry.is_symlink()) {
      const auto& ours = of_world ? detail::result_names() : detail::market_result_names();
      const std::string foreign = detail::first_other_entry(entry.path(), ours);
      if (!foreign.empty()) detail::refuse_entry(folder, name + "/" + foreign);
    } else if (!entry.is_regular_file() || (name != "summary.json" && name != kFlows)) {
      detail::refuse_entry(folder, name);
    }
  }
  detail::require_summary(folder, "link");
}

}  // namespace

void write_linked(const Linked& linked, const fs::path& folder, const StopRequested& stop) {
  detail::AtomicFolder target(folder, require_linked);
  detail::ResultFiles files = {{"summary.json", detail::format_linked_summary(linked)}};
  if (linked.converged()) {
    files[kFlows] = linked_flows(linked);
    add(files, kWorld, detail::result_files(linked.general));
    add(files, kMarket, detail::market_result_files(linked.partial));
  }
  target.write_all(files, stop);
}

void write_linked_base_failure(const World& world, const Case& declared, const std::string& diagnosis,
                               const fs::path& folder) {
  detail::AtomicFolder(folder, require_linked)
      .write_all({{"summary.json", detail::format_base_failure(world, declared, diagnosis, "link")}}, {});
}

void require_linked_folder(const fs::path& folder) { detail::require_writable(folder, require_linked); }

}  // namespace tariffsim
