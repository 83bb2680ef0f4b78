#!/usr/bin/env python3
"""Build the embedded concordance from product codes to sectors.

    scripts/build_concordance.py [--source FILE] [--sectors FILE] [--out DIR]

Writes <out>/hs6-sector21/concordance.csv: the sector of every HS code of six digits that the source knows, and of every
heading and chapter of which all known codes agree, so that a code that the source does not know goes with them. Beside it
sectors.csv, the industries in each sector, and <out>/NOTICE.md. The same inputs give the same bytes.
"""

import argparse
import csv
import textwrap
from collections import defaultdict
from pathlib import Path

from policybuild.notice import LICENCE
from worldbuild.paths import REPOSITORY, require, shared_data
from worldbuild.tables import write_csv

NAME = "hs6-sector21"
LENGTHS = {2: "all known codes of the chapter", 4: "all known codes of the heading"}

NOTICE = """# Concordances

Built by `scripts/build_concordance.py`.

`hs6-sector21` goes from the codes of six digits of the Harmonized System of 2022 to the 21 sectors of `world-2022`. A
code goes to the sector of the majority of its ten-digit lines in the United States tariff schedule; where its lines fall
in several sectors, the others are not seen. The table comes with the tables of measures, which rest on US imports by
ten-digit line of the US Census Bureau (public domain) and on the work of others under the licence below. Changes:
headings and chapters added of which all known codes agree. `sectors.csv` has the industries of the OECD Inter-Country
Input-Output tables in each sector.

"""


def main() -> None:
    arguments = parse_arguments()
    with arguments.source.open(encoding="utf-8", newline="") as file:
        known = {row["hs6"]: (row["sector"], row["match"]) for row in csv.DictReader(file)}
    rows = [(code, sector, match) for code, (sector, match) in known.items()] + list(headings(known))
    folder = arguments.out / NAME
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "concordance.csv", ["code", "sector", "match"], sorted(rows))
    (folder / "sectors.csv").write_text(arguments.sectors.read_text(encoding="utf-8"), encoding="utf-8")
    quoted = textwrap.indent(LICENCE, "> ", lambda line: True).replace("> \n", ">\n")
    (arguments.out / "NOTICE.md").write_text(NOTICE + quoted + "\n", encoding="utf-8")
    print(f"{NAME}: {len(known)} codes of six digits, {len(rows) - len(known)} headings and chapters")


def headings(known: dict[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Headings and chapters of which all known codes are in one sector."""
    below: dict[str, set[str]] = defaultdict(set)
    for code, (sector, _) in known.items():
        for length in LENGTHS:
            below[code[:length]].add(sector)
    return [(code, *sectors, LENGTHS[len(code)]) for code, sectors in below.items() if len(sectors) == 1]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    package = REPOSITORY / "python" / "tariffsim"
    parser.add_argument(
        "--source",
        type=Path,
        default=shared_data() / "measures" / "hs6_sector21.csv",
        help="table of codes: hs6, sector, match (default: %(default)s)",
    )
    parser.add_argument(
        "--sectors",
        type=Path,
        default=package / "worlds" / "world-2022" / "sector_members.csv",
        help="industries in each sector (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=package / "concordances",
        help="folder that receives the concordance (default: %(default)s)",
    )
    arguments = parser.parse_args()
    require(arguments.source, "--source")
    require(arguments.sectors, "--sectors")
    return arguments


if __name__ == "__main__":
    main()
