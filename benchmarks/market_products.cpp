// Solves a tariff of one importer in a market of 5,000 products and 10 million flows: time and memory.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "market_table.hpp"
#include "tariffsim/io/market_package.hpp"
#include "tariffsim/solve/solve_market.hpp"

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double peak_gigabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1048576;
}

// The table as a folder that read_market() reads.
void write(const tariffsim::MarketData& data, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto open = [&](const char* name) { return std::fopen((folder / name).c_str(), "w"); };
  std::FILE* file = open("regions.csv");
  std::fputs("region,name\n", file);
  for (const auto& code : data.regions.codes()) std::fprintf(file, "%s,%s\n", code.c_str(), code.c_str());
  std::fclose(file);
  file = open("sectors.csv");
  std::fputs("sector,name,kind,trade_elasticity\n", file);
  for (const auto& code : data.sectors.codes()) std::fprintf(file, "%s,%s,goods,4\n", code.c_str(), code.c_str());
  std::fclose(file);
  file = open("products.csv");
  std::fputs("code,sector,demand,supply,substitution\n", file);
  for (tariffsim::Index k = 0; k < data.products.size(); ++k) {
    std::fprintf(file, "%s,%s,%.17g,%.17g,%.17g\n", data.products.code(k).c_str(),
                 data.sectors.code(data.sector_of[static_cast<std::size_t>(k)]).c_str(), data.demand.by_product(k, 0),
                 data.supply.by_product(k, 0), data.substitution.by_product(k, 0));
  }
  std::fclose(file);
  file = open("flows.csv");
  std::fputs("exporter,importer,product,value,tariff\n", file);
  const auto& flows = data.flows;
  std::size_t t = 0;
  for (std::size_t r = 0; r < flows.value.size(); ++r) {
    const bool taxed = t < data.tariffs.value.size() && data.tariffs.product[t] == flows.product[r] &&
                       data.tariffs.importer[t] == flows.importer[r] && data.tariffs.exporter[t] == flows.exporter[r];
    std::fprintf(file, "%s,%s,%s,%.6g,%.3g\n", data.regions.code(flows.exporter[r]).c_str(),
                 data.regions.code(flows.importer[r]).c_str(), data.products.code(flows.product[r]).c_str(),
                 flows.value[r], taxed ? data.tariffs.value[t] : 0.0);
    if (taxed) ++t;
  }
  std::fclose(file);
}

}  // namespace

// With a folder: writes the table there, or, where it holds one, reads it.
int main(int argc, char** argv) {
  using namespace tariffsim;
  const std::string folder = argc > 1 ? argv[1] : "";
  if (!folder.empty() && !std::filesystem::exists(std::filesystem::path(folder) / "flows.csv")) {
    write(bench::synthetic_market({}), folder);
    return 0;
  }
  const double start = now();
  const Market market = folder.empty() ? Market(bench::synthetic_market({})) : read_market(folder);
  const double loaded = now();
  std::printf("%zu flows, %zu suppliers, %zu buyers; %s in %.2f s, peak %.2f GB\n", market.value().size(),
              market.supply().size(), market.demand().size(), folder.empty() ? "made" : "read", loaded - start,
              peak_gigabytes());
  const Scenario shock = Scenario().tariff({.importer = "R100", .rate = 0.2, .operation = Operation::add});
  const PartialEquilibrium eq = solve(market, shock);
  std::printf("%s: solved in %.2f s, largest residual %.1e, peak %.2f GB\n", eq.converged() ? "converged" : "stalled",
              now() - loaded, eq.certificate.worst(), peak_gigabytes());
  return eq.converged() ? 0 : 1;
}
