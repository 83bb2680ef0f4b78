"""attribute_outcome(): what each law, country or group of measures did to an outcome of the model."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput
from tariffsim.labels import is_data_array, is_frame, is_series, numbers
from tariffsim.scenario import Scenario
from tariffsim.solver import Solver

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.closure import Closure
    from tariffsim.days import Day
    from tariffsim.labels import FloatArray
    from tariffsim.world import World

    #: Called after each of the 2^k solves with their number so far and in all; returning False ends the work.
    Report = Callable[[int, int], Union[bool, None]]

__all__ = ["attribute_outcome"]


def attribute_outcome(
    world: World,
    scenario: Scenario,
    date: Day,
    outcome: str | Callable[[Equilibrium], Any] = "real_income_pct",
    *,
    by: str = "authority",
    players: Iterable[str] | None = None,
    basis: str = "legal",
    closure: Closure | str | None = None,
    tolerance: float = 1e-10,
    progress: bool | Report = False,
) -> pd.DataFrame:
    """Shares the effect of a day on an outcome out among laws or countries: Shapley values.

    Every set of players is solved: their measures stand as on the day, all others as in the world's own tariffs. A player's
    value is what it adds to a set, averaged over all orders in which the players could have come. The values sum to the
    effect of the whole day and do not depend on the order of the measures. Ten players take 1,024 solves.

    Parameters
    ----------
    world : World
    scenario : Scenario
        With dated measures. Undated changes and limits, where it has any, are together one more player.
    date : day
        "2025-04-09", a date, or the name of an event.
    outcome : str or function
        An attribute of `Equilibrium` such as "real_income_pct" or "wage_hat", or a function of an Equilibrium; numbers with or
        without labels, the same in every equilibrium.
    by : str
        Who the players are: "authority", "importer" (who levies the duties), "group" (stacking groups) or "measure".
    players : list of str
        Told apart; the rest stand together as one, "all others". Each of them where absent, at most ten. Players of whom
        nothing changed have no effect; they are left out unless they are named here.
    basis : str
        "legal" or "collected".
    closure : Closure or str
        As in `solve`.
    tolerance : float
        As in `solve`.
    progress : True or function
        True shows a line on stderr. A function gets the number of solves so far and in all; returning False ends the work.

    Returns
    -------
    DataFrame
        The outcome's labels x players, and their sum `total`: the outcome on the day less that in the base.

    Raises
    ------
    InvalidInput
        Where there are more than ten players, a player or an attribute is unknown, or the outcome is no number.
    NotConverged
        Where a set of players has no equilibrium, which it names, or `progress` ended the work.
    """
    import pandas as pd

    if not isinstance(scenario, Scenario) or not len(scenario._policy):
        raise InvalidInput("scenario", "has no dated measures", "give a Scenario whose measures have days")
    named = [] if players is None else [players] if isinstance(players, str) else [str(name) for name in players]
    solver = Solver(world, closure, tolerance=tolerance)
    today = scenario.on(scenario._day(date), basis)
    coalitions = _core.Coalitions(today._core(world), scenario._bound(world), by, named)
    read = _Outcome(outcome, world)
    found = _core.attribute_outcome(solver._core, coalitions, read, _report(progress))
    table = pd.DataFrame(found["parts"], index=read.labels, columns=pd.Index(found["players"], name=by))
    for name in named:
        if name not in table:
            table[name] = 0.0
    table["total"] = found["day"] - found["base"]
    table.attrs.update(outcome=read.name, date=str(today.date), scenario=scenario.title)
    return table


class _Outcome:
    """Numbers of an equilibrium, and the labels that they came with."""

    def __init__(self, outcome: str | Callable[[Equilibrium], Any], world: World) -> None:
        self._world = world
        self.labels: pd.Index[Any] | None = None
        if callable(outcome):
            self.name, self._read = getattr(outcome, "__name__", "outcome"), outcome
            return
        if not isinstance(outcome, str) or not isinstance(getattr(Equilibrium, outcome, None), property):
            remedy = 'give an attribute such as "real_income_pct", or a function: lambda eq: eq.flows.sel(importer="USA")'
            raise InvalidInput("outcome", f"{outcome!r} is no attribute of an Equilibrium", remedy)
        self.name, self._read = outcome, lambda eq: getattr(eq, outcome)

    def __call__(self, core: _core.Equilibrium) -> FloatArray:
        labels, values = self._labelled(self._read(Equilibrium(core, self._world)))
        if self.labels is None:
            self.labels = labels
        elif not self.labels.equals(labels):
            raise InvalidInput(
                f"outcome {self.name!r}", f"has other labels for the {core.title}", "give one with the same in all"
            )
        return values

    def _labelled(self, value: Any) -> tuple[pd.Index[Any], FloatArray]:
        import pandas as pd

        series = value if is_series(value) else value.to_series() if is_data_array(value) and value.ndim > 0 else None
        if series is not None:
            return series.index, numbers(series.to_numpy(), f"outcome {self.name!r}")
        if is_frame(value):
            rows = pd.MultiIndex.from_product((value.index, value.columns))
            return rows, numbers(value.to_numpy().ravel(), f"outcome {self.name!r}")
        plain = numbers(value, f"outcome {self.name!r}")
        if plain.ndim > 1:
            raise InvalidInput(f"outcome {self.name!r}", "is a table without labels", "give a DataFrame, a DataArray or one column")
        return (pd.RangeIndex(plain.size) if plain.ndim else pd.Index([self.name])), np.atleast_1d(plain)


def _report(progress: bool | Report) -> Report:
    if callable(progress):
        return progress
    if not isinstance(progress, bool):
        raise InvalidInput("progress", f"is a {type(progress).__name__}", "give True or a function")
    return _line if progress else lambda done, count: None


def _line(done: int, count: int) -> None:
    end = "\n" if done == count else ""
    sys.stderr.write(f"\rattributing: {done} of {count} sets of players {end}")
    sys.stderr.flush()
