"""Days as people give them: text, datetime, numpy or pandas, or the name of an event."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Union

from tariffsim.errors import InvalidInput

if TYPE_CHECKING:
    from tariffsim import _core

    #: "2025-04-09", the name of an event of the scenario, or a date.
    Day = Union[str, datetime.date, Any]

__all__ = ["as_date", "day_text"]


def day_text(value: Day, policy: _core.Policy) -> str:
    """A day as 2025-04-09.

    Raises
    ------
    InvalidInput
        Where it is no day, with the names that the scenario knows.
    """
    if isinstance(value, str):
        return policy.day_of(value)
    if isinstance(value, datetime.date):  # a datetime and a pandas Timestamp are dates too
        return value.isoformat()[:10]
    if type(value).__module__ == "numpy" and hasattr(value, "astype"):
        return str(value.astype("datetime64[D]"))
    raise InvalidInput("date", f"is a {type(value).__name__}", 'give "2025-04-09", a date, or the name of an event')


def as_date(text: str) -> datetime.date:
    """A date from 2025-04-09."""
    return datetime.date.fromisoformat(text)
