"""The dated part of a scenario: measures, their stacking, and the rates of any day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from tariffsim import _core
from tariffsim.days import as_date, day_text
from tariffsim.effective import EffectiveTariff, Rates, traded
from tariffsim.errors import InvalidInput
from tariffsim.timeline import Timeline

if TYPE_CHECKING:
    import os

    import pandas as pd
    from typing_extensions import Self

    from tariffsim.days import Day
    from tariffsim.world import World

    Selector = Union[str, Iterable[str]]

__all__ = ["Dated", "ProductRate"]

# The scenarios that come with the package.
_EMBEDDED = [Path(__file__).parent / "scenarios"]


class ProductRate:
    """The duty on one good, layer by layer.

    Attributes
    ----------
    total : float
    duties : DataFrame
        authority, measure, title, rate; in_part where a list names only codes below the one asked for.
    """

    def __init__(self, total: float, normal_duty: float, rows: list[dict[str, Any]]) -> None:
        import pandas as pd

        columns = ["authority", "measure", "title", "rate", "in_part"]
        first = {"authority": "normal duty", "measure": "", "title": "as given", "rate": normal_duty, "in_part": False}
        self.total = total
        self.duties = pd.DataFrame([first, *rows], columns=columns)

    def __float__(self) -> float:
        return self.total

    def __repr__(self) -> str:
        return f"{self.duties.to_string(index=False)}\ntotal {self.total:.6g}"


class Dated:
    """What a Scenario knows of days."""

    _basis: str
    _cache: dict[int, tuple[World, _core.BoundPolicy]]
    _date: str | None
    _groups: dict[str, list[str]]
    _policy: _core.Policy
    _title: str

    __slots__ = ()

    def _with_policy(self, policy: _core.Policy) -> Self:
        raise NotImplementedError

    def _with_day(self, date: str, basis: str) -> Self:
        raise NotImplementedError

    # ---- what it holds

    @property
    def measures(self) -> pd.DataFrame:
        """The dated measures by id, one row each: title, importer, exporter, rate, authority, days, source and more."""
        return _frame(self._policy.measures, "id", ["id", "title", "importer", "exporter", "rate", "authority"])

    @property
    def rules(self) -> pd.DataFrame:
        """How groups of measures meet on one good, and when."""
        return _frame(self._policy.rules, None)

    @property
    def events(self) -> pd.DataFrame:
        """Days with a name, which can be given wherever a date is asked for."""
        table = _frame(self._policy.events, "name")
        return table.assign(date=[as_date(day) for day in table["date"]]) if len(table) else table

    @property
    def description(self) -> str:
        """What the scenario's author says of it: coverage, assumptions, gaps."""
        return self._policy.description

    @property
    def attribution(self) -> str:
        """The line that must accompany results made with these data."""
        return self._policy.attribution

    @property
    def date(self) -> datetime.date | None:
        """The day that `on` fixed."""
        return as_date(self._date) if self._date else None

    # ---- making one

    def measure(self, id: str, *, importer: str, effective: Day, rate: float | str | None = None, **fields: Any) -> Self:
        """Adds one dated measure.

        Parameters
        ----------
        id : str
            Unique in the scenario.
        importer : str
            Country or group that levies the duty.
        effective : day
            First day; `ended` is the first day without it, `collected` and `collected_ended` where collection differs.
        rate : number or str
            Ad valorem: 0.25, or "25%".
        fields
            title, exporter, except_exporter, sector, products, except_products, base ("full_value", "content", "floor",
            "preference"), base_share, utilisation, compliance_cost, median_cost, cost_spread, qualifying, use, authority, group, family, level, announced, ended,
            collected, collected_ended, source, confidence ("seen", "second-hand", "unverified"), note.

        Raises
        ------
        InvalidInput
            Where a field is unknown or the measure overlaps another of its family; names the field and the remedy.
        """
        texts = {"id": id, "importer": importer, "effective": effective, "rate": rate, **fields}
        known = {name: _field(name, value, self._policy) for name, value in texts.items() if value is not None}
        return self._with_policy(self._policy.with_measure(known, self._groups))

    def with_unverified(self, counts: bool = True) -> Self:
        """Lets measures, rules and exemptions count of which nobody has seen the text; by default they do not."""
        return self._with_policy(self._policy.with_unverified(counts))

    def on(self, date: Day, basis: str = "legal") -> Self:
        """The scenario on one day, ready to solve.

        Parameters
        ----------
        date : str or date
            "2025-04-09", a date, or the name of an event.
        basis : str
            "legal", or "collected": the days on which the duty is taken at the border.
        """
        if basis not in ("legal", "collected"):
            raise InvalidInput("basis", f"unknown basis {basis!r}", "use 'legal' or 'collected'")
        return self._with_day(self._day(date), basis)

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Writes the dated measures and their tables to a folder that `Scenario.read` reads.

        Raises
        ------
        InvalidInput
            Where the scenario has changes or limits, which are not written.
        """
        _core.write_scenario(self._skeleton(), Path(folder))

    def to_toml(self) -> str:
        """The dated measures as one scenario file.

        Raises
        ------
        InvalidInput
            Where the scenario has rules, lists or tables, which need a folder, or changes and limits, which are not written.
        """
        return _core.format_measures(self._skeleton())

    def _day(self, date: Day) -> str:
        return day_text(date, self._policy)

    def _skeleton(self) -> _core.Scenario:
        raise NotImplementedError

    # ---- what it answers

    def _bound(self, world: World) -> _core.BoundPolicy:
        held = self._cache.get(id(world))
        if held is None:
            while len(self._cache) >= 4:
                self._cache.pop(next(iter(self._cache)))
            held = self._cache[id(world)] = (world, _core.BoundPolicy(self._policy, world._core))
        return held[1]

    def dates(self, start: Day, end: Day, basis: str = "legal") -> list[datetime.date]:
        """Every day from `start` to `end` on which something changes."""
        days = self._skeleton().change_days(self._day(start), self._day(end), basis)
        return [as_date(day) for day in days]

    def rates(self, date: Day, world: World, basis: str = "legal") -> Rates:
        """The rates in force on a day: the world's own, less the measures that they contain, plus those of the day."""
        core = self._bound(world).rates(self._day(date), basis)
        return Rates(core, world, self.measures)

    def remainders(self, world: World) -> pd.DataFrame:
        """What the scenario says and this world cannot take up: measure and reason."""
        import pandas as pd

        return pd.DataFrame(self._bound(world).remainders, columns=["measure", "reason"])

    def effective_tariff(
        self,
        flows: Any,
        date: Day,
        *,
        importer: Selector | None = None,
        exporter: Selector | None = None,
        world: World | None = None,
        basis: str = "legal",
    ) -> EffectiveTariff:
        """Duties over imports of goods, at given trade.

        Parameters
        ----------
        flows : World, Equilibrium or array exporter x importer x sector
            Whose trade weighs the rates: `world.flows` for what is announced, `eq.flows` for what is paid.
        importer, exporter : codes
            Of all where absent.
        world : World
            Needed where `flows` is an array that does not come from a world.
        """
        values, of, where = traded(flows, world)
        rates = self.rates(date, where, basis)
        regions = where._axes.regions
        return EffectiveTariff(rates, values, of, _positions(importer, regions), _positions(exporter, regions))

    def attribute(
        self, date: Day, world: World, by: str = "authority", *, importer: Selector | None = None,
        exporter: Selector | None = None, basis: str = "legal",
    ) -> pd.Series[float]:
        """The mean tariff of a day at the world's trade, by authority or measure, in parts that sum to it."""
        if by not in ("authority", "measure"):
            raise InvalidInput("by", f"unknown key {by!r}", "use 'authority' or 'measure'")
        return self.effective_tariff(world, date, importer=importer, exporter=exporter, basis=basis).by(by)

    def diff(self, first: Day, second: Day, basis: str = "legal") -> pd.DataFrame:
        """Measures in force on one day and not on the other; the column `change` says "begins" or "ends"."""
        import pandas as pd

        started, ended = self._policy.changes_between(self._day(first), self._day(second), basis)
        table = self.measures
        parts = [table.iloc[rows].assign(change=word) for rows, word in ((started, "begins"), (ended, "ends"))]
        both = pd.concat(parts)
        columns = ["change", "title", "importer", "exporter", "rate", "authority", "effective", "ended"]
        return both[columns]

    def timeline(
        self,
        importer: str,
        exporter: str | None = None,
        *,
        world: World,
        start: Day = "2025-01-01",
        end: Day = "2026-12-31",
        basis: str = "legal",
    ) -> Timeline:
        """The days on which the mean tariff on goods changes, with the measures that begin and end."""
        import pandas as pd

        events = {row["date"]: row["title"] or row["name"] for row in self._policy.events}
        first = self._day(start)
        last_day = self._day(end)
        days = {first, *(day.isoformat() for day in self.dates(first, end, basis))}
        days |= {day for day in events if first <= day <= last_day}
        rows, parts, before, last = [], [], None, None
        for day in sorted(days):
            tariff = self.effective_tariff(world, day, importer=importer, exporter=exporter, basis=basis)
            begins, ends = self._policy.changes_between(last, day, basis) if last else ([], [])
            ids = [self._concerned(which, importer, exporter) for which in (begins, ends)]
            change = 0.0 if before is None else tariff.total - before
            if last is None or any(ids) or change != 0 or day in events:
                rows.append([as_date(day), tariff.total, change, " ".join(ids[0]), " ".join(ids[1]), events.get(day, "")])
                parts.append(tariff.by("authority").rename(as_date(day)))
            before, last = tariff.total, day
        table = pd.DataFrame(rows, columns=["date", "rate", "change", "begins", "ends", "event"]).set_index("date")
        stacked = pd.concat(parts, axis=1).T.fillna(0.0).rename_axis("date")
        _, of, _ = traded(world, None)
        return Timeline(table, stacked, importer, exporter, of)

    def _concerned(self, rows: list[int], importer: str, exporter: str | None) -> list[str]:
        groups = self._groups
        measures = self._policy.measures

        def names(terms: list[str], country: str) -> bool:
            return any(term in ("*", country) or country in groups.get(term, ()) for term in terms)

        return [
            m["id"]
            for m in (measures[row] for row in rows)
            if names([m["importer"]], importer)
            and (exporter is None or (names(m["exporter"], exporter) and not names(m["except_exporter"], exporter)))
        ]

    def rate(
        self,
        product: str,
        *,
        importer: str,
        exporter: str,
        date: Day,
        base_rate: float = 0.0,
        basis: str = "legal",
        qualifies: bool = False,
        content: float | None = None,
        use: Selector = (),
    ) -> ProductRate:
        """The duty on one good, by HS code.

        Parameters
        ----------
        product : str
            HS code of any length, with or without dots.
        base_rate : float
            Normal duty before any measure: 0.034 is 3.4 percent.
        qualifies : bool
            The good meets the rules of origin that some measures spare (USMCA).
        content : float
            Share of the value that is metal, where a duty is on that alone.
        use : str or list
            What the good is for, where a duty depends on it.
        """
        found = self._policy.product_rate(
            importer=importer, exporter=exporter, code=product, normal_duty=float(base_rate),
            date=self._day(date), basis=basis, qualifies=qualifies, content=content,
            uses=[use] if isinstance(use, str) else list(use),
        )
        return ProductRate(found["total"], float(base_rate), found["duties"])


def _frame(rows: list[dict[str, Any]], index: str | None, columns: list[str] | None = None) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)
    return table.set_index(index) if index in table else table


def _field(name: str, value: Any, policy: _core.Policy) -> str:
    if name in ("effective", "ended", "announced", "collected", "collected_ended"):
        return day_text(value, policy)
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return " ".join(str(word) for word in value)
    return repr(float(value)) if isinstance(value, (int, float)) else str(value)


def _positions(codes: Selector | None, regions: pd.Index[str]) -> list[int]:
    if codes is None:
        return list(range(len(regions)))
    wanted = [codes] if isinstance(codes, str) else list(codes)
    unknown = [code for code in wanted if code not in regions]
    if unknown:
        raise InvalidInput("region", f"unknown region code {unknown[0]!r}", "use a code of world.regions")
    return [int(regions.get_loc(code)) for code in wanted]
