"""A sweep over a rate and a scale of all trade elasticities: on all cores, and on disk so that it can be resumed."""

import tempfile
from pathlib import Path

import numpy as np

import tariffsim as ts

world = ts.World.load("world-2022-27x12")


def case(rate, scale):
    """Duties both ways, under Caliendo and Parro's theory with its trade elasticities scaled."""
    war = (
        ts.Scenario("a rate, both ways")
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=rate, operation="add")
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=rate, operation="add")
    )
    return ts.Case(war, theory=ts.Theory(elasticity_scale=scale))


over = {"rate": np.round(np.arange(0.0, 1.01, 0.05), 2), "scale": [0.5, 1.0, 2.0]}
with tempfile.TemporaryDirectory() as folder:
    out = Path(folder) / "sweep"
    grid = ts.sweep(world, case, over, outcomes=["real_income_pct[USA]", "flows[CHN->USA]"], out=out)
    again = ts.sweep(world, case, over, outcomes=["real_income_pct[USA]", "flows[CHN->USA]"], out=out, resume=True)
    solved = int((grid["status"] == "converged").sum())
    print(f"{grid['status'].size} rows, {solved} converged; the same again: {grid.equals(again)}")

print("Real income of the USA, percent, by scale of the elasticities")
print("  rate" + "".join(f"{scale:9.1f}" for scale in grid["scale"].values))
for rate in (0.1, 0.25, 0.5, 1.0):
    print(f"{rate:6.2f}" + "".join(f"{value:9.4f}" for value in grid["real_income_pct[USA]"].sel(rate=rate).values))
