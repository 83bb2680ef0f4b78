"""Trade lines in Python and the command line: product rates, sector rates, remainders, solving with them."""

import io
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import tariffsim as ts
from conftest import REPOSITORY
from tariffsim.lines import _EMBEDDED

DAY = "2025-11-15"


@pytest.fixture(scope="module")
def war():
    return ts.Scenario.load("us-world-2025")


@pytest.fixture(scope="module")
def world():
    return ts.World.load("world-2022")


@pytest.fixture(scope="module")
def table():
    codes = pd.read_csv(_EMBEDDED[0] / "hs6-sector21" / "concordance.csv", dtype=str)["code"]
    draw = np.random.default_rng(1)
    six = codes[codes.str.len() == 6].to_numpy()
    exporters = ["CHN", "CAN", "DEU", "VNM", "NGA", "PAK"]
    rows = [(exporter, "USA", code) for exporter in exporters for code in six[draw.random(len(six)) < 0.2]]
    frame = pd.DataFrame(rows, columns=["exporter", "importer", "product"])
    return frame.assign(value=draw.lognormal(2, 2, len(frame)))


def test_every_line_is_what_rate_says(war, table):
    some = table.sample(60, random_state=2).assign(normal_duty=0.03, qualifying=0.0)
    rates = ts.TradeLines(some).rates(war, DAY)
    assert list(rates.index) == list(some.index)
    for label, row in rates.iterrows():
        alone = war.rate(row["product"], importer="USA", exporter=row["exporter"], date=DAY, base_rate=0.03)
        assert row["rate"] == alone.total, label
        layers = alone.duties.groupby("authority")["rate"].sum()
        for authority in layers.index.drop("normal duty"):
            assert row[authority] == pytest.approx(layers[authority], abs=1e-15)
    authorities = [name for name in rates if name in set(war.measures["authority"])]
    np.testing.assert_allclose(rates["normal_duty"] + rates[authorities].sum(axis=1), rates["rate"], atol=1e-14)


def test_sector_rates_are_means_with_the_values_as_weights(war, world, table):
    lines = ts.TradeLines(table)
    cells = lines.by_sector(war, DAY, world)
    by_line = lines.rates(war, DAY, world)
    region = {member: region for region, members in world.members.items() for member in members}
    by_line["exporter"] = by_line["exporter"].map(lambda code: code if code in world.regions.index else region[code])
    mapped = by_line[by_line["sector"] != ""].assign(duty=lambda frame: frame["rate"] * frame["value"])
    groups = mapped.groupby(["exporter", "importer", "sector"])
    hand = groups["duty"].sum() / groups["value"].sum()
    found = cells.set_index(["exporter", "importer", "sector"])
    np.testing.assert_allclose(found["rate"], hand.reindex(found.index), rtol=1e-12)
    np.testing.assert_allclose(found["weight"], groups["value"].sum().reindex(found.index), rtol=1e-12)
    assert len(found) == len(hand)
    flows = world.flows.to_series().loc[found.index]
    np.testing.assert_allclose(found["share"], found["weight"] / flows, rtol=1e-15)


def test_nothing_is_dropped(war, world, table):
    lost = pd.DataFrame(
        [("CHN", "USA", "999999", 3.0), ("QQQ", "USA", "010121", 4.0), ("USA", "USA", "0101", 5.0), ("CHN", "USA", "85", 6.0)],
        columns=table.columns,
        index=["a", "b", "c", "d"],
    )
    lines = ts.TradeLines(pd.concat([table, lost]))
    left = lines.remainders(world)
    assert list(left.index) == ["a", "b", "c", "d"]
    assert left["reason"].str.contains("know the code|no region|customs territory|several sectors").all()
    balance = lines.balance(world)
    assert balance["remainder"] == 18.0
    assert balance["mapped"] + balance["remainder"] == pytest.approx(balance["total"], rel=1e-12)
    assert balance["total"] == pytest.approx(table["value"].sum() + 18, rel=1e-12)
    with pytest.raises(ts.InvalidInput, match=r"code 999999.*and 3 more lines map nowhere"):
        lines.by_sector(war, DAY, world, strict=True)
    assert (lines.rates(war, DAY, world)["sector"].loc[["a", "b", "c", "d"]] == "").all()


def test_solving_with_lines(war, world, table):
    lines = ts.TradeLines(table)
    compiled = lines.scenario(war, DAY, world)
    cells = lines.by_sector(war, DAY, world)
    shock = compiled.compile(world)
    rates = war.rates(DAY, world).total.to_series()
    got = pd.Series(np.ravel(shock.tariffs), index=rates.index)
    places = pd.MultiIndex.from_frame(cells[["exporter", "importer", "sector"]])
    np.testing.assert_array_equal(got.loc[places].to_numpy(), cells["in_world"].to_numpy())
    others = ~rates.index.isin(places)
    np.testing.assert_array_equal(got[others].to_numpy(), rates[others].to_numpy())
    eq = ts.solve(world, compiled)
    assert eq.status == "converged"
    assert eq.real_income_pct["USA"] != ts.solve(world, war.on(DAY)).real_income_pct["USA"]


def test_on_the_day_of_the_worlds_tariffs_nothing_changes(war, world, table):
    compiled = ts.TradeLines(table).scenario(war, "2024-07-01", world)
    plain = war.on("2024-07-01").compile(world).tariffs
    np.testing.assert_array_equal(np.asarray(compiled.compile(world).tariffs), np.asarray(plain))


def test_small_cells_keep_the_averages(war, world, table):
    lines = ts.TradeLines(table, unit=1e-6)
    none = lines.scenario(war, DAY, world, least_share=1e9)
    np.testing.assert_array_equal(np.asarray(none.compile(world).tariffs), war.rates(DAY, world).total.values)


def test_undated_changes_follow_the_lines(war, world, table):
    more = war.tariff(importer="USA", exporter="CHN", sector="goods", rate=0.5)
    rates = ts.TradeLines(table).scenario(more, DAY, world).compile(world).tariffs
    regions, sectors = list(world.regions.index), list(world.sectors.index)
    cell = np.asarray(rates)[regions.index("CHN"), regions.index("USA"), sectors.index("ELE")]
    assert cell == 0.5


def test_own_concordance_and_renumbered_codes(war, world):
    table = pd.DataFrame({"exporter": "CHN", "importer": "USA", "product": ["12.34.56", "850760"], "value": [1.0, 2.0]})
    own = pd.DataFrame({"code": ["123456", "8507"], "sector": ["CHM", "MAC"]})
    cells = ts.TradeLines(table, concordance=own).by_sector(war, DAY, world)
    assert list(cells["sector"]) == ["CHM", "MAC"]
    renumbered = pd.DataFrame({"old": ["123456"], "new": ["850760"]})
    lines = ts.TradeLines(table, renumbered=renumbered)
    rates = lines.rates(war, DAY)["rate"]
    assert rates[0] == rates[1] > 0
    assert list(lines.by_sector(war, DAY, world)["sector"]) == ["EEQ"]
    with pytest.raises(ts.InvalidInput, match="listed twice"):
        ts.TradeLines(table, concordance=pd.concat([own, own]))
    with pytest.raises(ts.InvalidInput, match="has no column 'old'"):
        ts.TradeLines(table, renumbered=own)
    with pytest.raises(ts.InvalidInput, match="hs6-sector21"):
        ts.TradeLines(table, concordance="hs6-sector")


def test_codes_of_lists_that_no_line_meets(war, table):
    unmet = ts.TradeLines(table).unmet(war, DAY)
    assert {"list", "importer", "code", "size"} == set(unmet)
    traded = set(table["product"])
    assert not any(code[:6] in traded for code in unmet["code"] if len(code) >= 6)
    assert "counts for sectors alone" in set(ts.TradeLines(table).left_out(war, DAY)["reason"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"product": [10121, 20230]}, "numbers, which lose the zero"),
        ({"product": ["010121", "20230"]}, r"frame 'lines', row 'y': code 20230 has 5 digits"),
        ({"product": ["010121", None]}, r"row 'y': product is missing"),
        ({"value": [1.0, -2.0]}, r"row 'y': the value is -2"),
        ({"value": [1.0, np.nan]}, r"row 'y': value is missing"),
        ({"value": [1.0, "many"]}, r"row 'y': value is 'many'"),
        ({"normal_duty": [0.1, 12.0]}, r"row 'y': the normal duty is 12"),
        ({"qualifying": [0.1, 1.2]}, r"row 'y': qualifying is 1.2"),
        ({"exporter": ["CHN", ""]}, r"row 'y': no exporter"),
    ],
)
def test_bad_lines_name_their_row(change, message):
    good = {"exporter": ["CHN", "CHN"], "importer": ["USA", "USA"], "product": ["010121", "8507"], "value": [1.0, 2.0]}
    with pytest.raises(ts.InvalidInput, match=message):
        ts.TradeLines(pd.DataFrame({**good, **change}, index=["x", "y"]))


def test_bad_questions(war, world, table):
    lines = ts.TradeLines(table)
    with pytest.raises(ts.InvalidInput, match="date"):
        lines.rates(war)
    with pytest.raises(ts.InvalidInput, match="world"):
        lines.by_sector(war, DAY)
    with pytest.raises(ts.InvalidInput, match="has no column 'value'"):
        ts.TradeLines(table.drop(columns="value"))
    with pytest.raises(ts.InvalidInput, match="DataFrame"):
        ts.TradeLines([1, 2])
    assert lines.rates(war.on(DAY))["rate"].equals(lines.rates(war, DAY)["rate"])


def test_rebuilding_the_concordance_gives_the_committed_bytes(shared_data, tmp_path):
    script = REPOSITORY / "scripts" / "build_concordance.py"
    source = shared_data / "measures" / "hs6_sector21.csv"
    subprocess.run([sys.executable, script, "--source", source, "--out", tmp_path], check=True, capture_output=True)
    for name in ("NOTICE.md", "hs6-sector21/concordance.csv", "hs6-sector21/sectors.csv"):
        committed = REPOSITORY / "python" / "tariffsim" / "concordances" / name
        assert (tmp_path / name).read_bytes() == committed.read_bytes(), f"{name}: run scripts/build_concordance.py"


def test_files(war, table, tmp_path):
    file = tmp_path / "flows.csv"
    table.to_csv(file, index=False)
    lines = ts.TradeLines.read(file)
    np.testing.assert_array_equal(lines.rates(war, DAY)["rate"], ts.TradeLines(table).rates(war, DAY)["rate"])
    file.write_text("exporter,importer,product,value\nCHN,USA,0101,1\nCHN,USA,01012,1\n")
    with pytest.raises(ts.InvalidInput, match=r"flows\.csv:3: code 01012 has 5 digits"):
        ts.TradeLines.read(file)
    with pytest.raises(ts.InvalidInput, match="does not exist"):
        ts.TradeLines.read(tmp_path / "none.parquet")


def test_the_example_of_the_documentation(war, world):
    lines = ts.TradeLines.read(REPOSITORY / "examples" / "lines" / "us-imports.csv")
    rates = lines.rates(war, DAY, world).set_index(["exporter", "product"])["rate"]
    assert rates["CHN", "850760"] == pytest.approx(0.309, abs=1e-15)
    # Section 232 is due on 60 percent of a car's value; the rest pays IEEPA where it does not qualify.
    assert rates["MEX", "870323"] == pytest.approx(0.025 + 0.25 * 0.6 + 0.25 * 0.4 * 0.05, abs=1e-12)
    assert list(lines.remainders(world)["product"]) == ["980100", "85"]
    assert lines.balance(world)["remainder"] == 3700


def test_parquet(war, table, tmp_path):
    pytest.importorskip("pyarrow")
    table.to_parquet(tmp_path / "flows.parquet")
    lines = ts.TradeLines.read(tmp_path / "flows.parquet")
    assert lines.total_value == ts.TradeLines(table).total_value


def test_command_line(war, world, table, tmp_path, cli):
    file = tmp_path / "flows.csv"
    lost = pd.DataFrame([("CHN", "USA", "999999", 3.0)], columns=table.columns)
    pd.concat([table, lost]).to_csv(file, index=False)
    question = ("policy", "lines", "--scenario", "us-world-2025", "--date", DAY, "--lines", file)
    lines = ts.TradeLines.read(file)

    by_line = pd.read_csv(io.StringIO(cli(*question).stdout), dtype={"product": str})
    python = lines.rates(war, DAY)
    np.testing.assert_array_equal(by_line["rate"], python["rate"])
    np.testing.assert_array_equal(by_line["in_part"] == "yes", python["in_part"])
    assert set(by_line.columns) == set(python.columns)

    out = tmp_path / "sectors.csv"
    done = cli(*question, "--by", "sector", "--world", "world-2022", "--out", out, "--remainders", tmp_path / "left.csv")
    assert done.stdout == ""
    assert "1 of" in done.stderr and "999999" in done.stderr
    cells = pd.read_csv(out)
    expected = lines.by_sector(war, DAY, world)
    for column in ("rate", "weight", "due", "in_part", "normal_duty", "contained", "in_world"):
        np.testing.assert_array_equal(cells[column], expected[column])
    left = pd.read_csv(tmp_path / "left.csv")
    assert left["line"].tolist() == [len(table) + 2]
    assert left["product"].tolist() == [999999]

    refused = cli(*question, "--by", "sector", "--strict")
    assert refused.returncode == 2
    assert f"flows.csv:{len(table) + 2}" in refused.stderr and refused.stdout == ""
    file.write_text("exporter,importer,product,value\nCHN,USA,0101,x\n")
    assert "flows.csv:2" in cli(*question).stderr
