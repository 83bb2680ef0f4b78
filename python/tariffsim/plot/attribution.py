"""What each law or country did to an outcome: bars stacked by player."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.plot import rows, style
from tariffsim.plot.trade import largest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["COLOURS", "attribution"]

# After Okabe and Ito.
COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f2704", "#5a6672", "#b8b000", "#44307a"]


def attribution(table: pd.DataFrame, ax: Axes | None = None, *, top: int | None = 15, title: str | None = None) -> Axes:
    """Bars of an outcome's parts by player, gains to the right and losses to the left of zero; a diamond at their sum.

    Parameters
    ----------
    table : DataFrame
        From `attribute_outcome`.
    ax : Axes
        Where to draw; a new figure where absent.
    top : int
        Only so many rows, those with the largest parts; all with None.
    title : str
        "" for none.
    """
    parts, total = table.drop(columns="total"), table["total"]
    size = parts.abs().sum(axis=1)
    chosen = size.index if top is None or top >= len(size) else largest(size, top)
    parts, total = parts.loc[chosen], total.loc[chosen]
    with style.drawing():
        ax, new = style.axes_for(ax, 8.6, rows.height(len(parts), 1.9))
        low, high = np.zeros(len(parts)), np.zeros(len(parts))
        handles = []
        for number, player in enumerate(parts.columns):
            values = parts[player].to_numpy()
            start = np.where(values >= 0, high, low)
            colour = COLOURS[number % len(COLOURS)]
            ax.barh(range(len(parts)), values, left=start, height=0.72, color=colour, linewidth=0)
            high, low = high + np.maximum(values, 0), low + np.minimum(values, 0)
            handles.append(rows.mark(str(player), facecolor=colour))
        look: Any = {"marker": "D", "markerfacecolor": style.PAPER, "markeredgecolor": style.INK}
        ax.plot(total, range(len(parts)), linestyle="none", markersize=4, markeredgewidth=0.9, **look)
        handles.append(rows.mark("sum", **look))
        rows.rows_axis(ax, [" ".join(map(str, key)) if isinstance(key, tuple) else str(key) for key in parts.index])
        rows.room(ax, [*low, *high], share=0.03)
        style.value_axis(ax, str(table.attrs.get("outcome", "outcome")))
        style.legend(ax, handles, columns=3)
        note = "Shapley values: what each adds, averaged over all orders in which they could have come."
        style.footnote(ax, note, new)
        default = f"{table.attrs.get('scenario', 'Parts')} on {table.attrs.get('date', 'one day')}, by {parts.columns.name}"
        style.heading(ax, default if title is None else title, new)
    return ax
