"""The scenarios: which rows, under which name, and what a user must know."""

from dataclasses import replace

from . import preferences
from .averages import PHASE_ONE, china_2018, section_301
from .coverage import retaliation_coverage, us_coverage
from .folder import Event, Scenario
from .lists import product_lists
from .responses import responses
from .source import Source
from .stacking import exemptions, rules, rules_among
from .tables import Share
from .us import us_measures

ACTS = (
    "Executive orders, proclamations and notices of the United States (public domain); State Council Tariff Commission "
    "of China"
)
CANADA = "Department of Finance Canada"
LISTS = (
    "tariff lists and rates as compiled in the trade-war tracker (Mike Waugh, MIT) and the tariff-rate-tracker "
    "(The Budget Lab at Yale, MIT); US Census Bureau, imports of 2024 (public domain)"
)
FLOWS = "OECD (2025), Inter-Country Input-Output tables (CC BY 4.0)"
LICENCE = "The MIT notices of the trackers stand in NOTICE.md beside the scenario folders and must be kept."

EVENTS_2018 = [
    Event("list-1", "2018-07-06", "First list of 34 billion dollars"),
    Event("list-2", "2018-08-23", "Second list of 16 billion dollars"),
    Event("list-3", "2018-09-24", "Third list of 200 billion dollars, at 10 percent"),
    Event("list-3-at-25", "2019-06-01", "Third list at 25 percent, collected on all goods"),
    Event("list-4a", "2019-09-01", "List 4A at 15 percent"),
    Event("phase-one", PHASE_ONE, "Phase One agreement in force, list 4A at 7.5 percent"),
]

EVENTS_2025 = [
    Event("before", "2025-01-20", "Last day before the measures of 2025"),
    Event("fentanyl", "2025-02-04", "10 percent on China"),
    Event("canada-mexico", "2025-03-04", "25 percent on Canada and Mexico, China at 20"),
    Event("metals", "2025-03-12", "Steel and aluminium at 25 percent, exemptions ended"),
    Event("cars", "2025-04-03", "25 percent on cars"),
    Event("baseline", "2025-04-05", "10 percent on almost all partners"),
    Event("liberation-day", "2025-04-09", "Country rates announced on 2 April, in force for hours"),
    Event("peak", "2025-04-12", "125 percent on both sides"),
    Event("geneva", "2025-05-14", "Geneva: both sides back to 10 percent"),
    Event("metals-50", "2025-06-04", "Steel and aluminium at 50 percent"),
    Event("august-2025", "2025-08-07", "Country rates of August"),
    Event("india-50", "2025-08-27", "India at 50 percent"),
    Event("wood", "2025-10-14", "Lumber, furniture and cabinets"),
    Event("busan", "2025-11-10", "Busan: fentanyl duty halved, Chinese farm duties removed"),
    Event("farm-exemptions", "2025-11-13", "Beef, coffee, bananas and more freed"),
    Event("ieepa-struck-down", "2026-02-24", "IEEPA duties end, section 122 begins"),
    Event("metals-full-value", "2026-04-06", "Metals on full value, in three annexes"),
    Event("brazil-301", "2026-07-22", "Section 301 on Brazil"),
    Event("forced-labour-301", "2026-07-24", "Section 122 ends, section 301 on forced labour begins"),
    Event("canada-338", "2026-08-22", "Section 338 on Canada"),
    Event("canada-list-648", "2026-09-08", "Canada: 648 items"),
    Event("truce-extension", "2026-09-24", "Truce with China extended to January 2027"),
]

WORLD_2025 = """
Measures of the United States from 2018 to September 2026 and the answers of China and Canada, as recorded in one
set of tables. Rows of confidence unverified are from memory, assumed, or a plan; notes say which.

Two levels. Section 301 on China stands twice: as lists for single goods (level product) and as averages for sectors
(level sector). Rows of level product have no effect on sectors: lumber, furniture, cabinets, lorries, buses,
semiconductors, patented medicines, drones, solar cells, car parts of chapter 87, articles with steel of the first
list, the Chinese duties of February 2025, the Canadian ones on vehicles and of September 2026. Rows with a `use`
reach a single good only where the user states that use. A list covers the share of a sector that coverage.csv
gives; a list without rows covers nothing there (potash, brazil_2025_exempt, aircraft).

Lists. Mill products are missing from the data's list of section 232 steel and aluminium; annex I-A of April 2026
gives them. The 407 articles of August 2025 are taken to be annexes I-B, II and III of April 2026. Cars and parts
share one list in the data: headings 8703 and 8704 are vehicles, the rest of chapter 87 parts, everything else parts
when used for cars; for sectors the list's share of motor vehicles counts as vehicles, its shares elsewhere as
parts. HTS 8507.60.00 is added to list 4A: stacking_tests.csv shows that it paid 7.5 percent before 2026. Annex II
of April 2025 writes 8-digit lines with ten digits, so that the data's coverage misses most of it: in energy,
mining, petroleum and pharmaceuticals that of November stands for it, elsewhere the data's figure is a lower bound.
Annex II of September 2025 and the Brazilian farm list are derived from that of November, and the list of section
122 stands for annex II of the forced-labour action.

Left out: exemptions for civil aircraft by use (of section 122, of Canada's section 338, and of Brazil, except
chapter 88); lines exempt only in part (11 of section 122); the exclusions from section 301; drawback, de minimis
and quotas; the Chinese duties of 2018 to 2020, still in force or waived; what remained of Canada's metals list from
September 2025 (313 items, here all); the adjustment of the metals duties of 8 June 2026; 10 of the 60 economies of
the forced-labour action.

Canada and Mexico. The share usmca claims the preference and is exempt where a measure names it: 0.38 and 0.50
before July 2025, 0.87 from then (the day is assumed). For a single good the user says whether it qualifies. Cars of
both pay on 0.6 of their value.

Coverage is in dollars of 2024. For US exports the total of a sector is the flow of 2022 in the world of 44 regions,
or what the lists cover together where that is more.
"""

CHINA_2018 = """
The trade war of 2018 to 2020: section 301 lists 1 to 4A with their dates, section 232 on Chinese steel and
aluminium, and China's additional duties, to the Phase One agreement. Everything stays in force from then on: the
four-year review and what followed is in us-world-2025.

For single goods (level product) the lists; for sectors (level sector) averages: those of the United States over the
imports of 2024, before February 2020 scaled with the means of the trade-war tracker; those of China simple means
over HS6 codes, with no lists. HTS 8507.60.00 is added to list 4A: stacking_tests.csv shows that it paid 7.5 percent
before 2026.

Not covered: China's halving of its last list on 14 February 2020, exclusions on both sides, section 232 on other
partners, section 201, the lists that were announced and dropped. Section 232 is on mill products, for which annex
I-A of April 2026 stands, and its first day is from memory.
"""

RCEP = """
The Regional Comprehensive Economic Partnership: every member's normal duty on goods of the others falls to zero on
the share of trade that claims it. Known is the start on 1 January 2022 and that more than 90 percent of goods
become free. Assumed is the rest: 65 percent of lines free at once and 90 percent from 2041, half of the trade in
them claiming it, one first day for all. Where a base tariff is zero already, within ASEAN, nothing changes. Base
tariffs that are later than 2022 may contain some of it.
"""

AFRICA = """
China's zero duties for African countries with diplomatic ties: 33 least developed countries from 1 December 2024,
20 others from 1 May 2026 until 30 April 2028; Eswatini is not among them. Sao Tome and Principe, which left the
least developed countries in December 2024, is counted with the 33. All trade is taken to claim it, an upper bound;
quotas on farm goods and what was free before are not represented. A world in which a country is part of a rest of
the world cannot give it its preference.
"""

HAINAN = """
The customs zone of Hainan from 18 December 2025: 74 percent of lines free when goods enter it from abroad. No
embedded world has Hainan: the scenario needs a world with a region HAI, split off China. Only the first line is
here. Goods that go on to the mainland pay China's duties unless 30 percent of their value was added in Hainan; a
dated duty cannot say that. The share of lines stands for the share of trade. Goods under quotas, anti-dumping and
retaliatory duties are excluded; the answers to the United States in us-world-2025 name the importer CHN only.
"""


def scenarios(source: Source) -> list[Scenario]:
    """Every scenario, in the order in which they are written."""
    groups = source.groups | {"AFRICA33": preferences.AFRICA33, "AFRICA20": preferences.AFRICA20}
    lists = product_lists(source)
    coverage = us_coverage(source) + retaliation_coverage(source)
    return [
        _world_2025(source, groups, lists, coverage),
        _china_2018(source, groups, lists, coverage),
        Scenario(
            name="rcep",
            title="RCEP, as far as it is known",
            description=RCEP,
            measures=preferences.rcep(source),
            events=[
                Event("entry-into-force", "2022-01-01", "First members"),
                Event("phased-in", "2041-01-01", "End of the phase-in"),
            ],
            groups=groups,
            attribution="RCEP agreement.",
        ),
        Scenario(
            name="china-zero-tariff-africa",
            title="China's zero duties for Africa",
            description=AFRICA,
            measures=preferences.africa(source),
            events=[
                Event("least-developed", "2024-12-01", "33 least developed countries"),
                Event("all-53", "2026-05-01", "20 other countries"),
                Event("end-for-others", "2028-05-01", "First day without the 20 others"),
            ],
            groups=groups,
            attribution="State Council Tariff Commission of China.",
        ),
        Scenario(
            name="hainan",
            title="Hainan customs zone, first line",
            description=HAINAN,
            measures=preferences.hainan(),
            events=[Event("customs-closure", "2025-12-18", "Island-wide customs operations")],
            attribution="General Administration of Customs of China.",
        ),
    ]


def _world_2025(source: Source, groups: dict, lists: dict, coverage: list) -> Scenario:
    averages, rates = section_301(source)
    measures = us_measures(source) + averages + responses(source)
    return Scenario(
        name="us-world-2025",
        title="United States and the world, 2018 to September 2026",
        description=WORLD_2025,
        measures=measures,
        events=EVENTS_2018 + EVENTS_2025,
        rules=rules_among(rules(source), measures),
        exemptions=exemptions(source),
        lists=lists,
        coverage=coverage,
        rates=rates,
        shares=_usmca(),
        groups=groups,
        sector_map=source.sector_map,
        attribution=f"{ACTS}; {CANADA}; {LISTS}; {FLOWS}; adapted.",
        licence=LICENCE,
    )


def _china_2018(source: Source, groups: dict, lists: dict, coverage: list) -> Scenario:
    us = us_measures(source)
    averages, us_rates = section_301(source, until="2021")
    answers, cn_rates = china_2018(source)
    goods = [row for row in us if row.id.startswith("us-301-cn-list")]
    metals = [
        replace(row, exporter="CHN", except_exporter="", note=f"on almost all partners, here on China; {row.note}")
        for row in us
        if row.id in ("us-232-steel-2018", "us-232-alu-2018")
    ]
    measures = goods + metals + averages + answers
    return Scenario(
        name="us-china-2018",
        title="United States and China, 2018 to 2020",
        description=CHINA_2018,
        measures=measures,
        events=EVENTS_2018,
        rules=rules_among(rules(source), measures),
        lists=lists,
        coverage=[row for row in coverage if row.exporter == "CHN"],
        rates=us_rates + cn_rates,
        groups=groups,
        sector_map=source.sector_map,
        attribution=f"{ACTS}; {LISTS}; adapted.",
        licence=LICENCE,
    )


def _usmca() -> list[Share]:
    text = "share of US imports entered under USMCA as compiled by the Yale Budget Lab; the day of the rise is assumed"
    return [
        Share("usmca", "USA", exporter, "goods", day, share, text, "second-hand")
        for exporter, before in (("CAN", "0.38"), ("MEX", "0.5"))
        for day, share in (("2020-07-01", before), ("2025-07-01", "0.87"))
    ]
