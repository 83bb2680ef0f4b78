#!/usr/bin/env python3
"""Turns what the tests measured into docs/_generated/validation.md.

    scripts/validation_table.py [FOLDER] [--check]

FOLDER holds the CSV files that the tests write (build/test/tests/catch/output/validation, or $TARIFFSIM_VALIDATION_OUT).
Errors are rounded up to a power of ten. With --check nothing is written; the exit status is 1 where a law or a comparison
fails, a cell is missing, or the page in docs says something else (the size of rounding errors aside).
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import re
import string
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "_generated" / "validation.md"
DEFAULT = ROOT / "build" / "test" / "tests" / "catch" / "output" / "validation"

CLOSURES = ["balanced", "fixed_world_share", "fixed_income_share", "fixed_expenditure_share"]
THEORY_WORLDS = ["random 3 x 1", "random 5 x 4"]
RANDOM = [f"random {size}" for size in ("2 x 1", "3 x 1", "4 x 3", "7 x 5", "12 x 8")]
REAL = {
    "world-2022-27x12": "27 × 12",
    "world-2022": "44 × 21",
    "world2022-81x28": "81 × 28",
    "cp2015": "cp2015, 31 × 40",
    "hkbu2017": "hkbu2017, 7 × 44",
    "liberation2023": "liberation2023, 194 × 1",
    "gegravity2006": "gegravity2006, 30 × 1",
}
KNOWN = [
    "gains-from-trade",
    "three-regions",
    "gradients",
    "mirror-gradients",
    "reciprocal-tariffs",
    "regimes",
    "lerner",
    "cp2015",
    "world-2022",
    "hkbu2017",
    "hkbu2017-2018",
    "hkbu2017-scale",
    "reference-solver",
    "liberation",
    "gradients-mirror",
    "gradients-matrix",
    "gradients-free-trade",
    "gradients-embedded",
    "gradients-cp2015",
    "complex-step",
    "complex-step-edges",
    "complex-step-entry",
]
EXTREME = ["world-2022-27x12", "world-2022", "cp2015"]


class Incomplete(Exception):
    """A file or a cell that the tests should have written is not there."""


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    path = folder / name
    if not path.is_file():
        raise Incomplete(f"{path} is missing; run the tests of the suites laws, golden and robustness first")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def bound(error: str | float) -> str:
    """An error as the power of ten that it does not exceed."""
    value = float(error)
    if not math.isfinite(value):
        return "none"
    if value == 0:
        return "exact"
    return f"1e{math.ceil(math.log10(value) - 1e-9)}"


def table(header: list[str], lines: list[list[str]]) -> list[str]:
    out = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return out + ["| " + " | ".join(line) + " |" for line in lines]


class Reasons:
    """Reasons why a law says nothing, each with a letter."""

    def __init__(self) -> None:
        self._letter: dict[str, str] = {}

    def letters(self, reasons: str) -> str:
        marks = [self._letter.setdefault(one, string.ascii_lowercase[len(self._letter)]) for one in reasons.split("; ")]
        return ", ".join(sorted(marks))

    def lines(self) -> list[str]:
        return [f"- ({letter}) {reason}." for reason, letter in self._letter.items()]


def cell(row: dict[str, str], reasons: Reasons) -> str:
    cases, applicable, holding = int(row["cases"]), int(row["applicable"]), int(row["holding"])
    outside = row["reason"]
    if holding < applicable:
        return f"FAILS in {applicable - holding} of {cases}"
    if applicable == 0:
        return f"n/a ({reasons.letters(outside)})"
    held = f"holds, {bound(row['worst_error'])}"
    return held if not outside else f"{held}, {applicable} of {cases}, else ({reasons.letters(outside)})"


def law_tables(folder: Path) -> list[str]:
    laws = rows(folder, "laws.csv")
    cells: dict[tuple[str, str, str], dict[str, str]] = {}
    for column in [*RANDOM, *REAL]:
        for row in rows(folder, f"laws-{column}.csv"):
            cells[row["law"], row["closure"], column] = row
    reasons = Reasons()
    out = ["## Laws", ""]
    out += table(["law", "what it says", "tolerance"], [[r["law"], r["statement"], bound(r["tolerance"])] for r in laws])
    out += [
        "",
        "A cell says that the law holds and the largest error, rounded up to a power of ten, or that it says nothing there "
        "(n/a) and why. A column of random worlds stands for eight of them: with and without tariffs and export taxes, "
        "materials, gaps in the data, and final demand that does not follow from the flows.",
    ]
    for closure in CLOSURES:
        for title, columns in (("random worlds", dict(zip(RANDOM, (c.removeprefix("random ").replace("x", "×") for c in RANDOM)))), ("real worlds", REAL)):
            lines = []
            for law in laws:
                line = [law["law"]]
                for column in columns:
                    if (law["law"], closure, column) not in cells:
                        raise Incomplete(f"law '{law['law']}' under {closure} on {column} has no cell")
                    line.append(cell(cells[law["law"], closure, column], reasons))
                lines.append(line)
            out += ["", f"### Closure `{closure}`, {title}", ""]
            out += table(["law", *columns.values()], lines)
    return [*out, "", "Where a law says nothing:", "", *reasons.lines()]


def summed(parts: list[dict[str, str]]) -> dict[str, str]:
    """Cells of one law and theory on several worlds and under several closures as one."""
    reasons = dict.fromkeys(one for row in parts for one in row["reason"].split("; ") if one)
    total = {name: str(sum(int(row[name]) for row in parts)) for name in ("cases", "applicable", "holding")}
    return {**total, "worst_error": str(max(float(row["worst_error"]) for row in parts)), "reason": "; ".join(reasons)}


def theory_tables(folder: Path) -> list[str]:
    cells: dict[tuple[str, str], list[dict[str, str]]] = {}
    for world in THEORY_WORLDS:
        for row in rows(folder, f"theories-{world}.csv"):
            cells.setdefault((row["law"], row["theory"]), []).append(row)
    theories = list(dict.fromkeys(theory for _, theory in cells))
    reasons = Reasons()
    out = [
        "## Laws under every theory",
        "",
        "Each cell sums up the closures `balanced`, `fixed_world_share`, `fixed_income_share`, `fixed_expenditure_share`, `endogenous`, "
        "revenue `income_tax` and revenue `wasted`, on two random worlds of 3 × 1 and two of 5 × 4 with materials.",
    ]
    for some in (theories[:6], theories[6:]):
        lines = []
        for law in rows(folder, "laws.csv"):
            line = [law["law"]]
            for theory in some:
                if (law["law"], theory) not in cells:
                    raise Incomplete(f"law '{law['law']}' under theory {theory} has no cell")
                line.append(cell(summed(cells[law["law"], theory]), reasons))
            lines.append(line)
        out += ["", *table(["law", *some], lines)]
    return [*out, "", "Where a law says nothing:", "", *reasons.lines()]


def known_tables(folder: Path) -> list[str]:
    lines = []
    for name in KNOWN:
        for row in rows(folder, f"known-{name}.csv"):
            held = float(row["worst_miss"]) <= float(row["tolerance"])
            miss = bound(row["worst_miss"]) if held else f"FAILS, {bound(row['worst_miss'])}"
            lines.append([row["case"], row["compared"], row["numbers"], miss, f"{float(row['tolerance']):.0e}".replace("e-0", "e-")])
    return ["## Known numbers", "", *table(["case", "compared", "numbers", "largest miss", "tolerance"], lines)]


def extreme_table(folder: Path) -> list[str]:
    lines, shocks, solved = [], 0, 0
    for world in EXTREME:
        row = rows(folder, f"extreme-{world}.csv")[0]
        lines.append([row[k] for k in ("world", "shocks", "converged", "along_a_path", "infeasible", "stalled")])
        shocks += int(row["shocks"])
        solved += int(row["converged"])
    out = table(["world", "shocks", "converged", "of these along a path", "infeasible", "stalled"], lines)
    return ["## Extreme shocks", "", *out, "", f"{solved} of {shocks} shocks converged, each with its certificate."]


def without_digits(text: str) -> str:
    """The page without what may differ from one machine to another: the size of rounding errors, a count of paths."""
    laws_and_known, _, _ = text.partition("## Extreme shocks")
    return re.sub(r"1e-\d+|exact", "#", laws_and_known)


def page(folder: Path) -> str:
    parts = [law_tables(folder), theory_tables(folder), known_tables(folder), extreme_table(folder)]
    head = "<!-- Written by scripts/validation_table.py from what the tests measured; do not edit. -->"
    return "\n".join([head, "", *("\n".join([*part, ""]) for part in parts)])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given = os.environ.get("TARIFFSIM_VALIDATION_OUT")
    parser.add_argument("folder", nargs="?", type=Path, default=Path(given) if given else DEFAULT, help="the tests' CSV files")
    parser.add_argument("--check", action="store_true", help="only say whether docs/_generated/validation.md is up to date")
    options = parser.parse_args()
    try:
        text = page(options.folder)
    except Incomplete as problem:
        print(f"validation_table: {problem}", file=sys.stderr)
        return 1
    if "FAILS" in text:
        print("validation_table: a law or a comparison fails; see the output of the tests", file=sys.stderr)
        return 1
    if not options.check:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(text, encoding="utf-8")
        print(f"validation_table: wrote {PAGE.relative_to(ROOT)}")
        return 0
    if not PAGE.is_file() or without_digits(PAGE.read_text(encoding="utf-8")) != without_digits(text):
        print(
            f"validation_table: {PAGE.relative_to(ROOT)} is not what the tests say; run scripts/validation_table.py "
            f"{options.folder}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
