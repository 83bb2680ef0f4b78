"""Effects shared out among laws and countries: Shapley values from Python and the command line."""

import itertools
import math

import numpy as np
import pytest
from matplotlib.axes import Axes

import tariffsim as ts

DAY = "2025-06-01"


@pytest.fixture(scope="module")
def war():
    return ts.Scenario.load("us-world-2025")


@pytest.fixture(scope="module")
def embedded():
    return ts.World.load("world-2022-27x12")


@pytest.fixture(scope="module")
def parts(war, embedded):
    return ts.attribute_outcome(embedded, war, DAY, by="importer")


def test_parts_sum_to_the_effect_of_the_day(war, embedded, parts):
    assert list(parts.columns) == ["CAN", "CHN", "USA", "total"] and parts.columns.name == "importer"
    assert list(parts.index) == list(embedded.regions.index)
    np.testing.assert_allclose(parts.drop(columns="total").sum(axis=1), parts["total"], atol=1e-9)
    eq = ts.solve(embedded, war.on(DAY))
    np.testing.assert_allclose(parts["total"], eq.real_income_pct, atol=1e-7)
    # What each country levies costs the other side more than anybody third.
    assert parts["USA"].drop("USA").idxmin() in ("CAN", "MEX", "CHN") and parts.loc["CHN", "USA"] < 0 > parts.loc["USA", "CHN"]


def test_they_are_means_over_all_orders(war, embedded, parts):
    """Brute force from scenarios of Python's own: a country's measures of the day, all others as in the base."""
    importers = ["CAN", "CHN", "USA"]
    rates = war.rates(DAY, embedded).total

    def worth(chosen):
        table = embedded.tariffs.copy()
        for importer in chosen:  # duties of different importers never meet
            table.loc[{"importer": importer}] = rates.sel(importer=importer)
        return ts.solve(embedded, ts.Scenario("by hand").tariff(rate=table)).real_income_pct

    worths = {frozenset(s): worth(s) for k in range(4) for s in itertools.combinations(importers, k)}
    for player in importers:
        mean = 0.0
        for order in itertools.permutations(importers):
            before = frozenset(order[: order.index(player)])
            mean = mean + (worths[before | {player}] - worths[before]) / math.factorial(3)
        np.testing.assert_allclose(parts[player], mean, atol=1e-7)


def test_some_by_name_and_the_rest_as_one(war, embedded, parts):
    named = ts.attribute_outcome(embedded, war, DAY, by="importer", players=["USA"])
    assert list(named.columns) == ["USA", "all others", "total"]
    np.testing.assert_allclose(named["total"], parts["total"], atol=1e-7)
    laws = war.measures.loc[war.measures["importer"] == "USA", "authority"].unique()
    with pytest.raises(ts.InvalidInput, match="unknown law"):
        ts.attribute_outcome(embedded, war, DAY, players=["no such law"])
    with pytest.raises(ts.InvalidInput, match="name at most 9 of them"):
        ts.attribute_outcome(embedded, war, "2026-03-01", by="measure")
    law = next(name for name in laws if "IEEPA" in name)
    before = ts.attribute_outcome(embedded, war, "2025-01-15", players=[law])
    assert (before[law] == 0).all()  # nothing of it was in force


@pytest.mark.parametrize(
    ("outcome", "rows"),
    [("wage_hat", 27), ("output", 27 * 12), (lambda eq: eq.real_income_pct["USA"], 1), (lambda eq: eq.wage_hat.to_numpy(), 27)],
)
def test_any_outcome(war, embedded, outcome, rows):
    table = ts.attribute_outcome(embedded, war, DAY, outcome, by="importer", players=["USA"])
    assert len(table) == rows
    np.testing.assert_allclose(table["USA"] + table["all others"], table["total"], rtol=1e-9, atol=1e-9 * table.abs().max().max())


def test_what_is_no_outcome(war, embedded):
    def attribute(outcome, **options):
        return ts.attribute_outcome(embedded, war, DAY, outcome, by="importer", players=["USA"], **options)

    with pytest.raises(ts.InvalidInput, match="no attribute"):
        attribute("real_income")
    with pytest.raises(ts.InvalidInput, match="is a table"):
        attribute(lambda eq: eq.output.to_numpy())
    with pytest.raises(ts.InvalidInput, match="other labels"):
        attribute(lambda eq: eq.wage_hat.sort_values())
    with pytest.raises(ZeroDivisionError):
        attribute(lambda eq: 1 / 0)
    with pytest.raises(ts.InvalidInput, match="not finite"):
        attribute(lambda eq: float("nan"))
    with pytest.raises(ts.InvalidInput, match="unknown key"):
        ts.attribute_outcome(embedded, war, DAY, by="president")
    with pytest.raises(ts.InvalidInput, match="no dated measures"):
        ts.attribute_outcome(embedded, ts.Scenario("x").tariff(rate=0.1), DAY)
    with pytest.raises(ts.NotConverged, match="stopped by the caller after 2 of 4"):
        attribute("wage_hat", progress=lambda done, count: done < 2)


def test_undated_changes_are_a_player(war, embedded):
    both = war.productivity("DEU", factor=1.02)
    table = ts.attribute_outcome(embedded, both, DAY, by="importer", players=["USA"])
    assert list(table.columns) == ["USA", "all others", "undated changes", "total"]
    assert table["undated changes"].idxmax() == "DEU"


def test_it_says_where_it_is(war, embedded, capsys):
    ts.attribute_outcome(embedded, war, DAY, by="importer", players=["USA"], progress=True)
    assert "attributing: 4 of 4 sets of players" in capsys.readouterr().err


def test_picture(parts):
    ax = ts.plot.attribution(parts, top=8)
    assert isinstance(ax, Axes) and len(ax.get_yticklabels()) == 8
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["CAN", "CHN", "USA", "sum"]
    # The bars of a row sum to its diamond.
    widths = np.array([[bar.get_width() for bar in bars] for bars in ax.containers])
    np.testing.assert_allclose(widths.sum(axis=0), ax.lines[0].get_xdata(), atol=1e-9)


def test_command_line(cli, parts):
    call = ("policy", "attribute", "--scenario", "us-world-2025", "--world", "world-2022-27x12", "--date", DAY)
    lines = cli(*call, "--outcome", "real_income_pct", "--by", "importer").stdout.splitlines()
    assert lines[1].split() == ["region", "CAN", "CHN", "USA", "total"]
    shown = {line.split()[0]: [float(cell) for cell in line.split()[1:]] for line in lines[2:]}
    np.testing.assert_allclose([shown[region] for region in parts.index], parts, atol=6e-5)
    refused = cli(*call, "--by", "importer")
    assert refused.returncode == 2 and "use authority or measure" in refused.stderr
