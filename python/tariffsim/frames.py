"""Long tables (pandas) to arrays in world order: one row per cell, absent rows are zero."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import is_frame, is_series

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.labels import FloatArray

__all__ = ["Columns", "codes_of", "is_long", "locate", "scatter", "table_columns", "with_levels"]

#: Columns of a long table and the labels that each one's codes come from.
Columns = Mapping[str, "_core.Labels"]


def is_long(value: object, value_column: str) -> bool:
    """True for a frame with one row per cell, and for a Series whose index names the cells."""
    if is_frame(value):
        frame: Any = value
        return bool(value_column in frame.columns)
    if is_series(value):
        series: Any = value
        return bool(series.index.nlevels > 1)
    return False


def table_columns(frame: pd.DataFrame | pd.Series[Any], columns: Sequence[str], value: str, table: str) -> pd.DataFrame:
    """The named columns of a frame, some of which may be levels of its index.

    Raises
    ------
    InvalidInput
        Where a column is missing, or a cell of it is empty; names the row's label.
    """
    wanted = [*columns, value]
    table_frame: Any = frame
    if is_series(frame):
        table_frame = table_frame.rename(value).to_frame()
    if not is_frame(table_frame):
        raise InvalidInput(f"frame '{table}'", f"is a {type(frame).__name__}", "give a pandas DataFrame")
    table_frame = with_levels(table_frame, wanted)
    for column in wanted:
        if column not in table_frame.columns:
            have = ", ".join(str(name) for name in table_frame.columns)
            raise InvalidInput(
                f"frame '{table}'", f"has no column '{column}'; it has {have}", f"name its columns {', '.join(wanted)}"
            )
    picked: pd.DataFrame = table_frame[wanted]
    empty = picked.isna().to_numpy()
    if empty.any():
        row, column_at = (int(k[0]) for k in np.nonzero(empty))
        raise InvalidInput(
            _row(table, picked, row),
            f"{wanted[column_at]} is missing",
            "fill the cell or drop the row (absent rows are zero)",
        )
    return picked


def scatter(frame: pd.DataFrame | pd.Series[Any], columns: Columns, value: str, table: str) -> FloatArray:
    """An array in world order with the listed values, zero elsewhere.

    Raises
    ------
    InvalidInput
        On missing columns, empty cells, unknown codes, values that are no numbers, or a cell listed twice; names the frame
        and the label of the row.
    """
    picked = table_columns(frame, list(columns), value, table)
    values = _numbers(picked, value, table)
    shape = tuple(len(labels) for labels in columns.values())
    positions = [_positions(picked, column, labels, table) for column, labels in columns.items()]
    cells = np.ravel_multi_index(tuple(positions), shape, order="F")
    counts = np.bincount(cells, minlength=1)
    if counts.max(initial=0) > 1:
        first, second = (int(k) for k in np.nonzero(cells == int(np.argmax(counts > 1)))[0][:2])
        raise InvalidInput(
            _row(table, picked, second),
            f"the cell is already listed in row {picked.index[first]!r}",
            "list every cell once; to add up, use frame.groupby([...]).sum()",
        )
    array = np.zeros(shape, order="F")
    array.reshape(-1, order="F")[cells] = values
    return array


def with_levels(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The frame with levels of its index as columns too, where it has no column of that name."""
    levels = {
        name: frame.index.get_level_values(name)
        for name in names
        if name not in frame.columns and name in frame.index.names
    }
    return frame.assign(**levels) if levels else frame


def codes_of(column: pd.Series[Any]) -> list[str]:
    """A column's codes as strings."""
    return [str(code) for code in column.tolist()]


def locate(error: InvalidInput, frames: Mapping[str, tuple[Any, Sequence[str]]]) -> InvalidInput:
    """The error of a cell, with the row label of the frame that the cell came from.

    `frames` gives, by the table's name in the core's messages, the frame and its key columns.
    """
    match = re.fullmatch(r"(\w+)\((.+)\)", error.where)
    if match is None or match[1] not in frames:
        return error
    frame, columns = frames[match[1]]
    keys = dict(part.split("=", 1) for part in match[2].split(", ") if "=" in part)
    if not is_frame(frame) or set(keys) != set(columns):
        return error
    table = with_levels(frame, columns)
    hits = np.ones(len(table), dtype=bool)
    for column, code in keys.items():
        hits &= (table[column].astype(str) == code).to_numpy()
    if not hits.any():
        return error
    row = frame.index[int(np.argmax(hits))]
    return InvalidInput(f"frame '{match[1]}', row {row!r}, {error.where}", error.problem, error.remedy)


def _row(table: str, frame: pd.DataFrame, position: int) -> str:
    return f"frame '{table}', row {frame.index[position]!r}"


def _numbers(frame: pd.DataFrame, column: str, table: str) -> FloatArray:
    import pandas as pd

    if np.iscomplexobj(frame[column]):  # numpy would drop the imaginary part
        raise InvalidInput(f"frame '{table}'", f"{column} holds complex numbers", "give real ones")
    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
    wrong = ~np.isfinite(values)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidInput(
            _row(table, frame, row),
            f"{column} is {frame[column].iloc[row]!r}",
            "give a finite number (0.25 is 25 percent)",
        )
    return values


def _positions(
    frame: pd.DataFrame, column: str, labels: _core.Labels, table: str
) -> np.ndarray[Any, np.dtype[np.intp]]:
    import pandas as pd

    known = pd.Index(labels.codes)
    codes = frame[column]
    if isinstance(codes.dtype, pd.CategoricalDtype):  # look up each category once
        by_category = known.get_indexer(codes.cat.categories.astype(str))
        positions = by_category[codes.cat.codes.to_numpy()]
    else:
        positions = known.get_indexer(pd.Index(codes.astype(str)))
    if (positions < 0).any():
        row = int(np.argmax(positions < 0))
        code = str(codes.iloc[row])
        raise InvalidInput(
            _row(table, frame, row),
            f"unknown {labels.axis} code '{code}' in column {column}",
            f"use {labels.suggestion(code)}",
        )
    return positions
