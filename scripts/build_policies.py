#!/usr/bin/env python3
"""Build the embedded scenarios from the tables of measures.

    scripts/build_policies.py [--source DIR] [--out DIR]

Writes <out>/<name>/scenario.toml and its tables for every scenario, and <out>/NOTICE.md. Beside the folder of measures,
tradewar2018, world2022-44x21 and geo are read. Needs numpy and pandas. The same inputs give the same bytes.
"""

import argparse
from pathlib import Path

from policybuild.checks import problems
from policybuild.folder import write
from policybuild.notice import NOTICE
from policybuild.scenarios import scenarios
from policybuild.source import read_source
from worldbuild.paths import REPOSITORY, require, shared_data


def main() -> None:
    arguments = parse_arguments()
    found = scenarios(read_source(arguments.source))
    failures = [text for scenario in found for text in problems(scenario)]
    if failures:
        raise SystemExit("error: a scenario is not consistent\n  " + "\n  ".join(failures))
    for scenario in found:
        folder = write(scenario, arguments.out)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{scenario.name:26} {len(scenario.measures):4} measures {size / 1000:8.1f} kB")
    (arguments.out / "NOTICE.md").write_text(NOTICE, encoding="utf-8")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--source",
        type=Path,
        default=shared_data() / "measures",
        help="folder with the tables of measures (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=REPOSITORY / "python" / "tariffsim" / "scenarios",
        help="folder that receives the scenarios (default: %(default)s)",
    )
    arguments = parser.parse_args()
    require(arguments.source, "--source")
    return arguments


if __name__ == "__main__":
    main()
