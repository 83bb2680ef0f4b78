"""From a user's function to rows that can be solved: their models, the order of work, and the compiled panels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.closure import Closure
from tariffsim.errors import InvalidInput
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock
from tariffsim.sweep_plan import Axis, Plan
from tariffsim.theory import Theory

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import TypeGuard

    from tariffsim.world import World

    #: What a row may be.
    Row = Union[Scenario, Shock, Case]

__all__ = ["Panel", "Rows", "named_rows"]

#: So many small scenarios are remembered between the two passes over the rows; a few kilobytes each.
_REMEMBERED = 16384


@dataclass(frozen=True)
class Panel:
    """Rows that are solved in order by one thread: the unit of work everywhere, so that results do not depend on where."""

    number: int
    rows: NDArray[np.int64]
    models: list[int]  # position in Rows.models, by row
    shocks: list[_core.Shock]


class Rows:
    """The rows of a plan. `case` is called to order the work by model; where what it gave is too large to be remembered, it
    is called again when the row is due.

    Rows of one model (theory and closure) stand together in the order of work, so that neighbours share a solver.
    """

    def __init__(self, world: World, case: Callable[..., Row], plan: Plan, theory: Theory, closure: Closure) -> None:
        self.world, self.plan = world, plan
        self._case = case
        self._defaults = theory, closure
        self.models: list[tuple[bytes, bytes]] = []  # packed theory and closure
        self.theories: list[Theory] = []
        self.closures: list[Closure] = []
        self._known: dict[tuple[bytes, bytes], int] = {}
        self._remembered: dict[int, Scenario] = {}
        self._policies: dict[int, tuple[Any, bytes]] = {}
        self._model = np.empty(len(plan), dtype=np.int64)
        self.order: NDArray[np.int64] = np.arange(len(plan))
        self.digest = ""

    @property
    def panels(self) -> int:
        """How many panels there are."""
        return -(-len(self.plan) // _core.PANEL)

    def survey(self, digest: bool, watch: Callable[[int], None]) -> None:
        """Calls the function for every row: which models there are, in which order to work, and a digest of the rows."""
        sums = hashlib.sha256()
        for row in range(len(self.plan)):
            change, model = self._given(row)
            self._model[row] = model
            if len(self._remembered) < _REMEMBERED and _is_small(change):
                self._remembered[row] = change
            if digest:
                sums.update(model.to_bytes(8, "little"))
                sums.update(self._content(change, row))
            watch(row + 1)
        self.order = np.argsort(self._model, kind="stable")
        for theory, closure in self.models:
            sums.update(theory + closure)
        self.digest = sums.hexdigest() if digest else ""

    def rows_of(self, panel: int) -> NDArray[np.int64]:
        """The rows of a panel, in the order of work."""
        return self.order[panel * _core.PANEL : (panel + 1) * _core.PANEL]

    def panel(self, number: int) -> Panel:
        """A compiled panel.

        Raises
        ------
        InvalidInput
            Where a row does not fit the world, or the function gives another model than the first time.
        """
        rows = self.rows_of(number)
        models, shocks = [], []
        for row in map(int, rows):
            held = self._remembered.pop(row, None)
            change, model = self._given(row) if held is None else (held, int(self._model[row]))
            if model != self._model[row]:
                problem = "the function gives another theory or closure when it is called again"
                raise InvalidInput(self.plan.describe(row), problem, "let it depend on nothing but its arguments")
            models.append(model)
            shocks.append(self._compiled(change, row))
        return Panel(number, rows, models, shocks)

    def _given(self, row: int) -> tuple[Scenario | Shock, int]:
        arguments = self.plan.row(row)
        given = self._case(**arguments)
        theory, closure = self._defaults
        if isinstance(given, Case):
            theory = theory if given.theory is None else Theory.of(given.theory)
            closure = closure if given.closure is None else Closure.of(given.closure)
            given = given.scenario
        if not isinstance(given, (Scenario, Shock)):
            problem = f"the function gives a {type(given).__name__}"
            raise InvalidInput(self.plan.describe(row), problem, "return a Scenario, a Shock or a Case")
        key = _core.pack(theory._for_world()), _core.pack(closure._core())
        model = self._known.setdefault(key, len(self.models))
        if model == len(self.models):
            self.models.append(key)
            self.theories.append(theory)
            self.closures.append(closure)
        return given, model

    def _compiled(self, change: Scenario | Shock, row: int) -> _core.Shock:
        try:
            if isinstance(change, Shock):
                change._core.validate(self.world._core)
                return change._core
            if len(change._policy):  # bound once, for all days
                return _core.compile_day(change._core(self.world), change._bound(self.world))
            return change._core(self.world).compile(self.world._core)
        except InvalidInput as error:
            raise at_row(self.plan, row, error) from None

    def _content(self, change: Scenario | Shock, row: int) -> bytes:
        if isinstance(change, Shock):
            return _core.pack(change._core, self.world._core)
        policy = change._policy
        held = self._policies.get(id(policy))
        if held is None:
            whole = _core.pack(_core.Scenario("", [], {}, policy)) if len(policy) else b""
            held = self._policies[id(policy)] = (policy, hashlib.sha256(whole).digest())
            while len(self._policies) > 64:
                self._policies.pop(next(iter(self._policies)))
        try:
            return _core.pack(change._without_policy(self.world)) + held[1]
        except InvalidInput as error:
            raise at_row(self.plan, row, error) from None


def _is_small(change: Scenario | Shock) -> TypeGuard[Scenario]:
    """True where its values are numbers, not tables or arrays."""
    return isinstance(change, Scenario) and all(isinstance(getattr(c, "value", None), float) for c in change._changes)


def named_rows(cases: Mapping[str, Row]) -> tuple[Plan, Callable[..., Row]]:
    """Cases by name as a plan and a function."""
    if not cases:
        raise InvalidInput(
            "sweep", "there is no case", "give scenarios by name, or a function and what it is called with"
        )
    named = {str(name): case for name, case in cases.items()}
    return Plan((Axis("scenario", {"scenario": tuple(named)}),)), lambda scenario: named[scenario]


def at_row(plan: Plan, row: int, error: InvalidInput) -> InvalidInput:
    """The same error, saying in which row."""
    where = plan.describe(row)
    return InvalidInput(f"{where}: {error.where}" if error.where else where, error.problem, error.remedy)


def panels_of(rows: Rows, wanted: Iterator[int]) -> Iterator[Panel]:
    """Compiled panels, one by one as they are asked for."""
    for number in wanted:
        yield rows.panel(number)
