// tariffsim policy list | show | timeline | rates | rate | diff | attribute | check; lines has a file of its own
#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/dated_scenario.hpp"
#include "cli/interrupts.hpp"
#include "cli/text_table.hpp"
#include "tariffsim/analysis/shapley.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/io/stop.hpp"
#include "tariffsim/policy/product_rate.hpp"
#include "tariffsim/policy/timeline.hpp"

namespace tariffsim::cli {
namespace {

using Align = TextTable::Align;

struct PolicyArguments {
  std::string scenario, world = "world-2022", importer, exporter, date, from, until, by = "authority", basis = "legal";
  std::string product, outcome, deficits;
  std::vector<std::string> dates, uses, players;
  double base_rate = 0, content = -1;
  bool qualifies = false, unverified = false;
};

std::string percent(double rate) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", 100 * rate);
  return text;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string rate_of(const Measure& m) {
  if (!m.rate) return m.rate_table.empty() ? "unknown" : "by sector";
  return percent(*m.rate) + (m.base == DutyBase::floor ? " floor" : "");
}

Scenario dated_scenario(const PolicyArguments& given) { return cli::dated_scenario(given.scenario, given.unverified); }

Basis basis_of(const PolicyArguments& given) { return given.basis == "collected" ? Basis::collected : Basis::legal; }

// A region of the world, or -1 where none is asked for.
Index region_of(const World& world, const std::string& code, const char* option) {
  return code.empty() ? -1 : world.regions().at(code, option);
}

std::string title_of(const Policy& policy, Date day) {
  std::string text;
  for (const Event& event : policy.events) {
    if (event.date == day) text += (text.empty() ? "" : "; ") + (event.title.empty() ? event.name : event.title);
  }
  return text;
}

int list() {
  const auto scenarios = list_scenarios();
  TextTable table({{"name"}, {"title"}});
  for (const auto& s : scenarios) table.add({s.name, s.problem.empty() ? s.title : "cannot be read"});
  table.print(std::cout);
  for (const auto& s : scenarios) {
    if (!s.problem.empty()) std::cerr << "tariffsim: " << s.problem << "\n";
  }
  return solved;
}

// True where a measure may concern the importer and the exporter that were asked for.
bool concerns(const Policy& policy, const Measure& m, const PolicyArguments& given) {
  const auto names = [&](const std::vector<std::string>& terms, const std::string& country) {
    return closeness(terms, country, {country}, policy.groups) != Closeness::none;
  };
  if (!given.importer.empty() && !names({m.importer}, given.importer)) return false;
  if (given.exporter.empty()) return true;
  return names(m.exporters, given.exporter) && !names(m.except_exporters, given.exporter);
}

int show_measures(const PolicyArguments& given) {
  const Scenario scenario = dated_scenario(given);
  const Policy& policy = scenario.policy();
  std::optional<Date> day;
  if (!given.date.empty()) day = day_of(policy, given.date);
  std::cout << scenario.title() << "\n";
  if (!policy.description.empty()) print_wrapped(std::cout, "  ", policy.description);
  std::cout << "\n";
  TextTable table({{"effective"},
                   {"ended"},
                   {"importer"},
                   {"exporter"},
                   {"percent", Align::right},
                   {"measure"},
                   {"title"},
                   {"authority"},
                   {"known"}});
  std::vector<const Measure*> shown;
  for (const Measure& m : policy.measures) {
    if (concerns(policy, m, given) && (!day || (policy.counts(m) && m.days(basis_of(given)).holds(*day)))) {
      shown.push_back(&m);
    }
  }
  const auto first_day = [](const Measure* m) { return m->legal.from.value_or(Date(9999, 12, 31)); };
  std::stable_sort(shown.begin(), shown.end(), [&](auto* a, auto* b) { return first_day(a) < first_day(b); });
  for (const Measure* m : shown) {
    table.add({m->legal.from ? m->legal.from->iso() : "never", m->legal.until ? m->legal.until->iso() : "", m->importer,
               shortened(joined(m->exporters), 24), rate_of(*m), m->id, shortened(m->title, 44),
               shortened(m->authority, 30), name(m->confidence)});
  }
  table.print(std::cout);
  std::cout << "\n"
            << shown.size() << (shown.size() == 1 ? " measure" : " measures") << " of " << policy.measures.size()
            << "\n";
  if (!policy.events.empty()) {
    std::cout << "\nDays with a name\n";
    for (const Event& e : policy.events) std::cout << "  " << e.date.iso() << "  " << e.name << "  " << e.title << "\n";
  }
  return solved;
}

int timeline(const PolicyArguments& given) {
  const Scenario scenario = dated_scenario(given);
  const World world = load_world(given.world);
  const BoundPolicy bound(scenario.shared_policy(), world);
  const Policy& policy = bound.policy();
  const Index n = region_of(world, given.importer, "--importer"), i = region_of(world, given.exporter, "--exporter");
  const Date from = given.from.empty() ? Date(2025, 1, 1) : day_of(policy, given.from);
  const Date until = given.until.empty() ? Date(2026, 12, 31) : day_of(policy, given.until);
  TextTable table({{"day"}, {"percent", Align::right}, {"change", Align::right}, {"begins"}, {"ends"}, {"event"}});
  double before = mean_tariff(world, policy, bound.rates(from, basis_of(given)), world.flows(), n, i).total;
  table.add({from.iso(), percent(before), "", "", "", title_of(policy, from)});
  for (const Date day : change_days(policy, from, until, basis_of(given))) {
    if (day == from) continue;
    const double now = mean_tariff(world, policy, bound.rates(day, basis_of(given)), world.flows(), n, i).total;
    std::string begins, ends;
    for (const Measure& m : policy.measures) {
      if (!policy.counts(m) || !concerns(policy, m, given)) continue;
      const Span days = m.days(basis_of(given));
      if (days.from == day) begins += (begins.empty() ? "" : " ") + m.id;
      if (days.from && days.until == day) ends += (ends.empty() ? "" : " ") + m.id;
    }
    const std::string event = title_of(policy, day);
    if (begins.empty() && ends.empty() && event.empty() && now == before) continue;
    table.add({day.iso(), percent(now), signed_number(100 * (now - before), 2), shortened(begins, 40),
               shortened(ends, 40), shortened(event, 50)});
    before = now;
  }
  std::cout << "Mean tariff on goods at the trade of " << (world.info().name.empty() ? "the world" : world.info().name)
            << ", percent, by " << given.basis << " days\n";
  table.print(std::cout);
  return solved;
}

int rates(const PolicyArguments& given) {
  const Scenario scenario = dated_scenario(given);
  const World world = load_world(given.world);
  const BoundPolicy bound(scenario.shared_policy(), world);
  const DayRates day = bound.rates(day_of(bound.policy(), given.date), basis_of(given));
  const Index only_n = region_of(world, given.importer, "--importer");
  const Index only_i = region_of(world, given.exporter, "--exporter");
  std::string text = "exporter,importer,sector,rate\n";
  for (Index i = 0; i < day.total.rows(); ++i) {
    for (Index n = 0; n < day.total.cols(); ++n) {
      for (Index j = 0; j < day.total.slices(); ++j) {
        if (day.total(i, n, j) == 0 || (only_n >= 0 && n != only_n) || (only_i >= 0 && i != only_i)) continue;
        char number[40];
        std::snprintf(number, sizeof number, "%.17g", day.total(i, n, j));
        text += world.regions().code(i) + "," + world.regions().code(n) + "," + world.sectors().code(j) + "," + number +
                "\n";
      }
    }
  }
  std::cout << text;
  return solved;
}

int rate(const PolicyArguments& given) {
  const Scenario scenario = dated_scenario(given);
  const Policy& policy = scenario.policy();
  ProductQuery query;
  query.importer = given.importer;
  query.exporter = given.exporter;
  query.code = given.product;
  query.normal_duty = given.base_rate;
  query.day = day_of(policy, given.date);
  query.basis = basis_of(given);
  query.qualifies = given.qualifies;
  query.content = given.content;
  query.uses = given.uses;
  const ProductRate found = product_rate(policy, query);
  TextTable table({{"authority"}, {"rate", Align::right}, {"measure"}, {"title"}});
  table.add({"normal duty", show(found.normal_duty), "", "as given"});
  bool partly = false;
  for (const ProductDuty& duty : found.duties) {
    const Measure& m = policy.measures[duty.measure];
    table.add({m.authority, show(duty.amount), m.id + (duty.partly ? " (in part)" : ""), m.title});
    partly = partly || duty.partly;
  }
  table.print(std::cout);
  if (partly) std::cout << "in part: the list names only some codes below " << query.code << "; give more digits\n";
  std::cout << "total " << show(found.total) << "\n";
  return solved;
}

int diff(const PolicyArguments& given) {
  const Scenario scenario = dated_scenario(given);
  const World world = load_world(given.world);
  const BoundPolicy bound(scenario.shared_policy(), world);
  const Policy& policy = bound.policy();
  const Date first = day_of(policy, given.dates[0]), second = day_of(policy, given.dates[1]);
  const PolicyChange change = changes_between(policy, first, second, basis_of(given));
  const auto print = [&](const char* what, const std::vector<std::size_t>& which) {
    std::cout << what << "\n";
    TextTable table({{"  percent", Align::right}, {"importer"}, {"exporter"}, {"measure"}, {"title"}});
    for (const std::size_t k : which) {
      const Measure& m = policy.measures[k];
      if (concerns(policy, m, given)) {
        table.add({rate_of(m), m.importer, shortened(joined(m.exporters), 24), m.id, shortened(m.title, 60)});
      }
    }
    table.print(std::cout);
  };
  print(("In force on " + second.iso() + " and not on " + first.iso()).c_str(), change.started);
  print(("In force on " + first.iso() + " and not on " + second.iso()).c_str(), change.ended);
  const DayRates before = bound.rates(first, basis_of(given)), after = bound.rates(second, basis_of(given));
  TextTable table({{"importer"}, {first.iso(), Align::right}, {second.iso(), Align::right}, {"change", Align::right}});
  const Index only = region_of(world, given.importer, "--importer");
  for (Index n = 0; n < world.regions().size(); ++n) {
    if (only >= 0 && n != only) continue;
    const double a = mean_tariff(world, policy, before, world.flows(), n).total;
    const double b = mean_tariff(world, policy, after, world.flows(), n).total;
    if (a != b) table.add({world.regions().code(n), percent(a), percent(b), signed_number(100 * (b - a), 2)});
  }
  std::cout << "Mean tariff on goods at the trade of the world, percent\n";
  table.print(std::cout);
  return solved;
}

// What --outcome can name, by region.
const std::map<std::string, Vector (*)(const Equilibrium&)>& outcomes() {
  static const std::map<std::string, Vector (*)(const Equilibrium&)> known = {
      {"equivalent_variation", equivalent_variation},
      {"income_hat", income_hat},
      {"real_income_pct", real_income_pct},
      {"real_wage_pct", real_wage_pct}};
  return known;
}

OutcomeAttribution shared_out(const World& world, const Closure& closure, const Coalitions& coalitions,
                              const ReadOutcomes& outcome) {
  return tariffsim::attribute_outcome(Solver(world, closure), coalitions, outcome, [](int, int) {
    if (noted_signal() != 0) throw Interrupted("interrupted");
    return true;
  });
}

int attribute_outcome(const PolicyArguments& given) try {
  static const std::map<std::string, PlayerKey> keys = {{"authority", PlayerKey::authority},
                                                        {"importer", PlayerKey::importer},
                                                        {"group", PlayerKey::group},
                                                        {"measure", PlayerKey::measure}};
  const Scenario scenario = dated_scenario(given);
  const World world = load_world(given.world);
  const BoundPolicy bound(scenario.shared_policy(), world);
  const Date day = day_of(bound.policy(), given.date);
  const Coalitions coalitions(scenario.on(day, basis_of(given)), bound, keys.at(given.by), given.players);
  Closure closure;
  if (!given.deficits.empty()) closure.deficits = deficits_from_name(given.deficits);
  const OutcomeAttribution found = shared_out(world, closure, coalitions, outcomes().at(given.outcome));
  std::vector<TextTable::Column> columns = {{"region"}};
  for (const auto& player : found.players) columns.push_back({shortened(player, 20), Align::right});
  columns.push_back({"total", Align::right});
  TextTable table(std::move(columns));
  for (Index n = 0; n < found.day.size(); ++n) {
    std::vector<std::string> row = {world.regions().code(n)};
    for (Index p = 0; p < found.parts.cols(); ++p) row.push_back(signed_number(found.parts(n, p), 4));
    row.push_back(signed_number(found.day[n] - found.base[n], 4));
    table.add(std::move(row));
  }
  std::cout << given.outcome << " on " << day.iso() << " in parts by " << given.by << " (Shapley values)\n";
  table.print(std::cout);
  return solved;
} catch (const NotConverged& e) {
  std::cerr << "tariffsim: not converged: " << e.what() << "\n";
  return not_converged;
}

int attribute(const PolicyArguments& given) {
  if (!given.outcome.empty()) return attribute_outcome(given);
  if (given.by != "authority" && given.by != "measure") {
    throw InvalidInput("--by", "the mean tariff has no parts by " + given.by,
                       "use authority or measure, or name an --outcome");
  }
  const Scenario scenario = dated_scenario(given);
  const World world = load_world(given.world);
  const BoundPolicy bound(scenario.shared_policy(), world);
  const Policy& policy = bound.policy();
  const Date day = day_of(policy, given.date);
  const auto parts =
      mean_tariff(world, policy, bound.rates(day, basis_of(given)), world.flows(),
                  region_of(world, given.importer, "--importer"), region_of(world, given.exporter, "--exporter"),
                  given.by == "measure" ? AttributeBy::measure : AttributeBy::authority);
  TextTable table({{given.by}, {"percent", Align::right}});
  table.add({"normal duty", percent(parts.normal)});
  for (const auto& [label, part] : parts.by_label) table.add({label, percent(part)});
  table.add({"total", percent(parts.total)});
  std::cout << "Mean tariff on goods on " << day.iso() << " at the trade of the world, in parts that sum to it\n";
  table.print(std::cout);
  return solved;
}

int check(const PolicyArguments& given) {
  const Scenario scenario = dated_scenario(given);
  const Policy& policy = scenario.policy();
  const BoundPolicy bound(scenario.shared_policy(), load_world(given.world));
  std::size_t unknown = 0, never = 0, unverified = 0;
  for (const Measure& m : policy.measures) {
    unknown += m.has_rate() ? 0U : 1U;
    never += m.legal.from ? 0U : 1U;
    unverified += m.confidence == Confidence::unverified ? 1U : 0U;
  }
  std::cout << policy.measures.size() << (policy.measures.size() == 1 ? " measure, " : " measures, ")
            << policy.rules.size() << " stacking rules, " << policy.exemptions.size() << " exemptions, "
            << policy.products.size() << " lists of goods\n"
            << never << " never took effect, " << unknown << " have no known rate, " << unverified << " are unverified"
            << (policy.unverified ? " (and count here)" : " (and do not count without --unverified)") << "\n";
  TextTable table({{"measure"}, {"what this world cannot take up"}});
  for (const Remainder& r : bound.remainders()) table.add({r.measure, r.what});
  table.print(std::cout);
  const std::size_t left = bound.remainders().size();
  std::cout << left << (left == 1 ? " remainder\n" : " remainders\n");
  return solved;
}

using Run = int (*)(const PolicyArguments&);

CLI::App* declare(CLI::App& parent, Action& action, const std::shared_ptr<PolicyArguments>& given, const char* name,
                  const char* about, Run run) {
  auto* command = parent.add_subcommand(name, about);
  command->add_option("--scenario", given->scenario, "Name of a scenario (see: tariffsim policy list) or scenario file")
      ->type_name("NAME|FILE")
      ->required();
  command->add_option("--basis", given->basis, "Whose days count: legal, or collected at the border")
      ->check(CLI::IsMember({"legal", "collected"}).description(""))
      ->type_name("DAYS")
      ->capture_default_str();
  command->add_flag("--unverified", given->unverified,
                    "Let measures, rules and exemptions count whose text nobody has seen");
  command->final_callback([given, run, &action] { action = [given, run] { return run(*given); }; });
  return command;
}

void add_world(CLI::App* command, PolicyArguments& given) {
  command->add_option("--world", given.world, "Name of a world or path of a data package")
      ->type_name("WORLD")
      ->capture_default_str();
}

void add_pair(CLI::App* command, PolicyArguments& given, bool required) {
  command->add_option("--importer", given.importer, "Code of the region that levies the duty")
      ->type_name("CODE")
      ->required(required);
  command->add_option("--exporter", given.exporter, "Code of the region that the goods come from")
      ->type_name("CODE")
      ->required(required);
}

CLI::Option* add_date(CLI::App* command, PolicyArguments& given) {
  return command->add_option("--date", given.date, "A day as 2025-04-09, or the name of one (see: policy show)")
      ->type_name("DAY");
}

}  // namespace

void declare_policy(CLI::App& app, Action& action) {
  auto* policy = app.add_subcommand("policy", "Dated measures: what is in force on a day, and which law each point is");
  policy->require_subcommand(1);
  const auto given = std::make_shared<PolicyArguments>();
  policy->add_subcommand("list", "Scenarios that can be used by name")->final_callback([&action] { action = list; });

  auto* show = declare(*policy, action, given, "show", "The measures, with their days and rates", show_measures);
  add_pair(show, *given, false);
  add_date(show, *given);

  auto* line = declare(*policy, action, given, "timeline", "Every day on which the mean tariff changes", timeline);
  add_pair(line, *given, false);
  add_world(line, *given);
  line->add_option("--from", given->from, "First day (2025-01-01)")->type_name("DAY");
  line->add_option("--until", given->until, "Last day (2026-12-31)")->type_name("DAY");

  auto* all =
      declare(*policy, action, given, "rates", "The rates in force as CSV: exporter,importer,sector,rate", rates);
  add_pair(all, *given, false);
  add_world(all, *given);
  add_date(all, *given)->required();

  auto* one = declare(*policy, action, given, "rate", "The duty on one good, layer by layer", rate);
  add_pair(one, *given, true);
  add_date(one, *given)->required();
  one->add_option("--product", given->product, "HS code, with or without dots")->type_name("CODE")->required();
  one->add_option("--base-rate", given->base_rate, "Normal duty before any measure: 0.034 is 3.4 percent")
      ->type_name("RATE")
      ->capture_default_str();
  one->add_flag("--qualifies", given->qualifies, "The good meets the rules of origin that some measures spare");
  one->add_option("--content", given->content, "Share of the value that is metal, where a duty is on that alone")
      ->type_name("SHARE")
      ->check(CLI::Range(0.0, 1.0).description(""));
  one->add_option("--use", given->uses, "What the good is for, where a duty depends on it, such as automobile")
      ->type_name("WORD");

  auto* two = declare(*policy, action, given, "diff", "What changes between two days", diff);
  add_pair(two, *given, false);
  add_world(two, *given);
  two->add_option("days", given->dates, "Two days")->expected(2)->required();

  auto* parts =
      declare(*policy, action, given, "attribute", "The mean tariff of a day, or its effect, by law", attribute);
  add_pair(parts, *given, false);
  add_world(parts, *given);
  add_date(parts, *given)->required();
  parts->add_option("--by", given->by, "authority or measure; for an outcome also importer or group")
      ->check(CLI::IsMember({"authority", "measure", "importer", "group"}).description(""))
      ->type_name("WHAT")
      ->capture_default_str();
  std::vector<std::string> names;
  for (const auto& known : outcomes()) names.push_back(known.first);
  auto* outcome =
      parts
          ->add_option("--outcome", given->outcome, "An effect on the regions in place of the tariff: " + joined(names))
          ->check(CLI::IsMember(names).description(""))
          ->type_name("WHAT")
          ->excludes(parts->get_option("--importer"))
          ->excludes(parts->get_option("--exporter"));
  parts->add_option("--player", given->players, "One whose part is told apart; all others are one (repeatable)")
      ->type_name("NAME")
      ->needs(outcome);
  parts
      ->add_option("--closure", given->deficits,
                   "What happens to trade deficits: balanced, fixed_world_share or fixed_income_share")
      ->type_name("RULE")
      ->check(CLI::IsMember({"balanced", "fixed_world_share", "fixed_income_share"}).description(""))
      ->needs(outcome);

  auto* sound =
      declare(*policy, action, given, "check", "Whether a scenario is sound, and what a world cannot take up", check);
  add_world(sound, *given);
  declare_policy_lines(*policy, action);
  policy->footer(
      "Example: the duty on lithium-ion batteries from China, law by law\n"
      "  tariffsim policy rate --scenario us-world-2025 --importer USA --exporter CHN \\\n"
      "    --product 85076000 --base-rate 0.034 --date 2026-07-24");
}

}  // namespace tariffsim::cli
