"""Outcomes of draws in words: subjects, shares, statements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.changes import NOTHING

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from tariffsim.uncertainty import Uncertainty

__all__ = ["chosen_labels", "described", "label_text", "statement"]

_WORDS = {"real_income_pct": "real income", "welfare_pct": "welfare", "real_wage_pct": "the real wage"}


def statement(of: Uncertainty, condition: str | None, level: float) -> str | pd.Series[str]:
    """What `Uncertainty.statement` says."""
    import pandas as pd

    values, table = of._one(), of.table(level)
    array = values.values.reshape(values.sizes[of._draws.dim], -1)
    missing = np.isnan(array).sum(axis=0)
    rises = np.ravel(np.asarray(of.probability(f"> {NOTHING}")))
    holds = None if condition is None else np.ravel(np.asarray(of.probability(condition)))
    texts = []
    for k, (label, row) in enumerate(table.iterrows()):
        gone = int(missing[k])
        count, falls = len(array) - gone, float(row["below_zero"])
        if holds is not None:
            claim = f"is {str(condition).strip()} {_share(float(holds[k]), count)}"
        elif max(falls, rises[k]) == 0:
            claim = f"does not change {_share(1.0, count)}"
        else:
            side, share = ("falls", falls) if falls >= rises[k] else ("rises", float(rises[k]))
            claim = f"{side} {_share(share, count)}"
        places = _places(row["high"] - row["low"])
        median, low, high = (f"{row[x]:,.{places}f}".replace("-", "\u2212") for x in ("median", "low", "high"))
        rest = f" ({gone} more have no equilibrium)" if gone else ""
        between = f"{100 * level:g} percent of draws between {low} and {high}"
        texts.append(f"{_subject(values, label)} {claim}{rest}; median {median}, {between}")
    return texts[0] if values.ndim == 1 else pd.Series(texts, index=table.index, name="statement")


def _subject(values: xr.DataArray, row: Any) -> str:
    """Of which number: its row, and the labels that a selection left behind."""
    labels: dict[str, Any] = {}
    if values.ndim > 1:
        labels = dict(zip(map(str, values.dims[1:]), row if isinstance(row, tuple) else (row,)))
    of, at = described({**labels, **chosen_labels(values)})
    name = _WORDS.get(str(values.name), str(values.name))
    return f"{name}{' of ' if of else ''}{', '.join(of)}{' at ' if at else ''}{', '.join(at)}"


def chosen_labels(values: xr.DataArray) -> dict[str, Any]:
    """The labels that a selection left behind, by dimension."""
    return {str(name): coord.values[()] for name, coord in values.coords.items() if not coord.ndim}


def described(labels: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Labels in words: codes as they are, numbers and dates with the names of their dimensions."""
    codes = [str(label) for label in labels.values() if isinstance(label, str)]
    others = [f"{name} {label_text(label)}" for name, label in labels.items() if not isinstance(label, str)]
    return codes, others


def label_text(label: Any) -> str:
    """A code, a number without its rounding, a date without its time."""
    if isinstance(label, tuple):
        return " ".join(map(label_text, label))
    if isinstance(label, (int, float, np.number)):
        return f"{float(label):.6g}"
    return (
        str(np.datetime64(label, "D"))
        if isinstance(label, np.datetime64) or hasattr(label, "to_datetime64")
        else str(label)
    )


def _share(share: float, count: int) -> str:
    """In words, without claiming more than so many draws can say."""
    if share >= 1 - 1e-12:
        return f"in each of {count} draws"
    if share <= 1e-12:
        return f"in none of {count} draws"
    places = 0 if 0.01 <= share <= 0.99 else 1
    text = f"{100 * share:.{places}f}"
    if float(text) >= 100 or float(text) <= 0:
        text = "more than 99.9" if share > 0.5 else "less than 0.1"
    return f"in {text} percent of {count} draws"


def _places(width: float) -> int:
    """Decimals that show where an interval of this width ends: two digits of it."""
    return min(6, max(0, 1 - int(np.floor(np.log10(width))))) if width > 0 else 2
