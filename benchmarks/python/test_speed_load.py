"""Reading data packages, and worlds from frames of a million rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import tariffsim as ts
from pytest_benchmark.fixture import BenchmarkFixture
from workloads import Workload


def test_read(benchmark: BenchmarkFixture, workload: Workload) -> None:
    expected = workload.world().flows.shape
    assert benchmark(ts.World.read, workload.folder).flows.shape == expected


def test_million_rows(benchmark: BenchmarkFixture) -> None:
    """160 regions and 40 sectors: 1,024,000 flows and as many tariffs."""
    regions = [f"R{n:03}" for n in range(160)]
    sectors = [f"S{j:02}" for j in range(40)]
    keys = pd.MultiIndex.from_product([regions, regions, sectors], names=["exporter", "importer", "sector"]).to_frame(index=False)
    draw = np.random.default_rng(1)
    flows = keys.assign(value=draw.lognormal(sigma=2.0, size=len(keys)))
    flows.loc[flows.exporter == flows.importer, "value"] *= 1000
    tariffs = keys.assign(rate=draw.uniform(0.0, 0.2, size=len(keys)))
    tariffs.loc[tariffs.exporter == tariffs.importer, "rate"] = 0.0
    table = pd.DataFrame({"sector": sectors, "trade_elasticity": 4.0})

    def load() -> ts.World:
        return ts.World.from_frames(regions=regions, sectors=table, flows=flows, tariffs=tariffs)

    world = benchmark.pedantic(load, rounds=3, warmup_rounds=1)
    assert world.flows.shape == (160, 160, 40)
    first = flows.iloc[12345]
    assert float(world.flows.loc[first.exporter, first.importer, first.sector]) == first.value
