"""Which part of an equilibrium a picture shows: regions, sectors, bilateral totals, and the markets that were hit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Union

import numpy as np
import pandas as pd

from tariffsim.changes import settled
from tariffsim.errors import InvalidInput
from tariffsim.plot.words import listed, sector_names

if TYPE_CHECKING:
    from tariffsim.equilibrium import Equilibrium
    from tariffsim.labels import FloatArray
    from tariffsim.world import World

    Selector = Union[str, Iterable[str]]

__all__ = [
    "Market",
    "foreign",
    "pair_flows",
    "pair_volumes",
    "positions",
    "region_code",
    "sector_codes",
    "sector_label",
    "shocked_markets",
]

# A duty beyond this factor stops trade all the same; without a bound, a ban would outweigh all else.
_LARGEST_WEDGE = 3.0


def sector_codes(world: World, sector: Selector) -> list[str]:
    """The codes that a selector means, in world order.

    Raises
    ------
    InvalidInput
        On a word that is no sector, no kind and not "*".
    """
    kinds = world.sectors["kind"]
    chosen: set[str] = set()
    for term in [sector] if isinstance(sector, str) else sector:
        if term == "*":
            chosen |= set(kinds.index)
        elif term in kinds.index:
            chosen.add(term)
        elif (kinds == term).any():
            chosen |= set(kinds.index[kinds == term])
        else:
            raise InvalidInput(
                "sector", f"unknown code or kind {term!r}", _remedy(term, [*kinds.index, *kinds.unique(), "*"])
            )
    if not chosen:
        raise InvalidInput("sector", "is empty", 'give a code, a kind, a list of these, or "*"')
    return [code for code in kinds.index if code in chosen]


def region_code(world: World, region: str, name: str = "region") -> str:
    """The region itself.

    Raises
    ------
    InvalidInput
        Where the world has no such region.
    """
    if region not in world.regions.index:
        raise InvalidInput(name, f"unknown code {region!r}", _remedy(region, list(world.regions.index)))
    return region


def sector_label(world: World, codes: list[str]) -> str:
    """A few words for a set of sectors: a kind, a name, or their number."""
    kinds = world.sectors["kind"]
    if len(codes) == len(kinds):
        return "goods and services" if kinds.nunique() > 1 else str(kinds.iloc[0])
    for kind in kinds.unique():
        if list(kinds.index[kinds == kind]) == codes:
            return str(kind)
    if len(codes) <= 3:
        return listed([str(sector_names(world)[code]).lower() for code in codes])
    return f"{len(codes)} sectors"


def foreign(world: World) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Exporter x importer: True where trade crosses a customs border."""
    territory = world.regions["territory"].to_numpy()
    outside: np.ndarray[Any, np.dtype[np.bool_]] = territory[:, np.newaxis] != territory
    return outside


def positions(codes: pd.Index[str], wanted: Iterable[str]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Where the wanted codes stand."""
    return codes.get_indexer(pd.Index(list(wanted)))


def pair_flows(eq: Equilibrium, sectors: list[str]) -> tuple[FloatArray, FloatArray]:
    """Flows before and after, exporter x importer, summed over the sectors."""
    at = positions(eq._axes.sectors, sectors)
    before, after = eq.flows_base.values, eq.flows.values
    return before[:, :, at].sum(axis=2), after[:, :, at].sum(axis=2)


def pair_volumes(eq: Equilibrium, sectors: list[str]) -> FloatArray:
    """Flows after at the prices of the base, exporter x importer: what the change would be if no price had moved."""
    at = positions(eq._axes.sectors, sectors)
    before = eq.flows_base.values[:, :, at]
    # A cell that is empty in the base has no quantity to compare with, and stays empty.
    quantity = np.where(before != 0, eq.flow_quantity_hat.values[:, :, at], 0.0)
    volumes: FloatArray = (before * quantity).sum(axis=2)
    return volumes


@dataclass(frozen=True)
class Market:
    """An importer, the exporters and the sectors whose way into it became dearer or cheaper.

    `weight` is the base trade that was hit times the relative change of its wedge, in the world's currency.
    """

    importer: str
    exporters: tuple[str, ...]
    sectors: tuple[str, ...]
    weight: float


def shocked_markets(eq: Equilibrium, most: int = 3) -> list[Market]:
    """The markets that the shock hits, the hardest first; none where it touches no trade between regions.

    A cell counts with its base flow times the change in the logarithm of its wedge: tariff, export tax and trade cost.
    Markets and exporters below five percent of the largest are left out.
    """
    world = eq.observed
    wedge = np.log1p(eq.tariffs.values) - np.log1p(eq.tariffs_base.values)
    wedge = wedge + np.log1p(eq.export_taxes.values) - np.log1p(eq.export_taxes_base.values)
    if eq.shock.trade_cost_hat is not None:
        wedge = wedge + np.log(eq.shock.trade_cost_hat)
    hit = np.clip(np.abs(wedge), 0.0, _LARGEST_WEDGE) * eq.flows_base.values * foreign(world)[:, :, np.newaxis]
    by_pair = hit.sum(axis=2)
    by_importer = by_pair.sum(axis=0)
    codes, sectors = eq._axes.regions, eq._axes.sectors
    markets = []
    for n in map(int, np.argsort(-by_importer, kind="stable")[:most]):
        if by_importer[n] <= 0.05 * by_importer.max():
            break
        order = np.argsort(-by_pair[:, n], kind="stable")
        exporters = [str(codes[int(i)]) for i in order if by_pair[i, n] > 0.05 * by_pair[order[0], n]]
        touched = [str(sectors[int(j)]) for j in np.flatnonzero(hit[:, n, :].sum(axis=0) > 0)]
        markets.append(Market(codes[n], tuple(exporters), tuple(touched), float(by_importer[n])))
    return markets


def default_market(eq: Equilibrium) -> Market:
    """The market that was hit hardest; where none was, the one whose purchases abroad change most, or else are largest."""
    markets = shocked_markets(eq, most=1)
    if markets:
        return markets[0]
    sectors = list(eq._axes.sectors)
    before, after = pair_flows(eq, sectors)
    moved = np.abs(settled(before, after) - before)
    change = np.where(foreign(eq.observed), moved if moved.any() else before, 0.0)
    importer = int(np.argmax(change.sum(axis=0)))
    exporter = int(np.argmax(change[:, importer]))
    codes = eq._axes.regions
    return Market(codes[importer], (codes[exporter],), tuple(sectors), 0.0)


def largest(values: pd.Series[float], top: int) -> pd.Index[Any]:
    """The labels of the `top` largest values."""
    return values.sort_values(ascending=False, kind="stable").index[:top]


def _remedy(term: str, known: list[str]) -> str:
    close = get_close_matches(term, known, n=3, cutoff=0.5)
    return (
        f"did you mean {' or '.join(close)}?"
        if close
        else f"the world has {', '.join(known[:12])}{', …' if len(known) > 12 else ''}"
    )
