"""Who gains and who loses: the exact change in real income, ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tariffsim.changes import places_for, settled_pct
from tariffsim.plot import rows, style
from tariffsim.plot.trade import largest
from tariffsim.plot.words import percent, short_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from tariffsim.equilibrium import Equilibrium

__all__ = ["welfare_bars"]


def welfare_bars(
    eq: Equilibrium,
    ax: Axes | None = None,
    *,
    top: int | None = None,
    first_order: bool = True,
    limit: tuple[float, float] | None = None,
    title: str | None = None,
) -> Axes:
    """Bars of the exact change in real income by region, percent, from the largest gain to the largest loss.

    Parameters
    ----------
    ax : Axes
        Where to draw; a new figure where absent.
    top : int
        Only so many regions, those with the largest changes; all where absent.
    first_order : bool
        Adds the literature's first-order formula as a diamond, where it applies.
    limit : (low, high)
        Bounds of the values, to give several pictures one scale.
    title : str
        "" for none.

    Raises
    ------
    NotConverged
        Where there is no result.
    """
    exact = settled_pct(eq.real_income_pct)
    shown = exact if top is None or top >= len(exact) else exact.loc[largest(exact.abs(), top)]
    shown = shown.sort_values(ascending=False, kind="stable")
    formula = eq.welfare_first_order
    first_order = first_order and formula.applies
    with style.drawing():
        ax, new = style.axes_for(ax, rows.WIDTH, rows.height(len(shown), 1.3))
        rows.bars(ax, shown.tolist())
        reach = None
        if first_order:
            reach = settled_pct(formula["total_pct"]).loc[shown.index].tolist()
            ax.plot(
                reach,
                range(len(shown)),
                "D",
                markersize=3.4,
                markerfacecolor=style.PAPER,
                markeredgecolor=style.INK,
                markeredgewidth=0.9,
            )
        places = places_for(exact)
        rows.label_values(ax, shown.tolist(), [percent(value, places) for value in shown], reach)
        names = short_names(eq.observed, 28)
        rows.rows_axis(ax, [str(names[code]) for code in shown.index])
        rows.room(ax, [*shown, *(reach or [])], limit)
        style.value_axis(ax, style.income_label(eq.welfare_comparable, bool((exact == 0).all())))
        if first_order:
            style.legend(
                ax,
                [
                    rows.mark("exact", facecolor=style.BEFORE),
                    rows.mark(
                        "first-order formula", marker="D", markerfacecolor=style.PAPER, markeredgecolor=style.INK
                    ),
                ],
            )
        default = "Who gains, who loses" if eq.welfare_comparable else "Change in real income"
        style.heading(ax, default if title is None else title, new)
        hidden = len(exact) - len(shown)
        if hidden:
            rest = exact.drop(shown.index)
            style.footnote(
                ax,
                f"The other {hidden} regions: {percent(rest.min(), places)} to {percent(rest.max(), places)} percent.",
                new,
            )
    return ax
