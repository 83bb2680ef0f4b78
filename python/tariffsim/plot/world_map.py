"""The change in real income on a map of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.changes import places_for, settled_pct
from tariffsim.plot import geography, style
from tariffsim.plot.words import percent, short_names

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.colors import Normalize as Norm

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.world import World

__all__ = ["world_map"]

_NAME_SIZE = 7.0


def world_map(
    eq: Equilibrium,
    ax: Axes | None = None,
    *,
    values: pd.Series[float] | None = None,
    label: str | None = None,
    named: int = 3,
    limit: float | None = None,
    title: str | None = None,
) -> Axes:
    """Countries in the colour of their region; grey where the world has no such country.

    Parameters
    ----------
    ax : Axes
        Where to draw; a new figure where absent.
    values : Series by region
        What to show; the exact change in real income, percent, where absent.
    label : str
        What `values` are, for the legend.
    named : int
        So many of the largest losses and as many gains are written on the map.
    limit : float
        Largest absolute value that the classes must span, to give several maps one scale.
    title : str
        "" for none.

    Raises
    ------
    NotConverged
        Where there is no result.
    """
    shown = settled_pct(eq.real_income_pct) if values is None else values
    if label is None:
        nothing = bool((shown == 0).all())
        label = style.income_label(eq.welfare_comparable, nothing) if values is None else str(shown.name or "")
    by_country = _by_country(eq.observed, shown)
    finite = shown[np.isfinite(shown)]
    edges, norm = style.classes(limit if limit is not None else float(finite.abs().max()) if len(finite) else 0.0)
    with style.drawing():
        ax, new = style.axes_for(ax, 6.2, 3.55)
        _draw(ax, by_country, _invisible(eq.observed) & set(by_country), norm)
        _legend(ax, edges, norm, label)
        style.heading(ax, "Change in real income" if title is None and values is None else title or "", new)
        grey = " Grey: not in this world's data." if set(geography.outlines()) - set(by_country) else ""
        style.footnote(ax, f"Countries of one region share its colour.{grey}", new)
        _name(ax, eq.observed, finite, named)  # last, for it needs the final scale
    return ax


def _by_country(world: World, values: pd.Series[float]) -> dict[str, float]:
    """Value by ISO3 code; regions of aggregates give theirs to every member."""
    members = world.members
    result: dict[str, float] = {}
    for region, value in values.items():
        if np.isfinite(value):
            for country in members.get(str(region)) or [str(region)]:
                result[country] = float(value)
    return result


def _invisible(world: World) -> set[str]:
    """Countries of the regions that have no outline at all, such as Singapore: they get a point."""
    shapes = geography.outlines()
    members = {code: world.members.get(code) or [code] for code in world.regions.index}
    return {country for group in members.values() if not any(c in shapes for c in group) for country in group}


def _draw(ax: Axes, by_country: dict[str, float], needed: set[str], norm: Norm) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import PathPatch, Polygon

    colors: Any = ScalarMappable(norm=norm, cmap=style.DIVERGING)
    edge = np.linspace(-56, 84, 57)
    west, east = geography.project(np.full_like(edge, -180.0), edge), geography.project(np.full_like(edge, 180.0), edge)
    frame = np.column_stack([np.concatenate([west[0], east[0][::-1]]), np.concatenate([west[1], east[1][::-1]])])
    ax.add_patch(Polygon(frame, closed=True, facecolor="none", edgecolor=style.RULE, linewidth=0.8, zorder=0))

    shapes = geography.outlines()
    patches = [PathPatch(shape) for shape in shapes.values()]
    faces = [colors.to_rgba(by_country[code]) if code in by_country else style.NO_DATA for code in shapes]
    ax.add_collection(PatchCollection(patches, facecolors=faces, edgecolors="#8d97a1", linewidths=0.25, zorder=1))
    small = [(place, by_country[code]) for code, place in geography.points().items() if code in needed]
    if small:
        ax.scatter(
            [place[0] for place, _ in small],
            [place[1] for place, _ in small],
            s=11,
            c=[colors.to_rgba(value) for _, value in small],
            edgecolors=style.MUTED,
            linewidths=0.35,
            zorder=2,
        )
    ax.set_xlim(frame[:, 0].min() * 1.005, frame[:, 0].max() * 1.005)
    ax.set_ylim(frame[:, 1].min() * 1.01, frame[:, 1].max() * 1.01)
    ax.set_aspect("equal")
    ax.axis("off")


def _name(ax: Axes, world: World, values: pd.Series[float], count: int) -> None:
    """Writes the largest losses and gains where their region lies, if it is a country of its own."""
    from matplotlib.patheffects import withStroke

    names, shapes = short_names(world), geography.outlines()
    single = [code for code in values.index if code in shapes and len(world.members.get(str(code)) or [code]) <= 2]
    ranked = values.loc[single].sort_values(kind="stable")
    chosen = [*ranked[ranked < 0].index[:count], *ranked[ranked > 0].index[::-1][:count]]
    if not chosen:
        return
    places = places_for(values)
    texts = [f"{names[code]}\n{percent(float(values[code]), places)}" for code in chosen]
    where = [geography.middle(shapes[code]) for code in chosen]
    halo = [withStroke(linewidth=2.2, foreground=style.PAPER)]
    for (x, y), text, offset in zip(where, texts, _places(ax, where, texts)):
        line = {"arrowstyle": "-", "color": style.INK, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0}
        ax.annotate(
            text,
            (x, y),
            xytext=offset,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=_NAME_SIZE,
            fontweight="bold",
            color=style.INK,
            linespacing=1.0,
            path_effects=halo,
            arrowprops=line if offset != (0.0, 0.0) else None,
            zorder=5,
        )


def _places(ax: Axes, where: list[tuple[float, float]], texts: list[str]) -> list[tuple[float, float]]:
    """An offset in points for each name, the nearest one at which it covers no other name and no other anchor."""
    figure = style.figure_of(ax)
    figure.draw_without_rendering()  # only now is the scale of the map known
    anchors = ax.transData.transform(where) * 72 / figure.dpi
    sizes = [(0.66 * _NAME_SIZE * max(map(len, text.split("\n"))), 2.75 * _NAME_SIZE) for text in texts]
    around = np.radians([-45, -15, 15, 45, -75, 75, 135, 165, 195, 225, 105, 255])
    rings = [(0.0, 0.0), *((r * np.cos(a) * 1.25, r * np.sin(a)) for r in (24.0, 34.0, 46.0, 60.0) for a in around)]
    taken: list[tuple[float, float, float, float]] = []
    offsets = []
    for k, (anchor, (wide, high)) in enumerate(zip(anchors, sizes)):
        others = [(other[0], other[1], 4.0, 4.0) for m, other in enumerate(anchors) if m != k]
        boxes = [(anchor[0] + dx, anchor[1] + dy, wide, high) for dx, dy in rings]
        free = [place for place, box in enumerate(boxes) if not any(_touch(box, other) for other in taken + others)]
        chosen = free[0] if free else 0
        offsets.append(rings[chosen])
        taken.append(boxes[chosen])
    return offsets


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two boxes, given by middle, width and height, overlap."""
    return all(abs(one[k] - other[k]) < (one[k + 2] + other[k + 2]) / 2 for k in (0, 1))


def _legend(ax: Axes, edges: list[float], norm: Norm, label: str) -> None:
    from matplotlib.cm import ScalarMappable

    bar = style.figure_of(ax).colorbar(
        ScalarMappable(norm=norm, cmap=style.DIVERGING),
        ax=ax,
        orientation="horizontal",
        fraction=0.045,
        pad=0.01,
        aspect=45,
        shrink=0.8,
        ticks=edges,
        spacing="uniform",
    )
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0, labelsize=7.5)
    bar.ax.set_xticklabels([f"{edge:g}".replace("-", "\u2212") for edge in edges])
    bar.set_label(label, fontsize=8.5)
