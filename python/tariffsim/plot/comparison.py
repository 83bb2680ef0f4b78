"""One outcome under several theories: a point for each, over a line of their range."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tariffsim.errors import InvalidInput
from tariffsim.plot import rows, style
from tariffsim.plot.attribution import COLOURS
from tariffsim.plot.trade import largest

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["comparison"]


def comparison(
    table: pd.DataFrame, outcome: str, regions: Iterable[str] | None = None, ax: Axes | None = None, *, title: str | None = None
) -> Axes:
    """A row for each region, a point for each theory; the line is how much of the answer is theory.

    Parameters
    ----------
    table : DataFrame
        From `Comparison.by`: regions in rows, theories in columns, percent.
    outcome : str
        What the numbers are, for the axis.
    regions : iterable of str
        The twelve with the largest outcomes where absent.
    ax : Axes
        Where to draw; a new figure where absent.
    title : str
        "" for none.
    """
    if regions is None:
        chosen = list(largest(table.abs().max(axis=1), min(12, len(table))))
    else:
        chosen = [str(region) for region in regions]
        for region in chosen:
            if region not in table.index:
                raise InvalidInput("regions", f"{region!r} is not in the world", "use codes of its regions")
    shown = table.loc[chosen]
    shown = shown.loc[shown.mean(axis=1).sort_values().index]
    with style.drawing():
        ax, new = style.axes_for(ax, 7.6, rows.height(len(shown), 1.9))
        places = range(len(shown))
        ax.hlines(places, shown.min(axis=1), shown.max(axis=1), color=style.RULE, linewidth=3, zorder=1)
        markers, handles = "oDs^vP*X<>", []
        for number, theory in enumerate(shown.columns):
            look: Any = {"marker": markers[number % len(markers)], "color": COLOURS[number % len(COLOURS)]}
            ax.plot(shown[theory], places, linestyle="none", markersize=5, markeredgewidth=0, zorder=3, **look)
            handles.append(rows.mark(str(theory), **look))
        rows.rows_axis(ax, [str(region) for region in shown.index])
        rows.room(ax, shown.to_numpy().ravel().tolist(), share=0.05)
        style.value_axis(ax, f"change in {outcome}, percent")
        style.legend(ax, handles, columns=3)
        style.footnote(ax, "The same scenario and data; each theory is relative to its own base.", new)
        style.heading(ax, f"How much of {outcome} is theory" if title is None else title, new)
    return ax
