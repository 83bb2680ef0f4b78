"""Closure: which accounting."""

from __future__ import annotations

from dataclasses import dataclass

from tariffsim import _core
from tariffsim.errors import InvalidInput

__all__ = ["Closure"]


@dataclass(frozen=True)
class Closure:
    """What happens to trade deficits, the numeraire, and what tariff revenue is used for.

    Parameters
    ----------
    deficits : str
        "fixed_world_share": each deficit is a fixed share of world value added.
        "balanced": no deficits; the base is first solved without them, and hats are relative to that base.
        "fixed_income_share": each deficit moves with the region's value added, corrected so that all sum to zero.
        "fixed_expenditure_share": spending over earnings moves alike everywhere, so that all deficits sum to zero.
        "endogenous": the same, and regions whose prices rise against the world's save more: `saving_response`.
    numeraire : str
        "world_value_added"; "world_consumer_price"; or a region code for that region's wage. Rescales nominal results,
        unless a factor's price is rigid in it.
    revenue : str
        "household": rebated. "income_tax": rebated by cutting a tax on what factors earn, which their supply answers to.
        "wasted": spent, and left out of the household's income and welfare.
    saving_response : float
        Of endogenous deficits: the percent by which spending over earnings falls where the consumer price rises by one
        percent against the world's.

    Raises
    ------
    InvalidInput
        On an unknown name, or a saving response without endogenous deficits.
    """

    deficits: str = "fixed_world_share"
    numeraire: str = "world_value_added"
    revenue: str = "household"
    saving_response: float = 0.0

    @staticmethod
    def of(given: Closure | str | None) -> Closure:
        """The closure that a caller means: itself, the name of what happens to deficits, or the default."""
        if given is None or isinstance(given, Closure):
            return given or Closure()
        if not isinstance(given, str):
            remedy = 'give a Closure, or its treatment of deficits, such as "balanced"'
            raise InvalidInput("closure", f"is a {type(given).__name__}", remedy)
        return Closure(deficits=given)

    @staticmethod
    def _of(core: _core.Closure) -> Closure:
        return Closure(core.deficits, core.numeraire, core.revenue, core.saving_response)

    def __post_init__(self) -> None:
        self._core()

    def _core(self) -> _core.Closure:
        return _core.Closure(self.deficits, self.numeraire, self.revenue, float(self.saving_response))
