"""What a scenario can do beside ad valorem rates: duties per unit, preferences, barriers, hubs, subsidies, zones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Union

from tariffsim import _core
from tariffsim.errors import InvalidInput

if TYPE_CHECKING:
    from typing_extensions import Self

    from tariffsim.days import Day
    from tariffsim.labels import Values

    Selector = Union[str, Iterable[str]]

__all__ = ["Instruments"]


class Instruments:
    """The further instruments of a Scenario. Selectors are as in `Scenario`; rates and shares are numbers, tables or arrays."""

    __slots__ = ()

    if TYPE_CHECKING:

        def _with(self, instrument: str, value: Any, value_name: str, **more: Any) -> Self: ...

        def _during(self, effective: str | None, ended: str | None, part: Self) -> Self: ...

        def _day(self, date: Day) -> str: ...

        def tariff(
            self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, rate: Any
        ) -> Self: ...

    def specific_tariff(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        rate: float | Values,
        operation: str = "set",
        numeraire: str = "world_value_added",
    ) -> Self:
        """Duties per unit, t' = r (numeraire / border price): where the price falls, they weigh more.

        Parameters
        ----------
        rate : number, table with column rate, or array
            The ad valorem equivalent at base prices: 0.25 is 25 percent there. With operation "scale" a factor s on the rate
            in force, t' = t s (numeraire / border price).
        operation : str
            "set" and "scale" replace the ad valorem rate in force, "add" leaves it beside the duty.
        numeraire : str
            What the duty is fixed in: "world_value_added", or a region code for that region's wage.
        """
        return self._with(
            "specific_tariff", rate, "rate", importer=importer, exporter=exporter, sector=sector, operation=operation,
            terms=_core.SpecificTerms(numeraire),
        )

    def preference(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        rate: float | Values = 0.0,
        utilisation: float | None = None,
        compliance_cost: float | None = None,
        median_cost: float | None = None,
        cost_spread: float | None = None,
        threshold: float | None = None,
        content_spread: float = 0.05,
        area: Selector = (),
    ) -> Self:
        """A lower tariff for what uses it; the rest pays the rate in force where the preference is declared.

        The use is given (`utilisation`, `compliance_cost`), or it responds to the margin (`median_cost`, `cost_spread`): a
        shipment uses the preference where the margin exceeds its cost of compliance.

        Parameters
        ----------
        rate : number, table with column rate, or array
            The preferential rate; a flow that a table leaves out has no preference.
        utilisation : float
            Share of the flow that uses it; all where nothing is said.
        compliance_cost : float
            Of what uses it, over its border value; used up.
        median_cost : float
            The margin at which half of the flow uses the preference: 0.03 is 3 percent of the value.
        cost_spread : float
            Of the costs over shipments; half the median where absent.
        threshold : float
            Rule of origin: only goods qualify of which at least this share of the unit cost comes from the exporter or `area`.
        content_spread : float
            Of content over firms: the share that qualifies is logistic in (content - threshold) / content_spread.
        area : codes
            Regions whose materials count as the exporter's.
        """
        return self._with(
            "preference", rate, "rate", importer=importer, exporter=exporter, sector=sector,
            terms=_use(utilisation, compliance_cost, median_cost, cost_spread, threshold, content_spread, area),
        )

    def non_tariff_measure(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        ad_valorem: float | Values,
        resource_share: float = 1.0,
        rent: str = "importer",
        demand: float = 1.0,
    ) -> Self:
        """A barrier with a given price effect, (1 + ad_valorem), part of it used up and the rest a rent.

        Parameters
        ----------
        ad_valorem : number, table with column ad_valorem, or array
            0.2 raises the price by 20 percent; below zero a barrier that falls.
        resource_share : float
            The part, in logs, that is used up (a trade cost); the rest is a rent.
        rent : str
            Who keeps it: "importer" or "exporter".
        demand : float
            Factor on what buyers want at given prices, such as 1.05 where a standard makes a good trusted. Real incomes are
            then not comparable.
        """
        return self._with(
            "non_tariff", ad_valorem, "ad_valorem", importer=importer, exporter=exporter, sector=sector,
            terms=_core.NonTariffTerms(float(resource_share), rent, float(demand)),
        )

    def reexport(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        hub: str,
        share: float | Values,
        elasticity: float,
        direct_cost: float = 1.0,
        hub_cost: float = 1.0,
    ) -> Self:
        """Goods that go through a hub under bond: no duty there, and no part of what the hub itself makes.

        Parameters
        ----------
        hub : code
        share : number, table with column share, or array
            Of each flow through the hub in the base.
        elasticity : float
            Of the ratio of the two shares in the ratio of their costs.
        direct_cost, hub_cost : float
            Ratios to the base: 1.1 makes that way ten percent dearer.

        See `Equilibrium.gross_exports` and `Equilibrium.ways`.
        """
        terms = _core.ReexportTerms(hub, float(elasticity), float(direct_cost), float(hub_cost))
        return self._with("reexport", share, "share", importer=importer, exporter=exporter, sector=sector, terms=terms)

    def transshipment(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        via: str,
        median_cost: float,
        cost_spread: float | None = None,
        detection: float = 0.0,
        penalty: float = 0.0,
    ) -> Self:
        """Goods relabelled in a third country where the difference of the rates pays for it.

        Parameters
        ----------
        via : code
            The country whose rate they pay.
        median_cost, cost_spread : float
            Of doing so, over the value: half of the flow has a lower cost; the spread is half of that where absent.
        detection : float
            Share of it that is found out, and pays the rate of its true origin and the penalty.
        penalty : float
            Ad valorem, on top of that rate: 0.4 is 40 percent.
        """
        terms = _core.TransshipmentTerms(via, _uptake(median_cost, cost_spread), float(detection), float(penalty))
        return self._with("transshipment", 0.0, "rate", importer=importer, exporter=exporter, sector=sector, terms=terms)

    def production_subsidy(
        self, region: Selector = "*", sector: Selector = "*", *, rate: float | Values
    ) -> Self:
        """Subsidies on output, over the unit cost (0.1 is 10 percent), for all buyers; the region's household pays."""
        return self._with("production_subsidy", rate, "rate", exporter=region, sector=sector)

    def customs_zone(
        self,
        zone: str,
        mainland: str,
        sector: Selector = "goods",
        *,
        first_line: float | Values = 0.0,
        second_line: float | Values,
        utilisation: float | None = None,
        compliance_cost: float | None = None,
        median_cost: float | None = None,
        cost_spread: float | None = None,
        threshold: float | None = None,
        content_spread: float = 0.05,
    ) -> Self:
        """First-line rates of a zone on the world, and second-line rates of the mainland on what leaves the zone.

        The zone is a region with customs of its own (`World.split(..., separate_customs=True)`). What of the second line is
        free of duty follows from the other arguments, as in `preference`; with a `threshold` materials of the mainland count.
        """
        if all(value is None for value in (utilisation, compliance_cost, median_cost, threshold)):
            utilisation = 0.0  # nothing is said to be free
        free = _use(utilisation, compliance_cost, median_cost, cost_spread, threshold, content_spread, [mainland])
        lines = (
            self.tariff(importer=zone, sector=sector, rate=first_line)
            .tariff(importer=zone, exporter=mainland, sector=sector, rate=0.0)
            .tariff(importer=mainland, exporter=zone, sector=sector, rate=second_line)
        )
        return lines._with("preference", 0.0, "rate", importer=mainland, exporter=zone, sector=sector, terms=free)

    def during(self, effective: Day | None, ended: Day | None, part: Self) -> Self:
        """The changes and limits of `part` besides, from the day `effective` until the day before `ended`; days within days
        hold on both alone.

        Either may be None for an open end. The scenario then needs a day: `on`, or `solve_path`.
        """
        first, last = (None if day is None else self._day(day) for day in (effective, ended))
        return self._during(first, last, part)


def _uptake(median_cost: float, cost_spread: float | None) -> _core.Uptake:
    return _core.Uptake(float(median_cost), float(median_cost) / 2 if cost_spread is None else float(cost_spread))


def _use(
    utilisation: float | None, compliance_cost: float | None, median_cost: float | None, cost_spread: float | None,
    threshold: float | None, content_spread: float, area: Selector,
) -> _core.PreferenceTerms:
    if median_cost is not None and (utilisation is not None or compliance_cost is not None):
        raise InvalidInput(
            "preference", "its use is given, and yet responds to its margin",
            "give utilisation and compliance_cost, or median_cost and cost_spread",
        )
    if cost_spread is not None and median_cost is None:
        raise InvalidInput("preference", "there is a spread of costs, but no median_cost", "give both")
    uptake = None if median_cost is None else _uptake(median_cost, cost_spread)
    codes = [area] if isinstance(area, str) else list(area)
    origin = None if threshold is None else _core.OriginTerms(float(threshold), float(content_spread), codes)
    used = 1.0 if utilisation is None else float(utilisation)
    return _core.PreferenceTerms(used, float(compliance_cost or 0.0), uptake, origin)
