"""A world data package in memory, and its CSV files.

Numbers are parsed by Python's float() and written by repr(), the shortest text that reads back as
the same double; both are exact on every platform, so the files come out the same everywhere.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Tables:
    """Dense arrays of one world: N regions, J sectors. Exporter first, then importer, then sector."""

    regions: pd.DataFrame  # region, name
    sectors: pd.DataFrame  # sector, name, kind
    trade_elasticity: np.ndarray  # [J]
    flows: np.ndarray  # [N, N, J], before the importer's tariff
    tariffs: np.ndarray  # [N, N, J], ad valorem
    inputs: np.ndarray  # [N, J (input), J (sector)], share of the sector's materials
    value_added: np.ndarray  # [N, J], share of output

    @property
    def region_codes(self) -> list[str]:
        return self.regions["region"].tolist()

    @property
    def sector_codes(self) -> list[str]:
        return self.sectors["sector"].tolist()

    @property
    def domestic(self) -> np.ndarray:
        """[N, N] mask of the cells whose exporter is the importer."""
        return np.eye(len(self.regions), dtype=bool)

    @property
    def revenue(self) -> np.ndarray:
        """[N, N, J] tariff revenue."""
        return self.tariffs * self.flows


def read_labels(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """regions.csv and sectors.csv as text."""
    return _read(folder / "regions.csv"), _read(folder / "sectors.csv")


def read_map(path: Path, source: str, target: str) -> dict[str, str]:
    """Two columns of a table as a dictionary, in the order of the file."""
    table = _read(path)
    if not {source, target} <= set(table.columns):
        raise SystemExit(f"error: {path} has columns {list(table.columns)}; needs {source} and {target}")
    return dict(zip(table[source], table[target], strict=True))


def read_world(folder: Path) -> Tables:
    """Read the tables of a data package. Sub-folders are never read."""
    regions, sectors = read_labels(folder)
    region = {code: n for n, code in enumerate(regions["region"])}
    sector = {code: n for n, code in enumerate(sectors["sector"])}
    pair = {"exporter": region, "importer": region, "sector": sector}
    return Tables(
        regions=regions,
        sectors=sectors,
        trade_elasticity=_numbers(sectors["trade_elasticity"]),
        flows=_dense(folder / "flows.csv", pair, "value"),
        tariffs=_dense(folder / "tariffs.csv", pair, "rate"),
        inputs=_dense(folder / "inputs.csv", {"region": region, "input": sector, "sector": sector}, "share"),
        value_added=_dense(folder / "value_added.csv", {"region": region, "sector": sector}, "share"),
    )


def write_world(world: Tables, folder: Path) -> None:
    """Write the tables of `world` as CSV files; rows that are zero are left out."""
    regions, sectors = world.region_codes, world.sector_codes
    write_csv(folder / "regions.csv", ["region", "name"], world.regions[["region", "name"]].itertuples(index=False))
    labels = world.sectors[["sector", "name", "kind"]].itertuples(index=False)
    write_csv(
        folder / "sectors.csv",
        ["sector", "name", "kind", "trade_elasticity"],
        ([*label, repr(float(theta))] for label, theta in zip(labels, world.trade_elasticity, strict=True)),
    )
    pair = ["exporter", "importer", "sector"]
    _write_array(folder / "flows.csv", [*pair, "value"], world.flows, [regions, regions, sectors])
    _write_array(folder / "tariffs.csv", [*pair, "rate"], world.tariffs, [regions, regions, sectors])
    _write_array(
        folder / "inputs.csv", ["region", "input", "sector", "share"], world.inputs, [regions, sectors, sectors]
    )
    _write_array(folder / "value_added.csv", ["region", "sector", "share"], world.value_added, [regions, sectors])


def write_csv(path: Path, header: list[str], rows: Iterable[Iterable[str]]) -> None:
    """Write one CSV file: UTF-8, comma, line feed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _read(path: Path) -> pd.DataFrame:
    # keep_default_na: a code such as "NA" is a code, not a missing value
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _numbers(text: pd.Series) -> np.ndarray:
    # pandas' own parser has been off by one unit in the last place in some versions
    return np.array([float(value) for value in text])


def _dense(path: Path, keys: dict[str, dict[str, int]], value: str) -> np.ndarray:
    table = _read(path)
    result = np.zeros([len(codes) for codes in keys.values()])
    index = []
    for column, codes in keys.items():
        position = table[column].map(codes)
        if position.isna().any():
            row = int(np.flatnonzero(position.isna())[0])
            raise SystemExit(f"error: {path} row {row + 2}: {column} '{table[column][row]}' is not a known code")
        index.append(position.to_numpy(dtype=int))
    result[tuple(index)] = _numbers(table[value])
    return result


def _write_array(path: Path, header: list[str], array: np.ndarray, labels: list[list[str]]) -> None:
    cells = np.argwhere(array != 0)  # row-major, so rows follow the order of the labels
    values = array[tuple(cells.T)].tolist()
    names = ([labels[d][k] for d, k in enumerate(cell)] for cell in cells.tolist())
    write_csv(path, header, ([*codes, repr(x)] for codes, x in zip(names, values, strict=True)))
