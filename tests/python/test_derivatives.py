"""Gradients, directional derivatives, Jacobians, Hessian-vector products and predictions, from Python."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import tariffsim as ts

OUTCOMES = ["real_income_pct[CHN]", "flows[CHN->USA]", "tariff_revenue[USA]", "price_hat[USA, ELE]"]


@pytest.fixture(scope="module")
def world() -> ts.World:
    return ts.World.load("world-2022-27x12")


@pytest.fixture(scope="module")
def electronics(world: ts.World) -> str:
    return str(world.trade_elasticity.index[6])


def both_ways(rate: float) -> ts.Scenario:
    return (
        ts.Scenario("both ways")
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=rate)
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=rate)
    )


@pytest.fixture(scope="module")
def eq(world: ts.World) -> ts.Equilibrium:
    return ts.solve(world, both_ways(0.6), tolerance=1e-12)


def named(electronics: str) -> list[str]:
    return [name.replace("ELE", electronics) for name in OUTCOMES]


def test_gradient_is_that_of_differences(world: ts.World, eq: ts.Equilibrium, electronics: str) -> None:
    tariffs = np.array(eq.shock.tariffs)
    exporter, importer = eq.flows.get_index("exporter").get_loc("CHN"), eq.flows.get_index("importer").get_loc("USA")
    sector = world.trade_elasticity.index.get_loc(electronics)
    step = 1e-3

    def outcome(name: str, by: float) -> float:
        moved = tariffs.copy()
        moved[exporter, importer, sector] += by
        return float(ts.solve(world, ts.Shock(tariffs=moved), tolerance=1e-12).outcome(name))

    for name in named(electronics):
        g = eq.gradient(name)
        difference = (outcome(name, step) - outcome(name, -step)) / (2 * step)
        exact = float(g.tariff.sel(exporter="CHN", importer="USA", sector=electronics))
        assert exact == pytest.approx(difference, rel=2e-5)
        assert g.value == pytest.approx(float(eq.outcome(name)), rel=1e-12)


def test_gradient_by_an_elasticity(world: ts.World, eq: ts.Equilibrium) -> None:
    theta = world.trade_elasticity
    g = eq.gradient("real_income_pct[USA]", by="trade_elasticity").trade_elasticity
    sector = theta.index[3]
    solved = []
    for step in (-0.01, 0.01):
        moved = theta.copy()
        moved[sector] += step
        solved.append(ts.solve(world, both_ways(0.6), theory=ts.Theory(sources=moved), tolerance=1e-12).real_income_pct["USA"])
    assert float(g.sel(sector=sector)) == pytest.approx((solved[1] - solved[0]) / 0.02, rel=1e-4)


def test_gradient_goes_through_the_base(world: ts.World) -> None:
    solved = ts.solve(world, both_ways(0.6), "balanced", tolerance=1e-12)
    assert solved.base_shift.resolved
    g = solved.gradient("real_income_pct[CHN]")
    assert "deficit" not in g.parameters
    theta = world.trade_elasticity
    values = [
        ts.solve(world, both_ways(0.6), "balanced", theory=ts.Theory(elasticity_scale=scale), tolerance=1e-12)
        .real_income_pct["CHN"]
        for scale in (0.999, 1.001)
    ]
    along = float((g.trade_elasticity * theta.to_numpy()).sum())
    assert along == pytest.approx((values[1] - values[0]) / 0.002, rel=1e-4)


def test_top_is_one_line(eq: ts.Equilibrium) -> None:
    top = eq.gradient("real_income_pct[CHN]").top(100)
    assert len(top) == 100
    assert list(top.index.names) == ["exporter", "importer", "sector"]
    sizes = top.abs().to_numpy()
    assert (np.diff(sizes) <= 0).all()
    exporters, importers = top.index.get_level_values("exporter"), top.index.get_level_values("importer")
    assert (exporters != importers).all()
    whole = np.abs(eq.gradient("real_income_pct[CHN]").tariff.to_numpy())
    for n in range(whole.shape[0]):
        whole[n, n] = 0.0
    assert sizes[0] == whole.max()
    assert len(eq.gradient("real_income_pct[CHN]").top(5, "trade_elasticity")) == 5


def test_jvp_is_the_gradient_along_a_direction(eq: ts.Equilibrium) -> None:
    nearer = both_ways(0.5)
    moved = eq.jvp(nearer, ["real_income_pct", "flows[CHN->USA]"])
    step = nearer.compile(eq.observed).tariffs - eq.shock.tariffs
    for region in ("USA", "CHN", "VNM"):
        g = eq.gradient(f"real_income_pct[{region}]", by="tariff")
        assert float(moved["real_income_pct"].sel(region=region)) == pytest.approx(float((g.tariff * step).sum()), rel=1e-8)
    g = eq.gradient("flows[CHN->USA]", by="tariff")
    assert float(moved["flows[CHN->USA]"]) == pytest.approx(float((g.tariff * step).sum()), rel=1e-8)
    exact = eq.jvp({"tariff": step}, "real_income_pct")["real_income_pct"]
    np.testing.assert_allclose(exact, moved["real_income_pct"], rtol=1e-10)
    nothing = eq.jvp(eq.shock, "real_income_pct")["real_income_pct"]
    assert float(np.abs(nothing).max()) == 0.0


def test_labelled_directions_in_any_order(eq: ts.Equilibrium, electronics: str) -> None:
    theta = eq.observed.trade_elasticity
    shuffled = pd.Series(1.0, index=theta.index[::-1])
    one = eq.jvp({"trade_elasticity": shuffled}, "real_income_pct[USA]")["real_income_pct[USA]"]
    g = eq.gradient("real_income_pct[USA]", by="trade_elasticity").trade_elasticity
    assert float(one) == pytest.approx(float(g.sum()), rel=1e-9)


def test_weighted_sums_and_jacobian(eq: ts.Equilibrium, electronics: str) -> None:
    parameters = [f"tariff[CHN->USA, {electronics}]", f"productivity[CHN, {electronics}]", f"trade_elasticity[{electronics}]"]
    outcomes = ["real_income_pct[USA]", "real_income_pct[CHN]"]
    few = eq.jacobian(outcomes, parameters)  # by gradients
    many = eq.jacobian(outcomes * 2, parameters)  # by directions
    np.testing.assert_allclose(few, many.iloc[:2], rtol=1e-8)
    weighted = eq.gradient({outcomes[0]: 2.0, outcomes[1]: -1.0})
    assert float(weighted.tariff.sel(exporter="CHN", importer="USA", sector=electronics)) == pytest.approx(
        2 * few.iloc[0, 0] - few.iloc[1, 0], rel=1e-9
    )


def test_hessian_vector(eq: ts.Equilibrium) -> None:
    along = both_ways(0.61)
    found = eq.hessian_vector("real_income_pct[USA]", along, by="tariff")
    step = along.compile(eq.observed).tariffs - eq.shock.tariffs
    second = float((found.tariff * step).sum())
    values = [ts.solve(eq.observed, both_ways(rate), tolerance=1e-13).real_income_pct["USA"] for rate in (0.58, 0.6, 0.62)]
    assert second == pytest.approx((values[0] - 2 * values[1] + values[2]) / 4, rel=1e-3)


def test_prediction_knows_its_error(world: ts.World) -> None:
    near = {rate: both_ways(rate) for rate in (0.595, 0.598, 0.602, 0.605)}
    found = ts.predict(world, near, ["real_income_pct[USA]"], around=both_ways(0.6), check=4)
    assert list(found.table.index) == list(near)
    assert found.error.loc["real_income_pct[USA]", "share_of_change"] < 0.01
    far = ts.predict(world, near, ["real_income_pct[USA]"], check=2)
    assert far.error.loc["real_income_pct[USA]", "share_of_change"] > 0.05


def test_what_there_is_no_derivative_of(world: ts.World, eq: ts.Equilibrium) -> None:
    limited = ts.Scenario("quota").quota(importer="USA", exporter="CHN", sector="goods", at_most=0.5)
    with pytest.raises(ts.InvalidInput, match="binds"):
        ts.solve(world, limited).gradient("real_income_pct[USA]")
    with pytest.raises(ts.InvalidInput, match="more than one number"):
        eq.gradient("real_income_pct")
    with pytest.raises(ts.InvalidInput, match="unknown quantity"):
        eq.gradient("real_income[USA]")
    with pytest.raises(ts.InvalidInput, match="home_elasticity"):
        eq.gradient("real_income_pct[USA]", by="home_elasticity")
    with pytest.raises(ts.InvalidInput, match="unknown parameter"):
        eq.jvp({"tarif": 1.0})
    with pytest.raises(ts.InvalidInput, match="banned"):
        eq.jvp(ts.Scenario("ban").ban(importer="USA", exporter="CHN", sector="goods"))
    with pytest.raises(ts.InvalidInput, match="labels"):
        eq.jacobian(["real_income_pct[USA]"], ["tariff[USA]"])
    with pytest.raises(AttributeError, match="no derivative by"):
        _ = eq.gradient("real_income_pct[USA]").nothing
    stalled = ts.solve(world, both_ways(0.6), max_evaluations=2)
    with pytest.raises(ts.NotConverged):
        stalled.gradient("real_income_pct[USA]")


def test_outcomes_by_name(eq: ts.Equilibrium) -> None:
    assert float(eq.outcome("real_income_pct[USA]")) == eq.real_income_pct["USA"]
    np.testing.assert_array_equal(eq.outcome("real_income_pct"), eq.real_income_pct)
    assert float(eq.outcome("flows[CHN->USA]")) == pytest.approx(float(eq.flows.sel(exporter="CHN", importer="USA").sum()))
    assert set(ts.outcome_quantities().index) >= {"real_income_pct", "flows", "tariff_revenue"}
