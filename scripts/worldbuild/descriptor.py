"""datapackage.json of an embedded world: a Frictionless tabular data package."""

import json
from pathlib import Path

from . import provenance
from .aggregate import zero_output
from .tables import Tables

REGION = {"name": "region", "type": "string", "description": "code in regions.csv"}
EXPORTER = {"name": "exporter", "type": "string", "description": "code in regions.csv of the seller"}
IMPORTER = {"name": "importer", "type": "string", "description": "code in regions.csv of the buyer"}
SECTOR = {"name": "sector", "type": "string", "description": "code in sectors.csv"}
NAME = {"name": "name", "type": "string"}

# column -> the table and column that its codes come from
REFERENCES = {
    "region": ("regions", "region"),
    "exporter": ("regions", "region"),
    "importer": ("regions", "region"),
    "sector": ("sectors", "sector"),
    "input": ("sectors", "sector"),
}


def descriptor(
    name: str,
    world: Tables,
    region_map: dict[str, str],
    sector_map: dict[str, str],
    source_name: str,
    groups_omitted: dict[str, str],
    rows: dict[str, int],
) -> dict:
    """The descriptor as a dictionary; `rows` gives the number of rows by file name."""
    size = f"{len(world.regions)} regions x {len(world.sectors)} sectors"
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": f"World economy 2022, {size}",
        "description": "Embedded world of tariffsim, an exact aggregate of OECD ICIO 2022 with tariffs, technology and "
        "trade elasticities from other public sources.",
        "year": 2022,
        "currency": "USD",
        "unit": "million USD",
        "valuation": provenance.VALUATION,
        "redistributable": True,
        "licenses": provenance.LICENSES,
        "attribution": f"{provenance.ATTRIBUTION} {provenance.ADAPTED}",
        "sources": provenance.SOURCES,
        "base_tariff_date": provenance.BASE_TARIFF_DATE,
        "tariffs_date": provenance.TARIFFS_DATE,
        "base_tariff_zones": provenance.ZONES,
        "known_defects": provenance.known_defects(world),
        "aggregation": {
            "script": "scripts/build_worlds.py",
            "source": f"{source_name} (81 OECD ICIO regions x 28 industries)",
            "rules": {
                "flows": "sum",
                "tariffs": "revenue over flow, on domestic cells too; zero where there is no flow",
                "value_added": "value added over output",
                "inputs": "spending on the input over spending on materials",
                "trade_elasticity": "weighted with flows between different ICIO regions, rounded to six decimals",
            },
            "regions": _inverse(world.region_codes, region_map),
            "sectors": _inverse(world.sector_codes, sector_map),
            "filled_technology": [{"region": r, "sector": s} for r, s in zero_output(world)],
        },
        "groups_note": "groups.csv holds groups of countries that are unions of whole regions; groups_omitted says why "
        "another group cannot be formed here.",
        "groups_omitted": groups_omitted,
        "resources": _resources(rows),
    }


def write_descriptor(content: dict, path: Path) -> None:
    """Write the descriptor as indented UTF-8 JSON, keys in the given order."""
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _resources(rows: dict[str, int]) -> list[dict]:
    pair = [EXPORTER, IMPORTER, SECTOR]
    return [
        _resource(rows, "regions", "regions, in the order of all tables", [REGION, NAME], 1),
        _resource(
            rows,
            "sectors",
            "sectors with their trade elasticity, in the order of all tables",
            [
                SECTOR,
                NAME,
                {"name": "kind", "type": "string", "constraints": {"enum": ["goods", "services"]}},
                _number("trade_elasticity", "theta = sigma - 1 > 0", {"minimum": 0}),
            ],
            1,
        ),
        _resource(
            rows,
            "flows",
            "value before the importer's tariff, domestic sales included; rows that are zero are left out",
            [*pair, _number("value", "million USD", {"minimum": 0})],
            3,
        ),
        _resource(
            rows,
            "tariffs",
            "applied tariffs, see base_tariff_date; rows that are zero are left out",
            [*pair, _number("rate", "ad valorem, 0.25 is 25 percent", {"minimum": -1})],
            3,
        ),
        _resource(
            rows,
            "inputs",
            "share of the sector's materials spending that goes to each input; sums to 1 over input",
            [
                REGION,
                {"name": "input", "type": "string", "description": "code in sectors.csv of the purchased input"},
                SECTOR,
                _number("share", "share of materials", {"minimum": 0, "maximum": 1}),
            ],
            3,
        ),
        _resource(
            rows,
            "value_added",
            "value added over gross output",
            [REGION, SECTOR, _number("share", "share of output", {"minimum": 0, "maximum": 1})],
            2,
        ),
        _resource(
            rows,
            "groups",
            "named groups of regions",
            [{"name": "group", "type": "string", "description": "name that a scenario may use"}, REGION],
            2,
        ),
        _resource(
            rows,
            "members",
            "countries of each region, for maps",
            [REGION, {"name": "member", "type": "string", "description": "ISO 3166 alpha-3 code (XKX: Kosovo)"}],
            2,
        ),
        _resource(
            rows,
            "sector_members",
            "ICIO industries of each sector",
            [SECTOR, {"name": "member", "type": "string", "description": "code of the ICIO industry"}],
            2,
        ),
        _resource(
            rows,
            "member_weights",
            "share of each ICIO country in the exports of its region, for regions of several; goods only; sums to 1 "
            "over the members of a region, ROW among them",
            [
                {"name": "member", "type": "string", "description": "ICIO country, or ROW for the rest of the world"},
                IMPORTER,
                SECTOR,
                _number("share", "share of the region's exports", {"minimum": 0, "maximum": 1}),
            ],
            3,
        ),
    ]


def _resource(rows: dict[str, int], table: str, description: str, fields: list[dict], key: int) -> dict:
    """One table; its first `key` columns identify a row."""
    columns = [field["name"] for field in fields]
    fields = [{**field, "constraints": {"required": True, **field.get("constraints", {})}} for field in fields]
    schema: dict = {"fields": fields, "primaryKey": columns[:key]}
    references = [
        {"fields": column, "reference": {"resource": REFERENCES[column][0], "fields": REFERENCES[column][1]}}
        for column in columns
        if column in REFERENCES and REFERENCES[column][0] != table
    ]
    if references:
        schema["foreignKeys"] = references
    return {
        "name": table.replace("_", "-"),
        "path": f"{table}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "description": description,
        "rows": rows[f"{table}.csv"],
        "schema": schema,
    }


def _number(name: str, description: str, constraints: dict) -> dict:
    return {"name": name, "type": "number", "description": description, "constraints": constraints}


def _inverse(targets: list[str], mapping: dict[str, str]) -> dict[str, list[str]]:
    return {target: [code for code, to in mapping.items() if to == target] for target in targets}
