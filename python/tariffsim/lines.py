"""Trade lines: product-level flows, the duty on each, and the sector rates that they compile to."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.frames import codes_of, with_levels
from tariffsim.labels import is_frame

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.days import Day
    from tariffsim.labels import FloatArray
    from tariffsim.scenario import Scenario
    from tariffsim.world import World

    #: A name, a path, or a table with two columns of codes.
    CodeTable = Union[str, os.PathLike[str], pd.DataFrame]

__all__ = ["TradeLines"]

# The concordances that come with the package.
_EMBEDDED = [Path(__file__).parent / "concordances"]

_TEXTS = ("exporter", "importer", "product")
_SHARES = ("normal_duty", "qualifying", "content")
_FRAME = "frame 'lines'"


class TradeLines:
    """Flows of single products over borders, to be taxed one by one or compiled to the sectors of a world.

    Parameters
    ----------
    table : DataFrame
        A row for each flow. Columns exporter and importer (countries, or regions of a world), product (HS codes of any length,
        as text, with or without dots) and value (before the importer's tariff, any currency). Where they are known:
        normal_duty (ad valorem), qualifying (share of the value that meets rules of origin), content (share that is metal),
        use (what the good is for); an empty cell is not known.
    concordance : str, path or DataFrame
        Sector of each code: a concordance that ships ("hs6-sector21"), or a table with the columns code and sector.
    renumbered : path or DataFrame
        Columns old and new: codes in the flows, and those that stand for them in the lists of goods and the concordance; one
        row for each. For flows and lists of different revisions.
    unit : float
        What one unit of value is in the world's unit, such as 1e-6 for dollars in a world of million dollars. Only `share` and
        `least_share` depend on it.

    Raises
    ------
    InvalidInput
        Names the row: a column is missing, codes are numbers or have lost a zero, a value is out of range.
    """

    def __init__(
        self,
        table: pd.DataFrame,
        *,
        concordance: CodeTable = "hs6-sector21",
        renumbered: CodeTable | None = None,
        unit: float = 1.0,
    ) -> None:
        self._set_up(concordance, renumbered, unit)
        checked = _checked(table)
        uses = [str(words).split() if words == words else [] for words in checked["use"]] if "use" in checked else []
        texts = {column: codes_of(checked[column]) for column in _TEXTS}
        values = {column: _column(checked, column) for column in ("value", *_SHARES)}
        with _rows_of(checked):
            self._core = _core.TradeLines(texts, values, uses, self._renumbering, _FRAME)
        self._index = checked.index

    def _set_up(self, concordance: CodeTable, renumbered: CodeTable | None, unit: float) -> None:
        self._concordance = _concordance(concordance)
        self._renumbering = _renumbering(renumbered)
        self._unit = float(unit)
        self._bound: dict[tuple[int, int], tuple[Any, Any, _core.BoundLines]] = {}

    @staticmethod
    def read(
        path: str | os.PathLike[str],
        *,
        concordance: CodeTable = "hs6-sector21",
        renumbered: CodeTable | None = None,
        unit: float = 1.0,
    ) -> TradeLines:
        """Lines from a CSV or Parquet file with the columns of the class.

        Raises
        ------
        InvalidInput
            Names the file and the line of a CSV, the row of a Parquet file.
        """
        file = Path(path)
        if file.suffix.lower() in (".parquet", ".pq"):
            return TradeLines(_parquet(file), concordance=concordance, renumbered=renumbered, unit=unit)
        lines = TradeLines.__new__(TradeLines)
        lines._set_up(concordance, renumbered, unit)
        lines._core = _core.read_trade_lines(file, lines._renumbering)
        import pandas as pd

        lines._index = pd.RangeIndex(len(lines._core))
        return lines

    # ---- what they are

    @property
    def table(self) -> pd.DataFrame:
        """The lines as read: exporter, importer, product (digits alone), value."""
        import pandas as pd

        columns = self._core.columns
        return pd.DataFrame({name: columns[name] for name in (*_TEXTS, "value")}, index=self._index)

    @property
    def total_value(self) -> float:
        """Sum of the values."""
        return self._core.total_value

    def __len__(self) -> int:
        return len(self._core)

    def __repr__(self) -> str:
        return f"TradeLines({len(self)} lines, value {self.total_value:.6g})"

    # ---- by product

    def rates(
        self, scenario: Scenario, date: Day | None = None, world: World | None = None, *, basis: str | None = None
    ) -> pd.DataFrame:
        """The duty on every line, without aggregation.

        Parameters
        ----------
        scenario : Scenario
            Its dated measures; undated changes do not count.
        date : day
            The scenario's own day (`on`) where absent.
        world : World
            Gives normal duties where lines have none: the rate of the line's cell less the measures that it contains. Without
            a world such lines count with none.
        basis : str
            "legal" or "collected"; the scenario's own where absent.

        Returns
        -------
        DataFrame
            A row for each line: exporter, importer, product, value; with a world sector (empty for a remainder); normal_duty; a
            column for each authority; rate, the sum; in_part, true where a list of goods or of exceptions names only codes below
            the line's: the rate is then that of those goods under the code which are listed and not spared.
        """
        day, basis = _day(scenario, date, basis)
        table = self.table
        if world is None:
            core = self._core.rates(scenario._policy, day, basis)
        else:
            bound = self._bind(scenario._policy, world)
            core = bound.rates(day, basis)
            names = np.append(world._axes.sectors.to_numpy(dtype=object), "")
            table["sector"] = names[bound.sectors]
        table["normal_duty"] = core.normal_duty
        parts = core.parts
        authority = scenario.measures["authority"].to_numpy(dtype=object) if len(scenario._policy) else np.empty(0, object)
        paid = authority[parts["measure"]]
        for name in sorted(set(paid)):
            chosen = paid == name
            table[name] = np.bincount(parts["line"][chosen], parts["amount"][chosen], minlength=len(table))
        table["rate"] = core.total
        table["in_part"] = np.bincount(parts["line"], parts["in_part"], minlength=len(table)) > 0
        return table

    def unmet(self, scenario: Scenario, date: Day | None = None, *, basis: str | None = None) -> pd.DataFrame:
        """Codes of the scenario's lists that no line of the importer meets, since they are not traded, or renumbered.

        A row for each code: list, importer, code, and size, the number of codes in the list.
        """
        import pandas as pd

        found = self._core.unmet(scenario._policy, *_day(scenario, date, basis))
        rows = [(name, importer, code, size) for name, importer, size, codes in found for code in codes]
        return pd.DataFrame(rows, columns=["list", "importer", "code", "size"])

    def left_out(self, scenario: Scenario, date: Day | None = None, *, basis: str | None = None) -> pd.DataFrame:
        """Measures in force that are in the rate of no line, and why: those that count for sectors alone, or for a use."""
        import pandas as pd

        rows = self._core.left_out(scenario._policy, *_day(scenario, date, basis))
        return pd.DataFrame(rows, columns=["measure", "reason"])

    # ---- by sector

    def by_sector(
        self,
        scenario: Scenario,
        date: Day | None = None,
        world: World | None = None,
        *,
        basis: str | None = None,
        strict: bool = False,
    ) -> pd.DataFrame:
        """The rates that the lines compile to in a world's sectors, with the values as weights.

        Parameters
        ----------
        scenario, date, basis
            As in `rates`.
        world : World
            Required.
        strict : bool
            Refuse lines that map nowhere instead of leaving them to `remainders`.

        Returns
        -------
        DataFrame
            A row for each cell that lines with value map to: exporter, importer, sector; rate, the mean of normal duty and
            measures; weight, the value of the lines; share, the weight over the world's flow (see `unit`); lines and pairs, how
            many lines and pairs of countries; due, the share of the weight on which a measure is due; in_part, the share whose
            codes are too short to tell, as in `rates`; normal_duty, its mean; contained, what the world's own rate contains of
            the measures; in_world, that rate less what it contains plus the measures of the day.
        """
        world = _required(world)
        day, basis = _day(scenario, date, basis)
        columns = self._bind(scenario._policy, world, strict).by_sector(day, basis)
        return self._cells(columns, world)

    def _cells(self, columns: Mapping[str, Any], world: World) -> pd.DataFrame:
        import pandas as pd

        places = tuple(columns[axis] for axis in ("exporter", "importer", "sector"))
        flows = world._core.flows[places]
        share = np.divide(columns["weight"] * self._unit, flows, out=np.full(len(flows), np.inf), where=flows > 0)
        regions, sectors = world._axes.regions, world._axes.sectors
        named = {"exporter": regions[places[0]], "importer": regions[places[1]], "sector": sectors[places[2]]}
        plain = ("lines", "pairs", "due", "in_part", "normal_duty", "contained", "in_world")
        return pd.DataFrame(
            {**named, "rate": columns["rate"], "weight": columns["weight"], "share": share, **{k: columns[k] for k in plain}}
        )

    def remainders(self, world: World, scenario: Scenario | None = None) -> pd.DataFrame:
        """The lines that are in no cell of a world: exporter, importer, product, value and reason, by the lines' index.

        `scenario` is needed only where the concordance does not say what its sectors contain and the scenario does.
        """
        found = self._bind(_core.Policy() if scenario is None else scenario._policy, world).remainders
        table = self.table.iloc[[line for line, _ in found]]
        return table.assign(reason=[reason for _, reason in found])

    def balance(self, world: World, scenario: Scenario | None = None) -> pd.Series[float]:
        """Value of the lines that map to cells of a world, of the others, and of all."""
        import pandas as pd

        bound = self._bind(_core.Policy() if scenario is None else scenario._policy, world)
        values = {"mapped": bound.mapped_value, "remainder": bound.remainder_value, "total": self.total_value}
        return pd.Series(values, name="value")

    def scenario(
        self,
        scenario: Scenario,
        date: Day | None = None,
        world: World | None = None,
        *,
        basis: str | None = None,
        least_share: float = 0.0,
        strict: bool = False,
    ) -> Scenario:
        """The scenario on a day, with the rates that the lines compile to in place of those of its averages, ready to solve.

        In the cells of `by_sector` the rate is `in_world`; in all others it is the scenario's. On the day that the world's
        tariffs are of, it is the world's. Undated changes of the scenario follow as they do on any day.

        Parameters
        ----------
        scenario, date, basis, strict
            As in `by_sector`.
        world : World
            Required; the result is for this world.
        least_share : float
            Cells whose lines are less than this share of the world's flow keep the scenario's averages; see `unit`.
        """
        from tariffsim.scenario import Scenario as Made

        world = _required(world)
        day, basis = _day(scenario, date, basis)
        cells = self.by_sector(scenario, day, world, basis=basis, strict=strict)
        cells = cells[cells["share"] >= least_share]
        regions, sectors = world._axes.regions, world._axes.sectors
        rates = np.array(scenario.rates(day, world, basis).total)
        places = (
            regions.get_indexer(cells["exporter"]),
            regions.get_indexer(cells["importer"]),
            sectors.get_indexer(cells["sector"]),
        )
        rates[places] = cells["in_world"]
        compiled = Made(scenario.title).tariff(rate=rates)
        dated = scenario.on(day, basis)
        dated._changes = (*compiled._changes, *dated._changes)
        return dated

    def _bind(self, policy: _core.Policy, world: World, strict: bool = False) -> _core.BoundLines:
        if strict:  # raises where a line maps nowhere
            return _core.BoundLines(policy, world._core, self._core, self._concordance, True)
        key = (id(policy), id(world))
        held = self._bound.get(key)
        if held is None:
            while len(self._bound) >= 4:
                self._bound.pop(next(iter(self._bound)))
            bound = _core.BoundLines(policy, world._core, self._core, self._concordance, False)
            held = self._bound[key] = (policy, world, bound)
        return held[2]


def _day(scenario: Scenario, date: Day | None, basis: str | None) -> tuple[str, str]:
    day = scenario._date if date is None else scenario._day(date)
    if day is None:
        raise InvalidInput("date", "is missing", 'give date="2025-04-09", or the scenario on a day: scenario.on(…)')
    return day, scenario._basis if basis is None else basis


def _required(world: World | None) -> World:
    if world is None:
        raise InvalidInput("world", "is missing", "give the world whose sectors the lines compile to")
    return world


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """The lines as a frame with every column that is needed."""
    if not is_frame(table):
        raise InvalidInput(_FRAME, f"is a {type(table).__name__}", "give a pandas DataFrame, or use TradeLines.read(path)")
    needed = (*_TEXTS, "value")
    table = with_levels(table, [*needed, *_SHARES, "use"])
    for column in needed:
        if column not in table.columns:
            have = ", ".join(str(name) for name in table.columns)
            raise InvalidInput(_FRAME, f"has no column '{column}'; it has {have}", f"name its columns {', '.join(needed)}")
        empty = np.flatnonzero(table[column].isna())
        if len(empty):
            raise InvalidInput(_row(table, int(empty[0])), f"{column} is missing", "fill the cell or drop the row")
    _refuse_numbers(table, "product", _FRAME)
    return table


def _refuse_numbers(table: pd.DataFrame, column: str, where: str) -> None:
    kinds = {type(code) for code in table[column].head(1000)}
    if not all(issubclass(kind, str) for kind in kinds):
        raise InvalidInput(
            where,
            f"the codes in '{column}' are numbers, which lose the zero in front",
            f"read them as text, such as pandas.read_csv(…, dtype={{'{column}': str}}), or pad them: .astype(str).str.zfill(6)",
        )


def _column(table: pd.DataFrame, column: str) -> FloatArray:
    """A column of numbers; absent numbers are NaN."""
    if column not in table.columns:
        return np.full(len(table), np.nan)
    values = table[column].to_numpy(dtype=object)
    try:
        return np.array([np.nan if value is None or value != value else float(value) for value in values])
    except (TypeError, ValueError):
        wrong = next(k for k, value in enumerate(values) if not _is_number(value))
        raise InvalidInput(_row(table, wrong), f"{column} is {values[wrong]!r:.40}", "give a number") from None


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _row(table: pd.DataFrame, position: int) -> str:
    return f"{_FRAME}, row {table.index[position]!r}"


@contextmanager
def _rows_of(table: pd.DataFrame) -> Iterator[None]:
    """Errors of the core name a line by its number; here by the label of its row."""
    try:
        yield
    except InvalidInput as error:
        numbered = re.fullmatch(re.escape(_FRAME) + r", row (\d+)", error.where)
        if numbered is None:
            raise
        raise InvalidInput(_row(table, int(numbered[1]) - 1), error.problem, error.remedy) from None


def _parquet(file: Path) -> pd.DataFrame:
    import pandas as pd

    if not file.exists():
        raise InvalidInput(str(file), "does not exist", "correct the path")
    try:
        return pd.read_parquet(file)
    except ImportError:
        raise InvalidInput(str(file), "pandas cannot read Parquet here", "install pyarrow, or give a CSV file") from None


def _code_columns(table: Any, first: str, second: str, where: str) -> tuple[list[str], list[str]]:
    for column in (first, second):
        if column not in table.columns:
            raise InvalidInput(where, f"has no column '{column}'", f"name its columns {first} and {second}")
    for column in (first, *([second] if second == "new" else [])):
        _refuse_numbers(table, column, where)
    return codes_of(table[first]), ["" if code != code else str(code) for code in table[second]]


def _concordance(given: CodeTable) -> _core.Concordance:
    if is_frame(given):
        return _core.Concordance(*_code_columns(given, "code", "sector", "frame 'concordance'"), "frame 'concordance'")
    return _core.load_concordance(os.fspath(given), _EMBEDDED)


def _renumbering(given: CodeTable | None) -> _core.Renumbering:
    if given is None:
        return _core.Renumbering()
    if is_frame(given):
        where = "frame 'renumbered'"
        return _core.Renumbering(*_code_columns(given, "old", "new", where), where)
    return _core.read_renumbering(Path(os.fspath(given)))
