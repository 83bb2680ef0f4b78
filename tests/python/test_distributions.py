"""Distributions against scipy, designs, correlations, rules of quadrature, and priors from published standard errors."""

from __future__ import annotations

import math
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import tariffsim as ts

stats = pytest.importorskip("scipy.stats", reason="the test extra is not installed")

LAWS = {
    "normal": (ts.normal(4, 0.5), stats.norm(4, 0.5)),
    "lognormal": (ts.lognormal(median=2, sd=0.3), stats.lognorm(0.3, scale=2)),
    "uniform": (ts.uniform(-1, 3), stats.uniform(-1, 4)),
    "triangular": (ts.triangular(0, 1, 4), stats.triang(0.25, 0, 4)),
    "beta": (ts.beta(2, 5, low=-1, high=3), stats.beta(2, 5, -1, 4)),
    "truncated": (ts.truncated(ts.normal(1, 2), low=0, high=5), stats.truncnorm(-0.5, 2, 1, 2)),
}
P = np.array([1e-6, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-6])


@pytest.mark.parametrize("name", LAWS)
def test_quantiles_and_moments_are_those_of_scipy(name):
    ours, theirs = LAWS[name]
    np.testing.assert_allclose(ours.quantile(P), theirs.ppf(P), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.cdf(theirs.ppf(P)), P, rtol=1e-9)
    assert ours.mean() == pytest.approx(theirs.mean(), rel=1e-8)
    assert ours.sd() == pytest.approx(theirs.std(), rel=1e-8)


def test_an_empirical_distribution_has_the_quantiles_of_its_draws():
    draws = [3.0, 1.0, 2.0, 10.0]
    law = ts.empirical(draws)
    assert law.quantile(0.0) == 1.0 and law.quantile(1.0) == 10.0
    levels = np.linspace(0, 1, 21)
    found = law.quantile(levels)
    assert (np.diff(found) >= 0).all() and set(draws) <= {*np.round(law.quantile(np.linspace(0, 1, 1201)), 12)}


@pytest.mark.parametrize("name", LAWS)
def test_distributions_are_values(name):
    law = LAWS[name][0]
    assert pickle.loads(pickle.dumps(law)) == law and law != ts.uniform(0, 0.123)
    assert name in repr(law)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ts.normal(0, 0), "sd"),
        (lambda: ts.lognormal(median=-1, sd=0.3), "median"),
        (lambda: ts.uniform(1, 1), "high"),
        (lambda: ts.triangular(0, 5, 4), "mode"),
        (lambda: ts.beta(0, 1), "a"),
        (lambda: ts.empirical([]), "draws"),
        (lambda: ts.empirical([1.0, math.inf]), "draw 2 is inf"),
        (lambda: ts.normal("four", 1), "normal: mean"),
        (lambda: ts.truncated(ts.normal(0, 1), low=2, high=1), "low"),
        (lambda: ts.truncated(4.0, low=0), "no distribution"),
        (lambda: ts.sobol(4.0, 8), "no distribution"),
        (lambda: ts.sobol({"scale": 1.0}, 8), "sobol: scale"),
        (lambda: ts.sobol({}, 8), "no distribution"),
        (lambda: ts.sobol(ts.normal(0, 1), 0), "sobol: n"),
        (lambda: ts.sobol(ts.normal(0, 1), 8, replicates=2), "give seed"),
        (lambda: ts.sobol(ts.normal(0, 1), 9, seed=1, replicates=2), "not 2 designs"),
        (lambda: ts.sobol(ts.normal(0, 1), 8, seed=-1), "seed"),
        (
            lambda: ts.random_draws({"a": ts.normal(0, 1), "b": ts.normal(0, 1)}, 8, correlation=[[1, 2], [2, 1]]),
            "correlation",
        ),
        (lambda: ts.Sample(["a"], [[1.0, 2.0]]), "column for each name"),
        (lambda: ts.Sample(["a", "a"], [[1.0, 2.0]]), "twice"),
        (lambda: ts.Sample(["a"], [1.0, math.nan]), "finite"),
        (lambda: ts.Sample(["a"], [1.0, 2.0], weights=[1.0]), "one number for each draw"),
        (lambda: ts.Sample(["a"], [1.0, 2.0], weights=[1.0, -1.0]), "above zero"),
        (lambda: ts.stroud(ts.normal(0, 1), degree=4), "3 or 5"),
        (lambda: ts.gauss({f"x{k}": ts.normal(0, 1) for k in range(10)}, 5), "points"),
    ],
)
def test_what_is_wrong_is_said(make, message):
    with pytest.raises(ts.InvalidInput, match=message):
        make()


# ---- designs

BOTH = {"scale": ts.lognormal(median=1, sd=0.3), "rate": ts.uniform(0, 0.5)}


@pytest.mark.parametrize("make", [ts.sobol, ts.latin_hypercube, ts.random_draws])
def test_designs_draw_from_their_distributions(make):
    sample = make(BOTH, 1024, seed=7)
    assert sample.names == ("scale", "rate") and len(sample) == 1024 and not sample.values.flags.writeable
    for name, law in BOTH.items():
        assert stats.kstest(sample[name], lambda x, law=law: law.cdf(np.asarray(x))).pvalue > 1e-4
    assert abs(np.corrcoef(sample.values.T)[0, 1]) < 4 / math.sqrt(1024)
    np.testing.assert_array_equal(make(BOTH, 1024, seed=7).values, sample.values)
    assert (make(BOTH, 1024, seed=8).values != sample.values).any()


def test_sobol_points_and_hypercubes_fill_their_slices():
    unit = {"u": ts.uniform(0, 1), "v": ts.uniform(0, 1)}
    for make in (lambda: ts.sobol(unit, 64, seed=3), lambda: ts.latin_hypercube(unit, 64, seed=3)):
        for column in make().values.T:
            assert sorted(np.floor(64 * column)) == list(range(64))
    plain = ts.sobol(unit, 63)  # the sequence without its zero point
    np.testing.assert_allclose(plain.values[:3], [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]])
    assert sorted(64 * plain["u"]) == list(range(1, 64))


def test_replicates_are_designs_of_their_own():
    sample = ts.sobol(ts.uniform(0, 1), 64, seed=1, replicates=4)
    parts = sample.values.reshape(4, 16)
    for part in parts:
        assert sorted(np.floor(16 * part)) == list(range(16))
    assert len({tuple(part) for part in parts}) == 4 and sample.names == ("value",)


@pytest.mark.parametrize("make", [ts.sobol, ts.latin_hypercube, ts.random_draws])
def test_correlations_are_those_of_the_normal_variables_behind(make):
    matrix = pd.DataFrame([[1.0, -0.6], [-0.6, 1.0]], index=["rate", "scale"], columns=["rate", "scale"])
    sample = make(BOTH, 4096, seed=5, correlation=matrix)
    normal = stats.norm.ppf(np.column_stack([law.cdf(sample[name]) for name, law in BOTH.items()]))
    assert np.corrcoef(normal.T)[0, 1] == pytest.approx(-0.6, abs=4 * (1 - 0.36) / math.sqrt(4096))
    expected = 6 / math.pi * math.asin(-0.6 / 2)  # rank correlation of the Gaussian copula
    assert stats.spearmanr(sample.values)[0] == pytest.approx(expected, abs=0.05)
    assert sample["rate"].min() > 0 and sample["rate"].max() < 0.5


def test_a_sample_is_a_table():
    sample = ts.Sample(["scale"], [0.9, 1.1], weights=[1, 3])
    assert list(sample.to_frame().columns) == ["scale", "weight"] and list(sample.weights) == [0.25, 0.75]
    assert list(sample) == [{"scale": 0.9}, {"scale": 1.1}] and "2 draws of scale" in repr(sample)
    with pytest.raises(ts.InvalidInput, match="has no 'rate'"):
        sample["rate"]


# ---- quadrature


def moments(sample, power):
    return sample.weights @ sample["value"] ** power


@pytest.mark.parametrize("name", LAWS)
def test_gauss_is_exact_for_polynomials(name):
    ours, theirs = LAWS[name]
    sample = ts.gauss(ours, 4)
    assert sample.weights.sum() == pytest.approx(1, abs=1e-14) and (sample.weights > 0).all()
    for power in range(8):  # degree 2 n - 1
        assert moments(sample, power) == pytest.approx(theirs.moment(power), rel=1e-7), power


def test_gauss_of_few_values_has_no_more_points():
    assert list(ts.gauss(ts.empirical([2.0]), 5)["value"]) == [2.0]
    sample = ts.gauss(ts.empirical([1.0, 2.0, 4.0]), 3)
    law = ts.empirical([1.0, 2.0, 4.0])
    assert moments(sample, 1) == pytest.approx(law.mean(), rel=1e-3) and moments(sample, 0) == pytest.approx(1)


def test_gauss_takes_all_combinations():
    sample = ts.gauss({"a": ts.normal(0, 1), "b": ts.uniform(0, 1), "c": ts.normal(2, 1)}, 3)
    a, b, c = sample.values.T
    assert len(sample) == 27
    assert sample.weights @ (a**4 * b**5 * c) == pytest.approx(3 * (1 / 6) * 2)
    nodes, weights = np.polynomial.hermite_e.hermegauss(3)
    np.testing.assert_allclose(sorted(set(a.round(9))), nodes, atol=1e-9)


def test_gauss_with_correlations():
    sample = ts.gauss({"a": ts.normal(1, 2), "b": ts.normal(0, 3)}, 5, correlation=[[1, 0.5], [0.5, 1]])
    a, b = sample.values.T
    assert sample.weights @ ((a - 1) * b) == pytest.approx(0.5 * 2 * 3)
    assert sample.weights @ b**4 == pytest.approx(3 * 3**4)


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5, 8])
def test_stroud_of_degree_3(m):
    """Means, variances and all products of three of independent symmetric numbers."""
    over = {f"x{k}": ts.uniform(-1, 1) if k % 2 else ts.normal(0, 2) for k in range(m)}
    sample = ts.stroud(over)
    x, w = sample.values, sample.weights
    assert len(sample) == 2 * m and sample.quadrature
    np.testing.assert_allclose(w @ x, 0, atol=1e-12)
    np.testing.assert_allclose((x * w[:, None]).T @ x, np.diag([law.sd() ** 2 for law in over.values()]), atol=1e-12)
    np.testing.assert_allclose(np.einsum("p,pi,pj,pk->ijk", w, x, x, x), 0, atol=1e-12)


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5, 7])
def test_stroud_of_degree_5(m):
    sample = ts.stroud({f"x{k}": ts.normal(0, 1) for k in range(m)}, degree=5)
    x, w = sample.values, sample.weights
    assert len(sample) == 2 * m * m + 1 and w.sum() == pytest.approx(1)
    fourth = np.einsum("p,pi,pj,pk,pl->ijkl", w, x, x, x, x)
    unit = np.eye(m)
    wick = sum(np.einsum(f"{a},{b}->ijkl", unit, unit) for a, b in (("ij", "kl"), ("ik", "jl"), ("il", "jk")))
    np.testing.assert_allclose(fourth, wick, atol=1e-9)
    np.testing.assert_allclose(np.einsum("p,pi,pj,pk,pl,pm->ijklm", w, x, x, x, x, x), 0, atol=1e-9)
    assert (w < 0).any() == (m > 4)


@pytest.mark.parametrize("degree", [3, 5])
def test_stroud_with_correlations(degree):
    over = {"a": ts.normal(1, 2), "b": ts.normal(0, 3), "c": ts.normal(5, 1)}
    matrix = [[1, 0.5, 0], [0.5, 1, -0.2], [0, -0.2, 1]]
    sample = ts.stroud(over, degree, correlation=matrix)
    centred = sample.values - [1, 0, 5]
    found = (centred * sample.weights[:, None]).T @ centred
    np.testing.assert_allclose(found, np.outer([2, 3, 1], [2, 3, 1]) * matrix, atol=1e-9)


def test_a_lognormal_is_exact_in_its_logarithm():
    sample = ts.stroud({"a": ts.lognormal(2, 0.4), "b": ts.lognormal(1, 0.1)})
    logs = np.log(sample["a"] / 2)
    assert sample.weights @ logs == pytest.approx(0, abs=1e-12)
    assert sample.weights @ logs**2 == pytest.approx(0.16)


# ---- priors

TABLE = pd.DataFrame({"variable": ["lndist", "pta"], "beta": [-0.39, 0.47], "stderr": [0.073, 0.108]})


def test_priors_have_the_estimate_and_its_error():
    found = ts.priors(TABLE)
    assert list(found) == ["lndist", "pta"] and found["lndist"] == ts.normal(-0.39, 0.073)
    assert ts.priors(TABLE.set_index("variable")) == found
    theta = pd.DataFrame({"sector": ["A", "B", "C"], "trade_elasticity": [4.0, 2.0, 3.0], "se": [1.0, 0.5, 0.0]})
    for kind in ("lognormal", "truncated"):
        laws = ts.priors(theta, kind)
        assert list(laws) == ["A", "B"]  # C is known
        assert laws["A"].quantile(1e-9) > 0
    assert ts.priors(theta, "lognormal")["A"].mean() == pytest.approx(4)
    assert ts.priors(theta, "lognormal")["A"].sd() == pytest.approx(1)
    named = theta.rename(columns={"se": "spread"})
    assert ts.priors(named, standard_error="spread", name="sector")["B"] == ts.normal(2, 0.5)


def test_priors_from_published_standard_errors(shared_data: Path):
    found = ts.priors(shared_data / "gegravity2006" / "cost_coefficients.csv")
    assert found["pta"].mean() == pytest.approx(0.4711383) and found["pta"].sd() == pytest.approx(0.1076578)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ts.priors(TABLE, "lognormal"), "lndist"),
        (lambda: ts.priors(TABLE, "cauchy"), "kind"),
        (lambda: ts.priors(TABLE.drop(columns="stderr")), "standard error"),
        (lambda: ts.priors(TABLE.assign(stderr=-1.0)), "standard error is -1"),
        (lambda: ts.priors(TABLE.assign(variable="x")), "twice"),
        (lambda: ts.priors(TABLE.drop(columns="variable")), "names"),
        (lambda: ts.priors("/no/such/file.csv"), "such file"),
        (lambda: ts.priors(3), "no table"),
        (lambda: ts.priors(TABLE.assign(stderr=0.0)), "above zero"),
    ],
)
def test_priors_say_what_is_wrong(make, message):
    with pytest.raises(ts.InvalidInput, match=message):
        make()
