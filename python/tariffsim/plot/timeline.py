"""A policy day by day: steps stacked by law, and what an economy makes of them."""

from __future__ import annotations

import datetime
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.plot import style
from tariffsim.plot.words import short_names

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from tariffsim.path import Path
    from tariffsim.timeline import Timeline

__all__ = ["path", "timeline"]

# After Okabe and Ito; the normal duty lies at the bottom, in grey.
_COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f2704", "#5a6672"]
_LAST_STEP = datetime.timedelta(days=30)  # so that what begins on the last day can be seen
_NAMED = 12  # events
_VISIBLE = 1e-4  # change of a rate below which there is nothing to see
_CLOSE = 16  # days between numbers that would overlap


def timeline(line: Timeline, ax: Axes | None = None, *, title: str | None = None) -> Axes:
    """The mean tariff on goods as steps, stacked by authority, with the largest changes named.

    Parameters
    ----------
    line : Timeline
        From `Scenario.timeline`.
    ax : Axes
        Where to draw; a new figure where absent.
    title : str
        "" for none.
    """
    parts = 100 * line.by_authority
    pair = f"{line.importer} from {line.exporter}" if line.exporter else f"{line.importer}, all partners"
    with style.drawing():
        ax, new = style.axes_for(ax, 8.6, 4.9)
        stack(ax, parts)
        events = name_events(ax, line.table["event"], line.table["change"].abs())
        style.footnote(ax, f"Duties over imports of goods, at the {line.of}.\n{events}", new)
        style.heading(ax, f"Tariffs of {pair}, by law" if title is None else title, new)
    return ax


def stack(ax: Axes, parts: pd.DataFrame) -> None:
    """Columns of a table by date as stacked steps."""
    days = [*parts.index, parts.index[-1] + _LAST_STEP]
    order = ["normal duty", *[name for name in parts.columns if name != "normal duty"]]
    low = np.zeros(len(days))
    handles = []
    for number, name in enumerate(order):
        colour = style.BEFORE if number == 0 else _COLOURS[(number - 1) % len(_COLOURS)]
        values = parts[name].to_numpy() if name in parts else np.zeros(len(parts))
        high = low + np.append(values, values[-1])
        handles.append(ax.fill_between(days, low, high, step="post", color=colour, linewidth=0, label=name))
        low = high
    ax.set_ylim(0, 1.28 * float(low.max()) or 1)
    ax.set_xlim(days[0], days[-1])
    ax.set_ylabel("percent")
    ax.grid(axis="y")
    ax.tick_params(length=0)
    style.legend(ax, handles, columns=3)


def name_events(ax: Axes, events: pd.Series[str], size: pd.Series[float]) -> str:
    """Numbers the events of the largest changes above the steps; the lines that say what they are."""
    named = sorted(size[(events != "") & (size > _VISIBLE)].nlargest(_NAMED).index)
    top = ax.get_ylim()[1]
    last, row = None, 0
    for number, day in enumerate(named, start=1):
        row = row + 1 if last is not None and (day - last).days < _CLOSE else 0
        ax.axvline(day, color=style.MUTED, linewidth=0.6, linestyle=":")
        ax.annotate(
            str(number),
            (day, top * (0.98 - 0.065 * row)),
            xytext=(3, 0),
            textcoords="offset points",
            fontsize=7.5,
            fontweight="bold",
            va="top",
            color=style.INK,
        )
        last = day
    texts = [f"{number}  {day:%-d %b %Y}: {events[day]}." for number, day in enumerate(named, start=1)]
    return "\n".join(textwrap.wrap("   ".join(texts), 150))


def path(
    line: Path, ax: Axes | None = None, *, regions: list[str] | None = None, title: str | None = None, **_: Any
) -> Axes:
    """Real income of some regions day by day, percent of the base.

    Parameters
    ----------
    line : Path
        From `solve_path`.
    regions : list of str
        Codes; those that move most where absent.
    """
    table = line.real_income_pct
    chosen = regions or list(table.abs().max().nlargest(6).index)
    days = [*table.index, table.index[-1] + _LAST_STEP]
    names = short_names(next(iter(line)).observed, 18)
    with style.drawing():
        ax, new = style.axes_for(ax, 8.6, 4.0)
        for number, region in enumerate(chosen):
            values = table[region].to_numpy()
            ax.step(days, np.append(values, values[-1]), where="post", color=_COLOURS[number % len(_COLOURS)],
                    label=names[region], linewidth=1.6)
        ax.axhline(0, color=style.MUTED, linewidth=0.9)
        ax.set_xlim(days[0], days[-1])
        ax.set_ylabel("real income, percent")
        ax.grid(axis="y")
        ax.tick_params(length=0)
        style.legend(ax, ax.get_legend_handles_labels()[0], columns=6)
        style.footnote(ax, "Each day is a long-run equilibrium of its own, relative to the same base.", new)
        style.heading(ax, f"Real income day by day: {line.scenario.title}" if title is None else title, new)
    return ax
