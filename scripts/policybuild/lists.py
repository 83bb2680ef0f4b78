"""Product lists of the scenarios: those of the data, and what is derived from them.

Codes are digits. A code stands for every line that begins with it.
"""

from .source import Source

# Headings of goods whose list the data name in words only; as the HTS notes give them.
HEADINGS = {
    "canada_energy": ["27"],
    "potash": ["3104"],
    "s232_softwood": ["440311", *(f"44032{n}" for n in range(1, 7)), "44039901", "440611", "440691"]
    + [f"44071{n}" for n in range(1, 5)]
    + ["440719"],
    "s232_upholstered": ["9401614011", "9401614031", "9401616011", "9401616031"],
    "s232_cabinets": ["9403409060", "9403608093", "9403910080"],
    "s232_trucks": ["870121", "870122", "870123", "870124", "870129", "870410", "87042211", "87042251", "870423"]
    + ["870432", "870442", "870443", "870452", "870490", "870540"],
}

VEHICLES = ("8703", "8704")
FARM = (*(f"{chapter:02}" for chapter in range(1, 25)), "31")  # and fertilisers
AIRCRAFT = "88"


def product_lists(source: Source) -> dict[str, list[str]]:
    """Every list that a scenario may name -> sorted codes."""
    data = source.lists
    lists = {name: list(codes) for name, codes in data.items()} | HEADINGS
    lists |= _section_232(data) | _annex_ii(data) | _aircraft(data)
    # The data have this line in list 4B only; stacking_tests.csv (liion-1) shows that it paid 4A's rate.
    lists["s301_4A"] = [*data["s301_4A"], "85076000"]
    return {name: sorted(set(codes)) for name, codes in lists.items()}


def _section_232(data: dict[str, list[str]]) -> dict[str, list[str]]:
    """The data's lists of steel and aluminium lack the mill products: those are annex I-A of April 2026."""
    core = data["metals_annex_ia"]
    steel, aluminium, autos = data["s232_steel"], data["s232_aluminium"], data["s232_autos"]
    mill = [code for code in _in(core, "72", "73") if code < "7307" and code not in steel]
    headings = [code for code in _in(core, "76") if len(code) == 4]
    vehicles = _in(autos, *VEHICLES)
    return {
        "s232_steel_mill": mill,
        "s232_steel_articles": mill + _in(steel, "73"),
        "s232_steel_derivatives": _outside(steel, "73"),
        "s232_aluminium_mill": headings,
        "s232_aluminium_articles": headings + _in(aluminium, "76"),
        "s232_aluminium_derivatives": _outside(aluminium, "76"),
        "metals_annex_ia_copper": _in(core, "74"),
        "s232_autos_vehicles": vehicles,
        "s232_autos_parts": _outside(_in(autos, "87"), *VEHICLES),
        "s232_autos_parts_use": _outside(autos, "87"),
    }


def _annex_ii(data: dict[str, list[str]]) -> dict[str, list[str]]:
    """Annex II by date. The list of April writes 8-digit lines with two zeros behind them."""
    april = [code[:8] for code in data["annex_ii_apr2025"]]
    november, electronics = data["annex_ii_nov2025"], data["electronics_apr2025"]
    farm = _in([code for code in november if code not in april], *FARM)
    return {
        "annex_ii_apr2025": april,
        "annex_ii_sep2025": [code for code in november if code not in farm],
        "electronics_rest": [code for code in electronics if code[:8] not in november],
        "farm_nov2025": farm,
    }


def _aircraft(data: dict[str, list[str]]) -> dict[str, list[str]]:
    """Lines that are free only for use in civil aircraft count where they are aircraft by nature: chapter 88."""
    conditional = data["s122_exempt_aircraft"]
    return {
        "aircraft": _in(conditional, AIRCRAFT),
        "brazil_2025_exempt": data["brazil_2025_exempt_other"] + _in(data["brazil_2025_exempt_aircraft"], AIRCRAFT),
        "brazil_301_exempt": [c for c in data["brazil_301_exempt"] if c not in _outside(conditional, AIRCRAFT)],
    }


def _in(codes: list[str], *chapters: str) -> list[str]:
    return [code for code in codes if code.startswith(chapters)]


def _outside(codes: list[str], *chapters: str) -> list[str]:
    return [code for code in codes if not code.startswith(chapters)]
