"""Mappings of codes, given in either direction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tariffsim.errors import InvalidInput
from tariffsim.labels import is_series

__all__ = ["code_map"]


def code_map(given: Any, where: str) -> dict[str, str]:
    """Old code to new code, from either direction."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) and not is_series(given):
        raise InvalidInput(where, f"is a {type(given).__name__}", "give a dict or a pandas Series")
    result: dict[str, str] = {}
    for key, value in given.items():
        olds, new = ([key], value) if isinstance(value, str) else (value, key)
        if not isinstance(new, str) or not isinstance(olds, Iterable):
            raise InvalidInput(
                where, f"'{key}' goes to {value!r}", "map a code to a code, or a new code to a list of codes"
            )
        for old in olds:
            if result.get(str(old), new) != new:
                raise InvalidInput(
                    where, f"'{old}' goes to both '{result[str(old)]}' and '{new}'", "map every code once"
                )
            result[str(old)] = new
    return result
