"""Quadrature: few points with weights whose sums are means and variances, as trade modellers use them (Stroud, Gauss)."""

from __future__ import annotations

import itertools
import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from tariffsim import _core
from tariffsim.designs import Sample, correlations, laws_of
from tariffsim.errors import InvalidInput
from tariffsim.labels import integer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tariffsim.designs import Priors
    from tariffsim.distributions import Distribution
    from tariffsim.labels import FloatArray

__all__ = ["gauss", "stroud"]

_NORMAL = NormalDist()
_MOST_POINTS = 100_000
# Nodes of the fine rule that stands for a distribution, on the scale of a normal variable: beyond 8 lies 1e-15 of it.
_FINE, _REACH = 4001, 8.0


def stroud(over: Priors, degree: int = 3, correlation: ArrayLike | None = None) -> Sample:
    """Stroud's rules: 2 m points for m numbers at degree 3, 2 m² + 1 at degree 5.

    Degree 3 (Stroud 1957, as in Arndt 1996) integrates cubic polynomials of independent symmetric numbers
    exactly; all weights are alike. Degree 5 (Stroud and Secrest 1963) does so up to the fifth degree for normal ones; above
    four numbers some of its weights are negative. What is skewed or correlated is a function of normal variables, and the rule
    is exact in those: a lognormal in its logarithm.

    Parameters
    ----------
    over : distribution, or dict of distributions by name
    degree : 3 or 5
    correlation : names x names
        As in `sobol`.

    Returns
    -------
    Sample
        With weights, for `uncertainty(...).mean()` and `sd()`; it says nothing on quantiles.

    Raises
    ------
    InvalidInput
        As in `sobol`, and on another degree.
    """
    names, laws = laws_of(over, "stroud")
    if degree not in (3, 5):
        raise InvalidInput("stroud: degree", f"is {degree!r}", "use 3 or 5, or ts.gauss for more points")
    points, weights = _degree_3(len(laws)) if degree == 3 else _degree_5(len(laws))
    matrix = correlations(correlation, names, "stroud")
    if matrix is not None:
        values = _core.draws(laws, _probabilities(points), matrix)
    else:
        values = np.column_stack([_at(law, points[:, k], degree) for k, law in enumerate(laws)])
    return Sample(names, values, weights, method=f"Stroud, degree {degree}", quadrature=True)


def gauss(over: Priors, points: int = 5, correlation: ArrayLike | None = None) -> Sample:
    """Gauss's rule in each number, and all their combinations: points to the power of m for m numbers.

    Exact for polynomials of degree 2 points - 1 in each number; with correlations in the normal variables behind them.

    Parameters
    ----------
    over : distribution, or dict of distributions by name
    points : int
        In each number.
    correlation : names x names
        As in `sobol`.

    Returns
    -------
    Sample
        With weights, for `uncertainty(...).mean()` and `sd()`; it says nothing on quantiles.

    Raises
    ------
    InvalidInput
        As in `sobol`, and where there would be more than 100,000 points.
    """
    names, laws = laws_of(over, "gauss")
    each = integer(points, "gauss: points")
    if not 1 <= each <= 64:
        raise InvalidInput("gauss: points", f"is {each}", "give from 1 to 64 points in each number")
    if each ** len(laws) > _MOST_POINTS:
        problem = f"{each} points in each of {len(laws)} numbers are {each ** len(laws):,}"
        raise InvalidInput("gauss", problem, "use ts.stroud, ts.sobol, or fewer points")
    matrix = correlations(correlation, names, "gauss")
    if matrix is None:
        rules = [_rule_of(law, each) for law in laws]
    else:
        nodes, weights = np.polynomial.hermite_e.hermegauss(each)
        rules = [(nodes, weights / weights.sum())] * len(laws)
    values = np.array(list(itertools.product(*(nodes for nodes, _ in rules))))
    products = np.array([math.prod(row) for row in itertools.product(*(weights.tolist() for _, weights in rules))])
    if matrix is not None:
        values = _core.draws(laws, _probabilities(values), matrix)
    return Sample(names, values, products, method=f"Gauss, {each} points each", quadrature=True)


def _degree_3(m: int) -> tuple[FloatArray, FloatArray]:
    """2 m points of equal weight with means 0, variances 1 and no third moments; k and k + m are opposite."""
    k = np.arange(1, 2 * m + 1)
    points = np.empty((2 * m, m))
    for r in range(1, m // 2 + 1):
        angle = (2 * r - 1) * k * np.pi / m
        points[:, 2 * r - 2], points[:, 2 * r - 1] = np.sqrt(2) * np.cos(angle), np.sqrt(2) * np.sin(angle)
    if m % 2:
        points[:, m - 1] = (-1.0) ** k
    return points, np.full(2 * m, 1 / (2 * m))


def _degree_5(m: int) -> tuple[FloatArray, FloatArray]:
    """2 m² + 1 points for independent standard normal variables: the middle, the axes, the diagonals of each two."""
    axis = np.vstack([np.eye(m), -np.eye(m)]) * np.sqrt(m + 2)
    diagonals = []
    for one, other in itertools.combinations(range(m), 2):
        for signs in itertools.product((1, -1), repeat=2):
            point = np.zeros(m)
            point[[one, other]] = np.array(signs) * np.sqrt((m + 2) / 2)
            diagonals.append(point)
    points = np.vstack([np.zeros((1, m)), axis, *([diagonals] if diagonals else [])])
    outer = (m + 2) ** 2
    weights = [2 / (m + 2), *[(4 - m) / (2 * outer)] * (2 * m), *[1 / outer] * len(diagonals)]
    return points, np.array(weights)


def _at(law: Distribution, normal: FloatArray, degree: int) -> FloatArray:
    """Values at points of a rule: in degree 3 straight for what is symmetric, for only its first moments matter."""
    result: FloatArray = law.mean() + law.sd() * normal if degree == 3 and _symmetric(law) else law.at_deviate(normal)
    return result


def _probabilities(normal: FloatArray) -> FloatArray:
    """Of standard normal variables, kept inside (0, 1)."""
    p = np.array([_NORMAL.cdf(z) for z in np.ravel(normal)]).reshape(np.shape(normal))
    inside: FloatArray = np.clip(p, 1e-16, 1 - 1e-16)
    return inside


def _symmetric(law: Distribution) -> bool:
    p = np.array([0.01, 0.1, 0.25, 0.4])
    low, high = np.asarray(law.quantile(p)), np.asarray(law.quantile(1 - p))
    return bool(np.allclose(low + high, 2 * law.mean(), rtol=0, atol=1e-9 * law.sd()))


def _rule_of(law: Distribution, count: int) -> tuple[FloatArray, FloatArray]:
    """Gauss's rule of any distribution: Lanczos on a fine discretisation of it gives the recurrence of its orthogonal
    polynomials, whose Jacobi matrix has the nodes as eigenvalues (Golub and Welsch 1969)."""
    if law.sd() == 0:  # one value alone
        return np.array([law.mean()]), np.ones(1)
    normal = np.linspace(-_REACH, _REACH, _FINE)
    mass = np.exp(-0.5 * normal**2)
    mass /= mass.sum()
    x = (law.at_deviate(normal) - law.mean()) / law.sd()
    diagonal, beside = np.zeros(count), np.zeros(count)
    basis = np.zeros((count + 1, _FINE))
    basis[0] = np.sqrt(mass)
    for k in range(count):
        step = x * basis[k]
        diagonal[k] = basis[k] @ step
        for _ in range(2):  # twice is enough to keep them orthogonal
            step -= basis[: k + 1].T @ (basis[: k + 1] @ step)
        beside[k] = np.linalg.norm(step)
        if beside[k] < 1e-12:  # fewer distinct values than points
            diagonal, beside = diagonal[: k + 1], beside[: k + 1]
            break
        basis[k + 1] = step / beside[k]
    nodes, vectors = np.linalg.eigh(np.diag(diagonal) + np.diag(beside[:-1], 1) + np.diag(beside[:-1], -1))
    return law.mean() + law.sd() * nodes, vectors[0] ** 2
