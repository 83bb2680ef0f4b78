"""Rows of a scenario folder, and their CSV files. Every value is text as it stands in the file; empty means absent."""

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from worldbuild.tables import write_csv


@dataclass(frozen=True)
class Measure:
    """One duty: who levies it, on whose goods, at what rate, when."""

    id: str
    title: str
    importer: str
    exporter: str
    except_exporter: str = ""
    sector: str = ""
    products: str = ""
    except_products: str = ""
    rate: str = ""
    rate_table: str = ""
    base: str = "full_value"
    base_share: str = ""
    utilisation: str = ""
    qualifying: str = ""
    use: str = ""
    authority: str = ""
    group: str = ""
    family: str = ""
    level: str = ""
    announced: str = ""
    effective: str = ""
    ended: str = ""
    collected: str = ""
    collected_ended: str = ""
    source: str = ""
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True)
class Rule:
    """How two stacking groups combine."""

    group: str
    other: str
    relation: str
    value: str = ""
    from_: str = ""
    to: str = ""
    detail: str = ""
    source: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Exemption:
    """Goods that do not pay the measures of some families."""

    id: str
    importer: str
    exporter: str
    family: str
    products: str
    effective: str
    ended: str = ""
    collected: str = ""
    collected_ended: str = ""
    source: str = ""
    confidence: str = ""
    note: str = ""


@dataclass(frozen=True)
class Covered:
    """Dollars of a sector's imports that a product list covers, and the sector's imports."""

    list: str
    importer: str
    exporter: str
    sector: str
    covered: str
    total: str


@dataclass(frozen=True)
class Rate:
    """One cell of a table of rates by sector; weight is imports in dollars where they are known."""

    table: str
    exporter: str
    importer: str
    sector: str
    rate: str
    weight: str = ""


@dataclass(frozen=True)
class Share:
    """Share of a flow that claims a preference from a day on."""

    name: str
    importer: str
    exporter: str
    sector: str
    from_: str
    share: str
    source: str
    confidence: str


Row = Measure | Rule | Exemption | Covered | Rate | Share


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows of one kind; the header is the names of its fields."""
    rows = list(rows)
    header = [field.name.rstrip("_") for field in fields(rows[0])]
    write_csv(path, header, (astuple(row) for row in rows))


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file as dictionaries of text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(cell: str) -> list[str]:
    """The values of a cell that may hold several."""
    return cell.split()


def number(value: float) -> str:
    """A computed value with six significant digits; dollars stay whole."""
    return repr(int(value)) if value == int(value) else f"{value:.6g}"
