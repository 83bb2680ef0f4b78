"""Closure: which accounting."""

from __future__ import annotations

from dataclasses import dataclass

from tariffsim import _core

__all__ = ["Closure"]


@dataclass(frozen=True)
class Closure:
    """What happens to trade deficits, and the numeraire. Tariff revenue goes to the region's household.

    Parameters
    ----------
    deficits : str
        "fixed_world_share": each deficit is a fixed share of world value added.
        "balanced": no deficits; the base is first solved without them, and hats are relative to that base.
        "fixed_income_share": each deficit moves with the region's value added, corrected so that all sum to zero.
    numeraire : str
        "world_value_added", or a region code for that region's wage. Rescales nominal results only.

    Raises
    ------
    InvalidInput
        On an unknown closure.
    """

    deficits: str = "fixed_world_share"
    numeraire: str = "world_value_added"

    def __post_init__(self) -> None:
        self._core()

    def _core(self) -> _core.Closure:
        return _core.Closure(self.deficits, self.numeraire)
