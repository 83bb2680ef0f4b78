"""Theories of worlds from Python: declared, printed, compared, refused; and closures with their uses of revenue."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

import tariffsim as ts

mpl.use("Agg")


def test_the_default_is_caliendo_and_parro(world: ts.World, war: ts.Scenario) -> None:
    plain = ts.solve(world, war)
    assert plain.theory == ts.Theory("caliendo_parro") == ts.Theory()
    for name in ("armington", "eaton_kortum", "costinot_rodriguez_clare"):
        assert ts.solve(world, war, theory=name).real_income_pct.equals(plain.real_income_pct)
    assert "ProTEE" not in plain.elasticity_source and world.info.title in plain.elasticity_source


def test_a_theory_is_a_short_declaration_printed_with_the_result(world: ts.World, war: ts.Scenario) -> None:
    theory = ts.Theory("two_tier", domestic_import=2.0, sources=5.0, labour_mobility=0.0)
    eq = ts.solve(world, war, theory=theory)
    assert eq.converged and eq.theory == theory
    for text in (str(eq.summary()), str(theory)):
        assert "two_tier (sources 5; domestic_import 2; labour specific)" in text
    assert "as given: 5" in eq.elasticity_source
    dear, cheap = eq.value_added_hat.loc["USA"].max(), eq.value_added_hat.loc["USA"].min()
    assert dear > 1 > cheap


def test_every_named_theory_is_listed_and_solves(war: ts.Scenario, world: ts.World) -> None:
    listed = ts.Theory.list()
    needs = {"firm_substitution": 1.4, "scale": 0.03, "domestic_import": 2.0, "labour_supply": 0.5}
    simple = ts.World.from_flows([[80.0, 20.0, 9.0], [10.0, 90.0, 7.0], [6.0, 8.0, 70.0]], trade_elasticity=4.0)
    shock = ts.Scenario("tariff").tariff(importer="R1", exporter="R2", rate=0.2)
    for name, row in listed.iterrows():
        theory = ts.Theory(name, **({row["needs"]: needs[row["needs"]]} if row["needs"] else {}))
        assert ts.solve(simple, shock, theory=theory).converged
    assert len(listed) >= 10 and listed["reference"].str.len().min() > 5


def test_parameters_by_code(world: ts.World, war: ts.Scenario) -> None:
    given = world.sectors["trade_elasticity"]
    own = ts.solve(world, war, theory=ts.Theory(sources=given))
    assert np.allclose(own.real_income_pct, ts.solve(world, war).real_income_pct, atol=1e-9)
    rigid = ts.solve(
        world, war,
        theory=ts.Theory(labour_supply={"USA": float("inf"), "*": 0.0}, capital_share=0.4, capital_mobility=0.0),
    )
    assert rigid.factor_supply_hat.loc["USA", "labour"] < 1
    assert (rigid.factor_supply_hat.loc["CHN"] == 1).all()
    assert rigid.wage_hat["USA"] == pytest.approx(rigid.consumer_price_hat["USA"])
    factors = {"labour": {"share": 0.5}, "capital": {"mobility": 0.0}, "land": {"share": {"*": 0.02, "AGR": 0.2}}}
    three = ts.solve(world, war, theory=ts.Theory(factors=factors))
    assert list(three.factor_price_hat.columns) == ["labour", "capital", "land"]


def test_closures_and_uses_of_revenue(world: ts.World) -> None:
    ten = ts.Scenario("ten").tariff(importer="USA", exporter="*", sector="goods", rate=0.1, operation="add")
    elastic = ts.Theory("elastic_labour", labour_supply=0.5)
    lump, cut = (ts.solve(world, ten, ts.Closure(revenue=use), theory=elastic) for use in ("household", "income_tax"))
    assert cut.factor_supply_hat.loc["USA", "labour"] > lump.factor_supply_hat.loc["USA", "labour"]
    assert cut.welfare_as_published_pct["USA"] > cut.welfare_pct["USA"] > lump.welfare_pct["USA"]
    wasted = ts.solve(world, ten, ts.Closure(revenue="wasted"))
    assert wasted.real_income_pct["USA"] < ts.solve(world, ten).real_income_pct["USA"]
    saving = ts.solve(world, ten, ts.Closure("endogenous", saving_response=0.5))
    even = ts.solve(world, ten, ts.Closure("fixed_expenditure_share"))
    assert saving.deficit["USA"] < even.deficit["USA"]
    assert abs(saving.deficit.sum()) < 1e-9 * saving.income.sum()
    assert "revenue wasted" in str(wasted.summary())


def test_horizons_along_a_path(world: ts.World) -> None:
    war = ts.Scenario.load("us-world-2025")
    theory = ts.Theory(horizon="boehm_levchenko_pandalai_nayar")
    path = ts.solve_path(world, war, ["2025-04-12", "2026-04-12"], theory=theory, change="2025-02-04")
    first, later = list(path)
    assert "years after the change" in first.elasticity_source
    assert first.theory.parameters["years"] < later.theory.parameters["years"]
    longer = ts.solve(world, war.on("2025-04-12"), theory=theory.after(20))
    usa = {"exporter": "CHN", "importer": "USA"}
    assert float(longer.flows.sel(**usa).sum()) < float(first.flows.sel(**usa).sum())


def test_compare_is_a_table_and_a_picture(world: ts.World, war: ts.Scenario, tmp_path: Path) -> None:
    several = ts.compare(
        world, war,
        ["caliendo_parro", "specific_factors", ts.Theory("two_tier", domestic_import=2.0), ts.Theory("two_tier", domestic_import=1.0)],
    )
    assert len(several) == 4 and all(eq.converged for eq in several)
    wide = several.by("real_income_pct")
    assert list(wide.columns)[:2] == ["caliendo_parro", "specific_factors"] and wide.shape == (27, 4)
    assert several["caliendo_parro"].real_income_pct["USA"] == pytest.approx(wide.loc["USA", "caliendo_parro"])
    assert several.sources.str.len().min() > 0
    figure = several.plot("real_income_pct").figure
    figure.savefig(tmp_path / "theories.png")
    assert (tmp_path / "theories.png").stat().st_size > 10_000
    with pytest.raises(ts.InvalidInput, match="unknown outcome"):
        several.by("happiness")
    with pytest.raises(ts.InvalidInput, match="stands twice"):
        ts.compare(world, war, ["krugman", "krugman"])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ts.Theory("krugmann"), "nearest known"),
        (lambda: ts.Theory(domestc_import=2.0), "no parameter of a theory"),
        (lambda: ts.Theory("external_economies"), "scale: is missing"),
        (lambda: ts.Theory(wage="sticky"), "rigid_real"),
        (lambda: ts.Theory(capital_mobility=0.0), "give capital_share"),
        (lambda: ts.Theory(scale=[1, 2]), "numbers by code"),
        (lambda: ts.Theory(horizon={"short_run": 0.0}), "short_run"),
        (lambda: ts.Closure(revenue="burnt"), "'wasted'"),
        (lambda: ts.Closure(saving_response=0.5), "endogenous"),
    ],
)
def test_what_is_refused(make, message: str) -> None:
    with pytest.raises(ts.InvalidInput, match=message):
        make()


def test_a_world_without_factor_shares_says_how_to_give_them(world: ts.World, war: ts.Scenario) -> None:
    with pytest.raises(ts.InvalidInput, match="give the share of each factor but one"):
        ts.solve(world, war, theory=ts.Theory(factors={"labour": {}, "capital": {"mobility": 0.0}}))


def test_scenario_files_and_the_command_line(world: ts.World, cli, tmp_path: Path) -> None:
    file = tmp_path / "war.toml"
    file.write_text(
        'title = "War"\n[theory]\nname = "two_tier"\ndomestic_import = 2.0\nlabour_mobility = 0.0\n'
        'sources = { "*" = 5.0, AGR = 6.0 }\n[theory.horizon]\nshort_run = 0.5\n[closure]\nrevenue = "wasted"\n'
        '[[measure]]\nkind = "tariff"\nimporter = "USA"\nexporter = "CHN"\nsector = "goods"\nrate = 0.6\n'
    )
    case = ts.Case.read(file)
    expected = ts.Theory(
        "two_tier", domestic_import=2.0, labour_mobility=0.0, sources={"*": 5.0, "AGR": 6.0}, horizon={"short_run": 0.5}
    )
    assert case.theory == expected and case.closure.revenue == "wasted"
    from_case = ts.solve(world, case)
    assert from_case.theory == expected and from_case.closure.revenue == "wasted"

    out = tmp_path / "out"
    done = cli("run", "--world", "world-2022-27x12", "--scenario", str(file), "--out", str(out))
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text())
    assert summary["theory"]["name"] == "two_tier" and summary["theory"]["labour"] == "specific"
    assert summary["closure"]["revenue"] == "wasted" and "as given" in summary["theory"]["trade_elasticities"]
    assert "two_tier" in done.stdout
    other = cli("run", "--world", "world-2022-27x12", "--scenario", str(file), "--theory", "krugmann")
    assert other.returncode == 2 and "nearest known" in other.stderr
    table = cli(
        "compare", "--world", "world-2022-27x12", "--scenario", str(file), "--theory", "caliendo_parro",
        "--theory", "specific_factors,labour_mobility=1.5",
    )
    assert table.returncode == 0, table.stderr
    assert len(table.stdout.splitlines()) == 1 + 2 * 27
    assert "krugman" in cli("theory", "list").stdout
    file.write_text('title = "War"\n[theory]\nname = "two_tier"\n')
    refused = cli("run", "--world", "world-2022-27x12", "--scenario", str(file))
    assert refused.returncode == 2 and "domestic_import: is missing" in refused.stderr and "war.toml:2" in refused.stderr
