"""What draws say: a fan along an axis, intervals in rows, a histogram, and how an estimate settles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.changes import NOTHING, places_for
from tariffsim.errors import InvalidInput
from tariffsim.plot import rows, style
from tariffsim.plot.trade import largest
from tariffsim.plot.words import percent, signed
from tariffsim.statements import chosen_labels, described, label_text

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

    from tariffsim.uncertainty import Uncertainty

__all__ = ["convergence", "fan", "histogram", "intervals", "outcome_label"]

# Bands of a fan, from the widest; the line in the middle.
_BANDS = ["#d5e5f0", "#a5cbe4", "#5fa5d1"]
_MIDDLE = "#023858"
_MINUS = "\u2212"
_LABELS = {
    "real_income_pct": "change in real income, percent",
    "welfare_pct": "change in welfare, percent",
    "real_wage_pct": "change in the real wage, percent",
}


def outcome_label(outcome: str) -> str:
    """What the numbers of an outcome are."""
    name, bracket, labels = outcome.partition("[")
    label = _LABELS.get(name, name.replace("_", " "))
    if not bracket:
        return label
    what, comma, unit = label.partition(", ")
    return f"{what}, {labels.rstrip(']').replace('->', ' to ')}{comma}{unit}"


def fan(
    of: Uncertainty, x: str, ax: Axes | None = None, *, levels: tuple[float, ...] = (0.9, 0.5), title: str | None = None
) -> Axes:
    """A fan chart: the median along an axis of the sweep, and around it the bands that hold so much of the draws.

    Parameters
    ----------
    of : Uncertainty
        Of one outcome, with no dimension but `x`: u["real_income_pct"].sel(region="CHN").
    x : str
        Such as "rate" or "date".
    ax : Axes
        Where to draw; a new figure where absent.
    levels : tuple of float
        Shares of the draws in the bands, at most three.
    title : str
        "" for none.
    """
    if not 1 <= len(levels) <= len(_BANDS) or not all(0 < level < 1 for level in levels):
        raise InvalidInput(
            "fan: levels", f"is {levels}", "give one to three shares between 0 and 1, such as (0.9, 0.5)"
        )
    values = _outcome(of)
    if x not in values.dims or values.ndim != 2:
        have = ", ".join(str(d) for d in values.dims[1:]) or "no dimension but the draws"
        raise InvalidInput(
            "fan: x", f"the outcome has {have}", f"choose the others: .sel(…).fan({have.split(', ')[0]!r})"
        )
    wide = sorted(levels, reverse=True)
    tails = [(1 - level) / 2 for level in wide]
    found = np.asarray(of.quantiles([*tails, 0.5, *(1 - tail for tail in reversed(tails))]))
    middle = found[len(wide)]
    at = values[x].values if x in values.coords else np.arange(values.sizes[x])
    days = at.dtype.kind == "M"
    if days:  # a policy holds until the next day, so the last one is drawn for a month
        at = np.append(at, at[-1] + np.timedelta64(30, "D"))
        found = np.concatenate([found, found[:, -1:]], axis=1)
        middle = found[len(wide)]
    step: Any = {"step": "post"} if days else {}
    with style.drawing():
        ax, new = style.axes_for(ax, 6.4, 3.9)
        handles = []
        for k, level in enumerate(wide):
            ax.fill_between(at, found[k], found[-1 - k], color=_BANDS[k], linewidth=0, zorder=2 + k, **step)
            handles.append(rows.mark(f"{100 * level:g} percent of draws", facecolor=_BANDS[k]))
        ax.plot(at, middle, color=_MIDDLE, linewidth=1.6, zorder=6, drawstyle="steps-post" if days else "default")
        handles.append(_line("median", _MIDDLE))
        ax.axhline(0, color=style.MUTED, linewidth=0.9, zorder=5)
        ax.margins(x=0)
        ax.grid(axis="y", zorder=0)
        ax.tick_params(length=0)
        ax.set_xlabel(x)
        if days:
            _dates(ax.xaxis)
        ax.set_ylabel(outcome_label(str(values.name)))
        _large_numbers(ax.yaxis)
        style.legend(ax, handles, columns=4)
        style.footnote(ax, _note(of), new)
        style.heading(ax, f"{_subject(values)}, by {x}" if title is None else title, new)
    return ax


def intervals(
    of: Uncertainty, ax: Axes | None = None, *, level: float = 0.9, top: int | None = 15, title: str | None = None
) -> Axes:
    """A row for each label: its median, the interval that holds half of the draws (thick) and that of `level` (thin).

    Blue where the whole interval is a gain, orange where it is a loss, grey where the draws do not agree on the sign; behind it
    the share of draws with the sign of the median.

    Parameters
    ----------
    of : Uncertainty
        Of one outcome by one label, such as its region.
    ax : Axes
        Where to draw; a new figure where absent.
    level : float
    top : int
        Only so many rows, those with the largest medians; all with None.
    title : str
        "" for none.
    """
    values = _outcome(of)
    if values.ndim != 2:
        raise InvalidInput(
            "intervals", f"the outcome has {values.ndim - 1} dimensions", "choose labels until one is left: .sel(…)"
        )
    tail = (1 - level) / 2
    if not 0 < tail < 0.5:
        raise InvalidInput("intervals: level", f"is {level}", "give a share between 0 and 1, such as 0.9")
    table = of.table(level)
    table["q1"], table["q3"] = np.asarray(of.quantiles([0.25, 0.75]))
    table["above_zero"] = np.asarray(of.probability(f"> {NOTHING}"))
    chosen = table.index if top is None or top >= len(table) else largest(table["median"].abs(), top)
    shown = table.loc[chosen].sort_values("median", ascending=False, kind="stable")
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH + 0.4, rows.height(len(shown), 1.6))
        for place, (_, row) in enumerate(shown.iterrows()):
            colour = style.GAIN if row["low"] > NOTHING else style.LOSS if row["high"] < -NOTHING else style.MUTED
            ax.plot(
                [row["low"], row["high"]], [place, place], color=colour, linewidth=1.1, solid_capstyle="butt", zorder=2
            )
            ax.plot([row["q1"], row["q3"]], [place, place], color=colour, linewidth=4, solid_capstyle="butt", zorder=3)
            look: Any = {"markerfacecolor": style.PAPER, "markeredgecolor": colour}
            ax.plot(row["median"], place, "o", markersize=4.2, markeredgewidth=1.3, zorder=4, **look)
            falls = row["below_zero"] >= row["above_zero"]
            share = row["below_zero"] if falls else row["above_zero"]
            text = f"{_MINUS if falls else '+'} in {_rounded(float(share))}" if share > 0 else "no change"
            ax.annotate(
                text,
                (1.0, place),
                xycoords=("axes fraction", "data"),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
                color=style.INK,
            )
        rows.rows_axis(ax, [label_text(key) for key in shown.index])
        rows.room(ax, [*shown["low"], *shown["high"]], share=0.04)
        style.value_axis(ax, outcome_label(str(values.name)))
        _large_numbers(ax.xaxis)
        handles = [
            _line(f"{100 * level:g} percent of draws", style.MUTED, 1.1),
            _line("half of the draws", style.MUTED, 4),
        ]
        handles.append(rows.mark("median", marker="o", markerfacecolor=style.PAPER, markeredgecolor=style.MUTED))
        style.legend(ax, handles, columns=3)
        hidden = len(table) - len(shown)
        rest = f" The other {hidden} have smaller medians." if hidden else ""
        style.footnote(ax, f"On the right the share of draws with the sign of the median. {_note(of)}{rest}", new)
        style.heading(
            ax, f"How sure is the {_subject(values)[0].lower()}{_subject(values)[1:]}?" if title is None else title, new
        )
    return ax


def histogram(of: Uncertainty, ax: Axes | None = None, *, bins: int | None = None, title: str | None = None) -> Axes:
    """The draws of one number: how much of them lies in each class, orange below zero and blue above; a line at the median.

    Parameters
    ----------
    of : Uncertainty
        Of one number: u["real_income_pct"].sel(region="CHN").
    ax : Axes
        Where to draw; a new figure where absent.
    bins : int
        Number of classes; from the number of draws where absent.
    title : str
        "" for none.
    """
    values = _outcome(of)
    if values.ndim != 1:
        have = ", ".join(str(d) for d in values.dims[1:])
        raise InvalidInput("histogram", f"the outcome still has {have}", "choose one number: .sel(…)")
    of._draws.require_draws("histogram")
    numbers = values.values.astype(float)
    shares = of._draws.shares(numbers)
    kept = np.isfinite(numbers)
    numbers, shares = numbers[kept], shares[kept]
    low, high = float(numbers.min()), float(numbers.max())
    if high - low <= 1e-9 * max(1.0, abs(low), abs(high)):
        low, high = low - 0.5, high + 0.5
    count = bins if bins is not None else int(min(40, max(8, round(2 * len(numbers) ** (1 / 3)))))
    step = (high - low) / count
    # Zero lies between two classes, where it is inside.
    edges = (
        np.arange(np.floor(low / step), np.ceil(high / step) + 1) * step
        if low < 0 < high
        else np.linspace(low, high, count + 1)
    )
    heights = 100 * np.histogram(numbers, edges, weights=shares)[0]
    with style.drawing():
        ax, new = style.axes_for(ax, 5.6, 3.4)
        middles = (edges[:-1] + edges[1:]) / 2
        ax.bar(
            middles,
            heights,
            width=0.94 * np.diff(edges),
            color=[style.LOSS if m < 0 else style.GAIN for m in middles],
            zorder=2,
        )
        median = float(np.asarray(of.quantiles([0.5])).item())
        ax.axvline(median, color=style.INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=3)
        places = places_for(_series(numbers))
        right = median > (low + high) / 2
        ax.annotate(
            f"median {percent(median, places)}",
            (median, 1.0),
            xycoords=("data", "axes fraction"),
            fontsize=7.5,
            xytext=(-4 if right else 4, -3),
            textcoords="offset points",
            ha="right" if right else "left",
            va="top",
            color=style.INK,
        )
        if low < 0 < high:
            ax.axvline(0, color=style.MUTED, linewidth=0.9, zorder=2.5)
        ax.set_ylim(0, 1.16 * float(heights.max()))
        ax.set_xlabel(outcome_label(str(values.name)))
        _large_numbers(ax.xaxis)
        ax.set_ylabel("percent of draws")
        ax.grid(axis="y")
        ax.tick_params(length=0)
        style.footnote(ax, _note(of), new)
        style.heading(ax, _subject(values) if title is None else title, new)
    return ax


def convergence(of: xr.Dataset, ax: Axes | None = None, *, title: str | None = None) -> Axes:
    """An estimate from more and more draws, with two standard errors to either side.

    Parameters
    ----------
    of : Dataset
        From `Uncertainty.convergence`, of one number.
    ax : Axes
        Where to draw; a new figure where absent.
    title : str
        "" for none.
    """
    if of["estimate"].ndim != 1:
        have = ", ".join(str(d) for d in of["estimate"].dims[1:])
        raise InvalidInput("convergence", f"the estimate still has {have}", "choose one number: .sel(…)")
    draws, estimate, error = (of[name].values for name in ("draws", "estimate", "standard_error"))
    with style.drawing():
        ax, new = style.axes_for(ax, 5.6, 3.2)
        ax.fill_between(draws, estimate - 2 * error, estimate + 2 * error, color=_BANDS[0], linewidth=0)
        ax.axhline(estimate[-1], color=style.MUTED, linewidth=0.9, linestyle=":")
        ax.plot(draws, estimate, "o-", color=_MIDDLE, markersize=3.5, linewidth=1.4)
        ax.set_xscale("log", base=2)
        ticks = draws[::-2]  # halvings of all
        ax.set_xticks(ticks, [f"{n:,}" for n in ticks])
        ax.minorticks_off()
        ax.set_xlabel("draws")
        what = of.attrs["statistic"]
        what = f"share of draws {what}" if what not in ("mean", "sd") else f"{what} of the draws"
        ax.set_ylabel(f"{what}\n{outcome_label(of.attrs['outcome'])}")
        _large_numbers(ax.yaxis)
        ax.grid(axis="y")
        ax.tick_params(length=0)
        style.legend(ax, [_line("estimate", _MIDDLE), rows.mark("two standard errors", facecolor=_BANDS[0])])
        last = f"With all draws {signed(float(estimate[-1]), 4)}, standard error {float(error[-1]):.1g}."
        style.footnote(ax, last, new)
        style.heading(ax, "How the estimate settles" if title is None else title, new)
    return ax


def _outcome(of: Uncertainty) -> xr.DataArray:
    return of._one()


def _subject(values: xr.DataArray) -> str:
    """The name of what is shown, with the labels that were chosen."""
    codes, others = described(chosen_labels(values))
    chosen = [*codes, *others]
    name = outcome_label(str(values.name)).removesuffix(", percent")
    name = name[:1].upper() + name[1:]
    return f"{name}, {', '.join(chosen)}" if chosen else name


def _note(of: Uncertainty) -> str:
    count = of.draws.sizes[of._draws.dim]
    rest = f" {of.missing} without an equilibrium are left out." if of.missing else ""
    return f"{count} draws.{rest}"


def _rounded(share: float) -> str:
    """A share in percent that is 100 only where it is all."""
    if share >= 1 - 1e-12:
        return "100%"
    return f"{min(99, round(100 * share))}%" if share >= 0.01 else "<1%"


def _dates(axis: Any) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator: Any = AutoDateLocator(maxticks=9)
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator))


def _large_numbers(axis: Any) -> None:
    """Thousands apart instead of a power of ten in the corner."""
    low, high = axis.get_view_interval()
    if max(abs(low), abs(high)) >= 1e4:
        axis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace("-", _MINUS))


def _line(label: str, colour: str, width: float = 1.6) -> Any:
    from matplotlib.lines import Line2D

    return Line2D([], [], color=colour, linewidth=width, label=label)


def _series(numbers: Any) -> Any:
    import pandas as pd

    return pd.Series(numbers)
