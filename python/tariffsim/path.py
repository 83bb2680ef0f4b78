"""solve_path(): one equilibrium for every day of a dated scenario."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from tariffsim.days import as_date
from tariffsim.equilibrium import Equilibrium
from tariffsim.errors import InvalidInput
from tariffsim.scenario import Scenario
from tariffsim.solver import Solver
from tariffsim.theory import Theory

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from tariffsim.closure import Closure
    from tariffsim.days import Day
    from tariffsim.world import World

__all__ = ["Path", "solve_path"]


class Path:
    """Equilibria by day, all relative to the same base. A static model on each day: nothing is carried from one to the next."""

    def __init__(self, scenario: Scenario, equilibria: dict[datetime.date, Equilibrium], basis: str) -> None:
        self._scenario = scenario
        self._basis = basis
        self._equilibria = equilibria

    @property
    def scenario(self) -> Scenario:
        """The dated scenario."""
        return self._scenario

    @property
    def basis(self) -> str:
        """Whose days count: "legal" or "collected"."""
        return self._basis

    @property
    def dates(self) -> list[datetime.date]:
        """The days, in the order in which they were given."""
        return list(self._equilibria)

    def __getitem__(self, date: Day) -> Equilibrium:
        day = as_date(self._scenario._day(date))
        if day not in self._equilibria:
            raise InvalidInput("date", f"{day} is not on the path", f"use one of {', '.join(map(str, self.dates))}")
        return self._equilibria[day]

    def __iter__(self) -> Iterator[Equilibrium]:
        return iter(self._equilibria.values())

    def __len__(self) -> int:
        return len(self._equilibria)

    @property
    def status(self) -> pd.Series[Any]:
        """Status by date."""
        import pandas as pd

        return pd.Series({day: eq.status for day, eq in self._equilibria.items()}, name="status").rename_axis("date")

    def _by_region(self, name: str) -> pd.DataFrame:
        import pandas as pd

        rows = {day: getattr(eq, name) for day, eq in self._equilibria.items() if eq.converged}
        return pd.DataFrame(rows).T.rename_axis("date")

    @property
    def real_income_pct(self) -> pd.DataFrame:
        """Exact change in real income, percent, date x region; days without an equilibrium have no row."""
        return self._by_region("real_income_pct")

    @property
    def consumer_price_hat(self) -> pd.DataFrame:
        """P'/P, date x region."""
        return self._by_region("consumer_price_hat")

    @property
    def wage_hat(self) -> pd.DataFrame:
        """w'/w, date x region."""
        return self._by_region("wage_hat")

    def flows_hat(self, exporter: str, importer: str, kind: str = "goods") -> pd.Series[float]:
        """Trade of one pair in goods (or "services") relative to the base, by date."""
        import pandas as pd

        rows = {}
        for day, eq in self._equilibria.items():
            if eq.converged:
                chosen = eq.observed.sectors["kind"].eq(kind).to_numpy()
                pair = {"exporter": exporter, "importer": importer}
                after, before = (f.sel(**pair).values[chosen].sum() for f in (eq.flows, eq.flows_base))
                rows[day] = float(after / before) if before > 0 else float("nan")
        return pd.Series(rows, name=f"flows_hat {exporter} to {importer}").rename_axis("date")

    def effective_tariff(self, importer: str | None = None, *, after: bool = False) -> pd.DataFrame:
        """The mean tariff on goods by authority, date x authority, in parts that sum to it.

        At the trade of the base: what is announced. With `after` at the trade of each day's equilibrium: what is paid once
        buyers have turned elsewhere. What changes and limits of the scenario do beside its measures is "other changes".
        """
        import pandas as pd

        parts = {}
        for day, eq in self._equilibria.items():
            if not eq.converged:
                continue
            flows = eq if after else eq.observed
            tariff = self._scenario.effective_tariff(flows, day, importer=importer, basis=self._basis)
            parts[day] = tariff.by("authority")
            other = tariff.at(eq.tariffs.values) - tariff.total
            if abs(other) > 1e-9:
                parts[day]["other changes"] = other
        return pd.DataFrame(parts).T.fillna(0.0).rename_axis("date")

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Real income of the regions that move most, day by day. See `tariffsim.plot.path`."""
        from tariffsim.plot import path

        return path(self, ax, **options)

    def __repr__(self) -> str:
        solved = sum(eq.converged for eq in self)
        days = self.dates
        span = f"{days[0]} to {days[-1]}" if days else "no day"
        return f"Path of {self._scenario.title!r}: {len(self)} days, {span}; {solved} converged"


def solve_path(
    world: World,
    scenario: Scenario,
    dates: Iterable[Day],
    closure: Closure | str | None = None,
    *,
    theory: Theory | str | None = None,
    change: Day | None = None,
    basis: str = "legal",
    tolerance: float = 1e-10,
    progress: bool = False,
) -> Path:
    """Solves a dated scenario on each of some days.

    Parameters
    ----------
    world : World
    scenario : Scenario
        With dated measures.
    dates : iterable of days
        In any order; see `Scenario.dates` for those on which something changes. The equilibrium of one day is only where the
        solver starts on the next.
    closure : Closure or str
        As in `solve`.
    theory : Theory or str
        As in `solve`. Where its elasticities have a horizon and no years, each day has those of the years since `change`.
    change : day
        From which a horizon counts; the first of the days where absent.
    basis : str
        "legal" or "collected".
    progress : bool
        True shows a line on stderr.

    Returns
    -------
    Path

    Raises
    ------
    InvalidInput
        Where the scenario does not fit the world or the closure, or has no dated measures.
    """
    if not isinstance(scenario, Scenario) or not scenario.dated:
        raise InvalidInput("solve_path", "the scenario has no dated measures", "use ts.solve for undated changes")
    economics = Theory.of(theory)
    grows = economics._for_world().has_horizon and economics._for_world().years is None
    solver = Solver(world, closure, theory=economics, tolerance=tolerance)
    bound = scenario._bound(world)
    found: dict[datetime.date, Equilibrium] = {}
    last = None
    days = list(dates)
    first = None
    if grows and days:
        first = min(as_date(scenario._day(day)) for day in days) if change is None else as_date(scenario._day(change))
    for number, day in enumerate(days, start=1):
        today = scenario.on(day, basis)
        if first is not None:
            years = max(0, (as_date(scenario._day(day)) - first).days) / 365.25
            solver, last = Solver(world, closure, theory=economics.after(years), tolerance=tolerance), None
        core = solver._core.solve_day(today._core(world), bound, last)
        last = core
        found[as_date(core.date)] = Equilibrium(core, world, today)
        if progress:
            import sys

            end = "\n" if number == len(days) else ""
            sys.stderr.write(f"\rsolving: day {number} of {len(days)}, {core.date} {end}")
            sys.stderr.flush()
    return Path(scenario, found, basis)
