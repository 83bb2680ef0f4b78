// Which members travel, kind by kind.
#include "packing.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "archive.hpp"

namespace tariffsim::python {

// By structured bindings, where a structure has no base: a member that is added and not packed does not compile.

// ---- data

template <>
struct Fields<Source> {
  static auto of(auto& s) {
    auto& [title, publisher, license] = s;
    return std::tie(title, publisher, license);
  }
};
template <>
struct Fields<WorldInfo> {
  static auto of(auto& i) {
    auto& [name, title, year, currency, unit, valuation, attribution, sources, known_defects, tariffs_dates] = i;
    return std::tie(name, title, year, currency, unit, valuation, attribution, sources, known_defects, tariffs_dates);
  }
};
template <>
struct Fields<MemberWeight> {
  static auto of(auto& w) {
    auto& [member, importer, sector, share] = w;
    return std::tie(member, importer, sector, share);
  }
};
template <>
struct Fields<WorldData> {
  static auto of(auto& d) {
    auto& [info, regions, territories, sectors, sector_kinds, trade_elasticity, flows, tariffs, export_taxes,
           value_added_share, input_shares, final_demand_share, groups, members, sector_members, member_weights] = d;
    return std::tie(info, regions, territories, sectors, sector_kinds, trade_elasticity, flows, tariffs, export_taxes,
                    value_added_share, input_shares, final_demand_share, groups, members, sector_members,
                    member_weights);
  }
};

// ---- model

template <>
struct Fields<Closure> {
  static auto of(auto& c) {
    auto& [deficits, numeraire, revenue, saving_response] = c;
    return std::tie(deficits, numeraire, revenue, saving_response);
  }
};
template <>
struct Fields<Parameter> {
  static auto of(auto& p) {
    auto& [value, by] = p;
    return std::tie(value, by);
  }
};
template <>
struct Fields<Factor> {
  static auto of(auto& f) {
    auto& [name, share, mobility, supply, anchor] = f;
    return std::tie(name, share, mobility, supply, anchor);
  }
};
template <>
struct Fields<Horizon> {
  static auto of(auto& h) {
    auto& [short_run, speed, source] = h;
    return std::tie(short_run, speed, source);
  }
};
template <>
struct Fields<Theory> {
  static auto of(auto& t) {
    auto& [name, sources, domestic_import, final_demand, value_added_materials, materials, scale, scale_elasticity,
           distribution_margin, pass_through, firm_substitution, factors, horizon, years, elasticity_scale,
           elasticity_source] = t;
    return std::tie(name, sources, domestic_import, final_demand, value_added_materials, materials, scale,
                    scale_elasticity, distribution_margin, pass_through, firm_substitution, factors, horizon, years,
                    elasticity_scale, elasticity_source);
  }
};

// ---- policy: what changed

template <>
struct Fields<Constraint> {
  static auto of(auto& c) {
    auto& [name, cells, limited, sense, level, relative, owner, largest, markets] = c;
    return std::tie(name, cells, limited, sense, level, relative, owner, largest, markets);
  }
};
template <>
struct Fields<SpecificDuty> {
  static auto of(auto& d) {
    auto& [cells, rates, wage_of] = d;
    return std::tie(cells, rates, wage_of);
  }
};
template <>
struct Fields<OriginCell> {
  static auto of(auto& c) {
    auto& [cell, tariff, trade_cost, use] = c;
    return std::tie(cell, tariff, trade_cost, use);
  }
};
template <>
struct Fields<OriginRule> {
  static auto of(auto& r) {
    auto& [name, threshold, spread, area, cells] = r;
    return std::tie(name, threshold, spread, area, cells);
  }
};
template <>
struct Fields<WayTaken> {
  static auto of(auto& w) {
    auto& [way, through, cell, base_share, share] = w;
    return std::tie(way, through, cell, base_share, share);
  }
};

// ---- policy: what was declared

template <>
struct Fields<Span> {
  static auto of(auto& s) {
    auto& [from, until] = s;
    return std::tie(from, until);
  }
};
template <>
struct Fields<Selector> {
  static auto of(auto& s) {
    auto& [terms] = s;
    return std::tie(terms);
  }
};
template <>
struct Fields<TableRow> {
  static auto of(auto& r) {
    auto& [exporter, importer, sector, value, line] = r;
    return std::tie(exporter, importer, sector, value, line);
  }
};
template <>
struct Fields<Value> {
  using Held = std::variant<double, Table, Cube, RegionSector>;
  static auto of(Value& v) { return std::tie(static_cast<Held&>(v)); }
  static auto of(const Value& v) { return std::tie(static_cast<const Held&>(v)); }
};
template <>
struct Fields<Uptake> {
  static auto of(auto& u) {
    auto& [median, spread] = u;
    return std::tie(median, spread);
  }
};
template <>
struct Fields<SpecificTerms> {
  static auto of(auto& t) {
    auto& [numeraire] = t;
    return std::tie(numeraire);
  }
};
template <>
struct Fields<OriginTerms> {
  static auto of(auto& t) {
    auto& [threshold, spread, area] = t;
    return std::tie(threshold, spread, area);
  }
};
template <>
struct Fields<PreferenceUse> {
  static auto of(auto& u) {
    auto& [utilisation, compliance_cost, uptake] = u;
    return std::tie(utilisation, compliance_cost, uptake);
  }
};
template <>
struct Fields<PreferenceTerms> {
  static auto of(auto& t) {
    auto& [use, origin] = t;
    return std::tie(use, origin);
  }
};
template <>
struct Fields<NonTariffTerms> {
  static auto of(auto& t) {
    auto& [resource_share, rent, demand] = t;
    return std::tie(resource_share, rent, demand);
  }
};
template <>
struct Fields<ReexportTerms> {
  static auto of(auto& t) {
    auto& [hub, elasticity, direct_cost, hub_cost] = t;
    return std::tie(hub, elasticity, direct_cost, hub_cost);
  }
};
template <>
struct Fields<TransshipmentTerms> {
  static auto of(auto& t) {
    auto& [via, uptake, detection, penalty] = t;
    return std::tie(via, uptake, detection, penalty);
  }
};
template <>
struct Fields<Change> {
  static auto of(auto& c) {
    auto& [instrument, importer, exporter, sector, operation, value, origin, terms, days] = c;
    return std::tie(instrument, importer, exporter, sector, operation, value, origin, terms, days);
  }
};
template <>
struct Fields<Limit> {
  static auto of(auto& l) {
    auto& [name, importer, exporter, sector, level, relative, rent] = l;
    return std::tie(name, importer, exporter, sector, level, relative, rent);
  }
};
template <>
struct Fields<DeclaredLimit> {
  static auto of(auto& d) {
    auto& [limit, limited, sense, out_of_quota, days] = d;
    return std::tie(limit, limited, sense, out_of_quota, days);
  }
};

// ---- policy: dated measures

template <>
struct Fields<Measure> {
  static auto of(auto& m) {
    return std::tie(m.legal, m.collected, m.id, m.title, m.importer, m.exporters, m.except_exporters, m.sectors,
                    m.products, m.except_products, m.rate, m.rate_table, m.base, m.base_share, m.claim, m.qualifying,
                    m.use, m.authority, m.group, m.family, m.detail, m.announced, m.source, m.note, m.confidence,
                    m.origin);
  }
};
template <>
struct Fields<StackingRule> {
  static auto of(auto& r) {
    auto& [group, other, relation, value, days, detail, source, origin, confidence] = r;
    return std::tie(group, other, relation, value, days, detail, source, origin, confidence);
  }
};
template <>
struct Fields<Exemption> {
  static auto of(auto& e) {
    return std::tie(e.legal, e.collected, e.id, e.importer, e.exporters, e.families, e.products, e.source, e.note,
                    e.origin, e.confidence);
  }
};
template <>
struct Fields<CoverageRow> {
  static auto of(auto& r) {
    auto& [list, importer, exporter, sector, covered, total] = r;
    return std::tie(list, importer, exporter, sector, covered, total);
  }
};
template <>
struct Fields<RateRow> {
  static auto of(auto& r) {
    auto& [exporter, importer, sector, rate, weight] = r;
    return std::tie(exporter, importer, sector, rate, weight);
  }
};
template <>
struct Fields<QualifyingRow> {
  static auto of(auto& r) {
    auto& [name, importer, exporter, sector, from, share] = r;
    return std::tie(name, importer, exporter, sector, from, share);
  }
};
template <>
struct Fields<Event> {
  static auto of(auto& e) {
    auto& [name, title, date] = e;
    return std::tie(name, title, date);
  }
  static Event fresh() { return {{}, {}, Writer::kFirst}; }
};
template <>
struct Fields<Policy> {
  static auto of(auto& p) {
    auto& [measures, rules, exemptions, products, coverage, rate_tables, qualifying, groups, sectors, events,
           description, attribution, licence, unverified] = p;
    return std::tie(measures, rules, exemptions, products, coverage, rate_tables, qualifying, groups, sectors, events,
                    description, attribution, licence, unverified);
  }
};

namespace {

// A scenario as its parts; its day is in force only together with them.
struct ScenarioParts {
  std::string title;
  std::vector<Change> changes;
  std::map<std::string, std::vector<std::string>> groups;
  std::vector<DeclaredLimit> limits;
  Policy policy;
  std::optional<Date> day;
  Basis basis = Basis::legal;
};

// What a packed object is, so that one of another kind is not read by mistake.
enum class Kind : char { world = 'W', theory = 'T', closure = 'C', change = 'c', scenario = 'S', shock = 's' };

// FNV-1a over words of eight bytes, the rest byte by byte: damage is noticed, not forgery.
std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t sum = 14695981039346656037ULL;
  constexpr std::uint64_t kPrime = 1099511628211ULL;
  std::size_t k = 0;
  for (; k + 8 <= bytes.size(); k += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + k, 8);
    sum = (sum ^ word) * kPrime;
    sum ^= sum >> 29;
  }
  for (; k < bytes.size(); ++k) sum = (sum ^ static_cast<unsigned char>(bytes[k])) * kPrime;
  return sum;
}

// The version, the order of bytes in a number and the kind stand first, the checksum last.
std::string header(Kind kind) {
  const std::uint32_t order = 0x01020304;
  std::string text = std::string("tariffsim ") + TARIFFSIM_VERSION + " ";
  text.append(reinterpret_cast<const char*>(&order), sizeof order);  // NOLINT(*-reinterpret-cast)
  return text + static_cast<char>(kind);
}

void put_rates(Writer& writer, const std::optional<Cube>& rates, const Cube* like) {
  writer.put(rates.has_value());
  if (rates) writer.put_cube(*rates, like);
}

void get_rates(Reader& reader, std::optional<Cube>& rates, const Cube* like) {
  bool some = false;
  reader.get(some);
  if (some) rates = reader.cube_like(like);
}

template <class Put>
std::string packed(Kind kind, Put put) {
  Writer writer;
  writer.bytes() = header(kind);
  put(writer);
  writer.put(checksum(writer.bytes()));
  return std::move(writer.bytes());
}

template <class Get>
auto unpacked(std::string_view bytes, Kind kind, Get get) {
  const std::string expected = header(kind);
  std::uint64_t sum = 0;
  const std::size_t version = expected.size() - 1;
  if (bytes.size() < expected.size() + sizeof sum) Reader::refuse("ends early");
  if (bytes.substr(0, version) != std::string_view(expected).substr(0, version)) {
    throw InvalidInput("packed object", "was not packed by tariffsim " TARIFFSIM_VERSION " on a machine of this kind",
                       "use the same version of tariffsim in every process");
  }
  const std::string_view content = bytes.substr(0, bytes.size() - sizeof sum);
  std::memcpy(&sum, bytes.data() + content.size(), sizeof sum);
  if (checksum(content) != sum) Reader::refuse("is damaged");
  if (bytes[version] != expected[version]) Reader::refuse("is of another kind");
  Reader reader(content.substr(expected.size()));
  auto value = get(reader);
  reader.finish();
  return value;
}

template <class T>
T read_as(std::string_view bytes, Kind kind) {
  return unpacked(bytes, kind, [](Reader& reader) {
    T value;
    reader.get(value);
    return value;
  });
}

}  // namespace

template <>
struct Fields<ScenarioParts> {
  static auto of(auto& s) {
    auto& [title, changes, groups, limits, policy, day, basis] = s;
    return std::tie(title, changes, groups, limits, policy, day, basis);
  }
};

std::string pack(const World& world) {
  return packed(Kind::world, [&](Writer& w) { w.put(world.data()); });
}
std::string pack(const Theory& theory) {
  return packed(Kind::theory, [&](Writer& w) { w.put(theory); });
}
std::string pack(const Closure& closure) {
  return packed(Kind::closure, [&](Writer& w) { w.put(closure); });
}
std::string pack(const Change& change) {
  return packed(Kind::change, [&](Writer& w) { w.put(change); });
}

std::string pack(const Scenario& scenario) {
  const ScenarioParts parts{scenario.title(),  scenario.changes(), scenario.groups(), scenario.limits(),
                            scenario.policy(), scenario.day(),     scenario.basis()};
  return packed(Kind::scenario, [&](Writer& w) { w.put(parts); });
}

std::string pack(const Shock& shock, const World* world) {
  return packed(Kind::shock, [&](Writer& w) {
    const auto& [tariffs, export_taxes, trade_cost_hat, taste_hat, productivity_hat, final_demand_share, deficits,
                 constraints, specific_duties, origin_rules, ways] = shock;
    put_rates(w, tariffs, world ? &world->tariffs() : nullptr);
    put_rates(w, export_taxes, world ? &world->export_taxes() : nullptr);
    w.put(trade_cost_hat);
    w.put(taste_hat);
    w.put(productivity_hat);
    w.put(final_demand_share);
    w.put(deficits);
    w.put(constraints);
    w.put(specific_duties);
    w.put(origin_rules);
    w.put(ways);
  });
}

World unpack_world(std::string_view bytes) { return World(read_as<WorldData>(bytes, Kind::world)); }
Theory unpack_theory(std::string_view bytes) { return read_as<Theory>(bytes, Kind::theory); }
Closure unpack_closure(std::string_view bytes) { return read_as<Closure>(bytes, Kind::closure); }
Change unpack_change(std::string_view bytes) { return read_as<Change>(bytes, Kind::change); }

Scenario unpack_scenario(std::string_view bytes) {
  ScenarioParts parts = read_as<ScenarioParts>(bytes, Kind::scenario);
  Scenario scenario(parts.title);
  for (auto& limit : parts.limits) scenario = scenario.with(std::move(limit));
  scenario = scenario.with(std::make_shared<const Policy>(std::move(parts.policy)));
  if (parts.day) scenario = scenario.on(*parts.day, parts.basis);
  for (const auto& [group, regions] : parts.groups) scenario = scenario.group(group, regions);
  for (auto& change : parts.changes) scenario = scenario.with(std::move(change));
  return scenario;
}

Shock unpack_shock(std::string_view bytes, const World* world) {
  return unpacked(bytes, Kind::shock, [&](Reader& r) {
    Shock shock;
    get_rates(r, shock.tariffs, world ? &world->tariffs() : nullptr);
    get_rates(r, shock.export_taxes, world ? &world->export_taxes() : nullptr);
    r.get(shock.trade_cost_hat);
    r.get(shock.taste_hat);
    r.get(shock.productivity_hat);
    r.get(shock.final_demand_share);
    r.get(shock.deficits);
    r.get(shock.constraints);
    r.get(shock.specific_duties);
    r.get(shock.origin_rules);
    r.get(shock.ways);
    return shock;
  });
}

}  // namespace tariffsim::python
