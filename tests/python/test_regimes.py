"""Regimes: the published digits, trees, measures of risk by hand, actions and regrets, draws, refusals, the picture."""

from __future__ import annotations

import sys

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import tariffsim as ts


@pytest.fixture(scope="module")
def twins() -> ts.World:
    """s = 0.2, sigma = 5, as in reference-cases.md 4.4 and 4.7."""
    return ts.World.from_flows([[0.8, 0.2], [0.2, 0.8]], 4.0, regions=["H", "F"])


def both(t: float) -> ts.Scenario:
    return ts.Scenario(f"both tax {100 * t:g} percent").tariff(rate=t)


def one_way(t: float) -> ts.Scenario:
    return ts.Scenario(f"A pays {100 * t:g} percent in B").tariff(importer="B", exporter="A", rate=t)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize(("rate", "expected", "at_mean"), [(0.5, -1.37692, -1.25813), (0.1, -0.15109, -0.08690)])
def test_the_reference_digits(twins, rate, expected, at_mean):
    """reference-cases.md 4.7: the expected loss is not the loss at the mean tariff."""
    table = ts.regimes(twins, {both(0.0): 0.5, both(rate): 0.5}, "balanced").summary("real_income_pct")
    for region in ("H", "F"):
        row = table.loc[region]
        assert row["expected"] == pytest.approx(expected, abs=5e-6)
        assert row["at_mean_tariff"] == pytest.approx(at_mean, abs=5e-6)
        assert (
            row["worst"] == pytest.approx(2 * expected, abs=1e-5)
            and row["worst_regime"] == f"both tax {100 * rate:g} percent"
        )
        assert row["best"] == 0 and row["best_regime"] == "both tax 0 percent"
        assert row["sd"] == pytest.approx(-expected, abs=5e-6)  # half the distance between two
        assert row["cvar"] == pytest.approx(row["worst"])


def test_the_ratio_goes_to_two_for_small_tariffs(twins):
    row = ts.regimes(twins, {both(0.0): 0.5, both(0.01): 0.5}, "balanced").summary().loc["H"]
    assert row["expected"] / row["at_mean_tariff"] == pytest.approx(2, abs=0.06)


def test_measures_of_risk_by_hand(tiny):
    rates, p = [0.1, 0.3, 0.6], [0.5, 0.3, 0.2]
    risk = ts.regimes(tiny, dict(zip(map(one_way, rates), p)))
    losses = np.array([ts.solve(tiny, one_way(rate)).real_income_pct["A"] for rate in rates])
    assert list(risk.probabilities) == p and (np.diff(losses) < 0).all()
    row = risk.summary(level=0.7).loc["A"]
    assert row["expected"] == pytest.approx(losses @ p, abs=1e-7)
    assert row["sd"] == pytest.approx(np.sqrt((losses**2) @ p - (losses @ p) ** 2), abs=1e-7)
    # The worst three tenths: all of the last regime, and a third of the one before.
    assert row["cvar"] == pytest.approx((0.2 * losses[2] + 0.1 * losses[1]) / 0.3, abs=1e-7)
    assert risk.summary(level=0).loc["A", "cvar"] == pytest.approx(row["expected"])
    prices = risk.summary("consumer_price_hat", higher_is_better=False).loc["B"]
    assert prices["worst"] >= prices["cvar"] >= prices["expected"] >= prices["best"]
    flows = risk.summary("flows[A->B]")
    assert len(flows) == 1 and flows["worst_regime"].iloc[0] == one_way(0.6).title


def test_a_tree_multiplies_along_its_branches(tiny):
    tree = {
        "truce": (0.6, {"holds": (0.75, one_way(0.1)), "ends early": (0.25, one_way(0.6))}),
        "no truce": (0.4, one_way(0.6)),
    }
    risk = ts.regimes(tiny, tree)
    assert risk.probabilities.to_dict() == pytest.approx(
        {"truce: holds": 0.45, "truce: ends early": 0.15, "no truce": 0.4}
    )
    flat = ts.regimes(tiny, {one_way(0.1): 0.45, one_way(0.6): 0.55})
    pd.testing.assert_series_equal(risk.summary()["expected"], flat.summary()["expected"], atol=1e-9)
    assert "45.0 percent  truce: holds" in repr(risk)


def test_other_probabilities_need_no_new_solve(tiny):
    risk = ts.regimes(tiny, {one_way(0.1): 0.5, one_way(0.6): 0.5})
    by_regime = risk.outcome().to_pandas()
    low, high = by_regime.index
    other = risk.with_probabilities({low: 1.0, high: 0.0})
    assert other.outcome().equals(risk.outcome())
    row = other.summary().loc["A"]
    assert row["expected"] == row["worst"] == row["cvar"] == pytest.approx(by_regime.loc[low, "A"])
    assert row["at_mean_tariff"] == pytest.approx(row["expected"], abs=1e-7)
    with pytest.raises(ts.InvalidInput, match="sum to"):
        risk.with_probabilities({low: 1.0, high: 0.5})
    with pytest.raises(ts.InvalidInput, match="give those of"):
        risk.with_probabilities({"peace": 1.0})


@pytest.mark.parametrize(
    "other",
    [
        ts.Scenario("tax").export_tax("B", "A", rate=0.1),
        ts.Case(ts.Scenario("another theory"), theory=ts.Theory("krugman")),
        ts.Scenario("quota").quota("B", "A", at_most=0.9),
    ],
)
def test_no_mean_tariff_where_more_differs(tiny, other):
    table = ts.regimes(tiny, {one_way(0.1): 0.5, other: 0.5}).summary()
    assert "at_mean_tariff" not in table and table.attrs["at_mean_tariff"].startswith(("regimes differ", "'"))


# ---- actions


def test_actions_regret_and_the_value_of_knowing(tiny):
    """B's own tariff is good in peace and bad where A answers it in kind; by hand from single solves."""

    def answered(rate):
        return ts.Scenario("A answers").tariff("A", "B", rate=0.5) if rate else ts.Scenario("A does not")

    acts = {"tax": lambda s: s.tariff("B", "A", rate=0.25), "dump": lambda s: s.export_tax("A", "B", rate=-0.2)}
    p = {"A does not": 0.4, "A answers": 0.6}
    risk = ts.regimes(tiny, {answered(0): 0.4, answered(1): 0.6}, actions={"B": acts})
    assert risk.actions == {"B": ["none", "tax", "dump"]}
    table = risk.decisions("B")
    payoff = np.array(
        [
            [ts.solve(tiny, act(answered(k))).real_income_pct["B"] for k in (0, 1)]
            for act in (lambda s: s, acts["tax"], acts["dump"])
        ]
    )
    np.testing.assert_allclose(table[list(p)], payoff, atol=1e-7)
    weights = np.array(list(p.values()))
    np.testing.assert_allclose(table["expected"], payoff @ weights, atol=1e-7)
    regret = (payoff.max(axis=0) - payoff).max(axis=1)
    np.testing.assert_allclose(table["regret"], regret, atol=1e-7)
    assert table.attrs["minimax_regret_action"] == table.index[regret.argmin()]
    knowing = payoff.max(axis=0) @ weights - (payoff @ weights).max()
    assert table.attrs["value_of_knowing"] == pytest.approx(knowing, abs=1e-7)
    summary = risk.summary()
    assert summary.loc["B", "best_action"] == table.index[(payoff @ weights).argmax()]
    assert summary.loc["B", "minimax_regret"] == pytest.approx(regret.min(), abs=1e-7)
    assert summary.loc["A", "minimax_regret"] == 0 and summary.loc["A", "best_action"] == "none"
    assert summary.loc["A", "expected"] == pytest.approx(  # the others do nothing
        sum(w * ts.solve(tiny, answered(k)).real_income_pct["A"] for k, w in enumerate(weights)), abs=1e-7
    )
    with pytest.raises(ts.InvalidInput, match="no actions of its own"):
        risk.decisions("A")


def test_knowing_is_worth_something_where_the_best_action_differs(tiny):
    """The own tariff wins against one regime and loses against a world in which it is doubled by law."""
    peace = ts.Scenario("peace")
    trap = ts.Scenario("trap").tariff("B", "A", rate=0.9)
    risk = ts.regimes(
        tiny, {peace: 0.5, trap: 0.5}, actions={"B": {"tax": lambda s: s.tariff("B", "A", rate=0.1, operation="add")}}
    )
    table = risk.decisions("B")
    assert (
        table.loc["tax", "peace"] > table.loc["none", "peace"] and table.loc["tax", "trap"] < table.loc["none", "trap"]
    )
    assert table.attrs["value_of_knowing"] > 0 and (table["regret"] > 0).all()


# ---- draws


def scaled(scale):
    return ts.Theory(elasticity_scale=scale)


def test_draws_of_elasticities(tiny):
    sample = ts.sobol({"scale": ts.lognormal(1, 0.3)}, 16, seed=2)
    tree = {one_way(0.1): 0.7, one_way(0.6): 0.3}
    risk = ts.regimes(tiny, tree, theory=scaled, samples=sample)
    expected = np.array(
        [[ts.solve(tiny, s, theory=scaled(k)).real_income_pct["A"] for k in sample["scale"]] for s in tree]
    )
    np.testing.assert_allclose(risk.outcome().sel(region="A"), expected, atol=1e-7)
    row, p = risk.summary(level=0.9).loc["A"], np.array([0.7, 0.3])
    mean = p @ expected.mean(axis=1)
    assert row["expected"] == pytest.approx(mean, abs=1e-7)
    assert row["sd"] == pytest.approx(np.sqrt(p @ ((expected - mean) ** 2).mean(axis=1)), abs=1e-7)
    assert row["sd_of_regimes"] == pytest.approx(np.sqrt(p @ (expected.mean(axis=1) - mean) ** 2), abs=1e-7)
    tail, weights = np.sort(expected[1])[:6], [0.3 / 16] * 5 + [0.1 - 5 * 0.3 / 16]
    assert row["cvar"] == pytest.approx(np.dot(tail, weights) / 0.1, abs=1e-7)
    found = risk.uncertainty().sel(region="A")
    assert float(found.mean()) == pytest.approx(mean, abs=1e-7)
    assert found.statement().startswith("real income of A falls in each of 32 draws")
    mean_tariff = [ts.solve(tiny, one_way(0.25), theory=scaled(k)).real_income_pct["A"] for k in sample["scale"]]
    assert row["at_mean_tariff"] == pytest.approx(np.mean(mean_tariff), abs=1e-7)


def test_quadrature_gives_means_and_no_tail(tiny):
    risk = ts.regimes(
        tiny,
        {one_way(0.1): 0.7, one_way(0.6): 0.3},
        theory=scaled,
        samples=ts.gauss({"scale": ts.lognormal(1, 0.3)}, 5),
    )
    fine = ts.regimes(
        tiny,
        {one_way(0.1): 0.7, one_way(0.6): 0.3},
        theory=scaled,
        samples=ts.gauss({"scale": ts.lognormal(1, 0.3)}, 9),
    )
    np.testing.assert_allclose(risk.summary()["expected"], fine.summary()["expected"], atol=2e-5)
    assert "cvar" not in risk.summary()


def test_a_regime_may_depend_on_the_draws(tiny):
    sample = ts.Sample(["rate"], [0.1, 0.2, 0.3])
    tree = {"uncertain": (0.5, lambda rate: one_way(rate)), "certain": (0.5, one_way(0.2))}
    found = ts.regimes(tiny, tree, samples=sample).outcome()
    assert found.sizes["draw"] == 3
    np.testing.assert_allclose(found.sel(regime="uncertain")[1], found.sel(regime="certain")[0], atol=1e-7)


def test_draws_without_an_equilibrium_leave_their_weight_to_their_regime(tiny, monkeypatch):
    sample = ts.sobol({"scale": ts.lognormal(1, 0.3)}, 8, seed=2)
    tree = {one_way(0.1): 0.7, one_way(0.6): 0.3}
    whole = ts.regimes(tiny, tree, theory=scaled, samples=sample).outcome().sel(region="A").values
    module = sys.modules["tariffsim.sweep"]
    real = module.sweep

    def with_holes(*args, **options):
        found = real(*args, **options)
        holes = (found["regime"] == one_way(0.6).title) & (found["draw"] < 3)
        return found.assign(real_income_pct=found["real_income_pct"].where(~holes))

    monkeypatch.setattr(module, "sweep", with_holes)
    risk = ts.regimes(tiny, tree, theory=scaled, samples=sample)
    with pytest.warns(UserWarning, match="3 of 16 cases have no equilibrium"):
        row = risk.summary(level=0.8).loc["A"]
    means = np.array([whole[0].mean(), whole[1][3:].mean()])
    assert row["expected"] == pytest.approx([0.7, 0.3] @ means)
    assert row["worst"] == pytest.approx(means[1])
    worst = np.sort(whole[1][3:])[:4]  # each weighs 0.06: three whole ones and a third of the fourth make a fifth
    assert row["cvar"] == pytest.approx((0.06 * worst[:3].sum() + 0.02 * worst[3]) / 0.2)
    found = risk.uncertainty().sel(region="A")
    assert found.missing == 3 and float(found.mean()) == pytest.approx(row["expected"])


def test_outcomes_of_many_dimensions(tiny):
    table = ts.regimes(tiny, {one_way(0.1): 0.5, one_way(0.6): 0.5}).summary("flows")
    assert table.index.names == ["exporter", "importer", "sector"] and len(table) == 9
    assert table.loc[("A", "B", "ALL"), "worst_regime"] == one_way(0.6).title


def test_a_regime_without_an_equilibrium_is_named(world, war):
    risk = ts.regimes(world, {war: 0.5, ts.Scenario("no trade").ban(): 0.5})
    with pytest.raises(ts.NotConverged, match="the regime 'no trade' has no equilibrium"):
        risk.summary()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda w: ts.regimes(w, {}), "is empty"),
        (lambda w: ts.regimes(w, one_way(0.1)), "no tree of scenarios"),
        (lambda w: ts.regimes(w, {one_way(0.1): 0.5, one_way(0.2): 0.4}), "sum to 0.9"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.5, one_way(0.2): -0.5}), "from 0 to 1"),
        (lambda w: ts.regimes(w, {one_way(0.1): 0.5, one_way(0.1): 0.5}), "stands twice"),
        (lambda w: ts.regimes(w, {ts.Scenario(): 1.0}), "no name"),
        (lambda w: ts.regimes(w, {"war": 1.0}), "what holds there"),
        (lambda w: ts.regimes(w, {"war": (1.0, 3)}), "neither a change"),
        (lambda w: ts.regimes(w, {3: 1.0}), "no change of the world"),
        (lambda w: ts.regimes(w, {"war": (1.0, {one_way(0.1): 0.5})}), "regimes: war: the probabilities sum to 0.5"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}, samples=ts.sobol({"x": ts.normal(0, 1)}, 4)), "nothing depends"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}, theory=scaled), "no draws"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}, theory=scaled, samples=[1, 2]), "is a list"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}, actions={"Z": {"x": lambda s: s}}), "no region"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}, actions={"A": {"x": 1}}), "no functions"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}).summary(level=90), "from 0 to below 1"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}).uncertainty(), "no draws"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}).plot("flows[A->B]"), "not by region"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}).plot(regions=["Z"]), "not in the world"),
        (lambda w: ts.regimes(w, {one_way(0.1): 1.0}).summary("happiness"), "happiness"),
    ],
)
def test_what_is_wrong_is_said(tiny, make, message):
    with pytest.raises(ts.InvalidInput, match=message):
        make(tiny)


def test_the_picture_shows_regimes_and_what_to_expect(tiny):
    risk = ts.regimes(tiny, {one_way(0.1): 0.7, one_way(0.6): 0.3})
    ax = risk.plot()
    summary = risk.summary().sort_values("expected", ascending=False)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(summary.index)
    bars = next(line for line in ax.lines if line.get_marker() == "|")
    np.testing.assert_allclose(bars.get_xdata(), summary["expected"])
    marks = [mark.get_offsets().data[:, 0] for mark in ax.collections if len(mark.get_offsets()) == 3]
    np.testing.assert_allclose(marks, risk.outcome().sel(region=list(summary.index)))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend[0] == "A pays 10 percent in B, 70%" and "at the mean tariff (not expected)" in legend
    sample = ts.sobol({"scale": ts.lognormal(1, 0.3)}, 8, seed=2)
    drawn = ts.regimes(tiny, {one_way(0.1): 0.7, one_way(0.6): 0.3}, theory=scaled, samples=sample).plot(regions=["A"])
    assert "8 draws" in drawn.figure.get_supxlabel()
