"""Tariffs as declared and as paid, before and after buyers turn elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tariffsim.plot import rows, style
from tariffsim.plot.trade import default_market, foreign, positions, sector_label, shocked_markets
from tariffsim.plot.words import percent, short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium

__all__ = ["market_tariff", "rate_texts", "tariff_change", "tariff_rows"]

_LOOKS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("base", "base", {"marker": "|", "color": style.BEFORE, "markeredgewidth": 2.2, "markersize": 9}),
    ("announced", "announced", {"marker": "o", "color": style.LOSS, "markersize": 6}),
    ("paid", "paid", {"marker": "D", "color": style.AFTER, "markersize": 5}),
)


def tariff_change(
    eq: Equilibrium, ax: Axes | None = None, *, limit: float | None = None, title: str | None = None
) -> Axes:
    """Effective tariffs of the markets that the shock hits: duties over imports at the border, percent.

    Three readings: in the base; announced, the new rates on the purchases of the base; paid, the new rates on what is then
    bought. In the sectors that the shock touches.

    Parameters
    ----------
    ax : Axes
        Where to draw; a new figure where absent.
    limit : float
        Highest rate, in percent, that the axis must hold, to give several pictures one scale.
    title : str
        "" for none.

    Raises
    ------
    NotConverged
        Where there is no result.
    """
    table = 100 * tariff_rows(eq)
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH, rows.height(2 * len(table), 1.35))
        for column, label, look in _LOOKS:
            ax.plot(table[column], range(len(table)), linestyle="none", label=label, **look)
        for row, values in enumerate(table.itertuples(index=False)):
            known = [value for value in values if np.isfinite(value)] or [0.0]
            ax.hlines(row, min(known), max(known), color=style.RULE, linewidth=2, zorder=1)
            texts = rate_texts(*values)
            ax.annotate(
                " \u2192 ".join(texts if len(known) > 1 else dict.fromkeys(texts)),  # banned, said once
                (max(known), row),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
            )
        rows.rows_axis(ax, [str(label) for label in table.index])
        rates = table.to_numpy()[np.isfinite(table.to_numpy())]
        high = float(rates.max(initial=0.0)) if limit is None else limit
        high = high or 1.0
        ax.set_xlim(float(rates.min(initial=0.0)) - 0.02 * high, 1.45 * high)
        style.value_axis(ax, "duties over imports, percent")
        style.legend(ax, ax.get_legend_handles_labels()[0], columns=3)
        style.footnote(
            ax, "Announced: new rates, purchases as before. Paid: new rates, purchases as they are then.", new
        )
        style.heading(ax, "Tariffs: announced and paid" if title is None else title, new)
    return ax


def tariff_rows(eq: Equilibrium) -> pd.DataFrame:
    """Base, announced and paid tariffs of the shocked markets: on all imports, and on those from the shocked exporters."""
    names = short_names(eq.observed, 20)
    every = list(eq._axes.regions)
    result = {}
    markets = shocked_markets(eq) or [default_market(eq)]
    for market in markets:
        sectors = list(market.sectors)
        what = sector_label(eq.observed, sectors)
        result[f"{names[market.importer]}, all {what}"] = market_tariff(eq, market.importer, every, sectors)
        if market.weight > 0:
            for exporter in market.exporters[:3]:
                result[f"{names[market.importer]} from {names[exporter]}"] = market_tariff(
                    eq, market.importer, [exporter], sectors
                )
    return pd.DataFrame(result).T


def rate_texts(base: float, announced: float, paid: float) -> tuple[str, str, str]:
    """A row of `tariff_rows`, in percent, as words."""
    if not np.isfinite(base):
        return ("no imports",) * 3
    first, second, third = (percent(rate, 1, sign=False) for rate in (base, announced, paid))
    if not np.isfinite(announced):
        return first, "banned", "banned"
    return first, second, third if np.isfinite(paid) else "no imports"


def market_tariff(eq: Equilibrium, importer: str, exporters: list[str], sectors: list[str]) -> pd.Series[float]:
    """Duties over imports of some sectors from some exporters: base, announced (new rates, base imports), paid.

    NaN where nothing is imported; announced and paid are NaN where all of it is banned, for then there is no rate.
    """
    codes = eq._axes.regions
    n, k = codes.get_loc(importer), positions(eq._axes.sectors, sectors)
    chosen = foreign(eq.observed)[:, n] & codes.isin(exporters)
    old, new, before, after = (
        array.values[:, n, :][chosen][:, k] for array in (eq.tariffs_base, eq.tariffs, eq.flows_base, eq.flows)
    )
    cost = eq.shock.trade_cost_hat
    if cost is not None and not before[np.isfinite(cost[:, n, :][chosen][:, k])].any():
        new = np.full_like(new, np.nan)
    readings = {"base": (old, before), "announced": (new, before), "paid": (new, after)}
    return pd.Series(
        {
            name: (rate * flow).sum() / flow.sum() if flow.sum() > 0 else np.nan
            for name, (rate, flow) in readings.items()
        }
    )
