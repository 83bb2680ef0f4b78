"""First-order welfare as a frame that remembers its parts by partner and sector."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["FirstOrderWelfare"]


class FirstOrderWelfare(pd.DataFrame):
    """First-order change in welfare by region, percent of base income: the literature's formula, not the exact change.

    Columns terms_of_trade_pct, volume_of_trade_pct, total_pct (their sum), and transfer_pct, the change in the deficit, which
    is not in the total.

    Attributes
    ----------
    applies : bool
        The change moves import tariffs and nothing else, which the formula is made for.
    by_partner, by_sector : dict of str to DataFrame
        terms_of_trade_pct and volume_of_trade_pct by region (rows) and partner or sector; rows sum to the columns above.
    """

    _metadata = ["applies", "by_partner", "by_sector"]
    applies: bool
    by_partner: dict[str, pd.DataFrame]
    by_sector: dict[str, pd.DataFrame]

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame  # a part of the table is a plain frame
