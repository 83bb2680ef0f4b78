"""A scenario folder: scenario.toml and the tables it names, reduced to what the measures use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from worldbuild.tables import write_csv

from .stacking import lists_named
from .tables import Covered, Exemption, Measure, Rate, Row, Rule, Share, words, write_rows


@dataclass(frozen=True)
class Event:
    """A day that a user may call by name."""

    name: str
    date: str
    title: str


@dataclass(frozen=True)
class Scenario:
    """Everything that a folder holds; tables that are empty are not written."""

    name: str
    title: str
    description: str
    measures: list[Measure]
    events: list[Event]
    rules: list[Rule] = field(default_factory=list)
    exemptions: list[Exemption] = field(default_factory=list)
    lists: Mapping[str, list[str]] = field(default_factory=dict)
    coverage: list[Covered] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    groups: Mapping[str, list[str]] = field(default_factory=dict)
    sector_map: Mapping[str, str] = field(default_factory=dict)
    attribution: str = ""
    licence: str = ""


def write(scenario: Scenario, out: Path) -> Path:
    """Write the folder <out>/<name> and return it."""
    folder = out / scenario.name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.csv"):
        old.unlink()
    named = sorted(lists_named(scenario.measures, scenario.exemptions, set(scenario.lists)))
    importers = {row.importer for row in scenario.measures}
    tables: dict[str, list[Row]] = {
        "measures": [*scenario.measures],
        "rules": [*scenario.rules],
        "exemptions": [*scenario.exemptions],
        "coverage": [row for row in scenario.coverage if row.list in named and row.importer in importers],
        "rates": [*scenario.rates],
        "shares": [*scenario.shares],
    }
    files = [name for name, rows in tables.items() if rows]
    for name in files:
        write_rows(folder / f"{name}.csv", tables[name])
    if named:
        write_csv(
            folder / "products.csv", ["list", "code"], ((name, c) for name in named for c in scenario.lists[name])
        )
        files.append("products")
    if scenario.rates or tables["coverage"]:
        pairs = ((sector, industry) for industry, sector in scenario.sector_map.items())
        write_csv(folder / "sectors.csv", ["sector", "member"], pairs)
        files.append("sectors")
    (folder / "scenario.toml").write_text(_toml(scenario, files), encoding="utf-8")
    return folder


def _toml(scenario: Scenario, files: list[str]) -> str:
    lines = [
        f'title = "{scenario.title}"',
        f'description = """\n{scenario.description.strip()}"""',
        *(f'{name} = "{name}.csv"' for name in files),
        f'attribution = "{scenario.attribution}"',
    ]
    if scenario.licence:
        lines.append(f'licence = "{scenario.licence}"')
    groups = _groups_used(scenario)
    if groups:
        lines += ["", "[groups]", *(f"{name} = [{_quoted(groups[name])}]" for name in sorted(groups))]
    for event in scenario.events:
        lines += ["", "[[event]]", f'name = "{event.name}"', f"date = {event.date}", f'title = "{event.title}"']
    return "\n".join(lines) + "\n"


def _groups_used(scenario: Scenario) -> dict[str, list[str]]:
    cells = [cell for row in scenario.measures for cell in (row.importer, row.exporter, row.except_exporter)]
    cells += [row.exporter for row in scenario.exemptions]
    codes = {word for cell in cells for word in words(cell)} | {row.exporter for row in scenario.coverage}
    return {name: members for name, members in scenario.groups.items() if name in codes}


def _quoted(values: list[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)
