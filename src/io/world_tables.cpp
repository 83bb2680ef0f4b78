#include "io/world_tables.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "io/code_finder.hpp"
#include "io/csv_table.hpp"
#include "io/text_file.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/core/flow_cell.hpp"
#include "tariffsim/core/format.hpp"

namespace tariffsim::detail {
namespace {

// Values per array beyond which a dense world does not fit ordinary memory (2 GiB an array).
constexpr double kMostCells = 268435456.0;

/// Remembers on which line each cell was first given.
class FirstLines {
 public:
  explicit FirstLines(Index cells) : line_(static_cast<std::size_t>(cells), 0U) {}

  void record(Index cell, const CsvTable& table) {
    std::uint32_t& line = line_[static_cast<std::size_t>(cell)];
    if (line != 0) {
      table.refuse("the row repeats the key of line " + std::to_string(line), "keep one of the two rows");
    }
    line = table.line();
  }

 private:
  std::vector<std::uint32_t> line_;
};

/// Codes of a label table, each with the line that gave it.
class NewCodes {
 public:
  explicit NewCodes(std::string axis) : axis_(std::move(axis)) {}

  void add(const CsvTable& table, std::string code) {
    if (code.empty()) table.refuse("the " + axis_ + " has no code", "give every " + axis_ + " a code");
    if (code == "*") table.refuse("'*' is not a code; it means every " + axis_, "choose another code");
    const auto [earlier, is_new] = line_.emplace(code, table.line());
    if (!is_new) {
      table.refuse(axis_ + " " + in_quotes(code) + " is given twice, first in line " + std::to_string(earlier->second),
                   "list every " + axis_ + " once");
    }
    codes_.push_back(std::move(code));
  }

  [[nodiscard]] Labels with_names(std::vector<std::string> names, const std::string& file) && {
    if (codes_.empty()) throw InvalidInput(file, "there is no row", "list at least one " + axis_);
    return {axis_, std::move(codes_), std::move(names)};
  }

 private:
  std::string axis_;
  std::vector<std::string> codes_;
  std::unordered_map<std::string, unsigned> line_;
};

void require_manageable(double cells, const WorldData& world, const std::string& file) {
  if (cells <= kMostCells) return;
  throw InvalidInput(file,
                     std::to_string(world.regions.size()) + " regions and " + std::to_string(world.sectors.size()) +
                         " sectors are more than a dense world can hold",
                     "aggregate regions or sectors first");
}

/// Reads exporter, importer, sector and one number into a cube; `accept` refuses numbers.
template <class Accept>
Cube read_bilateral(CsvTable& table, const WorldData& world, Accept accept) {
  const Index N = world.regions.size(), J = world.sectors.size();
  require_manageable(static_cast<double>(N) * static_cast<double>(N) * static_cast<double>(J), world, table.file());
  Cube cube(N, N, J);
  FirstLines lines(cube.size());
  CodeFinder exporters(world.regions), importers(world.regions), sectors(world.sectors);
  while (table.next()) {
    const Index i = exporters.at(table, 0), n = importers.at(table, 1), j = sectors.at(table, 2);
    const double value = table.number(3);
    accept(value);
    lines.record(flow_place(i, n, j, N), table);
    cube(i, n, j) = value;
  }
  return cube;
}

void require_share(const CsvTable& table, double share, double most) {
  if (share >= 0 && share <= most) return;
  table.refuse("share is " + show(share),
               share < 0 ? "shares are not negative; delete the row or set it to 0" : "give a share between 0 and 1");
}

RegionSector read_region_sector(std::string_view text, const std::string& file, const WorldData& world, double most) {
  CsvTable table(text, file, {"region", "sector", "share"});
  const Index N = world.regions.size();
  RegionSector array = RegionSector::Zero(N, world.sectors.size());
  FirstLines lines(array.size());
  CodeFinder regions(world.regions), sectors(world.sectors);
  while (table.next()) {
    const Index n = regions.at(table, 0), j = sectors.at(table, 1);
    const double share = table.number(2);
    require_share(table, share, most);
    lines.record(n + N * j, table);
    array(n, j) = share;
  }
  return array;
}

Cube read_rates(std::string_view text, const std::string& file, const WorldData& world) {
  CsvTable table(text, file, {"exporter", "importer", "sector", "rate"});
  return read_bilateral(table, world, [&](double rate) {
    if (!(rate > -1)) {
      table.refuse("rate is " + show(rate) + ", which leaves no price",
                   "rates are ad valorem (0.25 is 25 percent) and above -1");
    }
  });
}

}  // namespace

void read_regions(std::string_view text, const std::string& file, WorldData& world) {
  CsvTable table(text, file, {"region", "name", "territory"}, 2);
  NewCodes regions("region");
  std::vector<std::string> names;
  while (table.next()) {
    const std::string code = table.text(0);
    regions.add(table, code);
    names.emplace_back(table.text(1));
    if (!table.has(2)) continue;
    const std::string territory = table.text(2);
    world.territories.push_back(territory.empty() ? code : territory);
  }
  world.regions = std::move(regions).with_names(std::move(names), file);
}

void read_sectors(std::string_view text, const std::string& file, WorldData& world) {
  CsvTable table(text, file, {"sector", "name", "kind", "trade_elasticity"});
  NewCodes sectors("sector");
  std::vector<std::string> names;
  std::vector<double> elasticities;
  while (table.next()) {
    sectors.add(table, table.text(0));
    names.emplace_back(table.text(1));
    const std::string kind = table.text(2);
    if (kind != "goods" && kind != "services") table.refuse("kind is " + in_quotes(kind), "use 'goods' or 'services'");
    world.sector_kinds.push_back(kind);
    const double theta = table.number(3);
    if (!(theta > 0)) {
      table.refuse("trade_elasticity is " + show(theta),
                   theta < 0 ? "theta = sigma - 1 is above zero; give its absolute value"
                             : "theta = sigma - 1 must be above zero, and finite");
    }
    elasticities.push_back(theta);
  }
  world.sectors = std::move(sectors).with_names(std::move(names), file);
  world.trade_elasticity = Eigen::Map<const Vector>(elasticities.data(), static_cast<Index>(elasticities.size()));
}

void read_flows(std::string_view text, const std::string& file, WorldData& world) {
  CsvTable table(text, file, {"exporter", "importer", "sector", "value"});
  bool any = false;
  world.flows = read_bilateral(table, world, [&](double flow) {
    any = true;
    if (!(flow >= 0)) {
      table.refuse("value is " + show(flow),
                   "flows are values at the border and not negative; clip or net out the cell");
    }
  });
  if (!any) throw InvalidInput(file, "there is no row", "list the flows, domestic sales included");
}

void read_tariffs(std::string_view text, const std::string& file, WorldData& world) {
  world.tariffs = read_rates(text, file, world);
}

void read_export_taxes(std::string_view text, const std::string& file, WorldData& world) {
  world.export_taxes = read_rates(text, file, world);
}

void read_inputs(std::string_view text, const std::string& file, WorldData& world) {
  CsvTable table(text, file, {"region", "input", "sector", "share"});
  const Index N = world.regions.size(), J = world.sectors.size();
  require_manageable(static_cast<double>(J) * static_cast<double>(J) * static_cast<double>(N), world, file);
  world.input_shares = Cube(J, J, N);
  FirstLines lines(world.input_shares.size());
  CodeFinder regions(world.regions), inputs(world.sectors), sectors(world.sectors);
  while (table.next()) {
    const Index n = regions.at(table, 0), k = inputs.at(table, 1), j = sectors.at(table, 2);
    const double share = table.number(3);
    if (!(share >= 0))
      table.refuse("share is " + show(share), "input shares are not negative; set it to 0 and rescale");
    lines.record(k + J * (j + J * n), table);
    world.input_shares(k, j, n) = share;
  }
}

void read_value_added(std::string_view text, const std::string& file, WorldData& world) {
  world.value_added_share = read_region_sector(text, file, world, 1.0);
}

void read_final_demand(std::string_view text, const std::string& file, WorldData& world) {
  world.final_demand_share = read_region_sector(text, file, world, 1.0 + 1e-6);
}

void read_groups(std::string_view text, const std::string& file, WorldData& world) {
  CsvTable table(text, file, {"group", "region"});
  CodeFinder regions(world.regions);
  std::set<std::pair<std::string, std::string>> seen;
  while (table.next()) {
    const std::string group = table.text(0);
    if (group.empty() || group == "*") table.refuse("the group has no name", "give every group a name other than '*'");
    if (world.regions.find(group)) {
      table.refuse("group " + in_quotes(group) + " has the name of a region", "rename the group");
    }
    const std::string& region = world.regions.code(regions.at(table, 1));
    if (!seen.emplace(group, region).second) {
      table.refuse("region " + in_quotes(region) + " is in group " + in_quotes(group) + " twice",
                   "keep one of the two rows");
    }
    world.groups[group].push_back(region);
  }
}

namespace {

// Reads what each label contains; each a `noun`, named by `code`.
void read_contents(std::string_view text, const std::string& file, const Labels& labels, const char* noun,
                   const char* code, std::map<std::string, std::vector<std::string>>& contents) {
  CsvTable table(text, file, {labels.axis().c_str(), "member"});
  CodeFinder finder(labels);
  std::set<std::pair<std::string, std::string>> seen;
  while (table.next()) {
    const std::string& label = labels.code(finder.at(table, 0));
    const std::string member = table.text(1);
    if (member.empty()) {
      table.refuse("the member has no code", std::string("give ") + code + " in the " + labels.axis());
    }
    if (!seen.emplace(label, member).second) {
      table.refuse(
          std::string(noun) + " " + in_quotes(member) + " is in " + labels.axis() + " " + in_quotes(label) + " twice",
          "keep one of the two rows");
    }
    contents[label].push_back(member);
  }
}

}  // namespace

void read_members(std::string_view text, const std::string& file, WorldData& world) {
  read_contents(text, file, world.regions, "country", "the ISO3 code of a country", world.members);
}

void read_sector_members(std::string_view text, const std::string& file, WorldData& world) {
  read_contents(text, file, world.sectors, "industry", "the code of an industry", world.sector_members);
}

void read_member_weights(std::string_view text, const std::string& file, WorldData& world) {
  CsvTable table(text, file, {"member", "importer", "sector", "share"});
  CodeFinder importers(world.regions), sectors(world.sectors);
  std::set<std::tuple<std::string, Index, Index>> seen;
  while (table.next()) {
    const Index n = importers.at(table, 1), j = sectors.at(table, 2);
    const double share = table.number(3);
    require_share(table, share, 1.0 + 1e-6);
    if (!seen.emplace(table.text(0), n, j).second) {
      table.refuse("the row repeats an earlier one", "keep one of the two rows");
    }
    world.member_weights.push_back({table.text(0), world.regions.code(n), world.sectors.code(j), share});
  }
}

}  // namespace tariffsim::detail
