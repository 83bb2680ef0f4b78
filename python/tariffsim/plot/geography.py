"""Country outlines on an equal-area map."""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path as File
from typing import Any

import numpy as np
from matplotlib.path import Path

__all__ = ["outlines", "points", "project"]

_FOLDER = File(__file__).parent.parent / "geo"

# Šavrič, Patterson and Jenny (2019), The Equal Earth map projection, Int. J. of Geographical Information Science 33(3).
_A = (1.340264, -0.081106, 0.000893, 0.003796)


def project(longitude: Any, latitude: Any) -> tuple[Any, Any]:
    """Degrees to the plane, where equal areas stay equal."""
    a1, a2, a3, a4 = _A
    t = np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(latitude)))
    t2 = t * t
    slope = 9 * a4 * t2**4 + 7 * a3 * t2**3 + 3 * a2 * t2 + a1
    x = 2 * np.sqrt(3) * np.radians(longitude) * np.cos(t) / (3 * slope)
    return x, t * (a4 * t2**4 + a3 * t2**3 + a2 * t2 + a1)


@lru_cache(maxsize=1)
def outlines() -> dict[str, Path]:
    """Projected outline by ISO3 code."""
    text = (_FOLDER / "countries.json").read_text(encoding="utf-8")
    result = {}
    for feature in json.loads(text)["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        rings = [np.asarray(ring, dtype=float) for polygon in polygons for ring in polygon]
        paths = [Path(np.column_stack(project(ring[:, 0], ring[:, 1])), closed=True) for ring in rings]
        result[str(feature["id"])] = Path.make_compound_path(*paths)
    return result


@lru_cache(maxsize=1)
def points() -> dict[str, tuple[float, float]]:
    """Projected position by ISO3 code of countries that are too small for an outline."""
    with (_FOLDER / "points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["ISO3"]: project(float(row["longitude"]), float(row["latitude"])) for row in rows}


def middle(outline: Path) -> tuple[float, float]:
    """A point inside the largest part of an outline: its centre of mass."""
    best, where = -1.0, (0.0, 0.0)
    for ring in outline.to_polygons():
        x, y = np.asarray(ring).T
        cross = x[:-1] * y[1:] - x[1:] * y[:-1]
        area = cross.sum() / 2
        if abs(area) > best:
            best = abs(area)
            where = (((x[:-1] + x[1:]) * cross).sum() / (6 * area), ((y[:-1] + y[1:]) * cross).sum() / (6 * area))
    return where
