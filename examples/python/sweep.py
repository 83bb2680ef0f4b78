"""Many changes of one world: a Solver prepares the base once, then each rate costs a few milliseconds."""

import tariffsim as ts

world = ts.World.load("world-2022-27x12")
solver = ts.Solver(world, ts.Closure(deficits="fixed_world_share"))

print("  rate  USA real income %  CHN real income %  Chinese goods in the USA %  US tariff revenue, bn USD")
for rate in (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0):
    eq = solver.solve(
        ts.Scenario("a rate, both ways")
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=rate, operation="add")
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=rate, operation="add")
    )
    income = eq.real_income_pct
    china = eq.import_sources("USA", "goods").loc["CHN"]
    sold = round(100 * china["change"] / china["base"], 1) + 0.0  # no minus before a zero
    usa, chn = (round(income[code], 4) + 0.0 for code in ("USA", "CHN"))
    print(f"{rate:6.2f}  {usa:17.4f}  {chn:17.4f}  {sold:26.1f}  {eq.tariff_revenue['USA'] / 1e3:25.1f}")
