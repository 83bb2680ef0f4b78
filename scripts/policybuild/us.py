"""The measures of the United States: the data's rows, with what their words say in columns."""

from dataclasses import fields, replace
from fnmatch import fnmatchcase

from .source import Source
from .tables import Measure
from .us_changes import ADDED, CHANGES, NAMES, NOTES, VOID

BASES = {"full_value": "full_value", "floor_including_mfn": "floor", "metal_content": "content"}
ANNEXES = {"1a": "I-A", "1b": "I-B", "2": "II", "3": "III"}


def us_measures(source: Source) -> list[Measure]:
    """Every row of the United States, those that are added behind those of the data."""
    rows = [_refined(measure_of(row), source) for row in source.us]
    by_id = {row.id: row for row in rows}
    rows += [replace(by_id[of], id=new, **columns) for of, new, columns in ADDED]
    return rows + [_for_use(row) for row in by_id.values() if row.id.startswith("us-232-autoparts")]


def measure_of(row: dict[str, str]) -> Measure:
    """A row of the data; scope and stacking group become columns of their own in CHANGES."""
    names = {field.name for field in fields(Measure)}
    same = {key: value for key, value in row.items() if key in names}
    return Measure(**(same | {"title": row["scope"], "base": BASES[row["base"]], "group": row["stacking_group"]}))


def _refined(row: Measure, source: Source) -> Measure:
    for pattern, columns in CHANGES:
        if fnmatchcase(row.id, pattern):
            row = replace(row, **columns)
    notes = [row.note, *(text for pattern, text in NOTES if fnmatchcase(row.id, pattern))]
    if row.authority == "IEEPA" and row.ended == "2026-02-24":
        notes.append(VOID)
    annex = ANNEXES.get(row.id.removeprefix("us-232-metals-").split("-")[0], "")
    title = row.title.format(partner=partner(row.exporter, source), annex=annex)
    return replace(row, title=title, note="; ".join(filter(None, notes)))


def _for_use(row: Measure) -> Measure:
    """The lines outside chapter 87, which pay as car parts only when they are car parts."""
    return replace(
        row,
        id=row.id.replace("autoparts", "autoparts-use"),
        title=row.title.replace("car parts", "parts of other headings"),
        products="s232_autos_parts_use",
        use="automobile",
        family="us-232-autoparts-use",
        level="",
    )


def partner(code: str, source: Source) -> str:
    """The name of an exporter for titles."""
    return NAMES.get(code) or source.country[code]
