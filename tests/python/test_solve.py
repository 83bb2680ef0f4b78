"""Solving from Python: known answers, what a result holds and refuses, and its files."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import tariffsim as ts
from tariffsim import changes


@pytest.fixture(scope="module")
def eq(world, war):
    return ts.solve(world, war)


@pytest.fixture(scope="module")
def infeasible():
    """Autarky with deficits: nobody can finance them."""
    unbalanced = ts.World.from_flows([[80, 6, 9], [20, 150, 12], [7, 14, 60]], 4.0, regions=["A", "B", "C"])
    return ts.solve(unbalanced, ts.Scenario("autarky").ban())


# ---- known answers


def test_the_measured_trade_war():
    """The figures of the 44 x 21 world at 60 percent both ways, and who gains."""
    world = ts.World.load("world-2022")
    scenario = ts.Scenario().tariff("USA", "CHN", "goods", rate=0.6).tariff("CHN", "USA", "goods", rate=0.6)
    eq = ts.solve(world, scenario)
    expected = {"USA": (-0.334, 5e-4), "CHN": (-0.294, 5e-4), "VNM": (0.51, 5e-3), "MEX": (0.20, 5e-3)}
    for region, (value, half_digit) in expected.items():
        assert eq.real_income_pct[region] == pytest.approx(value, abs=half_digit)
    goods = world.sectors.index[world.sectors["kind"] == "goods"]
    cell = {"exporter": "CHN", "importer": "USA", "sector": goods}
    ratio = float(eq.flows.sel(cell).sum() / eq.flows_base.sel(cell).sum())
    assert 100 * (ratio - 1) == pytest.approx(-86, abs=0.5)


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [
        (
            ts.Scenario().trade_cost("A", "B", factor=1.3).trade_cost("B", "A", factor=1.3),
            (-1.300394, -0.686079, 0.098127),
        ),
        (ts.Scenario().tariff("A", "B", rate=0.6).tariff("B", "A", rate=0.3), (-0.948157, -0.588806, 0.125752)),
        (ts.Scenario().ban(), (-4.205275, -3.080630, -7.228077)),
    ],
)
def test_three_regions_to_the_digits_given(tiny, scenario, expected):
    """The 3 x 3 matrix of the reference cases: iceberg costs, tariffs, autarky."""
    eq = ts.solve(tiny, scenario, closure=ts.Closure("balanced"))
    np.testing.assert_allclose(eq.real_income_pct, expected, atol=5e-7)
    np.testing.assert_allclose(eq.acr_welfare_pct(), expected, atol=5e-7)


def test_no_change_changes_nothing(world):
    for closure in ("fixed_world_share", "fixed_income_share", "balanced"):
        eq = ts.solve(world, ts.Scenario("nothing"), ts.Closure(closure))
        np.testing.assert_allclose(eq.wage_hat, 1, atol=1e-9)
        np.testing.assert_allclose(eq.real_income_pct, 0, atol=1e-7)
        assert eq.base_shift.resolved == (closure == "balanced")
        assert eq.certificate.worst < 1e-9


# ---- what a result holds


def test_levels_and_changes_agree(eq, world):
    np.testing.assert_allclose(eq.income / eq.income_base, eq.income_hat, rtol=1e-12)
    np.testing.assert_allclose(eq.real_income_pct, 100 * (eq.income_hat / eq.consumer_price_hat - 1), rtol=1e-9)
    np.testing.assert_allclose(eq.equivalent_variation, eq.income_base * eq.real_income_pct / 100, rtol=1e-9)
    np.testing.assert_allclose(eq.value_added / eq.value_added_base, eq.wage_hat, rtol=1e-9)
    np.testing.assert_allclose((eq.flows * eq.tariffs).sum(("exporter", "sector")), eq.tariff_revenue, rtol=1e-9)
    np.testing.assert_allclose(eq.expenditure_share.sum("exporter"), 1, rtol=1e-9)
    np.testing.assert_allclose(eq.flows.sum("importer").transpose("exporter", "sector"), eq.output, rtol=1e-9)
    np.testing.assert_allclose(eq.flows_hat, eq.flow_price_hat * eq.flow_quantity_hat, rtol=1e-9)
    parts = eq.price_quantity_parts()
    np.testing.assert_allclose(parts["price"] + parts["quantity"], eq.flows - eq.flows_base, atol=1e-6)
    np.testing.assert_array_equal(eq.flows_base, world.flows)
    assert float(eq.tariffs.sel(exporter="CHN", importer="USA", sector="TEX")) == 0.6
    assert float(eq.tariffs_base.sel(exporter="CHN", importer="USA", sector="TEX")) < 0.6


def test_first_order_welfare_and_its_parts(eq):
    first = eq.welfare_first_order
    assert list(first.columns) == ["terms_of_trade_pct", "volume_of_trade_pct", "total_pct", "transfer_pct"]
    np.testing.assert_allclose(
        first["total_pct"], first["terms_of_trade_pct"] + first["volume_of_trade_pct"], rtol=1e-12
    )
    for part in ("terms_of_trade_pct", "volume_of_trade_pct"):
        np.testing.assert_allclose(first.by_partner[part].sum(axis=1), first[part], atol=1e-12)
        np.testing.assert_allclose(first.by_sector[part].sum(axis=1), first[part], atol=1e-12)
    assert first.by_partner["terms_of_trade_pct"].columns.name == "partner"
    assert first.applies and first.loc["USA", "total_pct"] != pytest.approx(eq.real_income_pct["USA"], abs=0.01)
    assert type(first.head(2)) is pd.DataFrame and type(first["total_pct"]) is pd.Series


def test_breakdowns(eq, world):
    tariff = eq.effective_tariff()
    assert list(tariff.columns) == ["base", "before_substitution", "after_substitution"]
    usa = tariff.loc["USA"]
    assert usa["base"] < usa["before_substitution"] and usa["after_substitution"] < usa["before_substitution"]
    by_pair = eq.effective_tariff("partner").loc[("CHN", "USA")]
    cell = {"exporter": "CHN", "importer": "USA"}
    announced = (eq.tariffs * eq.flows_base).sel(cell).sum() / eq.flows_base.sel(cell).sum()
    assert by_pair["before_substitution"] == pytest.approx(float(announced))
    by_sector = eq.effective_tariff("sector").loc[("USA", "TEX")]
    imports = eq.flows_base.sel(importer="USA", sector="TEX").drop_sel(exporter="USA")
    base = (eq.tariffs_base.sel(importer="USA", sector="TEX").drop_sel(exporter="USA") * imports).sum() / imports.sum()
    assert by_sector["base"] == pytest.approx(float(base))

    balances = eq.balances()
    np.testing.assert_allclose(balances["all"]["balance"], -eq.deficit, atol=1e-6)
    np.testing.assert_allclose(
        balances["goods"]["balance"] + balances["services"]["balance"], balances["all"]["balance"], atol=1e-6
    )

    trade = eq.trade_creation_diversion()
    assert trade.loc["USA", "creation"] < 0 < trade.loc["USA", "diversion"]
    details = eq.trade_creation_diversion("sector", "current_prices")
    assert list(details.columns) == ["creation", "diversion", "favoured", "disfavoured"] and details.index.names == [
        "importer",
        "sector",
    ]

    prices = eq.import_prices()
    assert prices.loc["USA", "duty_inclusive_hat"] > prices.loc["USA", "border_hat"]
    assert eq.import_prices("sector").loc[("USA", "TEX"), "duty_inclusive_hat"] > 1
    assert set(eq.pass_through().index) == {"USA", "CHN"}
    by_sector = eq.pass_through("sector")
    assert by_sector.index.names == ["importer", "sector"]
    imports = by_sector["changed_imports"].groupby("importer").sum()
    assert imports["USA"] == pytest.approx(eq.pass_through().loc["USA", "changed_imports"])
    cells = eq.pass_through("cell")
    wages = eq.wage_hat.reindex(cells.index.get_level_values("importer")).to_numpy()
    gap = (cells["in_numeraire"] - cells["relative_to_wage"]) * cells["log_tariff_change"]
    np.testing.assert_allclose(gap, np.log(wages), atol=1e-13)
    assert set(cells.index.droplevel("sector")) == {("CHN", "USA"), ("USA", "CHN")} and (cells["tariff"] == 0.6).all()

    sources = eq.import_sources("USA", "goods")
    assert sources["change"].idxmin() == "CHN" and sources["share"].sum() == pytest.approx(1)
    assert eq.export_destinations(["CHN"], ["goods"])["change"].idxmin() == "USA"
    with pytest.raises(ts.InvalidInput, match="'importer', 'partner', 'sector'"):
        eq.effective_tariff("exporter")
    with pytest.raises(ts.InvalidInput, match="unknown region code"):
        eq.import_sources("Atlantis")


def test_a_ban_leaves_zeros_and_nothing_undefined(world):
    eq = ts.solve(world, ts.Scenario().ban("USA", "CHN"))
    cell = {"exporter": "CHN", "importer": "USA"}
    assert (eq.flows.sel(cell) == 0).all() and (eq.flow_price_hat.sel(cell) == 0).all()
    traded = eq.flows_base > 0
    assert (eq.flow_quantity_hat.where(traded, 0).sel(cell) == 0).all()
    for values in (
        eq.flows_hat.where(traded, 1),
        eq.flow_quantity_hat.where(traded, 1),
        eq.price_hat,
        eq.real_income_pct,
    ):
        assert np.isfinite(values).all().all() if isinstance(values, pd.DataFrame) else bool(np.isfinite(values).all())
    assert np.isnan(eq.flows_hat.where(~traded)).all()  # zero base flows have no hat
    assert not eq.welfare_first_order.applies


def test_tastes_make_welfare_incomparable(world):
    eq = ts.solve(world, ts.Scenario().taste("USA", "CHN", factor=0.5))
    assert not eq.welfare_comparable
    titles, text = list(eq.summary().tables), str(eq.summary())
    assert titles[0].startswith("Real income falls, not comparable") and titles[1].startswith("Real income rises, not")
    assert "Who" not in text and "worth" not in text


def test_the_numeraire_rescales_nominal_results_only(world, war, eq):
    other = ts.solve(world, war, ts.Closure(numeraire="USA"))
    np.testing.assert_allclose(other.real_income_pct, eq.real_income_pct, atol=1e-8)
    assert other.wage_hat["USA"] == pytest.approx(1, abs=1e-12)
    np.testing.assert_allclose(other.flows, eq.flows / eq.wage_hat["USA"], rtol=1e-8)
    with pytest.raises(ts.InvalidInput, match="numeraire"):
        ts.solve(world, war, ts.Closure(numeraire="usa"))


def test_changes_compose_and_reverse(world, eq):
    """The new state is a world again: back to the old tariffs returns the old flows."""
    back = ts.solve(eq.world(), ts.Scenario("back").tariff(rate=world.tariffs))
    np.testing.assert_allclose(back.flows, world.flows, rtol=1e-7, atol=1e-6)
    np.testing.assert_allclose((1 + back.real_income_pct / 100) * (1 + eq.real_income_pct / 100), 1, rtol=1e-8)


def test_the_same_change_said_in_four_ways(world, war, eq):
    solver = ts.Solver(world)
    case = ts.Case(war, ts.Closure())
    others = [solver.solve(war), ts.solve(world, war.compile(world)), ts.solve(world, case), solver.solve(case)]
    for other in others:
        np.testing.assert_array_equal(other.flows.values, eq.flows.values)
    assert others[0].title == eq.title == war.title
    assert ts.solve(world, case, ts.Closure("balanced")).closure.deficits == "balanced"
    with pytest.raises(ts.InvalidInput, match="closure"):
        solver.solve(ts.Case(war, ts.Closure("balanced")))
    with pytest.raises(ts.InvalidInput, match="a float is no change"):
        ts.solve(world, 0.6)


def test_a_closure_may_be_its_name(tiny):
    scenario = ts.Scenario().tariff("A", "B", rate=0.1)
    for eq in (ts.solve(tiny, scenario, closure="balanced"), ts.Solver(tiny, "balanced").solve(scenario)):
        assert eq.closure == ts.Closure("balanced")
    assert ts.Solver(tiny, "balanced").solve(ts.Case(scenario, ts.Closure("balanced"))).converged
    with pytest.raises(ts.InvalidInput, match="unknown closure 'balancd'"):
        ts.solve(tiny, scenario, closure="balancd")


def test_the_base_says_how_far_it_moved(eq, infeasible):
    assert repr(eq.base_shift) == "Base as observed"
    moved = ts.solve(infeasible.observed, ts.Scenario(), "balanced").base_shift
    words = r"Base re-solved: .+; [\d.]+ percent of all flows moved, one flow by .+ percent of all that its importer buys"
    assert re.fullmatch(words, repr(moved))


def test_a_loaded_world_may_be_dropped_before_its_result(war):
    eq = ts.solve(ts.World.load("world-2022-27x12"), war)
    assert eq.observed.name == "world-2022-27x12" and float(eq.flows_base.sum()) > 0


# ---- what a result refuses

READABLE = {
    "date",
    *("title", "scenario", "observed", "shock", "closure", "status", "converged", "diagnosis", "certificate", "iterations"),
    *("evaluations", "path_steps", "seconds", "tolerance", "base_shift", "theory", "elasticity_source", "warnings"),
}
METHODS = {
    "world": (),
    "acr_welfare_pct": (),
    "trade_creation_diversion": (),
    "effective_tariff": (),
    "balances": (),
    "import_prices": (),
    "pass_through": (),
    "price_quantity_parts": (),
    "import_sources": ("A",),
    "export_destinations": ("A",),
    "to_frames": (),
    "to_xarray": (),
    "require_converged": (),
    "outcome": ("real_income_pct",),
    "gradient": ("real_income_pct[A]",),
    "vjp": ("real_income_pct[A]",),
    "jvp": ({"tariff": 1.0},),
    "jacobian": (["real_income_pct[A]"], ["deficit[A]"]),
    "hessian_vector": ("real_income_pct[A]", {"tariff": 1.0}),
}
OTHER_METHODS = {"summary", "write", "report"}


def public(kind):
    return {
        name for name, value in vars(ts.Equilibrium).items() if not name.startswith("_") and isinstance(value, kind)
    }


def test_every_public_name_is_tested_for_refusal():
    assert READABLE <= public(property)
    assert public(type(lambda: 0)) == set(METHODS) | OTHER_METHODS


def test_without_an_equilibrium_the_status_can_be_read(infeasible):
    assert infeasible.status == "infeasible" and not infeasible.converged
    assert any(f"region {code}" in infeasible.diagnosis or code in infeasible.diagnosis for code in "ABC")
    for name in READABLE:
        getattr(infeasible, name)
    assert "infeasible" in repr(infeasible) and infeasible.diagnosis in str(infeasible.summary())
    assert "infeasible" in infeasible._repr_html_()


@pytest.mark.parametrize("name", sorted(public(property) - READABLE - {"plot"}))
def test_without_an_equilibrium_there_is_no_number(infeasible, name):
    with pytest.raises(ts.NotConverged, match="'autarky' is infeasible") as caught:
        getattr(infeasible, name)
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.parametrize("name", METHODS)
def test_without_an_equilibrium_there_is_no_answer(infeasible, name):
    with pytest.raises(ts.NotConverged, match="infeasible"):
        getattr(infeasible, name)(*METHODS[name])


def test_a_result_without_an_equilibrium_writes_its_diagnosis_only(infeasible, tmp_path):
    infeasible.write(tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["summary.json"]
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["status"] == "infeasible"


def test_too_few_evaluations_are_no_result(world, war):
    eq = ts.solve(world, war, max_evaluations=2)
    assert eq.status == "stalled" and eq.diagnosis and eq.evaluations <= 3
    with pytest.raises(ts.NotConverged):
        eq.require_converged()


@pytest.mark.parametrize("tolerance", [0.0, -1e-10, 1.0, float("nan")])
def test_a_tolerance_without_sense_is_refused(tiny, tolerance):
    with pytest.raises(ts.InvalidInput, match="tolerance"):
        ts.Solver(tiny, tolerance=tolerance)


def test_the_defaults_are_those_of_the_core():
    """The signature shows numbers that C++ owns."""
    import inspect

    signature = inspect.signature(ts.solve).parameters
    given = {name: signature[name].default for name in ("tolerance", "max_evaluations")}
    assert given == {name: inspect.signature(ts.Solver).parameters[name].default for name in given}
    assert (given["tolerance"], given["max_evaluations"]) == ts._core.solve_defaults()


# ---- what a result gives to others


def test_the_certificate(eq):
    certificate = eq.certificate
    assert list(certificate.residuals) == [
        *("zero_profit", "expenditure_shares", "goods_market", "budget_balance", "market_clearing", "trade_balance"),
        *("complementarity", "rates"),
    ]
    assert certificate.positive and 0 < certificate.worst < 1e-9
    assert certificate.worst == max(*(r.value for r in certificate.residuals.values()), certificate.walras)
    assert json.loads(json.dumps(certificate.to_dict()))["market_clearing"]["residual"] < 1e-9
    assert "zero_profit" in repr(certificate) and "<table>" in certificate._repr_html_()


def test_the_summary(eq, world):
    text = str(eq.summary())
    for expected in (
        "60 percent, both ways",
        "World economy 2022, 27 regions x 12 sectors",
        "deficits fixed_world_share",
        "Caliendo and Parro",
        "largest relative residual",
        "Who loses",
        "United States",
        "Who gains",
        "Trade that was hit (2 pairs, million USD)",
        "What USA buys, by seller (11 sectors hit)",
        "What CHN sells, by buyer (11 sectors hit)",
        "Tariff revenue (million USD)",
        "exact",
    ):
        assert expected in text
    tables = eq.summary().tables
    hit = tables["Trade that was hit (2 pairs, million USD)"]
    assert hit.index[0] == ("CHN", "USA")
    goods = world.sectors.index[world.sectors["kind"] == "goods"]
    cell = {"exporter": "CHN", "importer": "USA", "sector": goods}
    assert hit.iloc[0]["before"] == pytest.approx(float(eq.flows_base.sel(cell).sum()))
    assert hit.iloc[0]["announced %"] == pytest.approx(60)
    losers = tables[next(title for title in tables if title.startswith("Who loses"))]
    assert losers.index[0] == eq.real_income_pct.idxmin()
    assert len(max(text.splitlines(), key=len)) < 140
    assert (
        "<h3>60 percent, both ways</h3>" in eq.summary()._repr_html_()
        and eq._repr_html_() == eq.summary()._repr_html_()
    )


def test_the_summary_calls_a_ban_a_ban(world):
    summary = ts.solve(world, ts.Scenario("ban").ban("USA", "CHN").tariff("USA", "MEX", rate=0.1)).summary()
    hit = next(table for title, table in summary.tables.items() if title.startswith("Trade that was hit"))
    assert hit.loc[("CHN", "USA"), ["announced %", "collected %"]].tolist() == ["banned", "banned"]
    assert hit.loc[("MEX", "USA"), "announced %"] == pytest.approx(10)
    lines = str(summary).splitlines()
    assert next(line for line in lines if "-100.0" in line).split()[-2:] == ["banned", "banned"]
    assert next(line for line in lines if line.startswith("  MEX       USA")).split()[-2:] == ["10.0", "10.0"]


def test_the_summary_of_no_change(world):
    eq = ts.solve(world, ts.Scenario("nothing"))
    assert "no trade between regions changes" in str(eq.summary()) and "Where trade" not in str(eq.summary())
    assert repr(eq).endswith("largest loss of real income: none")


def test_what_counts_as_a_change():
    pct = pd.Series({"A": -1.0, "B": 3e-7, "C": 2.0, "D": -4e-7, "E": 6e-7, "F": -6e-7})
    losers, gainers, unchanged = changes.sides(pct)
    assert [list(side.index) for side in (losers, gainers)] == [["A", "F"], ["C", "E"]]
    assert len(losers) + len(gainers) + len(unchanged) == len(pct)
    assert changes.settled_pct(pct).tolist() == [-1.0, 0.0, 2.0, 0.0, 6e-7, -6e-7]
    assert np.isnan(changes.settled_pct(np.array([np.nan, 1e-9]))[0])
    after = changes.settled(np.array([100.0, 100.0, 0.0]), np.array([100.0 + 1e-12, 100.1, 1e-9]))
    assert after.tolist() == [100.0, 100.1, 1e-9]


def test_the_summary_of_a_change_that_is_not_of_trade(tiny):
    text = str(ts.solve(tiny, ts.Scenario("Better").productivity("A", factor=1.1)).summary())
    assert "Where trade changes most" in text and "does not apply" in text


def test_the_files_hold_what_python_shows(world, war, tmp_path):
    """Every number of the result files, bit for bit, from the frames of the same names."""
    for number, scenario in enumerate((war, war.ban("DEU", "RUS").export_tax("USA", "CHN", "TEX", rate=0.1))):
        eq = ts.solve(world, scenario)
        folder = tmp_path / f"out{number}"
        eq.write(folder)
        for name, frame in eq.to_frames().items():
            text = pd.read_csv(folder / f"{name}.csv", dtype=str, keep_default_na=False).set_index(
                list(frame.index.names)
            )
            assert list(text.columns) == list(frame.columns)
            assert list(text.index) == list(frame.index)
            numbers = text.apply(lambda column: column.map(lambda cell: float(cell) if cell else np.nan))
            np.testing.assert_array_equal(numbers.to_numpy(), frame.to_numpy(), err_msg=name)
        summary = json.loads((folder / "summary.json").read_text())
        assert summary["status"] == "converged" and summary["evaluations"] == eq.evaluations


def test_one_data_set_with_everything(eq):
    data = eq.to_xarray()
    assert isinstance(data, xr.Dataset) and data.attrs["deficits"] == "fixed_world_share"
    np.testing.assert_array_equal(data["real_income_pct"], eq.real_income_pct)
    np.testing.assert_array_equal(data["output"].sel(region="USA"), eq.output.loc["USA"])
    assert {"flows", "flow_quantity_hat", "wage_hat", "price_hat", "first_order_terms_of_trade_pct"} <= set(data)


SCENARIO = """
title = "War, ban and a subsidy"
[closure]
deficits = "fixed_income_share"
[[measure]]
kind = "tariff"
importer = "USA"
exporter = "*"
sector = "goods"
operation = "floor"
rate = 0.15
[[measure]]
kind = "ban"
importer = "USMCA"
exporter = "RUS"
sector = "*"
[[measure]]
kind = "export_tax"
importer = "*"
exporter = "CHN"
sector = "MET"
rate = -0.05
"""


def test_the_command_line_gives_the_same_bytes(world, tmp_path):
    """One scenario as a file for the command line, as a file for Python, and in Python's words."""
    program = os.environ.get("TARIFFSIM_CLI") or shutil.which("tariffsim", path=Path(sys.executable).parent)
    if program is None:
        pytest.skip("the command-line program is not beside this Python; set TARIFFSIM_CLI")
    (tmp_path / "war.toml").write_text(SCENARIO)
    command = [program, "run", "--world", "world-2022-27x12", "--scenario", "war.toml", "--out", "cli", "--quiet"]
    subprocess.run(command, cwd=tmp_path, check=True)
    said = (
        ts.Scenario("War, ban and a subsidy")
        .tariff("USA", "*", "goods", rate=0.15, operation="floor")
        .ban("USMCA", "RUS")
        .export_tax("*", "CHN", "MET", rate=-0.05)
    )
    ts.solve(world, ts.Case.read(tmp_path / "war.toml")).write(tmp_path / "file")
    ts.solve(world, said, ts.Closure("fixed_income_share")).write(tmp_path / "said")
    for name in ("regions.csv", "sectors.csv", "flows.csv"):
        expected = (tmp_path / "cli" / name).read_bytes()
        assert (tmp_path / "file" / name).read_bytes() == expected
        assert (tmp_path / "said" / name).read_bytes() == expected
