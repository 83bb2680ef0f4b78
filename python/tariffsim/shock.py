"""Shock: what changed, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tariffsim import _core
from tariffsim.errors import InvalidInput
from tariffsim.labels import align, data_array, is_data_array, is_frame, is_series, numbers

if TYPE_CHECKING:
    import xarray as xr

    from tariffsim.labels import FloatArray, Values
    from tariffsim.world import World

__all__ = ["Shock"]

_PAIR = ("exporter", "importer", "sector")
_REGION = ("region", "sector")
_DIMS: dict[str, tuple[str, ...]] = {
    "tariffs": _PAIR,
    "export_taxes": _PAIR,
    "trade_cost_hat": _PAIR,
    "taste_hat": _PAIR,
    "productivity_hat": _REGION,
    "final_demand_share": _REGION,
    "deficits": ("region",),
}


class Shock:
    """What changed, as arrays; an absent array does not change. Arrays are read-only.

    Parameters
    ----------
    tariffs, export_taxes : N x N x J (exporter, importer, sector)
        New ad valorem rates, above -1; domestic cells must keep their base rate.
    trade_cost_hat : N x N x J
        d'/d, above 0; infinity is a ban.
    taste_hat : N x N x J
        Multiplies expenditure shares, 0 or more.
    productivity_hat : N x J
        A'/A, above 0.
    final_demand_share : N x J
        New shares; each region's sum to one.
    deficits : N
        New trade deficits in the world's currency; they sum to zero.
    world : World
        Needed where an array is labelled (xarray, pandas), to bring it into the world's order.

    Raises
    ------
    InvalidInput
        On a wrong shape or label; values are checked by `solve`.
    """

    __slots__ = ("_core",)

    def __init__(
        self,
        *,
        tariffs: Values | None = None,
        export_taxes: Values | None = None,
        trade_cost_hat: Values | None = None,
        taste_hat: Values | None = None,
        productivity_hat: Values | None = None,
        final_demand_share: Values | None = None,
        deficits: Values | None = None,
        world: World | None = None,
    ) -> None:
        given = {
            "tariffs": tariffs,
            "export_taxes": export_taxes,
            "trade_cost_hat": trade_cost_hat,
            "taste_hat": taste_hat,
            "productivity_hat": productivity_hat,
            "final_demand_share": final_demand_share,
            "deficits": deficits,
        }
        self._core = _core.Shock(
            **{name: _array(value, name, world) for name, value in given.items() if value is not None}
        )
        if world is not None:
            self._core.validate(world._core)

    @classmethod
    def _of(cls, core: _core.Shock) -> Shock:
        shock = cls.__new__(cls)
        shock._core = core
        return shock

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (_core.pack(self._core),)

    @property
    def tariffs(self) -> FloatArray | None:
        """t', exporter x importer x sector, in world order."""
        return self._core.tariffs

    @property
    def export_taxes(self) -> FloatArray | None:
        """e', exporter x importer x sector, in world order."""
        return self._core.export_taxes

    @property
    def trade_cost_hat(self) -> FloatArray | None:
        """d'/d, exporter x importer x sector, in world order; infinity is a ban."""
        return self._core.trade_cost_hat

    @property
    def taste_hat(self) -> FloatArray | None:
        """Share shifters, exporter x importer x sector, in world order."""
        return self._core.taste_hat

    @property
    def productivity_hat(self) -> FloatArray | None:
        """A'/A, region x sector, in world order."""
        return self._core.productivity_hat

    @property
    def final_demand_share(self) -> FloatArray | None:
        """New alpha, region x sector, in world order."""
        return self._core.final_demand_share

    @property
    def deficits(self) -> FloatArray | None:
        """New D by region, in world order and its currency."""
        return self._core.deficits

    @property
    def changes_tastes(self) -> bool:
        """True where tastes differ before and after, so that real incomes cannot be compared."""
        return self._core.changes_tastes

    @property
    def only_tariffs(self) -> bool:
        """True where nothing but import tariffs changes, the case that the first-order welfare formula is made for."""
        return self._core.only_tariffs

    def to_xarray(self, world: World) -> xr.Dataset:
        """The arrays that change, labelled with the codes of the world that they were made for."""
        import xarray as xr

        return xr.Dataset(
            {
                name: data_array(values, world._axes, name, dims)
                for name, dims in _DIMS.items()
                if (values := getattr(self, name)) is not None
            }
        )

    def __repr__(self) -> str:
        changed = [name for name in _DIMS if getattr(self, name) is not None]
        return f"Shock({', '.join(changed) if changed else 'no change'})"


def _unpacked(packed: bytes) -> Shock:
    return Shock._of(_core.unpack_shock(packed))


def _array(value: Any, name: str, world: World | None) -> FloatArray:
    if world is not None:
        return align(value, name, _DIMS[name], world._axes)
    if is_data_array(value) or is_frame(value) or is_series(value):
        raise InvalidInput(name, "is labelled, and its order in the world is not known", "give Shock(world=…) too")
    return numbers(value, name)
