"""Worlds: where they come from, what they hold, and what becomes of them."""

import time

import numpy as np
import pandas as pd
import pytest

import tariffsim as ts
from conftest import REPOSITORY

ARRAYS = (
    "flows",
    "tariffs",
    "export_taxes",
    "input_shares",
    "value_added_share",
    "final_demand_share",
    "trade_elasticity",
)


def same_arrays(a, b):
    return [name for name in ARRAYS if not np.array_equal(getattr(a, name).values, getattr(b, name).values)]


def tables(world_name="world-2022-27x12"):
    folder = REPOSITORY / "python" / "tariffsim" / "worlds" / world_name
    names = ("regions", "sectors", "flows", "tariffs", "inputs", "value_added", "groups", "members")
    found = {
        name: pd.read_csv(folder / f"{name}.csv", dtype=str) for name in names if (folder / f"{name}.csv").exists()
    }
    for frame in found.values():  # float() rounds correctly; the parser of pandas does not promise to
        for column in {"value", "rate", "share", "trade_elasticity"} & set(frame.columns):
            frame[column] = frame[column].map(float)
    return found


def test_list_shows_the_embedded_worlds():
    known = ts.World.list()
    assert {"world-2022", "world-2022-27x12"} <= set(known.index)
    assert tuple(known.loc["world-2022", ["regions", "sectors"]]) == (44, 21)
    assert (known["problem"] == "").all()


def test_an_unknown_name_gets_a_suggestion_or_the_list():
    with pytest.raises(ts.InvalidInput, match="'world-2O22'") as near:
        ts.World.load("world-2O22")
    assert "'world-2022'" in near.value.remedy
    with pytest.raises(ts.InvalidInput) as far:
        ts.World.load("atlantis")
    assert "world-2022-27x12" in far.value.remedy


def test_labels_and_info(world):
    assert world.regions.index.name == "region" and world.regions.loc["USA", "name"] == "United States"
    assert set(world.sectors["kind"]) == {"goods", "services"}
    assert world.info.year == 2022 and world.info.unit == "million USD"
    assert world.name == "world-2022-27x12" and "OECD" in world.attribution
    assert list(world.sources.columns) == ["title", "publisher", "license"] and len(world.sources) >= 5
    assert any("Taiwan" in defect for defect in world.known_defects)
    assert "USA" in world.groups["USMCA"]


def test_accounts_close(world):
    """Income, expenditure and output from the arrays by numpy, apart from the C++ that made them."""
    flows, tariffs = world.flows.values, world.tariffs.values
    output, spent = flows.sum(axis=1), (flows * (1 + tariffs)).sum(axis=0)
    np.testing.assert_allclose(world.output, output, rtol=1e-14)
    np.testing.assert_allclose(world.expenditure, spent, rtol=1e-14)
    value_added = (world.value_added_share.to_numpy() * output).sum(axis=1)
    np.testing.assert_allclose(world.value_added, value_added, rtol=1e-14)
    revenue = (flows * tariffs).sum(axis=(0, 2))
    np.testing.assert_allclose(world.tariff_revenue, revenue, rtol=1e-12)
    deficit = flows.sum(axis=(0, 2)) - flows.sum(axis=(1, 2))
    np.testing.assert_allclose(world.deficit, deficit, atol=1e-9 * flows.sum())
    np.testing.assert_allclose(world.income, value_added + revenue + deficit, rtol=1e-12)
    np.testing.assert_allclose(world.final_demand_share.sum(axis=1), 1, rtol=1e-12)


def test_from_flows_takes_the_labels_of_a_frame():
    matrix = pd.DataFrame([[80, 6, 9], [8, 150, 12], [7, 14, 60]], index=list("ABC"), columns=list("ABC"))
    plain = ts.World.from_flows(matrix.to_numpy(), trade_elasticity=4.0, regions=["A", "B", "C"], unit="EUR")
    mixed = ts.World.from_flows(matrix[["C", "A", "B"]], trade_elasticity=4.0)
    assert plain.info.unit == "EUR" and plain.trade_elasticity.tolist() == [4.0]
    assert mixed.regions.index.tolist() == ["A", "B", "C"]
    assert same_arrays(plain, mixed) == []
    assert float(plain.flows.sel(exporter="B", importer="C", sector="ALL")) == 12
    assert ts.World.from_flows([[1, 2], [3, 4]], 2.5).regions.index.tolist() == ["R1", "R2"]


def test_from_arrays_makes_the_same_world(world):
    names = ("tariffs", "export_taxes", "value_added_share", "input_shares")
    again = ts.World.from_arrays(
        world.flows.values,
        world.trade_elasticity.to_numpy(),
        regions=world.regions.reset_index(),
        sectors=world.sectors.reset_index(),
        **{name: getattr(world, name).values for name in names},
    )
    assert same_arrays(world, again) == []
    assert again.regions.equals(world.regions) and again.sectors.equals(world.sectors)


def test_from_arrays_aligns_labels(world):
    """Labelled arrays in another order and with transposed dimensions are the same world."""
    rng = np.random.default_rng(1)
    shuffled = {dim: rng.permutation(world.flows.coords[dim]) for dim in ("exporter", "importer", "sector")}
    again = ts.World.from_arrays(
        world.flows.loc[shuffled].transpose("sector", "importer", "exporter"),
        world.trade_elasticity[::-1],
        regions=world.regions.reset_index(),
        sectors=world.sectors.reset_index(),
        tariffs=world.tariffs.loc[shuffled],
        value_added_share=world.value_added_share.loc[::-1, ::-1],
        input_shares=world.input_shares.transpose("region", "sector", "input"),
    )
    assert same_arrays(world, again) == []


def test_from_frames_makes_the_same_world(world):
    given = tables()
    again = ts.World.from_frames(**given, name="mine", currency="USD", unit="million USD")
    assert same_arrays(world, again) == []
    assert again.groups == world.groups and again.members == world.members
    assert again.name == "mine" and again.info.unit == "million USD"


def test_from_frames_in_any_shape(world):
    """Shuffled rows, categories, codes in the index, extra columns, integer values."""
    given = tables()
    flows = given["flows"].sample(frac=1, random_state=3)
    flows["note"] = "extra"
    given["flows"] = flows.astype({"exporter": "category", "importer": "category", "sector": "category"})
    given["tariffs"] = given["tariffs"].set_index(["exporter", "importer", "sector"])
    given["value_added"] = given["value_added"].set_index(["region", "sector"])["share"]
    given["regions"] = given["regions"].set_index("region")
    assert same_arrays(world, ts.World.from_frames(**given)) == []
    whole = ts.World.from_frames(
        regions=[1, 2],
        sectors=pd.DataFrame({"sector": ["X"], "trade_elasticity": [4]}),
        flows=pd.DataFrame({"exporter": [1, 1, 2, 2], "importer": [1, 2, 1, 2], "sector": "X", "value": [5, 1, 1, 7]}),
    )
    assert whole.regions.index.tolist() == ["1", "2"] and float(whole.flows.sum()) == 14


def test_a_million_rows_take_seconds():
    regions, sectors = [f"r{k}" for k in range(200)], [f"s{k}" for k in range(25)]
    cells = pd.MultiIndex.from_product([regions, regions, sectors], names=["exporter", "importer", "sector"])
    flows = pd.DataFrame({"value": np.arange(1.0, len(cells) + 1)}, index=cells).reset_index()
    theta = pd.DataFrame({"sector": sectors, "trade_elasticity": 4.0})
    start = time.perf_counter()
    big = ts.World.from_frames(regions=regions, sectors=theta, flows=flows)
    seconds = time.perf_counter() - start
    print(f"{len(flows)} rows in {seconds:.2f} s")
    assert len(flows) == 1_000_000 and big.flows.shape == (200, 200, 25)
    assert float(big.flows[3, 7, 11]) == 3 * 5000 + 7 * 25 + 11 + 1
    assert seconds < 10


def test_write_and_read_round_trip(world, tmp_path):
    world.write(tmp_path / "copy")
    again = ts.World.read(tmp_path / "copy")
    assert same_arrays(world, again) == []
    assert again.groups == world.groups and again.regions.equals(world.regions)


@pytest.mark.parametrize("direction", ["old to new", "new to old", "series"])
def test_aggregate(world, direction):
    europe = {code: "EUROPE" for code in ("DEU", "FRA", "ITA")}
    regions = {
        "old to new": europe,
        "new to old": {"EUROPE": list(europe)},
        "series": pd.Series(europe),
    }[direction]
    smaller = world.aggregate(
        regions, {"GOODS": world.sectors.index[world.sectors["kind"] == "goods"]}, region_names={"EUROPE": "Three"}
    )
    assert len(smaller.regions) == 25 and smaller.sectors.index.tolist() == ["GOODS", "SVC"]
    assert smaller.regions.loc["EUROPE", "name"] == "Three"
    inside = world.flows.sel(exporter=list(europe), importer=list(europe)).sum()
    merged = smaller.flows.sel(exporter="EUROPE", importer="EUROPE").sum()
    np.testing.assert_allclose(float(merged), float(inside), rtol=1e-13)
    np.testing.assert_allclose(smaller.tariff_revenue["EUROPE"], world.tariff_revenue[list(europe)].sum(), rtol=1e-12)
    np.testing.assert_allclose(smaller.value_added.sum(), world.value_added.sum(), rtol=1e-12)


def test_split(world):
    parts = world.split("CAN", {"CAN_W": 0.25, "CAN_E": 0.75}, names={"CAN_W": "The west"})
    assert len(parts.regions) == 28 and parts.regions.loc["CAN_W", "name"] == "The west"
    assert parts.regions.loc["CAN_W", "territory"] == parts.regions.loc["CAN_E", "territory"]
    np.testing.assert_allclose(parts.value_added["CAN_W"], 0.25 * world.value_added["CAN"], rtol=1e-12)
    apart = world.split("CAN", {"CAN_W": 0.25, "CAN_E": 0.75}, separate_customs=True)
    assert apart.regions.loc["CAN_W", "territory"] != apart.regions.loc["CAN_E", "territory"]


def test_check_names_what_is_suspicious(world):
    found = world.check()
    assert list(found.columns) == ["topic", "where", "value", "message"]
    assert {"no_tariffs", "known_defects"} <= set(found["topic"])
    assert found["message"].str.len().min() > 20


def test_edited_returns_a_new_world(world):
    doubled = world.edited(tariffs=2 * world.tariffs[::-1], title="Twice the tariffs")
    np.testing.assert_array_equal(doubled.tariffs.values, 2 * world.tariffs.values)
    assert doubled.info.title == "Twice the tariffs" and world.info.title != doubled.info.title
    assert doubled.info.sources[0].title == world.info.sources[0].title
    free = world.with_tariffs(np.zeros(world.tariffs.shape))
    assert float(free.tariff_revenue.sum()) == 0 and float(world.tariff_revenue.sum()) > 0
    table = world.tariffs.to_series().rename("rate")
    np.testing.assert_array_equal(world.with_tariffs(table[table != 0]).tariffs.values, world.tariffs.values)


def test_final_demand_may_be_given_and_taken_back(world):
    even = pd.DataFrame(1 / 12, index=world.regions.index, columns=world.sectors.index)
    given = world.edited(final_demand_share=even)
    np.testing.assert_allclose(given.final_demand_share, 1 / 12, rtol=1e-14)
    implied = given.edited(final_demand_share=None)
    np.testing.assert_array_equal(implied.final_demand_share, world.final_demand_share)


def test_what_a_person_sees(world, tiny):
    text = repr(world)
    assert "27: " in text and "million USD" in text and "international" in text
    info = repr(world.info)
    assert "million USD" in info and "OECD" in info and "known defect" in info and "object at" not in info
    assert "object at" not in repr(world.info.sources)
    assert "<table>" in world._repr_html_() and "trade elasticity" in world._repr_html_()
    assert "flows             346, 56 of it international" in repr(tiny)
