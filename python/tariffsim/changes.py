"""What counts as a change: one rule for counts, tables and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.labels import FloatArray

__all__ = ["NOTHING", "Sides", "places_for", "settled", "settled_pct", "sides"]

#: Percent. Solves end at a relative residual of 1e-10, so what is smaller is rounding; the command line counts alike.
NOTHING = 5e-7


class Sides(NamedTuple):
    """Values by the side on which they lie; together they are all values."""

    losers: pd.Series[float]  # the largest loss first
    gainers: pd.Series[float]  # the largest gain first
    unchanged: pd.Series[float]


def sides(pct: pd.Series[float]) -> Sides:
    """Who loses, who gains and who neither, from changes in percent."""
    ranked = pct.sort_values(kind="stable")
    down, up = ranked < -NOTHING, ranked > NOTHING
    gainers = ranked[up].sort_values(ascending=False, kind="stable")
    return Sides(ranked[down], gainers, ranked[~down & ~up])


def places_for(pct: pd.Series[float]) -> int:
    """Decimals that show changes in percent: two, or more where even the largest of them is small."""
    largest = float(pct.abs().max())
    return 2 if largest >= 0.095 or largest <= NOTHING else 4 if largest >= 0.00095 else 7


def settled_pct(pct: Any) -> Any:
    """Changes in percent (array, Series or frame), exactly zero where they are none; what is no number stays."""
    small = np.abs(pct) <= NOTHING
    return np.where(small, 0.0, pct) if isinstance(pct, np.ndarray) else pct.mask(small, 0.0)


def settled(before: FloatArray, after: FloatArray) -> FloatArray:
    """Amounts after, exactly those before where the two differ by rounding only."""
    size = np.maximum(np.abs(before), np.abs(after))
    result: FloatArray = np.where(np.abs(after - before) <= NOTHING / 100 * size, before, after)
    return result
