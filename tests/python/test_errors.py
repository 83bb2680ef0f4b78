"""Bad input: each error names the frame or cell, the problem and the remedy."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tariffsim as ts


def good():
    """A valid world of two regions and two sectors, as frames with string row labels."""
    codes = ["A", "B"]
    cells = [(i, n, j) for i in codes for n in codes for j in ("X", "Y")]
    flows = pd.DataFrame(cells, columns=["exporter", "importer", "sector"])
    flows["value"] = [50.0, 40.0, 5.0, 4.0, 6.0, 3.0, 70.0, 60.0]
    flows.index = [f"row{k}" for k in range(len(flows))]
    pairs = pd.DataFrame([(n, j) for n in codes for j in ("X", "Y")], columns=["region", "sector"])
    inputs = pd.DataFrame(
        [(n, k, j, 0.5) for n in codes for j in "XY" for k in "XY"], columns=["region", "input", "sector", "share"]
    )
    return {
        "regions": pd.DataFrame({"region": codes, "name": ["Alpha", "Beta"]}),
        "sectors": pd.DataFrame({"sector": ["X", "Y"], "trade_elasticity": [4.0, 5.0], "kind": ["goods", "services"]}),
        "flows": flows,
        "tariffs": pd.DataFrame({"exporter": ["A"], "importer": ["B"], "sector": ["X"], "rate": [0.1]}, index=["t0"]),
        "value_added": pairs.assign(share=0.6),
        "inputs": inputs,
    }


def change(table, row, column, value):
    def edit(frames):
        frame = frames[table].copy()
        frame[column] = frame[column].astype(object)
        frame.loc[row, column] = value
        frames[table] = frame

    return edit


def drop(table, column):
    return lambda frames: frames.update({table: frames[table].drop(columns=column)})


def repeat(table, row):
    return lambda frames: frames.update(
        {table: pd.concat([frames[table], frames[table].loc[[row]].rename(lambda r: f"{r}bis")])}
    )


def final_demand(*shares):
    cells = pd.DataFrame([("A", "X"), ("A", "Y"), ("B", "X"), ("B", "Y")], columns=["region", "sector"])
    return lambda frames: frames.update({"final_demand": cells.assign(share=shares)})


BAD = {
    "unknown exporter": (
        change("flows", "row3", "exporter", "a"),
        "frame 'flows', row 'row3'",
        "unknown region code 'a'",
        "'A'",
    ),
    "unknown sector": (
        change("flows", "row1", "sector", "SERVICES"),
        "frame 'flows', row 'row1'",
        "'SERVICES' in column sector",
        "X, Y",
    ),
    "unknown importer in tariffs": (
        change("tariffs", "t0", "importer", "CCC"),
        "frame 'tariffs', row 't0'",
        "'CCC'",
        "A, B",
    ),
    "duplicate flow": (repeat("flows", "row5"), "frame 'flows', row 'row5bis'", "listed in row 'row5'", "once"),
    "duplicate region": (
        lambda f: f.update(regions=pd.DataFrame({"region": ["A", "B", "A"]})),
        "frame 'regions', row 2",
        "twice",
        "one row",
    ),
    "missing column": (
        drop("flows", "sector"),
        "frame 'flows'",
        "no column 'sector'",
        "exporter, importer, sector, value",
    ),
    "missing elasticity": (
        drop("sectors", "trade_elasticity"),
        "frame 'sectors'",
        "no column 'trade_elasticity'",
        "theta",
    ),
    "missing code column": (drop("regions", "region"), "frame 'regions'", "no column 'region'", "region"),
    "NaN flow": (change("flows", "row2", "value", np.nan), "frame 'flows', row 'row2'", "value is missing", "fill"),
    "NaN code": (change("flows", "row2", "importer", None), "frame 'flows', row 'row2'", "importer is missing", "fill"),
    "infinite flow": (change("flows", "row2", "value", np.inf), "frame 'flows', row 'row2'", "value is inf", "finite"),
    "flow that is no number": (change("flows", "row2", "value", "1,5"), "frame 'flows', row 'row2'", "'1,5'", "number"),
    "negative flow": (
        change("flows", "row2", "value", -1.0),
        "frame 'flows', row 'row2', flows(exporter=A, importer=B, sector=X)",
        "-1",
        "not negative",
    ),
    "rate of -100 percent": (
        change("tariffs", "t0", "rate", -1.0),
        "frame 'tariffs', row 't0'",
        "rate is -1",
        "above -1",
    ),
    "elasticity of zero": (
        change("sectors", 1, "trade_elasticity", 0.0),
        "frame 'sectors', row 1",
        "trade_elasticity is 0",
        "above zero",
    ),
    "unknown kind": (change("sectors", 1, "kind", "good"), "frame 'sectors', row 1", "kind is 'good'", "goods"),
    "value-added share above one": (
        change("value_added", 3, "share", 1.2),
        "frame 'value_added', row 3",
        "share is 1.2",
        "between 0 and 1",
    ),
    "negative input share": (
        change("inputs", 2, "share", -0.5),
        "frame 'inputs', row 2",
        "share is -0.5",
        "not negative",
    ),
    "input shares that miss one": (
        change("inputs", 2, "share", 0.4),
        "inputs(region=A, sector=Y)",
        "sum to 0.9",
        "divide",
    ),
    "inputs without materials": (
        change("value_added", 0, "share", 1.0),
        "inputs(region=A, sector=X)",
        "value-added share is 1",
        "delete",
    ),
    "final demand that misses one": (
        final_demand(0.5, 0.4, 0.5, 0.5),
        "final_demand(region=A)",
        "sum to 0.9",
        "divide",
    ),
    "implied final demand below zero": (
        lambda f: f.update(
            inputs=f["inputs"].assign(share=[0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0]),
            value_added=f["value_added"].assign(share=0.1),
        ),
        "final_demand(region=",
        "implied final demand is -",
        "final_demand.csv",
    ),
    "region that sells nothing": (
        lambda f: f.update(flows=f["flows"][f["flows"]["exporter"] != "A"]),
        "flows(region=A)",
        "sells nothing",
        "drop the region",
    ),
    "no frame": (lambda f: f.update(flows=[1, 2]), "frame 'flows'", "is a list", "DataFrame"),
}


def test_the_good_world_is_good():
    world = ts.World.from_frames(**good())
    assert world.flows.shape == (2, 2, 2)


def test_codes_in_the_index_name_the_row():
    frames = good()
    frames["flows"] = frames["flows"].set_index(["exporter", "importer", "sector"])
    frames["flows"].iloc[2, 0] = -1.0
    with pytest.raises(ts.InvalidInput) as caught:
        ts.World.from_frames(**frames)
    assert caught.value.where == "frame 'flows', row ('A', 'B', 'X'), flows(exporter=A, importer=B, sector=X)"
    frames["flows"] = frames["flows"].rename(index={"X": "Q"}, level="sector")
    with pytest.raises(ts.InvalidInput, match="'Q' in column sector") as caught:
        ts.World.from_frames(**frames)
    assert caught.value.where == "frame 'flows', row ('A', 'A', 'Q')"


@pytest.mark.parametrize("case", BAD)
def test_bad_frames(case):
    edit, where, problem, remedy = BAD[case]
    frames = good()
    edit(frames)
    with pytest.raises(ts.InvalidInput) as caught:
        ts.World.from_frames(**frames)
    error = caught.value
    assert isinstance(error, ValueError)
    assert where in error.where and problem in error.problem and remedy in error.remedy
    assert str(error) == f"{error.where}: {error.problem}\n  remedy: {error.remedy}"


def bad_array(name):
    return {
        "two dimensions": lambda w: w.edited(flows=np.ones((3, 3))),
        "shape": lambda w: w.edited(tariffs=np.zeros((3, 3, 2))),
        "NaN": lambda w: w.edited(flows=np.full((3, 3, 1), np.nan)),
        "words": lambda w: w.edited(flows=[[["a"]]]),
        "label": lambda w: w.edited(flows=w.flows.assign_coords(exporter=["A", "B", "Z"])),
        "missing label": lambda w: w.edited(flows=w.flows.isel(importer=[0, 1])),
        "repeated label": lambda w: w.edited(flows=w.flows.isel(importer=[0, 1, 1])),
        "dimension": lambda w: w.edited(flows=w.flows.rename(importer="buyer")),
        "unlabelled length": lambda w: w.edited(
            flows=xr.DataArray(np.ones((2, 3, 1)), dims=("exporter", "importer", "sector"))
        ),
        "argument": lambda w: w.edited(tarifs=0),
        "wide table for a cube": lambda w: w.edited(
            flows=pd.DataFrame({"exporter": ["A"], "importer": ["A"], "value": [1.0]})
        ),
    }[name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("two dimensions", "2 dimensions"),
        ("shape", "3 x 3 x 2"),
        ("NaN", "flows(exporter=A"),
        ("words", "not an array of numbers"),
        ("label", "unknown exporter code 'Z'"),
        ("missing label", "no value for C"),
        ("repeated label", "'B' appears twice"),
        ("dimension", "dimension 'buyer'"),
        ("unlabelled length", "length 2"),
        ("argument", "unknown argument 'tarifs'"),
        ("wide table for a cube", "no column 'sector'"),
    ],
)
def test_bad_arrays(tiny, name, words):
    with pytest.raises(ts.InvalidInput) as caught:
        bad_array(name)(tiny)
    assert words in str(caught.value) and caught.value.remedy


def test_bad_matrices():
    with pytest.raises(ts.InvalidInput, match="square"):
        ts.World.from_flows([[1, 2, 3], [4, 5, 6]], 4.0)
    with pytest.raises(ts.InvalidInput, match=r"flows\(exporter=R1, importer=R2"):
        ts.World.from_flows([[1, -2], [3, 4]], 4.0)
    with pytest.raises(ts.InvalidInput, match="trade_elasticity is -4"):
        ts.World.from_flows([[1, 2], [3, 4]], -4.0)
    with pytest.raises(ts.InvalidInput, match="sells nothing"):
        ts.World.from_flows([[0, 0], [3, 4]], 4.0)
    with pytest.raises(ts.InvalidInput, match="'A' appears twice"):
        ts.World.from_flows([[1, 2], [3, 4]], 4.0, regions=["A", "A"])


MATRIX = [[80, 6, 9], [8, 150, 12], [7, 14, 60]]
CUBE = np.ones((3, 3, 1))
# What was called, and words of the error: where, problem, remedy.
CALLS = {
    "name for a world": (lambda w: ts.solve("world-2022", ts.Scenario()), "world", "a str", "World.load('world-2022')"),
    "None for a world": (lambda w: ts.Solver(None), "world", "a NoneType", "a World"),
    "dict for a closure": (lambda w: ts.solve(w, ts.Scenario(), {}), "closure", "a dict", '"balanced"'),
    "text for a tolerance": (lambda w: ts.Solver(w, tolerance="a"), "tolerance", "'a'", "one number"),
    "half an evaluation": (lambda w: ts.Solver(w, max_evaluations=1.5), "max_evaluations", "1.5", "whole"),
    "text for progress": (lambda w: ts.Solver(w, progress="yes"), "progress", "a str", "True"),
    "text for theta": (lambda w: ts.World.from_flows(MATRIX, "a"), "trade_elasticity", "'a'", "one number"),
    "None for theta": (lambda w: ts.World.from_flows(MATRIX, None), "trade_elasticity", "None", "one number"),
    "two thetas": (lambda w: ts.World.from_flows(MATRIX, [4, 5]), "trade_elasticity", "[4, 5]", "one number"),
    "no frame of flows": (
        lambda w: ts.World.from_frames(**{**good(), "flows": None}),
        "frame 'flows'",
        "is missing",
        "exporter, importer, sector, value",
    ),
    "no frame of sectors": (
        lambda w: ts.World.from_frames(**{**good(), "sectors": None}),
        "frame 'sectors'",
        "is missing",
        "trade_elasticity",
    ),
    "text for regions": (lambda w: ts.World.from_flows(MATRIX, 4.0, regions="ABC"), "regions", "'ABC'", "list of"),
    "text for an axis": (lambda w: ts.World.from_arrays(CUBE, 4.0, regions="ABC"), "regions", "'ABC'", "list of"),
    "text for sectors": (lambda w: ts.World.from_arrays(CUBE, 4.0, sectors="X"), "sectors", "'X'", "list of codes"),
    "text for regions of frames": (
        lambda w: ts.World.from_frames(**{**good(), "regions": "AB"}),
        "regions",
        "'AB'",
        "list of codes",
    ),
    "text for a group": (
        lambda w: ts.World.from_frames(**good(), groups={"G": "AB"}),
        "groups 'G'",
        "'AB'",
        "list of codes",
    ),
    "no name": (lambda w: ts.World.load(None), "World.load", "a NoneType", "World.list()"),
    "complex matrix": (lambda w: ts.World.from_flows(np.array(MATRIX) * 1j, 4.0), "flows", "complex", "real"),
    "complex labelled array": (lambda w: w.edited(flows=w.flows * 1j), "flows", "complex", "real"),
    "complex table": (
        lambda w: w.edited(tariffs=pd.DataFrame({"exporter": ["A"], "importer": "B", "sector": "ALL", "rate": [1j]})),
        "frame 'tariffs'",
        "complex",
        "real",
    ),
    "complex rate": (lambda w: ts.Scenario().tariff("A", "B", rate=1j), "tariff: rate", "complex", "real"),
    "text for a share": (lambda w: w.split("A", {"A1": "x"}), "share of 'A1'", "'x'", "one number"),
    "number for shares": (lambda w: w.split("A", 0.5), "shares", "a float", "dict"),
    "text for defects": (lambda w: w.edited(known_defects="bad"), "known_defects", "'bad'", "list of texts"),
    "unknown entry of a source": (lambda w: w.edited(sources=[{"url": "x"}]), "sources", "'url'", "publisher"),
    "text for a year": (lambda w: w.edited(year="MMXX"), "year", "'MMXX'", "one number"),
    "None for a title": (lambda w: w.edited(title=None), "title", "a NoneType", "a text"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", CALLS)
def test_what_is_of_another_type_is_named(tiny, case):
    call, where, problem, remedy = CALLS[case]
    with pytest.raises(ts.InvalidInput) as caught:
        call(tiny)
    error = caught.value
    assert where in error.where and problem in error.problem and remedy in error.remedy


def test_bad_maps(tiny):
    with pytest.raises(ts.InvalidInput, match="goes to both 'P' and 'Q'"):
        tiny.aggregate({"P": ["A"], "Q": ["A", "B"]})
    with pytest.raises(ts.InvalidInput, match="unknown region code 'Z'"):
        tiny.aggregate({"Z": "P"})
    with pytest.raises(ts.InvalidInput, match="dict or a pandas Series"):
        tiny.aggregate(["A", "B"])
    with pytest.raises(ts.InvalidInput, match="sum to 0.9"):
        tiny.split("A", {"A1": 0.5, "A2": 0.4})


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ts.InvalidInput) as caught:
        ts.World.read(tmp_path / "nowhere")
    assert "nowhere" in caught.value.where and caught.value.remedy


def test_errors_survive_pickling():
    import pickle

    error = pickle.loads(pickle.dumps(ts.InvalidInput("here", "wrong", "mend it")))
    assert (error.where, error.problem, error.remedy) == ("here", "wrong", "mend it")
    assert str(error) == "here: wrong\n  remedy: mend it"
