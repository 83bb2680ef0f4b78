// tariffsim policy lines
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "cli/commands.hpp"
#include "cli/dated_scenario.hpp"
#include "cli/text_table.hpp"
#include "io/csv_text.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/io/io.hpp"
#include "tariffsim/policy/bound_lines.hpp"
#include "tariffsim/policy/timeline.hpp"

namespace tariffsim::cli {
namespace {

using Align = TextTable::Align;

struct LinesArguments {
  std::string scenario, date, lines, world, by = "product", basis = "legal";
  std::string concordance = "hs6-sector21", renumbered, out, remainders;
  bool strict = false, unverified = false;

  [[nodiscard]] Basis days() const { return basis == "collected" ? Basis::collected : Basis::legal; }
};

// The amounts of a line by authority, in columns that every line has.
class AuthorityColumns {
 public:
  AuthorityColumns(const Policy& policy, const std::vector<ProductRate>& rates) : policy_(policy) {
    for (const ProductRate& rate : rates) {
      for (const ProductDuty& duty : rate.duties) column_.emplace(authority(duty), 0);
    }
    for (auto& entry : column_) {
      entry.second = names_.size();
      names_.push_back(entry.first);
    }
  }

  // With a comma before each name.
  [[nodiscard]] std::string header() const {
    detail::CsvText text("authorities", "");
    text << "";
    for (const auto& name : names_) text << name;
    return std::move(text).take().substr(1);  // after the line of the empty header
  }

  [[nodiscard]] std::vector<double> of(const ProductRate& rate) const {
    std::vector<double> amounts(names_.size(), 0.0);
    for (const ProductDuty& duty : rate.duties) amounts[column_.at(authority(duty))] += duty.amount;
    return amounts;
  }

 private:
  [[nodiscard]] const std::string& authority(const ProductDuty& duty) const {
    return policy_.measures[duty.measure].authority;
  }

  const Policy& policy_;
  std::map<std::string, std::size_t> column_;
  std::vector<std::string> names_;
};

std::string by_product(const TradeLines& lines, const Policy& policy, const std::vector<ProductRate>& rates) {
  const AuthorityColumns columns(policy, rates);
  detail::CsvText table("lines", "exporter,importer,product,value,normal_duty" + columns.header() + ",rate,in_part");
  for (std::size_t k = 0; k < lines.size(); ++k) {
    table << lines[k].exporter << lines[k].importer << lines[k].code << lines[k].value << rates[k].normal_duty;
    for (const double amount : columns.of(rates[k])) table << amount;
    table << rates[k].total << (is_partial(rates[k]) ? "yes" : "no");
    table.end_row();
  }
  return std::move(table).take();
}

std::string by_sector(const BoundLines& lines, Date day, Basis basis) {
  const World& world = lines.world();
  detail::CsvText table(
      "sector rates",
      "exporter,importer,sector,rate,weight,lines,pairs,due,in_part,normal_duty,contained,in_world,flow");
  for (const LineCell& cell : lines.by_sector(day, basis)) {
    table << world.regions().code(cell.exporter) << world.regions().code(cell.importer)
          << world.sectors().code(cell.sector) << cell.rate << cell.weight << static_cast<double>(cell.lines)
          << static_cast<double>(cell.pairs) << cell.due << cell.in_part << cell.normal_duty << cell.contained
          << cell.in_world << world.flows()(cell.exporter, cell.importer, cell.sector);
    table.end_row();
  }
  return std::move(table).take();
}

std::string remainder_table(const BoundLines& bound) {
  detail::CsvText table("remainders", "line,exporter,importer,product,value,reason");
  for (const LineRemainder& left : bound.remainders()) {
    const TradeLine& line = bound.lines()[left.line];
    table << static_cast<double>(line.line) << line.exporter << line.importer << line.code << line.value << left.reason;
    table.end_row();
  }
  return std::move(table).take();
}

// The file appears as a whole or not at all.
void write_file(const std::string& file, const std::string& text) {
  const std::string part = file + ".part";
  std::ofstream out(part, std::ios::binary);
  out << text;
  out.close();
  std::error_code problem;
  if (out) std::filesystem::rename(part, file, problem);
  if (!out || problem) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    throw InvalidInput(file, "cannot be written", "give a file in a folder that exists and may be written to");
  }
}

// What is in no sector, the largest value first.
void print_remainders(const BoundLines& bound) {
  const double total = bound.mapped_value() + bound.remainder_value();
  if (bound.remainders().empty()) {
    std::cerr << "all " << bound.lines().size() << " lines map to sectors, value " << show(total) << "\n";
    return;
  }
  struct Left {
    double value = 0;
    std::size_t lines = 0;
  };
  std::map<std::pair<std::string, std::string>, Left> by_code;
  for (const LineRemainder& left : bound.remainders()) {
    Left& entry = by_code[{bound.lines()[left.line].code, left.reason}];
    entry.value += bound.lines()[left.line].value;
    ++entry.lines;
  }
  std::vector<std::pair<std::pair<std::string, std::string>, Left>> sorted(by_code.begin(), by_code.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.value > b.second.value; });
  std::cerr << bound.remainders().size() << " of " << bound.lines().size() << " lines map nowhere, value "
            << show(bound.remainder_value()) << " of " << show(total) << "\n";
  TextTable table({{"product"}, {"value", Align::right}, {"lines", Align::right}, {"reason"}});
  const std::size_t shown = std::min<std::size_t>(sorted.size(), 20);
  for (std::size_t k = 0; k < shown; ++k) {
    table.add({sorted[k].first.first, show(sorted[k].second.value), std::to_string(sorted[k].second.lines),
               sorted[k].first.second});
  }
  table.print(std::cerr);
  if (shown < sorted.size()) std::cerr << "and " << sorted.size() - shown << " more: --remainders FILE has them all\n";
}

void print_unmet(const Policy& policy, const TradeLines& lines, Date day, Basis basis) {
  std::string lists;
  for (const UnmetList& list : unmet_codes(policy, lines, day, basis)) {
    lists += (lists.empty() ? "" : ", ") + list.list + " " + std::to_string(list.codes.size()) + " of " +
             std::to_string(list.size);
  }
  if (!lists.empty()) print_wrapped(std::cerr, "codes of lists that no line meets: ", lists);
  std::map<std::string, std::size_t> reasons;
  for (const LeftOut& left : left_out(policy, lines, day, basis)) ++reasons[left.what];
  for (const auto& [reason, count] : reasons) {
    std::cerr << count << (count == 1 ? " measure is" : " measures are")
              << " in force and in no line's rate: " << reason << "\n";
  }
}

int run(const LinesArguments& given) {
  const Scenario scenario = dated_scenario(given.scenario, given.unverified);
  const Policy& policy = scenario.policy();
  const Date day = day_of(policy, given.date);
  const Renumbering renumbering = given.renumbered.empty() ? Renumbering() : read_renumbering(given.renumbered);
  const auto lines = std::make_shared<const TradeLines>(read_trade_lines(given.lines), renumbering, given.lines);
  std::string text;
  if (given.world.empty() && given.by == "product") {
    if (!given.remainders.empty()) throw InvalidInput("--remainders", "needs a world", "give --world too");
    text = by_product(*lines, policy, line_rates(policy, *lines, day, given.days()));
  } else {
    const World world = load_world(given.world.empty() ? "world-2022" : given.world);
    const BoundLines bound(scenario.shared_policy(), world, lines, load_concordance(given.concordance), given.strict);
    text = given.by == "sector" ? by_sector(bound, day, given.days())
                                : by_product(*lines, policy, bound.rates(day, given.days()));
    print_remainders(bound);
    if (!given.remainders.empty()) write_file(given.remainders, remainder_table(bound));
  }
  print_unmet(policy, *lines, day, given.days());
  if (given.out.empty()) {
    std::cout << text;
  } else {
    write_file(given.out, text);
  }
  return solved;
}

}  // namespace

void declare_policy_lines(CLI::App& policy, Action& action) {
  const auto given = std::make_shared<LinesArguments>();
  auto* command = policy.add_subcommand("lines", "The duty on every line of a table of product flows, as CSV");
  command->add_option("--scenario", given->scenario, "Name of a scenario (see: tariffsim policy list) or scenario file")
      ->type_name("NAME|FILE")
      ->required();
  command->add_option("--date", given->date, "A day as 2025-04-09, or the name of one (see: policy show)")
      ->type_name("DAY")
      ->required();
  command
      ->add_option(
          "--lines", given->lines,
          "Table of flows: exporter,importer,product,value; normal_duty, qualifying, content and use may follow")
      ->type_name("FILE")
      ->required();
  command->add_option("--by", given->by, "product, or sector: means with the values as weights")
      ->check(CLI::IsMember({"product", "sector"}).description(""))
      ->type_name("WHAT")
      ->capture_default_str();
  command
      ->add_option("--world", given->world,
                   "World whose sectors and normal duties count: a name or the path of a data package; by sector "
                   "world-2022 where absent")
      ->type_name("WORLD");
  command->add_option("--concordance", given->concordance, "Sector of each code: a name, or a table code,sector")
      ->type_name("NAME|FILE")
      ->capture_default_str();
  command
      ->add_option("--renumbered", given->renumbered,
                   "Table old,new: codes in the flows and those that stand for them in the lists and the concordance")
      ->type_name("FILE");
  command->add_flag("--strict", given->strict, "Refuse lines that map nowhere instead of listing them");
  command->add_option("--out", given->out, "File for the table, in place of the standard output")->type_name("FILE");
  command->add_option("--remainders", given->remainders, "File for the lines that map nowhere")->type_name("FILE");
  command->add_option("--basis", given->basis, "Whose days count: legal, or collected at the border")
      ->check(CLI::IsMember({"legal", "collected"}).description(""))
      ->type_name("DAYS")
      ->capture_default_str();
  command->add_flag("--unverified", given->unverified, "Let measures count whose text nobody has seen");
  command->final_callback([given, &action] { action = [given] { return run(*given); }; });
}

}  // namespace tariffsim::cli
