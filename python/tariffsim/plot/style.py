"""One look for every picture: colours that colour-blind readers can tell apart, headings, axes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap, ListedColormap

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "AFTER",
    "BEFORE",
    "DIVERGING",
    "GAIN",
    "INK",
    "LOSS",
    "MUTED",
    "NO_DATA",
    "PAPER",
    "RULE",
    "SEQUENTIAL",
    "Sheet",
    "axes_for",
    "classes",
    "drawing",
    "footnote",
    "heading",
    "income_label",
    "legend",
    "new_axes",
    "offscreen",
    "value_axis",
]

# Roles. A report replaces these exact colours by its own, which follow the reader's light or dark setting.
INK = "#1b1f24"
MUTED = "#5a6672"
RULE = "#d3d9df"
PAPER = "#fefefe"
NO_DATA = "#c3c9d0"

# Data colours after Okabe and Ito; they keep their meaning in every picture and on light and dark paper.
GAIN = "#0072b2"
LOSS = "#d55e00"
BEFORE = "#8a96a3"
AFTER = "#0072b2"

# Five classes of loss, hardly any change, five of gain.
DIVERGING = ListedColormap(
    [
        "#7f2704",
        "#b8470b",
        "#de7d3d",
        "#f0ae83",
        "#f8dcc9",
        "#f4f2ed",
        "#d5e5f0",
        "#a5cbe4",
        "#5fa5d1",
        "#126ca8",
        "#023858",
    ],
    name="loss_gain",
).with_extremes(bad=NO_DATA)
SEQUENTIAL = LinearSegmentedColormap.from_list(
    "amount", ["#eef3f7", "#a9cce3", "#4f94c4", "#0f5c94", "#03304f"]
).with_extremes(bad=NO_DATA)

_RC: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # comes with matplotlib, so pictures are the same everywhere
    "font.size": 9,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": RULE,
    "axes.labelsize": 9,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "figure.facecolor": PAPER,
    "axes.facecolor": "none",
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "savefig.facecolor": PAPER,
    "savefig.dpi": 160,
    "hatch.linewidth": 0.6,
}


@contextmanager
def drawing() -> Iterator[None]:
    """The settings of every picture, for as long as it is drawn."""
    with mpl.rc_context(_RC):
        yield
        interactive = mpl.rcParams["interactive"]
    # A notebook's backend switches it on with the first figure; else no later figure would be shown.
    mpl.rcParams["interactive"] = interactive


@dataclass
class Sheet:
    """A picture for a page that writes title and note itself."""

    figure: Figure | None = None
    title: str = ""
    note: str = ""


_sheet: ContextVar[Sheet | None] = ContextVar("tariffsim_sheet", default=None)


@contextmanager
def offscreen() -> Iterator[Sheet]:
    """One new figure goes onto this sheet: no window opens, title and note are kept as text."""
    sheet = Sheet()
    token = _sheet.set(sheet)
    try:
        yield sheet
    finally:
        _sheet.reset(token)


def axes_for(ax: Axes | None, width: float, height: float) -> tuple[Axes, bool]:
    """The given axes, or the only ones of a new figure of that size in inches; True where new."""
    if ax is not None:
        return ax, False
    return new_axes(width, height, 1)[0], True


def new_axes(width: float, height: float, columns: int, **shared: Any) -> list[Axes]:
    """Axes side by side on a new figure of that size in inches."""
    sheet = _sheet.get()
    if sheet is not None:
        from matplotlib.figure import Figure

        figure = sheet.figure = Figure(figsize=(width, height), dpi=72, layout="constrained")  # 72: as SVG counts
    else:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=(width, height), layout="constrained")
    engine: Any = figure.get_layout_engine()
    engine.set(w_pad=0.08, h_pad=0.08)
    return list(figure.subplots(1, columns, squeeze=False, **shared)[0])


def heading(ax: Axes, title: str, new: bool) -> None:
    """The title: of the figure where it is ours, so that it starts at the left edge; else of the axes."""
    sheet = _sheet.get()
    if not new:
        ax.set_title(title)
    elif sheet is not None:
        sheet.title = title
    elif title:
        figure_of(ax).suptitle(title, x=0.015, ha="left", fontsize=11, fontweight="bold", color=INK)


def footnote(ax: Axes, text: str, new: bool) -> None:
    """Small print under the picture, where the figure is ours."""
    sheet = _sheet.get()
    if new and sheet is not None:
        sheet.note = text
    elif new and text:
        figure_of(ax).supxlabel(text, x=0.015, ha="left", fontsize=7.5, color=MUTED)


def figure_of(ax: Axes) -> Figure:
    """The figure that holds the axes."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def value_axis(ax: Axes, label: str, zero: bool = True) -> None:
    """Vertical grid lines, no frame, and a line at zero, for bars and dots in rows."""
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.grid(axis="x")
    ax.tick_params(length=0)
    ax.set_xlabel(label)
    if zero:
        ax.axvline(0, color=MUTED, linewidth=0.9, zorder=1.5)


def income_label(comparable: bool, nothing: bool) -> str:
    """What the numbers of real income are; on a second line what to know first, for one line would not fit."""
    if not comparable:
        return "change in real income, percent\n(not comparable: tastes or final demand change)"
    return "change in real income, percent" + (": no change" if nothing else "")


def legend(ax: Axes, handles: list[Any], columns: int = 2) -> None:
    """A legend above the axes, where it hides nothing."""
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=columns,
        borderaxespad=0.2,
        handletextpad=0.5,
        columnspacing=1.4,
        handlelength=1.4,
    )


def classes(limit: float) -> tuple[list[float], BoundaryNorm]:
    """Bounds of the classes of DIVERGING: a 1-2-5 series below `limit` on both sides of zero; and the norm that finds them.

    Few regions are hit hard and most hardly at all, so equal steps would show two colours.
    """
    bounds: list[float] = []
    steps = DIVERGING.N // 2
    exponent, digits = 0, (5, 2, 1)
    if limit > 0:
        while 10.0**exponent < limit:
            exponent += 1
        while 10.0**exponent >= limit:
            exponent -= 1
    while len(bounds) < steps:
        bounds += [value for digit in digits if (value := float(f"{digit}e{exponent}")) < limit or limit <= 0]
        exponent -= 1
    upper = sorted(bounds[:steps])
    edges = [-value for value in reversed(upper)] + upper
    return edges, BoundaryNorm(edges, DIVERGING.N, extend="both")
