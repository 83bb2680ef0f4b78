"""Puts a page together: what goes into the template, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from tariffsim._core import __version__
from tariffsim.plot.trade import Market, default_market, sector_label, shocked_markets
from tariffsim.plot.words import Money, short_names
from tariffsim.report import tables, wording
from tariffsim.report.pictures import Studio, on_map, partner_limit, sector_limit

if TYPE_CHECKING:
    from tariffsim.equilibrium import Equilibrium

__all__ = ["render"]


@dataclass(frozen=True)
class Panel:
    """What a section shows of one result."""

    title: str
    items: Sequence[Any]


def render(eqs: Sequence[Equilibrium], title: str | None, markets: int) -> str:
    """The page as HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tariffsim.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["svg"] = Markup
    return environment.get_template("page.html").render(_context(eqs, title, markets))


def _context(eqs: Sequence[Equilibrium], title: str | None, markets: int) -> dict[str, Any]:
    world, titles = eqs[0].observed, [eq.title or f"Scenario {k}" for k, eq in enumerate(eqs, start=1)]
    studio = Studio(eqs)
    own_title = titles[0] if len(eqs) == 1 else " and ".join(titles)

    def panels(make: Any) -> list[Panel]:
        return [Panel(name, make(eq)) for name, eq in zip(titles, eqs)]

    return {
        "title": title or own_title,
        "version": __version__,
        "world": world,
        "titles": titles,
        "money": Money.of(world).unit,
        "short": panels(wording.in_short),
        "scenario": [
            Panel(name, (wording.declared(eq.scenario), tables.wedges(eq), wording.other_changes(eq)))
            for name, eq in zip(titles, eqs)
        ],
        "welfare": panels(lambda eq: [studio.welfare(eq)]),
        "summary": tables.welfare(eqs, titles),
        "comparable": all(eq.welfare_comparable for eq in eqs),
        "maps": panels(lambda eq: [studio.world_map(eq)]) if on_map(eqs[0]) else None,
        "first_order_applies": all(eq.welfare_first_order.applies for eq in eqs),
        "parts": panels(lambda eq: [tables.welfare_parts(eq)]),
        "heat": panels(studio.heat_maps),
        "markets": _markets(eqs, titles, studio, markets),
        "tariffs": panels(lambda eq: [studio.tariffs(eq)]),
        "volumes": panels(lambda eq: [studio.volumes(eq)]),
        "sectors": _sectors(eqs, titles, studio, markets),
        "balances": panels(lambda eq: [tables.balances(eq)]),
        "closures": panels(wording.closure),
        "limits": wording.LIMITS,
        "certificates": panels(lambda eq: [tables.certificate(eq)]),
        "solver": tables.solver_facts(eqs, titles),
        "sources": tables.sources(eqs[0]),
    }


def _hit(eqs: Sequence[Equilibrium], most: int) -> list[Market]:
    """The markets to show in detail: those of all results, the hardest hit first, each importer once."""
    found: dict[str, Market] = {}
    for market in sorted((m for eq in eqs for m in shocked_markets(eq, most)), key=lambda m: -m.weight):
        found.setdefault(market.importer, market)
    return list(found.values())[:most] or [default_market(eqs[0])]


def _markets(eqs: Sequence[Equilibrium], titles: Sequence[str], studio: Studio, most: int) -> list[dict[str, Any]]:
    """Per market: who replaces whom, import shares, the facts; and where the exporter that was hit sells instead."""
    names, sections = short_names(eqs[0].observed, 40), []
    for market in _hit(eqs, most):
        sectors, exporter = list(market.sectors), market.exporters[0]
        bought = partner_limit(eqs, market.importer, sectors, True)
        sold = partner_limit(eqs, exporter, sectors, False)
        sections.append(
            {
                "importer": names[market.importer],
                "exporters": wording.sellers_of(eqs[0], market),
                "what": sector_label(eqs[0].observed, sectors),
                "id": market.importer.lower(),
                "panels": [
                    Panel(
                        title,
                        [
                            studio.replacement(eq, market, bought),
                            studio.destinations(eq, exporter, sectors, sold),
                            studio.shares(eq, market),
                        ],
                    )
                    for title, eq in zip(titles, eqs)
                ],
                "facts": [Panel(title, [tables.market_facts(eq, market)]) for title, eq in zip(titles, eqs)],
            }
        )
    return sections


def _sectors(eqs: Sequence[Equilibrium], titles: Sequence[str], studio: Studio, most: int) -> list[dict[str, Any]]:
    """Output by sector of the importers that were hit and of the exporters that were."""
    regions: list[str] = []
    for market in _hit(eqs, most):
        regions += [code for code in (market.importer, market.exporters[0]) if code not in regions]
    return [
        {
            "panels": [
                Panel(title, [studio.sectors(eq, region, sector_limit(eqs, region))]) for title, eq in zip(titles, eqs)
            ],
        }
        for region in regions[: max(most, 1)]
    ]
