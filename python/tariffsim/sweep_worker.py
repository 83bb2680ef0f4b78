"""Solving one panel, here or in another process: solvers are kept while they are needed, and rows solved run by run."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput, NotConverged

if TYPE_CHECKING:
    from tariffsim.labels import FloatArray

    Model = tuple[bytes, bytes]

__all__ = ["Job", "Solved", "Solvers", "solve_bytes", "solve_rows"]

T = TypeVar("T")

#: Status of a row whose theory and closure have no base equilibrium to start from.
NO_BASE = "no_base"


@dataclass(frozen=True)
class Job:
    """What all panels of a sweep have in common."""

    outcomes: tuple[str, ...]
    tolerance: float
    max_evaluations: int


@dataclass(frozen=True)
class Solved:
    """A panel's answer: a row of numbers for each row, NaN where it has no equilibrium."""

    values: FloatArray
    statuses: list[str]
    diagnoses: list[str]
    evaluations: list[int]
    residuals: list[float]
    refused: tuple[int, str, str, str] | None  # position in the panel, where, problem, remedy


class Kept:
    """A few values by key, each made once however many threads ask for it; the one not used for longest is dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._held: OrderedDict[Any, tuple[threading.Lock, list[Any]]] = OrderedDict()

    def get(self, key: Any, make: Callable[[], T]) -> T:
        """The value of a key, made where it is not there."""
        with self._lock:
            entry = self._held.setdefault(key, (threading.Lock(), []))
            self._held.move_to_end(key)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        lock, value = entry
        with lock:
            if not value:
                value.append(make())
        return value[0]


class Solvers:
    """The solvers of a world by model."""

    def __init__(self, world: _core.World, job: Job, most: int, stop: _core.Stop | None = None) -> None:
        self._world, self._job, self.stop = world, job, stop
        self._kept = Kept(most)

    def solver(self, model: Model) -> _core.Solver | NotConverged:
        """The solver of a model, or why its base has no equilibrium.

        Raises
        ------
        InvalidInput
            Where the world cannot feed the theory, or the closure does not fit it.
        """
        return self._kept.get(model, lambda: self._made(model))

    def _made(self, model: Model) -> _core.Solver | NotConverged:
        theory, closure = _core.unpack_theory(model[0]), _core.unpack_closure(model[1])
        stop = self.stop
        watch = None if stop is None else lambda _: not stop.is_set
        try:
            return _core.Solver(self._world, theory, closure, self._job.tolerance, self._job.max_evaluations, watch)
        except NotConverged as error:
            return error


def solve_rows(solvers: Solvers, models: Sequence[Model], shocks: Sequence[_core.Shock], job: Job) -> Solved:
    """A panel, in order; a run of rows of one model shares what it learns."""
    values: list[FloatArray] = []
    statuses: list[str] = []
    diagnoses: list[str] = []
    evaluations: list[int] = []
    residuals: list[float] = []
    refused = None
    for _, run in groupby(range(len(models)), lambda k: models[k]):
        rows = list(run)
        try:
            solver = solvers.solver(models[rows[0]])
        except InvalidInput as error:
            refused = (rows[0], error.where, error.problem, error.remedy)
            break
        if isinstance(solver, NotConverged):
            values.append(np.full((len(rows), 1), np.nan))
            statuses += [NO_BASE] * len(rows)
            diagnoses += [str(solver)] * len(rows)
            evaluations += [0] * len(rows)
            residuals += [np.nan] * len(rows)
            continue
        part = _core.solve_panel([(solver, shocks[row]) for row in rows], list(job.outcomes), solvers.stop)
        values.append(part.values)
        statuses += part.statuses
        diagnoses += part.diagnoses
        evaluations += part.evaluations
        residuals += part.residuals
        if part.refused is not None:
            refused = (rows[0] + part.refused[0], *part.refused[1:])
            break
        if len(part.statuses) < len(rows):  # stopped
            break
    width = max((block.shape[1] for block in values), default=0)
    blocks = [block if block.shape[1] == width else np.full((len(block), width), np.nan) for block in values]
    return Solved(
        np.vstack(blocks) if blocks else np.empty((0, 0)), statuses, diagnoses, evaluations, residuals, refused
    )


# Of a worker process, across panels.
_worlds = Kept(2)
_solvers = Kept(2)


def solve_bytes(
    key: str, world: bytes, models: Sequence[Model], which: Sequence[int], shocks: Sequence[bytes], job: Job
) -> Solved:
    """A panel in another process: everything comes as bytes, and the world is unpacked once.

    Parameters
    ----------
    key : str
        Of the world; two worlds have two keys.
    which : sequence of int
        Position in `models`, by row.
    """
    core = _worlds.get(key, lambda: _core.unpack_world(world))
    solvers = _solvers.get((key, job), lambda: Solvers(core, job, most=8))
    return solve_rows(solvers, [models[k] for k in which], [_core.unpack_shock(each, core) for each in shocks], job)
