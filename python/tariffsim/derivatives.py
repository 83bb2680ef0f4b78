"""Derivatives of an equilibrium: gradients of outcomes, directional derivatives, Jacobians, Hessian-vector products."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import align, data_array, number

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.labels import FloatArray, Values
    from tariffsim.scenario import Scenario
    from tariffsim.shock import Shock
    from tariffsim.world import World

    #: An outcome by name, or several with their weights.
    Weighted = Union[str, Mapping[str, float]]
    #: A shock to move towards, or arrays by parameter.
    Direction = Union[Shock, Scenario, Mapping[str, Values]]

__all__ = ["Gradient"]

_PAIR = ("exporter", "importer", "sector")
_CELL = ("region", "sector")
#: Dimensions of each parameter, and what one unit of it is.
_PARAMETERS: dict[str, tuple[tuple[str, ...], str]] = {
    "tariff": (_PAIR, "unit of the rate: 0.01 is one percentage point"),
    "export_tax": (_PAIR, "unit of the rate: 0.01 is one percentage point"),
    "trade_cost": (_PAIR, "log: 0.01 is one percent"),
    "taste": (_PAIR, "log: 0.01 is one percent"),
    "productivity": (_CELL, "log: 0.01 is one percent"),
    "deficit": (("region",), "unit of the world's currency"),
    "trade_elasticity": (("sector",), "unit of the elasticity"),
    "home_elasticity": (("sector",), "unit of the elasticity"),
    "final_demand": ((), "unit of the elasticity"),
    "value_added_materials": (("sector",), "unit of the elasticity"),
    "materials": ((), "unit of the elasticity"),
    "scale": (_CELL, "unit of the elasticity"),
    "supply": (("region", "factor"), "unit of the elasticity"),
    "mobility": (("factor",), "unit of the elasticity"),
    "pass_through": (_CELL, "unit of the exponent"),
}
_SHOWN = ("real_income_pct", "consumer_price_hat", "tariff_revenue", "imports", "exports", "flows")


class Gradient:
    """The derivatives of one outcome (or a weighted sum) by every parameter of the model, as labelled arrays.

    Each parameter is an attribute: `g.tariff` (exporter, importer, sector), `g.trade_elasticity` (sector), and so on;
    `g.parameters` lists those that the theory has. Rates and elasticities are by unit (multiply by 0.01 for one percentage
    point), trade costs, tastes and productivity by log (0.01 is one percent). Deficits sum to zero, so of their derivatives
    only differences between regions count.
    """

    def __init__(self, outcome: str, value: float, unit: str, arrays: dict[str, xr.DataArray], world: World) -> None:
        self._outcome, self._value, self._unit, self._arrays, self._world = outcome, value, unit, arrays, world

    @property
    def outcome(self) -> str:
        """What is differentiated."""
        return self._outcome

    @property
    def value(self) -> float:
        """The outcome itself."""
        return self._value

    @property
    def parameters(self) -> list[str]:
        """What it is differentiated by."""
        return list(self._arrays)

    def __getattr__(self, name: str) -> xr.DataArray:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._arrays[name]
        except KeyError:
            raise AttributeError(
                f"no derivative by '{name}' here; there are {', '.join(self._arrays)}"
            ) from None

    def __getitem__(self, name: str) -> xr.DataArray:
        if name not in self._arrays:
            raise InvalidInput(f"gradient['{name}']", "is no parameter here", f"use one of {', '.join(self._arrays)}")
        return self._arrays[name]

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._arrays})

    def to_dataset(self) -> xr.Dataset:
        """All derivatives as one Dataset."""
        import xarray as xr

        return xr.Dataset(self._arrays, attrs={"outcome": self._outcome, "value": self._value, "unit": self._unit})

    def top(self, n: int = 10, parameter: str = "tariff") -> pd.Series[float]:
        """The `n` largest derivatives by one parameter, in size, by its labels; "which hundred tariffs would move Chinese
        welfare most" is `eq.gradient("real_income_pct[CHN]").top(100)`. Of tariffs, export taxes and trade costs those of
        domestic sales are left out: no measure changes them."""
        values = self[parameter]
        if parameter in ("tariff", "export_tax", "trade_cost"):
            values = values.where(~self._domestic())
        flat = values.stack(label=list(values.dims)).to_series().dropna()
        order = np.argsort(-np.abs(flat.to_numpy()), kind="stable")[:n]
        return flat.iloc[order].rename(f"d {self._outcome} / d {parameter}")

    def _domestic(self) -> xr.DataArray:
        core, axes = self._world._core, self._world._axes
        size = len(axes.regions)
        same = [[core.is_domestic(exporter, importer) for importer in range(size)] for exporter in range(size)]
        return data_array(np.array(same), axes, "domestic", ("exporter", "importer"))

    def predict(self, change: Mapping[str, Values]) -> float:
        """The outcome after changes of parameters, to first order."""
        moved = self._value
        for name, step in change.items():
            array = self[name]
            moved += float((array * step).sum())
        return moved

    def __repr__(self) -> str:
        return f"Gradient({self._outcome!r} = {self._value:.6g} by {', '.join(self._arrays)})"


def outcomes_of(outcome: Weighted) -> dict[str, float]:
    """Weights by outcome."""
    if isinstance(outcome, str):
        return {outcome: 1.0}
    if not isinstance(outcome, Mapping) or not outcome:
        raise InvalidInput("outcome", f"is {outcome!r:.60}", "give a name, or a dict of weights by name")
    return {str(name): number(weight, f"weight of {name}") for name, weight in outcome.items()}


def read(eq: Equilibrium, outcome: str) -> Any:
    """An outcome by name: a number, or a labelled array."""
    known = _core.Outcome(outcome, eq._world._core)
    values = known.read(eq._core)
    if not known.dims:
        return float(values[0])
    return _labelled(eq, known, values)


def gradient(eq: Equilibrium, outcome: Weighted, by: str | Iterable[str] | None = None) -> Gradient:
    """See `Equilibrium.gradient`."""
    weights = outcomes_of(outcome)
    linearised = _core.Derivatives(eq._core, _wanted(by))
    arrays = {name: _array(eq, name, values) for name, values in linearised.gradient(weights).items()}
    value = sum(weight * float(read(eq, name)) for name, weight in weights.items())
    unit = _core.Outcome(next(iter(weights)), eq._world._core).unit
    text = outcome if isinstance(outcome, str) else " + ".join(f"{w:g} {name}" for name, w in weights.items())
    return Gradient(text, value, unit, {name: arrays[name] for name in _PARAMETERS if name in arrays}, eq._world)


def jvp(eq: Equilibrium, direction: Direction, outcomes: Iterable[str] | str = _SHOWN) -> xr.Dataset:
    """See `Equilibrium.jvp`."""
    import xarray as xr

    eq.require_converged()

    names = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    arrays = _direction(eq, direction)
    known = [_core.Outcome(name, eq._world._core) for name in names]
    changes = _core.Derivatives(eq._core, list(arrays)).tangent(arrays, names) if arrays else None
    found = {}
    for position, outcome in enumerate(known):
        values = changes[position] if changes is not None else np.zeros(outcome.size)
        found[outcome.text] = _labelled(eq, outcome, values) if outcome.dims else xr.DataArray(float(values[0]))
    return xr.Dataset(found)


def jacobian(eq: Equilibrium, outcomes: Iterable[str], parameters: Iterable[str]) -> pd.DataFrame:
    """See `Equilibrium.jacobian`."""
    import pandas as pd

    eq.require_converged()

    rows, columns = list(outcomes), list(parameters)
    places = [_place(eq, text) for text in columns]
    linearised = _core.Derivatives(eq._core, list(dict.fromkeys(name for name, _ in places)))
    table = np.empty((len(rows), len(columns)))
    if len(rows) <= len(columns):
        for row, outcome in enumerate(rows):
            found = linearised.gradient({outcome: 1.0})
            table[row] = [_as_array(found[name], name)[where] for name, where in places]
    else:
        for column, (name, where) in enumerate(places):
            step = np.zeros([len(axis) for axis in _axes(eq, name)])
            step[where] = 1.0
            moved = linearised.tangent({name: _as_core(step, name)}, rows)
            table[:, column] = [float(values[0]) for values in moved]
    return pd.DataFrame(table, index=pd.Index(rows, name="outcome"), columns=pd.Index(columns, name="parameter"))


def hessian_vector(
    eq: Equilibrium, outcome: str, direction: Direction, by: str | Iterable[str] | None = None
) -> Gradient:
    """See `Equilibrium.hessian_vector`."""
    eq.require_converged()
    arrays = _direction(eq, direction)
    found = _core.hessian_vector(eq._core, outcome, arrays, _wanted(by))
    slope = float(jvp(eq, direction, outcome)[outcome])
    unit = _core.Outcome(outcome, eq._world._core).unit
    ordered = {name: _array(eq, name, found[name]) for name in _PARAMETERS if name in found}
    return Gradient(f"slope of {outcome}", slope, unit, ordered, eq._world)


def _wanted(by: str | Iterable[str] | None) -> list[str]:
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(by)


def _axes(eq: Equilibrium, parameter: str) -> list[pd.Index[Any]]:
    import pandas as pd

    dims = _PARAMETERS[parameter][0]
    return [pd.Index(eq._core.factors, name="factor") if dim == "factor" else eq._axes.of(dim) for dim in dims]


def _as_array(values: FloatArray, parameter: str) -> FloatArray:
    """From the core's shape, which is a matrix where the parameter is no cube, to that of its dimensions."""
    dims = len(_PARAMETERS[parameter][0])
    return values if dims >= 2 else values.reshape(()) if dims == 0 else values.reshape(-1)


def _as_core(values: FloatArray, parameter: str) -> FloatArray:
    dims = _PARAMETERS[parameter][0]
    if len(dims) >= 2:
        return values
    return values.reshape((-1, 1) if dims == ("region",) else (1, -1))


def _array(eq: Equilibrium, parameter: str, values: FloatArray) -> xr.DataArray:
    import xarray as xr

    axes = _axes(eq, parameter)
    return xr.DataArray(
        _as_array(values, parameter),
        dims=[axis.name for axis in axes],
        coords={axis.name: axis for axis in axes},
        name=parameter,
        attrs={"per": _PARAMETERS[parameter][1]},
    )


def _labelled(eq: Equilibrium, outcome: _core.Outcome, values: FloatArray) -> xr.DataArray:
    shape = [len(eq._axes.of(dim)) for dim in outcome.dims]
    return data_array(values.reshape(shape), eq._axes, outcome.text, outcome.dims, {"unit": outcome.unit})


def _direction(eq: Equilibrium, direction: Direction) -> dict[str, FloatArray]:
    from tariffsim.scenario import Scenario
    from tariffsim.shock import Shock

    if isinstance(direction, Scenario):
        direction = direction.compile(eq._world)
    if isinstance(direction, Shock):
        return dict(_core.shock_direction(eq._core, direction._core))
    if not isinstance(direction, Mapping):
        raise InvalidInput(
            "direction", f"is a {type(direction).__name__}", "give a Shock, a Scenario or a dict of arrays by parameter"
        )
    arrays = {}
    for name, value in direction.items():
        if name not in _PARAMETERS:
            raise InvalidInput("direction", f"unknown parameter '{name}'", f"use {', '.join(_PARAMETERS)}")
        dims = _PARAMETERS[name][0]
        if "factor" in dims or not dims:
            shape = [len(axis) for axis in _axes(eq, name)]
            aligned = np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
        else:
            aligned = align(value, f"direction: {name}", dims, eq._axes)
            aligned = np.broadcast_to(aligned, [len(axis) for axis in _axes(eq, name)])
        arrays[name] = _as_core(np.asarray(aligned), name)
    return arrays


def _place(eq: Equilibrium, text: str) -> tuple[str, tuple[int, ...]]:
    """ "tariff[CHN->USA, ELE]" as the parameter and the position in its array."""
    name, _, inside = text.partition("[")
    name = name.strip()
    if name not in _PARAMETERS:
        raise InvalidInput(f"parameter '{text}'", f"unknown parameter '{name}'", f"use {', '.join(_PARAMETERS)}")
    dims = _PARAMETERS[name][0]
    labels = [part.strip() for part in inside.rstrip().rstrip("]").replace("->", ",").split(",")] if inside else []
    if len(labels) != len(dims):
        example = {3: f"{name}[CHN->USA, SECTOR]", 2: f"{name}[REGION, SECTOR]", 1: f"{name}[{dims[0].upper()}]"} if dims else {}
        raise InvalidInput(
            f"parameter '{text}'", f"has {len(labels)} labels for {len(dims)} dimensions", f"write {example.get(len(dims), name)}"
        )
    where = []
    for label, axis in zip(labels, _axes(eq, name)):
        if label not in axis:
            raise InvalidInput(f"parameter '{text}'", f"unknown {axis.name} '{label}'", "use a code of the world")
        where.append(int(axis.get_loc(label)))
    return name, tuple(where)
