"""uncertainty(): what the draws of a sweep say of each outcome, as intervals, probabilities and statements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.changes import NOTHING
from tariffsim.designs import Sample, scaled
from tariffsim.errors import InvalidInput, NotConverged
from tariffsim.labels import integer, number
from tariffsim.statements import statement
from tariffsim.statistic import condition_of, statistic, truths
from tariffsim.weighted import Draws

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from tariffsim.labels import FloatArray
    from tariffsim.statistic import Condition

__all__ = ["Uncertainty", "uncertainty"]

_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
_NO_OUTCOMES = ("status", "evaluations", "residual")


def uncertainty(
    data: xr.Dataset | xr.DataArray,
    dim: str = "draw",
    weights: Sample | ArrayLike | None = None,
    *,
    replicates: int = 1,
) -> Uncertainty:
    """Reads the draws of a sweep.

    Parameters
    ----------
    data : Dataset or DataArray
        From `sweep`, or any labelled outcomes with the dimension `dim`. Draws without an equilibrium are no numbers (NaN):
        they are left out, and counted in every statement.
    dim : str
        Along which the draws lie.
    weights : Sample or array
        The sample that was swept, which knows its weights, its replicates and whether it is a rule of quadrature; or one
        number for each draw. Those of the data where absent, and where they have none all alike.
    replicates : int
        As in `Sample`; where the weights are no sample.

    Returns
    -------
    Uncertainty
        Its results are labelled as the data are, without the dimension of draws.

    Raises
    ------
    InvalidInput
        Where the data do not have the dimension, hold no outcomes, or the weights do not fit.
    """
    import xarray as xr

    if not isinstance(data, (xr.Dataset, xr.DataArray)):
        raise InvalidInput(
            "uncertainty", f"a {type(data).__name__} has no labels", "give the Dataset of ts.sweep, or a DataArray"
        )
    single = isinstance(data, xr.DataArray)
    table: Any = data.to_dataset(name=data.name or "outcome") if single else data
    if dim not in table.dims:
        have = ", ".join(map(str, table.dims))
        raise InvalidInput(
            "uncertainty: dim", f"there is no '{dim}' among {have}", 'name the dimension of draws: dim="…"'
        )
    outcomes = [
        name
        for name, values in table.data_vars.items()
        if dim in values.dims and name not in _NO_OUTCOMES and values.dtype.kind in "fiu"
    ]
    if not outcomes:
        raise InvalidInput(
            "uncertainty", f"no outcome has the dimension '{dim}'", "sweep over a sample, and give its outcomes"
        )
    count = table.sizes[dim]
    made: Mapping[Any, Any] = table[dim].attrs if dim in table.coords else {}  # as a sweep notes it
    quadrature = bool(made.get("quadrature", False))
    if weights is None and "replicates" in made:
        replicates = made["replicates"]
    if weights is None and "weight" in table.coords and table["weight"].dims == (dim,):
        weights = table["weight"].values
    if isinstance(weights, Sample):
        if len(weights) != count:
            raise InvalidInput(
                "uncertainty: weights", f"the sample has {len(weights)} draws, the data {count}", "give its own"
            )
        replicates, quadrature, weights = weights.replicates, weights.quadrature, weights.weights
    parts = integer(replicates, "uncertainty: replicates")
    if parts < 1 or count % parts:
        raise InvalidInput(
            "uncertainty: replicates", f"{count} draws are not {parts} designs of one size", "give a divisor"
        )
    found = None if weights is None else scaled(weights, count, "uncertainty: weights")
    return Uncertainty(table[outcomes].transpose(dim, ...), Draws(dim, found, parts, quadrature), single)


class Uncertainty:
    """Outcomes by draw, and what they say. Made by `uncertainty`."""

    __slots__ = ("_data", "_draws", "_single")

    def __init__(self, data: xr.Dataset, draws: Draws, single: bool) -> None:
        self._data, self._draws, self._single = data, draws, single

    @property
    def outcomes(self) -> list[str]:
        """Names of the outcomes."""
        return [str(name) for name in self._data.data_vars]

    @property
    def draws(self) -> xr.Dataset | xr.DataArray:
        """The outcomes as they came, draw by draw."""
        return self._given(self._data)

    @property
    def missing(self) -> int:
        """Draws in which some outcome has no equilibrium."""
        gone = np.zeros(self._data.sizes[self._draws.dim], dtype=bool)
        for values in self._data.data_vars.values():
            gone |= np.isnan(values.values).reshape(len(gone), -1).any(axis=1)
        return int(gone.sum())

    def __getitem__(self, outcome: str) -> Uncertainty:
        """One outcome."""
        if outcome not in self._data:
            raise InvalidInput("uncertainty", f"has no outcome {outcome!r}", f"use one of {', '.join(self.outcomes)}")
        return Uncertainty(self._data[[outcome]], self._draws, True)

    def sel(self, **labels: Any) -> Uncertainty:
        """A part by its labels, as of an xarray: sel(region="CHN"). A number finds its neighbour within rounding."""
        try:
            chosen = self._data.sel({dim: _nearest(self._data, dim, label) for dim, label in labels.items()})
        except (KeyError, ValueError) as error:
            have = ", ".join(str(d) for d in self._data.dims if d != self._draws.dim) or "none but the draws"
            raise InvalidInput(
                "uncertainty: sel", str(error).strip("'\""), f"use labels of its dimensions: {have}"
            ) from None
        return Uncertainty(chosen, self._draws, self._single)

    def mean(self) -> xr.Dataset | xr.DataArray:
        """The expected outcome."""
        return self._each(lambda values: self._draws.mean(values))

    def sd(self) -> xr.Dataset | xr.DataArray:
        """The standard deviation."""
        return self._each(lambda values: self._draws.sd(values))

    def quantiles(self, levels: Sequence[float] = _LEVELS) -> xr.Dataset | xr.DataArray:
        """Quantiles, along a first dimension "quantile".

        Raises
        ------
        InvalidInput
            Of a rule of quadrature, whose points are no draws, and for a level outside 0 to 1.
        """
        p = np.atleast_1d(np.asarray(levels, dtype=float))
        if p.ndim != 1 or not p.size or not ((p >= 0) & (p <= 1)).all():
            raise InvalidInput("quantiles: levels", f"is {levels}", "give numbers from 0 to 1, such as [0.05, 0.95]")
        self._draws.require_draws("quantiles")
        return self._each(lambda values: self._draws.quantiles(values, p), ("quantile", p))

    def probability(self, condition: Condition) -> xr.Dataset | xr.DataArray:
        """The share of draws in which something holds.

        Parameters
        ----------
        condition : str or function
            "< 0", "<= 0", "> 1.5" or ">= 1.5"; or a function of an array of outcomes, such as lambda x: abs(x) > 1.

        Raises
        ------
        InvalidInput
            On another condition, and of a rule of quadrature.
        """
        holds = condition_of(condition)
        self._draws.require_draws("probability")
        return self._each(lambda values: self._draws.mean(truths(holds, values)))

    def standard_error(self, of: Condition = "mean") -> xr.Dataset | xr.DataArray:
        """How far the estimate from these draws may be from the truth of the model: one standard error.

        From the spread of the replicates where there are any. Elsewhere as of independent random draws, which is too much for
        Sobol points and Latin hypercubes.

        Parameters
        ----------
        of : str or function
            "mean", "sd", or a condition as in `probability`.
        """
        return self._each(lambda values: self._draws.standard_error(*statistic(of), values))

    def convergence(self, of: Condition = "mean") -> xr.Dataset:
        """The estimate from the first draws and from more and more of them, with its standard error.

        Parameters
        ----------
        of : str or function
            "mean", "sd", or a condition as in `probability`.

        Returns
        -------
        Dataset
            Variables estimate and standard_error, along "draws": how many were used, from some eight to all in steps of the root
            of two. With replicates each gives its first ones.

        Raises
        ------
        InvalidInput
            Where there are several outcomes, or fewer than 8 draws.
        """
        import xarray as xr

        self._draws.require_draws("convergence")
        values = self._one()
        each = values.sizes[self._draws.dim] // self._draws.replicates
        least = max(2, -(-8 // self._draws.replicates))
        if each < least:
            problem = f"{each * self._draws.replicates} draws are too few to see it"
            raise InvalidInput("convergence", problem, f"give at least {least * self._draws.replicates}")
        halvings = np.arange(int(2 * np.log2(each / least)) + 1) / 2
        counts = np.unique((each / 2**halvings).round().astype(int))
        read, influence = statistic(of)
        rows = []
        for count in counts:
            draws, first = self._draws.first(values.values, int(count))
            rows.append((read(draws, first), draws.standard_error(read, influence, first)))
        dims = ("draws", *values.dims[1:])
        coords = {"draws": counts * self._draws.replicates, **_coords(values)}
        estimate, error = (np.array([row[k] for row in rows]) for k in (0, 1))
        found = {"estimate": (dims, estimate), "standard_error": (dims, error)}
        name = of if isinstance(of, str) else getattr(of, "__name__", "condition")
        return xr.Dataset(found, coords, {"outcome": str(values.name), "statistic": name})

    def table(self, level: float = 0.9) -> pd.DataFrame:
        """Of one outcome a row for each label: mean, sd, median, the ends of the interval, the share of draws below zero.

        Parameters
        ----------
        level : float
            Share of the draws that lies between `low` and `high`, with as many below as above.
        """
        import pandas as pd

        values = self._one()
        tail = _tail(level)
        low, median, high = np.asarray(self.quantiles([tail, 0.5, 1 - tail]))
        columns = {
            "mean": self.mean(),
            "sd": self.sd(),
            "median": median,
            "low": low,
            "high": high,
            "below_zero": self.probability(f"< {-NOTHING}"),
        }
        rows = _rows(values)
        table = pd.DataFrame({name: np.ravel(np.asarray(column)) for name, column in columns.items()}, index=rows)
        table.attrs.update(
            outcome=str(values.name), level=level, draws=values.sizes[self._draws.dim], missing=self.missing
        )
        return table

    def statement(self, condition: str | None = None, level: float = 0.9) -> str | pd.Series[str]:
        """One outcome in words: "real income of CHN falls in 93 percent of 512 draws; …".

        Parameters
        ----------
        condition : str
            As in `probability`. Whether the outcome falls or rises, whichever more draws say, where absent.
        level : float
            Of the interval, as in `table`.

        Returns
        -------
        str
            A Series by label where there is more than one number.
        """
        return statement(self, condition, level)

    def fan(self, x: str, ax: Axes | None = None, **options: Any) -> Axes:
        """Quantiles of one number along another dimension of the sweep. See `tariffsim.plot.fan`."""
        from tariffsim.plot import fan

        return fan(self, x, ax, **options)

    def intervals(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Median and interval of each label in rows. See `tariffsim.plot.intervals`."""
        from tariffsim.plot import intervals

        return intervals(self, ax, **options)

    def histogram(self, ax: Axes | None = None, **options: Any) -> Axes:
        """The draws of one number. See `tariffsim.plot.histogram`."""
        from tariffsim.plot import histogram

        return histogram(self, ax, **options)

    def plot_convergence(self, of: Condition = "mean", ax: Axes | None = None, **options: Any) -> Axes:
        """The estimate of one number from more and more draws. See `tariffsim.plot.convergence`."""
        from tariffsim.plot import convergence

        return convergence(self.convergence(of), ax, **options)

    def __repr__(self) -> str:
        lines = [f"Uncertainty of {', '.join(self.outcomes)}: {self._data.sizes[self._draws.dim]} draws"]
        if self._draws.replicates > 1:
            lines[0] += f" in {self._draws.replicates} replicates"
        if self.missing:
            lines.append(f"  {self.missing} without an equilibrium are left out")
        if self._draws.quadrature:
            lines.append("  points of a rule of quadrature: means and standard deviations only")
        return "\n".join(lines)

    def _one(self) -> xr.DataArray:
        if len(self.outcomes) != 1:
            first = self.outcomes[0]
            raise InvalidInput(
                "uncertainty", f"there are {len(self.outcomes)} outcomes", f'choose one, such as ["{first}"]'
            )
        return self._data[self.outcomes[0]]

    def _given(self, data: xr.Dataset) -> xr.Dataset | xr.DataArray:
        one: xr.DataArray = data[self.outcomes[0]]
        return one if self._single else data

    def _each(
        self, read: Callable[[FloatArray], FloatArray], front: tuple[str, FloatArray] | None = None
    ) -> xr.Dataset | xr.DataArray:
        """`read` of every outcome, labelled without the draws, with a dimension in front where it makes one."""
        import xarray as xr

        found = {}
        for name, values in self._data.data_vars.items():
            dims, coords = list(values.dims[1:]), _coords(values)
            if front is not None:
                dims, coords = [front[0], *dims], {front[0]: front[1], **coords}
            found[name] = xr.DataArray(read(_solved(values)), coords, dims, str(name))
        return self._given(xr.Dataset(found))


def _solved(values: xr.DataArray) -> FloatArray:
    """The numbers, draws first.

    Raises
    ------
    NotConverged
        Where a cell has no number in any draw.
    """
    array = np.asarray(values.values, dtype=float)
    nowhere = np.isnan(array).all(axis=0)
    if nowhere.any():
        raise NotConverged(f"{values.name}: in no draw is there an equilibrium{_where(values, nowhere)}")
    return array


def _where(values: xr.DataArray, nowhere: Any) -> str:
    if not nowhere.ndim:
        return ""
    at = np.argwhere(nowhere)[0]
    return " at " + ", ".join(
        f"{d} {values[d].values[k]}" if d in values.coords else f"{d} {k}" for d, k in zip(values.dims[1:], at)
    )


def _nearest(data: xr.Dataset, dim: str, label: Any) -> Any:
    """0.6000000000000001 where 0.6 is asked of a grid of numbers."""
    index = data.indexes.get(dim)
    if index is None or index.dtype.kind != "f" or not isinstance(label, (int, float)) or not len(index):
        return label
    close = float(index[int(np.abs(index.to_numpy() - label).argmin())])
    return close if abs(close - label) <= 1e-9 * max(1.0, abs(label)) else label


def _coords(values: xr.DataArray) -> dict[Any, Any]:
    dim = values.dims[0]
    return {name: coord for name, coord in values.coords.items() if dim not in coord.dims}


def _tail(level: float) -> float:
    share = number(level, "level")
    if not 0 < share < 1:
        raise InvalidInput("level", f"is {level}", "give a share between 0 and 1, such as 0.9")
    return (1 - share) / 2


def _rows(values: xr.DataArray) -> pd.Index[Any]:
    import pandas as pd

    if values.ndim == 1:
        return pd.Index([str(values.name)])
    dims = values.dims[1:]
    labels = [values.indexes[d] if d in values.indexes else pd.RangeIndex(values.sizes[d]) for d in dims]
    return (
        labels[0].rename(str(dims[0]))
        if len(dims) == 1
        else pd.MultiIndex.from_product(labels, names=list(map(str, dims)))
    )
