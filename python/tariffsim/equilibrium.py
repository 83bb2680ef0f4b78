"""Equilibrium: everything that a solved model implies, in levels and in changes, with its certificate."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core, breakdown, derivatives
from tariffsim.about import BaseShift
from tariffsim.certificate import Certificate
from tariffsim.changes import places_for, sides
from tariffsim.closure import Closure
from tariffsim.days import as_date
from tariffsim.labels import data_array, frame, series
from tariffsim.shock import Shock
from tariffsim.world import World
from tariffsim.theory import Theory

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from tariffsim.derivatives import Direction, Gradient
    from tariffsim.labels import FloatArray
    from tariffsim.plot import Plots
    from tariffsim.scenario import Scenario
    from tariffsim.summary import Summary
    from tariffsim.welfare import FirstOrderWelfare

    Selector = Union[str, Iterable[str]]

__all__ = ["Equilibrium"]


class Equilibrium:
    """The result of a solve: N regions, J sectors.

    Levels are in the world's currency at the numeraire: `x` after, `x_base` before. Changes are `x_hat` = after / before, or
    `x_pct` in percent. "Before" is the solved base, which differs from the observed world where the closure removes deficits
    or the data are no equilibrium (see `base_shift`).

    Status, diagnosis, certificate and counts can always be read. Every number raises NotConverged where `status` is not
    "converged". Arrays are read-only views of the memory that the result holds.
    """

    __slots__ = ("_axes", "_core", "_scenario", "_world")

    def __init__(self, core: _core.Equilibrium, world: World, scenario: Scenario | None = None) -> None:
        self._core = core
        self._scenario = scenario
        self._world = world
        self._axes = world._axes

    # ---- how the solve went

    @property
    def title(self) -> str:
        """Title of the scenario."""
        return self._core.title

    @property
    def date(self) -> datetime.date | None:
        """The day whose measures are in force, where the scenario is dated."""
        return as_date(self._core.date) if self._core.date else None

    @property
    def _label(self) -> str:
        day = f" on {self._core.date}" if self._core.date else ""
        return f"flows after {self.title or 'the shock'}{day}"

    @property
    def observed(self) -> World:
        """The world as given."""
        return self._world

    @property
    def scenario(self) -> Scenario | None:
        """The changes as declared; None where a `Shock` was solved."""
        return self._scenario

    @property
    def shock(self) -> Shock:
        """What changed, as arrays."""
        return Shock._of(self._core.shock)

    @property
    def closure(self) -> Closure:
        """Deficits, numeraire and the use of revenue."""
        return Closure._of(self._core.closure)

    @property
    def theory(self) -> Theory:
        """Which economics."""
        return Theory._of(self._core.theory)

    @property
    def elasticity_source(self) -> str:
        """Where the trade elasticities come from."""
        return self._core.elasticity_source

    @property
    def warnings(self) -> list[str]:
        """What is not known of this equilibrium, such as whether it is the only one."""
        return list(self._core.warnings)

    @property
    def status(self) -> str:
        """ "converged", "stalled" (the solver gave up) or "infeasible" (there is none on the way from the base)."""
        return self._core.status

    @property
    def converged(self) -> bool:
        """True where there is an equilibrium within tolerance."""
        return self._core.status == "converged"

    @property
    def diagnosis(self) -> str:
        """Why there is no equilibrium; empty where there is one."""
        return self._core.diagnosis

    @property
    def certificate(self) -> Certificate:
        """Every equilibrium condition, recomputed by separate code, as relative residuals."""
        return Certificate(self._core.certificate)

    @property
    def iterations(self) -> int:
        """Accepted steps of the solver."""
        return self._core.iterations

    @property
    def evaluations(self) -> int:
        """Evaluations of the equilibrium system."""
        return self._core.evaluations

    @property
    def path_steps(self) -> int:
        """1 for a direct solve, more on a path from the base."""
        return self._core.path_steps

    @property
    def seconds(self) -> float:
        """Wall-clock time of the solve, base not included."""
        return self._core.seconds

    @property
    def tolerance(self) -> float:
        """Largest relative residual accepted."""
        return self._core.tolerance

    @property
    def base_shift(self) -> BaseShift:
        """Whether the base had to be solved (`resolved`), why (`reason`), and how far it lies from the observed flows."""
        return BaseShift.of(self._core.base_shift)

    @property
    def limits(self) -> pd.DataFrame:
        """How each limit of the scenario came out, by name.

        Columns: limited, sense, level, amount and base (in one unit); binds, the amount is the level; exceeded, a tariff-rate
        quota beyond which the higher rate is paid; multiplier; wedge, the tariff or export tax that the limit equals (below
        zero a subsidy); rent in the world's currency, of a tariff-rate quota on the quota alone; rent_owner.
        """
        import pandas as pd

        self._core.require_converged()
        columns = ["limited", "sense", "level", "amount", "base", "binds", "exceeded", "multiplier", "wedge", "rent", "rent_owner"]
        return pd.DataFrame(self._core.limits, columns=["name", *columns]).set_index("name")

    @property
    def ways(self) -> pd.DataFrame:
        """Flows of which a part goes another way: at a preference, through a hub, under another origin.

        Columns: way, through (the hub), exporter, importer, sector; share_base and share of the flow's border value; value_base
        and value of that part, in the world's currency.
        """
        import pandas as pd

        columns = ["way", "through", "exporter", "importer", "sector", "share_base", "share", "value_base", "value"]
        return pd.DataFrame(self._core.ways, columns=columns)

    @property
    def gross_exports(self) -> pd.DataFrame:
        """Exports by region: domestic (of its own making), reexports (that have been through it), gross (both), each also
        in the base; values at the final importer's border, in the world's currency."""
        import pandas as pd

        columns = ["domestic_base", "reexports_base", "gross_base", "domestic", "reexports", "gross"]
        values = _core.gross_exports(self._core)
        return pd.DataFrame({name: values[name] for name in columns}, index=self._axes.regions)

    def require_converged(self) -> Equilibrium:
        """Itself.

        Raises
        ------
        NotConverged
            With the status and the diagnosis, which names the worst region and sector.
        """
        self._core.require_converged()
        return self

    def world(self) -> World:
        """The counterfactual as a world, so that changes compose."""
        return World(self._core.world())

    # ---- welfare

    @property
    def welfare_pct(self) -> pd.Series[float]:
        """Exact change in welfare by region, percent: real income less what work costs where labour supply answers to it.

        With utility C - L^(1 + 1/kappa) / (1 + 1/kappa); `real_income_pct` where supplies are fixed or prices rigid.
        """
        return self._by_region(_core.welfare_pct(self._core), "welfare_pct")

    @property
    def welfare_as_published_pct(self) -> pd.Series[float]:
        """Welfare by the formula of Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), percent.

        It is `welfare_pct` unless revenue cuts an income tax, where it shows more.
        """
        return self._by_region(_core.welfare_as_published_pct(self._core), "welfare_as_published_pct")

    # ---- factors

    @property
    def factor_price_hat(self) -> pd.DataFrame:
        """Price of each factor over all sectors, ratio at the numeraire, by region and factor."""
        return self._by_factor(self._core.factor_price_hat)

    @property
    def factor_supply_hat(self) -> pd.DataFrame:
        """Supply of each factor, ratio, by region and factor: employment where it is labour."""
        return self._by_factor(self._core.factor_supply_hat)

    @property
    def value_added_hat(self) -> pd.DataFrame:
        """Value added of each sector, ratio at the numeraire, by region and sector."""
        return frame(self._core.value_added_hat, self._axes)

    def _by_factor(self, values: FloatArray) -> pd.DataFrame:
        import pandas as pd

        columns = pd.Index(self._core.factors, name="factor")
        return pd.DataFrame(values, index=self._axes.of("region"), columns=columns)

    @property
    def real_income_pct(self) -> pd.Series[float]:
        """100 ((I'/I) / P_hat - 1) by region: the exact change in real income, percent."""
        return self._by_region(_core.real_income_pct(self._core), "real_income_pct")

    @property
    def equivalent_variation(self) -> pd.Series[float]:
        """I ((I'/I) / P_hat - 1) by region: what the change is worth at base prices, in the world's currency."""
        return self._by_region(_core.equivalent_variation(self._core), "equivalent_variation")

    @property
    def real_wage_pct(self) -> pd.Series[float]:
        """100 (w_hat / P_hat - 1) by region, percent; leaves out revenue and transfers."""
        return self._by_region(_core.real_wage_pct(self._core), "real_wage_pct")

    @property
    def welfare_comparable(self) -> bool:
        """False where tastes or final-demand shares change: real income before and after then has no common yardstick."""
        return _core.welfare_comparable(self._core)

    @property
    def welfare_first_order(self) -> FirstOrderWelfare:
        """Terms of trade, volume of trade and their sum by region, percent: the literature's formula, not the exact change.

        Caliendo and Parro (2015), equation 16, made for small changes of tariffs; `applies` says whether this is one of
        tariffs alone. `by_partner` and `by_sector` hold its parts. The exact change is `real_income_pct`.
        """
        return breakdown.first_order(self._core, self._axes)

    def acr_welfare_pct(self) -> pd.Series[float]:
        """Real income from domestic shares, percent, where that formula holds.

        Arkolakis, Costinot and Rodriguez-Clare (2012), with tariffs as in Costinot and Rodriguez-Clare (2014).

        Raises
        ------
        InvalidInput
            Where it does not hold, with the reason.
        """
        return self._by_region(_core.acr_welfare_pct(self._core), "acr_welfare_pct")

    # ---- by region

    @property
    def wage_hat(self) -> pd.Series[float]:
        """w'/w by region."""
        return self._by_region(self._core.wage_hat, "wage_hat")

    @property
    def consumer_price_hat(self) -> pd.Series[float]:
        """P'/P by region: the price of final consumption, prod_j (P_hat^j)^(alpha^j)."""
        return self._by_region(self._core.consumer_price_hat, "consumer_price_hat")

    @property
    def income_hat(self) -> pd.Series[float]:
        """I'/I by region."""
        return self._by_region(_core.income_hat(self._core), "income_hat")

    @property
    def income(self) -> pd.Series[float]:
        """I' by region: value added, revenue and deficit."""
        return self._by_region(self._after.income, "income")

    @property
    def income_base(self) -> pd.Series[float]:
        """I by region."""
        return self._by_region(self._base.income, "income_base")

    @property
    def value_added(self) -> pd.Series[float]:
        """w'L by region."""
        return self._by_region(self._after.value_added, "value_added")

    @property
    def value_added_base(self) -> pd.Series[float]:
        """wL by region."""
        return self._by_region(self._base.value_added, "value_added_base")

    @property
    def tariff_revenue(self) -> pd.Series[float]:
        """Tariff revenue by importer, after."""
        return self._by_region(self._after.tariff_revenue, "tariff_revenue")

    @property
    def tariff_revenue_base(self) -> pd.Series[float]:
        """Tariff revenue by importer, before."""
        return self._by_region(self._base.tariff_revenue, "tariff_revenue_base")

    @property
    def export_tax_revenue(self) -> pd.Series[float]:
        """Export-tax revenue by exporter, after."""
        return self._by_region(self._after.export_tax_revenue, "export_tax_revenue")

    @property
    def export_tax_revenue_base(self) -> pd.Series[float]:
        """Export-tax revenue by exporter, before."""
        return self._by_region(self._base.export_tax_revenue, "export_tax_revenue_base")

    @property
    def deficit(self) -> pd.Series[float]:
        """D' by region: imports minus exports at border values."""
        return self._by_region(self._after.deficit, "deficit")

    @property
    def deficit_base(self) -> pd.Series[float]:
        """D by region."""
        return self._by_region(self._base.deficit, "deficit_base")

    # ---- by region and sector

    @property
    def price_hat(self) -> pd.DataFrame:
        """Price index of the buyer, region x sector; 1 where nothing is bought."""
        return frame(self._core.price_hat, self._axes)

    @property
    def cost_hat(self) -> pd.DataFrame:
        """Unit cost of the producer, region x sector."""
        return frame(self._core.cost_hat, self._axes)

    @property
    def output(self) -> pd.DataFrame:
        """Y', region x sector."""
        return frame(self._after.output, self._axes)

    @property
    def output_base(self) -> pd.DataFrame:
        """Y, region x sector."""
        return frame(self._base.output, self._axes)

    @property
    def expenditure(self) -> pd.DataFrame:
        """X', region x sector: final and intermediate, tariffs included."""
        return frame(self._after.expenditure, self._axes)

    @property
    def expenditure_base(self) -> pd.DataFrame:
        """X, region x sector."""
        return frame(self._base.expenditure, self._axes)

    @property
    def final_demand_share(self) -> pd.DataFrame:
        """alpha', region x sector."""
        return frame(self._after.final_demand_share, self._axes)

    @property
    def final_demand_share_base(self) -> pd.DataFrame:
        """alpha, region x sector."""
        return frame(self._base.final_demand_share, self._axes)

    # ---- by exporter, importer and sector

    @property
    def flows(self) -> xr.DataArray:
        """F', border values before the importer's tariff, domestic sales included."""
        return self._bilateral(self._after.flows, "flows", self._world.info.unit, self._label)

    @property
    def flows_base(self) -> xr.DataArray:
        """F in the solved base."""
        return self._bilateral(self._base.flows, "flows_base", self._world.info.unit, f"base flows of {self.title}")

    @property
    def flows_hat(self) -> xr.DataArray:
        """F'/F; NaN where the base flow is zero."""
        before, after = self._base.flows, self._after.flows
        hat = np.full_like(before, np.nan)
        np.divide(after, before, out=hat, where=before != 0)
        hat.flags.writeable = False
        return self._bilateral(hat, "flows_hat", "ratio")

    @property
    def flow_price_hat(self) -> xr.DataArray:
        """Delivered price before the importer's tariff; 0 where the flow is banned, for there is no price."""
        return self._bilateral(_core.flow_price_hat(self._core), "flow_price_hat", "ratio")

    @property
    def flow_quantity_hat(self) -> xr.DataArray:
        """Delivered quantity; 0 where the flow is banned, NaN where the base flow is zero."""
        hat = np.where(self._base.flows != 0, _core.flow_quantity_hat(self._core), np.nan)
        hat.flags.writeable = False
        return self._bilateral(hat, "flow_quantity_hat", "ratio")

    @property
    def expenditure_share(self) -> xr.DataArray:
        """pi', tariff-inclusive; sums to one over exporters, zero where nothing is bought."""
        return self._bilateral(self._after.expenditure_share, "expenditure_share", "share")

    @property
    def expenditure_share_base(self) -> xr.DataArray:
        """pi in the solved base."""
        return self._bilateral(self._base.expenditure_share, "expenditure_share_base", "share")

    @property
    def tariffs(self) -> xr.DataArray:
        """t', ad valorem."""
        return self._bilateral(self._after.tariffs, "tariffs", "ad valorem")

    @property
    def tariffs_base(self) -> xr.DataArray:
        """t, ad valorem."""
        return self._bilateral(self._base.tariffs, "tariffs_base", "ad valorem")

    @property
    def export_taxes(self) -> xr.DataArray:
        """e', ad valorem on the producer's price."""
        return self._bilateral(self._after.export_taxes, "export_taxes", "ad valorem")

    @property
    def export_taxes_base(self) -> xr.DataArray:
        """e, ad valorem on the producer's price."""
        return self._bilateral(self._base.export_taxes, "export_taxes_base", "ad valorem")

    # ---- what it means

    def trade_creation_diversion(self, by: str = "importer", valuation: str = "base_prices") -> pd.DataFrame:
        """Trade creation and diversion in the world's currency, foreign cells only.

        Parameters
        ----------
        by : str
            "importer" (default), or "sector" for importer and sector, with the changes in imports from partners whose wedge
            fell (favoured) or rose (disfavoured) against the market's mean.
        valuation : str
            "base_prices": quantities at base border prices. "current_prices": values, as customs would record them.
        """
        return breakdown.creation(self._core, self._axes, by, valuation)

    def effective_tariff(self, by: str = "importer") -> pd.DataFrame:
        """Duties over imports at border values: base, before_substitution (new rates on base imports) and after_substitution.

        Parameters
        ----------
        by : str
            "importer", "partner" (rows exporter and importer) or "sector" (rows importer and sector).
        """
        return breakdown.effective_tariff(self._core, self._axes, by)

    def balances(self) -> pd.DataFrame:
        """Exports, imports and balance of each region, before (_base) and after; columns by kind: goods, services, all."""
        return breakdown.balances(self._core, self._axes)

    def import_prices(self, by: str = "importer") -> pd.DataFrame:
        """Laspeyres indices of import prices, border_hat and duty_inclusive_hat, by importer, or by importer and sector."""
        return breakdown.import_prices(self._core, self._axes, by)

    def pass_through(self, by: str = "importer") -> pd.DataFrame:
        """Share of a tariff change in the duty-inclusive price, Δ ln(p (1 + t)) / Δ ln(1 + t); 1: the buyer pays it all.

        Two definitions side by side: in_numeraire takes prices in the numeraire of the closure, relative_to_wage over the
        importer's wage, which no numeraire moves.

        Parameters
        ----------
        by : str
            "cell": a row for each exporter, importer and sector whose tariff changed, with Δ ln(1 + t) as
            log_tariff_change. "importer", or "sector" for importer and sector: means over those flows, weighted with base
            imports times the size of Δ ln(1 + t), and the base imports in them as changed_imports; others have no row.
        """
        return breakdown.pass_through(self._core, self._axes, by)

    def price_quantity_parts(self) -> xr.Dataset:
        """Price and quantity parts of the change in every flow (Bennet's indicator); their sum is flows - flows_base."""
        import xarray as xr

        parts = _core.flow_change_parts(self._core)
        unit = self._world.info.unit
        return xr.Dataset({name: self._bilateral(parts[name], name, unit) for name in ("price", "quantity")})

    def import_sources(self, importer: Selector, sector: Selector = "*") -> pd.DataFrame:
        """What a market buys from each exporter, itself included: base, counterfactual, change, base_share, share."""
        return breakdown.partners(_core.import_sources, self._core, self._axes, importer, sector)

    def export_destinations(self, exporter: Selector, sector: Selector = "*") -> pd.DataFrame:
        """What a producer sells to each importer, itself included: base, counterfactual, change, base_share, share."""
        return breakdown.partners(_core.export_destinations, self._core, self._axes, exporter, sector)

    # ---- derivatives

    def outcome(self, name: str) -> Any:
        """An outcome by name: "real_income_pct[CHN]" or "flows[CHN->USA]" is a number, "real_income_pct" a labelled array.
        `ts.outcome_quantities()` lists what there is."""
        return derivatives.read(self, name)

    def gradient(self, outcome: str | Mapping[str, float], by: str | Iterable[str] | None = None) -> Gradient:
        """The derivative of one outcome by every tariff, export tax, trade cost, taste, productivity, deficit and elasticity.

        Parameters
        ----------
        outcome : str or dict
            One number, such as "real_income_pct[CHN]", "flows[CHN->USA]" or "tariff_revenue[USA]"; or a weighted sum, as
            weights by outcome.
        by : str or list of str
            The parameters that are wanted; all that the theory has where absent.

        Returns
        -------
        Gradient
            `g.tariff`, `g.trade_elasticity` and so on are labelled arrays; `g.top(100)` the hundred largest.

        Raises
        ------
        InvalidInput
            Where a limit binds or rates answer to the equilibrium, and on an unknown outcome or parameter.
        """
        return derivatives.gradient(self, outcome, by)

    def vjp(self, outcome: str | Mapping[str, float], by: str | Iterable[str] | None = None) -> Gradient:
        """`gradient` by its name in automatic differentiation: weights of outcomes times the Jacobian."""
        return derivatives.gradient(self, outcome, by)

    def jvp(self, direction: Direction, outcomes: str | Iterable[str] = derivatives._SHOWN) -> xr.Dataset:
        """How outcomes move in a direction, to first order.

        Parameters
        ----------
        direction : Shock, Scenario or dict
            A change to move towards (the direction is the difference to this result's own), or arrays by parameter, such as
            {"tariff": array, "trade_elasticity": 1.0}; labelled arrays in any order.
        outcomes : names of quantities or of single numbers

        Returns
        -------
        xarray.Dataset
            One variable by outcome.
        """
        return derivatives.jvp(self, direction, outcomes)

    def jacobian(self, outcomes: Iterable[str], parameters: Iterable[str]) -> pd.DataFrame:
        """Derivatives of single numbers by single parameters, such as "tariff[CHN->USA, ELE]", "productivity[USA, ELE]" or
        "trade_elasticity[ELE]"; outcomes x parameters."""
        return derivatives.jacobian(self, outcomes, parameters)

    def hessian_vector(
        self, outcome: str, direction: Direction, by: str | Iterable[str] | None = None
    ) -> Gradient:
        """How the gradient of an outcome moves in a direction of policy: the Hessian times a vector, to about eight digits.

        The result is a Gradient of the slope of the outcome in that direction, by all parameters or those of `by`."""
        return derivatives.hessian_vector(self, outcome, direction, by)

    # ---- for people and files

    def summary(self) -> Summary:
        """The table that an analyst would paste into a memo: print it, or str() it."""
        from tariffsim.summary import Summary

        return Summary(self)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes summary.json, regions.csv, sectors.csv and flows.csv; the folder appears complete or not at all.

        Where the solve did not converge, summary.json alone, with status and diagnosis.

        Raises
        ------
        InvalidInput
            Where the folder cannot be written, or holds something that is no result.
        """
        _core.write_results(self._core, Path(path))

    def to_frames(self) -> dict[str, pd.DataFrame]:
        """The numbers of regions.csv, sectors.csv and flows.csv as frames: by region; by region and sector; by flow."""
        return breakdown.to_frames(self)

    def to_xarray(self) -> xr.Dataset:
        """Every level and change as one labelled data set."""
        return breakdown.to_xarray(self)

    @property
    def plot(self) -> Plots:
        """Pictures: `eq.plot.welfare_bars()` and others, each with matplotlib."""
        from tariffsim.plot import Plots

        return Plots(self)

    def report(self, path: str | os.PathLike[str], *, title: str | None = None, markets: int = 2) -> Path:
        """Writes one self-contained HTML page; parameters and errors as in `tariffsim.report.write_report`."""
        from tariffsim.report import write_report

        return write_report(self, path, title=title, markets=markets)

    def __repr__(self) -> str:
        size = f"{len(self._axes.regions)} regions x {len(self._axes.sectors)} sectors"
        head = f"Equilibrium {self.title!r}: {self.status}, {size}, closure {self.closure.deficits}"
        if not self.converged:
            return f"{head}\n  {self.diagnosis}"
        losers = sides(self.real_income_pct).losers
        worst = f"{losers.index[0]} {losers.iloc[0]:+.{max(4, places_for(losers))}f} percent" if len(losers) else "none"
        effort = f"{self.evaluations} evaluations, {1e3 * self.seconds:.1f} ms"
        return (
            f"{head}\n  largest residual {self.certificate.worst:.1e}, {effort}"
            f"\n  largest loss of real income: {worst}"
        )

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    # ---- inside

    @property
    def _after(self) -> _core.State:
        return self._core.counterfactual

    @property
    def _base(self) -> _core.State:
        return self._core.base

    def _by_region(self, values: FloatArray, name: str) -> pd.Series[float]:
        return series(values, self._axes, name)

    def _bilateral(self, values: FloatArray, name: str, unit: str, of: str = "") -> xr.DataArray:
        whose = {"of": of, "world": self._world._token} if of else {}
        return data_array(values, self._axes, name, attrs={"unit": unit, **whose})
