"""What the descriptor of an embedded world says about its sources, licence, dates and known defects."""

import numpy as np

from .aggregate import gross_output, zero_output
from .agreement import total
from .tables import Tables

VALUATION = "basic prices, before the importer's tariff"

ATTRIBUTION = (
    "OECD (2025), Inter-Country Input-Output tables; Timmer et al. (2015), World Input-Output Database; "
    "World Bank, World Development Indicators; US Census Bureau; Fontagne, Guimbard and Orefice (2022), ProTEE; "
    "Ahmad and Schreiber (2024); adapted."
)

ADAPTED = "Adapted means: aggregated, combined and partly estimated, as known_defects and docs/data.md describe."

LICENSES = [
    {
        "name": "CC-BY-4.0",
        "title": "Creative Commons Attribution 4.0 (OECD and World Bank data)",
        "path": "https://creativecommons.org/licenses/by/4.0/",
    },
    {
        "name": "etalab-2.0",
        "title": "Open Licence 2.0, Etalab (ProTEE)",
        "path": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    },
]

SOURCES = [
    {
        "title": "Inter-Country Input-Output tables, 2025 edition, year 2022",
        "publisher": "OECD",
        "license": "CC BY 4.0",
        "used_for": "flows; value added of 13 region groups",
    },
    {
        "title": "World Input-Output Database, 2013 release, year 2011",
        "publisher": "WIOD consortium (Timmer, Dietzenbacher, Los, Stehrer, de Vries 2015)",
        "license": "free with citation",
        "used_for": "input shares (proxy)",
    },
    {
        "title": "World Development Indicators: GDP; tariff rate, applied, weighted mean, manufactured products "
        "(TM.TAX.MANF.WM.AR.ZS) and primary products (TM.TAX.TCOM.WM.AR.ZS)",
        "publisher": "World Bank",
        "license": "CC BY 4.0",
        "used_for": "scale of value added; tariffs of every importer except the USA",
    },
    {
        "title": "US imports for consumption and calculated duties 2024 by HTS10 and country",
        "publisher": "US Census Bureau",
        "license": "public domain",
        "used_for": "tariffs of the USA as importer",
    },
    {
        "title": "Product-level trade elasticities (ProTEE), mapped to ICIO industries",
        "publisher": "Fontagne, Guimbard, Orefice (CEPII)",
        "license": "Etalab 2.0",
        "used_for": "trade elasticity of goods",
    },
    {
        "title": "Services substitution elasticities",
        "publisher": "Ahmad and Schreiber (2024), US International Trade Commission",
        "license": "published estimates",
        "used_for": "trade elasticity of services",
    },
]

# The day whose measures an importer's rates contain. US rates are the duties of 2024; other averages are of 2021. China's
# do not show its retaliation of 2018 to 2020 against one partner, so they contain no measure of those years.
TARIFFS_DATE = {"*": "2021-07-01", "CHN": "2018-01-01", "USA": "2024-07-01"}

BASE_TARIFF_DATE = {
    "flows": "2022",
    "importer USA": "2024: duty over customs value of the calendar year, so section 301 and section 232 duties are in",
    "other importers": "2021, or the latest earlier year: MEX 2018, TUN 2016, CMR 2019 and 2014, EGY and STP 2019 and "
    "2018 (manufactures and primary products), COD, JOR, SAU 2020",
    "importer ROW": "GDP-weighted mean of 50 reporters, 2021 or the latest earlier year",
}

ZONES = [
    "zero among EU27, Switzerland, Norway, Iceland and the United Kingdom",
    "zero inside ASEAN",
    "zero inside USMCA, except that the USA charges what it collected in 2024",
    "zero on services",
]

# Value added shares of the source are cut off here; the limit itself is not documented there.
VALUE_ADDED_FLOOR = 0.07


def known_defects(world: Tables) -> list[str]:
    """What a user should know before trusting a number; the figures are those of `world`."""
    return [
        "Input shares are a PROXY: WIOD 2011 input mix of 16 parent industries (nearest neighbour country where WIOD "
        "has none), split over child industries by 2022 absorption and fitted so that materials are at most 97 percent "
        "of absorption.",
        "Value added is OECD 2022 for 13 region groups (27 goods industries, services summed): the shares are those of "
        "the group, scaled by country with World Bank GDP. Value added includes taxes on products "
        f"and is not GDP at market prices: {_value_added(world) / 1e6:.2f} trillion USD in the world; Taiwan "
        f"{_value_added(world, 'TWN') / 1e3:.0f} billion, where a GDP of 761 was entered by hand. " + _floor(world),
        f"Services (D to T) are one sector: {_services_share(world):.0f} percent of world output, with one elasticity "
        "and no tariff.",
        "Negative inventory changes of the source were clipped at zero.",
        "Trade elasticities of goods are ProTEE estimates read as theta = sigma - 1; a reader who takes them for sigma "
        "subtracts one. Forestry (A02), coal (B05) and mining support (B09) borrow the estimate of a neighbour. "
        "Metal ores (14.7) and non-ferrous metals (14.8) are high in the source.",
        "Taiwan as an importer has ZERO tariffs: it is not in the World Bank table.",
        "Every importer except the USA has one average rate for manufactures and one for primary products, the same "
        "for all partners outside the duty-free zones. Preferences outside those zones (EU-Turkey, CPTPP, RCEP, "
        "Mercosur, GCC, EAEU) are inside the average. The average already contains the duty-free trade of the zones, "
        "so rates on outsiders are too low (United Kingdom 0.7 percent, Mexico 1.4 percent on manufactures).",
        "Primary products include food, refined petroleum and non-ferrous metals, so farm peaks spread over energy "
        "and ores: Korea 12.7, Norway and Switzerland 12.2, Angola 20 percent on ALL primary goods. Food is diluted in "
        "the same way (India 3.5 percent). Set energy rates to zero if that matters.",
        "Farm trade between the EU and Switzerland, Norway or Iceland is shown as free; it is not.",
        "The USA as importer charges rates of 2024 on flows of 2022, "
        f"{_mean(world, 'CHN', 'USA'):.1f} percent on goods from {_name(world, 'CHN')}, section 301 included. "
        f"The other side has one average: {_mean(world, 'USA', 'CHN'):.1f} percent on goods from the USA, so China's "
        "duties of 2018-2020 on US goods are not visible.",
        "US rates: HTS chapters without a sector (4 percent of imports) are left out; 15 partners have one flat rate; "
        "ROW is 12 partners pooled; EU members pay the EU rate.",
        "Primary-product rates of 2019 and all rates of 2022 were not used: specific-duty equivalents explode in the "
        "first, and 15 of 44 reporters outside the EU lose their preferential rates in the second.",
        _domestic(world),
        *_merged(world),
        *_filled(world),
    ]


def mean_goods_tariff(world: Tables) -> np.ndarray:
    """[N] average tariff that each importer charges on goods from other regions; zero if it imports none."""
    goods = (world.sectors["kind"] == "goods").to_numpy()
    foreign = np.where(world.domestic[:, :, None], 0.0, world.flows)[:, :, goods]
    revenue = (foreign * world.tariffs[:, :, goods]).sum(axis=(0, 2))
    imports = foreign.sum(axis=(0, 2))
    return np.divide(revenue, imports, out=np.zeros_like(imports), where=imports > 0)


def _floor(world: Tables) -> str:
    at_floor = np.abs(world.value_added - VALUE_ADDED_FLOOR) < 1e-6
    output = gross_output(world.flows)
    goods = (world.sectors["kind"] == "goods").to_numpy()
    share = 100 * output[at_floor].sum() / output[:, goods].sum()
    return (
        f"Region-sectors at a share of 0.07, a floor of the source: {at_floor.sum()} of {at_floor.size} "
        f"({share:.2f} percent of goods output)."
    )


def _value_added(world: Tables, region: str | None = None) -> float:
    rows = slice(None) if region is None else [world.region_codes.index(region)]
    return total((world.value_added * gross_output(world.flows))[rows])


def _services_share(world: Tables) -> float:
    services = (world.sectors["kind"] == "services").to_numpy()
    return 100 * world.flows[:, :, services].sum() / world.flows.sum()


def _mean(world: Tables, exporter: str, importer: str) -> float:
    goods = (world.sectors["kind"] == "goods").to_numpy()
    cell = world.region_codes.index(exporter), world.region_codes.index(importer)
    return 100 * (world.flows[cell] * world.tariffs[cell])[goods].sum() / world.flows[cell][goods].sum()


def _name(world: Tables, region: str) -> str:
    return world.regions.set_index("region")["name"][region]


def _domestic(world: Tables) -> str:
    revenue = total(world.revenue[world.domestic])
    rates = world.tariffs[world.domestic]
    return (
        "Tariff revenue between merged regions is kept as a tariff on the domestic cell of the aggregate "
        f"({revenue:.1f} million USD, {100 * revenue / total(world.revenue):.2f} percent of all revenue, on "
        f"{(rates != 0).sum()} cells, at most {100 * rates.max():.2f} percent). Measures never change these cells."
    )


def _merged(world: Tables) -> list[str]:
    """Merged regions that a reader may not expect behind their code."""
    if "HKG" in world.region_codes:
        return []
    return [
        "Regions are merged across policy lines: RUS contains Ukraine, Belarus and Kazakhstan; CHN contains Hong Kong; "
        "ROW contains Bangladesh and Pakistan. A measure on such a code hits all of its members."
    ]


def _filled(world: Tables) -> list[str]:
    cells = zero_output(world)
    if not cells:
        return []
    names = ", ".join(f"{region} {sector}" for region, sector in cells)
    return [f"No output in {names}: world average technology is filled in, without effect."]
