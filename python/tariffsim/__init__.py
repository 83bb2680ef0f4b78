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
from tariffsim.derivatives import Gradient
from tariffsim.designs import Sample, latin_hypercube, random_draws, sobol
from tariffsim.distributions import Distribution, beta, empirical, lognormal, normal, triangular, truncated, uniform
from tariffsim.errors import InvalidInput, NotConverged
from tariffsim.link import Linked, link
from tariffsim.lines import TradeLines
from tariffsim.market import Market
from tariffsim.partial import PartialEquilibrium
from tariffsim.path import Path, solve_path
from tariffsim.prediction import Prediction, predict
from tariffsim.priors import priors
from tariffsim.quadrature import gauss, stroud
from tariffsim.regimes import Regimes, regimes
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock
from tariffsim.solver import Solver, solve
from tariffsim.sweep import join_sweep, outcome_quantities, read_sweep, sweep
from tariffsim.theory import Theory
from tariffsim.uncertainty import Uncertainty, uncertainty
from tariffsim.variance import variance_shares
from tariffsim.world import World

if TYPE_CHECKING:
    from types import ModuleType

    from tariffsim import plot, report

__all__ = [
    "Case",
    "Certificate",
    "Closure",
    "Comparison",
    "Distribution",
    "Equilibrium",
    "Gradient",
    "InvalidInput",
    "Linked",
    "Market",
    "NotConverged",
    "PartialEquilibrium",
    "Path",
    "Prediction",
    "Regimes",
    "Sample",
    "Scenario",
    "Shock",
    "Solver",
    "Theory",
    "TradeLines",
    "Uncertainty",
    "World",
    "__version__",
    "attribute_outcome",
    "beta",
    "compare",
    "empirical",
    "gauss",
    "join_sweep",
    "latin_hypercube",
    "link",
    "lognormal",
    "normal",
    "outcome_quantities",
    "plot",
    "predict",
    "priors",
    "random_draws",
    "read_sweep",
    "regimes",
    "report",
    "sobol",
    "solve",
    "solve_path",
    "stroud",
    "sweep",
    "triangular",
    "truncated",
    "uncertainty",
    "uniform",
    "variance_shares",
]


def __getattr__(name: str) -> ModuleType:
    """`ts.plot` and `ts.report`, imported on first use: matplotlib is slow to load."""
    if name in ("plot", "report"):
        from importlib import import_module

        return import_module(f"tariffsim.{name}")
    raise AttributeError(f"module 'tariffsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
