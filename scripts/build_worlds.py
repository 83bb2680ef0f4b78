#!/usr/bin/env python3
"""Build the embedded worlds from the 81 x 28 world and compare them with the shared packages.

    scripts/build_worlds.py [--source DIR] [--maps DIR] [--out DIR] [--docs DIR]

Writes <out>/world-2022 (44 regions x 21 sectors) and <out>/world-2022-27x12, each a Frictionless data
package, and in <docs> the tables that docs/data.md shows. Needs numpy and pandas. The same inputs
give the same bytes. Exit 1 if a world does not agree with the shared package of its size.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from worldbuild import docs
from worldbuild.aggregate import aggregate, mean_elasticity
from worldbuild.agreement import Agreement, accounts_residual, compare
from worldbuild.countries import all_countries, read_centroids
from worldbuild.descriptor import descriptor, write_descriptor
from worldbuild.membership import members_by_region, whole_groups
from worldbuild.paths import REPOSITORY, require, shared_data
from worldbuild.tables import Tables, read_labels, read_map, read_world, write_csv, write_world
from worldbuild.weights import member_weights

# embedded world -> shared package whose maps and labels define it
WORLDS = {"world-2022": "world2022-44x21", "world-2022-27x12": "world2022-27x12"}


@dataclass(frozen=True)
class Source:
    """The 81 x 28 world, its unrounded trade elasticities, and the lists of groups and countries."""

    name: str
    tables: Tables
    theta: np.ndarray
    groups: pd.DataFrame
    countries: list[str]


def main() -> None:
    arguments = parse_arguments()
    source = read_source(arguments.source, arguments.maps)
    arguments.docs.mkdir(parents=True, exist_ok=True)
    worlds, agreements = {}, {}
    for name, package in WORLDS.items():
        worlds[name], agreements[name] = build(
            name, source, arguments.maps / package, arguments.out / name, arguments.docs
        )
    docs.write_defects(worlds, arguments.docs)
    docs.write_agreement(
        {name: agreement.rows() for name, agreement in agreements.items()},
        arguments.docs / "world-2022-agreement.csv",
    )
    failures = [f"{name}: {text}" for name, agreement in agreements.items() for text in agreement.failures()]
    if failures:
        raise SystemExit("error: a world does not agree with the shared package\n  " + "\n  ".join(failures))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--source",
        type=Path,
        default=shared_data() / "world2022-81x28",
        help="data package of the 81 x 28 world (default: %(default)s)",
    )
    parser.add_argument(
        "--maps",
        type=Path,
        default=shared_data(),
        help="folder with the packages world2022-44x21 and world2022-27x12, measures/groups.csv and "
        "geo/region_centroids.csv (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=REPOSITORY / "python" / "tariffsim" / "worlds",
        help="folder that receives the worlds (default: %(default)s)",
    )
    parser.add_argument(
        "--docs",
        type=Path,
        default=REPOSITORY / "docs" / "_generated",
        help="folder that receives the tables of the documentation (default: %(default)s)",
    )
    arguments = parser.parse_args()
    require(arguments.source, "--source")
    require(arguments.maps, "--maps")
    return arguments


def read_source(folder: Path, maps: Path) -> Source:
    tables = read_world(folder)
    theta = read_map(folder / "notes" / "trade_elasticity_sources.csv", "icio_industry", "trade_elasticity")
    return Source(
        name=folder.name,
        tables=tables,
        theta=np.array([float(theta[sector]) for sector in tables.sector_codes]),
        groups=pd.read_csv(require(maps / "measures" / "groups.csv", "--maps"), dtype=str, keep_default_na=False),
        countries=all_countries(read_centroids(require(maps / "geo" / "region_centroids.csv", "--maps"))),
    )


def build(name: str, source: Source, package: Path, out: Path, docs_folder: Path) -> tuple[Tables, Agreement]:
    """Build one world in `out` and compare it with the shared `package`."""
    require(package, "--maps")
    regions, sectors = read_labels(package)
    region_map = read_map(package / "notes" / "region_map.csv", "icio_region", "region")
    sector_map = read_map(package / "notes" / "sector_map.csv", "icio_industry", "sector")
    world = aggregate(source.tables, source.theta, regions, sectors, region_map, sector_map)

    out.mkdir(parents=True, exist_ok=True)
    write_world(world, out)
    members = members_by_region(world.region_codes, region_map, source.countries)
    write_csv(out / "members.csv", ["region", "member"], _pairs(members))
    groups, omitted = whole_groups(source.groups, world.region_codes, region_map)
    write_csv(out / "groups.csv", ["group", "region"], _pairs(groups))
    industries = {code: [i for i, to in sector_map.items() if to == code] for code in world.sector_codes}
    write_csv(out / "sector_members.csv", ["sector", "member"], _pairs(industries))
    weights = member_weights(source.tables, world, region_map, sector_map)
    write_csv(out / "member_weights.csv", ["member", "importer", "sector", "share"], weights)
    rows = {path.name: path.read_bytes().count(b"\n") - 1 for path in out.glob("*.csv")}
    write_descriptor(
        descriptor(name, world, region_map, sector_map, source.name, omitted, rows), out / "datapackage.json"
    )

    docs.write_regions(world, docs_folder / f"{name}-regions.csv")
    docs.write_sectors(world, sector_map, docs_folder / f"{name}-sectors.csv")

    sector = np.array([world.sector_codes.index(sector_map[code]) for code in source.tables.sector_codes])
    unrounded = mean_elasticity(source.tables, source.theta, sector, len(world.sectors))
    agreement = compare(world, read_world(package), source.tables, unrounded)
    print(f"{name} against {package.name}")
    for check, unit, value in agreement.rows():
        print(f"  {check:70} {value:>14} {unit}")
    print(f"  {'accounts: largest relative gap by region':70} {accounts_residual(world):14.2g} ratio")
    return world, agreement


def _pairs(groups: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(key, value) for key, values in groups.items() for value in values]


if __name__ == "__main__":
    main()
