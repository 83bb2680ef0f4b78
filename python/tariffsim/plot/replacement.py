"""Who replaces whom in a market, and where an exporter sells instead: changes in trade by partner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tariffsim.changes import settled
from tariffsim.plot import rows, style
from tariffsim.plot.trade import default_market, foreign, largest, pair_flows, region_code, sector_codes, sector_label
from tariffsim.plot.words import Money, percent, short_names, the

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.plot.trade import Selector

__all__ = ["where_it_goes", "who_replaces_whom"]


def who_replaces_whom(
    eq: Equilibrium,
    importer: str | None = None,
    sector: Selector | None = None,
    ax: Axes | None = None,
    *,
    top: int = 14,
    own: bool = True,
    limit: tuple[float, float] | None = None,
    title: str | None = None,
) -> Axes:
    """Change in what a market buys, by seller, in the world's currency.

    Parameters
    ----------
    importer, sector
        The market; where absent, the one that the shock hits hardest.
    ax : Axes
        Where to draw; a new figure where absent.
    top : int
        Sellers shown; the others are summed.
    own : bool
        Shows the market's own producers too, hatched.
    limit : (low, high)
        Bounds of the values in the unit of the axis, to give several pictures one scale.
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
    name, what = short_names(eq.observed)[region], sector_label(eq.observed, sectors)
    heading = f"What {the(name)} buys: {what}, by seller" if title is None else title
    return _changes(eq, region, sectors, True, ax, top, own, limit, heading)


def where_it_goes(
    eq: Equilibrium,
    exporter: str | None = None,
    sector: Selector | None = None,
    ax: Axes | None = None,
    *,
    top: int = 14,
    own: bool = True,
    limit: tuple[float, float] | None = None,
    title: str | None = None,
) -> Axes:
    """Change in what an exporter sells, by buyer, in the world's currency; parameters and errors as `who_replaces_whom`."""
    market = default_market(eq)
    region = region_code(eq.observed, exporter, "exporter") if exporter is not None else market.exporters[0]
    sectors = sector_codes(eq.observed, sector if sector is not None else market.sectors)
    name, what = short_names(eq.observed)[region], sector_label(eq.observed, sectors)
    heading = f"What {the(name)} sells: {what}, by buyer" if title is None else title
    return _changes(eq, region, sectors, False, ax, top, own, limit, heading)


def partner_changes(
    eq: Equilibrium, region: str, sectors: list[str], buying: bool, top: int, own: bool
) -> pd.DataFrame:
    """Trade by partner, before, after and change: the `top` largest changes, the sum of the others, the region itself.

    Columns label, before, after, change, and kind: "partner", "others" or "own". Losses come first, then gains, the largest of
    each on top.
    """
    names = short_names(eq.observed, 20)
    before, after = pair_flows(eq, sectors)
    n = eq._axes.regions.get_loc(region)
    outside = foreign(eq.observed)[:, n]
    f, g = (before[:, n], after[:, n]) if buying else (before[n, :], after[n, :])
    table = pd.DataFrame({"label": names, "before": f, "after": g, "kind": "partner"}, index=eq._axes.regions)
    partners, inside = table[outside], table[~outside]
    partners = partners[(partners["before"] > 0) | (partners["after"] > 0)]
    kept = largest((partners["after"] - partners["before"]).abs(), top if len(partners) > top + 1 else len(partners))
    rest = partners.drop(kept)
    parts = [partners.loc[kept]]
    if len(rest):
        parts.append(_sum(rest, f"{len(rest)} others", "others"))
    if own:
        parts.append(_sum(inside, f"{names[region]} itself", "own"))
    result = pd.concat(parts)
    result["after"] = settled(result["before"].to_numpy(), result["after"].to_numpy())
    result["change"] = result["after"] - result["before"]
    change = result["change"]
    return pd.concat(
        [result[change < 0].sort_values("change"), result[change >= 0].sort_values("change", ascending=False)]
    )


def _sum(table: pd.DataFrame, label: str, kind: str) -> pd.DataFrame:
    row: dict[str, Any] = {"label": label, "before": table["before"].sum(), "after": table["after"].sum(), "kind": kind}
    return pd.DataFrame([row], index=[kind])


def _changes(
    eq: Equilibrium,
    region: str,
    sectors: list[str],
    buying: bool,
    ax: Axes | None,
    top: int,
    own: bool,
    limit: tuple[float, float] | None,
    title: str,
) -> Axes:
    table = partner_changes(eq, region, sectors, buying, top, own)
    money = Money.of(eq.observed)
    change = table["change"] / money.per
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(table["before"] > 0, 100 * table["change"] / table["before"], np.nan)
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH, rows.height(len(table), 1.0))
        rows.bars(ax, change.tolist(), hatched=(table["kind"] == "own").tolist())
        texts = [f"{money.text(c, sign=True)}  ({percent(p, 1)} %)" for c, p in zip(table["change"], relative)]
        rows.label_values(ax, change.tolist(), texts)
        rows.rows_axis(ax, table["label"].tolist())
        rows.room(ax, change.tolist(), limit, share=0.34, left=0.42)
        what = "purchases by seller" if buying else "sales by buyer"
        nothing = ": no change" if (change == 0).all() else ""
        style.value_axis(ax, f"change in {what}, {money.unit} (percent){nothing}")
        style.heading(ax, title, new)
        note = "Border values before duty; in brackets the change in percent."
        style.footnote(ax, f"{note} Hatched: own producers." if own else note, new)
    return ax
