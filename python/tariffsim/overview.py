"""A world in a few lines, for the prompt and the notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence

import numpy as np

from tariffsim import _core

__all__ = ["html_table", "text"]


def text(world: _core.World) -> str:
    """Name, title and the main figures."""
    width = 18
    head = f"World '{world.info.name}'" + (f": {world.info.title}" if world.info.title else "")
    return "\n".join([head, *(f"  {key:<{width}}{value}" for key, value in _figures(world))])


def html_table(world: _core.World) -> str:
    """The same as a table."""
    head = html.escape(world.info.title or world.info.name)
    rows = "".join(f"<tr><th>{key}</th><td>{html.escape(value)}</td></tr>" for key, value in _figures(world))
    return f"<table><caption>World: {head}</caption>{rows}</table>"


def _figures(world: _core.World) -> list[tuple[str, str]]:
    territories = np.array(world.territories)
    total, domestic = world.flows.sum(), world.flows[territories[:, np.newaxis] == territories].sum()
    unit = f" {world.info.unit}" if world.info.unit else ""
    low, high = world.trade_elasticity.min(), world.trade_elasticity.max()
    figures = [
        ("regions", f"{len(world.regions)}: {_some(world.regions.codes)}"),
        ("sectors", f"{len(world.sectors)}: {_some(world.sectors.codes)}"),
        ("flows", f"{_amount(total)}{unit}, {_amount(total - domestic)} of it international"),
        ("value added", f"{_amount(world.value_added.sum())}{unit}"),
        ("tariff revenue", f"{_amount(world.tariff_revenue.sum())}{unit}"),
        ("trade elasticity", f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"),
    ]
    if world.groups:
        figures.append(("groups", _some(list(world.groups))))
    return figures


def _amount(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _some(codes: Sequence[str], most: int = 8) -> str:
    return ", ".join(codes) if len(codes) <= most else ", ".join(codes[:most]) + ", …"
