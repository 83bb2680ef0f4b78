"""One barrier, many instruments: what each does to the flow, to the rate that is paid, and to both sides."""

import tariffsim as ts

world = ts.World.load("world-2022-27x12")
deal = {"importer": "USA", "exporter": "CHN", "sector": "ELE"}
none = ts.Scenario("instruments")
cases = {
    "ad valorem tariff, 30 percent": none.tariff(**deal, rate=0.30),
    "the same per unit": none.specific_tariff(**deal, rate=0.30),
    "half of it a rent of the exporter": none.non_tariff_measure(
        **deal, ad_valorem=0.30, resource_share=0.5, rent="exporter"
    ),
    "quota, 0.4 times the base": none.quota(**deal, at_most=0.4),
    "the same, licences to exporters": none.quota(**deal, at_most=0.4, rent="exporter"),
    "30 percent, some through Vietnam": none.tariff(**deal, rate=0.30).transshipment(
        **deal, via="VNM", median_cost=0.2, detection=0.1, penalty=0.4
    ),
    "subsidy of 5 percent on output": none.production_subsidy("CHN", "ELE", rate=0.05),
}
print(f"{'':<36}{'paid %':>8}{'flow %':>8}{'USA %':>9}{'CHN %':>9}")
for name, scenario in cases.items():
    eq = ts.solve(world, scenario)
    paid, flow = 100 * float(eq.tariffs.sel(**deal)), 100 * (float(eq.flows_hat.sel(**deal)) - 1)
    usa, chn = eq.real_income_pct["USA"], eq.real_income_pct["CHN"]
    print(f"{name:<36}{paid:>8.2f}{flow:>8.2f}{usa:>9.4f}{chn:>9.4f}")
