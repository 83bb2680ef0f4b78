"""Scenario: dated measures, and changes of policy and fundamentals applied in order; Case: a scenario to be solved so."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.closure import Closure
from tariffsim.dated import _EMBEDDED, Dated
from tariffsim.errors import InvalidInput
from tariffsim.frames import codes_of, is_long, table_columns
from tariffsim.instruments import Instruments
from tariffsim.labels import align, is_data_array, is_frame, is_series, numbers
from tariffsim.shock import Shock
from tariffsim.theory import Theory

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.labels import Values
    from tariffsim.world import World

    Selector = Union[str, Iterable[str]]

__all__ = ["Case", "Scenario"]

_PAIR = ("exporter", "importer", "sector")
_DIMS = {
    "productivity": ("region", "sector"),
    "production_subsidy": ("region", "sector"),
    "final_demand": ("region", "sector"),
    "deficit": ("region",),
}


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
    terms: Any = None
    days: tuple[tuple[str | None, str | None], ...] = ()  # each narrows those before

    def core(self, world: World | None) -> _core.Change:
        value = self.value
        if self.labelled:
            if world is None:
                value = 0.0
            else:
                value = align(value, self.instrument, _DIMS.get(self.instrument, _PAIR), world._axes)
        scope = self.importer, self.exporter, self.sector
        change = _core.Change(self.instrument, *scope, self.operation, value, terms=self.terms)
        for effective, ended in self.days:
            change = change.during(effective, ended)
        return change

    def during(self, effective: str | None, ended: str | None) -> _Change:
        dated = replace(self, days=(*self.days, (effective, ended)))
        dated.core(None)  # refuses days in disorder
        return dated


class Scenario(Instruments, Dated):
    """Dated measures, and named changes applied in order. Every method returns a new scenario; the old one is untouched.

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

    __slots__ = ("_basis", "_cache", "_changes", "_date", "_groups", "_limits", "_policy", "_title")

    def __init__(self, title: str = "") -> None:
        self._title = str(title)
        self._changes: tuple[_Change | _core.Change, ...] = ()
        self._groups: dict[str, list[str]] = {}
        self._limits: tuple[_core.Limit, ...] = ()
        self._policy = _core.Policy()
        self._date: str | None = None
        self._basis = "legal"
        self._cache = {}

    @classmethod
    def _of(cls, core: _core.Scenario) -> Scenario:
        scenario = cls(core.title)
        scenario._changes = tuple(core.changes)
        scenario._groups = dict(core.groups)
        scenario._limits = tuple(core.limits)
        scenario._policy = core.policy
        return scenario

    @staticmethod
    def load(name: str) -> Scenario:
        """A scenario by its name (see `Scenario.list`).

        Raises
        ------
        InvalidInput
            Lists the known names.
        """
        if not isinstance(name, str):
            raise InvalidInput("Scenario.load", f"the name is a {type(name).__name__}", "give one of Scenario.list()")
        return Scenario._of(_core.load_case(name, _EMBEDDED)[0])

    @staticmethod
    def read(path: str | os.PathLike[str]) -> Scenario:
        """A scenario file (TOML), or a folder with a scenario.toml. `Case.read` also gives its closure and theory.

        Raises
        ------
        InvalidInput
            Names the file, line, column and remedy.
        """
        return Scenario._of(_core.read_case(Path(path))[0])

    @staticmethod
    def list() -> pd.DataFrame:
        """The scenarios that `load` knows: title and folder, by name."""
        import pandas as pd

        known = _core.list_scenarios(_EMBEDDED)
        rows = [[listing.title, listing.folder, listing.problem] for listing in known]
        names = pd.Index([listing.name for listing in known], name="name")
        return pd.DataFrame(rows, columns=["title", "folder", "problem"], index=names)

    def __reduce__(self) -> tuple[Any, ...]:
        """By its parts; labelled arrays travel as they are, for they wait for a world."""
        bare = _core.Scenario(self._title, [], self._groups, self._policy, self._date, self._basis, list(self._limits))
        return _unpacked, (_core.pack(bare), self._date, self._basis, [_packed(change) for change in self._changes])

    def _copy(self) -> Scenario:
        copy = Scenario(self._title)
        for slot in ("_changes", "_limits", "_policy", "_date", "_basis", "_cache"):
            setattr(copy, slot, getattr(self, slot))
        copy._groups = dict(self._groups)
        return copy

    def _with_policy(self, policy: _core.Policy) -> Scenario:
        copy = self._copy()
        copy._policy, copy._cache = policy, {}
        return copy

    def _with_day(self, date: str, basis: str) -> Scenario:
        copy = self._copy()
        copy._date, copy._basis = date, basis
        return copy

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
        terms: Any = None,
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
            terms,
        )
        change.core(None)  # an unknown operation is refused where it is written
        copy = self._copy()
        copy._changes = (*self._changes, change)
        return copy

    def _during(self, effective: str | None, ended: str | None, part: Scenario) -> Scenario:
        if len(part._policy):
            raise InvalidInput("during", "the part has dated measures of its own", "give a part of changes and limits")
        copy = self._copy()
        copy._changes = (*self._changes, *(change.during(effective, ended) for change in part._changes))
        copy._limits = (*self._limits, *(limit.during(effective, ended) for limit in part._limits))
        for group, regions in part._groups.items():
            if copy._groups.setdefault(group, regions) != regions:
                raise InvalidInput("during", f"group '{group}' means something else in the part", "rename one of the two")
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

    def _with_limit(
        self, kind: str, limited: str, sense: str, level: float, scope: dict[str, Selector], name: str | None,
        relative: bool, rent: str, out_of_quota: float | None = None,
    ) -> Scenario:
        label = name or f"{kind} {len(self._limits) + 1}"
        where = f"limit '{label}': "
        codes = [_selector(scope[key], where + key) for key in ("importer", "exporter", "sector")]
        copy = self._copy()
        limit = _core.Limit(label, limited, sense, *codes, float(level), relative, rent, out_of_quota)
        copy._limits = (*self._limits, limit)
        return copy

    def quota(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, at_most: float,
        rent: str = "importer", absolute: bool = False, name: str | None = None,
    ) -> Scenario:
        """At most so much of the quantity of the scope's flows, together.

        Parameters
        ----------
        importer, exporter, sector
            Scope; see the class. One level binds the sum over it, with one price wedge on all its flows.
        at_most : float
            A multiple of the base; with `absolute` an amount at base border prices, in the world's currency.
        rent : str
            Who keeps the rent: "importer" (as a tariff earns it) or "exporter" (as an export licence does).
        name : str
            For messages and `Equilibrium.limits`.

        Raises
        ------
        InvalidInput
            In `compile` and `solve`: on an unknown code, or a scope without a flow between two regions.
        """
        scope = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with_limit("quota", "quantity", "at_most", at_most, scope, name, not absolute, rent)

    def commitment(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, at_least: float,
        rent: str = "importer", absolute: bool = False, name: str | None = None,
    ) -> Scenario:
        """At least so much of the quantity; `Equilibrium.limits` has the shadow subsidy. Parameters as in `quota`.

        `rent` says who pays the subsidy: the importer as a negative tariff, or the exporter as a negative export tax.
        """
        scope = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with_limit("commitment", "quantity", "at_least", at_least, scope, name, not absolute, rent)

    def purchase(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, at_least: float,
        rent: str = "importer", absolute: bool = False, name: str | None = None,
    ) -> Scenario:
        """At least so much value at the border: a multiple of the base, or with `absolute` in the world's currency."""
        scope = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with_limit("purchase", "value", "at_least", at_least, scope, name, not absolute, rent)

    def share_cap(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, at_most: float,
        rent: str = "importer", name: str | None = None,
    ) -> Scenario:
        """At most such a share in what the importers of the scope import of its sectors: 0.25 is 25 percent."""
        scope = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with_limit("share cap", "import_share", "at_most", at_most, scope, name, False, rent)

    def tariff_rate_quota(
        self, importer: Selector = "*", exporter: Selector = "*", sector: Selector = "*", *, quota: float,
        out_of_quota: float, rent: str = "importer", absolute: bool = False, name: str | None = None,
    ) -> Scenario:
        """The rate in force within a quota, a higher one beyond it; the solver finds which of the three regimes holds.

        Parameters
        ----------
        quota : float
            A multiple of the base quantity; with `absolute` an amount at base border prices.
        out_of_quota : float
            Ad valorem.
        rent : str
            Who keeps what is earned over the rate within the quota: "importer", or "exporter" where exporters hold the
            licences; beyond the quota they have it on the quota's quantity, the importer the duty on the rest.
        """
        scope = {"importer": importer, "exporter": exporter, "sector": sector}
        return self._with_limit(
            "tariff-rate quota", "quantity", "at_most", quota, scope, name, not absolute, rent, float(out_of_quota)
        )

    def group(self, name: str, regions: Iterable[str]) -> Scenario:
        """A group of regions that the changes may name, beside the groups of the world."""
        copy = self._copy()
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

    def _without_policy(self, world: World) -> _core.Scenario:
        core = self._core(world)
        return _core.Scenario("", core.changes, self._groups, None, self._date, self._basis, list(self._limits))

    def _skeleton(self) -> _core.Scenario:
        return self._core(None)

    def _core(self, world: World | None) -> _core.Scenario:
        changes = [change.core(world) if isinstance(change, _Change) else change for change in self._changes]
        return _core.Scenario(self._title, changes, self._groups, self._policy, self._date, self._basis, list(self._limits))

    @property
    def title(self) -> str:
        """Stands above the results."""
        return self._title

    @property
    def dated(self) -> bool:
        """True where anything in it holds on some days alone, so that it takes a day to solve it."""
        return self._skeleton().dated

    @property
    def groups(self) -> Mapping[str, list[str]]:
        """The scenario's own groups."""
        return dict(self._groups)

    def __len__(self) -> int:
        return len(self._changes)

    def __repr__(self) -> str:
        lines = [f"Scenario {self._title!r}" + (f" on {self._date} ({self._basis} days)" if self._date else "")]
        if len(self._policy):
            lines.append(f"  {len(self._policy)} dated measures")
        for number, change in enumerate(self._changes, start=1):
            core = change.core(None) if isinstance(change, _Change) else change
            labelled = isinstance(change, _Change) and change.labelled
            lines.append(f"  {number}. {core.describe('a labelled array' if labelled else None)}")
        lines += [f"  {limit.describe()}" for limit in self._limits]
        lines += [f"  group {name}: {', '.join(regions)}" for name, regions in self._groups.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class Case:
    """A scenario, and the closure and theory to solve it under, as a scenario file declares them."""

    scenario: Scenario
    closure: Closure | None = None
    theory: Theory | None = None

    @staticmethod
    def read(path: str | os.PathLike[str]) -> Case:
        """Reads a scenario file (TOML); paths in it are relative to the file.

        Raises
        ------
        InvalidInput
            Names the file, line, column and remedy.
        """
        scenario, closure, theory = _core.read_case(Path(path))
        return Case(Scenario._of(scenario), Closure._of(closure), _theory(theory))


def _packed(change: _Change | _core.Change) -> Any:
    if not isinstance(change, _Change):
        return _core.pack(change)
    if not change.labelled:
        return _core.pack(change.core(None))
    return _core.pack(change.core(None)), change.value, change.days


def _unpacked(packed: bytes, date: str | None, basis: str, changes: list[Any]) -> Scenario:
    scenario = Scenario._of(_core.unpack_scenario(packed))
    scenario._date, scenario._basis = date, basis
    scenario._changes = tuple(_unpacked_change(change) for change in changes)
    return scenario


def _unpacked_change(packed: Any) -> _Change | _core.Change:
    if isinstance(packed, bytes):
        return _core.unpack_change(packed)
    bare, value, days = packed
    core = _core.unpack_change(bare)
    scope = core.importer, core.exporter, core.sector
    return _Change(core.instrument, *scope, core.operation, value, True, _core.terms_of(core), days)


def _theory(theory: _core.Theory | tuple[str, dict[str, bool | str]]) -> Theory:
    """Of worlds, or one of markets by its name and parameters."""
    return Theory(theory[0], **theory[1]) if isinstance(theory, tuple) else Theory._of(theory)


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
