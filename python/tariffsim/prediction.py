"""First-order predictions: many scenarios from one solve, with the error known from a few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import derivatives
from tariffsim.errors import InvalidInput
from tariffsim.solver import Solver

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.closure import Closure
    from tariffsim.scenario import Scenario
    from tariffsim.shock import Shock
    from tariffsim.theory import Theory
    from tariffsim.world import World

__all__ = ["Prediction", "predict"]


class Prediction:
    """Predicted outcomes of scenarios, to first order around one equilibrium, and the error where some were solved.

    Attributes
    ----------
    table : DataFrame
        Scenarios x outcomes, predicted.
    solved : DataFrame
        The scenarios that were solved, exactly.
    error : DataFrame
        By outcome: mean and largest error of the predictions of those, and the largest relative to the change itself.
    """

    def __init__(self, table: pd.DataFrame, solved: pd.DataFrame, start: pd.Series[float]) -> None:
        self.table, self.solved = table, solved
        gap = (table.loc[solved.index] - solved).abs()
        moved = (solved - start).abs().max()
        import pandas as pd

        self.error = pd.DataFrame({"mean": gap.mean(), "largest": gap.max(), "share_of_change": gap.max() / moved})

    def __repr__(self) -> str:
        worst = self.error["share_of_change"].max()
        return f"Prediction({len(self.table)} scenarios, error up to {100 * worst:.2g} percent of the change in {len(self.solved)} solved)"


def predict(
    world: World,
    changes: Mapping[Any, Scenario | Shock] | Sequence[Scenario | Shock],
    outcomes: Iterable[str],
    around: Scenario | Shock | None = None,
    *,
    closure: Closure | str | None = None,
    theory: Theory | str | None = None,
    check: int = 3,
) -> Prediction:
    """Outcomes of many scenarios to first order, from one solve and one gradient for each outcome.

    Parameters
    ----------
    world : World
    changes : dict or list of Scenario or Shock
        Of rates, trade costs, tastes, productivity and deficits.
    outcomes : names of single numbers, such as "real_income_pct[CHN]"
    around : Scenario or Shock
        Where the gradients are taken; the base where absent.
    check : int
        So many of the scenarios, evenly spread, are solved to know the error.

    Returns
    -------
    Prediction

    Raises
    ------
    InvalidInput
        On a scenario that first order does not know (bans, limits, rates that answer to the equilibrium).
    """
    import pandas as pd

    from tariffsim.scenario import Scenario
    from tariffsim.shock import Shock

    named = dict(changes) if isinstance(changes, Mapping) else dict(enumerate(changes))
    if not named:
        raise InvalidInput("changes", "there is none", "give a dict or a list of scenarios")
    names = [outcomes] if isinstance(outcomes, str) else list(outcomes)
    solver = Solver(world, closure, theory=theory)
    eq = solver.solve(Shock() if around is None else around)
    start = pd.Series({name: float(derivatives.read(eq, name)) for name in names})
    policy = ["tariff", "export_tax", "trade_cost", "taste", "productivity"]
    shocks = {key: each.compile(world) if isinstance(each, Scenario) else each for key, each in named.items()}
    directions = {key: derivatives._direction(eq, shock) for key, shock in shocks.items()}
    if any("deficit" in direction for direction in directions.values()):
        policy.append("deficit")
    linearised = derivatives._core.Derivatives(eq._core, policy)
    gradients = {name: linearised.gradient({name: 1.0}) for name in names}
    rows = {
        key: [start[name] + sum(float(np.sum(gradients[name][k] * step)) for k, step in direction.items()) for name in names]
        for key, direction in directions.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    keys = list(named)
    count = min(max(int(check), 0), len(keys))
    chosen = [keys[int(k)] for k in np.unique(np.linspace(0, len(keys) - 1, count).round())] if count else []
    exact = {}
    for key in chosen:
        found = solver.solve(shocks[key])
        exact[key] = [float(derivatives.read(found, name)) for name in names]
    return Prediction(table, pd.DataFrame.from_dict(exact, orient="index", columns=names), start)
