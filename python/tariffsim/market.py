"""Market: sparse flows of products with their tariffs and elasticities."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.frames import codes_of, table_columns, with_levels
from tariffsim.labels import is_frame, numbers

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from tariffsim.labels import FloatArray

    #: One number, or one by region (Series or mapping).
    Elasticity = Union[float, Mapping[str, float], "pd.Series[float]"]

__all__ = ["Market"]

_KINDS = ("demand", "supply", "substitution")


class Market:
    """Markets of products: flows by exporter, importer and product, validated once, then immutable.

    `Market.read` takes a folder, `Market.from_frames` pandas tables. Every product is a market of its own; memory is what the
    flows take, about 30 bytes each.
    """

    __slots__ = ("_core",)

    def __init__(self, core: _core.Market) -> None:
        self._core = core

    @staticmethod
    def read(path: str | os.PathLike[str]) -> Market:
        """Reads a folder with regions.csv, sectors.csv and flows.csv, and where they are there products.csv, tariffs.csv,
        elasticities.csv and groups.csv. Without products.csv each sector is one product.

        Raises
        ------
        InvalidInput
            Names the file, the line and the remedy.
        """
        return Market(_core.read_market(Path(path)))

    @staticmethod
    def from_frames(
        flows: pd.DataFrame,
        products: pd.DataFrame | None = None,
        *,
        tariffs: pd.DataFrame | None = None,
        demand: Elasticity | None = None,
        supply: Elasticity | None = None,
        substitution: Elasticity | None = None,
        sector_elasticities: pd.DataFrame | None = None,
        groups: Mapping[str, Sequence[str]] | None = None,
        name: str = "market",
        unit: str = "",
    ) -> Market:
        """A market from pandas tables, as read from CSV or Parquet.

        Parameters
        ----------
        flows : DataFrame
            Columns exporter, importer, product and value (at world prices, before the importer's tariff); tariff (ad valorem)
            where it is known. Domestic sales are allowed. Categorical codes are fastest.
        products : DataFrame
            Columns code and sector; where they are known name, demand, supply and substitution of the product. Absent: every
            product of `flows`, in a sector of its own.
        tariffs : DataFrame
            Columns exporter, importer, product and rate, where `flows` has no column tariff. Absent rows are zero.
        demand, supply, substitution : float or by region
            What products take that have no elasticity of their own nor of their sector: demand of the composite by importer (0
            or below), export supply by exporter (0 or above, infinity for given world prices), substitution among sources (above
            0).
        sector_elasticities : DataFrame
            Columns sector and any of demand, supply, substitution.
        groups : mapping
            Group name to region codes.

        Raises
        ------
        InvalidInput
            Names the table, the row or cell, and the remedy.
        """
        _require_frame(flows, "flows")
        flows = with_levels(flows, ["exporter", "importer", "product", "value", "tariff"])
        listed = table_columns(flows, ["exporter", "importer", "product"], "value", "flows")
        table = _products(listed, products)
        regions = _labels("region", _union(listed["exporter"], listed["importer"]))
        codes = _labels("product", codes_of(table["code"]), _names(table))
        sector_codes = codes_of(table["sector"])
        sectors = _labels("sector", list(dict.fromkeys(sector_codes)))
        columns = _cells(listed, "value", regions, codes, "flows")
        if "tariff" in flows.columns:
            if tariffs is not None:
                raise InvalidInput("frame 'tariffs'", "the flows have a column tariff too", "give one of the two")
            rates = numbers(flows["tariff"].to_numpy(), "flows: tariff")
            taxed = np.nonzero(np.nan_to_num(rates, nan=0.0) != 0)[0]
            duties = {key: values[taxed] for key, values in columns.items()}
            duties["value"] = rates[taxed]
        elif tariffs is not None:
            _require_frame(tariffs, "tariffs")
            picked = table_columns(tariffs, ["exporter", "importer", "product"], "rate", "tariffs")
            duties = _cells(picked, "rate", regions, codes, "tariffs")
        else:
            duties = {key: values[:0] for key, values in columns.items()}
        given = {"demand": demand, "supply": supply, "substitution": substitution}
        elasticities = {
            kind: (_by_product(table, kind), _by_sector(sector_elasticities, kind, sectors, given[kind], regions))
            for kind in _KINDS
        }
        return Market(
            _core.Market(
                _core.WorldInfo(name=name, unit=unit),
                regions,
                sectors,
                [],
                codes,
                np.array(_positions(sector_codes, sectors, "products: sector"), dtype=np.int32),
                columns,
                duties,
                elasticities,
                {group: list(members) for group, members in (groups or {}).items()},
            )
        )

    @property
    def info(self) -> _core.WorldInfo:
        """What the data package says of itself."""
        return self._core.info

    @property
    def regions(self) -> pd.Series[str]:
        """Region names by code."""
        return _named(self._core.regions, "region")

    @property
    def sectors(self) -> pd.Series[str]:
        """Sector names by code."""
        return _named(self._core.sectors, "sector")

    @property
    def products(self) -> pd.DataFrame:
        """Name and sector of each product."""
        import pandas as pd

        labels = self._core.products
        sectors = np.asarray(self._core.sectors.codes, dtype=object)[self._core.sector_of]
        return pd.DataFrame({"name": labels.names, "sector": sectors}, index=pd.Index(labels.codes, name="product"))

    @property
    def flows(self) -> pd.DataFrame:
        """value and tariff by exporter, importer and product."""
        import pandas as pd

        core = self._core
        return pd.DataFrame({"value": core.value, "tariff": core.tariff}, index=self._flow_index())

    @property
    def supply(self) -> pd.Series[float]:
        """Elasticity of export supply by exporter and product."""
        import pandas as pd

        return pd.Series(self._core.supply, index=self._supplier_index(), name="supply")

    @property
    def demand(self) -> pd.DataFrame:
        """Elasticities of demand and of substitution by importer and product."""
        import pandas as pd

        core = self._core
        columns = {"demand": core.demand, "substitution": core.substitution}
        return pd.DataFrame(columns, index=self._buyer_index())

    @property
    def fallbacks(self) -> dict[str, int]:
        """How many products take each elasticity from their sector or the market, having none of their own."""
        return self._core.fallbacks

    def __len__(self) -> int:
        return len(self._core.value)

    def __repr__(self) -> str:
        core = self._core
        size = f"{len(core.products)} products, {len(core.regions)} regions, {len(self)} flows"
        return f"Market({core.info.name!r}: {size}, value {core.value.sum():.6g})"

    # ---- indices, made where they are asked for

    def _flow_index(self) -> pd.MultiIndex:
        core = self._core
        return _index(
            ("exporter", core.regions, core.supplier_region[core.supplier]),
            ("importer", core.regions, core.buyer_region[core.buyer]),
            ("product", core.products, core.flow_products()),
        )

    def _supplier_index(self) -> pd.MultiIndex:
        core = self._core
        return _index(
            ("exporter", core.regions, core.supplier_region), ("product", core.products, core.supplier_products())
        )

    def _buyer_index(self) -> pd.MultiIndex:
        core = self._core
        return _index(("importer", core.regions, core.buyer_region), ("product", core.products, core.buyer_products()))


def _index(*levels: tuple[str, _core.Labels, NDArray[np.int32]]) -> pd.MultiIndex:
    import pandas as pd

    return pd.MultiIndex(
        levels=[labels.codes for _, labels, _ in levels],
        codes=[codes for _, _, codes in levels],
        names=[name for name, _, _ in levels],
        verify_integrity=False,
    )


def _named(labels: _core.Labels, axis: str) -> pd.Series[str]:
    import pandas as pd

    return pd.Series(labels.names, index=pd.Index(labels.codes, name=axis), name="name")


def _require_frame(table: object, name: str) -> None:
    if not is_frame(table):
        raise InvalidInput(f"frame '{name}'", f"is a {type(table).__name__}", "give a pandas DataFrame")


def _products(flows: pd.DataFrame, products: pd.DataFrame | None) -> pd.DataFrame:
    import pandas as pd

    if products is None:
        codes = _union(flows["product"])
        return pd.DataFrame({"code": codes, "sector": codes})
    _require_frame(products, "products")
    products = with_levels(products, ["code", "sector"])
    table_columns(products, ["code"], "sector", "products")
    return products


def _names(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table["name"]] if "name" in table.columns else []


def _labels(axis: str, codes: list[str], names: list[str] | None = None) -> _core.Labels:
    return _core.Labels(axis, codes, names or [])


def _union(*columns: pd.Series[Any]) -> list[str]:
    seen: dict[str, None] = {}
    for column in columns:
        unique = column.drop_duplicates()
        seen.update(dict.fromkeys(codes_of(unique)))
    return sorted(seen)


def _cells(
    table: pd.DataFrame, value: str, regions: _core.Labels, products: _core.Labels, name: str
) -> dict[str, NDArray[Any]]:
    where = {"exporter": regions, "importer": regions, "product": products}
    columns: dict[str, NDArray[Any]] = {
        column: _column_positions(table[column], labels, f"{name}: {column}") for column, labels in where.items()
    }
    columns["value"] = numbers(table[value].to_numpy(), f"{name}: {value}")
    return columns


def _column_positions(column: pd.Series[Any], labels: _core.Labels, where: str) -> NDArray[np.int32]:
    """Codes of a long column are looked up once each."""
    import pandas as pd

    codes, unique = pd.factorize(column)
    at = np.array(_positions(codes_of(pd.Series(unique, name=column.name)), labels, where), dtype=np.int32)
    found: NDArray[np.int32] = at[codes]
    return found


def _positions(codes: Iterable[str], labels: _core.Labels, where: str) -> list[int]:
    place = {code: k for k, code in enumerate(labels.codes)}
    found = []
    for code in codes:
        if code not in place:
            raise InvalidInput(where, f"unknown {labels.axis} code '{code}'", f"use {labels.suggestion(code)}")
        found.append(place[code])
    return found


def _by_product(table: pd.DataFrame, kind: str) -> FloatArray:
    if kind not in table.columns:
        return np.zeros((0, 0))
    return numbers(table[kind].to_numpy(), f"products: {kind}").reshape(-1, 1)


def _by_sector(
    table: pd.DataFrame | None, kind: str, sectors: _core.Labels, given: Elasticity | None, regions: _core.Labels
) -> FloatArray:
    """J x N: that of the sector, else the market's by region, NaN where there is none."""
    everywhere = np.full(len(regions), np.nan)
    if isinstance(given, Mapping) or hasattr(given, "items"):
        pairs: Any = given
        for code, value in pairs.items():
            everywhere[_positions([str(code)], regions, kind)[0]] = value
    elif given is not None:
        everywhere[:] = float(numbers(given, kind))
    values = np.tile(everywhere, (len(sectors), 1))
    if table is not None:
        _require_frame(table, "sector_elasticities")
        table = with_levels(table, ["sector"])
        if "sector" not in table.columns:
            raise InvalidInput("frame 'sector_elasticities'", "has no column 'sector'", "name its sectors")
        if kind in table.columns:
            known = numbers(table[kind].to_numpy(), f"sector_elasticities: {kind}")
            rows = _positions(codes_of(table["sector"]), sectors, "sector_elasticities: sector")
            for row, value in zip(rows, known):
                if not np.isnan(value):
                    values[row] = value
    return values
