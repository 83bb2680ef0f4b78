"""Shares in a market's imports, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tariffsim.changes import settled
from tariffsim.plot import rows, style
from tariffsim.plot.trade import default_market, foreign, largest, pair_flows, region_code, sector_codes, sector_label
from tariffsim.plot.words import short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.plot.trade import Selector

__all__ = ["trade_change"]


def trade_change(
    eq: Equilibrium,
    importer: str | None = None,
    sector: Selector | None = None,
    ax: Axes | None = None,
    *,
    top: int = 14,
    title: str | None = None,
) -> Axes:
    """Each exporter's share in what a market imports, percent, before and after.

    Parameters
    ----------
    importer, sector
        The market; where absent, the one that the shock hits hardest.
    ax : Axes
        Where to draw; a new figure where absent.
    top : int
        Exporters shown, those with the largest shares before or after.
    title : str
        "" for none.

    Raises
    ------
    InvalidInput
        On an unknown region or sector.
    NotConverged
        Where there is no result.
    """
    market = default_market(eq)
    region = region_code(eq.observed, importer, "importer") if importer is not None else market.importer
    sectors = sector_codes(eq.observed, sector if sector is not None else market.sectors)
    n = eq._axes.regions.get_loc(region)
    outside = foreign(eq.observed)[:, n]
    shares = {}
    for name, flow in zip(("before", "after"), pair_flows(eq, sectors)):
        imports = np.where(outside, flow[:, n], 0.0)
        shares[name] = 100 * imports / imports.sum() if imports.sum() > 0 else np.full_like(imports, np.nan)
    shares["after"] = settled(shares["before"], shares["after"])
    table = pd.DataFrame(shares, index=eq._axes.regions)[outside]
    shown = table.loc[largest(table.max(axis=1), top)]
    names = short_names(eq.observed, 20)
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH, rows.height(len(shown), 1.3))
        colors = [
            style.GAIN if after > before else style.LOSS if after < before else style.BEFORE
            for before, after in zip(shown["before"], shown["after"])
        ]
        unchanged = bool((shown["before"] == shown["after"]).any())
        rows.dumbbells(ax, shown["before"].tolist(), shown["after"].tolist(), colors)
        rows.rows_axis(ax, [str(names[code]) for code in shown.index])
        style.value_axis(ax, f"share in imports of {sector_label(eq.observed, sectors)}, percent", zero=False)
        ax.set_xlim(left=0 - 0.02 * float(np.nanmax(shown.to_numpy(), initial=1.0)))
        style.legend(
            ax,
            [
                rows.mark(
                    "before", marker="o", markerfacecolor=style.PAPER, markeredgecolor=style.BEFORE, markeredgewidth=1.4
                ),
                rows.mark("after, larger", marker="o", color=style.GAIN),
                rows.mark("after, smaller", marker="o", color=style.LOSS),
                *([rows.mark("no change", marker="o", color=style.BEFORE)] if unchanged else []),
            ],
            columns=4,
        )
        style.heading(ax, f"{names[region]}: where its imports come from" if title is None else title, new)
    return ax
