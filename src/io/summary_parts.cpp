#include "io/summary_parts.hpp"

#include <Eigen/Core>

#include "tariffsim/model/theory_keys.hpp"
#include "tariffsim/model/theory_values.hpp"

namespace tariffsim::detail {

Json closure_json(const Closure& closure) {
  Json json = {
      {"deficits", name(closure.deficits)}, {"numeraire", closure.numeraire}, {"revenue", name(closure.revenue)}};
  if (closure.deficits == Deficits::endogenous) json["saving_response"] = closure.saving_response;
  return json;
}

Json theory_json(const Theory& theory, const World& world) {
  Json json = {{"name", theory.name}};
  for (const auto& [key, value] : describe(theory)) json[key] = value;
  json["trade_elasticities"] = elasticity_source(theory, world);
  return json;
}

Json info_json(const WorldInfo& info) {
  return {{"name", info.name},
          {"title", info.title},
          {"year", info.year},
          {"currency", info.currency},
          {"unit", info.unit}};
}

Json world_json(const World& world) {
  Json json = info_json(world.info());
  json["regions"] = world.regions().size();
  json["sectors"] = world.sectors().size();
  return json;
}

Json versions_json() {
  const std::string eigen = std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                            std::to_string(EIGEN_MINOR_VERSION);
  return {{"tariffsim", TARIFFSIM_VERSION}, {"eigen", eigen}, {"compiler", __VERSION__}};
}

Json residual_json(const Residual& residual, const char* sector) {
  Json json = {{"residual", residual.value}};
  if (!residual.region.empty()) json["region"] = residual.region;
  if (!residual.sector.empty()) json[sector] = residual.sector;
  return json;
}

std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

}  // namespace tariffsim::detail
