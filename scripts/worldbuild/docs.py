"""Tables about the embedded worlds that the documentation includes."""

from pathlib import Path

import numpy as np

from .aggregate import gross_output
from .provenance import known_defects, mean_goods_tariff
from .tables import Tables, write_csv


def write_agreement(rows: dict[str, list[tuple[str, str, str]]], path: Path) -> None:
    """One row a check, one column a world."""
    names = list(rows)
    checks = [[check, unit] for check, unit, _ in rows[names[0]]]
    values = zip(*([value for _, _, value in rows[name]] for name in names), strict=True)
    write_csv(path, ["check", "unit", *names], ([*check, *row] for check, row in zip(checks, values, strict=True)))


def write_regions(world: Tables, path: Path) -> None:
    """Value added, trade balance and mean tariff by region."""
    output = gross_output(world.flows)
    value_added = (world.value_added * output).sum(axis=1)
    balance = world.flows.sum(axis=(1, 2)) - world.flows.sum(axis=(0, 2))
    tariff = mean_goods_tariff(world)
    header = ["region", "name", "value added, bn USD", "exports less imports, bn USD", "mean tariff on goods, percent"]
    write_csv(
        path,
        header,
        (
            [region, name, f"{va / 1e3:.1f}", f"{b / 1e3:.1f}", f"{100 * t:.2f}"]
            for (region, name), va, b, t in zip(
                world.regions.itertuples(index=False), value_added, balance, tariff, strict=True
            )
        ),
    )


def write_sectors(world: Tables, sector_map: dict[str, str], path: Path) -> None:
    """ICIO industries, elasticity, output, international trade and mean tariff by sector."""
    foreign = np.where(world.domestic[:, :, None], 0.0, world.flows)
    traded = foreign.sum(axis=(0, 1))
    revenue = (foreign * world.tariffs).sum(axis=(0, 1))
    header = [
        "sector",
        "name",
        "ICIO industries",
        "trade elasticity",
        "output, bn USD",
        "between regions, bn USD",
        "mean tariff, percent",
    ]
    write_csv(
        path,
        header,
        (
            [
                sector,
                name,
                " ".join(code for code, to in sector_map.items() if to == sector),
                f"{world.trade_elasticity[j]:.3f}",
                f"{world.flows[:, :, j].sum() / 1e3:.1f}",
                f"{traded[j] / 1e3:.1f}",
                f"{100 * revenue[j] / traded[j]:.2f}",
            ]
            for j, (sector, name) in enumerate(zip(world.sector_codes, world.sectors["name"], strict=True))
        ),
    )


def write_defects(worlds: dict[str, Tables], folder: Path) -> None:
    """The known defects as Markdown lists: the first world's in full, of the others what differs from it."""
    printed: set[str] = set()
    for name, world in worlds.items():
        defects = [defect for defect in known_defects(world) if defect not in printed]
        printed.update(defects)
        # not .md: the site's builder would take the fragment for a page
        text = "".join(f"- {defect}\n" for defect in defects)
        (folder / f"{name}-known-defects.inc").write_text(text, encoding="utf-8")
