"""ISO 3166 codes of the countries that the map and the region members use."""

from pathlib import Path

import pandas as pd

# ISO numeric code -> ISO3 for countries of the outline that region_centroids.csv does not list.
WITHOUT_CENTROID = {
    "192": "CUB",
    "238": "FLK",
    "275": "PSE",
    "408": "PRK",
    "630": "PRI",
    "732": "ESH",
}

# Natural Earth gives these no ISO number. ISO 3166 counts the first two to the named country;
# XKX is the customary code of Kosovo, which ISO 3166 does not list.
WITHOUT_NUMBER = {"N. Cyprus": "CYP", "Somaliland": "SOM", "Kosovo": "XKX"}

# Antarctica and the French Southern Territories: no economy to colour.
NOT_ECONOMIES = {"010", "260"}

# Puerto Rico lies inside the customs territory and the trade statistics of the United States.
PART_OF = {"PRI": "USA"}


def read_centroids(path: Path) -> pd.DataFrame:
    """Countries of region_centroids.csv: iso3, iso_numeric (three digits), name, longitude, latitude as text."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[(table["package"] == "*") & (table["iso_numeric"] != "")]
    table = table.assign(iso_numeric=table["iso_numeric"].str.zfill(3))
    return table.rename(columns={"region": "iso3"})[["iso3", "iso_numeric", "name", "longitude", "latitude"]]


def iso3_by_number(centroids: pd.DataFrame) -> dict[str, str]:
    """ISO numeric code -> ISO3."""
    return dict(zip(centroids["iso_numeric"], centroids["iso3"], strict=True)) | WITHOUT_CENTROID


def all_countries(centroids: pd.DataFrame) -> list[str]:
    """Every ISO3 code that a region of a world may contain, sorted."""
    return sorted(set(iso3_by_number(centroids).values()) | set(WITHOUT_NUMBER.values()))
