"""link(): a market of products and the world around it in one equilibrium."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Union

from tariffsim import _core
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput
from tariffsim.labels import integer, number
from tariffsim.market import Market
from tariffsim.partial import PartialEquilibrium
from tariffsim.scenario import Case, Scenario
from tariffsim.solver import Solver
from tariffsim.theory import Theory

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.closure import Closure
    from tariffsim.world import World

    #: Called after every round with its number and the gap; returning False ends the work.
    Round = Callable[[int, float], Union[bool, None]]

__all__ = ["Linked", "link"]


class Linked:
    """A world and a market in one equilibrium. Reading a result where there is none raises NotConverged.

    Welfare is that of the world. The market has flows, prices and revenue, but no surpluses, since its curves shift.
    """

    def __init__(self, core: _core.Linked, world: World, change: Scenario, scenario: Scenario) -> None:
        self._core, self._world, self._change, self._scenario = core, world, change, scenario

    @property
    def general(self) -> Equilibrium:
        """The world, with the trade-cost wedges and duties that its products come to."""
        self._core.require_converged()
        return Equilibrium(self._core.general, self._world, self._scenario)

    @property
    def partial(self) -> PartialEquilibrium:
        """The market, at the costs and the spending of the world."""
        self._core.require_converged()
        return PartialEquilibrium(self._core.partial, self._change, Theory("partial"))

    @property
    def status(self) -> str:
        """ "converged" or "stalled"."""
        return self._core.status

    @property
    def converged(self) -> bool:
        """True where both models agree to the tolerance."""
        return self._core.converged

    @property
    def diagnosis(self) -> str:
        """Why there is no result; empty where there is one."""
        return self._core.diagnosis

    @property
    def rounds(self) -> int:
        """Times that market and world were solved."""
        return self._core.rounds

    @property
    def gap(self) -> float:
        """Largest difference of log shares, prices, costs and spending between the two models."""
        return self._core.gap

    @property
    def flows(self) -> pd.DataFrame:
        """By exporter, importer and sector that both have: duty_hat, one plus the average tariff of the products over that of the
        base, and trade_cost_hat, the wedge that gives the world the market's share and price."""
        import pandas as pd

        self._core.require_converged()
        world = self._core.general.observed
        labels = {"exporter": world.regions, "importer": world.regions, "sector": world.sectors}
        index = pd.MultiIndex.from_arrays(
            [pd.Index(axis.codes).take(getattr(self._core, name)().astype(int)) for name, axis in labels.items()],
            names=list(labels),
        )
        columns = {"duty_hat": self._core.duty_hat(), "trade_cost_hat": self._core.trade_cost_hat()}
        return pd.DataFrame(columns, index=index)

    @property
    def unlinked_value(self) -> float:
        """Value of the market's flows that the world does not have; they are solved, and the world does not see them."""
        return self._core.unlinked_value

    def summary(self) -> str:
        """How the link went, then the summaries of both."""
        core = self._core
        if not core.converged:
            return f"Market and world are not linked ({core.status}): {core.diagnosis}"
        lines = [f"Market and world agree to {core.gap:.1e} after {core.rounds} rounds, {core.seconds:.3g} s"]
        if core.unlinked_flows:
            lines.append(f"  note: {core.unlinked_flows} flows of the market worth {core.unlinked_value:,.4g} are not in the world")
        return "\n".join([*lines, self.general.summary(), self.partial.summary()])

    def __repr__(self) -> str:
        return f"Linked({self._core.status}, {self._core.rounds} rounds, gap {self._core.gap:.1e})"


def link(
    world: World,
    market: Market,
    change: Scenario | Case,
    scenario: Scenario | Case | None = None,
    *,
    theory: Theory | str | None = None,
    closure: Closure | str | None = None,
    tolerance: float = 1e-9,
    max_rounds: int = 100,
    progress: bool | Round | None = None,
) -> Linked:
    """Solves new tariffs on products and the world around them at once.

    The market decides how what an importer buys of a sector is shared among exporters, at which price and average duty; the world
    decides what sellers' costs and buyers' spending are. A product's demand elasticity is that within its sector.

    Parameters
    ----------
    world : World
    market : Market
        Its regions and sectors are codes of the world. Flows that the world has too are linked.
    change : Scenario
        Tariffs by product, in the market.
    scenario : Scenario, optional
        What else changes in the world, on other flows.
    theory, closure
        Of the world, as in `solve`; where absent those of `scenario` where it is a Case, or of `change` where there is no
        `scenario`.
    tolerance : float
        Largest difference of log shares, prices, costs and spending between the two models.
    max_rounds : int
        Limit on rounds, each of which solves both.
    progress : True or callable
        True writes a line to stderr after each round. A callable gets its number and the gap; returning False ends the work.

    Returns
    -------
    Linked

    Raises
    ------
    InvalidInput
        Where the market's regions or sectors are not the world's, or `scenario` changes flows that the market decides on.
    """
    if not isinstance(market, Market):
        raise InvalidInput("market", f"is a {type(market).__name__}", "give a Market")
    if isinstance(change, Case) and change.theory is not None and change.theory.name in ("gsim", "smart"):
        raise InvalidInput("change", f"its theory {change.theory.name!r} cannot be linked", "use 'partial', or leave it out")
    declared = change if scenario is None else scenario
    if isinstance(declared, Case):
        if theory is None and declared.theory is not None and not declared.theory.of_markets:
            theory = declared.theory
        closure = closure if closure is not None else declared.closure
    rest = _scenario(scenario if scenario is not None else Scenario(), "scenario")
    wanted = _scenario(change, "change")
    sharp = min(max(0.01 * number(tolerance, "tolerance"), 1e-13), 1e-10)
    solver = Solver(world, closure, theory=theory, tolerance=sharp)
    each: Any = _line if progress is True else progress if callable(progress) else None
    limits = number(tolerance, "tolerance"), integer(max_rounds, "max_rounds")
    core = _core.link(solver._core, market._core, wanted._core(None), rest._core(world), *limits, each)
    if progress is True:
        sys.stderr.write("\n")
    return Linked(core, world, wanted, rest)


def _scenario(given: Scenario | Case, name: str) -> Scenario:
    found = given.scenario if isinstance(given, Case) else given
    if not isinstance(found, Scenario):
        raise InvalidInput(name, f"is a {type(given).__name__}", "give a Scenario")
    return found


def _line(round_: int, gap: float) -> None:
    sys.stderr.write(f"\rlinking: round {round_}, gap {gap:.1e} ")
    sys.stderr.flush()
