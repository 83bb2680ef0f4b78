"""Regimes: each region's outcome in each of them, and what to expect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.errors import InvalidInput
from tariffsim.plot import rows, style
from tariffsim.plot.attribution import COLOURS
from tariffsim.plot.trade import largest
from tariffsim.plot.uncertainty import outcome_label
from tariffsim.plot.words import short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.regimes import Regimes

__all__ = ["regimes"]

_MARKERS = "osDv^P*X<>"


def regimes(
    of: Regimes,
    outcome: str = "real_income_pct",
    regions: Iterable[str] | None = None,
    ax: Axes | None = None,
    *,
    title: str | None = None,
) -> Axes:
    """A row for each region: a mark for each regime, as large as it is probable, and a bar at the expected outcome.

    With samples the marks are means over the draws, and a thin line around each holds nine tenths of them. A hollow ring is the
    outcome at the mean tariff, where that can be computed: not what to expect.

    Parameters
    ----------
    of : Regimes
    outcome : str
        By region.
    regions : iterable of str
        The twelve with the largest outcomes where absent.
    ax : Axes
        Where to draw; a new figure where absent.
    title : str
        "" for none.
    """
    values = of.outcome(outcome)
    if "region" not in values.dims or values.ndim != (2 if of.samples is None else 3):
        raise InvalidInput("regimes: outcome", f"{outcome!r} is not by region", 'use one such as "real_income_pct"')
    table = values.to_pandas() if of.samples is None else None
    means = of._over_draws(values.values)
    codes = [str(code) for code in values["region"].values]
    summary = of.summary(outcome)
    if regions is None:
        spread = type(summary["expected"])(np.abs(means).max(axis=0), index=summary.index)
        chosen = list(largest(spread, min(12, len(codes))))
    else:
        chosen = [str(region) for region in regions]
        for region in chosen:
            if region not in codes:
                raise InvalidInput("regions", f"{region!r} is not in the world", "use codes of its regions")
    shown = summary.loc[chosen].sort_values("expected", ascending=False, kind="stable")
    at = [codes.index(str(region)) for region in shown.index]
    names = short_names(of.world, 24)
    probabilities = of.probabilities
    with style.drawing():
        ax, new = style.axes_for(ax, 7.0, rows.height(len(shown), 1.95) + 0.05 * len(shown))
        places = np.arange(len(shown))
        ax.hlines(places, means[:, at].min(axis=0), means[:, at].max(axis=0), color=style.RULE, linewidth=2.4, zorder=1)
        handles, reach = [], [*means[:, at].ravel()]
        for k, (name, probability) in enumerate(probabilities.items()):
            colour, marker = COLOURS[k % len(COLOURS)], _MARKERS[k % len(_MARKERS)]
            if table is None:
                low, high = (_quantile(of, values.values[k], tail)[at] for tail in (0.05, 0.95))
                ax.hlines(places + _shift(k, len(probabilities)), low, high, color=colour, linewidth=0.9, zorder=2)
                reach += [*low, *high]
            size = 14 + 90 * float(probability)
            ax.scatter(
                means[k, at],
                places + (0 if table is not None else _shift(k, len(probabilities))),
                s=size,
                marker=marker,
                color=colour,
                linewidths=0,
                zorder=3,
            )
            handles.append(rows.mark(f"{name}, {100 * probability:.3g}%", marker=marker, color=colour))
        ax.plot(shown["expected"], places, "|", color=style.INK, markersize=13, markeredgewidth=2.0, zorder=5)
        handles.append(rows.mark("expected", marker="|", color=style.INK, markeredgewidth=2.0))
        if "at_mean_tariff" in shown:
            look: Any = {"markerfacecolor": "none", "markeredgecolor": style.INK}
            ax.plot(shown["at_mean_tariff"], places, "o", markersize=6.5, markeredgewidth=0.9, zorder=4, **look)
            handles.append(rows.mark("at the mean tariff (not expected)", marker="o", **look))
        rows.rows_axis(ax, [str(names[code]) for code in shown.index])
        rows.room(ax, reach, share=0.04)
        style.value_axis(ax, outcome_label(outcome))
        style.legend(ax, handles, columns=2)
        draws = "" if of.samples is None else f" Means of {len(of.samples)} draws; thin lines hold 90 percent of them."
        style.footnote(ax, f"Marks are as large as their regime is probable.{draws}", new)
        style.heading(ax, "What to expect, and what to fear" if title is None else title, new)
    return ax


def _shift(k: int, count: int) -> float:
    """So that the lines of several regimes do not cover each other."""
    return 0.0 if count == 1 else 0.24 * (2 * k / (count - 1) - 1)


def _quantile(of: Regimes, values: Any, p: float) -> Any:
    from tariffsim.weighted import Draws

    assert of.samples is not None
    return Draws("draw", of.samples.weights).quantiles(values, np.array([p]))[0]
