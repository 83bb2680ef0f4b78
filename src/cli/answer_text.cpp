#include "cli/answer_text.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "cli/text_table.hpp"
#include "tariffsim/analysis/balances.hpp"
#include "tariffsim/analysis/ways.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/model/theory_keys.hpp"

namespace tariffsim::cli {
namespace {

using Align = TextTable::Align;

constexpr std::size_t kShown = 8;

std::string unit_of(const Equilibrium& eq) {
  const WorldInfo& info = eq.observed.info();
  return !info.unit.empty() ? info.unit : !info.currency.empty() ? info.currency : "the world's currency";
}

void print_head(std::ostream& out, const Equilibrium& eq) {
  const WorldInfo& info = eq.observed.info();
  out << eq.title << "\n"
      << "  world     " << (info.title.empty() ? info.name : info.title) << "\n"
      << "  theory    " << in_a_line(eq.theory) << "\n"
      << "  theta     " << eq.values->elasticity_source << "\n"
      << "  closure   deficits " << name(eq.closure.deficits) << ", numeraire " << eq.closure.numeraire << ", revenue "
      << name(eq.closure.revenue) << "\n"
      << "  solved    in " << show(eq.seconds) << " s and " << eq.evaluations << " evaluations; largest residual "
      << show(eq.certificate.worst()) << "\n";
  if (eq.base_shift.resolved) {
    out << "  base      re-solved (" << eq.base_shift.reason << "); " << show(100 * eq.base_shift.moved_share)
        << " percent of all flows moved\n";
  }
  for (const LimitOutcome& l : eq.limits) {
    out << "  limit     " << l.name << ": " << name(l.limited) << " " << show(l.amount) << " of "
        << (l.sense == Sense::at_most ? "at most " : "at least ") << show(l.level);
    if (l.binds() || l.beyond()) {
      if (l.beyond()) out << ", which it exceeds";
      out << ", a wedge of " << show(100 * l.wedge) << " percent; " << (l.rent >= 0 ? "rent " : "subsidy ")
          << show(std::abs(l.rent)) << (l.rent >= 0 ? " to the " : " by the ") << name(l.owner) << "\n";
    } else {
      out << ", does not bind\n";
    }
  }
  for (const WayUsed& w : ways_used(eq)) {
    out << "  way       " << name(w.way);
    if (w.through) out << " through " << eq.observed.regions().code(*w.through);
    out << ": " << show(w.taken) << " of " << show(w.flows) << " " << unit_of(eq) << " take it";
    if (w.taken_base > 0) out << ", in the base " << show(w.taken_base) << " of " << show(w.flows_base);
    out << "\n";
  }
  for (const std::string& warning : eq.values->warnings) out << "  note      " << warning << "\n";
  if (!welfare_comparable(eq)) out << "  note      tastes change, so real income before and after is not comparable\n";
}

void print_flows(std::ostream& out, const Equilibrium& eq) {
  struct Change {
    Index exporter, importer;
    double before, after;
  };
  const BilateralTrade trade = bilateral_trade(eq);
  std::vector<Change> changes;
  double total = 0;
  for (Index n = 0; n < trade.base.cols(); ++n) {
    for (Index i = 0; i < trade.base.rows(); ++i) {
      if (eq.observed.is_domestic(i, n)) continue;
      changes.push_back({i, n, trade.base(i, n), trade.counterfactual(i, n)});
      total += trade.base(i, n);
    }
  }
  const auto size = [](const Change& c) { return std::abs(c.after - c.before); };
  std::stable_sort(changes.begin(), changes.end(), [&](const Change& a, const Change& b) { return size(a) > size(b); });
  out << "\nWhere trade changes most (all sectors, " << unit_of(eq) << ")\n";
  TextTable table({{"exporter"},
                   {"importer"},
                   {"before", Align::right},
                   {"after", Align::right},
                   {"change", Align::right},
                   {"%", Align::right}});
  for (std::size_t k = 0; k < std::min(kShown, changes.size()); ++k) {
    const Change& c = changes[k];
    if (!(size(c) > 1e-12 * total)) break;
    table.add({eq.observed.regions().code(c.exporter), eq.observed.regions().code(c.importer), grouped_number(c.before),
               grouped_number(c.after), grouped_number(c.after - c.before),
               c.before > 0 ? signed_number(100 * (c.after / c.before - 1), 1) : ""});
  }
  table.print(out);
}

}  // namespace

void print_regions(std::ostream& out, const Equilibrium& eq) {
  const Vector income = real_income_pct(eq), wage = real_wage_pct(eq), variation = equivalent_variation(eq);
  std::vector<Index> losers, gainers;
  for (Index n = 0; n < income.size(); ++n) {
    // What rounds to zero is neither a loss nor a gain.
    if (income[n] < -5e-7) losers.push_back(n);
    if (income[n] > 5e-7) gainers.push_back(n);
  }
  std::stable_sort(losers.begin(), losers.end(), [&](Index a, Index b) { return income[a] < income[b]; });
  std::stable_sort(gainers.begin(), gainers.end(), [&](Index a, Index b) { return income[a] > income[b]; });
  const auto print = [&](const char* title, const std::vector<Index>& order) {
    out << "\n" << title << " (" << order.size() << " of " << income.size() << " regions)\n";
    if (order.empty()) return;
    TextTable table({{""},
                     {""},
                     {"real income %", Align::right},
                     {"real wage %", Align::right},
                     {"worth, " + unit_of(eq), Align::right}});
    for (std::size_t k = 0; k < std::min(kShown, order.size()); ++k) {
      const Index n = order[k];
      table.add({eq.observed.regions().code(n), shortened(eq.observed.regions().name(n), 30),
                 signed_number(income[n], 4), signed_number(wage[n], 4), grouped_number(variation[n])});
    }
    table.print(out);
    if (order.size() > kShown) out << "  and " << order.size() - kShown << " more in regions.csv\n";
  };
  print("Who loses", losers);
  print("Who gains", gainers);
}

void print_day(std::ostream& out, const Equilibrium& eq) {
  out << (eq.day ? eq.day->iso() : eq.title);
  if (!eq.converged()) {
    out << "  " << name(eq.status) << ": " << eq.diagnosis << "\n";
    return;
  }
  const Vector income = real_income_pct(eq);
  std::vector<Index> order(static_cast<std::size_t>(income.size()));
  std::iota(order.begin(), order.end(), Index{0});
  std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) { return income[a] < income[b]; });
  const std::size_t shown = std::min<std::size_t>(4, order.size() / 2);
  const auto print = [&](Index n) {
    out << "  " << eq.observed.regions().code(n) << " " << signed_number(income[n], 2);
  };
  for (std::size_t k = 0; k < shown; ++k) print(order[k]);
  out << "  ...";
  for (std::size_t k = shown; k > 0; --k) print(order[order.size() - k]);
  out << "\n";
}

void print_answer(std::ostream& out, const Equilibrium& eq) {
  print_head(out, eq);
  print_regions(out, eq);
  print_flows(out, eq);
}

}  // namespace tariffsim::cli
