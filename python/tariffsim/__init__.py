"""tariffsim: observed world, policy, equilibrium, answer.

>>> import tariffsim as ts
>>> world = ts.World.load("world-2022-27x12")
>>> war = ts.Scenario("60 percent").tariff(importer="USA", exporter="CHN", sector="goods", rate=0.60)
>>> eq = ts.solve(world, war)
>>> eq.status
'converged'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tariffsim._core import __version__
from tariffsim.attribution import attribute_outcome
from tariffsim.certificate import Certificate
from tariffsim.closure import Closure
from tariffsim.compare import Comparison, compare
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput, NotConverged
from tariffsim.link import Linked, link
from tariffsim.lines import TradeLines
from tariffsim.market import Market
from tariffsim.partial import PartialEquilibrium
from tariffsim.path import Path, solve_path
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock
from tariffsim.solver import Solver, solve
from tariffsim.theory import Theory
from tariffsim.world import World

if TYPE_CHECKING:
    from types import ModuleType

    from tariffsim import plot, report

__all__ = [
    "Case",
    "Certificate",
    "Closure",
    "Comparison",
    "Equilibrium",
    "InvalidInput",
    "Linked",
    "Market",
    "NotConverged",
    "PartialEquilibrium",
    "Path",
    "Scenario",
    "Shock",
    "Solver",
    "Theory",
    "TradeLines",
    "World",
    "__version__",
    "attribute_outcome",
    "compare",
    "link",
    "plot",
    "report",
    "solve",
    "solve_path",
]


def __getattr__(name: str) -> ModuleType:
    """`ts.plot` and `ts.report`, imported on first use: matplotlib is slow to load."""
    if name in ("plot", "report"):
        from importlib import import_module

        return import_module(f"tariffsim.{name}")
    raise AttributeError(f"module 'tariffsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
