"""Draws the pictures of README.md and docs/pictures.md: the peak of the 2025 US-China tariff war, on the embedded world.

usage: build_images.py [FOLDER]      (default: docs/images); needs tariffsim installed
"""

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import tariffsim as ts

WIDTH = 1200  # pixels
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"


def main(folder):
    war = (
        ts.Scenario("Peak: 145 and 125 percent")
        .tariff(importer="USA", exporter="CHN", sector="goods", rate=1.45, operation="add")
        .tariff(importer="CHN", exporter="USA", sector="goods", rate=1.25, operation="add")
    )
    eq = ts.solve(ts.World.load("world-2022"), war)
    added = "145 percent on China, 125 on the USA"
    pictures = {
        "world_map": eq.plot.world_map(title=f"Change in real income: {added}"),
        "who_replaces_whom": eq.plot.who_replaces_whom("USA", "goods", title="Who replaces China in the United States"),
        "trade_change": eq.plot.heat_map(show="change"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, ax in pictures.items():
        path = folder / f"{name}.png"
        # A palette is enough for flat colours, and keeps the checkout small.
        ax.figure.savefig(path, dpi=WIDTH / ax.figure.get_figwidth(), metadata={"Software": None})
        _reduce(path)
        print(f"{path}: {path.stat().st_size / 1e3:.0f} kB")


def _reduce(path):
    from PIL import Image

    with Image.open(path) as image:
        small = image.convert("RGB").quantize(colors=128, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
