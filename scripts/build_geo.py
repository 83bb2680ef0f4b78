#!/usr/bin/env python3
"""Build the outline of the world that maps are drawn with.

    scripts/build_geo.py [--topojson FILE] [--centroids FILE] [--out DIR]

Decodes Natural Earth 1:110m countries from TopoJSON and writes <out>/countries.json, a GeoJSON
FeatureCollection with one feature a country (properties ISO3 and name), and <out>/points.csv, a point
for every country that is too small for the outline. Needs numpy and pandas. The same inputs give the
same bytes.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from worldbuild.countries import NOT_ECONOMIES, WITHOUT_NUMBER, iso3_by_number, read_centroids
from worldbuild.paths import REPOSITORY, require, shared_data
from worldbuild.tables import write_csv

DECIMALS = 2  # 0.01 degree is about a kilometre; the source resolves 0.004 by 0.002 degrees

Ring = list[list[float]]


def main() -> None:
    arguments = parse_arguments()
    topology = json.loads(arguments.topojson.read_text(encoding="utf-8"))
    centroids = read_centroids(arguments.centroids)
    countries = outlines(topology, iso3_by_number(centroids))

    arguments.out.mkdir(parents=True, exist_ok=True)
    write_geojson(countries, arguments.out / "countries.json")
    points = centroids[~centroids["iso3"].isin(list(countries))].sort_values("iso3")
    columns = ["iso3", "name", "longitude", "latitude"]
    write_csv(arguments.out / "points.csv", ["ISO3", *columns[1:]], points[columns].itertuples(index=False))
    size = (arguments.out / "countries.json").stat().st_size
    print(f"countries.json: {len(countries)} countries, {size / 1000:.0f} kB; points.csv: {len(points)} points")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    geo = shared_data() / "geo"
    parser.add_argument(
        "--topojson",
        type=Path,
        default=geo / "countries-110m.topojson",
        help="Natural Earth 1:110m countries (default: %(default)s)",
    )
    parser.add_argument(
        "--centroids",
        type=Path,
        default=geo / "region_centroids.csv",
        help="ISO codes and points of countries (default: %(default)s)",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=REPOSITORY / "python" / "tariffsim" / "geo",
        help="folder that receives the files (default: %(default)s)",
    )
    arguments = parser.parse_args()
    require(arguments.topojson, "--topojson")
    require(arguments.centroids, "--centroids")
    return arguments


def outlines(topology: dict, iso3: dict[str, str]) -> dict[str, dict]:
    """ISO3 -> {name, polygons}; a polygon is its outer ring and then its holes."""
    arcs = decode_arcs(topology)
    countries: dict[str, dict] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry.get("id") in NOT_ECONOMIES:
            continue
        name = geometry["properties"]["name"]
        code = iso3.get(geometry.get("id")) or WITHOUT_NUMBER.get(name)
        if code is None:
            raise SystemExit(f"error: '{name}' has no ISO3 code; add it to scripts/worldbuild/countries.py")
        parts = [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry["arcs"]
        polygons = [polygon for part in parts for polygon in decode_polygon(part, arcs)]
        country = countries.setdefault(code, {"name": name, "polygons": []})
        country["polygons"] += polygons
        if "id" in geometry:
            country["name"] = name  # a part without an ISO number does not name the country
    return countries


def decode_arcs(topology: dict) -> list[np.ndarray]:
    """Arcs as rounded longitudes and latitudes; TopoJSON stores quantised differences between points."""
    scale, translate = topology["transform"]["scale"], topology["transform"]["translate"]
    return [np.round(np.cumsum(arc, axis=0) * scale + translate, DECIMALS) for arc in topology["arcs"]]


def decode_polygon(rings: list[list[int]], arcs: list[np.ndarray]) -> list[list[Ring]]:
    """Polygons without a jump at 180 degrees: outer ring counterclockwise, then holes clockwise (RFC 7946)."""
    outer, *holes = ([part for part in cut(decode_ring(ring, arcs)) if signed_area(part) != 0] for ring in rings)
    if holes and len(outer) > 1:
        raise SystemExit("error: a polygon with holes crosses 180 degrees; cutting it is not supported")
    return [[oriented(part, +1), *(oriented(hole, -1) for parts in holes for hole in parts)] for part in outer]


def decode_ring(indices: list[int], arcs: list[np.ndarray]) -> np.ndarray:
    """Join arcs to a closed ring; ~i stands for arc i backwards, and arcs share their end points."""
    pieces = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
    for before, after in zip(pieces, [*pieces[1:], pieces[0]], strict=True):
        if not np.array_equal(before[-1], after[0]):
            raise SystemExit(f"error: arcs {indices} do not join to a ring")
    points = np.concatenate([pieces[0][:1], *(piece[1:] for piece in pieces)])
    moved = np.any(np.diff(points, axis=0) != 0, axis=1)  # rounding makes some neighbours equal
    return points[np.concatenate([[True], moved])]


def cut(ring: np.ndarray) -> list[np.ndarray]:
    """Cut a closed ring that crosses 180 degrees of longitude into a part on each side."""
    step = np.diff(ring[:, 0])
    step -= 360 * np.round(step / 360)  # the short way round
    unwrapped = ring.copy()
    unwrapped[1:, 0] = np.round(ring[0, 0] + np.cumsum(step), DECIMALS)
    for edge in (-180.0, 180.0):
        if unwrapped[:, 0].min() < edge < unwrapped[:, 0].max():
            west, east = clip(unwrapped, edge, -1), clip(unwrapped, edge, +1)
            return [np.round(west + [180 - edge, 0], DECIMALS), np.round(east - [180 + edge, 0], DECIMALS)]
    return [ring]


def clip(ring: np.ndarray, edge: float, side: int) -> np.ndarray:
    """The part of a closed ring with longitude below (side -1) or above (+1) `edge`; it must be in one piece."""
    kept, crossings = [], 0
    for (x0, y0), (x1, y1) in zip(ring[:-1], ring[1:], strict=True):
        inside = (x0 - edge) * side >= 0
        if inside:
            kept.append([x0, y0])
        if inside != ((x1 - edge) * side >= 0):
            crossings += 1
            kept.append([edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)])
    if crossings != 2:
        raise SystemExit(f"error: a ring crosses longitude {edge} {crossings} times; cutting it is not supported")
    return np.array([*kept, kept[0]])


def signed_area(ring: np.ndarray) -> float:
    """Area in square degrees, positive if counterclockwise."""
    x, y = ring[:, 0], ring[:, 1]
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def oriented(ring: np.ndarray, sign: int) -> Ring:
    return (ring if signed_area(ring) * sign > 0 else ring[::-1]).tolist()


def write_geojson(countries: dict[str, dict], path: Path) -> None:
    """One feature a line, sorted by ISO3."""
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "id": code,
                "properties": {"ISO3": code, "name": country["name"]},
                "geometry": {"type": "MultiPolygon", "coordinates": country["polygons"]},
            },
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code, country in sorted(countries.items())
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
