"""The sentences of a report: what was declared, what happened, what was assumed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from tariffsim.changes import NOTHING, places_for, settled_pct, sides
from tariffsim.plot.replacement import partner_changes
from tariffsim.plot.tariff_change import market_tariff, rate_texts
from tariffsim.plot.trade import Market, pair_flows, positions, sector_label, shocked_markets
from tariffsim.plot.words import Money, listed, percent, short_names, the

if TYPE_CHECKING:
    from tariffsim.equilibrium import Equilibrium
    from tariffsim.scenario import Scenario

__all__ = ["CLOSURES", "LIMITS", "closure", "declared", "in_short", "other_changes", "sellers_of"]

CLOSURES = {
    "fixed_world_share": (
        "Each region's trade deficit stays a fixed share of world value added.",
        "A tariff cannot close a deficit here: where imports of goods fall, exports fall too, or services move. Say nothing "
        "about deficits from such a result.",
    ),
    "balanced": (
        "Trade of every region is balanced. The base was first solved again without deficits; changes are relative to that base.",
        "Where observed deficits are large, the base itself is far from the data; see how much of all flows moved.",
    ),
    "fixed_income_share": (
        "Each region's trade deficit moves with its value added, corrected so that all deficits sum to zero.",
        "A region with a surplus that grows rich sends more abroad, so part of the change in real income is a transfer.",
    ),
    "fixed_expenditure_share": (
        "What each region spends over what it earns moves alike everywhere, so that all deficits sum to zero.",
        "Deficits move with earnings, so part of the change in real income is a transfer.",
    ),
    "endogenous": (
        "Regions whose consumer prices rise against the world's save more, by a given response; all deficits sum to zero.",
        "How much saving responds is given, not estimated; part of the change in real income is a transfer.",
    ),
}

LIMITS = (
    "Two long-run equilibria are compared. The way between them, unemployment, investment and money are not modelled.",
    "Technology and tastes stay as they are in the base; only prices, wages, purchases and revenue respond.",
    "Pairs that did not trade in the base do not start to, and trade ends only where it is banned; firms are not modelled.",
    "The results are as good as the trade elasticities and the shares of the base year; neither is known exactly.",
)


REVENUE = {
    "household": "Tariff and export-tax revenue goes to the household of the region that collects it.",
    "income_tax": "Tariff revenue cuts a tax on what factors earn, which their supply answers to.",
    "wasted": "Tariff and export-tax revenue is spent and left out of the household's income and welfare.",
}


def closure(eq: Equilibrium) -> tuple[str, str, str, str, str, str, str, str]:
    """Name of the closure, what happens to deficits, when that misleads; numeraire, revenue and theory, each explained."""
    what, misleads = CLOSURES.get(eq.closure.deficits, (eq.closure.deficits, ""))
    if eq.closure.numeraire == "world_consumer_price":
        numeraire = "Consumer prices of the world, weighed by base income: amounts after the change are counted in them."
    elif eq.closure.numeraire == "world_value_added":
        numeraire = (
            "World value added: amounts after the change are shares of a world whose value added is that of the base."
        )
    else:
        numeraire = f"The wage of {eq.closure.numeraire}: amounts after the change are counted in it."
    numeraire += " Real changes do not depend on it."
    revenue = eq.closure.revenue
    theory = ". ".join([f"{eq.theory}; trade elasticities {eq.elasticity_source}", *eq.warnings]) + "."
    return eq.closure.deficits, what, misleads, eq.closure.numeraire, numeraire, revenue, REVENUE[revenue], theory


def in_short(eq: Equilibrium) -> list[str]:
    """The result in a few sentences."""
    lines = _welfare(eq) if eq.welfare_comparable else _incomparable(eq)
    return lines + [_market(eq, market) for market in shocked_markets(eq, most=2)]


def _welfare(eq: Equilibrium) -> list[str]:
    income, worth = eq.real_income_pct, eq.equivalent_variation
    names, money = short_names(eq.observed, 40), Money.of(eq.observed)
    losers, gainers, unchanged = sides(income)
    if losers.empty and gainers.empty:
        return ["Real income changes nowhere."]
    places = places_for(income)

    lines = []
    for title, side in (("Largest losses of real income", losers), ("Largest gains", gainers)):
        told = side[side.abs().round(places) > 0].iloc[:3]  # 0.00 percent need not be told
        if len(told):
            amounts = [
                f"{names[code]} {percent(value, places)} percent"
                f" ({money.text(float(worth[code]), sign=True)} {money.unit} a year)"
                for code, value in told.items()
            ]
            lines.append(f"{title}: {listed(amounts)}.")
    still = f"; that change by no more than {NOTHING:.7f} percent: {len(unchanged)}" if len(unchanged) else ""
    total = float(worth.sum())
    lines.append(
        f"Regions that gain: {len(gainers)}; that lose: {len(losers)}{still}."
        f" Summed over all regions the changes are worth {money.text(total, sign=True)} {money.unit} a year."
    )
    return lines


def _incomparable(eq: Equilibrium) -> list[str]:
    """No word of gains, losses and worth, where there is no yardstick for them."""
    income, names = settled_pct(eq.real_income_pct).sort_values(kind="stable"), short_names(eq.observed, 40)
    lines = ["Tastes or final demand change, so real incomes before and after have no common yardstick."]
    if income.any():
        places = places_for(income)
        low, high = (
            f"{the(names[code])} ({percent(float(income[code]), places)} percent)" for code in income.index[[0, -1]]
        )
        lines.append(f"The measured change, not comparable, is lowest in {low} and highest in {high}.")
    return lines


def _market(eq: Equilibrium, market: Market) -> str:
    names, money = short_names(eq.observed, 40), Money.of(eq.observed)
    sectors = list(market.sectors)
    what = sector_label(eq.observed, sectors)
    who = sellers_of(eq, market)
    n, sellers = eq._axes.regions.get_loc(market.importer), positions(eq._axes.regions, market.exporters)
    before, after = (float(flow[sellers, n].sum()) for flow in pair_flows(eq, sectors))
    table = partner_changes(eq, market.importer, sectors, True, 60, True).drop(list(market.exporters), errors="ignore")
    rivals = table[(table["kind"] == "partner") & (np.sign(table["change"]) == np.sign(before - after))]
    first = rivals.loc[rivals["change"].abs().nlargest(3).index]
    own = float(table.loc[table["kind"] == "own", "change"].sum())
    rates = 100 * market_tariff(eq, market.importer, list(eq._axes.regions), sectors)
    base, announced, paid = rate_texts(*rates)
    sentence = (
        f"{names[market.importer]}: imports of {what} from {who} go from {money.text(before)} to {money.text(after)} {money.unit}"
        f" a year ({percent(100 * (after / before - 1), 1)} percent)."
    )
    if len(first):
        others = [
            f"{names[code]} {money.text(float(row.change), sign=True)}"
            for code, row in zip(first.index, first.itertuples())
        ]
        sentence += f" Sales by others: its own producers {money.text(own, sign=True)}, {listed(others)} {money.unit}."
    if announced == "banned":
        return f"{sentence} The mean duty on all imports of {what} was {base} percent; such imports are banned now."
    return sentence + (
        f" The mean duty on all imports of {what} was {base} percent; the new rates would make it {announced} on the old"
        f" purchases, and it is {paid} on the new ones."
    )


def declared(scenario: Scenario | None) -> list[str]:
    """The changes of a scenario as they were written, and its groups."""
    if scenario is None:
        return []
    lines = [line.strip() for line in repr(scenario).splitlines()[1:]]
    return [re.sub(r"^\d+\. ", "", line) for line in lines]


def sellers_of(eq: Equilibrium, market: Market) -> str:
    """The exporters that were hit in a market."""
    names = short_names(eq.observed, 40)
    shown, left = market.exporters[:3], len(market.exporters) - 3
    return listed(
        [the(names[code]) for code in shown]
        + ([f"{left} others"] if left > 1 else [the(name) for name in names[list(market.exporters[3:])]])
    )


def other_changes(eq: Equilibrium) -> list[str]:
    """What the scenario changes besides import tariffs."""
    shock, lines = eq.shock, []
    if shock.export_taxes is not None:
        changed = int((eq.export_taxes.values != eq.export_taxes_base.values).sum())
        lines.append(f"Export taxes change on {_count(changed, 'flow')}.")
    if shock.trade_cost_hat is not None:
        banned = int(np.isinf(shock.trade_cost_hat).sum())
        moved = shock.trade_cost_hat[np.isfinite(shock.trade_cost_hat) & (shock.trade_cost_hat != 1)]
        if banned:
            lines.append(f"Trade is banned on {_count(banned, 'flow')}.")
        if len(moved):
            lines.append(f"Trade costs are multiplied by {_span(moved)} on {_count(len(moved), 'flow')}.")
    for name, what in (("productivity_hat", "Productivity is"), ("taste_hat", "Taste shifters are")):
        ratio = getattr(shock, name)
        if ratio is not None and (ratio != 1).any():
            moved = ratio[ratio != 1]
            lines.append(f"{what} multiplied by {_span(moved)} in {_count(len(moved), 'cell')}.")
    if shock.final_demand_share is not None:
        lines.append("Shares of final demand change.")
    if shock.deficits is not None:
        lines.append("Trade deficits are set.")
    return lines


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _span(values: np.ndarray) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.4g}" if low == high else f"{low:.4g} to {high:.4g}"
