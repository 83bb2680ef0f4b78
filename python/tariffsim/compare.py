"""compare(): one scenario under several theories, as a table and a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Union

from tariffsim import _core
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock
from tariffsim.solver import Solver
from tariffsim.theory import Theory

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from tariffsim.closure import Closure
    from tariffsim.world import World

    Theories = Union[Iterable[Theory | str], Mapping[str, Theory | str]]

__all__ = ["Comparison", "compare"]

_OUTCOMES = {
    "real_income_pct": "real income",
    "welfare_pct": "welfare",
    "consumer_price_pct": "consumer price",
    "real_wage_pct": "real wage",
    "employment_pct": "employment",
    "imports_pct": "imports",
    "exports_pct": "exports",
}


class Comparison:
    """Equilibria of one scenario by theory.

    Attributes
    ----------
    equilibria : dict of str to Equilibrium
        By the name of the theory, with its parameters where two have one name.
    table : DataFrame
        By theory and region: real_income_pct, welfare_pct, consumer_price_pct, real_wage_pct, employment_pct, imports_pct and
        exports_pct (values at border prices over world value added), percent; theories without an equilibrium are left out.
    sources : Series
        By theory, where its trade elasticities come from.
    """

    def __init__(self, equilibria: dict[str, Equilibrium]) -> None:
        import pandas as pd

        self.equilibria = equilibria
        solved = {name: _outcomes(eq) for name, eq in equilibria.items() if eq.converged}
        columns = pd.MultiIndex.from_arrays([[], []], names=["theory", "region"])
        self.table = (
            pd.concat(solved, names=["theory"]) if solved else pd.DataFrame(index=columns, columns=list(_OUTCOMES))
        )
        self.sources = pd.Series({name: eq.elasticity_source for name, eq in equilibria.items()}, name="elasticities")

    def by(self, outcome: str = "real_income_pct") -> pd.DataFrame:
        """One outcome, regions in rows and theories in columns.

        Raises
        ------
        InvalidInput
            On an unknown outcome.
        """
        _require(outcome)
        wide = self.table[outcome].unstack("theory")
        return wide[[name for name in self.equilibria if name in wide.columns]]

    def plot(self, outcome: str = "real_income_pct", regions: Iterable[str] | None = None, ax: Axes | None = None) -> Axes:
        """One outcome by region, a point for each theory and a line over their range.

        Parameters
        ----------
        outcome : str
        regions : iterable of str
            The twelve with the largest outcomes where absent.
        ax : Axes
            New where absent.
        """
        from tariffsim.plot.comparison import comparison

        return comparison(self.by(outcome), _OUTCOMES[_require(outcome)], regions, ax)

    def __getitem__(self, name: str) -> Equilibrium:
        if name not in self.equilibria:
            raise InvalidInput("theory", f"{name!r} is not compared", f"use one of {', '.join(self.equilibria)}")
        return self.equilibria[name]

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self.equilibria.values())

    def __len__(self) -> int:
        return len(self.equilibria)

    def __repr__(self) -> str:
        states = ", ".join(f"{name} ({eq.status})" for name, eq in self.equilibria.items())
        return f"Comparison of {len(self)} theories: {states}"


def compare(
    world: World,
    change: Scenario | Shock | Case,
    theories: Theories = ("caliendo_parro", "specific_factors"),
    closure: Closure | str | None = None,
    *,
    tolerance: float = 1e-10,
) -> Comparison:
    """Solves one change of a world under several theories.

    Parameters
    ----------
    world : World
    change : Scenario, Shock or Case
    theories : iterable of Theory or str, or dict by label
    closure : Closure or str
        As in `solve`.
    tolerance : float
        As in `solve`.

    Returns
    -------
    Comparison
        Each equilibrium is relative to its own base; one that does not exist says so in its status.

    Raises
    ------
    InvalidInput
        Where the world cannot feed a theory, or the change does not fit the world.
    NotConverged
        Where a base cannot be solved.
    """
    if isinstance(change, Case):
        closure = closure if closure is not None else change.closure
        change = change.scenario
    if isinstance(theories, (str, Theory)):
        theories = [theories]
    named = theories.items() if isinstance(theories, Mapping) else _labelled([Theory.of(theory) for theory in theories])
    equilibria = {
        name: Solver(world, closure, theory=Theory.of(theory), tolerance=tolerance).solve(change)
        for name, theory in named
    }
    if not equilibria:
        raise InvalidInput("theories", "there is none to compare", 'give names or ts.Theory objects, such as "krugman"')
    return Comparison(equilibria)


def _labelled(theories: list[Theory]) -> list[tuple[str, Theory]]:
    names = [theory.name for theory in theories]
    labels = [theory.name if names.count(theory.name) == 1 else str(theory) for theory in theories]
    for label in labels:
        if labels.count(label) > 1:
            raise InvalidInput("theories", f"{label} stands twice", "leave one out, or give a dict by label")
    return list(zip(labels, theories))


def _outcomes(eq: Equilibrium) -> pd.DataFrame:
    import pandas as pd

    imports, exports = _core.trade_change(eq._core)
    columns = {
        "real_income_pct": eq.real_income_pct,
        "welfare_pct": eq.welfare_pct,
        "consumer_price_pct": 100 * (eq.consumer_price_hat - 1),
        "real_wage_pct": eq.real_wage_pct,
        "employment_pct": 100 * (eq.factor_supply_hat.iloc[:, 0] - 1),
        "imports_pct": imports,
        "exports_pct": exports,
    }
    return pd.DataFrame(columns, index=eq._axes.of("region"))


def _require(outcome: str) -> str:
    if outcome not in _OUTCOMES:
        raise InvalidInput("outcome", f"unknown outcome {outcome!r}", f"use one of {', '.join(_OUTCOMES)}")
    return outcome
