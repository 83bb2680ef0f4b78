"""priors(): distributions from published estimates and their standard errors."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

from tariffsim.distributions import lognormal, normal, truncated
from tariffsim.errors import InvalidInput
from tariffsim.frames import table_columns
from tariffsim.labels import is_frame

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.distributions import Distribution

__all__ = ["priors"]

_ESTIMATE = ("estimate", "beta", "coefficient", "coef", "trade_elasticity")
_ERROR = ("standard_error", "stderr", "std_error", "std_err", "se")
_KINDS = ("normal", "lognormal", "truncated")


def priors(
    table: pd.DataFrame | str | os.PathLike[str],
    kind: str = "normal",
    *,
    estimate: str | None = None,
    standard_error: str | None = None,
    name: str | None = None,
) -> dict[str, Distribution]:
    """A distribution for each row of a table of estimates.

    Parameters
    ----------
    table : DataFrame, or path of a CSV file
        With a column of estimates and one of standard errors; names are in its index, or in its first column of texts.
    kind : str
        "normal": mean and sd as estimated. "lognormal": the same mean and sd of a number that is positive.
        "truncated": the normal one without what is not positive.
    estimate, standard_error, name : str
        Columns. Where absent those of usual names: estimate, beta, coefficient, coef or trade_elasticity; standard_error,
        stderr, std_error, std_err or se.

    Returns
    -------
    dict of Distribution by name
        Rows with a standard error of zero are known and have none.

    Raises
    ------
    InvalidInput
        Where a column is missing, a standard error is negative, or the kind needs a positive estimate.
    """
    import pandas as pd

    if kind not in _KINDS:
        raise InvalidInput("priors: kind", f"is {kind!r}", f"use one of {', '.join(map(repr, _KINDS))}")
    if not is_frame(table):
        if not isinstance(table, (str, os.PathLike)):
            raise InvalidInput(
                "priors", f"a {type(table).__name__} is no table", "give a DataFrame, or the path of a CSV file"
            )
        try:
            table = pd.read_csv(table)
        except (OSError, ValueError) as failure:
            raise InvalidInput(f"priors: {os.fspath(table)}", str(failure), "give a CSV file with a heading") from None
    frame: Any = table
    value = estimate or _find(frame, _ESTIMATE, "estimate")
    error = standard_error or _find(frame, _ERROR, "standard_error")
    picked = table_columns(frame, [value], error, "priors")
    labels = list(map(str, frame[name] if name else _labels(frame, (value, error))))
    found = {}
    for label, middle, spread in zip(labels, picked[value], picked[error]):
        if label in found:
            raise InvalidInput(f"priors: {label}", "stands twice", "give every name once")
        if law := _law(kind, label, _number(middle, label, value), _number(spread, label, error)):
            found[label] = law
    if not found:
        raise InvalidInput("priors", "no row has a standard error above zero", "what is known needs no distribution")
    return found


def _law(kind: str, label: str, middle: float, spread: float) -> Distribution | None:
    if spread < 0:
        raise InvalidInput(f"priors: {label}", f"the standard error is {spread:g}", "give one of zero or more")
    if spread == 0:
        return None
    if kind == "normal":
        return normal(middle, spread)
    if middle <= 0:
        problem = f"the estimate is {middle:g}, and a {kind} prior is of what is positive"
        raise InvalidInput(f"priors: {label}", problem, 'use kind="normal", or the absolute values of the estimates')
    if kind == "truncated":
        return truncated(normal(middle, spread), low=0.0)
    relative = 1 + (spread / middle) ** 2
    return lognormal(median=middle / math.sqrt(relative), sd=math.sqrt(math.log(relative)))


def _find(frame: Any, known: tuple[str, ...], what: str) -> str:
    hits = [str(column) for column in frame.columns if str(column).lower() in known]
    if len(hits) != 1:
        have = ", ".join(map(str, frame.columns))
        problem = f"of the columns {have} {'none is' if not hits else 'several may be'} the {what.replace('_', ' ')}"
        raise InvalidInput("priors", problem, f'name it: {what}="…"')
    return hits[0]


def _labels(frame: Any, taken: tuple[str, str]) -> Any:
    import pandas as pd

    if not isinstance(frame.index, pd.RangeIndex):
        return frame.index
    texts = [c for c in frame.columns if c not in taken and not pd.api.types.is_numeric_dtype(frame[c])]
    if not texts:
        raise InvalidInput("priors", "no column has names", 'give an index of names, or name="…"')
    return frame[texts[0]]


def _number(value: Any, label: str, column: str) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise InvalidInput(f"priors: {label}", f"{column} is {value!r}", "give a finite number")
    return found
