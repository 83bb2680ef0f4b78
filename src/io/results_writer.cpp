#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include "io/atomic_folder.hpp"
#include "io/csv_cell.hpp"
#include "io/csv_text.hpp"
#include "io/result_files.hpp"
#include "io/summary_json.hpp"
#include "tariffsim/analysis/effective_tariff.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/flows.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/io/results.hpp"

namespace tariffsim {
namespace {

using detail::Cell;
using detail::CsvText;

std::string regions_table(const Equilibrium& eq) {
  CsvText text("regions.csv",
               "region,wage_hat,price_hat,income_hat,real_wage_pct,real_income_pct,equivalent_variation,"
               "welfare_first_order_pct,terms_of_trade_pct,volume_of_trade_pct,tariff_revenue_base,tariff_revenue,"
               "deficit_base,deficit");
  const Vector income = income_hat(eq), real_wage = real_wage_pct(eq), real_income = real_income_pct(eq),
               variation = equivalent_variation(eq);
  const FirstOrderWelfare first_order = first_order_welfare(eq);
  const bool applies = first_order.applies;
  const State &base = *eq.base, &after = eq.counterfactual;
  for (Index n = 0; n < eq.observed.regions().size(); ++n) {
    text << eq.observed.regions().code(n) << eq.wage_hat[n] << eq.consumer_price_hat[n] << income[n] << real_wage[n]
         << real_income[n] << variation[n] << Cell(applies, first_order.total_pct[n])
         << Cell(applies, first_order.terms_of_trade_pct[n]) << Cell(applies, first_order.volume_of_trade_pct[n])
         << base.tariff_revenue[n] << after.tariff_revenue[n] << base.deficit[n] << after.deficit[n];
    text.end_row();
  }
  return std::move(text).take();
}

std::string sectors_table(const Equilibrium& eq) {
  CsvText text("sectors.csv", "region,sector,price_hat,cost_hat,output_base,output");
  const State &base = *eq.base, &after = eq.counterfactual;
  for (Index n = 0; n < base.output.rows(); ++n) {
    for (Index j = 0; j < base.output.cols(); ++j) {
      text << eq.observed.regions().code(n) << eq.observed.sectors().code(j)
           << Cell(base.expenditure(n, j) > 0, eq.price_hat(n, j)) << Cell(base.output(n, j) > 0, eq.cost_hat(n, j))
           << base.output(n, j) << after.output(n, j);
      text.end_row();
    }
  }
  return std::move(text).take();
}

std::string flows_table(const Equilibrium& eq) {
  CsvText text("flows.csv",
               "exporter,importer,sector,observed,base,counterfactual,quantity_hat,price_hat,tariff_base,tariff");
  const Cube quantity = flow_quantity_hat(eq), price = flow_price_hat(eq);
  const State &base = *eq.base, &after = eq.counterfactual;
  const Labels &regions = eq.observed.regions(), &sectors = eq.observed.sectors();
  for (Index i = 0; i < regions.size(); ++i) {
    for (Index n = 0; n < regions.size(); ++n) {
      for (Index j = 0; j < sectors.size(); ++j) {
        const double seen = eq.observed.flows()(i, n, j), before = base.flows(i, n, j), now = after.flows(i, n, j);
        if (seen == 0 && before == 0 && now == 0) continue;
        const bool traded = before > 0;
        text << regions.code(i) << regions.code(n) << sectors.code(j) << seen << before << now
             << Cell(traded, quantity(i, n, j)) << Cell(traded && !is_banned(*eq.shock, i, n, j), price(i, n, j))
             << base.tariffs()(i, n, j) << after.tariffs()(i, n, j);
        text.end_row();
      }
    }
  }
  return std::move(text).take();
}

// Flows of which a part goes another way, and the value that does.
std::string ways_table(const Equilibrium& eq) {
  CsvText text("ways.csv", "way,through,exporter,importer,sector,share_base,share,value_base,value");
  const Labels &regions = eq.observed.regions(), &sectors = eq.observed.sectors();
  const Index N = regions.size();
  for (const WayTaken& way : eq.shock->ways) {
    const FlowCell flow = flow_at(way.cell, N);
    text << name(way.way) << (way.through ? regions.code(*way.through) : std::string()) << regions.code(flow.exporter)
         << regions.code(flow.importer) << sectors.code(flow.sector) << way.base_share << way.share
         << way.base_share * eq.base->flows.values()[way.cell]
         << way.share * eq.counterfactual.flows.values()[way.cell];
    text.end_row();
  }
  return std::move(text).take();
}

// A folder may be replaced where all that is in it could have been written by write_results().
void require_results(const std::filesystem::path& folder) {
  const std::string foreign = detail::first_other_entry(folder, detail::result_names());
  if (!foreign.empty()) detail::refuse_entry(folder, foreign);
  detail::require_summary(folder, "");
}

}  // namespace

namespace detail {

const std::set<std::string>& result_names() {
  static const std::set<std::string> names = {"summary.json", "regions.csv", "sectors.csv", "flows.csv", "ways.csv"};
  return names;
}

ResultFiles result_files(const Equilibrium& eq) {
  ResultFiles files = {{"summary.json", format_summary(eq)}};
  if (eq.converged()) {
    files["regions.csv"] = regions_table(eq);
    files["sectors.csv"] = sectors_table(eq);
    files["flows.csv"] = flows_table(eq);
    if (!eq.shock->ways.empty()) files["ways.csv"] = ways_table(eq);
  }
  return files;
}

void refuse_entry(const std::filesystem::path& folder, const std::string& entry) {
  throw InvalidInput(folder.string(), "holds '" + entry + "', which is not part of a result",
                     "name a new folder, or move the file away");
}

void require_summary(const std::filesystem::path& folder, const char* answer) {
  if (is_summary(folder / "summary.json", answer)) return;
  const std::string run = *answer == '\0' ? "run" : std::string("run of a ") + answer;
  throw InvalidInput(folder.string(), "is not the result of an earlier " + run + ": it has no summary.json of one",
                     "name a new folder");
}

}  // namespace detail

void write_results(const Equilibrium& eq, const std::filesystem::path& folder, const StopRequested& stop) {
  detail::AtomicFolder target(folder, require_results);
  target.write_all(detail::result_files(eq), stop);
}

void write_base_failure(const World& world, const Case& declared, const std::string& diagnosis,
                        const std::filesystem::path& folder) {
  detail::AtomicFolder(folder, require_results)
      .write_all({{"summary.json", detail::format_base_failure(world, declared, diagnosis)}}, {});
}

void write_path(const std::vector<Equilibrium>& path, const std::filesystem::path& folder) {
  CsvText text("path.csv", "date,status,region,real_income_pct,price_hat,tariff_announced,tariff_paid");
  for (const Equilibrium& eq : path) {
    const std::string day = eq.day ? eq.day->iso() : eq.title;
    if (!eq.converged()) {
      text << day << name(eq.status) << ""
           << ""
           << ""
           << ""
           << "";
      text.end_row();
      continue;
    }
    const Vector income = real_income_pct(eq);
    const EffectiveTariff tariff = effective_tariff(eq);
    for (Index n = 0; n < income.size(); ++n) {
      text << day << name(eq.status) << eq.observed.regions().code(n) << income[n] << eq.consumer_price_hat[n]
           << tariff.before_substitution.by_importer[n] << tariff.after_substitution.by_importer[n];
      text.end_row();
    }
  }
  detail::AtomicFolder target(folder, [](const std::filesystem::path& there) {
    const std::string foreign = detail::first_other_entry(there, {"path.csv"});
    if (foreign.empty()) return;
    throw InvalidInput(there.string(), "holds '" + foreign + "', which is not part of a path",
                       "name a new folder, or move the file away");
  });
  target.write_all({{"path.csv", std::move(text).take()}}, {});
}

void require_results_folder(const std::filesystem::path& folder) { detail::require_writable(folder, require_results); }

}  // namespace tariffsim
