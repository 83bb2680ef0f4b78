// The table of laws: name, statement, tolerance, check.
#include "laws/law.hpp"

namespace tariffsim::testing {

const std::vector<Law>& laws() {
  static const std::vector<Law> table = {
      {"zero shock", "A shock that changes nothing changes nothing: every hat is 1.", 1e-12, zero_shock},
      {"certificate", "certify() finds every equation of the result within the solver's tolerance.", 1e-13,
       certificate},
      {"accounts", "Output, expenditure, value added, revenue, deficits and income close, region by region.", 1e-12,
       accounts_close},
      {"Walras", "At any wages, in equilibrium or not, the excess demands for labour sum to zero.", 1e-12, walras},
      {"domestic cells", "A measure on every flow leaves the rates and trade costs of domestic cells alone.", 1e-12,
       domestic_exempt},
      {"currency", "Flows times 1000: the same hats, all values times 1000.", 1e-11, currency},
      {"numeraire", "Another numeraire rescales nominal results by one factor and changes nothing real.", 1e-11,
       numeraire},
      {"order of regions", "Regions in another order: the same results in that order.", 1e-11, region_order},
      {"order of sectors", "Sectors in another order: the same results in that order.", 1e-11, sector_order},
      {"two halves", "A region split into two halves behaves as the whole; its four domestic cells are exempt.", 1e-11,
       halves},
      {"twins", "Two identical countries behave as the country that aggregate() makes of them.", 1e-11, twins},
      {"idle region", "A further region that trades with nobody changes nothing for the others.", 1e-11, idle_region},
      {"composition", "Shock a, then shock b on Equilibrium::world(), is shock a and b at once.", 1e-10, composition},
      {"reversal", "A shock and its reverse return to the base.", 1e-10, reversal},
      {"Lerner symmetry",
       "A uniform factor on 1 + t of all a region's imports is the same factor on 1 + e of its exports.", 1e-11,
       lerner},
      {"autarky",
       "With all trade banned real income is what domestic shares say; where deficits or a missing good rule "
       "that out, the status is infeasible and names such a region.",
       1e-11, autarky},
      {"ACR formula", "Real income is the tariff multiplier times domestic shares to the power -1/theta.", 1e-11,
       arkolakis},
      {"domestic shares", "Real wages follow from domestic shares alone, materials through the Leontief inverse.",
       1e-11, domestic_shares},
      {"small tariffs", "Without wedges, small tariffs move world real income not at all at first order.", 1e-6,
       first_order_tariffs},
      {"small trade costs", "Without wedges, small trade costs cost the world the flows that they fall on.", 1e-6,
       first_order_trade_costs},
      {"small productivity", "Without wedges, small gains in productivity earn the world the output that they fall on.",
       1e-6, first_order_productivity},
  };
  return table;
}

}  // namespace tariffsim::testing
