"""The pictures of a report, each with a title, a note and a text alternative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import plot
from tariffsim.changes import places_for, settled, settled_pct
from tariffsim.plot import geography, style
from tariffsim.plot.replacement import partner_changes
from tariffsim.plot.tariff_change import rate_texts, tariff_rows
from tariffsim.plot.trade import Market, foreign, pair_flows, sector_codes, sector_label
from tariffsim.plot.words import Money, listed, percent, sector_names, short_names
from tariffsim.report.svg import inline_svg

if TYPE_CHECKING:
    from tariffsim.equilibrium import Equilibrium

__all__ = ["Picture", "Studio", "on_map"]


@dataclass(frozen=True)
class Picture:
    """One figure of the page."""

    svg: str
    title: str
    note: str
    plate: bool  # keeps its light background in dark pages, because its colours are measured against it


class Studio:
    """Draws the pictures of several results on common scales."""

    def __init__(self, eqs: Sequence[Equilibrium]) -> None:
        self._eqs = eqs
        self._count = 0
        incomes = [settled_pct(eq.real_income_pct) for eq in eqs]
        formulas = [settled_pct(eq.welfare_first_order["total_pct"]) for eq in eqs if eq.welfare_first_order.applies]
        self._income = (
            min(0.0, *(float(x.min()) for x in [*incomes, *formulas])),
            max(0.0, *(float(x.max()) for x in [*incomes, *formulas])),
        )
        self._rate = max(float(np.nanmax(100 * tariff_rows(eq).to_numpy(), initial=0.0)) for eq in eqs)
        self._map = max(float(x.abs().max()) for x in incomes)

    def _draw(self, draw: Callable[[], Any], alt: str, plate: bool = False) -> Picture:
        self._count += 1
        with style.offscreen() as sheet:
            draw()
        assert sheet.figure is not None
        return Picture(inline_svg(sheet.figure, alt, f"p{self._count}"), sheet.title, sheet.note, plate)

    def welfare(self, eq: Equilibrium) -> Picture:
        """Ranked bars; of a large world those with the largest changes, for the table has all."""
        top = 50 if len(eq.observed.regions) > 60 else None
        return self._draw(
            lambda: plot.welfare_bars(eq, top=top, limit=self._income),
            f"Bars of the change in real income by region. {_ends(eq)}",
        )

    def world_map(self, eq: Equilibrium) -> Picture:
        """Real income on the map."""
        return self._draw(
            lambda: plot.world_map(eq, limit=self._map),
            f"World map of the change in real income. {_ends(eq)}",
            plate=True,
        )

    def heat_maps(self, eq: Equilibrium) -> list[Picture]:
        """Flows before, after and their change."""
        largest = _largest_flows(eq)
        alts = {
            "before": f"Matrix of trade between regions before the change. Largest flows: {largest['before']}.",
            "after": f"Matrix of trade between regions after the change. Largest flows: {largest['after']}.",
            "change": f"Matrix of the change in trade between regions, percent. Largest amounts: {largest['change']}.",
        }
        return [self._heat_map(eq, show, alt) for show, alt in alts.items()]

    def _heat_map(self, eq: Equilibrium, show: str, alt: str) -> Picture:
        return self._draw(lambda: plot.heat_map(eq, show=show), alt, plate=True)

    def replacement(self, eq: Equilibrium, market: Market, limit: tuple[float, float]) -> Picture:
        """Who replaces whom."""
        sectors = list(market.sectors)
        return self._draw(
            lambda: plot.who_replaces_whom(eq, market.importer, sectors, limit=limit),
            f"Bars of the change in what {market.importer} buys, by seller. {_partners(eq, market.importer, sectors, True)}",
        )

    def destinations(self, eq: Equilibrium, exporter: str, sectors: list[str], limit: tuple[float, float]) -> Picture:
        """Where an exporter sells instead."""
        return self._draw(
            lambda: plot.where_it_goes(eq, exporter, sectors, limit=limit),
            f"Bars of the change in what {exporter} sells, by buyer. {_partners(eq, exporter, sectors, False)}",
        )

    def shares(self, eq: Equilibrium, market: Market) -> Picture:
        """Import shares before and after."""
        what = sector_label(eq.observed, list(market.sectors))
        return self._draw(
            lambda: plot.trade_change(eq, market.importer, list(market.sectors)),
            f"Shares of the exporters in the imports of {what} by {market.importer}, before and after.",
        )

    def tariffs(self, eq: Equilibrium) -> Picture:
        """Effective tariffs."""
        rows = 100 * tariff_rows(eq)
        words = []
        for label, rates in zip(rows.index, rows.to_numpy()):
            base, announced, paid = rate_texts(*rates)
            words.append(f"{label}: {base} before, {announced} announced, {paid} paid")
        return self._draw(
            lambda: plot.tariff_change(eq, limit=self._rate), f"Mean duties in percent. {'; '.join(words)}."
        )

    def volumes(self, eq: Equilibrium) -> Picture:
        """Volumes beside values."""
        return self._draw(
            lambda: plot.volumes_beside_values(eq),
            "Dots of the changes of exports and imports by region, in volume and in value, percent.",
        )

    def sectors(self, eq: Equilibrium, region: str, limit: tuple[float, float]) -> Picture:
        """Output by sector."""
        volume = plot.output_changes(eq, region)["volume_pct"].dropna().sort_values()
        names = sector_names(eq.observed)
        ends = [
            f"{names[code]} {percent(float(volume[code]), 1)} percent" for code in (volume.index[0], volume.index[-1])
        ]
        return self._draw(
            lambda: plot.sector_detail(eq, region, limit=limit),
            f"Bars of the change in output by sector in {region}, from {ends[0]} to {ends[1]}.",
        )


def on_map(eq: Equilibrium) -> bool:
    """True where at least one region is a place that the map knows."""
    places = set(geography.outlines()) | set(geography.points())
    world = eq.observed
    return any(country in places for code in world.regions.index for country in world.members.get(code) or [code])


def partner_limit(eqs: Sequence[Equilibrium], region: str, sectors: list[str], buying: bool) -> tuple[float, float]:
    """Bounds of the changes by partner over several results, in the unit of the axis."""
    per = Money.of(eqs[0].observed).per
    changes = [partner_changes(eq, region, sectors, buying, 14, True)["change"] / per for eq in eqs]
    return min(0.0, *(float(c.min()) for c in changes)), max(0.0, *(float(c.max()) for c in changes))


def sector_limit(eqs: Sequence[Equilibrium], region: str) -> tuple[float, float]:
    """Bounds of the changes in output over several results."""
    values = np.concatenate(
        [plot.output_changes(eq, region)[["volume_pct", "value_pct"]].to_numpy().ravel() for eq in eqs]
    )
    return min(0.0, float(np.nanmin(values, initial=0.0))), max(0.0, float(np.nanmax(values, initial=0.0)))


def _largest_flows(eq: Equilibrium) -> dict[str, str]:
    """The three largest flows of goods before and after, and the three that change most, in words."""
    kinds = eq.observed.sectors["kind"]
    sectors = sector_codes(eq.observed, "goods" if (kinds == "goods").any() else "*")
    before, after = (np.where(foreign(eq.observed), flow, 0.0) for flow in pair_flows(eq, sectors))
    money, names = Money.of(eq.observed), short_names(eq.observed).tolist()
    words = {}
    for name, flow in (("before", before), ("after", after), ("change", settled(before, after) - before)):
        order = np.argsort(-np.abs(flow), axis=None, kind="stable")[:3]
        cells = [divmod(int(at), len(names)) for at in order]
        amounts = [f"{names[i]} to {names[n]} {money.text(flow[i, n], sign=name == 'change')}" for i, n in cells]
        words[name] = f"{listed(amounts)} {money.unit}"
    return words


def _ends(eq: Equilibrium) -> str:
    income, names = settled_pct(eq.real_income_pct).sort_values(kind="stable"), short_names(eq.observed)
    if not income.any():
        return "It changes nowhere."
    places = places_for(income)
    low, high = ((names[code], percent(float(income[code]), places)) for code in (income.index[0], income.index[-1]))
    return f"Lowest: {low[0]} {low[1]} percent; highest: {high[0]} {high[1]} percent."


def _partners(eq: Equilibrium, region: str, sectors: list[str], buying: bool) -> str:
    table, money = partner_changes(eq, region, sectors, buying, 14, True), Money.of(eq.observed)
    ends = list(zip(table["label"], table["change"]))
    words = [f"{label} {money.text(float(change), sign=True)}" for label, change in ends[:4]]
    return f"In {money.unit}: {listed(words)}."
