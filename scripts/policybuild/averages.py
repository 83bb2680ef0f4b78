"""Rates by sector where lists are too fine: section 301 on China, and China's answer of 2018 and 2019."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from .source import SERVICES, Source
from .tables import Measure, Rate, number

BEFORE_THE_WAR = "2018-01-01"
PHASE_ONE = "2020-02-14"

# The change of the table on these days is China's cut of its normal duties, not an answer to the United States.
CHINA_MFN_CUTS = ("2018-05-01", "2018-07-01", "2018-11-01")

# US steps whose day of collection is not the legal day: collected -> legal
LEGAL_DAY = {"2019-06-01": "2019-05-10"}

Cells = dict[str, dict[str, float]]  # [date][sector] -> rate


def section_301(source: Source, until: str = "9999") -> tuple[list[Measure], list[Rate]]:
    """US duties on Chinese goods as sector averages, one measure a step before the day `until`.

    From 2020 on they are weighted with the imports of 2024. Earlier steps are that average of 2020, scaled with the
    means over HS6 codes of the trade-war tracker.
    """
    given = _cells(source.s301, "rate_import_weighted")
    tracked = _cells(source.us_on_china_2018, "rate_weighted_2024_imports")
    steps = {day: _scaled(given[PHASE_ONE], tracked, day) for day in tracked if BEFORE_THE_WAR < day < PHASE_ONE}
    steps |= given
    first = Measure(
        id="us-301-cn-sector",
        title="Section 301 on China, sector average from {day}",
        importer="USA",
        exporter="CHN",
        authority="Trade Act 1974 s.301",
        group="s301_china",
        family="us-301-cn-sector",
        level="sector",
        source="US Trade Representative; HTS8 lists as compiled in the Yale Budget Lab tariff-rate tracker and the "
        "trade-war tracker (MIT); US Census Bureau, imports of 2024",
        confidence="second-hand",
        note="average of the lists in force over the sector's imports from China; exclusions not counted",
    )
    weights = source.import_dollars["CHN"]
    steps = {day: rates for day, rates in steps.items() if day < until}
    measures = list(_measures(first, steps, "s301_cn", LEGAL_DAY))
    early = "; before 14 February 2020 scaled with the trade-war tracker's means over HS6 codes"
    measures = [replace(m, note=m.note + early) if m.effective < PHASE_ONE else m for m in measures]
    return measures, _rates("s301_cn", steps, ("CHN", "USA"), LEGAL_DAY, weights)


def china_2018(source: Source) -> tuple[list[Measure], list[Rate]]:
    """China's additional duties of 2018 and 2019 as sector means: the sum of the steps that are not cuts for all."""
    tracked = _cells(source.china_on_us_2018, "rate_simple_mean")
    extra: dict[str, float] = {}
    steps: Cells = {}
    for before, day in pairwise(tracked):
        if day not in CHINA_MFN_CUTS:
            extra = {s: extra.get(s, 0.0) + rate - tracked[before][s] for s, rate in tracked[day].items()}
            steps[day] = {sector: max(0.0, rate) for sector, rate in extra.items()}
    first = Measure(
        id="cn-2018-sector",
        title="China's additional duties on US goods, sector mean from {day}",
        importer="CHN",
        exporter="USA",
        authority="State Council Tariff Commission",
        group="cn_retaliation_2018",
        family="cn-2018-sector",
        level="sector",
        source="State Council Tariff Commission; rates by HS6 as compiled in the trade-war tracker (MIT)",
        confidence="second-hand",
        note="simple mean over HS6 codes; additional duty = steps of the mean on the days of the measures, without the "
        "cuts of normal duties of 1 May, 1 July and 1 November 2018; exclusions not counted",
    )
    return list(_measures(first, steps, "cn_2018", {})), _rates("cn_2018", steps, ("USA", "CHN"), {}, {})


def _cells(rows: list[dict[str, str]], column: str) -> Cells:
    cells: Cells = {}
    for row in rows:
        if row["sector"] != SERVICES and row[column]:
            cells.setdefault(row["date"], {})[row["sector"]] = float(row[column])
    return dict(sorted(cells.items()))


def _scaled(anchor: dict[str, float], tracked: Cells, day: str) -> dict[str, float]:
    """`anchor` of 2020 times the share of the additional duty of 2020 that was in force on `day`."""
    base, last = tracked[BEFORE_THE_WAR], tracked[PHASE_ONE]
    return {
        sector: rate * max(0.0, tracked[day][sector] - base[sector]) / (last[sector] - base[sector])
        for sector, rate in anchor.items()
        if last[sector] > base[sector]
    }


def _measures(first: Measure, steps: Cells, table: str, legal: dict[str, str]) -> Iterable[Measure]:
    """One measure a step, each ended by the next."""
    for day, following in pairwise([*steps, ""]):
        effective, ended = legal.get(day, day), legal.get(following, following)
        yield replace(
            first,
            id=f"{first.id}-{effective}",
            title=first.title.format(day=effective),
            rate_table=f"{table}_{effective}",
            effective=effective,
            ended=ended,
            collected=day if effective != day else "",
            collected_ended=following if ended != following else "",
        )


def _rates(
    table: str, steps: Cells, pair: tuple[str, str], legal: dict[str, str], weights: dict[str, float]
) -> list[Rate]:
    return [
        Rate(
            f"{table}_{legal.get(day, day)}",
            *pair,
            sector,
            number(rate),
            number(weights[sector]) if sector in weights else "",
        )
        for day, rates in steps.items()
        for sector, rate in rates.items()
        if round(rate, 9) > 0
    ]
