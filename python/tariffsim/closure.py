"""Closure: which accounting."""

from __future__ import annotations

from dataclasses import dataclass

from tariffsim import _core
from tariffsim.errors import InvalidInput

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

    @staticmethod
    def of(given: Closure | str | None) -> Closure:
        """The closure that a caller means: itself, the name of what happens to deficits, or the default."""
        if given is None or isinstance(given, Closure):
            return given or Closure()
        if not isinstance(given, str):
            remedy = 'give a Closure, or its treatment of deficits, such as "balanced"'
            raise InvalidInput("closure", f"is a {type(given).__name__}", remedy)
        return Closure(deficits=given)

    def __post_init__(self) -> None:
        self._core()

    def _core(self) -> _core.Closure:
        return _core.Closure(self.deficits, self.numeraire)
