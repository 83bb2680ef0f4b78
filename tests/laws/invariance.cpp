// Laws of names and units: nothing real depends on currency, numeraire or the order of labels.
#include "laws/law.hpp"

namespace tariffsim::testing {
namespace {

Labels mapped(const Labels& old, const Origin& origin) {
  std::vector<std::string> codes, names;
  for (const Index k : origin) {
    codes.push_back(old.code(k));
    names.push_back(old.name(k));
  }
  return {old.axis(), codes, names};
}

World mapped(const World& world, const Origin& regions, const Origin& sectors) {
  return world.edited([&](WorldData& d) {
    const WorldData old = d;
    d.regions = mapped(old.regions, regions);
    d.sectors = mapped(old.sectors, sectors);
    for (std::size_t n = 0; n < regions.size(); ++n) {
      d.territories[n] = old.territories[static_cast<std::size_t>(regions[n])];
    }
    for (std::size_t j = 0; j < sectors.size(); ++j) {
      d.sector_kinds[j] = old.sector_kinds[static_cast<std::size_t>(sectors[j])];
    }
    d.trade_elasticity = testing::mapped(old.trade_elasticity, sectors);
    d.flows = testing::mapped(old.flows, regions, sectors);
    d.tariffs = testing::mapped(old.tariffs, regions, sectors);
    d.export_taxes = testing::mapped(old.export_taxes, regions, sectors);
    d.value_added_share = testing::mapped(old.value_added_share, regions, sectors);
    d.input_shares = mapped_inputs(old.input_shares, regions, sectors);
    if (old.final_demand_share) d.final_demand_share = testing::mapped(*old.final_demand_share, regions, sectors);
  });
}

Outcome renamed(const Setting& s, const Origin& regions, const Origin& sectors) {
  const Shock shock = mixed_shock(s);
  const Result original = result_of(solved(s.world, shock, s.closure, s.theory));
  const World other = mapped(s.world, regions, sectors);
  const Result found = result_of(solved(other, testing::mapped(shock, regions, sectors), s.closure, s.theory));
  return Outcome::off_by(difference(found, testing::mapped(original, regions, sectors)));
}

}  // namespace

Outcome currency(const Setting& s) {
  const Shock shock = mixed_shock(s);
  const Result original = result_of(solved(s.world, shock, s.closure, s.theory));
  const World other = s.world.edited([](WorldData& d) { d.flows.values() *= 1000.0; });
  Shock same = shock;
  if (same.deficits) *same.deficits *= 1000.0;
  return Outcome::off_by(
      difference(result_of(solved(other, same, s.closure, s.theory)), in_units(original, 1.0, 1000.0)));
}

Outcome numeraire(const Setting& s) {
  if (rigid_in_numeraire(s)) return Outcome::not_applicable("a price that is rigid in the numeraire is not neutral");
  const Shock shock = mixed_shock(s);
  const Result original = result_of(solved(s.world, shock, s.closure, s.theory));
  Closure other = s.closure;
  const Index region = s.world.regions().size() - 1;
  other.numeraire = s.world.regions().code(region);
  const Result found = result_of(solved(s.world, shock, other, s.theory));
  const double unit = 1.0 / original.wage_hat[region];
  return Outcome::off_by(
      worst_of({std::abs(found.wage_hat[region] - 1.0), difference(found, in_units(original, unit, unit))}));
}

Outcome region_order(const Setting& s) {
  return renamed(s, Draw(s.seed).permutation(s.world.regions().size()), identity(s.world.sectors().size()));
}

Outcome sector_order(const Setting& s) {
  if (s.world.sectors().size() == 1) return Outcome::not_applicable("there is one sector");
  return renamed(s, identity(s.world.regions().size()), Draw(s.seed).permutation(s.world.sectors().size()));
}

}  // namespace tariffsim::testing
