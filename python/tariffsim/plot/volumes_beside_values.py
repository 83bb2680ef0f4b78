"""Volumes beside values: how much of a change in trade is quantity, and how much is price."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tariffsim.changes import settled_pct
from tariffsim.plot import rows, style
from tariffsim.plot.trade import (
    foreign,
    largest,
    pair_flows,
    pair_volumes,
    region_code,
    sector_codes,
    sector_label,
    shocked_markets,
)
from tariffsim.plot.words import short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.plot.trade import Selector

__all__ = ["trade_volumes", "volumes_beside_values"]


def trade_volumes(eq: Equilibrium, sector: Selector = "*") -> pd.DataFrame:
    """Exports and imports of every region: base, and the changes of value and volume in percent.

    Values are at the numeraire. Volumes are at base prices (Laspeyres), so value and volume differ by the prices' change.
    NaN where there is no trade in the base.
    """
    sectors = sector_codes(eq.observed, sector)
    outside = foreign(eq.observed)
    before, after = (np.where(outside, flow, 0.0) for flow in pair_flows(eq, sectors))
    volume = np.where(outside, pair_volumes(eq, sectors), 0.0)
    columns = {}
    for name, axis in (("exports", 1), ("imports", 0)):
        base = before.sum(axis=axis)
        columns[f"{name}_base"] = base
        for kind, now in (("value", after), ("volume", volume)):
            columns[f"{name}_{kind}_pct"] = _percent(base, now.sum(axis=axis))
    return pd.DataFrame(columns, index=eq._axes.regions)


def volumes_beside_values(
    eq: Equilibrium,
    importer: str | None = None,
    sector: Selector = "*",
    ax: Axes | None = None,
    *,
    top: int = 14,
    title: str | None = None,
) -> Any:
    """Changes of trade in value and in volume, percent.

    Parameters
    ----------
    importer : str
        Shows what this market buys from each partner. Where absent, the exports and the imports of the regions whose trade
        changes most, in two panels.
    sector
        A code, a kind, a list of these, or "*".
    ax : Axes
        Where to draw, for one importer; a new figure where absent.
    top : int
        Rows shown.
    title : str
        "" for none.

    Returns
    -------
    Axes, or a list of two Axes where `importer` is absent

    Raises
    ------
    InvalidInput
        On an unknown region or sector.
    NotConverged
        Where there is no result.
    """
    sectors = sector_codes(eq.observed, sector)
    if importer is not None:
        return _one_market(eq, region_code(eq.observed, importer, "importer"), sectors, ax, top, title)
    table = trade_volumes(eq, sectors)
    moved = (table["exports_base"] * table["exports_value_pct"]).abs() + (
        table["imports_base"] * table["imports_value_pct"]
    ).abs()
    moved = moved.fillna(0.0)
    for market in shocked_markets(eq):
        moved[[market.importer, *market.exporters[:3]]] += moved.sum()
    shown = table.loc[largest(moved, top)]
    names = short_names(eq.observed, 20)
    with style.drawing():
        axes = style.new_axes(rows.WIDTH, rows.height(len(shown), 1.25), 2, sharey=True, sharex=True)
        nothing = not shown.filter(like="_pct").any(axis=None)
        for panel, flow in zip(axes, ("exports", "imports")):
            _dots(panel, shown[f"{flow}_value_pct"], shown[f"{flow}_volume_pct"], f"{flow}, percent", nothing)
        rows.rows_axis(axes[0], [str(names[code]) for code in shown.index])
        _key(axes[0])
        what = sector_label(eq.observed, sectors)
        style.heading(axes[0], f"Trade in {what}: volumes beside values" if title is None else title, True)
    return axes


def _one_market(
    eq: Equilibrium, importer: str, sectors: list[str], ax: Axes | None, top: int, title: str | None
) -> Axes:
    n = eq._axes.regions.get_loc(importer)
    outside = foreign(eq.observed)[:, n]
    before, after = (flow[:, n] for flow in pair_flows(eq, sectors))
    volume = pair_volumes(eq, sectors)[:, n]
    table = pd.DataFrame(
        {"base": before, "value": _percent(before, after), "volume": _percent(before, volume)}, index=eq._axes.regions
    )[outside & (before > 0)]
    shown = table.loc[largest((table["base"] * table["value"]).abs(), top)]
    names = short_names(eq.observed, 20)
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH, rows.height(len(shown), 1.25))
        nothing = not shown[["value", "volume"]].any(axis=None)
        _dots(ax, shown["value"], shown["volume"], "change of purchases by seller, percent", nothing)
        rows.rows_axis(ax, [str(names[code]) for code in shown.index])
        _key(ax)
        what = sector_label(eq.observed, sectors)
        style.heading(ax, f"{names[importer]}, {what}: volumes beside values" if title is None else title, new)
    return ax


def _dots(ax: Axes, value: pd.Series[float], volume: pd.Series[float], label: str, nothing: bool) -> None:
    rows.dumbbells(ax, value.tolist(), volume.tolist(), [style.AFTER] * len(value), hollow=style.LOSS)
    style.value_axis(ax, f"{label}: no change" if nothing else label)
    if nothing:
        ax.set_xlim(-1.0, 1.0)
    else:
        ax.margins(x=0.08)


def _key(ax: Axes) -> None:
    style.legend(
        ax,
        [
            rows.mark("volume", marker="o", color=style.AFTER),
            rows.mark(
                "value", marker="o", markerfacecolor=style.PAPER, markeredgecolor=style.LOSS, markeredgewidth=1.4
            ),
        ],
    )


def _percent(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    result = np.full_like(before, np.nan)
    np.divide(after, before, out=result, where=before > 0)
    percent: np.ndarray[Any, Any] = settled_pct(100 * (result - 1))
    return percent
