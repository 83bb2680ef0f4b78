"""The shortest start: a matrix of flows, one elasticity, one quarrel."""

import tariffsim as ts

# Rows export, columns import, the diagonal is sold at home.
flows = [[80, 6, 9], [8, 150, 12], [7, 14, 60]]
world = ts.World.from_flows(flows, trade_elasticity=4.0, regions=["A", "B", "C"])

quarrel = (
    ts.Scenario("A and B fall out")
    .tariff(importer="A", exporter="B", rate=0.60)
    .tariff(importer="B", exporter="A", rate=0.30)
)  # fmt: skip
eq = ts.solve(world, quarrel)  # reading a number raises, with the reason, where there is no equilibrium

for region, percent in eq.real_income_pct.items():
    print(f"{region}  {percent:+.6f} percent of real income")
print(f"largest relative residual {eq.certificate.worst:.1e}")
print()
print(eq.summary())
