"""Quotas, commitments, caps and tariff-rate quotas, from Python, scenario files and the command line."""

import json

import numpy as np
import pytest

import tariffsim as ts

SCOPE = {"importer": "USA", "exporter": "CHN", "sector": "goods"}


def test_a_quota_and_its_wedge(world):
    eq = ts.solve(world, ts.Scenario("q").quota(**SCOPE, at_most=0.7, name="goods"))
    limit = eq.limits.loc["goods"]
    assert limit["binds"] and limit["amount"] == pytest.approx(0.7, abs=1e-9)
    assert limit["wedge"] > 0 and limit["rent"] > 0 and limit["rent_owner"] == "importer"
    goods = (world.sectors["kind"] == "goods").to_numpy()
    rates = world.tariffs.copy(deep=True)
    cell = {"exporter": "CHN", "importer": "USA", "sector": world.sectors.index[goods]}
    rates.loc[cell] = (1 + rates.sel(**cell)) * (1 + limit["wedge"]) - 1
    same = ts.solve(world, ts.Scenario().tariff(rate=rates))
    np.testing.assert_allclose(eq.real_income_pct, same.real_income_pct, atol=1e-8)
    assert eq.certificate.residuals["complementarity"].value <= 1e-10
    assert "Limits" in str(eq.summary())


def test_who_keeps_the_rent(world):
    mine = ts.solve(world, ts.Scenario().quota(**SCOPE, at_most=0.7))
    theirs = ts.solve(world, ts.Scenario().quota(**SCOPE, at_most=0.7, rent="exporter"))
    assert mine.real_income_pct["USA"] > theirs.real_income_pct["USA"]
    assert theirs.export_tax_revenue["CHN"] == pytest.approx(theirs.limits["rent"].iloc[0], rel=1e-9)


def test_limits_that_do_not_bind_change_nothing(world):
    scenario = ts.Scenario().quota(**SCOPE, at_most=2).commitment("CHN", "USA", "AGR", at_least=0.5)
    eq = ts.solve(world, scenario)
    assert not eq.limits["binds"].any()
    np.testing.assert_allclose(eq.wage_hat, 1, atol=1e-12)
    assert "quota 1: quantity at most 2 times the base" in repr(scenario)


def test_a_purchase_in_dollars_and_a_cap_on_a_share(world):
    goods = (world.sectors["kind"] == "goods").to_numpy()
    before = float(world.flows.sel(exporter="USA", importer="CHN").values[goods].sum())
    scope = {"importer": "CHN", "exporter": "USA", "sector": "goods"}
    eq = ts.solve(world, ts.Scenario().purchase(**scope, at_least=before + 30_000, absolute=True))
    after = float(eq.flows.sel(exporter="USA", importer="CHN").values[goods].sum())
    assert after == pytest.approx(before + 30_000, rel=1e-9)
    capped = ts.solve(world, ts.Scenario().share_cap("USA", "CHN", "ELE", at_most=0.15))
    bought = capped.flows.sel(importer="USA", sector="ELE").to_series()
    assert bought["CHN"] / bought.drop("USA").sum() == pytest.approx(0.15, abs=1e-9)


@pytest.mark.parametrize(("quota", "rate"), [(2.0, 0.1), (0.5, None), (0.05, 0.5)])
def test_the_three_regimes_of_a_tariff_rate_quota(world, quota, rate):
    scope = {"importer": "USA", "exporter": "BRA", "sector": "FOO"}
    trq = ts.Scenario().tariff(**scope, rate=0.1).tariff_rate_quota(**scope, quota=quota, out_of_quota=0.5)
    eq = ts.solve(world, trq)
    found = float(eq.tariffs.sel(**scope))
    assert found == pytest.approx(rate) if rate is not None else 0.1 < found < 0.5


def test_limits_stand_beside_dated_measures():
    embedded = ts.World.load("world-2022")
    war = ts.Scenario.load("us-world-2025").commitment("CHN", "USA", "AGR", at_least=1.0)
    eq = ts.solve(embedded, war.on("geneva"))
    assert eq.limits["binds"].all() and eq.limits["wedge"].iloc[0] < 0
    path = ts.solve_path(embedded, war, ["2025-05-14", "2025-11-10"])
    assert (path.status == "converged").all()


def test_limits_out_of_reach_and_out_of_order(world):
    odds = ts.Scenario().quota(**SCOPE, at_most=0.5).commitment(**SCOPE, at_least=0.9)
    eq = ts.solve(world, odds)
    assert eq.status == "stalled" and "at odds" in eq.diagnosis
    for scenario, words in [
        (ts.Scenario().quota(**SCOPE, at_most=0), "use a ban"),
        (ts.Scenario().quota("USA", "USA", at_most=0.5), "has no cell"),
        (ts.Scenario().share_cap("USA", "CHN", "ELE", at_most=25), "0.25 is 25 percent"),
        (ts.Scenario().quota("USA", "CHM", at_most=0.5), "use 'CHN'"),
    ]:
        with pytest.raises(ts.InvalidInput, match=words):
            ts.solve(world, scenario)
    with pytest.raises(ts.InvalidInput, match="rent"):
        ts.Scenario().quota(**SCOPE, at_most=0.5, rent="nobody")


FILE = """\
title = "Limits"
[[measure]]
kind = "quota"
name = "chips"
importer = "USA"
exporter = "CHN"
sector = "ELE"
at_most = 0.8
rent = "exporter"
[[measure]]
kind = "purchase"
importer = "CHN"
exporter = "USA"
sector = "AGR"
at_least = 60000
absolute = true
[[measure]]
kind = "tariff_rate_quota"
importer = "USA"
exporter = "BRA"
sector = "FOO"
quota = 0.5
out_of_quota = 0.6
"""


def test_the_same_from_a_file_and_the_command_line(world, cli, tmp_path):
    (tmp_path / "limits.toml").write_text(FILE)
    scenario = ts.Scenario.read(tmp_path / "limits.toml")
    eq = ts.solve(world, scenario)
    assert list(eq.limits.index) == ["chips", "purchase 2", "tariff_rate_quota 3"]
    done = cli("run", "--world", "world-2022-27x12", "--scenario", "limits.toml", "--out", "answer")
    assert done.returncode == 0 and "limit     chips" in done.stdout
    summary = json.loads((tmp_path / "answer" / "summary.json").read_text())
    for row, limit in zip(summary["limits"], eq.limits.itertuples()):
        assert row["wedge"] == limit.wedge and row["amount"] == limit.amount
    for old, new, words in [
        ("at_most = 0.8", "at_least = 0.8", "unknown key 'at_least'"),
        ("at_most = 0.8", "at_most = 0", "use a ban"),
        ('rent = "exporter"', 'rent = "nobody"', "unknown rent"),
        ("absolute = true", "absolute = 1", "neither true nor false"),
        ("out_of_quota = 0.6", "", "there is no 'out_of_quota'"),
    ]:
        (tmp_path / "wrong.toml").write_text(FILE.replace(old, new))
        refused = cli("run", "--world", "world-2022-27x12", "--scenario", "wrong.toml", "--out", "never")
        assert refused.returncode == 2 and words in refused.stderr and not (tmp_path / "never").exists()
