"""How much of an answer is theory: one tariff war under six theories."""

import tariffsim as ts

world = ts.World.load("world-2022-27x12")
war = (
    ts.Scenario("60 percent, both ways")
    .tariff(importer="USA", exporter="CHN", sector="goods", rate=0.60)
    .tariff(importer="CHN", exporter="USA", sector="goods", rate=0.60)
)
several = ts.compare(
    world,
    war,
    {
        "Caliendo-Parro": "caliendo_parro",
        "two tiers": ts.Theory("two_tier", domestic_import=2.0),
        "specific factors": "specific_factors",
        "Leontief inputs": ts.Theory(value_added_materials=0.0, materials=0.0),
        "scale 0.03": ts.Theory("external_economies", scale=0.03),
        "elastic labour": ts.Theory("elastic_labour", labour_supply=0.5),
    },
)
for name, eq in several.equilibria.items():
    print(f"{name:<18}", "  ".join(f"{code} {eq.welfare_pct[code]:+.3f}" for code in ("USA", "CHN", "VNM", "MEX")))
