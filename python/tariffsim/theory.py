"""Theory: which economics, as a name and its parameters."""

from __future__ import annotations

from typing import Any

from tariffsim.errors import InvalidInput

__all__ = ["Theory"]

# Of a Market; the parameters of each, with their values where they are not given.
_MARKET: dict[str, dict[str, Any]] = {"partial": {}, "gsim": {"published_sign": False}, "smart": {"importer": None}}
_WORLD = (
    "armington",
    "caliendo_parro",
    "costinot_rodriguez_clare",
    "eaton_kortum",
    "krugman",
    "melitz_chaney",
    "specific_factors",
    "two_tier",
)


class Theory:
    """A theory by its name, with its parameters. Immutable; printed with the result.

    Parameters
    ----------
    name : str
        "partial": CES demand among sources within market demand of constant elasticity, export supply of constant
        elasticity, world prices that clear each market exactly.
        "gsim": the linear form of Francois and Hall (2003); `published_sign=True` gives the quadratic term of consumer
        surplus the sign of the price change, as published, which overstates losses.
        "smart": the imports of one `importer` in linear form (Laird and Yeats 1986).
    parameters
        Those of the theory.

    Raises
    ------
    InvalidInput
        On an unknown name or parameter, and on theories of worlds.
    """

    __slots__ = ("_name", "_parameters")

    def __init__(self, name: str, **parameters: Any) -> None:
        if name in _WORLD:
            raise InvalidInput(
                "theory",
                f"'{name}' is a theory of worlds, which cannot be chosen",
                "solve a World without a theory, or a Market under 'partial', 'gsim' or 'smart'",
            )
        if not isinstance(name, str) or name not in _MARKET:
            raise InvalidInput("theory", f"unknown theory {name!r}", "use 'partial', 'gsim' or 'smart'")
        known = _MARKET[name]
        for parameter in parameters:
            if parameter not in known:
                have = ", ".join(f"'{key}'" for key in known) or "none"
                raise InvalidInput(f"theory '{name}'", f"has no parameter '{parameter}'", f"it has {have}")
        given = {**known, **parameters}
        if not isinstance(given.get("published_sign", False), bool):
            raise InvalidInput("theory 'gsim': published_sign", f"is {given['published_sign']!r}", "give True or False")
        if name == "smart" and not isinstance(given["importer"], str):
            raise InvalidInput("theory 'smart': importer", f"is {given['importer']!r}", "give the code of one region")
        self._name, self._parameters = name, given

    @staticmethod
    def of(given: Theory | str | None) -> Theory:
        """The theory that a caller means: itself, one by name, or the exact one."""
        if isinstance(given, Theory):
            return given
        return Theory("partial" if given is None else given)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def parameters(self) -> dict[str, Any]:
        """Its parameters, with those that were not given."""
        return dict(self._parameters)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Theory) and (self._name, self._parameters) == (other._name, other._parameters)

    def __hash__(self) -> int:
        return hash((self._name, *sorted(self._parameters.items())))

    def __repr__(self) -> str:
        arguments = [repr(self._name), *(f"{key}={value!r}" for key, value in self._parameters.items())]
        return f"Theory({', '.join(arguments)})"
