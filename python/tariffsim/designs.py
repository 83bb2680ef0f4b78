"""Designs: points at which to evaluate uncertain numbers (Sobol points, Latin hypercubes, random draws), as a Sample."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import integer, is_frame, numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike

    from tariffsim.distributions import Distribution
    from tariffsim.labels import FloatArray

    #: One distribution, or several by the name of the number.
    Priors = Union[Distribution, Mapping[str, Distribution]]

__all__ = ["Sample", "latin_hypercube", "random_draws", "sobol"]

#: Name of the only number where one distribution is given without a name.
VALUE = "value"


@dataclass(frozen=True, eq=False)
class Sample:
    """Joint draws of uncertain numbers, for `sweep`, `regimes` and `uncertainty`. Immutable.

    Parameters
    ----------
    names : sequence of str
        Of the numbers; "value" where there is one without a name.
    values : points x names
    weights : points, optional
        What each point counts for; scaled to sum to one. All alike where absent. Some rules of quadrature have negative ones.
    dim : str
        Name of the dimension along which they lie in a sweep.
    replicates : int
        So many independent designs of the same size, one after the other: their spread says how exact an estimate is.
    method : str
        How they were made, in words.
    quadrature : bool
        True where the points are made for means and standard deviations, and say nothing on quantiles.

    Raises
    ------
    InvalidInput
        On shapes that do not fit, names that stand twice, or what is no finite number.
    """

    names: tuple[str, ...]
    values: FloatArray
    weights: FloatArray | None = None
    dim: str = "draw"
    replicates: int = 1
    method: str = "given"
    quadrature: bool = False

    def __post_init__(self) -> None:
        names = (self.names,) if isinstance(self.names, str) else tuple(str(name) for name in self.names)
        values = numbers(self.values, "sample: values")
        values = values[:, None] if values.ndim == 1 else values
        if values.ndim != 2 or values.shape[1] != len(names) or not values.size:
            problem = f"has the shape {values.shape} for {len(names)} names"
            raise InvalidInput("sample: values", problem, "give points in rows and a column for each name")
        if len(set(names)) < len(names):
            raise InvalidInput("sample: names", f"{', '.join(names)} has one twice", "name every number once")
        _require_finite(values, "sample: values")
        if self.replicates < 1 or len(values) % self.replicates:
            problem = f"{len(values)} points are not {self.replicates} designs of one size"
            raise InvalidInput("sample: replicates", problem, "give a number that divides the points")
        set_ = object.__setattr__  # of a frozen class
        set_(self, "names", names)
        set_(self, "values", _frozen(values))
        set_(
            self,
            "weights",
            None if self.weights is None else _frozen(scaled(self.weights, len(values), "sample: weights")),
        )

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, name: str) -> FloatArray:
        """The draws of one number."""
        if name not in self.names:
            raise InvalidInput("sample", f"has no '{name}'", f"use one of {', '.join(self.names)}")
        return self.values[:, self.names.index(name)]

    def __iter__(self) -> Iterator[dict[str, float]]:
        """Point by point, the numbers by name."""
        for point in self.values:
            yield dict(zip(self.names, map(float, point)))

    def to_frame(self) -> pd.DataFrame:
        """Draws in rows, numbers in columns, and the weights where there are any."""
        import pandas as pd

        table = pd.DataFrame(self.values, columns=list(self.names)).rename_axis(self.dim)
        return table if self.weights is None else table.assign(weight=self.weights)

    def __repr__(self) -> str:
        more = f", {self.replicates} replicates" if self.replicates > 1 else ""
        return f"Sample of {len(self)} draws of {', '.join(self.names)} ({self.method}{more})"


def sobol(
    over: Priors, n: int, seed: int | None = None, correlation: ArrayLike | None = None, *, replicates: int = 1
) -> Sample:
    """Sobol points: they fill the space more evenly than random ones, so an estimate needs fewer of them.

    Parameters
    ----------
    over : distribution, or dict of distributions by name
    n : int
        Points; powers of two are balanced best.
    seed : int
        Of a random digital shift, which makes estimates unbiased; the plain sequence without its zero point where absent.
    correlation : names x names
        Correlations of the normal variables behind the numbers (a Gaussian copula), array or DataFrame; rank correlations are
        close to them. Independent where absent.
    replicates : int
        So many designs of n / replicates points with shifts of their own: `uncertainty` then knows its own error. Needs a seed.

    Returns
    -------
    Sample

    Raises
    ------
    InvalidInput
        Where something is no distribution, or the correlations are no correlation matrix.
    """
    names, laws = _laws(over, "sobol")
    designs = _designs(n, replicates, "sobol")
    if seed is None and replicates > 1:
        raise InvalidInput("sobol: replicates", "without a seed all of them are the same", "give seed=1")
    first = None if seed is None else _seed(seed, "sobol")
    points = [_core.sobol_points(len(laws), designs, None if first is None else first + k) for k in range(replicates)]
    return _sample(names, laws, points, correlation, "Sobol points")


def latin_hypercube(
    over: Priors, n: int, seed: int = 0, correlation: ArrayLike | None = None, *, replicates: int = 1
) -> Sample:
    """A Latin hypercube: each number has one draw in each of n slices of equal probability.

    Parameters, returns and errors as in `sobol`.
    """
    names, laws = _laws(over, "latin_hypercube")
    designs, first = _designs(n, replicates, "latin_hypercube"), _seed(seed, "latin_hypercube")
    points = [_core.latin_hypercube(len(laws), designs, first + k) for k in range(replicates)]
    return _sample(names, laws, points, correlation, "Latin hypercube")


def random_draws(over: Priors, n: int, seed: int = 0, correlation: ArrayLike | None = None) -> Sample:
    """Independent random draws: the plain Monte Carlo method.

    Parameters, returns and errors as in `sobol`.
    """
    names, laws = _laws(over, "random_draws")
    count = _designs(n, 1, "random_draws")
    points = [_core.random_points(len(laws), count, _seed(seed, "random_draws"))]
    return _sample(names, laws, points, correlation, "random draws")


def scaled(weights: Any, count: int, where: str) -> FloatArray:
    """Weights that sum to one.

    Raises
    ------
    InvalidInput
        Where there are more or fewer than `count`, one is not finite, or their sum is not above zero.
    """
    found = numbers(weights, where)
    if found.shape != (count,):
        raise InvalidInput(where, f"has the shape {found.shape} for {count} draws", "give one number for each draw")
    _require_finite(found, where)
    total = found.sum()
    if not total > 0:
        raise InvalidInput(where, f"sums to {total:g}", "give weights with a sum above zero")
    shares: FloatArray = found / total
    return shares


def laws_of(over: Any, where: str) -> tuple[tuple[str, ...], list[Distribution]]:
    """Names and distributions of `over`.

    Raises
    ------
    InvalidInput
        Where something is no distribution, or there is none.
    """
    given = {VALUE: over} if isinstance(over, _core.Distribution) else over
    if not isinstance(given, Mapping) or not given:
        remedy = "give a distribution such as ts.lognormal(median=1, sd=0.3), or a dict of them by name"
        raise InvalidInput(where, f"a {type(over).__name__} is no distribution", remedy)
    for name, law in given.items():
        if not isinstance(law, _core.Distribution):
            remedy = "give a distribution such as ts.uniform(0, 1); a value that is known needs none"
            raise InvalidInput(f"{where}: {name}", f"a {type(law).__name__} is no distribution", remedy)
    return tuple(map(str, given)), list(given.values())


def correlations(given: Any, names: tuple[str, ...], where: str) -> FloatArray | None:
    """A matrix of correlations in the order of the names; the core checks that it is one."""
    if given is None:
        return None
    if is_frame(given):
        for labels in (given.index, given.columns):
            if sorted(map(str, labels)) != sorted(names):
                problem = f"has the labels {', '.join(map(str, labels))}"
                raise InvalidInput(f"{where}: correlation", problem, f"label rows and columns {', '.join(names)}")
        given = given.loc[list(names), list(names)].to_numpy()
    return numbers(given, f"{where}: correlation")


def _sample(
    names: tuple[str, ...], laws: list[Distribution], points: list[FloatArray], correlation: Any, method: str
) -> Sample:
    matrix = correlations(correlation, names, method)
    values = np.vstack([_core.draws(laws, block, matrix) for block in points])
    return Sample(names, values, replicates=len(points), method=method)


_laws = laws_of


def _designs(n: Any, replicates: Any, where: str) -> int:
    count, parts = integer(n, f"{where}: n"), integer(replicates, f"{where}: replicates")
    if count < 1:
        raise InvalidInput(f"{where}: n", f"is {count}", "give the number of draws, such as 256")
    if parts < 1 or count % parts:
        raise InvalidInput(
            f"{where}: replicates", f"{count} draws are not {parts} designs of one size", "give a divisor of n"
        )
    return count // parts


def _seed(seed: Any, where: str) -> int:
    found = integer(seed, f"{where}: seed")
    if found < 0:
        raise InvalidInput(f"{where}: seed", f"is {found}", "give a whole number from 0")
    return found


def _require_finite(values: FloatArray, where: str) -> None:
    wrong = np.argwhere(~np.isfinite(values))
    if len(wrong):
        at = ", ".join(str(int(k)) for k in wrong[0])
        raise InvalidInput(f"{where}({at})", f"is {values[tuple(wrong[0])]}", "give finite numbers")


def _frozen(values: FloatArray) -> FloatArray:
    copy = np.array(values, dtype=np.float64)
    copy.setflags(write=False)
    return copy
