"""What a region's sectors produce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tariffsim.changes import settled_pct
from tariffsim.plot import rows, style
from tariffsim.plot.trade import default_market, region_code
from tariffsim.plot.words import Money, percent, sector_names, short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium

__all__ = ["output_changes", "sector_detail"]


def output_changes(eq: Equilibrium, region: str) -> pd.DataFrame:
    """Output of a region by sector: base, and the changes of volume and value in percent; NaN where it makes nothing."""
    base, after, cost = (table.loc[region].astype(float) for table in (eq.output_base, eq.output, eq.cost_hat))
    ratio = (after / base).where((base > 0).to_numpy(), np.nan)
    volume, value = settled_pct(100 * (ratio / cost - 1)), settled_pct(100 * (ratio - 1))
    return pd.DataFrame({"base": base, "volume_pct": volume, "value_pct": value})


def sector_detail(
    eq: Equilibrium,
    region: str | None = None,
    ax: Axes | None = None,
    *,
    top: int | None = None,
    limit: tuple[float, float] | None = None,
    title: str | None = None,
) -> Axes:
    """Change of output by sector, percent: bars are volumes, ticks are values.

    Parameters
    ----------
    region : str
        The importer that the shock hits hardest where absent.
    ax : Axes
        Where to draw; a new figure where absent.
    top : int
        Only the sectors with so many of the largest changes; all where absent.
    limit : (low, high)
        Bounds of the values, to give several pictures one scale.
    title : str
        "" for none.

    Raises
    ------
    InvalidInput
        On an unknown region.
    NotConverged
        Where there is no result.
    """
    region = region_code(eq.observed, region) if region is not None else default_market(eq).importer
    table = output_changes(eq, region).sort_values("volume_pct", ascending=False, kind="stable")
    if top is not None:
        kept = table["volume_pct"].abs().nlargest(top).index
        table = table[table.index.isin(kept)]
    money, names = Money.of(eq.observed), sector_names(eq.observed)
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH, rows.height(len(table), 1.3))
        volume, value = table["volume_pct"].tolist(), table["value_pct"].tolist()
        rows.bars(ax, volume)
        ax.plot(value, range(len(table)), "|", markersize=9, markeredgewidth=1.8, color=style.INK)
        texts = [percent(v, 1) if np.isfinite(v) else "makes none" for v in volume]
        rows.label_values(ax, volume, texts, value)
        labels = [f"{names[str(code)]}  {money.text(float(base))}" for code, base in table["base"].items()]
        rows.rows_axis(ax, labels)
        rows.room(ax, [*volume, *value], limit, share=0.2)
        nothing = not any(x for x in [*volume, *value] if np.isfinite(x))
        style.value_axis(ax, "change of output, percent" + (": no change" if nothing else ""))
        style.legend(
            ax,
            [
                rows.mark("volume", facecolor=style.BEFORE),
                rows.mark("value", marker="|", color=style.INK, markeredgewidth=1.8),
            ],
        )
        style.footnote(ax, f"After the name: base output, {money.unit}.", new)
        style.heading(ax, f"{short_names(eq.observed)[region]}: output by sector" if title is None else title, new)
    return ax
