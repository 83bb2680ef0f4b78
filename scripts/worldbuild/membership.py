"""Which countries a region contains, and which groups of countries make up whole regions."""

import pandas as pd

from .countries import PART_OF

REST = "ROW"  # code of the rest of the world in the large world


def members_by_region(regions: list[str], region_map: dict[str, str], countries: list[str]) -> dict[str, list[str]]:
    """Region -> sorted ISO3 codes. Every country without a row in the map belongs to the rest of the world."""
    members: dict[str, list[str]] = {region: [] for region in regions}
    for country in sorted(set(countries) | (set(region_map) - {REST})):
        owner = PART_OF.get(country, country)
        members[region_map.get(owner, region_map[REST])].append(country)
    return members


def whole_groups(
    groups: pd.DataFrame, regions: list[str], region_map: dict[str, str]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Groups that are unions of whole regions, and for every other group the reason why it is left out."""
    content = {region: {code for code, target in region_map.items() if target == region} for region in regions}
    whole: dict[str, list[str]] = {}
    omitted: dict[str, str] = {}
    for group in groups["group"].unique():
        countries = set(groups.loc[groups["group"] == group, "region"])
        merged = countries - set(region_map)
        outsiders = {
            region: sorted(content[region] - countries)
            for region in regions
            if content[region] & countries and not content[region] <= countries
        }
        if not merged and not outsiders:
            whole[group] = [region for region in regions if content[region] & countries]
            continue
        reasons = [f"{', '.join(sorted(merged))} in {region_map[REST]}"] if merged else []
        reasons += [f"{region} also contains {', '.join(codes)}" for region, codes in outsiders.items()]
        omitted[group] = "; ".join(reasons)
    return whole, omitted
