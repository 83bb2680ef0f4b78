"""Dated policy from Python and the command line: rates of a day, their parts, timelines, single goods, paths."""

import datetime
import io

import numpy as np
import pandas as pd
import pytest

import tariffsim as ts

DAYS = ("2025-01-01", "2025-04-12", "2025-08-07", "2026-02-24", "2026-09-01")


@pytest.fixture(scope="module")
def war():
    return ts.Scenario.load("us-world-2025")


@pytest.fixture(scope="module")
def embedded():
    return ts.World.load("world-2022")


def test_what_ships():
    known = ts.Scenario.list()
    assert {"us-china-2018", "us-world-2025", "rcep", "china-zero-tariff-africa"} <= set(known.index)
    assert (known["problem"] == "").all()
    for name in known.index:
        scenario = ts.Scenario.load(name)
        assert scenario.description and len(scenario.measures) > 0
        assert set(scenario.measures["confidence"]) <= {"seen", "second-hand", "unverified"}
        assert (scenario.measures["source"] != "").all()


def test_named_days(war):
    wanted = "liberation-day peak geneva august-2025 busan ieepa-struck-down forced-labour-301 truce-extension".split()
    assert set(wanted) <= set(war.events.index)
    assert war.on("geneva").date == datetime.date(2025, 5, 14)
    with pytest.raises(ts.InvalidInput, match="use 'geneva'"):
        war.on("genewa")


def test_days_may_be_given_in_any_form(war, embedded):
    for day in ("2025-05-14", "geneva", datetime.date(2025, 5, 14), pd.Timestamp("2025-05-14"), np.datetime64("2025-05-14")):
        assert war.rates(day, embedded).date == datetime.date(2025, 5, 14)
    with pytest.raises(ts.InvalidInput, match="not a day"):
        war.rates("2025-02-30", embedded)
    with pytest.raises(ts.InvalidInput, match="legal"):
        war.on("peak", basis="announced")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("key", ["authority", "measure"])
def test_parts_sum_to_the_rate(war, embedded, day, key):
    rates = war.rates(day, embedded)
    total = sum(part.values for part in rates.by(key).values())
    np.testing.assert_allclose(total, rates.total.values, atol=1e-12)
    tariff = war.effective_tariff(embedded, day, importer="USA")
    assert abs(tariff.by(key).sum() - tariff.total) < 1e-12


def test_effective_tariff_of_whose_flows(war, embedded):
    announced = war.effective_tariff(embedded.flows, "2025-05-14", importer="USA")
    assert announced.of == "observed flows of world-2022"
    assert "IEEPA" in announced.by("authority").index
    goods = (embedded.sectors["kind"] == "goods").to_numpy()
    n = list(embedded.regions.index).index("USA")
    flows = np.delete(embedded.flows.values[:, n, :][:, goods], n, axis=0)
    rates = np.delete(war.rates("2025-05-14", embedded).total.values[:, n, :][:, goods], n, axis=0)
    assert announced.total == pytest.approx((flows * rates).sum() / flows.sum(), abs=1e-14)
    by_sector = announced.by("sector")
    assert by_sector["STL"] > by_sector["AGR"]
    assert set(announced.by("partner").index) <= set(embedded.regions.index)

    eq = ts.solve(embedded, war.on("peak"))
    paid = war.effective_tariff(eq.flows, "peak", importer="USA")
    assert paid.total < war.effective_tariff(embedded, "peak", importer="USA").total
    assert paid.of.startswith("flows after")
    with pytest.raises(ts.InvalidInput, match="in which world"):
        war.effective_tariff(embedded.flows.values, "peak")
    same = war.effective_tariff(embedded.flows.values, "peak", importer="USA", world=embedded)
    assert same.total == pytest.approx(war.effective_tariff(embedded, "peak", importer="USA").total)


def test_a_timeline_says_what_happens(war, embedded):
    line = war.timeline("USA", "CHN", world=embedded, start="2025-01-01", end="2025-06-01")
    geneva = line.table.loc[datetime.date(2025, 5, 14)]
    assert geneva["change"] < -0.7
    assert "us-recip-cn-125" in geneva["ends"] and "us-recip-cn-10" in geneva["begins"]
    np.testing.assert_allclose(line.by_authority.sum(axis=1), line.table["rate"], atol=1e-12)
    assert line.table["change"].iloc[1:].sum() == pytest.approx(line.table["rate"].iloc[-1] - line.table["rate"].iloc[0])


def test_difference_of_two_days(war):
    table = war.diff("peak", "geneva")
    assert set(table["change"]) == {"begins", "ends"}
    assert table.loc["cn-recip-125", "change"] == "ends"
    assert len(war.diff("peak", "peak")) == 0


def test_single_goods(war):
    found = war.rate(
        "8507.60.00", importer="USA", exporter="CHN", date="forced-labour-301", base_rate=0.034
    )
    assert found.total == pytest.approx(0.409, abs=1e-12)
    assert found.duties["rate"].sum() == pytest.approx(found.total, abs=1e-12)
    canada = {"importer": "USA", "exporter": "CAN", "date": "2026-08-22", "base_rate": 0.072}
    assert war.rate("7013.99.90", **canada, qualifies=True).total == pytest.approx(0.572, abs=1e-12)
    with pytest.raises(ts.InvalidInput, match="HS code"):
        war.rate("batteries", **canada)


def test_a_path_of_days(war, embedded):
    days = war.dates("2025-02-01", "2025-05-14")
    path = ts.solve_path(embedded, war, days)
    assert len(path) == len(days) and (path.status == "converged").all()
    alone = ts.solve(embedded, war.on("geneva"))
    np.testing.assert_allclose(path["geneva"].wage_hat, alone.wage_hat, rtol=1e-9)
    assert path["geneva"].title.endswith("2025-05-14")
    assert path.real_income_pct.shape == (len(days), 44)
    assert path.flows_hat("CHN", "USA")[datetime.date(2025, 5, 14)] > path.flows_hat("CHN", "USA")[datetime.date(2025, 4, 12)]
    announced, paid = path.effective_tariff("USA"), path.effective_tariff("USA", after=True)
    assert (paid.sum(axis=1) <= announced.sum(axis=1) + 1e-12).all()
    with pytest.raises(ts.InvalidInput, match="not on the path"):
        path["2025-05-15"]
    with pytest.raises(ts.InvalidInput, match="no dated measures"):
        ts.solve_path(embedded, ts.Scenario("x").tariff(rate=0.1), days)


def test_legal_and_collected_days_differ(war, embedded):
    legal = war.on("2025-03-10")
    assert legal.date == datetime.date(2025, 3, 10)
    a = war.effective_tariff(embedded, "2025-03-12", importer="CHN", exporter="USA").total
    b = war.effective_tariff(embedded, "2025-03-12", importer="CHN", exporter="USA", basis="collected").total
    assert b < a  # goods on the way were free until 12 April


def test_one_s_own_measures(embedded):
    ours = ts.Scenario("ours").measure(
        "first", importer="USA", exporter="CHN", effective="2025-02-01", ended="2025-06-01", rate="60%", authority="Act"
    )
    eq = ts.solve(embedded, ours.on("2025-03-01"))
    undated = ts.solve(embedded, ts.Scenario().tariff("USA", "CHN", "goods", rate=0.6, operation="add"))
    np.testing.assert_allclose(eq.real_income_pct, undated.real_income_pct, atol=1e-10)
    none = ts.solve(embedded, ours.on("2025-06-01"))
    np.testing.assert_allclose(none.wage_hat, 1.0, atol=1e-14)
    with pytest.raises(ts.InvalidInput, match="no day to solve"):
        ts.solve(embedded, ours)
    with pytest.raises(ts.InvalidInput, match="2500 percent"):
        ours.measure("second", importer="USA", effective="2025-02-01", rate=25)
    with pytest.raises(ts.InvalidInput, match="unknown field 'rates'"):
        ours.measure("second", importer="USA", effective="2025-02-01", rates=0.25)
    with pytest.raises(ts.InvalidInput, match="overlaps 'first'"):
        ours.measure("second", importer="USA", exporter="CHN", family="first", effective="2025-03-01", rate=0.1)
    with pytest.raises(ts.InvalidInput, match="unknown partner"):
        lost = ours.measure("x", importer="USA", exporter="Atlantis", effective="2025-01-01", rate=0.1)
        ts.solve(embedded, lost.on("2025-03-01"))


def test_folders_and_files(war, tmp_path, embedded):
    war.write(tmp_path / "copy")
    again = ts.Scenario.read(tmp_path / "copy")
    np.testing.assert_array_equal(again.rates("peak", embedded).total, war.rates("peak", embedded).total)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(ts.InvalidInput, match="notes.txt"):
        war.write(tmp_path / "mine")
    small = ts.Scenario("small").measure("a", importer="USA", exporter="CHN", effective="2025-02-01", rate=0.6)
    (tmp_path / "small.toml").write_text(small.to_toml())
    assert ts.Scenario.read(tmp_path / "small.toml").to_toml() == small.to_toml()


def test_pictures(war, embedded):
    line = war.timeline("USA", world=embedded, end="2026-09-30")
    ax = line.plot()
    assert "by law" in ax.figure.get_suptitle()
    path = ts.solve_path(embedded, war, ["2025-04-12", "2025-05-14"])
    assert len(path.plot().get_lines()) >= 6


def test_command_line(cli, embedded, war):
    text = cli(
        "policy", "rate", "--scenario", "us-world-2025", "--importer", "USA", "--exporter", "CHN", "--product", "85076000",
        "--base-rate", "0.034", "--date", "2026-07-24",
    ).stdout
    assert text.splitlines()[-1] == "total 0.409"
    assert "Trade Act 1974 s.301" in text

    text = cli("policy", "rates", "--scenario", "us-world-2025", "--date", "geneva", "--world", "world-2022").stdout
    table = pd.read_csv(io.StringIO(text))
    assert list(table.columns) == ["exporter", "importer", "sector", "rate"]
    rates = war.rates("geneva", embedded).total
    for row in table.sample(50, random_state=1).itertuples():
        assert row.rate == float(rates.sel(exporter=row.exporter, importer=row.importer, sector=row.sector))
    assert len(table) == int((rates != 0).sum())

    assert "us-world-2025" in cli("policy", "list").stdout
    assert "us-recip-cn-125" in cli("policy", "show", "--scenario", "us-world-2025", "--date", "peak").stdout
    assert "Geneva" in cli("policy", "timeline", "--scenario", "us-world-2025", "--importer", "USA", "--exporter", "CHN").stdout
    assert "cn-recip-125" in cli("policy", "diff", "--scenario", "us-world-2025", "peak", "geneva").stdout
    text = cli("policy", "attribute", "--scenario", "us-world-2025", "--date", "peak", "--importer", "USA").stdout
    assert "IEEPA" in text and "total" in text
    assert "remainders" in cli("policy", "check", "--scenario", "us-world-2025").stdout


def test_command_line_runs_a_day_and_a_path(cli, embedded, war):
    done = cli("run", "--scenario", "us-world-2025", "--date", "2025-04-12")
    assert done.returncode == 0 and "2025-04-12" in done.stdout
    done = cli("run", "--scenario", "us-world-2025", "--path", "--from", "2025-04-01", "--until", "geneva", "--out", "way")
    assert done.returncode == 0 and "2025-05-14" in done.stdout
    table = pd.read_csv(cli.folder / "way" / "path.csv")
    assert (table["status"] == "converged").all()
    peak = table[(table["date"] == "2025-04-12") & (table["region"] == "USA")].iloc[0]
    eq = ts.solve(embedded, war.on("2025-04-12"))
    assert peak["real_income_pct"] == pytest.approx(eq.real_income_pct["USA"], abs=1e-8)


@pytest.mark.parametrize(
    ("arguments", "expect"),
    [
        (("run", "--scenario", "us-world-2025"), "no day to solve"),
        (("run", "--scenario", "us-world-2025", "--date", "2025-02-30"), "not a day of the calendar"),
        (("run", "--scenario", "us-world-2026", "--date", "2025-02-01"), "us-world-2025"),
        (("policy", "rates", "--scenario", "us-world-2025", "--date", "genewa"), "use 'geneva'"),
        (("policy", "rate", "--scenario", "us-world-2025", "--importer", "USA", "--exporter", "CHN", "--product", "x",
          "--date", "peak"), "not an HS code"),
        (("policy", "attribute", "--scenario", "us-world-2025", "--date", "peak", "--importer", "USX"), "use 'USA'"),
    ],
)
def test_command_line_refuses(cli, arguments, expect):
    done = cli(*arguments)
    assert done.returncode == 2
    assert expect in done.stderr and "remedy" in done.stderr
