"""Bilateral trade as a matrix: before, after, and the change between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LogNorm

from tariffsim.changes import settled_pct
from tariffsim.errors import InvalidInput
from tariffsim.plot import style
from tariffsim.plot.trade import foreign, pair_flows, sector_codes, sector_label, shocked_markets
from tariffsim.plot.words import Money, short_names

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.labels import FloatArray
    from tariffsim.plot.trade import Selector

    Positions = np.ndarray[Any, np.dtype[np.intp]]

__all__ = ["heat_map"]

_SHOWS = ("before", "after", "change")
_SHADES = 4.0  # decades of the logarithmic scale; smaller flows share its lightest colour
_READABLE = 18  # rows up to which numbers fit into the cells


def heat_map(
    eq: Equilibrium,
    sector: Selector = "goods",
    ax: Axes | None = None,
    *,
    show: str | Sequence[str] = _SHOWS,
    top: int | None = 15,
    limit: float | None = None,
    title: str | None = None,
) -> Any:
    """Trade between regions, exporters in rows and importers in columns; domestic sales are left out.

    Parameters
    ----------
    sector
        A code, a kind, a list of these, or "*". Where the world has no goods, all sectors.
    ax : Axes
        Where to draw, for a single picture; a new figure where absent.
    show : str or sequence of str
        "before" and "after": flows in the world's currency, on one logarithmic scale. "change": percent of the flow before.
        Several are drawn side by side.
    top : int
        The regions with the most trade, and those that the shock hits; all others are summed into one. None: all regions.
    limit : float
        Largest change, in percent, that the classes must span, to give several pictures one scale.
    title : str
        "" for none.

    Returns
    -------
    Axes, or a list of Axes where several are shown

    Raises
    ------
    InvalidInput
        On an unknown sector or an unknown word in `show`.
    NotConverged
        Where there is no result.
    """
    shown = [show] if isinstance(show, str) else list(show)
    for word in shown:
        if word not in _SHOWS:
            raise InvalidInput("show", f"is {word!r}", "use 'before', 'after', 'change', or several of them")
    if ax is not None and len(shown) > 1:
        raise InvalidInput("ax", "holds one picture", f"give show='{shown[-1]}'")
    kinds = eq.observed.sectors["kind"]
    sectors = sector_codes(eq.observed, "*" if sector == "goods" and not (kinds == "goods").any() else sector)
    labels, before, after = _matrix(eq, sectors, top)
    names = short_names(eq.observed, 18 if len(labels) <= 24 else 26)
    what = sector_label(eq.observed, sectors)
    with style.drawing():
        side = max(5.2, 1.9 + 0.25 * len(labels))
        if ax is not None:
            axes, new = [ax], False
        else:
            axes, new = style.new_axes(side * len(shown), side - 0.3, len(shown)), True
        for panel, word in zip(axes, shown):
            if word == "change":
                _change(panel, before, after, limit)
            else:
                _level(panel, before if word == "before" else after, before, after, Money.of(eq.observed), word)
            _label(panel, labels, names)
        default = f"Trade in {what}" if len(shown) > 1 else f"Trade in {what}: {shown[0]}"
        style.heading(axes[0], default if title is None else title, new)
        note = "Others: all other regions together. " if "others" in labels else ""
        style.footnote(axes[0], f"{note}Grey: no trade, or domestic.", new)
    return axes[0] if isinstance(show, str) else axes


def _matrix(eq: Equilibrium, sectors: list[str], top: int | None) -> tuple[list[str], FloatArray, FloatArray]:
    """Labels and flows between regions before and after; NaN for domestic cells and where nothing was ever traded."""
    outside = foreign(eq.observed)
    before, after = (np.where(outside, flow, 0.0) for flow in pair_flows(eq, sectors))
    codes = list(eq._axes.regions)
    if top is not None and top < len(codes) - 1:
        weight = before.sum(axis=0) + before.sum(axis=1)
        for market in shocked_markets(eq):
            hit = [codes.index(code) for code in (market.importer, *market.exporters[:3])]
            weight[hit] += weight.sum()
        order = np.argsort(-weight, kind="stable")
        chosen, rest = order[:top], order[top:]
        before, after = (_merge(flow, chosen, rest) for flow in (before, after))
        labels = [codes[k] for k in chosen] + ["others"]
        # Trade between two of the others stays visible; what is left on the diagonal is one region's own.
        empty = np.eye(len(labels), dtype=bool)
        empty[-1, -1] = False
        domestic = ~np.pad(outside[np.ix_(chosen, chosen)], (0, 1), constant_values=True) | empty
    else:
        order = np.argsort(-(before.sum(axis=0) + before.sum(axis=1)), kind="stable")
        before, after = before[np.ix_(order, order)], after[np.ix_(order, order)]
        labels, domestic = [codes[k] for k in order], ~outside[np.ix_(order, order)]
    nothing = domestic | ((before <= 0) & (after <= 0))
    return labels, np.where(nothing, np.nan, before), np.where(nothing, np.nan, after)


def _merge(flow: FloatArray, chosen: Positions, rest: Positions) -> FloatArray:
    merged = np.zeros((len(chosen) + 1, len(chosen) + 1))
    merged[:-1, :-1] = flow[np.ix_(chosen, chosen)]
    merged[-1, :-1] = flow[np.ix_(rest, chosen)].sum(axis=0)
    merged[:-1, -1] = flow[np.ix_(chosen, rest)].sum(axis=1)
    merged[-1, -1] = flow[np.ix_(rest, rest)].sum()
    return merged


def _level(ax: Axes, flow: FloatArray, before: FloatArray, after: FloatArray, money: Money, word: str) -> None:
    highest = max(float(np.nanmax(x, initial=0.0)) for x in (before, after)) / money.per or 1.0
    lowest = highest / 10**_SHADES
    norm = LogNorm(lowest, highest, clip=True)
    amounts = flow / money.per
    # A flow that ended has no logarithm; it gets the lightest colour and the number 0.
    image = ax.imshow(np.where(amounts == 0, lowest, amounts), cmap=style.SEQUENTIAL, norm=norm)
    _bar(ax, image, f"flows {word}, {money.unit} a year", extend="min")
    _numbers(
        ax,
        amounts,
        norm,
        lambda value: f"{value:.0f}" if value >= 9.5 or value == 0 else f"{value:.1f}" if value >= 0.05 else "~0",
    )


def _change(ax: Axes, before: FloatArray, after: FloatArray, limit: float | None) -> None:
    with np.errstate(divide="ignore", invalid="ignore"):
        change = settled_pct(np.where(before > 0, 100 * (after / before - 1), np.nan))
    edges, norm = style.classes(float(np.nanmax(np.abs(change), initial=0.0)) if limit is None else limit)
    image = ax.imshow(change, cmap=style.DIVERGING, norm=norm)
    _bar(ax, image, "change, percent of the flow before", extend="both", ticks=edges)
    _numbers(ax, change, norm, _percent)


def _percent(value: float) -> str:
    if abs(value) < 9.5:
        text = f"{abs(value):.1f}"
        return text if text == "0.0" else ("\u2212" if value < 0 else "") + text
    return ("\u2212" if value < 0 else "") + f"{abs(value):.0f}"


def _numbers(ax: Axes, values: FloatArray, norm: Any, text: Any) -> None:
    if len(values) > _READABLE:
        return
    image = ax.images[0]
    for row, column in np.argwhere(np.isfinite(values)):
        value = values[row, column]
        red, green, blue, _ = image.cmap(norm(max(value, norm.vmin) if isinstance(norm, LogNorm) else value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
        cell = ax.text(
            column, row, text(value), ha="center", va="center", fontsize=5.8, color="#ffffff" if dark else "#000000"
        )
        cell.set_in_layout(False)  # inside its cell anyhow; the layout is slow with hundreds of texts


def _both(code: str, names: pd.Series[str]) -> str:
    """Name and code in the rows, which explain the codes of the columns."""
    return f"{names[code]}  {code}" if code in names.index and names[code] != code else code


def _bar(ax: Axes, image: Any, label: str, extend: Any, ticks: list[float] | None = None) -> None:
    bar = style.figure_of(ax).colorbar(
        image, ax=ax, orientation="horizontal", fraction=0.04, pad=0.02, aspect=38, extend=extend, ticks=ticks
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=7.5)
    if ticks is not None:
        bar.ax.set_xticklabels([f"{tick:g}".replace("-", "\u2212") for tick in ticks])
    bar.set_label(label, fontsize=8.5)


def _label(ax: Axes, labels: list[str], names: pd.Series[str]) -> None:
    size = 7.5 if len(labels) <= 24 else 6.5
    ax.set_xticks(range(len(labels)), labels, rotation=90, fontsize=size)
    ax.set_yticks(range(len(labels)), [_both(code, names) for code in labels], fontsize=size)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xlabel("importer")
    ax.set_ylabel("exporter")
    ax.tick_params(length=0, pad=2)
    for spine in ax.spines.values():
        spine.set_visible(False)
    end = len(labels) - 0.5
    edges = np.arange(len(labels) + 1) - 0.5
    ax.hlines(edges, -0.5, end, color=style.PAPER, linewidth=0.8)
    ax.vlines(edges, -0.5, end, color=style.PAPER, linewidth=0.8)
