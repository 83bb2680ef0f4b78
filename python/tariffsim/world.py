"""World: what was observed, validated once, then immutable."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from tariffsim import _core, building, overview
from tariffsim.about import WorldInfo
from tariffsim.errors import InvalidInput
from tariffsim.labels import Axes, data_array, frame, is_series, number, series
from tariffsim.mapping import code_map

if TYPE_CHECKING:
    import os

    import pandas as pd
    import xarray as xr
    from typing_extensions import Unpack

    from tariffsim.building import Info
    from tariffsim.labels import Values

    Lists = dict[str, list[str]]  # inside the class, `list` is a method

__all__ = ["World"]

# The worlds that come with the package.
_EMBEDDED = [Path(__file__).parent / "worlds"]


# Labelled flows say by such a text, which survives a file, in which world they are.
_worlds: WeakValueDictionary[str, World] = WeakValueDictionary()
_numbers = itertools.count(1)


class World:
    """The observed world: N regions, J sectors, flows, tariffs, technology and elasticities.

    Made by `load`, `read`, `from_flows`, `from_frames` or `from_arrays`. Nothing can change it: what looks like a change
    returns a new world. Arrays are read-only views of the memory that the world holds.
    """

    __slots__ = ("__weakref__", "_axes_cache", "_core", "_token")

    def __init__(self, core: _core.World) -> None:
        if not isinstance(core, _core.World):
            raise InvalidInput(
                "World", f"cannot be made from a {type(core).__name__}", "use World.load, read or from_…"
            )
        self._core = core
        self._axes_cache: Axes | None = None
        self._token = f"{core.info.name or 'world'} #{next(_numbers)}"
        _worlds[self._token] = self

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (_core.pack(self._core),)

    @staticmethod
    def _by_token(token: str) -> World | None:
        return _worlds.get(token)

    @property
    def _label(self) -> str:
        return f"observed flows of {self.name or 'the world'}"

    @property
    def _axes(self) -> Axes:
        if self._axes_cache is None:
            self._axes_cache = Axes(self._core.regions.codes, self._core.sectors.codes)
        return self._axes_cache

    # ---- where worlds come from

    @staticmethod
    def load(name: str) -> World:
        """A world by its name (see `World.list`).

        Raises
        ------
        InvalidInput
            Lists the known names.
        """
        if not isinstance(name, str):
            problem = f"the name is a {type(name).__name__}"
            remedy = "give a name from World.list(), or use World.read(path) for a folder"
            raise InvalidInput("World.load", problem, remedy)
        return World(_core.load_world(name, _EMBEDDED))

    @staticmethod
    def read(path: str | os.PathLike[str]) -> World:
        """A world from a data package: a folder with regions.csv, sectors.csv, flows.csv and more (docs, "Data").

        Raises
        ------
        InvalidInput
            Names the file, the line and the remedy.
        """
        return World(_core.read_world(Path(path)))

    @staticmethod
    def list() -> pd.DataFrame:
        """The worlds that `load` knows: title, year, number of regions and sectors, folder, by name."""
        import pandas as pd

        columns = ["title", "year", "regions", "sectors", "folder", "problem"]
        known = _core.list_worlds(_EMBEDDED)
        rows = [[getattr(listing, column) for column in columns] for listing in known]
        return pd.DataFrame(rows, columns=columns, index=pd.Index([listing.name for listing in known], name="name"))

    @staticmethod
    def from_flows(
        flows: Values, trade_elasticity: float, regions: Sequence[str] | None = None, **info: Unpack[Info]
    ) -> World:
        """The shortest start: a matrix of flows and one elasticity; one sector, no tariffs, no materials.

        Parameters
        ----------
        flows : N x N
            Exporters in rows, importers in columns, domestic sales on the diagonal, before tariffs, in any currency. The
            labels of a DataFrame become the region codes; rows and columns may differ in order.
        trade_elasticity : float
            theta = sigma - 1 > 0.
        regions : sequence of str
            N codes; R1, R2, … where absent.
        info
            name, title, year, currency, unit, valuation, attribution, sources, known_defects.

        Raises
        ------
        InvalidInput
            On negative or missing flows, or a region that sells or buys nothing; names the cell.
        """
        return World(building.from_flows(flows, trade_elasticity, regions, info))

    @staticmethod
    def from_arrays(
        flows: Values,
        trade_elasticity: Values,
        *,
        regions: Sequence[str] | pd.DataFrame | None = None,
        sectors: Sequence[str] | pd.DataFrame | None = None,
        tariffs: Values | None = None,
        export_taxes: Values | None = None,
        value_added_share: Values | None = None,
        input_shares: Values | None = None,
        final_demand_share: Values | None = None,
        **info: Unpack[Info],
    ) -> World:
        """A world from arrays: numpy in the order of the labels, or labelled arrays (xarray, pandas) in any order.

        Parameters
        ----------
        flows : N x N x J (exporter, importer, sector)
            Border values before the importer's tariff, domestic sales included.
        trade_elasticity : J or float
            theta = sigma - 1 > 0.
        regions, sectors : sequence of str or DataFrame
            Codes, or frames as in `from_frames`. Absent: the labels of `flows`, or R1, R2, … and S1, S2, ….
        tariffs, export_taxes : N x N x J
            Ad valorem, above -1; zero where absent.
        value_added_share : N x J
            Value added over output; one where absent.
        input_shares : J x J x N (input, sector, region)
            Share of each input in a sector's materials; sums to one over inputs.
        final_demand_share : N x J
            Sums to one by region; implied by the data where absent.
        info
            As in `from_flows`.

        Raises
        ------
        InvalidInput
            Names the array, the cell and the remedy.
        """
        arrays = {
            "tariffs": tariffs,
            "export_taxes": export_taxes,
            "value_added_share": value_added_share,
            "input_shares": input_shares,
            "final_demand_share": final_demand_share,
        }
        return World(building.from_arrays(flows, trade_elasticity, regions, sectors, arrays, info))

    @staticmethod
    def from_frames(
        *,
        regions: Sequence[str] | pd.DataFrame,
        sectors: pd.DataFrame,
        flows: pd.DataFrame,
        tariffs: pd.DataFrame | None = None,
        export_taxes: pd.DataFrame | None = None,
        inputs: pd.DataFrame | None = None,
        value_added: pd.DataFrame | None = None,
        final_demand: pd.DataFrame | None = None,
        groups: pd.DataFrame | Mapping[str, Sequence[str]] | None = None,
        members: pd.DataFrame | Mapping[str, Sequence[str]] | None = None,
        **info: Unpack[Info],
    ) -> World:
        """A world from long tables with the columns of a data package; absent rows are zero.

        Key columns may be levels of the index. A million rows take seconds.

        Parameters
        ----------
        regions : DataFrame with region [, name, territory], or codes
            Regions of one customs territory are domestic to each other.
        sectors : DataFrame with sector, trade_elasticity [, name, kind]
            kind is "goods" (where absent) or "services"; trade_elasticity is theta = sigma - 1.
        flows : DataFrame with exporter, importer, sector, value
            Border values before the importer's tariff, domestic sales included.
        tariffs, export_taxes : DataFrame with exporter, importer, sector, rate
            Ad valorem: 0.25 is 25 percent.
        inputs : DataFrame with region, input, sector, share
            Share of each input in the sector's materials.
        value_added : DataFrame with region, sector, share
            Value added over output; one everywhere where the table is absent.
        final_demand : DataFrame with region, sector, share
            Implied by the data where absent.
        groups : DataFrame with group, region, or a mapping
        members : DataFrame with region, member, or a mapping
            ISO3 codes of the countries that a region contains.
        info
            As in `from_flows`.

        Raises
        ------
        InvalidInput
            Names the frame, the row's label and the remedy.
        """
        tables = {
            "flows": flows,
            "tariffs": tariffs,
            "export_taxes": export_taxes,
            "inputs": inputs,
            "value_added": value_added,
            "final_demand": final_demand,
            "groups": groups,
            "members": members,
        }
        return World(building.from_frames(regions, sectors, tables, info))

    # ---- new worlds from this one

    def write(self, path: str | os.PathLike[str]) -> None:
        """Writes a data package that `read` returns bit for bit; the folder appears complete or not at all.

        Raises
        ------
        InvalidInput
            Where the folder cannot be written, or holds something that is no world.
        """
        _core.write_world(self._core, Path(path))

    def aggregate(
        self,
        regions: Mapping[str, str | Iterable[str]] | pd.Series[Any] | None = None,
        sectors: Mapping[str, str | Iterable[str]] | pd.Series[Any] | None = None,
        *,
        region_names: Mapping[str, str] | None = None,
        sector_names: Mapping[str, str] | None = None,
    ) -> World:
        """A smaller world, exact in flows, tariff revenue and accounts.

        Parameters
        ----------
        regions, sectors : mapping or Series
            Old code to new code (`{"DEU": "EU", "FRA": "EU"}`), or new code to a list of old ones
            (`{"EU": ["DEU", "FRA"]}`). Codes that are not listed stay as they are.
        region_names, sector_names : mapping
            Names of new codes.

        Raises
        ------
        InvalidInput
            On an unknown code, or where a part of a customs territory would merge with outsiders.
        """
        core = _core.aggregate(
            self._core,
            code_map(regions, "region map"),
            code_map(sectors, "sector map"),
            dict(region_names or {}),
            dict(sector_names or {}),
        )
        return World(core)

    def split(
        self,
        region: str,
        shares: Mapping[str, float] | pd.Series[float],
        *,
        separate_customs: bool = False,
        names: Mapping[str, str] | None = None,
    ) -> World:
        """Cuts a region into parts that are alike in all but size: a province, a state, a zone.

        Parameters
        ----------
        region : str
            Code of the region to cut.
        shares : mapping
            Code of each part to its share, above 0 and together 1; a part may keep the region's code.
        separate_customs : bool
            False: the parts stay one customs territory, and no measure touches trade between them.
        names : mapping
            Names of the parts.
        """
        if not isinstance(shares, Mapping) and not is_series(shares):
            raise InvalidInput("shares", f"is a {type(shares).__name__}", "give a dict of code to share, or a Series")
        parts = [
            _core.RegionPart(str(code), number(share, f"share of '{code}'"), (names or {}).get(str(code), ""))
            for code, share in shares.items()
        ]
        return World(_core.split(self._core, region, parts, separate_customs))

    def edited(self, **changes: Any) -> World:
        """A new world with some arrays replaced, validated again.

        Parameters
        ----------
        flows, tariffs, export_taxes, value_added_share, input_shares, final_demand_share, trade_elasticity
            Numpy arrays in world order, labelled arrays, or long tables as in `from_frames`. `final_demand_share=None`
            lets the data imply it again.
        name, title, year, currency, unit, valuation, attribution, sources, known_defects
            As in `from_flows`.

        Raises
        ------
        InvalidInput
            Names the array, the cell and the remedy.
        """
        return World(building.edit(self._core, changes))

    def with_tariffs(self, tariffs: Values) -> World:
        """A new world whose base tariffs are these; flows are kept, so final demand absorbs the difference."""
        return self.edited(tariffs=tariffs)

    def check(self) -> pd.DataFrame:
        """What is legal but suspicious: topic, where it is worst, its figure and a sentence; nothing stops a solve."""
        import pandas as pd

        columns = ["topic", "where", "value", "message"]
        rows = [[getattr(finding, column) for column in columns] for finding in _core.check(self._core)]
        return pd.DataFrame(rows, columns=columns)

    # ---- labels

    @property
    def regions(self) -> pd.DataFrame:
        """Name and customs territory by region code."""
        import pandas as pd

        core = self._core
        return pd.DataFrame({"name": core.regions.names, "territory": core.territories}, index=self._axes.regions)

    @property
    def sectors(self) -> pd.DataFrame:
        """Name, kind ("goods" or "services") and trade elasticity by sector code."""
        import pandas as pd

        core = self._core
        columns = {"name": core.sectors.names, "kind": core.sector_kinds, "trade_elasticity": core.trade_elasticity}
        return pd.DataFrame(columns, index=self._axes.sectors)

    @property
    def groups(self) -> Lists:
        """Region codes by group name; scenarios may name a group wherever they name a region."""
        return dict(self._core.groups)

    @property
    def members(self) -> Lists:
        """ISO3 codes of the countries that a region contains, where it is not a country of its own code."""
        return dict(self._core.members)

    @property
    def info(self) -> WorldInfo:
        """Name, title, year, currency, unit, valuation, attribution, sources, known defects."""
        return WorldInfo.of(self._core.info)

    @property
    def name(self) -> str:
        """The name of the data package."""
        return self._core.info.name

    @property
    def attribution(self) -> str:
        """The line that must accompany results made with these data."""
        return self._core.info.attribution

    @property
    def known_defects(self) -> tuple[str, ...]:
        """What the data's author knows to be wrong with them."""
        return tuple(self._core.info.known_defects)

    @property
    def sources(self) -> pd.DataFrame:
        """Title, publisher and licence of every source."""
        import pandas as pd

        columns = ["title", "publisher", "license"]
        return pd.DataFrame([[getattr(s, c) for c in columns] for s in self._core.info.sources], columns=columns)

    # ---- data

    @property
    def flows(self) -> xr.DataArray:
        """F, exporter x importer x sector: border values before the importer's tariff, domestic sales included."""
        return data_array(self._core.flows, self._axes, "flows", attrs={"unit": self.info.unit, "of": self._label, "world": self._token})

    @property
    def tariffs(self) -> xr.DataArray:
        """t, exporter x importer x sector: ad valorem; 0.25 is 25 percent."""
        return data_array(self._core.tariffs, self._axes, "tariffs", attrs={"unit": "ad valorem"})

    @property
    def export_taxes(self) -> xr.DataArray:
        """e, exporter x importer x sector: ad valorem on the producer's price; revenue to the exporter."""
        return data_array(self._core.export_taxes, self._axes, "export_taxes", attrs={"unit": "ad valorem"})

    @property
    def input_shares(self) -> xr.DataArray:
        """gamma, input x sector x region: share of each input in a sector's materials; sums to one over inputs."""
        return data_array(self._core.input_shares, self._axes, "input_shares", ("input", "sector", "region"))

    @property
    def value_added_share(self) -> pd.DataFrame:
        """beta, region x sector: value added over output."""
        return frame(self._core.value_added_share, self._axes)

    @property
    def final_demand_share(self) -> pd.DataFrame:
        """alpha, region x sector: shares of final expenditure, as given or as the data imply."""
        return frame(self._core.final_demand_share, self._axes)

    @property
    def trade_elasticity(self) -> pd.Series[float]:
        """theta = sigma - 1 by sector."""
        return series(self._core.trade_elasticity, self._axes, "trade_elasticity", "sector")

    @property
    def output(self) -> pd.DataFrame:
        """Y, region x sector: gross output, in the unit of flows."""
        return frame(self._core.output, self._axes)

    @property
    def expenditure(self) -> pd.DataFrame:
        """X, region x sector: final and intermediate purchases, tariffs included, in the unit of flows."""
        return frame(self._core.expenditure, self._axes)

    @property
    def value_added(self) -> pd.Series[float]:
        """w L by region, in the unit of flows."""
        return series(self._core.value_added, self._axes, "value_added")

    @property
    def income(self) -> pd.Series[float]:
        """I by region: value added, tariff and export-tax revenue and deficit; equals final expenditure."""
        return series(self._core.income, self._axes, "income")

    @property
    def deficit(self) -> pd.Series[float]:
        """D by region: imports minus exports at border values."""
        return series(self._core.deficit, self._axes, "deficit")

    @property
    def tariff_revenue(self) -> pd.Series[float]:
        """Tariff revenue by importer."""
        return series(self._core.tariff_revenue, self._axes, "tariff_revenue")

    @property
    def export_tax_revenue(self) -> pd.Series[float]:
        """Export-tax revenue by exporter."""
        return series(self._core.export_tax_revenue, self._axes, "export_tax_revenue")

    # ---- what a person sees

    def __repr__(self) -> str:
        return overview.text(self._core)

    def _repr_html_(self) -> str:
        return overview.html_table(self._core)


def _unpacked(packed: bytes) -> World:
    return World(_core.unpack_world(packed))
