"""The answers of China and Canada of 2025 and 2026."""

from dataclasses import replace

from .source import Source
from .tables import Measure
from .us import measure_of

FROM_WORDS = "HS codes read from the words of the scope, no list in the data"
IN_TRANSIT = "goods in transit exempt until 12 April 2025"
UNLISTED = "only where the user says that a good is listed: the list is not in the data"

CHANGES: dict[str, dict[str, str]] = {
    "cn-feb-15": {
        "title": "China: coal and natural gas",
        "products": "2701 2702 271111",
        "level": "product",
        "note": FROM_WORDS,
    },
    "cn-feb-10": {
        "title": "China: crude oil, farm machinery, large cars",
        "products": "2709 8432 8433 870324",
        "level": "product",
        "note": FROM_WORDS,
    },
    "cn-mar-15": {
        "title": "China: farm goods at 15 percent",
        "products": "china_15pct_mar2025",
        "collected": "2025-04-13",
        "note": IN_TRANSIT,
    },
    "cn-mar-10": {
        "title": "China: farm goods at 10 percent",
        "products": "china_10pct_mar2025",
        "collected": "2025-04-13",
        "note": IN_TRANSIT,
    },
    "cn-recip-34": {"title": "China: all goods, 34 percent (never in force)"},
    "cn-recip-84": {"title": "China: all goods, 84 percent"},
    "cn-recip-125": {"title": "China: all goods, 125 percent"},
    "cn-recip-10": {"title": "China: all goods, 10 percent, after Geneva"},
    "ca-mar-25": {"title": "Canada: list of 4 March 2025", "products": "canada_mar2025"},
    "ca-metals-25": {"title": "Canada: metals and other goods", "products": "canada_metals_mar2025"},
    "ca-auto-25": {
        "title": "Canada: vehicles",
        "products": "8703 8704",
        "base": "content",
        "base_share": "0.5",
        "level": "product",
        "note": f"dutiable content assumed to be 0.5 of the value; {FROM_WORDS}",
    },
    "ca-sep26-50": {"title": "Canada: list of September 2026 at 50 percent", "use": "listed_at_50"},
    "ca-sep26-25": {"title": "Canada: list of September 2026 at 25 percent", "use": "listed_at_25"},
    "ca-sep26-15": {"title": "Canada: list of September 2026 at 15 percent", "use": "listed_at_15"},
}

# Not an answer to the United States; see preferences.
ELSEWHERE = ("cn-zero-africa",)


def responses(source: Source) -> list[Measure]:
    """Every measure of China and Canada on the United States."""
    return [_refined(measure_of(row)) for row in source.china + source.canada if row["id"] not in ELSEWHERE]


def _refined(row: Measure) -> Measure:
    columns = CHANGES[row.id]
    if columns.get("use"):
        columns = {**columns, "level": "product", "note": UNLISTED}
    note = "; ".join(filter(None, [row.note, columns.get("note", "")]))
    return replace(row, **(columns | {"note": note}))
