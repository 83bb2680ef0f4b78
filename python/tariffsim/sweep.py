"""sweep(): thousands of scenarios on one world as one labelled Dataset; and what a sweep left on disk."""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.closure import Closure
from tariffsim.errors import InvalidInput
from tariffsim.labels import integer, number
from tariffsim.sweep_folder import Answers, SweepFolder, layouts_of, one_or_varies, plan_text, read_folder
from tariffsim.sweep_plan import Plan, axes_of
from tariffsim.sweep_rows import Rows, at_row, named_rows, panels_of
from tariffsim.sweep_worker import Job
from tariffsim.theory import Theory
from tariffsim.workers import workers_of
from tariffsim.world import World

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from tariffsim.sweep_rows import Panel, Row
    from tariffsim.sweep_worker import Solved

    #: Called after every panel; returning False ends the sweep as Ctrl-C does.
    Report = Callable[["SweepProgress"], Union[bool, None]]

__all__ = ["SweepProgress", "join_sweep", "outcome_quantities", "read_sweep", "sweep"]


@dataclass(frozen=True)
class SweepProgress:
    """Where a sweep stands.

    Attributes
    ----------
    stage : str
        "reading" while the function is called for every row, then "solving".
    done, rows : int
        Rows of this stage, those kept from an earlier run included.
    rate : float
        Rows a second in this run.
    elapsed, left : float
        Seconds since the stage began, and until it will end; `left` is NaN before the first row.
    unsolved : int
        Rows without an equilibrium so far.
    """

    stage: str
    done: int
    rows: int
    rate: float
    elapsed: float
    left: float
    unsolved: int

    def __str__(self) -> str:
        text = f"{self.stage}: {self.done:,} of {self.rows:,} rows"
        if self.rate > 0 and self.done < self.rows:
            text += f", {self.rate:,.0f} a second, {_duration(self.left)} left"
        return text + (f", {self.unsolved:,} without an equilibrium" if self.unsolved else "")


def sweep(
    world: World,
    case: Callable[..., Row] | Mapping[str, Row],
    over: Any = None,
    outcomes: str | Iterable[str] = ("real_income_pct",),
    *,
    closure: Closure | str | None = None,
    theory: Theory | str | None = None,
    workers: int | None = None,
    executor: Any = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    tolerance: float = 1e-10,
    max_evaluations: int = 20000,
    progress: bool | Report | None = None,
    title: str = "",
) -> xr.Dataset:
    """Solves many scenarios on one world and keeps chosen outcomes of each.

    Parameters
    ----------
    world : World
    case : function, or dict by name
        Called here, once or twice for each row, with the values of the row by name; gives a Scenario, a Shock, or a Case
        that has its own theory or closure. It must depend on nothing but its arguments. A dict of cases by name is a sweep
        over them, along the dimension "scenario"; it has no `over`.
    over : dict, Sample, or list of dicts
        A dict gives the values of each name (numbers, dates, texts) or a Sample of draws; rows are the product, the last
        fastest. A Sample of several numbers stands under the name of its dimension. A Sample by itself is a sweep over its
        draws, a list of dicts one over these rows, along the dimension "row".
    outcomes : str or iterable of str
        "real_income_pct", "real_income_pct[CHN]", "flows[CHN->USA]", "flows[CHN->USA, ELE]"; see `outcome_quantities`.
    closure, theory
        As in `solve`, of the rows whose case has none.
    workers : int
        Threads of this process; all cores where absent. With an executor, how many workers it has, where it does not say.
    executor : concurrent.futures.Executor or dask.distributed.Client
        Solves the rows elsewhere; compiled shocks are what travels. The executor stays open.
    out : path
        A folder in which whole parts of 256 rows are kept while the sweep runs. Absent: nothing is written.
    resume : bool
        True goes on where an earlier sweep in `out` ended; without one, it begins.
    tolerance, max_evaluations
        As in `solve`.
    progress : bool or callable
        True shows a line with the rate and the time left on stderr; absent, a terminal shows it where a sweep is slow. A
        callable gets a SweepProgress; returning False ends the sweep as Ctrl-C does.
    title : str
        Stands in the result.

    Returns
    -------
    Dataset
        Dimensions of the sweep, then of each outcome; a variable for each outcome, and `status`, `evaluations`, `residual`
        (the worst of the certificate) and `diagnosis`. Rows without an equilibrium are NaN and counted in a warning. The
        same to the bit for any number of workers and any executor.

    Raises
    ------
    InvalidInput
        Where a row does not fit the world or the closure, and names it; where `out` holds something else, is written by
        another process, or holds a sweep that differs, and names in what.
    KeyboardInterrupt
        On Ctrl-C; parts on disk stay, and `resume=True` goes on.
    """
    if not isinstance(world, World):
        raise InvalidInput("world", f"is a {type(world).__name__}", "give a World")
    if resume and out is None:
        raise InvalidInput("sweep: resume", "there is no folder to go on in", "give out=")
    plan, function = _planned(case, over)
    names = [outcomes] if isinstance(outcomes, str) else [str(outcome) for outcome in outcomes]
    if not names:
        raise InvalidInput("sweep: outcomes", "there is none", 'give at least one, such as "real_income_pct"')
    layouts = layouts_of(world._core, names)
    if workers is not None and integer(workers, "sweep: workers") < 1:
        raise InvalidInput("sweep: workers", f"is {workers}", "give 1 or more, or leave it out for all cores")
    job = Job(tuple(names), number(tolerance, "tolerance"), integer(max_evaluations, "max_evaluations"))
    rows = Rows(world, function, plan, Theory.of(theory), Closure.of(closure))
    watch = _Watch(progress, len(plan))
    answers = Answers(len(plan), layouts)
    folder = None
    try:
        rows.survey(out is not None, lambda done: watch.reached("reading", done, 0))
        if out is not None:
            folder = SweepFolder(out, plan_text(rows, job, layouts, title), resume, rows, answers)
        _solve(rows, job, answers, folder, watch, workers, executor)
    except BaseException as error:
        watch.end()
        if folder is not None:
            _say_kept(folder, len(plan), error)
        raise
    finally:
        if folder is not None:
            folder.close()
    watch.end()
    _warn(answers)
    about = {
        "title": title,
        "world": world.name,
        "theory": one_or_varies(rows.theories),
        "closure": one_or_varies(rows.closures),
        "tolerance": job.tolerance,
        "version": f"tariffsim {_core.__version__}",
        "attribution": world.attribution,
    }
    labels = {"region": world._core.regions.codes, "sector": world._core.sectors.codes}
    return _dataset(plan, answers, labels, about)


def read_sweep(folder: str | os.PathLike[str], *, unfinished: bool = False) -> xr.Dataset:
    """What `sweep` or the command line wrote to a folder, as the Dataset that `sweep` gives.

    Parameters
    ----------
    folder : path
    unfinished : bool
        True reads what is there of a sweep that has not ended; its other rows are NaN with the status "missing".

    Raises
    ------
    InvalidInput
        Where the folder holds no sweep, or one that has not ended.
    """
    described, plan, answers = read_folder(folder)
    _require_whole(folder, answers, unfinished)
    about = {key: described.get(key, "") for key in ("title", "world", "theory", "closure", "tolerance", "attribution")}
    about["version"] = f"tariffsim {described.get('tariffsim', '')}".strip()
    return _dataset(plan, answers, described["labels"], about)


def join_sweep(folder: str | os.PathLike[str], file: str | os.PathLike[str], *, unfinished: bool = False) -> Path:
    """Joins the parts of a sweep into one file: NetCDF (.nc), Parquet (.parquet) or CSV (.csv).

    NetCDF holds the labelled Dataset; Parquet and CSV a table with one row for each of the sweep, in their order. NetCDF
    needs netCDF4, Parquet pyarrow: `pip install "tariffsim[sweep]"`.

    Parameters
    ----------
    folder, file : path
        An existing file is replaced when the new one is whole.
    unfinished : bool
        As in `read_sweep`.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    InvalidInput
        As in `read_sweep`, and on an ending that is none of these.
    """
    target = Path(file)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    writers: dict[str, Callable[[], Any]] = {
        ".nc": lambda: _write_netcdf(read_sweep(folder, unfinished=unfinished), beside),
        ".parquet": lambda: _table(folder, unfinished).to_parquet(beside, index=False),
        ".csv": lambda: _core.join_sweep_csv(Path(folder), beside, unfinished),
    }
    if target.suffix not in writers:
        raise InvalidInput(str(target), f"'{target.suffix}' is no format of joined sweeps", "use .nc, .parquet or .csv")
    try:
        writers[target.suffix]()
        os.replace(beside, target)
    except ImportError as error:
        raise InvalidInput(
            str(target), f"needs a package that is not there ({error})", 'pip install "tariffsim[sweep]"'
        ) from None
    except OSError as error:
        raise InvalidInput(
            str(target), f"cannot be written ({error.strerror or error})", "choose another place"
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    return target


def outcome_quantities() -> pd.DataFrame:
    """What can be asked of every row, by name: its dimensions and its unit."""
    import pandas as pd

    return pd.DataFrame(_core.outcome_quantities()).set_index("name")[["dims", "unit"]]


# ---- inside


def _planned(case: Any, over: Any) -> tuple[Plan, Callable[..., Row]]:
    if isinstance(case, Mapping):
        if over is not None:
            problem = "cases by name depend on no values"
            raise InvalidInput("sweep: over", problem, "give a function of the values, one of which may be the name")
        return named_rows(case)
    if not callable(case):
        raise InvalidInput("sweep: case", f"is a {type(case).__name__}", "give a function, or a dict of cases by name")
    if over is None:
        raise InvalidInput(
            "sweep: over", "is absent", 'give what the function is called with, such as {"rate": [0.1, 0.2]}'
        )
    return axes_of(over), case


def _solve(
    rows: Rows,
    job: Job,
    answers: Answers,
    folder: SweepFolder | None,
    watch: _Watch,
    workers: int | None,
    executor: Any,
) -> None:
    wanted = range(rows.panels) if folder is None else folder.panels()
    done = len(rows.plan) - sum(len(rows.rows_of(panel)) for panel in wanted)
    watch.begin("solving", done)
    running = workers_of(rows, job, None if workers is None else int(workers), executor).run(
        panels_of(rows, iter(wanted))
    )
    try:
        for panel, solved in running:
            _take(rows, answers, panel, solved)
            if folder is not None:
                folder.solved(panel.number)
            done += len(panel.rows)
            watch.reached("solving", done, answers.unsolved)
    finally:
        running.close()


def _take(rows: Rows, answers: Answers, panel: Panel, solved: Solved) -> None:
    if solved.refused is not None:
        place, where, problem, remedy = solved.refused
        raise at_row(rows.plan, int(panel.rows[place]), InvalidInput(where, problem, remedy))
    if len(solved.statuses) < len(panel.rows):
        raise KeyboardInterrupt
    answers.put(panel.rows, solved.values, solved.statuses, solved.diagnoses, solved.evaluations, solved.residuals)


def _dataset(plan: Plan, answers: Answers, labels: Mapping[str, list[str]], about: Mapping[str, Any]) -> xr.Dataset:
    import xarray as xr

    dims = tuple(axis.dim for axis in plan.axes)
    sizes = plan.sizes
    coordinates: dict[str, Any] = {}
    for axis in plan.axes:
        coordinates.update(axis.coordinates())
    variables: dict[str, Any] = {}
    for layout, values in zip(answers.layouts, answers.values):
        own = [labels["sector" if dim == "sector" else "region"] for dim in layout.dims]
        coordinates.update({dim: (dim, np.array(codes, dtype=object)) for dim, codes in zip(layout.dims, own)})
        shape = (*sizes, *map(len, own))
        variables[layout.name] = ((*dims, *layout.dims), values.reshape(shape), {"unit": layout.unit})
    variables["status"] = (dims, answers.status.reshape(sizes))
    variables["evaluations"] = (dims, answers.evaluations.reshape(sizes))
    variables["residual"] = (dims, answers.residual.reshape(sizes))
    variables["diagnosis"] = (dims, answers.diagnosis.reshape(sizes))
    return xr.Dataset(variables, coords=coordinates, attrs={key: value for key, value in about.items() if value != ""})


def _require_whole(folder: str | os.PathLike[str], answers: Answers, unfinished: bool) -> None:
    missing = int((answers.status == "missing").sum())
    if missing and not unfinished:
        problem = f"{missing} of {len(answers.status)} rows are not there yet"
        raise InvalidInput(str(folder), problem, "let it finish with resume=True, or read it with unfinished=True")


def _table(folder: str | os.PathLike[str], unfinished: bool) -> pd.DataFrame:
    import pandas as pd

    _, plan, answers = read_folder(folder)
    _require_whole(folder, answers, unfinished)
    there = np.flatnonzero(answers.status != "missing")
    arguments = [plan.row(int(row)) for row in there]
    columns: dict[str, Any] = {"row": there}
    columns.update({name: [row[name] for row in arguments] for name in plan.names})
    columns.update({name: getattr(answers, name)[there] for name in ("status", "evaluations", "residual")})
    for layout, values in zip(answers.layouts, answers.values):
        columns.update({column: values[there, k] for k, column in enumerate(layout.columns)})
    columns["diagnosis"] = answers.diagnosis[there]
    return pd.DataFrame(columns)


def _write_netcdf(data: xr.Dataset, file: Path) -> None:
    data.to_netcdf(file, format="NETCDF4", engine="netcdf4")


def _warn(answers: Answers) -> None:
    if not answers.unsolved:
        return
    wrong = np.flatnonzero(answers.status != "converged")
    words, counts = np.unique(answers.status[wrong].astype(str), return_counts=True)
    said = ", ".join(f"{count} {word}" for word, count in zip(words, counts))
    message = (
        f"{len(wrong)} of {len(answers.status)} rows have no equilibrium ({said}) and are NaN; see status and diagnosis"
    )
    warnings.warn(message, RuntimeWarning, stacklevel=3)


def _say_kept(folder: SweepFolder, rows: int, error: BaseException) -> None:
    word = "stopped" if isinstance(error, KeyboardInterrupt) else "ended"
    sys.stderr.write(f"sweep {word}: {folder.kept()} of {rows} rows are kept in {folder.path}; resume=True goes on\n")


def _duration(seconds: float) -> str:
    if not seconds < 1e9:
        return "unknown time"
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {whole % 60:02d} s" if minutes else f"{whole} s"


class _Watch:
    """Tells how a sweep goes: to a function, or in a line on stderr."""

    def __init__(self, progress: Any, rows: int) -> None:
        if not (progress is None or isinstance(progress, bool) or callable(progress)):
            raise InvalidInput("sweep: progress", f"is a {type(progress).__name__}", "give True or a function")
        self._function = progress if callable(progress) else None
        self._line = progress is True or (progress is None and sys.stderr.isatty())
        self._patience = 0.0 if progress is True else 1.0  # seconds before a line nobody asked for
        self._rows, self._shown = rows, False
        self.begin("reading", 0)

    def begin(self, stage: str, done: int) -> None:
        """A stage begins with so many rows done."""
        self._stage, self._first = stage, done
        self._start = self._last = time.monotonic()

    def reached(self, stage: str, done: int, unsolved: int) -> None:
        """So many rows are done.

        Raises
        ------
        KeyboardInterrupt
            Where the function says so.
        """
        if self._function is None and not self._line:
            return
        now = time.monotonic()
        last = done == self._rows and stage == "solving"
        often = self._function is not None and stage == "solving"  # a function hears of every panel
        if now - self._last < 0.1 and not last and not often:
            return
        self._last = now
        seconds = now - self._start
        rate = (done - self._first) / seconds if seconds > 0 else 0.0
        left = (self._rows - done) / rate if rate > 0 else float("nan")
        state = SweepProgress(stage, done, self._rows, rate, seconds, left, unsolved)
        if self._function is not None:
            if self._function(state) is False:
                raise KeyboardInterrupt("the sweep was ended by its progress function")
        elif seconds >= self._patience or self._shown:
            sys.stderr.write(f"\r{state!s:<78}")
            sys.stderr.flush()
            self._shown = True

    def end(self) -> None:
        """Ends the line."""
        if self._shown:
            sys.stderr.write("\n")
            sys.stderr.flush()
            self._shown = False
