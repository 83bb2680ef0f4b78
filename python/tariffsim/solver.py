"""solve() and Solver: from a world and a change to an equilibrium."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Union, overload

from tariffsim import _core
from tariffsim.closure import Closure
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput
from tariffsim.labels import integer, number
from tariffsim.market import Market
from tariffsim.partial import PartialEquilibrium, solve_market
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock
from tariffsim.theory import Theory
from tariffsim.world import World

if TYPE_CHECKING:
    #: Called about every hundred evaluations; returning False ends the solve with status "stalled".
    Report = Callable[[_core.Progress], Union[bool, None]]

__all__ = ["Solver", "solve"]


class Solver:
    """One world under one theory and closure, its base solved once, ready for many changes.

    Solving does not hold the GIL, and one solver may serve several threads. Ctrl-C ends a long solve.

    Parameters
    ----------
    world : World
    closure : Closure or str
        Or what happens to deficits alone, such as "balanced"; fixed shares of world value added where absent.
    theory : Theory or str
        Which economics, such as "krugman" or ts.Theory("two_tier", domestic_import=2.0); Caliendo and Parro's where absent.
    tolerance : float
        Largest relative residual accepted.
    max_evaluations : int
        Limit on evaluations of the equilibrium system in one solve.
    progress : True or callable
        True writes a line to stderr while a solve is slow. A callable gets an object with evaluations, residual, path (the
        share of the shock applied) and seconds about every hundred evaluations; returning False ends the solve.

    Raises
    ------
    InvalidInput
        Where the world cannot feed the theory, the closure names an unknown region, or the tolerance is out of range.
    NotConverged
        Where the base itself cannot be solved; names the region.
    """

    def __init__(
        self,
        world: World,
        closure: Closure | str | None = None,
        *,
        theory: Theory | str | None = None,
        tolerance: float = 1e-10,
        max_evaluations: int = 20000,
        progress: bool | Report | None = None,
    ) -> None:
        if not isinstance(world, World):
            remedy = f"use ts.World.load({world!r})" if isinstance(world, str) else "give a World"
            raise InvalidInput("world", f"is a {type(world).__name__}", remedy)
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise InvalidInput("progress", f"is a {type(progress).__name__}", "give True or a function")
        self._world = world
        self._closure = Closure.of(closure)
        self._theory = Theory.of(theory)
        report = _line if progress is True else progress if callable(progress) else None
        limits = number(tolerance, "tolerance"), integer(max_evaluations, "max_evaluations")
        self._core = _core.Solver(world._core, self._theory._for_world(), self._closure._core(), *limits, report)

    @property
    def world(self) -> World:
        """The observed world."""
        return self._world

    @property
    def closure(self) -> Closure:
        """What happens to deficits, the numeraire, and the use of revenue."""
        return self._closure

    @property
    def theory(self) -> Theory:
        """Which economics."""
        return self._theory

    def solve(self, change: Scenario | Shock | Case) -> Equilibrium:
        """Solves one change of the world.

        Returns
        -------
        Equilibrium
            Its status says whether there is one; reading a number of a solve that did not converge raises NotConverged.

        Raises
        ------
        InvalidInput
            Where the change does not fit the world or the closure.
        KeyboardInterrupt
            On Ctrl-C.
        """
        if isinstance(change, Case):
            if change.closure is not None and Closure.of(change.closure) != self._closure:
                problem = f"the case asks for {change.closure}, the solver has {self._closure}"
                raise InvalidInput("closure", problem, "use ts.solve, or the scenario of the case")
            if change.theory is not None and change.theory != self._theory:
                problem = f"the case asks for {change.theory}, the solver has {self._theory}"
                raise InvalidInput("theory", problem, "use ts.solve, or the scenario of the case")
            change = change.scenario
        if isinstance(change, Scenario):
            return Equilibrium(self._core.solve(change._core(self._world)), self._world, change)
        if isinstance(change, Shock):
            return Equilibrium(self._core.solve(change._core), self._world)
        raise InvalidInput(
            "solve", f"a {type(change).__name__} is no change of a world", "give a Scenario, a Shock or a Case"
        )


@overload
def solve(
    world: World,
    change: Scenario | Shock | Case,
    closure: Closure | str | None = None,
    *,
    theory: Theory | str | None = None,
    tolerance: float = 1e-10,
    max_evaluations: int = 20000,
    progress: bool | Report | None = None,
) -> Equilibrium: ...


@overload
def solve(
    world: Market, change: Scenario | Case, *, theory: Theory | str | None = None, tolerance: float = 1e-10
) -> PartialEquilibrium: ...


def solve(
    world: World | Market,
    change: Scenario | Shock | Case,
    closure: Closure | str | None = None,
    *,
    theory: Theory | str | None = None,
    tolerance: float = 1e-10,
    max_evaluations: int = 20000,
    progress: bool | Report | None = None,
) -> Equilibrium | PartialEquilibrium:
    """Solves one change of a world or a market. For many of a world keep a `Solver`, which prepares the base once.

    Parameters
    ----------
    world : World or Market
    change : Scenario, Shock or Case
        Of a market a Scenario of import tariffs.
    theory : Theory or str
        As in `Solver`; where absent, that of the case, or Caliendo and Parro's. Of a market "partial" where absent,
        "gsim" or "smart".
    closure : Closure or str
        As in `Solver`; where absent, that of the case, or fixed shares of world value added.
    tolerance, max_evaluations, progress
        As in `Solver`. Of a market the tolerance alone counts, and is 1e-12 where a larger one is given.

    Returns
    -------
    Equilibrium
        Of a market a PartialEquilibrium.

    Raises
    ------
    InvalidInput
        Where the change does not fit the world or the closure.
    NotConverged
        Where the base itself cannot be solved.
    """
    if isinstance(world, Market):
        if closure is not None:
            raise InvalidInput("closure", "a market has no income to close", "leave the closure out")
        if isinstance(change, Shock):
            raise InvalidInput("solve", "a Shock is of a world", "give a Scenario of tariffs")
        return solve_market(world, change, theory, tolerance=min(number(tolerance, "tolerance"), 1e-12))
    if isinstance(change, Case):
        closure = closure if closure is not None else change.closure
        theory = theory if theory is not None else change.theory
        change = change.scenario
    solver = Solver(world, closure, theory=theory, tolerance=tolerance, max_evaluations=max_evaluations, progress=progress)
    return solver.solve(change)


def _line(now: _core.Progress) -> None:
    applied = f", {100 * now.path:.0f} percent of the shock" if now.path < 1 else ""
    sys.stderr.write(
        f"\rsolving: {now.evaluations} evaluations, residual {now.residual:.1e}{applied}, {now.seconds:.1f} s "
    )
    sys.stderr.flush()
