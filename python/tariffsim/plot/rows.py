"""Bars and dots in labelled rows, which most pictures are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.plot import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ROW", "WIDTH", "bars", "dumbbells", "height", "label_values", "mark", "room", "rows_axis"]

ROW = 0.19  # inches
WIDTH = 5.8


def height(rows: int, extra: float = 1.1) -> float:
    """Height of a figure with so many rows, in inches."""
    return extra + ROW * max(rows, 3)


def bars(
    ax: Axes, values: Sequence[float], colors: Sequence[str] | None = None, hatched: Sequence[bool] | None = None
) -> None:
    """One bar a row from zero, blue to the right and orange to the left; no bar where the value is no number."""
    array = np.asarray(values, dtype=float)
    colors = colors if colors is not None else [style.GAIN if value >= 0 else style.LOSS for value in array]
    shown = [int(row) for row in np.flatnonzero(np.isfinite(array))]
    drawn = ax.barh(shown, array[shown], height=0.72, color=[colors[row] for row in shown])
    for bar, row in zip(drawn, shown):
        if hatched is not None and hatched[row]:
            bar.set_hatch("////")
            bar.set_edgecolor(style.PAPER)
            bar.set_linewidth(0)


def label_values(ax: Axes, values: Sequence[float], texts: Sequence[str], reach: Sequence[float] | None = None) -> None:
    """Text outside the end of each bar, and behind a mark at `reach` that would lie under it."""
    gap = 3 if reach is None else 5
    marks = [np.nan] * len(values) if reach is None else reach
    finite = [value for value in [*values, *marks] if np.isfinite(value)]
    letters = 0.16 * (max([0.0, *finite]) - min([0.0, *finite]))
    for row, (value, mark, text) in enumerate(zip(values, marks, texts)):
        end = value if np.isfinite(value) else 0.0
        beyond = mark - end if end >= 0 else end - mark
        if 0 < beyond < letters:
            end = mark
        left = end < 0
        ax.annotate(
            text,
            (end, row),
            xytext=(-gap if left else gap, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            fontsize=7.5,
            color=style.INK if np.isfinite(value) else style.MUTED,
        )


def room(
    ax: Axes,
    values: Sequence[float],
    limit: tuple[float, float] | None = None,
    share: float = 0.16,
    left: float | None = None,
) -> None:
    """Horizontal limits that leave room for the labels on the sides that have bars; -1 to 1 where there are none."""
    finite = [value for value in values if np.isfinite(value)]
    low, high = limit if limit is not None else (min([0.0, *finite]), max([0.0, *finite]))
    if low == high:
        ax.set_xlim(-1.0, 1.0)
        return
    span = high - low
    ax.set_xlim(
        low - ((share if left is None else left) if low < 0 else 0.02) * span,
        high + (share if high > 0 else 0.02) * span,
    )


def rows_axis(ax: Axes, labels: list[str]) -> None:
    """Row labels, the first row at the top."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)


def dumbbells(
    ax: Axes, before: Sequence[float], after: Sequence[float], colors: Sequence[str], hollow: str = style.BEFORE
) -> None:
    """A hollow mark, a filled mark and the line between them in each row; nothing where either is no number."""
    for row, (start, end, color) in enumerate(zip(before, after, colors)):
        if not (np.isfinite(start) and np.isfinite(end)):
            continue
        ax.plot([start, end], [row, row], color=color, linewidth=1.6, solid_capstyle="butt", zorder=2)
        ax.plot(
            start,
            row,
            "o",
            markersize=5,
            markerfacecolor=style.PAPER,
            markeredgecolor=hollow,
            markeredgewidth=1.4,
            zorder=3,
        )
        ax.plot(end, row, "o", markersize=5, color=color, zorder=4)


def mark(label: str, **look: Any) -> Any:
    """A legend entry for a mark or a bar."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if "facecolor" in look:
        return Patch(label=label, **look)
    return Line2D([], [], linestyle="none", markersize=5.5, label=label, **look)
