"""What draws say: against closed forms, with weights, with draws that have no equilibrium, in words and in pictures."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from matplotlib.text import Text

import tariffsim as ts
from tariffsim import plot
from tariffsim.plot import style

integrate = pytest.importorskip("scipy.integrate", reason="the test extra is not installed")

SHARE, ELASTICITY = 0.2, 4.0  # reference-cases.md 4.4: s = 0.2, sigma = 5


def closed_form(t: float) -> float:
    """Percent: two symmetric countries that tax each other at t."""
    home = (1 - SHARE) / ((1 - SHARE) + SHARE * (1 + t) ** -ELASTICITY)
    income = 1 / (1 - (1 - home) * t / (1 + t))
    return 100 * (income * (home / (1 - SHARE)) ** (-1 / ELASTICITY) - 1)


@pytest.fixture(scope="module")
def twins() -> ts.World:
    return ts.World.from_flows([[1 - SHARE, SHARE], [SHARE, 1 - SHARE]], ELASTICITY, regions=["H", "F"])


def both(t: float) -> ts.Case:
    return ts.Case(ts.Scenario(f"both tax {t}").tariff(rate=t), ts.Closure("balanced"))


LAW = ts.triangular(0.0, 0.1, 1.0)


def integral(power: int = 1) -> float:
    """E[W^power] over LAW, by adaptive quadrature of the closed form."""
    p = LAW.cdf(0.1)
    return integrate.quad(lambda u: closed_form(LAW.quantile(u)) ** power, 0, 1, points=[p], epsabs=1e-11, limit=200)[0]


@pytest.fixture(scope="module")
def swept(twins):
    sample = ts.sobol({"t": LAW}, 512, seed=1, replicates=8)
    return sample, ts.sweep(twins, both, over=sample, outcomes=["real_income_pct"])


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


# ---- against closed forms


def test_each_draw_is_the_closed_form(swept):
    sample, data = swept
    expected = [closed_form(t) for t in sample["t"]]
    np.testing.assert_allclose(data["real_income_pct"].sel(region="H"), expected, atol=2e-7)


def test_monte_carlo_agrees_with_the_integral_of_the_closed_form(swept):
    sample, data = swept
    found = ts.uncertainty(data, weights=sample)["real_income_pct"].sel(region="H")
    error = float(found.standard_error())
    mean, second = integral(), integral(2)
    sd = np.sqrt(second - mean**2)
    assert 0 < error < 0.3 * sd / np.sqrt(512)  # far better than random draws
    assert float(found.mean()) == pytest.approx(mean, abs=5 * error)
    assert float(found.sd()) == pytest.approx(sd, abs=5 * float(found.standard_error("sd")) + 2e-3 * sd)
    for level in (0.05, 0.5, 0.95):  # real income falls in t, so its quantiles are those of t
        exact = closed_form(LAW.quantile(1 - level))
        assert float(found.quantiles([level])[0]) == pytest.approx(exact, abs=0.02)
    bound = closed_form(LAW.quantile(0.7))
    assert float(found.probability(f"< {bound}")) == pytest.approx(0.3, abs=2 / 512)


def test_random_draws_are_within_their_error(twins):
    sample = ts.random_draws({"t": LAW}, 400, seed=11)
    found = ts.uncertainty(ts.sweep(twins, both, over=sample, outcomes=["real_income_pct[H]"]))
    error = float(found.standard_error()["real_income_pct[H]"])
    mean = integral()
    assert error == pytest.approx(np.sqrt(integral(2) - mean**2) / 20, rel=0.15)
    assert float(found.mean()["real_income_pct[H]"]) == pytest.approx(mean, abs=4 * error)


def test_quadrature_agrees_with_the_integral(twins):
    mean, sd = integral(), np.sqrt(integral(2) - integral() ** 2)
    found = {}
    for name, sample in {"gauss": ts.gauss({"t": LAW}, 8), "stroud": ts.stroud({"t": LAW})}.items():
        data = ts.sweep(twins, both, over=sample, outcomes=["real_income_pct"])
        found[name] = ts.uncertainty(data["real_income_pct"], weights=sample).sel(region="H")
    assert float(found["gauss"].mean()) == pytest.approx(mean, abs=1e-6)
    assert float(found["gauss"].sd()) == pytest.approx(sd, abs=1e-5)
    assert float(found["stroud"].mean()) == pytest.approx(mean, rel=0.05)
    for what in (found["gauss"].quantiles, lambda: found["gauss"].probability("< 0"), found["gauss"].statement):
        with pytest.raises(ts.InvalidInput, match="quadrature"):
            what()


def test_a_sweep_knows_its_sample(twins):
    """Weights, replicates and the kind of rule travel with the data."""
    sample = ts.gauss({"t": LAW}, 4)
    data = ts.sweep(twins, both, over=sample, outcomes=["real_income_pct"])
    given, found = ts.uncertainty(data, weights=sample), ts.uncertainty(data)
    xr.testing.assert_equal(given.mean(), found.mean())
    with pytest.raises(ts.InvalidInput, match="quadrature"):
        found["real_income_pct"].quantiles()
    one = ts.sobol({"t": LAW}, 32, seed=1, replicates=4)
    assert "4 replicates" in repr(ts.uncertainty(ts.sweep(twins, both, over=one, outcomes=["real_income_pct"])))


def test_the_estimate_settles(swept):
    sample, data = swept
    found = ts.uncertainty(data, weights=sample)["real_income_pct"].sel(region="H")
    line = found.convergence()
    assert line["draws"].values[-1] == 512 and line["draws"].values[0] == 16
    assert float(line["estimate"][-1]) == pytest.approx(float(found.mean()))
    assert float(line["standard_error"][-1]) < 0.3 * float(line["standard_error"][0])
    assert (abs(line["estimate"] - integral()) < 6 * line["standard_error"] + 1e-6).all()
    falls = found.convergence("< -1")
    assert falls.attrs["statistic"] == "< -1" and 0 < float(falls["estimate"][-1]) < 1


# ---- labels, weights, what is missing


@pytest.fixture
def table() -> xr.Dataset:
    """Draws x rate x region with simple numbers, and one without an equilibrium."""
    values = np.arange(40.0).reshape(10, 2, 2) - 15
    values[3, 1, :] = np.nan
    coords = {"rate": [0.1, 0.2], "region": ["A", "B"]}
    return xr.Dataset(
        {
            "real_income_pct": (("draw", "rate", "region"), values),
            "flows[A->B]": (("draw", "rate"), values[:, :, 0] * 10),
            "status": (("draw", "rate"), np.full((10, 2), "converged")),
            "evaluations": (("draw", "rate"), np.full((10, 2), 7)),
        },
        coords,
    )


def test_results_are_labelled_as_the_data(table):
    found = ts.uncertainty(table)
    assert found.outcomes == ["real_income_pct", "flows[A->B]"] and found.missing == 1
    assert "1 without an equilibrium" in repr(found)
    assert set(found.mean().data_vars) == set(found.outcomes)
    quantiles = found["real_income_pct"].quantiles([0.1, 0.9])
    assert quantiles.dims == ("quantile", "rate", "region") and list(quantiles["region"]) == ["A", "B"]
    assert isinstance(ts.uncertainty(table["real_income_pct"]).mean(), xr.DataArray)
    assert list(found["real_income_pct"].sel(rate=0.1).table().index) == ["A", "B"]
    assert found["real_income_pct"].table().index.names == ["rate", "region"]


def test_a_number_finds_its_neighbour_within_rounding(table):
    moved = table.assign_coords(rate=[0.1, 0.2 * (1 + 1e-15)])
    assert (
        ts.uncertainty(moved)
        .sel(rate=0.2)
        .mean()
        .equals(ts.uncertainty(moved).sel(rate=moved["rate"][1].item()).mean())
    )
    with pytest.raises(ts.InvalidInput, match="labels of its dimensions"):
        ts.uncertainty(moved).sel(rate=0.21)


def test_what_has_no_equilibrium_is_left_out_and_counted(table):
    found = ts.uncertainty(table)["real_income_pct"].sel(rate=0.2)
    good = np.delete(table["real_income_pct"].values[:, 1, 0], 3)
    assert float(found.mean().sel(region="A")) == pytest.approx(good.mean())
    assert float(found.sd().sel(region="A")) == pytest.approx(good.std(ddof=1))
    for level in (0.0, 0.05, 0.31, 0.5, 1.0):
        expected = np.quantile(good, level, method="hazen")
        assert float(found.quantiles([level]).sel(region="A")[0]) == pytest.approx(expected)
    assert float(found.probability("< 0").sel(region="A")) == pytest.approx((good < 0).mean())
    assert "of 9 draws (1 more have no equilibrium)" in found.sel(region="A").statement()
    nowhere = table["real_income_pct"].where(table["rate"] < 0.15)
    with pytest.raises(ts.NotConverged, match="rate 0.2, region A"):
        ts.uncertainty(nowhere).mean()


def test_weights_count(table):
    """A weight of two is a draw that stands twice."""
    complete = table["real_income_pct"].sel(rate=0.1)
    weights = np.array([2.0, 1, 1, 1, 1, 3, 1, 1, 1, 1])
    repeated = np.repeat(complete.values, weights.astype(int), axis=0)
    found = ts.uncertainty(complete, weights=weights)
    np.testing.assert_allclose(found.mean(), repeated.mean(axis=0))
    np.testing.assert_allclose(found.probability("> 0"), (repeated > 0).mean(axis=0))
    np.testing.assert_allclose(found.probability(lambda x: abs(x) > 5), (abs(repeated) > 5).mean(axis=0))
    one, other = ts.uncertainty(complete, weights=np.ones(10)), ts.uncertainty(complete)
    np.testing.assert_allclose(one.quantiles(), other.quantiles())
    np.testing.assert_allclose(one.sd(), other.sd())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda t: ts.uncertainty(3.0), "no labels"),
        (lambda t: ts.uncertainty(t, dim="row"), "there is no 'row'"),
        (lambda t: ts.uncertainty(t[["status"]]), "no outcome"),
        (lambda t: ts.uncertainty(t, weights=[1, 2]), "one number for each draw"),
        (lambda t: ts.uncertainty(t, weights=ts.sobol(ts.normal(0, 1), 4)), "4 draws"),
        (lambda t: ts.uncertainty(t, replicates=3), "not 3 designs"),
        (lambda t: ts.uncertainty(t).statement(), "choose one"),
        (lambda t: ts.uncertainty(t)["income"], "no outcome 'income'"),
        (lambda t: ts.uncertainty(t).sel(country="A"), "labels of its dimensions"),
        (lambda t: ts.uncertainty(t).sel(region="Z"), "labels of its dimensions"),
        (lambda t: ts.uncertainty(t).probability("falls"), "condition"),
        (lambda t: ts.uncertainty(t).probability("< many"), "condition"),
        (lambda t: ts.uncertainty(t).quantiles([5]), "from 0 to 1"),
        (lambda t: ts.uncertainty(t)["real_income_pct"].table(90), "between 0 and 1"),
        (lambda t: ts.uncertainty(t, replicates=10)["real_income_pct"].convergence(), "too few"),
        (lambda t: ts.uncertainty(t)["real_income_pct"].fan("rate"), "choose the others"),
        (lambda t: ts.uncertainty(t)["real_income_pct"].intervals(), "choose labels"),
        (lambda t: ts.uncertainty(t)["real_income_pct"].histogram(), "choose one number"),
    ],
)
def test_what_is_wrong_is_said(table, make, message):
    with pytest.raises(ts.InvalidInput, match=message):
        make(table)


# ---- in words


def draws(values, name="real_income_pct"):
    return ts.uncertainty(xr.DataArray(np.asarray(values, float), dims="draw", coords={"region": "CHN"}, name=name))


def test_statements_claim_what_the_draws_say():
    text = draws(np.linspace(-0.93, 0.0699, 100)).statement()
    assert text.startswith(
        "real income of CHN falls in 93 percent of 100 draws; median \u22120.43, 90 percent of draws between"
    )
    assert "falls in each of 50 draws" in draws(-np.ones(50) - np.arange(50)).statement()
    assert "rises in 60 percent of 5 draws" in draws([-1, -2, 3, 4, 5]).statement()
    assert "is > 10 in none of 5 draws" in draws([-1, -2, 3, 4, 5]).statement("> 10")
    assert "does not change" in draws(np.full(8, 1e-9)).statement()
    almost = np.ones(5000)
    almost[0] = -1
    assert "rises in more than 99.9 percent of 5000 draws" in draws(almost).statement()
    assert draws([1, 2], name="flows[CHN->USA]").statement().startswith("flows[CHN->USA] of CHN rises")


def test_statements_of_several_numbers_are_a_series(table):
    texts = ts.uncertainty(table)["real_income_pct"].sel(rate=0.1).statement(level=0.5)
    assert list(texts.index) == ["A", "B"] and all("50 percent of draws between" in text for text in texts)


def test_days_are_written_without_their_time(table):
    dated = (
        table["real_income_pct"]
        .rename(rate="day")
        .assign_coords(day=np.array(["2025-04-12", "2026-02-24"], "datetime64[ns]"))
    )
    found = ts.uncertainty(dated)
    assert found.sel(region="A", day="2025-04-12").statement().startswith("real income of A at day 2025-04-12 ")
    assert found.sel(region="A").statement().iloc[1].startswith("real income of A at day 2026-02-24 ")
    ax = found.sel(region="A").intervals()
    assert {label.get_text() for label in ax.get_yticklabels()} == {"2025-04-12", "2026-02-24"}
    assert found.sel(region="A").fan("day").get_xlabel() == "day"


# ---- in pictures

PICTURES = {
    "fan": lambda u: u["real_income_pct"].sel(region="A").fan("rate"),
    "fan of a flow": lambda u: u["flows[A->B]"].fan("rate", levels=(0.5,)),
    "intervals": lambda u: u["real_income_pct"].sel(rate=0.1).intervals(),
    "histogram": lambda u: u["real_income_pct"].sel(rate=0.1, region="A").histogram(),
    "convergence": lambda u: u["real_income_pct"].sel(rate=0.2, region="A").plot_convergence("< 0"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", PICTURES)
def test_pictures_have_all_their_text_inside(table, name):
    figure = PICTURES[name](ts.uncertainty(table)).figure
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    shown = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    assert len(shown) > 5
    for text in shown:
        box = text.get_window_extent()
        if text in figure.axes[0].get_xticklabels() + figure.axes[0].get_yticklabels():
            continue  # of ticks outside the axes, which are not drawn
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, text.get_text()
    assert not [t for t in shown if "nan" in t.get_text().lower()]


def test_a_fan_shows_the_quantiles(table):
    found = ts.uncertainty(table)["real_income_pct"].sel(region="A")
    ax = found.fan("rate", levels=(0.9,))
    np.testing.assert_allclose(ax.lines[0].get_ydata(), found.quantiles([0.5])[0])
    band = ax.collections[0].get_paths()[0].vertices
    np.testing.assert_allclose(band[:, 1].min(), float(found.quantiles([0.05]).min()))
    np.testing.assert_allclose(band[:, 1].max(), float(found.quantiles([0.95]).max()))


def test_a_notebook_shows_every_figure():
    """Its backend switches interactive figures on while the first one is drawn; that must stay."""
    with mpl.rc_context({"interactive": False}):
        with style.drawing():
            mpl.rcParams["interactive"] = True
        assert mpl.rcParams["interactive"]


def test_a_histogram_holds_all_draws(table):
    heights = [bar.get_height() for bar in PICTURES["histogram"](ts.uncertainty(table)).patches]
    assert sum(heights) == pytest.approx(100)
    assert draws(np.full(9, 2.0)).histogram().patches  # no spread at all


def test_intervals_keep_the_largest_and_say_so(table):
    ax = ts.uncertainty(table)["real_income_pct"].sel(rate=0.1).intervals(top=1)
    assert "The other 1 have smaller medians" in ax.figure.get_supxlabel()
    given = plt.figure().subplots()
    assert PICTURES["fan"](ts.uncertainty(table)) is not given
    assert ts.uncertainty(table)["real_income_pct"].sel(region="A").fan("rate", ax=given) is given
    assert plot.fan and plot.intervals and plot.histogram and plot.convergence
