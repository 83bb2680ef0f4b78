// All of the analysis layer: what an equilibrium means.
#pragma once

#include "tariffsim/analysis/acr.hpp"
#include "tariffsim/analysis/balances.hpp"
#include "tariffsim/analysis/creation.hpp"
#include "tariffsim/analysis/effective_tariff.hpp"
#include "tariffsim/analysis/first_order.hpp"
#include "tariffsim/analysis/flows.hpp"
#include "tariffsim/analysis/gross_exports.hpp"
#include "tariffsim/analysis/market_totals.hpp"
#include "tariffsim/analysis/pairs.hpp"
#include "tariffsim/analysis/partners.hpp"
#include "tariffsim/analysis/pass_through.hpp"
#include "tariffsim/analysis/prices.hpp"
#include "tariffsim/analysis/shapley.hpp"
#include "tariffsim/analysis/ways.hpp"
#include "tariffsim/analysis/welfare.hpp"
