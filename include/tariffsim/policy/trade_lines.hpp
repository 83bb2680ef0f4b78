// Trade lines: flows of single products, and the duty on each of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/format.hpp"
#include "tariffsim/policy/concordance.hpp"
#include "tariffsim/policy/duty_schedule.hpp"

namespace tariffsim {

/// A flow of one product over one border.
struct TradeLine {
  std::string exporter, importer;      ///< countries, or regions of a world
  std::string code;                    ///< HS code of any length, with or without dots
  double value = 0;                    ///< before the importer's tariff; any currency, the same for all lines
  std::optional<double> normal_duty;   ///< ad valorem; absent: as the world has it
  std::optional<double> qualifying;    ///< share that meets rules of origin; absent: as the policy's shares say
  std::optional<double> content;       ///< share of the value that is metal and the like; absent: as the measures say
  std::vector<std::string> uses = {};  ///< what it is for, where duties depend on that
  std::size_t line = 0;                ///< of its file, for messages; 0 where it has none
};

/// Lines that were checked, with their pairs and codes found once.
class TradeLines {
 public:
  /// @param name of the table, for messages.
  /// @throws InvalidInput that names the line: an empty country, a code that is none, or one of 3, 5 or 7 digits, which
  /// has lost a zero; a value or normal duty out of range.
  explicit TradeLines(std::vector<TradeLine> lines, const Renumbering& renumbering = {}, std::string name = "lines")
      : lines_(std::move(lines)), name_(std::move(name)) {
    std::unordered_map<std::string, std::size_t> pairs, codes;
    long double total = 0;
    for (std::size_t k = 0; k < lines_.size(); ++k) {
      TradeLine& line = lines_[k];
      line.code = code_digits(line.code);
      check(k);
      const auto pair = pairs.emplace(line.importer + '\n' + line.exporter, pairs_.size());
      if (pair.second) pairs_.emplace_back(line.importer, line.exporter);
      const auto code = codes.emplace(line.code, codes_.size());
      if (code.second) codes_.push_back(renumbering.codes_of(line.code));
      pair_.push_back(pair.first->second);
      code_.push_back(code.first->second);
      total += static_cast<long double>(line.value);
    }
    total_ = static_cast<double>(total);
    if (!(total_ <= 1e300)) {  // means of the lines would overflow
      throw InvalidInput(name_, "the values sum to " + show(total_), "give them in a larger unit");
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
  [[nodiscard]] const TradeLine& operator[](std::size_t k) const { return lines_[k]; }
  [[nodiscard]] double total_value() const noexcept { return total_; }

  /// Importer and exporter of each pair that occurs, and the pair of a line among them.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const noexcept { return pairs_; }
  [[nodiscard]] std::size_t pair(std::size_t k) const { return pair_[k]; }

  /// The codes that stand for each code that occurs, renumbered, and the code of a line among them.
  [[nodiscard]] const std::vector<std::vector<std::string>>& codes() const noexcept { return codes_; }
  [[nodiscard]] std::size_t code(std::size_t k) const { return code_[k]; }

  /// A line in words, for messages.
  [[nodiscard]] std::string place(std::size_t k) const { return detail::row_place(name_, lines_[k].line, k); }

 private:
  void check(std::size_t k) const {
    const TradeLine& line = lines_[k];
    if (line.exporter.empty() || line.importer.empty()) {
      throw InvalidInput(place(k), line.exporter.empty() ? "no exporter" : "no importer", "name the country");
    }
    const std::size_t digits = line.code.size();
    if (!is_code(line.code)) {
      throw InvalidInput(place(k), "'" + line.code + "' is not a product code", "give an HS code, two digits or more");
    }
    if (digits == 3 || digits == 5 || digits == 7) {
      throw InvalidInput(place(k), "code " + line.code + " has " + std::to_string(digits) + " digits",
                         "write the zero in front, which is lost where codes are read as numbers");
    }
    if (!(std::isfinite(line.value) && line.value >= 0)) {
      throw InvalidInput(place(k), "the value is " + show(line.value), "values are finite and not below zero");
    }
    if (line.normal_duty && !(*line.normal_duty > -1 && *line.normal_duty <= 5)) {
      throw InvalidInput(place(k), "the normal duty is " + show(*line.normal_duty),
                         "rates are ad valorem: 0.034 is 3.4 percent");
    }
    for (const auto& [share, what] : {std::pair(line.qualifying, "qualifying"), {line.content, "content"}}) {
      if (!share || (*share >= 0 && *share <= 1)) continue;
      throw InvalidInput(place(k), std::string(what) + " is " + show(*share), "give a share from 0 to 1");
    }
  }

  std::vector<TradeLine> lines_;
  std::string name_;
  std::vector<std::pair<std::string, std::string>> pairs_;
  std::vector<std::vector<std::string>> codes_;
  std::vector<std::size_t> pair_, code_;  // by line
  double total_ = 0;
};

/// The duties of one day on any of some lines.
class LineDuties {
 public:
  /// @param lines and policy must outlive this.
  LineDuties(const TradeLines& lines, const Policy& policy, Date day, Basis basis = Basis::legal)
      : lines_(&lines), schedule_(policy, day, basis) {
    for (const auto& [importer, exporter] : lines.pairs()) borders_.push_back(schedule_.border(importer, exporter));
    for (const auto& codes : lines.codes()) goods_.push_back(schedule_.good(codes));
  }

  /// @param normal_duty where the line has none. @param sector of the line, for qualifying shares by sector.
  [[nodiscard]] ProductRate rate(std::size_t k, double normal_duty = 0, std::string_view sector = {}) const {
    const TradeLine& line = (*lines_)[k];
    const DutyTerms terms{line.normal_duty.value_or(normal_duty), line.qualifying, std::nullopt, line.content, sector};
    return schedule_.rate(borders_[lines_->pair(k)], goods_[lines_->code(k)], terms, line.uses);
  }

 private:
  const TradeLines* lines_;
  DutySchedule schedule_;
  std::vector<DutySchedule::Border> borders_;  // by pair
  std::vector<DutySchedule::Good> goods_;      // by code
};

/// Every duty on every line, without aggregation. A line without a normal duty counts with none; a line is a flow, so
/// what it does not say of origin and use of preferences are the policy's shares.
[[nodiscard]] inline std::vector<ProductRate> line_rates(const Policy& policy, const TradeLines& lines, Date day,
                                                         Basis basis = Basis::legal) {
  const LineDuties duties(lines, policy, day, basis);
  std::vector<ProductRate> rates;
  rates.reserve(lines.size());
  for (std::size_t k = 0; k < lines.size(); ++k) rates.push_back(duties.rate(k));
  return rates;
}

/// True where a list of goods or of exceptions names only codes below the line's own: the rate is then that of those
/// goods under the code which are listed and not spared.
[[nodiscard]] inline bool is_partial(const ProductRate& rate) {
  return std::any_of(rate.duties.begin(), rate.duties.end(),
                     [](const auto& duty) { return duty.partly || duty.spared; });
}

/// A list of goods and those of its codes that no line of the importer meets: not traded, or renumbered.
struct UnmetList {
  std::string list, importer;  ///< as the measures name them
  std::size_t size = 0;        ///< codes in the list
  std::vector<std::string> codes;
};

namespace detail {

/// Visits each measure in force on a day that one of the lines' importers levies, at any detail.
template <class Visit>
void each_levied(const Policy& policy, const TradeLines& lines, Date day, Basis basis, Visit visit) {
  std::set<std::string> importers;
  for (const auto& pair : lines.pairs()) importers.insert(pair.first);
  for (const Measure& m : policy.measures) {
    if (!policy.counts(m) || !m.days(basis).holds(day)) continue;
    std::vector<std::string> levying;
    for (const auto& importer : importers) {
      if (closeness(m.importer, importer, {importer}, policy.groups) != Closeness::none) levying.push_back(importer);
    }
    if (!levying.empty()) visit(m, levying);
  }
}

}  // namespace detail

/// The lists of goods in force on a day, exceptions included, with the codes that no line meets. A line meets a code
/// where one of the two begins with the other.
[[nodiscard]] inline std::vector<UnmetList> unmet_codes(const Policy& policy, const TradeLines& lines, Date day,
                                                        Basis basis = Basis::legal) {
  std::map<std::string, std::set<std::string>> codes;  // that the lines of an importer go by
  for (std::size_t k = 0; k < lines.size(); ++k) {
    const auto& standing = lines.codes()[lines.code(k)];
    codes[lines[k].importer].insert(standing.begin(), standing.end());
  }
  std::map<std::pair<std::string, std::string>, UnmetList> found;
  const auto look = [&](const std::string& term, const std::string& importer, const std::vector<std::string>& levying) {
    UnmetList& unmet = found[{term, importer}];
    if (unmet.size > 0) return;
    const auto list = policy.products.find(term);
    if (!is_code(term) && list == policy.products.end()) return;
    const std::vector<std::string> entries = is_code(term) ? std::vector{term} : list->second;
    std::vector<std::string_view> traded;
    for (const auto& country : levying) traded.insert(traded.end(), codes[country].begin(), codes[country].end());
    const CodeIndex index(std::move(traded));
    unmet = {term, importer, entries.size(), {}};
    for (const auto& entry : entries) {
      if (index.cover(entry) == Cover::none) unmet.codes.push_back(entry);
    }
  };
  detail::each_levied(policy, lines, day, basis, [&](const Measure& m, const std::vector<std::string>& levying) {
    if (m.detail == Detail::sector) return;
    for (const auto& term : m.products) look(term, m.importer, levying);
    for (const auto& term : m.except_products) look(term, m.importer, levying);
    for (const auto& e : policy.exemptions) {
      const bool spares = policy.counts(e) && e.importer == m.importer && e.days(basis).holds(day) &&
                          std::find(e.families.begin(), e.families.end(), m.kin()) != e.families.end();
      for (const auto& term : e.products) {
        if (spares) look(term, m.importer, levying);
      }
    }
  });
  std::vector<UnmetList> out;
  for (auto& entry : found) {
    if (!entry.second.codes.empty()) out.push_back(std::move(entry.second));
  }
  return out;
}

/// A measure that is in force and in the rate of no line, and why.
struct LeftOut {
  std::string measure, what;
};

/// The measures of a day that single products cannot take up.
[[nodiscard]] inline std::vector<LeftOut> left_out(const Policy& policy, const TradeLines& lines, Date day,
                                                   Basis basis = Basis::legal) {
  std::set<std::string> uses;
  for (std::size_t k = 0; k < lines.size(); ++k) uses.insert(lines[k].uses.begin(), lines[k].uses.end());
  std::vector<LeftOut> found;
  detail::each_levied(policy, lines, day, basis, [&](const Measure& m, const std::vector<std::string>& /*levying*/) {
    if (m.detail == Detail::sector) {
      found.push_back({m.id, "counts for sectors alone"});
    } else if (!m.rate) {
      found.push_back({m.id, "its rates are by sector"});
    } else if (!m.use.empty() && uses.count(m.use) == 0) {
      found.push_back({m.id, "is due where the good is for '" + m.use + "', which no line says"});
    }
  });
  return found;
}

}  // namespace tariffsim
