"""Labels on the analysis of an equilibrium: tables by region, partner and sector."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import Axes, frame

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.labels import FloatArray
    from tariffsim.welfare import FirstOrderWelfare

__all__ = [
    "balances",
    "creation",
    "effective_tariff",
    "first_order",
    "import_prices",
    "partners",
    "pass_through",
    "to_frames",
    "to_xarray",
]


def first_order(eq: _core.Equilibrium, axes: Axes) -> FirstOrderWelfare:
    """The formula's table, with its parts by partner and sector."""
    from tariffsim.welfare import FirstOrderWelfare

    parts = _core.first_order_welfare(eq)
    columns = ("terms_of_trade_pct", "volume_of_trade_pct", "total_pct", "transfer_pct")
    table = FirstOrderWelfare({name: parts[name] for name in columns}, index=axes.regions)
    table.applies = _core.first_order_applies(eq)
    terms = ("terms_of_trade", "volume_of_trade")
    table.by_partner = {f"{t}_pct": frame(parts[f"{t}_by_partner"], axes, "region", "partner") for t in terms}
    table.by_sector = {f"{t}_pct": frame(parts[f"{t}_by_sector"], axes) for t in terms}
    return table


def creation(eq: _core.Equilibrium, axes: Axes, by: str, valuation: str) -> pd.DataFrame:
    """Trade creation and diversion by importer, or by importer and sector."""
    _one_of(by, ("importer", "sector"), "by")
    _one_of(valuation, ("base_prices", "current_prices"), "valuation")
    parts = _core.trade_creation(eq, valuation == "base_prices")
    if by == "importer":
        return _table({name: parts[name] for name in ("creation", "diversion")}, axes, ("importer",))
    names = ("creation", "diversion", "favoured", "disfavoured")
    return _table({name: parts[f"{name}_by_sector"] for name in names}, axes, ("importer", "sector"))


def effective_tariff(eq: _core.Equilibrium, axes: Axes, by: str) -> pd.DataFrame:
    """Effective tariffs in three readings."""
    rows = {"importer": ("importer",), "partner": ("exporter", "importer"), "sector": ("importer", "sector")}
    _one_of(by, tuple(rows), "by")
    readings = _core.effective_tariff(eq)
    names = ("base", "before_substitution", "after_substitution")
    return _table({name: readings[name][by] for name in names}, axes, rows[by])


def balances(eq: _core.Equilibrium, axes: Axes) -> pd.DataFrame:
    """Exports, imports and balances by kind of sector, before and after."""
    import pandas as pd

    trade = _core.trade_balances(eq)
    columns = {}
    for kind in ("goods", "services", "all"):
        for flow in ("exports", "imports", "balance"):
            columns[(kind, f"{flow}_base")] = trade["base"][f"{kind}_{flow}"]
            columns[(kind, flow)] = trade["counterfactual"][f"{kind}_{flow}"]
    table = pd.DataFrame(columns, index=axes.regions)
    table.columns.names = ["kind", "flow"]
    return table


def import_prices(eq: _core.Equilibrium, axes: Axes, by: str) -> pd.DataFrame:
    """Indices of import prices."""
    _one_of(by, ("importer", "sector"), "by")
    prices = _core.import_price_hat(eq)
    names = ("border", "duty_inclusive")
    if by == "importer":
        return _table({f"{name}_hat": prices[name] for name in names}, axes, ("importer",))
    return _table({f"{name}_hat": prices[f"{name}_by_sector"] for name in names}, axes, ("importer", "sector"))


def pass_through(eq: _core.Equilibrium, axes: Axes, by: str) -> pd.DataFrame:
    """Pass-through of tariff changes to duty-inclusive prices."""
    import pandas as pd

    _one_of(by, ("importer", "sector", "cell"), "by")
    if by != "cell":
        parts = _core.pass_through(eq)
        names = ("changed_imports", "in_numeraire", "relative_to_wage")
        rows, ending = (("importer",), "") if by == "importer" else (("importer", "sector"), "_by_sector")
        table = _table({name: parts[name + ending] for name in names}, axes, rows)
        return table[table["changed_imports"] > 0]
    cells = _core.pass_through_cells(eq)
    positions = {key: [getattr(cell, key) for cell in cells] for key in ("exporter", "importer", "sector")}
    index = pd.MultiIndex.from_arrays([axes.of(key).take(at) for key, at in positions.items()], names=list(positions))
    columns = ("tariff_base", "tariff", "log_tariff_change", "in_numeraire", "relative_to_wage")
    return pd.DataFrame({name: [getattr(cell, name) for cell in cells] for name in columns}, index=index)


def partners(
    function: Callable[[_core.Equilibrium, list[str], list[str]], Mapping[str, FloatArray]],
    eq: _core.Equilibrium,
    axes: Axes,
    region: str | Iterable[str],
    sector: str | Iterable[str],
) -> pd.DataFrame:
    """Trade of some regions with each partner."""
    terms = [[given] if isinstance(given, str) else list(given) for given in (region, sector)]
    parts = function(eq, terms[0], terms[1])
    names = ("base", "counterfactual", "change", "base_share", "share")
    return _table({name: parts[name] for name in names}, axes, ("partner",))


def to_frames(eq: Equilibrium) -> dict[str, pd.DataFrame]:
    """The columns of the result files, by the names of the files; NaN where a file has an empty cell."""
    import pandas as pd

    first = eq.welfare_first_order if eq.welfare_first_order.applies else eq.welfare_first_order * np.nan
    by_region = {
        "wage_hat": eq.wage_hat,
        "price_hat": eq.consumer_price_hat,
        "income_hat": eq.income_hat,
        "real_wage_pct": eq.real_wage_pct,
        "real_income_pct": eq.real_income_pct,
        "equivalent_variation": eq.equivalent_variation,
        "welfare_first_order_pct": first["total_pct"],
        "terms_of_trade_pct": first["terms_of_trade_pct"],
        "volume_of_trade_pct": first["volume_of_trade_pct"],
        "tariff_revenue_base": eq.tariff_revenue_base,
        "tariff_revenue": eq.tariff_revenue,
        "deficit_base": eq.deficit_base,
        "deficit": eq.deficit,
    }
    core, axes = eq._core, eq._axes
    base, after = core.base, core.counterfactual
    by_sector = {
        "price_hat": np.where(base.expenditure > 0, core.price_hat, np.nan),
        "cost_hat": np.where(base.output > 0, core.cost_hat, np.nan),
        "output_base": base.output,
        "output": after.output,
    }
    price = _core.flow_price_hat(core)
    by_flow = {
        "observed": eq.observed._core.flows,
        "base": base.flows,
        "counterfactual": after.flows,
        "quantity_hat": eq.flow_quantity_hat.values,
        "price_hat": np.where((base.flows > 0) & (price > 0), price, np.nan),
        "tariff_base": base.tariffs,
        "tariff": after.tariffs,
    }
    flows = _table(by_flow, axes, ("exporter", "importer", "sector"))
    return {
        "regions": pd.DataFrame(by_region),
        "sectors": _table(by_sector, axes, ("region", "sector")),
        "flows": flows[(flows["observed"] != 0) | (flows["base"] != 0) | (flows["counterfactual"] != 0)],
    }


def to_xarray(eq: Equilibrium) -> xr.Dataset:
    """Every level and change, labelled, with what was assumed in the attributes."""
    import xarray as xr

    pairs = ("flows", "flows_base", "flows_hat", "flow_price_hat", "flow_quantity_hat", "expenditure_share")
    rates = ("expenditure_share_base", "tariffs", "tariffs_base", "export_taxes", "export_taxes_base")
    tables = ("price_hat", "cost_hat", "output", "output_base", "expenditure", "expenditure_base", "final_demand_share")
    regions = (
        *("wage_hat", "consumer_price_hat", "income_hat", "real_income_pct", "real_wage_pct", "equivalent_variation"),
        *("income", "income_base", "value_added", "value_added_base", "tariff_revenue", "tariff_revenue_base"),
        *("export_tax_revenue", "export_tax_revenue_base", "deficit", "deficit_base"),
    )
    variables: dict[str, Any] = {name: getattr(eq, name) for name in (*pairs, *rates)}
    for name in tables:
        variables[name] = (("region", "sector"), getattr(eq, name).to_numpy())
    for name in regions:
        variables[name] = (("region",), getattr(eq, name).to_numpy())
    first = eq.welfare_first_order
    for name in ("terms_of_trade_pct", "volume_of_trade_pct"):
        variables[f"first_order_{name}"] = (("region",), first[name].to_numpy())
    attrs = {
        "title": eq.title,
        "world": eq.observed.name,
        "unit": eq.observed.info.unit,
        "deficits": eq.closure.deficits,
        "numeraire": eq.closure.numeraire,
        "status": eq.status,
        "largest_residual": eq.certificate.worst,
    }
    coords = {dim: eq._axes.of(dim) for dim in ("region", "sector")}
    return xr.Dataset(variables, coords=coords, attrs=attrs)


def _table(columns: Mapping[str, FloatArray], axes: Axes, rows: Sequence[str]) -> pd.DataFrame:
    """One row per cell, in the order in which the arrays are indexed."""
    import pandas as pd

    if len(rows) == 1:
        return pd.DataFrame(dict(columns), index=axes.of(rows[0]))
    index = pd.MultiIndex.from_product([axes.of(name) for name in rows])
    return pd.DataFrame({name: np.ravel(values, order="C") for name, values in columns.items()}, index=index)


def _one_of(given: str, allowed: Sequence[str], name: str) -> None:
    if given not in allowed:
        listed = ", ".join(f"'{word}'" for word in allowed)
        raise InvalidInput(name, f"is {given!r}", f"use {listed}")
