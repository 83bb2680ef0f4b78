"""Pictures of an equilibrium, each alone, with matplotlib.

Every function takes an `Equilibrium` and returns the axes that it drew on; `ax.figure.savefig(...)` writes the file. The same
functions hang on a result: `eq.plot.world_map()`.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from tariffsim.plot.attribution import attribution
from tariffsim.plot.comparison import comparison
from tariffsim.plot.heat_map import heat_map
from tariffsim.plot.regimes import regimes
from tariffsim.plot.replacement import where_it_goes, who_replaces_whom
from tariffsim.plot.sector_detail import output_changes, sector_detail
from tariffsim.plot.tariff_change import tariff_change
from tariffsim.plot.timeline import path, timeline
from tariffsim.plot.trade import Market, shocked_markets
from tariffsim.plot.trade_change import trade_change
from tariffsim.plot.uncertainty import convergence, fan, histogram, intervals
from tariffsim.plot.volumes_beside_values import trade_volumes, volumes_beside_values
from tariffsim.plot.welfare_bars import welfare_bars
from tariffsim.plot.world_map import world_map

if TYPE_CHECKING:
    from tariffsim.equilibrium import Equilibrium

__all__ = [
    "Market",
    "Plots",
    "attribution",
    "comparison",
    "convergence",
    "fan",
    "heat_map",
    "histogram",
    "intervals",
    "output_changes",
    "path",
    "regimes",
    "sector_detail",
    "shocked_markets",
    "tariff_change",
    "timeline",
    "trade_change",
    "trade_volumes",
    "volumes_beside_values",
    "welfare_bars",
    "where_it_goes",
    "who_replaces_whom",
    "world_map",
]


class Plots:
    """The pictures of one equilibrium: `eq.plot`."""

    __slots__ = ("_eq",)

    def __init__(self, eq: Equilibrium) -> None:
        self._eq = eq

    @wraps(welfare_bars)
    def welfare_bars(self, *args: Any, **options: Any) -> Any:
        return welfare_bars(self._eq, *args, **options)

    @wraps(world_map)
    def world_map(self, *args: Any, **options: Any) -> Any:
        return world_map(self._eq, *args, **options)

    @wraps(heat_map)
    def heat_map(self, *args: Any, **options: Any) -> Any:
        return heat_map(self._eq, *args, **options)

    @wraps(who_replaces_whom)
    def who_replaces_whom(self, *args: Any, **options: Any) -> Any:
        return who_replaces_whom(self._eq, *args, **options)

    @wraps(where_it_goes)
    def where_it_goes(self, *args: Any, **options: Any) -> Any:
        return where_it_goes(self._eq, *args, **options)

    @wraps(trade_change)
    def trade_change(self, *args: Any, **options: Any) -> Any:
        return trade_change(self._eq, *args, **options)

    @wraps(tariff_change)
    def tariff_change(self, *args: Any, **options: Any) -> Any:
        return tariff_change(self._eq, *args, **options)

    @wraps(volumes_beside_values)
    def volumes_beside_values(self, *args: Any, **options: Any) -> Any:
        return volumes_beside_values(self._eq, *args, **options)

    @wraps(sector_detail)
    def sector_detail(self, *args: Any, **options: Any) -> Any:
        return sector_detail(self._eq, *args, **options)

    def __repr__(self) -> str:
        names = [name for name in dir(type(self)) if not name.startswith("_")]
        return f"Pictures of {self._eq.title!r}: {', '.join(names)}"
