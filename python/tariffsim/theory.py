"""Theory: which economics, as a name and its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import is_series

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Theory"]

# Of a Market; the parameters of each, with their values where they are not given.
_MARKET: dict[str, dict[str, Any]] = {"partial": {}, "gsim": {"published_sign": False}, "smart": {"importer": None}}
_NESTED = ("factors", "horizon")


class Theory:
    """A theory by its name, with its parameters. Immutable; printed with the result.

    Parameters
    ----------
    name : str
        Of a world one of `Theory.list()`: "caliendo_parro" (the default), "armington", "eaton_kortum",
        "costinot_rodriguez_clare", "krugman", "melitz_chaney", "external_economies", "specific_factors", "two_tier",
        "elastic_labour". All are declarations over one system, so parameters of one combine with any other.

        Of a market "partial" (CES demand among sources within market demand of constant elasticity, export supply of
        constant elasticity, solved exactly), "gsim" (the linear form of Francois and Hall 2003; `published_sign=True` gives
        the quadratic term of consumer surplus the sign of the price change) or "smart" (the imports of one `importer`).
    parameters
        Of a world. A parameter by region or sector is a number, or a dict or Series by code with "*" for all others.

        sources, domestic_import : trade elasticities theta = sigma - 1, among sources and of home against imports, by
        sector. final_demand, value_added_materials, materials : elasticities of substitution, 1 Cobb-Douglas, 0 Leontief.
        scale : elasticity of productivity to a sector's size. distribution_margin, pass_through : by importer.
        firm_substitution : sigma between firms. labour_mobility : 0 specific, inf free. labour_supply : elasticity to the
        real wage, by region. wage : "flexible", "rigid_real" or "rigid_nominal". capital_share, capital_mobility : a second
        factor. factors : dict by name of dicts with share, mobility, supply and answers_to ("real" or "nominal").
        horizon : "boehm_levchenko_pandalai_nayar", or a dict with short_run and speed. years : since the change.
        elasticity_scale : multiplies both elasticities of trade, by sector. elasticity_source : where given elasticities come
        from.

    Raises
    ------
    InvalidInput
        On an unknown name or parameter, and on a value of the wrong kind.
    """

    __slots__ = ("_core", "_name", "_parameters")

    def __init__(self, name: str = "caliendo_parro", **parameters: Any) -> None:
        if not isinstance(name, str):
            raise InvalidInput("theory", f"is a {type(name).__name__}", "give its name; see ts.Theory.list()")
        self._core: _core.Theory | None = None
        if name in _MARKET:
            parameters = _of_market(name, parameters)
        else:
            self._core = _core.Theory(name, _keys(name, parameters))
        self._name, self._parameters = name, parameters

    @staticmethod
    def list() -> pd.DataFrame:
        """Theories of worlds by name: how they differ from the default, the parameter that they need, the reference."""
        import pandas as pd

        return pd.DataFrame(_core.theory_presets()).set_index("name")[["differs", "needs", "reference"]]

    @staticmethod
    def of(given: Theory | str | None) -> Theory:
        """The theory that a caller means: itself, one by name, or the default of worlds."""
        return given if isinstance(given, Theory) else Theory("caliendo_parro" if given is None else given)

    @staticmethod
    def _of(core: _core.Theory) -> Theory:
        theory = Theory.__new__(Theory)
        theory._core, theory._name, theory._parameters = core, core.name, dict(core.description)
        return theory

    def __reduce__(self) -> tuple[Any, ...]:
        packed = None if self._core is None else _core.pack(self._core)
        return _unpacked, (self._name, self._parameters, packed)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def parameters(self) -> dict[str, Any]:
        """Its parameters; of a theory that was read from a file or a result, in words."""
        return dict(self._parameters)

    @property
    def reference(self) -> str:
        """Of a theory of worlds, what to cite; empty elsewhere."""
        return next((row["reference"] for row in _core.theory_presets() if row["name"] == self._name), "")

    @property
    def of_markets(self) -> bool:
        """True of theories of single markets, False of those of worlds."""
        return self._core is None

    def after(self, years: float) -> Theory:
        """The same theory so many years after the change, where its elasticities have a horizon."""
        return Theory._of(self._for_world().after(float(years)))

    def _for_world(self) -> _core.Theory:
        if self._core is None:
            raise InvalidInput(
                "theory", f"'{self._name}' is a theory of single markets", "give a Market, or a theory of ts.Theory.list()"
            )
        return self._core

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Theory):
            return NotImplemented
        if self._core is None or other._core is None:
            return self._core is other._core and (self._name, self._parameters) == (other._name, other._parameters)
        return self._core.same_as(other._core)

    def __hash__(self) -> int:
        return hash(self._name)

    def __str__(self) -> str:
        return self._core.line if self._core is not None else self._name

    def __repr__(self) -> str:
        arguments = [repr(self._name), *(f"{key}={value!r}" for key, value in self._parameters.items())]
        return f"Theory({', '.join(arguments)})"


def _unpacked(name: str, parameters: dict[str, Any], packed: bytes | None) -> Theory:
    theory = Theory.__new__(Theory)
    theory._name, theory._parameters = name, parameters
    theory._core = None if packed is None else _core.unpack_theory(packed)
    return theory


def _of_market(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
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
    return given


def _keys(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    keys: dict[str, Any] = {}
    for key, value in parameters.items():
        where = f"theory '{name}': {key}"
        if key == "factors":
            for factor, properties in _mapping(value, where).items():
                for part, number in _mapping(properties, f"{where}: {factor}").items():
                    keys[f"factors.{factor}.{part}"] = _key(number, f"{where}: {factor}: {part}")
        elif key in _NESTED and isinstance(value, Mapping):
            for part, number in value.items():
                keys[f"{key}.{part}"] = _key(number, f"{where}: {part}")
        else:
            keys[key] = _key(value, where)
    return keys


def _mapping(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidInput(where, f"is a {type(value).__name__}", "give a dict by name")
    return value


def _key(value: Any, where: str) -> Any:
    if isinstance(value, str):
        return value
    if is_series(value):
        value = value.to_dict()
    if isinstance(value, Mapping):
        return {str(code): _number(number, f"{where}: {code}") for code, number in value.items()}
    return _number(value, where)


def _number(value: Any, where: str) -> float:
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise InvalidInput(where, f"is {value!r}", "give a number, a word, or numbers by code")
    return float(value)
