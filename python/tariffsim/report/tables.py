"""Tables of a report: header, rows of text, and which columns hold numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.changes import settled_pct
from tariffsim.plot.tariff_change import market_tariff, rate_texts
from tariffsim.plot.trade import Market, pair_flows, pair_volumes, positions, sector_label, shocked_markets
from tariffsim.plot.words import Money, percent, short_names, the
from tariffsim.report.wording import sellers_of

if TYPE_CHECKING:
    from tariffsim.equilibrium import Equilibrium

__all__ = [
    "Table",
    "balances",
    "certificate",
    "market_facts",
    "solver_facts",
    "sources",
    "wedges",
    "welfare",
    "welfare_parts",
]


@dataclass(frozen=True)
class Table:
    """What a page shows as a table; the first `labels` columns are text, the others numbers."""

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    labels: int = 1
    groups: Sequence[tuple[str, int]] = field(default_factory=tuple)  # heads over several columns: text and width
    note: str = ""
    all_text: bool = False


def welfare(eqs: Sequence[Equilibrium], titles: Sequence[str]) -> Table:
    """Exact real income and its worth by region, all results side by side, ordered by the first."""
    order = settled_pct(eqs[0].real_income_pct).sort_values(kind="stable").index
    money, names = Money.of(eqs[0].observed), eqs[0].observed.regions["name"]
    income, worth = [eq.real_income_pct for eq in eqs], [eq.equivalent_variation for eq in eqs]
    places = 3 if max(float(x.abs().max()) for x in income) >= 0.05 else 5
    largest = max(float(x.abs().max()) for x in worth) / money.per
    decimals = 2 if largest >= 1 else 4
    rows = []
    for code in order:
        cells = [str(names[code]), str(code)]
        for pct, ev in zip(income, worth):
            cells += [percent(float(pct[code]), places), percent(float(ev[code]) / money.per, decimals)]
        rows.append(cells)
    sums = ["All regions", ""]
    for eq, ev in zip(eqs, worth):
        sums += [
            percent(100 * float(ev.sum()) / float(eq.income_base.sum()), places),
            percent(float(ev.sum()) / money.per, decimals),
        ]
    rows.append(sums)
    header = ["region", "code"] + ["real income, %", f"worth, {money.unit}"] * len(eqs)
    groups = (("", 2), *((title, 2) for title in titles)) if len(eqs) > 1 else ()
    comparable = all(eq.welfare_comparable for eq in eqs)
    warning = "" if comparable else "Not comparable where tastes or final demand change. "
    return Table(
        "Exact change in real income, and what it is worth a year at the prices of the base (equivalent variation)",
        header,
        rows,
        labels=2,
        groups=groups,
        note=f"{warning}The last row adds up what the changes are worth, and gives the sum as a percentage of the world's "
        "income.",
    )


def welfare_parts(eq: Equilibrium) -> Table:
    """The exact change beside the first-order formula and its parts."""
    exact, formula = eq.real_income_pct, eq.welfare_first_order
    names = short_names(eq.observed, 40)
    rows = [
        [str(names[code]), percent(float(exact[code]), 3)]
        + [
            percent(float(formula.loc[code, column]), 3)
            for column in ("total_pct", "terms_of_trade_pct", "volume_of_trade_pct")
        ]
        for code in settled_pct(exact).sort_values(kind="stable").index
    ]
    return Table(
        "Exact change in real income beside the first-order formula of the literature, percent",
        ["region", "exact", "first-order sum", "terms of trade", "volume of trade"],
        rows,
    )


def wedges(eq: Equilibrium, most: int = 16) -> Table | None:
    """What the scenario changes at the borders, by pair; None where it changes nothing there."""
    from tariffsim.plot.trade import foreign

    old, new, flow = eq.tariffs_base.values, eq.tariffs.values, eq.flows_base.values
    changed = (new != old) & foreign(eq.observed)[:, :, np.newaxis]
    if not changed.any():
        return None
    money, names = Money.of(eq.observed), short_names(eq.observed)
    codes, sectors = eq._axes.regions, eq._axes.sectors
    weight = np.where(changed, np.abs(new - old) * flow, 0.0).sum(axis=2)
    exporters, importers = np.nonzero(changed.any(axis=2))
    order = np.argsort(-weight[exporters, importers], kind="stable")
    rows = []
    for i, n in zip(exporters[order][:most], importers[order][:most]):
        at = changed[i, n]
        trade = flow[i, n][at].sum()
        mean = [
            100 * (rates[i, n][at] * flow[i, n][at]).sum() / trade if trade > 0 else float("nan")
            for rates in (old, new)
        ]
        what = sector_label(eq.observed, [str(code) for code in sectors[at]])
        rows.append(
            [
                str(names[codes[n]]),
                str(names[codes[i]]),
                what,
                money.text(trade),
                *(percent(m, 1, sign=False) for m in mean),
            ]
        )
    left = len(order) - len(rows)
    return Table(
        "Import tariffs that change, percent (means over the base trade)",
        ["importer", "exporter", "sectors", f"trade, {money.unit}", "before", "after"],
        rows,
        labels=3,
        note=f"And {left} more pairs, of less weight." if left else "",
    )


def market_facts(eq: Equilibrium, market: Market) -> Table:
    """What happens in one market that was hit."""
    money, names = Money.of(eq.observed), short_names(eq.observed)
    codes, sectors = eq._axes.regions, list(market.sectors)
    n, sellers = codes.get_loc(market.importer), positions(codes, market.exporters)
    before, after = (flow[sellers, n].sum() for flow in pair_flows(eq, sectors))
    volume = pair_volumes(eq, sectors)[sellers, n].sum()
    what = sector_label(eq.observed, sectors)
    who = sellers_of(eq, market)
    every = market_tariff(eq, market.importer, list(codes), sectors)
    hit = market_tariff(eq, market.importer, list(market.exporters), sectors)
    creation: Any = eq.trade_creation_diversion("importer").loc[market.importer]
    prices: Any = eq.import_prices("importer").loc[market.importer]
    revenue = (float(eq.tariff_revenue_base[market.importer]), float(eq.tariff_revenue[market.importer]))

    def change(old: float, new: float) -> str:
        return percent(100 * (new / old - 1), 1) if old > 0 else "n/a"

    duty_hit, duty_all = (rate_texts(*(100 * rates)) for rates in (hit, every))
    rows = [
        [
            f"Imports of {what} from {who}, value, {money.unit}",
            money.text(before),
            money.text(after),
            change(before, after),
        ],
        ["… volume, at base prices", money.text(before), money.text(volume), change(before, volume)],
        [f"Duties on them, % (announced: {duty_hit[1]})", duty_hit[0], duty_hit[2], ""],
        [f"Duties on all imports of {what}, % (announced: {duty_all[1]})", duty_all[0], duty_all[2], ""],
        [f"Tariff revenue, {money.unit}", money.text(revenue[0]), money.text(revenue[1]), change(*revenue)],
        ["Price of all imports at the border", "", "", percent(100 * (float(prices["border_hat"]) - 1), 2)],
        ["Price of all imports, duty included", "", "", percent(100 * (float(prices["duty_inclusive_hat"]) - 1), 2)],
        [f"Trade creation, {money.unit}", "", money.text(float(creation["creation"]), sign=True), ""],
        [f"Trade diversion, {money.unit}", "", money.text(float(creation["diversion"]), sign=True), ""],
    ]
    return Table(
        f"The market of {the(names[market.importer])}",
        ["", "before", "after", "change, %"],
        rows,
        note="Announced: the new rates on the purchases of the base. Import prices: fixed weights of the base. Creation and "
        "diversion: changes of imports at base prices; negative creation is trade that ends.",
    )


def balances(eq: Equilibrium, most: int = 12) -> Table:
    """Trade balances of goods and services of the regions where they move most, and of the markets that were hit."""
    table, money, names = eq.balances(), Money.of(eq.observed), short_names(eq.observed)
    kinds = [kind for kind in ("goods", "services", "all") if kind in table.columns.get_level_values(0)]
    moved = (table[("goods", "balance")] - table[("goods", "balance_base")]).abs()
    for market in shocked_markets(eq):
        for code in (market.importer, *market.exporters[:3]):
            moved[code] += moved.sum()
    rows = []
    for code in moved.sort_values(ascending=False, kind="stable").index[:most]:
        cells = [str(names[code])]
        for kind in kinds:
            old, new = float(table.loc[code, (kind, "balance_base")]), float(table.loc[code, (kind, "balance")])
            cells += [money.text(old, sign=True), money.text(new, sign=True)]
        rows.append(cells)
    return Table(
        f"Exports less imports at the border, {money.unit}",
        ["region"] + ["before", "after"] * len(kinds),
        rows,
        groups=(("", 1), *((kind if kind != "all" else "goods and services", 2) for kind in kinds)),
    )


_CONDITIONS = {
    "zero_profit": "each price equals its unit cost",
    "expenditure_shares": "each flow is what shares, costs and prices imply",
    "goods_market": "what is produced is bought",
    "budget_balance": "what is earned is spent",
    "market_clearing": "what firms pay for labour is what it earns",
    "trade_balance": "imports less exports equal the deficit of the closure",
    "complementarity": "each limit binds, or costs nothing",
    "rates": "rates that answer to prices, content and limits",
}


def certificate(eq: Equilibrium) -> Table:
    """Each condition of the equilibrium with its largest residual."""
    found = eq.certificate
    rows = [
        [name.replace("_", " "), _CONDITIONS.get(name, ""), f"{residual.value:.1e}", residual.place]
        for name, residual in found.residuals.items()
    ]
    rows.append(["Walras' law", "excess demands of all regions sum to zero", f"{found.walras:.1e}", ""])
    rows.append(
        [
            "positive",
            "no flow is negative; prices, wages and incomes are above zero",
            "yes" if found.positive else "NO",
            "",
        ]
    )
    return Table(
        f"Largest relative residual {found.worst:.1e}, tolerance {eq.tolerance:.0e}",
        ["condition", "which says", "residual", "largest at"],
        rows,
        labels=2,
        all_text=True,
    )


def solver_facts(eqs: Sequence[Equilibrium], titles: Sequence[str]) -> Table:
    """How the solves went."""
    shifts = [eq.base_shift for eq in eqs]
    rows = [
        ["status", *(eq.status for eq in eqs)],
        ["evaluations of the system", *(str(eq.evaluations) for eq in eqs)],
        ["accepted steps", *(str(eq.iterations) for eq in eqs)],
        [
            "way to the result",
            *("direct" if eq.path_steps <= 1 else f"{eq.path_steps} steps from the base" for eq in eqs),
        ],
        ["time, milliseconds", *(f"{1e3 * eq.seconds:.1f}" for eq in eqs)],
        [
            "base",
            *(
                f"re-solved: {s.reason}; {100 * s.moved_share:.3g} % of all flows moved"
                if s.resolved
                else "as observed"
                for s in shifts
            ),
        ],
    ]
    return Table("The solver", ["", *titles], rows, all_text=True)


def sources(eq: Equilibrium) -> Table | None:
    """Sources of the data with publisher and licence; None where the data name none."""
    table = eq.observed.sources
    rows = [[str(row.title), str(row.publisher), str(row.license)] for row in table.itertuples()]
    return Table("Sources", ["title", "publisher", "licence"], rows, all_text=True) if rows else None
