"""Preferences: RCEP, China's zero duties for Africa, and Hainan."""

from .source import Source
from .tables import Measure

# China's 53 African partners are the members of the African Union in the United Nations except Eswatini.
AFRICA33 = (
    "AGO BDI BEN BFA CAF COD COM DJI ERI ETH GIN GMB GNB LBR LSO MDG MLI MOZ MRT MWI NER RWA SDN SEN SLE SOM SSD STP "
    "TCD TGO TZA UGA ZMB"
).split()
AFRICA20 = "BWA CIV CMR COG CPV DZA EGY GAB GHA GNQ KEN LBY MAR MUS NAM NGA SYC TUN ZAF ZWE".split()

# Share of tariff lines that is free, in the first year and at the end of the phase-in.
RCEP_STEPS = [("2022-01-01", "2041-01-01", 0.65), ("2041-01-01", "", 0.9)]
RCEP_CLAIMED = 0.5

HAINAN_LINES = "0.74"


def rcep(source: Source) -> list[Measure]:
    """One measure an importer and step; every other member is an exporter."""
    members = source.groups["RCEP"]
    return [
        Measure(
            id=f"rcep-{importer.lower()}-{effective[:4]}",
            title=f"RCEP from {effective[:4]}: {source.country[importer]}",
            importer=importer,
            exporter="RCEP",
            rate="0",
            base="preference",
            utilisation=f"{free * RCEP_CLAIMED:g}",
            authority="RCEP agreement",
            group="rcep",
            family=f"rcep-{importer.lower()}",
            announced="2020-11-15",
            effective=effective,
            ended=ended,
            source="RCEP agreement",
            confidence="unverified",
            note=f"{100 * free:.0f} percent of lines free, {100 * RCEP_CLAIMED:.0f} percent of the trade in them "
            "claims it: both assumed (more than 90 percent in the end is known); one day for all members, although "
            "KOR, MYS, IDN, MMR and PHL joined between February 2022 and June 2023",
        )
        for importer in members
        for effective, ended, free in RCEP_STEPS
    ]


def africa(source: Source) -> list[Measure]:
    """The least developed countries first, the others for two years."""
    row = next(row for row in source.china if row["id"] == "cn-zero-africa")
    shared = {
        "importer": row["importer"],
        "rate": row["rate"],
        "base": "preference",
        "utilisation": "1",
        "authority": row["source"],
        "group": row["stacking_group"],
        "source": row["source"],
        "confidence": row["confidence"],
    }
    claimed = "all trade is taken to claim it: an upper bound"
    return [
        Measure(
            id=f"{row['id']}-ldc",
            title="China: zero duty for 33 least developed African countries",
            exporter="AFRICA33",
            family=f"{row['id']}-ldc",
            effective="2024-12-01",
            note=claimed,
            **shared,
        ),
        Measure(
            id=f"{row['id']}-other",
            title="China: zero duty for 20 other African countries",
            exporter="AFRICA20",
            family=f"{row['id']}-other",
            effective=row["effective"],
            ended="2028-05-01",
            note=claimed,
            **shared,
        ),
    ]


def hainan() -> list[Measure]:
    """The first line: goods that enter Hainan from abroad."""
    return [
        Measure(
            id="cn-hainan-first-line",
            title="Hainan: zero duty on goods from abroad",
            importer="HAI",
            exporter="*",
            except_exporter="CHN",
            rate="0",
            base="preference",
            utilisation=HAINAN_LINES,
            authority="General Administration of Customs of China",
            group="hainan",
            family="cn-hainan-first-line",
            effective="2025-12-18",
            source="General Administration of Customs of China",
            confidence="second-hand",
            note="74 percent of lines free (about 6,600), taken as the share of trade; before that day 21 percent "
            "(1,900 lines), so that the change alone is 0.53",
        )
    ]
