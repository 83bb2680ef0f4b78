"""Timeline: the days on which a policy changes, as a table and as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Timeline"]


class Timeline:
    """The mean tariff on goods of one importer, from one exporter or from all, day by day.

    Attributes
    ----------
    table : DataFrame
        By date: rate and change (ad valorem), begins and ends (ids of measures), event.
    importer, exporter : str or None
    of : str
        Whose flows weigh the rates.
    """

    def __init__(self, table: pd.DataFrame, parts: pd.DataFrame, importer: str | None, exporter: str | None, of: str) -> None:
        self.table, self.importer, self.exporter, self.of = table, importer, exporter, of
        self._parts = parts

    @property
    def by_authority(self) -> pd.DataFrame:
        """The rate by date in parts that sum to it, a column for each authority."""
        return self._parts

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """The rate as steps, stacked by authority, with the events named. See `tariffsim.plot.timeline`."""
        from tariffsim.plot import timeline

        return timeline(self, ax, **options)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        shown = self.table.assign(rate=(100 * self.table["rate"]).round(2), change=(100 * self.table["change"]).round(2))
        return f"Mean tariff on goods, percent, {self.of}\n{shown.to_string(max_colwidth=44)}"

    def _repr_html_(self) -> str:
        shown = self.table.assign(rate=(100 * self.table["rate"]).round(2), change=(100 * self.table["change"]).round(2))
        return str(shown.to_html())
