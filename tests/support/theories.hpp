// One theory for each part that the system has, and every closure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tariffsim/model/closure.hpp"
#include "tariffsim/model/theory.hpp"

namespace tariffsim::testing {

inline Theory renamed(Theory theory, std::string name) {
  theory.name = std::move(name);
  return theory;
}

inline Factor capital(double mobility) {
  Factor factor;
  factor.name = "capital";
  factor.mobility = mobility;
  factor.share = Parameter(0.4);
  return factor;
}

/// One theory for each part that the system has, and one with most of them.
inline std::vector<Theory> theories() {
  std::vector<Theory> list;
  list.push_back(Theory::two_tier(1.5));
  Theory ces;
  ces.value_added_materials = 0.4;
  ces.materials = 0.2;
  ces.final_demand = 0.8;
  list.push_back(renamed(ces, "CES"));
  Theory leontief;
  leontief.value_added_materials = 0;
  leontief.materials = 0;
  list.push_back(renamed(leontief, "Leontief"));
  list.push_back(Theory::external_economies(0.04));
  Theory margins;
  margins.distribution_margin = 0.08;
  margins.pass_through = 1.1;
  list.push_back(renamed(margins, "margin and pass-through"));
  list.push_back(Theory::specific_factors());
  list.push_back(renamed(Theory::specific_factors(1.5), "imperfect mobility"));
  Theory two;
  two.factors.push_back(capital(0));
  list.push_back(renamed(two, "labour and specific capital"));
  list.push_back(Theory::elastic_labour(0.5));
  Theory rigid_real = two;
  rigid_real.factors.front().supply = Factor::kFree;
  list.push_back(renamed(rigid_real, "rigid real wage"));
  Theory rigid_nominal = rigid_real;
  rigid_nominal.factors.front().anchor = WageAnchor::nominal;
  list.push_back(renamed(rigid_nominal, "rigid nominal wage"));
  Theory full = two;
  full.domestic_import = 1.5;
  full.value_added_materials = 0.5;
  full.materials = 0.3;
  full.final_demand = 0.7;
  full.scale = Scale::given;
  full.scale_elasticity = 0.02;
  full.factors.front().mobility = 2;
  full.factors.front().supply = 0.3;
  list.push_back(renamed(full, "all at once"));
  return list;
}

inline std::vector<std::pair<std::string, Closure>> closures() {
  return {{"balanced", {.deficits = Deficits::balanced}},
          {"fixed_world_share", {.deficits = Deficits::fixed_world_share}},
          {"fixed_income_share", {.deficits = Deficits::fixed_income_share}},
          {"fixed_expenditure_share", {.deficits = Deficits::fixed_expenditure_share}},
          {"endogenous", {.deficits = Deficits::endogenous, .saving_response = 0.5}},
          {"income_tax", {.revenue = Revenue::income_tax}},
          {"wasted", {.revenue = Revenue::wasted}}};
}

}  // namespace tariffsim::testing
