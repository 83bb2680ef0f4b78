"""A sweep on disk: a plan and parts of 256 rows, each written whole or not at all; read again, and joined."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.sweep_plan import Axis, Plan, text, values_from

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.labels import FloatArray
    from tariffsim.sweep_rows import Rows
    from tariffsim.sweep_worker import Job

__all__ = ["Answers", "Layout", "SweepFolder", "layouts_of", "plan_text", "read_folder"]

#: Rows of one part: whole panels.
PART = 8 * _core.PANEL


@dataclass(frozen=True)
class Layout:
    """Where an outcome stands among the numbers of a row."""

    name: str
    dims: tuple[str, ...]
    columns: tuple[str, ...]
    unit: str


def layouts_of(world: _core.World, outcomes: list[str]) -> list[Layout]:
    """The outcomes of a sweep in a world.

    Raises
    ------
    InvalidInput
        On an unknown outcome, or one that stands twice.
    """
    units = {row["name"]: row["unit"] for row in _core.outcome_quantities()}
    found = []
    for outcome in outcomes:
        name, dims, columns = _core.outcome_columns(world, outcome)
        found.append(Layout(name, tuple(dims), tuple(columns), units[name.partition("[")[0].strip()]))
    names = [layout.name for layout in found]
    for name in names:
        if names.count(name) > 1:
            raise InvalidInput("sweep: outcomes", f"{name} stands twice", "ask for it once")
    return found


class Answers:
    """The numbers of all rows, in the order of the rows."""

    def __init__(self, rows: int, layouts: list[Layout]) -> None:
        self.layouts = layouts
        self.values = [np.full((rows, len(layout.columns)), np.nan) for layout in layouts]
        self.status = np.full(rows, "missing", dtype=object)
        self.diagnosis = np.full(rows, "", dtype=object)
        self.evaluations = np.zeros(rows, dtype=np.int64)
        self.residual = np.full(rows, np.nan)
        self.unsolved = 0  # rows that were tried and have no equilibrium

    def put(self, rows: Any, values: FloatArray, status: Any, diagnosis: Any, evaluations: Any, residual: Any) -> None:
        """Takes the answers of some rows; `values` has all outcomes side by side."""
        self.status[rows], self.diagnosis[rows] = status, diagnosis
        self.evaluations[rows], self.residual[rows] = evaluations, residual
        self.unsolved += sum(word != "converged" for word in status)
        first = 0
        for layout, all_values in zip(self.layouts, self.values):
            last = first + len(layout.columns)
            if values.shape[1]:
                all_values[rows] = values[:, first:last]
            first = last


def plan_text(rows: Rows, job: Job, layouts: list[Layout], title: str) -> str:
    """The file sweep.json: all that must be the same for a sweep to go on."""
    plan, world = rows.plan, rows.world
    described = {
        "format": "tariffsim sweep",
        "version": 1,
        "title": title,
        "world": world.name,
        "attribution": world.attribution,
        "rows": len(plan),
        "part_rows": PART,
        "columns": columns_of(plan, layouts),
        "dims": [_described(axis) for axis in plan.axes],
        "outcomes": [{"name": each.name, "dims": list(each.dims), "unit": each.unit} for each in layouts],
        "labels": {"region": world._core.regions.codes, "sector": world._core.sectors.codes},
        "theory": one_or_varies(rows.theories),
        "closure": one_or_varies(rows.closures),
        "tolerance": job.tolerance,
        "max_evaluations": job.max_evaluations,
        "tariffsim": _core.__version__,
        "digests": {"world": hashlib.sha256(_core.pack(world._core)).hexdigest(), "rows": rows.digest},
    }
    return json.dumps(described, indent=1, ensure_ascii=False) + "\n"


def one_or_varies(given: list[Any]) -> str:
    """The only one in a line, or that there are several."""
    lines = dict.fromkeys(map(str, given))
    return next(iter(lines)) if len(lines) == 1 else "varies"


def columns_of(plan: Plan, layouts: list[Layout]) -> list[str]:
    """The columns of a part."""
    numbers = [column for layout in layouts for column in layout.columns]
    return ["row", *plan.names, "status", "evaluations", "residual", *numbers, "diagnosis"]


def _described(axis: Axis) -> dict[str, Any]:
    columns = {}
    for name, values in axis.columns.items():
        kind = "text" if isinstance(values[0], str) else "number" if isinstance(values[0], (int, float)) else "date"
        columns[name] = {"kind": kind, "values": [text(v) for v in values] if kind == "date" else list(values)}
    more = {} if axis.weights is None else {"weights": list(axis.weights)}
    return {"name": axis.dim, "size": len(axis), "columns": columns, "attrs": dict(axis.attrs), **more}


class SweepFolder:
    """The folder of a running sweep."""

    def __init__(self, path: str | os.PathLike[str], plan: str, resume: bool, rows: Rows, answers: Answers) -> None:
        self.path = Path(path)
        self._rows, self._answers = rows, answers
        self._core = _core.SweepFolder(self.path, plan, resume)
        self._left: dict[int, set[int]] = {}  # by part, the panels that it waits for
        done = set(self._core.done)
        each = PART // _core.PANEL
        for part in sorted(done):
            fill(
                answers,
                _table(_core.read_sweep_part(self.path, part)),
                [column for a in answers.layouts for column in a.columns],
            )
        for panel in range(rows.panels):
            if panel // each not in done:
                self._left.setdefault(panel // each, set()).add(panel)

    def panels(self) -> list[int]:
        """Panels that are not on disk yet, in the order of work."""
        return sorted(panel for panels in self._left.values() for panel in panels)

    def solved(self, panel: int) -> None:
        """Writes the part of a panel where that was its last."""
        part = panel // (PART // _core.PANEL)
        self._left[part].discard(panel)
        if not self._left[part]:
            del self._left[part]
            rows = self._rows.order[part * PART : (part + 1) * PART]
            self._core.write_part(part, f"{self._core.header}\n{lines_of(self._rows.plan, self._answers, rows)}")

    def kept(self) -> int:
        """Rows on disk."""
        return sum(self._core.rows_of(part) for part in self._core.done)

    def close(self) -> None:
        """Lets others write there."""
        self._core.close()


def lines_of(plan: Plan, answers: Answers, rows: Any) -> str:
    """Some rows as CSV, without a header; one without an equilibrium has empty cells and a diagnosis."""
    numbers = [_core.number_cells(values[rows]) for values in (answers.residual[:, None], *answers.values)]
    lines = []
    for k, row in enumerate(map(int, rows)):
        cells = [str(row), *(_cell(text(value)) for value in plan.row(row).values())]
        cells += [answers.status[row], str(answers.evaluations[row]), *(block[k] for block in numbers)]
        lines.append(",".join([*cells, _cell(answers.diagnosis[row])]))
    return "\n".join(lines) + "\n"


def _cell(value: str) -> str:
    value = value.replace("\r", " ").replace("\n", " ")  # a row is a line
    return '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value


def _table(content: str) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(io.StringIO(content), keep_default_na=False, na_values={}, dtype=object)  # texts, as they stand


def fill(answers: Answers, table: pd.DataFrame, numbers: list[str]) -> None:
    """Takes the rows of a part."""
    rows = table["row"].to_numpy(dtype=np.int64)
    values = np.array([[float(cell) if cell else np.nan for cell in line] for line in table[numbers].to_numpy()])
    residual = [float(cell) if cell else np.nan for cell in table["residual"]]
    evaluations = table["evaluations"].to_numpy(dtype=np.int64)
    answers.put(
        rows, values.reshape(len(rows), len(numbers)), table["status"], table["diagnosis"], evaluations, residual
    )


def read_folder(
    path: str | os.PathLike[str], watch: Callable[[str], None] = lambda _: None
) -> tuple[dict[str, Any], Plan, Answers]:
    """The plan of a folder, and the answers that are there.

    Raises
    ------
    InvalidInput
        Where it is no sweep.
    """
    contents = _core.read_sweep_folder(Path(path))
    plan = json.loads(contents.plan)
    try:
        axes = tuple(_axis(dim) for dim in plan["dims"])
        layouts, first = [], 1 + sum(len(axis.columns) for axis in axes) + 3
        for outcome in plan["outcomes"]:
            dims = tuple(outcome["dims"])
            size = int(np.prod([len(plan["labels"]["sector" if dim == "sector" else "region"]) for dim in dims]))
            columns = tuple(plan["columns"][first : first + size])
            layouts.append(Layout(outcome["name"], dims, columns, outcome.get("unit", "")))
            first += size
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            str(Path(path) / "sweep.json"), f"lacks {error}", "write it with this version of tariffsim"
        ) from None
    answers = Answers(plan["rows"], layouts)
    numbers = [column for layout in layouts for column in layout.columns]
    for part in contents.done:
        fill(answers, _table(_core.read_sweep_part(Path(path), part)), numbers)
    return plan, Plan(axes), answers


def _axis(described: dict[str, Any]) -> Axis:
    columns = {name: values_from(column["values"], column["kind"]) for name, column in described["columns"].items()}
    weights = described.get("weights")
    return Axis(described["name"], columns, None if weights is None else tuple(weights), described.get("attrs") or {})
