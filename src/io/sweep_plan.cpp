// sweep.json of a sweep file.
#include <map>
#include <set>
#include <string>
#include <utility>

#include "io/digest.hpp"
#include "io/sweep_columns.hpp"
#include "io/sweep_plan_json.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/io/sweep_folder.hpp"
#include "tariffsim/io/sweep_run.hpp"
#include "tariffsim/io/world_package.hpp"
#include "tariffsim/solve/batch.hpp"

namespace tariffsim {
namespace {

using detail::Json;

static_assert(kPartRows % kPanel == 0, "a part is whole panels");

std::string digest_of(const World& world) {
  detail::Digest digest;
  for (const auto& [file, text] : format_world(world)) {
    digest.add(file);
    digest.add(text);
  }
  return digest.text();
}

Json column_json(const std::vector<SweepValue>& values) {
  const bool numbers = std::holds_alternative<double>(values.front());
  const bool days = std::holds_alternative<Date>(values.front());
  Json list = Json::array();
  for (const SweepValue& value : values) {
    if (numbers) {
      list.push_back(std::get<double>(value));
    } else {
      list.push_back(text_of(value));
    }
  }
  const char* kind = days ? "date" : "text";
  return {{"kind", numbers ? "number" : kind}, {"values", std::move(list)}};
}

Json axis_json(const SweepAxis& axis) {
  Json columns = Json::object();
  for (const auto& [name, values] : axis.columns) columns[name] = column_json(values);
  Json attributes = Json::object();
  if (!axis.method.empty()) attributes = {{"method", axis.method}, {"replicates", 1}, {"quadrature", 0}};
  return {{"name", axis.dim}, {"size", axis.size()}, {"columns", std::move(columns)}, {"attrs", std::move(attributes)}};
}

}  // namespace

namespace detail {

std::vector<Outcome> outcomes_of(const SweepFile& sweep, const World& world) {
  std::vector<Outcome> outcomes;
  std::set<std::string> seen;
  for (const std::string& text : sweep.outcomes()) {
    outcomes.emplace_back(text, world);
    if (!seen.insert(outcomes.back().text()).second) {
      throw InvalidInput("outcome '" + outcomes.back().text() + "'", "stands twice", "ask for it once");
    }
  }
  return outcomes;
}

}  // namespace detail

std::string sweep_plan(const SweepFile& sweep, const World& world) {
  Json columns = Json::array({"row"}), dims = Json::array(), outcomes = Json::array();
  for (const std::string& name : sweep.names()) columns.push_back(name);
  for (const char* column : {"status", "evaluations", "residual"}) columns.push_back(column);
  for (const Outcome& outcome : detail::outcomes_of(sweep, world)) {
    for (const std::string& name : number_names(outcome, world)) columns.push_back(name);
    outcomes.push_back({{"name", outcome.text()}, {"dims", outcome.dims()}, {"unit", info(outcome.quantity()).unit}});
  }
  columns.push_back("diagnosis");
  for (const SweepAxis& axis : sweep.axes()) dims.push_back(axis_json(axis));
  const Json plan = {{"format", detail::kSweepFormat},
                     {"version", detail::kSweepVersion},
                     {"title", sweep.title()},
                     {"world", world.info().name},
                     {"rows", sweep.rows()},
                     {"part_rows", kPartRows},
                     {"columns", std::move(columns)},
                     {"dims", std::move(dims)},
                     {"outcomes", std::move(outcomes)},
                     {"labels", {{"region", world.regions().codes()}, {"sector", world.sectors().codes()}}},
                     {"tolerance", sweep.tolerance()},
                     {"tariffsim", TARIFFSIM_VERSION},
                     {"digests", {{"world", digest_of(world)}, {"sweep_file", sweep.digest()}}}};
  return plan.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace tariffsim
