"""Duties per unit, preferences, barriers, hubs, subsidies and zones, from Python, scenario files and the command line."""

import csv
import json

import numpy as np
import pytest

import tariffsim as ts

SCOPE = {"importer": "USA", "exporter": "CHN", "sector": "goods"}
CELL = {"importer": "USA", "exporter": "CHN", "sector": "ELE"}


def test_a_duty_per_unit_moves_against_the_price(world):
    war = ts.Scenario("war").specific_tariff(**SCOPE, rate=0.6).productivity("CHN", "ELE", factor=1.3)
    eq = ts.solve(world, war)
    rate = float(eq.tariffs.sel(**CELL))
    price = eq.cost_hat.loc["CHN", "ELE"]
    assert rate == pytest.approx(0.6 / price, abs=1e-9) and rate > 0.65
    assert eq.certificate.residuals["rates"].value <= 1e-10
    assert "fixed in the price of world value added" in repr(war)
    in_wages = ts.solve(world, ts.Scenario().specific_tariff(**SCOPE, rate=0.6, numeraire="USA"))
    rate = float(in_wages.tariffs.sel(**CELL))
    assert rate == pytest.approx(0.6 * in_wages.wage_hat["USA"] / in_wages.cost_hat.loc["CHN", "ELE"], abs=1e-9)


def test_the_use_of_a_preference(world):
    deal = {"importer": "USA", "exporter": "MEX", "sector": "VEH"}
    usual = ts.Scenario().tariff(**deal, rate=0.25)
    given = ts.solve(world, usual.preference(**deal, rate=0.05, utilisation=0.8, compliance_cost=0.02))
    assert float(given.tariffs.sel(**deal)) == pytest.approx((0.25 - 0.8 * 0.2) / 1.016)
    assert given.ways.iloc[0][["way", "exporter", "sector", "share"]].tolist() == ["preference", "MEX", "VEH", 0.8]
    responding = ts.solve(world, usual.preference(**deal, median_cost=0.25))
    assert responding.ways["share"].iloc[0] == pytest.approx(0.5, abs=1e-12)
    wide = ts.solve(world, usual.preference(**deal, threshold=0.01, content_spread=0.001))
    assert float(wide.tariffs.sel(**deal)) == pytest.approx(0, abs=1e-9)


def test_barriers_differ_by_who_gets_the_difference(world):
    scope = {"importer": "CHN", "exporter": "USA", "sector": "AGR"}
    used_up = ts.solve(world, ts.Scenario().non_tariff_measure(**scope, ad_valorem=0.2))
    cost = ts.solve(world, ts.Scenario().trade_cost(**scope, factor=1.2))
    np.testing.assert_allclose(used_up.real_income_pct, cost.real_income_pct, atol=1e-9)
    rent = ts.solve(world, ts.Scenario().non_tariff_measure(**scope, ad_valorem=0.2, resource_share=0))
    assert rent.real_income_pct["CHN"] > used_up.real_income_pct["CHN"]


def test_what_passes_through_a_hub_is_not_made_there(world):
    through = ts.Scenario().reexport(**SCOPE, hub="TWN", share=0.3, elasticity=4)
    eq = ts.solve(world, through)
    np.testing.assert_allclose(eq.real_income_pct, 0, atol=1e-9)
    exports = eq.gross_exports
    goods = world.sectors.index[world.sectors["kind"] == "goods"]
    passing = 0.3 * float(world.flows.sel(exporter="CHN", importer="USA", sector=goods).sum())
    assert exports.loc["TWN", "reexports"] == pytest.approx(passing)
    assert exports.loc["TWN", "gross"] == pytest.approx(exports.loc["TWN", "domestic"] + passing)
    assert exports["reexports"].drop("TWN").eq(0).all()


def test_trans_shipment_and_its_penalty(world):
    war = ts.Scenario().tariff(**SCOPE, rate=0.6)
    taken = {}
    for penalty in (0.0, 0.4, 2.0):
        eq = ts.solve(world, war.transshipment(**SCOPE, via="VNM", median_cost=0.3, detection=0.3, penalty=penalty))
        taken[penalty] = eq.gross_exports.loc["VNM", "reexports"]
    assert taken[0.0] > taken[0.4] > taken[2.0] >= 0


def test_a_subsidy_on_output(world):
    eq = ts.solve(world, ts.Scenario().production_subsidy("CHN", "VEH", rate=0.1))
    assert eq.output.loc["CHN", "VEH"] > eq.output_base.loc["CHN", "VEH"]
    assert eq.export_tax_revenue["CHN"] < 0
    assert float(eq.export_taxes.sel(exporter="CHN", importer="CHN", sector="VEH")) == pytest.approx(-0.1)


def test_a_customs_zone(world):
    with_zone = world.split("CHN", {"CHN": 0.994, "HAI": 0.006}, separate_customs=True)
    lines = {"first_line": 0.0, "second_line": 0.07}
    closed = ts.solve(with_zone, ts.Scenario().customs_zone("HAI", "CHN", **lines))
    free = ts.solve(with_zone, ts.Scenario().customs_zone("HAI", "CHN", **lines, threshold=0.3))
    assert float(closed.tariffs.sel(exporter="HAI", importer="CHN", sector="ELE")) == pytest.approx(0.07)
    assert free.real_income_pct["HAI"] > closed.real_income_pct["HAI"]
    with pytest.raises(ts.InvalidInput, match="one customs territory"):
        ts.solve(world.split("CHN", {"CHN": 0.994, "HAI": 0.006}), ts.Scenario().customs_zone("HAI", "CHN", **lines))


def test_exporters_with_licences(world):
    scope = {"importer": "USA", "exporter": "BRA", "sector": "FOO"}
    trq = {**scope, "quota": 0.05, "out_of_quota": 0.5}
    theirs = ts.solve(world, ts.Scenario().tariff(**scope, rate=0.1).tariff_rate_quota(**trq, rent="exporter"))
    mine = ts.solve(world, ts.Scenario().tariff(**scope, rate=0.1).tariff_rate_quota(**trq))
    assert theirs.real_income_pct["BRA"] > mine.real_income_pct["BRA"]
    assert theirs.limits["rent"].iloc[0] == pytest.approx(theirs.export_tax_revenue["BRA"], rel=1e-8)


def test_changes_with_days(world):
    part = ts.Scenario().ban(**CELL).commitment("CHN", "USA", "AGR", at_least=1.3)
    talks = ts.Scenario("talks").tariff(**SCOPE, rate=0.1).during("2025-10-09", "2025-11-10", part)
    assert [str(day) for day in talks.dates("2025-01-01", "2026-01-01")] == ["2025-10-09", "2025-11-10"]
    assert "from 2025-10-09 until 2025-11-10" in repr(talks) and talks.dated
    path = ts.solve_path(world, talks, ["2025-10-08", "2025-10-09", "2025-11-10"])
    before, on, after = path
    assert float(on.flows.sel(**CELL)) == 0 and on.limits["amount"].iloc[0] == pytest.approx(1.3)
    np.testing.assert_allclose(before.real_income_pct, after.real_income_pct, atol=1e-9)
    with pytest.raises(ts.InvalidInput, match="no day to solve"):
        ts.solve(world, talks)
    with pytest.raises(ts.InvalidInput, match="not after it begins"):
        ts.Scenario().during("2025-11-10", "2025-10-09", part)


def test_a_dated_preference_answers_to_its_margin(tmp_path):
    world = ts.World.load("world-2022-27x12")
    deal = ts.Scenario("deal").measure(
        "deal", importer="CHN", exporter="VNM", sector="VEH", rate=0.0, base="preference", median_cost=0.05,
        cost_spread=0.02, effective="2026-01-01",
    )  # fmt: skip
    scope = {"importer": "CHN", "exporter": "VNM", "sector": "VEH"}
    normal = float(world.tariffs.sel(**scope))
    eq = ts.solve(world, deal.on("2026-06-01"))
    share = eq.ways["share"].iloc[0]
    law = ts._core.Uptake(0.05, 0.02)
    assert share == pytest.approx(law.share(normal)) and 0 < share < 1
    assert float(eq.tariffs.sel(**scope)) == pytest.approx(normal * (1 - share) / (1 + law.cost(normal)))
    deal.write(tmp_path / "deal")
    again = ts.Scenario.read(tmp_path / "deal")
    np.testing.assert_array_equal(ts.solve(world, again.on("2026-06-01")).flows, eq.flows)
    assert "median_cost = 0.05" in deal.to_toml()
    with pytest.raises(ts.InvalidInput, match="responds to its margin"):
        ts.Scenario().measure("d", importer="CHN", rate=0.0, base="preference", median_cost=0.05, utilisation=0.5,
                              effective="2026-01-01")  # fmt: skip
    with pytest.raises(ts.InvalidInput, match="is no preference"):
        ts.Scenario().measure("d", importer="CHN", rate=0.0, utilisation=0.5, effective="2026-01-01")


def test_days_within_days_hold_on_both(world):
    inner = ts.Scenario().during("2026-04-01", "2026-05-01", ts.Scenario().tariff(**CELL, rate=0.3))
    whole = ts.Scenario().during("2026-01-01", "2027-01-01", inner)
    assert float(ts.solve(world, whole.on("2026-04-15")).tariffs.sel(**CELL)) == pytest.approx(0.3)
    assert float(ts.solve(world, whole.on("2026-08-01")).flows_hat.sel(**CELL)) == pytest.approx(1)
    never = ts.Scenario().during("2027-01-01", None, inner)
    assert float(ts.solve(world, never.on("2027-02-01")).flows_hat.sel(**CELL)) == pytest.approx(1)
    with pytest.raises(ts.InvalidInput, match="something else"):
        ts.Scenario().group("G", ["DEU"]).during("2026-01-01", None, ts.Scenario().group("G", ["CHN"]))


def test_what_is_not_written_is_not_dropped_in_silence(tmp_path):
    deal = ts.Scenario("d").measure("d", importer="CHN", rate=0.1, effective="2026-01-01").quota(**SCOPE, at_most=0.5)
    for write in (deal.to_toml, lambda: deal.write(tmp_path / "d")):
        with pytest.raises(ts.InvalidInput, match="changes or limits"):
            write()
    assert not (tmp_path / "d").exists()


def test_the_effective_tariff_of_a_path_has_all_changes(world):
    part = ts.Scenario().tariff(importer="USA", sector="goods", rate=0.5)
    both = ts.Scenario("both").measure("m", importer="USA", rate=0.02, effective="2026-01-01", authority="law")
    for scenario in (both.during("2026-06-01", None, part), ts.Scenario("alone").during("2026-06-01", None, part)):
        table = ts.solve_path(world, scenario, ["2026-05-01", "2026-06-01"]).effective_tariff("USA")
        assert table.iloc[1].sum() == pytest.approx(0.5) and table.iloc[0].sum() < 0.1


def test_a_quota_that_is_exceeded_says_so(world):
    scope = {"importer": "USA", "exporter": "BRA", "sector": "FOO"}
    trq = ts.Scenario().tariff(**scope, rate=0.1).tariff_rate_quota(**scope, quota=0.05, out_of_quota=0.5)
    eq = ts.solve(world, trq)
    limit = eq.limits.iloc[0]
    assert limit["exceeded"] and not limit["binds"] and limit["amount"] > 0.05
    quota = 0.05 * float(world.flows.sel(**scope)) * eq.cost_hat.loc["BRA", "FOO"]
    assert limit["rent"] == pytest.approx(0.4 * quota, rel=1e-8)
    assert "exceeded" in str(eq.summary())


FILE = """
title = "all kinds"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "CHN"
sector = "goods"
rate = 0.4
effective = 2025-04-09
[[measure]]
kind = "specific_tariff"
importer = "USA"
exporter = "VNM"
sector = "TEX"
rate = 0.2
numeraire = "USA"
[[measure]]
kind = "preference"
importer = "USA"
exporter = ["CAN", "MEX"]
sector = "goods"
rate = -0.01
median_cost = 0.03
threshold = 0.5
area = ["USA"]
[[measure]]
kind = "non_tariff"
importer = "CHN"
exporter = "USA"
sector = "AGR"
ad_valorem = 0.1
resource_share = 0.5
rent = "exporter"
[[measure]]
kind = "reexport"
importer = "USA"
exporter = "CHN"
sector = "TEX"
hub = "VNM"
share = 0.1
elasticity = 4
direct_cost = 1.1
[[measure]]
kind = "transshipment"
importer = "USA"
exporter = "CHN"
sector = "ELE"
via = "VNM"
median_cost = 0.2
detection = 0.1
penalty = 0.4
[[measure]]
kind = "production_subsidy"
region = "CHN"
sector = "VEH"
rate = 0.05
[[measure]]
kind = "tariff_rate_quota"
importer = "USA"
exporter = "BRA"
sector = "FOO"
quota = 0.05
out_of_quota = 0.5
rent = "exporter"
ended = "2026-01-01"
"""


@pytest.fixture
def case_file(tmp_path):
    (tmp_path / "case.toml").write_text(FILE)
    return tmp_path / "case.toml"


def test_a_scenario_file_says_what_python_says(world, case_file):
    by_hand = (
        ts.Scenario("all kinds")
        .during("2025-04-09", None, ts.Scenario().tariff(**SCOPE, rate=0.4))
        .specific_tariff("USA", "VNM", "TEX", rate=0.2, numeraire="USA")
        .preference("USA", ["CAN", "MEX"], "goods", rate=-0.01, median_cost=0.03, threshold=0.5, area="USA")
        .non_tariff_measure("CHN", "USA", "AGR", ad_valorem=0.1, resource_share=0.5, rent="exporter")
        .reexport("USA", "CHN", "TEX", hub="VNM", share=0.1, elasticity=4, direct_cost=1.1)
        .transshipment("USA", "CHN", "ELE", via="VNM", median_cost=0.2, detection=0.1, penalty=0.4)
        .production_subsidy("CHN", "VEH", rate=0.05)
        .during(None, "2026-01-01", ts.Scenario().tariff_rate_quota(
            "USA", "BRA", "FOO", quota=0.05, out_of_quota=0.5, rent="exporter"))
    )
    read = ts.solve(world, ts.Scenario.read(case_file).on("2025-05-01"))
    written = ts.solve(world, by_hand.on("2025-05-01"))
    np.testing.assert_array_equal(read.flows, written.flows)
    assert set(read.ways["way"]) == {"preference", "reexport", "transshipment"}


def test_the_command_line_writes_the_ways(cli, case_file, tmp_path, world):
    out = tmp_path / "out"
    run = cli("run", "--world", "world-2022-27x12", "--scenario", case_file, "--date", "2025-05-01", "--out", out)
    assert run.returncode == 0, run.stderr
    assert "transshipment through VNM" in run.stdout and "ways.csv" in run.stdout
    with (out / "ways.csv").open() as file:
        rows = list(csv.DictReader(file))
    eq = ts.solve(world, ts.Scenario.read(case_file).on("2025-05-01"))
    np.testing.assert_array_equal([float(row["value"]) for row in rows], eq.ways["value"])
    assert json.loads((out / "summary.json").read_text())["certificate"]["rates"]["residual"] <= 1e-10
    again = cli("run", "--world", "world-2022-27x12", "--scenario", case_file, "--date", "2025-05-01", "--out", out)
    assert again.returncode == 0, again.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("median_cost = 0.03", ["'utilisation' and 'median_cost'", "give the use"]),
        ("compliance = 0.1", ["unknown key", "compliance_cost"]),
        ("area = ['USA']", ["without a threshold"]),
        ("effective = 2026-01-01\nended = 2025-01-01", ["not after it begins"]),
        ("effective = 'soon'", ["not a day of the calendar"]),
    ],
)
def test_files_that_make_no_sense(tmp_path, line, words):
    text = 'title = "t"\n[[measure]]\nkind = "preference"\nimporter = "USA"\nexporter = "MEX"\nsector = "*"\nrate = 0\n'
    (tmp_path / "case.toml").write_text(f"{text}utilisation = 0.5\n{line}\n")
    with pytest.raises(ts.InvalidInput) as caught:
        ts.Scenario.read(tmp_path / "case.toml")
    assert all(word in str(caught.value) for word in words) and "case.toml:" in str(caught.value)


def test_arguments_that_make_no_sense(world):
    with pytest.raises(ts.InvalidInput, match="responds to its margin"):
        ts.Scenario().preference(**SCOPE, utilisation=0.5, median_cost=0.03)
    with pytest.raises(ts.InvalidInput, match="no median_cost"):
        ts.Scenario().preference(**SCOPE, cost_spread=0.03)
    with pytest.raises(ts.InvalidInput, match="the median over ln 2"):
        ts.Scenario().transshipment(**SCOPE, via="VNM", median_cost=0.01, cost_spread=1.0)
    with pytest.raises(ts.InvalidInput, match="declare this change before the preference"):
        ts.solve(world, ts.Scenario().preference(**SCOPE, utilisation=0.5).tariff(**SCOPE, rate=0.5))
    with pytest.raises(ts.InvalidInput, match="VNM"):
        ts.solve(world, ts.Scenario().transshipment(**SCOPE, via="VN", median_cost=0.1))
