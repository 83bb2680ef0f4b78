"""Certificate: every equilibrium condition, recomputed from what was returned."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from tariffsim import _core

__all__ = ["Certificate", "Residual"]


@dataclass(frozen=True)
class Residual:
    """The largest relative violation of one condition, and where it is."""

    value: float
    region: str = ""
    sector: str = ""

    @property
    def place(self) -> str:
        """The region and, where the condition has one, the sector."""
        return ", ".join(label for label in (self.region, self.sector) if label)


class Certificate:
    """Relative residuals in the infinity norm, from code that shares nothing with the solver.

    Attributes
    ----------
    residuals : dict of str to Residual
        zero_profit, expenditure_shares, goods_market, budget_balance, market_clearing, trade_balance, complementarity
        of limits, and rates that answer to the equilibrium.
    walras : float
        Sum of all excess labour demands over world value added.
    positive : bool
        Every flow is finite and not negative; every price, wage and income finite and above zero.
    worst : float
        The largest residual; infinity where `positive` is false.
    """

    __slots__ = ("positive", "residuals", "walras", "worst")

    def __init__(self, core: _core.Certificate) -> None:
        self.residuals = {name: Residual(r.value, r.region, r.sector) for name, r in core.conditions}
        self.walras = core.walras
        self.positive = core.positive
        self.worst = core.worst()

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and strings, as in summary.json."""
        conditions: dict[str, Any] = {
            name: {"residual": r.value, "region": r.region, "sector": r.sector} for name, r in self.residuals.items()
        }
        return {**conditions, "walras": self.walras, "positive": self.positive}

    def _rows(self) -> list[tuple[str, str, str]]:
        rows = [(name, f"{r.value:.1e}", r.place) for name, r in self.residuals.items()]
        return [*rows, ("walras", f"{self.walras:.1e}", ""), ("positive", "yes" if self.positive else "NO", "")]

    def __repr__(self) -> str:
        lines = [f"Certificate: largest relative residual {self.worst:.1e}"]
        return "\n".join(
            [*lines, *(f"  {name:<20}{value:>9}  {place}".rstrip() for name, value, place in self._rows())]
        )

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th>{name}</th><td>{value}</td><td>{html.escape(place)}</td></tr>"
            for name, value, place in self._rows()
        )
        return f"<table><caption>Certificate: largest relative residual {self.worst:.1e}</caption>{rows}</table>"
