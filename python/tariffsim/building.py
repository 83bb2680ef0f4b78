"""Worlds from what a user has in memory: a matrix, arrays, or pandas frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np

from tariffsim import _core
from tariffsim.about import Source
from tariffsim.errors import InvalidInput
from tariffsim.frames import Columns, codes_of, is_long, locate, scatter, table_columns, with_levels
from tariffsim.labels import Axes, align, integer, is_data_array, is_frame, is_series, number, numbers

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.labels import Values

__all__ = ["ARRAYS", "Info", "edit", "from_arrays", "from_flows", "from_frames"]


class Info(TypedDict, total=False):
    """What a world says of itself; every entry may be left out."""

    name: str
    title: str
    year: int
    currency: str
    unit: str
    valuation: str
    attribution: str
    sources: Iterable[Mapping[str, str]]
    known_defects: Iterable[str]


#: Arrays of a world: dimensions, name in data packages, value column of the long table.
ARRAYS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "flows": (("exporter", "importer", "sector"), "flows", "value"),
    "tariffs": (("exporter", "importer", "sector"), "tariffs", "rate"),
    "export_taxes": (("exporter", "importer", "sector"), "export_taxes", "rate"),
    "value_added_share": (("region", "sector"), "value_added", "share"),
    "input_shares": (("input", "sector", "region"), "inputs", "share"),
    "final_demand_share": (("region", "sector"), "final_demand", "share"),
    "trade_elasticity": (("sector",), "trade_elasticity", "trade_elasticity"),
}


def make_info(given: Mapping[str, Any], old: _core.WorldInfo | None = None) -> _core.WorldInfo:
    """The info of a world with some entries replaced."""
    fields = list(Info.__annotations__)
    unknown = [key for key in given if key not in fields]
    if unknown:
        raise InvalidInput("world", f"unknown argument '{unknown[0]}'", f"use {', '.join([*ARRAYS, *fields])}")
    values = {field: getattr(old, field) for field in fields} if old is not None else {}
    values.update(given)
    if "sources" in given:
        values["sources"] = [_source(source) for source in _listed(given["sources"], "sources", "sources")]
    if "known_defects" in given:
        values["known_defects"] = _listed(given["known_defects"], "known_defects", "texts")
    if "year" in given:
        values["year"] = integer(given["year"], "year")
    for key, value in given.items():
        if key not in ("sources", "known_defects", "year") and not isinstance(value, str):
            raise InvalidInput(key, f"is a {type(value).__name__}", "give a text")
    return _core.WorldInfo(**values)


def _source(given: Any) -> _core.Source:
    if isinstance(given, _core.Source):
        return given
    if isinstance(given, Source):  # of another world
        return _core.Source(given.title, given.publisher, given.license)
    known = ("title", "publisher", "license")
    fits = isinstance(given, Mapping) and "title" in given
    if not fits or not all(key in known and isinstance(text, str) for key, text in given.items()):
        raise InvalidInput("sources", f"{given!r} is no source", f"give a dict with the texts {', '.join(known)}")
    return _core.Source(**given)


def _listed(given: Any, name: str, what: str) -> list[Any]:
    """A list of things; a text would fall apart into its letters."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise InvalidInput(name, f"is {given!r:.60}, not a list", f"give a list of {what}, also where it is only one")
    return list(given)


def from_flows(
    flows: Values, trade_elasticity: float, regions: Sequence[str] | None, info: Mapping[str, Any]
) -> _core.World:
    """One sector, one elasticity, no materials."""
    if regions is not None:
        regions = _listed(regions, "regions", "codes")
    if is_frame(flows):
        table: Any = flows
        regions = codes_of(table.index.to_series()) if regions is None else regions
        matrix = align(table, "flows", ("exporter", "importer"), Axes(regions, []))
    elif is_data_array(flows):
        array: Any = flows
        regions = codes_of(array.indexes["exporter"].to_series()) if regions is None else regions
        matrix = align(array, "flows", ("exporter", "importer"), Axes(regions, []))
    else:
        matrix = numbers(flows, "flows")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InvalidInput("flows", f"has shape {matrix.shape}", "give a square matrix, exporters by importers")
    codes = [f"R{k + 1}" for k in range(len(matrix))] if regions is None else [str(code) for code in regions]
    data = _core.WorldData()
    data.info = make_info({"name": "flows", "title": "A matrix of flows, one sector", **info})
    data.regions = _core.Labels("region", codes)
    data.sectors = _core.Labels("sector", ["ALL"], ["All goods"])
    data.trade_elasticity = np.array([number(trade_elasticity, "trade_elasticity")])
    data.flows = matrix[:, :, np.newaxis]
    return _core.World(data)


def from_arrays(
    flows: Values,
    trade_elasticity: Values,
    regions: Sequence[str] | pd.DataFrame | None,
    sectors: Sequence[str] | pd.DataFrame | None,
    arrays: Mapping[str, Any],
    info: Mapping[str, Any],
) -> _core.World:
    """A world from arrays in the order of its labels, or labelled arrays in any order."""
    shape = np.shape(flows)
    if len(shape) != 3:
        raise InvalidInput("flows", f"has {len(shape)} dimensions", "give an array exporter x importer x sector")
    if is_data_array(flows):
        array: Any = flows
        indexes = array.indexes
        regions = indexes.get("exporter") if regions is None else regions
        sectors = indexes.get("sector") if sectors is None else sectors
    data = _core.WorldData()
    data.info = make_info({"name": "arrays", **info})
    set_regions(data, [f"R{k + 1}" for k in range(shape[0])] if regions is None else regions)
    set_sectors(data, [f"S{k + 1}" for k in range(shape[2])] if sectors is None else sectors)
    if np.ndim(trade_elasticity) == 0:
        trade_elasticity = np.full(len(data.sectors), trade_elasticity)
    set_arrays(data, {"flows": flows, "trade_elasticity": trade_elasticity, **arrays})
    return _core.World(data)


def from_frames(
    regions: Sequence[str] | pd.DataFrame, sectors: pd.DataFrame, frames: Mapping[str, Any], info: Mapping[str, Any]
) -> _core.World:
    """A world from the tables of a data package. `frames` is by the names of the package's files."""
    for name, given in (("sectors", sectors), ("flows", frames.get("flows"))):
        if given is None or isinstance(given, str):
            problem = "is missing" if given is None else f"is {given!r}"
            columns = {"sectors": "sector, trade_elasticity", "flows": "exporter, importer, sector, value"}[name]
            raise InvalidInput(f"frame '{name}'", problem, f"give a pandas DataFrame with the columns {columns}")
    data = _core.WorldData()
    data.info = make_info({"name": "frames", **info})
    set_regions(data, regions)
    set_sectors(data, sectors)
    if "trade_elasticity" not in _all_columns(sectors):
        raise InvalidInput(
            "frame 'sectors'", "has no column 'trade_elasticity'", "give theta = sigma - 1 for every sector"
        )
    elasticity = scatter(sectors, {"sector": data.sectors}, "trade_elasticity", "sectors")
    arrays = {attribute: frames[file] for attribute, (_, file, _) in ARRAYS.items() if frames.get(file) is not None}
    for attribute, given in arrays.items():
        if not is_frame(given) and not is_series(given):
            raise InvalidInput(
                f"frame '{ARRAYS[attribute][1]}'", f"is a {type(given).__name__}", "give a pandas DataFrame"
            )
    set_arrays(data, {"trade_elasticity": elasticity, **arrays})
    data.groups = _lists(frames.get("groups"), "group", "region", "groups")
    data.members = _lists(frames.get("members"), "region", "member", "members")
    keys = {file: (frames.get(file), dims) for dims, file, _ in ARRAYS.values()}
    try:
        return _core.World(data)
    except InvalidInput as error:
        raise locate(error, {**keys, "sectors": (sectors, ["sector"])}) from None


def edit(world: _core.World, changes: Mapping[str, Any]) -> _core.World:
    """The world with some arrays or entries of its info replaced."""
    data = world.data()
    changed = {key: value for key, value in changes.items() if key in ARRAYS}
    data.info = make_info({key: value for key, value in changes.items() if key not in ARRAYS}, data.info)
    if "final_demand_share" in changed and changed["final_demand_share"] is None:
        data.final_demand_share = None  # implied by the data again
        del changed["final_demand_share"]
    set_arrays(data, changed)
    return _core.World(data)


def set_arrays(data: _core.WorldData, arrays: Mapping[str, Any]) -> None:
    """Fills arrays of a world, each given as a numpy array, a labelled array or a long table."""
    axes = Axes(data.regions.codes, data.sectors.codes)
    for attribute, given in arrays.items():
        if given is None:
            continue
        dims, file, value = ARRAYS[attribute]
        if is_long(given, value):
            setattr(data, attribute, scatter(given, _columns(data, dims), value, file))
        elif is_frame(given) and len(dims) == 3:
            table_columns(given, dims, value, file)  # says which column is missing
        else:
            setattr(data, attribute, align(given, attribute, dims, axes))


def set_regions(data: _core.WorldData, regions: Any) -> None:
    """Codes, or a frame with the column region and, where it has them, name and territory."""
    if is_frame(regions):
        table = _with_key(regions, "region", "regions")
        codes = codes_of(table["region"])
        data.regions = _labels("region", codes, table)
        if "territory" in table.columns:
            own = table["territory"].where(table["territory"].notna(), table["region"])
            data.territories = codes_of(own)
    else:
        data.regions = _core.Labels("region", [str(code) for code in _listed(regions, "regions", "codes")])


def set_sectors(data: _core.WorldData, sectors: Any) -> None:
    """Codes, or a frame with the column sector and, where it has them, name and kind."""
    if is_frame(sectors):
        table = _with_key(sectors, "sector", "sectors")
        data.sectors = _labels("sector", codes_of(table["sector"]), table)
        if "kind" in table.columns:
            data.sector_kinds = codes_of(table["kind"])
    else:
        data.sectors = _core.Labels("sector", [str(code) for code in _listed(sectors, "sectors", "codes")])


def _labels(axis: str, codes: list[str], table: pd.DataFrame) -> _core.Labels:
    names = codes_of(table["name"].where(table["name"].notna(), table[axis])) if "name" in table.columns else []
    return _core.Labels(axis, codes, names)


def _with_key(table: pd.DataFrame, key: str, name: str) -> pd.DataFrame:
    """The frame with its codes in a column, checked; the index may hold them."""
    table = with_levels(table, [key])
    if key not in table.columns:
        have = ", ".join(str(column) for column in table.columns)
        raise InvalidInput(
            f"frame '{name}'", f"has no column '{key}'; it has {have}", f"name the column of codes '{key}'"
        )
    codes = table[key]
    for wrong, problem in ((codes.isna(), "code is missing"), (codes.duplicated(), "code appears twice")):
        if wrong.any():
            row = int(np.argmax(wrong.to_numpy()))
            shown = "" if codes.isna().iloc[row] else f"'{codes.iloc[row]}' "
            raise InvalidInput(
                f"frame '{name}', row {table.index[row]!r}",
                f"{key} {shown}{problem}",
                f"give every {key} one row with its code",
            )
    return table


def _columns(data: _core.WorldData, dims: Sequence[str]) -> Columns:
    return {dim: data.sectors if dim in ("sector", "input") else data.regions for dim in dims}


def _all_columns(table: Any) -> list[str]:
    return [*table.columns, *table.index.names] if is_frame(table) else []


def _lists(table: Any, key: str, value: str, name: str) -> dict[str, list[str]]:
    """A mapping of lists, given as one or as a frame of two columns."""
    if table is None:
        return {}
    if not is_frame(table):
        if not isinstance(table, Mapping) and not is_series(table):
            raise InvalidInput(f"frame '{name}'", f"is a {type(table).__name__}", "give a DataFrame or a dict of lists")
        return {str(k): [str(v) for v in _listed(values, f"{name} '{k}'", "codes")] for k, values in table.items()}
    picked = table_columns(table, [key], value, name)
    result: dict[str, list[str]] = {}
    for k, v in zip(codes_of(picked[key]), codes_of(picked[value])):
        result.setdefault(k, []).append(v)
    return result
