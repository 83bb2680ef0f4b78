"""Scenario: changes of policy and fundamentals, applied in order; and Case, a scenario with its closure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.closure import Closure
from tariffsim.errors import InvalidInput
from tariffsim.frames import codes_of, is_long, table_columns
from tariffsim.labels import align, is_data_array, is_frame, is_series, numbers
from tariffsim.shock import Shock

if TYPE_CHECKING:
    from tariffsim.labels import Values
    from tariffsim.world import World

    Selector = Union[str, Iterable[str]]

__all__ = ["Case", "Scenario"]

_PAIR = ("exporter", "importer", "sector")
_DIMS = {"productivity": ("region", "sector"), "final_demand": ("region", "sector"), "deficit": ("region",)}


@dataclass(frozen=True)
class _Change:
    """A change as declared; `value` is what the core takes, or a labelled array that waits for a world."""

    instrument: str
    importer: list[str]
    exporter: list[str]
    sector: list[str]
    operation: str
    value: Any
    labelled: bool

    def core(self, world: World | None) -> _core.Change:
        value = self.value
        if self.labelled:
            if world is None:
                value = 0.0
            else:
                value = align(value, self.instrument, _DIMS.get(self.instrument, _PAIR), world._axes)
        return _core.Change(self.instrument, self.importer, self.exporter, self.sector, self.operation, value)


class Scenario:
    """Named changes, applied in order. Every method returns a new scenario; the old one is untouched.

    Selectors are a region code, a group of the world or of the scenario ("EU27"), a list of these, or "*" for all; for
    sectors a code, a kind ("goods", "services"), a list, or "*". Domestic cells are never touched by a measure.

    Rates and factors are a number, a table, or an array. A table is a DataFrame with one row per cell (columns exporter,
    importer, sector and rate or factor; region, sector and factor; region and value); a cell in scope that it does not list
    has rate 0, or factor 1. An array is numpy in the world's order, or labelled (xarray, pandas) in any order.

    Parameters
    ----------
    title : str
        Stands above the results.
    """

    __slots__ = ("_changes", "_groups", "_title")

    def __init__(self, title: str = "") -> None:
        self._title = str(title)
        self._changes: tuple[_Change | _core.Change, ...] = ()
        self._groups: dict[str, list[str]] = {}

    @classmethod
    def _of(cls, core: _core.Scenario) -> Scenario:
        scenario = cls(core.title)
        scenario._changes = tuple(core.changes)
        scenario._groups = dict(core.groups)
        return scenario

    def _with(
        self,
        instrument: str,
        value: Any,
        value_name: str,
        *,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        operation: str = "set",
    ) -> Scenario:
        where = f"{instrument}: "
        value, labelled = _value(value, instrument, value_name)
        change = _Change(
            instrument,
            _selector(importer, where + "importer"),
            _selector(exporter, where + ("region" if instrument in _DIMS else "exporter")),
            _selector(sector, where + "sector"),
            operation,
            value,
            labelled,
        )
        change.core(None)  # an unknown operation is refused where it is written
        copy = Scenario(self._title)
        copy._changes = (*self._changes, change)
        copy._groups = dict(self._groups)
        return copy

    def tariff(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        rate: float | Values,
        operation: str = "set",
    ) -> Scenario:
        """Import tariffs.

        Parameters
        ----------
        importer, exporter, sector
            Scope; see the class.
        rate : number, table with column rate, or array exporter x importer x sector
            Ad valorem: 0.25 is 25 percent. With operation "scale" a factor.
        operation : str
            "set" (default), "add", "scale", or "floor": at least this rate, the base rate included.

        Raises
        ------
        InvalidInput
            Here on an unknown operation or a malformed table; in `compile` and `solve` on an unknown code, or a rate in force
            at or below -1.
        """
        scope: dict[str, Any] = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with("tariff", rate, "rate", **scope, operation=operation)

    def export_tax(
        self,
        importer: Selector = "*",
        exporter: Selector = "*",
        sector: Selector = "*",
        *,
        rate: float | Values,
        operation: str = "set",
    ) -> Scenario:
        """Export taxes, ad valorem on the producer's price; negative is a subsidy. The revenue is the exporter's.

        Parameters and errors as in `tariff`.
        """
        scope: dict[str, Any] = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with("export_tax", rate, "rate", **scope, operation=operation)

    def trade_cost(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, factor: float | Values
    ) -> Scenario:
        """Iceberg trade cost d'/d: 1.1 is ten percent dearer. Factors of several changes multiply."""
        return self._with(
            "trade_cost", factor, "factor", importer=importer, exporter=exporter, sector=sector, operation="scale"
        )

    def ban(self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*") -> Scenario:
        """No trade at all in the scope: the flow is exactly zero."""
        return self._with("ban", 0.0, "factor", importer=importer, exporter=exporter, sector=sector)

    def taste(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, factor: float | Values
    ) -> Scenario:
        """Factors on expenditure shares, domestic ones in the scope included. Real incomes are then not comparable."""
        return self._with(
            "taste", factor, "factor", importer=importer, exporter=exporter, sector=sector, operation="scale"
        )

    def productivity(self, region: Selector = "*", sector: Selector = "*", *, factor: float | Values) -> Scenario:
        """Productivity A'/A: 1.02 is two percent more. `factor` may be an array region x sector."""
        return self._with("productivity", factor, "factor", exporter=region, sector=sector, operation="scale")

    def final_demand(self, region: Selector = "*", sector: Selector = "*", *, factor: float | Values) -> Scenario:
        """Final-demand shares times a factor, then rescaled to sum to one. Real incomes are then not comparable."""
        return self._with("final_demand", factor, "factor", exporter=region, sector=sector, operation="scale")

    def deficit(self, region: Selector = "*", *, value: float | Values, operation: str = "set") -> Scenario:
        """Trade deficits in the world's currency; those of all regions must still sum to zero.

        `operation` is "set", "add" or "scale"; a table has the columns region and value.
        """
        return self._with("deficit", value, "value", exporter=region, operation=operation)

    def group(self, name: str, regions: Iterable[str]) -> Scenario:
        """A group of regions that the changes may name, beside the groups of the world."""
        copy = Scenario(self._title)
        copy._changes = self._changes
        copy._groups = {**self._groups, str(name): _selector(regions, f"group '{name}'")}
        return copy

    def compile(self, world: World) -> Shock:
        """The changes as arrays for one world.

        Raises
        ------
        InvalidInput
            On unknown codes, rates out of range, or deficits that do not sum to zero.
        """
        return Shock._of(self._core(world).compile(world._core))

    def _core(self, world: World) -> _core.Scenario:
        changes = [change.core(world) if isinstance(change, _Change) else change for change in self._changes]
        return _core.Scenario(self._title, changes, self._groups)

    @property
    def title(self) -> str:
        """Stands above the results."""
        return self._title

    @property
    def groups(self) -> Mapping[str, list[str]]:
        """The scenario's own groups."""
        return dict(self._groups)

    def __len__(self) -> int:
        return len(self._changes)

    def __repr__(self) -> str:
        lines = [f"Scenario {self._title!r}"]
        for number, change in enumerate(self._changes, start=1):
            core = change.core(None) if isinstance(change, _Change) else change
            labelled = isinstance(change, _Change) and change.labelled
            lines.append(f"  {number}. {core.describe('a labelled array' if labelled else None)}")
        lines += [f"  group {name}: {', '.join(regions)}" for name, regions in self._groups.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Case:
    """A scenario and the closure to solve it under, as a scenario file declares them."""

    scenario: Scenario
    closure: Closure | None = None

    @staticmethod
    def read(path: str | os.PathLike[str]) -> Case:
        """Reads a scenario file (TOML); paths in it are relative to the file.

        Raises
        ------
        InvalidInput
            Names the file, line, column and remedy.
        """
        scenario, closure = _core.read_case(Path(path))
        return Case(Scenario._of(scenario), Closure(closure.deficits, closure.numeraire))


def _selector(value: Selector, where: str) -> list[str]:
    terms: list[Any] = [value] if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    for term in terms:
        if not isinstance(term, str):
            raise InvalidInput(where, f"{term!r} is not a code", 'give a code, a list of codes, a group, a kind or "*"')
    return [str(term) for term in terms]


def _value(value: Any, instrument: str, name: str) -> tuple[Any, bool]:
    """What the core takes, or a labelled array that waits for a world."""
    keys = _DIMS.get(instrument, _PAIR)
    if is_long(value, name):
        return _table(value, keys, name, instrument), False
    if is_frame(value) and set(value.columns) & set(keys):
        table_columns(value, keys, name, instrument)  # says which column is missing
    if is_data_array(value) or is_frame(value) or is_series(value):
        return value.copy(), True
    array = numbers(value, f"{instrument}: {name}")
    return (float(array), False) if array.ndim == 0 else (array.copy(), False)


def _table(value: Any, keys: tuple[str, ...], name: str, instrument: str) -> _core.Table:
    table = table_columns(value, keys, name, instrument)
    columns = {key: codes_of(table[key]) for key in keys}
    nowhere = [""] * len(table)
    return _core.Table(
        exporters=columns[keys[0]],
        importers=columns.get("importer", nowhere),
        sectors=columns.get("sector", nowhere),
        values=np.asarray(numbers(table[name].to_numpy(), f"{instrument}: {name}")),
    )
