"""PartialEquilibrium: markets of products after a change of tariffs, labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import integer, number
from tariffsim.market import Market
from tariffsim.scenario import Case, Scenario
from tariffsim.theory import Theory

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PartialEquilibrium", "solve_market"]

_SHOWN = 10
_SURPLUSES = ("producer_surplus", "consumer_surplus", "net_welfare")
_SUMMED = ("producer_surplus", "consumer_surplus", "tariff_revenue_change", "net_welfare")


class PartialEquilibrium:
    """Markets after a change of tariffs. Reading a number where a market did not converge raises NotConverged.

    Prices are ratios to the base, money is in the unit of the flows. Under "smart" it holds the importer's imports alone.
    """

    __slots__ = ("_core", "_market", "_scenario", "_theory")

    def __init__(self, core: _core.PartialEquilibrium, scenario: Scenario, theory: Theory) -> None:
        self._core, self._scenario, self._theory = core, scenario, theory
        self._market = Market(core.market)

    @property
    def market(self) -> Market:
        """The market before the change."""
        return self._market

    @property
    def scenario(self) -> Scenario:
        """The change that was solved."""
        return self._scenario

    @property
    def theory(self) -> Theory:
        """The theory that was used, with its parameters."""
        return self._theory

    @property
    def converged(self) -> bool:
        """True where every market has its equilibrium."""
        return self._core.converged

    @property
    def seconds(self) -> float:
        """Time that solving took."""
        return self._core.seconds

    @property
    def certificate(self) -> _core.MarketCertificate:
        """Largest residuals of market clearing and demand, recomputed by separate code."""
        return self._core.certificate

    @property
    def markets(self) -> pd.DataFrame:
        """Status and steps by product; 0 steps where nothing changes."""
        import pandas as pd

        index = pd.Index(self._core.market.products.codes, name="product")
        return pd.DataFrame({"status": self._core.status, "iterations": self._core.iterations}, index=index)

    @property
    def flows(self) -> pd.DataFrame:
        """By exporter, importer and product: value and tariff before and after, quantity as a ratio; under "smart" also
        trade creation and diversion at base prices."""
        import pandas as pd

        core, market = self._core, self._core.market
        columns = {
            "base": market.value,
            "value": core.values(),
            "quantity_hat": core.quantity_hat,
            "tariff_base": market.tariff,
            "tariff": core.tariff,
        }
        if self._theory.name == "smart":
            columns["trade_creation"] = core.trade_creation
            columns["trade_diversion"] = core.trade_diversion
        return pd.DataFrame(columns, index=self._market._flow_index())

    @property
    def suppliers(self) -> pd.DataFrame:
        """By exporter and product: world price as a ratio, change in producer surplus; of a linked market the cost that the
        world gives in its place."""
        import pandas as pd

        second = "cost_hat" if self._core.shifts_curves else "producer_surplus"
        columns = {name: getattr(self._core, name) for name in ("world_price_hat", second)}
        return pd.DataFrame(columns, index=self._market._supplier_index())

    @property
    def buyers(self) -> pd.DataFrame:
        """By importer and product: price of the composite with tariffs as a ratio, change in consumer surplus, tariff revenue
        before and after; of a linked market the shift of demand in place of the surplus."""
        import pandas as pd

        second = "demand_hat" if self._core.shifts_curves else "consumer_surplus"
        names = ("price_hat", second, "tariff_revenue_base", "tariff_revenue")
        columns = {name: getattr(self._core, name) for name in names}
        return pd.DataFrame(columns, index=self._market._buyer_index())

    @property
    def regions(self) -> pd.DataFrame:
        """Exports, imports, surpluses, revenue and net welfare by region, all products together. A linked market has no
        surpluses, since its curves shift; its welfare is that of its world."""
        return self._totals(1, self._core.market.regions, "region")

    @property
    def sectors(self) -> pd.DataFrame:
        """The same by sector, all regions together."""
        return self._totals(0, self._core.market.sectors, "sector")

    @property
    def by_region_and_sector(self) -> pd.DataFrame:
        """The same by region and sector, with base-weighted world prices of what a region sells and prices of what it buys."""
        import pandas as pd

        totals, market = self._core.totals(), self._core.market
        index = pd.MultiIndex.from_product([market.regions.codes, market.sectors.codes], names=["region", "sector"])
        columns = {name: values.ravel() for name, values in _columns(totals, self._core.shifts_curves).items()}
        columns["world_price_hat"] = totals.world_price_hat.ravel()
        columns["price_hat"] = totals.price_hat.ravel()
        return pd.DataFrame(columns, index=index)

    def _totals(self, axis: int, labels: _core.Labels, name: str) -> pd.DataFrame:
        import pandas as pd

        columns = {key: values.sum(axis=axis) for key, values in _columns(self._core.totals(), self._core.shifts_curves).items()}
        return pd.DataFrame(columns, index=pd.Index(labels.codes, name=name))

    def summary(self) -> str:
        """Theory, how the solve went, what the elasticities rest on, and the regions that gain and lose most."""
        core, market = self._core, self._core.market
        lines = [core.title or "Untitled"]
        products, flows = len(market.products), len(market.value)
        moved = int(np.count_nonzero(np.asarray(core.iterations)))
        lines.append(
            f"  market   {market.info.name}: {products} products, {len(market.regions)} regions, {flows} flows"
        )
        lines.append(f"  theory   {self._theory!r}")
        own = [f"{kind} of {count}" for kind, count in market.fallbacks.items() if count]
        if own:
            lines.append(f"  elasticities of products from their sector or the market: {', '.join(own)} of {products}")
        if not core.converged:
            failed = self.markets.query("status != 'converged'").index
            return "\n".join(
                [*lines, f"  There is no result: {len(failed)} markets did not converge, first {failed[0]}"]
            )
        residual = core.certificate.worst
        lines.append(
            f"  solved   {moved} products that change, largest residual {residual:.1e}, {core.seconds:.3g} s"
        )
        if core.beyond_uniqueness:
            count = core.beyond_uniqueness
            lines.append(
                f"  note: in {count} products demand is more elastic than substitution; there may be other solutions"
            )
        if core.negative_flows:
            lines.append(
                f"  note: the linear form takes {core.negative_flows} flows below zero; the shock is too large for it"
            )
        table = self.regions
        ranked = table["exports"] - table["exports_base"] if core.shifts_curves else table["net_welfare"]
        largest = ranked.abs().sort_values(ascending=False, kind="stable").index[:_SHOWN]
        shown = table.loc[largest, [name for name in _SUMMED if name in table]]
        unit = f", {market.info.unit}" if market.info.unit else ""
        return "\n".join([*lines, f"Changes by region{unit}", shown.to_string(float_format=lambda x: f"{x:,.4g}")])

    def __repr__(self) -> str:
        state = "converged" if self.converged else "not converged"
        return f"PartialEquilibrium({self._core.title!r}, {self._theory!r}, {state})"


def solve_market(
    market: Market,
    change: Scenario | Case,
    theory: Theory | str | None = None,
    *,
    tolerance: float = 1e-12,
    max_iterations: int = 100,
) -> PartialEquilibrium:
    """Solves new tariffs in a market, each product by itself; `ts.solve` of a market comes here.

    Raises
    ------
    InvalidInput
        Where the scenario or the theory does not fit the market.
    """
    scenario = change.scenario if isinstance(change, Case) else change
    if not isinstance(scenario, Scenario):
        raise InvalidInput("solve", f"a {type(change).__name__} is no change of a market", "give a Scenario of tariffs")
    if theory is None and isinstance(change, Case) and change.theory is not None and change.theory.of_markets:
        theory = change.theory
    theory = Theory.of("partial" if theory is None else theory)
    if not theory.of_markets:
        raise InvalidInput("theory", f"'{theory.name}' is a theory of worlds", "use 'partial', 'gsim' or 'smart', or give a World")
    parameters: dict[str, Any] = {key: value for key, value in theory.parameters.items() if value is not None}
    limits: dict[str, Any] = {"tolerance": number(tolerance, "tolerance"), "max_iterations": integer(max_iterations, "max_iterations")}
    core = _core.solve_market(market._core, scenario._core(None), theory.name, **parameters, **limits)
    return PartialEquilibrium(core, scenario, theory)


def _columns(totals: _core.MarketTotals, shifts_curves: bool) -> dict[str, Any]:
    columns = {
        "exports_base": totals.exports_base,
        "exports": totals.exports,
        "imports_base": totals.imports_base,
        "imports": totals.imports,
        "producer_surplus": totals.producer_surplus,
        "consumer_surplus": totals.consumer_surplus,
        "tariff_revenue_change": totals.tariff_revenue - totals.tariff_revenue_base,
        "net_welfare": totals.net_welfare(),
    }
    return {name: values for name, values in columns.items() if not (shifts_curves and name in _SURPLUSES)}
