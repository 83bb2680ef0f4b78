"""What share of a sector's imports each product list covers.

The US file counts imports of 2024. The lists that are derived here take their dollars from the lists they come from.
"""

from collections import defaultdict
from collections.abc import Callable

from .source import Dollars, Source
from .tables import Covered, number

# Sectors in which the lines of April 2025 are those of November; elsewhere the dollars of the data, a lower bound:
# they miss the lines that are divided beyond eight digits.
SAME_IN_APRIL = ("ENR", "MIN", "PET", "PHA")
FARM_SECTORS = ("AGR", "FOO")
ENERGY_SECTORS = ("ENR", "PET")


def us_coverage(source: Source) -> list[Covered]:
    """Coverage of US imports by list, partner and sector, the derived lists included."""
    given = source.covered_dollars
    imports = source.import_dollars
    tables = {name: given[name] for name in given} | {
        "s232_steel_mill": _cells(imports, lambda e, s: _less(given, "metals_annex_ia", "s232_steel", e, s), "STL"),
        "s232_steel_articles": _join(
            _cells(imports, lambda e, s: _dollars(given, "metals_annex_ia", e, s), "STL"),
            _cells(imports, lambda e, s: _dollars(given, "s232_steel", e, s), "FAB", "MAC", "EEQ"),
        ),
        "s232_aluminium_mill": _cells(
            imports, lambda e, s: _less(given, "metals_annex_ia", "s232_copper", e, s), "NFM"
        ),
        "s232_aluminium_articles": _join(
            _cells(imports, lambda e, s: _less(given, "metals_annex_ia", "s232_copper", e, s), "NFM"),
            _cells(imports, lambda e, s: _dollars(given, "s232_aluminium", e, s), "FAB"),
        ),
        "s232_aluminium_derivatives": _but(given["s232_aluminium"], "FAB"),
        "metals_annex_ia_copper": _only(given["s232_copper"], "NFM", "FAB"),
        "s232_autos_vehicles": _only(given["s232_autos"], "MVH"),
        "s232_autos_parts_use": _but(given["s232_autos"], "MVH"),
        "annex_ii_apr2025": _join(
            _but(given["annex_ii_apr2025"], *SAME_IN_APRIL), _only(given["annex_ii_nov2025"], *SAME_IN_APRIL)
        ),
        "annex_ii_sep2025": _but(given["annex_ii_nov2025"], *FARM_SECTORS),
        "electronics_rest": _cells(
            imports, lambda e, s: _less(given, "electronics_apr2025", "annex_ii_nov2025", e, s), "ELE", "MAC"
        ),
        "farm_nov2025": _only(given["annex_ii_nov2025"], *FARM_SECTORS),
        "canada_energy": {"CAN": {sector: imports["CAN"][sector] for sector in ENERGY_SECTORS}},
    }
    return [
        Covered(name, "USA", exporter, sector, number(dollars), number(imports[exporter][sector]))
        for name, table in tables.items()
        for exporter, sectors in table.items()
        for sector, dollars in sectors.items()
        if dollars > 0
    ]


def retaliation_coverage(source: Source) -> list[Covered]:
    """Coverage of US exports to China and Canada.

    The sector's total is the flow of 2022, or what the lists cover together where that is more.
    """
    listed: dict[tuple[str, str], float] = defaultdict(float)
    for row in source.retaliation:
        listed[row["importer"], row["sector"]] += float(row["us_exports_2024_usd"])
    found = []
    for row in source.retaliation:
        importer, sector = row["importer"], row["sector"]
        total = max(source.export_dollars[importer][sector], listed[importer, sector])
        dollars = row["us_exports_2024_usd"]
        found.append(Covered(row["list"], importer, row["exporter"], sector, dollars, number(round(total))))
    return found


def _dollars(given: dict[str, Dollars], name: str, exporter: str, sector: str) -> float:
    return given[name].get(exporter, {}).get(sector, 0.0)


def _less(given: dict[str, Dollars], name: str, other: str, exporter: str, sector: str) -> float:
    return max(0.0, _dollars(given, name, exporter, sector) - _dollars(given, other, exporter, sector))


def _cells(imports: Dollars, value: Callable[[str, str], float], *sectors: str) -> Dollars:
    return {
        exporter: {sector: value(exporter, sector) for sector in sectors if sector in row}
        for exporter, row in imports.items()
    }


def _only(table: Dollars, *sectors: str) -> Dollars:
    return {exporter: {s: x for s, x in row.items() if s in sectors} for exporter, row in table.items()}


def _but(table: Dollars, *sectors: str) -> Dollars:
    return {exporter: {s: x for s, x in row.items() if s not in sectors} for exporter, row in table.items()}


def _join(first: Dollars, second: Dollars) -> Dollars:
    return {exporter: first.get(exporter, {}) | second.get(exporter, {}) for exporter in first | second}
