"""Sweeps: labels, the same numbers as single solves, the same bits everywhere, and folders that survive."""

import datetime
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tariffsim as ts
from tariffsim import _core
from tariffsim.designs import Sample

OUTCOMES = ["real_income_pct", "flows[CHN->USA]", "output"]
RATES = np.linspace(0, 1.5, 13)
SCALES = [0.7, 1.0, 1.4]


def war_at(rate):
    return (
        ts.Scenario()
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=rate)
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=rate)
    )


def scaled_war(rate, scale):
    return ts.Case(war_at(rate), theory=ts.Theory(elasticity_scale=scale))


@pytest.fixture(scope="module")
def grid(world):
    """One worker's result, which all others must have to the bit."""
    return ts.sweep(world, scaled_war, {"rate": RATES, "scale": SCALES}, OUTCOMES, workers=1)


def same(a, b):
    """Identical to the bit, labels and attributes too."""
    assert a.identical(b)
    for name in a.variables:
        if a[name].dtype != object:
            assert a[name].values.tobytes() == b[name].values.tobytes(), name


# ---- what it gives


def test_a_grid_is_labelled(grid, world):
    assert dict(grid.sizes) == {"rate": 13, "scale": 3, "region": 27, "sector": 12}
    assert grid["real_income_pct"].dims == ("rate", "scale", "region")
    assert grid["flows[CHN->USA]"].dims == ("rate", "scale")
    assert grid["output"].dims == ("rate", "scale", "region", "sector")
    np.testing.assert_array_equal(grid["rate"], RATES)
    assert list(grid["region"].values) == list(world.regions.index)
    assert (
        (grid["status"] == "converged").all() and (grid["residual"] < 1e-10).all() and (grid["diagnosis"] == "").all()
    )
    assert grid["real_income_pct"].attrs["unit"] == "percent"
    assert grid.attrs["world"] == world.name and grid.attrs["theory"] == "varies" and grid.attrs["tolerance"] == 1e-10
    assert grid.attrs["closure"] == str(ts.Closure()) and grid.attrs["version"] == f"tariffsim {ts.__version__}"


def test_rows_are_those_of_single_solves(grid, world):
    for rate, scale in [(RATES[0], 0.7), (RATES[5], 1.0), (RATES[12], 1.4)]:
        eq = ts.solve(world, war_at(rate), theory=ts.Theory(elasticity_scale=scale))
        here = grid.sel(rate=rate, scale=scale)
        np.testing.assert_allclose(here["real_income_pct"], eq.real_income_pct, atol=1e-7)
        np.testing.assert_allclose(here["output"], eq.output, rtol=1e-8)
        flows = eq.flows.sel(exporter="CHN", importer="USA").sum()
        np.testing.assert_allclose(here["flows[CHN->USA]"], flows, rtol=1e-8)


@pytest.mark.parametrize("workers", [2, 4])
def test_the_same_bits_for_any_number_of_threads(grid, world, workers):
    same(grid, ts.sweep(world, scaled_war, {"rate": RATES, "scale": SCALES}, OUTCOMES, workers=workers))


@pytest.mark.parametrize("pool", [ProcessPoolExecutor, ThreadPoolExecutor])
def test_the_same_bits_from_any_executor(grid, world, pool):
    with pool(2) as executor:
        same(grid, ts.sweep(world, scaled_war, {"rate": RATES, "scale": SCALES}, OUTCOMES, executor=executor))
        assert executor.submit(int, "3").result() == 3  # it stays open


def test_limits_and_answering_rates_travel_too(world):
    def case(level):
        return (
            ts.Scenario()
            .quota("USA", "CHN", "MAC", at_most=level)
            .specific_tariff("USA", "IND", "AGR", rate=0.1)
            .trade_cost("CHN", "USA", "TEX", factor=1 + level / 10)
        )

    over = {"level": np.linspace(0.5, 0.95, 7)}
    here = ts.sweep(world, case, over, "flows[CHN->USA, MAC]", workers=2)
    with ProcessPoolExecutor(2) as executor:
        same(here, ts.sweep(world, case, over, "flows[CHN->USA, MAC]", executor=executor))
    assert (np.diff(here["flows[CHN->USA, MAC]"]) > 0).all()


def test_every_quantity_can_be_asked_for(tiny):
    table = ts.outcome_quantities()
    assert {"real_income_pct", "flows", "output"} <= set(table.index) and list(table.columns) == ["dims", "unit"]
    data = ts.sweep(tiny, lambda rate: ts.Scenario().tariff("A", "B", rate=rate), {"rate": [0.1]}, list(table.index))
    eq = ts.solve(tiny, ts.Scenario().tariff("A", "B", rate=0.1))
    for name, row in table.iterrows():
        assert data[name].dims == ("rate", *row["dims"].split(", "))
        assert np.isfinite(data[name]).all()
        if hasattr(eq, name):
            np.testing.assert_allclose(data[name].isel(rate=0), np.asarray(getattr(eq, name)), rtol=1e-7, atol=1e-7)


# ---- what it is called with


def test_a_sample_brings_its_draws(world):
    sample = Sample(("rate", "scale"), [[0.1, 0.9], [0.2, 1.0], [0.4, 1.1]], weights=[1, 2, 1])
    data = ts.sweep(world, scaled_war, sample)
    assert data["real_income_pct"].dims == ("draw", "region")
    assert data["rate"].dims == ("draw",) and list(data["draw"]) == [0, 1, 2] and data["draw"].attrs["replicates"] == 1
    np.testing.assert_allclose(data["weight"], [0.25, 0.5, 0.25])
    single = ts.solve(world, war_at(0.4), theory=ts.Theory(elasticity_scale=1.1))
    np.testing.assert_allclose(data["real_income_pct"].sel(draw=2), single.real_income_pct, atol=1e-7)


def test_a_sample_stands_beside_a_grid(world):
    one = Sample(("value",), [[0.9], [1.1]])
    data = ts.sweep(world, scaled_war, {"rate": [0.1, 0.5, 0.7], "scale": one}, "real_income_pct[USA]")
    assert data["real_income_pct[USA]"].dims == ("rate", "draw") and data["scale"].dims == ("draw",)
    joint = Sample(("scale", "more"), [[0.9, 0.0], [1.1, 0.1]])
    other = ts.sweep(
        world,
        lambda rate, scale, more: scaled_war(rate + more, scale),
        {"rate": [0.1], "prior": joint},
        "real_income_pct[USA]",
    )
    assert other["real_income_pct[USA]"].dims == ("rate", "prior") and other["more"].dims == ("prior",)
    assert float(other["real_income_pct[USA]"][0, 0]) == pytest.approx(
        float(data["real_income_pct[USA]"][0, 0]), abs=1e-9
    )


def test_rows_as_given(world):
    rows = [{"rate": 0.1, "scale": 1.0}, {"scale": 1.2, "rate": 0.3}]
    data = ts.sweep(world, scaled_war, rows, "real_income_pct[USA]")
    assert data["real_income_pct[USA]"].dims == ("row",) and list(data["rate"].values) == [0.1, 0.3]


def test_cases_by_name(world):
    cases = {
        "low": war_at(0.1),
        "high": ts.Case(war_at(0.6), ts.Closure("balanced")),
        "shock": war_at(0.6).compile(world),
    }
    data = ts.sweep(world, cases, outcomes="real_income_pct[CHN]")
    assert list(data["scenario"].values) == ["low", "high", "shock"] and data.attrs["closure"] == "varies"
    low = float(data["real_income_pct[CHN]"].sel(scenario="low"))
    assert low == pytest.approx(ts.solve(world, cases["low"]).real_income_pct["CHN"], abs=1e-7)
    high = ts.solve(world, war_at(0.6), "balanced").real_income_pct["CHN"]
    assert float(data["real_income_pct[CHN]"].sel(scenario="high")) == pytest.approx(high, abs=1e-7)


def test_dates_and_names_are_axes():
    world = ts.World.load("world-2022-27x12")
    policy = ts.Scenario.load("us-world-2025")
    days = pd.date_range("2025-03-01", periods=3, freq="40D")

    def case(day, deficits):
        assert type(day) is datetime.date and type(deficits) is str
        return ts.Case(policy.on(day), ts.Closure(deficits))

    closures = ["fixed_world_share", "balanced"]
    data = ts.sweep(world, case, {"day": days, "deficits": closures}, "real_income_pct[USA]")
    assert np.issubdtype(data["day"].dtype, np.datetime64) and list(data["deficits"].values) == closures
    for closure in closures:
        path = ts.solve_path(world, policy, days, closure)
        np.testing.assert_allclose(
            data["real_income_pct[USA]"].sel(deficits=closure), path.real_income_pct["USA"], atol=1e-7
        )


def test_the_closure_and_theory_of_rows_without_their_own(world):
    data = ts.sweep(world, war_at, {"rate": [0.3]}, theory="specific_factors", closure="balanced")
    eq = ts.solve(world, war_at(0.3), "balanced", theory="specific_factors")
    np.testing.assert_allclose(data["real_income_pct"].isel(rate=0), eq.real_income_pct, atol=1e-7)
    assert data.attrs["theory"] == str(ts.Theory("specific_factors"))


BAD = [
    ({"over": None}, "over: is absent"),
    ({"over": {}}, "names nothing"),
    ({"over": 3}, "is a int"),
    ({"over": []}, "has no row"),
    ({"over": [3]}, "row 0: is a int"),
    ({"over": [{"rate": 1}, {"scale": 1}]}, "row 1: has 'scale', the first row 'rate'"),
    ({"over": {"rate": []}}, "has no value"),
    ({"over": {"rate": 0.1}}, "belongs in the function"),
    ({"over": {"rate": "abc"}}, "is 'abc'"),
    ({"over": {"rate": [[0.1], [0.2, 0.3]]}}, r"has \[0.1\]"),
    ({"over": {"rate": np.array(0.1)}}, "has 0 dimensions"),
    ({"over": {"rate": np.ones((2, 2))}}, "has 2 dimensions"),
    ({"over": {"rate": [0.1, "a"]}}, "mixes numbers and texts"),
    ({"over": {"rate": [0.1, 0.2, 0.1]}}, "has 0.1 twice"),
    ({"over": {"rate": [0.1, float("nan")]}}, "has nan"),
    ({"over": {"rate": [True]}}, "has True"),
    ({"over": {"rate": [object()]}}, "has <object"),
    ({"over": {"region": [0.1]}}, "needs"),
    ({"over": {"a rate": [0.1]}}, "no name of an argument"),
    ({"over": {"rate": _core.Distribution.lognormal(1, 0.2)}}, "is a distribution"),
    ({"over": Sample(("value",), [[1.0]])}, "give it a name"),
    ({"over": {"rate": Sample(("value",), [[1.0]]), "scale": Sample(("value",), [[1.0]])}}, "share the dimension 'draw'"),
    ({"outcomes": []}, "there is none"),
    ({"outcomes": ["real_incom_pct"]}, "unknown quantity"),
    ({"outcomes": ["output", "output"]}, "stands twice"),
    ({"outcomes": "flows[USA]"}, "names no pair"),
    ({"workers": 0}, "give 1 or more"),
    ({"executor": 3}, "takes no work"),
    ({"progress": 3}, "give True or a function"),
    ({"resume": True}, "no folder"),
    ({"tolerance": -1.0}, "tolerance"),
    ({"case": 3}, "is a int"),
    ({"case": {}}, "there is no case"),
    ({"case": lambda rate: rate}, r"row 0 \(rate=0.1\): the function gives a float"),
    ({"case": lambda rate: ts.Scenario().tariff("Atlantis", rate=rate)}, r"row 0 \(rate=0.1\): change 1 .*unknown region"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "message"), BAD, ids=[str(k) for k in range(len(BAD))])
def test_what_it_refuses(tiny, changed, message):
    given = {"case": lambda rate: ts.Scenario().tariff("A", "B", rate=rate), "over": {"rate": [0.1, 0.2]}, **changed}
    if isinstance(given["case"], dict):
        given["over"] = None
    with pytest.raises(ts.InvalidInput, match=message):
        ts.sweep(tiny, **given)


def test_a_case_by_name_depends_on_nothing(tiny):
    with pytest.raises(ts.InvalidInput, match="depend on no values"):
        ts.sweep(tiny, {"a": ts.Scenario()}, {"rate": [0.1]})
    with pytest.raises(ts.InvalidInput, match="is a str"):
        ts.sweep("world-2022", {"a": ts.Scenario()})


def test_the_row_that_does_not_fit_the_closure_is_named(tiny):
    def case(rate, deficits):
        return ts.Case(
            ts.Scenario().tariff("A", "B", rate=rate), ts.Closure(deficits, numeraire="Z" if rate > 0.1 else "A")
        )

    for executor in (None, ThreadPoolExecutor(1)):
        with pytest.raises(ts.InvalidInput, match=r"row 1 \(rate=0.2, deficits=balanced\): .*numeraire"):
            ts.sweep(tiny, case, {"rate": [0.1, 0.2], "deficits": ["balanced"]}, executor=executor)


def test_a_function_that_remembers_is_refused(tiny):
    calls = []

    def case(rate):
        calls.append(rate)
        shock = ts.Scenario().tariff("A", "B", rate=rate).compile(tiny)  # too large to be remembered
        return ts.Case(shock, theory=ts.Theory(elasticity_scale=len(calls)))

    with pytest.raises(ts.InvalidInput, match="depend on nothing but its arguments"):
        ts.sweep(tiny, case, {"rate": [0.1, 0.2]})


# ---- rows without an equilibrium


def unbalanced():
    return ts.World.from_flows([[80, 6, 9], [20, 150, 12], [7, 14, 60]], 4.0, regions=["A", "B", "C"])


def test_rows_that_fail_leave_the_others_unharmed():
    def case(cost):
        return ts.Scenario("autarky").ban() if cost > 10 else ts.Scenario().trade_cost(factor=cost)

    with pytest.warns(RuntimeWarning, match=r"1 of 4 rows have no equilibrium \(1 infeasible\) and are NaN"):
        data = ts.sweep(unbalanced(), case, {"cost": [1.0, 1.1, 99.0, 1.2]}, ["real_income_pct", "flows"])
    assert list(data["status"].values) == ["converged", "converged", "infeasible", "converged"]
    assert np.isnan(data["real_income_pct"].sel(cost=99)).all() and np.isnan(data["flows"].sel(cost=99)).all()
    assert data["diagnosis"].sel(cost=99).item()
    rest = data.sel(cost=[1.0, 1.1, 1.2])
    assert np.isfinite(rest["real_income_pct"]).all() and (rest["diagnosis"] == "").all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        whole = ts.sweep(unbalanced(), case, {"cost": [1.0, 1.1, 1.2]}, ["real_income_pct", "flows"])
    np.testing.assert_allclose(rest["real_income_pct"], whole["real_income_pct"], atol=1e-7)


def test_a_base_that_cannot_be_solved_is_a_status(world):
    """Free entry without deficits on this world: sectors vanish on the way to the base."""
    over = {"rate": [0.1, 0.2], "economics": ["krugman", "caliendo_parro"]}
    with pytest.warns(RuntimeWarning, match="2 no_base"):
        data = ts.sweep(
            world, lambda rate, economics: ts.Case(war_at(rate), theory=ts.Theory(economics)), over, closure="balanced"
        )
    lost, found = (data.sel(economics=name) for name in over["economics"])
    assert (lost["status"] == "no_base").all() and np.isnan(lost["residual"]).all() and (lost["evaluations"] == 0).all()
    assert all(text.startswith("the base of") for text in lost["diagnosis"].values)
    assert (found["status"] == "converged").all() and np.isfinite(found["real_income_pct"]).all()


# ---- how it goes


def test_progress_is_told(tiny):
    told = []
    ts.sweep(
        tiny,
        lambda rate: ts.Scenario().tariff("A", "B", rate=rate),
        {"rate": np.arange(1, 101) / 100},
        progress=told.append,
    )
    solving = [now for now in told if now.stage == "solving"]
    assert [now.done for now in solving][-1] == 100 and all(now.rows == 100 for now in told)
    assert solving[0].rate > 0 and solving[0].left >= 0 and solving[-1].left == 0
    assert re.match(r"solving: 32 of 100 rows, [\d,]+ a second, \d+ s left", str(solving[0]))


def test_a_line_on_request(tiny, capsys):
    case, over = (lambda rate: ts.Scenario().tariff("A", "B", rate=rate)), {"rate": [0.1, 0.2]}
    ts.sweep(tiny, case, over, progress=True)
    assert "solving: 2 of 2 rows" in capsys.readouterr().err
    ts.sweep(tiny, case, over)
    assert capsys.readouterr().err == ""


def test_memory_holds_a_few_panels_only(tiny):
    calls, ahead = [], []

    def case(rate):
        calls.append(rate)
        return ts.Scenario().tariff("A", "B", rate=rate).compile(tiny)

    rows = 3200

    def watch(now):
        if now.stage == "solving":
            ahead.append(len(calls) - rows - now.done)

    ts.sweep(tiny, case, {"rate": np.arange(rows) / rows}, workers=2, progress=watch)
    assert len(calls) == 2 * rows
    assert max(ahead) <= (2 + 2) * _core.PANEL


# ---- on disk

ROWS = 700  # three parts


def tiny_case(rate):
    return ts.Scenario().tariff("A", "B", rate=rate)


def tiny_sweep(world, out, **more):
    given = {"resume": False, "workers": 2, **more}
    return ts.sweep(
        world, tiny_case, {"rate": np.arange(ROWS) / ROWS}, ["real_income_pct", "flows[A->B]"], out=out, **given
    )


@pytest.fixture(scope="module")
def stored(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep") / "stored"
    return folder, tiny_sweep(tiny, folder)


def test_a_folder_holds_the_same(stored, tiny):
    folder, data = stored
    assert sorted(path.name for path in folder.iterdir() if path.name[0] != ".") == [
        "part-00000.csv", "part-00001.csv", "part-00002.csv", "sweep.json",
    ]  # fmt: skip
    same(data, tiny_sweep(tiny, None))
    back = ts.read_sweep(folder)
    assert back.identical(data)
    for name in data.variables:
        assert back[name].dims == data[name].dims
        np.testing.assert_array_equal(back[name].values, data[name].values)
    header = (folder / "part-00000.csv").read_text().splitlines()[0]
    numbers = "real_income_pct[A],real_income_pct[B],real_income_pct[C],flows[A->B]"
    assert header == f"row,rate,status,evaluations,residual,{numbers},diagnosis"
    plan = json.loads((folder / "sweep.json").read_text())
    assert plan["rows"] == ROWS and plan["part_rows"] == 256 and plan["dims"][0]["name"] == "rate"


@pytest.mark.parametrize("ending", ["nc", "parquet", "csv"])
def test_parts_are_joined(stored, tmp_path, ending):
    folder, data = stored
    file = ts.join_sweep(folder, tmp_path / f"all.{ending}")
    assert os.listdir(tmp_path) == [file.name]
    if ending == "nc":
        back = xr.open_dataset(file)
        for name in data.variables:
            np.testing.assert_array_equal(back[name].values, data[name].values)
        assert back.attrs["theory"] == data.attrs["theory"]
        return
    table = pd.read_parquet(file) if ending == "parquet" else pd.read_csv(file, dtype=object)
    table = table.astype({name: float for name in ("row", "rate", "real_income_pct[B]")})
    assert list(table["row"]) == list(range(ROWS))
    np.testing.assert_array_equal(table["real_income_pct[B]"], data["real_income_pct"].sel(region="B"))
    np.testing.assert_array_equal(table["rate"], data["rate"])


def test_joining_refuses(stored, tmp_path):
    folder, _ = stored
    with pytest.raises(ts.InvalidInput, match=r"use \.nc"):
        ts.join_sweep(folder, tmp_path / "all.xlsx")
    with pytest.raises(ts.InvalidInput, match="no sweep|no such folder"):
        ts.join_sweep(tmp_path / "nothing", tmp_path / "all.nc")
    with pytest.raises(ts.InvalidInput, match="cannot be written"):
        ts.join_sweep(folder, tmp_path / "no" / "such" / "all.nc")
    assert not list(tmp_path.iterdir())


def test_what_is_there_is_kept(stored, tiny, tmp_path):
    folder, data = stored
    out = tmp_path / "again"
    tiny_sweep(tiny, out)
    (out / "part-00001.csv").unlink()
    (out / ".part-00001.csv.writing").write_text("half a pa")
    kept = (out / "part-00000.csv").stat().st_mtime_ns
    with pytest.raises(ts.InvalidInput, match="256 of 700 rows are not there yet"):
        ts.read_sweep(out)
    some = ts.read_sweep(out, unfinished=True)
    assert int((some["status"] == "missing").sum()) == 256
    same(data, tiny_sweep(tiny, out, resume=True))
    assert (out / "part-00000.csv").stat().st_mtime_ns == kept
    for part in range(3):
        name = f"part-{part:05}.csv"
        assert (out / name).read_bytes() == (folder / name).read_bytes()
    same(data, tiny_sweep(tiny, out, resume=True))  # nothing is left to do


def test_another_sweep_is_not_gone_on_with(stored, tiny):
    folder, _ = stored
    before = sorted((path.name, path.read_bytes()) for path in folder.iterdir())
    with pytest.raises(ts.InvalidInput, match="holds a sweep already"):
        tiny_sweep(tiny, folder)
    with pytest.raises(ts.InvalidInput, match="tolerance.*1e-10 there and 1e-09 here"):
        tiny_sweep(tiny, folder, resume=True, tolerance=1e-9)
    over = {"rate": np.arange(ROWS) / ROWS}
    with pytest.raises(ts.InvalidInput, match="digests.rows"):
        ts.sweep(
            tiny,
            lambda rate: tiny_case(rate).tariff("B", "A", rate=0.1),
            over,
            ["real_income_pct", "flows[A->B]"],
            out=folder,
            resume=True,
        )
    with pytest.raises(ts.InvalidInput, match="dims"):
        ts.sweep(
            tiny, tiny_case, {"rate": np.arange(ROWS)}, ["real_income_pct", "flows[A->B]"], out=folder, resume=True
        )
    other = tiny.with_tariffs(np.where(np.eye(3)[:, :, None] > 0, 0.0, 0.05))
    with pytest.raises(ts.InvalidInput, match="digests"):
        tiny_sweep(other, folder, resume=True)
    assert sorted((path.name, path.read_bytes()) for path in folder.iterdir()) == before


def test_a_folder_of_somebody_else_is_left_alone(tiny, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    for resume in (False, True):
        with pytest.raises(ts.InvalidInput, match="thesis.txt"):
            tiny_sweep(tiny, tmp_path, resume=resume)
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_a_second_writer_is_refused(tiny, tmp_path):
    out = tmp_path / "shared"

    def second(now):
        if now.stage == "solving" and now.done == 32:
            with pytest.raises(ts.InvalidInput, match="is being written"):
                tiny_sweep(tiny, out, resume=True)

    tiny_sweep(tiny, out, progress=second)


def test_unsolved_rows_and_odd_names_survive_the_disk(tmp_path):
    def case(name, cost):
        return ts.Scenario().ban() if cost > 10 else ts.Scenario().trade_cost(factor=cost)

    over = {"name": ['with, comma and "quotes"', "NA"], "cost": [1.0, 99.0]}
    with pytest.warns(RuntimeWarning):
        data = ts.sweep(unbalanced(), case, over, ["real_income_pct", "flows"], out=tmp_path / "out")
    back = ts.read_sweep(tmp_path / "out")
    for name in data.variables:
        np.testing.assert_array_equal(back[name].values, data[name].values)
    ts.join_sweep(tmp_path / "out", tmp_path / "all.nc")
    assert list(xr.open_dataset(tmp_path / "all.nc")["name"].values) == over["name"]


def test_the_progress_function_may_end_it(tiny, tmp_path, capsys):
    out = tmp_path / "ended"
    with pytest.raises(KeyboardInterrupt):
        tiny_sweep(tiny, out, workers=1, progress=lambda now: now.stage == "reading" or now.done < 300)
    assert "256 of 700 rows are kept" in capsys.readouterr().err
    assert (out / "part-00000.csv").exists() and not (out / "part-00002.csv").exists()
    same(tiny_sweep(tiny, None), tiny_sweep(tiny, out, resume=True))


def test_ctrl_c_ends_slow_rows_at_once(world, tmp_path, capsys):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    started = []

    def interrupt(now):
        if now.stage == "solving" and not started:
            started.append(time.monotonic())
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()

    try:
        with pytest.raises(KeyboardInterrupt):
            ts.sweep(world, war_at, {"rate": np.arange(100_000) / 1e5}, progress=interrupt, out=tmp_path / "out")
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - started[0] < 5
    assert "resume=True goes on" in capsys.readouterr().err
    assert ts.solve(world, ts.Scenario()).converged


PROGRAM = """
import sys, numpy as np, tariffsim as ts
tiny = ts.World.from_flows([[80, 6, 9], [8, 150, 12], [7, 14, 60]], trade_elasticity=4.0, regions=["A", "B", "C"])
case = lambda rate: ts.Scenario().tariff("A", "B", rate=rate)
ts.sweep(tiny, case, {"rate": np.arange(3000) / 3000}, out=sys.argv[1], resume=True, workers=2)
print("done")
"""


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_sweep_goes_on_where_it_was(tmp_path, tiny, seed):
    out = tmp_path / "out"
    random = np.random.default_rng(seed)
    for _ in range(4):
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, out], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not out.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.5))
        process.kill()
        process.communicate()
        assert all(re.fullmatch(r"sweep\.json|part-\d{5}\.csv|\..*", path.name) for path in out.iterdir())
    over = {"rate": np.arange(3000) / 3000}
    same(ts.sweep(tiny, tiny_case, over), ts.sweep(tiny, tiny_case, over, out=out, resume=True))
    table = pd.read_csv(ts.join_sweep(out, tmp_path / "all.csv"))
    assert list(table["row"]) == list(range(3000))


def test_a_broken_pool_keeps_what_is_done(tiny, tmp_path, capsys):
    """The pool of the standard library does not survive the death of a worker; the sweep does."""
    out = tmp_path / "out"

    def kill(now):
        if now.stage == "solving" and now.done >= 300:
            for process in list(pool._processes.values()):
                process.kill()

    with ProcessPoolExecutor(2) as pool, pytest.raises(BrokenProcessPool):
        tiny_sweep(tiny, out, executor=pool, workers=None, progress=kill)
    assert "rows are kept in" in capsys.readouterr().err and (out / "part-00000.csv").exists()
    with ProcessPoolExecutor(2) as pool:
        again = tiny_sweep(tiny, out, executor=pool, workers=None, resume=True)
    same(tiny_sweep(tiny, None), again)


INTERRUPTED = PROGRAM.replace("workers=2", "executor=pool").replace("ts.sweep(", "with Pool(2) as pool: ts.sweep(")


@pytest.mark.parametrize(
    "program", [PROGRAM, "from concurrent.futures import ProcessPoolExecutor as Pool" + INTERRUPTED]
)
def test_ctrl_c_says_how_to_go_on(tmp_path, program):
    """Sent to the whole group of processes, as a terminal does."""
    out = tmp_path / "out"
    program = program.replace("3000", "60000")
    process = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.signal(2, signal.default_int_handler)\n" + program, out],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while not (out / "part-00002.csv").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0 and "KeyboardInterrupt" in errors
    kept = int(re.search(r"sweep stopped: (\d+) of 60000 rows are kept in .*; resume=True goes on", errors)[1])
    assert kept >= 512 and kept == sum(len(path.read_text().splitlines()) - 1 for path in out.glob("part-*.csv"))


# ---- the command line

FILE = """
title = "war"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
rate = "$rate"
[[measure]]
kind = "tariff"
importer = "CHN"
exporter = "USA"
sector = "goods"
rate = "$rate"
[theory]
elasticity_scale = "$scale"
[sweep]
world = "world-2022-27x12"
outcomes = ["real_income_pct", "flows[CHN->USA]", "output"]
[sweep.over]
rate = RATES
scale = [0.7, 1.0, 1.4]
"""


def test_the_command_line_gives_the_same_bits(cli, grid):
    (cli.folder / "war.toml").write_text(FILE.replace("RATES", str(list(map(float, RATES)))))
    done = cli("sweep", "war.toml", "--out", "out", "--workers", "2", "--quiet")
    assert done.returncode == 0, done.stderr
    there = ts.read_sweep(cli.folder / "out")
    assert there.attrs["title"] == "war"
    for name in grid.variables:
        assert there[name].dims == grid[name].dims
        np.testing.assert_array_equal(there[name].values, grid[name].values)


# ---- the order of work


def test_models_stand_together_whatever_the_order_of_axes(world, grid):
    turned = ts.sweep(
        world, lambda scale, rate: scaled_war(rate, scale), {"scale": SCALES, "rate": RATES}, OUTCOMES, workers=2
    )
    # The order of work is that of the models in both, and of the rates within them.
    for name in ("real_income_pct", "flows[CHN->USA]", "output", "evaluations"):
        np.testing.assert_array_equal(turned[name].transpose(*grid[name].dims), grid[name])
