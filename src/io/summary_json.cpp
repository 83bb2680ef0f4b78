#include "io/summary_json.hpp"

#include <system_error>

#include "io/summary_parts.hpp"
#include "io/text_file.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/welfare.hpp"

namespace tariffsim::detail {
namespace {

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
    json[condition] = residual_json(*residual);
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

std::string format_base_failure(const World& world, const Case& declared, const std::string& diagnosis,
                                const std::string& answer) {
  Json json = {{"program", kProgram}};
  if (!answer.empty()) json["answer"] = answer;
  json["status"] = "base_not_converged";
  json["diagnosis"] = diagnosis;
  json["closure"] = closure_json(declared.closure);
  json["theory"] = theory_json(declared.theory, world);
  json["scenario"] = {{"title", declared.scenario.title()}};
  json["world"] = world_json(world);
  json["versions"] = versions_json();
  return dumped(json);
}

bool is_summary(const std::filesystem::path& file, const std::string& answer) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored)) return false;
  const Json json = Json::parse(read_text(file), nullptr, false);
  if (!json.is_object() || !json.contains("program") || json["program"] != kProgram) return false;
  const auto kind = json.find("answer");
  return kind == json.end() ? answer.empty() : *kind == answer;
}

}  // namespace tariffsim::detail
