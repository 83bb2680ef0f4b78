#include "io/summary_json.hpp"

#include <Eigen/Core>

#include <nlohmann/json.hpp>
#include <system_error>

#include "io/text_file.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/welfare.hpp"
#include "tariffsim/core/errors.hpp"
#include "tariffsim/model/theory_keys.hpp"

namespace tariffsim::detail {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kProgram = "tariffsim";

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

Json world_json(const World& world) {
  const WorldInfo& info = world.info();
  return {{"name", info.name},
          {"title", info.title},
          {"year", info.year},
          {"currency", info.currency},
          {"unit", info.unit},
          {"regions", world.regions().size()},
          {"sectors", world.sectors().size()}};
}

Json versions_json() {
  const std::string eigen = std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                            std::to_string(EIGEN_MINOR_VERSION);
  return {{"tariffsim", TARIFFSIM_VERSION}, {"eigen", eigen}, {"compiler", __VERSION__}};
}

// The arrays of a shock that are not as in the base.
Json shocked(const Shock& shock) {
  Json names = Json::array();
  const auto add = [&](bool there, const char* what) {
    if (there) names.push_back(what);
  };
  add(shock.tariffs.has_value(), "tariffs");
  add(shock.export_taxes.has_value(), "export_taxes");
  add(shock.trade_cost_hat.has_value(), "trade_cost");
  add(shock.taste_hat.has_value(), "taste");
  add(shock.productivity_hat.has_value(), "productivity");
  add(shock.final_demand_share.has_value(), "final_demand");
  add(shock.deficits.has_value(), "deficits");
  return names;
}

// Null where the solve ended before there was anything to certify.
Json certificate_json(const Certificate& certificate) {
  bool any = certificate.positive;
  for (const auto& condition : certificate.conditions()) any = any || condition.second->value > 0;
  if (!any) return nullptr;
  Json json = Json::object();
  for (const auto& [condition, residual] : certificate.conditions()) {
    json[condition] = {{"residual", residual->value}};
    if (!residual->region.empty()) json[condition]["region"] = residual->region;
    if (!residual->sector.empty()) json[condition]["sector"] = residual->sector;
  }
  json["walras"] = certificate.walras;
  json["positive"] = certificate.positive;
  json["worst"] = certificate.worst();
  return json;
}

Json base_json(const BaseShift& shift) {
  Json json = {{"resolved", shift.resolved}};
  if (shift.resolved) {
    json["reason"] = shift.reason;
    json["moved_share"] = shift.moved_share;
    json["largest_change"] = shift.largest_change;
  }
  return json;
}

// Titles from other programs may hold bytes that are not UTF-8; a summary is written all the same.
std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

// Each limit: what was asked for, what came out, and the wedge that it takes.
Json limits_json(const Equilibrium& eq) {
  Json list = Json::array();
  for (const LimitOutcome& l : eq.limits) {
    list.push_back({{"name", l.name},
                    {"limited", name(l.limited)},
                    {"sense", name(l.sense)},
                    {"level", l.level},
                    {"amount", l.amount},
                    {"base", l.base},
                    {"binds", l.binds()},
                    {"exceeded", l.beyond()},
                    {"wedge", l.wedge},
                    {"rent", l.rent},
                    {"rent_owner", name(l.owner)}});
  }
  return list;
}

}  // namespace

std::string format_summary(const Equilibrium& eq) {
  Json json = {{"program", kProgram}, {"status", name(eq.status)}};
  if (!eq.diagnosis.empty()) json["diagnosis"] = eq.diagnosis;
  json["certificate"] = certificate_json(eq.certificate);
  json["iterations"] = eq.iterations;
  json["evaluations"] = eq.evaluations;
  json["path_steps"] = eq.path_steps;
  json["seconds_solve"] = eq.seconds;
  json["tolerance"] = eq.tolerance;
  json["closure"] = closure_json(eq.closure);
  json["theory"] = theory_json(eq.theory, eq.observed);
  if (!eq.values->warnings.empty()) json["warnings"] = eq.values->warnings;
  json["base"] = base_json(eq.base_shift);
  json["scenario"] = {{"title", eq.title}, {"measures", eq.measures}, {"shocked", shocked(*eq.shock)}};
  if (eq.converged()) {
    json["welfare"] = {{"real_income_comparable", welfare_comparable(eq)},
                       {"first_order_applies", first_order_applies(eq)}};
  }
  if (!eq.limits.empty() && eq.converged()) json["limits"] = limits_json(eq);
  json["world"] = world_json(eq.observed);
  json["versions"] = versions_json();
  return dumped(json);
}

std::string format_base_failure(const World& world, const Case& declared, const std::string& diagnosis) {
  return dumped({{"program", kProgram},
                 {"status", "base_not_converged"},
                 {"diagnosis", diagnosis},
                 {"closure", closure_json(declared.closure)},
                 {"theory", theory_json(declared.theory, world)},
                 {"scenario", {{"title", declared.scenario.title()}}},
                 {"world", world_json(world)},
                 {"versions", versions_json()}});
}

bool is_summary(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return false;
  const Json json = Json::parse(read_text(file), nullptr, false);
  return json.is_object() && json.contains("program") && json["program"] == kProgram;
}

}  // namespace tariffsim::detail
