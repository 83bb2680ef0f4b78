"""Labels on arrays, and labelled arrays brought into the order of a world. pandas and xarray are imported on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from numpy.typing import ArrayLike, NDArray

    #: Numbers in world order, or a labelled array in any order.
    Values = Union[ArrayLike, xr.DataArray, pd.DataFrame, pd.Series[Any]]
    FloatArray = NDArray[np.float64]

__all__ = [
    "Axes",
    "align",
    "data_array",
    "frame",
    "integer",
    "is_data_array",
    "is_frame",
    "is_series",
    "number",
    "numbers",
    "series",
]


class Axes:
    """The region and sector codes of a world as pandas indices, made once."""

    def __init__(self, regions: Sequence[str], sectors: Sequence[str]) -> None:
        import pandas as pd

        self.regions = pd.Index(regions, name="region")
        self.sectors = pd.Index(sectors, name="sector")

    def of(self, dimension: str) -> pd.Index[str]:
        """Codes along a dimension: exporter, importer, partner or region; sector or input."""
        index = self.sectors if dimension in ("sector", "input") else self.regions
        return index.rename(dimension)


def series(values: FloatArray, axes: Axes, name: str, dimension: str = "region") -> pd.Series[float]:
    """A Series on the given memory, without a copy."""
    import pandas as pd

    return pd.Series(values, index=axes.of(dimension), name=name, copy=False)


def frame(values: FloatArray, axes: Axes, rows: str = "region", columns: str = "sector") -> pd.DataFrame:
    """A DataFrame on the given memory, without a copy."""
    import pandas as pd

    return pd.DataFrame(values, index=axes.of(rows), columns=axes.of(columns), copy=False)


def data_array(
    values: FloatArray,
    axes: Axes,
    name: str,
    dims: Sequence[str] = ("exporter", "importer", "sector"),
    attrs: Mapping[str, str] | None = None,
) -> xr.DataArray:
    """A DataArray on the given memory, without a copy."""
    import xarray as xr

    coords = {dim: axes.of(dim) for dim in dims}
    return xr.DataArray(values, dims=tuple(dims), coords=coords, name=name, attrs=dict(attrs or {}))


def is_data_array(value: object) -> bool:
    """True for an xarray DataArray; does not import xarray."""
    return type(value).__module__.partition(".")[0] == "xarray" and type(value).__name__ == "DataArray"


def is_frame(value: object) -> bool:
    """True for a pandas DataFrame; does not import pandas."""
    return type(value).__module__.partition(".")[0] == "pandas" and type(value).__name__ == "DataFrame"


def is_series(value: object) -> bool:
    """True for a pandas Series; does not import pandas."""
    return type(value).__module__.partition(".")[0] == "pandas" and type(value).__name__ == "Series"


def numbers(value: object, table: str) -> FloatArray:
    """Any array-like as doubles."""
    if value is None:
        raise InvalidInput(table, "is None", "give numbers, or a labelled array")
    try:
        if not np.iscomplexobj(value):  # of which numpy would drop the imaginary part
            return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            table, f"is not an array of numbers ({error})", "give numbers, or a labelled array"
        ) from None
    raise InvalidInput(table, "holds complex numbers", "give real ones, such as numpy.real(…)")


def number(value: object, name: str) -> float:
    """One real number."""
    try:
        return float(numbers(value, name).reshape(()))
    except ValueError:
        raise InvalidInput(name, f"is {value!r:.60}", "give one number") from None


def integer(value: object, name: str) -> int:
    """One whole number."""
    found = number(value, name)
    if not found.is_integer():
        raise InvalidInput(name, f"is {found:g}", "give a whole number")
    return int(found)


def align(value: Values, table: str, dims: Sequence[str], axes: Axes) -> FloatArray:
    """Values in world order.

    A numpy array passes as it is (the core checks its shape). A DataArray, a DataFrame (rows and columns are the first two
    of `dims`) or a Series (the first of `dims`) is brought into the order of the world by its labels; it must have each label
    once and no other. A dimension that a labelled array lacks repeats its values.

    Raises
    ------
    InvalidInput
        On a dimension or label that the world does not have, or one that is missing.
    """
    if is_data_array(value):
        labelled: Any = value
        have = [str(dim) for dim in labelled.dims]
        indices = {str(dim): index for dim, index in labelled.indexes.items()}
        data = labelled.values
    elif is_frame(value):
        labelled = value
        have, indices = list(dims[:2]), {dims[0]: labelled.index, dims[1]: labelled.columns}
        data = labelled.to_numpy()
    elif is_series(value):
        labelled = value
        have, indices = list(dims[:1]), {dims[0]: labelled.index}
        data = labelled.to_numpy()
    else:
        return numbers(value, table)

    wrong = [dim for dim in have if dim not in dims]
    if wrong:
        raise InvalidInput(table, f"the array has the dimension '{wrong[0]}'", f"name its dimensions {', '.join(dims)}")
    data = numbers(data, table)
    for position, dim in enumerate(have):
        if dim in indices:
            data = data.take(_order(indices[dim], axes.of(dim), f"{table}, dimension {dim}"), axis=position)
        elif data.shape[position] != len(axes.of(dim)):
            raise InvalidInput(
                f"{table}, dimension {dim}",
                f"has length {data.shape[position]} and no labels, expected {len(axes.of(dim))}",
                "give it labels, or one value per label of the world",
            )
    present = [dim for dim in dims if dim in have]
    data = data.transpose([have.index(dim) for dim in present])
    data = data.reshape([len(axes.of(dim)) if dim in have else 1 for dim in dims])
    return np.broadcast_to(data, [len(axes.of(dim)) for dim in dims])


def _order(labels: pd.Index[Any], wanted: pd.Index[str], where: str) -> NDArray[np.intp]:
    labels = labels.astype(str)
    if labels.has_duplicates:
        raise InvalidInput(
            where, f"the label '{labels[labels.duplicated()][0]}' appears twice", "give every label once"
        )
    unknown = labels.difference(wanted)
    if len(unknown):
        raise InvalidInput(where, f"unknown {wanted.name} code '{unknown[0]}'", f"the world has {_listed(wanted)}")
    missing = wanted.difference(labels)
    if len(missing):
        raise InvalidInput(
            where,
            f"no value for {_listed(missing)}",
            "give a value for every label of the world, or a table of cells, in which absent cells mean none",
        )
    return labels.get_indexer(wanted)


def _listed(labels: pd.Index[Any], most: int = 8) -> str:
    text = ", ".join(str(label) for label in labels[:most])
    return text if len(labels) <= most else f"{text} and {len(labels) - most} more"
