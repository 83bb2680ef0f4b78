"""The rows of a sweep: axes of values, draws or given rows, and what each row is called with."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tariffsim import _core
from tariffsim.days import as_date
from tariffsim.designs import Sample
from tariffsim.errors import InvalidInput

__all__ = ["Axis", "Plan", "axes_of"]

#: Names that the result needs for itself.
_TAKEN = ("region", "sector", "exporter", "importer", "weight", "status", "evaluations", "residual", "diagnosis")
_KINDS = {"number": "numbers", "date": "dates", "text": "texts"}


@dataclass(frozen=True)
class Axis:
    """One dimension of a sweep: a column of values for each name that it sets, all of one length."""

    dim: str
    columns: Mapping[str, tuple[Any, ...]]
    weights: tuple[float, ...] | None = None
    attrs: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def coordinates(self) -> dict[str, tuple[str, Any, dict[str, Any]]]:
        """As xarray takes them; draws and given rows are numbered from 0."""
        found: dict[str, tuple[str, Any, dict[str, Any]]] = {
            name: (self.dim, _array(values), {}) for name, values in self.columns.items()
        }
        if self.dim not in found:
            found[self.dim] = (self.dim, np.arange(len(self)), dict(self.attrs))
        if self.weights is not None:
            found["weight"] = (self.dim, np.array(self.weights), {})
        return found


@dataclass(frozen=True)
class Plan:
    """All rows: the product of the axes, the last one fastest."""

    axes: tuple[Axis, ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """Lengths of the axes."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def names(self) -> list[str]:
        """What a row is called with."""
        return [name for axis in self.axes for name in axis.columns]

    def __len__(self) -> int:
        return math.prod(self.sizes)

    def row(self, number: int) -> dict[str, Any]:
        """The values of one row by name."""
        places = np.unravel_index(number, self.sizes)
        return {name: values[k] for axis, k in zip(self.axes, places) for name, values in axis.columns.items()}

    def describe(self, number: int) -> str:
        """A row in words, for messages."""
        values = ", ".join(f"{name}={text(value)}" for name, value in self.row(number).items())
        return f"row {number} ({values})"


def text(value: Any) -> str:
    """A value as a file has it; numbers in the shortest form that reads back to the same."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def axes_of(over: Any) -> Plan:
    """The plan of `over`: values or samples by name, one sample, or rows as dicts.

    Raises
    ------
    InvalidInput
        On an axis without values, of mixed kinds, or with a value that stands twice; on a name that stands twice.
    """
    if isinstance(over, Sample):
        axes = [_of_sample(over, over.dim)]
    elif isinstance(over, Mapping):
        axes = [_of_entry(str(name), values) for name, values in over.items()]
    elif isinstance(over, Iterable) and not isinstance(over, (str, bytes)):
        axes = [_of_rows(list(over))]
    else:
        problem = f"is a {type(over).__name__}"
        raise InvalidInput(
            "sweep: over", problem, 'give values by name, such as {"rate": [0.1, 0.2]}, a Sample, or rows as dicts'
        )
    if not axes:
        raise InvalidInput("sweep: over", "names nothing", 'give values by name, such as {"rate": [0.1, 0.2]}')
    plan = Plan(tuple(axes))
    _check_names(plan)
    return plan


def _of_entry(name: str, values: Any) -> Axis:
    if isinstance(values, _core.Distribution):
        raise InvalidInput(f"sweep: over: {name}", "is a distribution", f"draw from it: ts.sobol({values!r}, 64)")
    if not isinstance(values, Sample):
        return Axis(name, {name: _values(values, name, distinct=True)})
    if values.names in (("value",), (name,)):  # one number, which the name here names
        return _of_sample(
            Sample(
                (name,), values.values, values.weights, values.dim, values.replicates, values.method, values.quadrature
            ),
            values.dim,
        )
    return _of_sample(values, name)


def _of_sample(sample: Sample, dim: str) -> Axis:
    if sample.names == ("value",):
        raise InvalidInput(
            "sweep: over", "the sample does not say what it is a sample of", 'give it a name: {"scale": sample}'
        )
    columns = {name: tuple(map(float, sample[name])) for name in sample.names}
    if dim in columns and len(sample) != len(set(columns[dim])):
        raise InvalidInput(
            f"sweep: over: {dim}", "is the name of a sample and of one of its numbers", "rename one of the two"
        )
    attrs = {"method": sample.method, "replicates": sample.replicates, "quadrature": int(sample.quadrature)}
    weights = None if sample.weights is None else tuple(map(float, sample.weights))
    return Axis(dim, columns, weights, attrs)


def _of_rows(rows: list[Any]) -> Axis:
    if not rows:
        raise InvalidInput("sweep: over", "has no row", "give at least one dict of values by name")
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InvalidInput(
                f"sweep: over, row {number}", f"is a {type(row).__name__}", "give each row as a dict by name"
            )
        if set(row) != set(rows[0]) or not row:
            problem = f"has {_listed(row)}, the first row {_listed(rows[0])}"
            raise InvalidInput(f"sweep: over, row {number}", problem, "give every row the same names")
    columns = {str(name): _values([row[name] for row in rows], str(name), distinct=False) for name in rows[0]}
    return Axis("row", columns)


def _listed(row: Mapping[str, Any]) -> str:
    return ", ".join(f"'{name}'" for name in row) or "no name"


def _check_names(plan: Plan) -> None:
    dims = [axis.dim for axis in plan.axes]
    for name in plan.names:
        if name in _TAKEN:
            raise InvalidInput(f"sweep: over: {name}", "is a name that the result needs", "choose another")
        if not name.isidentifier():
            raise InvalidInput(
                f"sweep: over: {name!r}", "is no name of an argument", "write it as a Python name: rate, scale_2"
            )
        if plan.names.count(name) > 1:
            raise InvalidInput(f"sweep: over: {name}", "is set twice", "rename or drop one of the two")
    for axis in plan.axes:
        if (
            axis.dim in _TAKEN
            or dims.count(axis.dim) > 1
            or any(axis.dim in a.columns for a in plan.axes if a is not axis)
        ):
            problem = (
                f"two parts share the dimension '{axis.dim}'" if axis.dim not in _TAKEN else f"'{axis.dim}' is taken"
            )
            raise InvalidInput(
                "sweep: over", problem, "draw all numbers as one sample: ts.sobol({name: distribution, …}, n)"
            )


def _values(values: Any, name: str, *, distinct: bool) -> tuple[Any, ...]:
    where = f"sweep: over: {name}"
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise InvalidInput(
            where, f"is {values!r:.60}", "give a list of values; what is the same in all rows belongs in the function"
        )
    dimensions = getattr(values, "ndim", 1)
    if dimensions != 1:
        raise InvalidInput(where, f"has {dimensions} dimensions", "give a list of values")
    found = tuple(_plain(value, where) for value in values)
    kinds = {_kind(value) for value in found}
    if not found:
        raise InvalidInput(where, "has no value", "give at least one")
    if len(kinds) > 1:
        raise InvalidInput(
            where, f"mixes {' and '.join(sorted(_KINDS[kind] for kind in kinds))}", "give values of one kind"
        )
    if distinct and len(set(found)) < len(found):
        twice = next(value for value in found if found.count(value) > 1)
        raise InvalidInput(where, f"has {text(twice)} twice", "give every value once")
    return found


def _plain(value: Any, where: str) -> Any:
    """A number, date or text of Python."""
    if isinstance(value, np.datetime64) or type(value).__name__ == "Timestamp":
        value = datetime.date.fromisoformat(str(np.datetime64(value, "D")))
    elif isinstance(value, datetime.datetime):
        value = value.date()
    elif isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float, str, datetime.date)):
        remedy = "give numbers, dates or texts, and make what is more of them in the function"
        raise InvalidInput(where, f"has {value!r:.60}", remedy)
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidInput(where, f"has {value}", "give finite numbers")
    return value


def _kind(value: Any) -> str:
    return "text" if isinstance(value, str) else "date" if isinstance(value, datetime.date) else "number"


def _array(values: tuple[Any, ...]) -> Any:
    if isinstance(values[0], datetime.date):
        return np.array([value.isoformat() for value in values], dtype="datetime64[ns]")
    return np.array(values, dtype=object if isinstance(values[0], str) else None)


def values_from(column: Iterable[Any], kind: str) -> tuple[Any, ...]:
    """Values as a file has them, of a kind: "number", "date" or "text"."""
    return tuple(as_date(value) if kind == "date" else value for value in column)
