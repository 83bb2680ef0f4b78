"""tariffsim: observed world, policy, equilibrium, answer.

>>> import tariffsim as ts
>>> world = ts.World.load("world-2022-27x12")
>>> war = ts.Scenario("60 percent").tariff(importer="USA", exporter="CHN", sector="goods", rate=0.60)
>>> eq = ts.solve(world, war)
>>> eq.status
'converged'
"""

from tariffsim._core import __version__
from tariffsim.certificate import Certificate
from tariffsim.closure import Closure
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput, NotConverged
from tariffsim.scenario import Case, Scenario
from tariffsim.shock import Shock
from tariffsim.solver import Solver, solve
from tariffsim.world import World

__all__ = [
    "Case",
    "Certificate",
    "Closure",
    "Equilibrium",
    "InvalidInput",
    "NotConverged",
    "Scenario",
    "Shock",
    "Solver",
    "World",
    "__version__",
    "solve",
]
