"""Scenarios, shocks and cases: what they say and what arrays they become."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tariffsim as ts

USA_CHN = {"exporter": "CHN", "importer": "USA"}


def tariffs(scenario, world):
    """The compiled tariffs, labelled."""
    return scenario.compile(world).to_xarray(world)["tariffs"]


def test_a_method_returns_a_new_scenario():
    empty = ts.Scenario("none")
    one = empty.tariff("USA", "CHN", rate=0.1)
    two = one.ban("USA", "RUS").group("G", ["USA", "CHN"])
    assert (len(empty), len(one), len(two)) == (0, 1, 2)
    assert one.groups == {} and two.groups == {"G": ["USA", "CHN"]} and two.title == "none"


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("set", lambda t: 0.1 + 0 * t),
        ("add", lambda t: t + 0.1),
        ("scale", lambda t: 0.1 * t),
        ("floor", lambda t: np.maximum(t, 0.1)),
    ],
)
def test_operations(world, operation, expected):
    after = tariffs(ts.Scenario().tariff("USA", "CHN", "goods", rate=0.1, operation=operation), world)
    base, goods = world.tariffs, world.sectors.index[world.sectors["kind"] == "goods"]
    cell = {**USA_CHN, "sector": goods}
    np.testing.assert_array_equal(after.sel(cell), expected(base.sel(cell)))
    outside = after.copy()
    outside.loc[cell] = base.sel(cell)
    np.testing.assert_array_equal(outside, base)
    assert (after.sel(cell) != base.sel(cell)).any()


def test_selectors(world):
    """A code, a list, an iterable, a group of the world and of the scenario, a kind, and everything."""
    base = world.tariffs

    def changed(scenario):
        cells = (tariffs(scenario, world) != base).to_series()
        return set(cells[cells].index)

    one = changed(ts.Scenario().tariff("USA", "CHN", "AGR", rate=0.9))
    assert one == {("CHN", "USA", "AGR")}
    assert changed(ts.Scenario().tariff(["USA"], ("CHN",), iter(["AGR"]), rate=0.9)) == one
    members = [code for code in world.groups["USMCA"]]
    by_group = changed(ts.Scenario().tariff("USMCA", "CHN", "AGR", rate=0.9))
    assert by_group == {("CHN", code, "AGR") for code in members}
    own = ts.Scenario().group("PAIR", ["USA", "MEX"]).tariff("PAIR", "CHN", "AGR", rate=0.9)
    assert changed(own) == {("CHN", "USA", "AGR"), ("CHN", "MEX", "AGR")}
    services = changed(ts.Scenario().tariff("USA", "*", "services", rate=0.9))
    assert services == {(code, "USA", "SVC") for code in world.regions.index if code != "USA"}


def test_measures_never_touch_domestic_cells(world):
    parts = world.split("CAN", {"CAN_W": 0.5, "CAN_E": 0.5})
    shock = ts.Scenario().tariff(rate=0.5).export_tax(rate=0.2).trade_cost(factor=1.5).ban("CAN_W").compile(parts)
    arrays = shock.to_xarray(parts)
    for exporter, importer in (("USA", "USA"), ("CAN_W", "CAN_E"), ("CAN_E", "CAN_W")):
        cell = {"exporter": exporter, "importer": importer}
        np.testing.assert_array_equal(arrays["tariffs"].sel(cell), parts.tariffs.sel(cell))
        np.testing.assert_array_equal(arrays["export_taxes"].sel(cell), parts.export_taxes.sel(cell))
        assert (arrays["trade_cost_hat"].sel(cell) == 1).all()
    assert np.isinf(arrays["trade_cost_hat"].sel(exporter="USA", importer="CAN_W")).all()


def test_a_table_lists_cells(world):
    table = pd.DataFrame(
        {"exporter": ["CHN", "CHN"], "importer": ["USA", "USA"], "sector": ["AGR", "TEX"], "rate": [0.3, 0.4]}
    )
    after = tariffs(ts.Scenario().tariff("USA", "CHN", rate=table), world).sel(USA_CHN)
    assert float(after.sel(sector="AGR")) == 0.3 and float(after.sel(sector="TEX")) == 0.4
    assert (after.drop_sel(sector=["AGR", "TEX"]) == 0).all()  # in scope and not listed
    indexed = table.set_index(["exporter", "importer", "sector"])["rate"]
    np.testing.assert_array_equal(tariffs(ts.Scenario().tariff("USA", "CHN", rate=indexed), world).sel(USA_CHN), after)
    factors = table.rename(columns={"rate": "factor"})
    cost = ts.Scenario().trade_cost("USA", "CHN", factor=factors).compile(world).to_xarray(world)["trade_cost_hat"]
    assert float(cost.sel(USA_CHN).sel(sector="TEX")) == 0.4 and float(cost.sel(USA_CHN).sel(sector="SVC")) == 1


def test_arrays_in_world_order_and_labelled(world):
    rng = np.random.default_rng(0)
    rates = rng.uniform(0, 1, world.tariffs.shape)
    plain = tariffs(ts.Scenario().tariff(rate=rates), world)
    labelled = xr.DataArray(rates, dims=world.tariffs.dims, coords=world.tariffs.coords)
    mixed = labelled[::-1, :, ::-1].transpose("sector", "exporter", "importer")
    np.testing.assert_array_equal(tariffs(ts.Scenario().tariff(rate=mixed), world), plain)
    by_pair = pd.DataFrame(rates[:, :, 0], index=world.regions.index, columns=world.regions.index).iloc[::-1]
    for_all_sectors = tariffs(ts.Scenario().tariff(rate=by_pair), world)
    np.testing.assert_array_equal(
        for_all_sectors[:, :, 3], tariffs(ts.Scenario().tariff(rate=rates[:, :, [0] * 12]), world)[:, :, 3]
    )
    assert "a labelled array" in repr(ts.Scenario().tariff(rate=mixed))


def test_the_array_of_a_scenario_is_a_copy(tiny):
    rates = np.zeros((3, 3, 1))
    scenario = ts.Scenario().tariff(rate=rates)
    rates[:] = 5
    assert scenario.compile(tiny).tariffs.max() == 0


def test_fundamentals(world):
    scenario = (
        ts.Scenario()
        .productivity("USA", "AGR", factor=1.1)
        .productivity("USA", factor=1.1)
        .taste("USA", "*", "TEX", factor=2.0)
        .final_demand("DEU", "TEX", factor=0.5)
        .deficit("USA", value=-1000.0, operation="add")
        .deficit("CHN", value=1000.0, operation="add")
    )
    shock = scenario.compile(world)
    arrays = shock.to_xarray(world)
    np.testing.assert_allclose(arrays["productivity_hat"].sel(region="USA", sector="AGR"), 1.21, rtol=1e-14)
    assert float(arrays["productivity_hat"].sel(region="CHN").max()) == 1
    assert float(arrays["taste_hat"].sel(exporter="USA", importer="USA", sector="TEX")) == 2
    np.testing.assert_allclose(arrays["final_demand_share"].sum("sector"), 1, rtol=1e-12)
    assert (
        float(arrays["final_demand_share"].sel(region="DEU", sector="TEX")) < world.final_demand_share.loc["DEU", "TEX"]
    )
    moved = arrays["deficits"].to_series() - world.deficit
    np.testing.assert_allclose(moved[["USA", "CHN", "DEU"]], [-1000, 1000, 0], atol=1e-6)
    assert shock.changes_tastes and not shock.only_tariffs
    assert ts.Scenario().tariff(rate=0.1).compile(world).only_tariffs


def test_region_arrays_and_tables(world):
    wide = pd.DataFrame(1.5, index=world.regions.index[::-1], columns=world.sectors.index[::-1])
    wide.loc["USA", "AGR"] = 3.0
    long = pd.DataFrame({"region": ["USA"], "sector": ["AGR"], "factor": [3.0]})
    by_wide = ts.Scenario().productivity(factor=wide).compile(world).to_xarray(world)["productivity_hat"]
    by_long = ts.Scenario().productivity(factor=long).compile(world).to_xarray(world)["productivity_hat"]
    assert float(by_wide.sel(region="USA", sector="AGR")) == float(by_long.sel(region="USA", sector="AGR")) == 3
    assert float(by_wide.sel(region="CHN", sector="AGR")) == 1.5 and float(by_long.sel(region="CHN", sector="AGR")) == 1
    halved = ts.Scenario().deficit(value=0.5 * world.deficit[::-1]).compile(world)
    np.testing.assert_array_equal(halved.deficits, 0.5 * world.deficit.to_numpy())
    listed = pd.DataFrame({"region": world.regions.index, "value": 0.5 * world.deficit.to_numpy()})
    np.testing.assert_array_equal(ts.Scenario().deficit(value=listed).compile(world).deficits, halved.deficits)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ts.Scenario().tariff(rate=0.1, operation="multiply"), ("unknown operation 'multiply'", "'scale'")),
        (lambda: ts.Scenario().tariff("USA", 7, rate=0.1), ("7 is not a code", "exporter")),
        (lambda: ts.Scenario().tariff(rate="ten percent"), ("rate", "not an array of numbers")),
        (
            lambda: ts.Scenario().tariff(rate=pd.DataFrame({"exporter": ["CHN"], "rate": [0.1]})),
            ("no column 'importer'",),
        ),
        (
            lambda: ts.Scenario().tariff(rate=pd.DataFrame({"exporter": ["CHN"], "tariff": [0.1]})),
            ("no column 'importer'",),
        ),
        (lambda: ts.Closure(deficits="none"), ("unknown closure 'none'", "balanced")),
        (lambda: ts.Shock(tariffs=np.zeros((2, 2))), ("tariffs", "2 dimensions")),
        (lambda: ts.Shock(deficits=pd.Series([1.0], index=["USA"])), ("labelled", "world")),
    ],
)
def test_mistakes_are_refused_where_they_are_made(make, words):
    with pytest.raises(ts.InvalidInput) as caught:
        make()
    assert all(word in str(caught.value) for word in words) and caught.value.remedy


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        (ts.Scenario().tariff("usa", rate=0.1), ("change 1 (tariff)", "'usa'", "'USA'")),
        (ts.Scenario().tariff("EU28", rate=0.1), ("'EU28'", "groups: ", "EU27")),
        (ts.Scenario().ban().tariff(sector="good", rate=0.1), ("change 2 (tariff)", "'good'", '"goods"')),
        (
            ts.Scenario().tariff("USA", "CHN", "AGR", rate=-1.0),
            ("exporter=CHN, importer=USA, sector=AGR", "becomes -1"),
        ),
        (ts.Scenario().tariff(rate=np.full((27, 27, 12), np.nan)), ("becomes nan",)),
        (ts.Scenario().tariff(rate=np.zeros((27, 27))), ("N x N x J",)),
        (ts.Scenario().tariff(rate=np.zeros((3, 3, 3))), ("27 x 27 x 12", "3 x 3 x 3")),
        (ts.Scenario().trade_cost(factor=0.0), ("factor is 0", "ban")),
        (ts.Scenario().deficit("USA", value=0.0), ("not to zero",)),
        (
            ts.Scenario().productivity(factor=pd.DataFrame({"AGR": [1.0]}, index=["USA"])),
            ("dimension region", "no value for"),
        ),
        (
            ts.Scenario().tariff(
                rate=pd.DataFrame([["CHN", "USA", "AGR", 0.1]] * 2, columns=["exporter", "importer", "sector", "rate"])
            ),
            ("twice",),
        ),
        (ts.Scenario().tariff("USA", [], rate=0.1), ("scope is empty",)),
    ],
)
def test_mistakes_that_need_the_world(world, scenario, words):
    for act in (scenario.compile, lambda w: ts.solve(w, scenario)):
        with pytest.raises(ts.InvalidInput) as caught:
            act(world)
        assert all(word in str(caught.value) for word in words) and caught.value.remedy


def test_a_shock_by_hand_is_the_compiled_one(world, war):
    compiled = war.compile(world)
    labelled = compiled.to_xarray(world)["tariffs"][::-1]
    by_hand = ts.Shock(tariffs=labelled, world=world)
    np.testing.assert_array_equal(by_hand.tariffs, compiled.tariffs)
    assert repr(by_hand) == "Shock(tariffs)" and repr(ts.Shock()) == "Shock(no change)"
    with pytest.raises(ts.InvalidInput, match="domestic cell"):
        ts.Shock(tariffs=np.ones(world.tariffs.shape), world=world)


def test_a_case_reads_what_python_says(world, tmp_path):
    (tmp_path / "rates.csv").write_text("exporter,importer,sector,rate\nCHN,USA,AGR,0.25\n")
    (tmp_path / "case.toml").write_text(
        """
title = "From a file"
[closure]
deficits = "balanced"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
table = "rates.csv"
[[measure]]
kind = "tariff"
importer = ["CHN"]
exporter = "USMCA"
sector = "*"
rate = 0.05
operation = "add"
"""
    )
    case = ts.Case.read(tmp_path / "case.toml")
    assert case.scenario.title == "From a file" and case.closure == ts.Closure(deficits="balanced")
    table = pd.DataFrame([["CHN", "USA", "AGR", 0.25]], columns=["exporter", "importer", "sector", "rate"])
    same = ts.Scenario().tariff("USA", "CHN", "goods", rate=table).tariff("CHN", "USMCA", rate=0.05, operation="add")
    np.testing.assert_array_equal(case.scenario.compile(world).tariffs, same.compile(world).tariffs)
    longer = case.scenario.ban("USA", "RUS")
    assert len(longer) == 3 and np.isinf(longer.compile(world).trade_cost_hat).sum() == 12
    (tmp_path / "bad.toml").write_text('title = "x"\n[[measure]]\nkind = "tarif"\nrate = 0.1\n')
    with pytest.raises(ts.InvalidInput, match=r"bad\.toml:3"):
        ts.Case.read(tmp_path / "bad.toml")


def test_what_a_person_sees():
    text = repr(
        ts.Scenario("War")
        .tariff("USA", ["CHN", "HKG"], "goods", rate=0.25, operation="add")
        .ban("USA", "RUS")
        .productivity("USA", factor=1.1)
    )
    assert text.splitlines() == [
        "Scenario 'War'",
        "  1. tariff add 0.25 on importer USA; exporter CHN, HKG; sector goods",
        "  2. ban on importer USA; exporter RUS",
        "  3. productivity scale 1.1 on region USA",
    ]
