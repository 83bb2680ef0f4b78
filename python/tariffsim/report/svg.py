"""Figures as SVG inside a page: no outside references, colours that follow the page, unique identifiers."""

from __future__ import annotations

import io
import re
from html import escape
from typing import TYPE_CHECKING

import matplotlib as mpl

from tariffsim.plot import style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["inline_svg"]

# Roles of the pictures' palette become variables of the page's style sheet.
_VARIABLES = {
    style.INK: "var(--ink)",
    style.MUTED: "var(--muted)",
    style.RULE: "var(--rule)",
    style.PAPER: "var(--paper)",
    style.NO_DATA: "var(--no-data)",
}


def inline_svg(figure: Figure, alt: str, prefix: str) -> str:
    """The figure as an <svg> element with a text alternative.

    Parameters
    ----------
    prefix : str
        Put before every identifier, so that several pictures on one page do not share one.
    """
    engine = figure.get_layout_engine()
    if engine is not None:  # laid out here, once; savefig would draw everything twice
        engine.execute(figure)
        figure.set_layout_engine("none")
    buffer = io.StringIO()
    # Outlines instead of fonts, so that the page looks alike everywhere; a fixed salt, so that it is the same each time.
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "tariffsim"}):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<!--.*?-->\s*", "", text, flags=re.DOTALL)
    # Hundredths of a point are finer than any screen; scales of transforms keep all their digits.
    text = re.sub(r'\bd="[^"]+"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), text)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', text)
    text = re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", text)
    for color, variable in _VARIABLES.items():
        text = text.replace(color, variable)
    body = text[text.index(">") + 1 :]
    view_box = re.search(r'viewBox="([^"]+)"', text)
    assert view_box is not None
    return (
        f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="{view_box[1]}" role="img" '
        f'aria-label="{escape(alt, quote=True)}">{body.strip()}'
    )
