// Laws of what a region is: halves, twins and a region that trades with nobody.
#include "laws/law.hpp"
#include "tariffsim/data/aggregate.hpp"
#include "tariffsim/data/split.hpp"

namespace tariffsim::testing {
namespace {

/// A region cut into two equal parts, and where each region of the cut world comes from.
struct Cut {
  World world;
  Origin origin;
  Index first;  // position of the first half
};

Cut cut_in_two(const Setting& s, bool separate_customs) {
  const Index N = s.world.regions().size(), region = Draw(s.seed).index(N);
  const std::string code = s.world.regions().code(region);
  Cut cut{split(s.world, code, {{code + "_a", 0.5}, {code + "_b", 0.5}}, separate_customs), {}, region};
  for (Index n = 0; n < N; ++n) {
    cut.origin.push_back(n);
    if (n == region) cut.origin.push_back(n);
  }
  return cut;
}

// The two halves added up again.
Result joined(const Result& r, Index first) {
  const Index N = r.wage_hat.size() - 1, J = r.output.cols();
  Origin keep;
  for (Index n = 0; n <= N; ++n) {
    if (n != first + 1) keep.push_back(n);
  }
  Result out = mapped(r, keep, identity(J));
  out.income[first] += r.income[first + 1];
  out.expenditure.row(first) += r.expenditure.row(first + 1);
  out.output.row(first) += r.output.row(first + 1);
  for (Index j = 0; j < J; ++j) {
    Eigen::MatrixXd rows = r.flows.slice(j);
    rows.row(first) += rows.row(first + 1);
    rows.col(first) += rows.col(first + 1);
    for (Index n = 0; n < N; ++n)
      for (Index i = 0; i < N; ++i) out.flows(i, n, j) = rows(at(keep, i), at(keep, n));
  }
  return out;
}

// The largest difference of the two halves' own hats.
double halves_differ(const Result& r, Index first) {
  return worst_of({relative_difference(r.wage_hat.segment(first, 1), r.wage_hat.segment(first + 1, 1)),
                   relative_difference(r.price_hat.row(first), r.price_hat.row(first + 1)),
                   relative_difference(r.output.row(first), r.output.row(first + 1)),
                   relative_difference(r.real_income_hat.segment(first, 1), r.real_income_hat.segment(first + 1, 1))});
}

Shock without_deficits(const Setting& s) {
  const double strength = beyond_plain(s).empty() ? 1.0 : 0.4;
  return random_shock(s.world, {.seed = s.seed, .bans = true, .strength = strength});
}

}  // namespace

Outcome halves(const Setting& s) {
  // First with arrays, where measures on the region are measures on its halves.
  const Cut cut = cut_in_two(s, false);
  const Shock shock = without_deficits(s);
  Shock same = testing::mapped(shock, cut.origin, identity(s.world.sectors().size()));
  const Result whole = result_of(solved(s.world, shock, s.closure, s.theory));
  const Result parts = result_of(solved(cut.world, same, s.closure, s.theory));
  const double by_arrays = worst_of({difference(joined(parts, cut.first), whole), halves_differ(parts, cut.first)});
  // Then with a measure on everyone, from which the four domestic cells must be exempt.
  const Scenario everyone = Scenario("everyone").tariff({.rate = 0.4, .operation = Operation::add});
  const Result one = result_of(solved(s.world, everyone.compile(s.world), s.closure, s.theory));
  const Result two = result_of(solved(cut.world, everyone.compile(cut.world), s.closure, s.theory));
  return Outcome::off_by(worst_of({by_arrays, difference(joined(two, cut.first), one)}));
}

Outcome twins(const Setting& s) {
  if (values_of(s.theory, s.world).two_tiers()) return Outcome::not_applicable("two tiers tell home from abroad");
  // Two identical countries with a border between them, and one country made of both by aggregate().
  const Cut cut = cut_in_two(s, true);
  const std::string a = cut.world.regions().code(cut.first), b = cut.world.regions().code(cut.first + 1);
  const std::string merged_code = s.world.regions().code(cut.first);
  const World merged = aggregate(cut.world, {{a, merged_code}, {b, merged_code}});
  const Shock shock = without_deficits(s);
  const Shock same = testing::mapped(shock, cut.origin, identity(s.world.sectors().size()));
  const Result apart = result_of(solved(cut.world, same, s.closure, s.theory));
  const Result together = result_of(solved(merged, shock, s.closure, s.theory));
  return Outcome::off_by(worst_of({difference(joined(apart, cut.first), together), halves_differ(apart, cut.first)}));
}

Outcome idle_region(const Setting& s) {
  if (!s.balanced()) {
    return Outcome::not_applicable(
        "deficits are shares of a world value added that would include a wage which nothing determines");
  }
  if (rigid_in_numeraire(s)) return Outcome::not_applicable("a price that is rigid in the numeraire is not neutral");
  const Index N = s.world.regions().size(), J = s.world.sectors().size();
  const auto grown = [&](const Cube& old, double domestic) {
    Cube cube(N + 1, N + 1, J);
    for (Index j = 0; j < J; ++j) {
      cube.slice(j).topLeftCorner(N, N) = old.slice(j);
      cube(N, N, j) = domestic;
    }
    return cube;
  };
  const auto grown_rows = [&](const RegionSector& old, double value) {
    RegionSector array = RegionSector::Constant(N + 1, J, value);
    array.topRows(N) = old;
    return array;
  };
  const World larger = s.world.edited([&](WorldData& d) {
    std::vector<std::string> codes = d.regions.codes(), names = d.regions.names();
    codes.emplace_back("IDLE");
    names.emplace_back("A region that trades with nobody");
    d.regions = Labels("region", codes, names);
    d.territories.emplace_back("IDLE");
    d.flows = grown(d.flows, 0.01 * d.flows.values().sum() / static_cast<double>(J));
    d.tariffs = grown(d.tariffs, 0.0);
    d.export_taxes = grown(d.export_taxes, 0.0);
    d.value_added_share = grown_rows(d.value_added_share, 1.0);
    Cube inputs(J, J, N + 1);
    inputs.values().head(d.input_shares.size()) = d.input_shares.values();
    d.input_shares = inputs;
    if (d.final_demand_share) d.final_demand_share = grown_rows(*d.final_demand_share, 1.0 / static_cast<double>(J));
  });
  const Shock shock = without_deficits(s);
  Shock same = shock;
  same.tariffs = grown(*shock.tariffs, 0.0);
  same.export_taxes = grown(*shock.export_taxes, 0.0);
  same.trade_cost_hat = grown(*shock.trade_cost_hat, 1.0);
  same.taste_hat = grown(*shock.taste_hat, 1.0);
  for (Cube* cube : {&*same.trade_cost_hat, &*same.taste_hat}) {
    for (Index j = 0; j < J; ++j) {
      cube->slice(j).row(N).setOnes();
      cube->slice(j).col(N).setOnes();
    }
  }
  same.productivity_hat = grown_rows(*shock.productivity_hat, 1.0);
  same.final_demand_share = grown_rows(*shock.final_demand_share, 1.0 / static_cast<double>(J));
  // The first region's wage is the unit; the level of the re-solved base is not the law's business.
  Closure closure = s.closure;
  closure.numeraire = s.world.regions().code(0);
  const auto relative = [&](const Result& r) { return in_units(r, 1.0, 1.0 / r.income.head(N).sum()); };
  const Result before = relative(result_of(solved(s.world, shock, closure, s.theory)));
  const Result after = relative(result_of(solved(larger, same, closure, s.theory)));
  return Outcome::off_by(difference(testing::mapped(after, identity(N), identity(J)), before));
}

}  // namespace tariffsim::testing
