"""The result as a short text: who loses, who gains, what happens to the trade that was hit."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim.changes import places_for, settled, sides

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.equilibrium import Equilibrium
    from tariffsim.labels import FloatArray

__all__ = ["Summary"]

_SHOWN = 8


class Summary:
    """Facts, tables and notes on one result; `str()` gives text, notebooks show HTML.

    Attributes
    ----------
    facts : dict of str to str
        World, closure, theory, how the solve went.
    tables : dict of str to DataFrame
        By title: losers, winners, the trade that was hit, who else sells and buys, tariff revenue.
    notes : list of str
        What to know before a number is quoted.
    """

    def __init__(self, eq: Equilibrium) -> None:
        self.title = eq.title or "Untitled"
        self.unit = eq.observed.info.unit or eq.observed.info.currency or "the world's currency"
        self.facts = _facts(eq)
        self.tables: dict[str, pd.DataFrame] = {}
        self.notes: list[str] = []
        if not eq.converged:
            self.notes.append(f"There is no result: {eq.diagnosis}")
            return
        self._add_regions(eq)
        hit = _hit_cells(eq)
        if hit.any():
            self._add_pairs(eq, hit)
        else:
            self._add_largest_changes(eq)
        self._add_revenue(eq)
        self._add_limits(eq)
        self.notes += _notes(eq)

    def _add_regions(self, eq: Equilibrium) -> None:
        import pandas as pd

        columns = {
            "name": eq.observed.regions["name"],
            "real income %": eq.real_income_pct,
            "real wage %": eq.real_wage_pct,
        }
        if (columns["name"] == columns["name"].index).all():
            del columns["name"]
        titles = ("Who loses", "Who gains")
        if eq.welfare_comparable:
            columns[f"worth, {self.unit}"] = eq.equivalent_variation
        else:  # then a fall is no loss, and nothing is worth anything
            why = "not comparable: tastes or final demand change"
            titles = (f"Real income falls, {why}", f"Real income rises, {why}")
        table = pd.DataFrame(columns)
        for title, side in zip(titles, sides(table["real income %"])):
            self.tables[f"{title} ({len(side)} of {len(table)} regions)"] = table.loc[side.index].head(_SHOWN)

    def _add_pairs(self, eq: Equilibrium, hit: np.ndarray[Any, Any]) -> None:
        import pandas as pd

        before, after = eq._base.flows, eq._after.flows
        codes = eq._axes.regions
        base = np.where(hit, before, 0.0).sum(axis=2)
        now = np.where(hit, after, 0.0).sum(axis=2)
        exporters, importers = np.nonzero((base > 0) | (now > 0))
        order = np.argsort(-np.abs(now - base)[exporters, importers], kind="stable")
        exporters, importers = exporters[order], importers[order]
        index = pd.MultiIndex.from_arrays(
            [codes.take(exporters), codes.take(importers)], names=["exporter", "importer"]
        )
        table = _changes(base[exporters, importers], now[exporters, importers], index)
        for column, rates, flows in (
            ("tariff before %", eq._base.tariffs, before),
            ("announced %", eq._after.tariffs, before),
            ("collected %", eq._after.tariffs, after),
        ):
            table[column] = _average_rate(hit, rates, flows)[exporters, importers]
        banned = _banned(eq, hit)[exporters, importers]
        if banned.any():  # there is no rate any more
            for column in ("announced %", "collected %"):
                table[column] = table[column].astype(object).mask(banned, "banned")
        count = len(table)
        self.tables[f"Trade that was hit ({count} {'pair' if count == 1 else 'pairs'}, {self.unit})"] = table.head(
            _SHOWN
        )
        if count:
            self._add_partners(eq, hit[exporters[0], importers[0]], codes[exporters[0]], codes[importers[0]])

    def _add_partners(self, eq: Equilibrium, hit: np.ndarray[Any, Any], exporter: str, importer: str) -> None:
        """Where the largest change comes from and goes to, in the sectors that were hit."""
        import pandas as pd

        sectors = eq._axes.sectors[hit].tolist()
        scope = f"{len(sectors)} sectors hit" if len(sectors) > 1 else sectors[0]
        if len(sectors) == len(eq._axes.sectors):
            scope = "all sectors"
        for own, title, trade in (
            (importer, f"What {importer} buys, by seller ({scope})", eq.import_sources(importer, sectors)),
            (exporter, f"What {exporter} sells, by buyer ({scope})", eq.export_destinations(exporter, sectors)),
        ):
            largest = trade["change"].abs().sort_values(ascending=False, kind="stable").index[:_SHOWN]
            rows = trade.loc[largest]
            partners = pd.Index([f"{code} (itself)" if code == own else code for code in largest])
            self.tables[title] = _changes(rows["base"].to_numpy(), rows["counterfactual"].to_numpy(), partners)

    def _add_largest_changes(self, eq: Equilibrium) -> None:
        import pandas as pd

        base = eq._base.flows.sum(axis=2)
        now = settled(base, eq._after.flows.sum(axis=2))
        codes = eq._axes.regions
        exporters, importers = np.nonzero(~_domestic(eq) & (now != base))
        if not len(exporters):
            self.notes.append("no trade between regions changes.")
            return
        order = np.argsort(-np.abs(now - base)[exporters, importers], kind="stable")[:_SHOWN]
        exporters, importers = exporters[order], importers[order]
        index = pd.MultiIndex.from_arrays(
            [codes.take(exporters), codes.take(importers)], names=["exporter", "importer"]
        )
        title = f"Where trade changes most (all sectors, {self.unit})"
        self.tables[title] = _changes(base[exporters, importers], now[exporters, importers], index)

    def _add_revenue(self, eq: Equilibrium) -> None:
        base, now = eq.tariff_revenue_base, eq.tariff_revenue
        size = (now - base).abs().sort_values(ascending=False, kind="stable")
        moved = size[size > 1e-9 * eq.income_base.sum()].index[:_SHOWN]
        if len(moved):
            table = _changes(base[moved].to_numpy(), now[moved].to_numpy(), moved)
            table.loc["world"] = _changes(np.array([base.sum()]), np.array([now.sum()]), moved[:1]).iloc[0]
            self.tables[f"Tariff revenue ({self.unit})"] = table

    def _add_limits(self, eq: Equilibrium) -> None:
        limits = eq.limits
        if limits.empty:
            return
        sense = limits["sense"].str.replace("_", " ") + limits["level"].map(" {:,.6g}".format)
        table = limits[[]].assign(
            limit=limits["limited"].str.replace("_", " ") + " " + sense,
            amount=limits["amount"].map("{:,.6g}".format),
            binds=np.where(limits["binds"], "yes", np.where(limits["exceeded"], "exceeded", "no")),
            **{"wedge %": 100 * limits["wedge"], f"rent, {self.unit}": limits["rent"].map("{:,.0f}".format)},
            to=limits["rent_owner"],
        )
        self.tables["Limits, with the tariff or export tax that each equals"] = table

    def __str__(self) -> str:
        width = max(len(key) for key in self.facts)
        lines = [self.title, *(f"  {key:<{width}}  {value}" for key, value in self.facts.items())]
        for title, table in self.tables.items():
            lines += ["", title, *_text(table)]
        if self.notes:
            lines += ["", *(f"note: {note}" for note in self.notes)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        facts = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in self.facts.items())
        parts = [f"<h3>{html.escape(self.title)}</h3><table>{facts}</table>"]
        parts += [f"<h4>{html.escape(title)}</h4>{_html(table)}" for title, table in self.tables.items()]
        parts += [f"<p>note: {html.escape(note)}</p>" for note in self.notes]
        return "".join(parts)


def _facts(eq: Equilibrium) -> dict[str, str]:
    info, closure = eq.observed.info, eq.closure
    size = f"{len(eq._axes.regions)} regions x {len(eq._axes.sectors)} sectors"
    solved = eq.status
    if eq.converged:
        solved += f", largest relative residual {eq.certificate.worst:.1e}"
        solved += f", {eq.evaluations} evaluations, {1e3 * eq.seconds:.1f} ms"
    facts = {
        "world": f"{info.title or info.name} ({size})",
        "closure": f"deficits {closure.deficits}, numeraire {closure.numeraire}, revenue {closure.revenue}",
        "theory": f"{eq.theory}, {eq.theory.reference}",
        "trade elasticities": eq.elasticity_source,
        "solved": solved,
    }
    shift = eq.base_shift
    if shift.resolved:
        facts["base"] = f"re-solved ({shift.reason}); {100 * shift.moved_share:.3g} percent of all flows moved"
    return facts


def _notes(eq: Equilibrium) -> list[str]:
    notes = [f"{warning}." for warning in eq.warnings]
    if not eq.welfare_comparable:
        notes.append("tastes or final demand change, so real income before and after is not comparable.")
    if not eq.welfare_first_order.applies:
        notes.append(
            "the literature's first-order welfare formula is made for changes of tariffs alone and does not apply here."
        )
    notes.append(
        "real income compares two long-run equilibria and is exact; the way from one to the other is not modelled."
    )
    return notes


def _domestic(eq: Equilibrium) -> np.ndarray[Any, Any]:
    territory = eq.observed.regions["territory"].to_numpy()
    same: np.ndarray[Any, Any] = territory[:, np.newaxis] == territory
    return same


def _hit_cells(eq: Equilibrium) -> np.ndarray[Any, Any]:
    """Foreign cells whose tariff, export tax, trade cost or taste changes."""
    base, after, shock = eq._base, eq._after, eq.shock
    hit = (base.tariffs != after.tariffs) | (base.export_taxes != after.export_taxes)
    for ratio in (shock.trade_cost_hat, shock.taste_hat):
        if ratio is not None:
            hit |= ratio != 1
    result: np.ndarray[Any, Any] = hit & ~_domestic(eq)[:, :, np.newaxis]
    return result


def _banned(eq: Equilibrium, hit: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Pairs that trade nothing in the cells that were hit because all of it is banned."""
    cost = eq.shock.trade_cost_hat
    if cost is None:
        return np.zeros(hit.shape[:2], dtype=bool)
    open_cells = np.where(hit & np.isfinite(cost), eq._base.flows, 0.0)
    result: np.ndarray[Any, Any] = (open_cells.sum(axis=2) == 0) & (hit & ~np.isfinite(cost)).any(axis=2)
    return result


def _average_rate(hit: np.ndarray[Any, Any], rates: FloatArray, flows: FloatArray) -> FloatArray:
    """Duties over imports by pair in the cells that were hit, percent; NaN where there are none."""
    duty, value = np.where(hit, rates * flows, 0.0).sum(axis=2), np.where(hit, flows, 0.0).sum(axis=2)
    percent: FloatArray = np.divide(100 * duty, value, out=np.full_like(value, np.nan), where=value > 0)
    return percent


def _changes(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any], index: Any) -> pd.DataFrame:
    import pandas as pd

    percent = np.full(len(before), np.nan)
    np.divide(100 * (after - before), before, out=percent, where=before > 0)
    return pd.DataFrame({"before": before, "after": after, "change": after - before, "change %": percent}, index=index)


def _formatted(table: pd.DataFrame) -> tuple[list[str], list[list[str]], list[bool]]:
    """Header, cells as text, and which columns hold numbers."""
    labels = [str(name) if name is not None else "" for name in table.index.names]
    header = ["" if len(labels) == 1 else label for label in labels] + [str(column) for column in table.columns]
    columns: list[list[str]] = [[str(v) for v in table.index.get_level_values(k)] for k in range(table.index.nlevels)]
    numeric = [False] * len(columns)
    money = [c for c in table.columns if table[c].dtype.kind == "f" and "%" not in str(c)]
    largest = max((float(np.nanmax(np.abs(table[c]))) for c in money if len(table)), default=0.0)
    places = min(max(0, 3 - math.floor(math.log10(largest))), 9) if largest > 0 else 0
    for column in table.columns:
        values = table[column]
        name = str(column)
        if values.dtype.kind != "f" and "%" not in name:
            columns.append([str(v)[:34] for v in values])
            numeric.append(False)
            continue
        sign = "+" if name in ("change", "change %") or name.startswith(("real", "worth")) else ""
        if "%" in name:
            spec = f"{sign},.{max(4, places_for(values))}f" if name.startswith("real") else f"{sign},.1f"
        else:
            spec = f"{sign},.{places}f"
        columns.append([v if isinstance(v, str) else "" if math.isnan(v) else format(v, spec) for v in values])
        numeric.append(True)
    return header, [list(row) for row in zip(*columns)], numeric


def _text(table: pd.DataFrame) -> list[str]:
    header, rows, numeric = _formatted(table)
    if not rows:
        return ["  nobody"]
    widths = [max(len(cell) for cell in column) for column in zip(header, *rows)]
    align = [">" if number else "<" for number in numeric]
    return ["  " + "  ".join(f"{c:{a}{w}}" for c, a, w in zip(row, align, widths)).rstrip() for row in (header, *rows)]


def _html(table: pd.DataFrame) -> str:
    header, rows, numeric = _formatted(table)
    if not rows:
        return "<p>nobody</p>"
    style = ['style="text-align:right"' if number else 'style="text-align:left"' for number in numeric]
    head = "".join(f"<th {s}>{html.escape(cell)}</th>" for cell, s in zip(header, style))
    body = "".join(
        "<tr>" + "".join(f"<td {s}>{html.escape(cell)}</td>" for cell, s in zip(row, style)) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
