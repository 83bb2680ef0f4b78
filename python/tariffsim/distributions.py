"""Distributions of uncertain numbers: elasticities, rates, anything that a scenario or theory has as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tariffsim import _core
from tariffsim._core import Distribution
from tariffsim.errors import InvalidInput
from tariffsim.labels import number, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Distribution", "beta", "empirical", "lognormal", "normal", "triangular", "truncated", "uniform"]


def normal(mean: float, sd: float) -> Distribution:
    """The normal distribution.

    Raises
    ------
    InvalidInput
        Where sd is not above zero.
    """
    return _core.Distribution.normal(number(mean, "normal: mean"), number(sd, "normal: sd"))


def lognormal(median: float, sd: float) -> Distribution:
    """A positive number whose logarithm is normal.

    Parameters
    ----------
    median : float
        Above zero; half of the draws are below. The mean is median × exp(sd² / 2).
    sd : float
        Of the logarithm: 0.3 is about 30 percent.

    Raises
    ------
    InvalidInput
        Where one of the two is not above zero.
    """
    return _core.Distribution.lognormal(number(median, "lognormal: median"), number(sd, "lognormal: sd"))


def uniform(low: float, high: float) -> Distribution:
    """Any number from low to high alike.

    Raises
    ------
    InvalidInput
        Where high is not above low.
    """
    return _core.Distribution.uniform(number(low, "uniform: low"), number(high, "uniform: high"))


def triangular(low: float, mode: float, high: float) -> Distribution:
    """From low to high, most likely at the mode, its density falling along straight lines to both ends.

    Raises
    ------
    InvalidInput
        Where the three are not in order.
    """
    where = "triangular: "
    return _core.Distribution.triangular(
        number(low, where + "low"), number(mode, where + "mode"), number(high, where + "high")
    )


def beta(a: float, b: float, low: float = 0.0, high: float = 1.0) -> Distribution:
    """The beta distribution with shapes a and b, between low and high.

    Raises
    ------
    InvalidInput
        Where a shape is not above zero, or high is not above low.
    """
    shapes = number(a, "beta: a"), number(b, "beta: b")
    return _core.Distribution.beta(*shapes, number(low, "beta: low"), number(high, "beta: high"))


def empirical(draws: ArrayLike) -> Distribution:
    """That of given draws, such as a posterior or a bootstrap; between two neighbours a straight line.

    Raises
    ------
    InvalidInput
        Where there are no draws, or one of them is no number.
    """
    return _core.Distribution.empirical(numbers(draws, "empirical: draws").ravel().tolist())


def truncated(of: Distribution, low: float = float("-inf"), high: float = float("inf")) -> Distribution:
    """A distribution cut off below low and above high, with what is left scaled up to one.

    Raises
    ------
    InvalidInput
        Where high is not above low, or nothing lies between them.
    """
    if not isinstance(of, _core.Distribution):
        raise InvalidInput("truncated", f"a {type(of).__name__} is no distribution", "give one such as ts.normal(4, 1)")
    return _core.Distribution.truncated(of, number(low, "truncated: low"), number(high, "truncated: high"))
