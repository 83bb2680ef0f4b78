"""How much of a region's exports each of its ICIO countries sells, so that a measure on one country can be weighed."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from .aggregate import exact_sums
from .tables import Tables

DIGITS = 8

Row = tuple[str, str, str, str]


def member_weights(
    large: Tables, world: Tables, region_map: dict[str, str], sector_map: dict[str, str]
) -> Iterator[Row]:
    """(member, importer, sector, share) for every region of `world` that several countries of `large` make up.

    Goods only; a region's trade within itself and shares of zero are left out. Shares sum to one over the members.
    """
    n, j = len(world.regions), len(world.sectors)
    region = np.array([world.region_codes.index(region_map[code]) for code in large.region_codes])
    sector = np.array([world.sector_codes.index(sector_map[code]) for code in large.sector_codes])
    members = len(region)
    cell = (np.arange(members)[:, None, None] * n + region[None, :, None]) * j + sector
    exports = exact_sums(cell, large.flows, members * n * j).reshape(members, n, j)
    total = exact_sums((region[:, None, None] * n + np.arange(n)[:, None]) * j + np.arange(j), exports, n * n * j)
    share = np.divide(exports, total.reshape(n, n, j)[region], out=np.zeros_like(exports), where=exports > 0)

    merged = {code for code, count in Counter(region.tolist()).items() if count > 1}
    goods = np.flatnonzero(world.sectors["kind"] == "goods")
    for member in np.argsort(region, kind="stable"):
        if region[member] not in merged:
            continue
        for importer in range(n):
            if importer == region[member]:
                continue
            for k in goods:
                if share[member, importer, k] > 0:
                    labels = large.region_codes[member], world.region_codes[importer], world.sector_codes[k]
                    yield *labels, f"{share[member, importer, k]:.{DIGITS}g}"
