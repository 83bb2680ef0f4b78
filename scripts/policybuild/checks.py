"""What every scenario must fulfil before it is written."""

from datetime import date

from .folder import Scenario
from .stacking import lists_named
from .tables import Measure, words

TITLE_LENGTH = 70


def problems(scenario: Scenario) -> list[str]:
    """Every condition that does not hold, in words."""
    found = [text for row in scenario.measures for text in _row_problems(row, scenario)]
    ids = [row.id for row in scenario.measures] + [row.id for row in scenario.exemptions]
    found += [f"{id_}: more than one row has this id" for id_ in sorted({i for i in ids if ids.count(i) > 1})]
    named = lists_named(scenario.measures, scenario.exemptions, set(scenario.lists))
    found += [
        f"{name}: code '{code}' has other characters than digits"
        for name in sorted(named)
        for code in scenario.lists[name]
        if not code.isdigit()
    ]
    return [f"{scenario.name}: {text}" for text in found]


def _row_problems(row: Measure, scenario: Scenario) -> list[str]:
    found = []
    if len(row.title) > TITLE_LENGTH:
        found.append(f"title is longer than {TITLE_LENGTH} characters")
    for cell in ("announced", "effective", "ended", "collected", "collected_ended"):
        if getattr(row, cell):
            date.fromisoformat(getattr(row, cell))
    if row.ended and row.ended < row.effective:
        found.append("ended before it began")
    for word in words(row.products) + words(row.except_products):
        if word not in scenario.lists and not word.isdigit():
            found.append(f"'{word}' is neither a product list nor an HS code")
    covered = {(entry.list, entry.importer) for entry in scenario.coverage}
    named = words(row.products)
    if named and row.level != "product" and not any((word, row.importer) in covered for word in named):
        found.append("its products have no coverage, so that the row must be of level product")
    if row.rate_table and row.rate_table not in {entry.table for entry in scenario.rates}:
        found.append(f"no table of rates '{row.rate_table}'")
    if row.use and not row.products and row.level != "product":
        found.append("a use without products must be of level product")
    if (row.base == "content") != bool(row.base_share):
        found.append("base content and base_share go together")
    return [f"{row.id}: {text}" for text in found]
