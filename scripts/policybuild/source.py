"""What scripts/build_policies.py reads from the shared data."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from worldbuild.countries import read_centroids
from worldbuild.paths import require
from worldbuild.tables import read_map

from .tables import read_rows

SERVICES = "SVC"

# [exporter][sector] -> dollars
Dollars = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Source:
    """The tables of measures and what stands beside them, as text unless the name says dollars."""

    us: list[dict[str, str]]
    china: list[dict[str, str]]
    canada: list[dict[str, str]]
    rules: list[dict[str, str]]
    exemptions: list[dict[str, str]]
    groups: dict[str, list[str]]
    lists: dict[str, list[str]]  # product list -> HS codes, in the order of the file
    covered_dollars: dict[str, Dollars]  # US imports of 2024 by product list
    import_dollars: Dollars  # US imports of 2024
    retaliation: list[dict[str, str]]
    export_dollars: dict[str, dict[str, float]]  # [importer][sector] US exports of 2022
    s301: list[dict[str, str]]
    us_on_china_2018: list[dict[str, str]]
    china_on_us_2018: list[dict[str, str]]
    sector_map: dict[str, str]  # ICIO industry -> sector
    country: dict[str, str]  # ISO3 -> name


def read_source(measures: Path) -> Source:
    """Read the folder of measures and, beside it, tradewar2018, world2022-44x21 and geo."""
    data = measures.parent
    covered, imports = _us_coverage(measures / "us_coverage_sector21_2024.csv")
    world = require(data / "world2022-44x21", "--source")
    tradewar = require(data / "tradewar2018", "--source")
    centroids = read_centroids(require(data / "geo" / "region_centroids.csv", "--source"))
    return Source(
        us=read_rows(measures / "us_measures_2018_2026.csv"),
        china=read_rows(measures / "china_measures.csv"),
        canada=read_rows(measures / "canada_measures.csv"),
        rules=read_rows(measures / "stacking_rules.csv"),
        exemptions=read_rows(measures / "exemptions.csv"),
        groups=_collect(read_rows(measures / "groups.csv"), "group", "region"),
        lists=_collect(read_rows(measures / "product_lists.csv"), "list", "code"),
        covered_dollars=covered,
        import_dollars=imports,
        retaliation=read_rows(measures / "retaliation_coverage_sector21.csv"),
        export_dollars=_us_exports(world / "flows.csv"),
        s301=read_rows(measures / "us_301_china_by_sector21.csv"),
        us_on_china_2018=read_rows(tradewar / "us_on_china_sector21_by_date.csv"),
        china_on_us_2018=read_rows(tradewar / "china_on_us_sector21_by_date.csv"),
        sector_map=read_map(world / "notes" / "sector_map.csv", "icio_industry", "sector"),
        country=dict(zip(centroids["iso3"], centroids["name"], strict=True)),
    )


def _collect(rows: list[dict[str, str]], key: str, value: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row[key]].append(row[value])
    return dict(found)


def _us_coverage(path: Path) -> tuple[dict[str, Dollars], Dollars]:
    covered: dict[str, Dollars] = defaultdict(lambda: defaultdict(dict))
    imports: Dollars = defaultdict(dict)
    for row in read_rows(path):
        if row["sector"] != SERVICES:
            covered[row["list"]][row["exporter"]][row["sector"]] = float(row["covered_imports_usd"])
            imports[row["exporter"]][row["sector"]] = float(row["imports_usd"])
    return covered, imports


def _us_exports(path: Path) -> dict[str, dict[str, float]]:
    exports: dict[str, dict[str, float]] = defaultdict(dict)
    for row in read_rows(path):
        if row["exporter"] == "USA" and row["importer"] in ("CHN", "CAN"):
            exports[row["importer"]][row["sector"]] = 1e6 * float(row["value"])
    return exports
