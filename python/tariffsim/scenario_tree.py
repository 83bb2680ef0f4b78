"""A tree of scenarios with probabilities, read into its leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from tariffsim.errors import InvalidInput
from tariffsim.labels import number
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock

__all__ = ["Change", "Leaf", "leaves"]

#: What holds in a regime: a change of the world, or a function of uncertain numbers that gives one.
Change = Union[Scenario, Case, Shock, Callable[..., Any]]

_SUM = 1e-9


@dataclass(frozen=True)
class Leaf:
    """One regime: the names of the branches that lead to it, its probability, and what holds in it."""

    name: str
    probability: float
    change: Change


def leaves(tree: Any, where: str = "regimes") -> list[Leaf]:
    """The leaves of nested mappings: change to probability, or name to (probability, change or branches).

    Raises
    ------
    InvalidInput
        Where probabilities of the branches of one fork do not sum to one, a name stands twice, or a branch leads nowhere.
    """
    if not isinstance(tree, Mapping) or not tree:
        remedy = "give a dict: {truce: 0.6, snapback: 0.4}"
        raise InvalidInput(
            where,
            f"a {type(tree).__name__} is no tree of scenarios" if not isinstance(tree, Mapping) else "is empty",
            remedy,
        )
    found: list[Leaf] = []
    total = 0.0
    for key, value in tree.items():
        name, probability, then = _branch(key, value, where)
        total += probability
        if isinstance(then, Mapping):
            inner = leaves(then, f"{where}: {name}")
            found += [Leaf(f"{name}: {leaf.name}", probability * leaf.probability, leaf.change) for leaf in inner]
        else:
            found.append(Leaf(name, probability, then))
    if abs(total - 1) > _SUM:
        raise InvalidInput(
            where, f"the probabilities sum to {total:g}", "name every branch; together they are certain, 1"
        )
    names = [leaf.name for leaf in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput(
                where, f"'{name}' stands twice", 'give other titles, or names: {"name": (0.3, scenario)}'
            )
    return found


def probability_of(value: Any, where: str) -> float:
    """A number from 0 to 1."""
    found = number(value, where)
    if not 0 <= found <= 1:
        raise InvalidInput(where, f"the probability is {found:g}", "give a number from 0 to 1")
    return found


def _branch(key: Any, value: Any, where: str) -> tuple[str, float, Any]:
    if isinstance(key, str):
        if not isinstance(value, tuple) or len(value) != 2:
            remedy = f'give {{"{key}": (0.3, scenario)}}, or branches: {{"{key}": (0.3, {{…}})}}'
            raise InvalidInput(f"{where}: {key}", "does not say what holds there", remedy)
        probability, then = value
        if not isinstance(then, Mapping) and not _is_change(then):
            problem = f"a {type(then).__name__} is neither a change of the world nor branches"
            raise InvalidInput(f"{where}: {key}", problem, "give a Scenario, a Case, a Shock, or a dict of branches")
        return key, probability_of(probability, f"{where}: {key}"), then
    if not _is_change(key):
        problem = f"a {type(key).__name__} is no change of the world"
        raise InvalidInput(where, problem, 'give {scenario: 0.3}, or {"name": (0.3, scenario)}')
    name = _title(key)
    if not name:
        remedy = 'give it a title, or a name: {"name": (0.3, …)}'
        raise InvalidInput(where, f"a {type(key).__name__} has no name", remedy)
    return name, probability_of(value, f"{where}: {name}"), key


def _is_change(thing: Any) -> bool:
    return isinstance(thing, (Scenario, Case, Shock)) or (callable(thing) and not isinstance(thing, type))


def _title(change: Any) -> str:
    scenario = change.scenario if isinstance(change, Case) else change
    return scenario.title if isinstance(scenario, Scenario) else ""
