"""What the core says of its data and of its base, in a form that can be read at the prompt."""

from __future__ import annotations

from dataclasses import dataclass

from tariffsim import _core

__all__ = ["BaseShift", "Source", "WorldInfo"]


@dataclass(frozen=True)
class Source:
    """Where a part of the data comes from."""

    title: str
    publisher: str = ""
    license: str = ""


@dataclass(frozen=True, repr=False)
class WorldInfo:
    """What a data package says of itself."""

    name: str
    title: str
    year: int
    currency: str
    unit: str
    valuation: str
    attribution: str
    sources: list[Source]
    known_defects: list[str]

    @staticmethod
    def of(core: _core.WorldInfo) -> WorldInfo:
        """A copy of what the core holds."""
        sources = [Source(source.title, source.publisher, source.license) for source in core.sources]
        texts = (core.currency, core.unit, core.valuation, core.attribution)
        return WorldInfo(core.name, core.title, core.year, *texts, sources, list(core.known_defects))

    def __repr__(self) -> str:
        names = ("name", "title", "year", "currency", "unit", "valuation", "attribution")
        lines = [(name, str(value)) for name in names if (value := getattr(self, name))]
        for source in self.sources:
            lines.append(("source", ", ".join(filter(None, (source.title, source.publisher, source.license)))))
        lines += [("known defect", text) for text in self.known_defects]
        return "\n".join(["Info of a world", *(f"  {name:<14}{text}" for name, text in lines)])


@dataclass(frozen=True, repr=False)
class BaseShift:
    """How far the solved base lies from the observed flows.

    Attributes
    ----------
    resolved : bool
        True where the base had to be solved.
    reason : str
    moved_share : float
        Sum of |base - observed| over the sum of observed flows.
    largest_change : float
        Largest |base - observed| of a flow over all that its importer buys.
    """

    resolved: bool
    reason: str
    moved_share: float
    largest_change: float

    @staticmethod
    def of(core: _core.BaseShift) -> BaseShift:
        """A copy of what the core holds."""
        return BaseShift(core.resolved, core.reason, core.moved_share, core.largest_change)

    def __repr__(self) -> str:
        if not self.resolved:
            return "Base as observed"
        moved, largest = 100 * self.moved_share, 100 * self.largest_change
        return (
            f"Base re-solved: {self.reason}; {moved:.3g} percent of all flows moved, one flow by {largest:.3g} percent of"
            " all that its importer buys"
        )
