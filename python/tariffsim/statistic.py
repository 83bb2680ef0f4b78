"""Statistics that can be asked of draws, by name or condition."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim.errors import InvalidInput
from tariffsim.weighted import Draws

if TYPE_CHECKING:
    from tariffsim.labels import FloatArray

    #: "< 0", "> 1.5", or a function of an array of outcomes that gives an array of truths.
    Condition = Union[str, Callable[[Any], Any]]
    OfDraws = Callable[[Draws, FloatArray], FloatArray]

__all__ = ["condition_of", "statistic", "truths"]

_CONDITION = re.compile(r"\s*(<=|>=|<|>)\s*(\S+)\s*")
_COMPARE: dict[str, Callable[[Any, float], Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def condition_of(given: Condition) -> Callable[[Any], Any]:
    if callable(given):
        return given
    match = _CONDITION.fullmatch(given) if isinstance(given, str) else None
    try:
        assert match is not None
        compare, bound = _COMPARE[match[1]], float(match[2].replace("\u2212", "-"))
    except (AssertionError, ValueError):
        raise InvalidInput("condition", f"is {given!r}", 'give one such as "< 0", or a function of an array') from None
    return lambda values: compare(values, bound)


def truths(holds: Callable[[Any], Any], values: FloatArray) -> FloatArray:
    found = np.asarray(holds(values))
    if found.shape != values.shape:
        raise InvalidInput(
            "condition", f"gives the shape {found.shape} of {values.shape}", "give a truth for every number"
        )
    return np.where(np.isnan(values), np.nan, found.astype(float))


def statistic(
    of: Condition,
) -> tuple[Callable[[Draws, FloatArray], FloatArray], Callable[[Draws, FloatArray], FloatArray]]:
    """A statistic of draws, and its influence: how much each draw moves it."""
    if of == "mean":
        return Draws.mean, lambda draws, x: x - draws.mean(x)
    if of == "sd":

        def influence(draws: Draws, x: FloatArray) -> FloatArray:
            sd = draws.sd(x)
            return ((x - draws.mean(x)) ** 2 - sd**2) / np.where(sd > 0, 2 * sd, np.inf)

        return Draws.sd, influence
    holds = condition_of(of)
    return (
        lambda draws, x: draws.mean(truths(holds, x)),
        lambda draws, x: truths(holds, x) - draws.mean(truths(holds, x)),
    )
