"""Rates of one day, and the mean tariff that given flows pay under them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.days import as_date
from tariffsim.errors import InvalidInput
from tariffsim.labels import align, data_array, is_data_array

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from tariffsim.labels import FloatArray
    from tariffsim.world import World

__all__ = ["EffectiveTariff", "Rates", "traded"]

NORMAL = "normal duty"


class Rates:
    """The rates in force on one day in one world, with the measures that they are made of."""

    __slots__ = ("_core", "_measures", "_world")

    def __init__(self, core: _core.DayRates, world: World, measures: pd.DataFrame) -> None:
        self._core = core
        self._world = world
        self._measures = measures

    @property
    def date(self) -> datetime.date:
        """The day."""
        return as_date(self._core.date)

    @property
    def basis(self) -> str:
        """ "legal" or "collected"."""
        return self._core.basis

    @property
    def total(self) -> xr.DataArray:
        """Exporter x importer x sector, ad valorem: 0.25 is 25 percent. Read-only."""
        attrs = {"unit": "ad valorem", "date": self._core.date, "basis": self._core.basis}
        return data_array(self._core.total, self._world._axes, "tariffs", attrs=attrs)

    @property
    def parts(self) -> pd.DataFrame:
        """What each measure adds, a row for each cell and measure.

        Columns: exporter, importer, sector, measure, authority; due, the share of the flow on which it is due; amount, what it
        adds to the rate of the whole flow. What the parts of a cell leave of its rate is the normal duty.
        """
        import pandas as pd

        columns = self._core.parts
        axes, known = self._world._axes, self._measures
        codes = {
            "exporter": pd.Categorical.from_codes(columns["exporter"], axes.regions),
            "importer": pd.Categorical.from_codes(columns["importer"], axes.regions),
            "sector": pd.Categorical.from_codes(columns["sector"], axes.sectors),
            "measure": known.index.to_numpy()[columns["measure"]],
            "authority": known["authority"].to_numpy()[columns["measure"]],
        }
        return pd.DataFrame({**codes, "due": columns["due"], "amount": columns["amount"]})

    def by(self, key: str = "authority") -> dict[str, xr.DataArray]:
        """The rate in parts that sum to it, by authority or by measure; "normal duty" is what no measure adds."""
        labels = self._labels(key)
        columns = self._core.parts
        result: dict[str, FloatArray] = {NORMAL: np.array(self._core.total)}
        for label in dict.fromkeys(labels):
            chosen = labels == label
            part = np.zeros_like(self._core.total)
            cells = tuple(columns[axis][chosen] for axis in ("exporter", "importer", "sector"))
            np.add.at(part, cells, columns["amount"][chosen])
            result[label] = part
            result[NORMAL] -= part
        return {label: data_array(part, self._world._axes, label) for label, part in result.items()}

    def _labels(self, key: str) -> Any:
        column = self._core.parts["measure"]
        if key == "measure":
            return self._measures.index.to_numpy()[column]
        if key == "authority":
            return self._measures["authority"].to_numpy()[column]
        raise InvalidInput("by", f"unknown key {key!r}", "use 'authority' or 'measure'")

    def __repr__(self) -> str:
        taxed = int((self._core.total != 0).sum())
        return f"Rates of {self._core.date} ({self._core.basis} days) in {self._world.name or 'a world'}: {taxed:,} cells"


class EffectiveTariff:
    """Duties over imports of goods, ad valorem, for the flows that it names: what is announced, at given trade.

    Attributes
    ----------
    total : float
    of : str
        Whose flows they are.
    rates : Rates
    """

    def __init__(self, rates: Rates, flows: FloatArray, of: str, importers: list[int], exporters: list[int]) -> None:
        world = rates._world
        goods = np.asarray(world._core.sector_kinds) == "goods"
        chosen = np.zeros(flows.shape, dtype=bool)
        chosen[np.ix_(exporters, importers, np.flatnonzero(goods))] = True
        territories = np.asarray(world._core.territories)
        chosen &= (territories[:, None] != territories[None, :])[:, :, None]
        self.rates, self.of = rates, of
        self._flows = np.where(chosen, flows, 0.0)
        self._duties = self._flows * rates._core.total
        self.total = _ratio(self._duties.sum(), self._flows.sum())

    @property
    def date(self) -> datetime.date:
        """The day of the rates."""
        return self.rates.date

    def by(self, key: str) -> pd.Series[float]:
        """By "authority" or "measure" in parts that sum to the total; by "importer", "partner" or "sector" the rate of each.

        Raises
        ------
        InvalidInput
            On another key.
        """
        import pandas as pd

        axes = self.rates._world._axes
        if key in ("authority", "measure"):
            labels = self.rates._labels(key)
            columns = self.rates._core.parts
            cells = tuple(columns[axis] for axis in ("exporter", "importer", "sector"))
            paid = columns["amount"] * self._flows[cells]
            parts = pd.Series(paid, index=pd.Index(labels, name=key)).groupby(level=0, sort=True).sum()
            parts = parts / self._flows.sum() if self._flows.sum() > 0 else parts * np.nan
            normal = pd.Series([self.total - parts.sum()], index=pd.Index([NORMAL], name=key))
            shown = parts[parts != 0]
            return pd.concat([normal, shown]).rename("effective_tariff")
        summed = {"partner": (1, 2), "exporter": (1, 2), "importer": (0, 2), "sector": (0, 1)}
        if key not in summed:
            known = "authority, measure, importer, partner, sector"
            raise InvalidInput("by", f"unknown key {key!r}", f"use one of {known}")
        duties, flows = self._duties.sum(axis=summed[key]), self._flows.sum(axis=summed[key])
        index = axes.of("sector") if key == "sector" else axes.of("region").rename(key)
        kept = flows > 0
        return pd.Series(duties[kept] / flows[kept], index=index[kept], name="effective_tariff")

    def at(self, tariffs: FloatArray) -> float:
        """The mean of other rates (exporter x importer x sector, in world order) at the same trade."""
        return _ratio((self._flows * tariffs).sum(), self._flows.sum())

    def __float__(self) -> float:
        return self.total

    def __repr__(self) -> str:
        lines = [f"Effective tariff on {self.date} ({self.rates.basis} days), {self.of}: {100 * self.total:.2f} percent"]
        lines += [f"  {label:<34}{100 * part:8.2f}" for label, part in self.by("authority").items()]
        return "\n".join(lines)


def _ratio(duties: float, flows: float) -> float:
    return float(duties / flows) if flows > 0 else float("nan")


def traded(flows: Any, world: World | None) -> tuple[FloatArray, str, World]:
    """The flows of a World, an Equilibrium or a labelled array that came from one, whose they are, and in which world.

    Raises
    ------
    InvalidInput
        Where an array does not say whose it is.
    """
    from tariffsim.equilibrium import Equilibrium
    from tariffsim.world import World

    if isinstance(flows, World):
        return flows._core.flows, flows._label, world or flows
    if isinstance(flows, Equilibrium):
        return flows.flows.values, flows._label, world or flows.observed
    if is_data_array(flows):
        found = world or World._by_token(flows.attrs.get("world", ""))
        if found is not None:
            return align(flows, "flows", ("exporter", "importer", "sector"), found._axes), flows.attrs.get("of", "given flows"), found
    if world is not None:
        return align(flows, "flows", ("exporter", "importer", "sector"), world._axes), "given flows", world
    raise InvalidInput("flows", "do not say in which world they are", "give world=… too, or the World or Equilibrium itself")
