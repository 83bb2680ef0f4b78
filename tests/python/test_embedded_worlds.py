"""The embedded worlds: reproducible from their source, equal to the shared packages, sound as data packages.

These tests read the files with pandas alone and do not import tariffsim.
"""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
WORLDS = REPOSITORY / "python" / "tariffsim" / "worlds"
GEO = REPOSITORY / "python" / "tariffsim" / "geo"
GENERATED = REPOSITORY / "docs" / "_generated"
SHARED = Path(os.environ.get("TARIFFSIM_SHARED") or REPOSITORY.parent / "shared") / "data"

PACKAGE = {"world-2022": "world2022-44x21", "world-2022-27x12": "world2022-27x12"}
SIZE = {"world-2022": (44, 21), "world-2022-27x12": (27, 12)}
# million USD of tariff revenue between merged regions, and its percentage of all revenue
DOMESTIC_REVENUE = {"world-2022": (393.665, 0.0927), "world-2022-27x12": (4457.446, 1.0493)}
TABLES = "flows groups inputs member_weights members regions sector_members sectors tariffs value_added".split()

PAIR = ["exporter", "importer", "sector"]
each_world = pytest.mark.parametrize("name", PACKAGE)


@pytest.fixture(scope="session")
def shared():
    """The folder of shared data. Absent: skip, but fail where CI is set."""
    if not (SHARED / "world2022-81x28").is_dir():
        reason = f"{SHARED} does not hold the shared data packages; set TARIFFSIM_SHARED to their parent folder"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="session")
def rebuilt(shared, tmp_path_factory):
    """Worlds and documentation tables, built again."""
    out, docs = tmp_path_factory.mktemp("worlds"), tmp_path_factory.mktemp("docs")
    run("build_worlds.py", "--source", shared / "world2022-81x28", "--maps", shared, "--out", out, "--docs", docs)
    return out, docs


@pytest.fixture(scope="session")
def source(shared):
    """Flows, tariffs and revenue of the 81 x 28 world."""
    return revenue(shared / "world2022-81x28")


def run(script, *arguments):
    command = [sys.executable, REPOSITORY / "scripts" / script, *arguments]
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{script}: {result.stdout}{result.stderr}"


def table(folder, name):
    numbers = {"value", "rate", "share", "trade_elasticity"}
    frame = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False)
    return frame.assign(**{column: frame[column].map(float) for column in numbers & set(frame.columns)})


def total(values):
    return math.fsum(values.tolist())


def revenue(folder):
    """Flows and tariffs of one package with the revenue of every cell."""
    merged = table(folder, "flows").merge(table(folder, "tariffs"), on=PAIR, how="left").fillna({"rate": 0.0})
    return merged.assign(revenue=merged["value"] * merged["rate"])


def joined(name, shared, file, keys, value):
    """One table of the embedded world beside that of the shared package; a missing row is zero."""
    ours, theirs = table(WORLDS / name, file), table(shared / PACKAGE[name], file)
    both = ours.merge(theirs, on=keys, how="outer", suffixes=("", "_shared"))
    return both.fillna({value: 0.0, f"{value}_shared": 0.0})


def map_of(shared, name, file):
    frame = pd.read_csv(shared / PACKAGE[name] / "notes" / f"{file}.csv", dtype=str, keep_default_na=False)
    return dict(frame.itertuples(index=False, name=None))


# ---- reproducible -------------------------------------------------------------------------------


@each_world
def test_rebuilding_gives_the_committed_bytes(name, rebuilt):
    out, _ = rebuilt
    assert sorted(p.name for p in (out / name).iterdir()) == sorted(p.name for p in (WORLDS / name).iterdir())
    for path in sorted((WORLDS / name).iterdir()):
        same = path.read_bytes() == (out / name / path.name).read_bytes()
        assert same, f"{path} is out of date: run scripts/build_worlds.py"


def test_rebuilding_gives_the_committed_documentation_tables(rebuilt):
    _, docs = rebuilt
    built = sorted(docs.iterdir())
    assert len(built) == 7
    for path in built:
        same = path.read_bytes() == (GENERATED / path.name).read_bytes()
        assert same, f"{GENERATED / path.name} is out of date: run scripts/build_worlds.py"


def test_rebuilding_the_outlines_gives_the_committed_bytes(shared, tmp_path):
    geo = shared / "geo"
    topology, centroids = geo / "countries-110m.topojson", geo / "region_centroids.csv"
    run("build_geo.py", "--topojson", topology, "--centroids", centroids, "--out", tmp_path)
    for name in ["countries.json", "points.csv"]:
        assert (tmp_path / name).read_bytes() == (GEO / name).read_bytes(), f"{name}: run scripts/build_geo.py"


def test_a_missing_source_is_reported_with_its_option(tmp_path):
    command = [sys.executable, REPOSITORY / "scripts" / "build_worlds.py", "--source", tmp_path / "nowhere"]
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "nowhere does not exist" in result.stderr
    assert "--source" in result.stderr


# ---- equal to the shared packages ---------------------------------------------------------------


@each_world
def test_flows_agree_with_the_shared_package(name, shared):
    both = joined(name, shared, "flows", PAIR, "value")
    assert len(both) == len(table(shared / PACKAGE[name], "flows"))
    assert (both["value"] / both["value_shared"] - 1).abs().max() < 1e-14


@each_world
def test_tariffs_between_regions_agree_with_the_shared_package(name, shared):
    both = joined(name, shared, "tariffs", PAIR, "rate")
    foreign = both[both["exporter"] != both["importer"]]
    assert (foreign["rate"] > 0).equals(foreign["rate_shared"] > 0)
    assert (foreign["rate"] - foreign["rate_shared"]).abs().max() < 1e-15


@each_world
@pytest.mark.parametrize(
    ("file", "keys"), [("value_added", ["region", "sector"]), ("inputs", ["region", "input", "sector"])]
)
def test_technology_agrees_with_the_shared_package(name, file, keys, shared):
    both = joined(name, shared, file, keys, "share")
    assert len(both) == len(table(shared / PACKAGE[name], file))
    assert (both["share"] - both["share_shared"]).abs().max() < 1e-14


@each_world
@pytest.mark.parametrize("file", ["regions.csv", "sectors.csv"])
def test_labels_and_elasticities_are_those_of_the_shared_package(name, file, shared):
    assert (WORLDS / name / file).read_bytes() == (shared / PACKAGE[name] / file).read_bytes()


# ---- equal to the source ------------------------------------------------------------------------


@each_world
def test_flows_and_revenue_are_sums_of_the_source(name, shared, source):
    """An aggregation by group-by, independent of the arrays of the build script."""
    region, sector = map_of(shared, name, "region_map"), map_of(shared, name, "sector_map")
    mapped = source.assign(
        exporter=source["exporter"].map(region),
        importer=source["importer"].map(region),
        sector=source["sector"].map(sector),
    )
    sums = mapped.groupby(PAIR)[["value", "revenue"]].sum().reset_index()
    both = revenue(WORLDS / name).merge(sums[sums["value"] > 0], on=PAIR, how="outer", suffixes=("", "_sum"))
    assert not both.isna().any(axis=None)
    assert (both["value"] / both["value_sum"] - 1).abs().max() < 1e-13
    assert ((both["revenue"] - both["revenue_sum"]).abs() / both["value"]).max() < 1e-15


@each_world
def test_tariff_revenue_is_kept_on_domestic_cells(name, shared, source):
    ours = revenue(WORLDS / name)
    theirs = revenue(shared / PACKAGE[name])
    assert total(ours["revenue"]) == pytest.approx(total(source["revenue"]), rel=1e-14)
    assert total(ours["revenue"]) == pytest.approx(424821.751, abs=1e-3)

    domestic, percent = DOMESTIC_REVENUE[name]
    own = ours["exporter"] == ours["importer"]
    assert total(ours.loc[own, "revenue"]) == pytest.approx(domestic, abs=1e-3)
    assert total(ours["revenue"]) - total(theirs["revenue"]) == pytest.approx(domestic, abs=1e-3)
    assert 100 * domestic / total(ours["revenue"]) == pytest.approx(percent, abs=1e-4)
    assert theirs.loc[theirs["exporter"] == theirs["importer"], "rate"].max() == 0


@each_world
def test_trade_elasticities_are_weighted_with_international_flows(name, shared, source):
    file = shared / "world2022-81x28" / "notes" / "trade_elasticity_sources.csv"
    theta = pd.read_csv(file, keep_default_na=False).set_index("icio_industry")["trade_elasticity"].astype(float)
    foreign = source[source["exporter"] != source["importer"]].groupby("sector")["value"].sum()
    sector = foreign.index.map(map_of(shared, name, "sector_map"))
    mean = (theta[foreign.index] * foreign).groupby(sector).sum() / foreign.groupby(sector).sum()
    ours = table(WORLDS / name, "sectors").set_index("sector")["trade_elasticity"]
    assert (ours - mean[ours.index]).abs().max() <= 0.5e-6 + 1e-12


# ---- sound --------------------------------------------------------------------------------------


@each_world
def test_shape_order_and_signs(name):
    folder = WORLDS / name
    regions, sectors = table(folder, "regions")["region"], table(folder, "sectors")["sector"]
    assert (len(regions), len(sectors)) == SIZE[name]
    assert regions.is_unique and sectors.is_unique

    order = {"region": regions, "exporter": regions, "importer": regions, "sector": sectors, "input": sectors}
    for file, value in [("flows", "value"), ("tariffs", "rate"), ("inputs", "share"), ("value_added", "share")]:
        frame = table(folder, file)
        assert np.isfinite(frame[value]).all()
        assert (frame[value] > 0).all(), f"{file}.csv lists a zero or negative row"
        keys = frame.columns.drop(value)
        ranks = pd.MultiIndex.from_frame(
            frame[keys].apply(lambda column: column.map({code: k for k, code in enumerate(order[column.name])}))
        )
        assert not ranks.to_frame().isna().any(axis=None), f"{file}.csv has an unknown code"
        assert ranks.is_unique and ranks.is_monotonic_increasing, f"{file}.csv is not in the order of its labels"

    assert table(folder, "tariffs")["rate"].max() < 1
    services = set(table(folder, "sectors").query("kind == 'services'")["sector"])
    assert not services & set(table(folder, "tariffs")["sector"])


@each_world
def test_numbers_are_written_as_the_shortest_text(name):
    for file, value in [("flows", "value"), ("tariffs", "rate"), ("inputs", "share"), ("value_added", "share")]:
        text = pd.read_csv(WORLDS / name / f"{file}.csv", dtype=str, keep_default_na=False)[value]
        assert text.map(lambda number: repr(float(number))).equals(text)


@each_world
def test_accounts_close_and_final_demand_is_positive(name):
    folder = WORLDS / name
    cells = revenue(folder)
    added = table(folder, "value_added").set_index(["region", "sector"])["share"]
    inputs = table(folder, "inputs")
    assert (added < 1).all() and len(added) == math.prod(SIZE[name])
    assert (inputs.groupby(["region", "sector"])["share"].sum() - 1).abs().max() < 1e-14

    output = cells.groupby(["exporter", "sector"])["value"].sum().reindex(added.index, fill_value=0.0)
    materials = ((1 - added) * output).rename("materials").reset_index()
    bought = inputs.merge(materials, on=["region", "sector"])
    bought["spent"] = bought["share"] * bought["materials"]
    use = bought.groupby(["region", "input"])["spent"].sum()
    spending = (cells["value"] + cells["revenue"]).groupby([cells["importer"], cells["sector"]]).sum()
    final = spending - use.reindex(spending.index)
    assert final.min() > 8

    exports, imports = cells.groupby("exporter")["value"].sum(), cells.groupby("importer")["value"].sum()
    income = (added * output).groupby(level=0).sum() + cells.groupby("importer")["revenue"].sum()
    assert (final.groupby(level=0).sum() / (income + imports - exports) - 1).abs().max() < 1e-13


@each_world
def test_descriptor_states_what_a_user_must_know(name):
    descriptor = json.loads((WORLDS / name / "datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["profile"] == "tabular-data-package"
    assert descriptor["name"] == name
    assert (descriptor["year"], descriptor["currency"], descriptor["unit"]) == (2022, "USD", "million USD")
    for key in ["title", "valuation", "base_tariff_date", "aggregation", "groups_omitted"]:
        assert descriptor[key]
    assert descriptor["aggregation"]["script"] == "scripts/build_worlds.py"
    assert {licence["name"] for licence in descriptor["licenses"]} == {"CC-BY-4.0", "etalab-2.0"}
    assert len(descriptor["sources"]) == 6 and all(source["license"] for source in descriptor["sources"])
    assert descriptor["attribution"].startswith("OECD (2025)")
    assert len(descriptor["known_defects"]) >= 13
    text = " ".join(descriptor["known_defects"])
    assert all(word in text for word in ["PROXY", "Taiwan", "Korea 12.7", "section 301", "domestic cell"])
    assert "teti" not in json.dumps(descriptor).lower()


@each_world
def test_descriptor_describes_every_table(name):
    folder = WORLDS / name
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert sorted(resource["path"] for resource in descriptor["resources"]) == [f"{file}.csv" for file in TABLES]
    for resource in descriptor["resources"]:
        assert re.fullmatch(r"[a-z0-9-]+", resource["name"])
        frame = table(folder, resource["path"].removesuffix(".csv"))
        schema = resource["schema"]
        assert [field["name"] for field in schema["fields"]] == list(frame.columns)
        assert len(frame) == resource["rows"]
        assert not frame.duplicated(schema["primaryKey"]).any()
        for key in schema.get("foreignKeys", []):
            target = table(folder, key["reference"]["resource"])[key["reference"]["fields"]]
            assert frame[key["fields"]].isin(target).all()


@each_world
def test_weights_of_countries_in_regions_of_several(name):
    folder = WORLDS / name
    weights, members = table(folder, "member_weights"), table(folder, "members")
    weights["share"] = weights["share"].astype(float)
    regions = table(folder, "regions")["region"]
    own = pd.DataFrame({"region": regions, "member": regions})  # what is left of a region has its code
    region = weights.merge(pd.concat([members, own]).drop_duplicates(), on="member")
    sums = region.groupby(["region", "importer", "sector"])["share"].sum()
    assert len(region) == len(weights) and (sums - 1).abs().max() < 1e-6
    assert (weights["share"] > 0).all() and set(weights["member"]) <= set(members["member"]) | set(regions)
    industries = table(folder, "sector_members")
    assert set(industries["sector"]) == set(table(folder, "sectors")["sector"])
    assert not industries["member"].duplicated().any()
    days = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))["tariffs_date"]
    assert days == {"*": "2021-07-01", "CHN": "2018-01-01", "USA": "2024-07-01"}


def test_size_stays_small():
    files = [path for folder in (WORLDS, GEO) for path in folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 5_000_000
    assert (GEO / "countries.json").stat().st_size < 300_000


# ---- groups, members, outlines ------------------------------------------------------------------


@each_world
def test_groups_are_unions_of_whole_regions(name, shared):
    countries = table(shared / "measures", "groups").groupby("group")["region"].agg(set)
    region = map_of(shared, name, "region_map")
    content = pd.Series(region).reset_index().groupby(0)["index"].agg(set)
    groups = table(WORLDS / name, "groups").groupby("group")["region"].agg(list)
    for group, members in groups.items():
        assert set().union(*content[members]) == countries[group], group

    omitted = json.loads((WORLDS / name / "datapackage.json").read_text(encoding="utf-8"))["groups_omitted"]
    assert set(groups.index) | set(omitted) == set(countries.index)
    expected = {"EU27", "ASEAN", "USMCA", "CHN_HKG"} | ({"RCEP"} if name == "world-2022" else set())
    assert set(groups.index) == expected


def test_groups_of_the_larger_world():
    groups = table(WORLDS / "world-2022", "groups").groupby("group")["region"].agg(list)
    assert groups["EU27"] == ["XEU", "DEU", "ESP", "FRA", "IRL", "ITA", "NLD", "POL"]
    assert groups["USMCA"] == ["CAN", "MEX", "USA"]
    assert len(groups["RCEP"]) == 12


@each_world
def test_members_follow_the_region_map_and_cover_the_outlines(name, shared):
    members = table(WORLDS / name, "members")
    assert members["member"].is_unique
    assert members["member"].str.fullmatch("[A-Z]{3}").all()
    assert members["region"].unique().tolist() == table(WORLDS / name, "regions")["region"].tolist()

    owner = members.set_index("member")["region"]
    for country, region in map_of(shared, name, "region_map").items():
        if country != "ROW":
            assert owner[country] == region
    outlines = {feature["properties"]["ISO3"] for feature in outline()["features"]}
    points = set(table(GEO, "points")["ISO3"])
    assert not outlines & points
    assert outlines | points == set(members["member"])
    assert owner["PRI"] == "USA" and owner["CUB"] == "ROW" and owner["XKX"] == "ROW"


def test_outlines_are_closed_oriented_and_cut_at_180_degrees():
    for feature in outline()["features"]:
        assert feature["geometry"]["type"] == "MultiPolygon"
        assert feature["geometry"]["coordinates"], feature["id"]
        for polygon in feature["geometry"]["coordinates"]:
            for k, ring in enumerate(polygon):
                x, y = np.array(ring).T
                assert len(ring) >= 4 and ring[0] == ring[-1]
                assert np.abs(x).max() <= 180 and np.abs(y).max() <= 90
                assert np.abs(np.diff(x)).max() < 60, f"{feature['id']} jumps across the map"
                area = np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])
                assert (area > 0) == (k == 0), f"{feature['id']} has a ring of the wrong orientation"


@pytest.mark.parametrize(
    ("country", "thousand_km2"),
    [("RUS", 17000), ("CAN", 9980), ("BRA", 8510), ("AUS", 7690), ("IND", 3290), ("DEU", 357), ("LSO", 30)],
)
def test_outlines_have_the_area_of_their_country(country, thousand_km2):
    (feature,) = (feature for feature in outline()["features"] if feature["properties"]["ISO3"] == country)
    area = 0.0
    for polygon in feature["geometry"]["coordinates"]:
        for ring in polygon:
            longitude, latitude = np.radians(np.array(ring)).T
            height = (np.sin(latitude[:-1]) + np.sin(latitude[1:])) / 2
            area -= 6371.0**2 * np.sum(np.diff(longitude) * height)
    assert area / 1000 == pytest.approx(thousand_km2, rel=0.1)


def outline():
    return json.loads((GEO / "countries.json").read_text(encoding="utf-8"))
