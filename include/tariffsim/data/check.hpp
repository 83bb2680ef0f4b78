// check(): what is legal in a world but may be a mistake, with figures.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tariffsim/core/format.hpp"
#include "tariffsim/data/world.hpp"

namespace tariffsim {

/// One thing to look at: which kind, where it is worst, its figure (see check()) and a sentence for a person.
struct Finding {
  std::string topic, where;
  double value = 0;
  std::string message;
};

namespace detail {

/// Counts suspicious cells and remembers the worst, so that a topic with a thousand cells is still one finding.
class Suspects {
 public:
  /// @param badness larger is worse; @param figure what is shown for the cell.
  void add(const std::string& where, double badness, double figure) {
    ++count_;
    if (listed_.size() < 5) listed_.push_back(where);
    if (count_ == 1 || badness > worst_) {
      worst_ = badness;
      figure_ = figure;
      where_ = where;
    }
  }

  [[nodiscard]] bool any() const noexcept { return count_ > 0; }
  [[nodiscard]] Index count() const noexcept { return count_; }
  [[nodiscard]] double figure() const noexcept { return figure_; }
  [[nodiscard]] const std::string& where() const noexcept { return where_; }

  [[nodiscard]] std::string number_of(const std::string& thing) const {
    return std::to_string(count_) + " " + thing + (count_ == 1 ? "" : "s");
  }

  /// The first five by name.
  [[nodiscard]] std::string list() const {
    std::string text;
    for (const auto& where : listed_) text += (text.empty() ? "" : ", ") + where;
    const Index more = count_ - static_cast<Index>(listed_.size());
    return more > 0 ? text + " and " + std::to_string(more) + " more" : text;
  }

 private:
  Index count_ = 0;
  double worst_ = 0, figure_ = 0;
  std::string where_;
  std::vector<std::string> listed_;
};

inline std::string percent(double share) { return show(100 * share) + " percent"; }

/// Value added in single units of the currency, where info.unit says thousands, millions or billions; else 0.
inline double unit_factor(const std::string& unit) {
  const auto starts = [&](const char* word) { return unit.rfind(word, 0) == 0; };
  return starts("thousand") ? 1e3 : starts("million") ? 1e6 : starts("billion") ? 1e9 : starts("USD") ? 1.0 : 0.0;
}

/// Writes the findings of one world; one function per topic.
class Checker {
 public:
  explicit Checker(const World& world) : world_(world), data_(world.data()), accounts_(world.accounts()) {}

  std::vector<Finding> run() && {
    distance_from_equilibrium();
    negative_implied_demand();
    tariffs();
    elasticities();
    unit();
    deficits();
    no_tariffs();
    region_sectors();
    value_added_shares();
    domestic_tariffs();
    small_final_demand();
    tiny_regions();
    rescaled_shares();
    zero_flows();
    known_defects();
    return std::move(findings_);
  }

 private:
  [[nodiscard]] Index N() const { return data_.regions.size(); }
  [[nodiscard]] Index J() const { return data_.sectors.size(); }
  [[nodiscard]] std::string pair(const char* table, Index i, Index n, Index j) const {
    return bilateral_cell(data_, table, i, n, j);
  }
  [[nodiscard]] std::string place(const char* table, Index n, Index j) const {
    return region_sector_cell(data_, table, n, j);
  }
  void report(const char* topic, std::string where, double value, std::string message) {
    findings_.push_back({topic, std::move(where), value, std::move(message)});
  }

  [[nodiscard]] RegionSector implied_final_demand() const { return accounts_.expenditure - accounts_.materials; }

  void distance_from_equilibrium() {
    if (!data_.final_demand_share) return;
    const RegionSector wanted = accounts_.final_demand_share.colwise() * accounts_.income;
    const RegionSector gap = ((wanted - implied_final_demand()).colwise() / accounts_.income).abs();
    Index n = 0, j = 0;
    const double largest = gap.maxCoeff(&n, &j);
    if (!(largest > 1e-9)) return;
    report("equilibrium_distance", place("final_demand", n, j), largest,
           "the flows do not satisfy the given final demand: the largest gap is " + percent(largest) +
               " of a region's income; the base is re-solved before any shock");
  }

  void negative_implied_demand() {
    if (!data_.final_demand_share) return;
    const RegionSector implied = implied_final_demand();
    Suspects suspects;
    double total = 0;
    for (Index n = 0; n < N(); ++n) {
      for (Index j = 0; j < J(); ++j) {
        if (implied(n, j) >= -kRoundingTolerance * accounts_.expenditure(n, j)) continue;
        const double share = -implied(n, j) / accounts_.income[n];
        total -= implied(n, j);
        suspects.add(place("final_demand", n, j), share, share);
      }
    }
    if (!suspects.any()) return;
    report("negative_implied_demand", suspects.where(), static_cast<double>(suspects.count()),
           "in " + suspects.number_of("cell") + " materials need more than is bought, " + show(total) +
               " in total; the largest is " + percent(suspects.figure()) + " of the region's income");
  }

  void tariffs() {
    Suspects negative, above_one;
    for (Index j = 0; j < J(); ++j) {
      for (Index n = 0; n < N(); ++n) {
        for (Index i = 0; i < N(); ++i) {
          const double t = data_.tariffs(i, n, j);
          if (t < 0) negative.add(pair("tariffs", i, n, j), -t, t);
          if (t > 1) above_one.add(pair("tariffs", i, n, j), t, t);
        }
      }
    }
    if (above_one.any()) {
      report("tariff_above_one", above_one.where(), above_one.figure(),
             above_one.number_of("rate") + " above 1 (100 percent); the highest is " + show(above_one.figure()) +
                 "; rates are ad valorem, 0.25 is 25 percent");
    }
    if (negative.any()) {
      report("tariff_negative", negative.where(), negative.figure(),
             negative.number_of("rate") + " below zero (an import subsidy); the lowest is " + show(negative.figure()));
    }
  }

  void elasticities() {
    Suspects high, low;
    for (Index j = 0; j < J(); ++j) {
      const double theta = data_.trade_elasticity[j];
      const std::string where = cell("sectors", {{"sector", data_.sectors.code(j)}});
      if (theta > 20) high.add(where, theta, theta);
      if (theta < 1) low.add(where, -theta, theta);
    }
    if (high.any()) {
      report("elasticity_high", high.where(), high.figure(),
             high.number_of("trade_elasticity value") + " above 20; the highest is " + show(high.figure()) +
                 ": small changes in cost move whole markets");
    }
    if (low.any()) {
      report("elasticity_low", low.where(), low.figure(),
             low.number_of("trade_elasticity value") + " below 1; the lowest is " + show(low.figure()) +
                 "; theta is sigma - 1, so look whether sigma was meant");
    }
  }

  void unit() {
    const double total = accounts_.value_added.sum();
    if (data_.info.unit.empty()) {
      report("unit", "datapackage.json", total, "the unit is not stated; value added of all regions is " + show(total));
      return;
    }
    const double factor = data_.info.currency == "USD" ? unit_factor(data_.info.unit) : 0.0;
    if (factor > 0 && (total * factor < 1e10 || total * factor > 1e15)) {
      report("unit", "datapackage.json", total * factor,
             "in units of '" + data_.info.unit + "' the world's value added is " + show(total * factor) +
                 " USD; the world economy of 2022 made 1e14");
    }
  }

  void deficits() {
    Suspects suspects;
    for (Index n = 0; n < N(); ++n) {
      const double share = accounts_.deficit[n] / accounts_.value_added[n];
      if (std::abs(share) > 0.2) suspects.add(data_.regions.code(n), std::abs(share), share);
    }
    if (!suspects.any()) return;
    report("deficit", suspects.where(), suspects.figure(),
           suspects.number_of("region") + " with a trade deficit or surplus above 20 percent of value added (" +
               suspects.list() + "); the largest is " + percent(suspects.figure()) +
               (suspects.figure() < 0 ? ", a surplus" : ""));
  }

  void no_tariffs() {
    Vector revenue = Vector::Zero(N()), imports = Vector::Zero(N());
    for (Index j = 0; j < J(); ++j) {
      for (Index n = 0; n < N(); ++n) {
        for (Index i = 0; i < N(); ++i) {
          if (world_.is_domestic(i, n)) continue;
          imports[n] += data_.flows(i, n, j);
          revenue[n] += std::abs(data_.tariffs(i, n, j));
        }
      }
    }
    if ((revenue == 0).all()) return;
    Suspects suspects;
    for (Index n = 0; n < N(); ++n) {
      if (revenue[n] == 0 && imports[n] > 0)
        suspects.add(data_.regions.code(n), imports[n], imports[n] / imports.sum());
    }
    if (!suspects.any()) return;
    report("no_tariffs", suspects.where(), static_cast<double>(suspects.count()),
           suspects.number_of("importer") + " without any tariff while others levy one: " + suspects.list());
  }

  void region_sectors() {
    Suspects no_output, no_domestic, exported;
    for (Index n = 0; n < N(); ++n) {
      for (Index j = 0; j < J(); ++j) {
        const double sold = data_.flows.slice(j).row(n).sum();
        if (!(sold > 0)) {
          no_output.add(place("flows", n, j), accounts_.expenditure(n, j), 0);
          continue;
        }
        double domestic = 0;
        for (Index m = 0; m < N(); ++m) {
          if (world_.is_domestic(n, m)) domestic += data_.flows(n, m, j);
        }
        const double share = (sold - domestic) / sold;
        if (domestic == 0) {
          no_domestic.add(place("flows", n, j), sold, share);
        } else if (share > 0.95) {
          exported.add(place("flows", n, j), share, share);
        }
      }
    }
    if (no_domestic.any()) {
      report("no_domestic_sales", no_domestic.where(), static_cast<double>(no_domestic.count()),
             no_domestic.number_of("region-sector") + " with output but no domestic sales; the largest is named");
    }
    if (exported.any()) {
      report("exports_near_output", exported.where(), exported.figure(),
             exported.number_of("region-sector") + " with exports above 95 percent of sales; the highest is " +
                 percent(exported.figure()));
    }
    if (no_output.any()) {
      report("no_output", no_output.where(), static_cast<double>(no_output.count()),
             no_output.number_of("region-sector") + " without output: imports alone serve them, in every scenario");
    }
  }

  void value_added_shares() {
    Suspects low, one;
    bool materials_somewhere = false;
    for (Index n = 0; n < N(); ++n) {
      for (Index j = 0; j < J(); ++j) {
        if (!(accounts_.output(n, j) > 0)) continue;
        const double beta = data_.value_added_share(n, j);
        if (beta < 0.05) low.add(place("value_added", n, j), -beta, beta);
        if (beta >= 1.0) one.add(place("value_added", n, j), accounts_.output(n, j), beta);
        materials_somewhere = materials_somewhere || beta < 1.0;
      }
    }
    if (low.any()) {
      report(
          "value_added_low", low.where(), low.figure(),
          low.number_of("region-sector") + " with a value-added share below 0.05; the lowest is " + show(low.figure()));
    }
    if (one.any() && materials_somewhere) {
      report("value_added_one", one.where(), static_cast<double>(one.count()),
             one.number_of("region-sector") +
                 " with a value-added share of exactly 1, so without materials, while others have them; "
                 "the one with the largest output is named");
    }
  }

  void domestic_tariffs() {
    Suspects suspects;
    double revenue = 0;
    for (Index j = 0; j < J(); ++j) {
      for (Index n = 0; n < N(); ++n) {
        for (Index i = 0; i < N(); ++i) {
          const double paid = data_.tariffs(i, n, j) * data_.flows(i, n, j);
          if (!world_.is_domestic(i, n) || paid == 0) continue;
          revenue += paid;
          suspects.add(pair("tariffs", i, n, j), std::abs(paid), paid);
        }
      }
    }
    if (!suspects.any()) return;
    const double total = accounts_.tariff_revenue.sum();
    const double share = total != 0 ? revenue / total : 0.0;
    report("domestic_tariff", suspects.where(), share,
           suspects.number_of("domestic cell") + " with a base tariff, " + percent(share) +
               " of all tariff revenue: the duties between merged regions; no measure changes them");
  }

  void small_final_demand() {
    if (data_.final_demand_share) return;
    const RegionSector implied = implied_final_demand();
    Suspects suspects;
    for (Index n = 0; n < N(); ++n) {
      for (Index j = 0; j < J(); ++j) {
        if (!(accounts_.expenditure(n, j) > 0)) continue;
        const double share = implied(n, j) / accounts_.expenditure(n, j);
        if (share < 1e-3) suspects.add(place("final_demand", n, j), -share, share);
      }
    }
    if (!suspects.any()) return;
    report("small_final_demand", suspects.where(), suspects.figure(),
           suspects.number_of("region-sector") +
               " whose implied final demand is below 0.1 percent of purchases; the smallest is " +
               percent(suspects.figure()));
  }

  void tiny_regions() {
    const double world = accounts_.value_added.sum();
    Suspects suspects;
    for (Index n = 0; n < N(); ++n) {
      const double share = accounts_.value_added[n] / world;
      if (share < 1e-6) suspects.add(data_.regions.code(n), -share, share);
    }
    if (!suspects.any()) return;
    report("tiny_region", suspects.where(), suspects.figure(),
           suspects.number_of("region") + " with less than 1e-6 of the world's value added (" + suspects.list() +
               "); the smallest has " + show(suspects.figure()));
  }

  void rescaled_shares() {
    if (!(world_.share_distance() > 1e-12)) return;
    report("rescaled_shares", "inputs, final_demand", world_.share_distance(),
           "shares were rescaled to sum to one; the largest distance of a sum from one was " +
               show(world_.share_distance()));
  }

  void zero_flows() {
    Index zero = 0, cells = 0;
    for (Index j = 0; j < J(); ++j) {
      for (Index n = 0; n < N(); ++n) {
        for (Index i = 0; i < N(); ++i) {
          if (world_.is_domestic(i, n)) continue;
          ++cells;
          if (data_.flows(i, n, j) == 0) ++zero;
        }
      }
    }
    if (zero == 0) return;
    const double share = static_cast<double>(zero) / static_cast<double>(cells);
    report("zero_flows", "flows", share,
           std::to_string(zero) + " of " + std::to_string(cells) + " international flows are zero (" + percent(share) +
               ") and stay zero in every scenario");
  }

  void known_defects() {
    const auto& defects = data_.info.known_defects;
    if (defects.empty()) return;
    report("known_defects", "datapackage.json", static_cast<double>(defects.size()),
           std::to_string(defects.size()) + (defects.size() == 1 ? " known defect is" : " known defects are") +
               " listed by the data's author; the first: " + defects.front());
  }

  const World& world_;
  const WorldData& data_;
  const Accounts& accounts_;
  std::vector<Finding> findings_;
};

}  // namespace detail

/// What a world may legitimately contain but a person should look at. Nothing here stops a solve.
///
/// One finding per topic, the most important first, in the order of this table.
///
/// | topic | reported where | value |
/// |---|---|---|
/// | equilibrium_distance | the flows miss the given final demand | largest gap over the region's income |
/// | negative_implied_demand | final demand is given and materials exceed purchases | number of cells |
/// | tariff_above_one, tariff_negative | a rate is above 1, below 0 | the highest, the lowest rate |
/// | elasticity_high, elasticity_low | theta above 20, below 1 | the highest, the lowest |
/// | unit | no unit is stated, or the world is too small or large in USD | world value added |
/// | deficit | above 20 percent of value added either way | the largest, over value added |
/// | no_tariffs | an importer levies nothing while others do | number of importers |
/// | no_domestic_sales | output, all of it exported | number of region-sectors |
/// | exports_near_output | exports above 95 percent of sales | the highest share |
/// | no_output | a region-sector sells nothing | number of region-sectors |
/// | value_added_low | share below 0.05 | the lowest share |
/// | value_added_one | share 1 in a world with materials | number of region-sectors |
/// | domestic_tariff | a base tariff on a domestic flow | its share of all tariff revenue |
/// | small_final_demand | implied, below 0.1 percent of purchases | the smallest, over purchases |
/// | tiny_region | below 1e-6 of the world's value added | the smallest share |
/// | rescaled_shares | sums that were not one | the largest distance |
/// | zero_flows | international flows of zero | their share of all cells |
/// | known_defects | the data's author lists some | how many |
[[nodiscard]] inline std::vector<Finding> check(const World& world) { return detail::Checker(world).run(); }

}  // namespace tariffsim
