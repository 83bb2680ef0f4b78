#include "cli/market_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "cli/answer_text.hpp"
#include "cli/text_table.hpp"
#include "tariffsim/analysis/market_totals.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/model/theory_keys.hpp"

namespace tariffsim::cli {
namespace {

using Align = TextTable::Align;

constexpr std::size_t kShown = 8, kSectors = 12;

std::string title_of(const WorldInfo& info) { return info.title.empty() ? info.name : info.title; }

std::string unit_of(const Market& market) {
  const WorldInfo& info = market.info();
  return !info.unit.empty() ? info.unit : !info.currency.empty() ? info.currency : "unit not stated";
}

std::string count_of(Index number, const char* what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

std::string size_of(const Market& m) {
  return count_of(m.products().size(), "product") + " in " + count_of(m.sectors().size(), "sector") + ", " +
         count_of(m.regions().size(), "region") + ", " + count_of(static_cast<Index>(m.value().size()), "flow");
}

// As many decimals as leave about five digits of the largest number.
int decimals_for(double largest) { return largest >= 1e4 ? 0 : largest >= 100 ? 1 : 3; }

/// What is traded, and the duties on it.
struct Trade {
  double all = 0, foreign = 0, duties = 0, highest = -std::numeric_limits<double>::infinity();
  Index flows = 0, dutiable = 0;

  void add(const Market& m, std::size_t f) {
    all += m.value()[f];
    if (m.is_domestic(f)) return;
    foreign += m.value()[f];
    duties += m.value()[f] * m.tariff()[f];
    highest = std::max(highest, m.tariff()[f]);
    ++flows;
    dutiable += m.tariff()[f] != 0 ? 1 : 0;
  }
  [[nodiscard]] std::string mean() const { return foreign > 0 ? grouped_number(100 * duties / foreign, 2) : ""; }
};

void print_totals(std::ostream& out, const Market& m, const Trade& total) {
  out << "\nTotals (" << unit_of(m) << ")\n";
  const int decimals = decimals_for(total.all);
  TextTable table({{""}, {"", Align::right}, {""}});
  table.add({"flows, domestic sales included", grouped_number(total.all, decimals), ""});
  table.add({"flows between regions", grouped_number(total.foreign, decimals),
             grouped_number(100 * total.foreign / total.all, 2) + " percent of all"});
  if (total.flows > 0) {
    table.add({"tariffs on them", grouped_number(total.duties, decimals), total.mean() + " percent, the mean tariff"});
    table.add({"flows with a tariff", grouped_number(static_cast<double>(total.dutiable)),
               "of " + grouped_number(static_cast<double>(total.flows)) + " between regions, the highest " +
                   show(100 * total.highest) + " percent"});
  }
  table.print(out);
}

void print_sectors(std::ostream& out, const Market& m, const std::vector<Trade>& trade) {
  std::vector<Index> products(trade.size(), 0), order(trade.size());
  for (Index k = 0; k < m.products().size(); ++k) ++products[static_cast<std::size_t>(m.sector_of(k))];
  std::iota(order.begin(), order.end(), Index{0});
  const auto value = [&](Index j) { return trade[static_cast<std::size_t>(j)].all; };
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return value(a) > value(b); });
  out << "\nSectors, by value\n";
  TextTable table({{"code"},
                   {"name"},
                   {"kind"},
                   {"products", Align::right},
                   {"value", Align::right},
                   {"mean tariff %", Align::right}});
  for (std::size_t k = 0; k < std::min(kSectors, order.size()); ++k) {
    const auto j = static_cast<std::size_t>(order[k]);
    table.add({m.sectors().code(order[k]), shortened(m.sectors().name(order[k]), 36), m.sector_kinds()[j],
               std::to_string(products[j]), grouped_number(trade[j].all, decimals_for(value(order.front()))),
               trade[j].mean()});
  }
  table.print(out);
  if (order.size() > kSectors) out << "  and " << order.size() - kSectors << " more\n";
}

void print_elasticities(std::ostream& out, const Market& m) {
  out << "\nElasticities\n";
  TextTable table({{""},
                   {"lowest", Align::right},
                   {"median", Align::right},
                   {"highest", Align::right},
                   {"products that fall back on their sector's", Align::right}});
  const auto add = [&](const char* name, std::span<const double> values, Index fallbacks) {
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const double median = (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
    table.add({name, show(sorted.front()), show(median), show(sorted.back()),
               std::to_string(fallbacks) + " of " + std::to_string(m.products().size())});
  };
  add("demand", m.demand(), m.fallbacks().demand);
  add("supply", m.supply(), m.fallbacks().supply);
  add("substitution", m.substitution(), m.fallbacks().substitution);
  table.print(out);
}

void print_notes(std::ostream& out, const PartialEquilibrium& eq) {
  const ElasticityFallbacks& f = eq.market.fallbacks();
  if (f.demand + f.supply + f.substitution > 0) {
    out << "  note      products that take their sector's elasticity: demand " << f.demand << ", supply " << f.supply
        << ", substitution " << f.substitution << "\n";
  }
  if (eq.beyond_uniqueness > 0) {
    out << "  note      in " << count_of(eq.beyond_uniqueness, "product")
        << " demand is more elastic than substitution; there may be other solutions\n";
  }
  if (eq.negative_flows > 0) {
    out << "  note      the linear form takes " << count_of(eq.negative_flows, "flow")
        << " below zero; the shock is too large for it\n";
  }
}

void print_gains(std::ostream& out, const PartialEquilibrium& eq) {
  const MarketTotals totals = market_totals(eq);
  const RegionSector net = totals.net_welfare();
  const Vector welfare = net.rowwise().sum(), producer = totals.producer_surplus.rowwise().sum(),
               consumer = totals.consumer_surplus.rowwise().sum(),
               revenue = (totals.tariff_revenue - totals.tariff_revenue_base).rowwise().sum();
  const double largest = std::max(
      {welfare.abs().maxCoeff(), producer.abs().maxCoeff(), consumer.abs().maxCoeff(), revenue.abs().maxCoeff()});
  const int decimals = decimals_for(largest);
  std::vector<Index> losers, gainers;
  for (Index n = 0; n < welfare.size(); ++n) {
    // What rounds to zero beside the largest is neither a loss nor a gain.
    if (welfare[n] < -1e-9 * largest) losers.push_back(n);
    if (welfare[n] > 1e-9 * largest) gainers.push_back(n);
  }
  std::stable_sort(losers.begin(), losers.end(), [&](Index a, Index b) { return welfare[a] < welfare[b]; });
  std::stable_sort(gainers.begin(), gainers.end(), [&](Index a, Index b) { return welfare[a] > welfare[b]; });
  const auto print = [&](const char* title, const std::vector<Index>& order) {
    out << "\n"
        << title << " (" << order.size() << " of " << welfare.size() << " regions; " << unit_of(eq.market) << ")\n";
    if (order.empty()) return;
    TextTable table({{""},
                     {""},
                     {"net welfare", Align::right},
                     {"producers", Align::right},
                     {"consumers", Align::right},
                     {"revenue", Align::right}});
    for (std::size_t k = 0; k < std::min(kShown, order.size()); ++k) {
      const Index n = order[k];
      table.add({eq.market.regions().code(n), shortened(eq.market.regions().name(n), 30),
                 signed_number(welfare[n], decimals), signed_number(producer[n], decimals),
                 signed_number(consumer[n], decimals), signed_number(revenue[n], decimals)});
    }
    table.print(out);
    if (order.size() > kShown) out << "  and " << order.size() - kShown << " more in regions.csv\n";
  };
  print("Who loses", losers);
  print("Who gains", gainers);
}

void print_linked_flows(std::ostream& out, const Linked& linked) {
  std::vector<LinkedFlow> flows;
  for (const LinkedFlow& each : linked.flows) {
    if (std::abs(each.duty_hat - 1) > 1e-9) flows.push_back(each);
  }
  if (flows.empty()) return;
  const auto change = [](const LinkedFlow& f) { return std::abs(std::log(f.duty_hat)); };
  std::stable_sort(flows.begin(), flows.end(),
                   [&](const LinkedFlow& a, const LinkedFlow& b) { return change(a) > change(b); });
  const Equilibrium& eq = linked.general;
  out << "\nLinked flows whose duties change most\n";
  TextTable table({{"exporter"},
                   {"importer"},
                   {"sector"},
                   {"1 + duty %", Align::right},
                   {"trade cost %", Align::right},
                   {"flow %", Align::right}});
  for (std::size_t k = 0; k < std::min(kShown, flows.size()); ++k) {
    const auto [i, n, j] = flows[k].flow;
    const double before = eq.base->flows(i, n, j), now = eq.counterfactual.flows(i, n, j);
    table.add({eq.observed.regions().code(i), eq.observed.regions().code(n), eq.observed.sectors().code(j),
               signed_number(100 * (flows[k].duty_hat - 1), 3), signed_number(100 * (flows[k].trade_cost_hat - 1), 3),
               signed_number(100 * (now / before - 1), 1)});
  }
  table.print(out);
}

}  // namespace

void print_market(std::ostream& out, const Market& m) {
  const WorldInfo& info = m.info();
  out << title_of(info) << "\n";
  const auto line = [&](const char* label, const std::string& text) {
    if (!text.empty()) out << "  " << label << text << "\n";
  };
  line("name       ", info.name);
  line("year       ", info.year == 0 ? "" : std::to_string(info.year));
  line("unit       ", info.unit);
  line("size       ", size_of(m));
  Trade total;
  std::vector<Trade> by_sector(static_cast<std::size_t>(m.sectors().size()));
  for (Index k = 0; k < m.products().size(); ++k) {
    const Range flows = m.flows(k);
    for (std::size_t f = flows.first; f < flows.last; ++f) {
      total.add(m, f);
      by_sector[static_cast<std::size_t>(m.sector_of(k))].add(m, f);
    }
  }
  print_totals(out, m, total);
  print_sectors(out, m, by_sector);
  print_elasticities(out, m);
  if (m.groups().empty()) return;
  out << "\nGroups that a scenario may name\n";
  for (const auto& [group, regions] : m.groups()) {
    std::string codes;
    for (const auto& region : regions) codes += (codes.empty() ? "" : " ") + region;
    print_wrapped(out, "  " + group + ": ", codes);
  }
}

void print_answer(std::ostream& out, const PartialEquilibrium& eq) {
  const auto changed = std::count_if(eq.iterations.begin(), eq.iterations.end(), [](int n) { return n > 0; });
  out << eq.title << "\n"
      << "  market    " << title_of(eq.market.info()) << ": " << size_of(eq.market) << "\n"
      << "  theory    " << describe(eq.theory) << "\n"
      << "  solved    in " << show(eq.seconds) << " s; " << changed << " of "
      << count_of(eq.market.products().size(), "product") << " change; largest residual "
      << show(eq.certificate.worst()) << "\n";
  print_notes(out, eq);
  print_gains(out, eq);
}

void print_answer(std::ostream& out, const Linked& linked) {
  const Equilibrium& eq = linked.general;
  const Market& market = linked.partial.market;
  out << linked.partial.title << "\n";
  if (eq.title != linked.partial.title) out << "  with      " << eq.title << "\n";
  out << "  market    " << title_of(market.info()) << ": " << size_of(market) << "\n"
      << "  world     " << title_of(eq.observed.info()) << "\n"
      << "  theory    " << in_a_line(eq.theory) << "\n"
      << "  closure   deficits " << name(eq.closure.deficits) << ", numeraire " << eq.closure.numeraire << ", revenue "
      << name(eq.closure.revenue) << "\n"
      << "  linked    " << count_of(static_cast<Index>(linked.flows.size()), "flow") << " of the world in "
      << count_of(linked.rounds, "round") << " and " << show(linked.seconds) << " s; market and world differ by "
      << show(linked.gap) << "\n";
  if (linked.unlinked_flows > 0) {
    out << "  note      the world has no flow for " << count_of(static_cast<Index>(linked.unlinked_flows), "flow")
        << " of the market, worth " << show(linked.unlinked_value) << "\n";
  }
  print_notes(out, linked.partial);
  print_regions(out, eq);
  print_linked_flows(out, linked);
}

}  // namespace tariffsim::cli
