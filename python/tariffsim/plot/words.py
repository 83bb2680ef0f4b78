"""Numbers and names as people read them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from tariffsim.world import World

__all__ = ["Money", "percent", "sector_names", "short_names", "signed", "the"]

_MINUS = "\u2212"
# Names that English does not use without an article; names of data often come without it.
_ARTICLE = re.compile(
    r"(United|Rest of|Republic of) |.*(States|Kingdom|Emirates|Republic|Federation|Union|Islands)$"
    r"|(Netherlands|Philippines|Bahamas|Gambia|Maldives|USA?|UK|UAE|EU)$"
)
_MULTIPLES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "bn": 1e9, "mn": 1e6}


@dataclass(frozen=True)
class Money:
    """Amounts of a world: divided by `per`, followed by `unit`."""

    per: float
    unit: str

    @staticmethod
    def of(world: World) -> Money:
        """Billions where the unit is a multiple of a currency and the world is large enough for them."""
        unit = world.info.unit
        word, _, currency = unit.partition(" ")
        multiple = _MULTIPLES.get(word.lower())
        if multiple is not None and currency and float(world.value_added.sum()) * multiple >= 1e10:
            return Money(1e9 / multiple, f"bn {currency}")
        return Money(1.0, unit or world.info.currency or "units of the data")

    def text(self, value: float, sign: bool = False) -> str:
        """The amount without its unit, to three digits or whole numbers."""
        return signed(value / self.per, sign=sign)


def signed(value: float, digits: int = 3, sign: bool = True) -> str:
    """A number to so many digits, whole ones all shown; a true minus; "n/a" for what is no number."""
    if not math.isfinite(value):
        return "n/a"
    places = digits - 1 - math.floor(math.log10(abs(value))) if abs(value) > 1e-12 else 0
    return _clean(value, min(max(places, 0), 6), sign)


def percent(value: float, places: int = 2, sign: bool = True) -> str:
    """A number of percent, without the sign %."""
    return _clean(value, places, sign) if math.isfinite(value) else "n/a"


def _clean(value: float, places: int, sign: bool) -> str:
    text = f"{abs(value):,.{places}f}"
    if not any(digit in "123456789" for digit in text):
        return text  # what rounds to zero has no sign
    return (_MINUS if value < 0 else "+" if sign else "") + text


def short_names(world: World, longest: int = 24) -> pd.Series[str]:
    """Region names that fit beside a bar, by code: without what stands in brackets; the code where there is no name."""
    return _short(world.regions["name"], longest)


def the(name: str) -> str:
    """A region's name inside a sentence: with its article, where it has one."""
    return f"the {name}" if _ARTICLE.match(name) else name


def sector_names(world: World, longest: int = 30) -> pd.Series[str]:
    """Sector names that fit beside a bar, by code."""
    return _short(world.sectors["name"], longest)


def _short(names: pd.Series[str], longest: int) -> pd.Series[str]:
    short = [_cut(str(name).partition(" (")[0].strip() or str(code), longest) for code, name in names.items()]
    # Two of the same name say nothing: add the codes.
    labels = [
        f"{label} {code}" if short.count(label) > 1 and label != code else label
        for label, code in zip(short, names.index)
    ]
    return type(names)(labels, index=names.index)


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    return head[: head.rfind(" ")].rstrip(" ,") + "\u2026" if " " in head else head + "\u2026"


def listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
