"""Parts of the risk of regimes: the worst cases of a distribution, and the change to a mean tariff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock

if TYPE_CHECKING:
    from tariffsim.labels import FloatArray
    from tariffsim.scenario_tree import Leaf
    from tariffsim.world import World

__all__ = ["at_mean_tariff", "cvar", "weighted_mean"]

# Rates that answer to the equilibrium: no array has them, so there is no mean to take.
_ANSWERING = ("specific_tariff", "preference")


def at_mean_tariff(world: World, tree: list[Leaf]) -> tuple[Any, str]:
    """A change to the mean of the regimes' tariffs, or None and why there is none."""
    if any(callable(leaf.change) for leaf in tree):
        return None, "regimes depend on the draws"
    changes: list[Any] = [leaf.change for leaf in tree]
    cases = [change if isinstance(change, Case) else Case(change) for change in changes]
    if any((case.closure, case.theory) != (cases[0].closure, cases[0].theory) for case in cases):
        return None, "regimes differ in theory or closure"
    base = world.tariffs.values
    mean = np.zeros(base.shape)
    for leaf, case in zip(tree, cases):
        scenario = case.scenario
        shock = scenario.compile(world) if isinstance(scenario, Scenario) else scenario
        answers = isinstance(scenario, Scenario) and any(
            c.instrument in _ANSWERING for c in scenario._skeleton().changes
        )
        if answers or not shock.only_tariffs:
            return None, f"'{leaf.name}' changes more than tariffs"
        mean += leaf.probability * (base if shock.tariffs is None else shock.tariffs)
    # Where all agree the mean is theirs to the last bit: domestic cells must keep their base rate.
    mean = np.where(np.abs(mean - base) <= 1e-15 * np.maximum(np.abs(base), 1.0), base, mean)
    return Case(Shock(tariffs=mean), cases[0].closure, cases[0].theory), ""  # type: ignore[arg-type]


def cvar(values: FloatArray, weights: FloatArray, tail: float) -> FloatArray:
    """Mean of the lowest outcomes that together have the weight `tail`; the last of them counts with the part that fits."""
    order = np.argsort(values, axis=0, kind="stable")
    ordered, shares = np.take_along_axis(values, order, 0), np.take_along_axis(weights, order, 0)
    below = np.cumsum(shares, axis=0) - shares
    inside = np.clip(tail - below, 0.0, shares)
    result: FloatArray = (inside * ordered).sum(axis=0) / inside.sum(axis=0)
    return result


def weighted_mean(weights: FloatArray, values: FloatArray) -> FloatArray:
    result: FloatArray = (weights * values).sum(axis=0)
    return result
