"""Rules between stacking groups, and exemptions."""

from .source import Source
from .tables import Exemption, Measure, Rule, words

# Groups of the data that were split: their rules hold for these parts.
SPLIT = {"ieepa_fentanyl": ["ieepa_fentanyl/china", "ieepa_fentanyl/canada_mexico"]}

# One section 232 duty a good, the first that applies.
ORDER_232 = ["s232/autos", "s232/trucks", "s232/lumber", "s232/metals"]

# Where each pair of that order is from; the data have it from memory.
TRUCKS = "Proclamation 10984, as summarised by C.H. Robinson"
PAIRS_232 = {
    ("s232/autos", "s232/trucks"): (TRUCKS + "; which comes first is assumed", "second-hand"),
    ("s232/autos", "s232/lumber"): ("CBP guidance CSMS 66492057 on Proclamation 10976, as summarised", "second-hand"),
    ("s232/autos", "s232/metals"): ("Executive Order 14289, 90 FR 18907, as summarised", "second-hand"),
    ("s232/trucks", "s232/lumber"): (TRUCKS, "second-hand"),
    ("s232/trucks", "s232/metals"): (TRUCKS, "second-hand"),
}

DETAIL = {"s301_china": "adds to everything else", "ieepa_fentanyl/china": "in full, also on s232 goods"}


def rules(source: Source) -> list[Rule]:
    """The data's rules, with what their details say as rules of their own."""
    found: list[Rule] = []
    for row in source.rules:
        if row["relation"] == "priority":
            found += _priority(row)
            continue
        found += [
            Rule(
                group,
                row["other_group"],
                row["relation"],
                "",
                row["from"],
                row["to"],
                DETAIL.get(group, row["detail"] if group == row["group"] else "").replace("metal_content", "content"),
                row["source"],
                row["confidence"],
            )
            for group in SPLIT.get(row["group"], [row["group"]])
        ]
    return found + [
        _rule("s301_china", "s301_china", "larger", "2018-07-06", "", "overlapping lists take the maximum", "USTR"),
        _rule("s232", "s232", "larger", "2018-03-23", "", "one section 232 duty per good", "orders as cited"),
        _rule(
            "reciprocal", "reciprocal", "larger", "2025-08-07", "2026-02-24", "transshipped goods: 40 percent instead"
        ),
        _rule("s232", "ieepa_fentanyl/canada_mexico", "excludes", "2025-03-04", "2026-02-24"),
        _rule("s232", "ieepa_country", "excludes", "2025-08-06", "2026-02-24"),
    ]


def _rule(
    group: str, other: str, relation: str, from_: str, to: str, detail: str = "", source: str = "orders as cited"
) -> Rule:
    return Rule(group, other, relation, "", from_, to, detail, source, "seen")


def _priority(row: dict[str, str]) -> list[Rule]:
    pairs = [(first, second) for n, first in enumerate(ORDER_232) for second in ORDER_232[n + 1 :]]
    return [
        Rule(*pair, "excludes", "", row["from"], row["to"], row["detail"], *PAIRS_232.get(pair, (row["source"], row["confidence"])))
        for pair in pairs
    ]


def rules_among(found: list[Rule], measures: list[Measure]) -> list[Rule]:
    """The rules whose groups have a measure."""
    groups = {group for row in measures for group in (row.group, row.group.split("/")[0])} | {"*", "mfn"}
    return [rule for rule in found if rule.group in groups and rule.other in groups]


# Exemptions by row of the data: list and what differs. Rows that are not here are left out; the scenario says why.
CHANGES: dict[str, dict[str, str]] = {
    "ex-annex2-apr": {
        "products": "annex_ii_apr2025",
        "family": "us-recip us-ieepa-ind",
        "ended": "2025-09-08",
        "note": "the Indian duty of 27 August 2025 exempts the same annex (US note 2(z)(ii), not in the data)",
    },
    "ex-electronics": {"products": "electronics_apr2025", "ended": "2025-09-08", "collected": "2025-04-11"},
    "ex-annex2-sep": {
        "products": "annex_ii_sep2025",
        "family": "us-recip us-ieepa-ind",
        "ended": "2025-11-13",
        "collected_ended": "2025-11-14",
        "confidence": "second-hand",
        "note": "no list in the data: the annex of November without the farm goods and fertilisers that came new",
    },
    "ex-farm-nov": {
        "products": "annex_ii_nov2025",
        "family": "us-recip us-ieepa-ind",
        "collected": "2025-11-14",
        "note": "the whole annex after the change",
    },
    "ex-farm-bra": {
        "products": "farm_nov2025",
        "collected": "2025-11-20",
        "confidence": "second-hand",
        "note": "no list in the data: the farm goods of 13 November stand for it",
    },
    "ex-122": {"products": "s122_exempt aircraft", "note": "lines free only in part or only for aircraft are left out"},
    "ex-301-br": {"products": "brazil_301_exempt", "note": "lines free only for aircraft: chapter 88 only"},
}


def exemptions(source: Source) -> list[Exemption]:
    """The data's exemptions that can be represented, and two that are assumed."""
    rows = {row["id"]: row for row in source.exemptions}
    found = [_exemption(rows[id_], columns) for id_, columns in CHANGES.items()]
    return [
        *found,
        Exemption(
            id="ex-electronics-rest",
            importer="USA",
            exporter="*",
            family="us-recip",
            products="electronics_rest",
            effective="2025-09-08",
            ended="2026-02-24",
            source=rows["ex-electronics"]["source"],
            confidence="seen",
            note="the electronics that the later annexes do not contain",
        ),
        Exemption(
            id="ex-301-fl",
            importer="USA",
            exporter="*",
            family="us-301-fl",
            products="s122_exempt aircraft",
            effective="2026-07-24",
            source="USTR notice of actions of 23 Jul 2026, annex II",
            confidence="second-hand",
            note="annex II is not in the data: the exemptions of section 122 stand for it",
        ),
    ]


def _exemption(row: dict[str, str], columns: dict[str, str]) -> Exemption:
    same = ("id", "importer", "exporter", "effective", "ended", "source", "confidence", "note")
    return Exemption(**({key: row[key] for key in same} | {"family": row["families"]} | columns))


def lists_named(measures: list[Measure], exempt: list[Exemption], known: set[str]) -> set[str]:
    """The product lists that measures and exemptions name; other words are HS codes."""
    cells = [cell for row in measures for cell in (row.products, row.except_products)] + [
        row.products for row in exempt
    ]
    return {word for cell in cells for word in words(cell) if word in known}
