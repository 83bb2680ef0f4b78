"""Markets of products linked to a world."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import tariffsim as ts


@pytest.fixture(scope="module")
def world() -> ts.World:
    return ts.World.load("world-2022-27x12")


def vehicles(world: ts.World, substitution: float, supply: float = math.inf, parts: int = 1) -> ts.Market:
    """The vehicles of the world as `parts` equal products."""
    flows = world.flows.sel(sector="VEH").to_series().rename("value").reset_index().query("value > 0")
    flows = flows.merge(world.tariffs.sel(sector="VEH").to_series().rename("tariff").reset_index(), on=["exporter", "importer"])
    pieces = [flows.assign(product=f"V{k}", value=flows["value"] / parts) for k in range(parts)]
    products = pd.DataFrame({"code": [f"V{k}" for k in range(parts)], "sector": "VEH", "substitution": substitution})
    columns = ["exporter", "importer", "product", "value", "tariff"]
    return ts.Market.from_frames(pd.concat(pieces)[columns], products, demand=-1.2, supply=supply)


def test_a_market_with_the_elasticity_of_the_world_changes_nothing(world: ts.World) -> None:
    duty = ts.Scenario("25 points").tariff(importer="USA", exporter="MEX", sector="VEH", rate=0.25, operation="add")
    alone = ts.solve(world, duty)
    theta = float(world.trade_elasticity["VEH"])
    linked = ts.link(world, vehicles(world, theta + 1), duty)
    assert linked.converged and linked.gap < 1e-9 and linked.rounds < 40
    np.testing.assert_allclose(linked.general.real_income_pct, alone.real_income_pct, atol=1e-7)
    np.testing.assert_allclose(linked.flows["trade_cost_hat"], 1, atol=1e-7)
    assert linked.unlinked_value == 0


def test_products_differ_from_their_mean(world: ts.World) -> None:
    market = vehicles(world, 6.0, parts=2)
    duty = ts.Scenario("one of two").tariff(importer="USA", exporter="MEX", sector="V0", rate=1.0)
    linked = ts.link(world, market, duty, theory="specific_factors", closure="fixed_income_share")
    row = linked.flows.loc[("MEX", "USA", "VEH")]
    assert 1 < row["duty_hat"] < 1.5  # below the mean at base weights: the dearer half is bought less
    assert linked.general.theory.name == "specific_factors"
    assert linked.general.closure.deficits == "fixed_income_share"
    after = linked.partial.flows["value"].groupby(level=["exporter", "importer"]).sum()
    world_after = linked.general.flows.sel(sector="VEH").to_series()
    np.testing.assert_allclose(after, world_after.loc[after.index], rtol=1e-7)


def test_a_linked_market_has_no_surpluses(world: ts.World) -> None:
    duty = ts.Scenario("t").tariff(importer="USA", exporter="MEX", sector="VEH", rate=0.5)
    partial = ts.link(world, vehicles(world, 4.0, supply=3.0), duty).partial
    assert list(partial.suppliers.columns) == ["world_price_hat", "cost_hat"]
    assert "demand_hat" in partial.buyers and "consumer_surplus" not in partial.buyers
    assert "net_welfare" not in partial.regions
    assert "USA" in partial.summary()


def test_progress_stops_the_work(world: ts.World) -> None:
    seen: list[float] = []

    def once(round_: int, gap: float) -> bool:
        seen.append(gap)
        return False

    duty = ts.Scenario("t").tariff(importer="USA", exporter="MEX", sector="VEH", rate=0.5)
    linked = ts.link(world, vehicles(world, 4.0), duty, progress=once)
    assert len(seen) == 1 and linked.status == "stalled" and "stopped" in linked.diagnosis
    assert "not linked" in linked.summary()
    with pytest.raises(ts.NotConverged, match="stopped"):
        _ = linked.general


def test_bad_input_names_the_remedy(world: ts.World) -> None:
    market = vehicles(world, 4.0)
    duty = ts.Scenario("t").tariff(importer="USA", exporter="MEX", sector="VEH", rate=0.5)
    with pytest.raises(ts.InvalidInput, match="a flow that the market decides on"):
        ts.link(world, market, duty, duty)
    with pytest.raises(ts.InvalidInput, match="give a Market"):
        ts.link(world, world, duty)  # type: ignore[arg-type]
    with pytest.raises(ts.InvalidInput, match="number of rounds"):
        ts.link(world, market, duty, max_rounds=0)
