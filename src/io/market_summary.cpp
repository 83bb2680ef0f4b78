#include "io/market_summary.hpp"

#include <algorithm>
#include <cstddef>

#include "io/summary_parts.hpp"
#include "tariffsim/core/errors.hpp"

namespace tariffsim::detail {
namespace {

Json theory_json(const MarketTheory& theory) {
  Json json = {{"name", name(theory)}};
  if (const auto* gsim = std::get_if<Gsim>(&theory)) json["published_sign"] = gsim->published_sign;
  if (const auto* smart = std::get_if<Smart>(&theory)) json["importer"] = smart->importer;
  return json;
}

Json market_json(const Market& market) {
  Json json = info_json(market.info());
  json["regions"] = market.regions().size();
  json["sectors"] = market.sectors().size();
  json["products"] = market.products().size();
  json["flows"] = market.value().size();
  return json;
}

// How many products came to what, and the first that has no equilibrium.
Json products_json(const PartialEquilibrium& eq) {
  const auto count = [&](Status status) { return std::count(eq.status.begin(), eq.status.end(), status); };
  Json json = {{"all", eq.status.size()},
               {"changed", std::count_if(eq.iterations.begin(), eq.iterations.end(), [](int n) { return n > 0; })}};
  for (const Status status : {Status::converged, Status::stalled, Status::infeasible}) {
    json[name(status)] = count(status);
  }
  const auto failed = std::find_if(eq.status.begin(), eq.status.end(), [](Status s) { return s != Status::converged; });
  if (failed == eq.status.end()) return json;
  const auto k = static_cast<std::size_t>(failed - eq.status.begin());
  json["first_failed"] = {{"product", eq.market.products().code(static_cast<Index>(k))},
                          {"status", name(*failed)},
                          {"iterations", eq.iterations[k]}};
  return json;
}

// The status of the answer as a whole: that of the first product without an equilibrium.
Status status_of(const PartialEquilibrium& eq) {
  for (const Status status : eq.status) {
    if (status != Status::converged) return status;
  }
  return eq.certificate.finite ? Status::converged : Status::stalled;
}

std::string diagnosis_of(const PartialEquilibrium& eq) {
  try {
    eq.require_converged();
    return {};
  } catch (const NotConverged& e) {
    return e.what();
  }
}

}  // namespace

std::string format_market_summary(const PartialEquilibrium& eq) {
  Json json = {{"program", kProgram}, {"answer", "market"}, {"status", name(status_of(eq))}};
  if (!eq.converged()) json["diagnosis"] = diagnosis_of(eq);
  json["theory"] = theory_json(eq.theory);
  json["scenario"] = {{"title", eq.title}};
  json["products"] = products_json(eq);
  json["certificate"] = {{"market_clearing", residual_json(eq.certificate.market_clearing, "product")},
                         {"demand", residual_json(eq.certificate.demand, "product")},
                         {"finite", eq.certificate.finite},
                         {"worst", eq.certificate.worst()}};
  json["seconds_solve"] = eq.seconds;
  json["tolerance"] = eq.tolerance;
  const ElasticityFallbacks& fallbacks = eq.market.fallbacks();
  json["elasticities_not_of_the_product"] = {
      {"demand", fallbacks.demand}, {"supply", fallbacks.supply}, {"substitution", fallbacks.substitution}};
  json["beyond_uniqueness"] = eq.beyond_uniqueness;
  json["negative_flows"] = eq.negative_flows;
  json["shifts_curves"] = eq.shifts_curves();
  json["market"] = market_json(eq.market);
  json["versions"] = versions_json();
  return dumped(json);
}

std::string format_linked_summary(const Linked& linked) {
  const Equilibrium& world = linked.general;
  Json json = {{"program", kProgram}, {"answer", "link"}, {"status", name(linked.status)}};
  if (!linked.diagnosis.empty()) json["diagnosis"] = linked.diagnosis;
  json["rounds"] = linked.rounds;
  json["gap"] = linked.gap;
  json["seconds"] = linked.seconds;
  json["unlinked"] = {{"flows", linked.unlinked_flows}, {"value", linked.unlinked_value}};
  json["scenario"] = {{"market", linked.partial.title}, {"world", world.title}};
  json["theory"] = theory_json(world.theory, world.observed);
  json["closure"] = closure_json(world.closure);
  json["market"] = market_json(linked.partial.market);
  json["world"] = world_json(world.observed);
  json["versions"] = versions_json();
  return dumped(json);
}

}  // namespace tariffsim::detail
